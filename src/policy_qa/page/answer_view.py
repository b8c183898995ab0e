"""The conversation as HTML, and one answer as plain text to be copied.

A point stands under its words, with its table first where it has one, then its lines, each set by what it is, then what
can be chosen. Around the points stand the notices, where was looked, and the sources with the references inside them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from policy_qa.datamodels import (
    Answer,
    Citation,
    Comparison,
    Document,
    Line,
    LineKind,
    Point,
    PointKind,
    Quotation,
    Referred,
    Status,
)
from policy_qa.model.checking import MENDED
from policy_qa.naming.institutions import column_names
from policy_qa.page.conversation import Conversation, Failure, Turn
from policy_qa.page.inline import escape, is_rule, one_line, quoted_cells, table
from policy_qa.page.library import Library, Place
from policy_qa.page.mark_view import render_mark
from policy_qa.page.since import Fate, cited_words, look_up
from policy_qa.page.source_view import Opening, name_of, open_words, render_pages
from policy_qa.page.texts import Texts
from policy_qa.statements import MODEL, Verdict

#: Of what one reference leads to, so many provisions are shown (本章 may hold forty).
_MOST = 4
#: So many characters of a quotation are shown beside its mark. In a cell of a table, and elsewhere, one that is longer
#: than `_CELL` and `_LONG` is folded; of the latter so many are shown then.
_TIP, _CELL, _LONG, _FOLDED = 160, 90, 280, 120
#: So many quotations of a cell are shown before it is unfolded, in the first row, which was asked for, and in others.
_CELLS = (2, 1)


def render_comparison(key: str, comparison: Comparison, texts: Texts, library: Library | None = None) -> str:
    """A table as HTML, each quotation a link to its source, whose key begins with `key`."""
    names = [escape(n) for n in column_names(comparison.documents)]
    head = "".join(
        f'<th scope="col">{n}{_badge(d, texts)}</th>' for n, d in zip(names, comparison.documents, strict=True)
    )
    body = ""
    for r, row in enumerate(comparison.rows):
        mark = f' <span class="pq-differs">{texts.differs}</span>' if row.differs else ""
        cells = ""
        for c, (name, cell) in enumerate(zip(names, row.cells, strict=True)):
            quoted = [_quoted(q, f"{key}:{r}:{c}:{k}", texts, library) for k, q in enumerate(cell)]
            most = _CELLS[r > 0]
            shown = "".join(quoted[:most]) + _rest(quoted[most:], texts)
            silent = "" if cell else ' class="pq-silent"'
            cells += f'<td data-label="{name}"{silent}>{shown or escape(texts.silent)}</td>'
        body += f'<tr><th scope="row">{escape(row.label)}{mark}</th>{cells}</tr>'
    columns = len(names)
    return (
        f'<h3 class="pq-sub">{texts.side_by_side}<span class="pq-hint">{texts.side_by_side_hint}</span></h3>'
        f'<div class="pq-compare-frame" tabindex="0" role="region" aria-label="{texts.side_by_side}">'
        f'<table class="pq-compare pq-compare-{min(columns, 6)}" aria-label="{texts.side_by_side}">'
        f'<thead><tr><th scope="col">{texts.point}</th>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _rest(quoted: Sequence[str], texts: Texts) -> str:
    """What a cell quotes besides, folded."""
    if not quoted:
        return ""
    summary = escape(texts.ask.besides.format(count=len(quoted)))
    return f'<details class="pq-cell-fold"><summary>{summary}</summary>{"".join(quoted)}</details>'


def _badge(document: Document, texts: Texts) -> str:
    """What keeps a document from being in force, beside its name."""
    shown = (
        texts.of("status", document.status) if document.status.is_draft or document.status is Status.REPEALED else ""
    )
    return f' <span class="pq-differs">{escape(shown)}</span>' if shown else ""


def _quoted(quotation: Quotation, key: str, texts: Texts, library: Library | None) -> str:
    place = quotation.cite.rpartition("》")[2] or quotation.cite
    told = f'<span class="pq-cell-place">{escape(place)}</span>{render_mark(quotation.standing.ref, texts, library)}'
    words = one_line(quotation.quote)
    shown, whole = words, ""
    if len(words) > _CELL:
        shown = opening_words(words, _CELL // 2)
        summary = escape(texts.ask.unfold.format(count=len(words)))
        whole = f'<details class="pq-cell-fold"><summary>{summary}</summary><q>{escape(words)}</q></details>'
    return (
        f'<a href="#source" class="pq-cell" data-open="{key}" title="{escape(quotation.cite)}">'
        f'<q class="pq-cell-quote">{escape(shown)}</q>{told}</a>{whole}'
    )


def render_references(turn: int, citation: Citation, texts: Texts) -> str:
    """The references inside a cited provision, each a link to what it leads to; nothing where there are none."""
    if not citation.references:
        return ""
    by_text: dict[str, list[tuple[int, Referred]]] = {}
    for k, referred in enumerate(citation.references):
        by_text.setdefault(" ".join(referred.text.split()), []).append((k, referred))
    entries = ""
    for text, each in by_text.items():
        within = f'<span class="pq-within">{escape(texts.within.format(text=text))}</span>'
        links = "".join(_referred(f"x:{turn}:{citation.n}:{k}", r, texts) for k, r in each[:_MOST])
        more = f'<span class="pq-more">{texts.more.format(count=len(each))}</span>' if len(each) > _MOST else ""
        entries += f"<li>{within}{links}{more}</li>"
    return f'<ul class="pq-referred">{entries}</ul>'


def _referred(key: str, referred: Referred, texts: Texts) -> str:
    if referred.missing:
        return f'<span class="pq-missing">{texts.missing}</span>'
    return (
        f'<a href="#source" class="pq-cell" data-open="{key}">'
        f'<span class="pq-cell-place">{escape(referred.cite)}</span>'
        f'<q class="pq-cell-quote">{escape(one_line(referred.quote))}</q></a>'
    )


def open_beneath(
    answer: Answer, kind: str, numbers: list[int], library: Library, documents: Sequence[Document] = ()
) -> tuple[Opening | None, bool]:
    """What a link of a table (`t`: point, row, column, quotation) or of a reference (`x`: citation, reference) opens.

    `documents` are those that the answer cites. The second value tells whether the answer has what the link names.
    """
    found = _cell(answer, numbers) if kind == "t" else _reference(answer, numbers)
    if found is None:
        return None, False
    return open_words(found.standing if isinstance(found, Quotation) else found, library, documents), True


def _cell(answer: Answer, numbers: list[int]) -> Quotation | None:
    if len(numbers) != 4 or numbers[0] >= len(answer.points):
        return None
    point, row, column, quotation = numbers
    comparison = answer.points[point].comparison
    if comparison is None or row >= len(comparison.rows):
        return None
    cells = comparison.rows[row].cells
    return cells[column][quotation] if column < len(cells) and quotation < len(cells[column]) else None


def _reference(answer: Answer, numbers: list[int]) -> Referred | None:
    if len(numbers) != 2:
        return None
    citation = next((c for c in answer.citations if c.n == numbers[0]), None)
    found = citation.references[numbers[1] : numbers[1] + 1] if citation else ()
    return found[0] if found and not found[0].missing else None


def citation_label(citation: Citation, texts: Texts) -> str:
    """What a link to a citation is called, as HTML."""
    return escape(texts.open_citation.format(n=citation.n, cite=citation.cite))


def nearest_places(answer: Answer, library: Library | None) -> list[tuple[int, Place]]:
    """The provisions that were found and are still on file, with their positions in `answer.retrieved`."""
    places = [(i, library.place(found.ref)) for i, found in enumerate(answer.retrieved)] if library else []
    return [(i, place) for i, place in places if place is not None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """What the parts of one answer are drawn with: its turn's number, and links to what it cites and comes near."""

    turn: int
    answer: Answer
    texts: Texts
    library: Library | None

    @property
    def near(self) -> dict[str, tuple[int, Place]]:
        """The nearest provisions that are still on file, by their refs."""
        return {place.provision.ref: (i, place) for i, place in nearest_places(self.answer, self.library)}

    def marked(self, words: str, marks: Sequence[int]) -> str:
        """Words as HTML with the marks of their citations as links behind them."""
        links = "".join(
            f'<a href="#source" class="pq-cite" data-open="c:{self.turn}:{c.n}"'
            f' aria-label="{citation_label(c, self.texts)}" data-tip="{escape(_tip(c, self.texts))}">[{c.n}]</a>'
            for n in marks
            for c in self.answer.citations
            if c.n == n
        )
        if not links:
            return escape(words)
        # The character before a mark keeps it from standing alone at the start of the next line.
        return f'{escape(words[:-1])}<span class="pq-joined">{escape(words[-1:])}{links}</span>'


