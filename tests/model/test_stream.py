"""Sentences come out whole, as early as can be, whatever the pieces in which a model writes them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_qa.model.handles import Handles, without_look_alikes
from policy_qa.model.stream import Draft, SentenceReader

HANDLES = Handles({"K3F": "x#1", "M7B": "x#2"})


def read(text: str, sizes: int = 1, *, cut: bool = False) -> list[Draft]:
    reader = SentenceReader(HANDLES)
    out = [d for i in range(0, len(text), sizes) for d in reader.feed(text[i : i + sizes])]
    return out + reader.finish(cut=cut)


FORMS = [
    ("任期3年〔K3F〕。", [Draft("任期3年。", ("x#1",))]),
    ("任期3年。〔K3F〕", [Draft("任期3年。", ("x#1",))]),
    ("任期3年。〔K3F〕可连任〔M7B〕。", [Draft("任期3年。", ("x#1",)), Draft("可连任。", ("x#2",))]),
    ("任期3年[K3F、M7B]。", [Draft("任期3年。", ("x#1", "x#2"))]),
    ("任期3年（条文 k3f）。", [Draft("任期3年。", ("x#1",))]),
    ("任期3年【K3F】【M7B】。", [Draft("任期3年。", ("x#1", "x#2"))]),
    ("根据〔K3F〕，任期3年。", [Draft("任期3年。", ("x#1",))]),
    ("根据K3F的规定，任期3年。", [Draft("任期3年。", ("x#1",))]),
    ("任期3年。[9]", [Draft("任期3年。", (), unknown=True)]),
    ("任期3年〔X9Z〕。", [Draft("任期3年。", (), unknown=True)]),
    ("任期3年〔K3F〕〔X9Z〕。", [Draft("任期3年。", ("x#1",), unknown=True)]),
    ("任期3年〔ZZ9〕。", [Draft("任期3年。", (), unknown=True)]),
    ("任期3年[source 2]。", [Draft("任期3年。", (), unknown=True)]),
    ("〔1〕任期3年〔K3F〕。", [Draft("任期3年。", ("x#1",))]),
    ("任期3年[1][2]。", [Draft("任期3年。", (), unknown=True)]),
    ("任期3年[^1]。", [Draft("任期3年。", (), unknown=True)]),
    ("见教技〔2018〕8号〔K3F〕。", [Draft("见教技〔2018〕8号。", ("x#1",))]),
    ("- **任期**：3年〔K3F〕\n- 可连任〔M7B〕", [Draft("任期：3年", ("x#1",)), Draft("可连任", ("x#2",))]),
    ("1. 任期3年〔K3F〕。\n2. 可连任。", [Draft("任期3年。", ("x#1",)), Draft("可连任。")]),
    ("## 任期\n任期3年〔K3F〕。", [Draft("任期"), Draft("任期3年。", ("x#1",))]),
    ("<think>第一条说。任期5年。</think>任期3年〔K3F〕。", [Draft("任期3年。", ("x#1",))]),
    ("<think>没有想完。任期", []),
    ("条文写明“任期3年。可连任。”〔K3F〕", [Draft("条文写明“任期3年。可连任。”", ("x#1",))]),
    ("首席信息官（CIO）由校长担任〔K3F〕。", [Draft("首席信息官（CIO）由校长担任。", ("x#1",))]),
    ("经费1.5万元〔K3F〕。", [Draft("经费1.5万元。", ("x#1",))]),
    (
        "下列人员：（一）校长；（二）副校长〔K3F〕。",
        [Draft("下列人员："), Draft("（一）校长；"), Draft("（二）副校长。", ("x#1",))],
    ),
    ("<条文 K3F>任期3年。</条文>", [Draft("任期3年。")]),
    ("〔K3F〕", []),
    ("。。。\n\n——", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "drafts"), FORMS, ids=[text[:20] for text, _ in FORMS])
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_sentences_with_what_they_name(text: str, drafts: list[Draft], size: int) -> None:
    found = read(text, size)
    assert found == drafts


def test_a_sentence_comes_with_its_stop_where_its_handle_stands_before_it() -> None:
    reader = SentenceReader(HANDLES)
    assert reader.feed("任期3年〔K3F〕") == []
    assert reader.feed("。") == [Draft("任期3年。", ("x#1",))]
    assert reader.feed("可连任。〔M7") == []
    assert reader.feed("B〕") == [Draft("可连任。", ("x#2",))]


def test_what_is_named_after_the_first_handle_behind_the_stop_is_not_waited_for() -> None:
    assert read("任期3年。〔K3F〕〔M7B〕\n可连任。") == [Draft("任期3年。", ("x#1",)), Draft("可连任。")]
    assert read("任期3年〔K3F〕〔M7B〕。可连任。") == [Draft("任期3年。", ("x#1", "x#2")), Draft("可连任。")]


def test_a_sentence_without_its_end_is_left_out_where_a_limit_cut_it() -> None:
    assert read("任期3年〔K3F〕。可连任不超", cut=True) == [Draft("任期3年。", ("x#1",))]
    assert [d.text for d in read("任期3年〔K3F〕。可连任不超")] == ["任期3年。", "可连任不超"]


def test_what_never_ends_is_not_kept() -> None:
    reader = SentenceReader(HANDLES)
    for _ in range(100):
        assert reader.feed("长" * 100) == []
    assert len(reader._text) <= 1300


@given(st.text(alphabet="任期3年。；\n〔〕[]（K3FM7B9”“「」《》<think>/ -*#", max_size=80), st.integers(1, 9))
@settings(max_examples=300, deadline=None)
def test_no_mark_is_left_and_nothing_is_invented(text: str, size: int) -> None:
    for draft in read(text, size):
        assert not any(handle in draft.text for handle in ("〔K3F〕", "〔M7B〕", "[K3F]", "[9]"))
        assert set(draft.text) <= set(text) | {" "}


def test_handles_are_random_and_occur_in_no_text() -> None:
    every = [f"{a}{d}{b}" for a in "ABCDEFGH" for d in "346789" for b in "ABCDEFGHJKLMNPRTUVWXY"]
    handles = Handles.allot(["x#1", "x#2", "x#3"], [" ".join(every)])
    assert list(handles.refs.values()) == ["x#1", "x#2", "x#3"]
    assert not set(handles.refs) & set(every)
    assert handles.of("x#2") == list(handles.refs)[1]
    drawn = {tuple(Handles.allot(["x#1"], []).refs) for _ in range(50)}
    assert len(drawn) > 25


@pytest.mark.parametrize(
    ("text", "left"),
    [("见〔K3F〕。", "见（K3F）。"), ("任期[1]三年", "任期（1）三年"), ("教技〔2018〕8号", "教技〔2018〕8号")],
)
def test_look_alikes_are_taken_from_texts(text: str, left: str) -> None:
    assert without_look_alikes(text) == left
