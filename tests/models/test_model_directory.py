"""The default model written out: complete or absent, and equal to the C engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from odd_texts import ODD_TEXTS
from policy_qa.embedding import engine as engine_module
from policy_qa.embedding import weights
from policy_qa.embedding.engine import E5Small
from policy_qa.embedding.packed import packed_path, sha256_of
from policy_qa.embedding.text import plain
from policy_qa.embedding.transformer import TransformerEncoder
from policy_qa.embedding.weights import model_directory

from policy_qa.documents import list_sources, read_document
from policy_qa.errors import ModelError
from policy_qa.provisions import segment

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
NAME = "multilingual-e5-small"


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a small file in the model's stead."""
    monkeypatch.setattr(weights, "write_model", lambda model, folder: (folder / "a.json").write_text("{}"))


@pytest.mark.usefixtures("tiny")
def test_named_after_the_hash_and_reused(tmp_path: Path) -> None:
    folder = model_directory(packed_path(), tmp_path / "models", NAME)
    assert folder.name == f"{NAME}-{sha256_of(packed_path())[:12]}"
    (folder / "mark").touch()
    assert model_directory(packed_path(), tmp_path / "models", NAME) == folder
    assert (folder / "mark").exists()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(model: object, folder: Path) -> None:
        (folder / "half").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weights, "write_model", full)
    with pytest.raises(ModelError, match=r"expected to write about 250 MB to .*, found: .*No space left"):
        model_directory(packed_path(), tmp_path, NAME)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_killed_run_leaves_no_model_and_the_next_one_writes_it(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from policy_qa.embedding import weights, packed
weights._write_json = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
weights.model_directory(packed.packed_path(), Path({str(tmp_path)!r}), {NAME!r})"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".")
    weights_of_it = left / "model.safetensors"
    assert weights_of_it.exists()  # killed with the largest file written
    os.utime(left, (0, 0))  # two hours later
    folder = model_directory(packed_path(), tmp_path, NAME)
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


@pytest.mark.slow
def test_writing_needs_no_torch_and_stays_small(models_dir: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from policy_qa.embedding import packed, weights
folder = weights.model_directory(packed.packed_path(), Path({str(models_dir)!r}), {NAME!r})
print([m for m in ("torch", "transformers") if m in sys.modules])"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
    (folder,) = models_dir.iterdir()
    assert sum(p.stat().st_size for p in folder.rglob("*")) < 260_000_000
    assert json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"] == weights.PREFIXES


@pytest.fixture(scope="module")
def torch_encoder(models_dir: Path) -> TransformerEncoder:
    return TransformerEncoder(NAME, model_directory(packed_path(), models_dir, NAME))


def corpus_texts() -> list[str]:
    out: list[str] = []
    for path in list_sources(CORPUS):
        segmentation = segment(read_document(path, root=CORPUS))
        out += [segmentation.text_of(p) for p in segmentation.provisions]
    return out


@pytest.mark.slow
def test_same_vectors_as_the_c_engine(
    engine: E5Small, torch_encoder: TransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [t for t in dict.fromkeys([*ODD_TEXTS, *corpus_texts()]) if engine.count_tokens(t) <= engine.max_tokens]
    assert len(texts) > 130
    monkeypatch.setattr(engine_module, "BULK_TOKENS", 10**9)
    by_c = engine.passages(texts)
    assert engine._bulk is None
    by_torch = torch_encoder.passages(texts)
    cosine = (by_c * by_torch).sum(axis=1)
    print(f"cosine to the C engine: least {cosine.min():.5f}, mean {cosine.mean():.5f}, {len(texts)} texts")
    assert cosine.min() >= 0.999, (cosine.min(), texts[int(cosine.argmin())])
    for text in ODD_TEXTS:
        assert engine.query(text) @ torch_encoder.query(text) >= 0.999, text


@pytest.mark.slow
def test_same_tokens_as_the_c_engine(engine: E5Small, torch_encoder: TransformerEncoder) -> None:
    for text in [*ODD_TEXTS, *corpus_texts()]:
        assert engine.count_tokens(text) == torch_encoder.count_tokens(text), text


@pytest.mark.slow
def test_the_directory_cleans_by_itself(torch_encoder: TransformerEncoder) -> None:
    """Training code that takes the directory alone reads the same tokens, control tokens apart."""
    tokenizer = torch_encoder._model.tokenizer
    for text in ODD_TEXTS:
        if text.isprintable() and not set("<＜▁") & set(text) and text == text.strip():
            assert tokenizer(text)["input_ids"] == tokenizer(plain(text))["input_ids"], text


@pytest.mark.slow
def test_bulk_work_takes_torch_and_gives_the_same(models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"第{i}条 首席信息官应当履行第{i}项职责。" for i in range(40)]
    by_c = E5Small(models_dir).passages(texts)
    monkeypatch.setattr(engine_module, "BULK_TOKENS", 100)
    bulk = E5Small(models_dir)
    by_torch = bulk.passages(texts)
    assert bulk._bulk is not None
    assert (by_c * by_torch).sum(axis=1).min() >= 0.999
