"""A comparison as text to read in a terminal, and as one JSON object; what is said around the quoted texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from policy_qa.datamodels import Document, picked
from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, Op, OpKind, What
from policy_qa.numerals import to_han
from policy_qa.printable import visible
from policy_qa.wording import said

#: An unchanged stretch longer than this is shortened to its ends.
_LONG, _ENDS = 120, 40
_DOCUMENT = ("doc_id", "title", "issuer", "number", "date", "status", "source", "sha256")
_RED, _GREEN, _BOLD, _RESET = "\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[0m"

TEXTS, KINDS, _PARTS = said("diff"), said("diff.kind"), said("diff.part")


def name_of(change: Change, lang: str) -> str:
    """第七条, or 第七条 → 第八条 where it is called otherwise now."""
    if change.name == change.new_name or not change.new_name:
        return change.name
    if change.what is What.HEADING:
        return change.new_name
    return f"{change.name} → {change.new_name}" if change.name else change.new_name


def kinds_of(change: Change, lang: str) -> str:
    """修改、改号, with what is to be said of a split, a merger or another spelling."""
    texts = TEXTS[lang]
    words = []
    for kind in change.kinds:
        word = KINDS[lang][kind]
        if kind is ChangeKind.CHANGED and change.same_values:
            word += f"（{texts['spelling']}）"
        if kind in (ChangeKind.SPLIT, ChangeKind.MERGED) and change.related:
            names = texts["sep"].join(_spoken(ref.partition("#")[2], lang) for ref in change.related)
            whole = bool(change.old_text) if kind is ChangeKind.SPLIT else bool(change.new_text)
            keys = ("into", "out_of") if kind is ChangeKind.SPLIT else ("from_several", "into_one")
            word += f"（{texts[keys[0] if whole else keys[1]].format(names=names)}）"
        words.append(word)
    if change.kinds == (ChangeKind.RENUMBERED,):
        words.append(texts["content_same"])
    return texts["sep"].join(words)


def _spoken(path: str, lang: str) -> str:
    """The path of a split's ref as people read it: 7 is 第七条, closing is 结尾部分."""
    return f"第{to_han(int(path))}条" if path.isdigit() else _PARTS[lang].get(path, path)


def field_line(change: FieldChange, lang: str) -> tuple[str, str, str]:
    """(what, old, new) of a statement that differs, for reading."""
    texts = TEXTS[lang]
    return texts[change.field], change.old or texts["none"], change.new or texts["none"]


def summary_words(diff: Diff, lang: str) -> list[tuple[str, int]]:
    """(word, count) of every kind that occurs; unchanged first."""
    counts = diff.summary
    out = [(KINDS[lang][kind], counts[kind.value]) for kind in ChangeKind if counts[kind.value]]
    return out + ([(TEXTS[lang]["headings"], counts["headings"])] if counts["headings"] else [])


def quiet(change: Change) -> bool:
    """Whether its words are the same as before: it needs no text of its own in a report."""
    return change.kinds in ((ChangeKind.UNCHANGED,), (ChangeKind.RENUMBERED,))


def runs(changes: list[Change]) -> list[list[Change]]:
    """Changes in order, those that follow each other with the same words and the same kinds put together."""
    return [list(run) for _, run in groupby(changes, key=lambda c: (c.kinds, c.what) if quiet(c) else id(c))]


def run_name(run: list[Change], lang: str) -> str:
    """第五条至第九条 → 第六条至第十条."""
    to = TEXTS[lang]["to"]
    if len(run) == 1:
        return name_of(run[0], lang)
    old, new = f"{run[0].name}{to}{run[-1].name}", f"{run[0].new_name}{to}{run[-1].new_name}"
    return old if old == new else f"{old} → {new}"


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
