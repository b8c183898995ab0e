"""Which text on file a title or a 文号 in another text means, and by which day it is older or newer than others."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Document
from policy_qa.facts.closing import Ending, effective
from policy_qa.facts.dates import LOOSE_DATE, iso_date
from policy_qa.facts.head import read_head
from policy_qa.facts.instructions import Instruction
from policy_qa.facts.model import Fact, Link
from policy_qa.facts.same import core_title, without_edition
from policy_qa.words import normalize

_DATE = re.compile(LOOSE_DATE)
#: The year of an edition, and what it is, at the end of a title: （2022年修订）.
EDITION_YEAR = re.compile(
    r"((?:19|20)\d\d)\s*+年?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:第[^）)]{1,3}次)?(修订|修正|修改|版)?[^（(]{0,4}[)）]"
)
_AMENDED = re.compile(r"[^。\n]{0,80}?(?:修订|修正|修改|公布|发布|印发|通过|颁布)")
_HEAD_SIZE = 2_000
_BRACKETS = str.maketrans("〔〕【】［］（）()", "[][][][][]")


def date_of(document: Document) -> str:
    """The date by which a text is older or newer: of issue or of its last amendment, else of coming into force."""
    if document.edition_of:
        return document.since
    titled = EDITION_YEAR.search(document.title)
    head = document.text[:_HEAD_SIZE].partition("第一条")[0]
    amended = [iso_date(m) for m in _DATE.finditer(head) if _AMENDED.match(head, m.end())]
    told = [document.date, *amended, *([titled.group(1)] if titled else [])]
    # 2022-07-18 tells more than 2022, and isn't newer for it.
    best = max(told, key=lambda date: (date[:4], len(date), date))
    return best or effective_day(document)


def begins(document: Document) -> str:
    """The day from which a text counts: that of coming into force where it says so, else its date."""
    issued = read_head(document.text, doc_id=document.doc_id).issued
    return effective_day(document, issued) or date_of(document)


def effective_day(document: Document, issued: Fact | None = None) -> str:
    """The day from which a text says that it applies; empty where it doesn't. `issued` is its day of issue, if so."""
    found = effective(document.text, 0, len(document.text), issued, document.doc_id)
    return found.value if found else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelved:
    """A text on file as it is looked for: a document, or one instrument of it."""

    document: Document
    instrument: str
    title: str
    number: str

    @property
    def day(self) -> str:
        """The day by which it is older or newer."""
        return date_of(self.document)


class Shelf:
    """The texts on file by title and by number. Editions are no texts of their own."""

    def __init__(self, entries: Sequence[Shelved]) -> None:
        self._all = tuple(entries)
        self._by_number: dict[str, list[Shelved]] = defaultdict(list)
        self._by_title: dict[str, list[Shelved]] = defaultdict(list)
        for entry in entries:
            if number := number_key(entry.number):
                self._by_number[number].append(entry)
            core = core_title(entry.document, entry.title)
            for key in set(map(title_key, (entry.title, without_edition(entry.title), core))):
                self._by_title[key].append(entry)

    def find(self, title: str, number: str, by: Document) -> Shelved | None:
        """The text that document `by` means; None where it is not on file, or where several fit equally.

        A number decides; without one it is the newest text of that title that is older than `by`. A text with another
        number than the one that is told is another text.
        """
        before = date_of(by)
        if number:
            told = number_key(number)
            exact = [e for key, held in self._by_number.items() if told.endswith(key) for e in held]
            if found := self._newest(exact, title, by, ""):
                return found
        if not title:
            return None
        held = [
            e
            for key in dict.fromkeys(map(title_key, (title, without_edition(title), core_title(by, title))))
            for e in self._by_title.get(key, ())
            if not (number and e.number)
        ]
        own = [e for e in held if title_key(e.title) == title_key(title)]
        return self._newest(own, title, by, before) or self._newest(held, title, by, before)

    def former(self, by: Document, group: Sequence[str]) -> tuple[Shelved, ...]:
        """The older texts of its own policy, which 「原办法」 means."""
        day = date_of(by)
        return tuple(
            e
            for e in self._all
            if e.document.doc_id in group
            and e.document.doc_id != by.doc_id
            and not e.document.status.is_draft
            and (not day or not e.day or e.day < day)
        )

    def _newest(self, held: Sequence[Shelved], title: str, by: Document, before: str) -> Shelved | None:
        fit = [
            e
            for e in held
            if e.document.doc_id != by.doc_id
            and not e.document.status.is_draft
            and not (before and e.day and e.day[: len(before)] > before[: len(e.day)])
            and not (e.day == before and before.count("-") == 2)  # of one day: it is what came of it
        ]
        if len({e.document.issuer for e in fit if e.document.issuer}) > 1 and by.issuer:
            # A college and its finance office are one house.
            pairs = ((e, e.document.issuer) for e in fit)
            akin = [
                e for e, one in pairs if one in by.issuer or by.issuer in one or title_key(e.title) == title_key(title)
            ]
            fit = akin or fit
        if not fit:
            return None
        best = max(e.day for e in fit)
        newest = {(e.document.doc_id, e.instrument): e for e in fit if e.day == best}
        return next(iter(newest.values())) if len(newest) == 1 else None


def link(named: Ending | Instruction, target: Shelved | None, by: Document, on: str, source: Fact) -> Link:
    """What document `by` does to a text that it names so, `target` where that is on file."""
    return Link(
        title=named.title or (target.title if target else ""),
        number=named.number,
        doc_id=target.document.doc_id if target else "",
        instrument=target.instrument if target else "",
        by=by.doc_id,
        on=on,
        source=source,
    )


def title_key(title: str) -> str:
    """A title as it is compared: no white space, marks or brackets' kind."""
    return re.sub(r"[\W_]", "", normalize(title))


def number_key(number: str) -> str:
    """A 文号 as it is compared: 云职财〔2019〕12号 and 云职财 [2019]12号 are one."""
    flat = re.sub(r"\s|第(?=\d)", "", normalize(number)).translate(_BRACKETS)
    return re.sub(r"\[(\d{4})\]0*(\d)", r"[\1]\2", flat)
