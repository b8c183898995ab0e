"""Numbers in a question as the places that they name: text -> refs, whole and in order."""

from __future__ import annotations

import pytest

from policy_qa.citing.find import places_in
from policy_qa.citing.parts import kind_of
from policy_qa.citing.place import UNSAID, Place

ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")


def article(number: int, **more: object) -> Place:
    return Place(kind="条", number=number, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第七条", [article(7)]),
        ("第七条之二", [article(7, sub=2)]),
        ("第七条第三款", [article(7, paragraph=3)]),
        ("第七条第三款第（二）项", [article(7, paragraph=3, item=2)]),
        ("第七条第二项第三目", [article(7, item=2, subitem=3)]),
        # 七 is spelled out for each.
        ("第七、八条", [article(7), article(8)]),
        ("第七条第一、三项", [article(7, item=1), article(7, item=3)]),
        ("第一和第三条", [article(1), article(3)]),
        ("第二及四款", [UNSAID.with_number("款", n) for n in (2, 4)]),
        # A range counts its ends, 50 after the first at most.
        ("第一条至第三条", [article(1), article(2), article(3)]),
        ("第一条到三条", [article(1), article(2), article(3)]),
        ("第三条至第一条", [article(3), article(1)]),
        ("第1条至第51条", [article(n) for n in range(1, 52)]),
        ("第1条至第52条", [*(article(n) for n in range(1, 52)), article(52)]),
        ("第1条至第90条", [*(article(n) for n in range(1, 52)), article(90)]),
        ("第七条至第七条之三", [article(7), article(7, sub=3)]),
        # An item alone is of the article before it.
        ("第七条规定什么？其中第二项呢", [article(7), article(7, item=2)]),
        ("第二项和别的什么，还有第七条", [article(7)]),
        ("第七条之二至第八条", [article(7, sub=2), article(8)]),
        # So do the items.
        ("第七条第一项至第三项", [article(7, item=n) for n in (1, 2, 3)]),
        ("第七条第一项、第三项", [article(7, item=1), article(7, item=3)]),
        ("第七条第一项、第三项至第五项", [article(7, item=n) for n in (1, 3, 4, 5)]),
        ("第七条第1项至第51项", [article(7, item=n) for n in range(1, 52)]),
        ("第七条第1项至第90项", [*(article(7, item=n) for n in range(1, 52)), article(7, item=90)]),
        ("第七条第二项第三目、第四项", [article(7, item=2, subitem=3), article(7, item=4)]),
        ("第七条、第三项", [article(7), article(7, item=3)]),
        # Headings, and what stands below them.
        ("第三章", [Place(kind="章", number=3)]),
        ("第三章第二节", [Place(kind="节", number=2, within=(("章", 3),))]),
        ("第三章的第五条", [article(5, within=(("章", 3),))]),
        ("第一编第二分编第三章第四节第五条", [article(5, within=(("编", 1), ("分编", 2), ("章", 3), ("节", 4)))]),
        ("第三章和第五条", [Place(kind="章", number=3), article(5)]),
        ("第二节第三章", [Place(kind="节", number=2), Place(kind="章", number=3)]),
        ("第三章第四章", [Place(kind="章", number=3), Place(kind="章", number=4)]),
        ("第五条第三章", [article(5), Place(kind="章", number=3)]),
        ("第五条第六条", [article(5), article(6)]),
        # Attachments.
        ("附件2", [Place(kind="附件", number=2)]),
        ("第二个附件", [Place(kind="附件", number=2)]),
        ("附件2第（三）项", [Place(kind="附件", number=2, item=3)]),
        ("附件2第三项第一目", [Place(kind="附件", number=2, item=3, subitem=1)]),
        ("附件2第三条", [article(3, appendix=2)]),
        ("附件2里的第三条第一项", [article(3, item=1, appendix=2)]),
        ("附件2第三章第四条", [article(4, within=(("章", 3),), appendix=2)]),
        ("附件2第三部分", [Place(kind="部分", number=3, appendix=2)]),
        ("附件2的2.1.1", [Place(kind="点", number=1, digits="2.1.1", appendix=2)]),
        ("附件2第三项第四条", [Place(kind="附件", number=2, item=3), article(4)]),
        ("附件2附件3", [Place(kind="附件", number=2), Place(kind="附件", number=3)]),
        ("附件1表格第2行", [Place(kind="附件", number=1, row=2)]),
        ("附件1第3行", [Place(kind="附件", number=1, row=3)]),
        ("第七条的表第2行", [article(7, row=2)]),
        ("第三章第2行", [Place(kind="章", number=3)]),
        ("附件里写了什么", [Place(kind="附件", number=1)]),
        ("南山大学的附件是什么？", [Place(kind="附件", number=1)]),
        ("附件的格式由谁定", []),
        # Sections of a text without 条.
        ("第三部分", [Place(kind="部分", number=3)]),
        ("第三点", [Place(kind="点", number=3)]),
        ("三、（二）", [Place(kind="部分", number=3, item=2)]),
        ("研学方案五（四）", [Place(kind="部分", number=5, item=4)]),
        ("课后服务意见二、（二）", [Place(kind="部分", number=2, item=2)]),
        ("分成三（个）小组", []),
        ("三、任职要求里的第2项", [Place(kind="部分", number=3, item=2)]),
        ("第三部分第2条", [Place(kind="部分", number=3, item=2)]),
        ("四、岗位管理，第5条", [Place(kind="部分", number=4, item=5)]),
        ("二、任职条件：第二项", [Place(kind="部分", number=2, item=2)]),
        ("一、任期，第七条；二、考核，第九条", [Place(kind="条", number=7), Place(kind="条", number=9)]),
        ("第三部分5", [Place(kind="部分", number=3, item=5)]),
        # Decimal numbers.
        ("2.1.1", [Place(kind="点", number=1, digits="2.1.1")]),
        ("02.01.03", [Place(kind="点", number=3, digits="2.1.3")]),
        ("2.1节", [Place(kind="点", number=1, digits="2.1")]),
        ("第2.12条", [Place(kind="点", number=12, digits="2.12")]),
        ("2.3?", [Place(kind="点", number=3, digits="2.3")]),
        ("2.1万元", []),
        ("场馆办法4.2", [Place(kind="点", number=2, digits="4.2")]),
        ("场馆管理办法的2.2怎么说", [Place(kind="点", number=2, digits="2.2")]),
        ("2.1的原文", [Place(kind="点", number=1, digits="2.1")]),
        ("办法2.0版", []),
        ("按规定2.5倍收费", []),
        # An item alone.
        ("第二项是什么", [UNSAID.with_number("项", 2)]),
        ("第（三）款", [UNSAID.with_number("款", 3)]),
        ("第零项", []),
        # English.
        ("Article 7", [article(7)]),
        ("article 7-2", [article(7, sub=2)]),
        ("article 7 paragraph 3", [article(7, paragraph=3)]),
        ("article 7, item 3", [article(7, item=3)]),
        ("article 7 point 3", [article(7, item=3)]),
        ("clause 7(3)", [article(7, item=3)]),
        ("chapter 3-2", [Place(kind="章", number=3)]),
        ("section iv", [Place(kind="部分", number=4)]),
        ("part 2", [Place(kind="部分", number=2)]),
        ("item 3", [UNSAID.with_number("项", 3)]),
        ("paragraph 3", [UNSAID.with_number("款", 3)]),
        ("annex 2", [Place(kind="附件", number=2)]),
        ("attachment 2", [Place(kind="附件", number=2)]),
        ("appendix x", [Place(kind="附件", number=10)]),
        ("the 3rd chapter", [Place(kind="章", number=3)]),
        ("the 12th article", [article(12)]),
        ("article 0", []),
        ("article xii", []),
        *((f"article {roman}", [article(n)]) for n, roman in enumerate(ROMAN, 1)),
        # Twice the same is one.
        ("第七条和第七条", [article(7)]),
        ("", []),
    ],
)
def test_what_a_question_names(text: str, expected: list[Place]) -> None:
    assert places_in(text) == tuple(expected)


