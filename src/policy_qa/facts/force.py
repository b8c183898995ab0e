"""Which text of a policy is in force, as the texts themselves tell: status, dates, 「《…》同时废止」, 「自…起施行」."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Document, Status
from policy_qa.facts.closing import effective
from policy_qa.facts.dates import LOOSE_DATE, in_words, iso_date
from policy_qa.facts.head import read_head
from policy_qa.facts.model import Fact, Family, Version
from policy_qa.facts.same import DRAFT_WORDS, without_edition

_DATE = re.compile(LOOSE_DATE)
_EDITION_YEAR = re.compile(
    r"((?:19|20)\d\d)\s*+年?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:第[^）)]{1,3}次)?(修订|修正|修改|版)?[^（(]{0,4}[)）]"
)
_NAME_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_.年]?([01]\d|[1-9](?!\d))(?:[-_.月]?([0-3]\d|[1-9](?!\d)))?)?")
_AMENDED = re.compile(r"[^。\n]{0,80}?(?:修订|修正|修改|公布|发布|印发|通过|颁布)")
_HEAD_SIZE = 2_000
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
    since = _effective(document) or date_of(document)
    label = f"{in_words(date_of(document))}修改决定"
    why = f"自{in_words(since)}起施行，尚未施行" if since > day else "修改决定，已并入修改后的文本"
    return Version(doc_id=document.doc_id, label=label, in_force=since <= day, why=why, decision=True)


def date_of(document: Document) -> str:
    """The date by which a text is older or newer: of issue or of its last amendment, else of coming into force."""
    if document.edition_of:
        return document.since
    titled = _EDITION_YEAR.search(document.title)
    head = document.text[:_HEAD_SIZE].partition("第一条")[0]
    amended = [iso_date(m) for m in _DATE.finditer(head) if _AMENDED.match(head, m.end())]
    told = [document.date, *amended, *([titled.group(1)] if titled else [])]
    # 2022-07-18 tells more than 2022, and isn't newer for it.
    best = max(told, key=lambda date: (date[:4], len(date), date))
    return best or _effective(document)


def _name_date(document: Document) -> str:
    """The date in a file's name, for texts that tell nothing else: 办法2024.txt, 办法(2019-03-24).txt."""
    match = _NAME_DATE.search(document.doc_id)
    return "-".join(f"{int(g):02d}" for g in match.groups() if g) if match else ""


def _text(document: Document, day: str) -> _Text:
    effective = document.since if document.edition_of else _effective(document)
    date, named = date_of(document), _name_date(document)
    return _Text(document=document, date=date or named, named=named, effective=effective, to_come=effective > day)


def begins(document: Document) -> str:
    """The day from which a text counts: that of coming into force where it says so, else its date."""
    issued = read_head(document.text, doc_id=document.doc_id).issued
    return _effective(document, issued) or date_of(document)


def _effective(document: Document, issued: Fact | None = None) -> str:
    found = effective(document.text, 0, len(document.text), issued, document.doc_id)
    return found.value if found else ""


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
    edition = _EDITION_YEAR.search(document.title)
    if edition and edition.group(2) and edition.group(2) != "版" and when.startswith(edition.group(1)):
        return when + edition.group(2)
    if document.status is Status.TRIAL:
        return f"{when}试行"
    return (when + ("印发" if document.status is Status.ISSUED else "")) or "正式文本"
