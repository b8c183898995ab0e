"""One person's conversation, as a value: every step makes a new one, so no session can touch another's."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace

from policy_qa.datamodels import Answer, Document

#: Turns that are kept and shown; the page sends the whole conversation to the browser with each answer.
MAX_TURNS = 40


def new_id() -> str:
    """A name for an answer or a conversation, of 22 characters."""
    return secrets.token_urlsafe(16)


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why a question got no answer.

    `kind` is `usage`, `missing`, `unusable`, `model`, `internal`, `busy`, `stopped` or `other`.
    `detail` is the error's own line; it is shown where the page has no words of its own for the kind.
    """

    kind: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A question and what became of it; with neither answer nor failure it is still being answered.

    `draft` is what can be shown of an answer that is still being written, `documents` are those that the answer cites,
    as they were when it was given. `id` names the answer in addresses, which nobody can guess; they lead to it where it
    is `kept`.
    """

    number: int
    question: str
    answer: Answer | None = None
    failure: Failure | None = None
    draft: Answer | None = None
    documents: tuple[Document, ...] = ()
    id: str = field(default_factory=new_id, compare=False)
    kept: bool = False

    @property
    def shown(self) -> Answer | None:
        """The answer, or as much of it as there is."""
        return self.answer or self.draft

    @property
    def pending(self) -> bool:
        """Whether it is still being answered."""
        return self.answer is None and self.failure is None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns, oldest first, how many older ones were dropped, and which documents the next takes over from none.

    `id` is what it is kept under, from its first question on. A `shared` one is an answer that somebody's link led to;
    what is asked next begins a conversation of one's own.
    """

    turns: tuple[Turn, ...] = ()
    dropped: int = 0
    let_go: frozenset[str] = frozenset()
    id: str = field(default="", compare=False)
    shared: bool = False

    @property
    def last(self) -> Turn | None:
        """The newest turn."""
        return self.turns[-1] if self.turns else None

    @property
    def kept(self) -> bool:
        """Whether any of it can be found again."""
        return any(turn.kept for turn in self.turns)

    def asked(self, question: str) -> Conversation:
        """With a new question, not answered yet."""
        number = self.last.number + 1 if self.last else self.dropped + 1
        turns = (*self.turns, Turn(number=number, question=question))
        excess = max(0, len(turns) - MAX_TURNS)
        return replace(self, turns=turns[excess:], dropped=self.dropped + excess, id=self.id or new_id())

    def settled(
        self, *, answer: Answer | None = None, failure: Failure | None = None, documents: tuple[Document, ...] = ()
    ) -> Conversation:
        """With the pending question answered or failed; unchanged where none is pending."""
        if self.last is None or not self.last.pending:
            return self
        settled = replace(self.last, answer=answer, failure=failure, draft=None, documents=documents)
        heard = answer.scope.doc_ids if answer else ()  # what is asked about again may be taken over again
        return replace(self, turns=(*self.turns[:-1], settled), let_go=self.let_go.difference(heard))

    def before(self, number: int) -> Conversation:
        """With the turns before one of that number."""
        return replace(self, turns=tuple(turn for turn in self.turns if turn.number < number))

    def without(self, number: int) -> Conversation:
        """Without the turn of that number."""
        return replace(self, turns=tuple(turn for turn in self.turns if turn.number != number))

    def growing(self, draft: Answer) -> Conversation:
        """With more of the pending answer; unchanged where none is pending."""
        if self.last is None or not self.last.pending:
            return self
        return replace(self, turns=(*self.turns[:-1], replace(self.last, draft=draft)))

    def letting(self, doc_ids: frozenset[str]) -> Conversation:
        """With documents taken off for the next question, or put back where all of them are off."""
        off = self.let_go - doc_ids if doc_ids <= self.let_go else self.let_go | doc_ids
        return replace(self, let_go=off)

    def earlier(self) -> tuple[tuple[str, str], ...]:
        """The questions before the last one that got an answer, each with what was answered, oldest first."""
        return tuple((turn.question, turn.answer.answer) for turn in self.turns[:-1] if turn.answer is not None)

    def turn(self, number: int) -> Turn | None:
        """The turn of that number, or None where it is not kept."""
        return next((turn for turn in self.turns if turn.number == number), None)
