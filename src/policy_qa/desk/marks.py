"""`/marks`: provisions that people hold against the original, one by one, and the checks of drafts that they keep."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from policy_qa.diff.model import OpKind
from policy_qa.kept.checks import Checks
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.kept.marks import Mark, Marks, Said, Standing, hash_of, standing
from policy_qa.page.frame import day_of, page_response
from policy_qa.page.inline import showable
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.mark_view import words_of
from policy_qa.page.routes import Form, Page, Unfit, add_pages, download, redirect
from policy_qa.page.source_view import name_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import call, visitor_of, who_of
from policy_qa.settings import Settings
from policy_qa.wording import Words

if TYPE_CHECKING:
    from fastapi import FastAPI

#: Provisions on one page of the list; characters of a note.
_PAGE, NOTE = 50, 500
_DUE = (Standing.OPEN, Standing.CHANGED)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A provision in the list: its latest mark, how it stands, its first words; `cited` in an answer of the reader."""

    ref: str
    cite: str
    mark: Mark | None
    standing: Standing
    opening: str
    cited: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What of the list is asked for: a `state` is a Standing, `todo` or `all`."""

    state: str = "todo"
    doc: str = ""
    who: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Wanted:
        """As an address asks for it; what it can't mean is left out."""
        state = asked.get("state", "")
        return cls(
            state=state if state in ("todo", "all", *Standing) else "todo",
            doc=asked.get("doc", ""),
            who=asked.get("who", ""),
        )

    def holds(self, item: Item) -> bool:
        """Whether an item is of the state that is wanted."""
        return self.state in ("all", item.standing.value) or (self.state == "todo" and item.standing in _DUE)

    def address(self, **changed: object) -> str:
        """The query of the list with some of it changed."""
        return urlencode({k: v for k, v in {**asdict(self), **changed}.items() if v})


def add_marks(app: FastAPI, live: LivePipeline, settings: Settings, cited: Callable[[str], Iterable[str]]) -> None:
    """Add the routes. `cited` gives the refs that the answers of a visitor cite."""
    marks = live.marks = Marks(settings.desk_file)
    pages = _Pages(live, marks, settings, cited)
    routes: tuple[tuple[str, str, Page], ...] = (
        ("GET", "/marks", pages.show),
        ("POST", "/marks", pages.mark),
        ("GET", "/marks/drafts", pages.drafts),
        ("GET", "/marks/marks.jsonl", pages.lines),
        ("GET", "/marks/marks.xlsx", pages.sheet),
    )
    add_pages(app, settings.lang, lambda texts: texts.marks.title, routes)


