"""The conversation as HTML, and one answer as plain text to be copied.

An answer is plain text whose marks become links. What a line is (the source that the next lines quote, a numbered
item, a nearest provision) shows in its form, and only decides how it is set; a form that isn't known is a paragraph.
Beneath it stand documents side by side as a table, and the references inside what is cited.
"""

from __future__ import annotations

import re

from policy_qa.datamodels import Answer, Citation, Document, PointKind, Quotation, Referred, Status
from policy_qa.model.checking import MENDED
from policy_qa.naming.institutions import column_names
from policy_qa.page.conversation import Conversation, Failure, Turn
from policy_qa.page.inline import escape, is_rule, one_line, quoted_cells, table
from policy_qa.page.library import Library, Place
from policy_qa.page.source_view import Opening, locate, open_words, render_pages
from policy_qa.page.texts import Texts
from policy_qa.statements import MODEL, WRITING, Verdict

#: Of what one reference leads to, so many provisions are shown (本章 may hold forty).
_MOST = 4


def render_comparison(turn: int, answer: Answer, texts: Texts) -> str:
    """The answer's table as HTML, each quotation a link to its source; nothing where there is no table."""
    if answer.comparison is None:
        return ""
    names = [escape(n) for n in column_names(answer.comparison.documents)]
    head = "".join(
        f'<th scope="col">{n}{_badge(d, texts)}</th>' for n, d in zip(names, answer.comparison.documents, strict=True)
    )
    body = ""
    for r, row in enumerate(answer.comparison.rows):
        mark = f' <span class="pq-differs">{texts.differs}</span>' if row.differs else ""
        cells = ""
        for c, (name, cell) in enumerate(zip(names, row.cells, strict=True)):
            shown = "".join(_quoted(q, f"t:{turn}:{r}:{c}:{k}", texts.open_source) for k, q in enumerate(cell))
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


def _badge(document: Document, texts: Texts) -> str:
    """What keeps a document from being in force, beside its name."""
    shown = texts.status(document.status) if document.status.is_draft or document.status is Status.REPEALED else ""
    return f' <span class="pq-differs">{escape(shown)}</span>' if shown else ""


def _quoted(quotation: Quotation, key: str, label: str) -> str:
    place = quotation.cite.rpartition("》")[2] or quotation.cite
    return (
        f'<a href="#source" class="pq-cell" data-open="{key}"'
        f' aria-label="{escape(label.format(cite=quotation.cite))}">'
        f'<q class="pq-cell-quote">{escape(one_line(quotation.quote))}</q>'
        f'<span class="pq-cell-place">{escape(place)}</span></a>'
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
        f'<a href="#source" class="pq-cell" data-open="{key}"'
        f' aria-label="{escape(texts.open_source.format(cite=referred.cite))}">'
        f'<span class="pq-cell-place">{escape(referred.cite)}</span>'
        f'<q class="pq-cell-quote">{escape(one_line(referred.quote))}</q></a>'
    )


def open_beneath(answer: Answer, kind: str, numbers: list[int], library: Library) -> tuple[Opening | None, bool]:
    """What a link of a table (`t`: row, column, quotation) or of a reference (`x`: citation, reference) opens.

    The second value tells whether the answer has what the link names.
    """
    found = _cell(answer, numbers) if kind == "t" else _reference(answer, numbers)
    if found is None:
        return None, False
    return open_words(found.standing if isinstance(found, Quotation) else found, library), True


def _cell(answer: Answer, numbers: list[int]) -> Quotation | None:
    rows = answer.comparison.rows if answer.comparison else ()
    if len(numbers) != 3 or numbers[0] >= len(rows):
        return None
    row, column, quotation = numbers
    cells = rows[row].cells
    return cells[column][quotation] if column < len(cells) and quotation < len(cells[column]) else None


def _reference(answer: Answer, numbers: list[int]) -> Referred | None:
    if len(numbers) != 2:
        return None
    citation = next((c for c in answer.citations if c.n == numbers[0]), None)
    found = citation.references[numbers[1] : numbers[1] + 1] if citation else ()
    return found[0] if found and not found[0].missing else None


