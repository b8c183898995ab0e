"""Questions that the documents on file are likely to answer, made of their own headings, values and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest

from policy_qa.datamodels import Kind, Segmentation
from policy_qa.naming.institutions import institution_of
from policy_qa.provisions.refs import heading_words
from policy_qa.values import ValueKind, values_in

#: A heading is short enough to be a topic, and of words alone.
_TOPIC = re.compile(r"[\u4e00-\u9fff]{3,14}")
#: The noun right before a value: 任期3年.
_NOUN = re.compile(r"(?:^|[，、；：。（\s])([\u4e00-\u9fff]{2,6})$")
#: How a value of a kind is asked for; grammar, the same in every subject.
_ASKED: Mapping[ValueKind, str] = {ValueKind.DURATION: "多久", ValueKind.MONEY: "多少钱", ValueKind.AGE: "多大"}

#: So many documents are looked at, and so many questions of a sort are tried.
_DOCUMENTS, _TRIED = 12, 8

#: (question, doc_id) of what a question is about.
Example = tuple[str, str]


def examples(
    segmentations: Sequence[Segmentation], is_noun: Callable[[str], bool], answers: Callable[[Example], bool]
) -> tuple[str, ...]:
    """A few questions of each sort, on one document after the other, each of which `answers` has found answered."""
    sorts = ((3, _topics), (1, lambda s: _values(s, is_noun)), (1, _numbers), (1, _outlines))
    out: list[str] = []
    for count, make in sorts:
        each = (_of(segmentation, make) for segmentation in segmentations[:_DOCUMENTS])
        in_turn = filter(None, chain.from_iterable(zip_longest(*each)))
        answered = (question for question, doc_id in islice(in_turn, _TRIED) if answers((question, doc_id)))
        out += islice(answered, count)
    return tuple(out)


def _of(segmentation: Segmentation, make: Callable[[Segmentation], Iterator[str]]) -> Iterator[Example]:
    return ((question, segmentation.document.doc_id) for question in make(segmentation))


def _name(segmentation: Segmentation) -> str:
    return institution_of(segmentation.document) or f"《{segmentation.document.title}》"


def _topics(segmentation: Segmentation) -> Iterator[str]:
    """What the middle chapters or sections rule; the first and the last introduce and close."""
    heads = [a.headings[0] for a in segmentation.articles if a.headings]
    topics = list(dict.fromkeys(heading_words(h) for h in heads))
    for topic in topics[1:-1]:
        if _TOPIC.fullmatch(topic):
            yield f"{_name(segmentation)}对{topic}有什么规定？"


def _values(segmentation: Segmentation, is_noun: Callable[[str], bool]) -> Iterator[str]:
    """What a value is of, where a noun stands right before it."""
    for article in segmentation.articles:
        text = segmentation.text_of(article)
        for value in values_in(text):
            noun = _NOUN.search(text[: value.start]) if value.kind in _ASKED else None
            if noun and is_noun(noun.group(1)):
                yield f"{_name(segmentation)}规定的{noun.group(1)}是{_ASKED[value.kind]}？"


def _numbers(segmentation: Segmentation) -> Iterator[str]:
    """What an article rules; the first says what the text is for."""
    for article in [a for a in segmentation.articles if a.kind is Kind.ARTICLE][1:]:
        yield f"《{segmentation.document.title}》{article.label.strip()}规定了什么？"


def _outlines(segmentation: Segmentation) -> Iterator[str]:
    yield f"《{segmentation.document.title}》讲了什么？"
