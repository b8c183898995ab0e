"""The side panel with two texts of one policy compared: the comparison's own page, in the panel's dress."""

from __future__ import annotations

import re

from policy_qa.diff import Diff
from policy_qa.diff.html import changes, overview
from policy_qa.diff.texts import TEXTS
from policy_qa.page.inline import escape, showable
from policy_qa.page.library import Library
from policy_qa.page.texts import Texts
from policy_qa.page.versions_view import label_of, link

# What a document wrote is escaped, quotation marks included, so that only the comparison's own attributes match.
_CLASSES = re.compile(r' class="([^"]*)"')
_IDS = re.compile(r' (id="|href="#)(c\d+")')


def render_diff(diff: Diff, library: Library, texts: Texts) -> str:
    """What the panel shows below its bar: the two texts, what differs at a glance, and every change."""
    title = escape(TEXTS[texts.lang]["page_title"])
    head = (
        f'<h2 id="pq-source-title" tabindex="-1">{title}</h2><p class="pq-diff-ways">{_ways(diff, library, texts)}</p>'
    )
    body = f'{overview(diff, texts.lang)}<div class="changes" lang="zh-CN">{changes(diff, texts.lang)}</div>'
    return f'<header class="pq-source-head">{head}</header><div class="pq-diff">{showable(_dressed(body))}</div>'


def _ways(diff: Diff, library: Library, texts: Texts) -> str:
    """The links back to the two documents."""
    links = []
    for document, words in ((diff.old, texts.read_old), (diff.new, texts.read_new)):
        version = library.version(document.doc_id)
        label = label_of(version, texts) if version else document.title
        links.append(link(document.doc_id, words.format(label=label), form="pq-link pq-pill"))
    return "".join(links)


def _dressed(html: str) -> str:
    """The same HTML with the page's prefix on every class and id, so that neither style sheet reaches the other's."""
    return _IDS.sub(r" \1pq-d-\2", _CLASSES.sub(_prefixed, html))


def _prefixed(match: re.Match[str]) -> str:
    names = " ".join(f"pq-d-{name}" for name in match.group(1).split())
    return f' class="{names}"'
