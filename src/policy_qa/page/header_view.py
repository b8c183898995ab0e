"""The head of the page: what this is, and how much is on file."""

from __future__ import annotations

from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.texts import Texts


def render_header(library: Library | None, texts: Texts) -> str:
    """The product's name, what it does, and a button that lists the documents."""
    count = len(library.documents) if library else 0
    return (
        '<div class="pq-head"><div class="pq-brand">'
        f'<h1>{escape(texts.product)}<span class="pq-code">policy_qa</span></h1>'
        f"<p>{escape(texts.tagline)}</p></div>"
        f'<a class="pq-drafts" href="/check?lang={escape(texts.lang)}" target="_blank" rel="noopener">'
        f'<span class="pq-count-long">{escape(texts.check.link)}</span>'
        f'<span class="pq-count-short">{escape(texts.check.short_link)}</span></a>'
        '<button type="button" class="pq-count" data-open="l">'
        f'<span class="pq-count-long">{escape(texts.document_count.format(count=count))}</span>'
        f'<span class="pq-count-short">{escape(texts.documents_button)}</span></button></div>'
    )
