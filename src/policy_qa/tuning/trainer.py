"""The training itself: contrastive, on a CPU, with sentence-transformers' trainer.

Multiple negatives ranking loss (Henderson et al. 2017, §4): each question has to find its own text
among those of the whole batch and one text that a search takes for the answer. The word embeddings
stay as they are: they are half of the default model's weights, and few questions touch only
few of them.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_qa.errors import ModelError
from policy_qa.models import torch_encoder
from policy_qa.models.runtime import all_cores
from policy_qa.tuning.course import Course, Example, Plan, StepProgress, Trained, columns
from policy_qa.tuning.watch import Watch

if TYPE_CHECKING:
    from policy_qa.models.transformer import TransformerEncoder


class ContrastiveTrainer:
    """sentence-transformers' trainer on the model called `model`, with the word embeddings frozen."""

    def __init__(self, model: str, models_dir: Path) -> None:
        self._model, self._models_dir = model, models_dir

    def train(
        self,
        examples: Sequence[Example],
        watched: Sequence[Example],
        plan: Plan,
        target: Path,
        progress: StepProgress,
    ) -> Trained:
        """Adapt the model; see `Trainer.train`.

        Raises:
            ModelError: the packages that training needs are not installed, or the model isn't there.
        """
        from policy_qa.models.transformer import TransformerEncoder, quiet

        with quiet(), warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="policy-qa-tune-") as scratch:
            warnings.simplefilter("ignore")  # of three libraries about each other; what matters ends in an error
            base, folder = torch_encoder(self._model, self._models_dir)
            learned, seen = _as_read(examples, base), _as_read(watched, base)
            course = _train(folder, learned, seen, plan, target, progress, Path(scratch))
        return Trained(encoder=TransformerEncoder(str(target), target), course=course)


def _as_read(examples: Sequence[Example], base: TransformerEncoder) -> list[Example]:
    """The examples as the model reads them: cleaned, behind the prefixes that it was trained with."""
    return [
        Example(
            question=base.query_text(e.question),
            positive=base.passage_text(e.positive),
            negative=base.passage_text(e.negative),
        )
        for e in examples
    ]


def _train(
    base: Path,
    examples: Sequence[Example],
    watched: Sequence[Example],
    plan: Plan,
    target: Path,
    progress: StepProgress,
    scratch: Path,
) -> Course:
    try:
        import accelerate  # noqa: F401 - the trainer asks for it late, and in many lines
        from datasets import Dataset
        from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
        from transformers import PrinterCallback, set_seed
    except ImportError as error:
        raise ModelError(
            f"tuning: expected sentence-transformers' trainer, found: {error}; run: pip install 'policy-qa[tune]'"
        ) from error
    started = time.monotonic()
    set_seed(plan.seed)
    model: Any = SentenceTransformer(
        str(base),
        device="cpu",
        local_files_only=True,
        # On a CPU, plain attention goes forward and back in three quarters of the time of the fused one.
        model_kwargs={"dtype": "float32", "use_safetensors": True, "attn_implementation": "eager"},
    )
    window = model.max_seq_length
    model.max_seq_length = min(plan.tokens, window or plan.tokens)
    _quicken(model)
    loss = MultipleNegativesRankingLoss(model, scale=plan.scale, similarity_fct=_cosines)
    watch = Watch(model, loss, watched, plan, started, progress)
    trainer = SentenceTransformerTrainer(
        model=model,
        args=_arguments(plan, scratch),
        train_dataset=Dataset.from_dict(columns(examples)),
        loss=loss,
        callbacks=[watch.callback()],
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output, where results go
    with all_cores():
        trainer.train()
    watch.restore()
    model.max_seq_length = window
    model.half()  # half the disk; what reads it computes in float32
    model.save_pretrained(str(target), create_model_card=False, safe_serialization=True)
    return watch.course(time.monotonic() - started)


def _arguments(plan: Plan, scratch: Path) -> Any:
    from sentence_transformers import SentenceTransformerTrainingArguments

    return SentenceTransformerTrainingArguments(
        output_dir=str(scratch),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.batch,
        learning_rate=plan.learning_rate,
        warmup_steps=0.1,  # a share of all steps
        batch_sampler="no_duplicates",  # a text that is right for two questions must not be wrong for one of them
        seed=plan.seed,
        bf16=_fast_bf16(),
        use_cpu=True,
        save_strategy="no",
        logging_strategy="no",
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )


def _cosines(left: Any, right: Any) -> Any:
    """Cosines in full precision: in bfloat16 those of this model family (.75 to .92) would have some forty values."""
    import torch
    from sentence_transformers.util import cos_sim

    with torch.autocast("cpu", enabled=False):
        return cos_sim(left.float(), right.float())


def _fast_bf16() -> bool:
    """Whether this processor multiplies in bfloat16; elsewhere that is emulated, and slower than float32."""
    import torch

    tests = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, test, bool)()) for test in tests)


def _quicken(model: Any) -> None:
    """Freeze the word embeddings, and leave dropout out: drawing its random numbers takes a fifth of a step."""
    import torch

    for module in model.modules():
        find = getattr(module, "get_input_embeddings", None)
        if find is not None and (words := find()) is not None:
            words.weight.requires_grad_(False)
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
