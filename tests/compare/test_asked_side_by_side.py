"""Tables for real questions over the four policies, through the whole pipeline."""

from __future__ import annotations

import pytest

from policy_qa.datamodels import Comparison
from policy_qa.pipeline import Pipeline


def table(pipeline: Pipeline, question: str) -> Comparison:
    found = pipeline.ask(question).comparison
    assert found is not None
    return found


def refs(found: Comparison, point: str) -> dict[str, list[str]]:
    (row,) = [r for r in found.rows if r.point == point]
    return {
        d.doc_id: [q.ref.partition("#")[2] for q in cell] for d, cell in zip(found.documents, row.cells, strict=True)
    }


def test_each_of_them_says_who(pipeline: Pipeline) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    assert {c.ref for c in answer.citations} == {"yichun-cio#6", "helan-cio#4.4", "jiaozuo-cio#1"}
    found = answer.comparison
    assert found is not None
    assert {d.doc_id for d in found.documents} == {"yichun-cio", "helan-cio", "jiaozuo-cio"}
    assert refs(found, "topic") == {"yichun-cio": ["6"], "helan-cio": ["4.4"], "jiaozuo-cio": ["1"]}


def test_as_a_whole_they_are_compared_by_what_more_than_one_rules(pipeline: Pipeline) -> None:
    answer = pipeline.ask("三家CIO制度有什么不同？")
    found = answer.comparison
    assert found is not None
    assert {d.doc_id for d in found.documents} == {"yichun-cio", "helan-cio", "jiaozuo-cio"}
    assert {r.point for r in found.rows} == {"heading"}
    (row,) = [r for r in found.rows if r.label == "任职要求"]
    said = dict(zip((d.doc_id for d in found.documents), row.cells, strict=True))
    assert {d: cell[0].ref.partition("#")[2].split(".")[0] for d, cell in said.items()} == {
        "yichun-cio": "5",
        "helan-cio": "3",
        "jiaozuo-cio": "2",
    }
    assert {c.ref for c in answer.citations} == {q.ref for r in found.rows for c in r.cells for q in c}


def test_every_cell_is_the_documents_own_text(pipeline: Pipeline) -> None:
    texts = {d.doc_id: d.text for d in pipeline.documents}
    for question in ("谁可以担任CIO？", "三家CIO制度有什么不同？", "比一比宜春学院与贺兰县的保障措施。"):
        for row in table(pipeline, question).rows:
            for q in (q for cell in row.cells for q in cell):
                assert q.quote == texts[q.ref.partition("#")[0]][q.start : q.end]


def test_one_point_gives_one_row(pipeline: Pipeline) -> None:
    found = table(pipeline, "三家单位CIO的任期有何不同？")
    assert [(r.point, r.label, r.differs) for r in found.rows] == [("topic", "CIO的任期", True)]
    assert refs(found, "topic") == {"yichun-cio": ["7.2"], "helan-cio": ["4.5"], "jiaozuo-cio": []}


def test_a_topic_of_its_own(pipeline: Pipeline) -> None:
    found = table(pipeline, "关于首席信息官参加培训，贺兰和焦作的要求有什么不同？")
    (row,) = found.rows
    assert row.point == "topic"
    assert "培训" in row.label
    assert [q.ref for cell in row.cells for q in cell] == ["helan-cio#7.16", "jiaozuo-cio#2.2"]


def test_english(pipeline: Pipeline) -> None:
    found = table(pipeline, "Who can serve as CIO?")
    assert found.rows[0].label == "who can serve as cio"
    assert refs(found, "topic") == {"yichun-cio": ["6"], "helan-cio": ["4.4"], "jiaozuo-cio": ["1"]}


@pytest.mark.parametrize(
    "question",
    [
        "宜春学院CIO的任期是几年？",
        "宜春学院谁可以担任CIO？",
        "宜春学院制度第七条规定了什么？",
        "今天天气怎么样？",
        "清华大学的CIO由谁担任？",
    ],
)
def test_no_table_where_nothing_is_compared(pipeline: Pipeline, question: str) -> None:
    assert pipeline.ask(question).comparison is None


def test_only_the_documents_that_a_caller_wants(pipeline: Pipeline) -> None:
    answer = pipeline.ask("谁可以担任CIO？", doc_ids=["yichun-cio", "helan-cio"])
    assert answer.comparison is not None
    assert {d.doc_id for d in answer.comparison.documents} == {"yichun-cio", "helan-cio"}
    assert pipeline.ask("谁可以担任CIO？", doc_ids=["yichun-cio"]).comparison is None


def test_counting_the_documents_asks_for_no_number(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "这几个文件制定的依据有什么不同？"), "topic")
    assert found["helan-cio"] == ["preamble"]
    assert found["it-leading-group"] == ["2"]


def test_an_office_of_two_words(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "信息化办公室主任分别由谁兼任？"), "topic")
    assert (found["yichun-cio"], found["it-leading-group"]) == (["15"], ["5"])


def test_a_short_name_beside_a_body_of_another_document(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "网信委成员和信息化领导小组的成员各有哪些人"), "topic")
    assert (found["yichun-cio"], found["it-leading-group"]) == (["14"], ["3"])


def test_what_a_question_is_narrowed_to_is_the_topic(pipeline: Pipeline) -> None:
    (row,) = table(pipeline, "对比一下宜春和焦作在制度标准建设上的职责").rows
    assert row.label == "制度标准建设、职责"


def test_what_a_follow_up_leaves_out_is_what_is_compared(pipeline: Pipeline) -> None:
    found = pipeline.ask("两家有什么不同？", ["宜春学院CIO任期几年？", "贺兰县呢？"]).comparison
    assert found is not None
    assert [r.point for r in found.rows] == ["topic"]
    assert refs(found, "topic") == {"yichun-cio": ["7"], "helan-cio": ["4.5"]}


def test_a_number_asked_for_counts_whatever_its_wording(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "两年考核一次是哪家规定的？其他家呢？"), "topic")
    assert (found["jiaozuo-cio"], found["yichun-cio"]) == (["4.2"], [])


def test_a_form_that_is_asked_for_by_its_name(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "贺兰和焦作的推荐表栏目有什么不同？"), "topic")
    assert {d: {r.partition(".")[0] for r in cell} for d, cell in found.items()} == {
        "helan-cio": {"appendix-1"},
        "jiaozuo-cio": {"appendix-1"},
    }


def test_a_form_is_no_rule(pipeline: Pipeline) -> None:
    found = refs(table(pipeline, "宜春和贺兰对首席信息官的政治要求一样吗？"), "topic")
    assert found["yichun-cio"] == ["5"]
    assert {r.partition(".")[0] for r in found["helan-cio"]} == {"3"}


def test_a_word_cut_wrongly_does_not_hide_the_point(pipeline: Pipeline) -> None:
    found = table(pipeline, "焦作和贺兰的信息官能由副校长来当吗")
    assert {d.doc_id for d in found.documents} == {"jiaozuo-cio", "helan-cio"}
    assert any(any(row.cells) for row in found.rows if row.asked)
