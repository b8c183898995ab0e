"""A document as its comparison sees it: article-level units and headings, each with its label apart and its parts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from policy_qa.datamodels import Provision, Segmentation
from policy_qa.diff.align import Unit
from policy_qa.diff.model import What
from policy_qa.diff.words import fold
from policy_qa.numerals import NUMERAL_CHARS
from policy_qa.provisions.refs import place

_LABEL = re.compile(
    rf"第\s*[{NUMERAL_CHARS}][{NUMERAL_CHARS}\s]*[编章节](?:\s|\u3000)*|[（(][{NUMERAL_CHARS}]+[)）]\s*|"
    rf"[{NUMERAL_CHARS}]+[、．.]\s*|附\s*[件录表]\s*[{NUMERAL_CHARS}]*\s*[:：]?\s*"
)
_TAIL = re.compile(r"~.*")


@dataclass(slots=True)
class Node:
    """A stretch of one text. [start, body) is its label, [body, end) what it says; `parts` stand in it, in order."""

    what: What
    start: int
    body: int
    end: int
    unit: Unit
    name: str
    label: str = ""
    provision: Provision | None = None
    parts: list[Node] = field(default_factory=list)


def nodes_of(segmentation: Segmentation) -> list[Node]:
    """Articles, headings and text that is neither, in text order; rules and leftovers are left out."""
    out = [_node(segmentation, article, What.ARTICLE) for article in segmentation.articles]
    text = segmentation.document.text
    for span in segmentation.spans:
        if span.kind in ("heading", "unassigned"):
            what = What.HEADING if span.kind == "heading" else What.TEXT
            match = _LABEL.match(text, span.start, span.end) if what is What.HEADING else None
            body = match.end() if match else span.start
            label = text[span.start : body].strip()
            name = " ".join(text[span.start : span.end].split()).strip("#* ")
            number = f"{what}{fold(label)}" if label else ""
            unit = Unit(fold(text[body : span.end]), number)
            out.append(Node(what, span.start, body, span.end, unit, name, label))
    _give_parts(segmentation, out)
    return sorted(out, key=lambda n: n.start)


def _node(segmentation: Segmentation, provision: Provision, what: What, floor: int = 0) -> Node:
    """The node of a provision. `floor`: the first 款 begins with its article's label, which isn't its own."""
    text = segmentation.document.text
    start, end, label = max(provision.start, floor), provision.end, provision.label
    body = start
    if label and text.startswith(label, start):
        body = start + len(label)
        while body < end and text[body].isspace():
            body += 1
    number = own_number(provision)
    unit = Unit(fold(text[body:end]), f"{provision.kind}{number}" if number else "")
    return Node(what, start, body, end, unit, place(provision), label, provision)


def own_number(provision: Provision) -> str:
    """The number that the provision itself bears, in digits; empty where nothing is printed there."""
    if not provision.label:
        return ""
    return _TAIL.sub("", provision.path).split(".")[-1]


def _give_parts(segmentation: Segmentation, nodes: Sequence[Node]) -> None:
    """Hang 款, 项, 目 and rows into the articles that contain them, nested as their stretches are."""
    articles = {n.provision.ref: n for n in nodes if n.provision}
    inner = sorted((p for p in segmentation.provisions if not p.article), key=lambda p: (p.start, -p.end))
    for provision in inner:
        holder = articles.get(segmentation.article_of(provision).ref)
        if holder is None or not (holder.start <= provision.start < provision.end <= holder.end):
            continue
        while holder.parts and holder.parts[-1].start <= provision.start and provision.end <= holder.parts[-1].end:
            holder = holder.parts[-1]
        # What overlaps its neighbour can't be told apart from it; it is compared as plain text.
        if max(provision.start, holder.body) >= (holder.parts[-1].end if holder.parts else holder.body):
            holder.parts.append(_node(segmentation, provision, What.PART, floor=holder.body))
