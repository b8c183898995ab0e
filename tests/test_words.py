"""Words: jieba with what the corpus itself calls things."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.words import Segmenter, bodies_of, corpus_terms, normalize, place_names, stop_words
from samples import cut


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(("首席信息官", "网教中心"))


def test_normalize() -> None:
    assert normalize("ＣＩＯ任期３年（试行）") == "cio任期3年(试行)"


def test_words(segmenter: Segmenter) -> None:
    assert segmenter.words("首席信息官（CIO）任期３年，可连任。") == [
        "首席信息官",
        "cio",
        "任期",
        "3",
        "年",
        "可",
        "连任",
    ]


def test_words_of_nothing(segmenter: Segmenter) -> None:
    assert segmenter.words("，。！ \n") == []
    assert segmenter.terms_of("") == []


def test_terms_hold_the_words_inside_long_ones_and_no_stop_words(segmenter: Segmenter) -> None:
    terms = segmenter.terms_of("首席信息官的任期是多久")
    assert {"首席信息官", "首席", "信息", "任期"} <= set(terms)
    assert not set(terms) & stop_words()


@pytest.mark.parametrize("text", ["", "首席信息官CIO任期3年。", "a b\n\nc　d", "𠮷👩‍🏫（一）"])
def test_spans_make_the_whole(segmenter: Segmenter, text: str) -> None:
    spans = segmenter.spans(text)
    assert "".join(text[a:b] for a, b in spans) == text
    assert [a for a, _ in spans][1:] == [b for _, b in spans][:-1]


def test_two_segmenters_share_no_words() -> None:
    one, two = Segmenter(("数智融通办",)), Segmenter()
    assert one.words("数智融通办负责") == ["数智融通办", "负责"]
    assert "数智融通办" not in two.words("数智融通办负责")


def test_the_corpus_names_its_own_terms(segmentations: Mapping[str, Segmentation]) -> None:
    terms = corpus_terms(list(segmentations.values()))
    assert {"首席信息官", "信息官", "网教中心", "领导小组", "宜春学院", "贺兰县教育体育局", "cio"} <= set(terms)
    assert len(terms) == len(set(terms))


def test_a_term_defined_in_passing() -> None:
    segmentation = cut("办法\n第一条 校园数据治理中心（以下简称“数治中心”）负责。\n第二条 乙。\n")
    assert "数治中心" in corpus_terms([segmentation])


def test_bodies(segmentations: Mapping[str, Segmentation]) -> None:
    found = bodies_of(segmentations.values())
    assert any(body.endswith("网络安全与信息化工作办公室") for body in found)


def test_places() -> None:
    places = place_names()
    assert {"北京", "上海", "清华大学"} & places >= {"北京", "上海"}
    assert not places & {"学校", "学院", "国家", "教育部"}


def test_stop_words_hold_no_matter() -> None:
    assert not stop_words() & {"任期", "首席", "信息", "经费", "条件", "职责"}
    assert {"的", "是"} <= stop_words()


def test_a_body_is_no_end_of_a_sentence_about_an_office() -> None:
    text = "办法\n第一条 考试日程由教务处公布，校园网由信息化工作办公室管理。\n"
    assert bodies_of([cut(text)]) == ["校园网由信息化工作办公室"]
