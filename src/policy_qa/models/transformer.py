"""Encoders and rerankers that run in torch, through sentence-transformers: those that a user names, or has tuned.

A model is taken from a local folder or from the hub's cache on this machine, never from the network,
and only with weights in safetensors: the older format is a pickle, which can run code when it is read.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from policy_qa.errors import ModelError
from policy_qa.models.encoder import PREFIXES
from policy_qa.models.remembered import Remembered, read
from policy_qa.models.runtime import all_cores, once

if TYPE_CHECKING:
    from policy_qa.models import Progress, Vectors


#: Texts, and pairs of question and text, that are read at once.
_BATCH, _PAIRS = 32, 8
_E5 = re.compile(r"(?:^|[-_/])e5(?:[-_]|$)", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
# The tokenizers of the e5 family read these as control tokens, wherever they stand in a text.
_SPECIAL = re.compile("<(/?s|pad|unk|mask)>")
# Of a larger file only this much is read from either end, to tell models apart quickly.
_SAMPLE = 1 << 20


def locate(name: str, variable: str) -> Path:
    """Return the folder of the model `name`: a folder of that path, or the hub's cache on this machine.

    `variable` is the setting that names it.

    Raises:
        ModelError: neither is there.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.absolute()
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError as error:
        raise missing(error) from error
    for repo in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repo, local_files_only=True))  # nosec B615 # nothing is fetched
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    raise ModelError(
        f"model {name}: expected a folder, or a model in the Hugging Face cache of this machine, found neither; "
        f"copy it here and set {variable} to its folder, or unset {variable}"
    )