def _tip(citation: Citation, texts: Texts) -> str:
    """What is shown of a citation without opening it."""
    return f"{citation.cite}{texts.colon}“{opening_words(one_line(citation.quote), _TIP)}”"


def render_point(page: _Page, at: int, *, last: bool) -> str:
    """One point as HTML: its words where they aren't simply the question, its table, its lines."""
    points, texts = page.answer.points, page.texts
    point = points[at]
    seen = {n for earlier in points[:at] for n in _quoted_in(page.answer, earlier)}
    out = _heading(point, at + 1 if len(points) > 1 else 0, texts)
    if point.comparison:
        out += render_comparison(f"t:{page.turn}:{at}", point.comparison, texts, page.library)
    choices = 0
    for line in page.answer.beside_table(point):
        if line.kind is LineKind.CHOICE:
            out += _choice(f"{page.turn}:{at}:{choices}", line.text, active=last)
            choices += 1
        elif line.kind is LineKind.QUOTE and seen.issuperset(line.marks):
            out += f"<p><b>{escape(line.place)}</b>\u3000{page.marked(texts.quoted_above, line.marks)}</p>"
        else:
            out += render_line(page, line)
    return f'<section class="pq-point">{out}</section>'


def _quoted_in(answer: Answer, point: Point) -> set[int]:
    """The citations that the lines of a point quote."""
    return {n for line in answer.beside_table(point) if line.kind is LineKind.QUOTE for n in line.marks}


