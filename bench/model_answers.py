"""Measure a language model's path on a scripted server: what is shown, and how long after it was written.

    python bench/model_answers.py [--answers 60] [--pace 20] [--json FILE]

The server speaks OpenAI's protocol on 127.0.0.1 and writes true and false sentences about articles of the four
policies (those of tests/model/cases.py), a token of three characters every PACE milliseconds, each sentence with its
handle. Reported: how many false sentences were shown and how many true ones; the time from the token that
completes a sentence leaving the server to the sentence being shown; and from the first token to the first sentence
shown, which cannot be less than the writing of that sentence. Exit 1 where a false sentence was shown.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from model.cases import Case, answer_from, cases  # noqa: E402 - found by the line above
from model.server import Asked, Handler, pieces, scripted_server  # noqa: E402
from policy_qa.documents.sources import list_sources, read_document  # noqa: E402
from policy_qa.model.client import ModelClient  # noqa: E402
from policy_qa.model.writer import Writer  # noqa: E402
from policy_qa.model_settings import ModelSettings  # noqa: E402
from policy_qa.provisions import segment  # noqa: E402


class Script:
    """Writes the sentences of some cases at a steady pace, and notes when each was complete."""

    def __init__(self, said: list[Case], pace: float) -> None:
        self._said, self._pace = said, pace
        self.first = 0.0
        self.complete: dict[str, float] = {}

    def __call__(self, asked: Asked, handler: Handler) -> None:
        """Answer one request."""
        handler.begin()
        for case in self._said:
            for piece in pieces(f"{case.said[:-1]}〔{asked.handles[0]}〕。"):
                time.sleep(self._pace)
                self.first = self.first or time.perf_counter()
                self.complete[case.said] = time.perf_counter()
                handler.delta(piece)
        handler.done()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--answers", type=int, default=60, help="answers to have written (60)")
    parser.add_argument("--pace", type=float, default=20.0, help="milliseconds between two tokens (20)")
    parser.add_argument("--seed", type=int, default=0, help="which cases are drawn (0)")
    parser.add_argument("--json", type=Path, help="write the figures and every delay here")
    arguments = parser.parse_args()

    corpus = ROOT / "corpus"
    read = [segment(read_document(path, root=corpus)) for path in list_sources(corpus)]
    segmentations = {s.document.doc_id: s for s in read}
    by_article: dict[str, list[Case]] = {}
    for case in cases(segmentations):
        by_article.setdefault(case.article.ref, []).append(case)
    dice = random.Random(arguments.seed)  # noqa: S311 - a draw that can be repeated
    delays: list[float] = []
    firsts: list[float] = []
    counts = {"true": 0, "true shown": 0, "false": 0, "false shown": 0}
    with scripted_server() as server:
        client = ModelClient(ModelSettings(url=server.url, model="scripted"))
        client.prepare()
        writer = Writer(client, segmentations)
        for _ in range(arguments.answers):
            drawn = dice.choice(list(by_article.values()))
            said = dice.sample(drawn, min(4, len(drawn)))
            server.script = script = Script(said, arguments.pace / 1e3)
            article = said[0].article
            shown: dict[str, float] = {}
            for answer in writer.write(answer_from(segmentations[article.doc_id], article)):
                now = time.perf_counter()
                if answer.mode == "writing":  # what is quoted at the end is no sentence of the model
                    for statement in answer.sentences:
                        shown.setdefault(statement.text, now)
            for case in said:
                kind = "true" if case.true else "false"
                counts[kind] += 1
                counts[f"{kind} shown"] += case.said in shown
                if case.said in shown:
                    delays.append((shown[case.said] - script.complete[case.said]) * 1e3)
            if shown and said[0].said in shown:
                writing = script.complete[said[0].said] - script.first
                firsts.append((min(shown.values()) - script.first - writing) * 1e3)
    figures = {
        **counts,
        "complete to shown, ms: median": round(statistics.median(delays), 1),
        "complete to shown, ms: 95 %": round(statistics.quantiles(delays, n=20)[-1], 1),
        "complete to shown, ms: most": round(max(delays), 1),
        "first shown after first token, beyond the first sentence, ms: median": round(statistics.median(firsts), 1),
        "first shown after first token, beyond the first sentence, ms: most": round(max(firsts), 1),
    }
    for name, value in figures.items():
        print(f"{name}: {value}")
    if arguments.json:
        arguments.json.write_text(json.dumps({**figures, "delays_ms": delays}, ensure_ascii=False), encoding="utf-8")
    return 1 if counts["false shown"] else 0


if __name__ == "__main__":
    sys.exit(main())
