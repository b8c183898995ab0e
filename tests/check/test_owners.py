"""Which document a number is of."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from policy_qa.check.cited import Citations
from policy_qa.check.sentences import Cut
from policy_qa.datamodels import Segmentation
from policy_qa.naming.drafts import Titles
from samples import cut, document

YICHUN = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
GROUP = "《信息化工作领导小组工作办法》"


@pytest.fixture(scope="module")
def titles(segmentations: Mapping[str, Segmentation]) -> Titles:
    return Titles(segmentations)


def owners(text: str, titles: Titles, held: Mapping[str, Segmentation]) -> list[str | None]:
    cited = Citations(document(text, "draft"), Cut(text), titles, held).all
    return [None if c.owner is None else "own" if c.owner.own else c.owner.doc_id or c.owner.title for c in cited]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"根据{YICHUN}第七条", ["yichun-cio"]),
        ("根据《宜春学院首席信息官（CIO）制度》第七条", ["yichun-cio"]),
        ("根据《首席信息官制度》第七条", ["yichun-cio"]),
        ("按照我校CIO制度第7条", ["yichun-cio"]),
        ("根据信息化工作领导小组工作办法第三条", ["it-leading-group"]),
        (f"{GROUP}（办发〔2014〕39号）第三条、第四条", ["it-leading-group", "it-leading-group"]),
        ("办发〔2014〕39号第三条", ["it-leading-group"]),
        (f"我们学习了{YICHUN}。第七条规定", ["yichun-cio"]),
        (f"{YICHUN}第七条。该制度第八条；本制度第九条；上述制度第十条", ["yichun-cio"] * 4),
        (f"{YICHUN}第七条，{GROUP}第三条。该制度第八条，该办法第四条。", ["yichun-cio", "it-leading-group"] * 2),
        (f"{YICHUN}（以下简称《制度》）。《制度》第七条", ["yichun-cio"]),
        (f"{GROUP}（以下简称“工作办法”）。工作办法第七条", ["it-leading-group"]),
        ("贺兰县的方案第5条；宜春学院第七条", ["helan-cio", "yichun-cio"]),
        ("见第七条。", [None]),
        ("依据《教育法》第三十条；第三十一条", ["教育法", "教育法"]),
        ("刑法第一百二十条之一", ["刑法"]),
        ("《宜春学院财务管理办法》第五条", ["宜春学院财务管理办法"]),
        (f"{YICHUN}第七条第一项、第二项和第八条", ["yichun-cio"] * 3),
        ("《贺兰县中小学校首席信息官实施方案》四、岗位管理 5.", ["helan-cio"]),
    ],
)
def test_a_number_is_of_the_document_that_is_named(
    text: str, expected: list[str | None], titles: Titles, segmentations: Mapping[str, Segmentation]
) -> None:
    assert owners(text, titles, segmentations) == expected


def test_a_draft_that_is_an_instrument_speaks_of_its_own_articles(
    titles: Titles, segmentations: Mapping[str, Segmentation]
) -> None:
    text = (
        f"校园网管理办法\n第一条 依据{GROUP}第三条制定本办法。\n第二条 违反第一条的，通报批评。\n"
        "第三条 本办法第二条自发布起施行。\n"
    )
    assert owners(text, titles, segmentations) == ["it-leading-group", "own", "own"]


def test_the_newest_text_is_meant_unless_the_draft_names_another() -> None:
    def text(year: int, term: int) -> str:
        return (
            f"江州学院首席信息官管理办法\n（{year}年3月1日）\n第一条 为规范首席信息官工作，制定本办法。\n"
            f"第二条 首席信息官任期{term}年，由校长提名，经党委批准后聘任。\n第三条 本办法自发布之日起施行。\n"
        )

    held = {name: cut(text(year, term), name) for name, year, term in (("a-2020", 2020, 3), ("a-2024", 2024, 4))}
    titles = Titles(held)
    assert owners("《江州学院首席信息官管理办法》第二条", titles, held) == ["a-2024"]
    assert owners("《江州学院首席信息官管理办法》（2020年版）第二条", titles, held) == ["a-2020"]
