"""Where the words of a citation stand in the text that is on file now, and on which page of the source."""

from __future__ import annotations

from policy_qa.datamodels import Citation, Document
from policy_qa.page.inline import Range
from policy_qa.page.texts import Texts


def locate(citation: Citation, text: str) -> Range | None:
    """Where the quoted words stand now; the index may have been rebuilt since the answer."""
    if text[citation.start : citation.end] == citation.quote:
        return citation.start, citation.end
    found = text.find(citation.quote)
    if found < 0 or text.find(citation.quote, found + 1) >= 0:
        return None
    return found, found + len(citation.quote)


def render_pages(document: Document, place: Range | None, texts: Texts) -> str:
    """第3页, or 第3至4页; empty where there is no place, or no pages."""
    if place is None or not document.pages:
        return ""
    first, last = document.page_of(place[0]), document.page_of(max(place[0], place[1] - 1))
    return texts.page.format(n=first) if first == last else texts.pages.format(first=first, last=last)
