"""The pipeline's answers as a LlamaIndex query engine and chat engine; the page runs through the latter."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, ChatResponseAsyncGen, ChatResponseGen
from llama_index.core.base.llms.types import MessageRole as Role
from llama_index.core.base.response.schema import Response
from llama_index.core.chat_engine.types import AgentChatResponse, BaseChatEngine, StreamingAgentChatResponse
from llama_index.core.llms import LLM
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import MetadataFilters

from policy_qa.datamodels import Answer
from policy_qa.errors import UsageError
from policy_qa.llama.nodes import node_of
from policy_qa.llama.search import PolicyRetriever
from policy_qa.pipeline import Pipeline


class PolicyQueryEngine(BaseQueryEngine):
    """The pipeline's answers: the response's text with its marks, the quotations as source nodes.

    `llm`, any LLM of LlamaIndex, writes instead of the model that the settings name; each of its sentences is
    checked all the same. `doc_ids` and `filters` restrict the documents, as in :class:`PolicyRetriever`, whose
    `similarity_top_k` articles `retrieve` gives; filters that tell articles of one document apart are a UsageError.
    `response.metadata` is what :func:`about` tells.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        llm: LLM | None = None,
        *,
        similarity_top_k: int = 10,
        doc_ids: Sequence[str] = (),
        filters: MetadataFilters | None = None,
    ) -> None:
        super().__init__(callback_manager=None)
        self._pipeline = pipeline
        self._writer = pipeline.writer_for(llm) if llm is not None else None
        self.retriever = PolicyRetriever(pipeline, similarity_top_k, doc_ids, filters)
        if not self.retriever.whole:
            raise UsageError(
                "filters: expected filters that choose whole documents (doc_id, status, date, title), since an answer "
                "is made of all that a document says, found others; use PolicyRetriever for those"
            )

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """The articles that answer best."""
        return self.retriever.retrieve(query_bundle)

    async def aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        """As :meth:`retrieve`, in a thread."""
        return await self.retriever.aretrieve(query_bundle)

    def _query(self, query_bundle: QueryBundle) -> Response:
        doc_ids = self.retriever.doc_ids
        if doc_ids == ():
            return Response(response="Empty Response", metadata={"refused": True})  # LlamaIndex's own words for it
        *_, answer = self._pipeline.stream(query_bundle.query_str, doc_ids=doc_ids or (), writer=self._writer)
        return self.respond(answer)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def respond(self, answer: Answer) -> Response:
        """An answer as LlamaIndex's Response."""
        return Response(response=answer.answer, source_nodes=sources_of(answer, self._pipeline), metadata=about(answer))


def sources_of(answer: Answer, pipeline: Pipeline) -> list[NodeWithScore]:
    """The quotations of an answer as nodes: `text` is the quotation, the offsets are its own."""
    sources = []
    scores = {r.ref: r.score for r in answer.retrieved}
    for citation in answer.citations:
        provision = pipeline.provision(citation.ref)
        node = node_of(pipeline.segmentation(provision.doc_id), provision)
        node.text = citation.quote
        node.start_char_idx, node.end_char_idx = citation.start, citation.end
        sources.append(NodeWithScore(node=node, score=scores.get(citation.ref)))
    return sources


def about(answer: Answer) -> dict[str, Any]:
    """What else is known of an answer: `refused`, `mode`, `notices`, and `sentences` with their verdicts."""
    return {
        "refused": answer.refused,
        "mode": answer.mode,
        "notices": list(answer.notices),
        "sentences": [{"text": s.text, "verdict": s.verdict.value, "ref": s.ref} for s in answer.sentences],
        "removed": len(answer.removed),
    }


#: Messages that are kept; the model gets as many of the last as its budget allows.
_KEPT = 80


