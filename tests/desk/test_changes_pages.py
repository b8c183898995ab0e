"""An administrator changes the library at the page: looked at before it counts, built beside the questions, undone."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from desk.builds import build_without_model
from desk.conftest import KEY, School, opened, school_of
from policy_qa.desk import changes, library
from policy_qa.desk.corpus import Editor
from policy_qa.index.files import build_lock
from policy_qa.index.layout import write_origin
from policy_qa.index.store import read_generation
from policy_qa.kept.changes import Action, Step
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import Unfit, Upload
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings
from samples import CORPUS

NEW = "云岭学院打印机管理办法\n第一条 打印机由信息中心管理。\n第二条 每人每月打印不超过三百页。\n"


def waiting(browser: httpx.Client, path: str, until: str, seconds: float = 120) -> str:
    """The page of a proposal as soon as it says so."""
    end = time.monotonic() + seconds
    while until not in (page := browser.get(path).text) and time.monotonic() < end:
        time.sleep(0.1)
    assert until in page, page[page.find("<main") :][:1500]
    return page


def propose(browser: httpx.Client, name: str = "", text: str | bytes = "", **fields: str) -> str:
    """The path of a proposal."""
    data = text if isinstance(text, bytes) else text.encode()
    files: dict[str, Any] = {"file": (name, data)} if name else {"none": (None, "")}
    response = browser.post("/library/incoming", data=fields, files=files)
    assert response.status_code == 200, response.text[-800:]
    return response.url.path


def sha(data: str | bytes) -> str:
    return hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def test_a_policy_is_added_replaced_put_back_and_withdrawn(school: School) -> None:
    li, visitor = school.admin(), school.visitor()
    asked = {"question": "每人每月最多打印多少页？", "doc_ids": ["printers"]}
    path = propose(li, "printers.txt", NEW)
    page = waiting(li, path, "确认，使其生效")
    assert "云岭学院打印机管理办法" in page
    assert "2 条，共 3 个条款项" in page
    assert "将作为新制度收录" in page
    assert visitor.get("/library/printers").status_code == 404  # it doesn't count yet
    li.post(path, data={"do": "confirm"})
    answered = 0
    while "正在更改" in li.get(path).text:
        assert visitor.post("/api/ask", json={"question": "CIO的任期是几年？"}).json()["refused"] is False
        answered += 1
    assert answered
    waiting(li, path, "已生效")
    assert "三百页" in visitor.post("/api/ask", json=asked).json()["answer"]

    # Another format under the same name: references stay.
    changed = (
        "<html><body>"
        + "".join(f"<p>{line}</p>" for line in NEW.replace("三百", "五百").split("\n"))
        + "</body></html>"
    )
    path = propose(li, "打印机（新）.html", changed, replaces="printers.txt")
    page = waiting(li, path, "确认，使其生效")
    assert re.search("<del>[^<]*三.*<ins>[^<]*五", page)
    li.post(path, data={"do": "confirm"})
    waiting(li, path, "已生效")
    assert "五百页" in visitor.post("/api/ask", json=asked).json()["answer"]
    assert visitor.get("/library/printers/original").content == changed.encode()

    rows = [json.loads(line) for line in li.get("/library/changes.jsonl").text.splitlines()]
    own = [(r["who"], r["action"], r["source"], r["old"], r["new"]) for r in rows if r["who"]]
    assert own == [
        ("李老师", "add", "printers.txt", "", sha(NEW)),
        ("李老师", "replace", "printers.html", "", sha(changed)),
        ("李老师", "replace", "printers.txt", sha(NEW), ""),
    ]
    page = li.get("/library/changes").text
    assert "李老师" in page
    put_back = rows[-1]["id"]
    path = li.post(f"/library/changes/{put_back}/restore").url.path
    page = waiting(li, path, "确认，使其生效")
    assert re.search("<del>[^<]*五.*<ins>[^<]*三", page)
    li.post(path, data={"do": "confirm"})
    waiting(li, path, "已生效")
    assert "三百页" in visitor.post("/api/ask", json=asked).json()["answer"]
    assert not (school.settings.corpus / "printers.html").exists()

    path = propose(li, withdraws="printers.txt")
    assert "不再用于回答" in li.get(path).text
    li.post(path, data={"do": "confirm"})
    waiting(li, path, "已生效")
    assert visitor.get("/library/printers").status_code == 404
    assert len(read_generation(school.settings.index_dir).manifest.sources) == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/library/changes"),
        ("GET", "/library/changes.jsonl"),
        ("GET", "/library/incoming/x"),
        ("POST", "/library/incoming"),
        ("POST", "/library/incoming/x"),
        ("POST", "/library/changes/1/restore"),
    ],
)
def test_nobody_else_may(still: School, method: str, path: str) -> None:
    for cookies in ({}, {"pq_visitor": "a" * 43, "pq_admin": "b" * 64, "pq_who": "x"}):
        response = httpx.request(method, still.address + path, cookies=cookies, data={"withdraws": "yichun-cio.txt"})
        assert (response.status_code, response.headers["location"]) == (303, "/library/admin")
    assert (still.settings.corpus / "yichun-cio.txt").exists()


def test_another_site_may_not_send_an_administrators_browser(still: School) -> None:
    li = still.admin()
    response = li.post(
        "/library/incoming", data={"withdraws": "yichun-cio.txt"}, headers={"origin": "https://evil.example"}
    )
    assert response.status_code == 403


def test_a_wrong_key_is_tried_a_few_times(built: Settings, pipeline: Pipeline, tmp_path: Path) -> None:
    settings = school_of(built, tmp_path)
    with opened(settings, LivePipeline(lambda: pipeline, lambda: 1)) as school:
        browser = school.visitor()
        for _ in range(5):
            page = browser.post("/library/admin", data={"who": "王<b>老师", "key": "wrong"})
            assert page.status_code == 403
            assert "王&lt;b&gt;老师" in page.text  # what was typed is still there
        assert "一分钟后" in browser.post("/library/admin", data={"who": "王老师", "key": KEY}).text
        assert "<h1>管理员登录</h1>" in browser.get("/library/admin").text


def test_a_name_is_asked_for(still: School) -> None:
    assert "请填写姓名" in still.visitor().post("/library/admin", data={"who": " ", "key": KEY}).text


def test_without_a_key_nothing_can_be_changed(address: str) -> None:
    assert "POLICY_QA_ADMIN_KEY" in httpx.get(f"{address}/library/admin").text
    assert httpx.post(f"{address}/library/admin", data={"who": "x", "key": "None"}).status_code == 403


def test_an_administrator_leaves(still: School) -> None:
    li = still.admin()
    assert "<h1>管理制度库</h1>" in li.get("/library/admin").text
    li.post("/library/admin/leave")
    assert "<h1>管理员登录</h1>" in li.get("/library/admin").text


@pytest.mark.parametrize(
    ("name", "text", "fields", "said"),
    [
        ("", "", {}, "请选择一个文件"),
        ("a.exe", "x", {}, "不支持这种文件格式"),
        ("yichun-cio.docx", "x", {}, "已有同名文件“yichun-cio.txt”"),
        ("a.txt", " \n", {}, "文件是空的"),
        ("a#b.txt", "第一条 甲", {}, "文件名不能使用"),
        (".hidden.txt", "第一条 甲", {}, "文件名不能使用"),
        ("长" * 90 + ".txt", "第一条 甲", {}, "文件名不能使用"),
        ("a.txt", "第一条 甲", {"replaces": "none.txt"}, "已不在制度文件夹中"),
        ("a.txt", "第一条 甲", {"replaces": "../yichun-cio.txt"}, "已不在制度文件夹中"),
        ("", "", {"withdraws": "../../etc/passwd"}, "已不在制度文件夹中"),
    ],
)
def test_what_can_not_be_taken_is_said(still: School, name: str, text: str, fields: dict[str, str], said: str) -> None:
    files: dict[str, Any] = {"file": (name, text.encode())} if name else {"none": (None, "")}
    response = still.admin().post("/library/incoming", data=fields, files=files)
    assert response.status_code == 400
    assert said in response.text


def test_the_very_same_file_is_no_change(still: School) -> None:
    data = (still.settings.corpus / "yichun-cio.txt").read_bytes()
    response = still.admin().post(
        "/library/incoming", data={"replaces": "yichun-cio.txt"}, files={"file": ("x.txt", data)}
    )
    assert "完全相同" in response.text


def test_a_name_never_leads_out_of_the_folder(still: School) -> None:
    li = still.admin()
    path = propose(li, "..\\..\\../etc/out.txt", "第一条 甲")
    assert "<h1>新增：out.txt</h1>" in waiting(li, path, "确认，使其生效")
    li.post(path, data={"do": "drop"})
    assert "没有这项变更" in li.get(path).text


def test_a_file_that_can_not_be_read_is_refused(still: School) -> None:
    li = still.admin()
    path = propose(li, "scan.docx", b"PK\x03\x04 no document")
    page = waiting(li, path, "读不出来")
    assert "确认，使其生效" not in page
    assert "没有完成" in li.post(path, data={"do": "confirm"}).text
    li.post(path, data={"do": "drop"})
    assert not [p for p in (still.settings.home / "archive").glob("*") if p.read_bytes().startswith(b"PK")]


def test_one_page_that_is_too_large_is_told(still: School) -> None:
    response = still.admin().post("/library/incoming", files={"file": ("a.txt", b"x" * 33_000_000)})
    assert response.status_code == 413
    assert "文件过大" in response.text


# What follows drives the editor alone, with builds that need no model.


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    monkeypatch.setattr("policy_qa.desk.corpus._BUILD", "desk.builds:Quick")
    settings = Settings(home=tmp_path, corpus=tmp_path / "corpus", admin_key=KEY)
    shutil.copytree(CORPUS, settings.corpus)
    build_without_model(settings.home, settings.corpus)
    return Editor(settings)


def proposed(editor: Editor, name: str = "printers.txt", text: str = NEW) -> str:
    id_ = editor.add("李老师", Upload(name=name, data=text.encode()))
    return settled(editor, id_, Step.PROPOSED)


def settled(editor: Editor, id_: str, state: Step) -> str:
    """The same id as soon as the proposal is in that state."""
    end = time.monotonic() + 60
    while (found := editor.changes.proposal(id_)) and found.state in (Step.READING, Step.WORKING):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert found
    assert found.state is state, found.said
    return id_


def test_the_second_of_two_is_told(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    going = threading.Event()
    build = editor._build
    monkeypatch.setattr(editor, "_build", lambda id_: going.wait(30) and build(id_))
    one, two = proposed(editor), proposed(editor, "other.txt", NEW.replace("打印机", "复印机"))
    editor.confirm(one, "李老师")
    with pytest.raises(Unfit) as told:
        editor.confirm(two, "王老师")
    going.set()
    settled(editor, one, Step.DONE)
    assert "李老师 is changing printers.txt" in str(told.value)
    editor.confirm(two, "王老师")
    settled(editor, two, Step.DONE)


def test_what_changed_since_it_was_looked_at_is_not_overwritten(editor: Editor) -> None:
    id_ = editor.replace("李老师", "yichun-cio.txt", Upload(name="a.txt", data=NEW.encode()))
    settled(editor, id_, Step.PROPOSED)
    (editor.folder.path / "yichun-cio.txt").write_text("第一条 别人改的。")
    with pytest.raises(Unfit, match="was changed since you looked"):
        editor.confirm(id_, "李老师")
    assert (editor.folder.path / "yichun-cio.txt").read_text() == "第一条 别人改的。"


def state_of(editor: Editor) -> tuple[object, ...]:
    return editor.folder.digests(), read_generation(editor._settings.index_dir).files


def test_a_build_that_fails_leaves_all_as_it_was(editor: Editor) -> None:
    before = state_of(editor)
    for propose_one in (
        lambda: proposed(editor),
        lambda: settled(
            editor, editor.replace("李老师", "yichun-cio.txt", Upload(name="a.md", data=NEW.encode())), Step.PROPOSED
        ),
        lambda: editor.withdraw("李老师", "yichun-cio.txt"),
    ):
        id_ = propose_one()
        with build_lock(editor._settings.index_dir):  # somebody else's
            editor.confirm(id_, "李老师")
            settled(editor, id_, Step.FAILED)
        found = editor.changes.proposal(id_)
        assert found
        assert "expected no other build at work" in found.said
        assert state_of(editor) == before
    assert all(row.action is Action.FOUND for row in editor.changes.all())


def test_a_build_that_is_killed_leaves_all_as_it_was(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(editor)
    with monkeypatch.context() as patch:
        patch.setattr("policy_qa.desk.corpus._BUILD", "desk.builds:Dying")
        editor.confirm(id_ := proposed(editor), "李老师")
        settled(editor, id_, Step.FAILED)
    assert state_of(editor) == before
    editor.confirm(id_, "李老师")  # try again
    settled(editor, id_, Step.DONE)


def test_a_file_that_the_build_refuses_is_taken_out_again(editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state_of(editor)
    monkeypatch.setattr("policy_qa.desk.corpus._BUILD", "desk.builds:Choosy")
    editor.confirm(id_ := proposed(editor), "李老师")
    settled(editor, id_, Step.FAILED)
    assert state_of(editor) == before


@pytest.mark.parametrize("written", [False, True])
def test_a_server_that_was_killed_is_cleaned_up_after(editor: Editor, written: bool) -> None:
    before = state_of(editor)
    id_ = proposed(editor)
    editor.changes.move(id_, Step.WORKING)
    if written:
        (editor.folder.path / "printers.txt").write_text(NEW, "utf-8")
    Editor(editor._settings).recover()
    settled(editor, id_, Step.FAILED)
    assert state_of(editor) == before


def test_a_server_that_was_killed_after_the_build_goes_on(editor: Editor) -> None:
    id_ = proposed(editor)
    editor.confirm(id_, "李老师")
    settled(editor, id_, Step.DONE)
    rows = editor.changes.all()
    editor.changes.move(id_, Step.WORKING)
    Editor(editor._settings).recover()
    settled(editor, id_, Step.DONE)
    assert editor.changes.all() == rows
    assert (editor.folder.path / "printers.txt").exists()


def test_a_folder_elsewhere_is_the_one_that_is_changed(editor: Editor, tmp_path: Path) -> None:
    """The index was built from it; the folder of the settings is another."""
    shutil.copytree(editor.folder.path, tmp_path / "elsewhere")
    write_origin(editor._settings.index_dir, tmp_path / "elsewhere")
    editor.folder.put("new.txt", b"x")
    assert (tmp_path / "elsewhere" / "new.txt").exists()
    assert not (editor._settings.corpus / "new.txt").exists()


def test_the_names_of_pages_are_all_known() -> None:
    paths = re.findall(r'"/library/([a-z.]+)"?[:/]?', Path(changes.__file__).read_text("utf-8"))
    assert {*paths} - {""} <= {*library._OWN}
