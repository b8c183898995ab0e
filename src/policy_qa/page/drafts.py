"""Drafts that are sent to the page: read, checked, forgotten."""

from __future__ import annotations

import base64
import json
import logging
import threading
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from policy_qa.check import Checker, Report
from policy_qa.check.comments import commented
from policy_qa.documents import read_bytes
from policy_qa.errors import IndexUnusable, PolicyQAError, SourceError
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import texts_for
from policy_qa.words import Segmenter

log = logging.getLogger(__name__)

#: A draft that is sent may be so large, and so many are checked at the same time; one more is told to come back.
MAX_BYTES, CONCURRENT, WAITING = 8_000_000, 2, 10
#: What a form adds to the draft that it holds.
FRAME = 100_000
_SUFFIX = ".docx"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A draft with its findings. `word` is the Word file with comments, `name` what it is called."""

    report: Report
    word: bytes
    name: str

    @property
    def word_link(self) -> str:
        """The Word file as an address that needs no server."""
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return f"data:{kind};base64,{base64.b64encode(self.word).decode('ascii')}"


class Drafts:
    """Checks drafts against the index as it is now. Nothing of a draft is kept."""

    def __init__(self, live: LivePipeline) -> None:
        self._live = live
        self._lock = threading.Lock()
        self._running = threading.BoundedSemaphore(CONCURRENT)
        self._taken = threading.BoundedSemaphore(CONCURRENT + WAITING)
        self._library: Library | None = None
        self._checker: Checker | None = None

    def check(self, data: bytes, name: str, lang: str) -> Checked | str:
        """A draft's findings, or, in the reader's language, why there are none. `name` says what format it has."""
        texts = texts_for(lang).check
        if not data.strip():
            return texts.empty
        if len(data) > MAX_BYTES:
            return texts.too_large
        if not self._taken.acquire(blocking=False):
            return texts.busy
        try:
            with self._running:
                return self._checked(data, PurePath(name.replace("\\", "/")).name, lang)
        except IndexUnusable as error:
            log.warning("no index to check a draft against: %s", error)
            return texts.no_index
        except PolicyQAError as error:
            return str(error)
        except Exception:  # a bug costs one reader one draft, not the page; the log keeps its traceback
            log.exception("a draft could not be checked")
            return texts_for(lang).internal_error
        finally:
            self._taken.release()

    def _checked(self, data: bytes, name: str, lang: str) -> Checked | str:
        draft = read_bytes(data, name)
        if not draft.text.strip():
            return texts_for(lang).check.empty
        report = self._checker_now().check(draft, lang)
        own = data if name.lower().endswith(_SUFFIX) else None
        try:
            word, _ = commented(report, own, lang)
        except SourceError as error:
            # It could be read, but not opened to be written again: its text gets the comments instead.
            log.info("comments go into a file made anew: %s", error)
            word, _ = commented(report, None, lang)
        stem = PurePath(name).stem
        return Checked(report=report, word=word, name=f"{stem}-{'checked' if lang == 'en' else '核对'}{_SUFFIX}")

    def _checker_now(self) -> Checker:
        """The checker over the documents that are on file now."""
        library = self._live.library()
        with self._lock:
            if self._checker is None or self._library is not library:
                held = {doc_id: library.segmentation(doc_id) for doc_id in library.documents}
                self._checker, self._library = Checker(held, Segmenter()), library
            return self._checker


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body holds; None where there is none that is sound and of sane depth."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON, and nothing that echoes them can be sent."""
    raise ValueError(name)
