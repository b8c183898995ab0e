"""`/conversations`: a visitor's conversations in a list, found, renamed, deleted, printed and taken away as files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from policy_qa.desk.transcript import Transcript, markdown_of, transcribe
from policy_qa.desk.word import word_file
from policy_qa.kept.conversations import Conversations
from policy_qa.page.drafts import WORD
from policy_qa.page.frame import page_response
from policy_qa.page.routes import Form, Page, Unfit, add_pages, download, redirect
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import visitor_of

if TYPE_CHECKING:
    from fastapi import FastAPI


def add_conversations(app: FastAPI, kept: Conversations, lang: str) -> None:
    """The routes. Whoever has not the visitor's cookie of a conversation is told that there is none."""
    desk = _Desk(kept)
    pages: tuple[tuple[str, str, Page], ...] = (
        ("GET", "/conversations", desk.listed),
        ("POST", "/conversations/{id}/title", desk.rename),
        ("POST", "/conversations/{id}/delete", desk.forget),
        ("GET", "/conversations/{id}/print", desk.printed),
        ("GET", "/conversations/{id}.docx", desk.word),
        ("GET", "/conversations/{id}.md", desk.markdown),
    )
    add_pages(app, lang, lambda texts: texts.ask.history, pages)


class _Desk:
    """The endpoints."""

    def __init__(self, kept: Conversations) -> None:
        self._kept = kept

    def listed(self, request: Request, texts: Texts) -> Response:
        """The list, or what of it holds the words that are looked for; in the drawer of the chat without the head."""
        words = request.query_params.get("q", "")[:200]
        found = self._kept.listed(visitor_of(request), words)
        return page_response(
            request, "conversations.html", texts, texts.ask.history,
            entries=found, words=words, days=self._kept.days, drawer="drawer" in request.query_params,
        )  # fmt: skip

    def rename(self, request: Request, texts: Texts, form: Form) -> Response:
        """A new title, then the list again."""
        return self._change(request, lambda me, id: self._kept.rename(me, id, dict(form).get("title", "")))

    def forget(self, request: Request, texts: Texts, form: Form) -> Response:
        """Deleted, then the list again."""
        return self._change(request, self._kept.forget)

    def printed(self, request: Request, texts: Texts) -> Response:
        """All of it on one page without buttons."""
        found = self._transcript(request, texts)
        return page_response(request, "print.html", texts, found.title, transcript=found)

    def word(self, request: Request, texts: Texts) -> Response:
        """A Word file."""
        found = self._transcript(request, texts)
        return _file(found.title, "docx", WORD, word_file(found, texts.ask.made_by))

    def markdown(self, request: Request, texts: Texts) -> Response:
        """A Markdown file."""
        found = self._transcript(request, texts)
        return _file(found.title, "md", "text/markdown; charset=utf-8", markdown_of(found, texts.ask.made_by))

    def _transcript(self, request: Request, texts: Texts) -> Transcript:
        me, id = visitor_of(request), request.path_params["id"]
        if not (answers := self._kept.conversation(me, id) if me else ()):
            raise Unfit(lambda texts: texts.ask.told_foreign, 404)
        return transcribe(self._kept.title(me, id), answers, texts)

    def _change(self, request: Request, change: Callable[[str, str], None]) -> Response:
        if me := visitor_of(request):
            change(me, request.path_params["id"])
        query = {name: request.query_params[name] for name in ("q", "drawer") if name in request.query_params}
        return redirect(request, "/conversations" + (f"?{urlencode(query)}" if query else ""))


def _file(title: str, ending: str, media: str, content: bytes | str) -> Response:
    return download(content, media, f"{title}.{ending}".replace("/", "_"))
