"""STARD's questions and articles for `retrieval.py`: read, parted, scored, and their vectors kept in files."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from policy_qa.models import Encoder, Vectors

_NUMBER = re.compile(r"第[零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?$")
#: Passages whose vectors share a file: what an interruption costs at most.
_SLICE = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question and the numbers of the articles that answer it."""

    id: str
    text: str
    gold: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Data:
    """Articles by name and text, the law that each belongs to, and the questions in two parts."""

    names: tuple[str, ...]
    texts: tuple[str, ...]
    laws: npt.NDArray[np.int32]
    train: tuple[Question, ...]
    validation: tuple[Question, ...]

    @property
    def passages(self) -> list[str]:
        """What a model reads of each article: its name, then its text."""
        return [f"{name}\n{text}" for name, text in zip(self.names, self.texts, strict=True)]

    @property
    def law_names(self) -> list[str]:
        """The law of each article."""
        return [law_of(name) for name in self.names]


def law_of(name: str) -> str:
    """The name of the law in that of an article."""
    return _NUMBER.sub("", name)


def read(folder: Path, seed: int, share: float) -> Data:
    """The data in `folder`; `share` of the questions, drawn with `seed`, are for validation."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    lines = (folder / "queries.jsonl").read_text("utf-8").splitlines()
    number = {article["name"]: i for i, article in enumerate(articles)}
    questions = [
        Question(id=q["id"], text=q["question"], gold=frozenset(number[name] for name in q["gold"]))
        for q in map(json.loads, lines)
    ]
    held = set(np.random.default_rng(seed).permutation(len(questions))[: round(share * len(questions))].tolist())
    laws: dict[str, int] = {}
    return Data(
        names=tuple(a["name"] for a in articles),
        texts=tuple(a["content"] for a in articles),
        laws=np.array([laws.setdefault(law_of(a["name"]), len(laws)) for a in articles], dtype=np.int32),
        train=tuple(q for i, q in enumerate(questions) if i not in held),
        validation=tuple(q for i, q in enumerate(questions) if i in held),
    )


def vectors(encoder: Encoder, passages: Sequence[str], cache: Path) -> Vectors:
    """Unit vectors (n, dim) of the passages; those that `cache` holds already are not made again."""
    names = hashlib.sha256("\0".join(passages).encode()).hexdigest()[:12]
    fingerprint = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:12]
    folder = cache / f"{fingerprint}-{names}"
    folder.mkdir(parents=True, exist_ok=True)
    out = []
    for start in range(0, len(passages), _SLICE):
        path = folder / f"{start:06d}.npy"
        if not path.exists():
            made = encoder.passages(list(passages[start : start + _SLICE])).astype(np.float16)
            with path.with_suffix(".tmp").open("wb") as file:
                np.save(file, made)
            path.with_suffix(".tmp").rename(path)
            print(f"\rembedded {min(start + _SLICE, len(passages))} of {len(passages)}", end="", file=sys.stderr)
        out.append(np.load(path).astype(np.float32))
    return np.concatenate(out)


def interval(rows: Sequence[Mapping[str, float]], measure: str) -> tuple[float, float, float]:
    """Mean of a measure over questions with its 95 % bootstrap interval; seed fixed."""
    values = np.array([row[measure] for row in rows])
    means = values[np.random.default_rng(0).integers(0, len(values), (2000, len(values)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(values.mean()), float(low), float(high)
