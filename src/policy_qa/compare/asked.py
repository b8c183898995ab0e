"""Whether a question sets documents side by side, and whether it looks for the one that says something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_qa.retrieval.question import Question

_EACH = re.compile(
    r"各(?:由|自|是|怎|如何|有|个|家|地|校|份|所)|分别"
    r"|[每两三四五六几](?:份|家|所|地|校|处|个(?:学校|单位|文件|机构))"
)
_WHICH = re.compile(
    r"哪(?:一|几)?(?:家|份|校|所|地|个(?:学校|单位|文件|机构))|谁(?:家)?(?:提到|提及|规定|写|说|明确|要求)"
    r"|\bwhich (?:of the )?(?:school|institution|polic|document)",
    re.I,
)


def asks_for_table(question: Question, cited: Sequence[str]) -> bool:
    """Whether documents are to be set side by side: the question says so, or several of them answer it."""
    if question.numbers:
        return False
    if question.scope.doc_ids and not question.scope.several and set(cited) <= set(question.scope.doc_ids):
        return False
    return len(cited) > 1 or on_purpose(question)


def on_purpose(question: Question) -> bool:
    """Whether a question itself sets documents side by side."""
    return (
        question.scope.several
        or question.scope.every
        or question.compares
        or asks_which(question.text)
        or asks_each(question.text)
    )


def asks_each(question: str) -> bool:
    """Whether every one of several documents is asked: 「各由谁…」, 「三家单位…」."""
    return bool(_EACH.search(question))


def asks_which(question: str) -> bool:
    """Whether a question looks for the documents that say something: 「哪一家规定了…」."""
    return bool(_WHICH.search(question))
