"""What happens on bad input, one test a case, through the doors that people use: build, segment, ask.

The numbers are those of the product's list of faults; 6 to 9 (Word and PDF files) have their tests in
tests/documents, 19 to 30 (builds that are killed, indexes that are damaged, models that are down) in tests/index,
tests/page and tests/answer.
"""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy_qa.cli.main import main
from policy_qa.datamodels import Kind
from policy_qa.documents.sources import read_document
from policy_qa.index.layout import BuildReport, FileReport
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.provisions import segment
from policy_qa.settings import Settings
from samples import article_paths, assert_lossless, cut, text_at

RULES = (
    "阳光小学校园网管理办法\n第一条 校园网由信息中心运行。\n第二条 教师上网应当实名登记。\n第三条 自发布之日起施行。\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one sound policy."""
    path = tmp_path / "corpus"
    path.mkdir()
    (path / "sound.txt").write_text(RULES, encoding="utf-8")
    return path


@pytest.fixture
def read(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[bytes, str], str]:
    """Put a file beside the sound one and cut the folder: the line that names the file; the sound one must be there."""

    def run(data: bytes, name: str) -> str:
        (folder / name).write_bytes(data)
        code = main(["segment", str(folder)])
        out, err = capsys.readouterr()
        assert "sound#2" in out
        lines = [line for line in err.splitlines() if name in line]
        assert code == (1 if lines else 0)
        assert len(lines) <= 1, lines
        return lines[0] if lines else ""

    return run


def build(folder: Path) -> tuple[BuildReport, dict[str, FileReport], Settings]:
    settings = Settings(home=folder.parent / "home", corpus=folder)
    report = build_index(settings)
    return report, {file.source: file for file in report.files}, settings


def test_fault_01_gbk_is_decoded_and_recorded(tmp_path: Path) -> None:
    path = tmp_path / "rule.txt"
    path.write_bytes(RULES.encode("gbk"))
    assert (read_document(path).text, read_document(path).encoding) == (RULES, "gb18030")


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + RULES.encode(),
        b"\xff\xfe" + RULES.encode("utf-16-le"),
        b"\xfe\xff" + RULES.encode("utf-16-be"),
    ],
)
def test_fault_02_a_byte_order_mark_is_no_text(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rule.txt"
    path.write_bytes(data)
    assert read_document(path).text == RULES


def test_fault_03_bytes_that_no_encoding_fits(read: Callable[[bytes, str], str]) -> None:
    assert "expected UTF-8, UTF-16, GB18030 or Big5 text, found bytes that none of them fits" in read(
        b"\x81\x20\xff\xff\x80", "bad.txt"
    )


@pytest.mark.parametrize("data", [b"", b" \n\t\n", "\u3000\n".encode()])
def test_fault_04_an_empty_file_is_warned_of(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "empty.txt"
    path.write_bytes(data)
    found = segment(read_document(path))
    assert (found.provisions, found.warnings) == ((), ("没有文字",))


def test_fault_05_a_huge_text_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "huge.txt").open("wb") as file:
        file.truncate(200_000_000)
    tracemalloc.start()
    try:
        assert "huge.txt: expected at most 50 MB, found 200 MB; split it" in _line(folder, "huge.txt")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def _line(folder: Path, name: str) -> str:
    from policy_qa.errors import SourceError

    with pytest.raises(SourceError) as caught:
        read_document(folder / name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_fault_10_articles_out_of_order_stay_so_and_are_warned_of() -> None:
    found = cut("某某办法\n第一条 甲。\n第三条 丙。\n第二条 乙。\n第四条 丁。\n")
    assert article_paths(found) == ["preamble", "1", "3", "2", "4"]
    assert found.warnings == ("编号次序颠倒：第二条",)


@pytest.mark.slow
def test_fault_11_a_missing_number_is_reported_and_said_to_be_missing(folder: Path, pipeline: Pipeline) -> None:
    (folder / "gap.txt").write_text(RULES.replace("第三条", "第四条"), encoding="utf-8")
    _, files, _ = build(folder)
    assert files["gap.txt"].gaps == (3,)
    answer = pipeline.ask("宜春学院的规定第四条写了什么？")
    assert (answer.refused, answer.citations) == (True, ())
    assert "第四条" in answer.answer


def test_fault_12_a_number_twice_is_kept_twice() -> None:
    found = cut("某某办法\n第一条 甲。\n第二条 乙。\n第二条 又一个乙。\n第三条 丙。\n")
    assert (text_at(found, "2"), text_at(found, "2~2")) == ("第二条 乙。", "第二条 又一个乙。")
    assert found.warnings == ("编号重复：第二条",)


@pytest.mark.parametrize("label", ["第12条", "第十二条", "第１２条", "第 十二 条"])
def test_fault_13_twelve_in_every_spelling(label: str) -> None:
    assert article_paths(cut(f"第十一条 甲。\n{label} 乙。\n第十三条 丙。\n")) == ["11", "12", "13"]


def test_fault_14_an_inserted_article_is_its_own() -> None:
    found = cut("第十二条 甲。\n第十二条之一 乙。\n第十三条 丙。\n")
    assert article_paths(found) == ["12", "12-1", "13"]


def test_fault_15_no_articles_at_all() -> None:
    found = cut("校园网使用说明\n同学们可以使用校园网。\n请不要私接路由器。\n")
    assert [p.kind for p in found.articles] == [Kind.PARAGRAPH] * 3
    assert found.warnings == ("没有条款编号，按自然段切分",)


def test_fault_16_articles_in_running_text_are_no_boundary() -> None:
    text = "第五条 甲负责，但依照本办法第二条\n第七条规定的除外。\n第六条 依照第五条办理。\n第七条 丙。\n"
    found = cut(text)
    assert article_paths(found) == ["5", "6", "7"]
    assert text_at(found, "5").endswith("第七条规定的除外。")


@pytest.mark.slow
def test_fault_17_an_article_of_50_000_characters_is_one_citation(folder: Path) -> None:
    long = "".join(f"信息中心应当做好第{n}号机房的巡检记录。" for n in range(2_700))
    (folder / "long.txt").write_text(
        f"机房管理办法\n第一条 为规范管理。\n第二条 {long}\n第三条 机房钥匙由张三保管。\n", encoding="utf-8"
    )
    assert len(long) > 50_000
    found = segment(read_document(folder / "long.txt"))
    assert_lossless(found)
    assert article_paths(found) == ["preamble", "1", "2", "3"]
    assert text_at(found, "2") == f"第二条 {long}"


@pytest.mark.slow
def test_fault_18_of_two_versions_the_newest_answers_and_the_citation_names_it(folder: Path) -> None:
    old = RULES.replace("信息中心", "教务处") + "阳光小学\n2022年3月1日\n"
    (folder / "sound.txt").write_text(RULES + "阳光小学\n2024年3月1日\n", encoding="utf-8")
    (folder / "before.txt").write_text(old, encoding="utf-8")
    _, _, settings = build(folder)
    pipeline = open_pipeline(settings)
    (found,) = pipeline.ask("阳光小学的校园网由哪个部门运行？").citations
    assert (found.ref, found.cite) == ("sound#1", "《阳光小学校园网管理办法》（2024年版）第一条")
    answer = pipeline.ask("阳光小学2022年版的校园网由哪个部门运行？")
    assert [(c.ref, c.cite) for c in answer.citations] == [("before#1", "《阳光小学校园网管理办法》（2022年版）第一条")]
    assert any("教务处" in notice and "信息中心" in notice for notice in answer.notices)


def test_every_refusal_leaves_the_others_in_the_index(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, data in {"a.docx": b"x", "b.pdf": b"x", "c.txt": b"\x81\x20\xff", "d.doc": b"x", "e.wps": b"x"}.items():
        (folder / name).write_bytes(data)
    code = main(["segment", "--json", str(folder)])
    out, err = capsys.readouterr()
    assert code == 1
    assert {json.loads(line)["doc_id"] for line in out.splitlines()} == {"sound"}
    assert len(err.splitlines()) == 5
    assert all(": expected" in line and "; " in line for line in err.splitlines()), err


@pytest.mark.slow
def test_a_file_that_is_not_covered_does_not_enter_the_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from policy_qa.datamodels import Segmentation, Span
    from policy_qa.index.isolated import Reader

    whole = Reader.segment

    def forgetful(self: Reader, path: Path, **how: Any) -> Segmentation:
        """A parser with a bug: it loses the last article of one document."""
        found = whole(self, path, **how)
        if path.stem != "lossy":
            return found
        last = found.articles[-1]
        lost = Span(kind="unassigned", start=last.start, end=last.end)
        return Segmentation(document=found.document, provisions=found.provisions[:-1], spans=(*found.spans, lost))

    monkeypatch.setattr(Reader, "segment", forgetful)
    (folder / "lossy.txt").write_text(RULES.replace("阳光", "月光"), encoding="utf-8")
    _, files, settings = build(folder)
    assert "lossy.txt: expected at least 99%" in files["lossy.txt"].refused
    assert "第三条" in files["lossy.txt"].refused
    assert [d.doc_id for d in open_pipeline(settings).documents] == ["sound"]
