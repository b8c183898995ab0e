"""What each click and each question does: functions from a session's values to new ones.

They hold nothing between calls; what a session knows comes in as arguments and goes back as
results, which Gradio keeps per session.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from policy_qa.datamodels import Answer, ScopeFrom
from policy_qa.page.answer_view import ALL_OF_THEM, open_beneath, render_conversation, scope_files
from policy_qa.page.conversation import Conversation, Failure
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.source_view import (
    Opening,
    open_citation,
    open_provision,
    render_comparison,
    render_list,
    render_missing,
    render_source,
)
from policy_qa.page.texts import Texts, texts_for
from policy_qa.statements import WRITING

#: Characters that are kept of a question. The pipeline refuses far shorter ones; this keeps what is refused small.
MAX_KEPT = 20_000
_CHOICE = re.compile(r"\d{1,6}:\d{1,3}:\d{1,3}", re.ASCII)
_HAN = re.compile(r"[\u3400-\u9fff]")
_KEY = re.compile(
    r"(?:c:\d{1,6}:\d{1,4}|r:\d{1,6}:\d{1,2}|d:.{1,400}|v:[^/]{1,400}/[^/]{1,400}|l|"
    r"t:\d{1,6}(?::\d{1,3}){4}|x:\d{1,6}(?::\d{1,4}){2}|)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Session:
    """All that one session is: its language, its conversation, and what its panel shows.

    `opened` names what was clicked: `c:TURN:N` a citation, `r:TURN:I` a nearest provision,
    `t:TURN:POINT:ROW:COLUMN:I` a quotation of a table, `x:TURN:N:I` what a reference inside a citation leads to,
    `d:DOC_ID` a document, `v:DOC_ID/DOC_ID` two texts of a policy compared (a doc_id is a file's name and
    holds no slash), `l` or nothing the list.
    """

    lang: str
    conversation: Conversation = field(default_factory=Conversation)
    opened: str = ""

    @property
    def texts(self) -> Texts:
        """The page's words in the session's language."""
        return texts_for(self.lang)


def ask(session: Session, question: str) -> Session:
    """With the question put; the same session where there is nothing to ask or one is being answered."""
    last = session.conversation.last
    if not question.strip() or (last is not None and last.pending):
        return session
    return Session(session.lang, session.conversation.asked(question.strip()[:MAX_KEPT]), session.opened)


def answer(session: Session, live: LivePipeline, doc_ids: list[str]) -> Session:
    """With the pending question answered, or with the reason why not."""
    *_, done = (session, *answering(session, live, doc_ids))
    return done


def answering(
    session: Session, live: LivePipeline, doc_ids: list[str], stopped: threading.Event | None = None
) -> Iterator[Session]:
    """The session each time more of the pending answer can be shown, and last with the question settled.

    Nothing where no question is pending. Setting `stopped` ends a model's answer.
    """
    last = session.conversation.last
    if last is None or not last.pending:
        return
    frame = _frame(session.lang, last.question)
    latest: Answer | Failure | None = None
    for result in live.answers(
        last.question, session.conversation.earlier(), doc_ids, frame, stopped, session.conversation.let_go
    ):
        if isinstance(result, Answer) and result.mode == WRITING:
            yield Session(session.lang, session.conversation.growing(result), session.opened)
        latest = result
    if isinstance(latest, Answer):
        conversation = session.conversation.settled(answer=latest)
    else:
        conversation = session.conversation.settled(failure=latest or Failure(kind="internal"))
    yield Session(session.lang, conversation, session.opened)


def _frame(lang: str, question: str) -> str | None:
    """The language that an answer is framed in: English on an English page, else the question's own."""
    if lang == "en":
        return "en"
    return "zh" if _HAN.search(question) else None


def choice(session: Session, key: str) -> str:
    """The question of a choice `TURN:POINT:I`; empty where the last answer has none of that key."""
    last = session.conversation.last
    if last is None or last.answer is None or not _CHOICE.fullmatch(key):
        return ""
    turn, point, at = map(int, key.split(":"))
    points = last.answer.points if turn == last.number else ()
    choices = points[point].choices if point < len(points) else ()
    return choices[at].question if at < len(choices) else ""


def take_off(session: Session, key: str, library: Library | None) -> tuple[Session, list[str] | None]:
    """With the documents of a chip `TURN:I` (`TURN:*`: all) taken off for the next question, or put back.

    Where the reader had limited the question to them, the documents that are left come as well; else None.
    """
    last = session.conversation.last
    number, _, at = key.partition(":")
    if library is None or last is None or last.answer is None or number != str(last.number):
        return session, None
    files = scope_files(last.answer, library)
    named = frozenset(d for i, d in enumerate(files) if at in (str(i), ALL_OF_THEM))
    conversation = session.conversation.letting(named)
    limited = last.answer.scope.origin is ScopeFrom.FILTER
    left = [d for d in files if d not in conversation.let_go] if limited else None
    return Session(session.lang, conversation, session.opened), left


def give_up(session: Session) -> Session:
    """With a question that is still pending marked as not taken: the queue was full, or the answer was lost."""
    return Session(session.lang, session.conversation.settled(failure=Failure(kind="busy")), session.opened)


def open_panel(session: Session, key: str) -> Session:
    """With another thing opened in the panel; what isn't a key is ignored."""
    return Session(session.lang, session.conversation, key) if _KEY.fullmatch(key) else session


def switch_language(session: Session) -> Session:
    """In the other language, with everything else as it was."""
    return Session("zh" if session.lang == "en" else "en", session.conversation, session.opened)


def start_anew(session: Session) -> Session:
    """An empty conversation in the same language."""
    return Session(session.lang)


def conversation_html(session: Session, library: Library | None) -> str:
    """What the left side shows."""
    return render_conversation(session.conversation, session.texts, library)


def panel_html(session: Session, library: Library | None) -> str:
    """What the right side shows."""
    texts, key = session.texts, session.opened
    if key in ("", "l"):
        return render_list(library, texts, key)
    if key.startswith("v:"):
        one, _, other = key[2:].partition("/")
        diff = library.comparison(one, other) if library else None
        if library is None or diff is None:
            return render_missing(texts.source_gone, texts, key)
        return render_comparison(diff, library, texts, key)
    opening, found = _opening(session, library)
    if not found:
        return render_missing(texts.expired, texts, key)
    if opening is None or library is None or opening.doc_id not in library.documents:
        return render_missing(texts.source_gone, texts, key)
    return render_source(library.segmentation(opening.doc_id), opening, texts, key, library)


def _opening(session: Session, library: Library | None) -> tuple[Opening | None, bool]:
    """What the session's key opens, and whether the session still knows what the key names."""
    kind, _, rest = session.opened.partition(":")
    if kind == "d":
        return Opening(doc_id=rest), True
    number, _, index = rest.partition(":")
    turn = session.conversation.turn(int(number))
    if turn is None or turn.shown is None:
        return None, False
    if library is None:
        return None, True
    if kind in ("t", "x"):
        return open_beneath(turn.shown, kind, [int(i) for i in index.split(":")], library)
    if kind == "c":
        return open_citation(turn.shown, int(index), library), True
    if int(index) >= len(turn.shown.retrieved):
        return None, False
    return open_provision(turn.shown.retrieved[int(index)].ref, library), True
