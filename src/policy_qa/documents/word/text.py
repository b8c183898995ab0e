"""One paragraph of a Word file as text: runs, fields, breaks and symbols, all revisions accepted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from policy_qa.documents.archive import Element
from policy_qa.documents.number_forms import number_text
from policy_qa.documents.word.numbering import Styles
from policy_qa.documents.word.package import (
    MC,
    M,
    Seen,
    W,
    alternative,
    descend,
    flag,
    flat,
    is_contents_field,
    literal,
    val,
)

_PRIVATE = 0xF000
#: Symbol fonts put their glyphs into this part of the private use area.
IN_SYMBOL_FONT = re.compile("[\uf020-\uf0ff]")


def _row(first: int, characters: str) -> dict[int, str]:
    return {first + i: character for i, character in enumerate(characters) if character != " "}


_WINGDINGS = {
    **_row(0x6C, "●○■□❑❒◆◆◆❖◆"),
    **_row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x9E, "·•"),
    **_row(0xA1, "○○◉◉ ○▪□"),
    **_row(0xDF, "←→↑↓"),
    **_row(0xE7, "←→↑↓"),
    **_row(0xEF, "⇦⇨⇧⇩"),
    **_row(0xFB, "✘✔☒☑"),
    0x28: "☎",
    0x2A: "✉",
    0xAB: "★",
    0xD8: "➢",
}
_WINGDINGS_2 = {
    **_row(0x4F, "✘✔☒☑☒☒"),
    **_row(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿"),
    **_row(0x96, "·●●●"),
    **_row(0x9E, "■■■□□□"),
    0xA3: "□",
}
_SYMBOL = {
    **{code: chr(code) for code in range(0x20, 0x40)},
    **_row(0x41, "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ"),
    **_row(0x61, "αβχδεφγηιϕκλμνοπθρστυϖωξψζ"),
    **_row(0xA2, "′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…"),
    **_row(0xC4, "⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠"),
    **_row(0xD5, "∏√⋅¬∧∨⇔⇐⇑⇒⇓◊"),
    0x5B: "[",
    0x5D: "]",
    0x5E: "⊥",
    0x7E: "∼",
    0xE5: "∑",
    0xF2: "∫",
}
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "symbol": _SYMBOL}


def symbol(code: int, font: str) -> str:
    """The character that a symbol font shows for `code`; empty where nothing is known to look like it.

    >>> symbol(0xF0FE, "Wingdings"), symbol(0xB3, "Symbol"), symbol(0x25A1, "宋体"), symbol(0xF0FE, "Nobody's")
    ('☑', '≥', '□', '')
    """
    table = _FONTS.get(font.strip().lower())
    if table is not None:
        return table.get(code - _PRIVATE if code >= _PRIVATE else code, "")
    usable = 0x20 <= code < 0xD800 or 0xF900 <= code < 0xFFFE
    return chr(code) if usable else ""


def plain(text: str, font: str) -> str:
    """A text whose private-use characters are replaced by what its symbol font shows for them."""
    return IN_SYMBOL_FONT.sub(lambda match: symbol(ord(match.group()), font), text)


#: 带圈字符: a number inside a circle, made by a field that keeps no result.
_CIRCLED = re.compile(
    r"\s*+EQ\s++\\o\s*+(?:\\a[cdlr]\s*+)?\(\s*+[○◯〇]\s*+[,，;；]\s*+(\S(?:.*\S)?)\s*+\)\s*+", re.IGNORECASE
)
SIGNS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_DRAWN = frozenset([W + "drawing", W + "pict", W + "object"])
_NOTES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PICTURE = re.compile(r"\}(?:blip|imagedata|chart|relIds)$")


class End(Enum):
    """What became of a paragraph's end mark."""

    KEPT = auto()
    DELETED = auto()  # the paragraph runs on into the next one, whose properties hold
    HIDDEN = auto()  # it looks as if it ran on, but keeps its own number


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteRef:
    """A reference to a note: `kind` is footnote or endnote; `mark` is its own sign where it has one."""

    kind: str
    ident: str
    mark: str = ""


