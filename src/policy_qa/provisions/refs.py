"""A provision's name for people: 《title》第七条第二项."""

from __future__ import annotations

import re

from policy_qa.datamodels import Document, Kind, Provision
from policy_qa.numerals import to_han

_HEADING_KINDS = (Kind.PART, Kind.CHAPTER, Kind.SUBCHAPTER)
_APPENDIX = re.compile(r"appendix-(\d+)(?:~(\d+))?(?:\.|$)")


def cite(document: Document, provision: Provision) -> str:
    """The citation as a person writes it; 项 without brackets (立法技术规范（试行）（一）, point 9).

    Where two texts of a policy bear the same title, the edition stands behind it: 《…》（2022年版）第七条.
    """
    edition = f"（{document.edition}）" if document.edition else ""
    return f"《{provision.instrument or document.title}》{edition}{place(provision)}"


def place(provision: Provision) -> str:
    """The citation without the document's title: 第七条第二项, 四、岗位管理 5., 附件1, 附件1第三条."""
    path, outer = provision.path, ""
    if match := _APPENDIX.match(path):
        named = next((h for h in provision.headings[:1] if h.startswith("附")), "")
        outer = (named or f"附件{match.group(1)}") + _occurrence(int(match.group(2) or 1))
        path = path[match.end() :]
        if not path:  # the attachment itself
            return outer
    if not provision.article:
        return outer + _inner_place(provision, path)
    return outer + _article_place(provision, path.partition("~")[0]) + _occurrence(provision.occurrence)


def _occurrence(count: int) -> str:
    return f"（第{count}处）" if count > 1 else ""


def _article_place(provision: Provision, path: str) -> str:
    """The place of a provision at article level."""
    if provision.kind is Kind.PREAMBLE:
        return "前言"
    if provision.kind is Kind.CLOSING:
        return "结尾部分"
    if provision.kind is Kind.PARAGRAPH:
        return f"第{to_han(int(path[1:]))}段"
    if provision.kind in _HEADING_KINDS:
        return " ".join(provision.headings)
    if provision.kind is Kind.ARTICLE:
        return _article_number(path) if provision.label.startswith("第") else provision.label
    if provision.kind is Kind.SECTION:
        return provision.headings[-1] if provision.headings else provision.label
    heading = provision.headings[-1] if provision.headings else ""
    gap = " " if heading and (provision.label[:1].isdigit() or heading.startswith("第")) else ""
    return f"{heading}{gap}{provision.label}"


def _article_number(path: str) -> str:
    number, _, sub = path.partition("-")
    return f"第{to_han(int(number))}条" + (f"之{to_han(int(sub))}" if sub else "")


def _inner_place(provision: Provision, path: str) -> str:
    """The place of what stands inside an article, a point, an attachment or a preamble."""
    parts = path.split(".")
    head, tail = parts[: _depth(provision)], parts[_depth(provision) :]
    return _head_place(provision, head) + _tail_place(provision, tail)


def _depth(provision: Provision) -> int:
    """How many parts of a path name the provision at article level (an attachment's own name left out)."""
    if provision.unit is Kind.APPENDIX:
        return 0
    if provision.unit is Kind.POINT:
        return len(provision.headings) + 1
    if provision.unit in (*_HEADING_KINDS, Kind.SECTION):
        return max(len(provision.headings), 1)
    return 1


def _head_place(provision: Provision, head: list[str]) -> str:
    if not head:
        return ""
    last, again = head[-1].partition("~")[0], _occurrence(provision.occurrence)
    if provision.unit is Kind.ARTICLE:
        return _article_number(last) + again
    if provision.unit is Kind.PREAMBLE:
        return "前言" + again
    if provision.unit is Kind.PARAGRAPH:
        return f"第{to_han(int(last[1:]))}段" + again
    if provision.unit is Kind.POINT and provision.headings[-1][:1].isdigit():
        return f"{'.'.join(head)} " + again  # 2.1.1, in a plan numbered so
    if provision.unit is Kind.POINT:
        return f"{provision.headings[-1]} 第{last}点" + again
    if provision.unit is Kind.SECTION and provision.headings:
        return provision.headings[-1] + again
    return (" ".join(provision.headings) or f"{to_han(int(last))}、") + again


def _tail_place(provision: Provision, tail: list[str]) -> str:
    """第二款第三项第一目; outside 条 the label as printed, and 段 for 款."""
    by_article = provision.unit is Kind.ARTICLE
    if not by_article and provision.kind is Kind.ITEM and len(tail) == 1 and "~" not in tail[0]:
        return provision.label
    out, numbers = "", 0
    for part in tail:
        name, _, repeat = part.partition("~")
        if name.startswith("p"):
            out += f"第{to_han(int(name[1:]))}{'款' if by_article else '段'}"
        elif name.startswith("r"):
            out += f"表格第{name[1:]}行"
        else:
            out += f"第{to_han(int(name))}{'目' if numbers else '项'}"
            numbers += 1
        out += _occurrence(int(repeat or 1))
    return out
