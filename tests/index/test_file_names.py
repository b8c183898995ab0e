"""File names that break refs or terminals, and what is no file at all."""

from __future__ import annotations

import json
import os
import socket
import sys
import unicodedata
from pathlib import Path

import pytest
from fake_encoder import FakeEncoder

from policy_qa.cli.main import main
from policy_qa.documents.sources import read_document
from policy_qa.errors import SourceError
from policy_qa.index.builder import build
from policy_qa.pipeline import build_index, open_stored
from policy_qa.printable import doc_id_of, source_name, visible
from policy_qa.settings import Settings

POSIX = pytest.mark.skipif(os.name == "nt", reason="such names are not to be had on Windows")
RULES = "某某\x1b[31m\u202e办法\n第一条 \x1b]0;title\x07甲\u202e乙。\n第二条 丙。\n"
#: File name -> doc_id.
NAMES = {
    "通知#3.txt": "通知%233",
    "100%达标.txt": "100%达标",
    "a%23.txt": "a%2523",
    "a#.txt": "a%23",
    "行\n行.txt": "行%0A行",
    "\x1b[31mred\x1b]0;x\x07.txt": "%1B[31mred%1B]0;x%07",
    "左\u202e右\u2066.txt": "左%E2%80%AE右%E2%81%A6",
    "零\u200b宽\ufeff.txt": "零%E2%80%8B宽%EF%BB%BF",
    "-x.txt": "%2Dx",
    "--help.txt": "%2D-help",
    "空 格.txt": "空 格",
    "长" * 83 + "xx.txt": "长" * 83 + "xx",  # 255 bytes
    "\udcff\udcfename.txt": "%FF%FEname",  # bytes that are no text
    "👩‍🏫.txt": "👩%E2%80%8D🏫",
}


def is_obeyed(character: str) -> bool:
    """Whether a terminal may obey it instead of showing it."""
    wanted = "\n\t\u200b\u200c\u200d\u2060\ufeff\xad"
    return character not in wanted and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def test_doc_ids() -> None:
    assert {name: doc_id_of(source_name(name)) for name in NAMES} == NAMES


def test_two_names_never_become_one_and_a_ref_comes_apart() -> None:
    parts = ("#", "%", "%23", "%25", "\n", "%0A", "-", "2", "3", "\u202e", "\udcff", "%FF")
    names = {a + b + c for a in parts for b in parts for c in parts}
    ids = {doc_id_of(source_name(name + ".txt")) for name in names}
    assert len(ids) == len(names)
    assert not any("#" in i or i.startswith("-") or any(map(is_obeyed, i)) for i in ids)


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x61C, 0x200E, 0x202E, 0x2028, 0x2066, 0xDCFF])
def test_what_a_terminal_obeys_is_written_out(code: int) -> None:
    character = chr(code)
    if character in "\n\t":
        assert visible(character) == character
        return
    assert visible(f"甲{character}乙") == f"甲\\u{code:04x}乙"
    line = visible(json.dumps({"a": character}, ensure_ascii=False))
    assert json.loads(line) == {"a": character}


@POSIX
def test_fault_32_every_name_is_indexed_and_found_again(
    tmp_path: Path,
    encoder: FakeEncoder,
    light: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in NAMES:
        (corpus / name).write_text(RULES, "utf-8")
    settings = Settings(home=tmp_path / "home", corpus=corpus, model="fake")
    report = build(settings, encoder=encoder)
    assert not report.refused
    stored = open_stored(settings)
    assert {d.doc_id for d in stored.documents} == set(NAMES.values())
    monkeypatch.setenv("POLICY_QA_HOME", str(settings.home))
    for doc_id in NAMES.values():
        assert stored.provision(f"{doc_id}#2").doc_id == doc_id
        assert main(["show", f"{doc_id}#1"]) == 0
        assert main(["show", doc_id]) == 0
        assert not [c for c in capsys.readouterr().out if is_obeyed(c)]
        assert main(["show", "--json", f"{doc_id}#1"]) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["text"] == "第一条 \x1b]0;title\x07甲乙。"
    assert not build(settings, encoder=encoder).changed


@POSIX
@pytest.mark.parametrize(
    "command", ["segment", "segment --json", "lint", "lint --json", "check", "diff", "diff --json"]
)
def test_control_characters_never_reach_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in NAMES:
        (corpus / name).write_text(RULES, "utf-8")
        (corpus / f"{name[:60]}.docx").write_bytes(b"no zip")
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    (tmp_path / "new\x1b.txt").write_text(RULES.replace("丙", "\x9b丁"), "utf-8")
    names = {"check": [corpus / "行\n行.txt"], "diff": [corpus / "行\n行.txt", tmp_path / "new\x1b.txt"]}
    verb, *options = command.split()
    code = main([verb, *options, *map(str, names.get(verb, [corpus]))])
    shown = capsys.readouterr()
    assert code in (0, 1, 2)
    assert shown.out or shown.err
    assert not [c for c in shown.out + shown.err if is_obeyed(c)]


@pytest.mark.slow
@POSIX
def test_a_build_and_an_answer_show_nothing_that_a_terminal_obeys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in NAMES:
        (corpus / name).write_text(RULES + "第三条 首席信息官\x1b[2J任期\u202e三年。\n", "utf-8")
    (corpus / "bad\x1b.docx").write_bytes(b"no zip")
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path / "home"))
    assert main(["build", str(corpus)]) == 1
    out = capsys.readouterr().out
    assert "✗ bad%1B.docx: expected" in out
    for doc_id in ("通知%233", "%2Dx", "行%0A行"):
        assert main(["ask", "--doc", doc_id, "首席信息官的任期是几年？"]) == 0
        answer = capsys.readouterr().out
        assert f"({doc_id}#3" in answer
        out += answer
    assert not [c for c in out if is_obeyed(c)]
    build_index(Settings(home=tmp_path / "home", corpus=corpus))


