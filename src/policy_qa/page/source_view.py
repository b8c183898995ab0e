"""The side panel: the list of policies, one policy open at the words that an answer quotes, or two texts compared."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from policy_qa.datamodels import Answer, Document, Segmentation, Status
from policy_qa.diff import Diff
from policy_qa.diff.html import changes, overview
from policy_qa.diff.rendering import TEXTS
from policy_qa.facts.model import Version
from policy_qa.page.inline import Highlights, Range, escape, showable
from policy_qa.page.layout import label_ranges, page_starts, render_text
from policy_qa.page.library import Library
from policy_qa.page.mark_view import render_mark, render_marks, render_way
from policy_qa.page.since import Fate, Quoted, look_up, segmentation_then, text_then
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
    words = texts.of("status", status)
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
    if texts.lang == "zh":
        return version.label + ("版" if version.label.endswith(("年", "月", "日")) else "")
    match = _DATE.search(version.label)
    date = "-".join(f"{int(g):02d}" for g in match.groups() if g) if match else ""
    rest = _DATE.sub("", version.label, count=1)
    for word, english in texts.named("version").items():
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
    read = f"{label} {texts.read_document.format(title=library.documents[member.doc_id].title)}"
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


def render_pages(document: Document, place: Range | None, texts: Texts) -> str:
    """第3页, or 第3至4页; empty where there is no place, or no pages."""
    if place is None or not document.pages:
        return ""
    first, last = document.page_of(place[0]), document.page_of(max(place[0], place[1] - 1))
    return texts.page.format(n=first) if first == last else texts.pages.format(first=first, last=last)


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What of a document is opened: a provision to shade, words to mark, and a line that says so.

    `ref` is the provision's, where one is opened; `shaded` is its path at article level, empty for none, and `place`
    where the provision stands that `cite` names. `fate` tells what became of the provision since it was
    quoted, and `then` is its text as it was, which is shown instead of one on file.
    """

    doc_id: str
    ref: str = ""
    shaded: str = ""
    cite: str = ""
    place: Range | None = None
    quoted: tuple[Range, ...] = ()
    also: tuple[Range, ...] = ()
    fate: Fate = Fate.SAME
    then: Segmentation | None = None


def open_citation(answer: Answer, n: int, library: Library, documents: Sequence[Document] = ()) -> Opening | None:
    """The opening of citation `n` of an answer that cites these `documents`; None where its text can't be shown."""
    citation = next((c for c in answer.citations if c.n == n), None)
    others = [c.standing for c in answer.citations if c.n != n]
    return open_words(citation.standing, library, documents, others) if citation else None


def open_words(
    words: Quoted, library: Library, documents: Sequence[Document] = (), others: Sequence[Quoted] = ()
) -> Opening | None:
    """The opening of quoted words, with the others that are quoted of the same document, in the text on file.

    Where the provision has changed since, or is gone, in the text as it was then, if that is among the `documents` that
    the answer cites; None where there is neither.
    """
    fate, quoted = look_up(words, documents, library)
    then = text_then(words, documents) if fate is not Fate.SAME else None
    segmentation = segmentation_then(then) if then else None
    doc_id = words.ref.partition("#")[0]
    if segmentation is None and doc_id not in library.documents:
        return None
    place = library.place(words.ref)
    provision = segmentation.at(words.ref) if segmentation else place.provision if place else None
    shown = segmentation or (place.segmentation if place else None)
    if segmentation:
        quoted = (words.start, words.end)
    same = [other for other in others if other.ref.partition("#")[0] == doc_id]
    also = [(o.start, o.end) if segmentation else look_up(o, documents, library)[1] for o in same]
    return Opening(
        doc_id=doc_id,
        ref=words.ref if place else "",
        shaded=shown.article_of(provision).path if shown and provision else "",
        cite=words.cite,
        quoted=(quoted,) if quoted else (),
        also=tuple(filter(None, also)),
        fate=fate,
        then=segmentation,
    )


