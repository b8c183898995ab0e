"""Pairs of texts written by hand, with what must be found between them."""

from __future__ import annotations

import random
import time

import pytest

from diff.looking import assert_rebuilds, by_name, marked
from policy_qa.datamodels import Segmentation
from policy_qa.diff import Change, Diff, What, compare
from policy_qa.numerals import to_han
from policy_qa.words import Segmenter
from samples import cut

BASE = """东湖学院首席信息官制度（讨论稿）
第一章 总则
第一条 为推进学校信息化建设，制定本制度。
第二条 首席信息官是学校信息化工作的总负责人，统筹协调全校信息化规划。
第二章 任职
第三条 首席信息官任职需具备以下条件：
（一）政治素质过硬，中共党员；
（二）具备较强的组织协调能力；
（三）在学校任职满3年及以上。
第四条 任期3年，可连聘连任，连任不得超过2届。
第五条 学校应当保障首席信息官的工作经费，列入年度预算。
第六条 本制度由信息化办公室负责解释。
第七条 本制度自2022年9月1日起施行。
"""


def diff_of(old: str, new: str, words: Segmenter) -> Diff:
    diff = compare(cut(old, "old"), cut(new, "new"), words)
    assert_rebuilds(diff)
    return diff


def only(diff: Diff) -> Change:
    (change,) = [c for c in diff.changes if not c.unchanged]
    return change


def test_a_text_and_itself(words: Segmenter, segmentations: dict[str, Segmentation]) -> None:
    for segmentation in segmentations.values():
        diff = compare(segmentation, segmentation, words)
        assert_rebuilds(diff)
        assert diff.same
        assert diff.summary["unchanged"] == len(segmentation.articles)


def test_width_and_white_space_are_no_change(words: Segmenter) -> None:
    new = BASE.replace("（一）", "(一)").replace("3年", "３年").replace("；\n", "；\n\n  ").replace("，", ",")
    new = new.replace("第二条 ", "第2条　").replace("总负责人", "总负\n责人")
    diff = diff_of(BASE, new, words)
    assert diff.same, by_name(diff)


def test_a_number_is_marked_whole(words: Segmenter) -> None:
    change = only(diff_of(BASE, BASE.replace("任期3年", "任期5年"), words))
    assert (change.name, [k.value for k in change.kinds]) == ("第四条", ["changed"])
    assert marked(change) == "第四条 任期[-3年-]{+5年+}，可连聘连任，连任不得超过2届。"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("应当保障", "不得保障", "[-应当-]{+不得+}"),
        ("2022年9月1日", "2024年9月1日", "[-2022年9月1日-]{+2024年9月1日+}"),
        ("2022年9月1日", "2022年10月1日", "[-2022年9月1日-]{+2022年10月1日+}"),
        ("2届", "12届", "[-2届-]{+12届+}"),
        ("办公室", "委员会", "[-办公室-]{+委员会+}"),
    ],
)
def test_whole_words_are_marked(before: str, after: str, expected: str, words: Segmenter) -> None:
    assert expected in marked(only(diff_of(BASE, BASE.replace(before, after), words)))


def test_a_number_in_another_spelling(words: Segmenter) -> None:
    change = only(diff_of(BASE, BASE.replace("任期3年", "任期三年").replace("2届", "二届"), words))
    assert ([k.value for k in change.kinds], change.same_values) == (["changed"], True)
    other = only(diff_of(BASE, BASE.replace("任期3年", "任期四年"), words))
    assert not other.same_values


def test_an_inserted_article_renumbers_the_rest(words: Segmenter) -> None:
    lines = (
        BASE.replace("第七条", "第八条")
        .replace("第六条", "第七条")
        .replace("第五条", "第六条")
        .replace("第四条", "第五条")
    )
    new = lines.replace("第五条 任期", "第四条 首席信息官由校长提名，报党委常委会批准。\n第五条 任期")
    assert by_name(diff_of(BASE, new, words)) == {
        " → 第四条": ["added"],
        "第四条 → 第五条": ["renumbered"],
        "第五条 → 第六条": ["renumbered"],
        "第六条 → 第七条": ["renumbered"],
        "第七条 → 第八条": ["renumbered"],
    }


