"""The Gradio page: its parts, and which step each event takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.events import api
from gradio.i18n import I18nData

from policy_qa.kept.conversations import Conversations
from policy_qa.page import steps
from policy_qa.page.conversation import Failure
from policy_qa.page.frame import LANGUAGE_COOKIE, cookie_of, places
from policy_qa.page.inline import escape
from policy_qa.page.keeping import Keeping
from policy_qa.page.library import Library
from policy_qa.page.live import WAITING, LivePipeline
from policy_qa.page.source_view import name_of
from policy_qa.page.steps import Session
from policy_qa.page.texts import Texts, texts_for
from policy_qa.page.visitor import visitor_of
from policy_qa.settings import LANGUAGES

STATIC = Path(__file__).parent / "static"
#: A tab left open keeps its conversation on the server for this many seconds after the last step.
SESSION_SECONDS = 12 * 3600

# gr.HTML evaluates this in the browser, with `trigger` bound to the component's events.
_CONVERSATION_JS = "window.policyQA.conversation(element, trigger, watch)"
_PANEL_JS = "window.policyQA.panel(element, trigger, watch)"
_HEADER_JS = "window.policyQA.header(element, trigger)"
_PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def render_header(library: Library | None, texts: Texts, *, kept: bool = False) -> str:
    """The product's name, what it does, and the places to go to; with conversations that are `kept`, their drawer."""
    count = len(library.documents) if library else 0
    # The addresses are relative: a proxy may show this server below a path.
    links = "".join(
        f'<a class="pq-place" href=".{path}?lang={texts.lang}">{escape(label)}</a>'
        for path, label in places(texts)
        if path != "/"
    )
    history = escape(texts.ask.history)
    opens = f'<button type="button" class="pq-place" data-drawer="./conversations?drawer=1&amp;lang={texts.lang}">'
    button = f"{opens}{history}</button>" if kept else ""
    # Not among the places: on a phone these fold away when one of them is chosen.
    drawer = (
        f'<dialog class="pq-drawer" aria-label="{history}"><form method="dialog"><button class="pq-back">'
        f'{escape(texts.ask.close)}</button></form><iframe title="{history}"></iframe></dialog>'
    )
    return (
        '<div class="pq-head"><div class="pq-brand">'
        f'<h1>{escape(texts.product)}<span class="pq-code">policy_qa</span></h1>'
        f"<p>{escape(texts.tagline)}</p></div>"
        '<button type="button" class="pq-menu" aria-expanded="false" aria-controls="pq-places">'
        f'{escape(texts.ask.menu)}</button><div class="pq-places" id="pq-places">{button}'
        '<button type="button" class="pq-place pq-count" data-open="l">'
        f"{escape(texts.document_count.format(count=count))}</button>"
        f'<nav aria-label="{escape(texts.pages_label)}">{links}</nav></div>{drawer if kept else ""}</div>'
    )


#: Plain names only: a `GoogleFont` would be fetched from outside.
FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
MONO = ("Consolas", "Menlo", "monospace")


def page_theme() -> gr.themes.Base:
    """Gradio's base theme in dark teal on warm grey, with system fonts."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_sm,
        font=list(FONTS),
        font_mono=list(MONO),
    )


#: The routes that take a step, after `/gradio_api/`.
_ROUTE = re.compile(r"/gradio_api/(?:queue/join|run/[\w-]+)/?")
_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)


class SentSteps:
    """Knows the steps of one page. Gradio answers what it doesn't expect with its own faults, a 500 each."""

    def __init__(self, page: gr.Blocks) -> None:
        # What only ends other steps is the browser's own; there is nothing to run.
        self._inputs = {number: tuple(map(type, step.inputs)) for number, step in page.fns.items() if step.fn}

    def fault(self, path: str, body: Mapping[str, Any]) -> str:
        """What is wrong with the JSON object that was sent to a route; empty where nothing is."""
        if not _ROUTE.fullmatch(path):
            return ""
        number, session, data = body.get("fn_index"), body.get("session_hash"), body.get("data")
        if type(number) is not int or number not in self._inputs:
            return "fn_index: expected a step of this page, found none; load the page again"
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            return "session_hash: expected letters and digits, found something else"
        kinds = self._inputs[number]
        if not isinstance(data, list) or len(data) != len(kinds) or not all(map(_fits, data, kinds)):
            return f"data: expected the {len(kinds)} values of this step, found something else; load the page again"
        return ""


def _fits(value: object, kind: type) -> bool:
    if value is None or issubclass(kind, Api):
        return True
    if issubclass(kind, gr.Textbox):
        return isinstance(value, str)
    if issubclass(kind, gr.Dropdown):
        return isinstance(value, list) and all(isinstance(chosen, str) for chosen in value)
    return False


