"""What texts say of their time and of others, and what decisions want done."""

from __future__ import annotations

import pytest

from policy_qa.facts.closing import effective, endings, extensions, term
from policy_qa.facts.dates import later
from policy_qa.facts.head import read_head
from policy_qa.facts.instructions import Act, instructions
from policy_qa.facts.model import Fact

ISSUED = Fact(value="2024-03-05", doc_id="x", start=0, end=0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("第九条 本办法自2023年9月1日起施行。", "2023-09-01"),
        ("本办法自二〇二三年九月一日起正式实施。", "2023-09-01"),
        ("本规范自２０２５年３月１日起施行。", "2025-03-01"),
        ("本辦法自中華民國112年8月1日起施行。", "2023-08-01"),
        ("本办法自印发之日起施行。", "2024-03-05"),
        ("《学籍规定》自2020年1月1日起施行以来，成效明显。", ""),
        ("（2023年9月1日施行）", "2023-09-01"),
        ("学生自2022年9月1日起住校。", ""),
        ("本办法由教务处负责解释。", ""),
    ],
)
def test_from_when_a_text_applies(text: str, day: str) -> None:
    found = effective(text, 0, len(text), ISSUED, "x")
    assert (found.value if found else "") == day
    if found:
        assert text[found.start : found.end] == text


@pytest.mark.parametrize(
    ("text", "kind", "length", "until"),
    [
        ("本办法自2024年5月1日起试行，试行期两年。", "试行期", "2年", "2026-04-30"),
        ("本办法自2024年5月1日起试行一年。", "试行期", "1年", "2025-04-30"),
        ("本办法自印发之日起施行，有效期5年。", "有效期", "5年", "2029-04-30"),
        ("本规定自2024年5月1日起施行，试行一年半。", "试行期", "18个月", "2025-10-31"),
        ("本通知自2024年5月1日起执行，有效期至2026年5月31日。", "有效期", "", "2026-05-31"),
        ("本办法自2024年5月1日起试行，试行期六个月。", "试行期", "6个月", "2024-10-31"),
        ("学生卡有效期为4年。", "", "", ""),
        ("健康证有效期一年，到期前复检。", "", "", ""),
        ("新聘人员试用期六个月。", "", "", ""),
        ("本办法自2024年5月1日起施行。", "", "", ""),
    ],
)
def test_trial_and_validity(text: str, kind: str, length: str, until: str) -> None:
    found = term(text, 0, len(text), "2024-05-01", "x")
    assert ((found.kind.value, found.length, found.until) if found else ("", "", "")) == (kind, length, until)


@pytest.mark.parametrize(
    ("text", "title", "last"),
    [
        ("《甲办法（试行）》（校发〔2023〕1号）试行期延长一年。", "甲办法（试行）", "2027-04-30"),
        ("《甲办法》有效期延长至2028年12月31日。", "甲办法", "2028-12-31"),
        ("《甲办法》继续有效，有效期至2028年12月31日。", "甲办法", "2028-12-31"),
        ("《甲办法》的有效期由2年延长至5年。", "甲办法", "2029-04-30"),
        ("本办法有效期延长至2028年12月31日。", "", ""),
        ("按《甲办法》缴费期可延长3个月。", "", ""),
    ],
)
def test_what_lasts_longer(text: str, title: str, last: str) -> None:
    found = [(e.title, e.last("2024-05-01", "2026-04-30")) for e in extensions(text, "x")]
    assert found == ([(title, last)] if title else [])


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        ("2024-05-01", 24, "2026-04-30"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024", 12, ""),
        ("2023-08-31", 6, "2024-02-29"),
    ],
)
def test_the_last_day_of_a_term(day: str, months: int, last: str) -> None:
    assert later(day, months) == last


