"""An answer that is not right: the right provisions are ticked, and become a line of a question set."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from page.conftest import served
from policy_qa.datamodels import Answer
from policy_qa.desk.corrections import add_corrections
from policy_qa.doors.service import Service
from policy_qa.evaluation.questions import read_questions
from policy_qa.page.gate import Gate, Hosts
from policy_qa.page.live import LivePipeline
from policy_qa.page.workers import Workers
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings

ASKED = "宜春学院CIO的任期是几年？"


@pytest.fixture(scope="module")
def answer(pipeline: Pipeline) -> Answer:
    """What is answered to a follow-up."""
    return pipeline.ask("可以连任吗？", [ASKED])


@pytest.fixture
def desk(built: Settings, pipeline: Pipeline, answer: Answer, tmp_path: Path) -> Iterator[str]:
    app, live = FastAPI(), LivePipeline(lambda: pipeline, lambda: 1)
    service, settings = Service(live, Workers(built.index_dir)), replace(built, home=tmp_path)
    add_corrections(app, live, service, settings, {"known": answer}.get)
    with served(Gate(app, Hosts())) as address:
        yield address


@pytest.fixture
def visitor(desk: str) -> Iterator[httpx.Client]:
    """A browser without script: it keeps cookies and follows redirects."""
    with httpx.Client(base_url=desk, follow_redirects=True, timeout=60) as client:
        yield client


def offered(page: httpx.Response) -> list[tuple[str, bool]]:
    """(ref, whether it is ticked) of what can be ticked, in order."""
    return [(ref, bool(ticked)) for ref, ticked in re.findall(r'name="pick" value="([^"]+)"( checked)?', page.text)]


def test_an_answer_is_shown_with_what_it_cites(visitor: httpx.Client, answer: Answer) -> None:
    page = visitor.get("/marks/wrong", params={"answer": "known"})
    assert answer.points[0].text in page.text, "the question stands alone"
    assert (answer.citations[0].ref, False) in offered(page)
    assert "不超过2届" in page.text


def test_what_is_ticked_stays_through_searches_and_is_kept(visitor: httpx.Client, tmp_path: Path) -> None:
    ticked = {"answer": "known", "pick": "yichun-cio#7", "who": "王老师", "note": "少了一条"}
    page = visitor.get("/marks/wrong", params=ticked | {"q": "解聘", "doc": "helan-cio"})
    found = offered(page)
    assert found[0] == ("yichun-cio#7", True)
    assert len(found) == len({ref for ref, _ in found}), "each is offered once"
    assert any(ref.startswith("helan-cio") for ref, _ in found)
    assert "少了一条</textarea>" in page.text
    question = re.findall(r'name="question" value="([^"]+)"', page.text)[0]
    kept = visitor.post("/marks/wrong", data=ticked | {"question": question, "pick": ["yichun-cio#7", "helan-cio#4.5"]})
    assert kept.url.path == "/marks/questions"
    assert "第七条" in kept.text
    assert visitor.post("/marks/wrong", data={"question": "食堂几点开门？", "none": "1"}).status_code == 200
    path = tmp_path / "questions.jsonl"
    path.write_text(visitor.get("/marks/questions.jsonl").text, "utf-8")
    corrected, silent = read_questions(path)
    assert corrected.refs == ("yichun-cio#7", "helan-cio#4.5")
    assert "连任" in corrected.question
    assert "宜春" in corrected.question
    assert silent.refused
    assert json.loads(path.read_text("utf-8").splitlines()[0])["note"].startswith("少了一条；王老师；")


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ({"question": "任期几年？"}, "请至少勾选一条"),
        ({"question": "任期几年？", "pick": "nothing#1"}, "请至少勾选一条"),
        ({"question": "任期几年？", "pick": "yichun-cio#7", "none": "1"}, "取消勾选"),
        ({"question": " ", "none": "1"}, "问题是空的"),
    ],
)
def test_what_is_amiss_is_told_with_what_was_chosen(visitor: httpx.Client, form: dict[str, str], line: str) -> None:
    page = visitor.post("/marks/wrong", data=form | {"note": "说明"})
    assert page.status_code == 400
    assert line in page.text
    assert "说明</textarea>" in page.text
    assert ('value="yichun-cio#7" checked' in page.text) == (form.get("pick") == "yichun-cio#7")
    assert visitor.get("/marks/questions.jsonl").text == ""


def test_an_answer_that_is_gone_leaves_the_question_to_be_written(visitor: httpx.Client) -> None:
    page = visitor.get("/marks/wrong", params={"answer": "<script>", "q": "？？"})
    assert "没有保存或已到期" in page.text
    assert 'name="question"' in page.text
    assert "<script>" not in page.text


def test_only_its_sender_takes_a_correction_back(desk: str, visitor: httpx.Client) -> None:
    page = visitor.post("/marks/wrong", data={"question": "任期几年？", "pick": "yichun-cio#7"})
    (correction,) = re.findall(r'name="delete" value="(c-\w+)"', page.text)
    with httpx.Client(base_url=desk, follow_redirects=True) as another:
        assert correction in another.get("/marks/questions").text
        assert 'name="delete"' not in another.get("/marks/questions").text
        assert another.post("/marks/questions", data={"delete": correction}).status_code == 400
    assert correction not in visitor.post("/marks/questions", data={"delete": correction}).text