def _heading(point: Point, number: int, texts: Texts) -> str:
    """A point's own words, numbered and with its state where there are several, and what they stand for alone."""
    told = point.kind not in (PointKind.TALK, PointKind.OTHER)
    alone = point.text if told and point.asked and point.text != point.asked else ""
    meant = f'<p class="pq-alone">{escape(texts.understood.format(text=alone))}</p>' if alone else ""
    if not number:
        return meant
    state = texts.to_choose if point.choices else texts.refused if point.refused else ""
    badge = f'<span class="pq-state">{escape(state)}</span>' if state else ""
    words = f'<span class="pq-point-number">{number}</span><span>{escape(point.heading)}</span>{badge}'
    return f'<h3 class="pq-point-words">{words}</h3>{meant}'


def _choice(key: str, label: str, *, active: bool) -> str:
    state = "" if active else " disabled"
    return f'<button type="button" class="pq-chip pq-choice" data-choice="{key}"{state}>{escape(label)}</button>'


def render_line(page: _Page, line: Line) -> str:
    """A line as HTML, by what it is."""
    if line.kind is LineKind.QUOTE:
        return _quote(page, line)
    if line.kind is LineKind.NEAR and line.ref in page.near:
        at, place = page.near[line.ref]
        return near_link(page.turn, at, place.cite, line.text)
    form = _FORMS.get(line.kind, "")
    words = line.plain if line.kind is LineKind.NEAR else line.text
    return f"<p{form}>{page.marked(words, line.marks)}{_verdict(page, line)}</p>"


_FORMS = {
    LineKind.LEAD: ' class="pq-lead"',
    LineKind.SOURCE: ' class="pq-from"',
    LineKind.HEADING: ' class="pq-opening"',
    LineKind.ENTRY: ' class="pq-item"',
    LineKind.SILENT: ' class="pq-silence"',
}


def _quote(page: _Page, line: Line) -> str:
    """A quotation behind the name of its provision, its marks at its end; a long one is folded."""
    return _folded(page, line) if len(line.text) > _LONG else _whole(page, line)