class TransformerEncoder:
    """A sentence-transformers model on this machine, loaded at its first use."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._loaded = once(self._load)

    @property
    def fingerprint(self) -> str:
        """A hash over the model's files: names, sizes, and the bytes (of a large file, both ends)."""
        digest = hashlib.sha256()
        for path in sorted(p for p in self._folder.rglob("*") if p.is_file()):
            relative = path.relative_to(self._folder)
            if any(part.startswith(".") for part in relative.parts):
                continue
            size = path.stat().st_size
            digest.update(f"{relative.as_posix()}\0{size}\0".encode())
            with path.open("rb") as file:
                digest.update(file.read(_SAMPLE))
                if size > _SAMPLE:
                    file.seek(max(_SAMPLE, size - _SAMPLE))
                    digest.update(file.read())
        return digest.hexdigest()

    @property
    def dim(self) -> int:
        """The length of a vector (loads the model)."""
        return int(self._encode([""]).shape[1])  # the method's name depends on the release

    @property
    def max_tokens(self) -> int:
        """How many tokens the model reads; what comes after them is cut off (loads the model)."""
        return int(self._model.max_seq_length or 512)

    @property
    def states(self) -> None:
        """No token states: late interaction is the default model's alone."""
        return

    @cached_property
    def remembered(self) -> Remembered | None:
        """The questions that the model was tuned on, where it was."""
        return read(self._folder)

    def query(self, text: str) -> Vectors:
        """Return the vector of a question: (dim,)."""
        row: Vectors = self._encode([self.query_text(text)])[0]
        return row

    def query_text(self, text: str) -> str:
        """Return what the model reads of a question: cleaned, behind its prefix (loads the model)."""
        return self._loaded()[1]["query"] + self._clean(text)

    def passage_text(self, text: str) -> str:
        """The same of a passage."""
        return self._loaded()[1]["document"] + self._clean(text)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return the vectors of passages, in their order: (n, dim), computed on all cores."""
        full = [self.passage_text(text) for text in texts]
        # Texts of like length share a batch, so that little of it is padding.
        order = sorted(range(len(full)), key=lambda i: -len(full[i]))
        out = np.empty((len(full), self.dim), np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            with all_cores():
                out[rows] = self._encode([full[i] for i in rows])
            if progress:
                progress(len(rows))
        return out

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes as a passage, prefix and end marks included."""
        encoded = self._model.tokenizer(self.passage_text(text), truncation=False, verbose=False)
        return len(encoded["input_ids"])

    def _clean(self, text: str) -> str:
        text = _SURROGATE.sub(" ", text)
        return _SPECIAL.sub(r"< \1>", text) if self._is_e5 else text

    @property
    def _is_e5(self) -> bool:
        return bool(_E5.search(self.name) or _E5.search(self._folder.name))

    def _encode(self, texts: list[str]) -> Vectors:
        vectors = self._model.encode(
            texts, batch_size=_BATCH, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        vectors = np.asarray(vectors, np.float32)
        if not np.isfinite(vectors).all():
            raise ModelError(f"model {self.name}: expected finite vectors, found others; choose another model")
        return vectors

    @property
    def _model(self) -> Any:
        return self._loaded()[0]

    def _load(self) -> tuple[Any, dict[str, str]]:
        what, advice = "a sentence-transformers model", "unset POLICY_QA_MODEL for the built-in one"
        model = _load(f"model {self.name}: expected {what}", self._folder, "SentenceTransformer", advice).eval()
        return model, self._prefixes_of(model)

    def _prefixes_of(self, model: Any) -> dict[str, str]:
        """The prompts that the model declares, else those of the e5 family, else none."""
        declared = {key: text for key, text in (model.prompts or {}).items() if text}
        if "query" in declared or "document" in declared or "passage" in declared:
            passage = declared.get("document", declared.get("passage", ""))
            return {"query": declared.get("query", ""), "document": passage}
        return PREFIXES if self._is_e5 else {"query": "", "document": ""}


def _load(what: str, folder: Path, class_name: str, advice: str, device: str | None = None) -> Any:
    """The model in a folder, in float32 whatever the file holds: half precision is slow on a CPU."""
    with quiet():
        try:
            import sentence_transformers
        except ImportError as error:
            raise missing(error) from error
        try:
            return getattr(sentence_transformers, class_name)(
                str(folder),
                device=device,
                local_files_only=True,
                model_kwargs={"dtype": "float32", "use_safetensors": True},
            )
        except Exception as error:  # a model of unknown origin may fail in any way, in any of three libraries
            reason = " ".join(str(error).split())[:200]
            raise ModelError(
                f"{what} with safetensors weights in {folder}, found: {reason}; copy the model again, or {advice}"
            ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Keep what transformers says while it loads off the terminal; progress is the command line's affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from transformers.utils import logging as untyped
        except ImportError as error:
            raise missing(error) from error
        logging: Any = untyped
        level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            yield
        finally:
            logging.set_verbosity(level)
            if bars:
                logging.enable_progress_bar()


def missing(error: ImportError) -> ModelError:
    """What to say where sentence-transformers is not installed."""
    return ModelError(f"model: expected sentence-transformers, found: {error}; run: pip install sentence-transformers")


class CrossEncoderReranker:
    """A cross-encoder with one output, loaded at its first use; safe to share between threads."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        what, advice = f"reranker {name}: expected a cross-encoder", "unset POLICY_QA_RERANKER"
        self._model = once(lambda: _load(what, folder, "CrossEncoder", advice, "cpu"))

    def score(self, question: str, texts: Sequence[str]) -> Vectors:
        """Return how well each text answers the question, (n,).

        Raises:
            ModelError: the folder holds no such model, or it gives something else than a number a text.
        """
        if not texts:
            return np.zeros(0, np.float32)
        pairs = [(question, text) for text in texts]
        scores = self._model().predict(pairs, batch_size=_PAIRS, show_progress_bar=False, convert_to_numpy=True)
        scores = np.asarray(scores, np.float32)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise ModelError(
                f"reranker {self.name}: expected one finite number a text, found an array of shape {scores.shape}; "
                "choose another one, or unset POLICY_QA_RERANKER"
            )
        return scores
