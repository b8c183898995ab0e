"""The folder of policies as people change it: one at a time, each file in one step, no bytes ever lost."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from policy_qa.documents.sources import look_into, open_source
from policy_qa.errors import SourceError
from policy_qa.index.files import locked, replace_synced, sha256, sync_folder
from policy_qa.index.layout import read_origin
from policy_qa.printable import source_name
from policy_qa.settings import Settings

_DIGEST = re.compile(r"[0-9a-f]{64}")


class CorpusFolder:
    """The folder that the index was built from, and the archive of what ever stood in it, by SHA-256."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """Where the policies lie: where the last build found them, else where the settings say."""
        return read_origin(self._settings.index_dir) or self._settings.corpus

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the right to change it. Raises BuildLocked where another does."""
        self._settings.home.mkdir(parents=True, exist_ok=True)
        with locked(self._settings.home / "corpus.lock", f"folder {self.path}"):
            yield

    def files(self) -> dict[str, Path]:
        """The files by the names that an index has for them; none where there is no such folder."""
        path = self.path
        try:
            return {source_name(file.relative_to(path)): file for file in look_into(path).files}
        except SourceError:
            return {}

    def digests(self) -> dict[str, str]:
        """source -> SHA-256; without what can't be read, links and the like."""
        found = {}
        for source, path in self.files().items():
            with contextlib.suppress(SourceError), open_source(path, source) as file:
                found[source] = hashlib.file_digest(file, "sha256").hexdigest()
        return found

    def read(self, source: str) -> bytes | None:
        """The bytes of a file that lies there; None where there is none that can be read."""
        path = self.files().get(source)
        try:
            with open_source(path, source) if path else contextlib.nullcontext() as file:
                return file.read() if file else None
        except SourceError:
            return None

    def put(self, source: str, data: bytes) -> None:
        """Write a file in one step; what stood there is in the archive before. Raises OSError."""
        if (old := self.read(source)) is not None:
            self.keep(old)
        path = self.files().get(source, self.path / source)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_synced(path, data)

    def remove(self, source: str) -> None:
        """Take a file away, into the archive. Raises OSError."""
        if (old := self.read(source)) is not None:
            self.keep(old)
        if path := self.files().get(source):
            path.unlink()
            sync_folder(path.parent)

    def keep(self, data: bytes) -> str:
        """Put bytes into the archive; returns their SHA-256. Raises OSError."""
        digest = sha256(data)
        if self.kept(digest) is None:
            self._archive.mkdir(parents=True, exist_ok=True)
            replace_synced(self._archive / digest, data)
        return digest

    def kept(self, digest: str) -> bytes | None:
        """The archived bytes of this SHA-256; None where there are none, or others."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            data = (self._archive / digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data) == digest else None

    def forget(self, digest: str) -> None:
        """Take bytes out of the archive that nothing speaks of any more."""
        if _DIGEST.fullmatch(digest):
            (self._archive / digest).unlink(missing_ok=True)

    def archived(self) -> list[str]:
        """The SHA-256 of all bytes in the archive."""
        if not self._archive.is_dir():
            return []
        return sorted(path.name for path in self._archive.iterdir() if _DIGEST.fullmatch(path.name))

    @property
    def _archive(self) -> Path:
        return self._settings.home / "archive"
