"""The pipeline's answers as a LlamaIndex query engine."""

from __future__ import annotations

import asyncio
from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import Response
from llama_index.core.llms import LLM
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.schema import NodeWithScore, QueryBundle

from policy_qa.datamodels import Answer
from policy_qa.llama.nodes import node_of
from policy_qa.model.answering import Answering


class PolicyQueryEngine(BaseQueryEngine):
    """The pipeline's answers: the response's text with its marks, the quotations as source nodes.

    `llm`, any LLM of LlamaIndex, writes instead of the model that the settings name; each of its sentences is
    checked all the same. `response.metadata` is what :func:`about` tells.
    """

    def __init__(self, pipeline: Answering, llm: LLM | None = None) -> None:
        super().__init__(callback_manager=None)
        self._pipeline = pipeline
        self._writer = pipeline.writer_for(llm) if llm is not None else None

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> Response:
        *_, answer = self._pipeline.stream(query_bundle.query_str, writer=self._writer)
        return self.respond(answer)

    async def _aquery(self, query_bundle: QueryBundle) -> Response:
        return await asyncio.to_thread(self._query, query_bundle)

    def respond(self, answer: Answer) -> Response:
        """An answer as LlamaIndex's Response."""
        return Response(response=answer.answer, source_nodes=sources_of(answer, self._pipeline), metadata=about(answer))


def sources_of(answer: Answer, pipeline: Answering) -> list[NodeWithScore]:
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
