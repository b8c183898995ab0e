"""`/conversations`: a visitor's conversations in a list, found, renamed, deleted, printed and taken away as files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from policy_qa.desk.transcript import Transcript, markdown_of, transcribe
from policy_qa.desk.word import word_file
from policy_qa.errors import StoreUnusable
from policy_qa.kept.conversations import Conversations
from policy_qa.page.frame import page_response, root_of, texts_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import visitor_of

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def add_conversations(app: FastAPI, kept: Conversations, lang: str) -> None:
    """The routes. Whoever has not the visitor's cookie of a conversation is told that there is none."""
    desk = _Desk(kept, lang)
    app.router.routes += [
        Route("/conversations", desk.listed, methods=["GET"]),
        Route("/conversations/{id}/title", desk.rename, methods=["POST"]),
        Route("/conversations/{id}/delete", desk.forget, methods=["POST"]),
        Route("/conversations/{id}/print", desk.printed, methods=["GET"]),
        Route("/conversations/{id}.docx", desk.word, methods=["GET"]),
        Route("/conversations/{id}.md", desk.markdown, methods=["GET"]),
    ]


class _Desk:
    """The endpoints. Those that are not coroutines run beside the event loop."""

    def __init__(self, kept: Conversations, lang: str) -> None:
        self._kept, self._lang = kept, lang

    def listed(self, request: Request) -> Response:
        """The list, or what of it holds the words that are looked for; in the drawer of the chat without the head."""
        texts, words = texts_of(request, self._lang), request.query_params.get("q", "")[:200]
        try:
            found = self._kept.listed(visitor_of(request), words)
        except StoreUnusable as error:
            return _failed(request, texts, error)
        entries = [(one, f"{datetime.fromtimestamp(one.changed):%Y-%m-%d %H:%M}") for one in found]
        return page_response(
            request, "conversations.html", texts, texts.ask.history,
            entries=entries, words=words, days=self._kept.days, drawer="drawer" in request.query_params,
        )  # fmt: skip

    async def rename(self, request: Request) -> Response:
        """A new title, then the list again."""
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        title = "".join(form.get("title", []))
        return await run_in_threadpool(self._change, request, lambda me, id: self._kept.rename(me, id, title))

    def forget(self, request: Request) -> Response:
        """Deleted, then the list again."""
        return self._change(request, self._kept.forget)

    def printed(self, request: Request) -> Response:
        """All of it on one page without buttons."""
        texts = texts_of(request, self._lang)
        found = self._transcript(request, texts)
        if isinstance(found, Response):
            return found
        return page_response(request, "print.html", texts, found.title, transcript=found)

    def word(self, request: Request) -> Response:
        """A Word file."""
        texts = texts_of(request, self._lang)
        found = self._transcript(request, texts)
        if isinstance(found, Response):
            return found
        return _file(found.title, "docx", _WORD, word_file(found, texts.ask.made_by))

    def markdown(self, request: Request) -> Response:
        """A Markdown file."""
        texts = texts_of(request, self._lang)
        found = self._transcript(request, texts)
        if isinstance(found, Response):
            return found
        return _file(found.title, "md", "text/markdown; charset=utf-8", markdown_of(found, texts.ask.made_by).encode())

    def _transcript(self, request: Request, texts: Texts) -> Transcript | Response:
        me, id = visitor_of(request), request.path_params["id"]
        try:
            answers = self._kept.conversation(me, id) if me else ()
            title = self._kept.title(me, id)
        except StoreUnusable as error:
            return _failed(request, texts, error)
        if not answers:
            return page_response(request, "failed.html", texts, texts.ask.history, 404, said=texts.ask.told_foreign)
        return transcribe(title, answers, texts)

    def _change(self, request: Request, change: Callable[[str, str], None]) -> Response:
        me = visitor_of(request)
        try:
            if me:
                change(me, request.path_params["id"])
        except StoreUnusable as error:
            return _failed(request, texts_of(request, self._lang), error)
        query = {name: request.query_params[name] for name in ("q", "drawer") if name in request.query_params}
        back = f"{root_of(request)}/conversations" + (f"?{urlencode(query)}" if query else "")
        return RedirectResponse(back, 303)


def _failed(request: Request, texts: Texts, error: StoreUnusable) -> Response:
    log.warning("conversations could not be read: %s", error)
    return page_response(request, "failed.html", texts, texts.ask.history, 503, said=texts.ask.store_unusable)


def _file(title: str, ending: str, media: str, content: bytes) -> Response:
    name = quote(f"{title}.{ending}".replace("/", "_"), safe="")
    return Response(content, media_type=media, headers={
        "content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store",
    })  # fmt: skip
