"""Whether anything answers at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.answer.select import Thresholds, select
from policy_qa.pipeline import Pipeline, open_pipeline
from policy_qa.settings import NO_RERANKER, Settings


def test_a_question_is_refused_by_its_answerability_alone(pipeline: Pipeline) -> None:
    found = pipeline.retrieve("宜春学院CIO的任期是几年？")
    thresholds = Thresholds.shipped("reader")
    assert found.answerability > thresholds.answer
    chosen = select(found.question, found.candidates, found.answerability, thresholds)
    assert chosen[0].article.ref == "yichun-cio#7"
    assert select(found.question, found.candidates, thresholds.answer - 0.01, thresholds) == []
    # What is answered cites its best article, however unlikely that one is for itself.
    unlikely = [replace(c, probability=c.probability / 1000) for c in found.candidates]
    assert [c.article.ref for c in select(found.question, unlikely, 0.99, thresholds)] == ["yichun-cio#7"]


def test_an_unanswerable_question_is_less_answerable(pipeline: Pipeline) -> None:
    asked = ("宜春学院CIO的任期是几年？", "宜春学院CIO的办公电话是多少？")
    yes, no = (pipeline.retrieve(q).answerability for q in asked)
    assert no < Thresholds.shipped("reader").answer < yes


def test_without_a_reader_the_best_article_has_to_do(built: Settings) -> None:
    found = open_pipeline(replace(built, reranker=NO_RERANKER)).retrieve("宜春学院CIO的任期是几年？")
    assert found.answerability == pytest.approx(found.candidates[0].probability)
