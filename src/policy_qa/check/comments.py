"""Findings as comments in a Word file: a copy of the draft, or, for a draft in another format, its text anew.

The draft itself is never written to. A comment stands at the very words; where Word allows none (text boxes,
notes), at the paragraph that they belong to, and where there is no such, at the last one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_qa.check.edits import apart, edits_of
from policy_qa.check.findings import Finding, Report, Severity
from policy_qa.check.messages import name_of
from policy_qa.documents.archive import Element
from policy_qa.documents.word.package import MC, SPACE, W
from policy_qa.documents.word.text import SIGNS
from policy_qa.errors import SourceError, UsageError

if TYPE_CHECKING:
    from docx.document import Document as WordDocument


#: What stands in these is not in the text that was read.
_GONE = (W + "del", W + "moveFrom", MC + "Fallback")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of a paragraph: characters [start, start + len(text)) of it. `boxed` tells that it stands in a text
    box, where Word allows no comment; `paragraph` is then the one that the box is anchored in."""

    paragraph: Element
    start: int
    text: str
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Characters [start, end) of a line of a Word file."""

    piece: Piece
    start: int
    end: int


def _pieces_of(body: Element) -> Iterator[Piece]:
    """The lines of all paragraphs of a body, in order."""
    for paragraph in body.iter(W + "p"):
        if next(paragraph.iterancestors(MC + "Fallback"), None) is not None:
            continue
        box = next(paragraph.iterancestors(W + "txbxContent"), None)
        holder = next(box.iterancestors(W + "p"), paragraph) if box is not None else paragraph
        at = 0
        for line in "".join(map(_text, _runs(paragraph))).split("\n"):
            yield Piece(holder, at, line, boxed=box is not None)
            at += len(line) + 1


def _runs_at(document: WordDocument, place: _Place) -> list[Any]:
    """The first and the last run of the characters of a place, split off from what stands beside them.

    For a piece in a text box, the runs of the whole paragraph that the box is anchored in.
    """
    from docx.text.run import Run

    found = list(_runs(place.piece.paragraph)) if place.piece.boxed else _cut_out(place)
    return [Run(run, document) for run in dict.fromkeys((*found[:1], *found[-1:]))]


def _cut_out(place: _Place) -> list[Element]:
    """The runs of the characters of a place, split off from what stands beside them."""
    paragraph = place.piece.paragraph
    start, end = place.piece.start + place.start, place.piece.start + place.end
    _split_at(paragraph, start)
    _split_at(paragraph, end)
    return [run for run, at in _placed(paragraph) if start <= at < end and _text(run)]


def _write(place: _Place, words: str) -> None:
    """Put words in the place of characters, with the properties of the first of them."""
    for n, run in enumerate(_cut_out(place)):
        for child in [child for child in run if _shown(child)]:
            run.remove(child)
        if not n:
            text = run.makeelement(W + "t", {SPACE: "preserve"})
            text.text = _UNWRITABLE.sub("\ufffd", words)
            run.append(text)


def _runs(paragraph: Element) -> Iterator[Element]:
    """The runs of a paragraph that show, those of text boxes in it left out."""
    for run in paragraph.iter(W + "r"):
        for above in run.iterancestors():
            if above is paragraph:
                yield run
                break
            if above.tag in _GONE or above.tag in (W + "txbxContent", W + "p"):
                break


def _placed(paragraph: Element) -> Iterator[tuple[Element, int]]:
    at = 0
    for run in _runs(paragraph):
        yield run, at
        at += len(_text(run))


def _text(run: Element) -> str:
    return "".join(_shown(child) for child in run)


def _shown(child: Element) -> str:
    return child.text or "" if child.tag == W + "t" else SIGNS.get(child.tag, "")


def _split_at(paragraph: Element, offset: int) -> None:
    """Make a run begin at an offset; both halves keep the properties of the whole."""
    for run, at in list(_placed(paragraph)):
        if not at < offset < at + len(_text(run)):
            continue
        right = deepcopy(run)
        run.addnext(right)
        _cut(run, 0, offset - at)
        _cut(right, offset - at, len(_text(right)))
        return


def _cut(run: Element, start: int, end: int) -> None:
    """Leave characters [start, end) of a run, with its properties; what has no characters stays on the left."""
    at = 0
    for child in list(run):
        size = len(_shown(child))
        if child.tag == W + "rPr":
            continue
        a, b = max(start - at, 0), min(end - at, size)
        if size and a >= b:
            run.remove(child)
        elif size and child.tag == W + "t":
            child.text = (child.text or "")[a:b]
            child.set(SPACE, "preserve")
        elif not size and (start > at or (not start and at >= end)):
            run.remove(child)
        at += size


_AUTHOR, _INITIALS = "policy-qa", "PQ"
#: Characters that XML can't hold, one for one.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def check_target(target: Path, draft: Path) -> None:
    """UsageError where the commented file can't be written under this name: it is the draft, or no .docx."""
    wanted, found = "a file that can be written", ""
    if target.suffix.lower() != ".docx":
        wanted, found = "a name that ends in .docx", target.name
    elif target.resolve() == draft.resolve() or (target.exists() and draft.exists() and target.samefile(draft)):
        wanted, found = "another file", "the draft itself"
    elif target.is_dir():
        found = "a folder"
    elif not target.parent.is_dir():
        found = "a folder that doesn't exist"
    if found:
        raise UsageError(f"--docx {target}: expected {wanted}, found {found}; name another")


