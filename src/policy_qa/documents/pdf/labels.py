"""How a provision begins, as far as lines of a page need to know it. The parser has its own, finer idea."""

from __future__ import annotations

import re

from policy_qa.citing.grammar import ordinal

_HAN = "〇零一二三四五六七八九十百千两"
_LABEL = re.compile(
    rf"{ordinal('编|分编|章|节|条')}(?:(?<=条)\s*之\s*[{_HAN}]{{1,3}})?(?!所|的|之规定|规定|中|第|款|项|[、，,；;。]|[和或及至与]|以及|情形)|"
    rf"[{_HAN}]{{1,4}}\s*[、．]|[（(]\s*[{_HAN}0-9０-９]{{1,4}}\s*[）)]|[0-9０-９]{{1,3}}\s*[.．、](?![0-9０-９])|"
    r"[0-9０-９]{1,3}\s*[)）]|[①-⑳]|附\s*[件录表]\s*[0-9０-９一二三四五六七八九十]{0,3}\s*(?:[:：]|$)|[•●■◆➢\uf0b7-]\s"
)


def label_end(text: str) -> int:
    """The length of the label that a line begins with and of the spaces after it; 0 without one."""
    match = _LABEL.match(text)
    if not match:
        return 0
    return match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())


def has_label(text: str) -> bool:
    """Whether a line begins with 第X条, 一、, （一）, 1., ①, 附件."""
    return bool(_LABEL.match(text))
