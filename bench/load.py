"""Ask as many people and programs do, while indexes are built, killed and left without room, and check each answer.

    python bench/load.py [--pages 8] [--programs 8] [--minutes 60] [--pause 0 2] [--builds N] [--faults LIST]
                         [--seed 0] [--json FILE]
    python bench/load.py --pages 30 --programs 0 --pause 10 20 --minutes 5 --builds 3 --faults ""

A server of its own serves corpus/, some larger texts and two made policies, of which every build writes a new edition,
both at once. `--pages` sessions send what the page sends, `--programs` post to `/api/ask`; each thinks for `--pause`
seconds (from, to) between questions. `--builds` whole builds are spread over the time (0: one after the other).
`--faults`, apart by commas:

    kill    every second build is killed at a random moment, and another follows
    full    every third build may write no file beyond 60 kB, as on a full disk
    model   a language model is set that stalls at once or amid its answer, fails, breaks off, or invents provisions
    room    the server itself may write no file beyond 400 kB: conversations can't be kept any more

Checked in each answer: every quotation is `text[start:end]` of an edition that was built, inside the provision that it
names (in the page: the words beside each mark are the cited document's); all quotations of an answer are of one
edition (else `wrong`); the words that mark another session's questions never show (`foreign`); an answer comes (else
`lost`), and is none of an error. A server that says that too many wait is `busy`. At the end the last edition has to
answer. Rows go before means: `--json` writes one for each question. Exit 1 where anything is wrong, foreign, lost or
in error. POSIX alone.
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil
from latency import Reader, questions, write_articles
from lxml import html

from policy_qa.datamodels import Segmentation
from policy_qa.documents.sources import read_bytes
from policy_qa.provisions import segment

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ("kill", "full", "model", "room")
#: What a build may write on a full disk, and a server that has no room left; bytes of a file.
FULL, ROOM = 60_000, 400_000
#: After so many questions a person comes again as somebody new.
_VISIT = 8
_MADE = {
    "banche": ("江州学院校园班车管理办法", "校园班车每日发车{n}次。", "江州学院校园班车每日发车几次？"),
    "huiyi": ("江州学院公共会议室管理办法", "公共会议室每日开放{n}小时。", "江州学院公共会议室每日开放几小时？"),
}
_SPACE = re.compile(r"\s+")


def made(doc_id: str, edition: int) -> str:
    """The text of a made policy in one of its editions; offsets differ from edition to edition."""
    title, rule, _ = _MADE[doc_id]
    aim = "为了规范管理，制定本办法。" + "本办法根据有关规定修订。" * (edition % 7)
    return f"{title}\n第一条 {aim}\n第二条 {rule.format(n=edition)}\n第三条 本办法由后勤处解释，自发布之日起施行。\n"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One question: by whom, seconds until it was answered, what came of it, and why where that is no answer."""

    kind: str
    session: str
    question: str
    at: float
    seconds: float
    outcome: str
    detail: str = ""


@dataclass
class Texts:
    """All that a quotation may be of: each document in each of its editions; 0 is that of a document that stays."""

    segmentations: dict[str, dict[int, Segmentation]] = field(default_factory=dict)
    squeezed: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, doc_id: str, edition: int, data: bytes, source: str) -> None:
        """Note a text before it is in the folder of policies."""
        found = segment(read_bytes(data, source))
        self.segmentations.setdefault(doc_id, {})[edition] = found
        self.squeezed.setdefault(found.document.title, {})[edition] = _SPACE.sub("", found.document.text)

    def editions(self, doc_id: str, path: str, quote: str, start: int, end: int) -> set[int]:
        """The editions in which this is a quotation of the provision at `path`."""
        found = set()
        for edition, segmentation in list(self.segmentations.get(doc_id, {}).items()):
            provision = segmentation.at(path)
            held = provision is not None and provision.start <= start <= end <= provision.end
            if held and segmentation.document.text[start:end] == quote:
                found.add(edition)
        return found

    def quoting(self, title: str, words: str) -> set[int]:
        """The editions of the document with this title that hold these words, white space aside."""
        own = list(self.squeezed.get(title, {}).items())
        return {edition for edition, text in own if _SPACE.sub("", words) in text}


