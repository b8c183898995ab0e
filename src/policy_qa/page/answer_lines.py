"""The lines of an answer as HTML: marks become links, and lines are set as what they are.

An answer is plain text. What a line is (the source that the next lines quote, a numbered item, a
nearest provision) shows in its form, and only decides how it is set; a form that isn't known is a
paragraph.
"""

from __future__ import annotations

import re

from policy_qa.datamodels import Answer, Citation
from policy_qa.model.checking import MENDED
from policy_qa.page.inline import escape
from policy_qa.page.library import Library, Place
from policy_qa.page.tables import is_rule, quoted_cells, table
from policy_qa.page.texts import Texts
from policy_qa.statements import MODEL, WRITING, Verdict

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
