"""`/api/*`: the commands of `policy-qa` over HTTP, with their JSON; described in `/openapi.json`."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from fastapi.sse import format_sse_event
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from policy_qa.doors import schemas
from policy_qa.doors.formats import answer_record
from policy_qa.doors.service import Asked, Service
from policy_qa.errors import PolicyQAError
from policy_qa.page.check_routes import Left, draft_response, while_waited_for
from policy_qa.page.frame import path_of
from policy_qa.page.routes import status_of
from policy_qa.page.workers import Busy, Workers
from policy_qa.statements import WRITING

log = logging.getLogger(__name__)

#: The gate asks for it; this says so in OpenAPI.
KEY = [Depends(HTTPBearer(auto_error=False, description="One of POLICY_QA_API_KEYS, where there are any."))]
BUSY = "expected fewer questions at the same time, found too many waiting; try again in a moment"
Institution = Annotated[str, Query(description="Only texts of this institution.")]
Subject = Annotated[str, Query(description="Only texts with these words in the title.")]


class Json(JSONResponse):
    """JSON with Chinese as it is; half a surrogate pair, which can't be sent, becomes a question mark."""

    def render(self, content: object) -> bytes:
        """The body."""
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def trouble(error: Exception) -> tuple[int, str]:
    """(status, one line) of whatever kept an answer back; of a bug no details."""
    if isinstance(error, PolicyQAError):
        return status_of(error), str(error)
    if isinstance(error, Busy):
        return 503, BUSY
    if isinstance(error, Left):
        return 503, "nobody waits for this any more"
    if isinstance(error, RequestValidationError):
        return 400, "; ".join(map(_fault, error.errors()))
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail)
    return 500, "internal error; the log has the details"


def _fault(fault: Mapping[str, Any]) -> str:
    """A fault that pydantic found, with its place, and how a body has to be sent where there was none to read."""
    place = ".".join(map(str, fault["loc"][1:]))
    if not place:
        return 'expected a JSON object, found none; send one with "content-type: application/json"'
    return f"{place}: {fault['msg']}"


def add_errors(app: FastAPI) -> None:
    """Every error of a door is one JSON object with one line."""

    async def told(request: Request, error: Exception) -> JSONResponse:
        status, line = trouble(error)
        said: object = line
        if path_of(request).startswith("/v1/"):
            said = {"message": line, "type": "invalid_request_error" if status < 500 else "server_error", "code": None}
        headers = {"retry-after": "10"} if status == 503 else None
        return Json({"error": said}, status, headers)

    for kind in (PolicyQAError, Busy, Left, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, told)


