"""Pictures of pages: read where RapidOCR is installed, and marked; else refused, with how to get it."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scan_files
from formats import Grid, typed, write_pdf, write_txt
from PIL import Image, ImageDraw
from source_policies import POLICIES
from test_five_formats import about, bare, provisions

from policy_qa.cli.main import main
from policy_qa.documents import scans
from policy_qa.documents.extracted import describe
from policy_qa.documents.pdf.page import Char, Sheet
from policy_qa.documents.scans import ScanWaits, _Line, _sizes, _typeset
from policy_qa.documents.sources import read_bytes
from policy_qa.errors import SourceError
from policy_qa.index.codec import dump_segmentations, load_segmentations
from policy_qa.index.isolated import Reader
from policy_qa.provisions import segment

OCR = pytest.mark.skipif(not scans.available(), reason="RapidOCR is not installed: pip install '.[ocr]'")
FONTS = pytest.mark.skipif(not scan_files.SONG.exists(), reason="fonts-noto-cjk is not installed")
SHORT = "一、（一）1."
WHITE = Image.new("RGB", (620, 877), "white")
ASKED = "文字由识别得到，请对照原件"


def sheet(number: int, text: str, confidence: float = 0.98) -> Sheet:
    """What is recognised on a page that holds these lines."""
    chars = [
        Char(char, 90 + 16 * i, 106 + 16 * i, 100 + 28 * row, 16)
        for row, line in enumerate(text.split("\n"))
        for i, char in enumerate(line)
        if char != "\u3000"
    ]
    return Sheet(number=number, width=595, height=842, chars=chars, confidence=confidence if text else 0, unread=1)


@pytest.fixture
def read_as(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """As if RapidOCR were there, and read these texts in the pictures that come, in order."""
    monkeypatch.setattr(scans, "available", lambda: True)
    monkeypatch.setattr(scans, "drawn", lambda page: None)

    def put(*texts: str) -> None:
        left = iter(texts)
        monkeypatch.setattr(scans, "recognised", lambda picture, number, width=595.0: sheet(number, next(left)))

    return put


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "available", lambda: False)


#: Two pages as they are set, and their text.
ONE = """某某学院印章管理办法
\u3000\u3000第一条 印章由办公室指定专人保管，不得交他人
代管，确需带离学校的应当经校长批准，并由两人同行。
\u3000\u3000第二条 用印应当登记，写明事由、份数，登记簿"""
TWO = """应当保存五年。
\u3000\u3000第四条 本办法自发布之日起施行。"""
SHOWN = (
    "某某学院印章管理办法\n第一条 印章由办公室指定专人保管，不得交他人代管，确需带离学校的应当经校长批准，"
    "并由两人同行。\n第二条 用印应当登记，写明事由、份数，登记簿"
)
WHOLE = f"{SHOWN}应当保存五年。\n第四条 本办法自发布之日起施行。"


@pytest.mark.usefixtures("without")
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", scan_files.as_file([WHITE], "JPEG")),
        ("a.tif", scan_files.as_file([WHITE, WHITE], "TIFF")),
        ("a.pdf", scan_files.as_pdf([WHITE], 75)),
        ("a.docx", scan_files.as_docx([WHITE])),
        ("a.docx", scan_files.as_docx([WHITE, WHITE], before="某某学院印章管理办法")),  # a title is no text
        ("a.wps", scan_files.as_docx([WHITE], after="2024年3月1日")),
    ],
)
def test_fault_42_without_ocr_the_refusal_says_how_to_get_it(name: str, data: bytes) -> None:
    with pytest.raises(SourceError) as refused:
        read_bytes(data, name)
    said = str(refused.value)
    assert said.startswith(f"{name}: expected text, found ")
    assert "pip install '.[ocr]'" in said
    assert "\n" not in said


@pytest.mark.usefixtures("without")
def test_fault_42_nothing_to_complain_of_is_never_said_of_pictures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLICY_QA_CORPUS", str(tmp_path))
    (tmp_path / "a.docx").write_bytes(scan_files.as_docx([WHITE], before="某某学院印章管理办法"))
    for command in ("lint", "segment"):
        assert main([command, str(tmp_path / "a.docx")]) == 2
        shown = capsys.readouterr()
        assert "没有发现问题" not in shown.out
        assert "coverage" not in shown.out
        assert "found a Word file with next to no text in it (pictures: 1" in shown.out + shown.err


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", scan_files.as_pdf([WHITE, WHITE], 75)),
        ("a.tiff", scan_files.as_file([WHITE, WHITE], "TIFF")),
        ("a.docx", scan_files.as_docx([WHITE, WHITE])),
    ],
)
def test_lines_become_paragraphs_over_pages_and_pages_have_their_confidence(
    name: str, data: bytes, read_as: Callable[..., None]
) -> None:
    read_as(ONE, TWO)
    found = read_bytes(data, name)
    assert found.text.rstrip("\n") == WHOLE
    assert {r.confidence for r in found.recognised} == {0.98}
    assert all(found.is_recognised(i, i + 1) for i in (0, 30, len(TWO)))
    assert not found.is_recognised(len(found.text) + 5, len(found.text) + 6)
    assert any(ASKED in note and "98.0%" in note for note in found.notes)
    assert "有2行看不清，未读入" in found.notes


def test_the_report_names_missing_numbers_and_that_they_may_be_misread(read_as: Callable[..., None]) -> None:
    read_as(ONE, TWO)
    found = segment(read_bytes(scan_files.as_pdf([WHITE, WHITE], 75), "a.pdf"))
    assert found.warnings == ("缺少第三条（文字由识别得到，编号可能识别有误，请对照原件）",)
    assert load_segmentations(dump_segmentations([found])) == (found,)


def test_only_pages_without_text_of_their_own_are_recognised(read_as: Callable[..., None]) -> None:
    """The second page of three is a picture."""
    import io

    import pypdfium2

    read_as("第五条 这一页是扫描的。")
    merged = pypdfium2.PdfDocument.new()
    text = pypdfium2.PdfDocument(write_pdf(POLICIES[SHORT]))
    merged.import_pages(text, [0])
    merged.import_pages(pypdfium2.PdfDocument(scan_files.as_pdf([WHITE], 75)))
    merged.import_pages(text, [1])
    out = io.BytesIO()
    merged.save(out)
    found = read_bytes(out.getvalue(), "a.pdf")
    (one,) = found.recognised
    assert found.text[one.start : one.end].strip() == "第五条 这一页是扫描的。"
    assert found.page_of(one.start) == 2
    assert any(note.startswith(f"第2页{ASKED}") for note in found.notes)


def test_pictures_in_word_stand_where_they_are_and_logos_are_left_out(read_as: Callable[..., None]) -> None:
    data = scan_files.as_docx(
        [WHITE], before="关于印发印章管理办法的通知，请各单位遵照执行。", after="附件：登记表样式见另页，自行下载。"
    )
    read_as(ONE)
    found = read_bytes(data, "a.docx")
    before, *middle, after = found.text.split("\n")
    assert (before[:4], "\n".join(middle), after[:3]) == ("关于印发", SHOWN, "附件：")
    (one,) = found.recognised
    assert found.text[one.start : one.end] == SHOWN
    assert any(note.startswith(f"图片中的{ASKED}") for note in found.notes)
    read_as("校徽")
    found = read_bytes(data, "a.docx")
    assert (found.text.count("\n"), found.recognised) == (1, ())
    assert any("图片、图表未读入（1个）" in note for note in found.notes)


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.docx"])
def test_pictures_in_which_nothing_can_be_read_are_refused(name: str, read_as: Callable[..., None]) -> None:
    data = {"a.png": scan_files.as_file([WHITE], "PNG"), "a.pdf": scan_files.as_pdf([WHITE], 75)}
    read_as("")
    with pytest.raises(SourceError, match="scan it again at 200 dpi or more"):
        read_bytes(data.get(name) or scan_files.as_docx([WHITE]), name)


@pytest.mark.parametrize("data", [b"x", b"\x89PNG\r\n\x1a\n", scan_files.as_file([WHITE], "JPEG")[:300], b"GIF89a"])
def test_pictures_that_are_none(data: bytes, read_as: Callable[..., None]) -> None:
    read_as("")
    with pytest.raises(SourceError, match=r"a\.jpg: expected a picture"):
        read_bytes(data, "a.jpg")


def test_a_picture_that_declares_gigabytes_is_refused(read_as: Callable[..., None]) -> None:
    read_as("")
    with pytest.raises(SourceError, match="expected at most 60 megapixels, found 80"):
        read_bytes(scan_files.as_file([Image.new("1", (8_000, 10_000))], "PNG"), "a.png")


def test_too_many_pictures(read_as: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    read_as(ONE, ONE)
    monkeypatch.setattr(scans, "MAX_PICTURES", 1)
    for name, data in (
        ("a.pdf", scan_files.as_pdf([WHITE, WHITE], 75)),
        ("a.docx", scan_files.as_docx([WHITE, WHITE])),
        ("a.tif", scan_files.as_file([WHITE, WHITE], "TIFF")),
    ):
        read_as(ONE, ONE)
        with pytest.raises(SourceError, match="expected at most 1 pages of pictures"):
            read_bytes(data, name)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", scan_files.as_pdf([WHITE, WHITE], 75)),
        ("a.tif", scan_files.as_file([WHITE, WHITE], "TIFF")),
        ("a.docx", scan_files.as_docx([WHITE, WHITE])),
    ],
)
def test_where_time_is_short_it_is_said_how_many_pages_wait(
    name: str, data: bytes, read_as: Callable[..., None]
) -> None:
    read_as(ONE, ONE)
    with scans.held(), pytest.raises(ScanWaits, match=r"pictures of text \(pages: \d+\), which take too long") as waits:
        read_bytes(data, name)
    assert waits.value.pages >= 2
    assert "印章" in read_bytes(data, name).text


@pytest.mark.parametrize(
    ("read", "set_"),
    [
        ("(一)首席信息官(CIO)1名,8:30起;", "（一）首席信息官（CIO）1名，8:30起；"),
        ("（CIO)任期3年", "（CIO）任期3年"),
        ("1.数据,2.代码", "1.数据，2.代码"),
        ("Article 7 (a), 3,000", "Article 7 (a), 3,000"),
        ("2024年3月1日?", "2024年3月1日？"),
        ("a)b", "a)b"),
        ("宁职院发〔2024]18号", "宁职院发〔2024〕18号"),
        ("[2024]18号】", "[2024]18号】"),
    ],
)
def test_marks_are_set_as_chinese_text_has_them(read: str, set_: str) -> None:
    assert _typeset(read) == set_


def line(
    text: str, *, size: float = 16, left: float = 90, height: float = 22, gaps: dict[int, float] | None = None
) -> _Line:
    """A line of type of a size; `gaps` are ems before a character. Marks' ink is in a corner of their square."""
    chars, at = [], 90.0
    for i, char in enumerate(text):
        wide = size if char > "\u2000" else size / 2
        at += (gaps or {}).get(i, 0) * size
        shift = {"，": -0.25, "。": -0.25, "（": 0.25, "《": 0.25}.get(char, 0) * size
        chars.append((char, at + wide / 2 + shift))
        at += wide
    return _Line(chars=chars, height=height, y=100, spaces=frozenset())


