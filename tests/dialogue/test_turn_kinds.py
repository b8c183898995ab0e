"""What kind a turn is."""

from __future__ import annotations

import numpy as np
import pytest

from policy_qa.datamodels import PointKind
from policy_qa.dialogue.kinds import Judged, Kinds, prepared
from policy_qa.models.encoder import E5Small


def test_the_networks_by_hand() -> None:
    """One hidden unit, one head: two tokens with hidden values 1 and 3, attention in e^1 : e^3, mean 2; a second
    network that always says 2 for content, and the mean of both."""
    arrays = {
        "labels": np.array(["content", "talk.greet"]),
        "mean": np.array([1.0]),
        "deviation": np.array([2.0]),
        "layer.weight": np.array([[[2.0]], [[2.0]]]),
        "layer.bias": np.array([[-1.0], [-1.0]]),
        "heads.weight": np.array([[[1.0]], [[1.0]]]),
        "out.weight": np.array([[[1.0, 0.0], [0.0, 1.0], [1.0, -1.0]], np.zeros((3, 2))]),
        "out.bias": np.array([[0.0, 0.0, 0.5], [2.0, 0.0, 0.0]]),
    }
    states = np.array([[3.0], [5.0]], dtype=np.float32)  # scaled 1 and 2, hidden 1 and 3
    share = np.exp([1.0, 3.0]) / np.exp([1.0, 3.0]).sum()
    pooled, mean = float(share @ [1.0, 3.0]), 2.0
    judged = Kinds(arrays).judge(states)
    content = 1 / (1 + np.exp(mean / 2 - (pooled + 2) / 2))
    assert dict(judged.kinds) == pytest.approx({"content": content, "talk.greet": 1 - content}, abs=1e-5)
    assert judged.leans == pytest.approx(1 / (1 + np.exp(-(pooled - mean + 0.5) / 2)), abs=1e-5)


def test_shares_are_summed_over_the_sorts_of_a_kind() -> None:
    judged = Judged(kinds=(("fact.date", 0.5), ("fact.number", 0.3), ("content", 0.2)), leans=0.0)
    assert judged.share(PointKind.FACT) == pytest.approx(0.8)
    assert judged.about(PointKind.FACT) == "date"
    assert judged.about(PointKind.CONTENT) == ""
    assert judged.of(PointKind.FACT, PointKind.TALK)
    assert not judged.of(PointKind.CONTENT)


def test_nothing_at_all_is_left_to_the_search() -> None:
    judged = Kinds.shipped().judge(np.zeros((0, 384), dtype=np.float32))
    assert judged.of(PointKind.CONTENT)
    assert judged.leans == 0.0


#: Turns that are not among those it was trained on.
TURNS = [
    ("您好，请问在线吗？", "talk", "greet"),
    ("太谢谢你了", "talk", "thanks"),
    ("你确定没弄错吗", "talk", "doubt"),
    ("你能帮我做些什么呢", "talk", "help"),
    ("What are you able to help with?", "talk", "help"),
    ("请列出收录的全部制度", "holdings", ""),
    ("青山学院培训费管理办法的文号", "fact", "number"),
    ("青山学院培训费管理办法是哪年印发的", "fact", "date"),
    ("青山学院培训费管理办法总共多少条", "fact", "count"),
    ("请概括青山学院培训费管理办法", "outline", ""),
    ("审计小组的副组长是哪位", "person", ""),
    ("培训费一天最多报多少", "content", ""),
    ("迟交审计报告会怎样", "content", ""),
    ("明天北京会下雪吗", "other", ""),
    ("给我写一篇散文", "other", ""),
    ("kjsdhf kjsdf", "other", ""),
]


@pytest.mark.parametrize(("turn", "kind", "about"), TURNS, ids=[t[0] for t in TURNS])
def test_the_shipped_weights(turn: str, kind: str, about: str) -> None:
    judged = Kinds.shipped().judge(E5Small().encode(prepared(turn), query=True).states)
    assert (judged.kinds[0][0].partition(".")[0], judged.about(PointKind(kind))) == (kind, about)


@pytest.mark.parametrize(
    ("turn", "leans"),
    [("那外国学生呢", True), ("它由谁保管", True), ("培训费管理办法由谁解释", False), ("印章由谁保管", False)],
)
def test_what_leaves_something_out(turn: str, leans: bool) -> None:
    judged = Kinds.shipped().judge(E5Small().encode(prepared(turn), query=True).states)
    assert (judged.leans > 0.5) is leans


def test_marks_at_the_ends_and_notation_make_no_difference() -> None:
    assert prepared("  ＣＩＯ任期多久？？ ") == prepared("CIO任期多久") == "cio任期多久"
