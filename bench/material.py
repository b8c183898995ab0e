"""General material for fitting the decision to answer: questions asked of texts that answer them, and of texts beside.

Read from a folder `--data` (see fit_ranker.py), which a reader gets from where the sets are published:
`stard/{queries.jsonl,corpus.jsonl.gz}` (STARD, THUIR, MIT: laypeople's questions and the statute articles that answer
them), `cmrc2018/cmrc2018_trial.json` (CMRC 2018, CC BY-SA 4.0) and `drcd/DRCD_{dev,test}.json` (DRCD, CC BY-SA 3.0,
turned into simplified characters with OpenCC). A set that isn't there is an error: weights must not depend on what
happens to lie in a folder.

A world is a few documents on file, cut in two halves by drawing for each article. Every question is asked of both
halves: it has an answer in the one that holds its article, and in the other only the neighbours of that article, from
the same law or the same page, that speak of the same matter and are silent on the point.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_qa.datamodels import Document, Segmentation
from policy_qa.numerals import to_han
from policy_qa.provisions import segment

#: Articles of a law in one block; blocks with the most questions are taken, so many of them.
_BLOCK, _BLOCKS = 30, 12
#: Questions of each reading set, and documents of one world.
_QUESTIONS, _DOCUMENTS = 90, 4
_ARTICLE = re.compile(r"(.+?)(第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?)")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and the articles that answer it, as (document, article) numbers of its world."""

    text: str
    answers: frozenset[tuple[int, int]]
    source: str


@dataclass(frozen=True, kw_only=True)
class World:
    """Documents (title, articles) and the questions that they answer."""

    documents: tuple[tuple[str, tuple[str, ...]], ...]
    questions: tuple[Asked, ...]

    def halves(self, seed: int) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, int]]]:
        """The articles of each half, drawn."""
        rng = random.Random(seed)  # noqa: S311  # to be repeatable
        places = [(d, a) for d, (_, articles) in enumerate(self.documents) for a in range(len(articles))]
        first = frozenset(p for p in places if rng.random() < 0.5)
        return first, frozenset(places) - first

    def segmentations(
        self, keep: frozenset[tuple[int, int]], name: str
    ) -> tuple[list[Segmentation], dict[str, tuple[int, int]]]:
        """The documents with the articles to keep, numbered anew, and which article each ref names."""
        out, places = [], {}
        for d, (title, articles) in enumerate(self.documents):
            kept = [a for a in range(len(articles)) if (d, a) in keep]
            lines = [title, *(f"第{to_han(n)}条　{articles[a]}" for n, a in enumerate(kept, 1))]
            text = "\n".join(lines) + "\n"
            digest = hashlib.sha256(text.encode()).hexdigest()
            doc_id = f"{name}-{d}"
            found = segment(Document(doc_id=doc_id, title=title, source=f"{doc_id}.txt", sha256=digest, text=text))
            places |= {f"{doc_id}#{n}": (d, a) for n, a in enumerate(kept, 1)}
            if found.articles:
                out.append(found)
        return out, places


def worlds(data: Path, seed: int = 0) -> list[World]:
    """All worlds of a folder."""
    rng = random.Random(seed)  # noqa: S311  # to be repeatable
    pages = _cmrc(data / "cmrc2018" / "cmrc2018_trial.json", rng)
    pages += _drcd([data / "drcd" / f"DRCD_{part}.json" for part in ("dev", "test")], rng)
    blocks = _stard(data / "stard")
    out = []
    for group in (blocks, pages):
        rng.shuffle(group)
        out += [_joined(group[i : i + _DOCUMENTS]) for i in range(0, len(group), _DOCUMENTS)]
    return out


@dataclass(frozen=True, kw_only=True)
class _Part:
    title: str
    articles: tuple[str, ...]
    questions: tuple[tuple[str, frozenset[int], str], ...]


