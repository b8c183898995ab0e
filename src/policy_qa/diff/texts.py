"""What a comparison says around the quoted texts, in Chinese and English."""

from __future__ import annotations

from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, What
from policy_qa.numerals import to_han
from policy_qa.wording import said

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
    out: list[list[Change]] = []
    for change in changes:
        last = out[-1][-1] if out else None
        if last and quiet(last) and quiet(change) and last.kinds == change.kinds and last.what is change.what:
            out[-1].append(change)
        else:
            out.append([change])
    return out


def run_name(run: list[Change], lang: str) -> str:
    """第五条至第九条 → 第六条至第十条."""
    to = TEXTS[lang]["to"]
    if len(run) == 1:
        return name_of(run[0], lang)
    old, new = f"{run[0].name}{to}{run[-1].name}", f"{run[0].new_name}{to}{run[-1].new_name}"
    return old if old == new else f"{old} → {new}"
