"""Corpus -> index: only what changed is embedded again, and the old index stands until the new one does.

What may go wrong, and what is left then: a file that can't be read is refused and named, and its old
provisions leave the index too (an answer must not cite a text that is no longer there); anything
else, a kill or a full disk included, leaves the old index as it was. Vectors that were finished by
then are used by the next build.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import policy_qa
from policy_qa.datamodels import Passage, Segmentation
from policy_qa.documents import SUFFIXES, helpers, look_into, open_source
from policy_qa.errors import BuildFailed, IndexMissing, IndexUnusable, SegmentationError, SourceError
from policy_qa.facts.editions import editions_of
from policy_qa.index import bigrams, layout
from policy_qa.index.codec import load_segmentations
from policy_qa.index.files import build_lock
from policy_qa.index.layout import Maker, SourceEntry
from policy_qa.index.report import (
    BuildReport,
    FileReport,
    check_coverage,
    dump_files,
    file_report,
    load_files,
)
from policy_qa.index.reuse import PartialStore, embed, vectors_of
from policy_qa.index.store import Generation, read_generation, write_generation
from policy_qa.index.tokens import Kept
from policy_qa.printable import doc_id_of, source_name
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.models import Encoder


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A file and its entry for the manifest; `entry.refused` is set where its name can't be used."""

    path: Path
    entry: SourceEntry


def scan(corpus: Path) -> tuple[list[Source], tuple[str, ...]]:
    """The policy files below `corpus`, sorted by path, each with the hash of its bytes; and what is none, with why.

    Raises:
        SourceError: there is no such folder, or no policy file in it.
    """
    folder = look_into(corpus)
    out: list[Source] = []
    for path in folder.files:
        source = source_name(path.relative_to(corpus))
        entry = SourceEntry(doc_id=doc_id_of(source), source=source, sha256=_digest(path, source))
        out.append(Source(path=path, entry=entry))
    if not out:
        raise SourceError(
            f"{corpus}: expected policy texts ({' '.join(SUFFIXES)}), found none; put some there, or name another "
            "folder: policy-qa build DIR"
        )
    return out, tuple(f"{source_name(path.relative_to(corpus))}: skipped, {why}" for path, why in folder.skipped)


def _digest(path: Path, source: str) -> str:
    """The SHA-256 of a file; empty for one that will be refused unread anyway."""
    try:
        with open_source(path, source) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except SourceError:
        return ""


#: Called with a stage (`read`, `embed`, `write`), how much of it is done, and how much there is.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Texts:
    """The corpus as it was read: what is in it, and what became of each file."""

    segmentations: tuple[Segmentation, ...]
    sources: tuple[SourceEntry, ...]
    files: tuple[FileReport, ...]


@dataclass(slots=True)
class _Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


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
    clock = _Clock()
    with clock.stage("scan"):
        sources, skipped = scan(settings.corpus)
        maker = _maker(encoder)
        old, note = _standing(settings.index_dir)
    partial = PartialStore(settings.index_dir, maker.fingerprint)
    if old and not force and _unchanged(old, sources, maker):
        partial.clear()  # a build that was killed right after the swap left it
        reports = load_files(old.files[layout.REPORT])
        return BuildReport(
            generation=old.number,
            changed=False,
            files=reports,
            passages=old.manifest.counts.passages,
            reused=old.manifest.counts.passages,
            skipped=skipped,
            seconds=clock.seconds,
        )
    with clock.stage("read"):
        last = None if force else old
        texts = _read(settings.corpus, sources, old, _readings(last, maker), progress)
        passages = _passages(texts.segmentations, encoder)
    large = bigrams.is_large(texts.segmentations)
    read: dict[str, Kept] = {}
    with clock.stage("embed"):
        known = {} if force else partial.load() | vectors_of(old, maker)
        keep = None if large else lambda text, states: read.update({text: Kept.of(states)})
        vectors, embedded = embed(
            passages, encoder, known, partial, lambda done, total: progress("embed", done, total), keep
        )
    with clock.stage("tokens"):
        tokens = {} if large else _tokens(texts.segmentations, passages, encoder, last, read, progress)
    with clock.stage("write"):
        progress("write", 0, 1)
        from policy_qa.index.lexical import dump

        pairs = bigrams.dump(texts.segmentations) if large else {}
        number = write_generation(
            settings.index_dir,
            segmentations=texts.segmentations,
            passages=passages,
            vectors=vectors,
            maker=maker,
            sources=texts.sources,
            report=dump_files(texts.files),
            extra={**dump(texts.segmentations, passages), **pairs, **tokens},
        )
        partial.clear()
        progress("write", 1, 1)
    return BuildReport(
        generation=number,
        changed=True,
        files=texts.files,
        passages=len(passages),
        embedded=embedded,
        reused=len(passages) - embedded,
        removed=_removed(old, sources),
        skipped=skipped,
        notes=(*((note,) if note else ()), *_edited(texts.segmentations)),
        seconds=clock.seconds,
    )


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


