"""Bytes to text, and what a text says about itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policy_qa.datamodels import Document, Status
from policy_qa.documents.sources import MAX_BYTES, list_sources, look_into, read_document
from policy_qa.errors import SourceError
from samples import CORPUS, POLICIES, document

TEXT = "学校信息化管理办法\n第一条 首席信息官（CIO）由校长担任，任期3年。\n第二条 本办法自2024年起施行。\n"


def write(folder: Path, data: bytes, name: str = "rule.txt") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("gbk"), "gb18030"),
        (TEXT.encode("gb18030"), "gb18030"),
    ],
    ids=["utf-8", "utf-8 bom", "utf-16-le bom", "utf-16-be bom", "utf-16-le", "utf-16-be", "gbk", "gb18030"],
)
def test_encodings(tmp_path: Path, data: bytes, encoding: str) -> None:
    found = read_document(write(tmp_path, data))
    assert (found.text, found.encoding) == (TEXT, encoding)


_TRADITIONAL = "東海科技大學資訊安全管理要點\n第一條 為強化本校資訊安全管理，特訂定本要點。\n"


@pytest.mark.parametrize("encoding", ["big5hkscs", "gb18030"])
def test_traditional_characters_in_both_encodings_that_write_them(tmp_path: Path, encoding: str) -> None:
    found = read_document(write(tmp_path, _TRADITIONAL.encode(encoding)))
    assert (found.text, found.encoding) == (_TRADITIONAL, encoding)


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\ufeff", "\u2060", "\xad", "\u202e", "\u2066", "\u061c", "\U000e0041", "\ufe0f", "\U000e0100"]
)
def test_characters_that_show_nothing_are_left_out(tmp_path: Path, unseen: str) -> None:
    assert read_document(write(tmp_path, TEXT.replace("二条", f"二{unseen}条").encode())).text == TEXT


def test_characters_that_only_gb18030_has(tmp_path: Path) -> None:
    text = "第一条 校长㐀𠮷负责信息化工作，任期三年。\n"
    assert read_document(write(tmp_path, text.encode("gb18030"))).text == text


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends(tmp_path: Path, ends: str) -> None:
    assert read_document(write(tmp_path, TEXT.replace("\n", ends).encode())).text == TEXT


@pytest.mark.parametrize(
    "data",
    [
        b"\x81\x20\xff\xff\x80",
        TEXT.encode() + b"\xff\xff",
        b"\xef\xbb\xbf" + TEXT.encode("gbk"),
        b"\xff\xfe" + TEXT.encode("utf-16-le")[:-1],
        b"PK\x03\x04\0\0\0\0\xff\xd8\xff\xdb",
    ],
    ids=["noise", "utf-8 with a broken end", "utf-8 bom before gbk", "half a unit", "a picture"],
)
def test_bytes_that_no_encoding_fits(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, data, "坏文件.txt")
    with pytest.raises(SourceError, match=r"^坏文件\.txt: expected UTF-8.*, found .*; save it as UTF-8$"):
        read_document(path)


def test_the_source_is_told_from_the_corpus_folder(tmp_path: Path) -> None:
    (tmp_path / "school").mkdir()
    path = write(tmp_path / "school", TEXT.encode(), "a.b.txt")
    found = read_document(path, root=tmp_path)
    assert (found.source, found.doc_id) == ("school/a.b.txt", "a.b")
    path.write_bytes(b"\x81\x20\xff")
    with pytest.raises(SourceError, match=r"^school/a\.b\.txt: "):
        read_document(path, root=tmp_path)


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    import hashlib

    data = TEXT.encode("gbk")
    assert read_document(write(tmp_path, data)).sha256 == hashlib.sha256(data).hexdigest()


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)

    def read(self: Path) -> bytes:
        raise AssertionError("read whole")

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(SourceError, match=r"^huge\.txt: expected at most \d+ MB, found 200 MB; split it$"):
        read_document(path)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^gone\.txt: "):
        read_document(tmp_path / "gone.txt")


@pytest.mark.parametrize("data", [b"", b" \n\t\n", "\u3000\n".encode()])
def test_nothing_in_it(tmp_path: Path, data: bytes) -> None:
    found = read_document(write(tmp_path, data, "empty.txt"))
    assert (found.title, found.text.strip()) == ("empty", "")


def test_a_suffix_that_holds_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=re.escape("photo.png: expected")):
        read_document(write(tmp_path, b"", "photo.png"))


def test_list_sources(tmp_path: Path) -> None:
    """Every file is a source or skipped, and why is told."""
    sources = ("a.md", "b.txt", "page.html", "sub/c.TXT", "x_files/h.txt")
    skipped = {".git": "hidden", ".hidden.txt": "hidden", "g": "no format of texts", "old.xls": "save it as .xlsx"}
    skipped |= {"page_files": "pictures of a saved page", "~$e.docx": "a file that Word or WPS holds a place with"}
    for name in (*sources, ".hidden.txt", ".git/d.txt", "~$e.docx", "g", "old.xls", "page_files/logo.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    found = look_into(tmp_path)
    assert tuple(p.relative_to(tmp_path).as_posix() for p in found.files) == sources
    assert {p.relative_to(tmp_path).as_posix(): why.rpartition("; ")[2] for p, why in found.skipped} == skipped
    assert list_sources(tmp_path) == list(found.files)
    with pytest.raises(SourceError, match="expected a folder of policy texts, found none"):
        list_sources(tmp_path / "none")


def test_the_four_policies(documents: tuple[Document, ...]) -> None:
    found = {d.doc_id: (d.title, d.issuer, d.number, d.date, d.status) for d in documents}
    assert found == {
        "helan-cio": ("贺兰县中小学校首席信息官实施方案", "贺兰县教育体育局", "", "2024-03-26", Status.ISSUED),
        "it-leading-group": ("信息化工作领导小组工作办法", "", "办发〔2014〕39号", "2014", Status.ISSUED),
        "jiaozuo-cio": (
            "焦作市教育局关于在全市中小学设立首席教育信息官（CIO）的通知",
            "焦作市教育局",
            "焦教文〔2022〕60号",
            "2022-07-18",
            Status.ISSUED,
        ),
        "yichun-cio": ("宜春学院首席信息官（CIO）制度（讨论稿）", "宜春学院", "", "", Status.DRAFT),
    }
    assert tuple(found) == POLICIES
    assert all(d.encoding == "utf-8" for d in documents)


def test_the_corpus_holds_nothing_else() -> None:
    assert sorted(p.name for p in CORPUS.iterdir()) == [f"{name}.txt" for name in POLICIES]


@pytest.mark.parametrize(
    ("title", "status"),
    [
        ("学生管理办法（讨论稿）", Status.DRAFT),
        ("学生管理办法（草案）", Status.DRAFT),
        ("学生管理办法（征求意见稿）", Status.COMMENT),
        ("学生管理办法（试行）", Status.TRIAL),
        ("学生管理办法（废止）", Status.REPEALED),
        ("学生管理办法", Status.UNKNOWN),
    ],
)
def test_status_from_the_title(title: str, status: Status) -> None:
    found = document(f"{title}\n第一条 学生应当按时到校。\n")
    assert found.status is status
    assert status.is_draft is (status in (Status.DRAFT, Status.COMMENT))


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("（征求意见稿）", Status.COMMENT),
        ("(讨论稿)", Status.DRAFT),
        ("征求意见稿", Status.COMMENT),
        ("（送审稿）", Status.DRAFT),
        ("（试行）", Status.TRIAL),
        ("第一稿", Status.UNKNOWN),
    ],
)
def test_status_from_a_line_below_the_title(line: str, status: Status) -> None:
    found = document(f"南山大学印章管理规定\n{line}\n\n第一条 印章由办公室保管。\n")
    assert (found.title, found.status) == ("南山大学印章管理规定", status)


def test_a_notice_that_issues_a_policy() -> None:
    found = document(
        "某某市教育局文件\n某教发〔2021〕7号\n关于印发《某某市校园网管理办法（试行）》的通知\n各学校：\n现予印发。\n"
        "某某市教育局\n2021年12月3日\n某某市校园网管理办法（试行）\n第一条 为了规范。\n第二条 自发布之日起施行。\n"
    )
    assert (found.title, found.issuer, found.number, found.date, found.status) == (
        "某某市校园网管理办法（试行）",
        "某某市教育局",
        "某教发〔2021〕7号",
        "2021-12-03",
        Status.TRIAL,
    )


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2022年7月18日", "2022-07-18"),
        ("2022 年 7 月 18 日", "2022-07-18"),
        ("二〇二二年七月十八日", "2022-07-18"),
        ("二○二二年十二月三十一日", "2022-12-31"),
        ("（2022年7月18日印发）", "2022-07-18"),
        ("2022年7月", "2022-07"),
        ("自2022年7月18日起，本办法施行。", ""),
    ],
)
def test_the_date_stands_on_a_line_of_its_own(line: str, date: str) -> None:
    assert (
        document(f"学生管理办法\n第一条 学生应当按时到校。\n第二条 本办法自发布之日起施行。\n教务处\n{line}\n").date
        == date
    )


def test_a_text_without_a_title_is_called_by_its_file() -> None:
    assert document("第一条 学生应当按时到校，不得迟到。\n第二条 同上。\n", "rule-7").title == "rule-7"


def test_the_size_limit_is_far_above_any_policy() -> None:
    assert MAX_BYTES >= 10_000_000


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("**第一条** 校长负责。", "第一条 校长负责。"),
        ("### **第一章 总则**", "### 第一章 总则"),
        ("__第一条__ 由*校长*负责。", "第一条 由*校长*负责。"),
        ("任期 *三年* 。", "任期 三年 。"),
        ("1\\. 规划；\\*注", "1. 规划；*注"),
        ("第一条** 不成对。", "第一条** 不成对。"),
        ("3 * 4 * 5", "3 * 4 * 5"),
        ("- 网络\n* 机房", "- 网络\n* 机房"),
        ("***", "***"),
        ("姓名：______ 职务：______", "姓名：______ 职务：______"),
    ],
)
def test_marks_of_emphasis_are_no_text_of_a_markdown_file(tmp_path: Path, written: str, read: str) -> None:
    assert read_document(write(tmp_path, written.encode(), "rule.md")).text == read
    assert read_document(write(tmp_path, written.encode(), "rule.txt")).text == written


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("某市教育局\n关于推进中小学校园网络\n建设与管理的意见\n", "某市教育局关于推进中小学校园网络建设与管理的意见"),
        ("某市教育局关于推进中小学\n校园网络建设的若干规定\n", "某市教育局关于推进中小学校园网络建设的若干规定"),
        ("某校校园网管理办法\n2024年3月1日 校务会议通过\n", "某校校园网管理办法"),
        ("某校校园网管理办法\n一、一般规定\n", "某校校园网管理办法"),
        ("某市教育局文件\n某教发〔2024〕3号\n关于规范校园网\n管理的通知\n", "关于规范校园网管理的通知"),
    ],
)
def test_a_title_may_run_over_lines(head: str, title: str) -> None:
    assert document(f"{head}第一条 甲。\n第二条 乙。\n").title == title


@pytest.mark.parametrize(
    ("title", "issuer"),
    [
        ("临川县中小学首席信息官实施方案", ""),
        ("临川县中小学校首席信息官实施方案", ""),
        ("信息化工作领导小组工作办法", ""),
        ("临川县第一中学首席信息官实施方案", "临川县第一中学"),
        ("临川县教育局首席信息官实施方案", "临川县教育局"),
    ],
)
def test_whom_a_policy_is_about_has_not_issued_it(title: str, issuer: str) -> None:
    assert document(f"{title}\n第一条 甲。\n第二条 乙。\n").issuer == issuer
