"""Write the default encoder out as a sentence-transformers folder, from the weights in the package.

Training needs the model in the form that torch reads; the 4-bit blocks hold all of it. The folder is complete in
itself (`SentenceTransformer(path)` is enough) and is named after the hash of the weights.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.errors import ModelError
from policy_qa.models.encoder import PREFIXES
from policy_qa.models.files import ModelFile, model_files
from policy_qa.settings import DEFAULT_MODEL

Array = npt.NDArray[Any]

# Name of a product in the weights file -> where its rows go in a BertModel.
_PRODUCTS = {
    "qkv": ("attention.self.query", "attention.self.key", "attention.self.value"),
    "out": ("attention.output.dense",),
    "up": ("intermediate.dense",),
    "down": ("output.dense",),
}
_NORMS = {"out": "attention.output.LayerNorm", "down": "output.LayerNorm"}
_TOKENS = {"<s>": ("bos", "cls"), "</s>": ("eos", "sep"), "<pad>": ("pad",), "<unk>": ("unk",), "<mask>": ("mask",)}
_MODULES = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
_TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    **{f"{name}_token": token for token, names in _TOKENS.items() for name in names},
    "clean_up_tokenization_spaces": False,
    "model_input_names": ["input_ids", "attention_mask"],
}
# Numbers in a row of 384 that belong to one head, as in every model of this family.
_HEAD = 32


def trainable_folder(models_dir: Path) -> Path:
    """Return `models_dir/multilingual-e5-small-<hash>`, holding the default encoder; write it if it isn't there.

    Takes a few seconds and about 100 MB of disk the first time. A run that is killed leaves only a
    temporary folder, which a later run removes.

    Raises:
        ModelError: the files in the package are damaged, or the folder cannot be written.
    """
    files = model_files()
    target = models_dir / f"{DEFAULT_MODEL}-{files['weights'].sha256[:12]}"
    if target.is_dir():
        return target
    with scratch_beside(target, megabytes=100, stale=3600) as scratch:
        write_model(files, scratch)
        scratch.chmod(0o755)  # mkdtemp makes it private; the model is as public as the rest
        try:
            scratch.rename(target)
        except OSError:
            if not target.is_dir():  # else another process wrote the same model first
                raise
    return target


@contextmanager
def scratch_beside(target: Path, *, megabytes: int, stale: float) -> Iterator[Path]:
    """A scratch folder beside `target`, gone at the end unless it was renamed.

    One that is older than `stale` seconds belongs to a run that was killed and goes first; what is younger may be
    another process at work on the same.

    Raises:
        ModelError: there is no room, or no permission to write.
    """
    scratch: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for left in target.parent.glob(f".{target.name}.*"):
            if time.time() - left.stat().st_mtime > stale:
                shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        yield scratch
    except OSError as error:
        raise ModelError(
            f"models folder: expected to write about {megabytes} MB to {target}, found: {error}; "
            "make room there or set POLICY_QA_HOME to another folder"
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def write_model(files: dict[str, ModelFile], folder: Path) -> None:
    """Write every file of the sentence-transformers folder into `folder`."""
    from safetensors.numpy import load_file, save_file

    weights = state_of(load_file(files["weights"].checked()))
    words, width = weights["embeddings.word_embeddings.weight"].shape
    positions = len(weights["embeddings.position_embeddings.weight"])
    inner = len(weights["encoder.layer.0.intermediate.dense.bias"])
    layers = sum(name.endswith("intermediate.dense.bias") for name in weights)
    # fp16 halves the file; a weight is a 4-bit number times an fp16 scale, so little is lost by it.
    half = {name: array.astype(np.float16) for name, array in weights.items()}
    save_file(half, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors makes it private
    shutil.copyfile(files["tokenizer"].checked(), folder / "tokenizer.json")
    configs: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": width,
            "num_hidden_layers": layers,
            "num_attention_heads": width // _HEAD,
            "intermediate_size": inner,
            "max_position_embeddings": positions,
            "type_vocab_size": len(weights["embeddings.token_type_embeddings.weight"]),
            "vocab_size": words,
            "layer_norm_eps": 1e-12,
            "pad_token_id": 1,
            "position_embedding_type": "absolute",
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": _TOKENIZER | {"model_max_length": positions},
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PREFIXES,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(_MODULES.items())
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": width, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
    }
    for name, content in configs.items():
        (folder / name).parent.mkdir(exist_ok=True)
        _write_json(folder / name, content)
    for file in folder.rglob("*.*"):
        _flush(file)


def state_of(tensors: dict[str, Array]) -> dict[str, Array]:
    """Every tensor of a `BertModel` under the name that it has there, float32, from those of the weights file."""
    out = {
        "embeddings.word_embeddings.weight": _whole(tensors, "word"),
        "embeddings.position_embeddings.weight": tensors["position"],
        "embeddings.token_type_embeddings.weight": tensors["type"],
        "embeddings.LayerNorm.weight": tensors["norm.weight"],
        "embeddings.LayerNorm.bias": tensors["norm.bias"],
    }
    layer = 0
    while f"{layer}.qkv.bias" in tensors:
        at = f"encoder.layer.{layer}"
        for name, parts in _PRODUCTS.items():
            weight, bias = _whole(tensors, f"{layer}.{name}"), tensors[f"{layer}.{name}.bias"]
            for part, w, b in zip(parts, np.split(weight, len(parts)), np.split(bias, len(parts)), strict=True):
                out[f"{at}.{part}.weight"], out[f"{at}.{part}.bias"] = w, b
        for name, part in _NORMS.items():
            out[f"{at}.{part}.weight"] = tensors[f"{layer}.{name}.norm.weight"]
            out[f"{at}.{part}.bias"] = tensors[f"{layer}.{name}.norm.bias"]
        layer += 1
    # Mean pooling never asks the pooler; without its weights, loading warns and fills in random ones.
    width = len(tensors["norm.bias"])
    out["pooler.dense.weight"] = np.zeros((width, width), np.float32)
    out["pooler.dense.bias"] = np.zeros(width, np.float32)
    return out


def _whole(tensors: dict[str, Array], name: str) -> npt.NDArray[np.float32]:
    """A matrix (out, in) from its 4-bit blocks: two weights a byte, the first one low, 8 standing for 0."""
    packed, scales = tensors[f"{name}.blocks"], tensors[f"{name}.scales"]
    packed = packed.reshape(*scales.shape, -1)
    nibbles = np.stack([packed & 0x0F, packed >> 4], axis=-1).reshape(*scales.shape, -1)
    weights: npt.NDArray[np.float32] = (nibbles.astype(np.float32) - 8) * scales[..., None]
    return weights.reshape(len(scales), -1)


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _flush(path: Path) -> None:
    """See a file onto the disk, so that a power cut can't leave the renamed folder with holes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
