"""`/v1/chat/completions` and `/v1/models`: the OpenAI protocol, for chat front ends that speak it."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from policy_qa import __version__
from policy_qa.datamodels import Answer
from policy_qa.doors.formats import answer_record
from policy_qa.doors.markdown import markdown
from policy_qa.doors.rest import KEY, Json, event, events, refuse_others
from policy_qa.doors.schemas import MOST_TURNS, Day, DocIds, Lang
from policy_qa.doors.service import Asked, Service
from policy_qa.errors import UsageError
from policy_qa.page.check_routes import while_waited_for
from policy_qa.pipeline import MAX_QUESTION

MODEL = "policy-qa"
_CARD = {"id": MODEL, "object": "model", "created": 0, "owned_by": f"policy_qa {__version__}"}
_DONE = b"data: [DONE]\n\n"


class Message(BaseModel):
    """A message of a conversation; only the text of the user's and the assistant's is read."""

    model_config = ConfigDict(extra="ignore")
    role: str
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """Its text, without pictures and the like."""
        if isinstance(self.content, list):
            return "\n".join(str(part.get("text") or "") for part in self.content if part.get("type") == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    """A conversation whose last message is the question; what else the protocol knows (temperature …) has no effect."""

    model_config = ConfigDict(extra="ignore")
    model: Annotated[str, Field(description=f"{MODEL}, as /v1/models says.")] = MODEL
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool = False
    doc_ids: DocIds = []
    lang: Lang = None
    on: Day = None

    def asked(self) -> Asked:
        """The question with the turns before it. Raises UsageError where the last message is not the user's."""
        said = [message for message in self.messages if message.role in ("user", "assistant")]
        if not said or said[-1].role != "user":
            raise UsageError("messages: expected the user's question as the last one, found none")
        *earlier, last = said
        turns: list[tuple[str, str]] = []
        for message in earlier:
            if message.role == "user":
                turns.append((message.text[:MAX_QUESTION], ""))
            elif turns:
                turns[-1] = (turns[-1][0], message.text)
        turns = [(question, told) for question, told in turns if question.strip()][-MOST_TURNS:]
        return Asked(question=last.text, turns=turns, doc_ids=self.doc_ids, lang=self.lang, on=self.on)


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: Message
    finish_reason: str


class Completion(BaseModel):
    """A chat completion; its message is Markdown, `policy_qa` what `/api/ask` gives."""

    id: str
    object: str
    created: int
    model: str
    choices: Sequence[Choice]
    policy_qa: dict[str, Any]


class Models(BaseModel):
    """The models that can be named."""

    object: str
    data: list[dict[str, Any]]


def _failed(status: int, line: str) -> bytes:
    return event({"error": {"message": line, "type": "server_error", "code": status}})


def chat(service: Service) -> APIRouter:
    """The routes below `/v1`."""
    router = APIRouter(prefix="/v1", dependencies=KEY)

    @router.post(
        "/chat/completions",
        summary="Answer in a conversation, by the OpenAI protocol",
        responses={200: {"model": Completion, "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
        response_class=Json,
    )
    async def complete(request: Request, sent: ChatRequest) -> Any:
        """Streamed where `stream` says so; then the last piece has `policy_qa`."""
        if sent.model != MODEL:
            raise HTTPException(404, f"model: expected {MODEL}, found {sent.model[:100]!r}")
        asked = sent.asked()
        about = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": MODEL}
        if sent.stream:
            return await events(request, _pieces(service, asked, about), _failed)
        answer = await while_waited_for(request, service.answer(asked))
        message = {"role": "assistant", "content": markdown(answer)}
        choices = [{"index": 0, "message": message, "finish_reason": "stop"}]
        return Json({**about, "object": "chat.completion", "choices": choices, "policy_qa": answer_record(answer)})

    @router.get("/models", summary="The models that can be named", responses={200: {"model": Models}})
    async def models() -> Any:
        return Json({"object": "list", "data": [_CARD]})

    @router.get("/models/{model}", summary="One of them", responses={200: {"model": dict[str, Any]}})
    async def model(model: str) -> Any:
        if model != MODEL:
            raise HTTPException(404, f"model: expected {MODEL}, found {model[:100]!r}")
        return Json(_CARD)

    refuse_others(router)
    return router


async def _pieces(service: Service, asked: Asked, about: Mapping[str, Any]) -> AsyncGenerator[bytes]:
    """The answer as it grows. What was sent can't be taken back: where other words replace it, they follow below."""

    def piece(delta: Mapping[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return event({**about, "object": "chat.completion.chunk", "choices": choices, **more})

    shown, answer = "", None
    async with contextlib.aclosing(service.answers(asked)) as growing:
        async for answer in growing:
            text = markdown(answer)
            new = text.removeprefix(shown) if text.startswith(shown) else f"\n\n---\n\n{text}"
            yield piece({"role": "assistant", "content": new})
            shown = text
    yield piece({}, "stop", policy_qa=answer_record(answer or Answer.saying("")))
    yield _DONE