def write_commented(report: Report, draft: Path, target: Path, lang: str) -> int:
    """Write the draft with its findings as comments; returns how many found no place of their own."""
    data, missed = commented(report, draft.read_bytes() if draft.suffix.lower() == ".docx" else None, lang)
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"--docx {target}: expected a file that can be written, found: {error.strerror}; name another"
        ) from error
    return missed


def commented(report: Report, word: bytes | None, lang: str, mended: Sequence[Finding] = ()) -> tuple[bytes, int]:
    """(a Word file with comments, how many of them found no place of their own). `word` is the draft's own file.

    That has been read by `policy_qa.documents` before, which refuses what is unsafe to unpack. The words of the
    findings `mended` are corrected; those for which that is not possible get comments as well.
    """
    document = _opened(word, report.draft.source) if word is not None else _set_anew(report.draft.text)
    pieces = list(_pieces_of(document.element.body))
    places = _Places(report.draft.text, pieces)
    edits = {finding: edits_of(finding) for finding in mended}
    done = {f for f, own in edits.items() if own and all(places.whole(e.start, e.end) for e in own)}
    last = next((_Place(p, 0, len(p.text)) for p in reversed(pieces) if p.text.strip() and not p.boxed), None)
    missed = 0
    for finding in (f for f in report.findings if f.severity is not Severity.OK and f not in done):
        own = places.of(finding.start, finding.end)
        missed += own is None
        place = own or last
        if place and (runs := _runs_at(document, place)):
            document.add_comment(runs=runs, text=_words(finding, lang), author=_AUTHOR, initials=_INITIALS)
    # From the end on, so that the places before keep their offsets; comments have no characters.
    for edit in reversed(apart(edit for finding in done for edit in edits[finding])):
        if place := places.whole(edit.start, edit.end):
            _write(place, edit.words)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), missed


def _opened(data: bytes, source: str) -> WordDocument:
    import docx
    from docx.opc.exceptions import OpcError

    try:
        return docx.Document(io.BytesIO(data))
    except (OpcError, KeyError, ValueError, AttributeError) as error:
        raise SourceError(
            f"{source}: expected a Word file that comments can be added to, found one that can only be read; "
            "open it in Word or WPS, save it as .docx and check that"
        ) from error


def _set_anew(text: str) -> WordDocument:
    import docx
    from docx.oxml.ns import qn

    document = docx.Document()
    fonts: Any = document.styles["Normal"].element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), "宋体")
    for line in _UNWRITABLE.sub("\ufffd", text).split("\n"):
        document.add_paragraph(line)
    return document


def _words(finding: Finding, lang: str) -> str:
    label = "Policy" if lang == "en" else "原文"
    lines = [f"【{name_of(finding.kind, lang)}】{finding.message}"]
    if finding.source and finding.severity is Severity.ERROR:
        lines.append(f"{label}：{finding.source.cite}（{finding.source.ref}）「{finding.source.words}」")
    return _UNWRITABLE.sub("\ufffd", "\n".join(lines))


class _Places:
    """Where the lines of the text that was read stand in the Word file that it was read from."""

    def __init__(self, text: str, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        self._lines = [m.span() for m in re.finditer(r"[^\n]*\n|[^\n]+", text)]
        self._of_line = list(self._matched(text))

    def whole(self, first: int, last: int) -> _Place | None:
        """The characters [first, last) of the text, where all of them stand in one line that can be written to."""
        place = self.of(first, last)
        return place if place and not place.piece.boxed and place.end - place.start == last - first else None

    def of(self, first: int, last: int) -> _Place | None:
        """The characters [first, last) of the text; of several lines, those in the first."""
        for (a, b), found in zip(self._lines, self._of_line, strict=True):
            for piece, at in found if a < last and first < b else ():
                # The piece's own characters begin at offset `at` of the text.
                start, end = max(first, at), min(last, at + len(piece.text.strip()))
                if start < end:
                    lead = len(piece.text) - len(piece.text.lstrip())
                    return _Place(piece, start - at + lead, end - at + lead)
        return None

    def _matched(self, text: str) -> Iterator[list[tuple[Piece, int]]]:
        """Of each line the pieces that make it up, in order, and where in the text they begin.

        Both run in the same order, but for what is left out (contents, what is hidden) and what is anchored.
        """
        cursor = 0
        used: set[int] = set()
        for start, end in self._lines:
            line = _UNWRITABLE.sub("\ufffd", text[start:end])
            is_row = line.lstrip().startswith("|")
            found: list[tuple[Piece, int]] = []
            at = 0
            for i in [*range(cursor, len(self._pieces)), *range(cursor)]:
                own = self._pieces[i].text.strip()
                if not own or i in used:
                    continue
                where = line.find(own, at)
                if where < 0 or not (is_row or len(own) >= 0.5 * len(line.strip())):
                    if found and (not is_row or i - cursor > 40):
                        break
                    continue
                found.append((self._pieces[i], start + where))
                used.add(i)
                at = where + len(own)
                cursor = i + 1
                if not line[at:].strip(" |\t\u3000\n"):
                    break
            yield found
