"""Questions with their candidates and labels, as the fits and figures of the ranker need them."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from material import worlds
from reader_material import subjects as texts_asked
from refusal import index

from policy_qa.answer.lookup import look_up
from policy_qa.errors import UsageError
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.evaluation.run import article_finder
from policy_qa.models import Encoder
from policy_qa.pipeline import open_pipeline
from policy_qa.retrieval.retriever import Retrieval
from policy_qa.settings import Settings

Floats = npt.NDArray[np.float64]
#: The category of a question that is not from the question set.
GENERAL = "general"
#: The texts of eval/reader are dealt out to so many collections, about a dozen in each, and the policies among them
#: once more by themselves, as a school has them on file.
_MIXED, _ALONE = 12, 3
#: Questions of each text that it answers, and that it doesn't.
_ANSWERED, _SILENT = 20, 10


@dataclass(frozen=True)
class Example:
    """One question with its candidates; `labels` 1 for a ref, 0.5 for one also allowed (not fitted on), else 0."""

    question: LabelledQuestion
    retrieval: Retrieval
    matrix: Floats
    labels: Floats
    documents: npt.NDArray[np.int32]

    @property
    def general(self) -> bool:
        """Whether it comes from the general material, not from the question set."""
        return self.question.category == GENERAL


def collect(path: Path, split: str) -> list[Example]:
    """The questions that retrieval decides: not those that name a provision by number, or a school that isn't here."""
    pipeline = open_pipeline(Settings.from_env())
    article_of = article_finder(pipeline)
    out = []
    for question in read_questions(path, split):
        try:
            retrieval = pipeline.retrieve(question.question, question.history)
        except UsageError:  # nothing is asked
            continue
        scope = retrieval.question.scope
        segmentations = {d.doc_id: pipeline.segmentation(d.doc_id) for d in pipeline.documents}
        if look_up(retrieval.question, segmentations, scope.doc_ids, "zh") or (scope.unknown and not scope.doc_ids):
            continue
        refs = frozenset(article_of(r) for r in question.refs)
        out.append(_example(question, retrieval, refs, frozenset(article_of(r) for r in question.also)))
    return out


def general(data: Path, encoder: Encoder) -> list[Example]:
    """Questions of the general material (see material.py), each asked of both halves of its world.

    Every other one is asked of the document alone that would answer it, as a question that names a school is.
    """
    settings = Settings.from_env()
    out: list[Example] = []
    for number, world in enumerate(worlds(data)):
        print(f"world {number}: {world.documents[0][0]} …", file=sys.stderr, flush=True)
        for half, keep in enumerate(world.halves(number)):
            segmentations, places = world.segmentations(keep, f"w{number}-{half}")
            retriever = index(segmentations, encoder, settings)
            ref_of = {place: ref for ref, place in places.items()}
            for i, asked in enumerate(world.questions):
                own = {f"w{number}-{half}-{d}" for d, _ in asked.answers} & set(retriever.segmentations)
                retrieval = retriever.retrieve(retriever.analyzer.analyze(asked.text), sorted(own) if i % 2 else ())
                refs = frozenset(ref_of[place] for place in asked.answers if place in ref_of)
                if not retrieval.candidates or 0 < len(refs) < len(asked.answers):
                    continue  # half of an answer is neither
                question = LabelledQuestion(
                    id=f"{asked.source}-{number}-{half}-{i}",
                    category=GENERAL,
                    split="fit",
                    question=asked.text,
                    history=(),
                    refused=not refs,
                    refs=tuple(sorted(refs)),
                    also=(),
                    facts=(),
                )
                out.append(_example(question, retrieval, refs, frozenset()))
    return out


def subjects(data: Path, encoder: Encoder) -> list[Example]:
    """Questions over the texts of eval/reader that aren't held back, each asked of a whole collection of them."""
    settings = Settings.from_env()
    found = [one for one in texts_asked(data) if not one.held]
    random.Random(0).shuffle(found)  # noqa: S311  # to be repeatable
    policies = [one for one in found if one.source == "policy"]
    collections = [found[i::_MIXED] for i in range(_MIXED)] + [policies[i::_ALONE] for i in range(_ALONE)]
    out: list[Example] = []
    for number, own in enumerate(collections):
        print(f"collection {number}: {len(own)} texts …", file=sys.stderr, flush=True)
        retriever = index([one.text for one in own], encoder, settings)
        for one in own:
            answered, silent = ([q for q in one.asked if bool(q["ref"]) is has] for has in (True, False))
            for i, q in enumerate(answered[:_ANSWERED] + silent[:_SILENT]):
                named = (f"{one.text.document.doc_id}#{ref}" for ref in (q["ref"], *q.get("also", ())) if ref)
                refs = frozenset(one.text.article_of(p).ref for p in map(one.text.at, named) if p)
                question = LabelledQuestion(
                    id=f"reader-{one.name.split('(')[0]}-{number}-{i}",
                    category=GENERAL,
                    split="fit",
                    question=q["question"],
                    history=(),
                    refused=not q["ref"],
                    refs=tuple(sorted(refs)),
                    also=(),
                    facts=(),
                )
                retrieval = retriever.retrieve(retriever.analyzer.analyze(q["question"]))
                if retrieval.candidates and bool(refs) != question.refused:
                    out.append(_example(question, retrieval, refs, frozenset()))
    return out


def _example(question: LabelledQuestion, retrieval: Retrieval, refs: frozenset[str], also: frozenset[str]) -> Example:
    names = [c.article.ref for c in retrieval.candidates]
    ids = {d: i for i, d in enumerate(sorted({n.partition("#")[0] for n in names}))}
    return Example(
        question,
        replace(retrieval, similarity=None),
        np.array([c.features for c in retrieval.candidates], dtype=np.float64),
        np.array([1.0 if n in refs else 0.5 if n in also else 0.0 for n in names]),
        np.array([ids[n.partition("#")[0]] for n in names], dtype=np.int32),
    )
