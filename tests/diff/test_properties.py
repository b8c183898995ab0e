"""Whatever is edited in whatever policy, the comparison finds it, and its ops are both texts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diff.looking import assert_rebuilds
from policy_qa.diff import Change, ChangeKind, Diff, What, compare
from policy_qa.numerals import to_han
from policy_qa.words import Segmenter
from samples import cut

#: Each can be told from every other by its words.
RULES = (
    "首席信息官由校长提名，经校长办公会审议通过后聘任，任期3年。",
    "信息化经费列入学校年度预算，专款专用，每年不少于20万元。",
    "各部门应当指定1名联络员，负责本部门的数据报送工作。",
    "网络安全事件发生后2小时内，必须向主管领导报告情况。",
    "教师每学年参加信息技术培训不少于12学时，计入继续教育。",
    "机房钥匙由专人保管，外来人员进入须登记并有2人陪同。",
    "采购设备超过5万元的，应当公开招标，接受审计监督。",
    "学生个人信息不得向校外单位提供，法律另有规定的除外。",
    "专家咨询委员会由7人组成，聘期届满后可以续聘。",
    "网站内容实行先审后发，宣传部门负责意识形态审查把关。",
    "考核结果分优秀、合格、不合格3个等次，作为奖惩依据。",
    "校园一卡通遗失的，持卡人应当立即办理挂失和补领手续。",
)
ITEMS = ("拟订年度工作计划；", "组织开展应急演练；", "编制预算草案并监督执行；", "协调教学单位使用资源；")


@dataclass
class Article:
    """`key` tells which rule it is; `edited` whether its words were changed."""

    key: int
    items: list[str] = field(default_factory=list)
    text: str = ""
    edited: bool = False


@dataclass
class Edited:
    old: str
    new: str
    before: list[Article]
    after: list[Article]
    moves: int


def written(articles: list[Article]) -> str:
    lines = ["某某学校信息化管理办法"]
    for number, article in enumerate(articles, start=1):
        lines.append(f"第{to_han(number)}条 {article.text}")
        lines += [f"（{to_han(i)}）{item}" for i, item in enumerate(article.items, start=1)]
    return "\n".join(lines) + "\n"


@st.composite
def edited(draw: st.DrawFn) -> Edited:
    keys = draw(st.permutations(range(len(RULES))))
    size = draw(st.integers(3, 8))
    before = []
    for key in keys[:size]:
        items = list(draw(st.permutations(ITEMS))[: draw(st.sampled_from((0, 0, 2, 3)))])
        before.append(Article(key, items, RULES[key]))
    after = [Article(a.key, list(a.items), a.text) for a in before]
    unused = list(keys[size:])
    moves = 0
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(after) - 1))
        what = draw(st.sampled_from(("insert", "delete", "move", "number", "words", "item")))
        if what == "insert" and unused:
            key = unused.pop()
            after.insert(at, Article(key, [], RULES[key]))
        elif what == "delete" and len(after) > 2:
            after.pop(at)
        elif what == "move":
            after.insert(draw(st.integers(0, len(after) - 1)), after.pop(at))
            moves += 1
        elif what == "number":
            after[at].text = re.sub(r"\d+", lambda m: str(int(m.group()) + 1), after[at].text)
            after[at].edited |= after[at].text != RULES[after[at].key]
        elif what == "words":
            after[at].text = after[at].text.replace("，", "，原则上", 1)
            after[at].edited = True
        elif what == "item" and after[at].items:
            after[at].items[0] = after[at].items[0].replace("；", "和总结；")
            after[at].edited = True
    return Edited(written(before), written(after), before, after, moves)


SEGMENTER = Segmenter()


def articles(diff: Diff) -> list[Change]:
    sides = ((c, c.new or c.old) for c in diff.changes if c.what is What.ARTICLE)
    return [c for c, side in sides if side and side.kind.value == "条"]


def key_of(text: str) -> int:
    """Which rule an article's text is, whatever was edited in it."""
    plain = re.sub(r"\d+|原则上", "", text)
    (key,) = [i for i, rule in enumerate(RULES) if re.sub(r"\d+", "", rule) in plain]
    return key


@given(edited())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_edits_are_recovered(case: Edited) -> None:
    diff = compare(cut(case.old, "old"), cut(case.new, "new"), SEGMENTER)
    assert_rebuilds(diff)
    old_keys, new_keys = [a.key for a in case.before], [a.key for a in case.after]
    changed = {a.key for a in case.after if a.edited and a.key in old_keys}
    moved = 0
    for change in articles(diff):
        if change.kinds == (ChangeKind.ADDED,):
            assert key_of(change.new_text) not in old_keys
            continue
        if change.kinds == (ChangeKind.REMOVED,):
            assert key_of(change.old_text) not in new_keys
            continue
        key = key_of(change.old_text)
        assert key_of(change.new_text) == key
        assert (ChangeKind.CHANGED in change.kinds) == (key in changed)
        assert (ChangeKind.RENUMBERED in change.kinds) == (old_keys.index(key) != new_keys.index(key))
        moved += ChangeKind.MOVED in change.kinds
    both = [k for k in new_keys if k in old_keys]
    in_order = both == [k for k in old_keys if k in new_keys]
    assert moved <= case.moves
    assert (moved == 0) == in_order


@given(edited())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_other_way_round_is_the_mirror(case: Edited) -> None:
    old, new = cut(case.old, "old"), cut(case.new, "new")
    there, back = compare(old, new, SEGMENTER), compare(new, old, SEGMENTER)
    assert there.same == back.same
    for one, other in ((ChangeKind.ADDED, ChangeKind.REMOVED), (ChangeKind.REMOVED, ChangeKind.ADDED)):
        assert {c.new_text or c.old_text for c in articles(there) if c.kinds == (one,)} == {
            c.new_text or c.old_text for c in articles(back) if c.kinds == (other,)
        }


@given(st.text(alphabet="第一二三条款、（）()\n 　应当3三年年月学校abcＡ．.|*#", max_size=120), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_ops_rebuild_any_two_texts(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    other = text[:start] + data.draw(st.text(alphabet="第四条 不得5年\n（二）校", max_size=20)) + text[end:]
    diff = compare(cut(text, "old"), cut(other, "new"), SEGMENTER)
    assert_rebuilds(diff)
    same = compare(cut(text, "old"), cut(text, "new"), SEGMENTER)
    assert_rebuilds(same)
    assert same.same