def open_provision(ref: str, library: Library) -> Opening | None:
    """The opening of a provision that was found, or None where it is gone."""
    place = library.place(ref)
    if place is None:
        return None
    provision = place.provision
    return Opening(
        doc_id=provision.doc_id,
        ref=ref,
        shaded=place.article.path,
        cite=place.cite,
        place=(provision.start, provision.end),
    )


def render_source(
    segmentation: Segmentation, opening: Opening, texts: Texts, key: str, library: Library | None = None
) -> str:
    """One document with its particulars, opened as told, and the way to the other texts of its policy.

    `key` is what was clicked; the page scrolls anew when it changes.
    """
    document = segmentation.document
    now = library if opening.then is None else None
    badges = render_badges(document, now.version(document.doc_id) if now else None, texts)
    highlights = Highlights(
        quoted=opening.quoted,
        also=opening.also,
        labels=label_ranges(segmentation),
        pages=page_starts(document, texts),
    )
    beside = render_marks(segmentation, texts, now) if now else {}
    if opening.shaded:
        beside[opening.shaded] = beside.get(opening.shaded, "") + _verify(opening, texts, library)
    body = render_text(segmentation, highlights, opening.shaded, texts, beside)
    versions = render_versions(now, document.doc_id, texts) if now else ""
    superseded = render_superseded(now, document.doc_id, texts) if now else ""
    title = escape(name_of(document))
    return (
        f'<article class="pq-source" data-key="{escape(key)}" aria-labelledby="pq-source-title">'
        f"{_bar(texts, badges + title)}"
        f'<div class="pq-scroll" tabindex="0" role="region" aria-label="{escape(texts.source_label)}">'
        f'<header class="pq-source-head"><h2 id="pq-source-title" tabindex="-1">{title} '
        f"{badges}</h2>{_particulars(document, texts)}{versions}"
        f"{superseded}{_strips(segmentation, opening, texts)}</header>"
        f'<div class="pq-text" lang="zh-CN">{body}</div></div></article>'
    )


def _verify(opening: Opening, texts: Texts, library: Library | None) -> str:
    """The way to say what one found of the opened provision; over a text as it was, what has been said of today's."""
    ref = opening.ref
    if not ref:
        return ""
    way = render_way(ref, texts, ".")
    if not opening.then:
        return way
    now = f'<a href="#source" class="pq-link" data-open="p:{escape(ref)}">{escape(texts.ask.text_now)}</a>'
    return render_mark(ref, texts, library) + now + way


def render_comparison(diff: Diff, library: Library, texts: Texts, key: str) -> str:
    """The panel with two texts of one policy compared."""
    title = escape(TEXTS[texts.lang]["page_title"])
    return (
        f'<article class="pq-source" data-key="{escape(key)}" aria-labelledby="pq-source-title">'
        f"{_bar(texts, title, texts.close_comparison)}"
        f'<div class="pq-scroll" tabindex="0" role="region" aria-label="{title}">'
        f"{render_diff(diff, library, texts)}</div></article>"
    )


def render_missing(message: str, texts: Texts, key: str) -> str:
    """The panel where a document can't be opened: why, and the way back."""
    return (
        f'<article class="pq-source" data-key="{escape(key)}">{_bar(texts)}<div class="pq-scroll">'
        f'<p class="pq-strip pq-warn" role="alert">{escape(message)}</p></div></article>'
    )


def render_list(library: Library | None, texts: Texts, key: str = "") -> str:
    """All policies on file, each to be opened; or how to get some."""
    entries = "".join(_entry(document, library, texts) for document in _in_force_first(library)) if library else ""
    if entries:
        hint, body = f"<p>{escape(texts.documents_hint)}</p>", f'<ul class="pq-documents">{entries}</ul>'
    else:
        hint, body = "", f'<p class="pq-strip pq-warn">{escape(texts.no_documents)}</p>'
    return (
        f'<article class="pq-source pq-list" data-key="{escape(key)}" aria-labelledby="pq-source-title">'
        f'{_bar(texts, escape(texts.documents_title))}<div class="pq-scroll"><header class="pq-source-head">'
        f'<h2 id="pq-source-title" tabindex="-1">{escape(texts.documents_title)}</h2>{hint}</header>'
        f"{body}</div></article>"
    )


