"""What a comparison says around the quoted texts, in Chinese and English."""

from __future__ import annotations

from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, What
from policy_qa.numerals import to_han

KINDS: dict[str, dict[ChangeKind, str]] = {
    "zh": {
        ChangeKind.UNCHANGED: "未变",
        ChangeKind.CHANGED: "修改",
        ChangeKind.ADDED: "新增",
        ChangeKind.REMOVED: "删除",
        ChangeKind.MOVED: "移动",
        ChangeKind.RENUMBERED: "改号",
        ChangeKind.SPLIT: "拆分",
        ChangeKind.MERGED: "合并",
    },
    "en": {kind: kind.value for kind in ChangeKind},
}
TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "old": "旧",
        "new": "新",
        "title": "标题",
        "issuer": "发文机关",
        "number": "文号",
        "date": "日期",
        "status": "状态",
        "none": "未载明",
        "summary": "条款变动",
        "headings": "标题变动",
        "sep": "、",
        "colon": "：",
        "spelling": "只是数字写法不同",
        "same": "两份文本内容相同（空白、全角半角不计）。",
        "legend": "标记",
        "deleted": "删去",
        "inserted": "增加",
        "to": "至",
        "items": "{count} 条",
        "content_same": "内容未变",
        "into": "拆为 {names}",
        "out_of": "由 {names} 拆出",
        "into_one": "并入 {names}",
        "from_several": "由 {names} 并成",
        "page_title": "版本对照",
        "no_counterpart": "没有对应的条款",
        "contents": "有变动的条款",
        "and_so_on": "等",
    },
    "en": {
        "old": "old",
        "new": "new",
        "title": "title",
        "issuer": "issued by",
        "number": "document no.",
        "date": "date",
        "status": "status",
        "none": "not stated",
        "summary": "provisions",
        "headings": "headings changed",
        "sep": ", ",
        "colon": ": ",
        "spelling": "numbers written otherwise, same values",
        "same": "The texts are the same (white space and width of characters aside).",
        "legend": "marks",
        "deleted": "deleted",
        "inserted": "inserted",
        "to": " to ",
        "items": "{count} provisions",
        "content_same": "same words",
        "into": "into {names}",
        "out_of": "from {names}",
        "into_one": "into {names}",
        "from_several": "from {names}",
        "page_title": "Two versions compared",
        "no_counterpart": "no counterpart",
        "contents": "What differs",
        "and_so_on": "and more",
    },
}


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
            names = texts["sep"].join(ref.partition("#")[2] for ref in change.related)
            whole = bool(change.old_text) if kind is ChangeKind.SPLIT else bool(change.new_text)
            keys = ("into", "out_of") if kind is ChangeKind.SPLIT else ("from_several", "into_one")
            word += f"（{texts[keys[0] if whole else keys[1]].format(names=_spoken(names, lang))}）"
        words.append(word)
    if change.kinds == (ChangeKind.RENUMBERED,):
        words.append(texts["content_same"])
    return texts["sep"].join(words)


_PARTS = {
    "zh": {"preamble": "前言", "closing": "结尾部分"},
    "en": {"preamble": "the preamble", "closing": "the closing"},
}


def _spoken(names: str, lang: str) -> str:
    """The paths of a split's refs as people read them: 7 is 第七条, closing is 结尾部分."""
    parts = names.split(TEXTS[lang]["sep"])
    return TEXTS[lang]["sep"].join(f"第{to_han(int(p))}条" if p.isdigit() else _PARTS[lang].get(p, p) for p in parts)


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
