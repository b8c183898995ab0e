"""What the reader says of the best articles, weighed with what the search made of them.

A handful of numbers, fitted by bench/fit_reading.py on subjects that the reader was not trained on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from policy_qa.models import Reranker
from policy_qa.resources import resource
from policy_qa.retrieval.glossary import Glossary

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
#: A text of the reader is about so many characters, which is what it was trained to read.
PIECE = 170
#: Articles that are read for a question of one document at first, and where none of them surely answers (log-odds) or
#: several documents may.
_FIRST, _READ, _SURE = 3, 7, 1.0
#: Beside them the best of each further document that comes so near to the best of all (a share of its probability), so
#: many in all, each of the two times.
_SHARE, _MOST = 0.2, 8
#: Clauses of an article that are read for what is quoted of it, and the log-odds of the best below which none answers.
CLAUSES, SILENT = 12, -4.0
#: Pairs of question and text that are remembered.
_REMEMBERED = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """For an article of (1, log-odds of the search, of the reader); for whether there is an answer of (1, the best
    log-odds of the reader): what the search says of that is worth nothing on subjects that it wasn't fitted on."""

    article: tuple[float, float, float]
    answer: tuple[float, float]

    def answers(self, score: float) -> float:
        """The probability that there is an answer where the reader gives the best text this score."""
        return float(probability(self.answer[0] + self.answer[1] * score))

    @classmethod
    def shipped(cls) -> Weights:
        """Those that come with the package."""
        data = json.loads(resource("reading.json"))
        return cls(article=tuple(data["article"]), answer=tuple(data["answer"]))


class WordedReader:
    """A reader that hears a question in each text's own words, and remembers what it has read."""

    def __init__(self, reader: Reranker, glossary: Callable[[], Glossary]) -> None:
        self._reader, self._glossary = reader, glossary
        self._read: dict[tuple[str, str], float] = {}

    def score(self, question: str, texts: Sequence[str]) -> list[float]:
        """The log-odds that each text answers."""
        asked = [(self._glossary().wording(question, text), text) for text in texts]
        known = {pair: self._read[pair] for pair in asked if pair in self._read}
        for wording in dict.fromkeys(wording for wording, _ in asked):
            unread = list(dict.fromkeys(t for w, t in asked if w == wording and (w, t) not in known))
            scores = self._reader.score(wording, unread).tolist() if unread else []
            known.update({(wording, text): score for text, score in zip(unread, scores, strict=True)})
        if len(self._read) > _REMEMBERED:
            self._read.clear()
        self._read.update(known)
        return [known[pair] for pair in asked]


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """Probabilities of all candidates, and that of an answer; `scores` of those that were read, by position."""

    probabilities: FloatArray
    answerability: float
    scores: dict[int, float]


def read(
    reader: WordedReader,
    question: str,
    probabilities: FloatArray,
    documents: IntArray,
    pieces: Callable[[int], Sequence[str]],
    weights: Weights,
) -> Read:
    """Let the reader judge the best of the candidates; `documents` tells each one's document, `pieces` gives the texts
    of one by its position.

    An article counts as its best piece. One that isn't read counts as the worst that is.
    """
    if not len(probabilities):
        return Read(probabilities=probabilities, answerability=0.0, scores={})
    scores: dict[int, float] = {}
    for most in (_FIRST, _READ):
        best = _chosen(probabilities, documents, most)
        texts = [(position, piece) for position in best if position not in scores for piece in pieces(position)]
        for (position, _), score in zip(texts, reader.score(question, [t for _, t in texts]), strict=True):
            scores[position] = max(score, scores.get(position, -np.inf))
        if max(scores.values()) >= _SURE and len(np.unique(documents)) == 1:
            break
    return weighed(probabilities, scores, weights)


def weighed(probabilities: FloatArray, scores: dict[int, float], weights: Weights) -> Read:
    """What the search made of the candidates, with the reader's `scores`, one at least, of some of them by position."""
    said = np.full(len(probabilities), min(scores.values()), np.float32)
    said[list(scores)] = list(scores.values())
    article = weights.article[0] + weights.article[1] * log_odds(probabilities) + weights.article[2] * said
    answerability = weights.answers(max(scores.values()))
    return Read(probabilities=probability(article), answerability=answerability, scores=scores)


def _chosen(probabilities: FloatArray, documents: IntArray, first: int) -> list[int]:
    """The positions that are read: the `first`, and what comes near in further documents."""
    order: list[int] = np.argsort(-probabilities, kind="stable").tolist()
    out = order[:first]
    seen = {int(documents[position]) for position in out}
    for position in order[first:]:
        if len(out) == _MOST or probabilities[position] < _SHARE * probabilities[order[0]]:
            break
        if int(documents[position]) not in seen:
            seen.add(int(documents[position]))
            out.append(position)
    return out


def log_odds(probability: FloatArray | np.float32) -> FloatArray:
    """The log-odds of probabilities, within ±9.2."""
    kept = np.clip(probability, 1e-4, 1 - 1e-4)
    found: FloatArray = np.log(kept / (1 - kept)).astype(np.float32)
    return found


def probability(log_odds: FloatArray | np.float32 | float) -> FloatArray:
    """The logistic function."""
    found: FloatArray = (1.0 / (1.0 + np.exp(-np.clip(log_odds, -30, 30)))).astype(np.float32)
    return found
