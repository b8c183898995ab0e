"""Drafts that are sent to the page: read, checked, told as a page or as JSON, forgotten.

Runs in processes of its own (`workers`). The page holds the form, and the draft with what was found marked in it; it
needs no script.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from policy_qa.check import Checker, Finding, Report, Severity
from policy_qa.check.comments import commented
from policy_qa.check.report import finding_record, name_of, shown_ops, summary
from policy_qa.diff.model import Op, OpKind
from policy_qa.documents import PICTURES, SUFFIXES, read_bytes, scans
from policy_qa.errors import IndexUnusable, PolicyQAError, SourceError
from policy_qa.page.inline import escape
from policy_qa.page.texts import CheckTexts, Texts, texts_for
from policy_qa.words import Segmenter

if TYPE_CHECKING:
    from policy_qa.index.layout import Pointer


log = logging.getLogger(__name__)

#: A draft that is sent may be so large.
MAX_BYTES = 8_000_000
#: What a form adds to the draft that it holds.
FRAME = 100_000
STYLE = Path(__file__).parent / "static" / "check.css"
_SUFFIX = ".docx"
_PASTED = "draft.txt"
_FIRST = "根据本办法第一条，应当在5日内提出。“应当在5日内提出”。"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """A draft with its findings. `word` is the Word file with comments (none for programs), `name` its name."""

    report: Report
    word: bytes
    name: str

    @property
    def word_link(self) -> str:
        """The Word file as an address that needs no server."""
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return f"data:{kind};base64,{base64.b64encode(self.word).decode('ascii')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """A draft as it came in. `form` tells the page's form from a program's JSON; `lang` is that of the address."""

    form: bool
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
            checker.check(read_bytes(_FIRST.encode(), _PASTED))  # what it works out once, it works out now
            self._checker, self._pointer = checker, pointer

    def prepare(self) -> None:
        """Read the index; why it can't be read, is said to whoever sends a draft."""
        with contextlib.suppress(PolicyQAError):
            self.refresh()

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """What is told of a draft, as a process says it."""
        reply = self.reply(Sent(body=body, **about))
        return {"status": reply.status, "media": reply.media}, reply.body

    def reply(self, sent: Sent) -> Reply:
        """What is told of a draft, as a page or as JSON; or, in the reader's language, why nothing can be."""
        return self._page(sent) if sent.form else self._json(sent)

    def _page(self, sent: Sent) -> Reply:

        texts = texts_for(sent.lang)
        form = _sent_form(sent)
        text = ""
        result: Checked | str = texts.check.unreadable
        if form is not None:
            data, name, text = form
            result = self._result(data, name, sent.lang, word=True)
        page = render_page(texts, STYLE.read_text("utf-8"), text, result)
        status = 200 if isinstance(result, Checked) else 400
        return Reply(status=status, media="text/html; charset=utf-8", body=page.encode("utf-8", "replace"))

    def _json(self, sent: Sent) -> Reply:
        asked = json_object(sent.body)
        if asked is None or not isinstance(asked.get("text"), str):
            return error_reply(400, 'expected a JSON object with a "text", found none; send {"text": "…"}')
        lang = "en" if asked.get("lang", sent.lang) == "en" else "zh"
        result = self._result(asked["text"].encode("utf-8", "replace"), _PASTED, lang, word=False)
        if isinstance(result, str):
            return error_reply(400, result)
        findings = [finding_record(finding) for finding in result.report.findings]
        return json_reply(200, {"errors": len(result.report.errors), "findings": findings})

    def _result(self, data: bytes, name: str, lang: str, *, word: bool) -> Checked | str:
        """A draft's findings, or, in the reader's language, why there are none. `name` says what format it has."""
        texts = texts_for(lang).check
        if not data.strip():
            return texts.empty
        if len(data) > MAX_BYTES:
            return texts.too_large
        try:
            self.refresh()
            return self._checked(data, PurePath(name.replace("\\", "/")).name, lang, word=word)
        except IndexUnusable as error:
            log.warning("no index to check a draft against: %s", error)
            return texts.no_index
        except PolicyQAError as error:
            return str(error)
        except MemoryError:
            raise
        except Exception:  # a bug costs one reader one draft, not the page; the log keeps its traceback
            log.exception("a draft could not be checked")
            return texts_for(lang).internal_error

    def _checked(self, data: bytes, name: str, lang: str, *, word: bool) -> Checked | str:
        assert self._checker is not None  # noqa: S101 - refreshed before
        with scans.held():  # a draft's time is short
            draft = read_bytes(data, name)
        if not draft.text.strip():
            return texts_for(lang).check.empty
        report = self._checker.check(draft, lang)
        own = data if name.lower().endswith(_SUFFIX) else None
        name = f"{PurePath(name).stem}-{'checked' if lang == 'en' else '核对'}{_SUFFIX}"
        return Checked(report=report, word=_word(report, own, lang) if word else b"", name=name)