@pytest.mark.parametrize(
    "text", ["第一条为了规范，根据规定，制定本办法。", "（一）任期3年，可以连任；", "首席信息官（CIO）1名", "《规定》"]
)
def test_places_of_characters_are_those_of_their_squares(text: str) -> None:
    chars = line(text).placed(16)
    assert "".join(c.text for c in chars) == text
    width = sum(16 if c > "\u2000" else 8 for c in text)
    assert chars[0].x0 == pytest.approx(90, abs=4.1)
    assert chars[-1].x1 == pytest.approx(90 + width, abs=4.1)
    assert all(b.x0 == pytest.approx(a.x1) for a, b in pairwise(chars))


def test_a_wide_gap_is_one() -> None:
    chars = line("第一条为了规范", gaps={3: 1.0}).placed(16)
    assert [round(b.x0 - a.x1) for a, b in pairwise(chars)] == [0, 0, 16, 0, 0, 0]


def test_sizes_are_measured_and_what_is_nearly_one_is_one() -> None:
    found = _sizes(
        [
            line("某某学院首席信息官管理办法", size=22, height=30),
            line("第一章总则", height=23),
            line("第一条为规范首席信息官管理，制定本办法。", size=15.8),
            line("本办法自发布之日起施行，由办公室解释。", size=16.4),
            line("作。", height=31),
            line("— 1 —", size=9, height=12),
        ]
    )
    assert found[0] == 22
    assert found[1] == found[2] == found[3] == found[4] == pytest.approx(16, abs=0.5)
    assert found[5] < 12


