"""`/marks/wrong`: an answer that is not right, and the provisions that would be, picked by whoever knows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from policy_qa.datamodels import Answer
from policy_qa.desk.marks import NOTE
from policy_qa.doors.schemas import SearchRequest
from policy_qa.doors.service import Service
from policy_qa.errors import UsageError
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.page.frame import page_response
from policy_qa.page.library import Library, Place
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import Form, Page, Unfit, add_pages, download, form_of, redirect
from policy_qa.page.source_view import name_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import call, greet, is_admin, visitor_of, who_of
from policy_qa.pipeline import check_question
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

#: Provisions that a search offers, and those of a document that are offered.
_FOUND, _LISTED = 12, 400
#: Provisions of an answer's search that are offered beside those that it cites.
_NEAR = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What the form holds."""

    answer: str
    question: str
    picked: tuple[str, ...]
    q: str
    doc: str
    who: str
    note: str
    none: bool

    @classmethod
    def of(cls, fields: Iterable[tuple[str, str]]) -> Asked:
        """As it came."""
        fields = list(fields)
        one = dict(fields)
        return cls(
            answer=one.get("answer", ""),
            question=one.get("question", ""),
            picked=tuple(dict.fromkeys(value for name, value in fields if name == "pick")),
            q=one.get("q", "")[:300],
            doc=one.get("doc", ""),
            who=" ".join(one.get("who", "").split())[:40],
            note=one.get("note", "")[:NOTE],
            none=bool(one.get("none")),
        )


def add_corrections(
    app: FastAPI, live: LivePipeline, service: Service, settings: Settings, kept: Callable[[str], Answer | None]
) -> None:
    """Add the routes. `kept` gives the answer of an id, None where there is none or no longer."""
    pages = _Pages(live, service, settings, kept)
    routes: tuple[tuple[str, str, Page], ...] = (
        ("GET", "/marks/wrong", pages.show),
        ("POST", "/marks/wrong", pages.correct),
        ("GET", "/marks/questions", pages.questions),
        ("POST", "/marks/questions", pages.delete),
        ("GET", "/marks/questions.jsonl", pages.lines),
    )
    add_pages(app, settings.lang, lambda texts: texts.marks.title, routes)


class _Pages:
    """What the routes answer."""

    def __init__(
        self, live: LivePipeline, service: Service, settings: Settings, kept: Callable[[str], Answer | None]
    ) -> None:
        self._live, self._service, self._settings, self._kept = live, service, settings, kept
        self._corrections = Corrections(settings.desk_file)

    async def show(self, request: Request, texts: Texts) -> Response:
        """The answer, what is offered in its place, and what a search finds."""
        return await self._page(request, texts, Asked.of(request.query_params.multi_items()))

    async def _page(self, request: Request, texts: Texts, asked: Asked, fault: str = "") -> Response:
        answer = await asyncio.to_thread(self._kept, asked.answer) if asked.answer else None
        found: list[str] = []
        if asked.q:
            try:
                question = check_question(asked.q)
                hits = await self._service.search(SearchRequest(question=question, top=_FOUND))
                found = [hit["ref"] for hit in hits]
            except UsageError as error:
                fault = fault or str(error)
        return await asyncio.to_thread(self._rendered, request, texts, asked, answer, found, fault)

    def _rendered(
        self, request: Request, texts: Texts, asked: Asked, answer: Answer | None, found: Sequence[str], fault: str
    ) -> Response:
        library = self._live.library()
        cited = [c.ref for c in answer.citations] + [r.ref for r in answer.retrieved[:_NEAR]] if answer else []
        listed = library.segmentation(asked.doc).provisions[:_LISTED] if asked.doc in library.documents else ()
        taken: set[str] = set()
        return page_response(
            request,
            "wrong.html",
            texts,
            texts.marks.wrong_title,
            400 if fault else 200,
            answer_id=asked.answer,
            answer=answer.answer if answer else "",
            question=_standing_alone(answer) if answer else asked.question,
            picked=asked.picked,
            chosen=_offered(library, asked.picked, taken),
            offered=_offered(library, cited, taken),
            found=_offered(library, found, taken),
            nothing_found=bool(asked.q) and not found,
            listed=_offered(library, (p.ref for p in listed), taken),
            doc=asked.doc,
            doc_title=library.documents[asked.doc].title if listed else "",
            documents=[(d.doc_id, name_of(d)) for d in library.documents.values() if not d.edition_of],
            q=asked.q,
            who=who_of(request, asked.who),
            note=asked.note,
            most=NOTE,
            fault=fault,
        )

    async def correct(self, request: Request, texts: Texts) -> Response:
        """Keep the question with what answers it."""
        asked = Asked.of(await form_of(request))
        library = await asyncio.to_thread(self._live.library)
        refs = tuple(ref for ref in asked.picked if library.place(ref))
        fault = ""
        try:
            question = check_question(asked.question)
        except UsageError as error:
            fault = str(error)
        if not refs and not asked.none:
            fault = fault or texts.marks.pick_something
        elif refs and asked.none:
            fault = fault or texts.marks.picked_and_not_ruled
        if fault:
            return await self._page(request, texts, asked, fault)
        who = who_of(request, asked.who)
        made = Correction(question=question, refs=refs, lang=texts.lang, who=who, note=asked.note)
        response = redirect(request, f"/marks/questions#{made.id}")
        await asyncio.to_thread(self._corrections.add, made, greet(request, response))
        call(request, response, who)
        return response

    def questions(self, request: Request, texts: Texts) -> Response:
        """What has been corrected so far, the latest first."""
        library = self._live.library()
        corrections = self._corrections.all()[::-1]
        mine = {one.id for one in corrections if self._may_delete(request, one.id)}
        cites = {
            one.id: [(ref, p.cite if (p := library.place(ref)) else ref) for ref in one.refs] for one in corrections
        }
        return page_response(
            request,
            "marks_questions.html",
            texts,
            texts.marks.questions,
            corrections=corrections,
            cites=cites,
            mine=mine,
        )

    def _may_delete(self, request: Request, correction_id: str) -> bool:
        own = correction_id in self._corrections.of(visitor_of(request))
        return own or is_admin(request, self._settings.admin_key)

    def delete(self, request: Request, texts: Texts, form: Form) -> Response:
        """Take a correction out; its sender may, and an administrator."""
        correction_id = dict(form).get("delete", "")
        if not self._may_delete(request, correction_id):
            raise Unfit(lambda texts: texts.marks.not_yours)
        self._corrections.delete(correction_id)
        return redirect(request, "/marks/questions")

    def lines(self, request: Request, texts: Texts) -> Response:
        """A question set of all corrections."""
        return download(self._corrections.lines(), "application/x-ndjson", "questions.jsonl")


def _standing_alone(answer: Answer) -> str:
    """The question, with what it leaves out filled in where it asks one thing."""
    return answer.points[0].text or answer.question if len(answer.points) == 1 else answer.question


def _offered(library: Library, refs: Iterable[str], taken: set[str]) -> list[Place]:
    """The provisions to be ticked that were not offered before, which are `taken`."""
    fresh = [ref for ref in dict.fromkeys(map(library.in_file, refs)) if ref not in taken]
    taken.update(fresh)
    return list(filter(None, map(library.place, fresh)))
