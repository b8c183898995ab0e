"""Pinyin, traditional characters and slips, against the words of the texts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from policy_qa.dialogue.writing import Writing
from policy_qa.words import Segmenter, is_traditional, normalize

TEXT = "差旅费报销期限为三十日，住宿费由财务处审核。印章由办公室保管，信息系统由CIO负责。"
WORDS = (
    "日起",
    "公示",
    "一节",
    "差旅费",
    "报销",
    "期限",
    "住宿费",
    "财务处",
    "审核",
    "印章",
    "办公室",
    "保管",
    "信息",
    "cio",
)
WRITING = Writing(
    dict.fromkeys(WORDS, 1.0), lambda w: w in normalize(TEXT), {"cio", "who", "seal"}, Segmenter(WORDS).words
)

SPELLED = [
    ("chailvfei baoxiao qixian", "差旅费报销期限"),
    ("yinzhang shei baoguan", "印章谁保管"),
    ("CIO shenhe", "cio审核"),
    ("who keeps the seal", "who keeps the seal"),
    ("qwerty uiop", "qwerty uiop"),
    ("印章由谁保管", "印章由谁保管"),
    ("yinzhang#7.2", "yinzhang#7.2"),
    ("shenhe@example.org", "shenhe@example.org"),
    ("資訊系統", "信息系统"),
]


@pytest.mark.parametrize(("typed", "read"), SPELLED)
def test_letters_are_read_as_the_sound_of_words(typed: str, read: str) -> None:
    assert WRITING.spelled(typed) == read


def test_words_of_one_sound_are_read_alike_in_every_process() -> None:
    code = "from test_writing import WRITING; print(sorted(WRITING._by_letters.items()))"
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    read = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            check=True, capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(read) == 1


@pytest.mark.parametrize(
    ("typed", "read", "words"),
    [
        ("办工室在哪", "办公室在哪", ("办公室",)),
        ("印张谁保管", "印章谁保管", ("印章",)),
        ("印章谁保管", "印章谁保管", ()),
        ("今天天气怎么样", "今天天气怎么样", ()),
        ("审几项", "审几项", ()),
        ("公式几天", "公示几天", ("公示",)),  # what is typed wrong is mostly a word, too, and a commoner one
        ("截止日期", "截止日期", ()),  # no slip of 日起, which is no word
        ("一届几年", "一届几年", ()),  # counts, and is no slip of 一节
        ("财务处里", "财务处里", ()),
        ("保管期限满了审合", "保管期限满了审核", ("审核",)),
    ],
)
def test_a_slip_is_found_by_its_sound(typed: str, read: str, words: tuple[str, ...]) -> None:
    assert WRITING.corrected(typed) == (read, words)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("資訊長", "资讯长"), ("ＣＩＯ", "cio"), ("著作乾淨", "著作乾净"), ("①②", "12"), ("學校", "学校")],
)
def test_one_notation(text: str, folded: str) -> None:
    assert normalize(text) == folded


def test_only_traditional_characters_are() -> None:
    assert is_traditional("學校")
    assert not is_traditional("学校（CIO）——“一”·①")
