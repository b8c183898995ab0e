"""A comparison as text to read in a terminal, and as one JSON object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from policy_qa.datamodels import Document, picked
from policy_qa.diff.model import Change, ChangeKind, Diff, Op, OpKind, What
from policy_qa.diff.texts import TEXTS, field_line, kinds_of, name_of, quiet, run_name, runs, summary_words
from policy_qa.printable import visible

#: An unchanged stretch longer than this is shortened to its ends.
_LONG, _ENDS = 120, 40
_DOCUMENT = ("doc_id", "title", "issuer", "number", "date", "status", "source", "sha256")
_RED, _GREEN, _BOLD, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"


def text_report(diff: Diff, lang: str = "zh", *, colour: bool = False, everything: bool = False) -> str:
    """The comparison for a person. `everything` names the unchanged provisions too."""
    texts = TEXTS[lang]
    colon = texts["colon"]
    lines = [f"{texts[side]}{colon}{_document(document)}" for side, document in (("old", diff.old), ("new", diff.new))]
    for change in diff.fields:
        what, before, after = field_line(change, lang)
        lines.append(visible(f"{what}{colon}{before} → {after}"))
    counts = texts["sep"].join(f"{word} {count}" for word, count in summary_words(diff, lang))
    lines.append(f"{texts['summary']}{colon}{counts}")
    if diff.same:
        lines.append(texts["same"])
    else:
        kinds = ((OpKind.DELETE, "deleted"), (OpKind.INSERT, "inserted"))
        lines.append(texts["legend"] + colon + " ".join(_mark(kind, texts[word], colour) for kind, word in kinds))
    told = [c for c in diff.changes if c.what is not What.LAYOUT and (everything or not c.unchanged)]
    for run in runs(told):
        lines += ["", *_entry(run, lang, colour)]
    return "\n".join(lines)


def _document(document: Document) -> str:
    about = " ".join(filter(None, (document.number, document.date, document.status.value)))
    return visible(f"《{document.title}》{about and ' ' + about}（{document.source}）")


def _entry(run: list[Change], lang: str, colour: bool) -> list[str]:
    texts = TEXTS[lang]
    change = run[0]
    head = visible(f"{run_name(run, lang)} 【{kinds_of(change, lang)}】")
    if len(run) > 1:
        head += " " + texts["items"].format(count=len(run))
    out = [f"{_BOLD}{head}{_RESET}" if colour else head]
    if not quiet(change):
        body = _marked(change.ops, colour=colour)
        out += ["  " + line.strip() for line in body.split("\n") if line.strip()]
        out += [
            visible(f"  · {name_of(p, lang)} 【{kinds_of(p, lang)}】")
            for p in change.parts
            if ChangeKind.MOVED in p.kinds
        ]
    return out


def _marked(ops: Sequence[Op], *, colour: bool) -> str:
    """The text with `[-deleted-]` and `{+inserted+}`; differences of layout alone show as in the new text."""
    out = []
    for op in ops:
        text = visible(op.text)
        if op.op is OpKind.EQUAL:
            out.append(f"{text[:_ENDS]}……{text[-_ENDS:]}" if len(text) > _LONG else text)
        elif op.trivial:
            out.append(text if op.op is OpKind.INSERT else "")
        else:
            out.append(_mark(op.op, text, colour))
    return "".join(out)


def _mark(kind: OpKind, text: str, colour: bool) -> str:
    """A marked stretch; white space at its end stays outside the mark."""
    core = text.rstrip()
    shown = f"[-{core}-]" if kind is OpKind.DELETE else f"{{+{core}+}}"
    if colour:
        shown = f"{_RED if kind is OpKind.DELETE else _GREEN}{shown}{_RESET}"
    return shown + text[len(core) :]


def record(diff: Diff) -> Mapping[str, Any]:
    """The comparison as one JSON object; offsets are half-open, in code points of the documents' texts."""
    return {
        **{side: picked(getattr(diff, side), *_DOCUMENT) for side in ("old", "new")},
        "same": diff.same,
        "fields": [asdict(field) for field in diff.fields],
        "summary": dict(diff.summary),
        "changes": [_change_record(c) for c in diff.changes],
    }


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "what": change.what,
        "old_ref": change.old.ref if change.old else None,
        "new_ref": change.new.ref if change.new else None,
        "old_name": change.name or None,
        "new_name": change.new_name or None,
        **picked(change, "kinds", "same_values", "related", "old_text", "new_text"),
        "ops": [asdict(op) for op in change.ops],
        "parts": [_change_record(part) for part in change.parts],
    }
