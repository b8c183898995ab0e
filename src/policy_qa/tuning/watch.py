"""The loss on examples that are not trained on: it says which state is best, and when no more is to be had."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from policy_qa.tuning.course import Course, Ended, Example, Plan, StepProgress, columns


class Watch:
    """Remembers the best state of a model in training, and ends what no longer helps.

    The best state is held in memory, the trained weights alone (88 MB for the default model).
    """

    def __init__(
        self, model: Any, loss: Any, watched: Sequence[Example], plan: Plan, started: float, progress: StepProgress
    ) -> None:
        self._model, self._loss, self._plan = model, loss, plan
        self._batches = batches(watched, plan.batch)
        self._started, self._progress = started, progress
        self._before = self._best = float("inf")
        self._state: dict[str, Any] = {}
        self._stale = self._steps = 0
        self._ended = Ended.EPOCHS

    def callback(self) -> Any:
        """The hook that the trainer calls."""
        from transformers import TrainerCallback

        watch = self

        class Hook(TrainerCallback):
            def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
                watch._before = watch._check()
                watch._progress(0, state.max_steps, watch._before)

            def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
                watch._steps = state.global_step
                every = max(1, round(state.max_steps / max(1, watch._plan.epochs * watch._plan.checks_per_epoch)))
                if state.global_step % every == 0 or state.global_step == state.max_steps:
                    watch._check()
                watch._progress(state.global_step, state.max_steps, watch._best)
                late = watch._plan.minutes and time.monotonic() - watch._started > 60 * watch._plan.minutes
                if late and state.global_step < state.max_steps:
                    watch._check()
                    watch._ended = Ended.TIME
                if late or watch._stale >= watch._plan.patience:
                    control.should_training_stop = True

        return Hook()

    def restore(self) -> None:
        """Give the model its best state back."""
        self._model.load_state_dict(self._state, strict=False)

    def course(self, seconds: float) -> Course:
        """What happened."""
        return Course(
            steps=self._steps, loss_before=self._before, loss_best=self._best, ended=self._ended, seconds=seconds
        )

    def _check(self) -> float:
        import torch

        training = self._model.training
        self._model.eval()
        total = 0.0
        with torch.inference_mode():
            for part in self._batches:
                features = [self._model.preprocess(column) for column in columns(part).values()]
                total += float(self._loss(features, None)) * len(part)
        self._model.train(training)
        found = total / max(sum(map(len, self._batches)), 1)
        if found < self._best:
            self._best, self._stale = found, 0
            trained = {name for name, p in self._model.named_parameters() if p.requires_grad}
            self._state = {k: v.detach().clone() for k, v in self._model.state_dict().items() if k in trained}
        else:
            self._stale += 1
            if self._stale >= self._plan.patience:
                self._ended = Ended.PLATEAU
        return found


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
