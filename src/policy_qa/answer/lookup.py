"""Answers to questions that name a provision by number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policy_qa.answer.phrases import say
from policy_qa.citing.place import Place
from policy_qa.citing.resolve import has_articles, numbers_run_through, resolve
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.naming.instruments import titled
from policy_qa.numerals import to_han
from policy_qa.provisions.numbering import series_of
from policy_qa.retrieval.question import Question

_REF = re.compile(r"(?P<before>[^#]{1,120})#(?P<path>[\w.~-]*\w)")
#: Between two such characters no doc_id begins; Chinese runs into Latin letters and digits without a space.
_ONE_WORD = re.compile(r"[a-zA-Z0-9_-].|\w[^\x00-\x7f]", re.DOTALL)
#: A number that no document is named for is cited from so many at most, and offered from others where there are no
#: more on file: nobody reads a thousand.
_MOST = 10
_NAMED_BEST = 3
_NEXT = re.compile(r"(下|后)一?[条章节项个]|\b(?:the )?next (?:article|one)\b")
_BEFORE = re.compile(r"(上|前)一[条章节项个]|\b(?:the )?previous (?:article|one)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """What the numbers of a question resolve to. `missing` tells, a line each, what is not there.

    `by_ref` tells that refs stand in the question, which name their document themselves; `asks` that a number alone
    stands in more documents than can be read, so that it is asked back which is meant.
    """

    provisions: tuple[Provision, ...]
    missing: tuple[str, ...]
    by_ref: bool = False
    asks: bool = False


def look_up(
    question: Question,
    segmentations: Mapping[str, Segmentation],
    doc_ids: Sequence[str],
    lang: str,
    likely: Sequence[str] = (),
) -> Found | None:
    """Resolve the numbers that a question names; None where it names none.

    Without a document named, a number is looked up in every document that is numbered so. Where these, or those of an
    institution that is named, are more than can be read, those of `likely`, best first, that have it are taken if the
    question says anything else, and the others are counted; a bare number is asked back. What a document doesn't have
    is said to be missing, never replaced by a neighbour.
    """
    if by_ref := _refs_in(question.text, segmentations):
        return Found(tuple(by_ref), (), by_ref=True)
    numbers = _numbers(question)
    if not numbers:
        return None
    named = [d for d in doc_ids if d in segmentations]
    # 第七条 is that of the version in force; the others' only where the question or the caller names them.
    left_out = set(question.scope.left_out).difference(named)
    segmentations = {d: s for d, s in segmentations.items() if d not in left_out}
    provisions: list[Provision] = []
    missing: list[str] = []
    asks = False
    for number in numbers:
        if number.alone:
            found = _item_of_previous(question, number, segmentations, named)
            if found is None:
                return None
        else:
            found = _resolve_all(number, segmentations, named, question.scope.instruments)
        holders = dict.fromkeys(p.doc_id for p in found)
        if len(holders) > _MOST:
            kept = [d for d in dict.fromkeys(likely) if d in holders][:_MOST] if question.terms else []
            missing.append(_too_many(number, segmentations, list(holders), kept, lang))
            asks = asks or not kept
            found = [p for p in found if p.doc_id in kept]
        elif not found:
            missing += _explain(number, segmentations, named, lang, question.scope.instruments)
        provisions += found
    return Found(tuple(dict.fromkeys(provisions)), tuple(missing), asks=asks and not provisions)


def _refs_in(text: str, segmentations: Mapping[str, Segmentation]) -> list[Provision]:
    """Provisions whose refs stand in a question, as staff paste them: yichun-cio#7.2."""
    out: list[Provision] = []
    for match in _REF.finditer(text):
        # A doc_id may hold anything that a file name may: the longest that ends here is meant.
        before = text[match.start("before") : match.end("before")]
        ids = (before[i:] for i in range(len(before)) if i == 0 or not _ONE_WORD.match(before, i - 1))
        if doc_id := next((d for d in ids if d in segmentations), ""):
            out += filter(None, [segmentations[doc_id].at(match.group("path"))])
    return out


def _numbers(question: Question) -> tuple[Place, ...]:
    if question.numbers:
        return question.numbers
    step = 1 if _NEXT.search(question.text) else -1 if _BEFORE.search(question.text) else 0
    earlier = question.follows
    while earlier and not earlier.numbers:
        earlier = earlier.follows
    if step and earlier:
        last = earlier.numbers[-1]
        return (replace(last.whole, number=last.number + step),)
    return ()


