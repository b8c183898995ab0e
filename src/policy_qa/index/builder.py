"""Corpus -> index: only what changed is embedded again, and the old index stands until the new one does.

What may go wrong, and what is left then: a file that can't be read is refused and named, and its old
provisions leave the index too (an answer must not cite a text that is no longer there); anything
else, a kill or a full disk included, leaves the old index as it was. Vectors that were finished by
then are used by the next build.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import policy_qa
from policy_qa.datamodels import Passage, Segmentation
from policy_qa.documents import helpers
from policy_qa.documents.sources import SUFFIXES, look_into, open_source
from policy_qa.errors import BuildFailed, IndexMissing, IndexUnusable, SegmentationError, SourceError
from policy_qa.facts.editions import editions_of
from policy_qa.index import bigrams, layout, lexical, tokens
from policy_qa.index.codec import load_passages, load_segmentations
from policy_qa.index.files import build_lock, from_npy, key_of, replace_synced, sha256, to_npy, write_synced
from policy_qa.index.isolated import Reader
from policy_qa.index.layout import BuildReport, FileReport, Maker, check_coverage, file_report
from policy_qa.index.store import Generation, read_generation, write_generation
from policy_qa.index.vectors import VectorIndex, Vectors
from policy_qa.passages import passages_of
from policy_qa.printable import doc_id_of, source_name
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.models import Encoder
    from policy_qa.models.encoder import TokenStates

#: Called with a stage (`read`, `embed`, `tokens`, `write`), how much of it is done, and how much there is.
BuildProgress = Callable[[str, int, int], None]

_log = logging.getLogger(__name__)
# The modules between file and index, whose VERSION rises when they give another result for the same.
# One that declares none counts as 0; a new release of the package rebuilds in any case.
_VERSIONED = (
    "policy_qa.documents",
    "policy_qa.provisions",
    "policy_qa.facts.editions",
    "policy_qa.passages",
    "policy_qa.index.lexical",
    "policy_qa.index.bigrams",
    "policy_qa.index.tokens",
)


def build(
    settings: Settings, *, encoder: Encoder, progress: BuildProgress | None = None, force: bool = False
) -> BuildReport:
    """Bring the index of `settings.corpus` up to date and tell what was done.

    Nothing is written, and no model is loaded, if the files, the model and the code are those of the
    index that stands. `force` builds all the same, with all vectors made anew.

    Raises:
        SourceError: there is nothing to index.
        BuildLocked: another build is at work on this index.
        BuildFailed: the disk is full, or not to be written; the old index stands.
        ModelError: the model doesn't work here.
    """
    try:
        with build_lock(settings.index_dir):
            report = _build(settings, encoder, progress or (lambda stage, done, total: None), force)
            layout.write_origin(settings.index_dir, settings.corpus)
            return report
    except OSError as error:
        raise BuildFailed(
            f"index {settings.index_dir}: expected to write there, found: {error}; "
            "the index is as it was before; make room or check the permissions, and run policy-qa build again"
        ) from error


def _build(settings: Settings, encoder: Encoder, progress: BuildProgress, force: bool) -> BuildReport:
    seconds: dict[str, float] = {}
    with _timed(seconds, "scan"):
        sources, skipped = _scan(settings.corpus)
        maker = _maker(encoder)
        old, note = _standing(settings.index_dir)
    partial = PartialStore(settings.index_dir, maker.fingerprint)
    if old and not force and _unchanged(old, [file for _, file in sources], maker):
        partial.clear()  # a build that was killed right after the swap left it
        count = old.manifest.counts.passages
        return BuildReport(
            generation=old.number,
            changed=False,
            files=old.manifest.sources,
            passages=count,
            reused=count,
            skipped=skipped,
            seconds=seconds,
        )
    last = old if old and not force else None
    with _timed(seconds, "read"):
        segmentations, files = _read(settings.corpus, sources, old, _readings(last, maker), progress)
        large = bigrams.is_large(segmentations)
        count_tokens, limit = encoder.count_tokens, encoder.max_tokens
        cut = (passages_of(s, count_tokens=count_tokens, limit=limit, clauses=not large) for s in segmentations)
        passages = [passage for own in cut for passage in own]
    made = last.manifest.maker if last else None
    same_model = made and (made.model, made.fingerprint) == (maker.model, maker.fingerprint)
    held = last.files if last and same_model else {}
    read: dict[str, tokens.Kept] = {}
    with _timed(seconds, "embed"):
        known = {} if force else partial.load() | vectors_of(held)
        keep = None if large else lambda text, states: read.update({text: tokens.Kept.of(states)})
        vectors, embedded = embed(passages, encoder, known, partial, functools.partial(progress, "embed"), keep)
    with _timed(seconds, "tokens"):
        extra: dict[str, bytes] = {}
        if encoder.states and not large:
            told = functools.partial(progress, "tokens")
            extra |= tokens.dump(segmentations, passages, encoder.states, held, told, read)
    with _timed(seconds, "write"):
        progress("write", 0, 1)
        extra |= lexical.dump(segmentations, passages) | (bigrams.dump(segmentations) if large else {})
        number = write_generation(
            settings.index_dir,
            segmentations=segmentations,
            passages=passages,
            vectors=vectors,
            maker=maker,
            sources=files,
            extra=extra,
        )
        partial.clear()
        progress("write", 1, 1)
    present = {file.source for file in files}
    return BuildReport(
        generation=number,
        changed=True,
        files=tuple(files),
        passages=len(passages),
        embedded=embedded,
        reused=len(passages) - embedded,
        removed=tuple(file.source for file in old.manifest.sources if file.source not in present) if old else (),
        skipped=skipped,
        notes=(*((note,) if note else ()), *_edited(segmentations)),
        seconds=seconds,
    )


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


def _scan(corpus: Path) -> tuple[list[tuple[Path, FileReport]], tuple[str, ...]]:
    """The policy files below `corpus`, sorted by path, each with its name and the hash of its bytes; and what is none,
    with why."""
    folder = look_into(corpus)
    out = []
    for path in folder.files:
        source = source_name(path.relative_to(corpus))
        try:
            with open_source(path, source) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except SourceError:
            digest = ""  # it will be refused unread anyway
        out.append((path, FileReport(doc_id=doc_id_of(source), source=source, sha256=digest)))
    if not out:
        raise SourceError(
            f"{corpus}: expected policy texts ({' '.join(SUFFIXES)}), found none; put some there, or name another "
            "folder: policy-qa build DIR"
        )
    return out, tuple(f"{source_name(path.relative_to(corpus))}: skipped, {why}" for path, why in folder.skipped)


def _maker(encoder: Encoder) -> Maker:
    code = {name: int(getattr(importlib.import_module(name), "VERSION", 0)) for name in _VERSIONED}
    return Maker(
        package=policy_qa.__version__, code=code | helpers(), model=encoder.name, fingerprint=encoder.fingerprint
    )


def _standing(index_dir: Path) -> tuple[Generation | None, str]:
    """The index that stands, and why there is none to build upon, if that is worth saying."""
    try:
        return read_generation(index_dir), ""
    except IndexMissing:
        return None, ""
    except IndexUnusable as error:
        _log.warning("the old index is not used: %s", error)
        return None, f"the old index was not used: {error}"


def _unchanged(old: Generation, files: Sequence[FileReport], maker: Maker) -> bool:
    def names(files: Sequence[FileReport]) -> list[tuple[str, str, str]]:
        return [(file.doc_id, file.source, file.sha256) for file in files]

    return old.manifest.maker == maker and names(old.manifest.sources) == names(files)


def _readings(old: Generation | None, maker: Maker) -> dict[tuple[str, str], Segmentation]:
    """What the same code made of files, by name and hash: a scan takes seconds a page."""
    if old is None or (old.manifest.maker.package, old.manifest.maker.code) != (maker.package, maker.code):
        return {}
    found = (s for s in load_segmentations(old.files[layout.SEGMENTATIONS]) if not s.document.edition_of)
    return {(s.document.source, s.document.sha256): s for s in found}


def _read(
    corpus: Path,
    sources: Sequence[tuple[Path, FileReport]],
    old: Generation | None,
    readings: Mapping[tuple[str, str], Segmentation],
    progress: BuildProgress,
) -> tuple[list[Segmentation], list[FileReport]]:
    """What is in the corpus, texts as amended last, and what became of each file."""
    indexed = {file.source for file in old.manifest.sources if not file.refused} if old else set()
    segmentations: list[Segmentation] = []
    files: list[FileReport] = []
    kept: dict[str, str] = {}
    with Reader() as reader:
        for done, (path, file) in enumerate(sources):
            progress("read", done, len(sources))
            try:
                if file.doc_id in kept:
                    raise SourceError(
                        f"{file.source}: expected a file name that no other policy has, found the same as "
                        f"{kept[file.doc_id]}, which is kept; rename one of them"
                    )
                before = readings.get((file.source, file.sha256))
                segmentation = before or reader.segment(path, root=corpus)
                check_coverage(segmentation)
            except (SourceError, SegmentationError) as error:
                gone = "; its provisions have left the index" if file.source in indexed else ""
                files.append(replace(file, refused=f"{error}{gone}"))
            else:
                segmentations.append(segmentation)
                kept[file.doc_id] = file.source
                files.append(file_report(segmentation))
    progress("read", len(sources), len(sources))
    if not any(segmentation.articles for segmentation in segmentations):
        reasons = "; ".join(file.refused or f"{file.source}: no text in it" for file in files[:3])
        raise SourceError(
            f"{corpus}: expected a policy with text in it, found none ({reasons}); the index is as before"
        )
    return [*segmentations, *editions_of(segmentations)], files


def _edited(segmentations: Sequence[Segmentation]) -> Iterator[str]:
    """What decisions did to other texts, and what of it could not be done."""
    for document in (s.document for s in segmentations if s.document.edition_of):
        yield f"{document.edition_of}: " + "；".join(n for n in document.notes if n.startswith(("已并入", "《")))


class PartialStore:
    """The folder of finished batches of one model in an index folder, for an interrupted build to go on from.

    Two files a batch: `<n>.npy` with the vectors, `<n>.json` with the model, the hashes of the texts and that of the
    first file. The second is written last and in one step: without it, or where it doesn't match, the batch counts for
    nothing. The caller holds the build lock.
    """

    def __init__(self, index_dir: Path, fingerprint: str) -> None:
        self._folder = index_dir / layout.PARTIAL
        self._fingerprint = fingerprint

    def load(self) -> dict[str, Vectors]:
        """Return text hash -> vector (dim,) for every sound batch of this model."""
        found: dict[str, Vectors] = {}
        for path in sorted(self._folder.glob("[0-9]*.json")):
            try:
                fields = json.loads(path.read_bytes())
                data = path.with_suffix(".npy").read_bytes()
                if fields["fingerprint"] != self._fingerprint or fields["sha256"] != sha256(data):
                    continue
                vectors = from_npy(data)
                found |= dict(zip(fields["texts"], vectors, strict=True))  # all of it, or none
            except (OSError, ValueError, KeyError, TypeError):
                continue  # half a batch is no batch: it is embedded again
        return found

    def add(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep a batch: the hashes of its texts, and vectors of shape (n, dim) in the same order."""
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(p.stem) for p in self._folder.glob("[0-9]*.npy") if p.stem.isdigit()), default=0)
        data = to_npy(np.ascontiguousarray(vectors, np.float32))
        path = self._folder / f"{number:06d}.npy"
        write_synced(path, data)
        fields = {"fingerprint": self._fingerprint, "sha256": sha256(data), "texts": list(texts)}
        replace_synced(path.with_suffix(".json"), json.dumps(fields).encode("ascii"))

    def clear(self) -> None:
        """Remove all batches: their vectors are in the index now."""
        shutil.rmtree(self._folder, ignore_errors=True)


