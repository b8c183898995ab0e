"""Who holds an office, what a person does, who is on a list: the lines of rosters, and said where nobody is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from policy_qa.datamodels import Choice, LineKind, PointKind, Segmentation
from policy_qa.dialogue.sheet import Sheet, Told, line_at
from policy_qa.dialogue.texts import say
from policy_qa.records import Entry, padded, roster, unpadded

#: What a person is asked about stands before one of these: a closed class of verbs and particles that follow a name.
_NAMED = re.compile(
    r"^(?P<name>[\u4e00-\u9fff·]{2,5}?)(?:老师|同志|校长|院长|主任|处长)?(?:在不在|是不是|有没有|算不算|也?在|也?是|担任|兼任|任|负责|属于|的)"
)
_INSIDE = re.compile(r"(?:有没有|有无|里有|包括|包含)(?P<name>[\u4e00-\u9fff·]{2,4}?)(?:这个人|老师|同志)?[吗么？?]*$")
#: Who is asked for has no name in the question, and whom a pronoun means was named before it.
_WHO, _PRONOUN = (
    re.compile("谁|哪位|哪些人"),
    re.compile(r"(?<!其)[他她](?![们人])|这个?人|这位|\b(?:he|she|him|her|his)\b", re.I),
)
#: A telephone number, or a part of one that tells it.
_NUMBER = re.compile(r"\d[\d-]{5,}\d")
_HOW_MANY = re.compile(r"[几多][少个位名]{1,2}(?:人|成员|老师|组员)|几人|\bhow many\b", re.I)
_YES_NO = re.compile(r"[吗么吧][？?]?$|是不是|在不在|有没有|算不算")
_SENTENCE = re.compile(r"[^。；;\n]{1,300}")
#: A list that is shown whole has at most so many lines, a person at most so many mentions.
_MOST = 12
#: Characters before a heading that make it another's; running text has them without padding.
_BEFORE = 2
#: A list is meant where a question has this much of its heading.
_LIKE = 0.3


class People:
    """The rosters of the documents on file."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        self._segmentations = segmentations

    @cached_property
    def _entries(self) -> dict[str, tuple[Entry, ...]]:
        return {d: roster(s) for d, s in self._segmentations.items()}

    @cached_property
    def _names(self) -> set[str]:
        return {name for entries in self._entries.values() for e in entries for name in e.names}

    def named(self, question: str) -> list[str]:
        """The names on any roster that a question has, longest first, none inside another."""
        plain, out = unpadded(question), []
        for name in sorted(self._names, key=len, reverse=True):
            if name in plain:
                out.append(name)
                plain = plain.replace(name, " " * len(name))
        return out

    def means_before(self, question: str) -> bool:
        """Whether a question is about somebody whom an earlier one was about: 「她电话呢」."""
        return bool(_PRONOUN.search(question)) and not self.named(question)

    def answer(self, question: str, doc_ids: Iterable[str], lang: str, *, sure: bool) -> Told | None:
        """The lines that answer a question about people in these documents; None where the rosters have none.

        Who is asked about and stands in no text is said to be in none. Where it is not `sure` that people are asked
        about, only a name that a roster has or a list's own heading makes it so.
        """
        entries = [e for d in doc_ids for e in self._entries.get(d, ())]
        sheet = Sheet(self._segmentations)
        names = self.named(question)
        if names:
            return self._by_name(sheet, question, names, entries, lang)
        plain = unpadded(question)
        # 「0571-6620216是谁的」
        if holders := [e for e in entries for number in _NUMBER.findall(plain) if number in self._line(e)]:
            return _listed(sheet, holders, lang)
        called = [e for e in entries if unpadded(e.heading) in plain]
        if not entries or not (sure or called) or any(self._of_another(plain, e) for e in called):
            return None
        asked = None if _WHO.search(plain) else _NAMED.match(plain) or _INSIDE.search(plain)
        offices = _offices(plain, entries)
        if asked and not offices and not self._mentioned(asked.group("name")):
            return self._nobody(sheet, question, asked.group("name"), _nearest(plain, entries), lang)
        held_by = [e for e in entries if not offices or offices & set(e.offices)]
        # 「图书馆信息员」 is said by a unit and by what the list is of; the row that has most of it is meant.
        most = max((sum(map(len, offices & set(e.offices))) for e in held_by), default=0)
        chosen = _nearest(plain, [e for e in held_by if sum(map(len, offices & set(e.offices))) == most])
        if not offices and (_likeness(plain, chosen[0].heading) < _LIKE or len(chosen) > _MOST):
            return None
        if _HOW_MANY.search(question) and len({e.heading for e in chosen}) == 1:
            sheet.put(say(lang, "so_many", count=str(len({name for e in chosen for name in e.names}))))
        held = dict.fromkeys((e.heading, office) for e in chosen for office in e.offices if office in offices)
        told = _listed(sheet, chosen, lang)
        if not offices or len({heading for heading, _ in held}) == 1 or len(held) > _MOST:
            return told
        lists = ("".join(heading.split()) + office for heading, office in held)
        return told.asked_back(tuple(Choice(label=one, question=one) for one in lists), lang)

    def _line(self, entry: Entry) -> str:
        return self._segmentations[entry.doc_id].document.text[entry.start : entry.end]

    def _by_name(
        self, sheet: Sheet, question: str, names: Sequence[str], entries: Sequence[Entry], lang: str
    ) -> Told | None:
        holding = [e for e in entries if any(n in e.names for n in names)]
        if _YES_NO.search(question.strip()):
            holding = _nearest(unpadded(question), holding) or holding
        told = _listed(sheet, holding, lang) if holding else None
        # Sentences name them as well: 「办公室主任由…李力兼任」.
        for doc_id in dict.fromkeys(e.doc_id for e in holding):
            text = self._segmentations[doc_id].document.text
            for match in (m for name in names for m in padded(name).finditer(text)):
                start, end = line_at(text, match.start())
                if any(e.start == start for e in entries if e.doc_id == doc_id) or len(sheet.citations) >= _MOST:
                    continue
                found = next(s for s in _SENTENCE.finditer(text, start, end) if s.end() > match.start())
                number = sheet.quote(doc_id, *found.span())
                sheet.put(found.group().strip(), LineKind.QUOTE, marks=[number])
        return sheet.told(PointKind.PERSON, lead=_lead(told, sheet)) if sheet.citations else None

    def _mentioned(self, name: str) -> bool:
        """Whether any two characters of a name stand together in a text: then it is a word, or somebody known."""
        pieces = [padded(name[i : i + 2]) for i in range(len(name) - 1)]
        return any(piece.search(s.document.text) for s in self._segmentations.values() for piece in pieces)

    def _of_another(self, question: str, entry: Entry) -> bool:
        """Whether the words before a list's heading make it another text's body: 网络安全领导小组 is not the 领导小组
        of a plan against floods."""
        at = question.find(heading := unpadded(entry.heading))
        longer = question[at - _BEFORE : at] + heading
        held = {doc_id for doc_id, s in self._segmentations.items() if longer in s.document.text}
        return at >= _BEFORE and bool(held) and entry.doc_id not in held

    def _nobody(self, sheet: Sheet, question: str, name: str, lists: Sequence[Entry], lang: str) -> Told:
        """Nobody of that name: a question whether he is on a list is answered by it, any other is refused."""
        if not _YES_NO.search(question.strip()) or len(lists) > _MOST:
            sheet.put(say(lang, "nobody_known", name=name))
            return sheet.told(PointKind.PERSON, refused=True)
        headings = say(lang, "sep").join(f"“{h}”" for h in dict.fromkeys(e.heading for e in lists))
        sheet.put(say(lang, "nobody", name=name, lists=headings))
        return _listed(sheet, lists, lang)


