"""The trail of changes to the policies: only ever added to, each file's hashes an unbroken chain."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from policy_qa.errors import StoreUnusable
from policy_qa.kept.changes import Action, Changes, Proposal, Step
from policy_qa.kept.corpus import CorpusFolder
from policy_qa.kept.store import now
from policy_qa.settings import Settings

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    return Changes(tmp_path / "desk.sqlite3")


def trail(changes: Changes) -> list[tuple[str, Action, str, str, str]]:
    return [(row.who, row.action, row.source, row.old, row.new) for row in changes.all()]


def test_the_trail_tells_what_went_where(changes: Changes) -> None:
    changes.settle({"x.txt": A, "y.txt": B}, "build")
    changes.settle({"x.txt": C, "y.txt": B}, "李老师", Action.REPLACE, {"x.txt"})
    changes.settle({"x.txt": C}, "")
    changes.settle({"x.txt": C}, "")  # nothing has changed
    assert trail(changes) == [
        ("build", Action.FOUND, "x.txt", "", A),
        ("build", Action.FOUND, "y.txt", "", B),
        ("李老师", Action.REPLACE, "x.txt", A, C),
        ("", Action.FOUND, "y.txt", B, ""),
    ]
    changes.settle({"x.txt": C, "y.txt": A}, "")  # it comes back
    assert trail(changes)[-1] == ("", Action.FOUND, "y.txt", "", A)


def test_only_what_was_asked_for_is_noted(changes: Changes) -> None:
    changes.settle({"x.txt": A, "y.txt": B}, "李老师", Action.ADD, {"x.txt"})
    assert [row.source for row in changes.all()] == ["x.txt"]


@pytest.mark.parametrize("sql", ["UPDATE changes SET who = 'nobody'", "DELETE FROM changes"])
def test_nobody_rewrites_it(tmp_path: Path, changes: Changes, sql: str) -> None:
    changes.settle({"x.txt": A}, "李老师")
    connection = sqlite3.connect(tmp_path / "desk.sqlite3")
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        connection.execute(sql)
    connection.close()
    with pytest.raises(StoreUnusable), changes._store.writing() as own:
        own.execute(sql)
    assert trail(changes) == [("李老师", Action.FOUND, "x.txt", "", A)]


def test_another_trail_is_added_once(tmp_path: Path, changes: Changes) -> None:
    other = Changes(tmp_path / "other.sqlite3")
    other.settle({"x.txt": A}, "李老师")
    changes.append(other.all())
    changes.append(other.all())
    assert trail(changes) == trail(other)


def proposal(id_: str, at: str = "") -> Proposal:
    about = {"who": "李老师", "action": Action.ADD, "source": "", "old": "", "target": "x.txt", "new": A}
    return Proposal(id=id_, at=at or now(), state=Step.READING, **about)  # type: ignore[arg-type]


def test_a_proposal_is_kept_until_nobody_wants_it(changes: Changes) -> None:
    changes.propose(proposal("old", "2020-01-01T00:00:00+00:00"))
    changes.propose(proposal("new"))
    assert [p.id for p in changes.proposals()] == ["new"]
    changes.move("new", Step.PROPOSED, reading=b"{}")
    found = changes.proposal("new")
    assert found
    assert (found.state, found.reading) == (Step.PROPOSED, b"{}")
    assert changes.holds(A)
    changes.drop("new")
    assert changes.proposal("new") is None
    assert not changes.holds(A)


@pytest.fixture
def folder(tmp_path: Path) -> CorpusFolder:
    (tmp_path / "corpus" / "rules").mkdir(parents=True)
    (tmp_path / "corpus" / "rules" / "a.txt").write_text("第一条 甲")
    return CorpusFolder(Settings(home=tmp_path / "home", corpus=tmp_path / "corpus"))


def test_what_is_replaced_or_removed_is_archived(tmp_path: Path, folder: CorpusFolder) -> None:
    old = folder.digests()["rules/a.txt"]
    folder.put("rules/a.txt", "第一条 乙".encode())
    new = folder.digests()["rules/a.txt"]
    folder.remove("rules/a.txt")
    assert folder.files() == {}
    assert [folder.kept(digest) for digest in (old, new)] == ["第一条 甲".encode(), "第一条 乙".encode()]
    assert folder.archived() == sorted([old, new])


def test_archived_bytes_that_changed_are_none(tmp_path: Path, folder: CorpusFolder) -> None:
    digest = folder.keep(b"as it was")
    (tmp_path / "home" / "archive" / digest).write_bytes(b"another")
    assert folder.kept(digest) is None
    assert folder.kept("../../etc/passwd") is None


def test_a_link_is_neither_read_nor_followed(tmp_path: Path, folder: CorpusFolder) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "corpus" / "b.txt").symlink_to(tmp_path / "secret.txt")
    assert folder.read("b.txt") is None
    assert "b.txt" not in folder.digests()
