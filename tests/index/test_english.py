"""English words to those of the corpus."""

from __future__ import annotations

import doctest
import json
from collections.abc import Mapping

import pytest

from policy_qa.index import english
from policy_qa.index.english import english_words, glossary, stems, translate


def test_stems() -> None:
    assert stems("What are the duties of the Officers?") == ["duti", "offic"]
    assert stems("首席信息官") == []
    assert doctest.testmod(english).failed == 0


def test_only_words_of_the_vocabulary_are_kept() -> None:
    found = english_words(["任期", "经费", "网络"])
    assert {w for words in found.values() for w in words} <= {"任期", "经费", "网络"}
    assert "网络" in found["network"]
    assert english_words([]) == {}


def test_the_four_policies_can_be_asked_in_english(lexical_files: Mapping[str, bytes]) -> None:
    table: Mapping[str, list[str]] = json.loads(lexical_files["english.json"])
    for question, word in (
        ("How long is the term of office?", "任期"),
        ("Who nominates the CIO?", "提名"),
        ("Which funds are there?", "经费"),
        ("How are teachers trained?", "培训"),
    ):
        assert word in {w for words in translate(question, table).values() for w in words}, question


def test_a_longer_phrase_uses_up_its_stems() -> None:
    phrase = next(key for key in glossary() if len(key.split()) == 2)
    table = {phrase: ["甲"], phrase.split()[0]: ["乙"], phrase.split()[1]: ["丙"]}
    assert translate(phrase, table) == {phrase: ("甲",)}


def test_a_word_that_nothing_translates_is_told() -> None:
    assert translate("zeppelin network", {"network": ["网络"]}) == {"network": ("网络",), "zeppelin": ()}


@pytest.mark.parametrize("text", ["", "the of and", "谁可以担任？"])
def test_nothing_to_translate(text: str) -> None:
    assert translate(text, {"network": ["网络"]}) == {}


def test_the_glossary_is_sound() -> None:
    assert len(glossary()) > 50
    for key, words in glossary().items():
        assert key == " ".join(sorted(set(key.split())))
        assert words
