"""Measure the intake: scans of real regulations, and one policy in every format that is read.

    python bench/intake.py pages --data DIR [--pages 60] [--json FILE] [--seed 15]
    python bench/intake.py formats

`pages`: DIR holds `laws/laws.tar.xz` (see segmentation.py). Regulations are drawn by their hash, typeset on A4 in Noto
(Debian's fonts-noto-cjk), and go through the intake as PDFs of pictures, three pages each: at 150 and 200 dpi,
straight, and turned by 1.2 degrees, blurred, with noise. Counted are the errors by characters (CER: edit distance over
length, white space aside, marks counted, their width not), the articles whose number is found, and those whose text is
theirs: within a tenth of its length of edit distance, so that one cut at the wrong place is none. Rows go before means.
Exit 1 where a target is missed.

`formats`: the policies that the tests use as .txt, .md, .html, .docx, .pdf, .ofd, with LibreOffice as .doc, .rtf and
.odt, with RapidOCR as a scan: the provisions of each against those of the .txt.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from handbooks import Regulation, bare, regulations

sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / folder) for folder in (".", "documents")]

import formats  # noqa: E402
import scan_files  # noqa: E402
from ofd_files import of_pdf  # noqa: E402
from source_policies import POLICIES  # noqa: E402
from test_five_formats import bare as unmarked  # noqa: E402

from policy_qa.datamodels import Kind, Segmentation  # noqa: E402
from policy_qa.documents import scans  # noqa: E402
from policy_qa.documents.extracted import describe  # noqa: E402
from policy_qa.documents.office import libreoffice  # noqa: E402
from policy_qa.documents.sources import read_bytes  # noqa: E402
from policy_qa.provisions import segment  # noqa: E402

#: dpi, degrees, noise -> CER at most, numbers and boundaries right at least.
CONDITIONS = {
    "150 dpi, straight": (150, 0.0, 0.0),
    "200 dpi, straight": (200, 0.0, 0.0),
    "150 dpi, skewed": (150, 1.2, 12.0),
    "200 dpi, skewed": (200, 1.2, 12.0),
}
_TARGETS = {"straight": (0.01, 0.98), "skewed": (0.05, 0.90)}
_PAGES = 3


@dataclass(kw_only=True)
class Row:
    """One regulation, its first pages: errors of `characters`; articles with their number and with their text."""

    condition: str
    title: str
    characters: int
    errors: int
    articles: int
    numbers: int
    boundaries: int
    confidence: float


def distance(one: str, two: str) -> int:
    """The edit distance of two texts (Levenshtein), a row of the table at a time."""
    a, b = (np.array([ord(c) for c in text], dtype=np.int32) for text in (one, two))
    steps = np.arange(len(b) + 1)
    row = steps.copy()
    for i, char in enumerate(a, start=1):
        below = np.empty_like(row)
        below[0] = i
        below[1:] = np.minimum(row[1:] + 1, row[:-1] + (b != char))
        row = np.minimum.accumulate(below - steps) + steps
    return int(row[-1])


def plain(text: str) -> str:
    """Text without white space, wide and narrow marks alike: regulations are typed with either, and (一) is （一）."""
    return unicodedata.normalize("NFKC", bare(text))


def articles(found: Segmentation) -> dict[str, str]:
    return {p.path: plain(found.text_of(p)) for p in found.articles if p.kind is Kind.ARTICLE}


def shown(regulation: Regulation, dpi: int) -> tuple[list[scan_files.Image.Image], str]:
    """(the first pages of a regulation, the text on them)."""
    lines: list[str] = []
    for line in regulation.lines:
        pages = scan_files.drawn(scan_files.policy_of([*lines, line]), 36)  # small: only to count
        if len(pages) > _PAGES:
            break
        lines.append(line)
    return scan_files.drawn(scan_files.policy_of(lines), dpi), "\n".join(lines)


def row_of(regulation: Regulation, condition: str, seed: int) -> Row:
    dpi, degrees, noise = CONDITIONS[condition]
    pages, text = shown(regulation, dpi)
    data = scan_files.as_pdf([scan_files.scanned(p, degrees, noise, seed + i) for i, p in enumerate(pages)], dpi)
    true = segment(describe(text, doc_id="a", source="a.txt", sha256=""))
    found = segment(read_bytes(data, "a.pdf"))
    wanted, got = articles(true), articles(found)
    confidence = [one.confidence for one in found.document.recognised]
    return Row(
        condition=condition,
        title=regulation.title,
        characters=len(plain(text)),
        errors=distance(plain(text), plain(found.document.text)),
        articles=len(wanted),
        numbers=sum(path in got for path in wanted),
        boundaries=sum(path in got and distance(a, got[path]) <= 0.1 * len(a) for path, a in wanted.items()),
        confidence=sum(confidence) / max(len(confidence), 1),
    )


def measured(arguments: argparse.Namespace) -> int:
    if not scans.available():
        raise SystemExit("intake.py: expected RapidOCR, found none; pip install '.[ocr]'")
    each = max(1, arguments.pages // _PAGES // len(CONDITIONS))
    drawn = islice(regulations(arguments.data / "laws" / "laws.tar.xz"), arguments.seed, None)
    rows: list[Row] = []
    for condition in CONDITIONS:
        for regulation in islice(drawn, each):
            rows.append(row_of(regulation, condition, arguments.seed))
            print(json.dumps(asdict(rows[-1]), ensure_ascii=False), file=sys.stderr, flush=True)
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")
    missed = 0
    print("| pages | characters | CER | articles | numbers | boundaries | confidence |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name in (*CONDITIONS, *_TARGETS):
        own = [r for r in rows if r.condition.endswith(name)]
        total, count = sum(r.characters for r in own), sum(r.articles for r in own)
        cer = sum(r.errors for r in own) / total
        numbers, boundaries = (sum(getattr(r, key) for r in own) / count for key in ("numbers", "boundaries"))
        sure = sum(r.confidence for r in own) / len(own)
        print(f"| {name} | {total} | {cer:.4f} | {count} | {numbers:.3f} | {boundaries:.3f} | {sure:.3f} |")
        if name in _TARGETS:
            most, least = _TARGETS[name]
            missed += cer > most or numbers < least or boundaries < least
    return 1 if missed else 0


def files(policy: formats.Policy, folder: Path) -> Iterator[tuple[str, bytes]]:
    """(suffix, the policy in that format)."""
    yield "md", formats.write_md(policy)
    yield "html", formats.write_html(policy)
    yield "docx", formats.write_docx(policy)
    yield "pdf", formats.write_pdf(policy)
    yield "ofd", of_pdf(formats.write_pdf(policy))
    if program := libreoffice():
        (folder / "policy.docx").write_bytes(formats.write_docx(policy))
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        for suffix in ("doc", "rtf", "odt"):
            for _ in range(2):
                command = [program, profile, "--headless", "--convert-to", suffix, "--outdir", folder]
                subprocess.run([*command, folder / "policy.docx"], capture_output=True, check=False)
            yield suffix, (folder / f"policy.{suffix}").read_bytes()
    if scans.available():
        yield "scan.pdf", scan_files.as_pdf(scan_files.drawn(policy, 200), 200)


def compared() -> int:
    different = 0
    for name, policy in POLICIES.items():
        typed = formats.typed(policy)
        true = segment(read_bytes(formats.write_txt(typed), "policy.txt"))
        with tempfile.TemporaryDirectory() as folder:
            for suffix, data in files(typed, Path(folder)):
                found = segment(read_bytes(data, f"policy.{suffix}"))
                paths = [[p.path for p in s.provisions] for s in (true, found)]
                texts = [{p.path: unmarked(s.text_of(p)) for p in s.provisions} for s in (true, found)]
                same = sum(texts[1].get(path) == text for path, text in texts[0].items())
                wrong = distance(unmarked(true.document.text), unmarked(found.document.text))
                print(
                    f"{name} .{suffix}: provisions {'the same' if paths[0] == paths[1] else 'DIFFERENT'}, "
                    f"{same} of {len(texts[0])} with the same text, {wrong} characters differ"
                )
                different += paths[0] != paths[1] or (same < len(texts[0]) and not found.document.recognised)
    return 1 if different else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True)
    pages = commands.add_parser("pages")
    pages.add_argument("--data", type=Path, required=True)
    pages.add_argument("--pages", type=int, default=60)
    pages.add_argument("--json", type=Path)
    pages.add_argument("--seed", type=int, default=15, help="how many regulations are passed over")
    pages.set_defaults(run=measured)
    commands.add_parser("formats").set_defaults(run=lambda _: compared())
    arguments = parser.parse_args()
    return int(arguments.run(arguments))


if __name__ == "__main__":
    sys.exit(main())
