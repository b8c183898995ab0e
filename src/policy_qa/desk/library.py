"""`/library`: the policies on file, found, searched, read whole and compared, each with the file that it came from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import Provision, Segmentation
from policy_qa.desk.corpus import Editor
from policy_qa.diff import Diff
from policy_qa.diff.html import changes as diff_changes
from policy_qa.diff.html import overview as diff_overview
from policy_qa.diff.rendering import TEXTS as DIFF_TEXTS
from policy_qa.doors.service import Service
from policy_qa.errors import UsageError
from policy_qa.facts.model import Fact, Facts, Link, Standing, State
from policy_qa.index.files import sha256
from policy_qa.page.frame import page_response, root_of
from policy_qa.page.inline import Highlights, merge, render_inline, showable
from policy_qa.page.layout import anchor_of, label_ranges, page_starts, render_text
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.mark_view import render_marks, render_way
from policy_qa.page.routes import Unfit, download
from policy_qa.page.source_view import label_of, name_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import is_admin
from policy_qa.printable import shorten
from policy_qa.provisions.refs import place
from policy_qa.settings import Settings
from policy_qa.wording import Words
from policy_qa.words import common_words, normalize

if TYPE_CHECKING:
    from policy_qa.pipeline import Pipeline

#: So many provisions are shown of a search by words, and of one by meaning; so many characters of each.
_BY_WORDS, _BY_MEANING, _SNIPPET = 40, 12, 160
#: What stands before the first word that was found, in characters.
_BEFORE = 40
_AT = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
#: Names under `/library/` that are pages of their own; a document of that name has a tilde before it.
_OWN = ("search", "admin", "changes", "changes.jsonl", "incoming")
SORTS = ("day", "title", "institution", "length")


def path_of_document(doc_id: str) -> str:
    """Where a document is shown, below the root."""
    return f"/library/{'~' if doc_id in _OWN else ''}{quote(doc_id, safe='')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One text in the list. `path` leads to it; `day` is ISO, as precise as it is told."""

    path: str
    title: str
    institution: str
    kind: str
    number: str
    day: str
    articles: int
    standing: Standing
    recognised: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Filter:
    """What of the list is wanted; empty fields ask for nothing."""

    institution: str = ""
    kind: str = ""
    state: str = ""
    since: str = ""
    until: str = ""
    subject: str = ""
    sort: str = SORTS[0]

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Filter:
        """As an address asks for it; an order that there is none of is the first."""
        told = {name: asked.get(name, "").strip()[:200] for name in cls.__slots__}
        return cls(**{**told, "sort": told["sort"] if told["sort"] in SORTS else SORTS[0]})

    @property
    def narrows(self) -> bool:
        """Whether it leaves anything out."""
        return any(getattr(self, name) for name in self.__slots__ if name != "sort")

    def fits(self, entry: Entry) -> bool:
        """Whether a text is wanted. A day that is told less precisely fits where it may."""
        same = all(
            not wanted or wanted == found
            for wanted, found in (
                (self.institution, entry.institution),
                (self.kind, entry.kind),
                (self.state, entry.standing.state.value),
            )
        )
        dated = not (self.since or self.until) or bool(entry.day)
        begun = not self.since or entry.day >= self.since[: len(entry.day)]
        ended = not self.until or entry.day <= self.until[: len(entry.day)]
        words = normalize(self.subject).split()
        return same and dated and begun and ended and all(word in normalize(entry.title) for word in words)

    def ordered(self, entries: Sequence[Entry]) -> list[Entry]:
        """Texts in the order that is asked for; what has no date comes last."""
        named = sorted(entries, key=lambda e: (e.title, e.path))
        if self.sort == "length":
            return sorted(named, key=lambda e: -e.articles)
        if self.sort == "institution":
            return sorted(named, key=lambda e: e.institution)
        return named if self.sort == "title" else sorted(named, key=lambda e: e.day, reverse=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One fact of a document: what it is, its value, the way to the line that says so, and that line where it reads
    otherwise than the value."""

    name: str
    value: str
    line: str = ""
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    """A line of an outline: a heading, or (`anchor` is not empty) a provision at article level."""

    depth: int
    words: str
    anchor: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A provision that a search found; `snippet` is HTML."""

    path: str
    cite: str
    snippet: Markup


def rendered(html: str) -> Markup:
    """HTML that the page's own renderers made, whose every foreign word is escaped."""
    return Markup(showable(html))  # nosec B704 # noqa: S704 - see above


class LibraryDesk:
    """The pages that anybody may read."""

    def __init__(self, service: Service, live: LivePipeline, settings: Settings, editor: Editor) -> None:
        self._service, self._live, self._settings, self._editor = service, live, settings, editor

    async def list(self, request: Request, texts: Texts) -> Response:
        """What is on file, as the address narrows it."""
        wanted = Filter.of(request.query_params)

        def found(pipeline: Pipeline) -> Sequence[Entry]:
            library = self._live.library()
            return [_entry(facts, library, pipeline) for facts in pipeline.register.all()]

        entries = await self._service.made(found)
        fitting = [entry for entry in entries if wanted.fits(entry)]
        return page_response(
            request,
            "library.html",
            texts,
            texts.library.title,
            words=texts.library,
            wanted=wanted,
            entries=wanted.ordered(fitting),
            all=len(entries),
            institutions=_options(e.institution for e in entries),
            kinds=_options(e.kind for e in entries),
            states=[
                (s.value, texts.library.of("standing", s)) for s in State if any(e.standing.state is s for e in entries)
            ],
            found_states=Counter(e.standing.state for e in fitting),
            tone=TONES,
        )

    async def search(self, request: Request, texts: Texts) -> Response:
        """Provisions with the words that are asked for, and those close in meaning."""
        asked = request.query_params.get("q", "").strip()
        found, meant, fault = list[Hit](), list[Hit](), "" if asked else texts.library.search_first
        try:
            if asked:
                library = self._live.library
                found, meant = await self._service.made(lambda pipeline: _searched(library(), pipeline, asked))
        except UsageError as error:
            fault = str(error)
        return page_response(
            request,
            "search.html",
            texts,
            texts.library.search_title,
            words=texts.library,
            asked=asked,
            fault=fault,
            by_words=found[:_BY_WORDS],
            all=len(found),
            by_meaning=meant,
        )

    async def document(self, request: Request, texts: Texts) -> Response:
        """One text with all that is known of it, opened at `?ref=` or at `?at=start-end`."""
        asked = request.query_params

        def shown(pipeline: Pipeline) -> dict[str, object]:
            library = self._live.library()
            doc_id = _known(library, request.path_params["doc_id"])
            ref, at = asked.get("ref", ""), asked.get("at", "")
            return _document(library, pipeline, doc_id, ref=ref, at=at, root=root_of(request), texts=texts)

        values = await self._service.made(shown)
        admin = is_admin(request, self._settings.admin_key)
        return page_response(request, "document.html", texts, str(values.pop("name")), 200, admin=admin, **values)

    async def versus(self, request: Request, texts: Texts) -> Response:
        """Two texts of one policy compared."""

        def compared(pipeline: Pipeline) -> tuple[Diff, str, str]:
            library = self._live.library()
            one, other = (_known(library, request.path_params[name]) for name in ("doc_id", "other"))
            if (diff := library.comparison(one, other)) is None:
                raise Unfit(lambda texts: texts.library.no_comparison)
            return diff, name_of(library.documents[one]), path_of_document(one)

        diff, title, path = await self._service.made(compared)
        return page_response(
            request,
            "versus.html",
            texts,
            DIFF_TEXTS[texts.lang]["page_title"],
            words=texts.library,
            back=texts.library.back_to.format(title=title),
            path=path,
            diff=rendered_diff(diff, texts),
        )

    async def original(self, request: Request, texts: Texts) -> Response:
        """The file that a text was read from, as it was then."""

        def read(pipeline: Pipeline) -> tuple[str, bytes]:
            library = self._live.library()
            document = library.documents[_known(library, request.path_params["doc_id"])]
            document = library.documents.get(document.edition_of, document)
            # The name is the index's own; bytes that are not those it was built from may have been put in their place.
            data = self._editor.folder.read(document.source)
            if data is None or sha256(data) != document.sha256:
                data = self._editor.folder.kept(document.sha256)
            if data is None:
                raise Unfit(lambda texts: texts.library.original_gone)
            return document.source.rpartition("/")[2], data

        name, data = await self._service.made(read)
        return download(data, "application/octet-stream", name)


#: How a standing is coloured.
TONES = {State.IN_FORCE: "dk-good", State.DRAFT: "dk-open", State.TO_COME: "dk-open"}


def _known(library: Library, asked: str) -> str:
    """The document that an address names. Raises Unfit."""
    for doc_id in (asked, asked.removeprefix("~")):
        if doc_id in library.documents:
            return doc_id
    raise Unfit(lambda texts: texts.library.unknown, 404)


def _options(names: Iterator[str]) -> list[tuple[str, str]]:
    """What a list offers to choose from, and how it calls each."""
    return [(name, name) for name in sorted({*names} - {""})]


def _entry(facts: Facts, library: Library, pipeline: Pipeline) -> Entry:
    segmentation = library.segmentation(facts.doc_id)
    path = path_of_document(facts.doc_id)
    if facts.instrument:
        first = next((a for a in segmentation.articles if a.start >= facts.start), None)
        path += f"?ref={quote(first.ref)}#{anchor_of(first)}" if first else ""
    issuer = facts.issuer.value if facts.issuer else ""
    return Entry(
        path=path,
        title=facts.name,
        institution=issuer or library.institution(facts.doc_id),
        kind=kind_of(facts.name),
        number=facts.number.value if facts.number else "",
        day=facts.day,
        articles=facts.articles,
        standing=pipeline.register.standing(facts),
        recognised=bool(segmentation.document.recognised),
    )


def _searched(library: Library, pipeline: Pipeline, asked: str) -> tuple[list[Hit], list[Hit]]:
    """(provisions that hold all the words, others that are close in meaning). Raises UsageError for no question."""
    retrieved = pipeline.search(asked, top=_BY_MEANING)
    words = [re.compile(re.escape(word), re.IGNORECASE) for word in asked.split()[:20]]
    found = [
        _hit(segmentation, article, words)
        for segmentation in map(library.segmentation, library.documents)
        if not segmentation.document.edition_of
        for article in segmentation.articles
        if all(word.search(segmentation.document.text, article.start, article.end) for word in words)
    ]
    terms = sorted({*common_words().terms_of(asked)}, key=len, reverse=True)
    content = [re.compile(re.escape(term), re.IGNORECASE) for term in terms]
    shown = {hit.path for hit in found[:_BY_WORDS]}
    places = [place for hit in retrieved if (place := library.place(hit.ref))]
    meant = [_hit(p.segmentation, p.article, content) for p in places]
    return found, [hit for hit in meant if hit.path not in shown]


def _hit(segmentation: Segmentation, article: Provision, words: Sequence[re.Pattern[str]]) -> Hit:
    """A provision with the stretch of it that begins a little before the first word."""
    text = segmentation.document.text
    matches = merge([m.span() for word in words for m in word.finditer(text, article.start, article.end)])
    first = matches[0][0] if matches else article.start
    start = article.start if first - article.start < _BEFORE * 2 else first - _BEFORE
    end = min(article.end, start + _SNIPPET)
    shown = render_inline(text, start, end, Highlights(quoted=matches))
    before, after = "…" if start > article.start else "", "…" if end < article.end else ""
    return Hit(
        path=f"{path_of_document(article.doc_id)}?ref={quote(article.ref)}#{anchor_of(article)}",
        cite=f"《{article.instrument or name_of(segmentation.document)}》{place(article)}",
        snippet=rendered(before + shown + after),
    )


def _document(
    library: Library, pipeline: Pipeline, doc_id: str, *, ref: str, at: str, root: str, texts: Texts
) -> dict[str, object]:
    """What the page of a document shows."""
    segmentation, words = library.segmentation(doc_id), texts.library
    document = segmentation.document
    base = document.edition_of or doc_id
    register = pipeline.register
    family = library.family(doc_id)
    quoted, shaded, warned = _opened(segmentation, ref, at)
    highlights = Highlights(quoted=quoted, labels=label_ranges(segmentation), pages=page_starts(document, texts))
    beside = render_marks(segmentation, texts, library)
    if shaded:
        opened = ref if "#" in ref else f"{doc_id}#{ref}"
        beside[shaded] = beside.get(shaded, "") + render_way(opened, texts, root)
    found = library.findings(doc_id, texts.lang)
    titles = {d.doc_id: name_of(d) for d in library.documents.values()}
    return {
        "name": name_of(document),
        "words": words,
        "doc_id": doc_id,
        "path": path_of_document(doc_id),
        "document": document,
        "has_file": not document.edition_of,
        "source": library.documents[base].source,
        "texts_held": [
            (facts, register.standing(facts), list(_rows(facts, library, words, titles)))
            for facts in register.all()
            if facts.doc_id == base
        ],
        "tone": TONES,
        "members": [(m, label_of(m, texts), path_of_document(m.doc_id)) for m in family.members] if family else [],
        "findings": [(finding, _way(finding.start, finding.end, doc_id)) for finding in found],
        "warnings": "；".join(segmentation.warnings),
        "outline": list(_outline(segmentation)),
        "warned": words.unknown_ref.format(ref=ref) if warned else "",
        "opened": bool(quoted or shaded),
        "text": rendered(render_text(segmentation, highlights, shaded, texts, beside)),
    }


def _opened(segmentation: Segmentation, ref: str, at: str) -> tuple[tuple[tuple[int, int], ...], str, bool]:
    """(what is marked, the path at article level that is shaded, whether what was asked for is not there)."""
    if ref:
        provision = segmentation.at(ref)
        if provision is None:
            return (), "", True
        marked = () if provision.article else ((provision.start, provision.end),)
        return marked, segmentation.article_of(provision).path, False
    if (match := _AT.fullmatch(at)) and int(match[1]) < int(match[2]) <= len(segmentation.document.text):
        return ((int(match[1]), int(match[2])),), "", False
    return (), "", False


def _way(start: int, end: int, doc_id: str) -> str:
    return f"{path_of_document(doc_id)}?at={start}-{end}"


def _rows(facts: Facts, library: Library, words: Words, titles: Mapping[str, str]) -> Iterator[Row]:
    """What is known of a text, each with the line that says so."""

    def row(name: str, value: str, fact: Fact) -> Row:
        text = library.segmentation(fact.doc_id).document.text
        line = text[fact.start : fact.end].strip("#* \n")
        same = "".join(line.split()) == "".join(value.split())
        way = _way(fact.start, fact.end, fact.doc_id)
        return Row(name=name, value=value, line="" if same else shorten(line, 60), path=way)

    told: tuple[tuple[str, Fact | None], ...] = (
        (words.named_title, facts.title),
        (words.issuer, facts.issuer),
        (words.number, facts.number),
        (words.issued, facts.issued),
        (words.effective, facts.effective),
        (words.status, facts.status),
    )
    for name, fact in told:
        yield row(name, fact.value, fact) if fact else Row(name=name, value="")
    if facts.term:
        length = f"{facts.term.kind} {facts.term.length} {facts.term.until}".strip()
        yield row(words.term, length, facts.term.source)
    links: tuple[tuple[str, tuple[Link, ...], bool], ...] = (
        (words.amends, facts.amends, False),
        (words.repeals, facts.repeals, False),
        (words.amended_by, facts.amended_by, True),
        (words.repealed_by, facts.repealed_by, True),
    )
    for name, found, passive in links:
        for link in found:
            yield row(name, f"《{titles[link.by] if passive else link.title}》 {link.on}".strip(), link.source)


def _outline(segmentation: Segmentation) -> Iterator[Heading]:
    """The headings of a text with what stands under each."""
    before: tuple[str, ...] = ()
    for article in segmentation.articles:
        headings = ((article.instrument,) if article.instrument else ()) + article.headings
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, headings, strict=False)))
        own, before = place(article), headings
        if same < len(headings) and headings[-1] == own:  # 一、岗位设置 is both: the provision has its words
            headings = headings[:-1]
        for depth in range(same, len(headings)):
            yield Heading(depth=depth, words=headings[depth])
        text = shorten(segmentation.text_of(article).removeprefix(article.label), 16)
        words = f"{article.label}　{text}" if article.label and own not in before else own
        yield Heading(depth=len(headings), words=words, anchor=anchor_of(article))


def rendered_diff(diff: Diff, texts: Texts) -> Markup:
    """What differs between two texts, at a glance and change by change."""
    return rendered(diff_overview(diff, texts.lang) + diff_changes(diff, texts.lang))
