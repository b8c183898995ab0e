"""Questions to begin with, made of what a document has."""

from __future__ import annotations

import pytest

from policy_qa.dialogue.examples import examples
from samples import cut

TRAVEL = cut(
    "北海大学差旅费管理办法\n第一章 总则\n第一条 为规范差旅。\n第二章 报销标准\n第二条 报销期限30日，由财务处核定。\n"
    "第三章 附则\n第三条 本办法自印发之日起施行。\n",
    "travel",
)
BARE = cut("借阅规定\n第一条 凭卡借书。\n第二条 借期见附表。\n", "bare")
ALL = (
    "北海大学对报销标准有什么规定？",
    "北海大学规定的报销期限是多久？",
    "《北海大学差旅费管理办法》第二条规定了什么？",
    "《北海大学差旅费管理办法》讲了什么？",
)


@pytest.mark.parametrize(
    ("refused", "expected"),
    [
        ((), ALL),
        (("报销标准", "第二条规定"), (ALL[1], "《北海大学差旅费管理办法》第三条规定了什么？", ALL[3])),
        (("北海大学",), ("《借阅规定》第二条规定了什么？", "《借阅规定》讲了什么？")),
    ],
)
def test_headings_values_numbers_and_outlines_that_are_answered(
    refused: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    def answers(example: tuple[str, str]) -> bool:
        return not any(words in example[0] for words in refused)

    assert examples([TRAVEL, BARE], lambda word: word == "报销期限", answers) == expected


def test_nothing_on_file_offers_nothing() -> None:
    assert examples([], lambda word: True, lambda example: True) == ()
