"""The conversation as HTML, and one answer as plain text to be copied."""

from __future__ import annotations

from policy_qa.datamodels import Answer, Citation, PointKind
from policy_qa.page.answer_lines import citation_label, near_link, nearest_places, render_lines
from policy_qa.page.beneath import render_comparison, render_references
from policy_qa.page.conversation import Conversation, Failure, Turn
from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.quoted import locate, render_pages
from policy_qa.page.tables import one_line
from policy_qa.page.texts import Texts
from policy_qa.statements import MODEL

#: Nearest provisions that a refusal offers.
NEAREST = 5


def render_conversation(conversation: Conversation, texts: Texts, library: Library | None) -> str:
    """All turns, or the welcome with example questions where there are none yet.

    `data-stamp` changes when there is something new to scroll to, and only then.
    """
    last = conversation.last
    stamp = f"{last.number}{'' if last.pending else '+'}" if last else ""
    inner = "".join(_turn(turn, texts, library) for turn in conversation.turns) or _welcome(texts)
    if conversation.dropped:
        inner = f'<p class="pq-older">{escape(texts.older_turns.format(count=conversation.dropped))}</p>' + inner
    return (
        f'<div class="pq-log" role="log" aria-live="polite" aria-label="{escape(texts.conversation_label)}"'
        f' data-stamp="{stamp}" data-lang="{texts.html_lang}" data-window="{escape(texts.window_title)}"'
        f' data-lost="{escape(texts.connection_lost)}">{inner}</div>'
    )


def plain_text(question: str, answer: Answer, texts: Texts) -> str:
    """Question, answer, notices and citations as text that keeps its meaning in a letter or a chat."""
    parts = [texts.copy_question.format(question=question), answer.answer.strip()]
    parts += [f"{texts.notice}：{notice}" for notice in answer.notices]
    if answer.citations:
        sources = "\n".join(f"[{c.n}] {c.cite}：“{one_line(c.quote)}”" for c in answer.citations)
        parts.append(f"{texts.copy_source}\n{sources}")
    return "\n\n".join(parts)


def _welcome(texts: Texts) -> str:
    chips = "".join(
        f'<li><button type="button" class="pq-chip" data-example="{i}">{escape(example)}</button></li>'
        for i, example in enumerate(texts.examples)
    )
    return (
        f'<section class="pq-welcome"><h2>{escape(texts.welcome)}</h2><p>{escape(texts.welcome_hint)}</p>'
        f'<h3>{escape(texts.examples_label)}</h3><ul class="pq-chips">{chips}</ul></section>'
    )


def _turn(turn: Turn, texts: Texts, library: Library | None) -> str:
    if turn.answer is not None:
        reply = _answer(turn, turn.answer, texts, library)
    elif turn.failure is not None:
        reply = _failure(turn.failure, texts)
    elif turn.draft is not None:
        body, _ = render_lines(turn.number, turn.draft, texts, library)
        reply = (
            f'<div class="pq-reply pq-growing"><div class="pq-answer">{body}</div>'
            f'<div class="pq-pending" role="status">{escape(texts.checking)}</div></div>'
        )
    else:
        reply = f'<div class="pq-reply pq-pending" role="status">{escape(texts.searching)}</div>'
    return (
        f'<section class="pq-turn" data-turn="{turn.number}">'
        f'<div class="pq-question"><span class="pq-sr">{escape(texts.you)}：</span>{_paragraphs(turn.question)}</div>'
        f"{reply}</section>"
    )


def _answer(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    notices = "".join(
        f'<p class="pq-notice" role="note"><strong>{escape(texts.notice)}</strong>{escape(notice)}</p>'
        for notice in answer.notices
    )
    head = f'<p class="pq-refused">{escape(texts.refused)}</p>' if answer.refused else ""
    body, linked = render_lines(turn.number, answer, texts, library)
    below = _citations(turn, answer, texts, library)
    if answer.refused and not linked and {p.kind for p in answer.points} != {PointKind.OTHER}:
        below = _nearest(turn, answer, texts, library)
    return (
        f'<div class="pq-reply{" pq-refusal" if answer.refused else ""}">{notices}{head}'
        f'<div class="pq-answer">{body}</div>{render_comparison(turn.number, answer, texts)}{below}'
        f"{_foot(turn, answer, texts)}</div>"
    )


def _citations(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    if not answer.citations:
        return ""
    entries = "".join(
        f'<li><a href="#source" class="pq-citation" data-open="c:{turn.number}:{c.n}"'
        f' aria-label="{citation_label(c, texts)}">'
        f'<span class="pq-number" aria-hidden="true">{c.n}</span><span class="pq-citation-words">'
        f'<span class="pq-citation-name">{escape(c.cite)}{_page(c, texts, library)}</span>'
        f'<q class="pq-citation-quote">{escape(one_line(c.quote))}</q></span></a>'
        f"{render_references(turn.number, c, texts)}</li>"
        for c in answer.citations
    )
    return f'<h3 class="pq-sub">{escape(texts.citations)}</h3><ol class="pq-citations">{entries}</ol>'


def _page(citation: Citation, texts: Texts, library: Library | None) -> str:
    """The page of a quotation, where its source has pages."""
    document = library.documents.get(citation.ref.partition("#")[0]) if library else None
    pages = render_pages(document, locate(citation, document.text), texts) if document else ""
    return f'<span class="pq-page">{escape(pages)}</span>' if pages else ""


def _nearest(turn: Turn, answer: Answer, texts: Texts, library: Library | None) -> str:
    places = nearest_places(answer, library)[:NEAREST]
    if not places:
        return ""
    links = "".join(
        near_link(turn.number, i, place.cite, _opening_words(place.segmentation.text_of(place.provision)))
        for i, place in places
    )
    return f'<h3 class="pq-sub">{escape(texts.nearest)}</h3>{links}'


def _foot(turn: Turn, answer: Answer, texts: Texts) -> str:
    words = texts.model_written if answer.mode == MODEL else texts.all_verbatim if answer.sentences else ""
    written = f"<span>{escape(words)}</span>" if words and not answer.refused else ""
    copy = escape(plain_text(turn.question, answer, texts))
    return (
        f'<div class="pq-foot"><button type="button" class="pq-copy" data-copy="{copy}"'
        f' data-done="{escape(texts.copied)}">{escape(texts.copy)}</button>{written}</div>'
    )


def _failure(failure: Failure, texts: Texts) -> str:
    """Why there is no answer. What is wrong with an index, paths included, is for the log and `/healthz`."""
    titles = {"missing": texts.index_title, "unusable": texts.index_title, "model": texts.model_title}
    bodies = {
        "missing": texts.index_missing,
        "unusable": texts.index_unusable,
        "internal": texts.internal_error,
        "busy": texts.busy,
    }
    body = bodies.get(failure.kind) or failure.detail
    title = titles.get(failure.kind, texts.error_title)
    return (
        f'<div class="pq-reply pq-error" role="alert"><p class="pq-refused">{escape(title)}</p>'
        f"<p>{escape(body)}</p></div>"
    )


def _paragraphs(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _opening_words(text: str, length: int = 60) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else words[:length] + "……"
