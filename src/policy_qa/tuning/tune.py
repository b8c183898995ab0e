"""Pairs -> a model that finds their answers better, or the finding that training brought nothing.

The held-out fifth of the questions decides; nothing is trained on it and it doesn't say when to stop.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import policy_qa
from policy_qa.errors import ModelError, UsageError
from policy_qa.evaluation.measures import ranking
from policy_qa.index import store
from policy_qa.models import Encoder, open_encoder, remembered
from policy_qa.models.remembered import Remembered
from policy_qa.models.trainable import scratch_beside
from policy_qa.settings import Settings
from policy_qa.tuning.collection import Asked, Collection, Pair, of_index, parts
from policy_qa.tuning.trainer import ContrastiveTrainer, Course, Example, Plan, Trainer
from policy_qa.words import Segmenter

FloatArray = npt.NDArray[np.float32]

CARD = "policy-qa.json"
# A wrong passage is drawn from the first so many of either search. The very first are passed over
# where there are enough: people who label questions overlook second answers, and those stand there.
_DEPTH, _SKIPPED = 30, 2
_NAME = re.compile(r"[0-9A-Za-z\u3400-\u9fff](?:[0-9A-Za-z\u3400-\u9fff._-]{0,62}[0-9A-Za-z\u3400-\u9fff])?")


def folder_of(models_dir: Path, name: str) -> Path:
    """The folder of the model called `name`; UsageError where that is no name for a folder."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"--name: expected letters, digits, Chinese characters, and . _ - between them, found {name!r}; "
            "choose another name"
        )
    folder = models_dir / name
    if folder.exists() and not (folder / CARD).is_file():
        raise UsageError(
            f"--name {name}: expected a new name or that of a tuned model, found {folder}, which is neither; "
            "choose another name"
        )
    return folder