def test_a_removed_article(words: Segmenter) -> None:
    new = BASE.replace("第六条 本制度由信息化办公室负责解释。\n", "").replace("第七条", "第六条")
    assert by_name(diff_of(BASE, new, words)) == {"第六条 → ": ["removed"], "第七条 → 第六条": ["renumbered"]}


def test_a_moved_article_is_not_removed_and_added(words: Segmenter) -> None:
    budget = "学校应当保障首席信息官的工作经费，列入年度预算。"
    new = BASE.replace(f"第五条 {budget}\n", "").replace("第三条", "第四条 ＠").replace("第四条 任期", "第五条 任期")
    new = new.replace("第二章", f"第三条 {budget}\n第二章").replace(" ＠", "")
    found = by_name(diff_of(BASE, new, words))
    assert found == {
        "第五条 → 第三条": ["moved", "renumbered"],
        "第三条 → 第四条": ["renumbered"],
        "第四条 → 第五条": ["renumbered"],
    }


def test_an_article_that_was_renumbered_and_changed(words: Segmenter) -> None:
    new = BASE.replace("第一条 为推进学校信息化建设，制定本制度。\n", "")
    for n in range(2, 8):
        new = new.replace(f"第{to_han(n)}条", f"第{to_han(n - 1)}条")
    found = by_name(diff_of(BASE, new.replace("3年，可连聘", "4年，可连聘"), words))
    assert found["第一条 → "] == ["removed"]
    assert found["第四条 → 第三条"] == ["renumbered", "changed"]


def test_items_are_told_apart(words: Segmenter) -> None:
    new = BASE.replace("（三）在学校任职满3年及以上。", "（四）在学校任职满5年及以上。").replace(
        "（二）具备", "（三）具备"
    )
    new = new.replace("（三）具备", "（二）熟悉网络安全法律法规；\n（三）具备")
    change = only(diff_of(BASE, new, words))
    parts = {f"{p.name} → {p.new_name}": [k.value for k in p.kinds] for p in change.parts}
    assert parts == {
        "第三条第一项 → 第三条第一项": ["unchanged"],
        " → 第三条第二项": ["added"],
        "第三条第二项 → 第三条第三项": ["renumbered"],
        "第三条第三项 → 第三条第四项": ["renumbered", "changed"],
    }
    assert "{+（二）熟悉网络安全法律法规；\n+}" in marked(change)


def test_a_new_first_paragraph(words: Segmenter) -> None:
    old = "第一条 甲。\n第二条 教育部门统一负责全市的信息化管理工作。\n财政、审计等部门在各自职责范围内予以配合。\n"
    new = old.replace("第二条 ", "第二条 信息化管理工作应当为师生服务，坚持节约。\n")
    change = only(diff_of(old, new, words))
    assert [[k.value for k in p.kinds] for p in change.parts] == [["added"], ["unchanged"], ["unchanged"]]
    assert marked(change).startswith("第二条 {+信息化管理工作应当为师生服务，坚持节约。\n+}教育部门统一负责")


def test_titles_and_headings(words: Segmenter) -> None:
    new = BASE.replace("（讨论稿）", "（试行）").replace("第二章 任职", "第二章 任职与聘任")
    diff = diff_of(BASE, new, words)
    assert [(f.field, f.old, f.new) for f in diff.fields] == [
        ("title", "东湖学院首席信息官制度（讨论稿）", "东湖学院首席信息官制度（试行）"),
        ("status", "讨论稿", "试行"),
    ]
    assert by_name(diff, What.HEADING) == {"第二章 任职 → 第二章 任职与聘任": ["changed"]}


