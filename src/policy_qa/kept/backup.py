"""Everything that a school would miss, in one file: policies, index, what people keep, replaced texts; and back.

Both work while the page is served. The file is a .tar.gz whose last member, `MANIFEST.json`, holds the SHA-256 of all
others, so that one that was cut short is noticed; a restore verifies all of it before it changes anything.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import policy_qa
from policy_qa.errors import BuildFailed, IndexMissing, UsageError
from policy_qa.index import layout
from policy_qa.index.files import build_lock, replace_synced, sha256
from policy_qa.index.store import Generation, put_generation, read_generation, verified
from policy_qa.kept.changes import Action, Changes
from policy_qa.kept.corpus import CorpusFolder
from policy_qa.kept.store import Store, now
from policy_qa.retrieval.glossary import NAME as GLOSSARY
from policy_qa.settings import Settings

_MANIFEST = "MANIFEST.json"
_FORMAT = 1
_CORPUS, _INDEX, _ARCHIVE, _DESK = "corpus/", "index/", "archive/", "desk.sqlite3"


@dataclass(frozen=True, kw_only=True, slots=True)
class Contents:
    """What a backup holds: when it was made (UTC), and how many files of each kind."""

    made: str
    policies: int
    index: bool
    archived: int
    desk: bool


def backup(settings: Settings, target: Path) -> Contents:
    """Write a backup, which must not be there yet.

    Raises UsageError, BuildLocked, BuildFailed where it can't be written, and what an unusable index raises.
    """
    if target.exists():
        raise UsageError(f"{target}: expected a new file, found one of that name; name another")
    settings.home.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.tmp")
    try:
        with _alone(settings), _packed(scratch) as pack:
            _pack_all(settings, pack)
        os.replace(scratch, target)
    except OSError as error:
        raise BuildFailed(f"{target}: expected to write there, found: {error}; make room or name another") from error
    finally:
        scratch.unlink(missing_ok=True)
    return pack.contents


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """While neither the folder nor the index is changed by others."""
    with CorpusFolder(settings).lock(), build_lock(settings.index_dir):
        yield


class _Pack:
    """A backup as it is written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._digests: dict[str, str] = {}
        self._made = ""

    def add(self, name: str, data: bytes) -> None:
        """One file."""
        self._digests[name] = sha256(data)
        self._write(name, data)

    def close(self) -> None:
        """The manifest, last."""
        self._made = now()
        about = {"format": _FORMAT, "package": policy_qa.__version__, "made": self._made, "files": self._digests}
        self._write(_MANIFEST, json.dumps(about, indent=1).encode("ascii"))

    def _write(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))

    @property
    def contents(self) -> Contents:
        """What is in it."""
        return _contents(self._made, self._digests)


def _contents(made: str, names: Mapping[str, object]) -> Contents:
    return Contents(
        made=made,
        policies=sum(name.startswith(_CORPUS) for name in names),
        index=any(name.startswith(_INDEX) for name in names),
        archived=sum(name.startswith(_ARCHIVE) for name in names),
        desk=_DESK in names,
    )


@contextmanager
def _packed(path: Path) -> Iterator[_Pack]:
    # It holds conversations: nobody else reads it.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
        pack = _Pack(tar)
        yield pack
        pack.close()


def _pack_all(settings: Settings, pack: _Pack) -> None:
    folder = CorpusFolder(settings)
    for source in folder.files():
        if (data := folder.read(source)) is not None:
            pack.add(_CORPUS + source, data)
    with contextlib.suppress(IndexMissing):
        generation = read_generation(settings.index_dir)
        pack.add(_INDEX + layout.MANIFEST, generation.manifest.dumps())
        for name, data in generation.files.items():
            pack.add(_INDEX + name, data)
    for digest in folder.archived():
        if (data := folder.kept(digest)) is not None:
            pack.add(_ARCHIVE + digest, data)
    if (glossary := settings.home / GLOSSARY).is_file():
        pack.add(GLOSSARY, glossary.read_bytes())
    if settings.desk_file.is_file():
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.home) as scratch:
            copy = Path(scratch) / _DESK
            Store(settings.desk_file).copy_to(copy)
            pack.add(_DESK, copy.read_bytes())