def _told(model: object, *, events: bool = False) -> dict[str, Any]:
    """How a route's answers are described."""
    good: dict[str, Any] = {"model": model}
    if events:
        good["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
        good["description"] = "The answer; as events where that is asked for."
    bad = {status: {"model": schemas.Trouble} for status in ("4XX", "5XX")}
    return {"responses": {200: good, **bad}, "response_class": Json}


def wants_events(request: Request, stream: bool) -> bool:
    """Whether a reply is to come as server-sent events."""
    return stream or "text/event-stream" in request.headers.get("accept", "")


async def events(
    request: Request, pieces: AsyncGenerator[bytes], failure: Callable[[int, str], bytes]
) -> StreamingResponse:
    """Server-sent events. What fails before the first has its status; what fails later is told by `failure`."""
    first = await while_waited_for(request, anext(pieces))

    async def sent() -> AsyncIterator[bytes]:
        yield first
        try:
            async with contextlib.aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except Exception as error:  # the status is sent already: whatever fails now has to be told as an event
            status, line = trouble(error)
            if status == 500:
                log.exception("a request failed")
            yield failure(status, line)

    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(sent(), media_type="text/event-stream", headers=headers)


def event(record: Mapping[str, Any], name: str | None = None) -> bytes:
    """One server-sent event."""
    return format_sse_event(data_str=Json(None).render(record).decode(), event=name)


def _failed(status: int, line: str) -> bytes:
    return event({"error": line, "status": status}, "error")


def refuse_others(router: APIRouter) -> None:
    """Below a router's prefix there is nothing else, least of all what is mounted at `/`."""

    @router.api_route("/{rest:path}", methods=["GET", "POST"], include_in_schema=False)
    async def nothing(request: Request) -> Any:
        known = (r for r in router.routes if isinstance(r, APIRoute) and r.include_in_schema)
        doors = ", ".join(sorted(f"{'/'.join(r.methods or ())} {r.path_format}" for r in known))
        raise HTTPException(404, f"expected one of {doors}, found {request.method} {path_of(request)[:100]}")


def rest(service: Service, workers: Workers, lang: str) -> APIRouter:
    """The routes below `/api`; `lang` is that of a draft's findings where a request names none."""
    router = APIRouter(prefix="/api", dependencies=KEY)

    @router.post("/ask", summary="Answer a question with the exact provisions", **_told(schemas.Answer, events=True))
    async def ask(request: Request, sent: schemas.AskRequest) -> Any:
        """A refusal is an answer. As events: `draft` while a language model writes, last `answer`, or `error`."""
        turns = [(earlier, "") for earlier in sent.history]
        asked = Asked(question=sent.question, turns=turns, doc_ids=sent.doc_ids, lang=sent.lang, on=sent.on)

        async def told() -> AsyncGenerator[bytes]:
            async with contextlib.aclosing(service.answers(asked)) as growing:
                async for answer in growing:
                    yield event(answer_record(answer, sent.id), "draft" if answer.mode == WRITING else "answer")

        if wants_events(request, sent.stream):
            return await events(request, told(), _failed)
        return Json(answer_record(await while_waited_for(request, service.answer(asked)), sent.id))

    @router.post("/search", summary="Retrieval alone: the best provisions with their texts", **_told(schemas.Found))
    async def search(sent: schemas.SearchRequest) -> Any:
        return Json({"id": sent.id, "question": sent.question, "retrieved": await service.search(sent)})

    @router.get(
        "/provisions/{ref:path}",
        summary="A provision by its ref (# as %23), or all provisions of a document",
        **_told(schemas.Shown | schemas.Document),
    )
    async def show(ref: str, on: datetime.date | None = None) -> Any:
        return Json(await service.show(ref, on))

    @router.get("/documents", summary="What is on file, with what is known of each text", **_told(schemas.Documents))
    async def documents(institution: Institution = "", subject: Subject = "", on: datetime.date | None = None) -> Any:
        return Json({"documents": await service.documents(institution, subject, on)})

    body = {"content": {"application/json": {"schema": schemas.CheckRequest.model_json_schema()}}, "required": True}

    @router.post(
        "/check",
        summary="A draft's citations, quotations and numbers against the policies",
        openapi_extra={"requestBody": body},
        **_told(schemas.Findings),
    )
    async def check(request: Request) -> Any:
        return await draft_response(request, workers, lang)

    @router.post(
        "/eval", summary="Ask labelled questions; figures with intervals", **_told(schemas.Figures, events=True)
    )
    async def evaluate(request: Request, sent: schemas.EvalRequest) -> Any:
        """As events: `progress` after each question, last `figures`, or `error`. One set at a time."""

        async def told() -> AsyncGenerator[bytes]:
            async with contextlib.aclosing(service.evaluate(sent)) as steps:
                async for step in steps:
                    yield event(step, "progress" if "done" in step else "figures")

        async def whole() -> Mapping[str, Any]:
            async with contextlib.aclosing(service.evaluate(sent)) as steps:
                *_, figures = [step async for step in steps]
            return figures

        if wants_events(request, sent.stream):
            return await events(request, told(), _failed)
        return Json(await while_waited_for(request, whole()))

    refuse_others(router)
    return router