def test_answers_and_lists_say_that_words_were_recognised() -> None:
    from policy_qa.answer.recognised import with_recognised
    from policy_qa.datamodels import Answer, Citation, Recognised
    from policy_qa.documents.extracted import Extracted

    text = "某某学院印章管理办法\n第一条 印章由办公室保管。\n第二条 用印应当登记。\n"
    half = text.index("第二条")
    extracted = Extracted(text=text, recognised=(Recognised(start=half, end=len(text), confidence=0.9),))
    own = segment(describe(extracted, doc_id="a", source="a.pdf", sha256=""))
    cited = [
        Citation(n=n, ref=f"a#{n}", cite=f"第{n}条", quote=own.text_of(p), start=p.start, end=p.end)
        for n, p in enumerate((own.at("1"), own.at("2")), start=1)
        if p
    ]
    answer = with_recognised(Answer(question="", refused=False, mode="", citations=tuple(cited)), {"a": own})
    assert [c.recognised for c in answer.citations] == [False, True]
    assert answer.notices == (f"《某某学院印章管理办法》：{ASKED}。",)
    alone = Answer(question="", refused=False, mode="", citations=tuple(cited[:1]))
    assert with_recognised(alone, {"a": own}).notices == ()


def errors(wanted: str, found: str) -> float:
    """The share of characters that are wrong, by the longest common pieces: not less than the edit distance's."""
    same = sum(
        m.size for m in difflib.SequenceMatcher(None, bare(wanted), bare(found), autojunk=False).get_matching_blocks()
    )
    return 1 - same / max(len(bare(wanted)), len(bare(found)))


