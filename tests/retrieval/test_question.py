"""What a question asks, and what a follow-up takes from the one before."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy_qa.citing.place import Place
from policy_qa.datamodels import Segmentation
from policy_qa.index import lexical
from policy_qa.naming.scope import ScopeFinder
from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.question import Analyzer, language
from policy_qa.words import Segmenter, bodies_of

TERM = "宜春学院CIO的任期是几年？"


@pytest.fixture(scope="module")
def analyzer(segmentations: Mapping[str, Segmentation], lexical_files: Mapping[str, bytes]) -> Analyzer:
    index = lexical.load(lexical_files)
    finder = ScopeFinder([s.document for s in segmentations.values()], index.places)
    return Analyzer(index, Segmenter(index.terms), finder, lambda: bodies_of(segmentations.values()), Glossary)


def test_the_words_that_a_word_stands_for(analyzer: Analyzer) -> None:
    ((word, *_),) = analyzer.meanings(analyzer.analyze("任期"))
    assert word == "任期"
    assert any("任期" in words for words in analyzer.meanings(analyzer.analyze("What is the term of office?")))


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("谁可以担任CIO？", "zh"),
        ("who can serve as CIO?", "en"),
        ("CIO任期", "zh"),
        ("What does 宜春学院 say about the term?", "en"),
        ("", "zh"),
    ],
)
def test_language(text: str, lang: str) -> None:
    assert language(text) == lang


def test_a_question_by_itself(analyzer: Analyzer) -> None:
    found = analyzer.analyze(TERM)
    assert (found.text, found.lang, found.scope.doc_ids) == (TERM, "zh", ("yichun-cio",))
    assert (found.numbers, found.follows) == ((), None)
    assert "任期" in [t.text for t in found.terms]
    assert found.wanted == wanted("几年")
    assert all(t.weight > 0 and not t.carried for t in found.terms)
    assert all(0 < strength <= 1 for t in found.terms for strength in t.matches.values())
    assert "宜春" not in found.dense_text


def test_numbers_inside_a_title_name_no_provision(analyzer: Analyzer) -> None:
    assert analyzer.analyze("《关于执行第七条的通知》说了什么").numbers == ()
    assert analyzer.analyze("宜春学院第七条").numbers == (Place(kind="条", number=7),)


def test_the_same_matter_elsewhere(analyzer: Analyzer) -> None:
    found = analyzer.analyze("贺兰呢？", [TERM])
    assert found.scope.doc_ids == ("helan-cio",)
    assert "任期" in [t.text for t in found.terms]
    assert found.wanted == wanted("几年")
    assert "任期" in found.dense_text


def test_another_matter_in_the_same_place(analyzer: Analyzer) -> None:
    found = analyzer.analyze("由谁提名？", [TERM])
    assert found.scope.doc_ids == ("yichun-cio",)
    assert "提名" in [t.text for t in found.terms if not t.carried]


@pytest.mark.parametrize(
    ("before", "own", "read", "alone"),
    [
        # What only takes a word's place asks nothing alone.
        ("任期三年能连任吗", "五年呢", "任期五年能连任吗", False),
        ("任期三年能连任吗", "要是五年呢", "任期五年能连任吗", False),
        ("校长能担任吗", "副校长呢", "副校长能担任吗", False),
        ("年度考核要做什么", "那专项考核呢", "年度考核要做什么 那专项考核呢", True),  # 考核 is the same
        # What asks for itself stands beside what was asked; so does what has a part left.
        ("任期三年能连任吗", "考核五年一次的由谁考核", "任期三年能连任吗 考核五年一次的由谁考核", True),
        ("任期三年能连任吗", "五年，考核不合格呢", "任期五年能连任吗 考核不合格呢", True),
        # Two of a kind: nobody can say which is meant.
        ("任期三年和五年有何区别", "四年呢", "任期三年和五年有何区别 四年呢", True),
    ],
)
def test_what_takes_the_place_of_what_was_said(
    analyzer: Analyzer, before: str, own: str, read: str, alone: bool
) -> None:
    found = analyzer.analyze(own, [before])
    assert found.dense_text == read
    assert (found.alone is not None) == alone


def test_a_word_whose_place_was_taken_is_no_longer_searched(analyzer: Analyzer) -> None:
    words = [t.text for t in analyzer.analyze("副校长呢", ["校长能担任吗"]).terms]
    assert "副校长" in words
    assert "校长" not in words


def test_two_steps_back(analyzer: Analyzer) -> None:
    found = analyzer.analyze("焦作呢？", [TERM, "贺兰呢？"])
    assert found.scope.doc_ids == ("jiaozuo-cio",)
    assert "任期" in [t.text for t in found.terms]


def test_all_schools_after_one(analyzer: Analyzer) -> None:
    found = analyzer.analyze("各校分别怎么规定任期？", [TERM])
    assert (found.scope.doc_ids, found.scope.every) == ((), True)


@pytest.mark.parametrize(
    ("turn", "history", "names"),
    [
        ("两家由谁提名", [TERM, "贺兰呢？"], ("yichun-cio", "helan-cio")),
        ("哪家更长", ["宜春学院和焦作市的任期"], ("yichun-cio", "jiaozuo-cio")),
        ("两家由谁提名", [TERM], ()),
        ("各校由谁提名", [TERM, "贺兰呢？"], ()),
    ],
)
def test_two_of_them_are_those_that_were_named(
    analyzer: Analyzer, turn: str, history: list[str], names: tuple[str, ...]
) -> None:
    found = analyzer.analyze(turn, history).scope
    assert (found.doc_ids, found.every) == (names, not names)


def test_a_school_that_is_not_on_file_after_one_that_is(analyzer: Analyzer) -> None:
    found = analyzer.analyze("清华大学呢？", [TERM])
    assert (found.scope.doc_ids, found.scope.unknown) == ((), ("清华大学",))


def test_a_follow_up_in_english(analyzer: Analyzer) -> None:
    found = analyzer.analyze("What about Helan?", ["How long is the term of the CIO at Yichun University?"])
    assert (found.lang, found.scope.doc_ids) == ("en", ("helan-cio",))
    assert found.wanted == wanted("几年")


@pytest.mark.parametrize(
    "text",
    ["?", "的", "🙂", "a", "第", "x" * 2000, "任期" * 1000, "<script>alert(1)</script>", "\\d+(.*)[", "%s {0} {x}"],
)
def test_odd_questions_are_understood_as_something(analyzer: Analyzer, text: str) -> None:
    found = analyzer.analyze(text, [text])
    assert found.text == text
    assert all(t.weight > 0 for t in found.terms)


def test_the_end_of_a_word_is_no_abbreviation(analyzer: Analyzer) -> None:
    terms = [t.text for t in analyzer.analyze("信息化工作组的组长是谁担任").terms]
    assert "工作组" in terms
    assert not any(t.startswith("作组") for t in terms)


@pytest.mark.parametrize("asking", ["多长时间", "多久", "多长"])
def test_what_asks_for_a_measure_is_no_matter_asked_about(analyzer: Analyzer, asking: str) -> None:
    terms = [t.text for t in analyzer.analyze(f"一届任期{asking}").terms]
    assert "任期" in terms
    assert not any(t.startswith("多") for t in terms)
