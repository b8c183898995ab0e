"""References that lead nowhere: 本办法第三十条 of an instrument that ends with 第二十条.

A number is looked up, never guessed at. What belongs to an instrument that is not in the corpus is nobody's
business here, and neither is a bare 第X条 beside a reference to another instrument. Attachments: announced or referred
to but not in the file, in the file but never mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_qa.citing.find import find
from policy_qa.citing.grammar import Register
from policy_qa.citing.parts import inside, quoted
from policy_qa.citing.place import Owner
from policy_qa.citing.resolve import attachment_of
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.numerals import parse_number
from policy_qa.references import Reference, Resolver


def check_references(segmentation: Segmentation, corpus: Sequence[Segmentation]) -> Iterator[Draft]:
    """References to provisions that are not there, in the document itself or in another of the corpus."""
    resolver = Resolver([segmentation, *(s for s in corpus if s is not segmentation)])
    by_article = any(p.kind is Kind.ARTICLE for p in segmentation.articles)
    for provision in segmentation.articles:
        if provision.kind is not Kind.APPENDIX:
            for reference in resolver.references(segmentation, provision):
                if reference.missing and not reference.mention.unit.startswith("附"):  # attachments: by themselves
                    yield _dangling(reference, by_article=by_article)


def _dangling(reference: Reference, *, by_article: bool) -> Draft:
    mention = reference.mention
    inner = bool(mention.back) or any(place.inner for place in mention.places)
    certain = by_article and mention.owner is not Owner.BARE and not inner
    whose, holder = "本文", "this document"
    if mention.owner is Owner.TITLED:
        whose = holder = f"《{mention.title}》"
    elif mention.alone:
        whose, holder = "本条", "this article"
    return Draft(
        Check.DANGLING_REFERENCE,
        Severity.ERROR if certain else Severity.WARNING,
        (mention.start, mention.end),
        "nothing before" if mention.back and whose == "本文" else "",
        {"whose": whose, "holder": holder, "gone": reference.lacks, "found": reference.text},
    )


_N = "[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}"
#: 「附件：1.推荐表」 with the attachments one below the other, as the letter of an official document ends.
_ANNOUNCED = re.compile(
    rf"^[ \t\u3000]*(?:[-*][ \t]+)?附\s*件\s*[:：][ \t]*(?P<first>(?:{_N})[.．、][^\n]*)"
    rf"(?:\n+[ \t\u3000]*(?:{_N})[.．、][^\n]+)*",
    re.MULTILINE,
)
_ENTRY = re.compile(rf"(?:^|\n)[ \t\u3000]*(?P<n>{_N})[.．、]\s*(?P<name>[^\n]+)")
_ANY = re.compile(r"附\s*[件表录图]|附后|随文|后附")
_NUMBER = re.compile(rf"附\s*[件录]\s*({_N})")

#: So many attachments of a file are looked for by their titles.
_MOST = 200


@dataclass(frozen=True, slots=True)
class _Named:
    """An attachment as the text names it."""

    number: int
    start: int
    end: int
    announced: bool


def check_attachments(segmentation: Segmentation) -> Iterator[Draft]:
    """What is announced is in the file; what is in the file is mentioned."""
    text = segmentation.document.text
    there = [p for p in segmentation.articles if p.kind is Kind.APPENDIX]
    floor = min((p.start for p in there), default=len(text))
    numbers = {n for p in there if (n := attachment_of(p)) is not None} | _headings(segmentation)
    named = [*_announced(text), *_mentioned(text, floor)]
    reported: set[int] = set()
    for one in sorted(named, key=lambda n: (not n.announced, n.start)):
        if one.number in numbers or one.number in reported:
            continue
        reported.add(one.number)
        # With no attachment at all in the file, they are kept in files of their own.
        yield Draft(
            Check.MISSING_ATTACHMENT,
            Severity.WARNING if numbers else Severity.HINT,
            (one.start, one.end),
            "announced" if one.announced else "mentioned",
            {"what": f"附件{one.number}"},
        )
    if there and not _is_mentioned(text, there):
        yield _unmentioned(segmentation, there[0])
    elif len(there) > 1 and named:
        wanted = {n.number for n in named}
        for provision in there[:_MOST]:
            number = attachment_of(provision)
            if (
                number is not None
                and number not in wanted
                and not _is_named(text, provision)
                and _NUMBER.match(provision.label)
            ):
                yield _unmentioned(segmentation, provision)


def _headings(segmentation: Segmentation) -> set[int]:
    """Attachments whose heading is there, with nothing below it or with what became provisions of its own."""
    text = segmentation.document.text
    found = (_NUMBER.match(text[s.start : s.end].lstrip("#* ")) for s in segmentation.spans if s.kind == "heading")
    return {n for m in found if m and (n := parse_number(m.group(1)))}


def _announced(text: str) -> Iterator[_Named]:
    for match in _ANNOUNCED.finditer(text):
        begin = match.start("first")
        for entry in _ENTRY.finditer(text[begin : match.end()]):
            if number := parse_number(entry.group("n")):
                yield _Named(number, begin + entry.start("n"), begin + entry.end(), True)


def _mentioned(text: str, floor: int) -> Iterator[_Named]:
    foreign = quoted(text)
    if text.find("附", 0, floor) < 0:
        return
    for mention in find(text, Register.POLICY, 0, floor):
        if mention.unit == "附件" and not inside(foreign, mention.start):
            for number in dict.fromkeys(place.appendix or place.number for place in mention.places):
                yield _Named(number, mention.start, mention.end, False)


def _is_named(text: str, provision: Provision) -> bool:
    """Whether the text before an attachment has its title, as 「见《…推荐表》」 without a number."""
    line = text.find("\n", provision.start, provision.end)
    title = text[provision.start : line if line >= 0 else provision.end].strip(" \t\u3000#*|")
    return len(title) >= 4 and text.find(title, 0, provision.start) >= 0


def _is_mentioned(text: str, there: list[Provision]) -> bool:
    """Whether the text before the attachments' own headings speaks of any."""
    first = there[0]
    body = text[: first.start].rstrip(" \t\n\u3000#*：:")
    body = re.sub(r"附\s*+[件录表图]\s*+[0-9０-９一二三四五六七八九十]*+$", "", body)
    return bool(_ANY.search(body)) or any(_is_named(text, p) for p in there[:_MOST])


def _unmentioned(segmentation: Segmentation, provision: Provision) -> Draft:
    end = min(provision.end, provision.start + 20)
    line = segmentation.document.text.find("\n", provision.start, end)
    span = (provision.start, line if line > provision.start else end)
    return Draft(Check.UNMENTIONED_ATTACHMENT, Severity.HINT, span, words={"name": provision.label or "附件"})