def _resolve_all(
    number: Place,
    segmentations: Mapping[str, Segmentation],
    named: Sequence[str],
    instruments: Sequence[tuple[str, str]] = (),
) -> list[Provision]:
    if named:
        out: list[Provision] = []
        for doc_id in named:
            titles = [title for d, title in instruments if d == doc_id]
            for pool in [titled(segmentations[doc_id], t) for t in titles] or [segmentations[doc_id].articles]:
                out += resolve(segmentations[doc_id], number, pool)
        return out
    by_article = [s for s in segmentations.values() if number.kind not in ("条", "章") or has_articles(s)]
    found = [p for s in by_article for p in resolve(s, number)]
    return found or [p for s in segmentations.values() for p in resolve(s, number)]


def _item_of_previous(
    question: Question, number: Place, segmentations: Mapping[str, Segmentation], named: Sequence[str]
) -> list[Provision] | None:
    """「第二项是什么」 after a question about 第七条; None where no article came before."""
    earlier = question.follows
    while earlier:
        if earlier.numbers and not earlier.numbers[-1].alone:
            earlier_named = [d for d in earlier.scope.doc_ids if d in segmentations]
            return _resolve_all(number.inside(earlier.numbers[-1]), segmentations, named or earlier_named)
        earlier = earlier.follows
    return None


def _too_many(
    number: Place, segmentations: Mapping[str, Segmentation], holders: Sequence[str], kept: Sequence[str], lang: str
) -> str:
    """How many documents have the number, and how to say which is meant."""
    if kept:
        return say(lang, "number_elsewhere", number=number.shown, count=str(len(holders) - len(kept)))
    titles = [segmentations[d].document.title for d in holders[:_NAMED_BEST]]
    names = TEXT_SEP[lang].join(f"《{title}》" for title in titles)
    return say(lang, "number_everywhere", number=number.shown, count=str(len(holders)), names=names, title=titles[0])


def _explain(
    number: Place,
    segmentations: Mapping[str, Segmentation],
    named: Sequence[str],
    lang: str,
    instruments: Sequence[tuple[str, str]] = (),
) -> list[str]:
    shown = number.shown
    if not named:
        return [say(lang, "no_number_anywhere", number=shown)]
    if len(named) > _MOST:
        return [say(lang, "no_number_among", number=shown, count=str(len(named)))]
    out = []
    for doc_id in named:
        segmentation = segmentations[doc_id]
        titles = [title for d, title in instruments if d == doc_id]
        for title in titles or [segmentation.document.title]:
            line = say(lang, "no_number", title=title, number=shown)
            there = "" if titles else what_there_is(number, segmentation, lang)
            out.append(" ".join(filter(None, (line, there))).replace("。 ", "。"))
    few = {
        d: s for d, s in segmentations.items() if d not in named and len(segmentations) <= _MOST and not number.inner
    }
    if others := [s.document.title for s in few.values() if resolve(s, number)]:
        names = TEXT_SEP[lang].join(f"《{title}》" for title in others[:_NAMED_BEST])
        out.append(say(lang, "number_in", number=shown, count=str(len(others)), names=names))
    return out


def what_there_is(number: Place, segmentation: Segmentation, lang: str) -> str:
    """What numbers a document has in place of one that is not there; empty where that says nothing.

    「它的条文从第一条到第九条，其中缺第四条。」, and of an article that is there its 款 or 项.
    """
    whole = number.whole
    if number.sub and resolve(segmentation, replace(whole, sub=0)) and not resolve(segmentation, whole):
        return say(lang, "no_sub", article=replace(whole, sub=0).shown, number=whole.shown)
    if number.kind == "条" and number.inner:
        return _what_the_article_has(number, segmentation, lang)
    if number.kind != "条" or number.appendix or number.within:
        return ""
    if not has_articles(segmentation):
        return "" if numbers_run_through(segmentation) else say(lang, "no_articles")
    numbers = next((s.numbers for s in series_of(segmentation) if s.by_article and s.numbers), ())
    if not numbers:
        return ""
    gaps = sorted(set(range(1, max(numbers))).difference(numbers))
    values = {"last": to_han(max(numbers)), "last_number": str(max(numbers))}
    if gaps:
        missing = TEXT_SEP[lang].join(f"第{to_han(n)}条" if lang == "zh" else str(n) for n in gaps[:5])
        return say(lang, "has_articles", missing=missing, **values)
    return say(lang, "has_articles_whole", **values)


def _what_the_article_has(number: Place, segmentation: Segmentation, lang: str) -> str:
    """「它的第七条有2项。」 of an article that is there but has not so many."""
    whole = resolve(segmentation, number.whole)
    if not whole or number.row or number.subitem:
        return ""
    kind = Kind.ITEM if number.item else Kind.PARAGRAPH
    count = len(segmentation.children(whole[0], kind))
    if not count and kind is Kind.ITEM:
        return say(lang, "no_items", article=number.whole.shown)
    return say(lang, "has_parts", article=number.whole.shown, count=str(max(count, 1)), kind=kind.value)


TEXT_SEP = {"zh": "、", "en": ", "}
