"""Evaluation at the page: a set is run, stopped, read, compared, beside readers who ask."""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openpyxl
import pytest

from page.conftest import browser, served
from page.reader import faults_of_access
from policy_qa.desk import evaluations
from policy_qa.evaluation.questions import read_questions
from policy_qa.evaluation.rows import Row, read_rows, row_line
from policy_qa.evaluation.run import run_set
from policy_qa.kept.corrections import Correction, Corrections
from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import Pipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["browser"]

TERM = {
    "id": "a",
    "category": "fact",
    "question": "宜春学院CIO的任期是几年？",
    "refs": ["yichun-cio#7.2"],
    "facts": ["3年"],
}
WRONG = {"id": "b", "category": "fact", "question": "宜春学院第七条", "refs": ["yichun-cio#7"], "facts": ["9年"]}
LUNCH = {"id": "c", "category": "off_topic", "question": "午饭吃什么？", "refused": True}
KEY = "0123456789abcdef"


def jsonl(*lines: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()


@dataclass(frozen=True)
class Server:
    """Where it answers, without a slash at its end, and what it asks."""

    address: str
    live: LivePipeline

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=120) as client:
            client.get("/runs")
            yield Reader(client)


@dataclass(frozen=True)
class Reader:
    """A browser."""

    client: httpx.Client

    def send(
        self, file: tuple[str, bytes] | None = None, answers: bytes | None = None, **fields: str
    ) -> httpx.Response:
        files: dict[str, Any] = {"file": file or ("", b"")}
        if answers is not None:
            files["answers"] = ("theirs.jsonl", answers)
        return self.client.post("/runs", data=fields, files=files)

    def ran(self, *lines: dict[str, Any], **fields: str) -> str:
        """The path of a run of these questions that has ended."""
        sent = self.send(("set.jsonl", jsonl(*lines)), **fields)
        assert sent.status_code == 200, sent.text
        self.wait(sent.url.path)
        return sent.url.path

    def wait(self, path: str, done: int | None = None) -> dict[str, Any]:
        """How a run ended, or how far it is when so many are done."""
        deadline = time.monotonic() + 100
        while (found := self.client.get(f"{path}/progress").json())["state"] == "running" and found["done"] != done:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return dict(found)


