"""The training itself: what goes into it, what comes out; contrastive, on a CPU, with sentence-transformers' trainer.

Multiple negatives ranking loss (Henderson et al. 2017, §4): each question has to find its own text
among those of the whole batch and one text that a search takes for the answer. The word embeddings
stay as they are: they are half of the default model's weights, and few questions touch only
few of them. The loss on examples that are not trained on says which state is best, and when no more is to be had.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from policy_qa.errors import ModelError
from policy_qa.models import Encoder, torch_encoder
from policy_qa.models.runtime import all_cores

if TYPE_CHECKING:
    from policy_qa.models.transformer import TransformerEncoder


#: Called with the steps done, those planned, and the loss on the part that is watched.
StepProgress = Callable[[int, int, float], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A question, the text that answers it, and one that doesn't."""

    question: str
    positive: str
    negative: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """How to train. `minutes` 0 means no limit; `patience` counts checks without a better loss.

    `scale` is the inverse of the temperature: .02, as FlagEmbedding tunes models of this kind.
    `tokens` is what the model reads of a text while it trains: five of six statute articles whole. With 192
    it would be 19 of 20, and a step takes half as long again.
    """

    epochs: int = 4
    minutes: float = 0.0
    seed: int = 0
    batch: int = 24
    learning_rate: float = 8e-5
    tokens: int = 128
    scale: float = 50.0
    checks_per_epoch: int = 2
    patience: int = 3


class Ended(StrEnum):
    """What ended a training."""

    EPOCHS = "all epochs done"
    TIME = "the time is over"
    PLATEAU = "the watched loss no longer falls"


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How the training went: steps taken, the watched loss before it and at its best, and what ended it."""

    steps: int
    loss_before: float
    loss_best: float
    ended: Ended
    seconds: float


class Trainer(Protocol):
    """What adapts a model. One method, so that a test can put another in its place."""

    def train(
        self,
        examples: Sequence[Example],
        watched: Sequence[Example],
        plan: Plan,
        target: Path,
        progress: StepProgress,
    ) -> tuple[Encoder, Course]:
        """Adapt the model to `examples` and write it to the folder `target`: an encoder that reads it, and the course.

        What is written is the state with the lowest loss on `watched`, the one before the first step among them.
        """


def columns(examples: Sequence[Example]) -> dict[str, list[str]]:
    """The examples as the columns that the loss takes, in its order."""
    return {
        "anchor": [e.question for e in examples],
        "positive": [e.positive for e in examples],
        "negative": [e.negative for e in examples],
    }


def watcher(
    model: Any, loss: Any, watched: Sequence[Example], plan: Plan, started: float, progress: StepProgress
) -> Any:
    """A hook of the trainer that remembers the best state of `model`, and ends what no longer helps.

    The best state is held in memory, the trained weights alone (88 MB for the default model).
    """
    import torch
    from transformers import TrainerCallback

    parts = batches(watched, plan.batch)

    class Watch(TrainerCallback):
        def __init__(self) -> None:
            self.before = self.best = float("inf")
            self.state: dict[str, Any] = {}
            self.stale = self.steps = 0
            self.ended = Ended.EPOCHS

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.before = self.check()
            progress(0, state.max_steps, self.before)

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self.steps = state.global_step
            every = max(1, round(state.max_steps / max(1, plan.epochs * plan.checks_per_epoch)))
            if self.steps % every == 0 or self.steps == state.max_steps:
                self.check()
            progress(self.steps, state.max_steps, self.best)
            late = plan.minutes and time.monotonic() - started > 60 * plan.minutes
            if late and self.steps < state.max_steps:
                self.check()
                self.ended = Ended.TIME
            if late or self.stale >= plan.patience:
                control.should_training_stop = True

        def check(self) -> float:
            training = model.training
            model.eval()
            total = 0.0
            with torch.inference_mode():
                for part in parts:
                    features = [model.preprocess(column) for column in columns(part).values()]
                    total += float(loss(features, None)) * len(part)
            model.train(training)
            found = total / max(len(watched), 1)
            if found < self.best:
                self.best, self.stale = found, 0
                trained = {name for name, p in model.named_parameters() if p.requires_grad}
                self.state = {k: v.detach().clone() for k, v in model.state_dict().items() if k in trained}
            else:
                self.stale += 1
                if self.stale >= plan.patience:
                    self.ended = Ended.PLATEAU
            return found

    return Watch()


def batches(examples: Sequence[Example], size: int) -> list[list[Example]]:
    """The examples in batches of at most `size`, no question and no right text twice in one.

    Within a batch all other right texts count as wrong: the second answer of a question would, too.
    """
    out: list[tuple[list[Example], set[str]]] = []
    for example in examples:
        own = {example.question, example.positive}
        for batch, texts in out:
            if len(batch) < size and not own & texts:
                break
        else:
            batch, texts = [], set()
            out.append((batch, texts))
        batch.append(example)
        texts |= own
    return [batch for batch, _ in out]


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
    ) -> tuple[Encoder, Course]:
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
        return TransformerEncoder(str(target), target), course


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
    watch = watcher(model, loss, watched, plan, started, progress)
    trainer = SentenceTransformerTrainer(
        model=model,
        args=_arguments(plan, scratch),
        train_dataset=Dataset.from_dict(columns(examples)),
        loss=loss,
        callbacks=[watch],
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output, where results go
    with all_cores():
        trainer.train()
    model.load_state_dict(watch.state, strict=False)
    model.max_seq_length = window
    model.half()  # half the disk; what reads it computes in float32
    model.save_pretrained(str(target), create_model_card=False, safe_serialization=True)
    return Course(
        steps=watch.steps,
        loss_before=watch.before,
        loss_best=watch.best,
        ended=watch.ended,
        seconds=time.monotonic() - started,
    )


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
