"""The versions of a policy as HTML: which text is in force, which others there are, and the way to each."""

from __future__ import annotations

import re

from policy_qa.datamodels import Document, Status
from policy_qa.facts.model import Version
from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.texts import Texts

_DATE = re.compile(r"(\d{4})年(?:(\d{1,2})月)?(?:(\d{1,2})日)?")


def render_badges(document: Document, version: Version | None, texts: Texts) -> str:
    """The standing of a policy as small labels.

    Among several texts, the one in force says so, and an issued one that isn't must not look as if it were.
    """
    status = document.status
    if version is not None and version.in_force:
        trial = _status_badge(status, texts) if status is Status.TRIAL else ""
        return _badge("pq-good", texts.in_force) + trial
    if version is not None and not status.is_draft and status is not Status.REPEALED:
        return _badge("pq-dead", texts.not_in_force)
    return _status_badge(status, texts)


def _status_badge(status: Status, texts: Texts) -> str:
    words = texts.status(status)
    if not words:
        return ""
    return _badge("pq-warn" if status.is_draft else "pq-dead" if status is Status.REPEALED else "pq-good", words)


def _badge(tone: str, words: str) -> str:
    return f'<span class="pq-badge {tone}">{escape(words)}</span>'


def name_of(document: Document) -> str:
    """The title, with the edition where another text bears the same one."""
    return f"{document.title}（{document.edition}）" if document.edition else document.title


def label_of(version: Version, texts: Texts) -> str:
    """What the page calls a version: 2024年印发, or `2024 (issued)` on an English page."""
    words = dict(texts.version_words)
    if not words:
        return version.label + ("版" if version.label.endswith(("年", "月", "日")) else "")
    match = _DATE.search(version.label)
    date = "-".join(f"{int(g):02d}" for g in match.groups() if g) if match else ""
    rest = _DATE.sub("", version.label, count=1)
    for word, english in words.items():
        rest = rest.replace(word, english)
    return f"{date} ({rest.strip()})" if date and rest.strip() else date or rest.strip()


def link(doc_id: str, words: str, label: str = "", form: str = "pq-link") -> str:
    """A link that opens a document in the panel; `label` is what it is called to those who can't see around it."""
    named = f' aria-label="{escape(label)}"' if label else ""
    return f'<a href="#source" class="{form}" data-open="d:{escape(doc_id)}"{named}>{escape(words)}</a>'


def render_others(library: Library, doc_id: str, texts: Texts) -> str:
    """One line for the list of policies: the other texts of a document's policy, each a link."""
    family = library.family(doc_id)
    others = [m for m in family.members if m.doc_id != doc_id] if family else []
    if not others:
        return ""
    links = "".join(_other(library, member, texts, "pq-link pq-pill") for member in others)
    return f'<p class="pq-others"><span>{escape(texts.other_versions)}</span>{links}</p>'


def _other(library: Library, member: Version, texts: Texts, form: str) -> str:
    label = label_of(member, texts)
    read = texts.read_document.format(title=f"{library.documents[member.doc_id].title}（{label}）")
    return link(member.doc_id, label, read, form)


def render_versions(library: Library, doc_id: str, texts: Texts) -> str:
    """All texts of an opened document's policy, with links to read them and to compare them with it."""
    family = library.family(doc_id)
    if family is None:
        return ""
    rows = "".join(_row(library, member, doc_id, texts) for member in family.members)
    return (
        f'<section class="pq-versions" aria-label="{escape(texts.versions)}">'
        f'<h3 class="pq-versions-title">{escape(texts.versions)}</h3><ul>{rows}</ul></section>'
    )


def _row(library: Library, member: Version, doc_id: str, texts: Texts) -> str:
    label = label_of(member, texts)
    if member.doc_id == doc_id:
        name = f'<b class="pq-version-name">{escape(label)}</b>'
        rest = f'<span class="pq-version-here">{escape(texts.this_version)}</span>'
    else:
        name = _other(library, member, texts, "pq-link pq-version-name")
        key = f"v:{escape(doc_id)}/{escape(member.doc_id)}"
        words = escape(texts.compare_with.format(label=label))
        rest = f'<a href="#source" class="pq-link pq-compare" data-open="{key}">{words}</a>'
    standing = texts.in_force if member.in_force else texts.not_in_force
    # Why is told in Chinese only: it speaks of the words of the texts.
    why = f" · {member.why}" if texts.lang == "zh" and member.why else ""
    tone = "pq-standing pq-standing-now" if member.in_force else "pq-standing"
    return f'<li>{name}<span class="{tone}">{escape(standing + why)}</span>{rest}</li>'


def render_superseded(library: Library, doc_id: str, texts: Texts) -> str:
    """A strip on a text that isn't the one to rely on, with a link to that one; nothing on the latter."""
    family = library.family(doc_id)
    if family is None or family.members[0].doc_id == doc_id:
        return ""
    first = family.members[0]
    opens = texts.open_in_force if first.in_force else texts.open_newest
    if not first.in_force:
        said = texts.older_draft_strip
    elif library.documents[doc_id].status.is_draft:
        said = texts.draft_replaced_strip  # what a draft is worth, its own strip says
    else:
        said = texts.superseded_strip
    words = opens.format(label=label_of(first, texts))
    return f'<p class="pq-strip pq-dead pq-superseded">{escape(said)} {link(first.doc_id, words)}</p>'
