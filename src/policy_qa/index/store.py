"""Write a generation beside the old one and swap it in; open the current one and vouch for its bytes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from policy_qa.datamodels import Passage, Segmentation
from policy_qa.errors import IndexDamaged, IndexMismatch, IndexMissing
from policy_qa.index import layout
from policy_qa.index.codec import dump_passages, dump_segmentations, load_passages, load_segmentations
from policy_qa.index.files import replace_synced, sha256, sync_folder, write_synced
from policy_qa.index.layout import REBUILD, Counts, FileReport, Maker, Manifest, Pointer
from policy_qa.index.vectors import VectorIndex, Vectors, dump_vectors

if TYPE_CHECKING:
    from policy_qa.models import Encoder

# A reader that finds its generation swept away starts over; twice is once more than can happen
# unless builds follow each other faster than a reader reads.
_ATTEMPTS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Generation:
    """A generation's manifest and the verified bytes of all its files."""

    number: int
    manifest: Manifest
    files: Mapping[str, bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadedIndex:
    """An index in memory: later builds don't touch it. `extra` holds the files of the lexical side."""

    generation: int
    manifest: Manifest
    segmentations: Mapping[str, Segmentation] = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)
    vectors: VectorIndex = field(repr=False)
    extra: Mapping[str, bytes] = field(repr=False)


def load(index_dir: Path, encoder: Encoder | None = None) -> LoadedIndex:
    """Open the current index; that the encoder, if given, is the one that made it is checked.

    Every file is verified by SHA-256, and counts and dimension are compared, before FAISS
    sees a byte (FAISS itself is imported at the first search).

    Raises:
        IndexMissing: there is none.
        IndexDamaged: a file is missing or isn't what was written.
        IndexMismatch: another schema or model.
    """
    generation = read_generation(index_dir)
    manifest, files = generation.manifest, generation.files
    if encoder:
        _check_model(manifest.maker, encoder)
    try:
        segmentations = load_segmentations(files[layout.SEGMENTATIONS])
        passages = load_passages(files[layout.PASSAGES])
    except (ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"index: expected lines of schema {layout.SCHEMA}, found: {error!r}; {REBUILD}") from error
    vectors = VectorIndex(files[layout.VECTORS])
    found = _counts(segmentations, passages, len(vectors))
    if found != manifest.counts or vectors.dim != manifest.dimension:
        raise IndexDamaged(
            f"index: expected {manifest.counts} of dimension {manifest.dimension}, "
            f"found {found} of dimension {vectors.dim}; {REBUILD}"
        )
    return LoadedIndex(
        generation=generation.number,
        manifest=manifest,
        segmentations={segmentation.document.doc_id: segmentation for segmentation in segmentations},
        passages=passages,
        vectors=vectors,
        extra={name: data for name, data in files.items() if name not in layout.OWN_FILES},
    )


def read_generation(index_dir: Path) -> Generation:
    """Read and verify every file of the current generation; needs neither FAISS nor a model.

    Raises:
        IndexMissing, IndexDamaged, IndexMismatch: as `load`.
    """
    for attempt in range(_ATTEMPTS):
        pointer = layout.read_pointer(index_dir)
        try:
            return _read_verified(index_dir, pointer)
        except IndexDamaged:
            if attempt == _ATTEMPTS - 1 or layout.read_pointer(index_dir) == pointer:
                raise  # nobody swapped it meanwhile: it is damaged
    raise AssertionError("unreachable")


def write_generation(
    index_dir: Path,
    *,
    segmentations: Sequence[Segmentation],
    passages: Sequence[Passage],
    vectors: Vectors,
    maker: Maker,
    sources: Sequence[FileReport],
    extra: Mapping[str, bytes] | None = None,
) -> int:
    """Write the next generation, make it the current one, and return its number.

    `vectors[i]`, a unit vector, belongs to `passages[i]`. `extra` are further files by name, kept and
    verified with the rest. Whatever goes wrong before the swap, the current index stays as it was and
    what was written is removed. The caller holds the build lock.

    Raises:
        ValueError: the parts don't fit each other.
        OSError: the disk is full, or not to be written.
    """
    extra = extra or {}
    if len(passages) != len(vectors):
        raise ValueError(f"expected a vector for each of {len(passages)} passages, found {len(vectors)}")
    if bad := [name for name in extra if not layout.is_file_name(name) or name in layout.OWN_FILES]:
        raise ValueError(f"expected other names for extra files, found {bad}")
    files = {
        layout.SEGMENTATIONS: dump_segmentations(segmentations),
        layout.PASSAGES: dump_passages(passages),
        layout.VECTORS: dump_vectors(vectors),
        **extra,
    }
    manifest = Manifest(
        maker=maker,
        dimension=vectors.shape[1],
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        counts=_counts(segmentations, passages, len(vectors)),
        sources=tuple(sources),
        files={name: sha256(data) for name, data in files.items()},
    )
    return _swap_in(index_dir, files, manifest.dumps())


