"""Whatever a file holds, lint ends, quotes the text, and names provisions that are there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_qa.lint import lint
from samples import cut

PIECES = [
    "某校办法", "第一章 总则", "第一条 ", "第三条", "第二百条之一", "（一）", "（三）", "1.", "①", "附件1",
    "附件：1.表", "\n", "\n\n", "校长负责", "。", "，", "；。", "“", "”", "《", "》", "（", "本办法第九条",
    "前款", "第二款第（三）项", "领导小组", "信息化委员会", "2024年13月40日", "5-3人", "XX", "____", "{PAGE}",
    "<p>", "是是", "\ufffd", "| 甲 | 乙 |", "\t", "自", "年", "月", "日", "号", "Ⅲ",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_findings_quote_the_text(pieces: list[str]) -> None:
    segmentation = cut("".join(pieces))
    text = segmentation.document.text
    refs = {p.ref for p in segmentation.provisions} | {"x"}
    found = lint(segmentation, [segmentation])
    for finding in found:
        assert 0 <= finding.start < finding.end <= len(text)
        assert finding.quote == text[finding.start : finding.end]
        assert finding.ref in refs
        assert finding.doc_id == "x"
    assert [f.start for f in found] == sorted(f.start for f in found)
    assert len({(f.check, f.start, f.end) for f in found}) == len(found)
    english = lint(segmentation, [segmentation], lang="en")
    assert [(f.check, f.start) for f in english] == [(f.check, f.start) for f in found]


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    lint(cut(text))
