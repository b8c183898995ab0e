"""Documents and passages as lines of JSON, and back, without loss."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from policy_qa.datamodels import (
    Amended,
    Document,
    Instrument,
    Kind,
    Passage,
    Provision,
    Recognised,
    Segmentation,
    Span,
    Status,
    Stretch,
)

# A large index has hundreds of thousands of provisions; the Enum's own look-up takes ten times as long.
_KINDS = {kind.value: kind for kind in Kind}


def dump_segmentations(segmentations: Iterable[Segmentation]) -> bytes:
    """Return one line a document."""
    return _lines(asdict(segmentation) for segmentation in segmentations)


def load_segmentations(data: bytes) -> tuple[Segmentation, ...]:
    """Read what `dump_segmentations` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return tuple(segmentation_of(fields) for fields in _parsed(data))


def dump_passages(passages: Iterable[Passage]) -> bytes:
    """Return one line a passage."""
    return _lines(asdict(passage) for passage in passages)


def load_passages(data: bytes) -> tuple[Passage, ...]:
    """Read what `dump_passages` wrote. Raises ValueError, KeyError or TypeError for anything else."""
    return tuple(Passage(**fields) for fields in _parsed(data))


def segmentation_of(fields: dict[str, Any]) -> Segmentation:
    """What a line of `dump_segmentations` holds, as parsed. Raises as `load_segmentations`."""
    document = fields["document"]
    listed: dict[str, Any] = {name: tuple(document[name]) for name in ("pages", "notes")}
    listed["stretches"] = tuple(Stretch(**one) for one in document["stretches"])
    listed["recognised"] = tuple(Recognised(**one) for one in document["recognised"])
    listed["amended"] = tuple(Amended(**one) for one in document["amended"])
    for provision in fields["provisions"]:
        provision["kind"], provision["unit"] = _KINDS[provision["kind"]], _KINDS[provision["unit"]]
        provision["headings"] = tuple(provision["headings"])
    return Segmentation(
        document=Document(**{**document, **listed, "status": Status(document["status"])}),
        provisions=tuple(Provision(**provision) for provision in fields["provisions"]),
        spans=tuple(Span(**span) for span in fields["spans"]),
        warnings=tuple(fields["warnings"]),
        instruments=tuple(Instrument(**{**one, "status": Status(one["status"])}) for one in fields["instruments"]),
        doubtful=tuple(Span(**span) for span in fields["doubtful"]),
    )


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def _parsed(data: bytes) -> list[dict[str, Any]]:
    # Not splitlines(): that cuts at U+2028 and the like, which JSON leaves as they are inside a string.
    return [json.loads(line) for line in data.decode("utf-8").split("\n") if line]
