"""A comparison as one page: both texts side by side, one below the other on a phone.

Nothing is loaded and no script runs; everything that a document wrote is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from policy_qa.datamodels import Document
from policy_qa.diff.model import Change, ChangeKind, Diff, Op, OpKind, What
from policy_qa.diff.rendering import KINDS, TEXTS, field_line, kinds_of, name_of, quiet, run_name, runs, summary_words
from policy_qa.resources import resource

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'"
_LANG = {"zh": "zh-CN", "en": "en"}
#: The table of contents names so many changes; on a phone more would push the text out of sight.
_LISTED = 60


def page(diff: Diff, lang: str = "zh") -> str:
    """The whole page, ready to be written as UTF-8."""
    texts = TEXTS[lang]
    title = f"{texts['page_title']}{texts['colon']}{diff.new.title}"
    return f"""<!DOCTYPE html>
<html lang="{_LANG[lang]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>
{resource("diff.css")}</style>
</head>
<body>
<header>
<h1>{escape(texts["page_title"])}</h1>
{overview(diff, lang)}</header>
<main lang="zh-CN">
{changes(diff, lang)}
</main>
</body>
</html>
"""


def overview(diff: Diff, lang: str = "zh") -> str:
    """Which documents are compared, what they say of themselves otherwise, how many changes, and where."""
    pair = f'<div class="pair">{_document("old", diff.old, lang)}{_document("new", diff.new, lang)}</div>\n'
    return pair + _fields(diff, lang) + _summary(diff, lang) + _contents(_told(diff), lang)


def changes(diff: Diff, lang: str = "zh") -> str:
    """Every change with both texts, in reading order; those that :func:`overview` links have the ids that it names."""
    return "\n".join(_run(number, run, lang) for number, run in enumerate(_told(diff)))


def _told(diff: Diff) -> list[list[Change]]:
    return runs([c for c in diff.changes if c.what is not What.LAYOUT])


def _document(side: str, document: Document, lang: str) -> str:
    about = " · ".join(filter(None, (document.issuer, document.number, document.date, document.status.value)))
    return (
        f'<div class="doc {side}"><span class="side">{escape(TEXTS[lang][side])}</span>'
        f'<strong lang="zh-CN">《{escape(document.title)}》</strong>'
        f'<span class="about" lang="zh-CN">{escape(about)}</span>'
        f'<span class="about">{escape(document.source)}</span></div>'
    )


def _fields(diff: Diff, lang: str) -> str:
    rows = [field_line(change, lang) for change in diff.fields]
    cells = "".join(
        f'<dt>{escape(what)}</dt><dd lang="zh-CN"><del>{escape(old)}</del> → <ins>{escape(new)}</ins></dd>'
        for what, old, new in rows
    )
    return f'<dl class="fields">{cells}</dl>\n' if cells else ""


def _summary(diff: Diff, lang: str) -> str:
    if diff.same:
        return f'<p class="same">{escape(TEXTS[lang]["same"])}</p>\n'
    texts = TEXTS[lang]
    chips = "".join(f"<li>{escape(word)} <b>{count}</b></li>" for word, count in summary_words(diff, lang))
    legend = f"<del>{escape(texts['deleted'])}</del> <ins>{escape(texts['inserted'])}</ins>"
    return f'<ul class="chips">{chips}<li class="legend">{legend}</li></ul>\n'


def _contents(told: Sequence[list[Change]], lang: str) -> str:
    entries = [
        f'<li><a href="#c{number}">{escape(name_of(run[0], lang))}</a> '
        f"<small>{escape(kinds_of(run[0], lang))}</small></li>"
        for number, run in enumerate(told)
        if not quiet(run[0])
    ]
    if not entries:
        return ""
    if len(entries) > _LISTED:
        entries = [*entries[:_LISTED], f"<li>{escape(TEXTS[lang]['and_so_on'])} {len(entries) - _LISTED}</li>"]
    summary = f"{escape(TEXTS[lang]['contents'])} <b>{sum(not quiet(r[0]) for r in told)}</b>"
    return f'<details class="contents"><summary>{summary}</summary><ul lang="zh-CN">{"".join(entries)}</ul></details>\n'


def _run(number: int, run: list[Change], lang: str) -> str:
    change = run[0]
    if change.what is What.HEADING and quiet(change):
        return "\n".join(f'<h2 class="heading">{escape(name_of(c, lang))}</h2>' for c in run)
    if not quiet(change):
        return _change(number, change, lang)
    texts = TEXTS[lang]
    count = f"{texts['sep']}{texts['items'].format(count=len(run))}" if len(run) > 1 else ""
    inner = "".join(
        f'<div class="kept"><h4>{escape(name_of(c, lang))}</h4><div class="text">{_plain(c.new_text)}</div></div>'
        for c in run
    )
    return (
        f'<details class="quiet" id="c{number}"><summary><span>{escape(run_name(run, lang))}</span> '
        f"<small>{escape(kinds_of(change, lang) + count)}</small></summary>{inner}</details>"
    )


def _change(number: int, change: Change, lang: str) -> str:
    texts = TEXTS[lang]
    lone = "" if change.old_text and change.new_text else " lone"
    badges = "".join(f'<span class="badge {k.value}">{escape(KINDS[lang][k])}</span>' for k in change.kinds)
    detail = kinds_of(change, lang) if "（" in kinds_of(change, lang) else ""
    note = f'<small class="note">{escape(detail)}</small>' if detail else ""
    moved = [p for p in change.parts if ChangeKind.MOVED in p.kinds]
    parts = "".join(f"<li>{escape(name_of(p, lang))} {escape(kinds_of(p, lang))}</li>" for p in moved)
    listed = f'<ul class="parts">{parts}</ul>' if parts else ""
    cells = []
    for side, text, skipped in (("old", change.old_text, OpKind.INSERT), ("new", change.new_text, OpKind.DELETE)):
        shown = _marked(change.ops, skipped) if text else f'<span class="none">{escape(texts["no_counterpart"])}</span>'
        empty = "" if text else " empty"
        cells.append(
            f'<div class="text {side}{empty}">'
            f'<span class="side" lang="{_LANG[lang]}">{escape(texts[side])}</span>{shown}</div>'
        )
    return (
        f'<section class="change{lone}" id="c{number}"><h3>{escape(name_of(change, lang))} {badges}{note}</h3>'
        f'{listed}<div class="pair">{"".join(cells)}</div></section>'
    )


def _marked(ops: Sequence[Op], skipped: OpKind) -> str:
    """One side of a change, what only it has marked."""
    out = []
    for op in ops:
        if op.op is skipped:
            continue
        tag = "" if op.trivial else {OpKind.DELETE: "del", OpKind.INSERT: "ins"}.get(op.op, "")
        shown = _plain(op.text)
        out.append(f"<{tag}>{shown}</{tag}>" if tag and op.text.strip() else shown)
    return "".join(out)


def _plain(text: str) -> str:
    """Escaped, blank lines and control characters left out."""
    clean = "".join(c for c in text if c in "\n\t" or c.isprintable() or c.isspace())
    lines = clean.split("\n")
    return "\n".join(escape(line) for i, line in enumerate(lines) if line.strip() or i in (0, len(lines) - 1))
