"""Measure collections: real regulations put into one file, as handbooks are, each found again with its own articles.

    python bench/handbooks.py --data DIR [--json FILE] [--seed 11]

DIR holds `laws/laws.tar.xz` (see segmentation.py). 60 regulations that the reader's material does not use are drawn by
their hash and put into files of 2 to 20, as txt, as docx (python-docx), as pdf (reportlab) and, where LibreOffice is
installed (`soffice`), as its docx and pdf; with and without a table of contents, cover, 文号, dates, running heads,
and the space behind 第X条. What an article is, is read from the source a second time (law_rows.py). Rows go before
means: `--json` writes one for each regulation and file. Exit 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from handbook_files import FORMATS, Look, write
from law_rows import oracle, own_number, series_of

from policy_qa.datamodels import Instrument, Kind, Segmentation
from policy_qa.documents.sources import read_document
from policy_qa.errors import SourceError
from policy_qa.facts.head import is_title
from policy_qa.provisions import segment

_REGULATIONS = 60
_SIZES = (2, 3, 5, 10, 20, 20)
_MATERIAL = Path(__file__).parents[1] / "eval" / "reader" / "regulations.jsonl"
_HEADING = re.compile(r"第[零一二三四五六七八九十百]+(?:编|分编|章|节)(?:\s|$).{0,40}")
_OPENS = re.compile(r"^\s*第[一二三四五六七八九十百零\d ]+条.*", re.MULTILINE)
#: Lines that open with a number and are no article: two that read as references and one that nobody can place.
_REFERENCES = ("第三条规定的情形除外。", "第二条第一款所列材料应当一并归档。")
_STRAY = "第九百条材料应当另附说明并由经办人签名。"


@dataclass(frozen=True, kw_only=True)
class Regulation:
    """A regulation: its title, its lines without Markdown marks, (number, text) of each article."""

    title: str
    lines: tuple[str, ...]
    articles: tuple[tuple[str, str], ...]


@dataclass(kw_only=True)
class Row:
    """One regulation in one file: how many of its articles came out right, and what was asked of it by its title."""

    file: str
    title: str
    articles: int
    right: int = 0
    resolved: int = 0
    missing_said: bool = False
    number_right: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Doubts:
    """Lines of a file that open with 第X条: unplaced ones, those of them that are named, and right ones that are."""

    opening: int = 0
    unplaced: int = 0
    unnamed: int = 0
    false: int = 0


def bare(text: str) -> str:
    return "".join(text.split())


def regulations(archive: Path) -> Iterator[Regulation]:
    """The regulations of usual size whose 条 run 1..N, by the hash of their names."""
    used = {json.loads(line)["regulation"] for line in _MATERIAL.read_text("utf-8").splitlines()}
    with tarfile.open(archive) as packed:
        names = sorted(n for n in packed.getnames() if n.endswith(".md") and "行政法规/" in n)
        for name in sorted(names, key=lambda n: hashlib.sha256(n.encode()).hexdigest()):
            if Path(name).stem not in used and (file := packed.extractfile(name)):
                found = _regulation(file.read().decode("utf-8"))
                if found:
                    yield found


def _regulation(text: str) -> Regulation | None:
    head, mark, body = text.partition("<!-- INFO END -->")
    title = head.strip().split("\n")[0].lstrip("# ").strip()
    body = body.replace("\u200b", "")
    lines = tuple(" ".join(line.split()) for raw in body.split("\n") if (line := raw.strip().strip("#*> ")))
    text = "\n".join(lines)
    starts = oracle(text)
    usual = (
        5 <= len(starts) <= 90
        and len(text) < 15_000
        and not re.search(r"^附(?:件|表|录|[:：])|^\|", text, re.MULTILINE)
    )
    if not mark or not usual or series_of([n for n, _ in starts]) != "1..N" or not is_title(title):
        return None
    ends = [at for _, at in starts[1:]] + [len(text)]
    articles = []
    for (number, start), end in zip(starts, ends, strict=True):
        kept = text[start:end].rstrip("\n").split("\n")
        while _HEADING.fullmatch(kept[-1]):
            kept.pop()
        articles.append((number, "\n".join(kept)))
    return Regulation(title=title, lines=lines, articles=tuple(articles))


def by_title(found: Segmentation, title: str) -> Instrument | None:
    """The one instrument of this title; a title without the state's name, as people shorten it, is enough."""
    wanted = bare(title).removeprefix("中华人民共和国")
    same = [i for i in found.instruments if bare(i.title).removeprefix("中华人民共和国") == wanted]
    return same[0] if len(same) == 1 else None


def rows_of(name: str, found: Segmentation, held: Sequence[tuple[Regulation, str]], planted: set[str]) -> Iterator[Row]:
    """A row for each regulation of a file; `planted` are lines put into articles."""
    for regulation, number in held:
        row = Row(file=name, title=regulation.title, articles=len(regulation.articles))
        instrument = by_title(found, regulation.title)
        inside = found.articles_in(instrument) if instrument else ()
        got = [(own_number(p.path), p) for p in inside if p.kind is Kind.ARTICLE]
        for wanted, text in regulation.articles:
            hits = [p for n, p in got if n == wanted]
            row.resolved += len(hits) == 1
            texts = ["\n".join(x for x in found.text_of(p).split("\n") if bare(x) not in planted) for p in hits]
            if [bare(t) for t in texts] == [bare(text)]:
                row.right += 1
            else:
                row.faults.append(f"{wanted}: {[t[-30:] for t in texts]} for {text[-30:]!r}")
        row.missing_said = instrument is not None and str(len(regulation.articles) + 1) not in {n for n, _ in got}
        row.number_right = instrument is not None and instrument.number == number
        if instrument is None:
            row.faults.append(f"no instrument of this title among {[i.title for i in found.instruments]}")
        yield row


