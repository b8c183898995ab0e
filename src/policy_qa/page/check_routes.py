"""The page for drafts at `/check`, and the reply that programs get at `/api/check`. The work is done by `workers`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qs

from policy_qa.page.drafts import STYLE, Reply, Sent, error_reply, render_page
from policy_qa.page.frame import path_of
from policy_qa.page.texts import CheckTexts, texts_for
from policy_qa.page.workers import Busy, Workers
from policy_qa.processes import PastLimit, WorkerLost

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)
T = TypeVar("T")


def add_check(app: FastAPI, workers: Workers, lang: str) -> None:
    """Add the routes; `lang` is the page's language until the reader chooses another."""
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    style = STYLE.read_text("utf-8")

    async def show(request: Request) -> Response:
        workers.prepare()
        return HTMLResponse(render_page(texts_for(_language(request, lang)), style))

    async def post(request: Request) -> Response:
        return await draft_response(request, workers, lang)

    app.router.routes += [
        Route("/check", show, methods=["GET"]),
        Route("/check", post, methods=["POST"]),
    ]


async def draft_response(request: Request, workers: Workers, lang: str) -> Response:
    """A form -> the page with what was found. A JSON object with `text` -> an object with the findings."""
    from starlette.responses import Response

    kind = request.headers.get("content-type", "")
    form, chosen = path_of(request) == "/check", _language(request, lang)
    sent = Sent(form=form, lang=chosen, content_type=kind, body=await request.body())
    try:
        reply = await while_waited_for(request, workers.reply(sent))
    except Busy:
        reply = _failure(sent, 503, lambda texts: texts.busy)
    except PastLimit:
        reply = _failure(sent, 413, lambda texts: texts.too_long)
    except WorkerLost as error:
        log.error("a draft could not be checked: %s", error)
        reply = _failure(sent, 503, lambda texts: texts.worker_lost)
    except Left:
        reply = _failure(sent, 503, lambda texts: texts.worker_lost)
    headers = {"cache-control": "no-store"} | ({"retry-after": "10"} if reply.status == 503 else {})
    return Response(reply.body, reply.status, headers, reply.media)


def _language(request: Request, lang: str) -> str:
    return "en" if request.query_params.get("lang", lang) == "en" else "zh"


def check_page(
    query: bytes, shown: Callable[[CheckTexts], str], status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """The page with the reason why a draft that was sent to it is not checked."""
    from starlette.responses import HTMLResponse

    lang = "en" if "en" in parse_qs(query.decode("latin-1")).get("lang", []) else "zh"
    return HTMLResponse(_failure_page(lang, shown), status_code=status, headers=headers)


def _failure_page(lang: str, shown: Callable[[CheckTexts], str]) -> str:
    texts = texts_for(lang)
    return render_page(texts, STYLE.read_text("utf-8"), result=shown(texts.check))


class Left(Exception):
    """Whoever asked does not wait for it any more."""


async def while_waited_for(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What comes of some work; where its sender leaves before, the work is cancelled, and Left is for nobody."""
    doing = asyncio.create_task(work)
    left = asyncio.create_task(_left(request))
    try:
        await asyncio.wait((doing, left), return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise Left
        return await doing
    finally:
        left.cancel()
        if not doing.done():
            doing.cancel()
        await asyncio.gather(doing, left, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _failure(sent: Sent, status: int, shown: Callable[[CheckTexts], str]) -> Reply:
    if not sent.form:
        return error_reply(status, shown(texts_for(sent.lang).check))
    page = _failure_page(sent.lang, shown)
    return Reply(status=status, media="text/html; charset=utf-8", body=page.encode())
