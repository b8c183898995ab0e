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
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import policy_qa
from policy_qa.datamodels import Segmentation
from policy_qa.documents import SUFFIXES, helpers, look_into, open_source
from policy_qa.errors import BuildFailed, IndexMissing, IndexUnusable, SegmentationError, SourceError
from policy_qa.facts.editions import editions_of
from policy_qa.index import bigrams, layout, lexical, tokens
from policy_qa.index.codec import load_segmentations
from policy_qa.index.files import build_lock
from policy_qa.index.isolated import Reader
from policy_qa.index.layout import FileReport, Maker
from policy_qa.index.report import BuildReport, check_coverage, file_report
from policy_qa.index.reuse import PartialStore, embed, vectors_of
from policy_qa.index.store import Generation, read_generation, write_generation
from policy_qa.passages import passages_of
from policy_qa.printable import doc_id_of, source_name
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.models import Encoder

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
