"""`policy-qa doctor`: is everything there, is it what was written, and does it fit together; `--mend` mends it."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import policy_qa
from policy_qa.errors import IndexUnusable, ModelError, PackageDamaged, PolicyQAError, UsageError
from policy_qa.model_settings import ModelSettings
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.pipeline import BuildProgress

_PACKAGES = (
    *("llama-index-core", "sentence-transformers", "torch", "faiss-cpu", "gradio"),
    *("jieba", "onnxruntime", "tokenizers", "numpy"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at; `mendable` tells that `mend` can put it right."""

    name: str
    ok: bool
    found: str
    mendable: bool = False


def examine(settings: Settings) -> list[Finding]:
    """All findings, the ones that others rest on first."""
    python = f"{policy_qa.__version__}, Python {platform.python_version()} on {sys.platform}"
    return [
        Finding(name="policy_qa", ok=True, found=python),
        *(_finding(name, partial(_package, name)) for name in _PACKAGES),
        _finding("files", _files),
        Finding(name="corpus", ok=settings.corpus.is_dir(), found=str(settings.corpus)),
        _finding("model", partial(_model, settings)),
        _finding("index", partial(_index, settings)),
        *([_finding("language model", partial(_language_model, settings.llm))] if settings.llm else []),
    ]


def _finding(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name=name, ok=True, found=look())
    except PolicyQAError as error:
        return Finding(name=name, ok=False, found=str(error), mendable=isinstance(error, IndexUnusable))


def mend(settings: Settings, findings: Sequence[Finding], progress: BuildProgress) -> list[Finding]:
    """Put right what can be, and return all findings as they are then.

    An index is made anew of the folder that it was made of, every vector too. What came with a package can only come
    from there again; its finding says how.
    """
    from policy_qa.index.layout import read_origin
    from policy_qa.pipeline import build_index

    if any(finding.mendable for finding in findings):
        origin = read_origin(settings.index_dir)
        try:
            if origin and not origin.is_dir():
                raise UsageError(
                    f"expected the folder {origin}, of which the index was made, found none; put it back, or name "
                    "another: policy-qa build DIR"
                )
            build_index(replace(settings, corpus=origin or settings.corpus), progress=progress, force=True)
        except PolicyQAError as error:
            return [replace(f, found=f"{f.found}; not mended: {error}") if f.mendable else f for f in findings]
    return examine(settings)


def _files() -> str:
    """The data that came with this package and with jieba, by their hashes; whichever model is in use."""
    from policy_qa import dictionary, resources
    from policy_qa.models.files import verify

    found = [str(error) for error in resources.damaged()]
    model = "expected the model file that was released, found another or none"
    found += [f"{path}: {model}; {resources.REINSTALL}" for path in verify()]
    try:
        dictionary.text()
    except PolicyQAError as error:
        found.append(str(error))
    if found:
        raise PackageDamaged("; ".join(found))
    return "word lists, weights, model and dictionary are those that were released"


def _package(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        raise PackageDamaged("not installed; run: make install") from None


def _model(settings: Settings) -> str:
    from policy_qa.models import open_encoder

    encoder = open_encoder(settings.model)
    encoder.query("谁可以担任首席信息官？")
    started = time.perf_counter()
    vector = encoder.query("首席信息官的任期")
    return f"{encoder.name}, {len(vector)} dimensions, a question in {(time.perf_counter() - started) * 1e3:.0f} ms"


def _language_model(llm: ModelSettings) -> str:
    """Whether the server that is to write answers can be reached and offers the model."""
    from policy_qa.model.client import ModelClient, ModelFailed

    where = f"{llm.model} at {llm.url}"
    try:
        offered = ModelClient(llm).probe()
    except ModelFailed as failure:
        hint = "see POLICY_QA_LLM_URL and POLICY_QA_LLM_KEY; answers quote the text meanwhile"
        raise ModelError(f"{where}: no list of models ({failure}); {hint}") from None
    if llm.model not in offered and f"{llm.model}:latest" not in offered:
        names = ", ".join(offered[:5]) or "no model"
        raise ModelError(f"{where}: the server offers {names}; set POLICY_QA_LLM_MODEL")
    return where


def _index(settings: Settings) -> str:
    from policy_qa.pipeline import open_pipeline

    pipeline = open_pipeline(settings)
    articles = sum(len(pipeline.segmentation(d.doc_id).articles) for d in pipeline.documents)
    counts = f"{len(pipeline.documents)} documents, {articles} articles, {len(pipeline.index.passages)} passages"
    return f"{settings.index_dir}: {counts}"
