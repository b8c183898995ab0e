"""Which versions a question asks for: 讨论稿, 旧版, 2022年的, 修订前后有什么变化."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from policy_qa.datamodels import Document, Status
from policy_qa.facts.model import Family, Version
from policy_qa.facts.same import DRAFT_WORDS
from policy_qa.facts.shelf import date_of

_KINDS = "办法|规定|制度|方案|细则|条例|章程|规程|规则|意见|文件|文本|版本"
_NOUNS = "version|edition|text|policy|rules?"
_YEAR = r"(?<!\d)((?:19|20)\d\d)(?:\s*+年)?(?:\s*+的)?"
_DATED_DRAFT = re.compile(rf"{_YEAR}\s*+({DRAFT_WORDS})|((?:19|20)\d\d) draft\b")
_DATED = re.compile(
    rf"{_YEAR}(?<=[的年\d])(?:(?<=的)|(?=版|修订|修正|印发|发布|公布|制定|出台|试行|暂行|{_KINDS}|[)）和与及跟、到至]))版?本?"
    rf"|\b(?:{_NOUNS}) (?:of|from) ((?:19|20)\d\d)|\b((?:19|20)\d\d) (?:{_NOUNS})"
)
_DRAFT = re.compile(rf"{DRAFT_WORDS}|\bdrafts?\b|\bconsultation (?:draft|version)\b")
_TRIAL = re.compile(rf"(?:试行|暂行)(?:稿|版|的|{_KINDS})|[（(](?:试行|暂行)[)）]|\btrial version\b")
_BEFORE_LAST = re.compile(r"[上前]一个?版本?|\bprevious (?:version|edition|text)\b")
_OLD = re.compile(
    rf"[旧老]版本?|[旧老]的?(?:{_KINDS}|稿)|原(?:来|先)?的?(?:{_KINDS}|版)|历史版本|以前的?(?:{_KINDS})|"
    rf"(?:修订|修改|修正|没?改)(?:之|以)?前|"
    rf"(?:以前|原来|过去)(?=是|呢|怎么|多少|几|的?(?:规定|要求|标准))|"
    rf"\b(?:old|older|former|earlier|superseded|repealed) (?:{_NOUNS}|one)\b|"
    r"\bbefore the (?:revision|amendment)"
)
_NOW = re.compile(
    rf"正式(?:稿|版本?|文本|文件|印发)|现行的?|最新的?(?:版本?)?|新版本?|新的?(?:{_KINDS})|印发稿|定稿|"
    rf"(?:修订|修改|修正)(?:之|以)?后|\b(?:current|new|newer|latest|issued|final) (?:{_NOUNS}|one)\b|"
    r"\bafter the (?:revision|amendment)"
)
_ALL = re.compile(
    r"新旧|(?:修订|修改|修正)?前后(?:两版|的?(?:区别|不同|变化|差异|对比))?|(?:两|几|三|各|不同|所有|全部)个?(?:版本|版|稿)(?:之间)?|"
    r"(?:有|作|做)了?(?:什么|哪些|何)(?:变化|修改|改动|调整|变动)|[改变]了(?:什么|哪些|没|吗)|(?:什么|哪些)(?:变化|改动|变动)|"
    r"\b(?:both|all|different|two) (?:versions|editions|texts)\b|\bwhat (?:has |was |were )?changed\b|"
    r"\bhow .{0,30}changed\b|\bchanges? between\b"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The versions that a question names, in the family's order (empty: none), and the words that name them."""

    doc_ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def asked(question: str, family: Family, document: Callable[[str], Document]) -> Asked:
    """What a question (normalised) says about the versions of one family."""
    texts = [m for m in family.members if not m.decision]
    if match := _ALL.search(question):
        return Asked(tuple(m.doc_id for m in texts), (match.group(),))
    found: dict[str, None] = {}
    words: list[str] = []

    def take(word: str, members: list[Version]) -> None:
        if members:
            words.append(word)
            found.update((m.doc_id, None) for m in members)

    first = family.members[0]
    drafts = [m for m in texts if document(m.doc_id).status.is_draft]
    issued = [m for m in texts if m not in drafts]
    older = [m for m in issued if m != first]
    rest = question
    for match in _DATED_DRAFT.finditer(question):
        year = match.group(1) or match.group(3)
        take(match.group(), [m for m in drafts if _of_year(document(m.doc_id), m, year)])
        rest = rest.replace(match.group(), " ")
    for match in _DATED.finditer(rest):
        year = next(g for g in match.groups() if g)
        dated = [m for m in texts if _of_year(document(m.doc_id), m, year)]
        take(match.group(), _as_amended([m for m in dated if m in issued] or dated, family, document, year))
    for match in _DRAFT.finditer(rest):
        take(match.group(), [m for m in drafts if match.group() in m.label] or drafts)
    for pattern, meant in (
        (_TRIAL, [m for m in issued if document(m.doc_id).status is Status.TRIAL]),
        (_BEFORE_LAST, (older or drafts)[:1]),
        (_OLD, older or [m for m in drafts if m != first]),
        (_NOW, [first]),
    ):
        for match in pattern.finditer(rest):
            take(match.group(), meant)
    return Asked(tuple(i for i in family.doc_ids if i in found), tuple(words))


def _as_amended(dated: list[Version], family: Family, document: Callable[[str], Document], year: str) -> list[Version]:
    """The texts of a year, that in force in place of the others if it is one of them as amended."""
    first = family.members[0]
    of = document(first.doc_id).edition_of or first.doc_id
    same = [m for m in dated if of in (m.doc_id, document(m.doc_id).edition_of)]
    if not same or any(document(m.doc_id).since.startswith(year) for m in same):
        return dated
    return [first, *(m for m in dated if m not in same)]


def _of_year(document: Document, member: Version, year: str) -> bool:
    return date_of(document).startswith(year) or member.label.startswith(year) or document.number.find(year) >= 0