def put_generation(index_dir: Path, generation: Generation) -> int:
    """Make a generation that was read before, here or elsewhere, the current one; as `write_generation`."""
    return _swap_in(index_dir, generation.files, generation.manifest.dumps())


def verified(manifest: bytes, files: Mapping[str, bytes], number: int = 0) -> Generation:
    """A generation out of the bytes of its files. Raises IndexDamaged or IndexMismatch where they don't fit."""
    parsed = layout.parse_manifest(manifest)
    for name, expected in parsed.files.items():
        _verify(name, files.get(name, b""), expected)
    return Generation(number=number, manifest=parsed, files=files)


def _swap_in(index_dir: Path, files: Mapping[str, bytes], manifest: bytes) -> int:
    index_dir.mkdir(parents=True, exist_ok=True)
    before = _current_number(index_dir)
    number = max(layout.generations(index_dir), default=0) + 1
    target = layout.folder_of(index_dir, number)
    scratch = index_dir / f".{target.name}.tmp"
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for name, data in files.items():
            write_synced(scratch / name, data)
        write_synced(scratch / layout.MANIFEST, manifest)
        sync_folder(scratch)
        os.rename(scratch, target)
        sync_folder(index_dir)
        replace_synced(index_dir / layout.CURRENT, Pointer(generation=number, sha256=sha256(manifest)).line())
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        # Interrupted after the swap (a signal while the folder is synced), it is the index now.
        if _current_number(index_dir) != number:
            shutil.rmtree(target, ignore_errors=True)
        raise
    _sweep(index_dir, keep={number, before})
    return number


def _current_number(index_dir: Path) -> int:
    """The number of the current generation, 0 where there is none."""
    try:
        return layout.read_pointer(index_dir).generation
    except (IndexMissing, IndexDamaged):
        return 0


def _sweep(index_dir: Path, keep: set[int]) -> None:
    """Remove the other generations, and what killed builds left."""
    for number in set(layout.generations(index_dir)) - keep:
        shutil.rmtree(layout.folder_of(index_dir, number), ignore_errors=True)
    for left in index_dir.glob(".gen-*.tmp"):
        shutil.rmtree(left, ignore_errors=True)


def _read_verified(index_dir: Path, pointer: Pointer) -> Generation:
    folder = layout.folder_of(index_dir, pointer.generation)
    data = _read(folder / layout.MANIFEST)
    _verify(layout.MANIFEST, data, pointer.sha256)
    files = {name: _read(folder / name) for name in layout.parse_manifest(data).files}
    return verified(data, files, pointer.generation)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexDamaged(
            f"index file {path.parent.name}/{path.name}: expected a file, found none to read "
            f"({error.strerror}); {REBUILD}"
        ) from error


def _verify(name: str, data: bytes, expected: str) -> None:
    if (found := sha256(data)) != expected:
        raise IndexDamaged(f"index file {name}: expected SHA-256 {expected}, found {found}; {REBUILD}")


def _counts(segmentations: Sequence[Segmentation], passages: Sequence[Passage], vectors: int) -> Counts:
    return Counts(
        documents=len(segmentations),
        provisions=sum(len(segmentation.provisions) for segmentation in segmentations),
        passages=len(passages),
        vectors=vectors,
    )


def _check_model(made: Maker, encoder: Encoder) -> None:
    if encoder.name != made.model:
        raise IndexMismatch(
            f"index: expected vectors of the model {encoder.name}, found those of {made.model}; "
            f"{REBUILD}, or set POLICY_QA_MODEL={made.model}"
        )
    if encoder.fingerprint != made.fingerprint:
        raise IndexMismatch(
            f"index: expected vectors of {made.model} {encoder.fingerprint[:12]}, "
            f"found those of another release of it, {made.fingerprint[:12]}; {REBUILD}"
        )