@pytest.mark.parametrize(
    ("text", "ended"),
    [
        ("本办法自2024年5月1日起施行，《甲办法》（校发〔2019〕3号）同时废止。", [("甲办法", "校发〔2019〕3号")]),
        ("《甲办法》、《乙规定》同时废止。", [("甲办法", ""), ("乙规定", "")]),
        ("原《甲办法》停止执行。", [("甲办法", "")]),
        ("校发〔2019〕3号文件同时废止。", [("", "校发〔2019〕3号")]),
        ("原办法同时废止。", [("", "")]),
        ("下列文件予以废止：\n1.《甲办法》；\n2.《乙规定》。\n其他照旧。", [("甲办法", ""), ("乙规定", "")]),
        ("此前规定与本办法不一致的，以本办法为准。", []),
        ("《甲办法》同时废止；此前规定与本办法不一致的，以本办法为准。", [("甲办法", "")]),
        ("《甲办法》与本办法相抵触的条款废止。", []),
        ("《甲办法》第三条同时废止。", []),
        ("处分决定被撤销的，原决定失效。", []),
        ("证书遗失的，原证作废。", []),
    ],
)
def test_what_a_text_ends(text: str, ended: list[tuple[str, str]]) -> None:
    assert [(e.title, e.number) for e in endings(text, 0, len(text), "题目", "x")] == ended


TITLE = "某校关于修改《甲办法》的决定"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("将第九条中的“20日”修改为“45日”。", [(Act.WORDS, ["第九条"], "20日", "45日")]),
        ("第六条修改为：“甲。”", [(Act.REPLACE, ["第六条"], "", "甲。")]),
        ("第六条修改为：\n“第六条 甲：\n“（一）乙；”", [(Act.REPLACE, ["第六条"], "", "第六条 甲：/（一）乙；")]),
        ("第六条修改为：甲乙丙。", [(Act.REPLACE, ["第六条"], "", "甲乙丙。")]),
        ("删去第七条第二项、第三项。", [(Act.DELETE, ["第七条第二项", "第七条第三项"], "", "")]),
        ("第十四条废止。", [(Act.DELETE, ["第十四条"], "", "")]),
        ("第六条删去“或者其他”。", [(Act.WORDS, ["第六条"], "或者其他", "")]),
        ("在第十条第一款“教师”后增加“、实验员”。", [(Act.INSERT, ["第十条第一款"], "教师", "、实验员")]),
        ("增加一条，作为第十二条：“甲。”", [(Act.ADD, [], "", "甲。")]),
        ("第五条增加一款，作为第二款：“甲。”", [(Act.ADD, ["第五条"], "", "甲。")]),
        ("原第八条至第十条依次改为第九条至第十一条。", [(Act.RENUMBER, ["第八条", "第九条", "第十条"], "", "")]),
        (
            "第十二条改为第十三条，其中的“院长”修改为“校长”，删去第二款。",
            [
                (Act.RENUMBER, ["第十二条"], "", ""),
                (Act.WORDS, ["第十二条"], "院长", "校长"),
                (Act.DELETE, ["第十二条第二款"], "", ""),
            ],
        ),
        ("全文中的“教务处”统一修改为“教务部”。", [(Act.WORDS, [], "教务处", "教务部")]),
        ("以下条款序号依次顺延。", [(Act.SHIFT, [], "", "")]),
        ("删去“三、报名办法”第（二）项。", [(Act.DELETE, ["第三部分第二项"], "", "")]),
        (
            "将“第三部分 报名”第（一）项中的“5日”改为“6日”。",
            [(Act.WORDS, ["第三部分第一项"], "5日", "6日")],
        ),
        # What is no fixed formula is not guessed at.
        ("取消第五条第二款关于保证金的规定。", [(Act.UNREAD, ["第五条第二款"], "", "")]),
        ("本决定自2025年1月1日起施行。", []),
    ],
)
def test_instructions(text: str, told: list[tuple[Act, list[str], str, str]]) -> None:
    found = [
        (i.act, [w.shown for w in i.where], i.old, "/".join(text[a:b] for a, b in i.new))
        for i in instructions(text, TITLE)
    ]
    assert found == told


