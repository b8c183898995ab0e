"""What a draft would have to say instead: the policy's own words, in the draft's text and in its Word file."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from pydantic import TypeAdapter

from policy_qa.check import Checker, Finding
from policy_qa.check.comments import commented
from policy_qa.check.edits import Edit, corrected, edits_of
from policy_qa.documents.sources import read_bytes

from .conftest import Check, wrong

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"


@pytest.mark.parametrize(
    ("draft", "right"),
    [
        (f"根据{Y}第七条第（二）项，CIO任期为5年。", f"根据{Y}第七条第（二）项，CIO任期为3年。"),
        (
            f"{Y}第七条第二项规定：“经校长办公会审议批准，报学校党委常委会批准后，正式聘任，任期五年”。",
            f"{Y}第七条第二项规定：“经校长办公会审议通过，报学校党委常委会批准后，正式聘任并公布，任期3年”。",
        ),
        (
            f"根据{Y}第三十条，“任期3年，可连聘连任，连任不超过2届。”",
            f"根据{Y}第七条第二项，“任期3年，可连聘连任，连任不超过2届。”",
        ),
    ],
)
def test_a_corrected_draft_is_right(check: Check, draft: str, right: str) -> None:
    found = wrong(check(draft))
    assert corrected(draft, (edit for finding in found for edit in edits_of(finding))) == right
    assert wrong(check(right)) == []


@pytest.mark.parametrize(
    "draft",
    [
        f"{Y}第二十六条。",  # what was meant instead, nobody knows
        f"根据{Y}第八条，“任期3年，可连聘连任，连任不超过2届”。",  # the number or the words: the writer has to say
        "《某某大学差旅办法》第三条规定，应当在五日内报销。",
    ],
)
def test_what_only_its_writer_can_mend_is_left(check: Check, draft: str) -> None:
    found = wrong(check(draft))
    assert found
    assert [edits_of(finding) for finding in found] == [()] * len(found)


def test_of_changes_that_overlap_the_first_is_made() -> None:
    assert corrected("任期五年，连任", [Edit(2, 4, "3年"), Edit(3, 6, "x"), Edit(0, 1, "聘")]) == "聘期3年，连任"


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_word_file_is_put_right_where_it_was_wrong_and_keeps_its_look(checker: Checker) -> None:
    made = docx.Document()
    paragraph = made.add_paragraph(f"根据{Y}第七条第（二）项，CIO任期为")
    paragraph.add_run("5").bold = True
    paragraph.add_run("年。另见")
    paragraph.add_run(f"{Y}第二十六条。").italic = True
    data = saved(made)
    report = checker.check(read_bytes(data, "draft.docx"))
    term, number = wrong(report)
    back = docx.Document(io.BytesIO(commented(report, data, "zh", [term])[0]))
    (line,) = [p for p in back.paragraphs if p.text]
    assert line.text == f"根据{Y}第七条第（二）项，CIO任期为3年。另见{Y}第二十六条。"
    assert [run.text for run in line.runs if run.bold] == ["3年"]
    assert "".join(run.text for run in line.runs if run.italic) == f"{Y}第二十六条。"
    assert [number.message in comment.text for comment in back.comments] == [True]


def test_what_cannot_be_put_right_in_its_place_is_told_there(checker: Checker) -> None:
    draft = read_bytes(f"{Y}第二十六条。".encode(), "draft.txt")
    report = checker.check(draft)
    back = docx.Document(io.BytesIO(commented(report, None, "zh", wrong(report))[0]))
    assert len(list(back.comments)) == 1


def test_a_finding_is_kept_as_json_and_read_again(check: Check) -> None:
    codec = TypeAdapter(tuple[Finding, ...])
    found = check(f"根据{Y}第七条第（二）项，CIO任期为5年。“任期五年，可连聘连任，连任不超过2届”").findings
    assert codec.validate_json(codec.dump_json(found)) == found
