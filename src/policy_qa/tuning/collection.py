"""Pairs of a question and what answers it, parted into training and held-out; and the articles that they are about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from policy_qa.citing.clean import clean
from policy_qa.errors import UsageError

if TYPE_CHECKING:
    from policy_qa.index.store import LoadedIndex


#: With fewer questions than this, a held-out part of a fifth is too small to show anything.
FEWEST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A question and what answers it: `refs` of provisions, `texts` that stand for themselves, or both.

    `also` are refs that may answer it too: never trained on, never counted as wrong. `where` names the line.
    """

    question: str
    refs: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    where: str = ""


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a file of JSON lines: `{"question", "refs"}` or `{"question", "text"}`.

    A line with `"refused": true`, as question sets have them, holds no pair and is left out; lines that
    ask the same become one pair.

    Raises:
        UsageError: the file or a line is not of that kind (the line is named), or there are too few questions.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected question pairs (UTF-8 JSON lines), found none to read ({error})") from error
    read = [_pair(f"{path}:{n}", line) for n, line in enumerate(lines, start=1) if line.strip()]
    pairs = _merged(filter(None, read))
    if len(pairs) < FEWEST:
        raise UsageError(
            f"{path}: expected at least {FEWEST} different questions with their provisions, found {len(pairs)}; "
            "a model is kept only where a held-out part shows that it is better, and that takes some"
        )
    return pairs


def parts(questions: Sequence[str], seed: int) -> tuple[list[int], list[int], list[int]]:
    """(trained on, watched while training, held out): numbers of `questions`, drawn with `seed`.

    A fifth is held out, to say whether the model got better; of the rest a tenth is watched, to
    say when to stop. What decides one thing must not have decided the other. A question's own hash
    places it, so that it stays where it is (save a few at the borders) when others are added.
    """
    order = sorted(range(len(questions)), key=lambda i: _hash(questions[i], seed))
    held = max(len(order) // 5, 1)
    watched = held + max((len(order) - held) // 10, 1)
    return sorted(order[watched:]), sorted(order[held:watched]), sorted(order[:held])


def _hash(question: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{_key(question)}".encode("utf-8", "surrogatepass")).digest()


def _key(question: str) -> str:
    """What two spellings of one question share."""
    return clean(question, spaces=False)


def _pair(where: str, line: str) -> Pair | None:
    try:
        data: Any = json.loads(line)
        question = data["question"]
        if data.get("refused"):
            return None
        refs, also = _strings(data.get("refs")), _strings(data.get("also"))
        texts = _strings(data.get("text"))
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise UsageError(
            f'{where}: expected {{"question": "…", "refs": ["doc#7"]}} or {{"question": "…", "text": "…"}}, '
            f"found {line.strip()[:60]!r}; mend the line or take it out"
        ) from error
    if not isinstance(question, str) or not question.strip():
        raise UsageError(f"{where}: expected a question, found {question!r}; mend the line or take it out")
    if not refs and not texts:
        raise UsageError(
            f'{where}: expected "refs" or "text" that answer the question, found neither; name them, '
            'or mark a question without an answer with "refused": true'
        )
    return Pair(question=question.strip(), refs=refs, texts=texts, also=also, where=where)


def _strings(value: Any) -> tuple[str, ...]:
    """A string or a list of them as a tuple, without empty ones; ValueError for anything else."""
    values = [] if value is None else [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
        raise ValueError("expected strings")
    return tuple(v.strip() for v in values if v.strip())


def _merged(pairs: Iterable[Pair]) -> list[Pair]:
    """One pair a question; a question that stood in two parts would be asked about what was trained on."""
    out: dict[str, Pair] = {}
    for pair in pairs:
        key = _key(pair.question)
        known = out.get(key, pair)
        fields = ((known.refs, pair.refs), (known.texts, pair.texts), (known.also, pair.also))
        refs, texts, also = (tuple(dict.fromkeys(one + other)) for one, other in fields)
        out[key] = replace(known, refs=refs, texts=texts, also=also)
    return list(out.values())


IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """`passages[i]` is what a model reads; it belongs to article `articles[i]`, numbered from 0.

    `refs` names the first articles, as many as an index has; the others are texts that are in none.
    """

    passages: tuple[str, ...]
    articles: IntArray
    refs: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many articles there are."""
        return int(self.articles.max(initial=-1)) + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question with its answer in a collection.

    `positives` are the numbers of the passages that answer, `gold` those of their articles,
    `allowed` articles that are not to be called wrong (`gold` among them).
    """

    question: str
    positives: tuple[int, ...]
    gold: frozenset[int]
    allowed: frozenset[int]


def of_index(index: LoadedIndex, pairs: Sequence[Pair]) -> tuple[Collection, list[Asked]]:
    """The passages of an index, and the pairs in it; a text that no passage has joins them.

    A ref of an item stands for the passage that holds the item, and for the item's own.

    Raises:
        UsageError: a pair names a provision that the index doesn't have; the line is named.
    """
    number: dict[str, int] = {}
    articles = [number.setdefault(p.ref, len(number)) for p in index.passages]
    passages = [p.embed_text for p in index.passages]
    row_of = {text: row for row, text in reversed(list(enumerate(passages)))}
    found: dict[str, tuple[int, ...]] = {}
    asked = []
    for pair in pairs:
        for ref in (*pair.refs, *pair.also):
            if ref not in found:
                found[ref] = _passages_of(ref, index, pair.where)
        rows = [row for ref in pair.refs for row in found[ref]]
        for text in pair.texts:
            if text not in row_of:
                row_of[text] = len(passages)
                passages.append(text)
                articles.append(max(articles, default=-1) + 1)
            rows.append(row_of[text])
        gold = frozenset(articles[row] for row in rows)
        also = frozenset(articles[row] for ref in pair.also for row in found[ref])
        asked.append(
            Asked(question=pair.question, positives=tuple(dict.fromkeys(rows)), gold=gold, allowed=gold | also)
        )
    numbers = np.array(articles, dtype=np.int32)
    return Collection(passages=tuple(passages), articles=numbers, refs=tuple(number)), asked


def _passages_of(ref: str, index: LoadedIndex, where: str) -> tuple[int, ...]:
    """The passages that stand for a provision: those of its article that hold its beginning, and its own clause."""
    doc_id = ref.partition("#")[0]
    segmentation = index.segmentations.get(doc_id)
    provision = segmentation.at(ref) if segmentation else None
    if segmentation is None or provision is None:
        known = ", ".join(index.segmentations)
        what = f"a provision of {doc_id}" if segmentation else f"a document of the index ({known})"
        raise UsageError(f"{where}: expected {what}, found {ref!r}; correct the ref (policy-qa show lists them)")
    article = segmentation.article_of(provision)
    own = [(i, p) for i, p in enumerate(index.passages) if p.ref == article.ref]
    whole = article.path == provision.path
    rows = [i for i, p in own if not p.clause and (whole or p.start <= provision.start < p.end)]
    rows += [i for i, p in own if p.clause and not whole and p.start == provision.start]
    return tuple(rows or [i for i, p in own if not p.clause])
