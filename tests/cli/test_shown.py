"""What stands beneath an answer on the command line, and in its JSON."""

from __future__ import annotations

import json

import pytest

from policy_qa.cli.commands import comparison, references, width
from policy_qa.datamodels import Citation, ComparedRow, Comparison, Quotation, Referred
from policy_qa.doors.formats import answer_record
from policy_qa.printable import shorten
from samples import answering, document

ONE, TWO = document("甲校办法\n第一条 甲。\n", "one"), document("乙大学章程\n第一条 乙。\n", "two")
QUOTED = Quotation(ref="one#1", cite="《甲校办法》第一条", quote="任期\n三年。", start=1, end=7)
FURTHER = Quotation(ref="one#2", cite="《甲校办法》第二条", quote="可以连任。", start=8, end=13)
TABLE = Comparison(
    documents=(ONE, TWO),
    rows=(
        ComparedRow(point="term", label="任期", cells=((QUOTED, FURTHER), ()), differs=True),
        ComparedRow(point="who", label="由谁担任", cells=((), ()), differs=False, asked=False),
    ),
)
REFERRED = Referred(text="前 款", ref="one#1.p1", cite="《甲校办法》第一条第一款", quote="甲" * 200, start=3, end=203)


def test_a_table_as_aligned_lists() -> None:
    assert comparison(TABLE, "zh") == [
        "各文件对照：",
        "■ 任期（有差异）",
        "  《甲校办法》    任期 三年。  (one#1)",
        "                  可以连任。  (one#2)",
        "  《乙大学章程》  — 未作规定",
        "■ 由谁担任",
        "  《甲校办法》    — 未作规定",
        "  《乙大学章程》  — 未作规定",
    ]
    assert comparison(TABLE, "en")[:2] == ["Side by side:", "■ 任期 (differs)"]


def test_width() -> None:
    assert [width(t) for t in ("", "CIO", "任期", "（a）")] == [0, 3, 4, 5]


def test_references_beneath_a_citation() -> None:
    lines = references([REFERRED, Referred(text="第三十条")], "zh")
    assert lines[0].startswith("    ↳ 文中所引“前 款”：《甲校办法》第一条第一款  (one#1.p1)  甲")
    assert lines[0].endswith("甲…")
    assert lines[1] == "    ↳ 文中所引“第三十条”：没有这一处"
    assert references([], "zh") == []


def test_a_whole_chapter_is_not_printed() -> None:
    each = [Referred(text="本章", ref=f"one#{n}", cite=f"第{n}条", quote="甲。") for n in range(1, 8)]
    lines = references(each, "zh")
    assert len(lines) == 5
    assert lines[-1].strip() == "……等共 7 处"


def test_json() -> None:
    citation = Citation(
        n=1, ref="one#1", cite="", quote="", start=0, end=0, references=(REFERRED, Referred(text="第三十条"))
    )
    bare = Citation(n=2, ref="one#1", cite="", quote="", start=0, end=0)
    answer = answering(citations=(citation, bare), comparison=TABLE)
    record = json.loads(json.dumps(answer_record(answer)))
    assert record["citations"][0]["references"] == [
        {"text": "前 款", "ref": "one#1.p1", "cite": "《甲校办法》第一条第一款", "quote": "甲" * 200},
        {"text": "第三十条", "ref": "", "cite": "", "quote": "", "missing": True},
    ]
    assert "references" not in record["citations"][1]
    assert record["comparison"]["documents"] == [
        {"doc_id": "one", "title": "甲校办法"},
        {"doc_id": "two", "title": "乙大学章程"},
    ]
    first, second = record["comparison"]["rows"]
    assert (first["point"], first["label"], first["differs"]) == ("term", "任期", True)
    quoted = {"ref": "one#1", "cite": "《甲校办法》第一条", "quote": "任期\n三年。", "start": 1, "end": 7}
    assert first["cells"][0] | {"more": []} == quoted | {"more": []}
    assert [q["ref"] for q in first["cells"][0]["more"]] == ["one#2"]
    assert first["cells"][1] is None
    assert second["cells"] == [None, None]


def test_json_without_a_table_has_no_such_key() -> None:
    assert "comparison" not in answer_record(answering(refused=True))


@pytest.mark.parametrize(
    ("text", "shown"), [("字" * 60, "字" * 60), ("字" * 61, "字" * 60 + "…"), ("甲 \n 乙", "甲 乙")]
)
def test_long_words_are_shortened(text: str, shown: str) -> None:
    assert shorten(text, 60) == shown
