"""Where a text names provisions by number, and which: text -> mentions, in one grammar for all kinds of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_qa.citing.clean import cleaned
from policy_qa.citing.grammar import (
    BARE_APPENDIX,
    DECIMAL,
    DECIMALS,
    ENGLISH,
    ENGLISH_UNITS,
    INNER,
    JOIN,
    OPENS,
    POINT,
    PRINTED,
    ROMAN,
    STEP,
    Register,
)
from policy_qa.citing.place import UNSAID, Mention, Place
from policy_qa.citing.scan import UNITS, Scan
from policy_qa.numerals import parse_number


def find(text: str, register: Register, start: int = 0, end: int | None = None) -> tuple[Mention, ...]:
    """The places of text[start:end] that name provisions by number, in order, none inside another.

    Time is linear in the text.
    """
    if register is Register.QUESTION:
        return _in_question(text)
    return tuple(Scan(text, register, start, len(text) if end is None else end).mentions())


def places_in(question: str) -> tuple[Place, ...]:
    """The provisions that a question names, in order, each once."""
    return tuple(dict.fromkeys(p for m in find(question, Register.QUESTION) for p in m.places))


def printed_at(text: str, at: int) -> Mention | None:
    """A place as a document without 条 prints it (四、岗位管理 5.), or 2.1.1, right behind the document's name."""
    if decimal := DECIMAL.match(text, at):
        return Mention(start=decimal.start("n"), end=decimal.end(), places=(_decimal(decimal.group("n")),))
    match = PRINTED.match(text, at)
    number = parse_number(match.group("n")) if match else None
    if not match or not number:
        return None
    place, end = Place(kind="部分", number=number), match.end()
    if found := _point(text, end, place):
        place, end = found
    joined = JOIN.match(text, end)
    step = STEP.match(text, joined.end() if joined else end)
    if step and step.group("unit") == "段":
        place, end = place.with_number("款", parse_number(step.group("n")) or 0), step.end()
    return Mention(start=match.start("n"), end=end, places=(place,), printed=True)


def _point(text: str, at: int, place: Place) -> tuple[Place, int] | None:
    """What stands in a section: （二）, 第2项, 5."""
    if dotted := POINT.match(text, at):
        return place.with_number("项", int(dotted.group("n"))), dotted.end()
    joined = JOIN.match(text, at)
    step = STEP.match(text, joined.end() if joined else at)
    number = parse_number(step.group("n") or step.group("bn") or "") if step else 0
    if step and number and step.group("unit") != "段" and not step.group("more"):
        unit = UNITS.get(step.group("unit") or "", step.group("unit") or "项")
        inner = place.below("项" if unit == "款" else unit, number)
        return (inner, step.end()) if inner else None
    return None


def _decimal(said: str) -> Place:
    digits = ".".join(str(int(n)) for n in said.split("."))
    return Place(kind="点", number=int(digits.rpartition(".")[2]), digits=digits)


def _in_question(text: str) -> tuple[Mention, ...]:
    """The mentions of a question: what stands there in Chinese, printed, in decimals and in English.

    Offsets are those of the question as it was typed.
    """
    folded = cleaned(text)
    plain = folded.text
    hits: list[Mention] = []
    for found in (_printed(plain), _chinese(plain), _decimals(plain), _english(plain)):
        taken = [(h.start, h.end) for h in hits]
        hits += [h for h in found if not any(a < h.end and h.start < b for a, b in taken)]
    if BARE_APPENDIX.fullmatch(plain):
        hits.append(Mention(start=0, end=len(plain), places=(Place(kind="附件", number=1),)))
    joined = _joined(_with_articles(sorted(hits, key=lambda h: h.start)), plain)
    return tuple(replace(m, start=folded.origin[m.start], end=folded.origin[m.end - 1] + 1) for m in joined)


def _with_articles(hits: list[Mention]) -> list[Mention]:
    """A 第二项 alone is of the article before it; before one it is nothing, by itself of an earlier question's."""
    out: list[Mention] = []
    for hit in hits:
        if hit.alone and out:
            out.append(hit.inside(out[-1].places[-1].whole))
        elif not hit.alone or all(h.alone for h in hits):
            out.append(hit)
    return out


def _chinese(plain: str) -> Iterator[Mention]:
    for mention in Scan(plain, Register.QUESTION, 0, len(plain)).mentions():
        place = mention.places[-1]
        if place.kind in ("部分", "点") and not place.inner and (found := _point(plain, mention.end, place)):
            mention = replace(mention, places=(*mention.places[:-1], found[0]), end=found[1])
        yield mention


def _printed(plain: str) -> Iterator[Mention]:
    at = 0
    while opening := OPENS.search(plain, at):
        found = printed_at(plain, opening.end())
        at = max(found.end if found else 0, opening.end() + 1)
        if found:
            yield found


def _decimals(plain: str) -> Iterator[Mention]:
    for match in DECIMALS.finditer(plain):
        yield Mention(start=match.start(), end=match.end(), places=(_decimal(next(filter(None, match.groups()))),))


def _english(plain: str) -> Iterator[Mention]:
    for match in ENGLISH.finditer(plain):
        word, digits = match.group("word") or match.group("ow"), match.group("n") or match.group("on")
        unit = ENGLISH_UNITS.get(word.lower(), "条")
        number = int(digits) if digits.isdigit() else ROMAN.get(digits, 0)
        if not number:
            continue
        place = Place(kind=unit, number=number, sub=int(match.group("sub") or 0) if unit == "条" else 0)
        if unit in INNER:
            place = UNSAID.with_number(unit, number)
        elif match.group("inner"):
            place = place.with_number("款" if match.group("what") == "paragraph" else "项", int(match.group("inner")))
        yield Mention(start=match.start(), end=match.end(), places=(place,))


def _joined(hits: list[Mention], plain: str) -> list[Mention]:
    """附件2的2.1.1 is one place, not two."""
    out: list[Mention] = []
    for hit in hits:
        before = out[-1] if out else None
        if before and before.places[-1].kind == "附件" and JOIN.fullmatch(plain[before.end : hit.start]):
            number = before.places[-1].number
            if not before.places[-1].inner and all(p.kind in ("点", "部分") and not p.appendix for p in hit.places):
                places = tuple(replace(p, appendix=number) for p in hit.places)
                out[-1] = replace(hit, start=before.start, places=places)
                continue
        out.append(hit)
    return out
