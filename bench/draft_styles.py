"""How staff write: templates of sentences with a citation, in two sets, one for development and one for the figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Style:
    """Templates: `says` with a citation {c} and a statement {s}, `quotes` with {c} and the words {q}."""

    says: Sequence[str]
    quotes: Sequence[str]
    openings: Sequence[str]
    fillers: Sequence[str]
    invented: Sequence[str]


#: For development, and apart from that for the figures.
DEVELOPMENT = Style(
    says=(
        "根据{c}，{s}。",
        "{c}规定：{s}。",
        "{s}（见{c}）。",
        "按照{c}的规定，{s}。",
        "{c}明确，{s}。",
    ),
    quotes=("{c}规定：“{q}”。", "“{q}”（{c}）。", "{c}指出，“{q}”。"),
    openings=("关于有关工作的请示", "情况说明", "会议纪要（草稿）"),
    fillers=(
        "经研究，现将有关情况报告如下。",
        "办公室将于下周三前完成材料汇总。",
        "本次会议共有12人参加，历时2小时。",
        "请各部门认真学习，抓好落实。",
    ),
    invented=(
        "相关负责人须具有博士学位并在核心期刊发表论文五篇以上",
        "未完成培训的人员应当缴纳保证金二千元",
        "每月最后一个星期五为设备检修日，当天不得开展其他活动",
        "参加评选者可以免费使用体育馆三个月",
        "食堂须在每天早上六点三十分前开放供餐",
        "申请人应当提交经公证的无犯罪记录证明及两封推荐信",
    ),
)
REPORT = Style(
    says=(
        "依据{c}有关规定，{s}。",
        "{c}还规定，{s}。",
        "{s}，这是{c}的要求。",
        "{s}（依据：{c}）。",
        "对此，{c}已有明确规定，即{s}。",
        "我们注意到，{c}要求{s}。",
        "{s}。（{c}）",
        "遵照{c}的要求，{s}。",
        "{c}：{s}。",
    ),
    quotes=(
        "正如{c}所述，“{q}”。",
        "文件原文为“{q}”，见{c}。",
        "{c}写明「{q}」。",
        '{c}的表述是："{q}"。',
        "对照{c}“{q}”的规定，我处工作还有差距。",
        "{c}规定如下：\n“{q}”",
    ),
    openings=("征求意见稿起草说明", "督查通报", "致各学院的函", "自查报告"),
    fillers=(
        "现就近期工作进展作如下汇报。",
        "下一步，我处拟分三批组织座谈，预计11月底结束。",
        "此前已走访8个单位，收回问卷326份。",
        "特此说明，妥否，请批示。",
        "联系人：王老师，电话：0795-3201234。",
    ),
    invented=(
        "值班人员须每两小时填写一次巡查记录并上传照片",
        "获奖单位可以优先使用公务用车，每年不超过六次",
        "外聘专家的住宿标准为每晚不高于四百元",
        "各部门应当设立意见箱，并由保洁人员每日开启",
        "逾期未归还图书的，暂停其借阅权限九十天",
        "新入职人员必须参加为期十五天的封闭式军训",
        "会议纪要须用蓝色墨水手写并保存二十年",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of a draft: where its citation and what it says stand in it, and what is wrong with it, where."""

    text: str
    cited: tuple[int, int]
    said: tuple[int, int]
    kinds: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    place: tuple[int, int] = (0, 0)

    def wrong(self, *kinds: str, rights: Sequence[str] = ()) -> Sentence:
        """The same with what is wrong in it: what it says."""
        return replace(self, kinds=frozenset(kinds), rights=frozenset(rights), place=self.said)


def filled(template: str, cited: str, words: str, slot: str) -> Sentence:
    words = words.strip("。；;，, ")
    out = ""
    spans: dict[str, tuple[int, int]] = {}
    for part in re.split(r"(\{[csq]\})", template):
        value = {"{c}": cited, f"{{{slot}}}": words}.get(part, part)
        if part.startswith("{"):
            spans[part[1]] = (len(out), len(out) + len(value))
        out += value
    return Sentence(text=out, cited=spans["c"], said=spans[slot])
