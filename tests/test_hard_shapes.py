"""Texts made to be slow (hard_shapes.py) through every entry: processor time, and that it grows with the text alone.

The shapes are small here; at 1 MB they run in `make test-long`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cache

import pytest

from hard_shapes import shapes
from policy_qa.check import Checker
from policy_qa.datamodels import Document, Segmentation
from policy_qa.diff import compare
from policy_qa.documents.extracted import describe
from policy_qa.errors import SourceError, UsageError
from policy_qa.index import bigrams, lexical
from policy_qa.lint import lint
from policy_qa.passages import passages_of
from policy_qa.pipeline import MAX_QUESTION, Pipeline
from policy_qa.provisions import segment
from policy_qa.words import Segmenter

pytestmark = pytest.mark.alone

Entry = Callable[[str], object]
MB = 1_000_000
#: Seconds of processor time that 1 MB may take, and what a small shape may take beside that on a busy machine.
ALLOWED, FLOOR = 2.0, 0.5
LINE = "第一条 学校应当设立首席信息官。\n"


def document(text: str) -> Document:
    return describe(text, doc_id="hard", source="hard.txt", sha256="")


def varied(text: str) -> str:
    """The text with words put in at its start and in its middle."""
    middle = len(text) // 2
    return f"第一条 变化，{text[:middle]}变化{text[middle:]}"


def slow(
    entry: Entry, size: int, prepare: Callable[[str], object] = str, allowed: float | None = None, every: int = 1
) -> list[str]:
    """The shapes that take an entry longer than it may; one that does is tried again, for the machine's sake.

    Below 1 MB only one shape in `every` is tried. What the entry takes for a line of a policy, whatever its length
    (word lists that are read through), is not the shape's.
    """
    line = prepare(LINE)
    entry(line)
    allowed = (allowed or max(FLOOR, ALLOWED * size / MB)) * slowness() + _seconds(entry, line)
    out = []
    for number, (name, text) in enumerate(shapes(size)):
        if size < MB and number % every:
            continue
        given = prepare(text)
        took = _seconds(entry, given)
        if took > allowed:
            took = min(_seconds(entry, given) for _ in range(2))
        if took > allowed:
            out.append(f"{name}: {took:.2f} s")
    return out


@cache
def slowness() -> float:
    """How many times slower this machine is than the one that the limits were set on, 1 where it is none."""
    return max(1.0, min(_seconds(sum, range(5_000_000)) for _ in range(3)) / 0.1)


def _seconds(entry: Callable[..., object], given: object) -> float:
    started = time.process_time()
    entry(given)
    return time.process_time() - started


@pytest.fixture(scope="module")
def words() -> Segmenter:
    found = Segmenter()
    found.spans("学校应当")  # the dictionary is read now
    return found


@pytest.fixture(scope="module")
def checker(segmentations: Mapping[str, Segmentation], words: Segmenter) -> Checker:
    found = Checker(segmentations, words)
    found.check(document("根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条，任期3年，「可连聘连任」。"))
    return found


def _small_or_whole(small: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "size", [pytest.param(small, id="small"), pytest.param(MB, id="1 MB", marks=pytest.mark.long)]
    )


@_small_or_whole(40_000)
def test_segment(size: int) -> None:
    assert not slow(lambda text: segment(document(text)), size)


@_small_or_whole(12_000)
def test_lint(size: int, segmentations: Mapping[str, Segmentation]) -> None:
    held = list(segmentations.values())
    lint(held[0], held)  # what is read once
    assert not slow(lambda s: lint(s, held), size, lambda text: segment(document(text)), every=2)  # type: ignore[arg-type]


@_small_or_whole(4_000)
def test_diff(size: int, words: Segmenter) -> None:
    def pair(text: str) -> tuple[Segmentation, Segmentation]:
        return segment(document(text)), segment(document(varied(text)))

    assert not slow(
        lambda p: compare(p[0], p[1], words), size, pair, allowed=max(FLOOR, 2 * ALLOWED * size / MB), every=4
    )  # type: ignore[arg-type]


def test_check_small(checker: Checker) -> None:
    """A draft of a few pages; what it says in vain must not take longer than what it says of rules."""
    assert not slow(lambda d: checker.check(d), 3_000, document, allowed=1.5, every=2)  # type: ignore[arg-type]


def test_a_draft_without_end_is_refused(checker: Checker) -> None:
    for text in ("第一条" + " " * MB + "x", "学" * (MB // 3), "“" * (MB // 3)):
        with pytest.raises(SourceError, match=r"at most 200,000 characters, found .*in parts"):
            checker.check(document(text))
    with pytest.raises(SourceError, match="at most 2,000 citations"):
        checker.check(document("根据《教育法》第一条，" * 2_500))
    with pytest.raises(SourceError, match="at most 2,000 quotations"):
        checker.check(document("“学校应当管理”。" * 2_500))


@_small_or_whole(20_000)
def test_a_file_of_the_corpus(size: int) -> None:
    """What a build does with a file beside embedding it: provisions, passages, the lexical side."""

    def built(text: str) -> None:
        found = [segment(document(text))]
        passages = [p for s in found for p in passages_of(s, count_tokens=len, limit=512)]
        lexical.dump(found, passages)
        if passages:
            bigrams.dump(found)

    assert not slow(built, size, allowed=max(FLOOR, 6 * size / MB), every=3)


@pytest.mark.slow
@pytest.mark.long
def test_ask_at_the_limit(pipeline: Pipeline) -> None:
    out = []
    for name, text in shapes(3 * MAX_QUESTION):
        question = f"校长{text}"[:MAX_QUESTION]
        started = time.process_time()
        pipeline.ask(question)
        if (took := time.process_time() - started) > ALLOWED:
            out.append(f"{name}: {took:.2f} s")
    assert not out


@pytest.mark.slow
def test_a_question_beyond_the_limit_is_told_so(pipeline: Pipeline) -> None:
    for _, text in shapes(MB // 4):
        # What is left of it without control characters and blank ends is what counts.
        kept = "".join(c if c.isprintable() else " " for c in text).strip()
        if any(c.isalnum() for c in kept) and len(kept) > MAX_QUESTION:
            with pytest.raises(UsageError):
                pipeline.ask(text)