@pytest.fixture(scope="module")
def server(built: Settings, pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = replace(built, home=tmp_path_factory.mktemp("desk"), admin_key=KEY)
    live = LivePipeline(lambda: pipeline, lambda: 1, suggests=False)
    with served(create_app(settings, live)) as address:
        yield Server(address.rstrip("/"), live)


@pytest.fixture
def reader(server: Server) -> Iterator[Reader]:
    with server.reader() as reader:
        yield reader


def test_a_set_is_run_and_its_rows_are_those_of_the_command_line(
    reader: Reader, pipeline: Pipeline, tmp_path: Path
) -> None:
    path = reader.ran(TERM, WRONG, LUNCH)
    page = reader.client.get(path).text
    for shown in ("set.jsonl", "citation_recall", "答案缺少关键词", WRONG["question"], "<q>9年</q>", "4 份文件"):
        assert shown in page, shown
    assert 'href="/library/yichun-cio?ref=yichun-cio%237"' in page
    written = tmp_path / "rows.jsonl"
    written.write_bytes(reader.client.get(f"{path}/rows.jsonl").content)
    own = run_set(pipeline, read_questions(_file(tmp_path, TERM, WRONG, LUNCH)))
    assert [*map(_untimed, read_rows(written))] == [*map(_untimed, own)]


def _file(folder: Path, *lines: dict[str, Any]) -> Path:
    (folder / "set.jsonl").write_bytes(jsonl(*lines))
    return folder / "set.jsonl"


def _untimed(row: Row) -> str:
    return row_line(replace(row, milliseconds=0.0))


def test_a_run_as_a_file_needs_no_server(reader: Reader) -> None:
    reply = reader.client.get(f"{reader.ran(TERM, WRONG)}/report.html")
    assert "attachment" in reply.headers["content-disposition"]
    assert WRONG["question"] in reply.text
    assert not re.search(r'(?:src|href|action)="(?!#|data:)', reply.text)
    assert "<script" not in reply.text


def test_a_set_beside_the_corpus_is_offered_and_rows_are_not(reader: Reader) -> None:
    page = reader.client.get("/runs").text
    assert re.findall(r"<option[^>]*>([\w.]+jsonl)</option>", page) == [
        "comparisons.jsonl", "questions.jsonl", "training.jsonl",
    ]  # fmt: skip
    for path in ("../eval/questions.jsonl", "baseline.jsonl", "/etc/passwd"):
        refused = reader.send(set=path)
        assert refused.status_code == 400
        assert "没有这个题集" in refused.text


def test_the_corrected_questions_are_run(built: Settings, pipeline: Pipeline, tmp_path: Path) -> None:
    settings = replace(built, home=tmp_path, corpus=tmp_path / "corpus")  # with no set beside it
    live = LivePipeline(lambda: pipeline, lambda: 1, suggests=False)
    with served(create_app(settings, live)) as address, Server(address.rstrip("/"), live).reader() as reader:
        page = reader.client.get("/runs").text
        assert ">上传题集" in page
        assert 'name="set"' not in page
        Corrections(settings.desk_file).add(Correction(question="<b>任期</b>？", refs=("yichun-cio#7.2",)), "somebody")
        assert 'href="/runs?set=corrected"' in reader.client.get("/marks/questions").text
        page = reader.client.get("/runs?set=corrected").text
        assert '<option value="corrected" selected>答得不对的问题（1 题）</option>' in page
        sent = reader.send(set="corrected")
        assert sent.status_code == 200, sent.text
        assert reader.wait(sent.url.path) == {"done": 1, "total": 1, "state": "done"}
        assert "<h1>答得不对的问题</h1>" in reader.client.get(sent.url.path).text


def test_the_example_names_a_provision_that_is_answered(reader: Reader) -> None:
    rows = reader.client.get("/runs/example.csv").content.decode("utf-8-sig").splitlines()
    cite = "《贺兰县中小学校首席信息官实施方案》一、工作目标"
    assert rows[1] == f"1,{cite}规定了什么？,{cite},,"
    sent = reader.send(("e.csv", "\n".join(rows).encode()))
    assert reader.wait(sent.url.path)["state"] == "done"
    assert "全部答对" in reader.client.get(sent.url.path).text


def xlsx(*rows: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_and_the_example_are_read(reader: Reader) -> None:
    table = xlsx(("编号", "问题", "依据"), ("1", TERM["question"], "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条"))
    for name, data in (("题集.xlsx", table), ("e.csv", reader.client.get("/runs/example.csv").content)):
        sent = reader.send((name, data))
        assert sent.status_code == 200, sent.text
        assert reader.wait(sent.url.path)["state"] == "done"
        assert name in reader.client.get("/runs").text


@pytest.mark.parametrize(
    ("file", "status", "said"),
    [
        (None, 400, "请选择一个题集"),
        (("a.jsonl", b"{"), 400, "a.jsonl:1: 这一行应为一个 JSON 对象"),
        (("a.jsonl", jsonl({**TERM, "refs": ["yichun-cio#99"]})), 400, "答案条款）：yichun-cio#99：没有这一条"),
        (("<b>.jsonl", b"{}"), 400, "&lt;b&gt;.jsonl:1: "),
        (("../../a.xlsx", b"PK no zip"), 400, "a.xlsx：不是电子表格"),
        (("a.jsonl", b"{}" * 5_000_000), 413, "文件超过 8 MB"),
        (("a.jsonl", jsonl(*({**LUNCH, "id": str(n)} for n in range(evaluations.MOST + 1)))), 413, "2001"),
    ],
)
def test_what_is_no_set_ends_in_a_line_and_the_form_stays(
    reader: Reader, file: tuple[str, bytes] | None, status: int, said: str
) -> None:
    reply = reader.send(file, split="all", system="另一个系统")
    assert (reply.status_code, said in reply.text) == (status, True)
    if "8 MB" not in said:  # which nobody has read
        assert '<option value="all" selected>' in reply.text
        assert 'value="另一个系统"' in reply.text
    reader.ran(LUNCH)  # nothing is held


def test_answers_of_another_system_are_scored_and_compared(reader: Reader) -> None:
    own = reader.ran(TERM, WRONG, LUNCH)
    theirs = jsonl(
        {"id": "a", "answer": "任期3年", "citations": ["任期3年，可连聘连任，连任不超过2届"]},
        {"id": "c", "answer": "红烧肉。"},
    )
    sent = reader.send(("set.jsonl", jsonl(TERM, WRONG, LUNCH)), theirs, system="别的系统")
    assert sent.status_code == 200, sent.text
    assert "别的系统" in sent.text
    assert "该拒答却回答了" in sent.text
    assert "没有得到答案" in sent.text
    ids = {"a": own.rpartition("/")[2], "b": sent.url.path.rpartition("/")[2]}
    compared = reader.client.get("/runs/compare", params=ids)
    assert compared.status_code == 200
    (refusal,) = re.findall(r"refusal</span></th>\s*(?:<td[^>]*>([^<]*)</td>\s*){2}", compared.text)[:1]
    assert refusal == "0.000"
    assert LUNCH["question"] in compared.text
    for bad in ({}, {"a": ids["a"], "b": ids["a"]}, {"a": ids["a"], "b": "none"}):
        assert reader.client.get("/runs/compare", params=bad).status_code == 400


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """What lets the question about lunch be answered."""
    go, whole = threading.Event(), Pipeline.ask

    def ask(pipeline: Pipeline, question: str, *others: Any, **more: Any) -> Any:
        if "午饭" in question:
            go.wait(300)
        return whole(pipeline, question, *others, **more)

    monkeypatch.setattr(Pipeline, "ask", ask)
    yield go
    go.set()


def test_one_at_a_time_beside_readers_and_stopped_by_whoever_began_it(
    server: Server, reader: Reader, go: threading.Event
) -> None:
    path = reader.send(("set.jsonl", jsonl(TERM, LUNCH, WRONG))).url.path
    reader.wait(path, done=1)
    page = reader.client.get(path).text
    assert "已答 1 / 3 题" in page
    with server.reader() as other:
        assert other.client.get(path).status_code == 200  # the link was sent
        assert path not in other.client.get("/runs").text
        for action in ("stop", "delete"):
            assert other.client.post(f"{path}/{action}").status_code == 404
        assert "另一组题正在运行" in other.send(("set.jsonl", jsonl(LUNCH))).text
        assert other.client.post("/api/eval", json={"questions": [LUNCH]}).status_code == 503
        asked = other.client.post("/api/ask", json={"question": TERM["question"]})
        assert "3年" in asked.json()["answer"]
    assert reader.client.post(f"{path}/stop").url.path == path
    go.set()
    assert reader.wait(path) == {"done": 2, "total": 3, "state": "stopped"}
    assert "已停止" in reader.client.get(path).text
    assert reader.client.post(f"{path}/delete").url.path == "/runs"
    assert reader.client.get(path).status_code == 404
    reader.ran(LUNCH)


def test_what_a_server_left_under_way_broke_off(
    built: Settings, pipeline: Pipeline, tmp_path: Path, go: threading.Event
) -> None:
    settings = replace(built, home=tmp_path)

    def begun() -> Any:
        return served(create_app(settings, LivePipeline(lambda: pipeline, lambda: 1, suggests=False)))

    with begun() as address, Server(address.rstrip("/"), LivePipeline(lambda: pipeline, lambda: 1)).reader() as first:
        path = first.send(("set.jsonl", jsonl(TERM, LUNCH, WRONG))).url.path
        first.wait(path, done=1)
        cookies = first.client.cookies
    with begun() as address, httpx.Client(base_url=address, cookies=cookies) as again:
        assert again.get(f"{path}/progress").json() == {"done": 1, "total": 3, "state": "failed"}
        assert "这次评测中断" in again.get(path).text


def test_where_nothing_can_be_kept_the_page_says_so(built: Settings, pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").mkdir()
    live = LivePipeline(lambda: pipeline, lambda: 1, suggests=False)
    with served(create_app(replace(built, home=tmp_path), live)) as address:
        for path in ("runs", "runs/x"):
            reply = httpx.get(f"{address}{path}", timeout=60)
            assert (reply.status_code, "暂时读不到保存的内容" in reply.text) == (503, True)
            assert "<h1>评测</h1>" in reply.text


def test_what_another_page_sends_begins_nothing(server: Server, reader: Reader) -> None:
    before = reader.client.get("/runs").text.count("/runs/")
    sent = reader.client.post(
        "/runs", files={"file": ("a.jsonl", jsonl(LUNCH))}, headers={"origin": "https://x.example"}
    )
    assert sent.status_code == 403
    assert reader.client.get("/runs").text.count("/runs/") == before


@contextmanager
def at(browser: Browser, address: str, size: tuple[int, int], scheme: str) -> Iterator[Page]:
    """A new reader's page; every request must go to this server, and nothing may fail."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        locale="zh-CN",  # type: ignore[arg-type]
    )
    context.set_default_timeout(90_000)
    page, problems, foreign = context.new_page(), list[str](), list[str]()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on("request", lambda sent: None if sent.url.startswith(address) else foreign.append(sent.url))
    yield page
    context.close()
    assert (problems, foreign) == ([], [])


@pytest.mark.parametrize(("size", "scheme"), [((1280, 900), "light"), ((390, 844), "dark"), ((320, 640), "light")])
def test_an_evaluator_finds_the_way(
    server: Server, browser: Browser, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    """Choose a file, run, read the figures, open a miss, compare: by what the page shows alone."""
    with at(browser, server.address, size, scheme) as page:
        page.goto(f"{server.address}/")
        page.goto(f"{server.address}/runs")
        for _ in range(2):
            page.get_by_label("或上传题集").set_input_files(_file(tmp_path, TERM, WRONG, LUNCH))
            page.get_by_role("button", name="开始评测").click()
            page.get_by_role("heading", name="没有答好的题").wait_for()
            _holds(page)
            page.get_by_role("link", name="全部评测").click()
        page.get_by_role("button", name="比较“旧”与“新”").click()
        page.get_by_role("heading", name="两次评测的比较").wait_for()
        _holds(page)
        page.get_by_role("link", name="English").click()
        page.get_by_role("heading", name="Two runs compared").wait_for()


def _holds(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert faults_of_access(page) == []
