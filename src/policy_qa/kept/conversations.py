"""Conversations: what was asked and answered, with the texts that the answers cite as they were then.

A conversation is its visitor's alone; an answer can be read by whoever has its id, which nobody can guess. An answer
that is asked anew leaves its conversation and keeps its address. What has not been touched for `days` is forgotten,
with the texts that no answer cites any more.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from policy_qa.datamodels import Answer, Document
from policy_qa.kept.store import Store

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA = """
CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, visitor TEXT NOT NULL, title TEXT NOT NULL, changed REAL NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_of_visitor ON conversations (visitor, changed);
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE, replaced INTEGER NOT NULL DEFAULT 0,
    asked REAL NOT NULL, lang TEXT NOT NULL, filter TEXT NOT NULL, stamp TEXT NOT NULL,
    question TEXT NOT NULL, said TEXT NOT NULL, answer TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS answers_of_conversation ON answers (conversation);
CREATE TABLE IF NOT EXISTS texts (hash TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cited (
    answer TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE, text TEXT NOT NULL REFERENCES texts,
    PRIMARY KEY (answer, text)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS cited_texts ON cited (text);
"""
_DAY = 86400.0
_TITLE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptAnswer:
    """A question with its answer as it was given.

    `asked` is the time in seconds since 1970, `lang` the page's language, `filter` the documents that the question was
    limited to, `stamp` names the index, and `documents` are those that the answer cites, as that index had them.
    """

    id: str
    question: str
    answer: Answer
    asked: float
    lang: str = "zh"
    filter: tuple[str, ...] = ()
    stamp: str = ""
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A conversation in the list of its visitor's: when it last went on, and how many answers it has."""

    id: str
    title: str
    changed: float
    answers: int


class Conversations:
    """Keeps, finds and forgets conversations. All methods raise StoreUnusable."""

    def __init__(self, store: Store, days: int, now: Callable[[], float] = time.time) -> None:
        self.days = days
        self._store = store
        self._now = now

    def keep(self, visitor: str, conversation: str, kept: KeptAnswer) -> None:
        """Put an answer at the end of a conversation, which begins with its first; another visitor's stays as it is."""
        answer = _adapter(Answer).dump_json(kept.answer).decode()
        with self._store.writing() as connection:
            self._forget_old(connection)
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET changed = excluded.changed",
                (conversation, visitor, " ".join(kept.question.split())[:_TITLE], self._now()),
            )
            if not self._owns(connection, visitor, conversation):
                raise PermissionError("expected a conversation of this visitor, found another's")
            connection.execute(
                "INSERT INTO answers (id, conversation, asked, lang, filter, stamp, question, said, answer)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (kept.id, conversation, kept.asked, kept.lang, json.dumps(kept.filter), kept.stamp,
                 kept.question, kept.answer.answer, answer),
            )  # fmt: skip
            for document in kept.documents:
                text = _adapter(Document).dump_json(document)
                key = sha256(text).hexdigest()
                connection.execute("INSERT OR IGNORE INTO texts VALUES (?, ?)", (key, zlib.compress(text)))
                connection.execute("INSERT OR IGNORE INTO cited VALUES (?, ?)", (kept.id, key))

    def answer(self, id: str) -> KeptAnswer | None:
        """The answer of an id, replaced or not; None where there is none, or no longer."""
        found = self._answers("answers.id = ?", (id,))
        return found[0] if found else None

    def given(self, id: str) -> Answer | None:
        """As :meth:`answer`, the answer alone."""
        found = self.answer(id)
        return found.answer if found else None

    def cited(self, visitor: str) -> tuple[str, ...]:
        """The refs that a visitor's answers cite, each once, those of the newest answer first."""
        query = (
            "SELECT json_extract(citation.value, '$.ref') AS ref FROM answers"
            " JOIN conversations ON conversations.id = conversation, json_each(answer, '$.citations') AS citation"
            " WHERE visitor = ? AND changed >= ? AND NOT replaced ORDER BY number DESC, citation.key"
        )
        rows = self._store.rows(query, visitor, self._oldest)
        return tuple(dict.fromkeys(row["ref"] for row in rows))

    def conversation(self, visitor: str, id: str) -> tuple[KeptAnswer, ...]:
        """The answers of a visitor's conversation, oldest first; none where it has none, is another's or is gone."""
        return self._answers("conversations.id = ? AND visitor = ? AND NOT replaced", (id, visitor))

    def title(self, visitor: str, id: str) -> str:
        """What a visitor's conversation is called; empty where it is another's or gone."""
        return next((one.title for one in self.listed(visitor) if one.id == id), "")

    def listed(self, visitor: str, words: str = "") -> tuple[Listed, ...]:
        """A visitor's conversations, newest first; with words, those that hold all in title, questions or answers."""
        query = (
            "SELECT conversations.id, title, changed, count(*) AS answers FROM conversations"
            " JOIN answers ON conversation = conversations.id WHERE visitor = ? AND changed >= ? AND NOT replaced"
            " GROUP BY conversations.id"
        )
        values: list[object] = [visitor, self._oldest]
        for word in words.split():
            like = f"%{word.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
            query += " HAVING " if "HAVING" not in query else " AND "
            query += "(title LIKE ? ESCAPE '!' OR group_concat(question || char(10) || said) LIKE ? ESCAPE '!')"
            values += [like, like]
        rows = self._store.rows(f"{query} ORDER BY changed DESC, max(number) DESC", *values)
        return tuple(Listed(**row) for row in rows)

    def rename(self, visitor: str, id: str, title: str) -> None:
        """Call a visitor's conversation something else; a title of nothing but spaces changes nothing."""
        if shown := " ".join(title.split())[:_TITLE]:
            self._store.run("UPDATE conversations SET title = ? WHERE id = ? AND visitor = ?", shown, id, visitor)

    def forget(self, visitor: str, id: str) -> None:
        """Delete a visitor's conversation with its answers, whose addresses then lead nowhere."""
        with self._store.writing() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ? AND visitor = ?", (id, visitor))
            self._forget_old(connection)

    def take_out(self, visitor: str, ids: Iterable[str], *, forget: bool) -> None:
        """Take answers out of a visitor's conversation: deleted, or only replaced, so that their addresses lead on."""
        which = " WHERE id = ? AND conversation IN (SELECT id FROM conversations WHERE visitor = ?)"
        change = "DELETE FROM answers" if forget else "UPDATE answers SET replaced = 1"
        with self._store.writing() as connection:
            connection.executemany(change + which, [(id, visitor) for id in ids])

    @property
    def _oldest(self) -> float:
        return self._now() - self.days * _DAY

    def _owns(self, connection: sqlite3.Connection, visitor: str, id: str) -> bool:
        row = connection.execute("SELECT visitor FROM conversations WHERE id = ?", (id,)).fetchone()
        return row is not None and row["visitor"] == visitor

    def _forget_old(self, connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM conversations WHERE changed < ?", (self._oldest,))
        connection.execute("DELETE FROM texts WHERE hash NOT IN (SELECT text FROM cited)")

    def _answers(self, which: str, values: Sequence[object]) -> tuple[KeptAnswer, ...]:
        every = "SELECT answers.* FROM answers JOIN conversations ON conversations.id = conversation WHERE changed >= ?"
        with self._store.reading() as connection:
            rows = connection.execute(f"{every} AND {which} ORDER BY number", (self._oldest, *values)).fetchall()
            texts = {row["id"]: self._texts(connection, row["id"]) for row in rows}
        return tuple(
            KeptAnswer(
                id=row["id"],
                question=row["question"],
                answer=_adapter(Answer).validate_json(row["answer"]),
                asked=row["asked"],
                lang=row["lang"],
                filter=tuple(json.loads(row["filter"])),
                stamp=row["stamp"],
                documents=tuple(map(_document, texts[row["id"]])),
            )
            for row in rows
        )

    def _texts(self, connection: sqlite3.Connection, answer: str) -> list[tuple[str, bytes]]:
        query = "SELECT hash, document FROM texts JOIN cited ON text = hash WHERE answer = ?"
        return [(row["hash"], row["document"]) for row in connection.execute(query, (answer,))]


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(kind)


def _document(stored: tuple[str, bytes]) -> Document:
    document: Document = _adapter(Document).validate_json(zlib.decompress(stored[1]))
    return document