@OCR
@FONTS
@pytest.mark.slow
def test_a_straight_scan_has_the_same_provisions(tmp_path: Path) -> None:
    policy = typed(POLICIES[SHORT])
    expected = segment(read_bytes(write_txt(policy), "policy.txt"))
    (tmp_path / "scan.pdf").write_bytes(scan_files.as_pdf(scan_files.drawn(policy, 150), 150))
    with Reader(seconds=20) as reader:  # pictures have time of their own
        found = reader.segment(tmp_path / "scan.pdf", root=tmp_path)
    assert [p[0] for p in provisions(found)] == [p[0] for p in provisions(expected)]
    assert errors(expected.document.text, found.document.text) <= 0.01
    assert about(found)[2:] == about(expected)[2:]
    assert min(r.confidence for r in found.document.recognised) > 0.9


@OCR
@FONTS
@pytest.mark.slow
def test_a_skewed_scan_with_noise_keeps_its_articles_and_tables() -> None:
    parts = POLICIES["章节条款项目"]
    table = next(i for i, part in enumerate(parts) if isinstance(part, Grid))
    policy = typed((*parts[:2], *parts[table - 2 : table + 1]))
    expected = segment(read_bytes(write_txt(policy), "policy.txt"))
    (page,) = scan_files.drawn(policy, 200)
    found = segment(read_bytes(scan_files.as_file([scan_files.scanned(page, 1.2, 12)], "PNG"), "scan.png"))
    assert [p[0] for p in provisions(found)] == [p[0] for p in provisions(expected)]
    assert errors(expected.document.text, found.document.text) <= 0.05


@OCR
@FONTS
@pytest.mark.slow
def test_a_page_on_its_side_is_set_upright() -> None:
    (page,) = scan_files.drawn(typed(POLICIES[SHORT][:4]), 150)
    found = read_bytes(scan_files.as_file([page.rotate(90, expand=True)], "JPEG"), "a.jpg")
    assert "首席信息官工作实施方案" in bare(found.text)


@OCR
@FONTS
def test_stamps_are_taken_off_and_a_red_letterhead_is_not() -> None:
    """What is printed beneath a stamp stays as dark as it was."""
    (page, *_) = scan_files.drawn(typed(POLICIES["通知、细则和附件"]), 100)
    plain, stamped = (np.asarray(p).copy() for p in (page, scan_files.stamped(page, 300, 400, 100)))
    assert (plain != stamped).any()
    cleaned = scans._without_stamps(stamped).astype(int)
    where = (slice(450, 670), slice(320, 510))
    assert np.abs(cleaned[where] - plain[where]).max() <= 90  # next to no ink is left
    assert (np.abs(cleaned - plain).mean(axis=2) > 40).mean() < 0.0005
    red = (cleaned[:, :, 0] - cleaned[:, :, 1]) > 100
    assert red.sum() == ((plain[:, :, 0].astype(int) - plain[:, :, 1]) > 100).sum() > 500


@OCR
@pytest.mark.parametrize("degrees", [-3.0, -1.2, 0.0, 1.2, 4.0])
def test_the_slant_of_lines_is_found(degrees: float) -> None:
    page = Image.new("RGB", (800, 1_100), "white")
    draw = ImageDraw.Draw(page)
    for y in range(100, 1_000, 30):
        draw.rectangle((80, y, 700 - y % 7 * 40, y + 14), fill="black")
    turned = np.asarray(scan_files.scanned(page, degrees))
    assert scans._slant(turned) == pytest.approx(-degrees, abs=0.15)
