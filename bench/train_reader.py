"""Train the reader: a cross-encoder that tells whether a text answers a question.

    python bench/train_reader.py --data DIR --out FILE [--minutes 8] [--steps 6000] [--batch 64] [--device cuda]
    python bench/train_reader.py --data DIR --out FILE --further [--start FILE] [--frozen 6] [--batch 8] [--minutes 30]

It starts from the encoder's own weights (all layers trained, word embeddings frozen); a head reads the mean of the last
states. A step shows `--batch` questions with eight texts each: cross-entropy over what answers, and for every question
the log-odds of its best right and its best wrong text, so that silence is told by the highest score. In one of twelve
questions the answer is taken out: near, but silent. The best state is the last; the schedule is linear to nothing.
`--further` goes on from the reader that ships (or from `--start`) at low rates, with more silence and more policies;
`--frozen` keeps the lowest layers as they are. The state is written every hundred steps.

Beside the questions a step shows `--statements` true statements with their texts, each also made false, stripped of
what binds it, and beside another text. A second head tells them apart: it makes the first one read closely, and
doesn't ship (of 431 kept statements it lets .30 of the true ones stand where .02 of the false ones do).

The reader that ships is the mean of the weights of two (`make_reader.py`), each trained on one H100 in 8 minutes. The
first (2026-11-26, 3,585 steps, seed 1, an earlier form of this script without statements) saw a third of this material,
the policies of `MEASURED` among it, and 886 questions made by templates from other regulations; the second (2026-11-27,
2,635 steps, seed 2) all of it. Alone, the second keeps silence better on new subjects (eval/asked: .76 for .69 of the
questions without an answer) and refuses more on the four policies (report part: .05 to .08 of the answerable, for .03);
the mean has the better of both (.74 and .05). On two cores a step takes about 12 s. `make_reader.py` makes ONNX of
FILE, `fit_reading.py` fits the numbers that weigh it. Needs torch, transformers, opencc-python-reimplemented.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from make_reader import trained_of
from reader_material import Group, Stated, groups, statements
from torch import nn
from torch.nn import functional

from policy_qa.models.encoder import PREFIXES, open_tokenizer
from policy_qa.models.files import model_files
from policy_qa.models.trainable import state_of

#: How often a question of each source is shown, against one of general reading.
WEIGHTS = {"policy": 3.0, "regulation": 3.0, "stard": 2.0, "questions": 1.5, "cmrc": 0.5, "drcd": 0.25}
TEXTS, RIGHT, HARD = 8, 3, 16
#: How often the answer is taken out.
TAKEN_OUT = 0.1
#: All this where a trained reader goes on.
FURTHER = {"policy": 4.0, "regulation": 2.0, "stard": 0.7, "questions": 2.0, "cmrc": 0.2, "drcd": 0.1}
TAKEN_FURTHER, SLOWER = 0.2, 6
#: Texts that go through at once: sorted by length, they need little padding.
PART = 16
BEGIN, PAD, END = 0, 1, 2
#: Tokens of a pair of question and text, of statement and text, and of these the first one's.
PAIR, STATED, ASKED = 224, 320, 96
STATEMENT = "statement: "
LEARNING_RATE, HEAD_RATE, DECAY, WARM = 2e-4, 8e-4, 0.01, 150


class Reader(nn.Module):
    """A BERT with two heads of one number each on the mean of its last states."""

    def __init__(self) -> None:
        super().__init__()
        from safetensors.numpy import load_file
        from transformers import BertConfig, BertModel

        state = state_of(load_file(model_files()["weights"].path))
        words = state["embeddings.word_embeddings.weight"]
        config = BertConfig(
            vocab_size=len(words), hidden_size=384, num_hidden_layers=12, num_attention_heads=12,
            intermediate_size=1536, max_position_embeddings=512, layer_norm_eps=1e-12, pad_token_id=PAD,
        )  # fmt: skip
        self.bert = BertModel(config, add_pooling_layer=False)
        tensors = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items()}
        self.bert.load_state_dict({n: t for n, t in tensors.items() if "pooler" not in n}, strict=False)
        self.bert.embeddings.word_embeddings.requires_grad_(False)
        self.dense, self.out = nn.Linear(384, 384), nn.Linear(384, 1)
        self.dense2, self.out2 = nn.Linear(384, 384), nn.Linear(384, 1)

    def go_on(self, start: Path | None, frozen: int) -> None:
        """Take the weights of `start`, or those that ship, and keep the `frozen` lowest layers as they are."""
        from safetensors.numpy import load_file

        state = load_file(start) if start else trained_of(load_file(model_files()["reader_weights"].path))
        tensors = {n: torch.from_numpy(np.ascontiguousarray(v, np.float32)) for n, v in state.items()}
        missing, unknown = self.load_state_dict(tensors, strict=False)
        if unknown or any("word_embeddings" not in name for name in missing):
            raise SystemExit(f"{start}: expected the weights of a reader; missing {missing}, unknown {unknown}")
        for part in (self.bert.embeddings, *self.bert.encoder.layer[:frozen]) if frozen else ():
            part.requires_grad_(False)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Log-odds (texts, 2): that a question is answered, that a statement is borne out."""
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        kept = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * kept).sum(1) / kept.sum(1)
        heads = ((self.dense, self.out), (self.dense2, self.out2))
        return torch.cat([out(torch.tanh(dense(mean))) for dense, out in heads], -1).float()


