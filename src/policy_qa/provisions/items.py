"""What is inside one article: 款 (its paragraphs), 项 and 目 (its numbered lines)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from policy_qa.datamodels import Document, Kind, Provision
from policy_qa.provisions.labels import LINE_MARKS, Label, Mark, label_of, visible_end

_ITEM_MARKS = (Mark.HAN_COMMA, Mark.HAN_BRACKET, Mark.DIGIT_DOT, Mark.DIGIT_BRACKET, Mark.CIRCLED)
_WORD = re.compile(r"\w")
_SENTENCE_END = "。；;：:！？!?"


def children_of(document: Document, unit: Provision, label: Label, *, paragraphs: bool) -> tuple[int, list[Provision]]:
    """(end of the unit's own lead, its 款, 项 and 目 in text order).

    An item opens where its number is 1 or follows the one before it in the same numbering; anything
    else at a line's start is text. `paragraphs` asks for 款 where the unit has several.
    """
    text = document.text
    found: list[tuple[int, Label]] = []  # (depth, label)
    stack: list[Label] = []
    block_starts: list[int] = []
    previous_end = ""
    first_line = True
    at = label.rest
    while at <= unit.end:
        stop = text.find("\n", at, unit.end)
        stop = unit.end if stop < 0 else stop
        line = text[at:stop]
        if _WORD.search(line):
            here = label_of(text, at, stop, 0)
            depth = _depth(stack, here) if here else None
            if here and depth is not None:
                del stack[depth:]
                stack.append(here)
                found.append((depth, here))
            elif first_line or previous_end in _SENTENCE_END:
                marks = LINE_MARKS.match(text, at, stop)
                begin = marks.end() if marks else at
                block_starts.append(begin + len(text[begin:stop]) - len(text[begin:stop].lstrip()))
                if not first_line:
                    stack.clear()
            previous_end = line.rstrip()[-1]
            first_line = False
        at = stop + 1
    children = _items(document, unit, found, block_starts)
    blocks = block_starts if paragraphs and len(block_starts) > 1 else []
    lead = min([unit.end, *(c.start for c in children), *blocks[1:]])
    lead = visible_end(text, unit.start, lead)
    if blocks:
        children += _paragraphs(document, unit, blocks)
    return lead, sorted(children, key=lambda c: (c.start, -c.end))


def _depth(stack: list[Label], label: Label) -> int | None:
    """The depth at which a label continues or opens a numbering, None where it is only text."""
    if label.mark not in _ITEM_MARKS:
        return None
    for depth, open_label in enumerate(stack):
        if open_label.mark is label.mark:
            # One number left out is a defect of the text, not a reason to lose an item.
            return depth if open_label.number < label.number <= open_label.number + 2 else None
    return len(stack) if label.number == 1 else None


def _items(document: Document, unit: Provision, found: list[tuple[int, Label]], blocks: list[int]) -> list[Provision]:
    text, out = document.text, []
    taken: Counter[str] = Counter()
    open_paths: list[str] = []
    for i, (depth, label) in enumerate(found):
        end = next((other.start for d, other in found[i + 1 :] if d <= depth), unit.end)
        end = min([end, *(b for b in blocks if b > label.start)])
        end = visible_end(text, label.start, end)
        parent = open_paths[depth - 1] if depth else unit.path
        path = f"{parent}.{label.number}"
        if path in taken and depth == 0:
            # Two 款 of one article with items of their own: the 款 tells the second （一） from the first.
            path = f"{parent}.p{sum(1 for b in blocks if b <= label.start)}.{label.number}"
        taken[path] += 1
        if taken[path] > 1:
            path = f"{path}~{taken[path]}"
        del open_paths[depth:]
        open_paths.append(path)
        out.append(
            replace(
                unit,
                path=path,
                kind=Kind.SUBITEM if depth else Kind.ITEM,
                label=label.text,
                start=label.start,
                end=end,
                lead=end,
                article=False,
                parent=parent,
            )
        )
    return out


def _paragraphs(document: Document, unit: Provision, blocks: list[int]) -> list[Provision]:
    text, out = document.text, []
    for number, (begin, bound) in enumerate(zip(blocks, [*blocks[1:], unit.end], strict=True), start=1):
        start = unit.start if number == 1 else begin
        end = visible_end(text, start, bound)
        out.append(
            replace(
                unit,
                path=f"{unit.path}.p{number}",
                kind=Kind.PARAGRAPH,
                label="",
                start=start,
                end=end,
                lead=end,
                article=False,
                parent=unit.path,
            )
        )
    return out
