"""Hold the reader of web pages against trafilatura and readability-lxml, on regulations inside pages of many shapes.

    pip install trafilatura readability-lxml
    python bench/web_pages.py --data DIR [--each 3] [--seed 20261127] [--json FILE]

DIR holds `laws/laws.tar.xz` (see segmentation.py). `--each` regulations are drawn for each shape of web_shapes.py, no
two alike. Everything around a regulation is known, so that what a reader loses and what it keeps is counted:

    lost        characters of the regulation that the reader's text lacks, in parts per thousand
    foreign     characters of the reader's text that are not the regulation's, per page
    provisions  provisions of the regulation with ref, kind and text as in its plain text, of all
    invented    provisions that the plain text doesn't have
    title       pages whose title is in the text that is indexed

Each peer is used at its best: trafilatura also with `favor_recall`; the markup that readability keeps is brought to
lines by this package; the title that a peer tells is put above its text where it lacks it. Names of files to download
and an index table about the regulation count neither way. Rows go before means: `--json` writes one for each page and
reader. A reader that is not installed is left out, and that is said.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path

from law_rows import parse
from web_shapes import FORM, NEUTRAL, SHAPES, Regulation, Shape

from policy_qa.datamodels import Kind
from policy_qa.documents.extracted import table_row
from policy_qa.documents.sources import read_bytes
from policy_qa.documents.web.lines import lines_of

#: Bytes of a page -> the text that would be indexed, its title at the top.
Reader = Callable[[bytes, str], str]
_LEAST, _MOST = 1_200, 9_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """What one reader made of one page."""

    shape: str
    regulation: str
    reader: str
    characters: int
    lost: int
    foreign: int
    provisions: int
    right: int
    invented: int
    title: bool
    seconds: float
    #: What was lost and kept, for people to look at.
    losses: tuple[str, ...]
    keeps: tuple[str, ...]


def regulations(folder: Path) -> Iterator[Regulation]:
    """The regulations of the archive that are neither long nor short, in the order of their names."""
    with tarfile.open(folder / "laws" / "laws.tar.xz") as packed:
        members = sorted((m for m in packed if m.isfile() and m.name.endswith(".md")), key=lambda m: m.name)
        for member in members:
            file = packed.extractfile(member)
            assert file is not None
            head, _, body = file.read().decode("utf-8").partition("<!-- INFO END -->")
            title = next((line[2:].strip() for line in head.splitlines() if line.startswith("# ")), "")
            lines = [re.sub(r"^#+\s*", "", line).strip() for line in body.splitlines()]
            lines = [line for line in lines if line]
            while lines and _letters(lines[0]) in _letters(title):  # the title again, over one line or several
                del lines[0]
            text = "".join(lines)
            if title and _LEAST <= len(text) <= _MOST and not re.search(r"[|<>*`\[\]]", text) and "第三条" in text:
                yield Regulation(title=title, lines=tuple(lines))


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def key(text: str) -> str:
    """A text without what tables, white space and marks of lists add."""
    return re.sub(r"[\s|]+|-{3,}", "", text)


def ours(data: bytes, source: str) -> str:
    return read_bytes(data, source).text


def trafilatura(**how: bool) -> Reader:
    from trafilatura import bare_extraction

    def read(data: bytes, _: str) -> str:
        found = bare_extraction(data, include_comments=False, include_tables=True, with_metadata=True, **how)
        return _titled(found.title or "", found.text or "") if found else ""

    return read


def readability() -> Reader:
    from lxml import html
    from readability import Document

    def read(data: bytes, _: str) -> str:
        # It is given text: bytes in GB18030 it takes for something else.
        markup = data.decode("gb18030" if b"charset=gb2312" in data else "utf-8")
        found = Document(markup)
        page = lines_of(html.fromstring(found.summary()))
        return _titled(found.short_title(), "".join(f"{line.text}\n" for line in page.lines))

    return read


def _titled(title: str, text: str) -> str:
    return text if not title or key(title) in key(text[:300]) else f"{title}\n{text}"


def readers() -> dict[str, Reader]:
    """The readers that are installed."""
    found: dict[str, Reader] = {"policy_qa": ours}
    made: dict[str, Callable[[], Reader]] = {
        "trafilatura": trafilatura,
        "trafilatura, favor_recall": lambda: trafilatura(favor_recall=True),
        "readability-lxml": readability,
    }
    for name, make in made.items():
        try:
            found[name] = make()
        except ImportError as error:
            print(f"{name} left out: {error}", file=sys.stderr)
    return found


def body(text: str, title: str) -> str:
    """The text below its title, as a key, without what counts neither way."""
    lines = text.splitlines()
    known = key(title)
    head = next((i for i, line in enumerate(lines[:12]) if known and known in key(line)), -1)
    found = key("".join(line for i, line in enumerate(lines) if i != head and key(line) != known))
    for neutral in NEUTRAL:
        found = found.replace(neutral, "")
    return found


def differences(expected: str, found: str) -> tuple[list[str], list[str]]:
    """(stretches that are lost, stretches that are foreign), by clauses, then by characters in those that differ."""
    a, b = (re.findall(r"[^。；，：、]*[。；，：、]?", text) for text in (expected, found))
    lost, foreign = [], []
    for op, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        left, right = "".join(a[i:j]), "".join(b[k:m])
        if len(left) * len(right) > 4_000_000:
            lost.append(left)
            foreign.append(right)
            continue
        for what, p, q, r, s in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if what != "equal":
                lost.append(left[p:q])
                foreign.append(right[r:s])
    return list(filter(None, lost)), list(filter(None, foreign))


def provisions(text: str) -> dict[tuple[str, Kind], str]:
    """(path, kind) -> text, of everything with a number."""
    found = parse(text, "page")
    numbered = [p for p in found.provisions if p.path[:1].isdigit()]
    return {(p.path, p.kind): key(found.text_of(p)) for p in numbered}


def row(shape: str, rule: Regulation, name: str, read: Reader, data: bytes) -> Row:
    """Give a page to a reader and measure what it makes of it."""
    began = time.perf_counter()
    text = read(data, "page.html")
    seconds = time.perf_counter() - began
    form = (
        ["附件", *(table_row(list(cells)) if len(cells) > 1 else cells[0] for cells in rule.form)] if rule.form else []
    )
    plain = "\n".join([rule.title, *rule.lines, *form])
    expected = body(plain, rule.title)
    lost, foreign = differences(expected, body(text, rule.title))
    wanted, got = provisions(plain), provisions(text)
    return Row(
        shape=shape,
        regulation=rule.title,
        reader=name,
        characters=len(expected),
        lost=sum(map(len, lost)),
        foreign=sum(map(len, foreign)),
        provisions=len(wanted),
        right=sum(got.get(path) == words for path, words in wanted.items()),
        invented=len(got.keys() - wanted.keys()),
        title=key(rule.title) in key(text[:600]),
        seconds=seconds,
        losses=tuple(lost[:5]),
        keeps=tuple(foreign[:12]),
    )


def page(shape: Shape, rule: Regulation) -> tuple[Regulation, bytes]:
    """(the regulation with what the shape adds to it, the bytes of its page)."""
    if shape.form:
        rule = Regulation(title=rule.title, lines=rule.lines, form=FORM)
    return rule, shape.markup(rule).encode(shape.encoding)


def told(rows: Sequence[Row]) -> str:
    """The figures of some rows as cells of a table."""
    characters, wanted = sum(r.characters for r in rows), sum(r.provisions for r in rows)
    return (
        f"{1000 * sum(r.lost for r in rows) / characters:.2f} | {sum(r.foreign for r in rows) / len(rows):.1f} | "
        f"{sum(r.right for r in rows)} of {wanted} | {sum(r.invented for r in rows)} | "
        f"{sum(r.title for r in rows)} of {len(rows)} | {1000 * statistics.median(r.seconds for r in rows):.0f}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    every = list(regulations(arguments.data))
    wanted = arguments.each * len(SHAPES)
    if wanted > len(every):
        parser.error(f"expected at most {len(every) // len(SHAPES)} regulations each, found {arguments.each}")
    drawn = random.Random(arguments.seed).sample(every, wanted)  # noqa: S311
    rows: list[Row] = []
    for name, read in readers().items():
        for number, (label, shape) in enumerate(SHAPES.items()):
            given = (page(shape, rule) for rule in drawn[number :: len(SHAPES)])
            rows += [row(label, rule, name, read, data) for rule, data in given]
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")
    by_reader: dict[str, list[Row]] = defaultdict(list)
    for found in rows:
        by_reader[found.reader].append(found)
    print(f"{wanted} pages, {len(SHAPES)} shapes, {sum(r.characters for r in by_reader['policy_qa']):,} characters\n")
    print("| reader | lost, ‰ | foreign a page | provisions | invented | title | ms |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, own in by_reader.items():
        print(f"| {name} | {told(own)} |")
    for label in SHAPES:
        print(f"\n{label}")
        for name, own in by_reader.items():
            print(f"  {name}: {told([r for r in own if r.shape == label])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
