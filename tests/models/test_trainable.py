"""The default encoder written out for torch: complete or absent, and equal to what runs on ONNX Runtime."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from odd_texts import ODD_TEXTS

from policy_qa.errors import ModelError
from policy_qa.models import torch_encoder, trainable
from policy_qa.models.encoder import PREFIXES, E5Small
from policy_qa.models.files import model_files
from policy_qa.models.trainable import trainable_folder
from policy_qa.models.transformer import TransformerEncoder
from policy_qa.settings import DEFAULT_MODEL


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write a small file in the model's stead."""
    monkeypatch.setattr(trainable, "write_model", lambda files, folder: (folder / "a.json").write_text("{}"))


@pytest.mark.usefixtures("tiny")
def test_named_after_the_hash_and_reused(tmp_path: Path) -> None:
    folder = trainable_folder(tmp_path / "models")
    assert folder.name == f"{DEFAULT_MODEL}-{model_files()['weights'].sha256[:12]}"
    (folder / "mark").touch()
    assert trainable_folder(tmp_path / "models") == folder
    assert (folder / "mark").exists()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(files: object, folder: Path) -> None:
        (folder / "half").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(trainable, "write_model", full)
    with pytest.raises(ModelError, match=r"expected to write about 100 MB to .*, found: .*No space left"):
        trainable_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_killed_run_leaves_no_model_and_the_next_one_writes_it(tmp_path: Path) -> None:
    code = f"""
import os, signal
from pathlib import Path
from policy_qa.models import trainable
trainable._write_json = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
trainable.trainable_folder(Path({str(tmp_path)!r}))"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".")
    assert (left / "model.safetensors").exists()  # killed with the largest file written
    os.utime(left, (0, 0))  # two hours later
    folder = trainable_folder(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [folder.name]


@pytest.mark.slow
def test_writing_needs_no_torch_and_stays_small(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from policy_qa.models.trainable import trainable_folder
trainable_folder(Path({str(tmp_path)!r}))
print([m for m in ("torch", "transformers", "onnx", "onnxruntime") if m in sys.modules])"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
    (folder,) = tmp_path.iterdir()
    assert sum(p.stat().st_size for p in folder.rglob("*")) < 100_000_000
    assert json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"] == PREFIXES


@pytest.fixture(scope="module")
def written(models_dir: Path) -> TransformerEncoder:
    return torch_encoder(DEFAULT_MODEL, models_dir)[0]


@pytest.mark.slow
def test_torch_gives_the_same_vectors(encoder: E5Small, written: TransformerEncoder, lines: list[str]) -> None:
    texts = [*ODD_TEXTS, *lines[::3]]
    texts = [text for text in texts if encoder.count_tokens(text) <= encoder.max_tokens]
    cosine = (encoder.passages(texts) * written.passages(texts)).sum(axis=1)
    assert cosine.min() >= 0.9995, (cosine.min(), texts[int(cosine.argmin())])
    for text in ODD_TEXTS[:8]:
        assert encoder.query(text) @ written.query(text) >= 0.9995, text


@pytest.mark.slow
def test_torch_reads_the_same_tokens(encoder: E5Small, written: TransformerEncoder, lines: list[str]) -> None:
    for text in [*ODD_TEXTS, *lines]:
        if "<" not in text:  # a control token in a text is broken up in another place
            assert encoder.count_tokens(text) == written.count_tokens(text), text


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_torch_gives_the_same_token_states(encoder: E5Small, written: TransformerEncoder, lines: list[str]) -> None:
    import torch

    model = written._model
    worst = 1.0
    for line in lines[5:60:4]:
        read = model.tokenizer(written.passage_text(line), return_tensors="pt")
        with torch.no_grad():
            hidden = model[0].auto_model(**read).last_hidden_state[0].numpy()
        ours = encoder.encode(line, query=False)
        theirs = hidden[len(hidden) - 1 - len(ours) : -1]
        worst = min(worst, float(((ours.states * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)).min()))
    assert worst > 0.998
