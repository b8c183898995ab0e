"""What a large collection costs: building its index, opening it, and each question beside the embedding of its words.

    python bench/size.py --data DIR --cache DIR --work DIR [--laws N] [--questions N]

DIR is STARD as for `retrieval.py`: its 55,389 articles are written to --work as 1,262 files, a law each, and
built into an index there by the package's own build. Vectors of articles are taken from --cache where
`retrieval.py` has put them (the model read them there as name and text; here it would read title, label
and text), others are made. A second build follows with one file changed. Questions are those of STARD, asked in
turns with the embedding alone, so that what else the machine does falls on both; medians, in milliseconds
of this process. The same is done for the index of the settings (`policy-qa build`), if there is one,
with the questions of the `fit` half of eval/questions.jsonl.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from retrieval_data import Data, law_of, read, vectors
from retrieval_systems import Cached

from policy_qa.errors import IndexMissing
from policy_qa.index import store
from policy_qa.index.builder import build
from policy_qa.models import Encoder, open_encoder
from policy_qa.pipeline import Pipeline, open_pipeline
from policy_qa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def write_laws(data: Data, folder: Path, most: int | None) -> None:
    """A text file for each law, as people get them: the title, then the articles, a line each."""
    folder.mkdir(parents=True, exist_ok=True)
    laws: dict[str, list[str]] = {}
    for name, text in zip(data.names, data.texts, strict=True):
        law = law_of(name)
        laws.setdefault(law, []).append(f"{name.removeprefix(law)}\u3000{text}\n")
    for law, lines in list(laws.items())[:most]:
        path = folder / f"{law}.txt"
        if not path.exists():
            path.write_text(f"{law}\n\n{''.join(lines)}", "utf-8")


def as_embedded(data: Data) -> list[str]:
    """What the package gives the model to read of each article."""
    out = []
    for name, text in zip(data.names, data.texts, strict=True):
        law = law_of(name)
        plain = re.sub(r"\s+", " ", f"{name.removeprefix(law)} {text}").strip()
        out.append(f"{law}\n" + re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", plain))
    return out


def timed(what: str, work: Callable[[], object]) -> None:
    """Run it, tell the time and what memory the process has taken at most so far."""
    start, spent = time.perf_counter(), time.process_time()
    work()
    seconds, spent = time.perf_counter() - start, time.process_time() - spent
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what}: {seconds:.1f} s, {spent:.1f} s of processor time; memory at most {most:.0f} MB so far", flush=True)


def built(settings: Settings, encoder: Encoder) -> None:
    report = build(settings, encoder=encoder)
    stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in report.seconds.items())
    print(f"  {report.passages} passages, {report.embedded} embedded; {stages}")


def ratio(pipeline: Pipeline, questions: Sequence[str], what: str) -> None:
    """Print the medians of the embedding alone and of the whole retrieval, and how they compare."""
    for question in questions[:5]:
        pipeline.search(question)
    alone, whole = [], []
    for question in questions:
        start = time.process_time()
        pipeline.encoder.query(question)
        middle = time.process_time()
        pipeline.search(question)
        alone.append((middle - start) * 1e3)
        whole.append((time.process_time() - middle) * 1e3)
    a, b = statistics.median(alone), statistics.median(whole)
    print(
        f"{what}: {len(questions)} questions, embedding {a:.1f} ms, whole retrieval {b:.1f} ms, {b / a:.2f} times; "
        f"95 % of the retrievals below {sorted(whole)[int(len(whole) * 0.95)]:.1f} ms",
        flush=True,
    )


def own_index(count: int) -> None:
    """The same figure for the index of the settings."""
    try:
        pipeline = open_pipeline(Settings.from_env())
    except IndexMissing as error:
        print(f"left out: {error}")
        return
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [row["question"] for row in map(json.loads, lines) if row["split"] == "fit"]
    ratio(pipeline, asked[:count], f"{len(pipeline.documents)} documents")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of STARD")
    parser.add_argument("--cache", type=Path, required=True, help="folder for vectors, as for retrieval.py")
    parser.add_argument("--work", type=Path, required=True, help="folder for the laws and their index")
    parser.add_argument("--laws", type=int, help="only the first N laws")
    parser.add_argument("--questions", type=int, default=200)
    arguments = parser.parse_args()
    own_index(arguments.questions)
    folder = arguments.data / "stard" if (arguments.data / "stard").is_dir() else arguments.data
    data = read(folder, 0, 0.2)
    settings = replace(Settings.from_env(), home=arguments.work, corpus=arguments.work / "corpus")
    write_laws(data, settings.corpus, arguments.laws)
    real = open_encoder(settings.model)
    encoder = Cached(real, as_embedded(data), vectors(real, data.passages, arguments.cache))
    timed("build", lambda: built(settings, encoder))
    first = next(iter(sorted(settings.corpus.glob("*.txt"))))
    first.write_text(first.read_text("utf-8") + "本办法由主管部门负责解释。\n", "utf-8")
    timed("build again, one file changed", lambda: built(settings, encoder))
    index = settings.index_dir / f"gen-{store.read_generation(settings.index_dir).number}"
    print(f"on disk: {sum(p.stat().st_size for p in index.iterdir()) / 1e6:.0f} MB")
    opened: list[Pipeline] = []
    timed("open", lambda: opened.append(open_pipeline(settings)))
    timed("first question", lambda: opened[0].search(data.train[0].text))
    ratio(opened[0], [q.text for q in data.train[: arguments.questions]], f"{len(data.names)} articles")


if __name__ == "__main__":
    main()
