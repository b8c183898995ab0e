"""Routes of the pages beside the conversation: what keeps a page back is one line on a page of its own."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from policy_qa.errors import (
    IndexMissing,
    IndexUnusable,
    PolicyQAError,
    SourceError,
    StoreUnusable,
    UnknownRef,
    UsageError,
)
from policy_qa.page.frame import page_response, root_of, texts_of
from policy_qa.page.texts import EN, Texts
from policy_qa.page.workers import Busy

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.datastructures import FormData

log = logging.getLogger(__name__)
#: The fields of a form, in order, texts with plain line ends.
Form = list[tuple[str, str]]
#: (request, texts) -> response; one that is no coroutine runs in a thread, and is given the form of a POST as well.
Page = Callable[..., Response] | Callable[[Request, Texts], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file as a browser sent it."""

    name: str
    data: bytes


class Unfit(Exception):
    """What was asked for can't be done; `said` picks the line that says why, `status` is that of the page with it."""

    def __init__(self, said: Callable[[Texts], str], status: int = 400) -> None:
        super().__init__(said(EN))
        self.said, self.status = said, status


def add_pages(app: FastAPI, lang: str, title: Callable[[Texts], str], pages: Iterable[tuple[str, str, Page]]) -> None:
    """Add pages: (method, path, page). `title` is that of the page which says what went wrong."""
    app.router.routes += [Route(path, told(page, lang, title), methods=[verb]) for verb, path, page in pages]


def told(page: Page, lang: str, title: Callable[[Texts], str]) -> Callable[[Request], Awaitable[Response]]:
    """A route that shows a page, or why it can't be shown."""

    async def endpoint(request: Request) -> Response:
        texts = texts_of(request, lang)
        try:
            if inspect.iscoroutinefunction(page):
                shown: Response = await page(request, texts)
                return shown
            form = [await form_of(request)] if request.method == "POST" else []
            return await run_in_threadpool(page, request, texts, *form)  # type: ignore[arg-type] # as many as the page takes
        except (Unfit, Busy, PolicyQAError) as error:
            status, said = fault(error, texts)
            log.log(logging.WARNING if status >= 500 else logging.INFO, "%s: %s", status, error)
            return page_response(request, "failed.html", texts, title(texts), status, said=said)

    return endpoint


def fault(error: Unfit | Busy | PolicyQAError, texts: Texts) -> tuple[int, str]:
    """(HTTP status, one line) of what keeps a page back. What is wrong with a file of ours is for the log."""
    if isinstance(error, Unfit):
        return error.status, error.said(texts)
    if isinstance(error, Busy):
        return 503, texts.library.busy
    if isinstance(error, StoreUnusable):
        return 503, texts.ask.store_unusable
    if isinstance(error, IndexUnusable):
        return 503, texts.index_missing if isinstance(error, IndexMissing) else texts.index_unusable
    return status_of(error), str(error)


def status_of(error: PolicyQAError) -> int:
    """The HTTP status of an error that a person can mend: their question, what they name, or the server's state."""
    if isinstance(error, UnknownRef):
        return 404
    return 400 if isinstance(error, UsageError | SourceError) else 503


async def form_of(request: Request) -> Form:
    """The fields of a form without files."""
    async with request.form(max_files=0, max_fields=500) as form:
        return [(name, str(value).replace("\r\n", "\n").strip()) for name, value in form.multi_items()]


async def upload_of(form: FormData, name: str) -> Upload | None:
    """The file of a form's field; None where none was chosen. Its name may hold a path, as the browser had it."""
    value = form.get(name)
    if value is None or isinstance(value, str) or not value.filename:
        return None
    return Upload(name=value.filename, data=await value.read())


def redirect(request: Request, path: str) -> RedirectResponse:
    """On to a page, after a change."""
    return RedirectResponse(root_of(request) + path, 303)


def download(data: bytes | str, media: str, name: str) -> Response:
    """A file that a browser saves under a name; half a surrogate pair in it becomes a question mark."""
    body = data.encode("utf-8", "replace") if isinstance(data, str) else data
    headers: dict[str, Any] = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "cache-control": "no-store",
    }
    return Response(body, 200, headers, media)
