"""A session's conversation and what is kept of it: read where an address names it, written where it goes on.

What can't be kept costs nobody an answer: the page says so, and the log why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from policy_qa.errors import StoreUnusable
from policy_qa.kept.conversations import Conversations, KeptAnswer
from policy_qa.page.conversation import MAX_TURNS, Conversation, Turn, new_id
from policy_qa.page.steps import Session, open_first

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Keeping:
    """What is kept for one visitor; nothing without a name, or where `kept` is None."""

    kept: Conversations | None
    visitor: str

    def arrive(self, session: Session, query: Mapping[str, str]) -> Session:
        """A session that has nothing yet with what its page's address names: `c` a conversation, `a` an answer."""
        if session.conversation.turns or self.kept is None or not (query.get("a") or query.get("c")):
            return session
        try:
            if query.get("a"):
                found = self.kept.answer(query["a"])
                return _shown(session, [found], shared=True) if found else replace(session, told="lost")
            answers = self.kept.conversation(self.visitor, query["c"]) if self.visitor else ()
        except StoreUnusable as error:
            log.warning("a conversation could not be read: %s", error)
            return replace(session, told="foreign")
        return _shown(session, answers, id=query["c"]) if answers else replace(session, told="foreign")

    def keep(self, session: Session, doc_ids: Sequence[str], stamp: str) -> Session:
        """With the newest turn kept, if it has an answer; an answer that was shared begins a conversation with it."""
        last = session.conversation.last
        if self.kept is None or not self.visitor or last is None or last.answer is None:
            return session
        conversation = session.conversation
        turns = conversation.turns
        if conversation.shared:
            turns = tuple(replace(turn, id=new_id(), kept=False) for turn in turns)
            conversation = replace(conversation, shared=False, id=new_id())
        try:
            for turn in turns:
                if turn.answer and not turn.kept:
                    one = KeptAnswer(
                        id=turn.id,
                        question=turn.question,
                        answer=turn.answer,
                        asked=time.time(),
                        lang=session.lang,
                        filter=tuple(doc_ids) if turn is last else (),
                        stamp=stamp,
                        documents=turn.documents,
                    )
                    self.kept.keep(self.visitor, conversation.id, one)
        except StoreUnusable as error:
            log.warning("an answer could not be kept: %s", error)
            return replace(session, told="unkept")
        turns = tuple(replace(turn, kept=turn.answer is not None) for turn in turns)
        return replace(session, conversation=replace(conversation, turns=turns))

    def take_out(self, before: Session, after: Session, *, forget: bool) -> None:
        """What a session no longer shows is deleted, or leaves the conversation and keeps its address."""
        left = {turn.id for turn in after.conversation.turns}
        gone = [turn.id for turn in before.conversation.turns if turn.kept and turn.id not in left]
        if self.kept and self.visitor and gone:
            try:
                self.kept.take_out(self.visitor, gone, forget=forget)
            except StoreUnusable as error:
                log.warning("answers could not be taken out: %s", error)


def _shown(session: Session, answers: Sequence[KeptAnswer], *, id: str = "", shared: bool = False) -> Session:
    turns = tuple(
        Turn(number=n, question=a.question, answer=a.answer, documents=a.documents, id=a.id, kept=True)
        for n, a in enumerate(answers, start=1)
    )
    dropped = max(0, len(turns) - MAX_TURNS)
    conversation = Conversation(turns[dropped:], dropped, id=id, shared=shared)
    return open_first(replace(session, conversation=conversation, told=""))
