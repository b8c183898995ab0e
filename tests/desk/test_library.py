"""`/library`: what is on file is found, read, searched; the file comes back as it is."""

from __future__ import annotations

import re

import httpx
import pytest

from policy_qa.desk.library import Entry, Filter, path_of_document
from policy_qa.facts.model import Standing, State
from samples import CORPUS

from .conftest import School


def get(address: str, path: str, status: int = 200) -> str:
    response = httpx.get(f"{address}{path}", follow_redirects=True, timeout=60)
    assert response.status_code == status, response.text[:500]
    return response.text


def titles(page: str) -> list[str]:
    return re.findall(r'<h2><a href="[^"]*" lang="zh-CN">([^<]*)</a>', page)


def test_all_that_is_on_file_is_listed(address: str) -> None:
    page = get(address, "/library")
    assert len(titles(page)) == 4
    assert titles(page)[0] == "贺兰县中小学校首席信息官实施方案"  # the newest
    assert "共 4 份" in page
    assert "4 texts" in get(address, "/library?lang=en")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("institution=宜春学院", 1),
        ("kind=通知", 1),
        ("state=草案", 1),
        ("state=现行有效&subject=信息官", 2),
        ("since=2022-07-18&until=2024-12-31", 2),
        ("until=2014", 1),
        ("since=2025", 0),
        ("subject=没有这样的标题", 0),
        ("sort=nonsense", 4),
    ],
)
def test_the_list_is_narrowed(address: str, asked: str, found: int) -> None:
    page = get(address, f"/library?{asked}")
    assert len(titles(page)) == found
    assert ("没有符合条件" in page) == (not found)


def entry(**values: object) -> Entry:
    told = {"path": "/library/x", "title": "甲办法", "institution": "", "kind": "", "number": "", "day": "2024"}
    rest = {"articles": 3, "standing": Standing(state=State.IN_FORCE, why=""), "recognised": False}
    return Entry(**{**told, **rest, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sort", "order"), [("day", "bca"), ("title", "cba"), ("institution", "bac"), ("length", "acb")]
)
def test_the_orders(sort: str, order: str) -> None:
    entries = [
        entry(path="a", title="乙", institution="三", day="", articles=9),  # by code point: 一 三 丁 丙 乙 二
        entry(path="b", title="丙", institution="一", day="2024-05", articles=1),
        entry(path="c", title="丁", institution="二", day="2023-12-31", articles=5),
    ]
    assert "".join(e.path for e in Filter(sort=sort).ordered(entries)) == order


@pytest.mark.parametrize(
    ("since", "day", "fits"), [("2024-06", "2024", True), ("2024-06", "2024-05", False), ("2024", "", False)]
)
def test_a_day_told_less_precisely_fits_where_it_may(since: str, day: str, fits: bool) -> None:
    assert Filter(since=since).fits(entry(day=day)) == fits


def test_a_text_is_shown_with_all_that_is_known(address: str) -> None:
    page = get(address, "/library/jiaozuo-cio")
    assert "焦教文〔2022〕60号" in page
    assert 'href="/library/jiaozuo-cio?at=' in page  # the line that says so
    assert 'href="#p-1"' in page
    assert 'id="p-1"' in page
    assert "正文中残留 HTML 标记" in page  # lint
    assert "2022-07-18" in page


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("ref=yichun-cio%237.2", True),
        ("ref=7.2", True),
        ("ref=yichun-cio%237", False),
        ("at=10-20", True),
        ("at=20-10", False),
        ("at=1-99999999", False),
        ("at=x", False),
    ],
)
def test_a_text_opens_at_a_place(address: str, query: str, marked: bool) -> None:
    page = get(address, f"/library/yichun-cio?{query}")
    assert ('<mark class="pq-quote">' in page) == marked
    assert ('aria-current="location"' in page) == ("ref" in query)


def test_a_mark_stands_beside_its_provision(still: School) -> None:
    someone = still.visitor()
    page = someone.get("/marks?ref=yichun-cio%237.2").text
    words = re.search(r'name="sha256" value="(\w+)"', page)
    assert words
    said = {"ref": "yichun-cio#7.2", "sha256": words[1], "said": "right", "who": "<b>王</b>"}
    assert someone.post("/marks", data=said).status_code == 200
    text = someone.get("/library/yichun-cio").text
    sections = dict(re.findall(r'<section [^>]*id="p-([^"]+)"(.*?)</section>', text))
    assert [path for path, body in sections.items() if "pq-mark" in body] == ["7"]
    assert "第七条第二项 已核对 &lt;b&gt;王&lt;/b&gt;" in sections["7"]
    assert "核对这一条" in someone.get("/library/yichun-cio?ref=7").text


def test_a_place_that_is_not_there_is_said(address: str) -> None:
    assert "没有“99”这一处" in get(address, "/library/yichun-cio?ref=99")


@pytest.mark.parametrize("path", ["none", "none/original", "yichun-cio/versus/none", "..yichun-cio.txt/original"])
def test_what_is_not_on_file_is_said(address: str, path: str) -> None:
    assert "没有这份文件" in get(address, f"/library/{path}", 404)


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "%2Fetc%2Fpasswd", "..%5C..%5Cetc"])
def test_no_path_leads_out_of_the_folder(address: str, name: str) -> None:
    assert httpx.get(f"{address}/library/{name}/original").status_code == 404


def test_the_file_comes_back_as_it_is(address: str) -> None:
    response = httpx.get(f"{address}/library/yichun-cio/original")
    assert response.content == (CORPUS / "yichun-cio.txt").read_bytes()
    assert response.headers["content-disposition"].startswith("attachment")
    assert response.headers["content-type"] == "application/octet-stream"


def test_the_texts_are_searched_by_words_and_by_meaning(address: str) -> None:
    page = get(address, "/library/search?q=连任")
    words = page.split("<h2>意思相近的条款</h2>")[0]
    assert "第七条" in words
    assert '<mark class="pq-quote">连任</mark>' in words
    assert 'href="/library/yichun-cio?ref=yichun-cio%237#p-7"' in words
    assert "第七条" in get(address, "/library/search?q=干几年可以接着干").split("<h2>意思相近的条款</h2>")[1]
    assert "没有条款同时含有这些词" in get(address, "/library/search?q=量子计算机")


def test_what_holds_the_words_is_listed_once(address: str) -> None:
    ways = re.findall(r'<h3><a href="([^"]*)"', get(address, "/library/search?q=连任"))
    assert len(ways) == len({*ways}) > 2


@pytest.mark.parametrize(
    ("asked", "said"), [("", "请输入要查找的内容"), ("%3F%3F", "问题是空的"), ("长" * 2001, "问题太长")]
)
def test_what_can_not_be_searched_is_said(address: str, asked: str, said: str) -> None:
    page = get(address, f"/library/search?q={asked}")
    assert said in page
    assert asked[:3] in page.replace("??", "%3F%3F")  # what was typed is still there


@pytest.mark.parametrize(
    "path", ["/library?subject={}", "/library/search?q={}", "/library/yichun-cio?ref={}", "/library/{}"]
)
def test_what_is_asked_is_never_markup(address: str, path: str) -> None:
    page = httpx.get(address + path.format("%3Cscript%3Ealert(1)%3C%2Fscript%3E"), timeout=60).text
    assert "<script>alert(1)" not in page


def test_a_document_that_is_called_like_a_page_is_reached() -> None:
    assert [path_of_document(name) for name in ("search", "通知%233")] == [
        "/library/~search",
        "/library/%E9%80%9A%E7%9F%A5%25233",
    ]