def _listed(sheet: Sheet, entries: Sequence[Entry], lang: str) -> Told:
    """The lines of entries, under the heading of each list."""
    heading, lead = "", ""
    for entry in entries:
        title = sheet.segmentations[entry.doc_id].document.title
        if entry.heading != heading:
            heading = entry.heading
            shown = "" if heading == title else heading
            sheet.put(say(lang, "list_of", title=title, heading=shown).replace(" :", ":"), LineKind.SOURCE)
        number = sheet.quote(entry.doc_id, entry.start, entry.end)
        quote = say(lang, "sep").join(entry.cells) or " ".join(sheet.citations[number - 1].quote.split())
        for name in entry.names:
            quote = padded(name).sub(name, quote)
        for office in entry.offices:
            quote = padded(office).sub(office, quote, count=1)
        lead = lead or quote
        sheet.put(quote, LineKind.QUOTE, marks=[number])
    return sheet.told(PointKind.PERSON, lead=lead)


def _lead(told: Told | None, sheet: Sheet) -> str:
    return told.lead if told else sheet.citations[0].quote if sheet.citations else ""


def _offices(question: str, entries: Sequence[Entry]) -> set[str]:
    """The offices that a question has; 副组长 is not 组长."""
    found = set()
    for office in sorted({office for e in entries for office in e.offices}, key=len, reverse=True):
        if office in question:
            found.add(office)
            question = question.replace(office, " ")
    return found


def _nearest(question: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of the lists whose headings share most with a question; all where none shares anything."""
    shared = [len(_pairs(question) & _pairs(e.heading)) for e in entries]
    best = max(shared, default=0)
    return [e for e, count in zip(entries, shared, strict=True) if count == best]


def _likeness(question: str, heading: str) -> float:
    """The share of a list's heading that a question has, from 0 to 1."""
    return len(_pairs(question) & _pairs(heading)) / max(len(_pairs(heading)), 1)


def _pairs(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1) if "\u4e00" <= text[i] <= "\u9fff"}