class _Pages:
    """What the routes answer."""

    def __init__(
        self, live: LivePipeline, marks: Marks, settings: Settings, cited: Callable[[str], Iterable[str]]
    ) -> None:
        self._live, self._marks, self._cited = live, marks, cited
        self._checks = Checks(settings.desk_file, settings.keep_days)
        self._corrections = Corrections(settings.desk_file)

    def show(self, request: Request, texts: Texts) -> Response:
        """The list, or one provision with its history."""
        if ref := request.query_params.get("ref"):
            return self._one(request, texts, ref)
        library = self._live.library()
        wanted = Wanted.of(request.query_params)
        items = self._items(library, wanted.doc, visitor_of(request))
        people = sorted({item.mark.who for item in items if item.mark})
        items = [item for item in items if not wanted.who or (item.mark and item.mark.who == wanted.who)]
        states = Counter(item.standing.value for item in items)
        counts = {"todo": sum(states[s] for s in _DUE), "all": len(items), **{s.value: states[s] for s in Standing}}
        chosen = [item for item in items if wanted.holds(item)]
        page = request.query_params.get("page", "1")
        last = max((len(chosen) + _PAGE - 1) // _PAGE, 1)
        number = min(max(int(page) if page.isdecimal() else 1, 1), last)
        return page_response(
            request,
            "marks.html",
            texts,
            texts.marks.title,
            wanted=wanted,
            items=chosen[(number - 1) * _PAGE : number * _PAGE],
            count=len(chosen),
            number=number,
            last=last,
            counts=counts,
            people=people,
            documents=[(d.doc_id, name_of(d)) for d in library.documents.values() if not d.edition_of],
        )

    def _items(self, library: Library, doc_id: str, visitor: str) -> list[Item]:
        """What was marked or cited, and of one document all its articles, in the order of the texts."""
        marks, cited = self._marks.latest(), frozenset(map(library.in_file, self._cited(visitor)))
        refs = {*marks, *cited}
        if doc_id:
            refs = {ref for ref in refs if ref.partition("#")[0] == doc_id}
            known = library.segmentation(doc_id).articles if doc_id in library.documents else ()
            refs.update(provision.ref for provision in known)
        return sorted(
            (self._item(library, ref, marks.get(ref), ref in cited) for ref in refs),
            key=lambda i: _order(library, i.ref),
        )

    def _item(self, library: Library, ref: str, mark: Mark | None, cited: bool) -> Item:
        place, now = library.place(ref), library.in_force(ref)
        cite = place.cite if place else mark.cite if mark else ref
        stands = standing(mark, now.words if now else None)
        return Item(ref=ref, cite=cite, mark=mark, standing=stands, opening=now.opening if now else "", cited=cited)

    def _one(
        self,
        request: Request,
        texts: Texts,
        ref: str,
        fault: str = "",
        typed: Mapping[str, str] = {},
        status: int = 200,
    ) -> Response:
        """One provision: its words, what was said of it, and the form to say more; with what was typed at a fault."""
        library = self._live.library()
        ref = library.in_file(ref)
        history = self._marks.history(ref)
        item = self._item(library, ref, history[0] if history else None, cited=False)
        words = words_of(ref, library)
        if words is None and not history:
            raise Unfit(lambda texts: texts.marks.unknown.format(ref=ref), 404)
        before = self._marks.words(history[0]) if item.standing is Standing.CHANGED else None
        ops = library.comparisons.ops(before, words) if before is not None and words is not None else ()
        tags = {OpKind.DELETE: "del", OpKind.INSERT: "ins"}
        return page_response(
            request,
            "mark.html",
            texts,
            item.cite,
            status,
            item=item,
            text=words if words is not None else before,
            most=NOTE,
            sha256=hash_of(words) if words is not None else "",
            ops=[("" if op.trivial else tags.get(op.op, ""), op.text) for op in ops],
            history=[(said_of(mark, texts.marks), mark) for mark in history],
            following=self._following(library, ref),
            fault=fault,
            who=who_of(request, typed.get("who", "")),
            note=typed.get("note", ""),
        )

    def _following(self, library: Library, ref: str) -> str:
        """The next article of the same text that is to be verified; empty where there is none."""
        place, marks = library.place(ref), self._marks.latest()
        articles = place.segmentation.articles if place else ()
        behind = (p.ref for p in articles if place and p.start > place.article.start)
        return next((r for r in behind if standing(marks.get(r), words_of(r, library)) in _DUE), "")

    def mark(self, request: Request, texts: Texts, form: Form) -> Response:
        """Keep what somebody says of a provision."""
        library, typed = self._live.library(), dict(form)
        ref, who = typed.get("ref", ""), who_of(request, typed.get("who", ""))
        place = library.in_force(ref)
        if place is None:
            raise Unfit(lambda texts: texts.marks.unknown.format(ref=ref), 404)
        words = place.words
        if not who:
            return self._one(request, texts, ref, texts.marks.nameless, typed, 400)
        if typed.get("said") not in tuple(Said):
            return self._one(request, texts, ref, texts.marks.said_nothing, typed, 400)
        if typed.get("sha256") != hash_of(words):
            return self._one(request, texts, ref, texts.marks.words_changed, typed, 409)
        known = library.place(ref) or place
        self._marks.add(ref, known.cite, words, said=Said(typed["said"]), who=who, note=typed.get("note", "")[:NOTE])
        response = redirect(request, f"/marks?{urlencode({'ref': ref})}")
        call(request, response, who)
        return response

    def drafts(self, request: Request, texts: Texts) -> Response:
        """The checks of drafts that this browser keeps."""
        checks = self._checks.of(visitor_of(request))
        return page_response(request, "marks_drafts.html", texts, texts.marks.drafts, checks=checks)

    def lines(self, request: Request, texts: Texts) -> Response:
        """All marks, a line each."""
        lines = "".join(json.dumps(asdict(mark), ensure_ascii=False) + "\n" for mark in self._marks.all())
        return download(lines, "application/x-ndjson", "marks.jsonl")

    def sheet(self, request: Request, texts: Texts) -> Response:
        """The list as it is filtered, the history of every provision, and the corrected questions, as a workbook."""
        library = self._live.library()
        wanted = Wanted.of({"state": "all", **request.query_params})
        items = [item for item in self._items(library, wanted.doc, visitor_of(request)) if wanted.holds(item)]
        data = workbook(items, self._marks.all(), self._corrections.all(), texts)
        return download(data, SHEET, "marks.xlsx")


def _order(library: Library, ref: str) -> tuple[int, int, str]:
    """Where a provision stands among all; one that is no longer on file at the end."""
    place = library.place(ref)
    if place is None:
        return len(library.documents), 0, ref
    return list(library.documents).index(place.provision.doc_id), place.provision.start, ref


def workbook(items: Sequence[Item], marks: Sequence[Mark], corrections: Sequence[Correction], texts: Texts) -> bytes:
    """Provisions as they stand, every mark, and the corrected questions, a sheet each; no cell is a formula."""
    import openpyxl

    words = texts.marks
    head = (words.document, words.state, words.who, texts.date, words.note)
    sheets: dict[str, list[tuple[str, ...]]] = {
        words.provisions: [("ref", *head, words.words_now)],
        words.history: [("ref", *head, "SHA-256")],
        # `policy-qa eval` knows these columns.
        words.questions: [("id", "question", "refs", "refused", "note")],
    }
    for item in items:
        mark = (item.mark.who, day_of(item.mark.at), item.mark.note) if item.mark else ("", "", "")
        sheets[words.provisions].append((item.ref, item.cite, words.of("standing", item.standing), *mark, item.opening))
    for one in marks:
        said = said_of(one, words)
        sheets[words.history].append((one.ref, one.cite, said, one.who, day_of(one.at), one.note, one.sha256))
    for each in corrections:
        refused = "" if each.refs else "true"
        sheets[words.questions].append((each.id, each.question, ";".join(each.refs), refused, each.note))
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title[:31])
        for row in rows:
            sheet.append([showable(cell) for cell in row])
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def said_of(mark: Mark, words: Words) -> str:
    """What a mark says, for people."""
    return words.taken_back if mark.said is Said.TAKEN_BACK else words.of("standing", mark.said)
