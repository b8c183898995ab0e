"""2,000 generated policies of every shape that people hand in are recovered exactly, a test a shape.

`RECOVERY_CASES=20` draws twenty times as many, at random instead of the same ones every time.
"""

from __future__ import annotations

import os
from collections.abc import Callable

import policies_files as files
import policies_numbered as numbered
import policies_sections as sections
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policies import Policy, check

from samples import assert_lossless, cut

_TIMES = int(os.environ.get("RECOVERY_CASES", "0"))
#: From so many cases on, a test takes seconds.
_MANY = 150
Test = Callable[..., None]


def cases(strategy: st.SearchStrategy[Policy], count: int) -> Callable[[Test], Test]:
    """So many policies, the same ones in every run: a red build must stay red until it is mended."""

    def wrap(test: Test) -> Test:
        generated: Test = settings(
            max_examples=count * max(_TIMES, 1),
            deadline=None,
            derandomize=not _TIMES,
            print_blob=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example],
        )(given(strategy)(test))
        return pytest.mark.slow(generated) if count >= _MANY else generated

    return wrap


@cases(numbered.headings_and_articles(), 200)
def test_parts_chapters_sections_articles_paragraphs_items_subitems(policy: Policy) -> None:
    check(policy)


@cases(numbered.inserted_articles(), 100)
def test_inserted_articles_and_high_numbers(policy: Policy) -> None:
    check(policy)


@cases(numbered.captioned_articles(), 100)
def test_caption_and_text_on_one_line(policy: Policy) -> None:
    check(policy)


@cases(numbered.wrong_marks(), 100)
def test_wrong_markdown_marks(policy: Policy) -> None:
    check(policy)


@cases(numbered.references_at_line_starts(), 100)
def test_references_at_line_starts(policy: Policy) -> None:
    check(policy)


@cases(numbered.articles_with_sections_inside(), 100)
def test_articles_with_sections_inside(policy: Policy) -> None:
    check(policy)


@cases(numbered.unnumbered(), 50)
def test_no_numbering(policy: Policy) -> None:
    check(policy)


@cases(sections.sections(), 150)
def test_sections_and_points(policy: Policy) -> None:
    check(policy)


@cases(sections.marked_sections(), 100)
def test_sections_with_wrong_marks(policy: Policy) -> None:
    check(policy)


@cases(sections.flat_points(), 50)
def test_one_numbering_alone(policy: Policy) -> None:
    check(policy)


@cases(sections.closings(), 100)
def test_signatures_and_contacts_at_the_end(policy: Policy) -> None:
    check(policy)


@cases(sections.contents(), 100)
def test_tables_of_contents(policy: Policy) -> None:
    check(policy)


@cases(files.issued_by_notice(), 150)
def test_an_instrument_inside_its_notice(policy: Policy) -> None:
    check(policy)


@cases(files.several_instruments(), 200)
def test_several_instruments_in_one_file(policy: Policy) -> None:
    check(policy)


@cases(files.articles_with_tables(), 100)
def test_tables_inside_articles(policy: Policy) -> None:
    check(policy)


@cases(files.attachments(), 200)
def test_attachments(policy: Policy) -> None:
    check(policy)


@cases(files.instruments_attached_to_bare_notice(), 50)
def test_two_instruments_attached_to_a_bare_notice(policy: Policy) -> None:
    check(policy)


@cases(files.attached_to_bare_notice(), 50)
def test_an_instrument_attached_to_a_bare_notice(policy: Policy) -> None:
    check(policy)


@pytest.mark.parametrize("inner", ["", " "])
@pytest.mark.parametrize("style", ["han", "ascii", "wide", "spaced"])
def test_a_law_of_1260_articles(style: str, inner: str) -> None:
    check(numbered.long_law(style, inner))


@pytest.mark.parametrize("separator", ["\n", "\n\n", "\n\u3000\u3000"])
def test_a_list_of_announced_attachments_is_no_further_point(separator: str) -> None:
    """2.汇总表 counts on from 1.建成。; 20,000 random cases met it a few times."""
    closing = separator.join(("附件：1.推荐表", "2.汇总表", "某某市教育局", "2024年3月26日"))
    found = cut(separator.join(("某某学校工作方案", "一、目标", "学校应当重视。", "二、保障", "1.建成。", closing)))
    assert_lossless(found)
    assert [(a.path, found.text_of(a)) for a in found.articles] == [
        ("preamble", "某某学校工作方案"),
        ("1", "学校应当重视。"),
        ("2.1", "1.建成。"),
        ("closing", closing),
    ]
