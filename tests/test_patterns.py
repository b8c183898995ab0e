"""No pattern grows faster than its text: each is run on texts made from itself to be hard for it (pattern_probe.py)."""

from __future__ import annotations

import re

import pytest

from pattern_probe import Used, all_patterns, filled, grows, seconds
from policy_qa.pipeline import MAX_QUESTION

#: Rooms that read what is short by itself: a question, a title, a line of a page, a sentence of a model's answer.
#: Their patterns need not be linear, but quick on the longest that can come.
SHORT = (
    "policy_qa.retrieval",
    "policy_qa.compare",
    "policy_qa.model",
    "policy_qa.page",
    "policy_qa.evaluation",
    "policy_qa.facts.wanted_versions",
    "policy_qa.facts.head",
    "policy_qa.facts.same",
    "policy_qa.facts.shelf",
    "policy_qa.facts.catalogue",
    "policy_qa.documents.pdf",
    "policy_qa.documents.web",
    "policy_qa.documents.word",
    "policy_qa.index.english",
    *(f"policy_qa.naming.{part}" for part in ("drafts", "institutions", "register", "scope", "strangers", "titles")),
    "policy_qa.verify",
    "policy_qa.answer",
    "policy_qa.check.owners._BETWEEN",  # six characters before a number
)
#: Applied by `match` alone, at the heads of lines: their tables don't say so by themselves.
AT_HEADS = ("policy_qa.provisions.labels", "policy_qa.provisions.parser", "policy_qa.lint")


@pytest.fixture(scope="module")
def patterns() -> list[Used]:
    found = all_patterns()
    assert len(found) > 500
    return found


def _hard(used: Used, most: int) -> list[tuple[str, str, str]]:
    """Some of a pattern's hard texts, spread over all of them."""
    return list(used.hard[:: max(1, len(used.hard) // most)])


def test_patterns_over_whole_texts_are_linear(patterns: list[Used]) -> None:
    slow = []
    for used in patterns:
        if used.where.startswith(SHORT) or not used.methods:
            continue
        if used.where.startswith(AT_HEADS) and len(used.methods) == 3:
            used = Used(where=used.where, pattern=used.pattern, methods=("match",))
        found = next((s for s in _hard(used, 6) if grows(used, s, 4_000, 0.015)), None)
        if found:
            slow.append(f"{used.where} {used.pattern.pattern[:60]!r} on {found}")
    assert not slow, "\n".join(slow)


@pytest.mark.long
def test_patterns_over_short_texts_are_quick(patterns: list[Used]) -> None:
    slow = []
    for used in patterns:
        if not used.where.startswith(SHORT):
            continue
        for shape in _hard(used, 12):
            text = filled(*shape, MAX_QUESTION)
            if seconds(used, text) > 0.1 and min(seconds(used, text) for _ in range(3)) > 0.1:
                slow.append(f"{used.where} {used.pattern.pattern[:60]!r} on {shape}")
                break
    assert not slow, "\n".join(slow)


def test_the_probe_finds_a_pattern_that_grows() -> None:
    """The pattern that let a draft of one kilobyte stop the server, and what it became."""
    before = Used(
        where="", pattern=re.compile(r"第\s*一\s*条(?:\s*的?\s*第\s*一\s*款)?(?:\s*的?\s*项)?x"), methods=("search",)
    )
    after = Used(where="", pattern=re.compile(before.pattern.pattern.replace(r"\s*", r"\s*+")), methods=("search",))
    assert any(grows(before, shape, 4_000, 0.015) for shape in before.hard)
    assert not any(grows(after, shape, 4_000, 0.015) for shape in after.hard)