def one_edition(found: Sequence[set[int]]) -> bool:
    """Whether all quotations can be of one edition; those of texts that stay are of any."""
    changing = [editions for editions in found if 0 not in editions]
    return not changing or bool(set.intersection(*changing))


def wrong_json(answer: dict[str, Any], texts: Texts) -> str:
    """What is wrong with an answer of `/api/ask`; empty where nothing is."""
    found = []
    for c in answer["citations"]:
        doc_id, _, path = c["ref"].partition("#")
        editions = texts.editions(doc_id, path, c["quote"], c["start"], c["end"])
        if not editions:
            return f"{c['ref']} does not say {c['quote'][:60]!r}"
        found.append(editions)
    return "" if one_edition(found) else f"of two editions: {[c['ref'] for c in answer['citations']]}"


def title_in(cite: str) -> str:
    """The title of the document in a citation as people write it."""
    return cite[1 : cite.index("》第")] if "》第" in cite else cite.partition("《")[2].rpartition("》")[0]


def wrong_page(turn: Any, texts: Texts) -> str:
    """What is wrong with the last turn of a conversation as the page shows it (an lxml element)."""
    named: dict[str, str] = {}
    found = []
    for link in turn.xpath('.//a[contains(@class, "pq-citation")][.//*[@class="pq-number"]]'):
        number = link.xpath('string(.//*[@class="pq-number"])')
        name = link.xpath('string(.//*[@class="pq-citation-name"])')
        named[number] = title_in(name)
        found += [(named[number], q.text_content()) for q in link.xpath(".//q")]
    for cell in turn.xpath('.//td//a[contains(@class, "pq-cell")][@title]'):
        found += [(title_in(cell.get("title")), q.text_content()) for q in cell.xpath(".//q")]
    for link in turn.xpath('.//a[contains(@class, "pq-cite")]'):
        line = link.getparent()
        while line.tag not in ("p", "td", "li", "section"):
            line = line.getparent()
        if line.tag == "section" or line.get("class") == "pq-from" or line.xpath('.//*[@class="pq-verdict"]'):
            continue
        for place in line.xpath(".//b"):
            place.drop_tree()
        words = re.sub(r"\[\d+\]", "", line.text_content()).strip("\u3000 ")
        found.append((named.get(link.text_content().strip("[]"), ""), words))
    editions = []
    for title, words in found:
        for piece in filter(None, re.split(r"…+| / |\s*\|\s*", words)):
            own = texts.quoting(title, piece)
            if not own:
                return f"《{title}》 does not say {piece[:60]!r}"
            editions.append(own)
    return "" if one_edition(editions) else f"of two editions: {sorted(named.values())}"


