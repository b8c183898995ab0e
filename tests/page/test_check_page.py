"""The page for drafts: what it shows, what it refuses, and that a draft is never markup."""

from __future__ import annotations

import base64
import http.client
import io
import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import docx
import httpx
import pytest

from policy_qa.errors import IndexDamaged
from policy_qa.page.drafts import MAX_BYTES
from policy_qa.page.live import LivePipeline
from policy_qa.serve import create_app

from .conftest import HOSTILE, FakePipeline, fake_settings, real_documents, served

Y = "《宜春学院首席信息官（CIO）制度（讨论稿）》"
WRONG = f"根据{Y}第七条第（二）项，CIO任期为5年。\n该制度第二十六条。\n"
_BOUNDARY = "----policy"


@pytest.fixture(scope="module")
def page(real_index: Path) -> Iterator[str]:
    pipeline = FakePipeline(real_documents())
    app = create_app(fake_settings(real_index), LivePipeline(lambda: pipeline, lambda: 1))
    with served(app) as address:
        yield address


def send(page: str, path: str, body: bytes, kind: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(page).netloc, timeout=200)
    connection.request("POST", path, body=body, headers={"content-type": kind})
    answer = connection.getresponse()
    text = answer.read().decode("utf-8")
    connection.close()
    return answer.status, text


def form(page: str, text: str = "", file: tuple[str, bytes] | None = None, lang: str = "zh") -> tuple[int, str]:
    """The page that comes back for a draft."""
    parts = [f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="text"\r\n\r\n{text}\r\n'.encode()]
    if file:
        head = f'--{_BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="{file[0]}"\r\n'
        parts.append(f"{head}content-type: application/octet-stream\r\n\r\n".encode() + file[1] + b"\r\n")
    body = b"".join([*parts, f"--{_BOUNDARY}--\r\n".encode()])
    return send(page, f"/check?lang={lang}", body, f"multipart/form-data; boundary={_BOUNDARY}")


def word_of(html: str) -> bytes:
    (found,) = re.findall(r'download="[^"]+\.docx" href="data:[^;]+;base64,([^"]+)"', html)
    return base64.b64decode(found)


def test_the_form_is_there_in_both_languages(page: str) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(page).netloc, timeout=20)
    for lang, words in (("zh", "开始核对"), ("en", "Check a draft")):
        connection.request("GET", f"/check?lang={lang}")
        answer = connection.getresponse()
        text = answer.read().decode()
        assert answer.status == 200
        assert words in text
        assert "default-src 'self'" in answer.getheader("content-security-policy", "")
        assert "<script" not in text
    connection.close()


def test_what_is_wrong_is_marked_in_the_draft_and_told_beside_it(page: str) -> None:
    status, html = form(page, WRONG)
    assert status == 200
    assert "错误 2 处" in html
    assert '<mark class="ck-error">CIO任期为5年。</mark>' in html
    assert "此处是“5年”，原文是“3年”" in html
    assert "任期3年" in html
    assert len(list(docx.Document(io.BytesIO(word_of(html))).comments)) == 2
    (lines,) = re.findall(r'download="[^"]+\.jsonl" href="data:[^,]+,([^"]+)"', html)
    rows = [json.loads(line) for line in urllib.parse.unquote(lines).splitlines()]
    assert {r["finding"] for r in rows} == {"ok", "differs", "missing"}


def test_a_word_file_comes_back_with_comments(page: str) -> None:
    made = docx.Document()
    made.add_paragraph("请示")
    made.add_paragraph(f"{Y}第二十六条").runs[0].bold = True
    out = io.BytesIO()
    made.save(out)
    status, html = form(page, file=("文稿.docx", out.getvalue()))
    assert status == 200
    back = docx.Document(io.BytesIO(word_of(html)))
    assert [p.text for p in back.paragraphs] == ["请示", f"{Y}第二十六条"]
    assert len(list(back.comments)) == 1


