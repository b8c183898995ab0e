"""Text shown as text, and marks on exactly the words they are for."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_qa.page.inline import Highlights, escape, merge, render_inline

from .conftest import HOSTILE


def shown(markup: str) -> str:
    """What a browser would show of inline HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


class Elements(HTMLParser):
    """The elements of a piece of HTML, as a browser would find them: (tag, attributes)."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.found}

    @property
    def attributes(self) -> set[str]:
        return {name for _, attributes in self.found for name in attributes}

    @property
    def addresses(self) -> set[str | None]:
        return {a[name] for _, a in self.found for name in ("href", "src", "action", "srcset") if name in a}


def marked(markup: str) -> list[str]:
    return [shown(piece) for piece in re.findall(r"<mark[^>]*>(.*?)</mark>", markup, re.DOTALL)]


def test_nothing_of_a_hostile_text_is_markup() -> None:
    escaped = escape(HOSTILE)
    assert not set(escaped) & set("<>\"'")
    assert html.unescape(escaped) == HOSTILE


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x7f", "\u202e", "\u2066", "\ud800", "\ufffe"])
def test_characters_that_cannot_be_shown_are_replaced_one_for_one(char: str) -> None:
    assert escape(f"甲{char}乙") == "甲\ufffd乙"


def test_a_mark_covers_exactly_its_words() -> None:
    text = "任期3年，可连聘连任，连任不超过2届。"
    start = text.index("可连聘")
    markup = render_inline(text, 0, len(text), Highlights(quoted=((start, start + 5),)))
    assert markup == '任期3年，<mark class="pq-quote">可连聘连任</mark>，连任不超过2届。'


def test_a_label_inside_a_mark_leaves_it_whole() -> None:
    markup = render_inline("（一）提名推荐", 0, 7, Highlights(quoted=((0, 5),), labels=((0, 3),)))
    assert markup == '<mark class="pq-quote"><b class="pq-label">（一）</b>提名</mark>推荐'


def test_overlapping_citations_are_both_shown() -> None:
    text = "0123456789"
    markup = render_inline(text, 0, 10, Highlights(quoted=((2, 6),), also=((4, 8),)))
    assert markup == (
        '01<mark class="pq-quote">23<span class="pq-also">45</span></mark><span class="pq-also">67</span>89'
    )


def test_overlapping_quotations_become_one_mark() -> None:
    assert merge([(4, 8), (2, 5), (8, 9), (11, 11), (12, 13)]) == ((2, 9), (12, 13))
    assert marked(render_inline("0123456789", 0, 10, Highlights(quoted=((2, 5), (4, 8))))) == ["234567"]


def test_markup_characters_within_marks_are_escaped() -> None:
    text = "a<b>&c</b>"
    markup = render_inline(text, 0, len(text), Highlights(quoted=((1, 6),)))
    assert marked(markup) == ["<b>&c"]
    assert shown(markup) == text


ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4).map(tuple)


@given(st.text(st.sampled_from("甲乙<>&\"'[]1"), max_size=40), ranges, ranges, ranges)
def test_whatever_is_set_off_all_words_are_shown_once(
    text: str,
    quoted: tuple[tuple[int, int], ...],
    also: tuple[tuple[int, int], ...],
    labels: tuple[tuple[int, int], ...],
) -> None:
    markup = render_inline(text, 0, len(text), Highlights(quoted=quoted, also=also, labels=labels))
    assert shown(markup) == text
    inside = {i for a, b in quoted for i in range(max(a, 0), min(b, len(text)))}
    assert "".join(marked(markup)) == "".join(text[i] for i in sorted(inside))
