"""The gate: no figure on the gate set may fall against the baseline in the repository.

Its index is kept under cache/, so that only the first run embeds; a change of the code or the model builds it anew.
Where a change is meant, the baseline is written anew (see eval/README.md), and the difference is part of the change.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.documents.sources import list_sources, read_document
from policy_qa.evaluation.questions import LabelledQuestion, read_questions
from policy_qa.evaluation.rows import read_rows
from policy_qa.evaluation.run import finder, open_corpora, run_set
from policy_qa.evaluation.summary import GATE, changes, fallen
from policy_qa.pipeline import Pipeline
from policy_qa.provisions import segment
from policy_qa.settings import Settings
from samples import CORPUS, ROOT

FOLDER = ROOT / "eval" / "gate"
FOLDERS = (FOLDER / "corpus", CORPUS)


@pytest.fixture(scope="module")
def questions() -> list[LabelledQuestion]:
    return read_questions(FOLDER / "questions.jsonl")


@pytest.fixture(scope="module")
def policies() -> Mapping[str, Segmentation]:
    """doc_id -> provisions, of all policies that the gate asks."""
    documents = [read_document(path, root=folder) for folder in FOLDERS for path in list_sources(folder)]
    return {d.doc_id: segment(d) for d in documents}


def test_the_set_is_sound(questions: list[LabelledQuestion], policies: Mapping[str, Segmentation]) -> None:
    texts = {
        p.ref: re.sub(r"\s", "", "".join(p.headings) + s.text_of(p)) for s in policies.values() for p in s.provisions
    }
    assert {q.split for q in questions} == {"gate"}
    assert len({q.subject for q in questions}) >= 4
    assert not {(q.id, r) for q in questions for r in (*q.refs, *q.also) if r not in texts}
    assert not [
        (q.id, fact)
        for q in questions
        for fact in q.facts
        if not any(re.sub(r"\s", "", wording) in texts[ref] for wording in fact for ref in q.refs)
    ]


def test_the_baseline_is_of_these_questions_and_has_every_figure(questions: list[LabelledQuestion]) -> None:
    rows = read_rows(FOLDER / "baseline.jsonl")
    assert {r.id: (r.question, r.history, r.to_refuse, r.facts) for r in rows} == {
        q.id: (q.question, q.history, q.refused, q.facts) for q in questions
    }
    assert set(GATE) <= set(changes(rows, rows))
    assert not [r.id for r in rows if r.error or r.bad_quotes]


def assert_nothing_fell(pipeline: Pipeline, path: Path, split: str, baseline: Path) -> None:
    rows = run_set(pipeline, read_questions(path, split, finder(pipeline)), threads=os.cpu_count() or 1)
    told = [
        f"{measure}: {c.old:.3f} in the baseline, now {c.new:.3f} (p = {c.p:.4f}); worse: {' '.join(c.worse)}"
        for measure, c in fallen(rows, read_rows(baseline)).items()
    ]
    assert not told, "\n".join(told)
    assert not [(r.id, r.error, r.bad_quotes) for r in rows if r.error or r.bad_quotes]


@pytest.mark.slow
def test_no_figure_has_fallen() -> None:
    settings = Settings(home=ROOT, corpus=CORPUS)
    pipeline = open_corpora(settings, FOLDERS, settings.cache_dir / "gate")
    assert_nothing_fell(pipeline, FOLDER / "questions.jsonl", "gate", FOLDER / "baseline.jsonl")


def test_no_figure_has_fallen_on_what_the_weights_were_fitted_on(pipeline: Pipeline) -> None:
    """The gate set can't tell of a weight that matters to the four policies alone; the `fit` questions can."""
    assert_nothing_fell(pipeline, ROOT / "eval" / "questions.jsonl", "fit", ROOT / "eval" / "baseline.jsonl")
