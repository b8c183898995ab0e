"""The titles inside one file: a notice with two 办法 attached, a 办法 with its 细则 behind it."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from policy_qa.datamodels import Provision, Segmentation


def titles_of(segmentation: Segmentation) -> tuple[str, ...]:
    """The titles under which provisions of this file stand, where there are several; else none."""
    found = _by_title(segmentation)
    return tuple(found) if len(found) > 1 else ()


def numbered(segmentation: Segmentation) -> Mapping[str, str]:
    """The titles inside a file, each with the document number below it, empty where none is known."""
    numbers = {i.title: i.number for i in segmentation.instruments}
    return {title: numbers.get(title, "") for title in titles_of(segmentation)}


def titled(segmentation: Segmentation, title: str) -> Sequence[Provision]:
    """The provisions at article level that stand under one of these titles; all where there is no such."""
    return _by_title(segmentation).get(title, segmentation.articles)


def outside(instruments: Sequence[tuple[str, str]], segmentations: Mapping[str, Segmentation]) -> Container[str]:
    """The refs at article level that are not meant where instruments are named (pairs of document and title)."""
    meant = {a.ref for doc_id, title in instruments for a in titled(segmentations[doc_id], title)}
    return {a.ref for doc_id, _ in instruments for a in segmentations[doc_id].articles} - meant


def _by_title(segmentation: Segmentation) -> Mapping[str, list[Provision]]:
    out: dict[str, list[Provision]] = {}
    for article in segmentation.articles:
        own = segmentation.instrument_of(article)
        out.setdefault(own.title if own else segmentation.document.title, []).append(article)
    return out