def test_a_draft_is_text_and_never_markup(page: str) -> None:
    status, html = form(page, f"{HOSTILE}\n“{HOSTILE}”（{Y}第二十六条）\n</textarea><script>x</script>\n")
    assert status == 200
    for tag in ("<script", "<img", "<iframe", "<svg", "href=http", "href='http", 'href="http'):
        assert tag not in html.replace("&lt;", "")
    assert html.count("</textarea>") == 1


def test_what_cannot_be_checked_is_told(page: str) -> None:
    assert "请粘贴文稿内容" in form(page)[1]
    status, html = form(page, file=("draft.doc", b"x"))
    assert status == 400
    assert "expected a file of Word or WPS" in html
    status, html = form(page, file=("draft.docx", b"no zip"))
    assert status == 400
    assert "draft.docx" in html
    assert form(page, "没有引用任何条款。")[0] == 200


def test_more_than_a_draft_may_hold_is_refused_before_it_is_read(page: str) -> None:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(page).netloc, timeout=20)
    connection.putrequest("POST", "/check")
    connection.putheader("content-type", f"multipart/form-data; boundary={_BOUNDARY}")
    connection.putheader("content-length", str(MAX_BYTES * 2))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_draft_is_kept_only_where_that_is_asked_for(page: str) -> None:
    with httpx.Client(base_url=page, follow_redirects=True) as browser, httpx.Client(base_url=page) as another:
        sent = {"text": WRONG, "keep": "1"}
        answer = browser.post("/check", files={"file": ("", b"")}, data=sent)
        here = answer.url.path
        assert re.fullmatch(r"/check/[\w-]{22}", here)
        assert "任期为5年" in another.get(here).text
        assert "采纳改正" not in another.get(here).text
        assert another.post(here, data={"finding": "1", "how": "accepted"}).status_code == 403
        assert "任期为5年" in browser.get(f"{here}/draft.txt").text
        settled = browser.post(here, data={"finding": "1", "how": "accepted"})
        assert "已采纳" in settled.text
        assert "撤销" in settled.text
        assert browser.get(f"{here}/draft.txt").text == WRONG.replace("5年", "3年")
        word = docx.Document(io.BytesIO(browser.get(f"{here}/draft.docx").content))
        assert [p.text for p in word.paragraphs if p.text] == WRONG.replace("5年", "3年").splitlines()
        assert len(list(word.comments)) == 1
        assert browser.post(here, data={"finding": "1", "how": ""}).text.count("已采纳") == 0
        for wrong in ({"finding": "99", "how": "seen"}, {"finding": "1", "how": "x"}, {}):
            assert browser.post(here, data=wrong).status_code == 400
        assert browser.post(here, data={"delete": "1"}).url.path == "/check"
        assert browser.get(here).status_code == 404


def test_a_finding_leads_to_the_policy_at_the_place(page: str) -> None:
    html = form(page, WRONG)[1]
    assert 'href="/library/yichun-cio?ref=yichun-cio%237.2"' in html
    assert 'href="/marks?ref=yichun-cio%237.2"' in html


def test_programs_get_the_findings_as_json(page: str) -> None:
    status, text = send(page, "/api/check", json.dumps({"text": WRONG}).encode(), "application/json")
    answer = json.loads(text)
    assert status == 200
    assert answer["errors"] == 2
    assert [f["finding"] for f in answer["findings"]] == ["ok", "differs", "missing"]
    status, text = send(page, "/api/check", json.dumps({"text": WRONG, "lang": "en"}).encode(), "application/json")
    assert "Not what" in text
    for body in (b"", b"[]", b'{"text": 5}', b"{"):
        status, text = send(page, "/api/check", body, "application/json")
        assert status == 400
        assert "expected a JSON object" in json.loads(text)["error"]


def test_without_an_index_it_says_what_to_do(tmp_path: Path) -> None:
    def fail() -> FakePipeline:
        raise IndexDamaged("index file x: expected these bytes, found others; rebuild: policy-qa build")

    with served(create_app(fake_settings(tmp_path), LivePipeline(fail, lambda: 1))) as address:
        status, html = form(address, WRONG)
        assert status == 400
        assert "policy-qa build" in html