@pytest.mark.parametrize(
    ("ref", "shown", "inner"),
    [
        (article(4), "第四条", False),
        (article(4, sub=2), "第四条之二", False),
        (article(4, paragraph=2), "第四条第二款", True),
        (article(4, item=3), "第四条第三项", True),
        (article(4, item=3, subitem=1), "第四条第三项第一目", True),
        (article(4, row=2), "第四条表格第2行", True),
        (article(4, subitem=1), "第四条第一目", True),
        (article(4, appendix=2), "附件2第四条", False),
        (article(4, within=(("编", 1), ("章", 2))), "第一编第二章第四条", False),
        (article(9999), "第九千九百九十九条", False),
        (article(10000), "第10000条", False),
        (Place(kind="附件", number=3), "附件3", False),
        (Place(kind="附件", number=3, item=2), "附件3第二项", True),
        (UNSAID.with_number("项", 2), "第二项", True),
        (Place(kind="点", number=1, digits="2.1"), "2.1", False),
    ],
)
def test_how_a_place_is_shown(ref: Place, shown: str, inner: bool) -> None:
    assert (ref.shown, ref.inner) == (shown, inner)
    whole = ref.whole
    assert (whole.paragraph, whole.item, whole.subitem, whole.row, whole.inner) == (0, 0, 0, 0, False)
    assert (whole.number, whole.sub, whole.appendix, whole.within) == (ref.number, ref.sub, ref.appendix, ref.within)


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("学位授予工作实施细则", "细则"),
        ("宿舍管理办法（试行）（2022年修订）", "办法"),
        ("学生 手册", "手册"),
        ("关于印发通知的函", "函"),
        ("办法的解读", ""),
        ("", ""),
    ],
)
def test_the_last_word_of_a_title_says_what_it_is(title: str, kind: str) -> None:
    assert kind_of(title) == kind
