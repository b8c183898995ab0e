"""One policy gives the same provisions, whichever format it comes in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from formats import WRITERS, Policy, write
from source_policies import POLICIES, from_text

from policy_qa.datamodels import Segmentation
from policy_qa.documents.sources import read_document
from policy_qa.provisions import segment
from samples import CORPUS, assert_lossless
from samples import POLICIES as CORPUS_NAMES

#: What Markdown writes around text, and the rule below a table's first row.
_MARKS = re.compile(r"^\s*\|(?:\s*:?-{3,}:?\s*\|)+\s*$|\*\*|^#{1,6} ", re.MULTILINE)
#: What the corpus' own texts hold beside their words: rules, list marks, tags, the pipes and tabs of their tables.
_NOISE = re.compile(r"^-{3,}$|^- |</?p[^>]*>|\|(?:\s*-+\s*\|)+|\|", re.MULTILINE)
#: Forms of the corpus' texts whose rows come as tabs with tags in them: the cleaned text has rows where the
#: original has paragraphs. Everything outside these provisions is the same.
_FORMS = {"jiaozuo-cio": "appendix-1."}
#: Sentences that the original breaks over two lines; a reader of pages may mend them.
_BROKEN = {"jiaozuo-cio": ("（特殊情况下经", "教育信息化等")}

Row = tuple[str, str, str, tuple[str, ...], str]


def bare(text: str) -> str:
    """Text without white space and Markdown marks."""
    return "".join(_MARKS.sub("", text).split())


def provisions(segmentation: Segmentation) -> list[Row]:
    """Each provision as (path, kind, label, headings, text)."""
    return [
        (p.path, p.kind.value, bare(p.label), tuple(map(bare, p.headings)), bare(segmentation.text_of(p)))
        for p in segmentation.provisions
    ]


def lines(segmentation: Segmentation, broken: tuple[str, ...] = ()) -> list[str]:
    """The paragraphs and rows of the text; a line with one of these ends goes on in the next."""
    text = "\n".join(filter(None, map(bare, segmentation.document.text.split("\n"))))
    for end in broken:
        text = text.replace(end + "\n", end)
    return text.split("\n")


def cut(policy: Policy, folder: Path, form: str) -> Segmentation:
    segmentation = segment(read_document(write(policy, folder, form)))
    assert_lossless(segmentation)
    return segmentation


def about(segmentation: Segmentation) -> tuple[str, ...]:
    document = segmentation.document
    return (bare(document.title), document.issuer, document.number, document.date, document.status.value)


FORMS = [form for form in WRITERS if form != "txt"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", POLICIES)
def test_the_same_provisions(name: str, form: str, tmp_path: Path) -> None:
    expected, found = (cut(POLICIES[name], tmp_path, f) for f in ("txt", form))
    assert provisions(found) == provisions(expected)
    assert lines(found) == lines(expected)
    assert about(found) == about(expected)


@pytest.mark.parametrize("name", POLICIES)
def test_the_source_policies_have_what_they_are_there_for(name: str, tmp_path: Path) -> None:
    kinds = {p.kind.value for p in cut(POLICIES[name], tmp_path, "txt").provisions}
    assert (
        kinds
        >= {
            "章节条款项目": {"条", "款", "项", "目", "行", "结尾", "附件"},
            "一、（一）1.": {"部分", "点", "款", "项", "结尾"},
            "通知、细则和附件": {"前言", "条", "款", "项", "行", "附件"},
        }[name]
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("doc_id", CORPUS_NAMES)
def test_the_four_policies_in_every_format(doc_id: str, form: str, tmp_path: Path) -> None:
    policy = from_text((CORPUS / f"{doc_id}.txt").read_text("utf-8").split("\n"))
    expected, found = (cut(policy, tmp_path, f) for f in ("txt", form))
    broken = _BROKEN.get(doc_id, ())
    assert provisions(found) == provisions(expected)
    assert lines(found, broken) == lines(expected, broken)
    assert about(found) == about(expected)


@pytest.mark.parametrize("doc_id", CORPUS_NAMES)
def test_the_four_policies_against_their_files(doc_id: str, tmp_path: Path) -> None:
    def plain(segmentation: Segmentation) -> list[Row]:
        form = _FORMS.get(doc_id, "none")
        return [
            (p.path, p.kind.value, bare(p.label), tuple(map(bare, p.headings)), bare(_NOISE.sub("", text)))
            for p in segmentation.provisions
            if not p.path.startswith(form)
            for text in [segmentation.text_of(p)]
        ]

    original = segment(read_document(CORPUS / f"{doc_id}.txt"))
    policy = from_text(original.document.text.split("\n"))
    for form in ("docx", "html"):
        found = cut(policy, tmp_path, form)
        assert plain(found) == plain(original)
        assert about(found) == about(original)
