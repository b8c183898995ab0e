"""Drafts that are sent to the page: read, checked, told to the page or as JSON, forgotten.

Runs in processes of its own (`workers`): what people send is opened nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from policy_qa.check import Checker, Finding, Report, Severity
from policy_qa.check.comments import commented
from policy_qa.check.messages import finding_record
from policy_qa.documents import scans
from policy_qa.documents.sources import read_bytes
from policy_qa.errors import IndexUnusable, PolicyQAError, SourceError
from policy_qa.kept.checks import PASTED
from policy_qa.page.texts import texts_for
from policy_qa.words import Segmenter

if TYPE_CHECKING:
    from policy_qa.index.layout import Pointer


log = logging.getLogger(__name__)

#: A draft that is sent may be so large.
MAX_BYTES = 8_000_000
#: What a form adds to the draft that it holds.
FRAME = 100_000
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SUFFIX = ".docx"
_BASE64 = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")
_FIRST = "根据本办法第一条，应当在5日内提出。“应当在5日内提出”。"


class Task(StrEnum):
    """What is to be done with what was sent."""

    FORM = "form"  # a form of the page -> `Checked`
    JSON = "json"  # an object of a program -> an object with the findings
    WORD = "word"  # `Mending` -> a Word file


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A draft that came in a form, with its findings, or why, in the reader's language, there are none (`failure`).

    `draft` are the bytes of the file `name`; of a draft that was pasted, `typed` is the text of the form. `text` is
    what was read, `word` a Word file with the findings as comments. `keep` tells that the sender wants it kept.
    """

    name: str = ""
    draft: bytes = b""
    typed: str = ""
    text: str = ""
    findings: tuple[Finding, ...] = ()
    word: bytes = b""
    keep: bool = False
    failure: str = ""

    __pydantic_config__: ClassVar = _BASE64


@dataclass(frozen=True, kw_only=True, slots=True)
class Mending:
    """A draft to be written with corrections: for the findings `mended` those, for the findings `told` comments."""

    name: str
    draft: bytes
    mended: tuple[Finding, ...]
    told: tuple[Finding, ...]

    __pydantic_config__: ClassVar = _BASE64


CHECKED, MENDING = TypeAdapter(Checked), TypeAdapter(Mending)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What came in; `lang` is that of the address."""

    task: Task
    lang: str
    content_type: str
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What goes back: an HTTP status, the kind of the body, and the body."""

    status: int
    media: str
    body: bytes