def _whole(page: _Page, line: Line) -> str:
    """All lines of a quotation, its rows as tables."""
    out: list[str] = []
    rows: list[list[str]] = []
    place = f"<b>{escape(line.place)}</b>" if line.place else ""
    shown = [words for words in line.text.split("\n") if words.strip()]
    for n, words in enumerate(shown, start=1):
        marks = line.marks if n == len(shown) else ()
        cells = [cell.strip() for cell in quoted_cells(words)]
        if cells:
            rows.append([*map(escape, cells[:-1]), page.marked(cells[-1], marks)])
            continue
        if is_rule(words.strip()) and rows:
            continue
        out.append(table(rows))
        rows = []
        before = f"{place}\u3000" if place and n == 1 else ""
        form = "" if n == 1 else ' class="pq-item"'
        out.append(f"<p{form}>{before}{page.marked(words, marks)}{_verdict(page, line) if marks else ''}</p>")
    named = f"<p>{place}</p>" if place and shown and quoted_cells(shown[0]) else ""
    return named + "".join([*out, table(rows)])


def _folded(page: _Page, line: Line) -> str:
    """A long quotation as its first words, to be unfolded; its marks stay in sight."""
    words = one_line(line.text)
    unfold = escape(page.texts.ask.unfold.format(count=len(words)))
    whole = _whole(page, replace(line, place="", marks=()))
    place = f"<b>{escape(line.place)}</b>\u3000" if line.place else ""
    first = escape(opening_words(words, _FOLDED))
    return (
        f'<details class="pq-fold"><summary>{place}<span class="pq-folded">{first}</span>'
        f'<span class="pq-unfold">{unfold}</span></summary>{whole}</details>'
        f"<p>{page.marked('', line.marks)}{_verdict(page, line)}</p>"
    )


def _verdict(page: _Page, line: Line) -> str:
    """What is said of a line that stands in a model's answer."""
    if line.statement is None:
        return ""
    texts = page.texts
    words = texts.verbatim if line.statement.verdict is Verdict.VERBATIM else texts.supported
    words += f"{texts.comma}{texts.mended}" if line.statement.note == MENDED else ""
    return f' <small class="pq-verdict">{escape(words)}</small>'


def near_link(turn: int, index: int, cite: str, words: str) -> str:
    """A link to a provision that was found, with its first words."""
    return (
        f'<p class="pq-near-line"><a href="#source" class="pq-citation pq-near" data-open="r:{turn}:{index}">'
        f'<span class="pq-citation-words"><span class="pq-citation-name">{escape(cite)}</span>'
        f'<span class="pq-citation-quote">{escape(words)}</span></span></a></p>'
    )


#: Nearest provisions that a refusal offers, and documents that the welcome names.
NEAREST, _NAMED = 5, 6
#: So many documents have a chip each; more have one together, whose key is this.
_CHIPS, ALL_OF_THEM = 5, "*"


def render_conversation(conversation: Conversation, texts: Texts, library: Library | None, told: str = "") -> str:
    """All turns, or the welcome with example questions where there are none yet; `told` as in `Session`.

    `data-stamp` changes when there is something new to scroll to, and only then; `data-address` is where all of this
    is found again.
    """
    last = conversation.last
    stamp = f"{last.number}{'' if last.pending else '+'}" if last else ""
    turns = (_turn(turn, conversation, texts, library) for turn in conversation.turns)
    inner = "".join(turns) or _welcome(texts, library)
    if conversation.dropped:
        inner = f'<p class="pq-older">{escape(texts.older_turns.format(count=conversation.dropped))}</p>' + inner
    said = texts.ask.of("told", told) or (texts.ask.shared if conversation.shared else "")
    if said:
        inner = f'<p class="pq-told" role="status">{escape(said)}</p>' + inner
    return (
        f'<div class="pq-log" role="log" tabindex="0" aria-live="polite"'
        f' aria-label="{escape(texts.conversation_label)}"'
        f' data-stamp="{stamp}" data-lang="{texts.html_lang}"'
        f' data-window="{escape(texts.window_title)}" data-lost="{escape(texts.connection_lost)}"'
        f' data-address="{escape(address_of(conversation, texts.lang))}">{inner}{_take_away(conversation, texts)}</div>'
    )


def address_of(conversation: Conversation, lang: str) -> str:
    """The query under which a page shows all this again: `c`, a visitor's own conversation, or `a`, an answer."""
    query = {"lang": "en"} if lang == "en" else {}
    if conversation.shared:
        query["a"] = conversation.turns[0].id
    elif conversation.kept:
        query["c"] = conversation.id
    return f"?{urlencode(query)}" if query else ""


