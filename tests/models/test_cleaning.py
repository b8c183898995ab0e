"""The cleaning before both engines: equal to the model's own normaliser, safe, and idempotent."""

from __future__ import annotations

import struct
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from odd_texts import ODD_TEXTS
from policy_qa.embedding.packed import PackedModel
from policy_qa.embedding.text import STAND_IN, fold_unknown, plain

ALPHABET = frozenset(" abcdefgh条第")


def normalisation_map(model: PackedModel) -> dict[str, str]:
    """The map of the model file: character -> what the model's normaliser makes of it."""
    at = 44 + 28 + 4 * len(model.offsets) + 4 * len(model.scores) + len(model.blob)
    count, _ = struct.unpack_from("<iI", model.data, at)
    at += 8
    out = {}
    for _ in range(count):
        code, size = struct.unpack_from("<IB", model.data, at)
        at += 5
        out[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{size}I", model.data, at)))
        at += 4 * size
    return out


def test_every_character_of_the_models_map_becomes_what_the_map_says(packed: PackedModel) -> None:
    found = normalisation_map(packed)
    assert len(found) == 4837
    # Between two letters, so that a space is neither stripped nor merged.
    wrong = [c for c, to in found.items() if plain(f"x{c}y") != unicodedata.normalize("NFC", f"x{to}y")]
    assert wrong == []


def test_characters_outside_the_map_stay(packed: PackedModel) -> None:
    found = normalisation_map(packed)
    alphabet = packed.alphabet() - {"▁"}
    assert [
        c for c in alphabet if c not in found and plain(f"x{c}y") != f"x{c}y" and not unicodedata.combining(c)
    ] == []


def test_worked_examples() -> None:
    assert plain("Ａ１～２") == "A1～2"
    assert plain("e\u0301") == "é"
    assert plain("a\x00b\ud800c") == "ab c"
    assert plain("\ufdd0") == "" == plain(STAND_IN)
    assert plain(" a \n\n b ") == "a b"
    assert plain("<s></s><pad><mask><unk>") == "< s>< /s>< pad>< mask>< unk>"
    assert plain("＜ｓ＞") == "< s>"


def test_no_control_token_survives() -> None:
    for text in ODD_TEXTS:
        assert not any(token in plain(text) for token in ("<s>", "</s>", "<pad>", "<unk>", "<mask>", "\x00"))


def test_unknown_runs_keep_their_first_character() -> None:
    assert fold_unknown("第😀😀😀条 😀 😀", ALPHABET) == "第😀条 😀 😀"
    assert fold_unknown("😀😃a", ALPHABET) == "😀a"
    assert fold_unknown("", ALPHABET) == ""
    assert fold_unknown("第条", ALPHABET) == "第条"


@given(st.text(alphabet=st.characters()))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    once.encode("utf-8")
    folded = fold_unknown(once, ALPHABET)
    assert fold_unknown(folded, ALPHABET) == folded