def _word(report: Report, own: bytes | None, lang: str) -> bytes:
    try:
        return commented(report, own, lang)[0]
    except SourceError as error:
        # It could be read, but not opened to be written again: its text gets the comments instead.
        log.info("comments go into a file made anew: %s", error)
        return commented(report, None, lang)[0]


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


def _sent_form(sent: Sent) -> tuple[bytes, str, str] | None:
    """(the draft, the name of its format, the text to show again) of a form; None where it can't be read."""
    from starlette.formparsers import MultiPartException
    from starlette.requests import Request

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    async def read() -> tuple[bytes, str, str]:
        headers = [(b"content-type", sent.content_type.encode("latin-1", "replace"))]
        request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
        async with request.form(max_files=1, max_fields=2, max_part_size=MAX_BYTES) as form:
            text, file = str(form.get("text") or "").replace("\r\n", "\n"), form.get("file")
            if file is not None and not isinstance(file, str) and file.filename:
                return await file.read(), file.filename, ""
            return text.encode("utf-8", "replace"), _PASTED, text

    try:
        return asyncio.run(read())
    except (MultiPartException, ValueError, LookupError) as error:
        log.info("a form could not be read: %s", error)
        return None


_DRAFTS = ",".join(s for s in SUFFIXES if s not in PICTURES)
_FORMS = {Severity.ERROR: "error", Severity.NOTE: "note", Severity.OK: "ok"}
#: The page shows so much of a draft's text; all of it is checked, and in the Word file.
_SHOWN = 60_000


def render_page(texts: Texts, style: str, text: str = "", result: Checked | str | None = None) -> str:
    """The whole page. `text` is what was pasted; `result` what was found, or in words why nothing was."""
    words = texts.check
    other = "en" if texts.lang == "zh" else "zh"
    body = "" if result is None else _failure(words, result) if isinstance(result, str) else _result(result, texts)
    return (
        f'<!DOCTYPE html><html lang="{escape(texts.html_lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(words.window_title)}</title><link rel="icon" href="data:,"><style>{style}</style></head><body>'
        f'<header class="ck-top"><div><h1>{escape(words.title)}<span class="ck-code">policy_qa</span></h1>'
        f'<p>{escape(words.hint)}</p></div><nav><a href="./">{escape(words.ask_page)}</a>'
        f'<a href="check?lang={other}">{escape(words.other_language)}</a></nav></header>'
        f"<main>{body}{_form(words, texts.lang, text, asked=result is not None)}</main></body></html>"
    )


def _form(words: CheckTexts, lang: str, text: str, *, asked: bool) -> str:
    rows = 6 if asked else 12
    return (
        f'<form class="ck-form" method="post" action="check?lang={lang}" enctype="multipart/form-data">'
        f'<label for="ck-text">{escape(words.text_label)}</label>'
        f'<textarea id="ck-text" name="text" rows="{rows}" placeholder="{escape(words.text_placeholder)}">\n'
        f"{escape(text)}</textarea>"
        f'<div class="ck-row"><div class="ck-file"><label for="ck-file">{escape(words.file_label)}</label>'
        f'<input id="ck-file" type="file" name="file" accept="{_DRAFTS}">'
        f"<small>{escape(words.file_hint)}</small></div>"
        f'<button type="submit">{escape(words.submit)}</button></div></form>'
    )


def _failure(words: CheckTexts, why: str) -> str:
    return f'<section class="ck-failed" role="alert"><h2>{escape(words.failed)}</h2><p>{escape(why)}</p></section>'


