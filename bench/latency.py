"""How long people wait, as ratios of things that are measured in turns in one run.

    python bench/latency.py [PART …] [--questions N] [--runs N] [--articles N] [--per-client N]
        [--reranker reader]

PART is one or several of (default: all)

    threads   `ask` in a worker thread, where the page asks, against the main thread; and against the encoding of the
              same question by the same weights in float32 on ONNX Runtime, one thread: on the machine as it is, and
              beside four busy processes
    cold      the whole process `policy-qa ask` against `python -c "import sentence_transformers"`
    build     building an index of N articles against the encoder alone on the texts that it reads for that
    page      questions a second of eight readers of the page against one, through the page's own queue

Everything runs on an index of corpus/ that is built in a scratch folder. Medians; ask nothing else of the machine
meanwhile. Needs onnx.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from policy_qa.datamodels import Segmentation
from policy_qa.index.builder import build as index_build
from policy_qa.models import Vectors
from policy_qa.models.encoder import E5Small, TokenStates
from policy_qa.models.files import model_files
from policy_qa.models.runtime import one_thread, session
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.settings import READER, Settings

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("threads", "cold", "build", "page")
BUSY = 4
CLIENTS = 8


def questions(count: int) -> list[str]:
    """So many questions, no two alike."""
    files = [ROOT / "eval" / name for name in ("questions.jsonl", "training.jsonl")]
    rows = [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]
    found = dict.fromkeys(row["question"] for row in rows if row["split"] == "fit" and not row.get("history"))
    if len(found) < count:
        raise SystemExit(f"expected at most {len(found)} questions, found {count}; ask for fewer")
    return list(found)[:count]


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@contextlib.contextmanager
def busy(count: int) -> Iterator[None]:
    """So many processes that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


class Fp32:
    """The shipped encoder with its 4-bit products undone: plain float32 matrices, the same graph otherwise."""

    def __init__(self, folder: Path) -> None:
        import onnx
        from onnx import helper, numpy_helper
        from safetensors.numpy import load_file

        from policy_qa.models.trainable import _whole

        weights = load_file(model_files()["weights"].path)
        graph = onnx.load(model_files()["graph"].path, load_external_data=False)
        nodes, arrays = [], {}
        for node in graph.graph.node:
            if node.op_type == "GatherBlockQuantized":
                arrays["word"] = _whole(weights, "word")
                nodes.append(helper.make_node("Gather", ["word", node.input[1]], list(node.output)))
            elif node.op_type == "MatMulNBits":
                name = node.input[1].removesuffix(".blocks")
                arrays[name] = np.ascontiguousarray(_whole(weights, name).T)
                bias = [i for i in node.input[3:] if i]
                out = f"{name}.plain" if bias else node.output[0]
                nodes.append(helper.make_node("MatMul", [node.input[0], name], [out]))
                if bias:
                    nodes.append(helper.make_node("Add", [out, bias[0]], list(node.output)))
            else:
                nodes.append(node)
        needed = {name for node in nodes for name in node.input}
        arrays |= {name: array for name, array in weights.items() if name in needed}
        del graph.graph.node[:], graph.graph.initializer[:]
        graph.graph.node.extend(nodes)
        graph.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
        path = folder / "fp32.onnx"
        onnx.save(graph, path)
        self._session = session(path)
        self._encoder = E5Small()

    def encode(self, text: str) -> np.ndarray:
        """The unit vector of a question: (384,)."""
        (window,) = self._encoder._tokens(text, True).windows
        ids = np.array([window], np.int64)
        hidden = self._session.run(["states"], {"ids": ids, "mask": np.ones(ids.shape, np.int32)})[0][0]
        mean: np.ndarray = hidden.mean(axis=0)
        return mean / np.linalg.norm(mean)