class Load:
    """Everything that happens at once, and what is found."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options = options
        self.faults = frozenset(filter(None, options.faults.split(",")))
        self.corpus, self.home = folder / "corpus", folder / "home"
        self.texts = Texts()
        self.rows: list[Row] = []
        self.builds: Counter[str] = Counter()
        self.memory: list[tuple[float, float]] = []
        self.edition = 0
        self.began = 0.0
        self.over = threading.Event()
        self.address = ""
        self.env = {**os.environ, "POLICY_QA_HOME": str(self.home), "POLICY_QA_CORPUS": str(self.corpus)}
        self.random = random.Random(options.seed)  # noqa: S311

    def prepare(self) -> None:
        """The folder of policies and its first index."""
        shutil.copytree(ROOT / "corpus", self.corpus)
        stays = [segment(read_bytes(p.read_bytes(), p.name)) for p in sorted(self.corpus.iterdir())]
        write_articles(self.corpus, 200, stays)
        for path in sorted(self.corpus.iterdir()):
            self.texts.add(path.stem, 0, path.read_bytes(), path.name)
        self.write_edition()
        if self.build() != 0:
            raise SystemExit("the first build failed")

    def write_edition(self) -> None:
        """Another edition of both made policies, put into the folder by one rename each."""
        self.edition += 1
        for doc_id in _MADE:
            data = made(doc_id, self.edition).encode()
            self.texts.add(doc_id, self.edition, data, f"{doc_id}.txt")
            scratch = self.corpus.parent / f"{doc_id}.new"
            scratch.write_bytes(data)
            scratch.replace(self.corpus / f"{doc_id}.txt")

    def build(self, *, kill_after: float | None = None, limit: int = 0) -> int:
        """Run `policy-qa build`; its exit code."""
        command = [sys.executable, "-m", "policy_qa", "build"]
        process = subprocess.Popen(
            command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            start_new_session=True, preexec_fn=limited(limit),
        )  # fmt: skip
        try:
            _, said = process.communicate(timeout=kill_after)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return -9
        if "Traceback" in said:
            self.builds["traceback"] += 1
        return process.returncode

    def build_again(self, seconds: float) -> None:
        """Builds until the end, so many seconds apart, every second killed first and every third without room."""
        longest = 10.0
        for number in range(1, 1_000_000):
            if self.over.wait(seconds if seconds else 1.0):
                return
            self.write_edition()
            if "kill" in self.faults and number % 2:
                ended = self.build(kill_after=self.random.uniform(0.1, longest))
                self.builds["killed" if ended == -9 else "ended before it was killed"] += 1
            if "full" in self.faults and number % 3 == 0:
                self.builds["without room: refused" if self.build(limit=FULL) == 2 else "without room: done"] += 1
            started = time.monotonic()
            ended = self.build()
            longest = time.monotonic() - started
            self.builds["done" if ended == 0 else f"exit {ended}"] += 1
            if self.options.builds and self.builds["done"] >= self.options.builds:
                return

    @contextlib.contextmanager
    def served(self) -> Iterator[psutil.Process]:
        """The server's process, once it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = subprocess.Popen(
            [sys.executable, "-m", "policy_qa", "serve", "--port", str(port)],
            env=self.env, preexec_fn=limited(ROOM if "room" in self.faults else 0),
        )  # fmt: skip
        self.address = f"http://127.0.0.1:{port}/"
        latest = time.monotonic() + 300
        try:
            while not reached(f"{self.address}healthz"):
                if server.poll() is not None or time.monotonic() > latest:
                    raise SystemExit("the server did not start")
                time.sleep(0.2)
            yield psutil.Process(server.pid)
        finally:
            server.terminate()
            server.wait()

    def watch(self, server: psutil.Process) -> None:
        """Note the memory of the server and its workers every two seconds: (seconds since the beginning, MB)."""
        while not self.over.wait(2):
            with contextlib.suppress(psutil.Error):
                each = [server, *server.children(recursive=True)]
                held = sum(process.memory_info().rss for process in each)
                self.memory.append((time.monotonic() - self.began, held / 1e6))

    def person(self, number: int) -> None:
        """Somebody at the page."""
        name, reader, asked = f"p{number}", None, 0
        for question in self.wishes(number, name):
            if reader is None or asked % _VISIT == 0:
                try:
                    reader = Reader(self.address, f"{name}x{asked}")
                except Exception as error:  # whatever keeps a page from opening is what is counted
                    self.note("page", name, "(opening)", time.monotonic(), outcome_of(error), repr(error))
                    continue
            asked += 1
            started = time.monotonic()
            try:
                shown = reader.ask(question)
                outcome, detail = self.judged_page(shown, question, name)
            except Exception as error:  # the same
                outcome, detail = outcome_of(error), repr(error)
                reader = None
            self.note("page", name, question, started, outcome, detail)

    def judged_page(self, shown: str, question: str, name: str) -> tuple[str, str]:
        """(outcome, why) of what a page shows."""
        turns = html.fromstring(shown).xpath('//section[@class="pq-turn"]')
        if not turns or question not in turns[-1].text_content():
            return "lost", "the question is not in the conversation"
        if other := self.foreign(shown, name):
            return "foreign", other
        if not turns[-1].xpath('.//*[@class="pq-answer"]'):
            return "error", turns[-1].text_content()[:200]
        wrong = wrong_page(turns[-1], self.texts)
        refused = bool(turns[-1].xpath('.//*[@class="pq-refused"]'))
        return ("wrong", wrong) if wrong else ("refused" if refused else "answered", "")

    def program(self, number: int) -> None:
        """A program at `/api/ask`."""
        name = f"a{number}"
        for question in self.wishes(number, name):
            started = time.monotonic()
            try:
                answer = post(f"{self.address}api/ask", {"question": question})
                outcome, detail = "refused" if answer["refused"] else "answered", ""
                if other := self.foreign(json.dumps(answer, ensure_ascii=False), name):
                    outcome, detail = "foreign", other
                elif wrong := wrong_json(answer, self.texts):
                    outcome, detail = "wrong", wrong
            except Exception as error:  # the same
                outcome, detail = outcome_of(error), repr(error)
            self.note("api", name, question, started, outcome, detail)

    def wishes(self, number: int, name: str) -> Iterator[str]:
        """What one session asks until the end, with pauses; every third question bears the session's name."""
        draw = random.Random(f"{self.options.seed}{name}")  # noqa: S311
        every = questions(400)
        draw.shuffle(every)
        for at in range(1_000_000):
            if self.over.is_set():
                return
            own = draw.choice([question for _, _, question in _MADE.values()])
            yield f"{own}（{mark(name)}）" if at % 3 == 0 else every[at % len(every)]
            self.over.wait(draw.uniform(*self.options.pause))

    def foreign(self, shown: str, name: str) -> str:
        """Another session's mark in what this one was shown; empty where there is none."""
        return next((found for found in re.findall(r"来访\w+号", shown) if found != mark(name)), "")

    def note(self, kind: str, name: str, question: str, started: float, outcome: str, detail: str) -> None:
        """Keep a row."""
        now = time.monotonic()
        row = Row(kind=kind, session=name, question=question, at=started - self.began, seconds=now - started,
                  outcome=outcome, detail=detail)  # fmt: skip
        self.rows.append(row)

    def run(self) -> None:
        """All of it."""
        if "model" in self.faults:
            self.env |= {"POLICY_QA_LLM_URL": bad_model(), "POLICY_QA_LLM_MODEL": "bad", "POLICY_QA_LLM_TIMEOUT": "10",
                         "POLICY_QA_LLM_FIRST_TOKEN_TIMEOUT": "3", "POLICY_QA_LLM_TOKEN_TIMEOUT": "2"}  # fmt: skip
        self.prepare()
        seconds = self.options.minutes * 60
        apart = seconds / (self.options.builds + 1) if self.options.builds else 0.0
        with self.served() as server:
            self.began = time.monotonic()
            work = [threading.Thread(target=self.person, args=(n,)) for n in range(self.options.pages)]
            work += [threading.Thread(target=self.program, args=(n,)) for n in range(self.options.programs)]
            work += [threading.Thread(target=self.build_again, args=(apart,))]
            work += [threading.Thread(target=self.watch, args=(server,))]
            for thread in work:
                thread.start()
            time.sleep(seconds)
            self.over.set()
            for thread in work:
                thread.join()
            if self.build() != 0:
                self.builds["last: failed"] += 1
            self.last_edition()

    def last_edition(self) -> None:
        """The edition that was built last has to answer now."""
        for doc_id, (_, _, question) in _MADE.items():
            started = time.monotonic()
            answer = post(f"{self.address}api/ask", {"question": question, "doc_ids": [doc_id]})
            text = made(doc_id, self.edition)
            stale = [c["ref"] for c in answer["citations"] if text[c["start"] : c["end"]] != c["quote"]]
            fine = answer["citations"] and not stale
            self.note("api", "last", question, started, "answered" if fine else "wrong", f"old words: {stale}")

    def told(self) -> str:
        """The table."""
        names = "questions | answered | refused | busy | wrong | foreign | lost | errors | p50 s | p95 s | p99 s"
        lines = [f"| | {names} |", "|---|" + "---:|" * 11]
        for kind, label in (
            ("page", f"{self.options.pages} at the page"),
            ("api", f"{self.options.programs} programs"),
        ):
            own = [row for row in self.rows if row.kind == kind]
            if own:
                count = Counter(row.outcome for row in own)
                took = [row.seconds for row in own if row.outcome in ("answered", "refused")] or [0.0]
                cuts = statistics.quantiles(took, n=100, method="inclusive") if len(took) > 1 else took * 99
                each = [count[name] for name in ("answered", "refused", "busy", "wrong", "foreign", "lost", "error")]
                cells = [label, len(own), *each, *(f"{cuts[at - 1]:.2f}" for at in (50, 95, 99))]
                lines.append(f"| {' | '.join(map(str, cells))} |")
        builds = ", ".join(f"{name} {count}" for name, count in sorted(self.builds.items()))
        return "\n".join([*lines, "", f"builds: {builds or 'none'}", f"memory of the server: {self.grown()}"])

    def grown(self) -> str:
        """Memory at the beginning, at most and at the end, and its slope over the second half."""
        if len(self.memory) < 4:
            return "not measured"
        half = self.memory[len(self.memory) // 2 :]
        slope = statistics.linear_regression(*zip(*half, strict=True)).slope * 60
        held = [mb for _, mb in self.memory]
        told = f"{held[0]:.0f} MB, at most {max(held):.0f}, last {held[-1]:.0f}"
        return f"{told}; {slope:+.1f} MB a minute in the second half"


def mark(name: str) -> str:
    """What a session puts into its questions."""
    return f"来访{name}号"


def limited(size: int) -> Any:
    """For a process: no file beyond so many bytes; 0 for no limit."""
    return (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))) if size else None


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """JSON for JSON."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=180) as answer:  # noqa: S310
        return dict(json.load(answer))


def reached(url: str) -> bool:
    """Whether there is an answer at an address."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=10):  # noqa: S310
        return True
    return False


