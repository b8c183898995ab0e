"""Measure refusal on questions that nobody here wrote: do passages that answer score above passages that don't?

    python bench/refusal.py --data DIR [--passages 3] [--count N] [--seed 0] [--json FILE]

DIR holds `rgb/zh_refine_half.jsonl`, half of `zh_refine` of RGB (Chen et al. 2024, CC BY-NC-SA 4.0,
https://github.com/chen700564/RGB): a question, passages that answer it, passages that don't. Nothing is
fitted on it. Every passage becomes a document of one index, in memory; each question is asked twice,
once of `--passages` drawn from those that answer it, once of as many that don't (its own negatives, so
they speak of the same matter). Figure: the area under the ROC curve of the answerability, with a bootstrap
interval over questions, and how many are refused at the shipped threshold. It is news, not rules: the
figure says how the decision carries over to another field.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.answer.select import Thresholds
from policy_qa.datamodels import Document, Segmentation
from policy_qa.index import lexical, tokens
from policy_qa.models import Encoder, open_encoder
from policy_qa.passages import passages_of
from policy_qa.provisions import segment
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.ranker import Ranker
from policy_qa.retrieval.retriever import Retrieval, Retriever
from policy_qa.settings import Settings
from policy_qa.words import Segmenter

#: Features whose best value among the passages is shown beside, each alone.
SHOWN = ("dense_clause", "late_level", "cover_all", "cover_clause")
TARGET = 0.85
Floats = npt.NDArray[np.float64]


class Exact:
    """Inner products with all rows."""

    def __init__(self, vectors: npt.NDArray[np.float32]) -> None:
        self._vectors = vectors

    def search(self, vector: npt.NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """As FAISS does, without writing an index."""
        scores = self._vectors @ vector
        best = np.argsort(-scores)[:k]
        return [(int(i), float(scores[i])) for i in best]


def sample(path: Path, count: int, passages: int, seed: int) -> list[dict[str, Any]]:
    """Questions with so many passages of each side."""
    rng = random.Random(seed)  # noqa: S311  # to be repeatable
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    rows = [r for r in rows if len(r["positive"]) >= passages and len(r["negative"]) >= passages]
    chosen = rng.sample(rows, min(count or len(rows), len(rows)))
    return [
        {
            "id": r["id"],
            "query": r["query"],
            "positive": rng.sample(r["positive"], passages),
            "negative": rng.sample(r["negative"], passages),
        }
        for r in chosen
    ]


def document(doc_id: str, text: str) -> Segmentation:
    """A passage as a document without a title."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return segment(Document(doc_id=doc_id, title="", source=f"{doc_id}.txt", sha256=digest, text=text))


def index(segmentations: Sequence[Segmentation], encoder: Encoder, settings: Settings) -> Retriever:
    """A retriever over these documents, made as a build makes it."""
    passages = [
        p for s in segmentations for p in passages_of(s, count_tokens=encoder.count_tokens, limit=encoder.max_tokens)
    ]
    print(f"{len(segmentations)} passages of text, {len(passages)} to embed", flush=True)
    vectors = encoder.passages([p.embed_text for p in passages])
    words = lexical.load(lexical.dump(segmentations, passages))
    states = encoder.states
    known = tokens.load(tokens.dump(segmentations, passages, states), words.refs, passages) if states else None
    segmenter = Segmenter(words.terms)
    return Retriever(segmentations, passages, Exact(vectors), words, encoder, Ranker.shipped(), segmenter, known)


def area(yes: Floats, no: Floats) -> float:
    """Probability that an answerable one scores above an unanswerable one."""
    return float(((yes[:, None] > no) + 0.5 * (yes[:, None] == no)).mean())


def interval(yes: Floats, no: Floats, samples: int = 1000) -> tuple[float, float]:
    """95 % bootstrap interval of the area, questions resampled."""
    rng = np.random.default_rng(0)
    found = []
    for _ in range(samples):
        i = rng.integers(0, len(yes), len(yes))
        found.append(area(yes[i], no[i]))
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)


def scores(retrieval: Retrieval) -> dict[str, float]:
    """What the decision rests on, and some features alone."""
    best = max(c.probability for c in retrieval.candidates)
    out = {"answerability": retrieval.answerability, "best article": best}
    return out | {n: max(float(c.features[NAMES.index(n)]) for c in retrieval.candidates) for n in SHOWN}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=3, help="of each side")
    parser.add_argument("--count", type=int, default=0, help="so many questions (0: all that have enough passages)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the rows here")
    arguments = parser.parse_args()
    settings = Settings.from_env()
    rows = sample(arguments.data / "rgb" / "zh_refine_half.jsonl", arguments.count, arguments.passages, arguments.seed)
    started = time.perf_counter()
    texts = {f"{r['id']}-{side}-{i}": t for r in rows for side in SIDES for i, t in enumerate(r[side])}
    segmentations = [s for name, text in texts.items() if (s := document(name, text)).articles]
    retriever = index(segmentations, open_encoder(settings.model), settings)
    print(f"{len(rows)} questions, {arguments.passages} passages of each side; {time.perf_counter() - started:.0f} s")
    found: list[dict[str, Any]] = []
    for row in rows:
        question = retriever.analyzer.analyze(row["query"])
        own = {side: [d for d in retriever.segmentations if d.startswith(f"{row['id']}-{side}-")] for side in SIDES}
        found.append({"id": row["id"]} | {s: scores(retriever.retrieve(question, own[s])) for s in SIDES if own[s]})
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(r) + "\n" for r in found), "utf-8")
    return report([r for r in found if all(side in r for side in SIDES)])


SIDES = ("positive", "negative")


def report(rows: Sequence[Mapping[str, Any]]) -> int:
    reached = 0.0
    for name in ("answerability", "best article", *SHOWN):
        yes, no = (np.array([r[side][name] for r in rows]) for side in SIDES)
        low, high = interval(yes, no)
        print(f"{name:<14} area under the ROC curve {area(yes, no):.3f} [{low:.3f}, {high:.3f}]", end="")
        print(f"  own negatives below own positives {float((yes > no).mean()):.3f}")
        if name == "answerability":
            reached = area(yes, no)
            threshold = Thresholds.shipped().answer
            print(
                f"  at the shipped threshold {threshold}: refused, given negatives {float((no < threshold).mean()):.3f}"
            )
            print(f"  refused, given positives {float((yes < threshold).mean()):.3f}")
    return 0 if reached >= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