def _take_away(conversation: Conversation, texts: Texts) -> str:
    """The conversation to print and as files, where it can be found again."""
    if conversation.shared or not conversation.kept:
        return ""
    ways = (("/print", texts.ask.print), (".docx", texts.ask.word), (".md", texts.ask.markdown))
    links = "".join(
        f'<a class="pq-link" href="./conversations/{conversation.id}{end}?lang={texts.lang}"'
        f"{' target=_blank rel=noopener' if end == '/print' else ' download'}>{escape(words)}</a>"
        for end, words in ways
    )
    return f'<p class="pq-take-away"><span>{escape(texts.ask.take_away)}</span>{links}</p>'


def plain_text(question: str, answer: Answer, texts: Texts) -> str:
    """Question, answer, notices and citations as text that keeps its meaning in a letter or a chat."""
    parts = [texts.copy_question.format(question=question), answer.answer.strip()]
    parts += [f"{texts.notice}：{notice}" for notice in answer.notices]
    if answer.citations:
        sources = "\n".join(f"[{c.n}] {c.cite}：“{one_line(c.quote)}”" for c in answer.citations)
        parts.append(f"{texts.copy_source}\n{sources}")
    return "\n\n".join(parts)


def _welcome(texts: Texts, library: Library | None) -> str:
    """What is on file, and questions that it answers, drawn from its own articles."""
    examples = library.examples if library else ()
    chips = "".join(
        f'<li><button type="button" class="pq-chip" data-example="{i}">{escape(example)}</button></li>'
        for i, example in enumerate(examples)
    )
    offered = f'<h3>{escape(texts.examples_label)}</h3><ul class="pq-chips">{chips}</ul>' if chips else ""
    titles = list(dict.fromkeys(name_of(d) for d in library.documents.values())) if library else []
    names = texts.between.join(f"《{title}》" for title in titles[:_NAMED])
    on_file = texts.on_file.format(count=len(titles), names=names) if len(titles) <= _NAMED else ""
    on_file = on_file or texts.on_file_many.format(count=len(titles), names=names)
    held = f'<p class="pq-on-file">{escape(on_file)}</p>' if titles else ""
    return (
        f'<section class="pq-welcome"><h2>{escape(texts.welcome)}</h2>{held}<p>{escape(texts.welcome_hint)}</p>'
        f"{offered}</section>"
    )


def _turn(turn: Turn, conversation: Conversation, texts: Texts, library: Library | None) -> str:
    if turn.answer is not None:
        reply = _answer(turn, turn.answer, conversation, texts, library)
    elif turn.failure is not None:
        reply = _failure(turn.failure, texts)
    elif turn.draft is not None:
        body = render_points(turn.number, turn.draft, texts, library, last=True)
        reply = (
            f'<div class="pq-reply pq-growing"><div class="pq-answer">{body}</div>'
            f'<div class="pq-pending" role="status">{escape(texts.checking)}</div></div>'
        )
    else:
        reply = f'<div class="pq-reply pq-pending" role="status">{escape(texts.searching)}</div>'
    return (
        f'<section class="pq-turn" data-turn="{turn.number}">'
        f'<h2 class="pq-question"><span class="pq-sr">{escape(texts.you)}：</span>{_paragraphs(turn.question)}</h2>'
        f"{'' if turn.pending else _doings(turn, conversation, texts)}{reply}</section>"
    )


def _doings(turn: Turn, conversation: Conversation, texts: Texts) -> str:
    """What can be done with a question of one's own that is settled: changed, put again, deleted."""
    if conversation.shared:
        return ""
    words, label = escape(turn.question), escape(texts.ask.edit_label)
    later = f"<small>{escape(texts.ask.edit_hint)}</small>" if turn is not conversation.last else ""
    return (
        f'<div class="pq-doings">'
        f'<button type="button" class="pq-do" data-again="{turn.number}">{texts.ask.again}</button>'
        f'<button type="button" class="pq-do" data-remove="{turn.number}" data-sure="{escape(texts.ask.remove_sure)}">'
        f"{texts.ask.remove}</button>"
        f'<details class="pq-edit"><summary class="pq-do">{texts.ask.edit}</summary>'
        f'<textarea rows="2" aria-label="{label}">{words}</textarea>{later}'
        f'<button type="button" class="pq-do" data-edit="{turn.number}">{texts.ask.edit_send}</button></details></div>'
    )


