"""What lies in an index folder, as data, and what a build says of the files that it read.

    index/
    ├── current            one line: `gen-<n> <SHA-256 of its manifest.json>`, replaced in one step
    ├── gen-<n>/
    │   ├── manifest.json       what made it, the report on each file of the corpus, and every other file's hash
    │   ├── segmentations.jsonl a document a line: its text, provisions, spans, warnings
    │   ├── passages.jsonl      line i belongs to row i of vectors.faiss
    │   ├── vectors.faiss       inner product of unit vectors, that is, cosine
    │   └── …                   the files of the lexical side
    ├── partial/           vectors of a build that hasn't finished
    ├── origin             the folder of policies that the index was last built from, for `doctor --mend`
    └── build.lock

So a flipped bit in any file is noticed: the line in `current` vouches for the manifest, the manifest for
the rest. The generation before the current one is kept, for readers that are about to open it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from policy_qa.datamodels import Segmentation
from policy_qa.errors import IndexDamaged, IndexMismatch, IndexMissing, SegmentationError
from policy_qa.provisions.numbering import count_of, numbering

#: Rises whenever this version can't read what an earlier one wrote, or the other way round.
SCHEMA = 4

CURRENT = "current"
LOCK = "build.lock"
PARTIAL = "partial"
ORIGIN = "origin"
MANIFEST = "manifest.json"
SEGMENTATIONS = "segmentations.jsonl"
PASSAGES = "passages.jsonl"
VECTORS = "vectors.faiss"
OWN_FILES = (SEGMENTATIONS, PASSAGES, VECTORS)

_CURRENT_LINE = re.compile(r"gen-([1-9]\d{0,9}) ([0-9a-f]{64})\n", re.ASCII)
_GENERATION = re.compile(r"gen-([1-9]\d{0,9})", re.ASCII)
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)
REBUILD = "rebuild: policy-qa build"
#: A file of which less comes out as provisions, headings and named remainders doesn't enter the index: what
#: an answer can't cite, nobody would miss in it. The parser assigns everything; this is what holds it to it.
MIN_COVERAGE = 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class Pointer:
    """What `current` says: the number of the generation and the hash of its manifest."""

    generation: int
    sha256: str

    def line(self) -> bytes:
        """Return the contents of the file `current`."""
        return f"gen-{self.generation} {self.sha256}\n".encode("ascii")


@dataclass(frozen=True, kw_only=True, slots=True)
class FileReport:
    """What became of one file of the corpus; `sha256` is that of its bytes, empty where they were not read.

    `articles` counts the 条 (without them the numbered provisions), `provisions` all of them; `gaps` and `repeats` are
    numbers that are missing or occur twice; `coverage` in [0, 1] is the share of visible characters
    that stand in a provision, a heading or a named remainder and in no line that is in doubt. `refused` says why the
    file is not in the index; then everything else is zero.
    """

    source: str
    doc_id: str
    sha256: str = ""
    articles: int = 0
    provisions: int = 0
    gaps: tuple[int, ...] = ()
    repeats: tuple[int, ...] = ()
    coverage: float = 0.0
    warnings: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What a build did. `embedded` counts the texts that the model read, `reused` the passages whose
    vector was there already (from the old index, or from an equal passage); `removed` names files that
    are gone, `skipped` (`name: skipped, why`) those of the folder that are no policies.

    `changed` tells whether a generation was written; otherwise `generation` is the one that stood.
    `seconds` is by stage: `scan`, `read`, `embed`, `tokens`, `write`. `notes` are things to know beside the files.
    """

    generation: int
    changed: bool
    files: tuple[FileReport, ...]
    passages: int = 0
    embedded: int = 0
    reused: int = 0
    removed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[FileReport, ...]:
        """The files that are not in the index."""
        return tuple(file for file in self.files if file.refused)


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many of each a generation holds."""

    documents: int
    provisions: int
    passages: int
    vectors: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """What made a generation; another maker may make another index of the same corpus.

    `code` holds the versions of the modules between text and passages; `fingerprint` is the model's.
    """

    package: str
    code: Mapping[str, int]
    model: str
    fingerprint: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A generation's description of itself: `files` are the SHA-256 of its files by name.

    `created` is UTC in ISO 8601; `dimension` that of a vector.
    """

    schema: int = SCHEMA
    maker: Maker
    dimension: int
    created: str
    counts: Counts
    sources: tuple[FileReport, ...]
    files: Mapping[str, str]

    def dumps(self) -> bytes:
        """Return the contents of `manifest.json`."""
        return (json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest and check its form.

    Raises:
        IndexMismatch: another schema.
        IndexDamaged: not a manifest.
    """
    try:
        fields: dict[str, Any] = json.loads(data)
        if (schema := fields["schema"]) != SCHEMA:
            raise IndexMismatch(f"index: expected schema {SCHEMA}, found {schema!r}; {REBUILD}")
        fields["maker"], fields["counts"] = Maker(**fields["maker"]), Counts(**fields["counts"])
        fields["sources"] = tuple(_file_report(**source) for source in fields["sources"])
        fields["files"] = names = dict(fields["files"])
        manifest = Manifest(**fields)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"index file {MANIFEST}: expected schema {SCHEMA}, found: {error!r}; {REBUILD}") from error
    missing, bad = sorted({*OWN_FILES} - {*names}), [name for name in names if not is_file_name(name)]
    if missing or bad:
        raise IndexDamaged(
            f"index file {MANIFEST}: expected the files {', '.join(OWN_FILES)}, "
            f"found missing {missing}, not allowed {bad}; {REBUILD}"
        )
    return manifest


def _file_report(gaps: list[int], repeats: list[int], warnings: list[str], **others: Any) -> FileReport:
    return FileReport(gaps=tuple(gaps), repeats=tuple(repeats), warnings=tuple(warnings), **others)


def is_file_name(name: str) -> bool:
    """Return whether `name` may be a file of a generation (no folders, nothing hidden, not the manifest)."""
    return bool(_FILE_NAME.fullmatch(name)) and name != MANIFEST


def write_origin(index_dir: Path, corpus: Path) -> None:
    """Note the folder that the index was built from."""
    if read_origin(index_dir) != corpus:
        (index_dir / ORIGIN).write_bytes(os.fsencode(corpus))


def read_origin(index_dir: Path) -> Path | None:
    """The folder that the index was last built from; None where nothing says."""
    try:
        noted = (index_dir / ORIGIN).read_bytes()
    except OSError:
        return None
    return Path(os.fsdecode(noted)) if noted and b"\0" not in noted else None


def read_pointer(index_dir: Path) -> Pointer:
    """Return what `current` says.

    Raises:
        IndexMissing: there is no `current`.
        IndexDamaged: it says something else.
    """
    path = index_dir / CURRENT
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"index: expected one in {index_dir}, found none; run: policy-qa build") from None
    except OSError as error:
        raise IndexDamaged(f"index file {CURRENT}: cannot be read ({error.strerror}); {REBUILD}") from error
    match = _CURRENT_LINE.fullmatch(text)
    if match is None:
        raise IndexDamaged(f"index file {CURRENT}: expected `gen-<n> <sha256>`, found {text[:90]!r}; {REBUILD}")
    return Pointer(generation=int(match[1]), sha256=match[2])


def folder_of(index_dir: Path, generation: int) -> Path:
    """Return the folder of a generation."""
    return index_dir / f"gen-{generation}"


def generations(index_dir: Path) -> list[int]:
    """Return the numbers of the generations that lie in the folder, finished or not in use, ascending."""
    if not index_dir.is_dir():
        return []
    return sorted(int(m[1]) for p in index_dir.iterdir() if (m := _GENERATION.fullmatch(p.name)))


def file_report(segmentation: Segmentation) -> FileReport:
    """Return the report on a file that was read."""
    document, numbers = segmentation.document, numbering(segmentation)
    return FileReport(
        source=document.source,
        doc_id=document.doc_id,
        sha256=document.sha256,
        articles=count_of(segmentation),
        provisions=len(segmentation.provisions),
        gaps=numbers.missing,
        repeats=numbers.repeated,
        coverage=coverage(segmentation),
        warnings=(*document.notes, *segmentation.warnings),
    )


def check_coverage(segmentation: Segmentation) -> None:
    """Raise SegmentationError where too much of a document has no place; the message names the first words."""
    if (share := coverage(segmentation, sure=False)) >= MIN_COVERAGE:
        return
    document = segmentation.document
    lost = next((document.text[s.start : s.end] for s in segmentation.spans if s.kind == "unassigned"), "")
    raise SegmentationError(
        f"{document.source}: expected at least {MIN_COVERAGE:.0%} of its text in provisions, headings and named "
        f"remainders, found {share:.1%} (left over: {' '.join(lost.split())[:30]!r}); look at it with policy-qa segment"
    )


def coverage(segmentation: Segmentation, *, sure: bool = True) -> float:
    """Return the share of visible characters that stand in a provision, a heading or a named remainder.

    `sure` leaves out the lines that are in doubt: 1.0 means that nothing is. 1.0 for a document without any character.
    """
    text = segmentation.document.text
    assigned = bytearray(len(text))
    stretches = [(article.start, article.end) for article in segmentation.articles]
    stretches += [(span.start, span.end) for span in segmentation.spans if span.kind != "unassigned"]
    for start, end in stretches:
        assigned[start:end] = b"\1" * (end - start)
    for doubt in segmentation.doubtful if sure else ():
        assigned[doubt.start : doubt.end] = bytes(doubt.end - doubt.start)
    visible = [i for i, character in enumerate(text) if not character.isspace()]
    return sum(assigned[i] for i in visible) / len(visible) if visible else 1.0
