"""What a refusal tells: what is missing, the nearest provisions and why they fall short, whom to ask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policy_qa.answer.phrases import KINDS
from policy_qa.answer.refusal import lacking_kinds, nearest_lines
from policy_qa.datamodels import Nearest
from policy_qa.doors.formats import answer_record
from policy_qa.pipeline import Pipeline
from policy_qa.retrieval.kinds import _ASKED, _NAMES
from policy_qa.words import normalize

SALARY = "贺兰县首席信息官的工资是多少钱？"


def test_a_refusal_says_of_each_provision_what_it_lacks(pipeline: Pipeline) -> None:
    answer = pipeline.ask(SALARY)
    assert answer.refused
    assert len(answer.nearest) == 3
    assert [n.ref for n in answer.nearest] == [r.ref for r in answer.retrieved[:3]]
    for near in answer.nearest:
        document = pipeline.segmentation("helan-cio").document
        assert near.cite.startswith(f"《{document.title}》")
        assert near.quote in document.text
        assert near.lacks == ("工资",)
        assert near.kinds == ("金额",)
    lines = answer.answer.split("\n")
    assert "文本里没有出现：工资。" in lines
    assert "问的是金额，相近的条款里没有写。" in lines
    assert sum(line.startswith("· ") and line.endswith("——没有提到工资；没有写明金额") for line in lines) == 3


def test_what_stands_in_one_provision_is_not_missing_from_it(pipeline: Pipeline) -> None:
    answer = pipeline.ask("宜春学院首席信息官的任期津贴是多少钱？")
    assert answer.refused
    term = next(n for n in answer.nearest if n.ref == "yichun-cio#7")
    assert "任期" not in term.lacks
    assert "任期" in term.quote
    assert term.kinds == ("金额",)
    # Its label stands in the citation alone.
    assert not term.quote.startswith("第七条")


def test_as_data(pipeline: Pipeline) -> None:
    answer = pipeline.ask(SALARY)
    found = answer_record(answer)["nearest"]
    assert found[0] == {
        "ref": answer.nearest[0].ref,
        "cite": answer.nearest[0].cite,
        "quote": answer.nearest[0].quote,
        "lacks": ["工资"],
        "kinds": ["金额"],
    }
    assert "nearest" not in answer_record(pipeline.ask("宜春学院CIO的任期是几年？"))


def test_whom_to_ask(pipeline: Pipeline) -> None:
    said = pipeline.ask(SALARY).answer.split("\n")[-1]
    # The rule names no office for its interpretation.
    assert "没有写明由谁解释" in said
    assert pipeline.segmentation("helan-cio").document.issuer in said
    assert "names no office" in pipeline.ask(SALARY, lang="en").answer.split("\n")[-1]
    named = pipeline.ask("信息化工作领导小组成员的工资是多少？").answer
    assert "负责解释的机构：学校信息化工作领导小组" in named


def test_the_reason_in_both_languages() -> None:
    near = Nearest(ref="x#1", cite="《办法》第一条", quote="经费列入预算。", lacks=("任期",), kinds=("期限",))
    assert nearest_lines([near], "zh")[1].plain == "· 《办法》第一条 经费列入预算。——没有提到任期；没有写明期限"
    assert nearest_lines([replace(near, kinds=())], "en")[1].plain.endswith(" — does not mention 任期")
    assert nearest_lines([replace(near, kinds=(), lacks=())], "zh")[1].plain.endswith("没有回答所问")


@pytest.mark.parametrize(
    ("question", "text", "lacking"),
    [
        ("一天能报多少个", "住宿费每人每天350元。", []),
        ("一天能报多少个", "住宿费据实报销。", ["数量"]),
        ("一天报多少钱", "住宿费每人每天350元。", []),
        ("一天报多少钱", "每人3份。", ["金额"]),
        ("任期几年", "每届4个学期。", []),
        ("任期几年", "由3人组成。", ["期限"]),
    ],
)
def test_a_text_with_a_value_of_the_kind_is_not_said_to_lack_it(
    pipeline: Pipeline, question: str, text: str, lacking: list[str]
) -> None:
    assert lacking_kinds(pipeline.understand(question), normalize(text), "zh") == lacking


def test_every_kind_has_a_name_in_both_languages() -> None:
    names = {"count", *_NAMES.values(), *(name for name, _, _ in _ASKED)}
    assert names == set(KINDS["zh"]) == set(KINDS["en"])