def _answer(turn: Turn, answer: Answer, conversation: Conversation, texts: Texts, library: Library | None) -> str:
    last = turn is conversation.last
    notices = "".join(
        f'<p class="pq-notice" role="note"><strong>{escape(texts.notice)}</strong>{escape(notice)}</p>'
        for notice in answer.notices
    )
    notices += _changed(turn, answer, texts, library)
    head = f'<p class="pq-refused">{escape(texts.refused)}</p>' if answer.refused else ""
    body = render_points(turn.number, answer, texts, library, last=last)
    below = _citations(turn, answer, texts, library)
    linked = any(line.kind is LineKind.NEAR for point in answer.points for line in point.lines)
    if answer.refused and not linked and {p.kind for p in answer.points} != {PointKind.OTHER}:
        below = _nearest(turn, answer, texts, library)
    scope = _scope(turn.number, answer, conversation.let_go if last else None, texts, library)
    return (
        f'<div class="pq-reply{" pq-refusal" if answer.refused else ""}">{"" if answer.comparison else notices}{head}'
        f'{scope}<div class="pq-answer">{body}</div>{notices if answer.comparison else ""}{below}'
        f"{_foot(turn, answer, texts)}</div>"
    )


def render_points(turn: int, answer: Answer, texts: Texts, library: Library | None, *, last: bool) -> str:
    """The points of an answer as HTML; what can be chosen is active in the `last` one of a conversation."""
    page = _Page(turn=turn, answer=answer, texts=texts, library=library)
    return "".join(render_point(page, at, last=last) for at in range(len(answer.points)))


def scope_files(answer: Answer, library: Library) -> tuple[str, ...]:
    """The files that an answer was limited to; none where it looked in all, or was no matter of documents."""
    if all(p.kind in (PointKind.TALK, PointKind.OTHER, PointKind.HOLDINGS) for p in answer.points):
        return ()
    return tuple(d for d in answer.scope.doc_ids if d in library.documents)


def _scope(turn: int, answer: Answer, let_go: Collection[str] | None, texts: Texts, library: Library | None) -> str:
    """Where was looked, as chips; `let_go` are those taken off for the next question, None where it is too late."""
    files = scope_files(answer, library) if library else ()
    if not files or library is None:
        return ""
    names = column_names([library.documents[d] for d in files])
    parts = [(str(i), name, {d}) for i, (d, name) in enumerate(zip(files, names, strict=True))]
    if len(parts) > _CHIPS:
        parts = [(ALL_OF_THEM, texts.scope_several.format(count=len(parts)), set(files))]
    label = texts.of("scope", answer.scope.origin)
    chips = "".join(_chip(f"{turn}:{key}", name, let_go, doc_ids, texts) for key, name, doc_ids in parts)
    return f'<p class="pq-scope" role="group" aria-label="{escape(label)}"><span>{escape(label)}</span>{chips}</p>'


def _chip(key: str, name: str, let_go: Collection[str] | None, doc_ids: set[str], texts: Texts) -> str:
    if let_go is None:
        return f'<span class="pq-held">{escape(name)}</span>'
    off = doc_ids <= set(let_go)
    tells = (texts.scope_put_back if off else texts.scope_take_off).format(name=name)
    return (
        f'<button type="button" class="pq-held{" pq-off" if off else ""}" data-scope="{key}" title="{escape(tells)}"'
        f' aria-label="{escape(tells)}" aria-pressed="{str(off).lower()}">{escape(name)}'
        f'<span class="pq-held-sign" aria-hidden="true">{"↺" if off else "×"}</span></button>'
    )


