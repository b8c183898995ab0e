"""Which articles an answer cites: every threshold at, just above and just below, by hand."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from policy_qa.answer.select import Thresholds, select
from policy_qa.datamodels import Kind, Provision
from policy_qa.naming.scope import Scope
from policy_qa.retrieval.features import NAMES
from policy_qa.retrieval.kinds import NOTHING
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate

#: Powers of two, so that nothing is lost in rounding.
LIMITS = Thresholds(answer=0.5, further=0.25, document=0.5, article=0.75, article_list=0.5)
PLAIN = {"wants_list": False, "compares": False, "every": False, "doc_ids": ()}


def question(*, wants_list: bool, compares: bool, every: bool, doc_ids: tuple[str, ...]) -> Question:
    scope = Scope(doc_ids=doc_ids, soft=False, unknown=(), rest="", every=every)
    return Question("", "zh", scope, (), NOTHING, wants_list, compares, (), "")


def candidates(*rows: str, headings: dict[str, tuple[str, float]] | None = None) -> list[Candidate]:
    """From 「a2 .5」: document, place, probability; `headings` by place: the heading, how far it says the question."""
    out = []
    for row in rows:
        name, probability = row.split()
        heading, said = (headings or {}).get(name, ("", 0.0))
        features = np.zeros(len(NAMES), np.float32)
        features[NAMES.index("cover_heading")] = said
        at = int(name[1:])
        article = Provision(
            doc_id=name[0],
            path=name[1:],
            kind=Kind.ARTICLE,
            label="",
            headings=(heading,) if heading else (),
            start=at * 10,
            end=at * 10 + 9,
            article=True,
        )
        out.append(Candidate(row=len(out), article=article, probability=float(probability), features=features))
    return out


def chosen(found: list[Candidate]) -> list[str]:
    return [c.article.doc_id + c.article.path for c in found]


@pytest.mark.parametrize(("answerability", "answers"), [(0.5, True), (0.4999, False), (0.5001, True), (0.0, False)])
def test_a_question_is_answered_from_the_threshold_on(answerability: float, answers: bool) -> None:
    found = select(question(**PLAIN), candidates("a1 .01"), answerability, LIMITS)
    assert chosen(found) == (["a1"] if answers else [])


@pytest.mark.parametrize("asked", [{"compares": True}, {"every": True}, {"doc_ids": ("a", "b")}])
def test_what_sets_documents_side_by_side_is_answered_from_a_share_of_it(asked: dict[str, object]) -> None:
    for answerability, expected in ((0.3, ["a1"]), (0.2999, [])):
        found = select(question(**{**PLAIN, **asked}), candidates("a1 .5"), answerability, LIMITS)  # type: ignore[arg-type]
        assert chosen(found) == expected


def test_nothing_to_choose_from() -> None:
    assert select(question(**PLAIN), [], 1.0, LIMITS) == []


ON_PURPOSE = {**PLAIN, "doc_ids": ("a", "b")}


@pytest.mark.parametrize(
    ("asked", "rows", "expected"),
    [
        # The best one is cited, however unlikely by itself.
        ({}, ["a1 .02", "b1 .01"], ["a1"]),
        # A further document: half of the best, and .25.
        ({}, ["a1 .8", "b1 .4"], ["a1", "b1"]),
        ({}, ["a1 .8", "b1 .39"], ["a1"]),
        ({}, ["a1 .3", "b1 .25"], ["a1", "b1"]),
        ({}, ["a1 .3", "b1 .24"], ["a1"]),
        # As likely as the best one, though both are unlikely.
        ({}, ["a1 .2", "b1 .2"], ["a1", "b1"]),
        # Set side by side on purpose .15 is enough, whatever the best has.
        ({"doc_ids": ("a", "b")}, ["a1 .8", "b1 .15"], ["a1", "b1"]),
        ({"doc_ids": ("a", "b")}, ["a1 .8", "b1 .149"], ["a1"]),
        ({"every": True}, ["a1 .8", "b1 .15"], ["a1", "b1"]),
        ({"compares": True}, ["a1 .8", "b1 .15"], ["a1", "b1"]),
        ({"doc_ids": ("a",)}, ["a1 .8", "b1 .15"], ["a1"]),
        ({"doc_ids": ("a",)}, ["a1 .8", "b1 .4"], ["a1", "b1"]),
        # A further article: three quarters of the best of its document, and .25.
        ({}, ["a1 1", "a2 .75"], ["a1", "a2"]),
        ({}, ["a1 1", "a2 .749"], ["a1"]),
        ({}, ["a1 .3", "a2 .25"], ["a1", "a2"]),
        ({}, ["a1 .3", "a2 .24"], ["a1"]),
        # On purpose .15 again, beside three quarters.
        ({"every": True}, ["a1 .16", "a2 .15"], ["a1", "a2"]),
        ({"every": True}, ["a1 .16", "a2 .149"], ["a1"]),
        ({"every": True}, ["a1 .8", "a2 .59"], ["a1"]),
        # In a list half of the best of its document, and half of .25.
        ({"wants_list": True}, ["a1 .8", "a2 .4"], ["a1", "a2"]),
        ({"wants_list": True}, ["a1 .8", "a2 .39"], ["a1"]),
        ({"wants_list": True}, ["a1 .2", "a2 .125"], ["a1", "a2"]),
        ({"wants_list": True}, ["a1 .2", "a2 .124"], ["a1"]),
        # A document counts by its own best article, not by the best of all.
        ({}, ["a1 .8", "b1 .5", "b2 .4", "a2 .4"], ["a1", "b1", "b2"]),
        # One that is as likely as the best of its document.
        ({}, ["a1 .1", "a2 .1"], ["a1", "a2"]),
    ],
)
def test_beside_the_best(asked: dict[str, object], rows: list[str], expected: list[str]) -> None:
    found = select(question(**{**PLAIN, **asked}), candidates(*rows), 1.0, LIMITS)  # type: ignore[arg-type]
    assert chosen(found) == expected


@pytest.mark.parametrize(
    ("doc_ids", "rows", "expected"),
    [
        # Documents by their best article, articles by their place.
        ((), ["b3 .9", "a2 .85", "b1 .8", "a1 .8"], ["b1", "b3", "a1", "a2"]),
        # In the order in which the question names them; what it doesn't name comes last.
        (("a", "b"), ["b3 .9", "a2 .85", "b1 .8", "a1 .8"], ["a1", "a2", "b1", "b3"]),
        (("c", "a"), ["b3 .9", "a2 .85", "c1 .8"], ["c1", "a2", "b3"]),
        (("a", "b", "a"), ["b3 .9", "a2 .85"], ["a2", "b3"]),
    ],
)
def test_the_order(doc_ids: tuple[str, ...], rows: list[str], expected: list[str]) -> None:
    assert chosen(select(question(**{**PLAIN, "doc_ids": doc_ids}), candidates(*rows), 1.0, LIMITS)) == expected


def test_what_is_not_named_comes_behind_a_hundred_that_are() -> None:
    named = tuple(f"{n}" for n in range(98))
    found = select(question(**{**PLAIN, "doc_ids": (*named, "a")}), candidates("b1 .9", "a1 .9"), 1.0, LIMITS)
    assert chosen(found) == ["a1", "b1"]


MEASURES = ("八、保障措施", 0.2)


@pytest.mark.parametrize(
    ("wants_list", "rows", "headings", "expected"),
    [
        # Half of a section's articles come near its best, .35 of it: all are cited.
        (True, ["a1 .8", "a2 .28", "a3 .01", "a4 .01"], {f"a{n}": MEASURES for n in (1, 2, 3, 4)}, "1234"),
        (True, ["a1 .8", "a2 .27", "a3 .01", "a4 .01"], {f"a{n}": MEASURES for n in (1, 2, 3, 4)}, "1"),
        (True, ["a1 .8", "a2 .28", "a3 .01", "a4 .01", "a5 .01"], {f"a{n}": MEASURES for n in (1, 2, 3, 4, 5)}, "1"),
        (True, ["a1 .8", "a2 .01"], {f"a{n}": MEASURES for n in (1, 2)}, "12"),
        # Not where no list is asked for, or the heading says less than a fifth of the question.
        (False, ["a1 .8", "a2 .01"], {f"a{n}": MEASURES for n in (1, 2)}, "1"),
        (True, ["a1 .8", "a2 .01"], {f"a{n}": (MEASURES[0], 0.19) for n in (1, 2)}, "1"),
        # Nor what stands under another heading, or under none.
        (True, ["a1 .8", "a2 .01"], {"a1": MEASURES, "a2": ("九、附则", 0.2)}, "1"),
        (True, ["a1 .8", "a2 .01"], {"a1": MEASURES}, "1"),
        (True, ["a1 .8", "a2 .01"], {}, "1"),
        # A section of which nothing is chosen.
        (True, ["a1 .8", "a2 .1", "a3 .1"], {"a2": MEASURES, "a3": MEASURES}, "1"),
        # The best of the section counts, not the first one chosen, nor the best of all.
        (True, ["a1 .9", "a2 .5", "a3 .18", "a4 .01"], {"a2": MEASURES, "a3": MEASURES}, "123"),
        (True, ["a1 .9", "a2 .5", "a3 .17", "a4 .01"], {f"a{n}": MEASURES for n in (2, 3, 4)}, "12"),
    ],
)
def test_the_rest_of_a_section_that_a_list_is_asked_of(
    wants_list: bool, rows: list[str], headings: dict[str, tuple[str, float]], expected: str
) -> None:
    asked = question(**{**PLAIN, "wants_list": wants_list})
    found = select(asked, candidates(*rows, headings=headings), 1.0, LIMITS)
    assert chosen(found) == [f"a{n}" for n in expected]


def test_a_section_is_one_of_its_document() -> None:
    rows = candidates("a1 .8", "b1 .1", "b2 .1", headings=dict.fromkeys(("a1", "b1", "b2"), MEASURES))
    assert chosen(select(question(**{**PLAIN, "wants_list": True}), rows, 1.0, LIMITS)) == ["a1"]


def test_the_thresholds_that_come_with_the_package() -> None:
    data = json.loads(files("policy_qa.resources").joinpath("thresholds.json").read_text("utf-8"))
    shipped = Thresholds.shipped()
    assert {name: getattr(shipped, name) for name in data} == data
    assert Thresholds.answering_from(None) == shipped
    other = Thresholds.answering_from(0.0)
    assert (other.answer, other.further, other.article) == (0.0, shipped.further, shipped.article)


@pytest.mark.parametrize(
    ("answering", "expected"),
    [
        # Named side by side, each document answers for itself, however unlikely beside the other.
        ({"a": 0.9, "b": 0.15}, ["a1", "b1"]),
        # .3 of the threshold for an answer.
        ({"a": 0.9, "b": 0.149}, ["a1"]),
        ({"a": 0.149, "b": 0.9}, ["b1"]),
        ({"a": 0.9}, ["a1"]),
        ({}, ["a1"]),  # nothing was read: by what the search says
    ],
)
def test_documents_that_are_named_answer_each_for_itself(answering: dict[str, float], expected: list[str]) -> None:
    rows = candidates("a1 .9", "b1 .01")
    assert chosen(select(question(**{**PLAIN, "doc_ids": ("a", "b")}), rows, 0.9, LIMITS, answering)) == expected


def test_where_all_are_asked_each_has_to_answer_more_plainly() -> None:
    rows, every = candidates("a1 .9", "b1 .9"), question(**{**PLAIN, "every": True})
    assert chosen(select(every, rows, 0.9, LIMITS, {"a": 0.9, "b": 0.3})) == ["a1", "b1"]
    assert chosen(select(every, rows, 0.9, LIMITS, {"a": 0.9, "b": 0.29})) == ["a1"]
