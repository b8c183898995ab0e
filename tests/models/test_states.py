"""Token states without torch: the tokens, the arithmetic, the file of weights, and torch's own states."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from odd_texts import ODD_TEXTS
from policy_qa.embedding import states as states_module
from policy_qa.embedding.alignment import origins
from policy_qa.embedding.engine import E5Small
from policy_qa.embedding.layers import gelu
from policy_qa.embedding.packed import PackedModel, packed_path
from policy_qa.embedding.states import StateEncoder
from policy_qa.embedding.text import fold_unknown, plain
from policy_qa.embedding.unigram import Unigram
from policy_qa.embedding.weights import model_directory

from policy_qa.documents import list_sources, read_document

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture(scope="module")
def encoder(models_dir: Path) -> StateEncoder:
    return StateEncoder(models_dir)


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """Every line of the policies that come with the project."""
    texts = [read_document(path, root=CORPUS).text for path in list_sources(CORPUS)]
    return [line for text in texts for line in text.splitlines() if line.strip()]


def test_gelu_against_the_error_function() -> None:
    x = np.array([-7, -2.5, -1, -0.1, 0, 0.1, 0.5, 1, 3, 9], np.float32)
    exact = [v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    np.testing.assert_allclose(gelu(x), exact, atol=5e-7)


def test_a_question_in_pieces(packed: PackedModel) -> None:
    text = "谁可以担任首席信息官? CIO"
    ids, starts, ends = Unigram(packed).split(text)
    assert [text[a:b] for a, b in zip(starts, ends, strict=True)] == [
        "", "谁", "可以", "担任", "首席", "信息", "官", "?", " ", "CIO",
    ]  # fmt: skip
    assert ids == [6, 19874, 1441, 82133, 136979, 5412, 13641, 32, 6, 83522]


def test_pieces_make_the_whole(packed: PackedModel, lines: list[str]) -> None:
    unigram, alphabet = Unigram(packed), packed.alphabet()
    for text in [*ODD_TEXTS, *lines]:
        cleaned = fold_unknown(plain(text), alphabet)
        _, starts, ends = unigram.split(cleaned)
        assert "".join(cleaned[a:b] for a, b in zip(starts, ends, strict=True)) == cleaned


@pytest.mark.slow
def test_same_pieces_as_the_tokenizers_package(packed: PackedModel, models_dir: Path, lines: list[str]) -> None:
    from tokenizers import Tokenizer

    folder = model_directory(packed_path(), models_dir, "multilingual-e5-small")
    theirs = Tokenizer.from_file(str(folder / "tokenizer.json"))
    ours, alphabet = Unigram(packed), packed.alphabet()
    for text in [*ODD_TEXTS, *lines]:
        cleaned = fold_unknown(plain(text), alphabet)
        if cleaned:
            assert ours.split(cleaned)[0] == theirs.encode(cleaned, add_special_tokens=False).ids, text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("任期３年", ["任", "期", "３", "年"]),
        ("  a \n b", ["a", " ", "b"]),
        ("e\u0301t㈱", ["e\u0301", "t", "㈱", "㈱", "㈱"]),
        ("<s>", ["<", "", "s", ">"]),
        ("가\u1100\u1161", ["가", "\u1100\u1161"]),
    ],
)
def test_characters_keep_their_origin(text: str, expected: list[str]) -> None:
    cleaned = plain(text)
    assert [text[a:b] for a, b in origins(text, cleaned)] == expected


def test_origins_never_run_backwards(packed: PackedModel) -> None:
    for text in ODD_TEXTS:
        found = origins(text, fold_unknown(plain(text), packed.alphabet()))
        assert (np.diff(found, axis=0) >= 0).all(), text
        assert (found[:, 0] <= found[:, 1]).all()
        assert (found <= len(text)).all()


def test_offsets_point_into_the_text_as_given(encoder: StateEncoder) -> None:
    text = "第七条\u3000首席信息官（ＣＩＯ）任期３年，  可连聘连任。"
    tokens = encoder.encode(text, query=False)
    words = [text[a:b] for a, b in tokens.offsets]
    assert words[:6] == ["第七", "条", "\u3000", "首席", "信息", "官"]
    assert "ＣＩＯ" in words
    assert "３" in words
    assert len(words) == len(tokens) == len(tokens.states)
    np.testing.assert_allclose(np.linalg.norm(tokens.states, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", " \n", "\x00"])
def test_nothing_has_no_tokens(encoder: StateEncoder, text: str) -> None:
    tokens = encoder.encode(text, query=True)
    assert (tokens.ids.shape, tokens.offsets.shape, tokens.states.shape) == ((0,), (0, 2), (0, 384))


def test_a_long_text_is_cut_to_the_window(encoder: StateEncoder) -> None:
    tokens = encoder.encode("首席信息官的职责，" * 300, query=False)
    assert 500 < len(tokens) <= 512 - 2


def test_the_vector_of_a_question_comes_with_its_states(encoder: StateEncoder, models_dir: Path) -> None:
    engine = E5Small(models_dir)
    for text in ("谁可以担任首席信息官？", "会由谁召集", "How long is the term of office?", "ＣＩＯ任期３年"):
        vector = encoder.encode(text, query=True).vector
        assert vector is not None
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
        assert float(vector @ engine.query(text)) > 0.9995


def test_a_text_that_is_cut_has_no_vector(encoder: StateEncoder) -> None:
    assert encoder.encode("首席信息官的职责，" * 300, query=True).vector is None


def test_company_changes_nothing(encoder: StateEncoder, lines: list[str]) -> None:
    told: list[int] = []
    together = encoder.encode_many(lines[:9], query=False, progress=told.append)
    assert sum(told) == 9
    for line, states in zip(lines, together, strict=False):
        alone = encoder.encode(line, query=False)
        assert alone.ids.tolist() == states.ids.tolist()
        np.testing.assert_allclose(alone.states, states.states, atol=1e-4)


def test_overlapping_questions_leave_the_threads_as_they_were(encoder: StateEncoder) -> None:
    import threadpoolctl

    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]

    before = threads()
    one = states_module._OneThread()
    with ExitStack() as second:
        with one:
            second.enter_context(one)
            assert set(threads()) == {1}
        assert set(threads()) == {1}
    assert threads() == before
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode(text, query=True).states, ["首席信息官任期几年"] * 12))
    assert all(np.array_equal(found[0], other) for other in found)
    assert threads() == before


def test_a_damaged_file_is_written_again(tmp_path: Path, packed: PackedModel) -> None:
    first = StateEncoder(tmp_path).encode("任期", query=True)
    (file,) = tmp_path.iterdir()
    size = file.stat().st_size
    file.write_bytes(file.read_bytes()[:1000])
    np.testing.assert_array_equal(StateEncoder(tmp_path).encode("任期", query=True).states, first.states)
    assert [f.stat().st_size for f in tmp_path.iterdir()] == [size]


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, encoder: StateEncoder) -> None:
    (tmp_path / "file").touch()
    found = StateEncoder(tmp_path / "file" / "models").encode("任期", query=True)
    np.testing.assert_array_equal(found.states, encoder.encode("任期", query=True).states)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_same_states_as_torch(encoder: StateEncoder, models_dir: Path, lines: list[str]) -> None:
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    folder = model_directory(packed_path(), models_dir, "multilingual-e5-small")
    tokenizer, model = Tokenizer.from_file(str(folder / "tokenizer.json")), AutoModel.from_pretrained(folder).eval()
    worst = 1.0
    for query, prefix in ((True, "query: "), (False, "passage: ")):
        for line in lines[5:60:3]:
            with torch.no_grad():
                ids = tokenizer.encode(prefix + plain(line)).ids[:512]
                hidden = model(torch.tensor([ids], dtype=torch.long)).last_hidden_state[0].numpy()
            ours = encoder.encode(line, query=query)
            theirs = hidden[len(ids) - 1 - len(ours) : len(ids) - 1]
            cosine = (ours.states * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
            worst = min(worst, float(cosine.min()))
    assert worst > 0.999