def _citations(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    """The sources; one that the lines or the table above quote is only named."""
    told = {n for p in answer.points for line in p.lines if line.kind is LineKind.QUOTE for n in line.marks}
    entries = ""
    for c in answer.citations:
        references = render_references(turn.number, c, texts)
        quote = "" if c.n in told else f'<q class="pq-citation-quote">{escape(one_line(c.quote))}</q>'
        fate = look_up(c.standing, turn.documents, library)[0] if library else Fate.SAME
        told_of = _pages(c, turn, texts, library) + render_mark(c.standing.ref, texts, library)
        if fate is not Fate.SAME:
            became = texts.ask.changed if fate is Fate.CHANGED else texts.ask.gone
            told_of += f' <span class="pq-differs">{escape(became)}</span>'
        brief = "" if quote else " pq-brief"
        entries += (
            f'<li><a href="#source" class="pq-citation{brief}" data-open="c:{turn.number}:{c.n}"'
            f' aria-label="{citation_label(c, texts)}">'
            f'<span class="pq-number" aria-hidden="true">{c.n}</span><span class="pq-citation-words">'
            f'<span class="pq-citation-name">{escape(c.cite)}{told_of}</span>{quote}</span></a>'
            f"{references}</li>"
        )
    return (
        f'<h3 class="pq-sub">{escape(texts.citations)}</h3><ol class="pq-citations">{entries}</ol>' if entries else ""
    )


def _pages(citation: Citation, turn: Turn, texts: Texts, library: Library | None) -> str:
    """The page of a quotation, where its source has pages; and whether its words were read from a picture."""
    document = library.documents.get(citation.ref.partition("#")[0]) if library else None
    place = look_up(citation, turn.documents, library)[1] if library else None
    pages = render_pages(document, place, texts) if document else ""
    told = filter(None, (pages, texts.recognised if citation.recognised else ""))
    return "".join(f'<span class="pq-page">{escape(words)}</span>' for words in told)


def _changed(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    """A notice where what an answer quotes, in its citations or in a table, is no longer what is on file."""
    if library is None:
        return ""
    quoted = [words for words in cited_words(answer) if not isinstance(words, Referred)]
    fates = {words.cite: look_up(words, turn.documents, library)[0] for words in quoted}
    changed = [cite for cite, fate in fates.items() if fate is not Fate.SAME]
    if not changed:
        return ""
    cites = texts.between.join(changed[:_NAMED]) + ("……" if len(changed) > _NAMED else "")
    words = escape(texts.ask.changed_notice.format(cites=cites))
    return f'<p class="pq-notice pq-changed" role="note"><strong>{escape(texts.notice)}</strong>{words}</p>'


def _nearest(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    places = nearest_places(answer, library)[:NEAREST]
    if not places:
        return ""
    links = "".join(
        near_link(turn.number, i, place.cite, opening_words(place.segmentation.text_of(place.provision)))
        for i, place in places
    )
    return f'<h3 class="pq-sub">{escape(texts.nearest)}</h3>{links}'


def _foot(turn: Turn, answer: Answer, texts: Texts) -> str:
    words = texts.model_written if answer.mode == MODEL else texts.all_verbatim if answer.sentences else ""
    written = f"<span>{escape(words)}</span>" if words and not answer.refused else ""
    copy = _copying(plain_text(turn.question, answer, texts), texts.copy, texts)
    link = _copying(f"?a={turn.id}", texts.ask.link, texts, form="link") if turn.kept else ""
    wrong = f'<a class="pq-link pq-aside" href="./marks/wrong?answer={turn.id}">{escape(texts.ask.wrong)}</a>'
    return f'<div class="pq-foot">{copy}{link}{written}{wrong if turn.kept else ""}</div>'


def _copying(words: str, label: str, texts: Texts, form: str = "copy") -> str:
    """A button that copies words, or the whole address (`link`) of a query."""
    return (
        f'<button type="button" class="pq-copy" data-{form}="{escape(words)}"'
        f' data-done="{escape(texts.copied)}">{escape(label)}</button>'
    )


def _failure(failure: Failure, texts: Texts) -> str:
    """Why there is no answer. What is wrong with an index, paths included, is for the log and `/healthz`."""
    titles = {
        "missing": texts.index_title,
        "unusable": texts.index_title,
        "model": texts.model_title,
        "stopped": texts.ask.stopped_title,
    }
    bodies = {
        "missing": texts.index_missing,
        "unusable": texts.index_unusable,
        "internal": texts.internal_error,
        "busy": texts.busy,
        "stopped": texts.ask.stopped,
    }
    body = bodies.get(failure.kind) or failure.detail
    title = titles.get(failure.kind, texts.error_title)
    return (
        f'<div class="pq-reply pq-error" role="alert"><p class="pq-refused">{escape(title)}</p>'
        f"<p>{escape(body)}</p></div>"
    )


def _paragraphs(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def opening_words(text: str, length: int = 60) -> str:
    """The first words of a text, in one line."""
    words = " ".join(text.split())
    return words if len(words) <= length else words[:length] + "……"
