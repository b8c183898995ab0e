"""A question set through the pipeline: a row a question, whatever becomes of it.

The corpus is the index that stands, or one made for the set from folders of its own.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

from policy_qa.answer.lookup import look_up
from policy_qa.datamodels import Answer
from policy_qa.documents.sources import list_sources, open_source
from policy_qa.errors import UnknownRef, UsageError
from policy_qa.evaluation.questions import Finder, LabelledQuestion, Says
from policy_qa.evaluation.rows import Row, row_of, unanswered
from policy_qa.pipeline import BuildProgress, Pipeline, build_index, open_pipeline
from policy_qa.printable import source_name
from policy_qa.settings import Settings


def open_corpora(
    settings: Settings, folders: Sequence[Path], home: Path | None = None, progress: BuildProgress | None = None
) -> Pipeline:
    """A pipeline over the policies of several folders together, with the model of `settings`.

    Its index lives under `home`, by default in the cache under a name of its own for these folders, and is brought up
    to date; the index of `settings` stays as it is. Two files of one name in different folders are a UsageError.
    """
    folders = [folder.absolute() for folder in folders]
    name = hashlib.sha256("\0".join(map(str, folders)).encode()).hexdigest()[:12]
    home = home.absolute() if home else settings.cache_dir / "eval" / name
    own = replace(settings, home=home, corpus=home / "corpus")
    _gather(folders, own.corpus)
    build_index(own, progress=progress)
    return open_pipeline(own)


def _gather(folders: Sequence[Path], target: Path) -> None:
    """Make `target` hold copies of the policies of all folders, and nothing else."""
    wanted: dict[Path, Path] = {}
    for folder in folders:
        for source in list_sources(folder):
            place = target / source.relative_to(folder)
            if place in wanted:
                raise UsageError(
                    f"{source}: expected a name that no file of another --corpus has, found {wanted[place]}; rename one"
                )
            wanted[place] = source
    for path in target.rglob("*"):
        if path.is_file() and path not in wanted:
            path.unlink()
    for place, source in wanted.items():
        with open_source(source, source_name(source.name)) as file:
            data = file.read()
        if not place.is_file() or place.read_bytes() != data:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


def finder(pipeline: Pipeline, lang: str = "en") -> Finder:
    """What takes a label to its ref: a ref as it stands, or a citation in people's words (《…》第七条).

    It raises UnknownRef, in a language, where a label names none or several.
    """
    segmentations, say = pipeline.index.segmentations, Says(lang)

    def find(label: str) -> str:
        if "#" in label:
            try:
                return pipeline.provision(label).ref
            except UnknownRef as error:
                raise (UnknownRef(say("no_ref", label=label)) if lang == "zh" else error) from None
        understood = pipeline.understand(label)
        scope = understood.scope
        found = None if scope.foreign_titles else look_up(understood, segmentations, scope.doc_ids, "zh")
        if found is None or found.missing or len(found.provisions) != 1:
            raise UnknownRef(say("no_place", label=label, count=len(found.provisions) if found else 0))
        return found.provisions[0].ref

    return find


def article_finder(pipeline: Pipeline) -> Callable[[str], str]:
    """A function from a ref to the ref of its article; a ref that names nothing stays as it is."""
    segmentations = pipeline.index.segmentations

    def article_of(ref: str) -> str:
        segmentation = segmentations.get(ref.partition("#")[0])
        provision = segmentation.at(ref) if segmentation else None
        return segmentation.article_of(provision).ref if segmentation and provision else ref

    return article_of


_log = logging.getLogger(__name__)


def run_set(
    pipeline: Pipeline,
    questions: Sequence[LabelledQuestion],
    progress: Callable[[Sequence[Row]], object] | None = None,
    threads: int = 1,
    turn: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> list[Row]:
    """A row for every question, in order; with several threads, the milliseconds of a row are no measure.

    `progress` gets the rows so far, and ends the run by raising. Each question is asked inside a `turn`.

    One that the pipeline turns away as none (UsageError) counts as refused. One that ends in another error is logged
    and scored as wrong in everything: a question is never left out.
    """
    article_of = article_finder(pipeline)

    def row(question: LabelledQuestion) -> Row:
        try:
            with turn():
                answer = pipeline.ask(question.question, question.history)
        except UsageError as error:
            answer = Answer.saying(str(error), question=question.question)
        except Exception as error:  # one question that breaks the program must not cost the figures of the others
            _log.exception("question %s", question.id)
            return unanswered(question, repr(error), article_of)
        return row_of(question, answer, article_of, _bad_quotes(pipeline, answer))

    rows: list[Row] = []
    with ThreadPoolExecutor(threads) as pool:
        for found in pool.map(row, questions):
            rows.append(found)
            if progress:
                progress(rows)
    return rows


def _bad_quotes(pipeline: Pipeline, answer: Answer) -> int:
    texts = {d.doc_id: d.text for d in pipeline.documents}
    rows = answer.comparison.rows if answer.comparison else ()
    cells = (quotation for row in rows for cell in row.cells for quotation in cell)
    standing = (quotation.standing for quotation in (*answer.citations, *cells))
    return sum(q.quote != texts[q.ref.partition("#")[0]][q.start : q.end] for q in standing)
