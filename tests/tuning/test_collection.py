from __future__ import annotations

from typing import Any, cast

import pytest

from policy_qa.errors import UsageError
from policy_qa.index.store import LoadedIndex
from policy_qa.passages import passages_of
from policy_qa.tuning.collection import Pair, of_index
from samples import cut

TEXT = """某校管理办法
第一章 总则
第一条 为规范工作，制定本办法。
第二条 设主任一名。
第三条 主任应当符合下列条件：
（一）具有本科以上学历；
（二）熟悉信息化工作。
"""


@pytest.fixture
def index() -> LoadedIndex:
    segmentation = cut(TEXT)
    return LoadedIndex(
        generation=1,
        manifest=cast(Any, None),
        segmentations={"x": segmentation},
        passages=tuple(passages_of(segmentation, count_tokens=len, limit=500)),
        vectors=cast(Any, None),
        extra={},
    )


def pair(*refs: str, texts: tuple[str, ...] = (), also: tuple[str, ...] = ()) -> Pair:
    return Pair(question="谁？", refs=refs, texts=texts, also=also, where="p.jsonl:7")


def test_an_article_stands_for_its_passage(index: LoadedIndex) -> None:
    collection, (asked,) = of_index(index, [pair("x#2")])
    assert [index.passages[i].ref for i in asked.positives] == ["x#2"]
    assert [collection.passages[i] for i in asked.positives] == ["某校管理办法 第一章 总则\n第二条设主任一名。"]
    assert asked.gold == asked.allowed == {collection.articles[asked.positives[0]]}


def test_an_item_stands_for_the_article_and_its_own_clause(index: LoadedIndex) -> None:
    collection, (asked,) = of_index(index, [pair("x#3.2")])
    whole, clause = (collection.passages[i] for i in asked.positives)
    assert "（一）具有本科以上学历" in whole
    assert "（二）熟悉信息化工作" in clause
    assert "（一）" not in clause
    assert len(asked.gold) == 1


def test_what_may_answer_too_is_allowed_and_not_gold(index: LoadedIndex) -> None:
    _, (asked,) = of_index(index, [pair("x#2", also=("x#3",))])
    assert (len(asked.gold), len(asked.allowed)) == (1, 2)


def test_a_text_of_its_own_joins_the_collection_once(index: LoadedIndex) -> None:
    pairs = [pair("x#1", texts=("别处的规定",)), pair(texts=("别处的规定",))]
    collection, (first, second) = of_index(index, pairs)
    assert collection.passages[-1] == "别处的规定"
    assert len(collection.passages) == len(index.passages) + 1
    assert second.positives == (len(index.passages),)
    assert len(first.gold) == 2
    assert second.gold < first.gold


@pytest.mark.parametrize(
    ("ref", "said"),
    [
        ("x#9", "expected a provision of x, found 'x#9'"),
        ("y#1", "expected a document of the index (x), found 'y#1'"),
        ("x", "expected a provision of x, found 'x'"),
        ("x#ch1", "expected a provision of x, found 'x#ch1'"),
    ],
)
def test_an_unknown_ref_names_the_line(index: LoadedIndex, ref: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        of_index(index, [pair(ref)])
    assert str(error.value).startswith(f"p.jsonl:7: {said}")
