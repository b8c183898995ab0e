"""The page for drafts at `/check`, and the reply that programs get at `/api/check`. The work is done by `workers`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from policy_qa.check.edits import corrected, edits_of
from policy_qa.documents.sources import PICTURES, SUFFIXES
from policy_qa.errors import PolicyQAError
from policy_qa.kept.checks import Checks, KeptCheck, Settled
from policy_qa.page.check_view import shown_kept, shown_once
from policy_qa.page.drafts import CHECKED, MENDING, Checked, Mending, Reply, Sent, Task, error_reply
from policy_qa.page.frame import day_of, page_response, root_of, texts_of
from policy_qa.page.routes import redirect
from policy_qa.page.texts import texts_for
from policy_qa.page.visitor import greet, visitor_of
from policy_qa.page.workers import Busy, Workers
from policy_qa.processes import PastLimit, WorkerLost
from policy_qa.wording import Words

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)
T = TypeVar("T")
#: What a form takes.
_ACCEPTED = ",".join(s for s in SUFFIXES if s not in PICTURES)


class Refused(Exception):
    """Why a draft is not checked, or what was asked for is not shown: an HTTP status, and which text says so."""

    def __init__(self, status: int, shown: Callable[[Words], str], typed: str = "") -> None:
        self.status, self.shown, self.typed = status, shown, typed

    @property
    def headers(self) -> dict[str, str]:
        """What a program or a browser is told besides."""
        return {"retry-after": "10"} if self.status == 503 else {}


def add_check(app: FastAPI, workers: Workers, checks: Checks, lang: str) -> None:
    """Add the routes; `lang` is the page's language until the reader chooses another."""
    from starlette.routing import Route

    pages = _Pages(workers, checks, lang)
    app.router.routes += [
        Route("/check", pages.told(pages.show), methods=["GET"]),
        Route("/check", pages.told(pages.check), methods=["POST"]),
        Route("/check/{check}", pages.told(pages.kept), methods=["GET"]),
        Route("/check/{check}", pages.told(pages.settle), methods=["POST"]),
        Route("/check/{check}/draft.txt", pages.told(pages.text), methods=["GET"]),
        Route("/check/{check}/draft.docx", pages.told(pages.word), methods=["GET"]),
    ]


