"""Who stands in whom: the look-ups of a segmentation, on a text with every level."""

from __future__ import annotations

import pytest
from tests.samples import cut

from policy_qa.datamodels import Kind, Segmentation

TEXT = """某学院印章管理办法

第一章 总则

第一条 为规范印章管理，制定本办法。

第二条 用印人应当具备下列条件：
（一）本校在职人员；
（二）符合下列情形之一：
1.经部门负责人批准；
2.经校长批准。

第三条 印章由办公室保管。
保管人离岗时应当交接。
"""


@pytest.fixture(scope="module")
def whole() -> Segmentation:
    return cut(TEXT, "seals")


@pytest.mark.parametrize("path", ["2", "2.1", "2.2.1", "3.p2", "seals#2.1"])
def test_a_path_or_a_ref_leads_to_its_provision(whole: Segmentation, path: str) -> None:
    found = whole.at(path)
    assert found is not None
    assert found.path == path.rpartition("#")[2]


@pytest.mark.parametrize("path", ["4", "2.3", "", "others#2", "seals#9"])
def test_what_is_not_there_is_none(whole: Segmentation, path: str) -> None:
    assert whole.at(path) is None


@pytest.mark.parametrize(
    ("path", "above"), [("2", []), ("2.1", ["2"]), ("2.2.1", ["2.2", "2"]), ("3.p2", ["3"])], ids=str
)
def test_above_climbs_to_the_article(whole: Segmentation, path: str, above: list[str]) -> None:
    provision = whole.at(path)
    assert provision is not None
    assert [p.path for p in whole.above(provision)] == above
    assert whole.article_of(provision).path == (above or [path])[-1]


def test_children_are_what_stands_right_below(whole: Segmentation) -> None:
    second, third = whole.at("2"), whole.at("3")
    assert second is not None
    assert third is not None
    assert [p.path for p in whole.children(second)] == ["2.1", "2.2"]
    assert [p.path for p in whole.children(third, Kind.PARAGRAPH)] == ["3.p1", "3.p2"]
    assert not whole.children(third, Kind.ITEM)
    assert [p.path for p in whole.within(second)] == ["2", "2.1", "2.2", "2.2.1", "2.2.2"]


@pytest.mark.parametrize(
    ("path", "begins"), [("2", "用印人应当"), ("2.1", "本校在职"), ("2.2.1", "经部门"), ("3.p2", "保管人离岗")]
)
def test_a_body_begins_behind_the_label(whole: Segmentation, path: str, begins: str) -> None:
    provision = whole.at(path)
    assert provision is not None
    assert whole.document.text.startswith(begins, whole.body(provision))


@pytest.mark.parametrize(
    ("path", "stem"),
    [("2.1", "用印人应当具备下列条件："), ("2.2.2", "符合下列情形之一："), ("2", None), ("3.p2", None)],
)
def test_the_stem_of_an_item_introduces_it(whole: Segmentation, path: str, stem: str | None) -> None:
    provision = whole.at(path)
    assert provision is not None
    found = whole.stem_of(provision)
    assert (found and whole.document.text[slice(*found)]) == stem


@pytest.mark.parametrize(
    ("words", "path"),
    [("本校在职", "2.1"), ("经校长", "2.2.2"), ("具备下列条件", "2"), ("离岗", "3.p2"), ("为规范", "1")],
)
def test_the_finest_provision_holds_the_words(whole: Segmentation, words: str, path: str) -> None:
    start = whole.document.text.index(words)
    for found in (whole.finest(start), whole.finest(start, start + len(words))):
        assert found is not None
        assert found.path == path


def test_a_stretch_over_two_articles_is_in_none(whole: Segmentation) -> None:
    text = whole.document.text
    assert whole.finest(text.index("为规范"), text.index("本校在职")) is None


def test_the_finest_provision_is_the_last_before_the_words_that_ends_behind_them(whole: Segmentation) -> None:
    outer_first = sorted(whole.provisions, key=lambda p: (p.start, -p.end))
    for start in range(len(whole.document.text)):
        for end in range(start + 1, start + 30):
            found = [p for p in outer_first if p.start <= start and p.end >= end]
            assert whole.finest(start, end) == (found[-1] if found else None)
