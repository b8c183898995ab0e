"""What changed in a policy: by a decision, between two texts of it, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.datamodels import LineKind, PointKind, Segmentation
from policy_qa.dialogue.revisions import Revisions
from policy_qa.facts.register import Register
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import Settings
from policy_qa.words import Segmenter
from samples import cut

OLD = """南山大学用印管理办法（2019年）
第一条 印章由办公室保管。
第二条 用印须经部门负责人批准。
第三条 印章不得带出办公室。
第四条 用印登记保存3年。
第五条 本办法自2019年9月1日起施行。
"""
NEW = """南山大学用印管理办法（2024年修订）
第一条 印章由办公室保管。
第二条 用印须经分管校领导批准。
第三条 用印登记保存三年。
第四条 电子印章由信息中心保管，密码每90日更换一次。
第五条 本办法自2024年9月1日起施行。
"""


def changes(*segmentations: Segmentation) -> Revisions:
    return Revisions({s.document.doc_id: s for s in segmentations}, Register(segmentations), Segmenter(()))


def test_two_texts_are_compared_article_by_article() -> None:
    told = changes(cut(OLD, "old"), cut(NEW, "new")).told(["new", "old"], "zh")
    assert told is not None
    headings = [line.text for line in told.lines if line.kind is LineKind.HEADING]
    assert headings == ["第二条（修改）", "第三条（删除）", "第四条（新增）", "第五条（修改）"]
    quotes = {c.ref: c.quote for c in told.citations}
    assert quotes["new#2"] == "用印须经分管校领导批准。"
    assert quotes["old#2"] == "用印须经部门负责人批准。"
    assert quotes["old#3"] == "印章不得带出办公室。"
    assert quotes["new#4"].startswith("电子印章由信息中心保管")
    # The same in other writing, or under another number, is no change.
    assert not {"new#1", "old#1", "new#3", "old#4"} & set(quotes)
    assert "有4处变化" in told.lines[0].text


def test_what_has_not_changed() -> None:
    other = cut("南山大学考勤管理办法\n第一条 教职工应当按时到校。\n", "y")
    known = changes(cut(OLD, "old"), other)
    assert known.told(["old"], "zh") is None
    told = known.told(["old", "y"], "zh")
    assert told is not None
    assert [line.text for line in told.lines] == ["已收录的制度都没有其他版本，也没有修改决定。"]


@pytest.fixture(scope="module")
def cars(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    home = tmp_path_factory.mktemp("cars")
    settings = Settings(home=home, corpus=Path(__file__).parents[2] / "eval" / "amended" / "cars")
    build_index(settings)
    return open_pipeline(settings)


@pytest.mark.parametrize(
    "turn", ["公务用车管理办法改了哪些地方", "公务用车管理办法的修改决定改了什么", "公务用车管理办法修改前后有什么变化"]
)
def test_a_decision_tells_what_it_changes(cars: Pipeline, turn: str) -> None:
    answer = cars.ask(turn)
    assert [p.kind for p in answer.points] == [PointKind.FACT]
    cited = {c.ref for c in answer.citations}
    decisions = [s for s in map(cars.segmentation, ("gongche-xiugai",)) if s]
    wanted = {a.ref for s in decisions for a in s.articles if a.path.isdigit()}
    assert wanted <= cited


@pytest.mark.parametrize("turn", ["公务用车管理办法什么时候开始执行的", "公务用车管理办法从哪天起施行"])
def test_who_asks_from_when_on_hears_of_the_amendment(cars: Pipeline, turn: str) -> None:
    assert "的决定》修改，自" in cars.ask(turn).answer


def test_a_single_value_that_changed_is_asked_of_the_text(cars: Pipeline) -> None:
    answer = cars.ask("公务用车要提前几天申请")
    assert [p.kind for p in answer.points] == [PointKind.CONTENT]