def _result(checked: Checked, texts: Texts) -> str:
    words, report = texts.check, checked.report
    wrong = [f for f in report.findings if f.severity is not Severity.OK]
    right = [f for f in report.findings if f.severity is Severity.OK]
    numbers = {finding: n for n, finding in enumerate(wrong, start=1)}
    found = "".join(_card(f, n, texts) for f, n in numbers.items())
    nothing = words.nothing_wrong if report.findings else words.nothing_found
    calm = f'<p class="ck-calm">{escape(nothing)}</p>' if not report.errors else ""
    kept = (
        f"<details><summary>{escape(words.correct.format(count=len(right)))}</summary>"
        f"<ul>{''.join(_right(f, words) for f in right)}</ul></details>"
        if right
        else ""
    )
    return (
        f'<section class="ck-summary" role="status"><p>{escape(summary(report, texts.lang) + words.full_stop)}</p>'
        f'{_downloads(checked, words)}</section><div class="ck-columns">'
        f'<section class="ck-draft"><h2>{escape(words.draft)}</h2>'
        f'{"".join(_draft(report, numbers))}</section><section class="ck-findings"><h2>{escape(words.findings)}</h2>'
        f"{calm}<ol>{found}</ol>{kept}</section></div>"
    )


def _downloads(checked: Checked, words: CheckTexts) -> str:
    lines = "".join(json.dumps(finding_record(f), ensure_ascii=False) + "\n" for f in checked.report.findings)
    stem = checked.name.rpartition(".")[0]
    data = f"data:application/x-ndjson;charset=utf-8,{quote(lines)}"
    return (
        f'<p class="ck-downloads"><a download="{escape(checked.name)}" href="{checked.word_link}">'
        f'{escape(words.download_word)}</a><a download="{escape(stem)}.jsonl" href="{data}">'
        f"{escape(words.download_json)}</a></p>"
    )


def _card(finding: Finding, number: int, texts: Texts) -> str:
    words, form = texts.check, _FORMS[finding.severity]
    source = finding.source
    policy = ""
    if source and finding.severity is Severity.ERROR:
        policy = (
            f'<p class="ck-policy"><b>{escape(words.policy)}</b> <cite>{escape(source.cite)}</cite>'
            f"<q>{escape(source.words)}</q></p>"
        )
    changed = (
        f'<p class="ck-ops"><b>{escape(words.differences)}</b> {"".join(map(_op, finding.ops))}</p>'
        if finding.ops
        else ""
    )
    return (
        f'<li class="ck-card ck-{form}" id="f{number}"><p class="ck-head">'
        f'<a class="ck-n" href="#m{number}">{number}</a>'
        f'<span class="ck-kind">{escape(name_of(finding.kind, texts.lang))}</span>'
        f"<small>{escape(words.line.format(n=finding.line))}</small></p>"
        f'<p class="ck-said">{escape(finding.quote)}</p><p class="ck-message">{escape(_message(finding))}</p>'
        f"{changed}{policy}</li>"
    )


def _message(finding: Finding) -> str:
    """The message without the differences word by word, which are shown in colour beneath it."""
    plain = finding.message.replace(shown_ops(finding.ops), "") if finding.ops else finding.message
    return plain.replace("：。", "。").replace(": .", ".")


def _op(op: Op) -> str:
    tag = {OpKind.DELETE: "del", OpKind.INSERT: "ins"}.get(op.op)
    piece = escape(op.text)
    return f"<{tag}>{piece}</{tag}>" if tag and not op.trivial else piece


def _right(finding: Finding, words: CheckTexts) -> str:
    return f"<li><small>{escape(words.line.format(n=finding.line))}</small> {escape(finding.message)}</li>"


def _draft(report: Report, numbers: dict[Finding, int]) -> Iterator[str]:
    """The draft's lines; what was found is marked, and numbered where it begins."""
    text = report.draft.text[:_SHOWN]
    at = 0
    for line in text.split("\n"):
        if line.strip():
            here = [f for f in report.findings if f.start < at + len(line) and at < f.end]
            yield f"<p>{''.join(_pieces(text, at, at + len(line), here, numbers))}</p>"
        at += len(line) + 1
    if len(report.draft.text) > _SHOWN:
        yield "<p>…</p>"


def _pieces(text: str, start: int, end: int, findings: Sequence[Finding], numbers: dict[Finding, int]) -> Iterator[str]:
    cuts = sorted({start, end, *(max(start, min(end, edge)) for f in findings for edge in (f.start, f.end))})
    order = list(_FORMS)
    for a, b in pairwise(cuts):
        for finding in findings:
            if finding.start == a and (number := numbers.get(finding)):
                yield f'<a class="ck-n ck-at-{_FORMS[finding.severity]}" id="m{number}" href="#f{number}">{number}</a>'
        over = [f for f in findings if f.start <= a and b <= f.end]
        piece = escape(text[a:b])
        if over:
            worst = min((f.severity for f in over), key=order.index)
            piece = f'<mark class="ck-{_FORMS[worst]}">{piece}</mark>'
        yield piece
