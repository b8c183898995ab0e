"""Clauses: the stretches that an answer quotes. An item, or a sentence of what is not itemised."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.citing.clean import trimmed
from policy_qa.datamodels import Kind, Provision, Segmentation

_AROUND = " \t\n\u3000\xa0#*|-"
_SENTENCE = re.compile(r"[^。；;！？!?\n]*[。；;！？!?]+[”’」』）)]*|[^。；;！？!?\n]+(?:\n|$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A stretch of one provision that can be quoted on its own.

    `ref` is the finest provision that holds it (an item, else the article); `article` the ref at
    article level. `lead` tells that it introduces the items below it (「…应当具备下列条件：」).
    """

    ref: str
    article: str
    start: int
    end: int
    lead: bool = False


def clauses_of(segmentation: Segmentation, article: Provision) -> list[Clause]:
    """The clauses of an article-level provision, in text order, without overlap.

    Items are one clause each (an item with sub-items too: its text makes sense only whole); the rest
    falls into sentences. An article's label stays with its first sentence.
    """
    prefix = article.path + "."
    items = [p for p in segmentation.children(article, Kind.ITEM) if p.path.startswith(prefix)]
    out: list[Clause] = []
    at = article.start
    for item in items:
        out += _sentences(segmentation.document.text, article, at, item.start, lead=True)
        out.append(Clause(ref=item.ref, article=article.ref, start=item.start, end=item.end))
        at = item.end
    return out + _sentences(segmentation.document.text, article, at, article.end, lead=False)


def _sentences(text: str, article: Provision, start: int, end: int, *, lead: bool) -> list[Clause]:
    """Sentences of [start, end). A line that ends without a stop and goes on below is one sentence
    only where the document broke it (a page break); in a roster or a form each line stands alone."""
    out: list[Clause] = []
    prose = article.kind not in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING)
    pattern = re.compile(r"[^。；;！？!?]*[。；;！？!?]+[”’」』）)]*|[^。；;！？!?]+$") if prose else _SENTENCE
    for match in pattern.finditer(text, start, end):
        begin, stop = trimmed(text, *match.span(), _AROUND)
        if stop - begin >= 2 and re.search(r"\w", text[begin:stop]):
            leads = lead and text[stop - 1] not in "。；;"
            out.append(Clause(ref=article.ref, article=article.ref, start=begin, end=stop, lead=leads))
    return out
