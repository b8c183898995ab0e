"""Regulations as one file in the shapes that handbooks have: txt, docx, pdf; what LibreOffice makes of them."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "documents"))  # pdf_files.py sets PDFs for the tests

#: Each format with the suffix of its files.
FORMATS = {"txt": ".txt", "docx": ".docx", "pdf": ".pdf", "office-docx": ".docx", "office-pdf": ".pdf"}
_ARTICLE = re.compile(r"(第[一二三四五六七八九十百零]+条(?:之[一二三四五六七八九十]+)?)[ \u3000]+")
_CHAPTER = re.compile(r"(第[一二三四五六七八九十百零]+[编章节])[ \u3000]+")


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a file looks. `gap` stands behind 第X条; `pages` tells that its table of contents has page numbers."""

    cover: str
    contents: bool
    pages: bool
    listed: str
    numbers: bool
    dates: bool
    head: str
    gap: str

    @classmethod
    def drawn(cls, rng: random.Random) -> Look:
        """A look at random."""
        cover = rng.choice(("", "某某学院学生手册", "某某市实验学校规章制度汇编"))
        return cls(
            cover=cover,
            contents=rng.random() < 0.6,
            pages=rng.random() < 0.5,
            listed=rng.choice(("", "{}. ", "{}、")),
            numbers=rng.random() < 0.6,
            dates=rng.random() < 0.4,
            head=cover if rng.random() < 0.6 else "",
            gap=rng.choice((" ", "\u3000", "", "\u3000")),
        )


@dataclass(frozen=True, kw_only=True)
class Set:
    """A line of a file and how it is set: `title`, `heading` or `text`."""

    text: str
    style: str


def lines_of(look: Look, titles: Sequence[str], numbers: Sequence[str], texts: Sequence[Sequence[str]]) -> list[Set]:
    """The lines of a file."""
    out = [Set(text=look.cover, style="title")] if look.cover else []
    if look.contents:
        out.append(Set(text="目  录", style="heading"))
        for i, title in enumerate(titles, start=1):
            page = "…" * 12 + str(7 * i) if look.pages else ""
            out.append(Set(text=look.listed.format(i) + title + page, style="text"))
    for i, (title, number, lines) in enumerate(zip(titles, numbers, texts, strict=True)):
        out.append(Set(text=title, style="title"))
        if number:
            out.append(Set(text=number, style="heading"))
        if look.dates:
            out.append(Set(text=f"（2021年3月{i % 28 + 1}日校务会议通过）", style="heading"))
        for words in lines:
            heading = _CHAPTER.match(words) is not None and len(words) < 40
            spaced = _CHAPTER.sub(rf"\1{look.gap}", _ARTICLE.sub(rf"\1{look.gap}", words, count=1), count=1)
            at_start = _ARTICLE.match(words) or _CHAPTER.match(words)
            out.append(Set(text=spaced if at_start else words, style="heading" if heading else "text"))
    return out


def write(
    path: Path, format_: str, look: Look, titles: Sequence[str], numbers: Sequence[str], texts: Sequence[Sequence[str]]
) -> bool:
    """Write a file; False where its program is not installed."""
    lines = lines_of(look, titles, numbers, texts)
    writers: dict[str, Callable[[Path, Look, list[Set]], None]] = {"txt": _txt, "docx": _docx, "pdf": _pdf}
    if not format_.startswith("office-"):
        writers[format_](path, look, lines)
        return True
    if not (office := shutil.which("soffice") or shutil.which("libreoffice")):
        return False
    source = path.with_name(f"source-{path.stem}.docx")
    _docx(source, look, lines)
    target = format_.removeprefix("office-")
    made = path.parent / "made"
    command = [office, "--headless", "--convert-to", target, "--outdir", str(made), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (made / f"{source.stem}.{target}").replace(path)
    return True


def _txt(path: Path, look: Look, lines: list[Set]) -> None:
    path.write_text("\n".join(line.text for line in lines) + "\n", "utf-8")


def _docx(path: Path, look: Look, lines: list[Set]) -> None:
    import docx

    document = docx.Document()
    if look.head:
        document.sections[0].header.paragraphs[0].text = look.head
    for line in lines:
        document.add_paragraph(line.text).alignment = 0 if line.style == "text" else 1
    document.save(str(path))


def _pdf(path: Path, look: Look, lines: list[Set]) -> None:
    from pdf_files import Flow

    flow = Flow(head=look.head, number="— {} —")
    for line in lines:
        if line.style == "title":
            flow.paragraph("", gap=10)
            flow.heading(line.text)
        elif line.style == "heading":
            flow.heading(line.text)
        else:
            flow.paragraph(line.text)
    path.write_bytes(flow.done())
