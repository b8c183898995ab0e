"""The report in a terminal, the JSON object and the page: what a reader sees, and nothing out of its frame."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from diff.looking import marked
from policy_qa.diff import Diff, compare
from policy_qa.diff.html import page
from policy_qa.diff.rendering import record, text_report
from policy_qa.words import Segmenter
from samples import cut

OLD = """东湖学院信息化管理办法（讨论稿）
第一章 总则
第一条 为推进信息化建设，制定本办法。
第二条 信息化工作遵循统一规划的原则。
第三条 首席信息官任期3年，可以连任。
第四条 网络由信息中心管理，其他部门应当配合。
"""
NEW = """东湖学院信息化管理办法
第一章 总 则
第一条 为推进信息化建设，制定本办法。
第二条 <script>alert("x")</script>不得写进制度 & 网页。
第三条 信息化工作遵循统一规划的原则。
第四条 首席信息官任期5年，可以连任。
第五条 网络由信息中心管理，其他部门应当配合。
"""


def diff_of(old: str, new: str, words: Segmenter) -> Diff:
    return compare(cut(old, "old"), cut(new, "new"), words)


def test_the_report_says_what_changed(words: Segmenter) -> None:
    shown = text_report(diff_of(OLD, NEW, words))
    assert "标题：东湖学院信息化管理办法（讨论稿） → 东湖学院信息化管理办法" in shown
    assert "状态：讨论稿 → 未载明" in shown
    assert "第三条 → 第四条 【改号、修改】" in shown
    assert "任期[-3年-]{+5年+}，可以连任" in shown
    assert "第二条 【新增】" in shown
    assert "第二条 → 第三条 【改号、内容未变】" in shown
    assert "第一条 " not in shown
    assert "\x1b" not in shown
    assert "第一条 【未变】" in text_report(diff_of(OLD, NEW, words), everything=True)


def test_the_report_in_english_and_in_colour(words: Segmenter) -> None:
    diff = diff_of(OLD, NEW, words)
    assert "第三条 → 第四条 【renumbered, changed】" in text_report(diff, "en")
    coloured = text_report(diff, colour=True)
    assert re.sub(r"\x1b\[\d+m", "", coloured) == text_report(diff)


def test_equal_texts_are_said_to_be(words: Segmenter) -> None:
    assert "内容相同" in text_report(diff_of(OLD, OLD, words))
    assert "内容相同" in page(diff_of(OLD, OLD, words))


def test_renumbered_neighbours_share_a_line(words: Segmenter) -> None:
    new = "第一条 新的第一条说的是别的事情。\n第二条 甲校管理网络。\n第三条 乙校采购设备。\n第四条 丙校培训教师。\n"
    old = "第一条 甲校管理网络。\n第二条 乙校采购设备。\n第三条 丙校培训教师。\n"
    assert "第一条至第三条 → 第二条至第四条 【改号、内容未变】 3 条" in text_report(diff_of(old, new, words))


def test_the_object_holds_everything(words: Segmenter) -> None:
    diff = diff_of(OLD, NEW, words)
    data = json.loads(json.dumps(record(diff), ensure_ascii=False))
    assert list(data) == ["old", "new", "same", "fields", "summary", "changes"]
    assert data["summary"]["renumbered"] == 3
    assert (data["old"]["doc_id"], data["old"]["status"], data["same"]) == ("old", "讨论稿", False)
    (term,) = [c for c in data["changes"] if c["new_ref"] == "new#4"]
    assert (term["old_ref"], term["kinds"]) == ("old#3", ["renumbered", "changed"])
    for change in data["changes"]:
        assert "".join(op["text"] for op in change["ops"] if op["op"] != "insert") == change["old_text"]
        assert "".join(op["text"] for op in change["ops"] if op["op"] != "delete") == change["new_text"]


class Reader(HTMLParser):
    """What a page shows, and what it would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.stack: list[str] = []
        self.inserted: list[str] = []
        self.deleted: list[str] = []
        self.words = ""
        self.feed(text)
        assert self.stack == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "!doctype"):
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.words += data
        if self.stack and self.stack[-1] in ("ins", "del"):
            (self.inserted if self.stack[-1] == "ins" else self.deleted).append(data)


def test_the_page_shows_both_sides(words: Segmenter) -> None:
    seen = Reader(page(diff_of(OLD, NEW, words)))
    assert "5年" in seen.inserted
    assert "3年" in seen.deleted
    assert "任期3年，可以连任" in seen.words
    assert "任期5年，可以连任" in seen.words
    assert ("lang", "zh-CN") in seen.attributes
    targets = {value[1:] for name, value in seen.attributes if name == "href"}
    assert targets
    assert targets <= {value for name, value in seen.attributes if name == "id"}


def test_the_page_loads_and_runs_nothing(words: Segmenter) -> None:
    text = page(diff_of(OLD, NEW, words))
    seen = Reader(text)
    assert '<script>alert("x")</script>' in seen.words
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(seen.tags)
    assert not [name for name, _ in seen.attributes if name in ("src", "style") or name.startswith("on")]
    assert all(value.startswith("#") for name, value in seen.attributes if name == "href")
    assert not re.search(r"https?:|url\(|@import", text)


def test_hostile_titles_stay_text(words: Segmenter) -> None:
    old = '<img src=x onerror=alert(1)>"管理办法\n第一条 甲校管理网络。\n'
    seen = Reader(page(diff_of(old, old.replace("网络", "设备"), words), "en"))
    assert "img" not in seen.tags


def test_a_mark_holds_no_blank(words: Segmenter) -> None:
    (change,) = [c for c in diff_of(OLD, OLD.replace("应当", "不得"), words).changes if not c.unchanged]
    assert "[-应当-]{+不得+}" in marked(change)
