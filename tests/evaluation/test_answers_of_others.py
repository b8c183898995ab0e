"""Another system's answers: what they cite is found by name or by words, and scored as our own would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_qa.errors import UsageError
from policy_qa.evaluation.answers import Entry, Places, rows_of
from policy_qa.evaluation.questions import LabelledQuestion
from policy_qa.evaluation.rows import figures
from policy_qa.pipeline import Pipeline

TERM = LabelledQuestion(
    id="a",
    category="fact",
    split="report",
    question="宜春学院CIO的任期是几年？",
    history=(),
    refused=False,
    refs=("yichun-cio#7.2",),
    also=(),
    facts=(("3年",),),
)
LUNCH = LabelledQuestion(
    id="b", category="off_topic", split="report", question="午饭吃什么？", history=(), refused=True, refs=(), also=(),
    facts=(),
)  # fmt: skip
WORDS = "任期3年，可连聘连任，连任不超过2届"


def lines(*answers: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers).encode()


@pytest.mark.parametrize(
    "cited",
    [
        "yichun-cio#7.2",
        "《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项",
        WORDS,
        "任期３年，\n 可连聘连任，连任不超过2届",
        {"ref": "yichun-cio#7"},
        {"quote": WORDS},
        {"quote": f"校长说：\n{WORDS}\n以上。"},
    ],
)
def test_what_is_cited_is_found(pipeline: Pipeline, cited: Any) -> None:
    (row,) = rows_of(pipeline, [TERM], "x", lines({"id": "a", "answer": "任期三年", "citations": [cited]}))
    assert row.cited == ("yichun-cio#7",)
    found = figures(row)
    assert (found["citation_precision"], found["citation_recall"], found["hit@1"]) == (1.0, 1.0, 1.0)
    assert (found["facts"], found["false_refusal"]) == (0.0, 0.0)


def test_words_are_of_every_article_that_they_touch_and_of_none_where_they_stand_nowhere(pipeline: Pipeline) -> None:
    places = Places(pipeline)
    text = pipeline.segmentation("yichun-cio").document.text
    articles = {a.path: a for a in pipeline.segmentation("yichun-cio").articles}
    chunk = text[articles["6"].end - 5 : articles["8"].start + 5]
    assert places.articles([Entry(quote=chunk)]) == ("yichun-cio#6", "yichun-cio#7", "yichun-cio#8")
    assert places.articles([Entry(quote=chunk), "helan-cio#4.5"], wanted={"yichun-cio#7", "helan-cio#4.5"}) == (
        "yichun-cio#7", "yichun-cio#6", "yichun-cio#8", "helan-cio#4.5",
    )  # fmt: skip
    # As a splitter has them that leaves out what this package's reader keeps.
    loose = "\n".join(f"- {line}" if n == 1 else line for n, line in enumerate(chunk.splitlines()))
    assert "yichun-cio#7" in places.articles([Entry(quote=loose)])
    for nowhere in ("yichun-cio#99", "这句话哪里都没有写过", "《没有这份文件》第一条"):
        assert places.articles([nowhere]) == (nowhere,)


def test_each_answer_goes_to_its_question_and_one_without_is_the_worst(pipeline: Pipeline) -> None:
    given = {"question": TERM.question, "answer": "3年", "retrieved": ["yichun-cio#6", "yichun-cio#7"], "extra": 1}
    one, other = rows_of(pipeline, [TERM, LUNCH], "x", lines(given))
    assert [hit.ref for hit in one.retrieved] == ["yichun-cio#6", "yichun-cio#7"]
    assert (figures(one)["hit@1"], figures(one)["mrr"], figures(one)["facts"]) == (0.0, 0.5, 1.0)
    assert (other.error, figures(other)) == ("no answer", {"refusal": 0.0})


@pytest.mark.parametrize(
    ("given", "refused"),
    [({"answer": ""}, True), ({"answer": "没有规定"}, False), ({"answer": "没有规定", "refused": True}, True)],
)
def test_a_refusal_is_said_or_silence(pipeline: Pipeline, given: dict[str, Any], refused: bool) -> None:
    (row,) = rows_of(pipeline, [LUNCH], "x", lines({"id": "b", **given}))
    assert row.refused is refused


def test_our_own_answers_score_the_same_from_a_file(pipeline: Pipeline) -> None:
    from policy_qa.doors.formats import answer_record
    from policy_qa.evaluation.run import run_set

    questions = [TERM, LUNCH]
    own = run_set(pipeline, questions)
    told = lines(*(answer_record(pipeline.ask(q.question), q.id) for q in questions))
    assert [*map(figures, rows_of(pipeline, questions, "x", told))] == [*map(figures, own)]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"{", "x:1: line: "),
        (b"3", "x:1: line: "),
        (lines({"id": "a"}), "x:1: answer: Field required"),
        (lines({"id": "a", "answer": 3}), "x:1: answer: "),
        (lines({"id": "a", "answer": "", "citations": [3]}), "x:1: citations.0."),
        (lines({"id": "a", "answer": ""}, {"id": "a", "answer": ""}), "x:2: expected one answer to each question"),
        (lines({"id": "z", "answer": ""}), "found none"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "found none"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_lines(pipeline: Pipeline, data: bytes, fault: str) -> None:
    with pytest.raises(UsageError) as caught:
        rows_of(pipeline, [TERM], "x", data)
    assert fault in str(caught.value)
