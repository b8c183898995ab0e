"""The file that keeps what people do at the page: shared, whole or not at all, never deleted."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from policy_qa.errors import StoreUnusable
from policy_qa.kept.store import Store

SCHEMA = "CREATE TABLE IF NOT EXISTS words (word TEXT PRIMARY KEY) STRICT;"


def words(store: Store) -> list[str]:
    with store.reading() as connection:
        return [row["word"] for row in connection.execute("SELECT word FROM words ORDER BY word")]


def add(store: Store, word: str) -> None:
    with store.writing() as connection:
        connection.execute("INSERT INTO words VALUES (?)", (word,))


def test_what_is_written_is_read_by_another(tmp_path: Path) -> None:
    add(Store(tmp_path / "new" / "desk.sqlite3", SCHEMA), "任期")
    assert words(Store(tmp_path / "new" / "desk.sqlite3", SCHEMA)) == ["任期"]


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "desk.sqlite3", SCHEMA)

    def fail() -> None:
        with store.writing() as connection:
            connection.execute("INSERT INTO words VALUES ('half')")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert words(store) == []


def test_many_write_at_once(tmp_path: Path) -> None:
    stores = [Store(tmp_path / "desk.sqlite3", SCHEMA) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda s=store, n=n: [add(s, f"{n}-{i}") for i in range(10)])  # type: ignore[misc]
        for n, store in enumerate(stores * 2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(words(stores[0])) == 80


@pytest.mark.parametrize("damage", ["head", "middle", "cut"])
def test_a_damaged_file_is_set_aside_and_kept(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "desk.sqlite3"
    store = Store(path, SCHEMA)
    with store.writing() as connection:
        connection.executemany("INSERT INTO words VALUES (?)", [(f"{n} " * 40,) for n in range(2000)])
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    data = bytearray(path.read_bytes())
    if damage == "head":
        data[:16] = b"no database here"
    elif damage == "middle":
        data[4096 : len(data) // 2] = b"\xff" * (len(data) // 2 - 4096)
    else:
        del data[len(data) // 2 :]
    path.write_bytes(data)
    assert words(Store(path, SCHEMA)) == []
    assert path.with_name("desk.sqlite3.damaged-1").read_bytes() == data


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnusable, match="expected to read and write"):
        words(Store(tmp_path / "file" / "desk.sqlite3", SCHEMA))


def test_one_that_begins_while_another_writes_waits_for_it(tmp_path: Path) -> None:
    """The first turn to write-ahead needs the file alone, and SQLite does not wait for that by itself."""
    path = tmp_path / "desk.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE theirs (word TEXT)")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    add(store := Store(path, SCHEMA), "waited")
    done.join()
    other.close()
    assert words(store) == ["waited"]