class Batches(torch.utils.data.IterableDataset[Any]):
    """Batches without end: pairs of questions and texts, how many of each question's texts, the first ones, are right;
    pairs of statements and texts, and which of them are true."""

    def __init__(
        self, material: Sequence[Group], stated: Sequence[Stated], sizes: tuple[int, int], seed: int, *, further: bool
    ) -> None:
        self._material, self._stated, self._sizes, self._seed = material, stated, sizes, seed
        self._taken = TAKEN_FURTHER if further else TAKEN_OUT
        self._tokenizer = open_tokenizer(model_files())
        self._weights = [(FURTHER if further else WEIGHTS)[group.source] for group in material]

    def __iter__(self) -> Iterator[tuple[list[list[int]], list[int], list[list[int]], list[bool]]]:
        worker = torch.utils.data.get_worker_info()
        rng = random.Random(self._seed * 1000 + (worker.id if worker else 0))  # noqa: S311
        while True:
            shown = [self._shown(group, rng) for group in rng.choices(self._material, self._weights, k=self._sizes[0])]
            said = [pair for one in rng.choices(self._stated, k=self._sizes[1]) for pair in self._said(one, rng)]
            pairs = [pair for pairs, _ in shown for pair in pairs]
            yield pairs, [right for _, right in shown], [pair for pair, _ in said], [true for _, true in said]

    def _said(self, one: Stated, rng: random.Random) -> Iterator[tuple[list[int], bool]]:
        yield self._pair(STATEMENT + one.true, one.text, STATED), True
        for false in one.false:
            yield self._pair(STATEMENT + false, one.text, STATED), False
        if one.others:
            yield self._pair(STATEMENT + one.true, rng.choice(one.others), STATED), False

    def _shown(self, group: Group, rng: random.Random) -> tuple[list[list[int]], int]:
        right = [] if rng.random() < self._taken else list(group.right)
        right = rng.sample(right, min(RIGHT, len(right)))
        wanted = TEXTS - len(right)
        hard = group.wrong[:HARD]
        wrong = rng.sample(hard, min(len(hard), max(1, round(wanted * 0.7))))
        rest = [text for text in group.wrong if text not in wrong]
        wrong += rng.sample(rest, min(len(rest), wanted - len(wrong)))
        while len(wrong) < wanted:
            other = rng.choice(self._material)
            wrong += other.wrong[:1]
        asked = PREFIXES["query"] + group.question
        return [self._pair(asked, text, PAIR) for text in (*right, *wrong[:wanted])], len(right)

    def _pair(self, first: str, text: str, length: int) -> list[int]:
        asked = self._ids(first)[:ASKED]
        return [BEGIN, *asked, END, END, *self._ids(PREFIXES["document"] + text)[: length - len(asked) - 4], END]

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