def put_in_place(scratch: Path, target: Path, card: Mapping[str, Any]) -> None:
    """Give the finished model in `scratch` its card and its name; an older one of that name goes last."""
    (scratch / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    for path in scratch.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    scratch.chmod(0o755)  # mkdtemp makes it private
    if not target.exists():
        scratch.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    target.rename(old / "old")
    try:
        scratch.rename(target)
    except OSError:
        (old / "old").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


MEASURES = ("mrr@10", "ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100")
#: The measure that decides.
DECIDES = "mrr@10"
_SAMPLES = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A measure before and after, and the difference with its 95 % interval by resampling questions."""

    before: float
    after: float
    low: float
    high: float
    n: int

    @property
    def difference(self) -> float:
        """After minus before."""
        return self.after - self.before

    def record(self) -> dict[str, float]:
        """As it is written, the difference beside its interval."""
        return asdict(self) | {"difference": self.difference}

    @property
    def better(self) -> bool:
        """Whether the mean rose; `low` above 0 says that this is more than chance."""
        return self.difference > 0


def measured(asked: Sequence[Asked], collection: Collection, similarity: FloatArray) -> list[dict[str, float]]:
    """The measures of each question. `similarity`: (n questions, n passages); an article has its best passage's."""
    order = np.argsort(collection.articles, kind="stable")
    starts = np.searchsorted(collection.articles[order], np.arange(collection.size))
    out = []
    for question, scores in zip(asked, similarity, strict=True):
        articles = np.maximum.reduceat(scores[order], starts)
        out.append(ranking(question.gold, np.argsort(-articles, kind="stable")[:100].tolist(), MEASURES))
    return out


def changes_of(before: Sequence[dict[str, float]], after: Sequence[dict[str, float]]) -> dict[str, Change]:
    """Measure -> its change over the same questions; seed fixed."""
    out = {}
    for measure in MEASURES:
        old = np.array([row[measure] for row in before])
        new = np.array([row[measure] for row in after])
        rng = np.random.default_rng(0)
        resampled = (new - old)[rng.integers(0, len(old), (_SAMPLES, len(old)))].mean(axis=1)
        low, high = np.percentile(resampled, [2.5, 97.5])
        out[measure] = Change(
            before=float(old.mean()), after=float(new.mean()), low=float(low), high=float(high), n=len(old)
        )
    return out


#: Called with a stage (`embed`, `mine`, `tune`, `compare`), how much of it is done, and how much there is.
TuneProgress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TuneReport:
    """What came of it. `folder` is the tuned model, None where nothing got better and nothing was kept."""

    folder: Path | None
    questions: Mapping[str, int]
    course: Course
    changes: Mapping[str, Change]

    @property
    def kept(self) -> bool:
        """Whether the tuned model was kept."""
        return self.folder is not None


def tune(
    settings: Settings,
    pairs: Sequence[Pair],
    name: str,
    plan: Plan,
    progress: TuneProgress | None = None,
) -> TuneReport:
    """Adapt the model of `settings` to pairs about the index of `settings`; see `adapt`."""
    encoder = open_encoder(settings.model)
    index = store.load(settings.index_dir, encoder)
    collection, asked = of_index(index, pairs)
    known = index.vectors.matrix()
    return adapt(settings, encoder, collection, asked, name, plan, vectors=known, progress=progress)


def adapt(
    settings: Settings,
    encoder: Encoder,
    collection: Collection,
    asked: Sequence[Asked],
    name: str,
    plan: Plan,
    *,
    vectors: FloatArray | None = None,
    trainer: Trainer | None = None,
    progress: TuneProgress | None = None,
) -> TuneReport:
    """Train the model of `encoder` on a part of `asked`, and keep it as `name` if the held-out part gets better.

    `vectors` are those of the collection's first passages, as far as they are known.

    Raises:
        UsageError: the name is unusable, or no passage is wrong for any question.
        ModelError: the packages for training are missing, or the model can't be written.
    """
    progress = progress or (lambda stage, done, total: None)
    target = folder_of(settings.models_dir, name)
    trained, watched, held = ([asked[i] for i in part] for part in parts([a.question for a in asked], plan.seed))
    passages = _embedded(encoder, collection.passages, vectors, "embed", progress)
    before = measured(held, collection, _queries(encoder, held) @ passages.T)
    learned, seen = _examples(encoder, collection, (trained, watched), passages, plan.seed, progress)
    if not learned or not seen:
        raise UsageError(
            "pairs: expected questions that some provision of the index does not answer, found none; "
            "index more provisions first"
        )
    fit = trainer or ContrastiveTrainer(encoder.name, settings.models_dir)
    with scratch_beside(target, megabytes=250, stale=24 * 3600) as scratch:
        course, after, known = _trained(fit, learned, seen, plan, scratch, (held, asked), collection, progress)
        changes = changes_of(before, after)
        sizes = {"trained": len(trained), "watched": len(watched), "held_out": len(held)}
        kept = changes[DECIDES].better
        if kept:
            remembered.write(scratch, known)
            card = {
                "name": name,
                "base_model": encoder.name,
                "base_fingerprint": encoder.fingerprint,
                "made": time.strftime("%Y-%m-%d"),
                "package": policy_qa.__version__,
                "questions": sizes,
                "training": asdict(plan) | asdict(course),
                "figures": {measure: change.record() for measure, change in changes.items()},
            }
            put_in_place(scratch, target, card)
    return TuneReport(folder=target if kept else None, questions=sizes, course=course, changes=changes)


def _trained(
    trainer: Trainer,
    learned: Sequence[Example],
    watched: Sequence[Example],
    plan: Plan,
    folder: Path,
    asked: tuple[Sequence[Asked], Sequence[Asked]],
    collection: Collection,
    progress: TuneProgress,
) -> tuple[Course, list[dict[str, float]], Remembered]:
    """How the training went, the figures of the held-out part with the model that is now in `folder`, what it knows.

    `asked` are the held-out part and all questions: the figures are of the model alone, but once it is kept, every
    pair is worth remembering. The encoder goes with this function: a model that is still open cannot be moved on
    every system.
    """
    held, every = asked
    encoder, course = trainer.train(
        learned, watched, plan, folder, lambda done, total, _: progress("tune", done, total)
    )
    vectors = _embedded(encoder, collection.passages, None, "compare", progress)
    rows = measured(held, collection, _queries(encoder, held) @ vectors.T)
    refs = tuple(tuple(collection.refs[g] for g in sorted(a.gold) if g < len(collection.refs)) for a in every)
    known = Remembered(questions=tuple(a.question for a in every), refs=refs, vectors=_queries(encoder, every))
    return course, rows, known


def _examples(
    encoder: Encoder,
    collection: Collection,
    asked: tuple[Sequence[Asked], Sequence[Asked]],
    passages: FloatArray,
    seed: int,
    progress: TuneProgress,
) -> tuple[list[Example], list[Example]]:
    """For each part one example a question and positive, with a hard negative drawn for it."""
    progress("mine", 0, 1)
    both = [*asked[0], *asked[1]]
    words = bm25(collection.passages, [a.question for a in both], Segmenter())
    drawn = hard_negatives(both, collection, _queries(encoder, both) @ passages.T, words, seed)
    made = [
        [
            Example(question=a.question, positive=collection.passages[right], negative=collection.passages[wrong])
            for right, wrong in zip(a.positives, negatives, strict=False)  # nothing is wrong for some
        ]
        for a, negatives in zip(both, drawn, strict=True)
    ]
    progress("mine", 1, 1)
    first = len(asked[0])
    return [e for part in made[:first] for e in part], [e for part in made[first:] for e in part]


def hard_negatives(
    asked: Sequence[Asked], collection: Collection, similarity: FloatArray, words: FloatArray, seed: int
) -> list[list[int]]:
    """For each question and each of its positives, a passage that both resembles it and is wrong.

    `similarity` and `words` are the scores (n questions, n passages) of dense search and BM25; each
    is drawn from in turn. A question to which every article is right gets none.
    """
    rng = np.random.default_rng(seed)
    out = []
    for question, near, lexical in zip(asked, similarity, words, strict=True):
        allowed = np.fromiter(question.allowed, dtype=np.int32)
        wrong = ~np.isin(collection.articles, allowed)
        pools = [_wrong_ones(near, wrong), _wrong_ones(lexical, wrong & (lexical > 0))]
        pools = [pool for pool in pools if len(pool)]
        drawn = [int(rng.choice(pools[i % len(pools)])) for i in range(len(question.positives) if pools else 0)]
        out.append(drawn)
    return out


def _wrong_ones(scores: FloatArray, eligible: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    rows = np.flatnonzero(eligible)
    best = rows[np.argsort(-scores[rows], kind="stable")[:_DEPTH]]
    return best[_SKIPPED:] if len(best) > 2 * _SKIPPED else best


def bm25(passages: Sequence[str], questions: Sequence[str], segmenter: Segmenter) -> FloatArray:
    """BM25 of every passage for every question, (n questions, n passages)."""
    try:
        import bm25s
    except ImportError as error:
        raise ModelError(f"tuning: expected bm25s, found: {error}; run: pip install 'policy-qa[tune]'") from error
    engine: Any = bm25s.BM25()
    engine.index([segmenter.terms_of(text) or [""] for text in passages], show_progress=False)
    known = engine.vocab_dict
    asked = ([w for w in dict.fromkeys(segmenter.terms_of(q)) if w in known] for q in questions)
    nothing = np.zeros(len(passages), np.float32)
    return np.stack([np.asarray(engine.get_scores(words), np.float32) if words else nothing for words in asked])


def _queries(encoder: Encoder, asked: Sequence[Asked]) -> FloatArray:
    return np.stack([encoder.query(question.question) for question in asked])


def _embedded(
    encoder: Encoder, passages: Sequence[str], known: FloatArray | None, stage: str, progress: TuneProgress
) -> FloatArray:
    have = 0 if known is None else len(known)
    missing = list(passages[have:])
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(stage, done, len(missing))

    pieces = [] if known is None else [known]
    if missing:
        progress(stage, 0, len(missing))
        pieces.append(encoder.passages(missing, advance))
    return np.concatenate(pieces)
