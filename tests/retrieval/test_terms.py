"""What each word of a question counts, what it matches, and what a follow-up takes over, by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.index import lexical
from policy_qa.naming.institutions import shortens
from policy_qa.naming.scope import ScopeFinder
from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.question import Analyzer, Question, Term, _of_kind, _squeeze
from policy_qa.words import Segmenter, bodies_of
from samples import cut

TERM = "宜春学院CIO的任期是几年？"
#: Words of jieba's dictionary together.
ALL_WORDS = 60_101_967


class Understood:
    """The analyzer of the four policies with the index that it reads."""

    def __init__(self, segmentations: Sequence[Segmentation], files: Mapping[str, bytes]) -> None:
        self.index = lexical.load(files)
        self.segmenter = Segmenter(self.index.terms)
        finder = ScopeFinder([s.document for s in segmentations], self.index.places)
        self.analyzer = Analyzer(self.index, self.segmenter, finder, lambda: bodies_of(segmentations), Glossary)

    def terms(self, text: str, *history: str) -> dict[str, Term]:
        return {t.text: t for t in self(text, *history).terms}

    def __call__(self, text: str, *history: str) -> Question:
        return self.analyzer.analyze(text, history)

    def id(self, word: str) -> int:
        return self.index.vocabulary[word]

    def idf(self, word: str) -> float:
        return float(self.index.idf[self.id(word)])

    def common(self, word: str) -> float:
        """1 for a word that stands ten times less than once in all text, less the more usual it is."""
        frequency = self.segmenter.frequency(word)
        return math.log(ALL_WORDS / (frequency + 10)) / math.log(ALL_WORDS / 10)


@pytest.fixture(scope="module")
def understood(segmentations: Mapping[str, Segmentation], lexical_files: Mapping[str, bytes]) -> Understood:
    return Understood(list(segmentations.values()), lexical_files)


@cache
def small() -> tuple[lexical.LexicalIndex, Segmenter]:
    rules = cut("某校办法\n第一条 委员会由校长任命。\n第二条 任期三年。\n", "x")
    return lexical.load(lexical.dump([rules], [])), Segmenter(["员会"])


def analyzer_of(*bodies: str) -> Analyzer:
    """One of a small index that knows these bodies."""
    return Analyzer(*small(), ScopeFinder([], frozenset()), lambda: bodies, Glossary)


@pytest.mark.parametrize(
    ("word", "shares"),
    [
        # Itself 1; a part .6 by its share of the characters; .7 for the words that it is in.
        ("任期", {"任期": 1.0}),
        ("办公室", {"办公室": 1.0, "办公": 0.4, "公室": 0.4}),
        ("领导小组", {"领导小组": 1.0, "领导": 0.3, "小组": 0.3}),
        ("信息官", {"信息官": 1.0, "信息": 0.4}),
        ("考核", {"考核": 1.0}),
        ("津贴", {}),
        ("治理", {"治理": 1.0}),
    ],
)
def test_what_a_word_matches(understood: Understood, word: str, shares: dict[str, float]) -> None:
    matches = understood.terms(word)[word].matches
    known = {w: s for w, s in shares.items() if w in understood.index.vocabulary}
    assert {w: matches.get(understood.id(w)) for w in known} == pytest.approx(known)
    assert set(matches) == {understood.id(w) for w in known}


def test_a_part_stands_for_the_words_that_it_is_in() -> None:
    index, _ = small()
    (term,) = analyzer_of().analyze("员会").terms
    assert term.matches == {index.vocabulary["委员会"]: 0.7}


@pytest.mark.parametrize(
    ("word", "rarity", "kind"),
    [
        ("任期", "任期", 1.0),  # n
        ("考核", "考核", 1.0),  # vn
        ("任职", "任职", 0.7),  # v
        ("学校", "学校", 1.0),
        ("主任", "主任", 0.7),  # b
    ],
)
def test_the_weight_of_a_known_word(understood: Understood, word: str, rarity: str, kind: float) -> None:
    weight = understood.terms(f"{word}几年")[word].weight
    assert weight == pytest.approx(understood.idf(rarity) * understood.common(word) * kind)


def test_the_weight_of_an_unknown_word_is_that_of_the_rarest(understood: Understood) -> None:
    rarest = float(understood.index.idf.max())
    terms = understood.terms("津贴和用")
    assert terms["津贴"].weight == pytest.approx(rarest * understood.common("津贴"))
    # One character counts half, a preposition a quarter.
    assert terms["用"].weight == pytest.approx(rarest * understood.common("用") * 0.5 * 0.25)


def test_no_word_counts_nothing(understood: Understood) -> None:
    assert all(t.weight >= 0.05 for t in understood("年的了和在上下很最就也都与及或一年了").terms)
    assert min(t.weight for t in understood("各学校要在工作中").terms) >= 0.05


def test_an_english_word_counts_what_its_rarest_translation_does_not(understood: Understood) -> None:
    terms = understood.terms("How long is the term of the CIO, and its salary?")
    words = [w for w, i in understood.index.vocabulary.items() if i in terms["term"].matches]
    assert "任期" in words
    assert set(terms["term"].matches.values()) == {0.8}
    assert terms["term"].weight == pytest.approx(min(understood.idf(w) for w in words))
    usual = understood.terms("What information is there?")["inform"]
    assert usual.weight == pytest.approx(min(float(understood.index.idf[w]) for w in usual.matches))
    assert usual.weight < 0.5
    # What nothing translates counts half of the rarest.
    assert (dict(terms["salari"].matches), terms["salari"].weight) == (
        {},
        pytest.approx(float(understood.index.idf.max()) / 2),
    )


@pytest.mark.parametrize(
    ("tag", "share"),
    [
        *((tag, 1.0) for tag in ("n", "nr", "x", "i", "j", "l", "g", "vn", "eng")),
        *(("v", 0.7), ("vd", 0.7), ("b", 0.7), ("s", 0.6), ("a", 0.5), ("ad", 0.5), ("t", 0.4), ("f", 0.3)),
        *((tag, 0.25) for tag in ("d", "m", "p", "e")),
    ],
)
def test_what_a_part_of_speech_tells(tag: str, share: float) -> None:
    assert _of_kind(tag) == share


@pytest.mark.parametrize(
    ("question", "left"),
    [
        # What asks, numbers, figures and stop words are no matter.
        ("由谁来考核", {"考核"}),
        ("第七条的任期", {"任期"}),
        ("任期有多少年", {"任期", "年"}),
        ("任期与2024", {"任期"}),
        ("能不能任职", {"任职"}),
    ],
)
def test_words_that_say_nothing(understood: Understood, question: str, left: set[str]) -> None:
    assert set(understood.terms(question)) == left


@pytest.mark.parametrize(
    ("short", "full", "yes"),
    [
        ("网信办", "网络安全与信息化工作办公室", True),
        ("网信委", "网络安全与信息化委员会", True),
        ("信网办", "网络安全与信息化工作办公室", False),  # begins otherwise
        ("网安网", "网络安全办公室", False),  # not in order
        ("网络安", "网络安全办公室", False),  # not in the last four characters
        ("网办", "网络安全办公室", True),
        ("网全", "网络安全办公室", True),
        ("网安", "网络安全办公室", False),
        ("网网办", "网络安全办公室", False),  # each character once
        ("数委", "数据委员会组", True),  # the fourth from the end
        ("数委", "数据委员会小组", False),  # the fifth
    ],
)
def test_short_forms(short: str, full: str, yes: bool) -> None:
    assert shortens(short, full) is yes


@pytest.mark.parametrize(
    ("question", "names", "short"),
    [
        ("数任办有谁", ["数据官任命办"], "数任办"),
        ("谁是数任办的人", ["数据官任命办"], "数任办"),
        # Three characters shorter than the body at least; the shortest body that fits.
        ("数任办有谁", ["数据任命办"], None),
        ("数任办有谁", ["数据官任命工作办", "数据官任命办"], "数任办"),
        ("数任厅有谁", ["数据官任命厅"], None),
        ("首任办有谁", ["数据官任命办"], None),
        # The end of a longer word, or the beginning of one.
        ("数任办法哪天印发", ["数据官任命办"], None),
        ("小数任办有谁", ["数据官任命办"], "数任办"),
    ],
)
def test_short_forms_in_a_question(question: str, names: list[str], short: str | None) -> None:
    terms = analyzer_of(*names).analyze(question).terms
    assert {t.text.partition(":")[0] for t in terms if ":" in t.text} == ({short} if short else set())
    assert not short or all(set(t.matches.values()) == {1.0} for t in terms if ":" in t.text)


def test_the_words_of_a_short_form_share_its_weight(understood: Understood) -> None:
    terms = [t for t in understood("网信办的职责").terms if t.text.startswith("网信办:")]
    assert len(terms) == 9
    for term in terms:
        (word,) = term.matches
        assert term.matches == {word: 1.0}
        assert term.weight == pytest.approx(max(float(understood.index.idf[word]), 0.3) / 4.5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  任期 \n 多久？ ", "任期 多久"), ("的任期的", "任期"), ("，任期、", "任期"), ("term?", "term"), ("的？", "")],
)
def test_what_the_model_reads(text: str, expected: str) -> None:
    assert _squeeze(text) == expected


def test_a_question_of_a_name_alone_is_read_as_typed(understood: Understood) -> None:
    assert understood(" 宜春学院 ").dense_text == "宜春学院"


# What a follow-up takes over.


def test_the_same_matter_elsewhere(understood: Understood) -> None:
    before, found = understood(TERM), understood("贺兰呢？", TERM)
    assert found.terms == before.terms
    assert (found.wanted, found.wants_list, found.numbers) == (wanted("几年"), False, ())
    assert found.dense_text == "cio的任期是几年 呢"
    assert found.follows == before


@pytest.mark.parametrize(
    ("question", "history", "doc_ids", "wants_list", "numbers"),
    [
        ("贺兰呢？", "宜春学院CIO的任职条件有哪些？", ("helan-cio",), True, []),
        ("贺兰呢？", "宜春学院第七条", ("helan-cio",), False, [7]),
        # A number of another document is not carried to a question that names none.
        ("那呢？", "宜春学院第七条", ("yichun-cio",), False, []),
        ("第八条呢？", "宜春学院第七条", ("yichun-cio",), False, [8]),
    ],
)
def test_what_a_bare_follow_up_takes(
    understood: Understood,
    question: str,
    history: str,
    doc_ids: tuple[str, ...],
    wants_list: bool,
    numbers: list[int],
) -> None:
    found = understood(question, history)
    assert (found.scope.doc_ids, found.wants_list) == (doc_ids, wants_list)
    assert [n.number for n in found.numbers] == numbers


def test_an_elliptic_one_takes_the_words_at_a_share(understood: Understood) -> None:
    before, found = understood(TERM), understood("那考核结果由谁公布呢？", TERM)
    own = understood("那考核结果由谁公布呢？")
    assert [t for t in found.terms if not t.carried] == list(own.terms)
    carried = {t.text: t.weight for t in found.terms if t.carried}
    assert carried == pytest.approx({t.text: 0.35 * t.weight for t in before.terms})
    assert found.wanted == before.wanted
    assert found.dense_text == "cio的任期是几年 那考核结果由谁公布呢"
    # Twice carried they count no less, and a word that is asked again is the question's own.
    again = understood("那任期从何时起计算呢？", TERM, "那考核结果由谁公布呢？")
    weights = {t.text: t.weight for t in again.terms if t.carried}
    assert weights["cio"] == pytest.approx(0.35 * before.terms[0].weight)
    assert weights["考核"] == pytest.approx(0.35 * own.terms[0].weight)
    assert [t.carried for t in again.terms if t.text == "任期"] == [False]


def test_its_kind_of_answer_is_that_of_before_where_it_has_none(understood: Understood) -> None:
    assert understood("那考核呢？", TERM).wanted == wanted("几年")


@pytest.mark.parametrize(
    ("question", "carried"),
    [
        ("考核结果的公布", True),  # seven characters
        ("考核结果的公布会", True),  # eight
        ("那么考核结果的公布范围", True),
        ("考核结果的公布范围呢", True),
        ("上述考核结果的公布范围", True),
        ("第八条考核结果的公布范围呢", False),
    ],
)
def test_what_leaves_something_out(understood: Understood, question: str, carried: bool) -> None:
    found = understood(question, TERM)
    assert any(t.carried for t in found.terms) is carried
    assert found.follows == understood(TERM)
    assert found.scope.doc_ids == ("yichun-cio",)


def test_a_term_of_one_document_does_not_lead_away_softly(understood: Understood) -> None:
    # 领导小组 is a term of another document; a follow-up with a matter of its own goes where it points.
    found = understood("领导小组的职责是什么", TERM)
    assert (found.scope.doc_ids, found.scope.soft) == (("it-leading-group",), True)


def test_a_school_that_is_not_on_file_asks_for_the_same(understood: Understood) -> None:
    found = understood("清华大学呢？", TERM)
    assert (found.terms, found.wanted) == (understood(TERM).terms, wanted("几年"))
    assert (found.scope.doc_ids, found.scope.unknown) == ((), ("清华大学",))


def test_documents_are_heard_side_by_side_unless_one_is_named(understood: Understood) -> None:
    assert [understood(q).sets_apart for q in ("任期几年", TERM, "宜春和贺兰的任期")] == [True, False, True]