def build_page(
    live: LivePipeline, lang: str, ask: Callable[..., Any] | None = None, kept: Conversations | None = None
) -> gr.Blocks:
    """The page on a pipeline, in `zh` or `en` until the reader switches. `ask` is what Gradio's client may call.

    Conversations are `kept` there; in the page's memory alone where it is None.
    """
    texts = texts_for(lang)
    start = Session(lang)
    library = live.library_or_none()
    page: gr.Blocks
    with gr.Blocks(title=texts.window_title, analytics_enabled=False, fill_width=True) as page:
        session = gr.State(start, time_to_live=SESSION_SECONDS)
        with gr.Row(elem_id="pq-top"):
            header = gr.HTML(
                render_header(library, texts), js_on_load=_HEADER_JS, elem_id="pq-header", apply_default_css=False
            )
            language = gr.Button(texts.switch_language, elem_id="pq-language", size="sm", min_width=80, scale=0)
        with gr.Row(elem_id="pq-main", equal_height=True):
            with gr.Column(elem_id="pq-left", min_width=0):
                conversation = gr.HTML(
                    steps.conversation_html(start, None),
                    js_on_load=_CONVERSATION_JS,
                    elem_id="pq-conversation",
                    apply_default_css=False,
                )
                with gr.Column(elem_id="pq-ask", min_width=0):
                    with gr.Row(elem_id="pq-scope"):
                        chosen = gr.Dropdown(
                            _choices(library), value=[], multiselect=True, label=texts.filter_label, elem_id="pq-filter"
                        )
                        clear = gr.Button(texts.new_conversation, elem_id="pq-new", scale=0, min_width=84)
                    with gr.Row(elem_id="pq-input"):
                        question = gr.Textbox(
                            label=texts.question_label, placeholder=texts.question_placeholder,
                            show_label=False, lines=1, max_lines=5, autofocus=True, elem_id="pq-question", scale=1,
                        )  # fmt: skip
                        send = gr.Button(texts.send, variant="primary", elem_id="pq-send", scale=0, min_width=84)
                        stop = gr.Button(texts.stop, elem_id="pq-stop", scale=0, min_width=84, visible=False)
            panel = gr.HTML(
                steps.panel_html(start, library), js_on_load=_PANEL_JS, elem_id="pq-panel", apply_default_css=False
            )

        shown = [session, conversation, panel]
        waiting = [*shown, question, send, stop, clear, language]
        everything = [*waiting, header, chosen]

        def keeping(request: gr.Request) -> Keeping:
            return Keeping(kept=kept, visitor=visitor_of(request.request) if request.request else "")

        def arrived(now: Session, request: gr.Request) -> Session:
            """What the page's address names, where the session has nothing: after a reload, or a restart."""
            return keeping(request).arrive(now, dict(request.query_params))

        def on_load(now: Session, request: gr.Request) -> list[Any]:
            """Show what the address names, and what is on file now: the index may have been rebuilt since."""
            kept_by_it = cookie_of(request.request, LANGUAGE_COOKIE) if request.request else ""
            chosen_before = request.query_params.get("lang") or kept_by_it
            now = replace(now, lang=chosen_before if chosen_before in LANGUAGES else now.lang)
            return dressed(arrived(now, request))

        def on_ask(now: Session, words: str | None, event: gr.EventData, request: gr.Request) -> list[Any]:
            now = arrived(now, request)
            again, changed = _detail(event, "again", None), str(_detail(event, "words", ""))
            if isinstance(again, int):
                asked = steps.ask_again(now, again, changed)
                keeping(request).take_out(now, asked, forget=False)
            else:
                asked = steps.ask(now, _clicked(now, event, live.library_or_none()) or words or "")
            if asked is now:
                return [now, *[gr.skip()] * (len(waiting) - 1)]
            emptied = gr.skip() if isinstance(again, int) else ""
            return [*views(asked), gr.Textbox(value=emptied, interactive=False), *buttons(busy=True)]

        def on_answer(now: Session, doc_ids: list[str] | None, request: gr.Request) -> Iterator[list[Any]]:
            with live.stoppable(str(request.session_hash)) as stopped:
                for so_far in steps.answering(now, live, doc_ids or [], stopped):
                    last = so_far.conversation.last
                    if last is not None and last.pending:
                        html = steps.conversation_html(so_far, live.library_or_none())
                        yield [so_far, html, *[gr.skip()] * (len(waiting) - 2)]
                    else:
                        yield settled(keeping(request).keep(so_far, doc_ids or [], live.stamp))

        def on_stop(now: Session, request: gr.Request) -> list[Any]:
            """What a model has written is shown by `on_answer`; without one, nothing more is waited for."""
            live.stop(str(request.session_hash))
            if live.writes:
                return [gr.skip()] * len(waiting)
            return settled(steps.give_up(now, Failure(kind="stopped")))

        def on_leave(request: gr.Request) -> None:
            live.stop(str(request.session_hash))

        def on_refused(now: Session) -> list[Any]:
            """Gradio did not take the question: its queue is full."""
            return settled(steps.give_up(now))

        def views(now: Session) -> list[Any]:
            """session, conversation, panel."""
            found = live.library_or_none()
            return [now, steps.conversation_html(now, found), steps.panel_html(now, found)]

        def settled(now: Session) -> list[Any]:
            return [*views(now), gr.Textbox(interactive=True), *buttons(busy=False)]

        def buttons(*, busy: bool) -> list[gr.Button]:
            """send, stop, clear, language; what would change the conversation waits until it is answered."""
            return [gr.Button(visible=not busy), gr.Button(visible=busy),
                    gr.Button(interactive=not busy), gr.Button(interactive=not busy)]  # fmt: skip

        def dressed(now: Session) -> list[Any]:
            """Everything, in the session's language."""
            words, found = now.texts, live.library_or_none()
            return [
                *views(now), gr.Textbox(label=words.question_label, placeholder=words.question_placeholder),
                gr.Button(words.send), gr.Button(words.stop), gr.Button(words.new_conversation),
                gr.Button(words.switch_language), render_header(found, words, kept=kept is not None),
                gr.Dropdown(choices=_choices(found), label=words.filter_label),
            ]  # fmt: skip

        def on_source(now: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
            opened = steps.open_panel(arrived(now, request), str(_detail(event, "key", "")))
            return [opened, steps.panel_html(opened, live.library_or_none())]

        def on_remove(now: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
            """A turn is deleted, or a document taken off for the next question."""
            now, found = arrived(now, request), live.library_or_none()
            number = _detail(event, "turn", None)
            if isinstance(number, int):
                left = steps.take_out(now, number)
                keeping(request).take_out(now, left, forget=True)
                return [*views(left), gr.skip()]
            changed, limits = steps.take_off(now, str(_detail(event, "scope", "")), found)
            filtered = gr.skip() if limits is None else gr.Dropdown(value=limits)
            return [changed, steps.conversation_html(changed, found), gr.skip(), filtered]

        def on_new(now: Session) -> list[Any]:
            return views(steps.start_anew(now))

        def on_language(now: Session) -> list[Any]:
            return dressed(steps.switch_language(now))

        asked = gr.on(
            [question.submit, send.click, conversation.submit], on_ask, [session, question], waiting,
            queue=False, **_PRIVATE,
        )  # fmt: skip
        answered = asked.then(on_answer, [session, chosen], waiting, **_PRIVATE)
        answered.failure(on_refused, [session], waiting, queue=False, **_PRIVATE)
        gr.on(
            [conversation.select, panel.select, header.select], on_source, [session], [session, panel],
            queue=False, trigger_mode="multiple", **_PRIVATE,
        )  # fmt: skip
        conversation.delete(on_remove, [session], [*shown, chosen], queue=False, trigger_mode="multiple", **_PRIVATE)
        # A model's answer is not cut off: what of it is written by then is shown.
        stop.click(on_stop, [session], waiting, cancels=None if live.writes else [answered], queue=False, **_PRIVATE)
        page.unload(on_leave)
        clear.click(on_new, [session], shown, queue=False, **_PRIVATE)
        language.click(on_language, [session], everything, queue=False, **_PRIVATE)
        if ask:
            api(ask, api_name="ask")
        page.load(on_load, [session], everything, queue=False, **_PRIVATE)
    page.queue(max_size=WAITING, default_concurrency_limit=live.concurrent, api_open=False)
    return page


def _choices(library: Library | None) -> list[tuple[str | I18nData, str | int | float]]:
    """What the document filter offers. Names that occur twice are told apart by their file."""
    documents = list(library.documents.values()) if library else []
    names = [name_of(document) for document in documents]
    return [
        (name if names.count(name) == 1 else f"{name}（{d.source}）", d.doc_id)
        for name, d in zip(names, documents, strict=True)
    ]


def _clicked(session: Session, event: gr.EventData, library: Library | None) -> str:
    """The example or choice that was clicked, as a question; empty for every other event."""
    index = _detail(event, "example", None)
    examples = library.examples if library else ()
    if isinstance(index, int) and 0 <= index < len(examples):
        return examples[index]
    return steps.choice(session, str(_detail(event, "choice", "")))


def _detail(event: gr.EventData, name: str, default: object) -> object:
    """What page.js sent along with an event; events of Gradio's own parts carry nothing of ours."""
    data = event._data
    return data.get(name, default) if isinstance(data, dict) else default