def _in_force_first(library: Library) -> list[Document]:
    """One document of every policy: the text in force, or what stands for it; the others are reached from there."""
    families = {doc_id: library.family(doc_id) for doc_id in library.documents}
    first = dict.fromkeys(f.members[0].doc_id if (f := families[i]) else i for i in library.documents)
    return [library.documents[doc_id] for doc_id in first]


def _entry(document: Document, library: Library, texts: Texts) -> str:
    badges = render_badges(document, library.version(document.doc_id), texts)
    name = name_of(document)
    return (
        f'<li><a href="#source" class="pq-document" data-open="d:{escape(document.doc_id)}">'
        f'<span class="pq-document-title">{escape(name)} {badges}</span>'
        f'<span class="pq-document-facts">{_facts(document)}</span></a>'
        f"{render_others(library, document.doc_id, texts)}</li>"
    )


def _bar(texts: Texts, title: str = "", close: str = "") -> str:
    """The line that stays while the text scrolls: whose words these are, and the way back. `title` is HTML."""
    close = escape(close or texts.close)
    return (
        f'<div class="pq-bar"><span class="pq-bar-title">{title or escape(texts.source_label)}</span>'
        f'<button type="button" class="pq-back" data-close="1" aria-label="{close}">'
        f'<span class="pq-back-wide">{close}</span>'
        f'<span class="pq-back-narrow">‹ {escape(texts.back)}</span></button></div>'
    )


def _facts(document: Document) -> str:
    facts = [f for f in (document.issuer, document.number, document.date) if f] or [document.source]
    return " · ".join(f'<span class="pq-fact">{escape(fact)}</span>' for fact in facts)


def _particulars(document: Document, texts: Texts) -> str:
    rows = (
        (texts.issuer, document.issuer),
        (texts.number, document.number),
        (texts.date, document.date),
        (texts.file, document.source),
    )
    facts = "".join(_fact(name, value, texts) for name, value in rows)
    return f'<dl class="pq-facts">{facts}</dl>{_notes(document, texts)}'


def _notes(document: Document, texts: Texts) -> str:
    """What the reader of the file did or left out: whoever compares the text with the file needs to know."""
    if not document.notes:
        return ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in document.notes)
    return f'<div class="pq-notes"><span>{escape(texts.notes)}</span><ul lang="zh-CN">{notes}</ul></div>'


def _fact(name: str, value: str, texts: Texts) -> str:
    tone = "" if value else ' class="pq-none"'
    return f"<div><dt>{escape(name)}</dt><dd{tone}>{escape(value or texts.not_stated)}</dd></div>"


def _strips(segmentation: Segmentation, opening: Opening, texts: Texts) -> str:
    """What a reader must know before relying on the text below, most pressing first."""
    status = segmentation.document.status
    strips: list[tuple[str, str]] = []
    if opening.fate is not Fate.SAME:
        strips.append(("pq-warn", texts.ask.of("fate", opening.fate) if opening.then else texts.text_changed))
    if status.is_draft:
        strips.append(("pq-warn", texts.draft_strip.format(status=texts.of("status", status))))
    if status is Status.REPEALED:
        strips.append(("pq-dead", texts.repealed_strip))
    if segmentation.warnings:
        strips.append(("pq-plain", texts.numbering_note.format(warnings="；".join(segmentation.warnings))))
    if opening.cite:
        where = texts.quoted_here.format(cite=opening.cite)
        page = render_pages(segmentation.document, opening.quoted[0] if opening.quoted else opening.place, texts)
        told = "；".join(filter(None, (page, texts.also_quoted if opening.also else "")))
        strips.append(("pq-where", where + (f"（{told}）" if told else "")))
    return "".join(f'<p class="pq-strip {tone}">{escape(words)}</p>' for tone, words in strips)
