"""A provision's name for people: 《title》第七条第二项."""

from __future__ import annotations

import re

from policy_qa.datamodels import Document, Kind, Provision
from policy_qa.numerals import to_han

_NAMED = {Kind.PREAMBLE: "前言", Kind.CLOSING: "结尾部分"}


def cite(document: Document, provision: Provision) -> str:
    """The citation as a person writes it; 项 without brackets (立法技术规范（试行）（一）, point 9)."""
    return f"《{document.title}》{place(provision)}"


def place(provision: Provision) -> str:
    """The citation without the document's title: 第七条第二项, 四、岗位管理 5., 附件1."""
    path, _, repeat = provision.path.partition("~")
    suffix = f"（第{repeat}处）" if repeat else ""
    if provision.kind in _NAMED:
        return _NAMED[provision.kind] + suffix
    if provision.kind is Kind.APPENDIX:
        return "附件" + path.removeprefix("appendix-") + suffix
    if provision.kind in (Kind.CHAPTER, Kind.SUBCHAPTER, Kind.PART):
        return " ".join(provision.headings) + suffix
    if provision.kind is Kind.SECTION:
        return (provision.headings[-1] if provision.headings else provision.label) + suffix
    if provision.kind is Kind.POINT or not _is_article_path(provision):
        return _point_place(provision) + suffix
    return _article_place(path) + suffix


def _is_article_path(provision: Provision) -> bool:
    """Whether the first number of the path is a 条: no section stands above it."""
    return not any(
        re.match(r"[一二三四五六七八九十百]+[、．.]|[（(]", h) for h in provision.headings
    ) and provision.kind in (
        Kind.ARTICLE,
        Kind.PARAGRAPH,
        Kind.ITEM,
        Kind.SUBITEM,
    )


def _article_place(path: str) -> str:
    parts = path.split(".")
    number, _, sub = parts[0].partition("-")
    if not number.isdigit():
        return f"第{to_han(int(number.removeprefix('p') or 0))}段"
    out = f"第{to_han(int(number))}条" + (f"之{to_han(int(sub))}" if sub else "")
    depth = 0
    for part in parts[1:]:
        digits = re.sub(r"\D.*", "", part.removeprefix("p"))
        if part.startswith("p"):
            out += f"第{to_han(int(digits))}款"
        else:
            out += f"第{to_han(int(digits))}{'项' if depth == 0 else '目'}"
            depth += 1
    return out


def _point_place(provision: Provision) -> str:
    heading = provision.headings[-1] if provision.headings else ""
    if provision.kind is not Kind.POINT:  # an item below a point: its own label after the point's number
        number = provision.parent.split(".")[-1]
        return f"{heading} 第{number}点{provision.label}".strip()
    gap = " " if heading and provision.label[:1].isascii() and provision.label[:1].isdigit() else ""
    return f"{heading}{gap}{provision.label}"
