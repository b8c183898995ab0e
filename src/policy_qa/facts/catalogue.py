"""The texts of one policy, found once, and which of them is in force on the day on which a question is asked.

The texts themselves tell: status, dates, 「《…》同时废止」, 「自…起施行」.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from policy_qa.datamodels import Document, Segmentation, Status
from policy_qa.facts.closing import ENDED, endings
from policy_qa.facts.dates import in_words, today
from policy_qa.facts.model import Family, Link, Version
from policy_qa.facts.same import DRAFT_WORDS, groups, without_edition
from policy_qa.facts.shelf import EDITION_YEAR, Shelf, Shelved, begins, date_of, effective_day, link

#: A text that does nothing but end others takes the place of none of them.
_ONLY_ENDS = re.compile(r"(?:废止|失效|清理).{0,60}(?:决定|通知|公告|通告|目录)")


class Versions:
    """The families of some documents. Immutable but for what it has worked out; safe to share between threads."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = {d.doc_id: d for d in documents}
        files = [d for d in documents if not d.edition_of]
        group_of = {doc_id: ids for ids in groups(files) for doc_id in ids}
        self._group: dict[str, tuple[str, ...]] = {d.doc_id: group_of.get(d.doc_id, (d.doc_id,)) for d in files}
        for edition in (d for d in documents if d.edition_of in self._group):
            ids = (*self._group[edition.edition_of], edition.doc_id)
            self._group.update(dict.fromkeys(ids, ids))
        self._all_repeals = self._repeals(files)
        self._beside = self._decisions(documents)
        # A server runs for months: a text comes into force while it does. One day is kept.
        self._at = lru_cache(maxsize=1)(self._families)

    def on(self, day: datetime.date | None = None) -> tuple[Family, ...]:
        """The policies of which there are two texts or more as they are on a day, by default the present one.

        They are in the order of their first documents.
        """
        return tuple(dict.fromkeys(self._at(day or today()).values()))

    def of(self, doc_id: str, day: datetime.date | None = None) -> Family | None:
        """The family of a document; None where it is the only text of its policy."""
        return self._at(day or today()).get(doc_id)

    def of_policy(self, doc_id: str) -> tuple[str, ...]:
        """All texts of a document's policy, the one that is meant by default first."""
        family = self.of(doc_id)
        return family.doc_ids if family else (doc_id,)

    def document(self, doc_id: str) -> Document:
        """A document that a family names."""
        return self._documents[doc_id]

    def akin(self, one: str, other: str) -> bool:
        """Whether two documents are texts of one policy, and not one that took the place of the other."""
        return other in self._group.get(one, ())

    def repealed(self, doc_id: str, day: datetime.date | None = None) -> Link | None:
        """What has ended a document by a day; None where nothing on file has."""
        base = self._documents[doc_id].edition_of or doc_id
        return self._ended((day or today()).isoformat()).get(base)

    def _repeals(self, files: Sequence[Document]) -> Sequence[Link]:
        """What the documents end, by title, number or as their own former texts; drafts end nothing."""
        shelf = Shelf([Shelved(document=d, instrument="", title=d.title, number=d.number) for d in files])
        out: dict[str, Link] = {}
        for by in files:
            if by.status.is_draft or not ENDED.search(by.text):
                continue
            since = begins(by)
            for one in endings(by.text, 0, len(by.text), by.title, by.doc_id):
                named = [shelf.find(one.title, one.number, by)] if one.title or one.number else []
                for target in filter(None, named or shelf.former(by, self._group[by.doc_id])):
                    out.setdefault(target.document.doc_id, link(one, target, by, one.on or since, one.source))
        # Two texts that keep the same closing words end each other; then the dates decide.
        return [r for r in out.values() if r.by not in out or out[r.by].by != r.doc_id]

    def _decisions(self, documents: Sequence[Document]) -> dict[str, tuple[str, ...]]:
        """A group's texts -> the decisions that have been put into them whole."""
        out: dict[str, tuple[str, ...]] = {}
        taken: set[str] = set()
        left = {a.by.partition("#")[0] for d in documents for a in d.amended if not a.merged}
        for edition in (d for d in documents if d.edition_of in self._group):
            by = dict.fromkeys(a.by.partition("#")[0] for a in edition.amended)
            fit = [d for d in by if d in self._group and d not in taken | left and len(self._group[d]) == 1]
            taken.update(fit)
            for doc_id in self._group[edition.edition_of]:
                out[doc_id] = (*out.get(doc_id, ()), *fit)
        return out

    def _ended(self, day: str) -> dict[str, Link]:
        return {r.doc_id: r for r in self._all_repeals if not r.on or r.on <= day}

    def _families(self, day: datetime.date) -> dict[str, Family]:
        """Documents -> their families, in the order of the families' first documents."""
        ended = self._ended(day.isoformat())
        by_doc = {doc_id: repeal.by for doc_id, repeal in ended.items()}
        for old in self._documents.values():
            if old.edition_of in by_doc:
                by_doc.setdefault(old.doc_id, by_doc[old.edition_of])
        parent = {doc_id: ids[0] for doc_id, ids in self._group.items()}

        def root(doc_id: str) -> str:
            while parent[parent[doc_id]] != parent[doc_id]:
                doc_id = parent[doc_id]
            return parent[doc_id]

        for repeal in ended.values():
            standing = [i for i in self._group[repeal.doc_id] if self._stands(i) and i not in by_doc]
            if not standing and not _ONLY_ENDS.search(self._documents[repeal.by].title) and self._stands(repeal.by):
                parent[root(repeal.doc_id)] = root(repeal.by)
        members: dict[str, list[str]] = defaultdict(list)
        for doc_id in self._documents:
            if doc_id in parent:
                members[root(doc_id)].append(doc_id)
        beside = {d for ids in self._beside.values() for d in ids}
        out: dict[str, Family] = {}
        for ids in members.values():
            own = [self._documents[i] for i in ids if i not in beside]
            decisions = dict.fromkeys(d for i in ids for d in self._beside.get(i, ()))
            if own and len(own) + len(decisions) > 1:
                family = family_of(own, day.isoformat(), by_doc, [self._documents[d] for d in decisions])
                out.update(dict.fromkeys(family.doc_ids, family))
        return out

    def _stands(self, doc_id: str) -> bool:
        return not self._documents[doc_id].status.is_draft


