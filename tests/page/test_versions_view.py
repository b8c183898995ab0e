"""Which text is in force, the others beside it, and two of them compared."""

import dataclasses
import re

import pytest

from policy_qa.documents.extracted import describe
from policy_qa.facts.model import Version
from policy_qa.page import steps
from policy_qa.page.library import Library
from policy_qa.page.source_view import Opening, label_of, render_list, render_source, render_versions
from policy_qa.page.steps import Session
from policy_qa.page.texts import EN, ZH, Texts

from .conftest import HOSTILE, FakePipeline
from .test_inline import Elements, shown

DRAFT, ISSUED = "yichun-cio", "yichun-cio-2026"


@pytest.fixture
def library(versions: FakePipeline) -> Library:
    return Library(versions)


def opened(library: Library, doc_id: str, texts: Texts) -> str:
    return render_source(library.segmentation(doc_id), Opening(doc_id=doc_id), texts, f"d:{doc_id}", library)


def panel(library: Library, key: str, lang: str = "zh") -> str:
    return steps.panel_html(steps.open_panel(Session(lang), key), library)


def keys(markup: str) -> list[str | None]:
    return [attributes["data-open"] for _, attributes in Elements(markup).found if "data-open" in attributes]


def test_the_list_has_a_policy_once_and_its_other_texts_below_it(library: Library) -> None:
    markup = render_list(library, ZH)
    assert re.findall(r'class="pq-document" data-open="d:([^"]+)"', markup).count(ISSUED) == 1
    assert f'class="pq-document" data-open="d:{DRAFT}"' not in markup
    assert set(keys(markup)) == {f"d:{doc_id}" for doc_id in library.documents}
    assert shown(markup).index("2026-03-01") < shown(markup).index(ZH.other_versions) < shown(markup).index("讨论稿")


def test_the_text_in_force_says_so_and_names_the_others(library: Library) -> None:
    markup = opened(library, ISSUED, ZH)
    assert f'<span class="pq-badge pq-good">{ZH.in_force}</span>' in markup
    assert "pq-superseded" not in markup
    assert keys(render_versions(library, ISSUED, ZH)) == [f"d:{DRAFT}", f"v:{ISSUED}/{DRAFT}"]


@pytest.mark.parametrize("texts", [ZH, EN])
def test_a_replaced_draft_leads_to_the_text_in_force(library: Library, texts: Texts) -> None:
    markup = opened(library, DRAFT, texts)
    strip = re.findall(r'<p class="pq-strip pq-dead pq-superseded">.*?</p>', markup)
    assert len(strip) == 1
    assert shown(strip[0]).startswith(texts.draft_replaced_strip)
    assert keys(strip[0]) == [f"d:{ISSUED}"]


def test_a_superseded_text_does_not_look_as_if_it_were_in_force() -> None:
    old, new = (
        describe(
            f"滨江中学考勤办法\n滨中发〔{year}〕8号\n第一条 迟到{n}次的，予以提醒。\n第二条 本办法自印发之日起施行。\n"
            f"滨江中学\n{year}年9月1日\n",
            doc_id=f"kq-{year}",
            source=f"kq-{year}.txt",
            sha256=str(n) * 64,
        )
        for year, n in ((2021, 3), (2024, 2))
    )
    library = Library(FakePipeline([old, new]))
    markup = opened(library, "kq-2021", ZH)
    assert f'<span class="pq-badge pq-dead">{ZH.not_in_force}</span>' in markup
    assert "已印发" not in shown(markup)
    assert ZH.superseded_strip in shown(markup)
    diff = library.comparison("kq-2024", "kq-2021")
    assert diff is not None
    assert (diff.old.doc_id, diff.new.doc_id) == ("kq-2021", "kq-2024")


def test_a_policy_of_one_text_shows_nothing_of_versions(library: Library) -> None:
    markup = opened(library, "helan-cio", ZH)
    assert "pq-versions" not in markup
    assert "v:" not in "".join(filter(None, keys(markup)))


@pytest.mark.parametrize("key", [f"v:{DRAFT}/{ISSUED}", f"v:{ISSUED}/{DRAFT}"])
def test_a_comparison_shows_what_changed_the_older_text_first(library: Library, key: str) -> None:
    markup = panel(library, key)
    assert f'data-key="{key}"' in markup
    deleted, inserted = (shown("".join(re.findall(rf"<{tag}>(.*?)</{tag}>", markup))) for tag in ("del", "ins"))
    assert "3年" in deleted
    assert "4年" in inserted
    assert "讨论稿" in deleted
    assert [k for k in keys(markup) if k] == [f"d:{DRAFT}", f"d:{ISSUED}"]


def test_a_comparison_keeps_to_its_own_names_and_is_words_only(library: Library) -> None:
    markup = panel(library, f"v:{DRAFT}/{ISSUED}")
    elements = Elements(markup)
    assert HOSTILE in shown(markup)
    assert not elements.tags & {"script", "img", "iframe", "svg", "style", "main"}
    assert not {name for name in elements.attributes if name.startswith("on") or name == "style"}
    assert all(address and re.fullmatch(r"#source|#pq-d-c\d+", address) for address in elements.addresses)
    names = {n for _, a in elements.found for n in (*(a.get("class") or "").split(), *(a.get("id") or "").split())}
    assert {n for n in names if not n.startswith("pq-")} == set()
    assert {a["href"] for _, a in elements.found if "href" in a} - {"#source"} <= {
        f"#{a['id']}" for _, a in elements.found if "id" in a
    }


def test_an_english_page_compares_in_english(library: Library) -> None:
    for markup in (panel(library, f"v:{DRAFT}/{ISSUED}", "en"), opened(library, ISSUED, EN)):
        assert not set(
            re.findall("旧|未变|版本|现行|读取|比较", re.sub(r'<div class="pq-text.*', "", shown(markup)))
        ) - {"版本"}
    assert "Two versions compared" in shown(panel(library, f"v:{DRAFT}/{ISSUED}", "en"))


@pytest.mark.parametrize("key", [f"v:{DRAFT}/helan-cio", f"v:{DRAFT}/{DRAFT}", "v:no/such", f"v:{ISSUED}/gone"])
def test_only_texts_of_one_policy_are_compared(library: Library, key: str) -> None:
    assert ZH.source_gone in panel(library, key)


def test_a_comparison_is_made_once_and_anew_for_another_text(versions: FakePipeline) -> None:
    library = Library(versions)
    first = library.comparison(DRAFT, ISSUED)
    assert library.comparison(ISSUED, DRAFT) is first
    changed = dataclasses.replace(library.documents[ISSUED], sha256="4" * 64)
    others = [d for d in versions.documents if d.doc_id != ISSUED]
    rebuilt = Library(FakePipeline([*others, changed]), library.comparisons)
    assert rebuilt.comparison(DRAFT, ISSUED) is not first


@pytest.mark.parametrize(
    ("label", "zh", "en"),
    [
        ("2024年印发", "2024年印发", "2024 (issued)"),
        ("2026年3月1日", "2026年3月1日版", "2026-03-01"),
        ("讨论稿", "讨论稿", "draft for discussion"),
        ("2022年试行", "2022年试行", "2022 (on trial)"),
    ],
)
def test_versions_have_names_in_both_languages(label: str, zh: str, en: str) -> None:
    version = Version(doc_id="x", label=label, in_force=True, why="")
    assert (label_of(version, ZH), label_of(version, EN)) == (zh, en)
