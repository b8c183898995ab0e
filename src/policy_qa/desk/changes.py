"""The pages on which an administrator changes the library: log in, propose, look, confirm, undo; and their trail."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from policy_qa.desk.corpus import Editor
from policy_qa.desk.library import LibraryDesk, path_of_document, rendered, rendered_diff
from policy_qa.documents.sources import SUFFIXES
from policy_qa.facts.catalogue import Versions
from policy_qa.index.codec import load_segmentations
from policy_qa.index.layout import file_report
from policy_qa.kept.changes import Action, Proposal, Step
from policy_qa.lint import lint
from policy_qa.page.frame import page_response
from policy_qa.page.inline import Highlights
from policy_qa.page.layout import label_ranges, render_text
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import Page, Unfit, add_pages, download, redirect, upload_of
from policy_qa.page.source_view import label_of, name_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import admit, call, dismiss, is_admin, who_of
from policy_qa.printable import doc_id_of
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from policy_qa.doors.service import Service

#: So many wrong keys in so many seconds, from one address; so many addresses are remembered.
_TRIES, _WITHIN, _ADDRESSES = 5, 60.0, 1000
Admin = Callable[[Request, Texts, str], Awaitable[Response]]


def add_library(app: FastAPI, service: Service, live: LivePipeline, settings: Settings) -> None:
    """Add all routes below `/library`; what a server that was killed left half done is cleaned up."""
    editor = Editor(settings)
    desk = LibraryDesk(service, live, settings, editor)
    pages = AdminDesk(service, live, settings, editor)
    if settings.admin_key:
        threading.Thread(target=editor.recover, daemon=True).start()
    of_admins = pages.only_admin
    routes: tuple[tuple[str, str, Page], ...] = (
        ("GET", "/library", desk.list),
        ("GET", "/library/search", desk.search),
        ("GET", "/library/admin", pages.console),
        ("GET", "/library/changes", of_admins(pages.trail)),
        ("GET", "/library/changes.jsonl", of_admins(pages.export)),
        ("GET", "/library/incoming/{id}", of_admins(pages.proposal)),
        ("GET", "/library/{doc_id}", desk.document),
        ("GET", "/library/{doc_id}/original", desk.original),
        ("GET", "/library/{doc_id}/versus/{other}", desk.versus),
        ("POST", "/library/admin", pages.log_in),
        ("POST", "/library/admin/leave", pages.log_out),
        ("POST", "/library/incoming", of_admins(pages.propose)),
        ("POST", "/library/incoming/{id}", of_admins(pages.decide)),
        ("POST", "/library/changes/{change:int}/restore", of_admins(pages.restore)),
    )
    add_pages(app, settings.lang, lambda texts: texts.library.failed, routes)


class AdminDesk:
    """The pages of an administrator, and the one on which somebody becomes that."""

    def __init__(self, service: Service, live: LivePipeline, settings: Settings, editor: Editor) -> None:
        self._service, self._live, self._settings, self._editor = service, live, settings, editor
        self._wrong: dict[str, deque[float]] = {}

    def only_admin(self, work: Admin) -> Callable[[Request, Texts], Awaitable[Response]]:
        """A route that others than administrators are led to the login from; `work` is told who it is."""

        async def guarded(request: Request, texts: Texts) -> Response:
            if not is_admin(request, self._settings.admin_key):
                return redirect(request, "/library/admin")
            return await work(request, texts, who_of(request))

        return guarded

    async def console(self, request: Request, texts: Texts) -> Response:
        """The login, or what an administrator can do here."""
        if not is_admin(request, self._settings.admin_key):
            return self._login(request, texts, who_of(request))
        proposals = await asyncio.to_thread(self._editor.changes.proposals)
        return page_response(
            request,
            "library_admin.html",
            texts,
            texts.library.manage,
            words=texts.library,
            who=who_of(request),
            proposals=proposals[:20],
            formats=" ".join(SUFFIXES),
        )

    def _login(self, request: Request, texts: Texts, who: str, fault: str = "", status: int = 200) -> Response:
        words = texts.library
        possible = self._settings.admin_key is not None
        return page_response(
            request, "library_login.html", texts, words.login, status,
            words=words, who=who, fault=fault, possible=possible,
        )  # fmt: skip

    async def log_in(self, request: Request, texts: Texts) -> Response:
        """A name and the key; a few tries a minute."""
        async with request.form(max_files=0, max_fields=3) as form:
            who, key = who_of(request, str(form.get("who") or "")), str(form.get("key") or "").strip()[:200]
        words = texts.library
        wrong = self._wrong_of(request.client.host if request.client else "")
        if len(wrong) >= _TRIES:
            return self._login(request, texts, who, words.too_often, 429)
        if not who:
            return self._login(request, texts, who, words.no_who, 400)
        response = redirect(request, "/library/admin")
        if not admit(request, response, self._settings.admin_key, key):
            wrong.append(time.monotonic())
            return self._login(request, texts, who, words.wrong_key, 403)
        call(request, response, who)
        return response

    def _wrong_of(self, address: str) -> deque[float]:
        """When this address showed a wrong key of late."""
        wrong = self._wrong.setdefault(address, deque(maxlen=_TRIES))
        while wrong and time.monotonic() - wrong[0] > _WITHIN:
            wrong.popleft()
        while len(self._wrong) > _ADDRESSES:
            del self._wrong[next(iter(self._wrong))]
        return wrong

    async def log_out(self, request: Request, texts: Texts) -> Response:
        """The end of an administrator's day."""
        response = redirect(request, "/library")
        dismiss(request, response)
        return response

    async def propose(self, request: Request, texts: Texts, who: str) -> Response:
        """A file that is to be added or to take another's place, or the name of one that is to go."""
        async with request.form(max_files=1, max_fields=3) as form:
            replaces, withdraws = form.get("replaces"), form.get("withdraws")
            if withdraws:
                id_ = await asyncio.to_thread(self._editor.withdraw, who, str(withdraws))
                return redirect(request, f"/library/incoming/{id_}")
            if (upload := await upload_of(form, "file")) is None:
                raise Unfit(lambda texts: texts.library.no_file)
        if replaces:
            id_ = await asyncio.to_thread(self._editor.replace, who, str(replaces), upload)
        else:
            id_ = await asyncio.to_thread(self._editor.add, who, upload)
        return redirect(request, f"/library/incoming/{id_}")

    async def restore(self, request: Request, texts: Texts, who: str) -> Response:
        """Propose what a file was before a change."""
        id_ = await asyncio.to_thread(self._editor.restore, who, request.path_params["change"])
        return redirect(request, f"/library/incoming/{id_}")

    async def decide(self, request: Request, texts: Texts, who: str) -> Response:
        """Confirm a proposal, or drop it."""
        id_ = request.path_params["id"]
        async with request.form(max_files=0, max_fields=2) as form:
            confirmed = form.get("do") == "confirm"
        if confirmed:
            await asyncio.to_thread(self._editor.confirm, id_, who)
            return redirect(request, f"/library/incoming/{id_}")
        await asyncio.to_thread(self._editor.drop, id_)
        return redirect(request, "/library/admin")

    async def proposal(self, request: Request, texts: Texts, who: str) -> Response:
        """What came out of a file before it counts; afterwards, how far the change is and what became of it."""
        words = texts.library
        proposal = await asyncio.to_thread(self._editor.changes.proposal, request.path_params["id"])
        if proposal is None:
            raise Unfit(lambda texts: texts.library.gone, 404)
        seen: dict[str, object] = {}
        if proposal.reading and proposal.state in (Step.PROPOSED, Step.FAILED):
            seen = await self._service.made(lambda pipeline: _seen(self._live.library(), proposal, texts))
        return page_response(
            request,
            "library_incoming.html",
            texts,
            f"{words.of('action', proposal.action)}：{proposal.target or proposal.source}",
            words=words,
            proposal=proposal,
            path=path_of_document(doc_id_of(proposal.target)) if proposal.target else "",
            seen=seen,
        )

    async def trail(self, request: Request, texts: Texts, who: str) -> Response:
        """Who changed what, newest first."""
        rows = (await asyncio.to_thread(self._editor.changes.all))[::-1]
        archived = {*await asyncio.to_thread(self._editor.folder.archived)}
        undoable = {row.id for row in rows if row.old in archived or (not row.old and row.action is Action.ADD)}
        words = texts.library
        return page_response(
            request, "library_changes.html", texts, words.trail, words=words, rows=rows, undoable=undoable
        )

    async def export(self, request: Request, texts: Texts, who: str) -> Response:
        """The same as lines of JSON, oldest first."""
        rows = await asyncio.to_thread(self._editor.changes.all)
        lines = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
        return download(lines, "application/x-ndjson", "changes.jsonl")


def _seen(library: Library, proposal: Proposal, texts: Texts) -> dict[str, object]:
    """What came out of the new bytes, beside what is on file."""
    (segmentation,) = load_segmentations(proposal.reading)
    document = segmentation.document
    others = [
        library.segmentation(d) for d in library.documents if d not in (document.doc_id, doc_id_of(proposal.source))
    ]
    before, label = library.documents.get(doc_id_of(proposal.source)), ""
    if before is None:
        family = Versions([*library.documents.values(), document]).of(document.doc_id)
        other = next((m for m in family.members if m.doc_id != document.doc_id), None) if family else None
        before, label = (library.documents[other.doc_id], label_of(other, texts)) if other else (None, "")
    diff = library.comparisons.of(library.segmentation(before.doc_id), segmentation) if before else None
    findings = lint(segmentation, others, lang=texts.lang)
    return {
        "document": document,
        "report": file_report(segmentation),
        "findings": [(finding, "") for finding in findings],
        "before": name_of(before) if before else "",
        "label": label,
        "diff": rendered_diff(diff, texts) if diff else "",
        "text": rendered(render_text(segmentation, Highlights(labels=label_ranges(segmentation)), "", texts)),
    }
