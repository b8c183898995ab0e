"""The citations of an answer with the references inside what they cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from policy_qa.datamodels import Citation, Referred, Segmentation
from policy_qa.references.resolver import Resolver


def with_references(
    citations: Sequence[Citation], segmentations: Mapping[str, Segmentation], resolver: Resolver
) -> tuple[Citation, ...]:
    """The same citations, each with what the references inside the provision that it cites lead to.

    Of several quotations from one provision, the one that holds a reference has it, else the first of them.
    """
    shown: list[list[Referred]] = [[] for _ in citations]
    places: dict[str, list[int]] = {}
    for i, citation in enumerate(citations):
        places.setdefault(citation.ref, []).append(i)
    for ref, own in places.items():
        segmentation = segmentations[ref.partition("#")[0]]
        provision = segmentation.at(ref)
        for reference, referred in resolver.referred(segmentation, provision) if provision else ():
            holds = (i for i in own if citations[i].start <= reference.start < citations[i].end)
            known = shown[next(holds, own[0])]
            known += [r for r in referred if r not in known]
    return tuple(
        replace(citation, references=tuple(found)) if found else citation
        for citation, found in zip(citations, shown, strict=True)
    )