def test_one_article_became_two_and_the_other_way_round(words: Segmenter) -> None:
    first = "首席信息官由校长提名，报党委常委会批准后聘任并公布。"
    second = "信息中心负责校园网络的建设、运行、维护和安全管理工作。"
    whole, two = f"第二条 {first}{second}", f"第二条 {first}\n第三条 {second}"
    rest = "第一条 为推进信息化建设，制定本办法。\n{}\n{} 各部门应当配合首席信息官开展工作，不得推诿。\n"
    old, new = rest.format(whole, "第三条"), rest.format(two, "第四条")
    found = by_name(diff_of(old, new, words))
    assert found == {"第二条 → 第二条": ["changed", "split"], " → 第三条": ["split"], "第三条 → 第四条": ["renumbered"]}
    found = by_name(diff_of(new, old, words))
    assert found == {
        "第二条 → 第二条": ["changed", "merged"],
        "第三条 → ": ["merged"],
        "第四条 → 第三条": ["renumbered"],
    }


def test_an_article_that_was_added_is_no_split(words: Segmenter) -> None:
    new = BASE.replace("第五条", "第四条之一 首席信息官的任期从聘任之日起算，由人事处记录在案。\n第五条")
    assert by_name(diff_of(BASE, new, words)) == {" → 第四条之一": ["added"]}


def test_texts_of_different_shape(words: Segmenter) -> None:
    sections = """东湖学院首席信息官制度
一、为推进学校信息化建设，制定本制度。
二、首席信息官是学校信息化工作的总负责人，统筹协调全校信息化规划。
三、任期4年，可连聘连任，连任不得超过2届。
四、学校应当保障首席信息官的工作经费，列入年度预算。
"""
    diff = diff_of(BASE, sections, words)
    pairs = {c.old.path: c.new.path for c in diff.changes if c.what is What.ARTICLE and c.old and c.new}
    assert {"1": "1", "2": "2", "4": "3", "5": "4"}.items() <= pairs.items()
    assert [c.old.path for c in diff.changes if c.old and not c.new] == ["3", "6", "7"]


def test_texts_without_any_numbers(words: Segmenter) -> None:
    one = "学校网络由信息中心管理。\n师生应当文明上网。\n"
    other = "学校网络由信息中心管理。\n新增一段关于机房安全的话。\n师生不得违规上网。\n"
    diff = diff_of(one, other, words)
    assert not [k for kinds in by_name(diff).values() for k in kinds if k == "renumbered"]


def test_different_policies_have_nothing_in_common(words: Segmenter, segmentations: dict[str, Segmentation]) -> None:
    diff = compare(segmentations["yichun-cio"], segmentations["it-leading-group"], words)
    assert_rebuilds(diff)
    assert diff.summary["unchanged"] == 0
    assert diff.summary["added"] > 5


def test_a_law_of_1260_articles_in_seconds(words: Segmenter) -> None:
    rng = random.Random(7)  # noqa: S311 - the same texts every time
    letters = [chr(c) for c in range(0x4E00, 0x4E00 + 900)]
    rules = ["".join(rng.choices(letters, k=rng.randint(20, 120))) + "。" for _ in range(1260)]
    edited = list(rules)
    for k in range(40):
        at = rng.randrange(len(edited))
        if k % 4 == 0:
            edited.insert(at, "".join(rng.choices(letters, k=50)) + "。")
        elif k % 4 == 1:
            edited.pop(at)
        elif k % 4 == 2:
            edited[at] = edited[at][:10] + "应当" + edited[at][12:]
        else:
            edited.insert(rng.randrange(len(edited)), edited.pop(at))
    old, new = (
        cut("某某法\n" + "\n".join(f"第{to_han(i)}条 {rule}" for i, rule in enumerate(texts, 1)) + "\n")
        for texts in (rules, edited)
    )
    started = time.process_time()
    diff = compare(old, new, words)
    assert time.process_time() - started < 10
    assert_rebuilds(diff)
    assert 5 <= diff.summary["moved"] <= 10
    assert 5 <= diff.summary["added"] <= 10
