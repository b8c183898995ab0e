"""No sentence that the text doesn't bear is shown as if it did; those that it bears are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pytest

from policy_qa.datamodels import Answer, Segmentation
from policy_qa.model.client import ModelClient
from policy_qa.model.writer import Writer
from policy_qa.verify import sentences_of
from samples import answering

from .cases import Case, answer_from, articles, cases, sentences
from .conftest import model_settings
from .server import ScriptedServer

#: Sentences of one kind that go into one answer: fewer answers, the same judgements.
_TOGETHER = 6


@pytest.fixture
def writer(server: ScriptedServer, segmentations: Mapping[str, Segmentation]) -> Writer:
    return Writer(ModelClient(model_settings(server)), segmentations)


def last(writer: Writer, extractive: Answer) -> Answer:
    *_, answer = writer.write(extractive)
    return answer


def batches(every: list[Case]) -> list[list[Case]]:
    """The cases of one article in groups, true and false mixed."""
    out: list[list[Case]] = []
    for case in every:
        if not out or out[-1][0].article != case.article or len(out[-1]) == _TOGETHER:
            out.append([])
        out[-1].append(case)
    return out


@pytest.mark.slow
def test_what_is_false_is_never_shown_and_what_is_true_is(
    server: ScriptedServer, writer: Writer, segmentations: Mapping[str, Segmentation]
) -> None:
    every = list(cases(segmentations))
    wrong: list[str] = []
    missing: list[str] = []
    for group in batches(every):
        article = group[0].article
        said = [case.said for case in group]
        server.script = lambda asked, handler, said=said: [f"{s[:-1]}〔{asked.handles[0]}〕。" for s in said]
        answer = last(writer, answer_from(segmentations[article.doc_id], article))
        shown = {s.text for s in answer.sentences if answer.mode == "model"}
        whole = {c.said for c in group if all(c.said[a:b] in shown for a, b in sentences_of(c.said))}
        wrong += [f"{c.form}: {c.said}" for c in group if not c.true and c.said in whole]
        missing += [f"{c.form}: {c.said}" for c in group if c.true and c.said not in whole]
        for statement in answer.sentences:
            text = segmentations[article.doc_id].document.text
            assert statement.quote == text[statement.start : statement.end]
    true = sum(c.true for c in every)
    forms = Counter(c.form for c in every)
    assert len(every) - true >= 200, forms
    assert len([form for form, n in forms.items() if n >= 5]) >= 9, forms
    assert all(len(sentences_of(c.said)) == 1 for c in every if not c.true)
    assert wrong == []
    assert len(missing) <= 0.05 * true, (len(missing), true, missing)


def first_sentence(segmentations: Mapping[str, Segmentation], ref: str) -> tuple[Answer, str]:
    """An extractive answer from one article, and its first sentence."""
    article = next(a for a in articles(segmentations) if a.ref == ref)
    segmentation = segmentations[article.doc_id]
    return answer_from(segmentation, article), sentences(segmentation, article)[0]


@pytest.mark.parametrize("mark", ["[9]", "【9】", "〔X9Z〕", "（Q4Q）", "[1][2][3]", "[source 7]", "〔第九条〕"])
def test_a_mark_that_names_nothing_is_removed_and_the_sentence_flagged(
    server: ScriptedServer, writer: Writer, segmentations: Mapping[str, Segmentation], mark: str
) -> None:
    extractive, true = first_sentence(segmentations, "it-leading-group#12")
    server.says(f"{true[:-1]}{mark}。会议每月召开五次{mark}。")
    answer = last(writer, extractive)
    if mark == "〔第九条〕":  # a claim, not a mark: it has to be right
        assert answer.mode == "extractive"
        return
    assert [(s.text, s.note) for s in answer.sentences] == [(true, "mended")]
    assert answer.answer.endswith(f"{true}[1]")
    assert mark not in answer.answer.replace("[1]", "")
    assert [s.text for s in answer.removed] == ["会议每月召开五次。"]


def test_a_wrong_handle_is_put_right(
    server: ScriptedServer, writer: Writer, segmentations: Mapping[str, Segmentation]
) -> None:
    one, text = first_sentence(segmentations, "it-leading-group#12")
    two, other = first_sentence(segmentations, "yichun-cio#10")
    both = answering(*one.points[0].lines, *two.points[0].lines, citations=(*one.citations, *two.citations))
    server.script = lambda asked, handler: [f"{text[:-1]}〔{asked.handles[1]}〕。{other[:-1]}〔{asked.handles[1]}〕。"]
    answer = last(writer, both)
    assert [(s.text, s.ref.partition("#")[0], s.note) for s in answer.sentences] == [
        (text, "it-leading-group", "mended"),
        (other, "yichun-cio", ""),
    ]


def test_the_rule_of_one_school_is_not_told_of_another(
    server: ScriptedServer, writer: Writer, segmentations: Mapping[str, Segmentation]
) -> None:
    one, text = first_sentence(segmentations, "it-leading-group#12")
    two, _ = first_sentence(segmentations, "yichun-cio#10")
    both = answering(*one.points[0].lines, *two.points[0].lines, citations=(*one.citations, *two.citations))
    server.says(f"宜春学院规定，{text}宜春学院{text}")
    assert last(writer, both).mode == "extractive"


def test_a_list_does_not_outlive_its_leading_words(
    server: ScriptedServer, writer: Writer, segmentations: Mapping[str, Segmentation]
) -> None:
    article = next(a for a in articles(segmentations) if a.ref == "yichun-cio#6")
    segmentation = segmentations["yichun-cio"]
    items = "（一）学校分管信息化工作的副校长、校长助理；\n（二）具备丰富教育管理经验的职能部门负责人。"
    server.says(f"CIO不得由以下人员担任：\n{items}")
    answer = last(writer, answer_from(segmentation, article))
    assert answer.mode == "extractive"
    assert [s.why for s in answer.removed[1:]] == ["它所属的总起句没有通过核对。"] * 2
    server.says(f"CIO一般由以下人员担任：\n{items}")
    shown = [s.text for s in last(writer, answer_from(segmentation, article)).sentences]
    assert shown[0] == "CIO一般由以下人员担任："
    assert shown[1].startswith("（一）")