@POSIX
def test_fault_33_what_is_no_file_is_not_opened_and_named(
    tmp_path: Path,
    encoder: FakeEncoder,
    light: None,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corpus, outside = tmp_path / "c", tmp_path / "outside"
    for folder in (corpus, outside):
        folder.mkdir()
        (folder / f"{folder.name}.txt").write_text(RULES, "utf-8")
    os.mkfifo(corpus / "pipe.txt")
    (corpus / "link.txt").symlink_to(outside / "outside.txt")
    (corpus / "inside.txt").symlink_to(corpus / "c.txt")
    (corpus / "broken.pdf").symlink_to(outside / "none.pdf")
    (corpus / "zero.txt").symlink_to("/dev/zero")
    (corpus / "loop.txt").symlink_to(corpus / "loop.txt")
    (corpus / "circle").symlink_to(corpus / "circle")
    (corpus / "folder").symlink_to(outside)
    (corpus / "up").symlink_to(corpus)
    (corpus / "picture.png").symlink_to(outside / "outside.txt")
    monkeypatch.chdir(corpus)  # a socket's path may be no longer than 107 bytes
    with socket.socket(socket.AF_UNIX) as open_socket:
        open_socket.bind("socket.md")
        settings = Settings(home=tmp_path / "home", corpus=corpus, model="fake")
        report = build(settings, encoder=encoder)
        said = {file.source: file.refused for file in report.refused}
        links = {
            "link.txt",
            "inside.txt",
            "broken.pdf",
            "zero.txt",
            "loop.txt",
            "circle",
            "folder",
            "up",
            "picture.png",
        }
        assert set(said) == {*links, "pipe.txt", "socket.md"}
        assert all(f"{name}: expected a file, found a link, which is not followed" in said[name] for name in links)
        assert "pipe.txt: expected a file, found a pipe, which is not opened" in said["pipe.txt"]
        assert "found a socket" in said["socket.md"]
        assert [d.doc_id for d in open_stored(settings).documents] == ["c"]
        assert main(["segment", str(corpus)]) == 1
        assert len(capsys.readouterr().err.splitlines()) == len(said)
        for name in ("pipe.txt", "zero.txt", "socket.md", "loop.txt"):
            assert main(["segment", str(corpus / name)]) == 2
            (line,) = capsys.readouterr().err.splitlines()
            assert name in line


@POSIX
def test_a_link_that_a_person_names_is_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "there.txt").write_text(RULES, "utf-8")
    (tmp_path / "here.txt").symlink_to(tmp_path / "there.txt")
    assert main(["segment", str(tmp_path / "here.txt")]) == 0
    assert "here#1" in capsys.readouterr().out


@POSIX
def test_a_file_that_turns_into_a_pipe_does_not_hold_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the opening: whoever opens it must not wait for a writer."""
    from policy_qa.documents import sources

    os.mkfifo(tmp_path / "turned.txt")
    monkeypatch.setattr(sources, "_check_kind", lambda path, source, *, follow: None)
    with pytest.raises(SourceError, match="found a pipe"):
        read_document(tmp_path / "turned.txt")


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may look into every folder")
def test_a_folder_that_cannot_be_looked_into_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shut").mkdir(mode=0)
    (tmp_path / "a.txt").write_text(RULES, "utf-8")
    assert main(["segment", str(tmp_path)]) == 1
    assert "shut: expected a folder that can be looked into" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_a_file_that_is_longer_than_it_says_is_not_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from policy_qa.documents import sources

    monkeypatch.setattr(sources, "MAX_BYTES", 1000)
    monkeypatch.setattr(sources, "_readable", lambda source: ".txt")
    with pytest.raises(SourceError, match="expected at most"):
        read_document(Path("/proc/kallsyms"))


@POSIX
def test_an_evaluation_copies_no_file_that_a_link_leads_to(tmp_path: Path) -> None:
    from policy_qa.evaluation.run import open_corpora

    folder = tmp_path / "policies"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(RULES, "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SourceError, match=r"link\.txt: expected a file, found a link"):
        open_corpora(Settings(home=tmp_path / "home", corpus=folder), [folder])
    assert not list((tmp_path / "home").rglob("*.txt"))