def threads(pipeline: Pipeline, count: int, folder: Path) -> None:
    fp32 = Fp32(folder)
    asked = questions(count)
    cosines = [float(fp32.encode(q) @ pipeline.encoder.query(q)) for q in asked]
    print(f"cosine of the shipped encoder to float32: least {min(cosines):.5f} of {len(asked)} questions")
    with ThreadPoolExecutor(1) as worker:

        def there(work: Callable[[], object]) -> float:
            return worker.submit(timed, work).result()

        for question in asked:  # what is filled at first use, in either thread
            pipeline.ask(question)
            there(lambda question=question: pipeline.ask(question))
        for label, others in (("idle", 0), (f"beside {BUSY} busy processes", BUSY)):
            spent: dict[str, list[float]] = {"main": [], "worker": [], "fp32": []}
            with busy(others):
                for number, question in enumerate(asked):
                    turns = [
                        ("main", lambda q=question: timed(lambda: pipeline.ask(q))),
                        ("worker", lambda q=question: there(lambda: pipeline.ask(q))),
                        ("fp32", lambda q=question: there(lambda: fp32.encode(q))),
                    ]
                    for name, turn in turns[number % 3 :] + turns[: number % 3]:
                        spent[name].append(turn())
            main, work, plain = (statistics.median(spent[name]) * 1e3 for name in ("main", "worker", "fp32"))
            print(
                f"{label}: ask {main:.1f} ms in the main thread, {work:.1f} in a worker: {work / main:.2f} times; "
                f"float32 encoding {plain:.1f} ms: {work / plain:.2f} times"
            )


def cold(settings: Settings, runs: int) -> None:
    env = {**os.environ, "POLICY_QA_HOME": str(settings.home), "POLICY_QA_RERANKER": settings.reranker}
    commands = {
        "ask": [sys.executable, "-m", "policy_qa", "ask", "谁可以担任CIO？"],
        "import": [sys.executable, "-c", "import sentence_transformers"],
    }
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            run = lambda c=command: subprocess.run(c, env=env, check=True, capture_output=True)  # noqa: E731
            spent[name].append(timed(run))
    ask, imported = (statistics.median(spent[name][1:]) for name in commands)
    print(f"cold: policy-qa ask {ask:.2f} s, import of sentence-transformers {imported:.2f} s: {ask / imported:.2f}")


def write_articles(folder: Path, articles: int, segmentations: Sequence[Segmentation]) -> None:
    """Policies of 40 articles each, from the sentences of the real ones in another order."""
    texts = [s.text_of(a).removeprefix(a.label) for s in segmentations for a in s.articles]
    sentences = [part.strip() for text in texts for part in re.split(r"(?<=[。；])|\n", text) if len(part.strip()) > 5]
    draw = random.Random(7)  # noqa: S311
    for first in range(0, articles, 40):
        numbers = range(1, min(40, articles - first) + 1)
        lines = [f"第{number}条　" + "".join(draw.sample(sentences, 4)) for number in numbers]
        text = "\n".join([f"某校第{first // 40 + 1}号管理办法", "", *lines, ""])
        (folder / f"policy-{first // 40:03d}.txt").write_text(text, "utf-8")


def build(pipeline: Pipeline, articles: int, folder: Path) -> None:
    corpus = folder / "many"
    corpus.mkdir()
    write_articles(corpus, articles, list(pipeline.index.segmentations.values()))
    encoder = Recording()
    encoder.query("")
    settings = Settings(home=folder / "many-home", corpus=corpus)
    first = timed(lambda: index_build(settings, encoder=encoder))
    texts = list(encoder.read)
    alone = statistics.mean([timed(lambda: E5Small.passages(encoder, texts)) for _ in range(2)])
    again = timed(lambda: index_build(settings, encoder=encoder, force=True))
    made = sum(len(s.articles) for s in open_pipeline(settings).index.segmentations.values())
    both = statistics.mean([first, again])
    print(
        f"build: {made} articles, {len(texts)} texts: {both:.1f} s, the encoder alone {alone:.1f} s: "
        f"{alone / both:.2f} of its speed"
    )


