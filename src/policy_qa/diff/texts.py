"""What a comparison says around the quoted texts, in Chinese and English."""

from __future__ import annotations

from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, What
from policy_qa.numerals import to_han
from policy_qa.printable import by_language

#: In Chinese; in English they are called as their values are.
_KINDS = dict(zip(ChangeKind, ("未变", "修改", "新增", "删除", "移动", "改号", "拆分", "合并"), strict=True))
KINDS = by_language({kind: (word, kind.value) for kind, word in _KINDS.items()})
TEXTS = by_language(
    {
        "old": ("旧", "old"),
        "new": ("新", "new"),
        "title": ("标题", "title"),
        "issuer": ("发文机关", "issued by"),
        "number": ("文号", "document no."),
        "date": ("日期", "date"),
        "status": ("状态", "status"),
        "none": ("未载明", "not stated"),
        "summary": ("条款变动", "provisions"),
        "headings": ("标题变动", "headings changed"),
        "sep": ("、", ", "),
        "colon": ("：", ": "),
        "spelling": ("只是数字写法不同", "numbers written otherwise, same values"),
        "same": (
            "两份文本内容相同（空白、全角半角不计）。",
            "The texts are the same (white space and width of characters aside).",
        ),
        "legend": ("标记", "marks"),
        "deleted": ("删去", "deleted"),
        "inserted": ("增加", "inserted"),
        "to": ("至", " to "),
        "items": ("{count} 条", "{count} provisions"),
        "content_same": ("内容未变", "same words"),
        "into": ("拆为 {names}", "into {names}"),
        "out_of": ("由 {names} 拆出", "from {names}"),
        "into_one": ("并入 {names}", "into {names}"),
        "from_several": ("由 {names} 并成", "from {names}"),
        "page_title": ("版本对照", "Two versions compared"),
        "no_counterpart": ("没有对应的条款", "no counterpart"),
        "contents": ("有变动的条款", "What differs"),
        "and_so_on": ("等", "and more"),
    }
)


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


_PARTS = by_language({"preamble": ("前言", "the preamble"), "closing": ("结尾部分", "the closing")})


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
