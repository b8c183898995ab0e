"""What is kept of conversations: whose they are, what an answer's address leads to, and what is forgotten when."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from policy_qa.datamodels import Answer, Document
from policy_qa.kept.conversations import SCHEMA, Conversations, KeptAnswer
from policy_qa.kept.store import Store
from policy_qa.pipeline import Pipeline

DAY = 86400.0
TEXT = Document(doc_id="a", title="甲", source="a.txt", sha256="0" * 64, text="第一条 任期三年。")


class Clock:
    """Time that a test moves on."""

    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Callable[[], Conversations]:
    """Opens the same file anew each time, as a server that starts again does."""
    return lambda: Conversations(Store(tmp_path / "desk.sqlite3", SCHEMA), 90, clock)


@pytest.fixture
def kept(opened: Callable[[], Conversations]) -> Conversations:
    return opened()


def one(id: str, question: str = "任期多久？", said: str = "三年。", document: Document = TEXT) -> KeptAnswer:
    answer = Answer.saying(said, question=question)
    return KeptAnswer(id=id, question=question, answer=answer, asked=1.0, documents=(document,))


@pytest.mark.parametrize("question", ["谁可以担任CIO？", "三所学校的CIO任期有什么不同？", "食堂几点开门？", "你好"])
def test_an_answer_comes_back_as_it_was_after_a_restart(
    opened: Callable[[], Conversations], pipeline: Pipeline, question: str
) -> None:
    answer = pipeline.ask(question)
    documents = tuple(pipeline.documents)
    told = KeptAnswer(
        id="x",
        question=question,
        answer=answer,
        asked=2.5,
        lang="en",
        filter=("a", "b"),
        stamp="7",
        documents=documents,
    )
    opened().keep("me", "c", told)
    found = opened().answer("x")
    assert found is not None
    assert replace(found, documents=()) == replace(told, documents=())
    assert {d.doc_id: d for d in found.documents} == {d.doc_id: d for d in documents}


def test_a_conversation_is_its_visitors_alone(kept: Conversations) -> None:
    kept.keep("me", "c", one("x"))
    assert [a.id for a in kept.conversation("me", "c")] == ["x"]
    assert kept.conversation("you", "c") == ()
    assert kept.listed("you") == ()
    assert kept.title("you", "c") == ""
    kept.rename("you", "c", "抢来的")
    kept.take_out("you", ["x"], forget=True)
    kept.forget("you", "c")
    with pytest.raises(PermissionError):
        kept.keep("you", "c", one("y"))
    assert [a.id for a in kept.conversation("me", "c")] == ["x"]
    assert [(c.title, c.answers) for c in kept.listed("me")] == [("任期多久？", 1)]


def test_what_a_visitor_was_cited_is_listed_newest_first(kept: Conversations, pipeline: Pipeline) -> None:
    first, second = pipeline.ask("宜春学院的CIO任期多久？"), pipeline.ask("贺兰县谁可以担任CIO？")
    assert first.citations
    assert second.citations
    for id, answer in (("x", first), ("y", second), ("z", first)):
        kept.keep("me" if id != "z" else "you", id, KeptAnswer(id=id, question="问", answer=answer, asked=1.0))
    refs = [c.ref for c in (*second.citations, *first.citations)]
    assert kept.cited("me") == tuple(dict.fromkeys(refs))
    assert kept.given("x") == first
    assert kept.given("none") is None


def test_tabs_of_one_conversation_add_to_it_at_once(opened: Callable[[], Conversations]) -> None:
    threads = [threading.Thread(target=opened().keep, args=("me", "c", one(str(n)))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {a.id for a in opened().conversation("me", "c")} == set(map(str, range(8)))


def test_what_is_asked_anew_keeps_its_address_and_what_is_deleted_does_not(kept: Conversations) -> None:
    for id in ("x", "y", "z"):
        kept.keep("me", "c", one(id))
    kept.take_out("me", ["y"], forget=False)
    kept.take_out("me", ["z"], forget=True)
    assert [a.id for a in kept.conversation("me", "c")] == ["x"]
    assert [kept.answer(id) is not None for id in ("x", "y", "z")] == [True, True, False]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["d", "c"]),
        ("任期", ["c"]),
        ("三年 任期", ["c"]),
        ("任期 经费", []),
        ("CARDS", ["d"]),
        ("100%", ["d"]),
        ("1_0", []),
        ("%", ["d"]),
        ("questions", []),
    ],
)
def test_conversations_are_found_by_words_of_title_question_and_answer(
    kept: Conversations, clock: Clock, words: str, found: list[str]
) -> None:
    kept.keep("me", "c", one("x"))
    clock.now += 1
    kept.keep("me", "d", one("y", "经费多少？", "Cards at 100%"))
    assert [c.id for c in kept.listed("me", words)] == found


def test_a_title_is_changed_to_something(kept: Conversations) -> None:
    kept.keep("me", "c", one("x", "问" * 100))
    assert kept.title("me", "c") == "问" * 60
    kept.rename("me", "c", " 关于\n任期 ")
    kept.rename("me", "c", " \n")
    assert kept.title("me", "c") == "关于 任期"


def test_what_has_not_been_touched_for_its_days_is_gone(kept: Conversations, clock: Clock) -> None:
    kept.keep("me", "old", one("x"))
    clock.now += 89 * DAY
    kept.keep("me", "new", one("y"))
    assert kept.answer("x") is not None
    clock.now += 2 * DAY
    assert [c.id for c in kept.listed("me")] == ["new"]
    assert kept.answer("x") is None
    assert kept.conversation("me", "old") == ()


def test_a_text_is_kept_once_and_as_long_as_an_answer_cites_it(tmp_path: Path, kept: Conversations) -> None:
    def texts() -> int:
        with Store(tmp_path / "desk.sqlite3", SCHEMA).reading() as connection:
            return int(connection.execute("SELECT count(*) FROM texts").fetchone()[0])

    kept.keep("me", "c", one("x"))
    kept.keep("me", "d", one("y"))
    assert texts() == 1
    kept.keep("me", "d", one("z", document=replace(TEXT, text="第一条 任期四年。")))
    assert texts() == 2
    kept.forget("me", "d")
    assert texts() == 1
    kept.forget("me", "c")
    assert texts() == 0