def tell_apart(segmentations: Mapping[str, Segmentation]) -> dict[str, Segmentation]:
    """The same, with `Document.edition` set where two texts of one policy bear the very same title."""
    out = dict(segmentations)
    for family in Versions([s.document for s in segmentations.values()]).on():
        titles = Counter("".join(out[i].document.title.split()) for i in family.doc_ids)
        for member in family.members:
            document = out[member.doc_id].document
            if titles["".join(document.title.split())] > 1:
                label = member.label.removesuffix("印发")
                edition = f"{label}版" if label.endswith(("年", "月", "日")) else label
                out[member.doc_id] = replace(out[member.doc_id], document=replace(document, edition=edition))
    return out


_NAME_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.年]?([01]\d|[1-9](?!\d))(?:[-_.月]?([0-3]\d|[1-9](?!\d)))?)?")
_RANK = {Status.ISSUED: 0, Status.UNKNOWN: 1, Status.TRIAL: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Text:
    """What matters of one text. Dates are ISO, as precise as they are told, or empty."""

    document: Document
    date: str
    named: str
    effective: str
    to_come: bool

    @property
    def issued(self) -> bool:
        return not self.document.status.is_draft and self.document.status is not Status.REPEALED


def family_of(documents: Sequence[Document], day: str, ended: Mapping[str, str], beside: Sequence[Document]) -> Family:
    """The texts of one policy, the one that answers first; `day` is an ISO date.

    `ended` says of the doc_ids of texts that are repealed on that day which document does it; `beside` are the
    decisions that amend them, which come last.
    """
    texts = [_text(d, day) for d in documents]
    first, why = _first(texts, ended)
    labels = _labels(texts)
    rest = sorted(
        (t for t in texts if t is not first),
        key=lambda t: (
            t.document.status is Status.REPEALED or t.document.doc_id in ended,
            t.document.status.is_draft and t.document.doc_id not in ended,
            *_age(t),
            t.document.source,
        ),
    )
    applies = first.issued and not first.to_come and first.document.doc_id not in ended
    told = [(first, applies, why), *((t, False, _why_not(t, first, ended, labels)) for t in rest)]
    members = (
        *(Version(doc_id=(i := t.document.doc_id), label=labels[i], in_force=now, why=why) for t, now, why in told),
        *(_decision(d, day) for d in sorted(beside, key=date_of, reverse=True)),
    )
    return Family(name=without_edition(first.document.title) or first.document.title, members=members)


def _decision(document: Document, day: str) -> Version:
    since = effective_day(document) or date_of(document)
    label = f"{in_words(date_of(document))}修改决定"
    why = f"自{in_words(since)}起施行，尚未施行" if since > day else "修改决定，已并入修改后的文本"
    return Version(doc_id=document.doc_id, label=label, in_force=since <= day, why=why, decision=True)


def _name_date(document: Document) -> str:
    """The date in a file's name, for texts that tell nothing else: 办法2024.txt, 办法(2019-03-24).txt."""
    match = _NAME_DATE.search(document.doc_id)
    return "-".join(f"{int(g):02d}" for g in match.groups() if g) if match else ""


def _text(document: Document, day: str) -> _Text:
    effective = document.since if document.edition_of else effective_day(document)
    date, named = date_of(document), _name_date(document)
    return _Text(document=document, date=date or named, named=named, effective=effective, to_come=effective > day)


def _first(texts: Sequence[_Text], ended: Mapping[str, str]) -> tuple[_Text, str]:
    """The text that answers, and why it does."""
    standing = [t for t in texts if t.issued and t.document.doc_id not in ended]
    valid = [t for t in standing if not t.to_come]
    if valid:
        best = _newest(_without_trials(valid))
        if best.document.edition_of:
            return best, f"按修改决定修改后的文本，自{in_words(best.date)}起"
        own = {t.document.doc_id for t in texts}
        if any(by == best.document.doc_id and old in own for old, by in ended.items()):
            return best, "文中写明原文本废止"
        if len(valid) == 1:
            return best, "唯一的正式文本" if not any(t.to_come for t in texts) else "新文本尚未施行"
        return best, f"日期最新（{best.date}）" if best.date else "正式文本"
    if standing:
        best = _newest(standing)
        return best, f"自{in_words(best.effective)}起施行，尚未施行，没有其他正式文本"
    drafts = [t for t in texts if t.document.status.is_draft]
    if drafts:
        return _newest(drafts), "没有正式文本，这是最新的一稿"
    return _newest(texts), "已废止，没有现行文本"


def _newest(texts: Sequence[_Text]) -> _Text:
    return min(texts, key=lambda t: (*_age(t), _RANK.get(t.document.status, 3), t.document.source))


def _without_trials(texts: Sequence[_Text]) -> list[_Text]:
    """A final text counts before the one on trial, unless that is known to be newer."""
    final = [t for t in texts if t.document.status is not Status.TRIAL]
    trials = [t for t in texts if t.document.status is Status.TRIAL]
    newest = max((t.date for t in final), default="")
    if not final:
        return trials
    dated = all(t.date for t in final)
    return [*final, *(t for t in trials if dated and t.date > newest)]


def _age(text: _Text) -> tuple[int, ...]:
    """A key that sorts newer dates first, unknown ones last."""
    dates = ([*(int(part) for part in date.split("-") if part), 0, 0, 0][:3] for date in (text.date, text.named))
    return tuple(-n for date in dates for n in date)


def _why_not(text: _Text, first: _Text, ended: Mapping[str, str], labels: dict[str, str]) -> str:
    doc_id = text.document.doc_id
    if (by := ended.get(doc_id)) is not None:
        return f"已被{labels[by]}的文本废止" if by in labels else "已废止"
    if text.document.status is Status.REPEALED:
        return "已废止"
    if text.document.status.is_draft:
        return "未施行" if first.issued else "较旧的一稿"
    if text.to_come:
        return f"自{in_words(text.effective)}起施行，尚未施行"
    if first.document.edition_of == (text.document.edition_of or doc_id):
        return f"已修改，现行的是{labels[first.document.doc_id]}的文本"
    return "较旧"


def _labels(texts: Sequence[_Text]) -> dict[str, str]:
    """doc_id -> what people call the text; no two alike."""
    found = [_label(t, 1) for t in texts]
    for precision in (2, 3, 4, 5):
        counts = Counter(found)
        more = (
            f"{name}（{t.document.source}）" if precision > 4 else _label(t, precision)
            for t, name in zip(texts, found, strict=True)
        )
        found = [new if counts[name] > 1 else name for new, name in zip(more, found, strict=True)]
    return {t.document.doc_id: name for t, name in zip(texts, found, strict=True)}


def _label(text: _Text, precision: int) -> str:
    document = text.document
    date, digits = (text.named, 3) if precision > 3 else (text.date, precision)
    when = "".join(f"{int(n)}{unit}" for n, unit in zip(date.split("-")[:digits], "年月日", strict=False) if n)
    if document.edition_of:
        return f"{when}修正"
    if document.status.is_draft:
        word = re.search(DRAFT_WORDS, document.title)
        return (when if precision > 1 else "") + (word.group() if word else document.status.value)
    edition = EDITION_YEAR.search(document.title)
    if edition and edition.group(2) and edition.group(2) != "版" and when.startswith(edition.group(1)):
        return when + edition.group(2)
    if document.status is Status.TRIAL:
        return f"{when}试行"
    return (when + ("印发" if document.status is Status.ISSUED else "")) or "正式文本"
