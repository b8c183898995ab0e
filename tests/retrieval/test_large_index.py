"""An index of many articles, through the whole pipeline: found by fusion, and read like a small one."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.answer.select import Thresholds
from policy_qa.index import bigrams
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings

TEXT = """南山大学公务用车管理办法
第一条 用车部门应当提前两个工作日提出申请，由后勤处统一调度。
第二条 驾驶员出车在外住宿的，每天补助一百元。
第三条 车辆违章的罚款由驾驶员本人承担。
"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    home = tmp_path_factory.mktemp("large")
    (home / "corpus").mkdir()
    Path(home / "corpus" / "cars.txt").write_text(TEXT, "utf-8")
    settings = Settings(home=home, corpus=home / "corpus")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bigrams, "is_large", lambda _: True)
        build_index(settings)
    return open_pipeline(settings)


def test_whether_it_answers_is_held_against_what_the_reader_says(large: Pipeline) -> None:
    assert large._retriever._fused is not None
    assert large._answerer._thresholds == Thresholds.shipped("reader") != Thresholds.shipped("fusion")


@pytest.mark.parametrize(("question", "ref"), [("罚款自己交吗", "cars#3"), ("要车得提前几天说", "cars#1")])
def test_it_answers_what_people_ask(large: Pipeline, question: str, ref: str) -> None:
    assert [c.ref for c in large.ask(question).citations] == [ref]


@pytest.mark.parametrize("question", ["车辆违章的罚款几天内交", "住宿补助什么时候发"])
def test_it_is_silent_where_the_rules_on_the_matter_are(large: Pipeline, question: str) -> None:
    assert large.ask(question).refused
