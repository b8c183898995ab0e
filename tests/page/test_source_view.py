"""The side panel: the whole document, the article shaded, the quoted words marked."""

import re

import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.documents.extracted import describe
from policy_qa.page.inline import Highlights
from policy_qa.page.layout import render_text
from policy_qa.page.library import Library
from policy_qa.page.since import Fate
from policy_qa.page.source_view import open_citation, open_provision, render_list, render_source
from policy_qa.page.texts import EN, ZH
from policy_qa.provisions import segment

from .conftest import HOSTILE, FakePipeline
from .test_inline import Elements, marked, shown


def visible(text: str) -> str:
    """The characters that a document shows, without the marks of its file format and without white space."""
    return re.sub(r"[\s#*_=|\-]", "", text)


@pytest.mark.parametrize("doc_id", ["helan-cio", "it-leading-group", "jiaozuo-cio", "yichun-cio", "hostile"])
def test_the_whole_text_is_shown_in_order(pipeline: FakePipeline, doc_id: str) -> None:
    segmentation = pipeline.segmentation(doc_id)
    markup = render_text(segmentation, Highlights(), "", ZH)
    assert visible(shown(markup)) == visible(segmentation.document.text)


def test_a_text_that_the_segmentation_left_out_is_shown_all_the_same(pipeline: FakePipeline) -> None:
    whole = pipeline.segmentation("yichun-cio")
    gappy = Segmentation(document=whole.document, provisions=whole.provisions[5:9])
    assert visible(shown(render_text(gappy, Highlights(), "", ZH))) == visible(whole.document.text)


def test_every_citation_marks_exactly_its_quote(pipeline: FakePipeline, library: Library) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    for citation in answer.citations:
        opening = open_citation(answer, citation.n, library)
        assert opening is not None
        assert opening.fate is Fate.SAME
        markup = render_source(library.segmentation(opening.doc_id), opening, ZH, "c:1:1")
        assert "".join("".join(marked(markup)).split()) == "".join(citation.quote.split())
        assert re.findall(r'pq-shaded"[^>]*data-ref="([^"]+)"', markup) == [citation.ref.rsplit(".", 1)[0] if
            citation.ref.startswith("yichun") else citation.ref]  # fmt: skip


def test_a_quote_over_several_paragraphs_is_marked_in_each(pipeline: FakePipeline, library: Library) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    opening = open_citation(answer, 3, library)
    assert opening is not None
    markup = render_source(library.segmentation("jiaozuo-cio"), opening, ZH, "c:1:3")
    assert marked(markup) == answer.citations[2].quote.split("\n\n")


def test_other_citations_of_the_same_document_are_pointed_out(pipeline: FakePipeline, library: Library) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    opening = open_citation(answer, 1, library)
    assert opening is not None
    markup = render_source(library.segmentation("yichun-cio"), opening, ZH, "c:1:1")
    also = "".join(re.findall(r'<span class="pq-also">([^<]*)</span>', markup))
    assert also == answer.citations[1].quote


def test_a_draft_is_called_a_draft(library: Library) -> None:
    opening = open_provision("yichun-cio#7", library)
    assert opening is not None
    for texts, word in ((ZH, "讨论稿"), (EN, "Draft for discussion")):
        markup = render_source(library.segmentation("yichun-cio"), opening, texts, "r:1:0")
        assert f'<span class="pq-badge pq-warn">{word}</span>' in markup
        assert texts.draft_strip.format(status=word) in shown(markup)


def test_the_particulars_are_given(library: Library) -> None:
    opening = open_provision("jiaozuo-cio#1", library)
    assert opening is not None
    markup = shown(render_source(library.segmentation("jiaozuo-cio"), opening, ZH, "r:1:0"))
    for fact in ("焦作市教育局", "焦教文〔2022〕60号", "2022-07-18", "jiaozuo-cio.txt"):
        assert fact in markup


def test_a_reference_to_nothing_opens_nothing(pipeline: FakePipeline, library: Library) -> None:
    answer = pipeline.ask("谁可以担任CIO？")
    assert open_citation(answer, 9, library) is None
    assert open_provision("yichun-cio#99", library) is None
    assert open_provision("no-such#1", library) is None
    assert open_citation(answer, 1, Library(FakePipeline([]))) is None


def test_a_hostile_document_is_shown_as_text(pipeline: FakePipeline, library: Library) -> None:
    answer = pipeline.ask("hostile")
    opening = open_citation(answer, 1, library)
    assert opening is not None
    markup = render_source(library.segmentation("hostile"), opening, ZH, "c:1:1") + render_list(library, ZH)
    assert marked(markup) == [HOSTILE]
    only_ours = {
        "article",
        "div",
        "span",
        "button",
        "h2",
        "h3",
        "header",
        "dl",
        "dt",
        "dd",
        "p",
        "section",
        "mark",
        "b",
    }
    elements = Elements(markup)
    assert elements.tags <= only_ours | {"ul", "li", "a"}
    assert elements.addresses == {"#source", "./marks?ref=hostile%231"}
    assert not {name for name in elements.attributes if name.startswith("on") or name == "style"}


def test_a_table_of_the_source_is_a_table() -> None:
    text = "办法\n第一条 如下：\n| 姓名 | <b>职务</b> |\n|---|---|\n| 甲 | |\n"
    segmentation = segment(describe(text, doc_id="t", source="t.txt", sha256="0"))
    markup = render_text(segmentation, Highlights(quoted=((text.index("甲"), text.index("甲") + 1),)), "", ZH)
    assert markup.count("<tr") == 2
    assert markup.count("<td>") == 4
    assert marked(markup) == ["甲"]
    assert "&lt;b&gt;职务" in markup