@pytest.mark.parametrize(
    ("text", "title", "number"),
    [
        (
            "根据《上位法》的修改情况，对《甲办法》（校发〔2019〕3号）作如下修改：\n第二条删去。",
            "甲办法",
            "校发〔2019〕3号",
        ),
        ("将《办法》第二条中的“甲”修改为“乙”。", "甲办法", ""),
        ("对《甲办法》（校发〔2023〕8号修改）再作如下修改：\n第二条删去。", "甲办法", ""),
        ("（二）《乙规定》（校发〔2019〕3号）\n1.第二条删去。", "乙规定", "校发〔2019〕3号"),
        ("对《乙规定》作出修改，将第二条中的“甲”修改为“乙”。", "乙规定", ""),
    ],
)
def test_whose_text_is_amended(text: str, title: str, number: str) -> None:
    assert {(i.title, i.number) for i in instructions(text, TITLE)} == {(title, number)}


@pytest.mark.parametrize(
    "text",
    [
        "依据《甲办法》第五条取消其入学资格。",
        "按照《甲办法》第三条增加的内容执行。",
        "学生应当按《甲办法》第二条修改论文。",
    ],
)
def test_a_policy_that_speaks_of_another_amends_nothing(text: str) -> None:
    assert list(instructions(text, "某校学籍规定")) == []


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("白鹭镇中心学校接受捐赠规定\n第一条 甲。", "issuer", "白鹭镇中心学校"),
        ("关于废止《甲办法》的通知\n校发〔2025〕9号\n一、甲。\n丹枫学院\n2025年4月2日", "issuer", "丹枫学院"),
        ("关于废止《甲办法》的通知\n校发〔2025〕9号\n一、甲。", "status", "印发"),
        ("甲办法（已废止）\n第一条 甲。", "status", "废止"),
        ("某校文件\n校人〔2024〕15号          签发人：何砚\n甲办法\n第一条 甲。", "number", "校人〔2024〕15号"),
        ("甲办法\n（2021年9月2日院长办公会通过，2024年6月12日修订）\n第一条 甲。", "issued", "2024-06-12"),
        ("甲办法\n（校字〔2021〕19号　2021年8月26日教代会通过）\n第一条 甲。", "number", "校字〔2021〕19号"),
        ("甲办法\n（校字〔2021〕19号　2021年8月26日教代会通过）\n第一条 甲。", "issued", "2021-08-26"),
        ("甲条例\n2003年7月16日常务会议通过\n2003年7月21日国务院令第385号公布\n第一条 甲。", "issued", "2003-07-21"),
        ("甲条例\n2003年7月21日国务院令第385号公布\n第一条 甲。", "number", "国务院令第385号"),
        ("甲条例\n2003年7月21日中华人民共和国国务院令第385号公布\n第一条 甲。", "issuer", "国务院"),
        ("甲条例\n1984年1月7日国务院\n中央军委发布\n第一条 甲。", "issuer", "国务院、中央军委"),
        ("甲解释\n2018年1月8日审委会通过\n2018年1月18日施行\n第一条 甲。", "issued", "2018-01-08"),
        ("青山学院、白云学院关于联合培养的办法\n第一条 甲。", "issuer", "青山学院、白云学院"),
        ("第一条 甲；\n（一）乙；", "title", None),
    ],
)
def test_heads(text: str, name: str, value: str | None) -> None:
    found = getattr(read_head(text), name)
    assert (found.value if found else None) == value


def test_a_decision_on_several_texts() -> None:
    title = "某校关于修改《甲办法》等两个文件的决定"
    second = "二、修改《乙规定》（校发〔2019〕3号）\n将第三条中的“子”修改为“丑”。"
    text = f"{title}\n一、修改《甲办法》\n第二条删去。\n{second}"
    assert [(i.title, i.number, i.act) for i in instructions(text, title)] == [
        ("甲办法", "", Act.DELETE),
        ("乙规定", "校发〔2019〕3号", Act.WORDS),
    ]
