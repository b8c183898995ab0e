"""The doors by the texts of a day: a policy that a decision amended; and one line for all who ask."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import cast

import httpx
import pytest

from page.conftest import served
from policy_qa.datamodels import Answer
from policy_qa.doors import schemas
from policy_qa.page.live import LivePipeline
from policy_qa.pipeline import Pipeline, build_index, open_pipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings
from samples import answering

TEXTS = {
    "jieyue": (
        "北岭学院图书馆借阅办法\n北岭院发〔2021〕11号\n第一条 为规范借阅，制定本办法。\n"
        "第二条 学生每次可借图书5册。\n第三条 图书借期为30日，可以续借1次。\n"
        "第四条 本办法自2021年4月1日起施行。\n北岭学院\n2021年3月2日\n"
    ),
    "jieyue-2023": (
        "北岭学院关于修改《北岭学院图书馆借阅办法》的决定\n北岭院发〔2023〕9号\n\n"
        "学院决定对《北岭学院图书馆借阅办法》（北岭院发〔2021〕11号）作如下修改：\n\n"
        "将第三条中的“30日”修改为“60日”。\n\n本决定自2023年3月1日起施行。\n\n北岭学院\n2023年2月10日\n"
    ),
}
REF = "jieyue%233"


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, corpus=home / "corpus")
    settings.corpus.mkdir()
    for doc_id, text in TEXTS.items():
        (settings.corpus / f"{doc_id}.txt").write_text(text, "utf-8")
    build_index(settings)
    pipeline = open_pipeline(settings)
    with served(create_app(settings, LivePipeline(lambda: pipeline, lambda: 1))) as address:
        yield address.rstrip("/")


@pytest.mark.parametrize(("day", "term", "by"), [("2022-06-01", "30日", []), ("2024-06-01", "60日", ["jieyue-2023"])])
def test_every_door_goes_by_the_day(amended: str, day: str, term: str, by: list[str]) -> None:
    shown = schemas.Shown.model_validate_json(httpx.get(f"{amended}/api/provisions/{REF}?on={day}").content)
    assert (shown.ref, term in shown.text) == ("jieyue#3", True)
    assert [ref.partition("#")[0] for ref in (shown.effective.by if shown.effective else [])] == by
    asked = {"question": "图书借期多少天？", "on": day}
    answer = schemas.Answer.model_validate_json(httpx.post(f"{amended}/api/ask", json=asked, timeout=60).content)
    assert term in answer.answer
    assert {c.ref for c in answer.citations} == {"jieyue#3"}
    found = httpx.post(f"{amended}/api/search", json=asked, timeout=60).content
    (best, *_) = schemas.Found.model_validate_json(found).retrieved
    assert (best.ref, term in best.text) == ("jieyue#3", True)
    chatted = {"messages": [{"role": "user", "content": asked["question"]}], "on": day}
    completion = httpx.post(f"{amended}/v1/chat/completions", json=chatted, timeout=60).json()
    assert term in completion["choices"][0]["message"]["content"]


class Counting:
    """A pipeline that knows how many ask it at the same time."""

    documents, examples = (), ()

    def __init__(self) -> None:
        self.now, self.most, self.lock = 0, 0, threading.Lock()

    def stream(self, question: str, *_: object, **__: object) -> Iterator[Answer]:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.05)
        with self.lock:
            self.now -= 1
        yield answering("是", question=question)


def test_all_who_ask_wait_in_one_line() -> None:
    counting = Counting()
    live = LivePipeline(lambda: cast(Pipeline, counting), lambda: 1)
    asking = [threading.Thread(target=lambda: list(live.answers("问", (), (), None))) for _ in range(8)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert counting.most == live.concurrent == 2
    assert live.working(lambda pipeline: pipeline) is counting