class _Pages:
    """What `/check` and the addresses below it answer."""

    def __init__(self, workers: Workers, checks: Checks, lang: str) -> None:
        self._workers, self._checks, self._lang = workers, checks, lang

    def told(self, page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """The same page, with whatever keeps it back in a line on it."""

        async def safely(request: Request) -> Response:
            try:
                return await page(request)
            except Refused as refused:
                return refused_page(request, refused, self._lang)
            except PolicyQAError as error:
                log.warning("%s", error)
                line = str(error)
                return refused_page(request, Refused(503, lambda texts: line), self._lang)

        return safely

    async def show(self, request: Request) -> Response:
        """The empty form."""
        self._workers.prepare()
        return self._response(request)

    async def check(self, request: Request) -> Response:
        """What was found in a draft; the address of that, where it is to be kept."""
        texts = texts_of(request, self._lang)
        reply = await _reply(request, self._workers, Task.FORM, texts.lang, await request.body())
        checked = await asyncio.to_thread(CHECKED.validate_json, reply.body)
        if checked.failure:
            raise Refused(400, lambda texts: checked.failure, checked.typed)
        if checked.keep and self._checks.days:
            return await asyncio.to_thread(self._keep, request, checked, texts.lang)
        shown = await asyncio.to_thread(shown_once, checked, texts)
        return await asyncio.to_thread(self._response, request, shown=shown, typed=checked.typed)

    def _keep(self, request: Request, checked: Checked, lang: str) -> Response:
        response = redirect(request, "/check")
        visitor = greet(request, response)
        try:
            check_id = self._checks.keep(visitor, checked.name, lang, checked.draft, checked.text, checked.findings)
        except PolicyQAError as error:
            line = str(error)
            raise Refused(503, lambda texts: line, checked.typed) from error
        response.headers["location"] += f"/{check_id}"
        return response

    async def kept(self, request: Request) -> Response:
        """A check that is kept; its sender may settle what was found."""
        check, texts = await self._known(request), texts_of(request, self._lang)
        until = day_of(check.at + self._checks.days * 86400)
        here = f"{root_of(request)}/check/{check.id}"
        shown = await asyncio.to_thread(shown_kept, check, here, texts)
        known = {"shown": shown, "kept": True, "mine": check.visitor == visitor_of(request)}
        return await asyncio.to_thread(self._response, request, **known, until=until)

    async def settle(self, request: Request) -> Response:
        """Keep what its sender did about a finding, or forget the check."""
        check, form = await self._known(request), await request.form()
        if check.visitor != visitor_of(request):
            raise Refused(403, lambda texts: texts.not_yours)
        if form.get("delete"):
            await asyncio.to_thread(self._checks.delete, check.id)
            return redirect(request, "/check")
        number, how = str(form.get("finding")), str(form.get("how"))
        if not (number.isdecimal() and int(number) < len(check.findings) and how in ("", *Settled)):
            raise Refused(400, lambda texts: texts.unreadable)
        await asyncio.to_thread(self._checks.settle, check.id, int(number), Settled(how) if how else None)
        return redirect(request, f"/check/{check.id}#f{int(number)}")

    async def text(self, request: Request) -> Response:
        """A draft that was pasted, with what was accepted put right."""
        from starlette.responses import PlainTextResponse

        check = await self._known(request)
        if not check.pasted:
            raise Refused(404, lambda texts: texts.gone)
        text = corrected(check.text, (edit for finding in check.accepted for edit in edits_of(finding)))
        return PlainTextResponse(text.encode("utf-8", "replace"), headers={"cache-control": "no-store"})

    async def word(self, request: Request) -> Response:
        """The draft as a Word file: what was accepted put right, what is open as comments."""
        check = await self._known(request)
        told = tuple(finding for at, finding in enumerate(check.findings) if at not in check.settled)
        wanted = Mending(name=check.name, draft=check.draft, mended=check.accepted, told=told)
        body = await asyncio.to_thread(MENDING.dump_json, wanted)
        return _response(await _reply(request, self._workers, Task.WORD, check.lang, body))

    async def _known(self, request: Request) -> KeptCheck:
        check = await asyncio.to_thread(self._checks.get, request.path_params["check"])
        if check is None:
            raise Refused(404, lambda texts: texts.gone)
        return check

    def _response(self, request: Request, **about: Any) -> Response:
        texts = texts_of(request, self._lang)
        return _page(request, texts.lang, **{"days": self._checks.days, **about})


def _page(request: Request, lang: str, status: int = 200, **about: Any) -> Response:
    """The page: the form, with what was typed in it, and what was found or why nothing was."""
    known = {"shown": None, "kept": False, "mine": False, "until": "", "typed": "", "failure": "", "days": 0}
    texts = texts_for(lang)
    return page_response(
        request, "check.html", texts, texts.check.title, status, **{**known, **about, "accepted": _ACCEPTED}
    )


def refused_page(request: Request, refused: Refused, lang: str) -> Response:
    """The page with the reason why a draft that was sent to it is not checked."""
    texts = texts_of(request, lang)
    response = _page(request, texts.lang, refused.status, failure=refused.shown(texts.check), typed=refused.typed)
    response.headers.update(refused.headers)
    return response


async def draft_response(request: Request, workers: Workers, lang: str) -> Response:
    """A JSON object with `text` -> an object with the findings."""
    spoken = "en" if request.query_params.get("lang", lang) == "en" else "zh"
    try:
        reply = await _reply(request, workers, Task.JSON, spoken, await request.body())
    except Refused as refused:
        reply = error_reply(refused.status, refused.shown(texts_for(spoken).check))
    return _response(reply)


def _response(reply: Reply) -> Response:
    from starlette.responses import Response

    headers = {"cache-control": "no-store"} | ({"retry-after": "10"} if reply.status == 503 else {})
    return Response(reply.body, reply.status, headers, reply.media)


async def _reply(request: Request, workers: Workers, task: Task, lang: str, body: bytes) -> Reply:
    """What a worker says. Raises Refused where it can't, or where nobody waits for it any more."""
    sent = Sent(task=task, lang=lang, content_type=request.headers.get("content-type", ""), body=body)
    try:
        return await while_waited_for(request, workers.reply(sent))
    except Busy:
        raise Refused(503, lambda texts: texts.busy) from None
    except PastLimit:
        raise Refused(413, lambda texts: texts.too_long) from None
    except WorkerLost as error:
        log.error("a draft could not be checked: %s", error)
        raise Refused(503, lambda texts: texts.worker_lost) from error
    except Left:
        raise Refused(503, lambda texts: texts.worker_lost) from None


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
