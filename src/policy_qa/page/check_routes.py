"""The routes for drafts: the page at `/check`, and for programs `POST /api/check`. The work is done by `workers`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from policy_qa.page.drafts import STYLE, Reply, Sent, error_reply, render_page
from policy_qa.page.texts import CheckTexts, texts_for
from policy_qa.page.workers import Busy, Workers
from policy_qa.processes import PastLimit, WorkerLost

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)


def add_check(app: FastAPI, workers: Workers, lang: str) -> None:
    """Add the routes; `lang` is the page's language until the reader chooses another."""
    from starlette.responses import HTMLResponse, Response
    from starlette.routing import Route

    style = STYLE.read_text("utf-8")

    def language(request: Request) -> str:
        return "en" if request.query_params.get("lang", lang) == "en" else "zh"

    async def show(request: Request) -> Response:
        workers.prepare()
        return HTMLResponse(render_page(texts_for(language(request)), style))

    async def post(request: Request) -> Response:
        """A form -> the page with what was found. A JSON object with `text` -> an object with the findings."""
        kind = request.headers.get("content-type", "")
        form, chosen = request.url.path == "/check", language(request)
        sent = Sent(form=form, lang=chosen, content_type=kind, body=await request.body())
        reply = await _while_waited_for(request, workers, sent)
        headers = {"cache-control": "no-store"} | ({"retry-after": "10"} if reply.status == 503 else {})
        return Response(reply.body, reply.status, headers, reply.media)

    app.router.routes += [
        Route("/check", show, methods=["GET"]),
        Route("/check", post, methods=["POST"]),
        Route("/api/check", post, methods=["POST"]),
    ]


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


async def _while_waited_for(request: Request, workers: Workers, sent: Sent) -> Reply:
    """The reply to a draft; where its sender leaves before, the work ends and nobody reads what is returned."""
    work = asyncio.create_task(workers.reply(sent))
    left = asyncio.create_task(_left(request))
    try:
        await asyncio.wait((work, left), return_when=asyncio.FIRST_COMPLETED)
        return await work if work.done() else _failure(sent, 503, lambda texts: texts.worker_lost)
    except Busy:
        return _failure(sent, 503, lambda texts: texts.busy)
    except PastLimit:
        return _failure(sent, 413, lambda texts: texts.too_long)
    except WorkerLost as error:
        log.error("a draft could not be checked: %s", error)
        return _failure(sent, 503, lambda texts: texts.worker_lost)
    finally:
        for task in (work, left):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Busy, PastLimit, WorkerLost):
                await task


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _failure(sent: Sent, status: int, shown: Callable[[CheckTexts], str]) -> Reply:
    if not sent.form:
        return error_reply(status, shown(texts_for(sent.lang).check))
    page = _failure_page(sent.lang, shown)
    return Reply(status=status, media="text/html; charset=utf-8", body=page.encode())