_MARK = re.compile(r"\[(\d{1,4})\]")
_MARKS_AT_END = re.compile(r"(?:\[\d{1,4}\])+\s*$")
_SOURCE = re.compile(r"[^《》]{0,20}《[^\n]+》[：:]")
_ITEM = re.compile(r"[（(][一二三四五六七八九十百\d]{1,4}[)）]")
_PLACE = re.compile(r"([^\u3000]{1,60})\u3000(?=\S)")
_CUT = re.compile(r"[\u3400-\u9fff、，,]$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NEAREST = "· "


def citation_label(citation: Citation, texts: Texts) -> str:
    """What a link to a citation is called, as HTML."""
    return escape(texts.open_citation.format(n=citation.n, cite=citation.cite))


def nearest_places(answer: Answer, library: Library | None) -> list[tuple[int, Place]]:
    """The provisions that were found and are still on file, with their positions in `answer.retrieved`."""
    places = [(i, library.place(found.ref)) for i, found in enumerate(answer.retrieved)] if library else []
    return [(i, place) for i, place in places if place is not None]


def render_lines(turn: int, answer: Answer, texts: Texts, library: Library | None) -> tuple[str, bool]:
    """The answer as HTML, and whether its lines already link the nearest provisions."""
    citations = {c.n: c for c in answer.citations}
    verdicts = _verdicts(answer, texts)
    places = nearest_places(answer, library) if answer.refused else []
    out: list[str] = []
    rows: list[list[str]] = []
    linked = False
    for line in _joined(answer.answer):
        name, words = _named_row(line)
        cells = _cells(words, turn, citations, texts)
        if rows and is_rule(words.strip()):
            continue
        if rows and (name or not cells):
            out.append(table(rows))
            rows = []
        if name:
            out.append(f"<p><b>{escape(name)}</b></p>")
        if cells:
            rows.append(cells)
        elif near := _near_link(turn, line, places):
            out.append(near)
            linked = True
        else:
            out.append(_line(turn, line, citations, texts, verdicts))
    return "".join([*out, table(rows)]), linked


def _named_row(line: str) -> tuple[str, str]:
    """(place, row) of a line whose quotation begins with a row; an empty place for any other line."""
    place = _PLACE.match(line)
    return (place.group(1), line[place.end() :]) if place and quoted_cells(line[place.end() :]) else ("", line)


def _cells(line: str, turn: int, citations: dict[int, Citation], texts: Texts) -> list[str]:
    """The cells of a quoted row as HTML, its marks in the last; nothing for a line that is no row."""
    marks = _MARKS_AT_END.search(line)
    words, tail = (line[: marks.start()], marks.group()) if marks else (line, "")
    cells = quoted_cells(words)
    return [
        _with_marks(cell.strip() + (tail if n == len(cells) else ""), turn, citations, texts)
        for n, cell in enumerate(cells, start=1)
    ]


def _joined(text: str) -> list[str]:
    """The lines that show something; one that a page break of the source cut in mid-sentence is whole again."""
    lines: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        starts_anew = line.startswith(_NEAREST) or any(p.match(line) for p in (_SOURCE, _ITEM, _PLACE))
        rows = lines and (quoted_cells(lines[-1]) or quoted_cells(line))
        if lines and not rows and not starts_anew and _CUT.search(lines[-1]) and _HAN.match(line):
            lines[-1] += line
        else:
            lines.append(line)
    return lines


def _verdicts(answer: Answer, texts: Texts) -> dict[str, str]:
    """What is said, as HTML, of a line that a model wrote: by its words, and by its mark where a quotation stands."""
    if answer.mode not in (MODEL, WRITING):
        return {}
    out: dict[str, str] = {}
    for statement in answer.sentences:
        words = texts.verbatim if statement.verdict is Verdict.VERBATIM else texts.supported
        words += f"{texts.comma}{texts.mended}" if statement.note == MENDED else ""
        html = f' <small class="pq-verdict">{escape(words)}</small>'
        out[statement.text] = html
        out.setdefault(f"[{statement.n}]", html)
    return out


def _line(turn: int, line: str, citations: dict[int, Citation], texts: Texts, verdicts: dict[str, str]) -> str:
    marks = _MARKS_AT_END.search(line)
    if verdicts and marks:
        known = verdicts.get(line[: marks.start()]) or verdicts.get(marks.group().strip(), "")
        return _line(turn, line, citations, texts, {}).removesuffix("</p>") + f"{known}</p>"
    if _SOURCE.fullmatch(line.strip()):
        return f'<p class="pq-from">{escape(line)}</p>'
    if _ITEM.match(line):
        return f'<p class="pq-item">{_with_marks(line, turn, citations, texts)}</p>'
    if place := _PLACE.match(line):
        rest = _with_marks(line[place.end() :], turn, citations, texts)
        return f"<p><b>{escape(place.group(1))}</b>\u3000{rest}</p>"
    return f"<p>{_with_marks(line, turn, citations, texts)}</p>"


def _near_link(turn: int, line: str, places: list[tuple[int, Place]]) -> str:
    """A line of a refusal that names a nearest provision, as a link to it; empty for any other line."""
    if not line.startswith(_NEAREST):
        return ""
    words = line.removeprefix(_NEAREST)
    for i, place in places:
        if words.startswith(f"{place.cite} ") or words == place.cite:
            return near_link(turn, i, place.cite, words.removeprefix(place.cite).strip())
    return ""


def near_link(turn: int, index: int, cite: str, words: str) -> str:
    """A link to a provision that was found, with its first words."""
    return (
        f'<p class="pq-near-line"><a href="#source" class="pq-citation pq-near" data-open="r:{turn}:{index}">'
        f'<span class="pq-citation-words"><span class="pq-citation-name">{escape(cite)}</span>'
        f'<span class="pq-citation-quote">{escape(words)}</span></span></a></p>'
    )


def _with_marks(line: str, turn: int, citations: dict[int, Citation], texts: Texts) -> str:
    """A line whose marks `[n]` are links where citation `n` exists, and stay text elsewhere."""
    out: list[str] = []
    at = 0
    for match in _MARK.finditer(line):
        citation = citations.get(int(match.group(1)))
        if citation is None:
            continue
        # The character before a mark keeps it from standing alone at the start of the next line.
        last = max(at, match.start() - 1)
        out.append(f'{escape(line[at:last])}<span class="pq-joined">{escape(line[last : match.start()])}')
        out.append(
            f'<a href="#source" class="pq-cite" data-open="c:{turn}:{citation.n}"'
            f' aria-label="{citation_label(citation, texts)}">[{citation.n}]</a></span>'
        )
        at = match.end()
    return "".join(out) + escape(line[at:])


#: Nearest provisions that a refusal offers.
NEAREST = 5


def render_conversation(conversation: Conversation, texts: Texts, library: Library | None) -> str:
    """All turns, or the welcome with example questions where there are none yet.

    `data-stamp` changes when there is something new to scroll to, and only then.
    """
    last = conversation.last
    stamp = f"{last.number}{'' if last.pending else '+'}" if last else ""
    inner = "".join(_turn(turn, texts, library) for turn in conversation.turns) or _welcome(texts)
    if conversation.dropped:
        inner = f'<p class="pq-older">{escape(texts.older_turns.format(count=conversation.dropped))}</p>' + inner
    return (
        f'<div class="pq-log" role="log" aria-live="polite" aria-label="{escape(texts.conversation_label)}"'
        f' data-stamp="{stamp}" data-lang="{texts.html_lang}" data-window="{escape(texts.window_title)}"'
        f' data-lost="{escape(texts.connection_lost)}">{inner}</div>'
    )


def plain_text(question: str, answer: Answer, texts: Texts) -> str:
    """Question, answer, notices and citations as text that keeps its meaning in a letter or a chat."""
    parts = [texts.copy_question.format(question=question), answer.answer.strip()]
    parts += [f"{texts.notice}：{notice}" for notice in answer.notices]
    if answer.citations:
        sources = "\n".join(f"[{c.n}] {c.cite}：“{one_line(c.quote)}”" for c in answer.citations)
        parts.append(f"{texts.copy_source}\n{sources}")
    return "\n\n".join(parts)


def _welcome(texts: Texts) -> str:
    chips = "".join(
        f'<li><button type="button" class="pq-chip" data-example="{i}">{escape(example)}</button></li>'
        for i, example in enumerate(texts.examples)
    )
    return (
        f'<section class="pq-welcome"><h2>{escape(texts.welcome)}</h2><p>{escape(texts.welcome_hint)}</p>'
        f'<h3>{escape(texts.examples_label)}</h3><ul class="pq-chips">{chips}</ul></section>'
    )


def _turn(turn: Turn, texts: Texts, library: Library | None) -> str:
    if turn.answer is not None:
        reply = _answer(turn, turn.answer, texts, library)
    elif turn.failure is not None:
        reply = _failure(turn.failure, texts)
    elif turn.draft is not None:
        body, _ = render_lines(turn.number, turn.draft, texts, library)
        reply = (
            f'<div class="pq-reply pq-growing"><div class="pq-answer">{body}</div>'
            f'<div class="pq-pending" role="status">{escape(texts.checking)}</div></div>'
        )
    else:
        reply = f'<div class="pq-reply pq-pending" role="status">{escape(texts.searching)}</div>'
    return (
        f'<section class="pq-turn" data-turn="{turn.number}">'
        f'<div class="pq-question"><span class="pq-sr">{escape(texts.you)}：</span>{_paragraphs(turn.question)}</div>'
        f"{reply}</section>"
    )


def _answer(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    notices = "".join(
        f'<p class="pq-notice" role="note"><strong>{escape(texts.notice)}</strong>{escape(notice)}</p>'
        for notice in answer.notices
    )
    head = f'<p class="pq-refused">{escape(texts.refused)}</p>' if answer.refused else ""
    body, linked = render_lines(turn.number, answer, texts, library)
    below = _citations(turn, answer, texts, library)
    if answer.refused and not linked and {p.kind for p in answer.points} != {PointKind.OTHER}:
        below = _nearest(turn, answer, texts, library)
    return (
        f'<div class="pq-reply{" pq-refusal" if answer.refused else ""}">{notices}{head}'
        f'<div class="pq-answer">{body}</div>{render_comparison(turn.number, answer, texts)}{below}'
        f"{_foot(turn, answer, texts)}</div>"
    )


def _citations(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    if not answer.citations:
        return ""
    entries = "".join(
        f'<li><a href="#source" class="pq-citation" data-open="c:{turn.number}:{c.n}"'
        f' aria-label="{citation_label(c, texts)}">'
        f'<span class="pq-number" aria-hidden="true">{c.n}</span><span class="pq-citation-words">'
        f'<span class="pq-citation-name">{escape(c.cite)}{_page(c, texts, library)}</span>'
        f'<q class="pq-citation-quote">{escape(one_line(c.quote))}</q></span></a>'
        f"{render_references(turn.number, c, texts)}</li>"
        for c in answer.citations
    )
    return f'<h3 class="pq-sub">{escape(texts.citations)}</h3><ol class="pq-citations">{entries}</ol>'


def _page(citation: Citation, texts: Texts, library: Library | None) -> str:
    """The page of a quotation, where its source has pages."""
    document = library.documents.get(citation.ref.partition("#")[0]) if library else None
    pages = render_pages(document, locate(citation, document.text), texts) if document else ""
    return f'<span class="pq-page">{escape(pages)}</span>' if pages else ""


def _nearest(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    places = nearest_places(answer, library)[:NEAREST]
    if not places:
        return ""
    links = "".join(
        near_link(turn.number, i, place.cite, _opening_words(place.segmentation.text_of(place.provision)))
        for i, place in places
    )
    return f'<h3 class="pq-sub">{escape(texts.nearest)}</h3>{links}'


def _foot(turn: Turn, answer: Answer, texts: Texts) -> str:
    words = texts.model_written if answer.mode == MODEL else texts.all_verbatim if answer.sentences else ""
    written = f"<span>{escape(words)}</span>" if words and not answer.refused else ""
    copy = escape(plain_text(turn.question, answer, texts))
    return (
        f'<div class="pq-foot"><button type="button" class="pq-copy" data-copy="{copy}"'
        f' data-done="{escape(texts.copied)}">{escape(texts.copy)}</button>{written}</div>'
    )


def _failure(failure: Failure, texts: Texts) -> str:
    """Why there is no answer. What is wrong with an index, paths included, is for the log and `/healthz`."""
    titles = {"missing": texts.index_title, "unusable": texts.index_title, "model": texts.model_title}
    bodies = {
        "missing": texts.index_missing,
        "unusable": texts.index_unusable,
        "internal": texts.internal_error,
        "busy": texts.busy,
    }
    body = bodies.get(failure.kind) or failure.detail
    title = titles.get(failure.kind, texts.error_title)
    return (
        f'<div class="pq-reply pq-error" role="alert"><p class="pq-refused">{escape(title)}</p>'
        f"<p>{escape(body)}</p></div>"
    )


def _paragraphs(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _opening_words(text: str, length: int = 60) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else words[:length] + "……"
