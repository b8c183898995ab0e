"""Short policies to look for faults in."""

from __future__ import annotations

from policy_qa.datamodels import Segmentation
from policy_qa.lint import Check, Finding, lint
from samples import cut

#: A sound policy around the article that a test is about.
FRAME = """某校信息化管理办法
第一章 总则
第一条 为规范学校信息化工作，制定本办法。
第二条 {}
第三条 本办法由信息化办公室负责解释。
"""


def findings(text: str, *others: Segmentation) -> tuple[Finding, ...]:
    """All findings of a text; the quotations are held to be cut from it."""
    segmentation = cut(text)
    found = lint(segmentation, others)
    assert all(f.quote == segmentation.document.text[f.start : f.end] for f in found)
    assert all(f.message and f.todo for f in found)
    return found


def quotes(text: str, check: Check, *others: Segmentation) -> list[str]:
    """What one check quotes from a text."""
    return [f.quote for f in findings(text, *others) if f.check is check]


def framed(words: str, check: Check) -> list[str]:
    """What one check quotes from a policy whose second article says these words."""
    return quotes(FRAME.format(words), check)