class Recording(E5Small):
    """The default encoder, which remembers what it read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def encode_many(self, texts: Sequence[str], **how: Any) -> list[TokenStates]:
        """As it does, and remember."""
        self.read += texts
        return super().encode_many(texts, **how)

    def passages(self, texts: Sequence[str], *how: Any) -> Vectors:
        """As it does, and remember."""
        self.read += texts
        return super().passages(texts, *how)


class Reader:
    """One reader of the page, by the requests that the page sends."""

    def __init__(self, address: str, name: str) -> None:
        self._address, self._session = address, f"reader{name}"
        with urllib.request.urlopen(address, timeout=60) as page:  # noqa: S310
            config = re.search(r"window\.gradio_config = (\{.*?\});</script>", page.read().decode(), re.DOTALL)
        assert config is not None
        self._steps = {d["api_name"]: d["id"] for d in json.loads(config.group(1))["dependencies"]}

    def ask(self, question: str) -> str:
        """Ask, and wait until the answer is shown; the conversation as HTML."""
        self._post("run/predict", "on_ask", [None, question])
        event = self._post("queue/join", "on_answer", [None, []])["event_id"]
        stream = f"{self._address}gradio_api/queue/data?session_hash={self._session}"
        with urllib.request.urlopen(stream, timeout=120) as lines:  # noqa: S310
            for line in lines:
                message = json.loads(line.decode().removeprefix("data: ") or "{}") if line.strip() else {}
                if message.get("msg") == "process_completed" and message.get("event_id") == event:
                    assert message["success"]
                    return str(message["output"]["data"][1])
        raise AssertionError("the stream ended without an answer")

    def _post(self, path: str, step: str, data: list[Any]) -> dict[str, Any]:
        body = {"data": data, "event_data": None, "fn_index": self._steps[step], "session_hash": self._session}
        request = urllib.request.Request(  # noqa: S310
            f"{self._address}gradio_api/{path}", json.dumps(body).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return dict(json.load(answer))


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "POLICY_QA_HOME": str(settings.home), "POLICY_QA_RERANKER": settings.reranker}
    server = subprocess.Popen([sys.executable, "-m", "policy_qa", "serve", "--port", str(port)], env=env)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(1500):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}healthz", timeout=10):  # noqa: S310
                yield address
                return
            if server.poll() is not None:
                break
            time.sleep(0.2)
        raise RuntimeError("the server did not start")
    finally:
        server.terminate()
        server.wait()


def page(settings: Settings, per_client: int) -> None:
    # Nobody asks what was asked before, whose answer is quick: what the reader has read is remembered.
    asked = questions((2 + CLIENTS) * per_client)
    parts = [asked[i :: 2 + CLIENTS] for i in range(2 + CLIENTS)]
    with served(settings) as address:

        def read(part: int) -> None:
            reader = Reader(address, str(part))
            for question in parts[part]:
                assert "pq-answer" in reader.ask(question)

        read(0)
        one = per_client / timed(lambda: read(1))

        def all_of_them() -> None:
            with ThreadPoolExecutor(CLIENTS) as readers:
                list(readers.map(read, range(2, 2 + CLIENTS)))

        many = CLIENTS * per_client / timed(all_of_them)
    print(f"page: {one:.1f} questions a second for one reader, {many:.1f} for {CLIENTS}: {many / one:.2f} times")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(PARTS)}")
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--runs", type=int, default=7, help="cold processes of each kind")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--per-client", type=int, default=20)
    parser.add_argument("--reranker", default=READER, help="as POLICY_QA_RERANKER")
    arguments = parser.parse_args()
    parts = arguments.parts or PARTS
    if unknown := set(parts).difference(PARTS):
        parser.error(f"expected {', '.join(PARTS)}, found {', '.join(unknown)}")
    one_thread()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        settings = Settings(home=folder / "home", corpus=ROOT / "corpus", reranker=arguments.reranker)
        build_index(settings)
        pipeline = open_pipeline(settings)
        if "threads" in parts:
            threads(pipeline, arguments.questions, folder)
        if "cold" in parts:
            cold(settings, arguments.runs)
        if "build" in parts:
            build(pipeline, arguments.articles, folder)
        if "page" in parts:
            page(settings, arguments.per_client)


if __name__ == "__main__":
    main()