def restore(settings: Settings, source: Path) -> Contents:
    """Put everything back as a backup has it. What it takes the place of goes into the archive; the trail goes on.

    Raises UsageError where the file is no whole backup (nothing is changed then), BuildLocked, StoreUnusable, and
    BuildFailed where something can't be written: then it has to be restored once more.
    """
    if not source.is_file():
        raise UsageError(f"{source}: expected a backup of policy-qa backup, found no such file; name one")
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.home) as scratch:
            held = _unpacked(source, Path(scratch))
            generation = _index_of(held)
            with _alone(settings):
                _put_back(settings, held, generation)
            return held.contents
    except OSError as error:
        raise BuildFailed(
            f"{source}: expected to restore it, found: {error}; mend that and restore it again"
        ) from error


class _Held:
    """The files of a backup, unpacked: name -> where its bytes lie."""

    def __init__(self, made: str, paths: Mapping[str, Path]) -> None:
        self._paths = paths
        self.contents = _contents(made, paths)

    def below(self, folder: str) -> dict[str, Path]:
        """The files of a folder, by their names in it."""
        return {name.removeprefix(folder): path for name, path in self._paths.items() if name.startswith(folder)}

    def get(self, name: str) -> Path | None:
        """One file; None where it has none."""
        return self._paths.get(name)


def _unpacked(source: Path, scratch: Path) -> _Held:
    """A backup whose every byte was verified. Raises UsageError."""
    paths: dict[str, Path] = {}
    try:
        with tarfile.open(source, "r:gz") as tar:
            for number, member in enumerate(tar):
                file = tar.extractfile(member) if member.isreg() and _is_name(member.name) else None
                if file is None or member.name in paths:
                    raise _no_backup(source, f"{member.name[:100]!r} in it")
                # Under a number: no name of the file is ever a path here.
                paths[member.name] = path = scratch / str(number)
                with path.open("wb") as out:
                    while piece := file.read(1 << 20):
                        out.write(piece)
        about = json.loads(paths.pop(_MANIFEST).read_bytes())
        digests, made = dict(about["files"]), str(about["made"])
        if about["format"] != _FORMAT:
            raise _no_backup(source, f"format {about['format']!r}")
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _no_backup(source, str(error)) from error
    except (ValueError, LookupError, TypeError) as error:
        raise _no_backup(source, "none of its own list of files") from error
    wrong = {*digests} ^ {*paths} or {
        name for name, path in paths.items() if sha256(path.read_bytes()) != digests[name]
    }
    if wrong:
        raise _no_backup(source, f"other bytes of {min(wrong)[:100]}")
    return _Held(made, paths)


def _is_name(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.startswith("/") and ".." not in parts and not (os.name == "nt" and set(name) & set("\\:"))


def _no_backup(source: Path, found: str) -> UsageError:
    return UsageError(f"{source}: expected a whole backup of policy-qa backup, found {found}; nothing was changed")


def _index_of(held: _Held) -> Generation | None:
    files = {name: path.read_bytes() for name, path in held.below(_INDEX).items()}
    return verified(files.pop(layout.MANIFEST, b""), files) if files else None


def _put_back(settings: Settings, held: _Held, generation: Generation | None) -> None:
    folder = CorpusFolder(settings)
    for path in held.below(_ARCHIVE).values():
        folder.keep(path.read_bytes())
    policies = held.below(_CORPUS)
    there = folder.digests()
    folder.path.mkdir(parents=True, exist_ok=True)
    for source, path in policies.items():
        data = path.read_bytes()
        if there.get(source) != sha256(data):
            folder.put(source, data)
    for source in {*there} - {*policies}:
        folder.remove(source)
    if glossary := held.get(GLOSSARY):
        replace_synced(settings.home / GLOSSARY, glossary.read_bytes())
    if generation:
        put_generation(settings.index_dir, generation)
        layout.write_origin(settings.index_dir, folder.path)
    changes = Changes(settings.desk_file)
    if desk := held.get(_DESK):
        trail = changes.all()
        Store(settings.desk_file).replace_from(desk)
        changes.append(trail)
    changes.settle(folder.digests(), "policy-qa restore", Action.RESTORE)
