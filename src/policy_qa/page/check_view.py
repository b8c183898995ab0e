"""The page for drafts as HTML: the form, and the draft with what was found marked in it. It needs no script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import quote

from policy_qa.check import Finding, Report, Severity
from policy_qa.check.report import finding_record, name_of, shown_ops
from policy_qa.diff.model import Op, OpKind
from policy_qa.page.drafts import Checked
from policy_qa.page.inline import escape
from policy_qa.page.texts import Texts
from policy_qa.page.wording import CheckTexts

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
        f'<p>{escape(words.hint)}</p></div><nav><a href="/">{escape(words.ask_page)}</a>'
        f'<a href="/check?lang={other}">{escape(words.other_language)}</a></nav></header>'
        f"<main>{body}{_form(words, texts.lang, text, asked=result is not None)}</main></body></html>"
    )


def _form(words: CheckTexts, lang: str, text: str, *, asked: bool) -> str:
    rows = 6 if asked else 12
    return (
        f'<form class="ck-form" method="post" action="/check?lang={lang}" enctype="multipart/form-data">'
        f'<label for="ck-text">{escape(words.text_label)}</label>'
        f'<textarea id="ck-text" name="text" rows="{rows}" placeholder="{escape(words.text_placeholder)}">\n'
        f"{escape(text)}</textarea>"
        f'<div class="ck-row"><div class="ck-file"><label for="ck-file">{escape(words.file_label)}</label>'
        f'<input id="ck-file" type="file" name="file" accept=".docx,.txt,.md,.pdf,.html,.htm">'
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
        f'<section class="ck-summary" role="status"><p>{escape(_summary(report, words))}</p>'
        f'{_downloads(checked, words)}</section><div class="ck-columns">'
        f'<section class="ck-draft"><h2>{escape(words.draft)}</h2>'
        f'{"".join(_draft(report, numbers))}</section><section class="ck-findings"><h2>{escape(words.findings)}</h2>'
        f"{calm}<ol>{found}</ol>{kept}</section></div>"
    )


def _summary(report: Report, words: CheckTexts) -> str:
    errors, notes, right = (report.count(s) for s in (Severity.ERROR, Severity.NOTE, Severity.OK))
    return words.found.format(total=len(report.findings), errors=errors, notes=notes, right=right)


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
