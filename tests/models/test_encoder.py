"""The default encoder: tokens with offsets, states and vector in one pass, alone, in batches and in threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from odd_texts import ODD_TEXTS

from policy_qa.models import open_encoder
from policy_qa.models.encoder import E5Small, Reader
from policy_qa.settings import DEFAULT_MODEL

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "onnxruntime", "tokenizers")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_no_runtime() -> None:
    code = f"import sys, policy_qa.models, policy_qa.models.encoder; print([m for m in {HEAVY} if m in sys.modules])"
    assert run(code) == "[]"


def test_embedding_loads_no_torch() -> None:
    code = f"""
import sys
from policy_qa.models import open_encoder
encoder = open_encoder("multilingual-e5-small")
encoder.query("谁可以担任CIO？"); encoder.passages(["第一条"] * 20); encoder.fingerprint
print([m for m in {HEAVY} if m in sys.modules])"""
    assert run(code) == "['onnxruntime', 'tokenizers']"


def test_open_encoder_gives_the_default() -> None:
    encoder = open_encoder(DEFAULT_MODEL)
    assert (encoder.name, encoder.dim, encoder.max_tokens) == (DEFAULT_MODEL, 384, 512)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_get_unit_vectors_and_offsets_inside_them(encoder: E5Small, text: str) -> None:
    query, passage = encoder.query(text), encoder.passages([text])
    assert (query.shape, passage.shape, query.dtype, passage.dtype) == ((384,), (1, 384), np.float32, np.float32)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(passage[0]) == pytest.approx(1, abs=1e-5)
    assert encoder.count_tokens(text) >= 4
    offsets = encoder.encode(text, query=False).offsets
    assert (np.diff(offsets, axis=0) >= 0).all()  # never backwards
    assert (offsets[:, 0] <= offsets[:, 1]).all()
    assert ((offsets >= 0) & (offsets <= len(text))).all()


def test_a_question_in_pieces(encoder: E5Small) -> None:
    text = "谁可以担任首席信息官? CIO"
    tokens = encoder.encode(text, query=True)
    assert [text[a:b] for a, b in tokens.offsets] == ["谁", "可以", "担任", "首席", "信息", "官", "?", " ", "CIO"]


def test_offsets_point_into_the_text_as_given(encoder: E5Small) -> None:
    text = "第七条\u3000首席信息官（ＣＩＯ）任期３年，  可连聘连任。"
    tokens = encoder.encode(text, query=False)
    words = [text[a:b] for a, b in tokens.offsets]
    assert words[:6] == ["第七", "条", "\u3000", "首席", "信息", "官"]
    assert "ＣＩＯ" in words
    assert "３" in words
    assert len(words) == len(tokens) == len(tokens.states)
    np.testing.assert_allclose(np.linalg.norm(tokens.states, axis=1), 1, atol=1e-5)


def test_offsets_keep_their_place_behind_what_cleaning_changes(encoder: E5Small) -> None:
    text = "a\x00\u200b  ㈱ e\u0301t\n校长 the term"
    tokens = encoder.encode(text, query=False)
    words = [text[a:b] for a, b in tokens.offsets]
    assert "校长" in words
    assert words[-2:] == ["the", "term"]


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_nothing_has_no_tokens(encoder: E5Small, text: str) -> None:
    tokens = encoder.encode(text, query=True)
    assert (tokens.ids.shape, tokens.offsets.shape, tokens.states.shape) == ((0,), (0, 2), (0, 384))
    assert np.array_equal(tokens.vector, encoder.query(""))


def test_control_tokens_in_a_text_are_text(encoder: E5Small) -> None:
    for text in ("<s>", "</s>", "<pad>", "<unk>", "<mask>", "＜ｓ＞"):
        ids = encoder.encode(f"校长{text}", query=True).ids
        assert len(ids) > 3, text
        assert not set(ids.tolist()) & {0, 1, 2}, text


def test_what_follows_a_nul_counts(encoder: E5Small) -> None:
    assert not np.allclose(encoder.query("校长\x00教师"), encoder.query("校长"))
    assert np.allclose(encoder.query("校长\x00教师"), encoder.query("校长教师"))


def test_a_question_is_cut_so_that_none_takes_minutes(encoder: E5Small) -> None:
    assert len(encoder.encode("ﷺ" * 10_000, query=True)) < encoder.max_tokens
    assert np.array_equal(encoder.query("校长" * 1000 + "食堂"), encoder.query("校长" * 1000))


def test_of_a_long_question_the_end_is_read(encoder: E5Small) -> None:
    # With their end cut off, both questions would be the same.
    story, reader = "去年我们学校" * 160, Reader()
    texts = ["第七条 校长任期三年。", "第八条 食堂七点开门。"]
    term, hours = (reader.score(story + asked, texts) for asked in ("校长任期几年", "食堂几点开门"))
    assert term[0] - term[1] > hours[0] - hours[1] + 1
    assert tuple(encoder.encode(story + "校长任期几年", query=True).offsets[-1])[1] == len(story) + 6


def test_query_and_passage_have_different_prefixes(encoder: E5Small) -> None:
    assert not np.allclose(encoder.query("首席信息官"), encoder.passages(["首席信息官"])[0], atol=1e-3)


def test_a_question_finds_its_article(encoder: E5Small) -> None:
    texts = [
        "第五条 首席信息官应由校级领导担任。",
        "第六条 首席信息官任期3年，可连聘连任。",
        "第九条 学校食堂每周公布菜谱。",
    ]
    passages = encoder.passages(texts)
    assert int(np.argmax(passages @ encoder.query("谁可以担任首席信息官？"))) == 0
    assert int(np.argmax(passages @ encoder.query("CIO的任期是几年？"))) == 1
    assert int(np.argmax(passages @ encoder.query("What does the canteen publish?"))) == 2


def test_order_and_progress(encoder: E5Small) -> None:
    texts = [f"第{i}条 " + "内容" * (i % 7) * 20 for i in range(30)]
    steps: list[int] = []
    together = encoder.passages(texts, steps.append)
    assert sum(steps) == 30
    assert len(steps) > 1
    alone = np.stack([encoder.passages([text])[0] for text in texts])
    # Eight-bit rounding of a block may fall to the other side in another batch.
    assert (together * alone).sum(axis=1).min() > 0.9999


def test_no_passages(encoder: E5Small) -> None:
    assert encoder.passages([]).shape == (0, 384)
    assert encoder.encode_many([], query=False) == []


def test_tokens_are_counted_with_prefix_and_marks(encoder: E5Small) -> None:
    # <s> ▁passage : ▁a ▁b </s>
    assert encoder.count_tokens("a") == 5
    assert encoder.count_tokens("a b") == 6


def test_texts_beyond_the_window_are_read_whole(encoder: E5Small) -> None:
    filler = "学校食堂每周公布菜谱。" * 120
    assert encoder.count_tokens(filler) > encoder.max_tokens
    plain, extended = encoder.passages([filler, filler + "首席信息官任期三年。" * 30])
    assert plain @ extended < 0.9999
    tokens = encoder.encode(filler, query=False)
    assert len(tokens) == len(tokens.states) == encoder.count_tokens(filler) - 5  # the space before it as well
    assert tokens.offsets[-1, 1] == len(filler)


def test_vector_and_states_come_from_one_pass(encoder: E5Small, lines: list[str]) -> None:
    told: list[int] = []
    together = encoder.encode_many(lines[:9], query=False, progress=told.append)
    assert sum(told) == 9
    vectors = encoder.passages(lines[:9])
    for line, states, vector in zip(lines, together, vectors, strict=False):
        alone = encoder.encode(line, query=False)
        assert alone.ids.tolist() == states.ids.tolist()
        assert (alone.states * states.states).sum(axis=1).min() > 0.999
        assert states.vector @ vector > 0.9999
        assert alone.vector @ vector > 0.9999


def test_threads_give_the_same_vectors(encoder: E5Small) -> None:
    questions = [f"第{i}条是什么？" for i in range(24)]
    expected = [encoder.query(q) for q in questions]
    barrier = threading.Barrier(4)

    def work(part: int) -> list[np.ndarray]:
        barrier.wait()
        return [encoder.query(q) for q in questions[part::4]]

    with ThreadPoolExecutor(4) as pool:
        for part, found in enumerate(pool.map(work, range(4))):
            assert all(np.array_equal(a, b) for a, b in zip(found, expected[part::4], strict=True))