# Passages between two saves of vectors: a few seconds of work, all that an interruption can cost.
_BATCH = 256


def vectors_of(files: Mapping[str, bytes]) -> dict[str, Vectors]:
    """Text hash -> vector of an index that the same model made, from its files; nothing from none."""
    if not files:
        return {}
    passages, vectors = load_passages(files[layout.PASSAGES]), VectorIndex(files[layout.VECTORS]).matrix()
    return {key_of(passage.embed_text): row for passage, row in zip(passages, vectors, strict=True)}


def embed(
    passages: Sequence[Passage],
    encoder: Encoder,
    known: Mapping[str, Vectors],
    partial: PartialStore,
    progress: Callable[[int, int], None],
    keep: Callable[[str, TokenStates], None] | None = None,
) -> tuple[Vectors, int]:
    """Vectors for all passages, in their order, and how many texts the model had to read for them.

    `keep` gets the token states of what is read, which come with the same pass, where the model gives any.
    """
    keys = [key_of(passage.embed_text) for passage in passages]
    missing = {key: p.embed_text for key, p in zip(keys, passages, strict=True) if key not in known}
    todo = list(missing)
    made: dict[str, Vectors] = dict(known)
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, len(todo))

    progress(0, len(todo))
    for start in range(0, len(todo), _BATCH):
        batch = todo[start : start + _BATCH]
        texts = [missing[key] for key in batch]
        if keep and encoder.states:
            found = encoder.states.encode_many(texts, query=False, progress=advance)
            for text, states in zip(texts, found, strict=True):
                keep(text, states)
            vectors = np.stack([states.vector for states in found])
        else:
            vectors = encoder.passages(texts, advance)
        partial.add(batch, vectors)
        made.update(zip(batch, vectors, strict=True))
    return np.stack([made[key] for key in keys]), len(todo)
