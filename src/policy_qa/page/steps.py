"""What each click and each question does: functions from a session's values to new ones.

They hold nothing between calls; what a session knows comes in as arguments and goes back as
results, which Gradio keeps per session.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from policy_qa.datamodels import Answer, ScopeFrom
from policy_qa.page.answer_view import ALL_OF_THEM, open_beneath, render_conversation, scope_files
from policy_qa.page.conversation import Conversation, Failure
from policy_qa.page.library import Library
from policy_qa.page.live import LivePipeline
from policy_qa.page.since import cited_documents
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
    r"(?:c:\d{1,6}:\d{1,4}|r:\d{1,6}:\d{1,2}|[dp]:.{1,400}|v:[^/]{1,400}/[^/]{1,400}|l|"
    r"t:\d{1,6}(?::\d{1,3}){4}|x:\d{1,6}(?::\d{1,4}){2}|)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Session:
    """All that one session is: its language, its conversation, and what its panel shows.

    `opened` names what was clicked: `c:TURN:N` a citation, `r:TURN:I` a nearest provision,
    `t:TURN:POINT:ROW:COLUMN:I` a quotation of a table, `x:TURN:N:I` what a reference inside a citation leads to,
    `d:DOC_ID` a document, `p:REF` a provision, `v:DOC_ID/DOC_ID` two texts of a policy compared (a doc_id is a file's
    name and holds no slash), `l` or nothing the list. `told` is what has to be said of the whole conversation:
    `foreign` (another's, or gone), `lost` (no answer has this address any more), `unkept` (it could not be kept).
    """

    lang: str
    conversation: Conversation = field(default_factory=Conversation)
    opened: str = ""
    told: str = ""

    @property
    def texts(self) -> Texts:
        """The page's words in the session's language."""
        return texts_for(self.lang)


def ask(session: Session, question: str) -> Session:
    """With the question put; the same session where there is nothing to ask or one is being answered."""
    last = session.conversation.last
    if not question.strip() or (last is not None and last.pending):
        return session
    return replace(session, conversation=session.conversation.asked(question.strip()[:MAX_KEPT]), told="")


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
            yield replace(session, conversation=session.conversation.growing(result))
        latest = result
    if stopped is not None and stopped.is_set() and not live.writes:
        latest = Failure(kind="stopped")  # what a model has written by then is shown
    if isinstance(latest, Answer):
        library = live.library_or_none()
        documents = cited_documents(latest, library) if library else ()
        yield open_first(
            replace(session, conversation=session.conversation.settled(answer=latest, documents=documents))
        )
    else:
        yield give_up(session, latest or Failure(kind="internal"))


def open_first(session: Session) -> Session:
    """With what the newest answer quotes first opened in the panel; unchanged where it quotes nothing."""
    last = session.conversation.last
    if last is None or last.answer is None:
        return session
    if last.answer.citations:
        return replace(session, opened=f"c:{last.number}:{last.answer.citations[0].n}")
    for at, point in enumerate(last.answer.points):
        for r, row in enumerate(point.comparison.rows if point.comparison else ()):
            for c, cell in enumerate(row.cells):
                if cell:
                    return replace(session, opened=f"t:{last.number}:{at}:{r}:{c}:0")
    return session


def ask_again(session: Session, number: int, question: str = "") -> Session:
    """With a turn's question put anew, changed or as it was, and what came after it gone; else the same session."""
    turn, last = session.conversation.turn(number), session.conversation.last
    if turn is None or last is None or last.pending:
        return session
    before = replace(session, conversation=session.conversation.before(number), opened="")
    return ask(before, question if question.strip() else turn.question)


def take_out(session: Session, number: int) -> Session:
    """Without a turn that is settled; else the same session."""
    turn = session.conversation.turn(number)
    if turn is None or turn.pending:
        return session
    return replace(session, conversation=session.conversation.without(number), opened="")


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
    return replace(session, conversation=conversation), left


def give_up(session: Session, failure: Failure | None = None) -> Session:
    """With a question that is still pending marked as failed; `busy` where its answer was not taken or lost."""
    return replace(session, conversation=session.conversation.settled(failure=failure or Failure(kind="busy")))


def open_panel(session: Session, key: str) -> Session:
    """With another thing opened in the panel; what isn't a key is ignored."""
    return replace(session, opened=key) if _KEY.fullmatch(key) else session


def switch_language(session: Session) -> Session:
    """In the other language, with everything else as it was."""
    return replace(session, lang="zh" if session.lang == "en" else "en")


def start_anew(session: Session) -> Session:
    """An empty conversation in the same language."""
    return Session(session.lang)


def conversation_html(session: Session, library: Library | None) -> str:
    """What the left side shows."""
    return render_conversation(session.conversation, session.texts, library, session.told)


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
    if opening is None or library is None or not (opening.then or opening.doc_id in library.documents):
        return render_missing(texts.source_gone, texts, key)
    return render_source(opening.then or library.segmentation(opening.doc_id), opening, texts, key, library)


def _opening(session: Session, library: Library | None) -> tuple[Opening | None, bool]:
    """What the session's key opens, and whether the session still knows what the key names."""
    kind, _, rest = session.opened.partition(":")
    if kind == "d":
        return Opening(doc_id=rest), True
    if kind == "p":
        return open_provision(rest, library) if library else None, True
    number, _, index = rest.partition(":")
    turn = session.conversation.turn(int(number))
    if turn is None or turn.shown is None:
        return None, False
    if library is None:
        return None, True
    if kind in ("t", "x"):
        return open_beneath(turn.shown, kind, [int(i) for i in index.split(":")], library, turn.documents)
    if kind == "c":
        return open_citation(turn.shown, int(index), library, turn.documents), True
    if int(index) >= len(turn.shown.retrieved):
        return None, False
    return open_provision(turn.shown.retrieved[int(index)].ref, library), True