def outcome_of(error: Exception) -> str:
    """`busy` where the server said so, `lost` where nothing came, else `error`."""
    if isinstance(error, urllib.error.HTTPError):
        return "busy" if error.code == 503 else "error"
    return "lost" if isinstance(error, OSError | AssertionError) else "error"


class _BadModel(http.server.BaseHTTPRequestHandler):
    """A language model's server in its worst hours, one after the other."""

    hour = 0

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._whole(200, {"object": "list", "data": [{"id": "bad", "object": "model"}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        _BadModel.hour += 1
        with contextlib.suppress(OSError):
            (self._stalls, self._fails, self._stops, self._invents, self._breaks_off)[_BadModel.hour % 5]()

    def _stalls(self) -> None:
        time.sleep(6)
        self.close_connection = True

    def _fails(self) -> None:
        self._whole(500, {"error": {"message": "out of memory"}})

    def _stops(self) -> None:
        self._says("根据规定，")
        time.sleep(6)

    def _invents(self) -> None:
        self._says("任期为九十九年。[第一百条] 依据《不存在的办法》，可以无限连任。")
        self.wfile.write(b"data: [DONE]\n\n")

    def _breaks_off(self) -> None:
        self._says("任期为")

    def _says(self, text: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for piece in text:
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "bad", "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.flush()

    def _whole(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def bad_model() -> str:
    """The address of a language model that does everything wrong, served by this process."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _BadModel)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/v1"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--programs", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--pause", type=float, nargs=2, default=(0.0, 2.0), metavar=("FROM", "TO"))
    parser.add_argument("--builds", type=int, default=0, help="whole builds in the time; 0 for one after the other")
    parser.add_argument("--faults", default="kill,full,model", help=f"any of {', '.join(FAULTS)}, apart by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if unknown := set(filter(None, options.faults.split(","))).difference(FAULTS):
        parser.error(f"expected {', '.join(FAULTS)}, found {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as scratch:
        load = Load(options, Path(scratch))
        load.run()
    if options.json:
        options.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in load.rows), "utf-8")
    print(load.told())
    bad = [row for row in load.rows if row.outcome not in ("answered", "refused", "busy")]
    for row in bad[:20]:
        print(f"{row.outcome}: {row.session} at {row.at:.0f} s: {row.question}: {row.detail}", file=sys.stderr)
    broken = any(name.startswith(("exit", "last", "traceback")) for name in load.builds)
    return 1 if bad or broken else 0


if __name__ == "__main__":
    sys.exit(main())
