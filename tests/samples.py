"""Hand-made policies for tests, and ways to look at what became of them."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from policy_qa.datamodels import (
    Answer,
    Comparison,
    Document,
    Line,
    LineKind,
    Point,
    PointKind,
    Provision,
    Segmentation,
)
from policy_qa.documents.extracted import describe
from policy_qa.provisions import segment

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "corpus"
POLICIES = ("helan-cio", "it-leading-group", "jiaozuo-cio", "yichun-cio")


def document(text: str, doc_id: str = "x") -> Document:
    """A document of this text, described by what it says about itself."""
    return describe(text, doc_id=doc_id, source=f"{doc_id}.txt", sha256="0" * 64)


def cut(text: str, doc_id: str = "x") -> Segmentation:
    """The provisions of a text."""
    return segment(document(text, doc_id))


def answering(
    *lines: Line | str, question: str = "", refused: bool = False, comparison: Comparison | None = None, **known: Any
) -> Answer:
    """An answer to one point, of these lines."""
    each = tuple(Line(text=line) if isinstance(line, str) else line for line in lines)
    kind = PointKind.CONTENT
    point = Point(text=question, kind=kind, refused=refused, lines=each, comparison=comparison)
    return Answer(question=question, refused=refused, points=(point,), **({"mode": "extractive"} | known))


def quoting(text: str, n: int, place: str = "") -> Line:
    """A line that quotes citation `n`."""
    return Line(kind=LineKind.QUOTE, place=place, text=text, marks=(n,))


def paths(segmentation: Segmentation) -> list[str]:
    """The paths of all provisions, in text order."""
    return [p.path for p in segmentation.provisions]


def article_paths(segmentation: Segmentation) -> list[str]:
    """The paths at article level, in text order."""
    return [p.path for p in segmentation.articles]


def at(segmentation: Segmentation, path: str) -> Provision:
    """The provision of this path."""
    (found,) = [p for p in segmentation.provisions if p.path == path]
    return found


def text_at(segmentation: Segmentation, path: str) -> str:
    """The exact text of the provision of this path."""
    return segmentation.text_of(at(segmentation, path))


def visible(char: str) -> bool:
    """Whether a character shows on paper: no white space, no control or format character."""
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")


def assert_lossless(segmentation: Segmentation) -> None:
    """Every visible character stands in exactly one article-level provision or span; refs are unique; children nest."""
    text = segmentation.document.text
    times = [0] * len(text)
    for piece in (*segmentation.articles, *segmentation.spans):
        assert 0 <= piece.start < piece.end <= len(text)
        for i in range(piece.start, piece.end):
            times[i] += 1
    wrong = [(i, text[i], n) for i, n in enumerate(times) if (n != 1 if visible(text[i]) else n > 1)]
    assert not wrong, wrong[:10]
    refs = [p.ref for p in segmentation.provisions]
    assert len(refs) == len(set(refs)), sorted(refs)
    by_path = {p.path: p for p in segmentation.provisions}
    for p in segmentation.provisions:
        own = segmentation.text_of(p)
        assert own == own.strip()
        assert p.start <= p.lead <= p.end
        if p.article:
            assert p.parent == ""
        else:
            above = by_path[p.parent]
            assert above.start <= p.start < p.end <= above.end
    starts = [a.start for a in segmentation.articles]
    assert starts == sorted(starts)