def doubts_of(found: Segmentation, strays: int) -> Doubts:
    """What became of the lines that open with 第X条: article, entry of a table of contents, reference, or named."""
    text = found.document.text
    known = {p.start for p in found.articles} | {s.start for s in found.spans}
    named = {s.start for s in found.doubtful}
    out = Doubts()
    for match in _OPENS.finditer(text):
        at = text.index("第", match.start())
        words = bare(match.group())
        out.opening += 1
        stray = words == bare(_STRAY)
        out.unplaced += stray
        if stray:
            out.unnamed += at not in named
        else:
            out.false += at in named
            out.unnamed += at not in named and at not in known and words not in map(bare, _REFERENCES)
    out.unnamed += max(0, strays - out.unplaced)
    return out


def collected(
    drawn: Sequence[Regulation], folder: Path, seed: int
) -> Iterator[tuple[Path, list[tuple[Regulation, str]], int]]:
    """The files, each with its regulations and their 文号, and how many stray lines were put into it."""
    for format_ in FORMATS:
        rng = random.Random(f"{seed} {format_}")  # noqa: S311  # draws looks, no secrets
        order = rng.sample(drawn, len(drawn))
        at = 0
        for count, size in enumerate(_SIZES):
            members, at = order[at : at + size], at + size
            look = Look.drawn(rng)
            numbers = [
                f"某院发〔{rng.randint(2015, 2025)}〕{rng.randint(1, 120)}号" if look.numbers else "" for _ in members
            ]
            strays = 0
            texts = []
            for regulation in members:
                lines = list(regulation.lines)
                for planted in (rng.choice(_REFERENCES), _STRAY):
                    if rng.random() < 0.5:
                        # Behind the first line of an article in the middle, as a paragraph of its own.
                        lines.insert(1 + lines.index(_middle(regulation, rng)), planted)
                        strays += planted == _STRAY
                texts.append(lines)
            path = folder / f"{format_}-{count}{FORMATS[format_]}"
            if write(path, format_, look, [r.title for r in members], numbers, texts):
                yield path, list(zip(members, numbers, strict=True)), strays


def _middle(regulation: Regulation, rng: random.Random) -> str:
    _, text = rng.choice(regulation.articles[1:-1])
    return text.split("\n")[-1]


def line(what: str, found: float, target: str, good: bool) -> bool:
    print(f"{what:<72} {found:>10.4f}   {target:<10} {'ok' if good else 'MISSED'}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds laws/laws.tar.xz")
    parser.add_argument("--json", type=Path, help="write the row of each regulation and file here")
    parser.add_argument("--files", type=Path, help="folder that the files are left in, to look at them")
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    archive = chosen.data / "laws" / "laws.tar.xz"
    if not archive.is_file():
        parser.error(f"--data {chosen.data}: expected laws/laws.tar.xz in it, found none")
    drawn = list(islice({r.title: r for r in regulations(archive)}.values(), _REGULATIONS))
    rows: list[Row] = []
    doubts = Doubts()
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.files or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        for path, held, strays in collected(drawn, folder, chosen.seed):
            try:
                found = segment(read_document(path))
            except SourceError as error:
                print(error)
                return 1
            own = list(rows_of(path.name, found, held, {bare(x) for x in (*_REFERENCES, _STRAY)}))
            rows += own
            seen = doubts_of(found, strays)
            for name in ("opening", "unplaced", "unnamed", "false"):
                setattr(doubts, name, getattr(doubts, name) + getattr(seen, name))
            share = sum(r.right for r in own) / sum(r.articles for r in own)
            print(f"    {path.name:<22} {len(own):>3} regulations, articles right {share:.4f}, unnamed {seen.unnamed}")
    if chosen.json:
        chosen.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")
    for row in rows:
        for fault in row.faults[:2]:
            print(f"    {row.file}: 《{row.title}》 {fault}")
    total = sum(r.articles for r in rows)
    right, resolved = sum(r.right for r in rows) / total, sum(r.resolved for r in rows) / total
    said = sum(r.missing_said for r in rows) / len(rows)
    numbered = sum(r.number_right for r in rows) / len(rows)
    false = doubts.false / max(doubts.opening, 1)
    results = [
        line(
            f"{total} articles of {len(rows)} regulations in files: number, instrument and text right",
            right,
            ">= .995",
            right >= 0.995,
        ),
        line("title and article resolved to the instrument", resolved, "1.0", resolved == 1),
        line("an article that the instrument lacks is missing in it", said, "1.0", said == 1),
        line("文号 of the instrument right", numbered, "1.0", numbered == 1),
        line(
            f"lines opening with 第X条 ({doubts.opening}) neither placed nor named",
            doubts.unnamed,
            "0",
            not doubts.unnamed,
        ),
        line("lines named though right, share", false, "<= .001", false <= 0.001),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