def _unchanged(old: Generation, sources: Sequence[Source], maker: Maker) -> bool:
    def names(entries: Sequence[SourceEntry]) -> list[tuple[str, str, str]]:
        return [(entry.doc_id, entry.source, entry.sha256) for entry in entries]

    return old.manifest.maker == maker and names(old.manifest.sources) == names([s.entry for s in sources])


def _removed(old: Generation | None, sources: Sequence[Source]) -> tuple[str, ...]:
    present = {source.entry.source for source in sources}
    return tuple(e.source for e in old.manifest.sources if e.source not in present) if old else ()


def _readings(old: Generation | None, maker: Maker) -> dict[tuple[str, str], Segmentation]:
    """What the same code made of files, by name and hash: a scan takes seconds a page."""
    if old is None or (old.manifest.maker.package, old.manifest.maker.code) != (maker.package, maker.code):
        return {}
    found = (s for s in load_segmentations(old.files[layout.SEGMENTATIONS]) if not s.document.edition_of)
    return {(s.document.source, s.document.sha256): s for s in found}


def _read(
    corpus: Path,
    sources: Sequence[Source],
    old: Generation | None,
    readings: Mapping[tuple[str, str], Segmentation],
    progress: BuildProgress,
) -> _Texts:
    from policy_qa.index.isolated import Reader

    indexed = {entry.source for entry in old.manifest.sources if not entry.refused} if old else set()
    segmentations: list[Segmentation] = []
    entries: list[SourceEntry] = []
    files: list[FileReport] = []
    kept: dict[str, str] = {}
    with Reader() as reader:
        for done, source in enumerate(sources):
            progress("read", done, len(sources))
            entry = source.entry
            try:
                if entry.refused:
                    raise SourceError(entry.refused)
                if entry.doc_id in kept:
                    raise SourceError(
                        f"{entry.source}: expected a file name that no other policy has, found the same as "
                        f"{kept[entry.doc_id]}, which is kept; rename one of them"
                    )
                before = readings.get((entry.source, entry.sha256))
                segmentation = before or reader.segment(source.path, root=corpus)
                check_coverage(segmentation)
            except (SourceError, SegmentationError) as error:
                gone = "; its provisions have left the index" if entry.source in indexed else ""
                entry = replace(entry, refused=f"{error}{gone}")
                files.append(FileReport(source=entry.source, doc_id=entry.doc_id, refused=entry.refused))
            else:
                segmentations.append(segmentation)
                kept[entry.doc_id] = entry.source
                entry = replace(entry, sha256=segmentation.document.sha256)  # the bytes that were read
                files.append(file_report(segmentation))
            entries.append(entry)
    progress("read", len(sources), len(sources))
    if not any(segmentation.articles for segmentation in segmentations):
        reasons = "; ".join(file.refused or f"{file.source}: no text in it" for file in files[:3])
        raise SourceError(
            f"{corpus}: expected a policy with text in it, found none ({reasons}); the index is as before"
        )
    segmentations += editions_of(segmentations)
    return _Texts(segmentations=tuple(segmentations), sources=tuple(entries), files=tuple(files))


def _edited(segmentations: Sequence[Segmentation]) -> Iterator[str]:
    """What decisions did to other texts, and what of it could not be done."""
    for document in (s.document for s in segmentations if s.document.edition_of):
        yield f"{document.edition_of}: " + "；".join(n for n in document.notes if n.startswith(("已并入", "《")))


def _tokens(
    segmentations: Sequence[Segmentation],
    passages: Sequence[Passage],
    encoder: Encoder,
    old: Generation | None,
    read: Mapping[str, Kept],
    progress: BuildProgress,
) -> dict[str, bytes]:
    """Token states for late interaction, where the model gives any."""
    from policy_qa.index import tokens

    source = encoder.states
    if source is None:
        return {}
    same_model = old is not None and old.manifest.maker.fingerprint == encoder.fingerprint
    kept = old.files if old is not None and same_model else None
    return tokens.dump(segmentations, passages, source, kept, lambda done, total: progress("tokens", done, total), read)


def _passages(segmentations: Sequence[Segmentation], encoder: Encoder) -> tuple[Passage, ...]:
    from policy_qa.passages import passages_of

    count, limit, clauses = encoder.count_tokens, encoder.max_tokens, not bigrams.is_large(segmentations)
    return tuple(p for s in segmentations for p in passages_of(s, count_tokens=count, limit=limit, clauses=clauses))