class PolicyChatEngine(BaseChatEngine):
    """Answers in a conversation: follow-ups are understood by the earlier questions.

    `llm`, any LLM of LlamaIndex, writes instead of the model that the settings name. `doc_ids` limits the
    documents, `lang` sets the frame's language, `let_go` are documents that follow-ups don't take over. Earlier
    answers are context, never a source. One engine is one conversation: its methods must not run at the same time.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        llm: LLM | None = None,
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        let_go: Sequence[str] = (),
        chat_history: Sequence[ChatMessage] = (),
    ) -> None:
        self._pipeline, self._doc_ids, self._lang, self._let_go = pipeline, tuple(doc_ids), lang, tuple(let_go)
        self._writer = pipeline.writer_for(llm) if llm is not None else None
        self._messages = list(chat_history)

    @classmethod
    def continuing(
        cls,
        turns: Sequence[tuple[str, str]],
        pipeline: Pipeline,
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        let_go: Sequence[str] = (),
    ) -> PolicyChatEngine:
        """A conversation of which earlier questions and what was answered to them are known."""
        said = [
            ChatMessage(role=role, content=text)
            for turn in turns
            for role, text in zip((Role.USER, Role.ASSISTANT), turn, strict=True)
        ]
        return cls(pipeline, doc_ids=doc_ids, lang=lang, let_go=let_go, chat_history=said)

    @property
    def chat_history(self) -> list[ChatMessage]:
        """The messages so far, oldest first."""
        return list(self._messages)

    def reset(self) -> None:
        """Begin a new conversation."""
        self._messages.clear()

    def answers(self, message: str, stopped: threading.Event | None = None) -> Iterator[Answer]:
        """The answer each time a sentence more is checked, and last the whole one; setting `stopped` ends it.

        Raises UsageError for a message that is no question.
        """
        turns = _turns(self._messages)
        answer = None
        for answer in self._pipeline.stream(
            message,
            [asked for asked, _ in turns],
            replies=[told for _, told in turns],
            doc_ids=self._doc_ids,
            lang=self._lang,
            let_go=self._let_go,
            stopped=stopped,
            writer=self._writer,
        ):
            yield answer
        if answer is not None:
            said = [ChatMessage(role=Role.USER, content=message), _told(answer)]
            self._messages = [*self._messages, *said][-_KEPT:]

    def chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """The whole answer; `chat_history` takes the place of the messages so far."""
        self._begin(chat_history)
        *_, answer = self.answers(message)
        nodes = sources_of(answer, self._pipeline)
        return AgentChatResponse(response=answer.answer, source_nodes=nodes, metadata=about(answer))

    async def achat(self, message: str, chat_history: list[ChatMessage] | None = None) -> AgentChatResponse:
        """As :meth:`chat`, in a thread."""
        return await asyncio.to_thread(self.chat, message, chat_history)

    def stream_chat(self, message: str, chat_history: list[ChatMessage] | None = None) -> StreamingAgentChatResponse:
        """The answer sentence by sentence; its source nodes are there when `response_gen` has ended.

        What was streamed can't be taken back: where the quotations replace it, they follow after a notice.
        """
        self._begin(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)
        response.chat_stream = self._deltas(message, response)
        return response

    async def astream_chat(
        self, message: str, chat_history: list[ChatMessage] | None = None
    ) -> StreamingAgentChatResponse:
        """As :meth:`stream_chat`, for `async_response_gen`."""
        self._begin(chat_history)
        response = StreamingAgentChatResponse(is_writing_to_memory=False)
        response.achat_stream = _in_thread(self._deltas(message, response))
        return response

    def _begin(self, chat_history: list[ChatMessage] | None) -> None:
        if chat_history is not None:
            self._messages = list(chat_history)

    def _deltas(self, message: str, response: StreamingAgentChatResponse) -> ChatResponseGen:
        shown = ""
        for answer in self.answers(message):
            if answer.answer.startswith(shown):
                delta = answer.answer[len(shown) :]
            else:
                delta = "\n\n" + "\n".join([*answer.notices[-1:], answer.answer])
            shown = answer.answer
            response.source_nodes = sources_of(answer, self._pipeline)
            yield ChatResponse(message=_told(answer), delta=delta, additional_kwargs=about(answer))


async def _in_thread(deltas: ChatResponseGen) -> ChatResponseAsyncGen:
    while (item := await asyncio.to_thread(next, deltas, None)) is not None:
        yield item


def _told(answer: Answer) -> ChatMessage:
    return ChatMessage(role=Role.ASSISTANT, content=answer.answer)


def _turns(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    """(question, what was answered) of a conversation; a question without an answer has an empty one."""
    turns: list[tuple[str, str]] = []
    for message in messages:
        text = message.content or ""
        if message.role == Role.USER:
            turns.append((text, ""))
        elif message.role == Role.ASSISTANT and turns:
            turns[-1] = (turns[-1][0], text)
    return turns