class Drafts:
    """Checks drafts against the index as it is now. Nothing of a draft is kept."""

    def __init__(self, index_dir: Path | str) -> None:
        self._index_dir = Path(index_dir)
        self._pointer: Pointer | None = None
        self._checker: Checker | None = None

    def refresh(self) -> None:
        """Read the index if there is another now. Raises PolicyQAError where it is unusable."""
        from policy_qa.facts.catalogue import tell_apart
        from policy_qa.index import layout, store

        pointer = layout.read_pointer(self._index_dir)
        if self._checker is None or pointer != self._pointer:
            self._checker = None
            held = tell_apart(store.load(self._index_dir).segmentations)
            checker = Checker(held, Segmenter())
            checker.check(read_bytes(_FIRST.encode(), PASTED))  # what it works out once, it works out now
            self._checker, self._pointer = checker, pointer

    def prepare(self) -> None:
        """Read the index; why it can't be read, is said to whoever sends a draft."""
        with contextlib.suppress(PolicyQAError):
            self.refresh()

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """What is told of a draft, as a process says it."""
        sent = Sent(body=body, **{**about, "task": Task(about["task"])})
        does = {Task.FORM: self._form, Task.JSON: self._json, Task.WORD: self._word}
        reply = does[sent.task](sent)
        return {"status": reply.status, "media": reply.media}, reply.body

    def _form(self, sent: Sent) -> Reply:
        form = _sent_form(sent)
        checked = form and self._result(form, sent.lang)
        body = CHECKED.dump_json(checked or Checked(failure=texts_for(sent.lang).check.unreadable))
        return Reply(status=200, media="application/json", body=body)

    def _word(self, sent: Sent) -> Reply:
        wanted = MENDING.validate_json(sent.body)
        try:
            report = Report(draft=read_bytes(wanted.draft, wanted.name), findings=wanted.told + wanted.mended)
        except PolicyQAError as error:
            return error_reply(400, str(error))
        return Reply(status=200, media=WORD, body=_commented(report, wanted.draft, sent.lang, wanted.mended))

    def _json(self, sent: Sent) -> Reply:
        asked = json_object(sent.body)
        if asked is None or not isinstance(asked.get("text"), str):
            return error_reply(400, 'expected a JSON object with a "text", found none; send {"text": "…"}')
        lang = "en" if asked.get("lang", sent.lang) == "en" else "zh"
        result = self._result(Checked(draft=asked["text"].encode("utf-8", "replace"), name=PASTED), lang, word=False)
        if result.failure:
            return error_reply(400, result.failure)
        errors = sum(finding.severity is Severity.ERROR for finding in result.findings)
        return json_reply(200, {"errors": errors, "findings": [finding_record(f) for f in result.findings]})

    def _result(self, sent: Checked, lang: str, *, word: bool = True) -> Checked:
        """A draft with its findings, or with the reason why there are none. Its name says what format it has."""
        texts = texts_for(lang).check
        if not sent.draft.strip():
            return replace(sent, failure=texts.empty)
        if len(sent.draft) > MAX_BYTES:
            return replace(sent, draft=b"", failure=texts.too_large)
        try:
            self.refresh()
            return self._checked(sent, lang, word=word)
        except IndexUnusable as error:
            log.warning("no index to check a draft against: %s", error)
            failure = texts.no_index
        except PolicyQAError as error:
            failure = str(error)
        except MemoryError:
            raise
        except Exception:  # a bug costs one reader one draft, not the page; the log keeps its traceback
            log.exception("a draft could not be checked")
            failure = texts_for(lang).internal_error
        return replace(sent, draft=b"", failure=failure)

    def _checked(self, sent: Checked, lang: str, *, word: bool) -> Checked:
        assert self._checker is not None  # nosec B101 # noqa: S101 - refreshed before
        with scans.held():  # a draft's time is short
            draft = read_bytes(sent.draft, sent.name)
        if not draft.text.strip():
            return replace(sent, failure=texts_for(lang).check.empty)
        report = self._checker.check(draft, lang)
        return replace(
            sent,
            draft=sent.draft if sent.keep else b"",
            text=draft.text,
            findings=report.findings,
            word=_commented(report, sent.draft, lang) if word else b"",
        )


def _commented(report: Report, draft: bytes, lang: str, mended: Sequence[Finding] = ()) -> bytes:
    own = draft if report.draft.source.lower().endswith(_SUFFIX) else None
    try:
        return commented(report, own, lang, mended)[0]
    except SourceError as error:
        # It could be read, but not opened to be written again: its text gets the comments instead.
        log.info("comments go into a file made anew: %s", error)
        return commented(report, None, lang, mended)[0]


def json_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body holds; None where there is none that is sound and of sane depth."""
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def json_reply(status: int, record: dict[str, Any]) -> Reply:
    """A reply for programs; half a surrogate pair in it becomes a question mark."""
    body = json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")
    return Reply(status=status, media="application/json", body=body)


def error_reply(status: int, error: str) -> Reply:
    """A reply for programs that says what is wrong."""
    return json_reply(status, {"error": error})


def _no_number(name: str) -> None:
    """NaN and Infinity are no JSON, and nothing that echoes them can be sent."""
    raise ValueError(name)


def _sent_form(sent: Sent) -> Checked | None:
    """The draft of a form; None where the form can't be read."""
    from starlette.formparsers import MultiPartException
    from starlette.requests import Request

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def read() -> Checked:
        headers = [(b"content-type", sent.content_type.encode("latin-1", "replace"))]
        request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
        async with request.form(max_files=1, max_fields=3, max_part_size=MAX_BYTES) as form:
            text, file = str(form.get("text") or "").replace("\r\n", "\n"), form.get("file")
            keep = bool(form.get("keep"))
            if file is not None and not isinstance(file, str) and file.filename:
                name = PurePath(file.filename.replace("\\", "/")).name
                return Checked(draft=await file.read(), name=name, keep=keep)
            data = text.encode("utf-8", "replace")
            return Checked(draft=data, name=PASTED, typed=data.decode("utf-8"), keep=keep)

    try:
        return asyncio.run(read())
    except (MultiPartException, ValueError, LookupError) as error:
        log.info("a form could not be read: %s", error)
        return None