def scored(model: Reader, pairs: Sequence[Sequence[int]], device: str) -> torch.Tensor:
    """The log-odds of all pairs, (pairs, 2), in their order; they go through by length."""
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row]))
    size = PART if device == "cpu" else len(pairs)
    found = []
    for start in range(0, len(order), size):
        ids, mask = _padded([pairs[row] for row in order[start : start + size]])
        found.append(model(ids.to(device), mask.to(device)))
    return torch.cat(found)[torch.tensor(np.argsort(order)).to(device)]


def _padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), PAD)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for row, own in enumerate(rows):
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
    return ids, mask


def loss_of(scores: torch.Tensor, right: Sequence[int]) -> torch.Tensor:
    """`scores` (questions, texts), the first `right[i]` of row i being right."""
    answers = torch.zeros_like(scores, dtype=torch.bool)
    for row, count in enumerate(right):
        answers[row, :count] = True
    none = -1e4
    answered = answers.any(1)
    among = scores.masked_fill(~answers, none)
    chosen = torch.logsumexp(scores, 1) - torch.logsumexp(among, 1)
    best_right = functional.softplus(-among.max(1).values)
    best_wrong = functional.softplus(scores.masked_fill(answers, none).max(1).values)
    all_wrong = (functional.softplus(scores) * ~answers).sum(1) / (~answers).sum(1)
    share = answered.sum().clamp(min=1)
    return ((chosen + best_right) * answered).sum() / share + (best_wrong + all_wrong).mean() / 2


def stated_loss(scores: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Each statement by itself, and every true one above every false one."""
    alone = functional.binary_cross_entropy_with_logits(scores, true.float())
    return alone + functional.softplus(scores[~true].unsqueeze(0) - scores[true].unsqueeze(1)).mean() / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--statements", type=int, default=24)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--further", action="store_true")
    parser.add_argument("--start", type=Path)
    parser.add_argument("--frozen", type=int, default=0)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    material = [group for group in groups(arguments.data, arguments.seed) if not group.held]
    stated = [one for one in statements(arguments.data) if not one.held]
    sizes = (arguments.batch, arguments.statements)
    workers = 8 if arguments.device != "cpu" else 0
    loader = iter(
        torch.utils.data.DataLoader(
            Batches(material, stated, sizes, arguments.seed, further=arguments.further),
            batch_size=None,
            num_workers=workers,
        )
    )
    model = Reader()
    if arguments.further:
        model.go_on(arguments.start, arguments.frozen)
    model.to(arguments.device).train()
    slower = SLOWER if arguments.further else 1
    head = [p for name, p in model.named_parameters() if not name.startswith("bert.")]
    layers = [p for p in model.bert.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": LEARNING_RATE}, {"params": head, "lr": HEAD_RATE}], weight_decay=DECAY
    )
    started, done, losses = time.monotonic(), 0.0, []
    for step in range(arguments.steps):
        # By time or by steps, whichever ends first: on another machine the schedule still reaches nothing.
        done = max(step / arguments.steps, (time.monotonic() - started) / (60 * arguments.minutes))
        if done >= 1:
            break
        for group, rate in zip(optimizer.param_groups, (LEARNING_RATE, HEAD_RATE), strict=True):
            group["lr"] = rate / slower * min(1.0, (step + 1) / WARM) * max(0.02, 1 - done)
        pairs, right, said, true = next(loader)
        with torch.autocast(arguments.device, torch.bfloat16):
            scores = scored(model, pairs + said, arguments.device)
        loss = loss_of(scores[: len(pairs), 0].view(len(right), TEXTS), right)
        if said:
            loss = loss + stated_loss(scores[len(pairs) :, 1], torch.tensor(true, device=arguments.device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(layers + head, 1.0)
        optimizer.step()
        losses.append(float(loss))
        if step % 100 == 0:
            print(f"step {step}, loss {np.mean(losses[-100:]):.3f}, {done:.0%}", flush=True)
            write(model, arguments.out)
    write(model, arguments.out)


def write(model: Reader, path: Path) -> None:
    """All weights save the words, which are the encoder's."""
    from safetensors.torch import save_file

    kept = {name: value.half().contiguous() for name, value in model.state_dict().items() if "word_emb" not in name}
    save_file(kept, path)


if __name__ == "__main__":
    main()
