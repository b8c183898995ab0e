"""Blank forms: which articles are one, and whether a question means one.

A form that is still to be filled in names fields (学历, 奖励情况) and says nothing of them; matched by its words, it
answers every question about such a matter.
"""

from __future__ import annotations

import re

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.words import normalize

#: So large a share of the cells of a form's tables is empty. In the forms at hand .60 to .63 are.
_EMPTY = 0.5
#: How people speak of a form and of what is done with it, whatever it is for; not 表 in 代表, 表彰, 发表.
_MEANT = re.compile(
    r"附件|附录|填|栏|样表|(?<![代发外师仪手])表(?![示达现明彰扬决演白情面率态层述征])"
    r"|\b(?:forms?|tables?|sheets?|fill|filled|attachments?|annex|appendix)\b"
)


def is_blank_form(segmentation: Segmentation, article: Provision) -> bool:
    """Whether most cells of the tables in an article are empty, and the others are words, no mere marks (√)."""
    text = segmentation.document.text
    cells: list[str] = []
    for row in segmentation.within(article):
        if row.kind is Kind.ROW:
            # The whole line: a row's own stretch ends with its last word, and empty cells behind that are cells.
            end = text.find("\n", row.end)
            cells += _cells(text[row.start : end if end >= 0 else len(text)])
    filled = [cell for cell in cells if cell.strip()]
    return len(cells) - len(filled) >= _EMPTY * max(len(cells), 1) and all(re.search(r"\w", cell) for cell in filled)


def _cells(line: str) -> list[str]:
    return line.strip().strip("|").split("|") if "|" in line else line.split("\t")


def means_form(question: str) -> bool:
    """Whether a question is about a form or an attachment.

    >>> [means_form(q) for q in ("推荐表要填学历吗？", "What does the form ask for?", "代表要什么学历？")]
    [True, True, False]
    """
    return bool(_MEANT.search(normalize(question)))
