"""What is known of a question as a whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from policy_qa.answer.select import Thresholds, select
from policy_qa.pipeline import Pipeline
from policy_qa.retrieval.evidence import NAMES, evidence
from policy_qa.retrieval.features import NAMES as FEATURES
from policy_qa.retrieval.ranker import Ranker
from policy_qa.words import normalize

RULE = "考核合格分数为60分,年龄不超过50岁。职务由张三同志担任,2024年3月1日起施行。"


def known(pipeline: Pipeline, question: str, text: str, document: str = "") -> dict[str, float]:
    matrix = np.zeros((2, len(FEATURES)), dtype=np.float32)
    found = evidence(
        pipeline.understand(question), np.array([0.2, 0.7], np.float32), matrix, normalize(text), normalize(document)
    )
    return dict(zip(NAMES, (float(v) for v in found), strict=True))


@pytest.mark.parametrize(
    "question",
    ["多少分算合格", "年龄有什么要求", "现在是谁担任", "是哪一天施行的", "what is the pass score", "at what age"],
)
def test_a_narrow_kind_of_answer_that_is_there_and_that_is_not(pipeline: Pipeline, question: str) -> None:
    assert known(pipeline, question, RULE, RULE)["kind_missing"] == 0
    elsewhere = known(pipeline, question, "定期考核。", RULE)
    assert (elsewhere["kind_missing"], elsewhere["kind_nowhere"]) == (1, 0)
    assert known(pipeline, question, "定期考核。", "定期考核。")["kind_nowhere"] == 1


def test_the_best_article_counts_whatever_its_place(pipeline: Pipeline) -> None:
    found = known(pipeline, "任期几年", RULE)
    assert found["logit"] == pytest.approx(np.log(0.7 / 0.3), abs=1e-4)
    assert found["lead"] == pytest.approx(np.log(0.7 / 0.3) - np.log(0.2 / 0.8), abs=1e-4)
    assert found["mass"] == pytest.approx(np.log(0.9), abs=1e-4)
    assert found["asks_duration"] == 1


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("2027年的目标是什么", "number_nowhere", 1),
        ("2024年的目标是什么", "number_nowhere", 0),
        ("《某市行动方案》有哪些指标", "foreign", 1),
        ("宜春学院的任期", "named", 1),
        ("可以连任吗", "yes_or_no", 1),
        ("能不能连任", "yes_or_no", 1),
        ("Can a teacher serve?", "yes_or_no", 1),
        ("任期几年", "yes_or_no", 0),
        ("贺兰与焦作有什么不同", "compares", 1),
    ],
)
def test_what_the_question_is_like(pipeline: Pipeline, question: str, name: str, value: float) -> None:
    assert known(pipeline, question, RULE, RULE)[name] == value


def test_the_shipped_weights_name_what_there_is() -> None:
    ranker = Ranker.shipped()
    assert len(ranker.decide) == len(NAMES)
    assert np.count_nonzero(ranker.decide) > len(NAMES) / 2
    assert ranker.answerability(np.zeros(len(NAMES), np.float32)) == 0.5


def test_a_question_is_refused_by_its_answerability_alone(pipeline: Pipeline) -> None:
    found = pipeline.retrieve("宜春学院CIO的任期是几年？")
    thresholds = Thresholds.shipped()
    assert found.answerability > thresholds.answer
    assert len(found.evidence) == len(NAMES)
    chosen = select(found.question, found.candidates, found.answerability, thresholds)
    assert chosen[0].article.ref == "yichun-cio#7"
    assert select(found.question, found.candidates, thresholds.answer - 0.01, thresholds) == []
    # What is answered cites its best article, however unlikely that one is for itself.
    unlikely = [replace(c, probability=c.probability / 1000) for c in found.candidates]
    assert [c.article.ref for c in select(found.question, unlikely, 0.99, thresholds)] == ["yichun-cio#7"]


def test_an_unanswerable_question_is_less_answerable(pipeline: Pipeline) -> None:
    asked = ("宜春学院CIO的任期是几年？", "宜春学院CIO的办公电话是多少？")
    yes, no = (pipeline.retrieve(q).answerability for q in asked)
    assert no < 0.5 < yes
