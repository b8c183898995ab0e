"""Adapt the embedding model to the train part of STARD; `retrieval.py --model FOLDER` then measures it on the other.

    python bench/tune_stard.py --data DIR --cache DIR --out FOLDER [--epochs 4] [--minutes M] [--seed 0] [--share .2]

DIR, --cache, --seed and --share as in retrieval.py. A tenth of the train part is not trained on and says when to stop.
The hard negatives come from the model's own vectors and from BM25, as in `policy-qa tune`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from retrieval_data import Data, Question, read, vectors

from policy_qa.models import open_encoder
from policy_qa.settings import Settings
from policy_qa.tuning.collection import Asked, Collection
from policy_qa.tuning.trainer import ContrastiveTrainer, Example, Plan
from policy_qa.tuning.tune import bm25, hard_negatives
from policy_qa.words import Segmenter

#: A question with more right articles than this is about a whole law, and would fill the batches.
_MOST = 6


def asked(question: Question) -> Asked:
    gold = sorted(question.gold)
    return Asked(
        question=question.text, positives=tuple(gold[:_MOST]), gold=question.gold, allowed=frozenset(question.gold)
    )


def examples(questions: Sequence[Question], data: Data, similarity: np.ndarray, seed: int) -> list[Example]:
    """A hard negative for each question and right article."""
    passages = data.passages
    collection = Collection(passages=tuple(passages), articles=np.arange(len(passages), dtype=np.int32))
    every = [asked(q) for q in questions]
    words = bm25(passages, [q.text for q in questions], Segmenter())
    drawn = hard_negatives(every, collection, similarity, words, seed)
    return [
        Example(question=a.question, positive=passages[right], negative=passages[wrong])
        for a, negatives in zip(every, drawn, strict=True)
        for right, wrong in zip(a.positives, negatives, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of STARD")
    parser.add_argument("--cache", type=Path, required=True, help="folder for vectors")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapted model, not there yet")
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.2)
    arguments = parser.parse_args()
    folder = arguments.data / "stard" if (arguments.data / "stard").is_dir() else arguments.data
    data = read(folder, arguments.seed, arguments.share)
    settings = Settings.from_env()
    encoder = open_encoder(settings.model)
    rows = vectors(encoder, data.passages, arguments.cache)
    similarity = np.stack([encoder.query(q.text) for q in data.train]) @ rows.T
    tenth = set(np.random.default_rng(arguments.seed).permutation(len(data.train))[: len(data.train) // 10].tolist())
    made = examples(data.train, data, similarity, arguments.seed)
    seen = {q.text for i, q in enumerate(data.train) if i in tenth}
    arguments.out.mkdir(parents=True)
    plan = Plan(epochs=arguments.epochs, minutes=arguments.minutes, seed=arguments.seed)
    found = ContrastiveTrainer(settings.model, settings.models_dir).train(
        [e for e in made if e.question not in seen],
        [e for e in made if e.question in seen],
        plan,
        arguments.out,
        lambda done, total, loss: print(
            f"step {done} of {total}, watched loss {loss:.4f}", file=sys.stderr, flush=True
        ),
    )
    print(found.course)


if __name__ == "__main__":
    main()