@dataclass(kw_only=True, slots=True)
class Paragraph:
    """A paragraph's text, and what is anchored in it.

    `contents` tells whether it is a line of a table of contents, `boxes` are the text boxes (their w:txbxContent),
    `pictures` the names of the relations that lead to its pictures.
    """

    properties: Element | None
    text: str = ""
    end: End = End.KEPT
    contents: bool = False
    boxes: list[Element] = field(default_factory=list)
    notes: list[NoteRef] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Field:
    """An open field; `shown` tells whether its result has been reached."""

    instruction: str
    contents: bool
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a part that are whole: the instruction by the begin mark, and all marks that count.

    A field that is never closed would swallow the rest of the text, so it is taken for no field.
    """

    instructions: dict[Element, str]
    marks: frozenset[Element]

    @classmethod
    def of(cls, root: Element) -> Fields:
        """Find the fields below `root`."""
        instructions: dict[Element, str] = {}
        marks: set[Element] = set()
        stack: list[tuple[list[Element], list[str]]] = []
        for element in root.iter(W + "fldChar", W + "instrText"):
            if next(element.iterancestors(W + "del", W + "moveFrom"), None) is not None:
                continue
            kind = element.get(W + "fldCharType")
            if element.tag == W + "instrText":
                if stack:
                    stack[-1][1].append(element.text or "")
            elif kind == "begin":
                stack.append(([element], []))
            elif stack:
                stack[-1][0].append(element)
                if kind == "end":
                    own, words = stack.pop()
                    instructions[own[0]] = "".join(words)
                    marks.update(own)
        return cls(instructions, frozenset(marks))


class Reader:
    """Reads the paragraphs of one story in order; a field may run over several of them."""

    def __init__(self, fields: Fields, styles: Styles, seen: Seen) -> None:
        self._fields = fields
        self._styles = styles
        self._seen = seen
        self._open: list[_Field] = []

    def paragraph(self, element: Element) -> Paragraph:
        """The text of one `w:p`, without its automatic number."""
        properties = element.find(W + "pPr")
        style = val(properties, "pStyle")
        paragraph = Paragraph(properties=properties, contents=self._in_contents())
        before = (self._seen.inserted, self._seen.deleted)
        pieces: list[str] = []
        for child in flat(element, self._seen):
            if child.tag == W + "r":
                self._run(child, style, paragraph, pieces)
            elif child.tag in (M + "oMath", M + "oMathPara"):
                self._say("".join(t.text or "" for t in child.iter(M + "t")), pieces)
            paragraph.contents |= self._in_contents()
        paragraph.text = "".join(pieces)
        mark = descend(properties, "rPr")
        if mark is not None:
            # A changed end mark counts where nothing else in its paragraph tells of the change.
            self._seen.inserted += mark.find(W + "ins") is not None and self._seen.inserted == before[0]
            self._seen.deleted += mark.find(W + "del") is not None and self._seen.deleted == before[1]
            if mark.find(W + "del") is not None or mark.find(W + "moveFrom") is not None:
                paragraph.end = End.DELETED
            elif flag(mark, "vanish"):
                paragraph.end = End.HIDDEN
        if self._styles.is_contents(style):
            paragraph.contents, paragraph.text = True, ""
        self._seen.contents |= paragraph.contents
        return paragraph

    def _in_contents(self) -> bool:
        return any(one.contents for one in self._open)

    def _say(self, text: str, pieces: list[str]) -> None:
        """Add text, unless it belongs to a field's instruction or a table of contents."""
        if text and all(one.shown and not one.contents for one in self._open):
            pieces.append(text)

    def _run(self, run: Element, style: str | None, paragraph: Paragraph, pieces: list[str]) -> None:
        properties = run.find(W + "rPr")
        hidden = self._hidden(properties, style)
        out: list[str] = []
        for child in flat(run, self._seen):
            tag = child.tag
            if tag == W + "t":
                self._say(self._literal(child, properties), out)
            elif tag in SIGNS:
                self._say(SIGNS[tag], out)
            elif tag == W + "sym":
                self._say(self._symbol(child), out)
            elif tag == W + "fldChar":
                self._field(child, out)
            elif tag == W + "ruby":
                for base in child.iterfind(f"{W}rubyBase/{W}r"):
                    self._run(base, style, paragraph, out)
            elif hidden:
                continue
            elif tag in _NOTES:
                # A mark of one's own stands in the same run, behind the reference.
                own = child.get(W + "customMarkFollows") in ("1", "true", "on")
                mark = "".join(literal(t) for t in run.iterfind(W + "t")) if own else ""
                paragraph.notes.append(NoteRef(kind=_NOTES[tag], ident=child.get(W + "id", ""), mark=mark))
                if own:
                    break
            elif tag == W + "commentReference":
                self._seen.comments += 1
            elif tag in _DRAWN:
                paragraph.boxes.extend(_boxes(child))
                self._seen.pictures += any(_PICTURE.search(e.tag) for e in child.iter("{*}*"))
                named = (e.get(R + "embed") or e.get(R + "id") for e in child.iter("{*}blip", "{*}imagedata"))
                paragraph.pictures += filter(None, named)
        if hidden:
            self._seen.hidden += len("".join(out).strip())
        else:
            pieces.extend(out)

    def _hidden(self, properties: Element | None, style: str | None) -> bool:
        own = flag(properties, "vanish")
        if own is None and properties is not None and (character := val(properties, "rStyle")):
            own = self._styles.told(character, "hidden")
        return bool(self._styles.told(style, "hidden") if own is None else own)

    def _literal(self, element: Element, properties: Element | None) -> str:
        text = literal(element)
        if not IN_SYMBOL_FONT.search(text):
            return text
        fonts = descend(properties, "rFonts")
        font = "" if fonts is None else fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or ""
        shown = plain(text, font)
        self._seen.symbols += len(text) - len(shown)
        return shown

    def _symbol(self, element: Element) -> str:
        code = element.get(W + "char", "")
        known = re.fullmatch(r"[0-9A-Fa-f]{1,5}", code)
        shown = symbol(int(code, 16), element.get(W + "font", "")) if known else ""
        self._seen.symbols += not shown
        return shown

    def _field(self, element: Element, out: list[str]) -> None:
        if element not in self._fields.marks:
            return
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            instruction = self._fields.instructions[element]
            self._open.append(_Field(instruction, is_contents_field(instruction)))
        elif self._open and kind == "separate":
            self._open[-1].shown = True
        elif self._open and kind == "end":
            done = self._open.pop()
            circled = _CIRCLED.fullmatch(done.instruction)
            if circled and not done.shown:
                self._say(_circled(circled.group(1)), out)


def _circled(inside: str) -> str:
    return number_text(int(inside), "decimalEnclosedCircle") if re.fullmatch("[0-9]{1,4}", inside) else inside


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes in a drawing, outermost only, each once."""
    stack = [element]
    while stack:
        here = stack.pop()
        if here.tag == W + "txbxContent":
            yield here
        elif here.tag == MC + "AlternateContent":
            branch = alternative(here)
            stack += [] if branch is None else [branch]
        else:
            stack += reversed(here)
