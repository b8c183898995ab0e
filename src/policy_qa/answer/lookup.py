"""Answers to questions that name a provision by number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policy_qa.answer.texts import say
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.numerals import to_han
from policy_qa.provisions.numbering import article_number, numbering
from policy_qa.retrieval.lookup import NumberRef, has_articles, inside, numbers_run_through, resolve
from policy_qa.retrieval.question import Question

_NEXT = re.compile(r"(下|后)一?[条章节项个]|\b(?:the )?next (?:article|one)\b")
_BEFORE = re.compile(r"(上|前)一[条章节项个]|\b(?:the )?previous (?:article|one)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """What the numbers of a question resolve to. `missing` tells, a line each, what is not there."""

    provisions: tuple[Provision, ...]
    missing: tuple[str, ...]


def look_up(
    question: Question, segmentations: Mapping[str, Segmentation], doc_ids: Sequence[str], lang: str
) -> Found | None:
    """Resolve the numbers that a question names; None where it names none.

    Without a document named, a number is looked up in every document that is numbered so. What a
    document doesn't have is said to be missing, never replaced by a neighbour.
    """
    if by_ref := _refs_in(question.text, segmentations):
        return Found(tuple(by_ref), ())
    numbers = _numbers(question)
    if not numbers:
        return None
    named = [d for d in doc_ids if d in segmentations]
    # 第七条 is that of the version in force; the others' only where the question or the caller names them.
    left_out = set(question.scope.left_out).difference(named)
    segmentations = {d: s for d, s in segmentations.items() if d not in left_out}
    provisions: list[Provision] = []
    missing: list[str] = []
    for number in numbers:
        if number.kind == "项":
            found = _item_of_previous(question, number, segmentations, named)
            if found is None:
                return None
        else:
            found = _resolve_all(number, segmentations, named)
        if not found:
            missing += _explain(number, segmentations, named, lang)
        provisions += found
    return Found(tuple(dict.fromkeys(provisions)), tuple(missing))


def _refs_in(text: str, segmentations: Mapping[str, Segmentation]) -> list[Provision]:
    """Provisions whose refs stand in a question, as staff paste them: yichun-cio#7.2."""
    out = []
    for doc_id, segmentation in segmentations.items():
        paths = re.findall(rf"(?<![\w-]){re.escape(doc_id)}#([\w.~-]*\w)", text)
        out += [p for path in paths for p in segmentation.provisions if p.path == path]
    return out


def _numbers(question: Question) -> tuple[NumberRef, ...]:
    if question.numbers:
        return question.numbers
    step = 1 if _NEXT.search(question.text) else -1 if _BEFORE.search(question.text) else 0
    earlier = question.follows
    while earlier and not earlier.numbers:
        earlier = earlier.follows
    if step and earlier:
        last = earlier.numbers[-1]
        return (replace(last, number=last.number + step, paragraph=0, item=0),)
    return ()


def _resolve_all(number: NumberRef, segmentations: Mapping[str, Segmentation], named: Sequence[str]) -> list[Provision]:
    if named:
        return [p for d in named for p in resolve(segmentations[d], number)]
    by_article = [s for s in segmentations.values() if number.kind not in ("条", "章") or has_articles(s)]
    found = [p for s in by_article for p in resolve(s, number)]
    return found or [p for s in segmentations.values() for p in resolve(s, number)]


def _item_of_previous(
    question: Question, number: NumberRef, segmentations: Mapping[str, Segmentation], named: Sequence[str]
) -> list[Provision] | None:
    """「第二项是什么」 after a question about 第七条; None where no article came before."""
    earlier = question.follows
    while earlier:
        if earlier.numbers and earlier.numbers[-1].kind != "项":
            whole = replace(earlier.numbers[-1], item=0, paragraph=0)
            earlier_named = [d for d in earlier.scope.doc_ids if d in segmentations]
            articles = _resolve_all(whole, segmentations, named or earlier_named)
            return [p for a in articles for p in inside(segmentations[a.doc_id], a, 0, number.item)]
        earlier = earlier.follows
    return None


def _explain(
    number: NumberRef, segmentations: Mapping[str, Segmentation], named: Sequence[str], lang: str
) -> list[str]:
    shown = number.shown
    if not named:
        return [say(lang, "no_number_anywhere", number=shown)]
    out = []
    for doc_id in named:
        segmentation = segmentations[doc_id]
        line = say(lang, "no_number", title=segmentation.document.title, number=shown)
        out.append(" ".join(filter(None, (line, _what_there_is(number, segmentation, lang)))).replace("。 ", "。"))
    return out


def _what_there_is(number: NumberRef, segmentation: Segmentation, lang: str) -> str:
    if number.kind != "条" or number.item or number.paragraph:
        return ""
    if not has_articles(segmentation):
        return "" if numbers_run_through(segmentation) else say(lang, "no_articles")
    numbers = [article_number(p) or 0 for p in segmentation.articles if p.kind is Kind.ARTICLE]
    gaps = numbering(segmentation).missing
    values = {"last": to_han(max(numbers)), "last_number": str(max(numbers))}
    if gaps:
        missing = TEXT_SEP[lang].join(f"第{to_han(n)}条" if lang == "zh" else str(n) for n in gaps[:5])
        return say(lang, "has_articles", missing=missing, **values)
    return say(lang, "has_articles_whole", **values)


TEXT_SEP = {"zh": "、", "en": ", "}
