"""Models that a user names: found on this machine or refused in one line, never fetched."""

from __future__ import annotations

import json
import shutil
import socket
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from policy_qa.errors import IndexMismatch, ModelError
from policy_qa.models import open_encoder, open_reranker
from policy_qa.models.transformer import TransformerEncoder
from policy_qa.pipeline import build_index, open_pipeline
from policy_qa.settings import DEFAULT_MODEL, Settings
from samples import CORPUS


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Any connection fails the test; the hub's cache is an empty folder."""

    def refuse(*args: object) -> None:
        raise AssertionError(f"a connection was tried: {args}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.mark.usefixtures("no_network")
@pytest.mark.parametrize("name", ["BAAI/bge-small-zh-v1.5", "no-such-model", "a/b/c", "not a name!", "/no/such/folder"])
def test_an_absent_model_is_refused_without_asking_a_hub(name: str) -> None:
    with pytest.raises(ModelError) as error:
        open_encoder(name)
    message = str(error.value)
    with pytest.raises(ModelError, match="set POLICY_QA_RERANKER to its folder"):
        open_reranker(name)
    assert name in message
    assert "expected a folder" in message
    assert "found neither" in message
    assert "\n" not in message


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of 2 layers and 16 numbers with a window of 40, random but fixed, as a sentence-transformers folder."""
    return write_small(tmp_path_factory.mktemp("small"), 40)


def write_small(folder: Path, window: int) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    torch.manual_seed(1)
    words = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *"校长任期三年query:passage",
        *(f"##{c}" for c in "querypassage:"),
    ]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    config = BertConfig(
        vocab_size=64,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=window,
    )
    bert = folder / "bert"
    BertModel(config).save_pretrained(bert)
    BertTokenizer(str(folder / "vocab.txt"), model_max_length=window).save_pretrained(bert)
    module = Transformer(str(bert), max_seq_length=window)
    SentenceTransformer(modules=[module, Pooling(16)], device="cpu").save(str(folder / "model"))
    return folder / "model"


@pytest.mark.slow
def test_a_local_folder_loads_and_gives_unit_vectors(small_model: Path) -> None:
    encoder = open_encoder(str(small_model))
    assert (encoder.dim, encoder.max_tokens) == (16, 40)
    texts = ["校长" * (i % 9) + "任期三年" for i in range(70)]
    steps: list[int] = []
    together = encoder.passages(texts, steps.append)
    assert together.shape == (70, 16)
    assert together.dtype == np.float32
    assert sum(steps) == 70
    assert np.abs(np.linalg.norm(together, axis=1) - 1).max() < 1e-5
    assert np.abs(together[41] - encoder.passages([texts[41]])[0]).max() < 1e-5
    assert encoder.query("lone \ud800").shape == (16,)
    assert encoder.count_tokens("校长") == 4


@pytest.mark.slow
def test_prefixes_only_where_they_belong(small_model: Path) -> None:
    other = TransformerEncoder("some/bge", small_model)
    assert np.allclose(other.query("校长"), other.passages(["校长"])[0], atol=1e-6)
    e5 = TransformerEncoder("some/e5-base", small_model)
    assert np.allclose(e5.query("校长"), other.query("query: 校长"), atol=1e-6)
    assert np.allclose(e5.passages(["校长"])[0], other.query("passage: 校长"), atol=1e-6)
    config = small_model / "config_sentence_transformers.json"
    before = config.read_text()
    try:
        config.write_text(json.dumps({**json.loads(before), "prompts": {"query": "任期", "document": ""}}))
        declared = TransformerEncoder("some/e5-base", small_model)
        assert np.allclose(declared.query("校长"), other.query("任期校长"), atol=1e-6)
        assert np.allclose(declared.passages(["校长"])[0], other.query("校长"), atol=1e-6)
    finally:
        config.write_text(before)


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["no weights", "weights cut", "pickle only"])
def test_a_broken_model_is_refused_in_one_line(small_model: Path, tmp_path: Path, harm: str) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(small_model, folder)
    weights = next(folder.rglob("model.safetensors"))
    if harm == "weights cut":
        weights.write_bytes(weights.read_bytes()[:1000])
    else:
        weights.unlink()
    if harm == "pickle only":
        import torch

        torch.save({}, weights.with_name("pytorch_model.bin"))
    with pytest.raises(ModelError, match=r"expected a sentence-transformers model with safetensors") as error:
        open_encoder(str(folder)).query("校长")
    assert "\n" not in str(error.value)


@pytest.mark.slow
def test_the_fingerprint_follows_the_files(small_model: Path) -> None:
    before = TransformerEncoder("x", small_model).fingerprint
    assert before == TransformerEncoder("x", small_model).fingerprint
    note = small_model / "note.txt"
    note.write_text("another")
    try:
        assert TransformerEncoder("x", small_model).fingerprint != before
    finally:
        note.unlink()


@pytest.mark.slow
def test_a_whole_index_with_another_encoder(tmp_path: Path) -> None:
    model = write_small(tmp_path, 512)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(CORPUS / "yichun-cio.txt", corpus)
    settings = Settings(home=tmp_path / "home", corpus=corpus, model=str(model))
    report = build_index(settings)
    assert report.embedded > 40
    pipeline = open_pipeline(settings)
    assert pipeline.encoder.name == str(model)
    found = pipeline.search("谁可以担任CIO？", top=5)
    assert len(found) == 5
    answer = pipeline.ask("首席信息官的任期是几年？")
    assert answer.citations
    with pytest.raises(IndexMismatch):
        open_pipeline(replace(settings, model=DEFAULT_MODEL))


@pytest.fixture(scope="module")
def cross_encoder(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of 1 layer and 16 numbers, random but fixed."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("cross") / "model"
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, num_labels=1, initializer_range=0.5,
    )  # fmt: skip
    BertForSequenceClassification(config).eval().save_pretrained(folder)
    BertTokenizer(str(small_model.parent / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_a_reranker_scores_each_text(cross_encoder: Path) -> None:
    reranker = open_reranker(str(cross_encoder))
    texts = ["校长任期三年", "三年", "校长", "任"]
    scores = reranker.score("任期", texts)
    assert (scores.shape, scores.dtype) == ((4,), np.float32)
    assert len(set(scores.tolist())) == 4
    assert np.allclose(reranker.score("任期", texts[::-1])[::-1], scores, atol=1e-5)
    assert not np.allclose(reranker.score("校长校长校长", texts), scores, atol=1e-3)
    assert reranker.score("任期", []).shape == (0,)


@pytest.mark.slow
def test_the_reranker_of_the_settings_orders_the_best_articles(cross_encoder: Path, built: Settings) -> None:
    question = "首席信息官的任期是几年？"
    before = open_pipeline(replace(built, reranker="reader")).retrieve(question)
    pipeline = open_pipeline(replace(built, reranker=str(cross_encoder)))
    after = pipeline.retrieve(question)
    texts = {c.article.ref: pipeline._retriever._in_context(c.row) for c in before.candidates}
    best = [c.article.ref for c in before.candidates[:20]]
    scores = open_reranker(str(cross_encoder)).score(after.question.dense_text, [texts[ref] for ref in best])
    wanted = [best[i] for i in np.argsort(-scores, kind="stable")]
    assert wanted != best
    assert [c.article.ref for c in after.candidates[:20]] == wanted
    # Only the order is the reranker's.
    assert [c.article.ref for c in after.candidates[20:]] == [c.article.ref for c in before.candidates[20:]]
    assert [c.probability for c in after.candidates] == [c.probability for c in before.candidates]
    assert after.answerability == before.answerability
    assert [r.ref for r in pipeline.search(question, top=5)] == wanted[:5]


@pytest.mark.slow
@pytest.mark.parametrize("harm", ["an encoder", "no weights"])
def test_an_unusable_reranker_is_refused_in_one_line(cross_encoder: Path, tmp_path: Path, harm: str) -> None:
    folder = Path(shutil.copytree(cross_encoder, tmp_path / "broken"))
    if harm == "no weights":
        (folder / "model.safetensors").unlink()
    else:
        config = json.loads((folder / "config.json").read_text())
        config |= {"id2label": {"0": "a", "1": "b", "2": "c"}, "label2id": {"a": 0, "b": 1, "c": 2}}
        (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="POLICY_QA_RERANKER") as error:
        open_reranker(str(folder)).score("任期", ["校长"])
    assert "\n" not in str(error.value)
