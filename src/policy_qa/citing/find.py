"""Where a text names provisions by number, and which: text -> mentions, in one grammar for all kinds of text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policy_qa.citing import grammar
from policy_qa.citing.clean import cleaned
from policy_qa.citing.grammar import INNER, INSTRUMENTS, JOIN, LINK, STEP, TITLE, Register
from policy_qa.citing.place import UNSAID, Mention, Owner, Place
from policy_qa.numerals import parse_number

_SELF = re.compile(rf"本(?P<kind>{INSTRUMENTS})(?:的|之|中)?$")
_TITLED = re.compile(rf"{TITLE}(?:[（(][^（）()\n]{{0,40}}[)）])?(?:的|之|中)?$")
_OTHER = re.compile(
    rf"(?:{INSTRUMENTS}|公约|协定|协议|合同|议定书|修正案|总则|分则|附件|附表|附录|该|同|前述|上述|所附|[）)〉”\"」])"
    r"(?:[一二三四五六七八九十\d]{1,4}|的|之|中|修正前|修订前)?$"
)
#: Words before 附件 that make it this document's, and such as make it another's: 《…》附件2, 电子邮件附件.
_OWN_ATTACHMENT = re.compile(r"本[\u4e00-\u9fff]{2,4}(?P<of>的)?$")
_ANOTHERS_ATTACHMENT = re.compile(
    rf"(?:[》〉](?:[（(][^（）()\n]{{0,40}}[)）])?|[”\"」该其所的]|邮件|[该其原](?:{INSTRUMENTS})|》的?附件[^。；\n]{{0,30}})(?:的?所附|的)?\Z"
)
_COUNTS = {"": 1, "两": 2} | {char: n for n, char in enumerate("一二三四五六", 1)}
UNITS = {"大项": "项", "大点": "点", "小点": "点", "个附件": "附件"}
#: What stands behind the label of an attachment that is a heading.
_PRINTED_BEHIND = tuple("、.．：:")
_STARTS_LINE = " \t\u3000#*-（("
#: Marks and spaces that may stand before a heading.
_LINE = 12
#: So far before a number are the words looked for that say whose it is.
_REACH = 80


class Scan:
    """One reading of one text from left to right."""

    def __init__(self, text: str, register: Register, start: int, end: int) -> None:
        self._text, self._register = text, register
        self._start, self._end = start, end
        self._read: tuple[re.Match[str] | None, tuple[str, int, int] | None] = (None, None)

    def mentions(self) -> Iterator[Mention]:
        """All of them, in order."""
        last: Mention | None = None
        for step in STEP.finditer(self._text, self._start, self._end):
            if last:
                if longer := self._longer(last, step):
                    last = longer
                    continue
                further = self._further(last, step)
                if further or self._opens(step):
                    if self._counts(last):
                        yield last
                    last = further or self._opened(step, last)
            elif self._opens(step):
                last = self._opened(step, None)
        if last and self._counts(last):
            yield last

    def _numbered(self, step: re.Match[str]) -> tuple[str, int, int] | None:
        """(unit, number, 之 number) of a step that bears a number; the last one is remembered."""
        if self._read[0] is not step:
            self._read = step, _numbered(step)
        return self._read[1]

    def _opens(self, step: re.Match[str]) -> bool:
        """Whether a step may begin a mention."""
        if step.group("bw") or step.group("here") or step.group("all"):
            return self._register is Register.POLICY
        if step.group("same"):
            return True
        if not step.group("n") and not step.group("app"):
            return False  # （二）, 二项, 至三条
        if step.group("app"):
            return self._attached(step)
        found = self._numbered(step)
        if found and found[0] in INNER and self._text[step.start() - 1 : step.start()] in tuple("条款项目"):
            return False  # 前款第二项 where 前款 says nothing, 该条款第二项
        return found is not None and found[0] not in ("段", "行", "目")

    def _attached(self, step: re.Match[str]) -> bool:
        """Whether 附件2 is a citation: in a policy not as a heading, and not that of another paper."""
        if self._register is not Register.POLICY:
            return step.group("app") == "件"
        before = self._text[max(self._start, step.start() - _LINE) : step.start()]
        if self._text.startswith(_PRINTED_BEHIND, step.end()):
            return False
        if _OWN_ATTACHMENT.search(before):
            return True
        heads_line = len(before) < _LINE or "\n" in before
        heads_line = heads_line and not before.rpartition("\n")[2].strip(_STARTS_LINE)
        return not heads_line and not _ANOTHERS_ATTACHMENT.search(self._text, self._floor(step.start()), step.start())

    def _opened(self, step: re.Match[str], last: Mention | None) -> Mention:
        start, end = step.span()
        if unit := step.group("bw") or step.group("here"):
            back = _COUNTS[step.group("back") or ""] if step.group("bw") else 0
            return Mention(start=start, end=end, begin=start, unit=unit, back=back)
        if step.group("all"):
            begin = start if step.group().startswith("本") else start + 1
            return Mention(start=begin, end=end, begin=begin, unit=f"附{step.group('all')}", owner=Owner.SELF)
        if step.group("same"):
            owner = Owner.HERE if step.group("same") == "本" else Owner.OTHER
            return Mention(start=start, end=end, begin=start, places=(UNSAID,), owner=owner)
        unit, number, sub = self._numbered(step) or ("条", -1, 0)
        inner = UNSAID.below(unit, number) if unit in INNER else None
        places = self._more(step, unit, inner or Place(kind=unit, number=number, sub=sub), sub)
        attachment = f"附{step.group('app')}" if step.group("app") else ""
        owner, title, begin = self._whose(start, last, attachment=bool(attachment))
        return Mention(
            start=start, end=end, begin=begin, places=places, ranged=self._is_range(step), unit=attachment,
            owner=owner, title=title,
        )  # fmt: skip

    def _whose(self, start: int, last: Mention | None, *, attachment: bool) -> tuple[Owner, str, int]:
        """(whose, the title, where the words begin that say so) of what is named at `start`, after `last`."""
        if self._register is not Register.POLICY:
            return Owner.BARE, "", start
        if attachment:
            before = self._text[max(self._start, start - _LINE) : start]
            own = _OWN_ATTACHMENT.search(before)
            return (Owner.SELF, "", start - len(before) + own.start()) if own else (Owner.BARE, "", start)
        if last and not last.back and grammar.SAME_OWNER.fullmatch(self._text, last.end, start):
            return last.owner, last.title, start
        return self._owner(start)

    @staticmethod
    def _is_range(step: re.Match[str]) -> bool:
        more = grammar.MORE.search(step.group("more") or step.group("am") or "")
        return more is not None and more.group("to") is not None

    def _more(self, step: re.Match[str], unit: str, place: Place, sub: int) -> tuple[Place, ...]:
        """第七、八条 and 第七至九条 name several."""
        out = [place]
        for part in grammar.MORE.finditer(step.group("more") or step.group("am") or ""):
            number = parse_number(part.group("n"))
            if number is None:
                continue
            if part.group("to"):
                out += out[-1].up_to(unit, number)
            elif one := out[-1].beside(unit, number):
                out.append(one)
        if sub and len(out) > 1:
            out = [*(replace(p, sub=0) for p in out[:-1]), replace(out[-1], sub=sub)]
        return tuple(dict.fromkeys(out))

    def _longer(self, last: Mention, step: re.Match[str]) -> Mention | None:
        """The mention with what is named inside it, or with the end of its range."""
        found = self._numbered(step)
        if not found or step.start() - last.end > 12:
            return None
        unit, number, sub = found
        between = self._text[last.end : step.start()]
        base = last.places[-1] if last.places else UNSAID if last.back else None
        if base is None:
            return None
        if (grammar.JOIN_ROW if unit == "行" else JOIN).fullmatch(between):
            if step.group("in") and between.strip():
                return None
            if step.group("bn") and not step.group("bu") and not self._brackets(base):
                return None
            inner = base.below(unit, number, sub)
            if inner and not (last.linked and last.ranged and unit in ("章", "节", "条")):
                inside = self._more(step, unit, inner, sub)
                ranged = self._is_range(step)
                return replace(last, end=step.end(), places=(*last.places[:-1], *inside), ranged=ranged)
            return None
        link = LINK.fullmatch(between)
        if link and link.group("to") and not step.group("more") and base.lowest == unit and not last.ranged:
            if unit == "条" and (base.sub or sub):
                places = (*last.places, replace(base, number=number, sub=sub))
            else:
                places = (*last.places, *base.up_to(unit, number))
            return replace(last, end=step.end(), places=tuple(dict.fromkeys(places)), ranged=True)
        return None

    @staticmethod
    def _brackets(base: Place) -> bool:
        """Whether （二） alone may name something inside: an item of what has none yet."""
        return not base.item and (base.inner or base.kind in ("条", "部分", "点"))

    def _further(self, last: Mention, step: re.Match[str]) -> Mention | None:
        """The next member of a list that a mention begins."""
        found = self._numbered(step)
        link = LINK.match(self._text, last.end)
        if not found or not link or link.end() != step.start() or not (last.places or last.back):
            return None
        unit, number, sub = found
        if step.group("in") or step.group("tn") or unit in ("段", "行", "附件"):
            return None
        if step.group("bn") and not step.group("bu") and self._text[last.end - 1] not in ")）":
            return None
        base = last.places[-1] if last.places else UNSAID
        place = base.beside(unit, number, sub)
        if place is None:
            return None
        goes_on = place.alone or unit in INNER
        return replace(
            last,
            start=step.start(),
            end=step.end(),
            begin=step.start(),
            places=self._more(step, unit, place, sub),
            ranged=self._is_range(step),
            linked=True,
            back=last.back if goes_on else 0,
            unit=last.unit if goes_on else "",
            owner=Owner.BARE if last.owner is Owner.HERE and not goes_on else last.owner,
        )

    def _counts(self, mention: Mention) -> bool:
        """Whether what begins like a citation is one: 第二款 alone needs words behind it that speak of a provision."""
        if mention.back or not mention.alone or mention.linked:
            return True
        if not mention.places[0].inner:
            return False  # 该条 alone
        if self._register is Register.QUESTION or not self._text.startswith("第", mention.begin):
            return True
        if self._register is Register.DRAFT and len(mention.places) > 1:
            return False  # 第（一）至（三）项 in a draft is more often copied with the rule than said of one
        return bool(grammar.AFTER_ALONE.match(self._text, mention.end, self._end))

    def _floor(self, at: int) -> int:
        return max(self._start, at - _REACH)

    def _owner(self, at: int) -> tuple[Owner, str, int]:
        """(whose, the title, where the words begin that say so) of a number at an offset."""
        floor = self._floor(at)
        before = self._text[floor:at].rstrip(" \u3000\t")
        if match := _SELF.search(before):
            return Owner.SELF, match.group("kind"), floor + match.start()
        if before.endswith(("》", "》的", "》之", "》中", "）", ")")) and (match := _titled(before)):
            return Owner.TITLED, match.group("title"), floor + match.start()
        return (Owner.OTHER if _OTHER.search(before) else Owner.BARE), "", at


def _numbered(step: re.Match[str]) -> tuple[str, int, int] | None:
    said = next(filter(None, step.group("n", "an", "bn", "tn", "in")), "")
    number = parse_number(said) if said else None
    if number is None:
        return None
    unit = step.group("unit") or step.group("bu") or step.group("tu") or ("附件" if step.group("app") else "项")
    sub = parse_number(step.group("sub") or "") or 0
    return UNITS.get(unit, unit), number, sub


def _titled(before: str) -> re.Match[str] | None:
    """The title that ends a stretch; the outer one of a title in a title."""
    tried = (_TITLED.match(before, mark.start()) for mark in re.finditer("《", before))
    return next(filter(None, tried), None)


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
    if decimal := grammar.DECIMAL.match(text, at):
        return Mention(start=decimal.start("n"), end=decimal.end(), places=(_decimal(decimal.group("n")),))
    match = grammar.PRINTED.match(text, at)
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
    if dotted := grammar.POINT.match(text, at):
        return place.with_number("项", int(dotted.group("n"))), dotted.end()
    joined = grammar.COMMA.match(text, at) or JOIN.match(text, at)
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
    printed = list(_printed(plain))
    for found in ([] if _enumerates(printed, plain) else printed, _chinese(plain), _decimals(plain), _english(plain)):
        taken = [(h.start, h.end) for h in hits]
        hits += [h for h in found if not any(a < h.end and h.start < b for a, b in taken)]
    if grammar.BARE_APPENDIX.fullmatch(plain):
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
    while opening := grammar.OPENS.search(plain, at):
        found = printed_at(plain, opening.end())
        at = max(found.end if found else 0, opening.end() + 1)
        if found:
            yield found


def _enumerates(printed: Sequence[Mention], plain: str) -> bool:
    """Whether 一、 and 二、 count what is asked, an article each: 「一、任期，第七条；二、考核，第二十三条」."""
    counted = [m.places[0].number for m in printed] == [*range(1, len(printed) + 1)]
    return len(printed) > 1 and counted and all(plain[m.end - 1] == "条" for m in printed)


def _decimals(plain: str) -> Iterator[Mention]:
    for match in grammar.DECIMALS.finditer(plain):
        start = match.start("behind") if match.group("behind") else match.start()
        yield Mention(start=start, end=match.end(), places=(_decimal(next(filter(None, match.groups()))),))


def _english(plain: str) -> Iterator[Mention]:
    for match in grammar.ENGLISH.finditer(plain):
        word, digits = match.group("word") or match.group("ow"), match.group("n") or match.group("on")
        unit = grammar.ENGLISH_UNITS.get(word.lower(), "条")
        number = int(digits) if digits.isdigit() else grammar.ROMAN.get(digits, 0)
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