def _joined(parts: Sequence[_Part]) -> World:
    questions = [
        Asked(text=text, answers=frozenset((d, a) for a in answers), source=source)
        for d, part in enumerate(parts)
        for text, answers, source in part.questions
    ]
    return World(documents=tuple((p.title, p.articles) for p in parts), questions=tuple(questions))


def _stard(folder: Path) -> list[_Part]:
    """Blocks of laws with the questions that they answer alone."""
    text: dict[str, str] = {}
    laws: dict[str, list[str]] = defaultdict(list)
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            if match := _ARTICLE.fullmatch(row["name"]):
                text[row["name"]] = " ".join(row["content"].split())
                laws[match[1]].append(row["name"])
    place = {name: (law, i // _BLOCK) for law, names in laws.items() for i, name in enumerate(names)}
    asked: dict[tuple[str, int], list[tuple[str, list[str]]]] = defaultdict(list)
    for line in (folder / "queries.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        blocks = {place.get(name) for name in row["gold"]}
        if len(blocks) == 1 and (block := blocks.pop()):
            asked[block].append((row["question"], row["gold"]))
    most = Counter({block: len(questions) for block, questions in asked.items()}).most_common(_BLOCKS)
    out = []
    for (law, number), _ in most:
        names = laws[law][number * _BLOCK : (number + 1) * _BLOCK]
        questions = tuple(
            (question, frozenset(names.index(n) for n in gold), "stard") for question, gold in asked[law, number]
        )
        out.append(_Part(title=law, articles=tuple(text[n] for n in names), questions=questions))
    return out


def _cmrc(path: Path, rng: random.Random) -> list[_Part]:
    """Passages, three a document."""
    paragraphs = [p for d in json.loads(path.read_text("utf-8"))["data"] for p in d["paragraphs"]]
    found = [(p["context"], [(q["question"], {a["text"] for a in q["answers"]}) for q in p["qas"]]) for p in paragraphs]
    rng.shuffle(found)
    return _pages([("", found[i : i + 3]) for i in range(0, len(found), 3)], "cmrc")


def _drcd(paths: Sequence[Path], rng: random.Random) -> list[_Part]:
    """Wikipedia pages of three paragraphs at least."""
    from opencc import OpenCC

    simplified = OpenCC("t2s").convert
    pages = [page for path in paths for page in json.loads(path.read_text("utf-8"))["data"]]
    pages = [page for page in pages if 3 <= len(page["paragraphs"]) <= 12]
    rng.shuffle(pages)
    found = [
        (
            simplified(page["title"]),
            [
                (
                    simplified(p["context"]),
                    [(simplified(q["question"]), {simplified(a["text"]) for a in q["answers"]}) for q in p["qas"]],
                )
                for p in page["paragraphs"]
            ],
        )
        for page in pages
    ]
    return _pages(found, "drcd")


def _pages(pages: Sequence[tuple[str, list[tuple[str, list[tuple[str, set[str]]]]]]], source: str) -> list[_Part]:
    """Pages cut into articles of one to three sentences; a question is kept where one article holds its answer."""
    out: list[_Part] = []
    for title, paragraphs in pages:
        articles: list[str] = []
        questions: list[tuple[str, frozenset[int], str]] = []
        for context, asked in paragraphs:
            first = len(articles)
            articles += _articles(context)
            for question, answers in asked:
                here = {a for a in range(first, len(articles)) if any(x in articles[a] for x in answers)}
                if len(here) == 1:
                    questions.append((question, frozenset(here), source))
        out.append(_Part(title=title, articles=tuple(articles), questions=tuple(questions[::2][:12])))
        if sum(len(p.questions) for p in out) >= _QUESTIONS:
            break
    return out


def _articles(context: str, size: int = 70) -> Iterator[str]:
    held = ""
    for sentence in re.findall(r"[^。！？]+[。！？]?", " ".join(context.split())):
        held += sentence
        if len(held) >= size:
            yield held.strip()
            held = ""
    if held.strip():
        yield held.strip()
