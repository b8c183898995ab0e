"""Train the reader: a cross-encoder that tells whether a text answers a question.

    python bench/train_reader.py --material FILE --out FILE [--taught FILE] [--minutes 8] [--batch 64] [--device cuda]
    python bench/train_reader.py --material FILE --out FILE --further [--start FILE] [--frozen 6] [--minutes 30]

It starts from the encoder's own weights (all layers trained, word embeddings frozen); a head reads the mean of the last
states. A step shows `--batch` questions with eight texts each: cross-entropy over what answers, and for every question
the log-odds of its best right and its best wrong text, so that silence is told by the highest score. In one of twelve
questions the answer is taken out: near, but silent. The best state is the last; the schedule is linear to nothing.
`--further` goes on from the reader that ships (or from `--start`) at low rates, with more silence and more policies;
`--frozen` keeps the lowest layers as they are; in one of four questions another one of the same text stands before,
whose words the second may leave out, as people go on asking. The state is written every hundred steps.

FILE of `--material` is what `reader_material.py` writes. With `--taught` (`train_teacher.py`, `eval/reader/taught.npz`)
a step learns a teacher's log-odds, each text's and among the question's, and the labels count half; two of the texts
are such as nobody labelled.

Beside the questions a step shows `--statements` true statements with their texts, each also made false, stripped of
what binds it, and beside another text. A second head tells them apart: it makes the first one read closely, and
doesn't ship (of 431 kept statements it lets .30 of the true ones stand where .02 of the false ones do).

The reader that ships has four beginnings, all from this script. Two on one H100, 8 minutes each: the first
(2026-11-26, 3,585 steps, seed 1, without statements) saw a third of this material and 886 questions made by templates
from other regulations; the second (2026-11-27, 2,635 steps, seed 2) all of it that there was. The mean of their weights
kept silence as the second did and refused as little as the first. From that mean the third went on (2026-11-27, two
cores beside other work, 650 steps): `--further --taught eval/reader/taught.npz --batch 16 --statements 0 --dropout 0
--minutes 75 --seed 3`, two parts of it and one of the mean (`make_reader.py THIRD THIRD SHIPPED`), and from these the
fourth (2026-11-28, one core, some 520 steps, the first whose questions stand behind others): the same with
`--minutes 65 --seed 4`. What ships is two parts of the fourth and one of what it began with. On the gate (`policy-qa
eval eval/gate/questions.jsonl --corpus eval/gate/corpus --corpus corpus`), with the weights of `fit_reading.py` for
each, the mean of the first two has hit@1 .857, precision .793 and recall .818, with the third .867, .809 and .833, what
ships .878, .815 and .854.

`make_reader.py` makes ONNX of FILE, `fit_reading.py` fits the numbers that weigh it. Needs torch, transformers,
opencc-python-reimplemented. On a processor `--dropout 0` saves most of a step: random numbers cost more than products.
"""

from __future__ import annotations

import argparse
import difflib
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from make_reader import trained_of
from reader_material import Group, Stated, figures, pair_key, texts_of, written
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional

from policy_qa.models.encoder import PREFIXES, open_tokenizer, shortened
from policy_qa.models.files import model_files
from policy_qa.models.trainable import state_of

#: How often a question of each source is shown, against one of general reading.
WEIGHTS = {"policy": 3.0, "regulation": 3.0, "stard": 2.0, "questions": 1.5, "cmrc": 0.5, "drcd": 0.25}
TEXTS, RIGHT, HARD, OTHER = 8, 3, 16, 2
#: What the labels count beside a teacher's scores.
LABELS = 0.5
#: How often the answer is taken out.
TAKEN_OUT = 0.1
#: All this where a trained reader goes on.
FURTHER = {"policy": 4.0, "regulation": 2.0, "stard": 0.7, "questions": 2.0, "cmrc": 0.2, "drcd": 0.1}
TAKEN_FURTHER, SLOWER = 0.2, 4
#: How often another question stands before one, how far it may be in the material, and how often what both say is left
#: out, of so many characters at least.
FOLLOWS, BESIDE, LEFT_OUT, SAID = 0.25, 6, 0.5, 2
#: Texts that go through at once: sorted by length, they need little padding.
PART = 16
BEGIN, PAD, END = 0, 1, 2
#: Tokens of a pair of question and text, of statement and text, and of these the first one's.
PAIR, STATED, ASKED = 224, 320, 96
STATEMENT = "statement: "
LEARNING_RATE, HEAD_RATE, DECAY, WARM = 2e-4, 8e-4, 0.01, 150


class Reader(nn.Module):
    """A BERT with two heads of one number each on the mean of its last states."""

    def __init__(self, dropout: float = 0.0, attention: str = "eager") -> None:
        super().__init__()
        from safetensors.numpy import load_file
        from transformers import BertConfig, BertModel

        state = state_of(load_file(model_files()["weights"].path))
        words = state["embeddings.word_embeddings.weight"]
        config = BertConfig(
            vocab_size=len(words), hidden_size=384, num_hidden_layers=12, num_attention_heads=12,
            intermediate_size=1536, max_position_embeddings=512, layer_norm_eps=1e-12, pad_token_id=PAD,
            hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout, attn_implementation=attention,
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
        # The words are the encoder's; the second head doesn't ship.
        if unknown or any(not name.startswith(("bert.embeddings.word", "dense2", "out2")) for name in missing):
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


@dataclass(frozen=True, slots=True)
class Shown:
    """The texts of one question in a step: the first `right` answer, `unlabelled` ones at the end nobody has said;
    `taught` are a teacher's log-odds, NaN where there are none."""

    pairs: list[list[int]]
    right: int
    unlabelled: int
    taught: list[float]


class Batches(torch.utils.data.IterableDataset[Any]):
    """Batches without end: questions with their texts; pairs of statements and texts, and which of them are true."""

    def __init__(
        self,
        material: Sequence[Group],
        taught: Mapping[int, float],
        stated: Sequence[Stated],
        sizes: tuple[int, int],
        seed: int,
        *,
        further: bool,
    ) -> None:
        self._material, self._stated, self._sizes, self._seed = material, stated, sizes, seed
        self._taken, self._taught = TAKEN_FURTHER if further else TAKEN_OUT, taught
        self._tokenizer = open_tokenizer(model_files())
        self._follows = FOLLOWS if further else 0.0
        weights = FURTHER if further else WEIGHTS
        self._rows = [row for row, group in enumerate(material) if not group.held]
        self._weights = [weights[material[row].source] for row in self._rows]

    def __iter__(self) -> Iterator[tuple[list[Shown], list[list[int]], list[bool]]]:
        worker = torch.utils.data.get_worker_info()
        rng = random.Random(self._seed * 1000 + (worker.id if worker else 0))  # noqa: S311
        while True:
            shown = [self._shown(row, rng) for row in rng.choices(self._rows, self._weights, k=self._sizes[0])]
            said = [pair for one in rng.choices(self._stated, k=self._sizes[1]) for pair in self._said(one, rng)]
            yield shown, [pair for pair, _ in said], [true for _, true in said]

    def _said(self, one: Stated, rng: random.Random) -> Iterator[tuple[list[int], bool]]:
        yield self._pair(STATEMENT + one.true, one.text, STATED), True
        for false in one.false:
            yield self._pair(STATEMENT + false, one.text, STATED), False
        if one.others:
            yield self._pair(STATEMENT + one.true, rng.choice(one.others), STATED), False

    def _shown(self, row: int, rng: random.Random) -> Shown:
        group = self._material[row]
        right = [] if rng.random() < self._taken else list(group.right)
        right = rng.sample(right, min(RIGHT, len(right)))
        before = self._before(row, rng) if rng.random() < self._follows else None
        other = rng.sample(group.other, min(OTHER, len(group.other))) if self._taught else []
        wanted = TEXTS - len(right) - len(other)
        hard = group.wrong[:HARD]
        # What answers the question before is the nearest that doesn't answer this one.
        answered = [text for text in before.right if text in group.wrong][:1] if before else []
        hard = tuple(text for text in hard if text not in answered)
        wrong = answered + rng.sample(hard, min(len(hard), max(1, round(wanted * 0.7)) - len(answered)))
        rest = [text for text in group.wrong if text not in wrong]
        wrong += rng.sample(rest, min(len(rest), wanted - len(wrong)))
        while len(wrong) < wanted:
            wrong += self._material[rng.choice(self._rows)].wrong[:1]
        texts = [*right, *wrong[:wanted], *other]
        asked = PREFIXES["query"] + (following(before.question, group.question, rng) if before else group.question)
        return Shown(
            [self._pair(asked, text, PAIR) for text in texts],
            len(right),
            len(other),
            [self._taught.get(pair_key(group.question, text), float("nan")) for text in texts],
        )

    def _before(self, row: int, rng: random.Random) -> Group | None:
        """Another question of the same text, where the material has one near."""
        own = {*self._material[row].right, *self._material[row].wrong}
        near = [*range(row - BESIDE, row), *range(row + 1, row + 1 + BESIDE)]
        fit = [self._material[at] for at in near if 0 <= at < len(self._material)]
        fit = [one for one in fit if not one.held and not own.isdisjoint(one.right)]
        return rng.choice(fit) if fit else None

    def _pair(self, first: str, text: str, length: int) -> list[int]:
        return pair(self._tokenizer, first, text, length)


def following(before: str, question: str, rng: random.Random) -> str:
    """A question behind another one, as the analyzer joins them; what both say may be left out the second time."""
    same = difflib.SequenceMatcher(None, before, question, autojunk=False).find_longest_match()
    left = f"{question[: same.b]}{question[same.b + same.size :]}"
    if same.size >= SAID and len(left) > SAID and rng.random() < LEFT_OUT:
        question = left
    return f"{before} {question}"


def pair(tokenizer: Tokenizer, first: str, text: str, length: int) -> list[int]:
    """The tokens of a question or a statement, with its prefix, and a text."""
    asked, read = (
        list(tokenizer.encode(words, add_special_tokens=False).ids) for words in (first, PREFIXES["document"] + text)
    )
    asked = shortened(asked, ASKED)
    return [BEGIN, *asked, END, END, *read[: length - len(asked) - 4], END]


def scored(model: Reader, pairs: Sequence[Sequence[int]], device: str) -> torch.Tensor:
    """The log-odds of all pairs, (pairs, 2), in their order; they go through by length."""
    order = sorted(range(len(pairs)), key=lambda row: len(pairs[row]))
    size = PART if device == "cpu" else len(pairs)
    found = []
    for start in range(0, len(order), size):
        ids, mask = padded([pairs[row] for row in order[start : start + size]])
        found.append(model(ids.to(device), mask.to(device)))
    return torch.cat(found)[torch.tensor(np.argsort(order)).to(device)]


def padded(rows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(map(len, rows))
    ids = torch.full((len(rows), longest), PAD)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for row, own in enumerate(rows):
        ids[row, : len(own)] = torch.tensor(own)
        mask[row, : len(own)] = 1
    return ids, mask


def loss_of(scores: torch.Tensor, right: Sequence[int], unlabelled: Sequence[int] = ()) -> torch.Tensor:
    """`scores` (questions, texts), the first `right[i]` of row i being right, and the last `unlabelled[i]` left out."""
    answers, wrong = torch.zeros_like(scores, dtype=torch.bool), torch.ones_like(scores, dtype=torch.bool)
    for row, count in enumerate(right):
        answers[row, :count], wrong[row, :count] = True, False
    for row, count in enumerate(unlabelled):
        wrong[row, scores.shape[1] - count :] = False
    none = -1e4
    answered = answers.any(1)
    among = scores.masked_fill(~answers, none)
    chosen = torch.logsumexp(scores.masked_fill(~(answers | wrong), none), 1) - torch.logsumexp(among, 1)
    best_right = functional.softplus(-among.max(1).values)
    best_wrong = functional.softplus(scores.masked_fill(~wrong, none).max(1).values)
    all_wrong = (functional.softplus(scores) * wrong).sum(1) / wrong.sum(1)
    share = answered.sum().clamp(min=1)
    return ((chosen + best_right) * answered).sum() / share + (best_wrong + all_wrong).mean() / 2


def taught_loss(scores: torch.Tensor, taught: torch.Tensor) -> torch.Tensor:
    """`scores` and a teacher's (questions, texts), NaN where it has none: each text by itself, and among the
    question's."""
    known = ~taught.isnan()
    told = taught.nan_to_num(-1e4)
    alone = functional.binary_cross_entropy_with_logits(scores, told.sigmoid(), reduction="none")
    own = scores.masked_fill(~known, -1e4).log_softmax(1)
    among = (told.softmax(1) * (told.log_softmax(1) - own) * known).sum(1)
    several = known.sum(1) > 1
    return 2 * (alone * known).sum() / known.sum().clamp(min=1) + (among * several).sum() / several.sum().clamp(min=1)


def stated_loss(scores: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Each statement by itself, and every true one above every false one."""
    alone = functional.binary_cross_entropy_with_logits(scores, true.float())
    return alone + functional.softplus(scores[~true].unsqueeze(0) - scores[true].unsqueeze(1)).mean() / 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--material", type=Path, required=True)
    parser.add_argument("--taught", type=Path)
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
    parser.add_argument("--dropout", type=float, default=0.1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    material, all_stated = written(arguments.material)
    taught = scores_of(arguments.taught) if arguments.taught else {}
    stated = [one for one in all_stated if not one.held]
    sizes = (arguments.batch, arguments.statements)
    workers = 8 if arguments.device != "cpu" else 0
    batches = Batches(material, taught, stated, sizes, arguments.seed, further=arguments.further)
    loader = iter(torch.utils.data.DataLoader(batches, batch_size=None, num_workers=workers))
    # The fused kernel's way back is three times slower than the plain products on a processor.
    model = Reader(arguments.dropout, "eager" if arguments.device == "cpu" else "sdpa")
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
        shown, said, true = next(loader)
        pairs = [pair for one in shown for pair in one.pairs]
        with torch.autocast(arguments.device, torch.bfloat16):
            scores = scored(model, pairs + said, arguments.device)
        asked = scores[: len(pairs), 0].view(len(shown), TEXTS)
        loss = loss_of(asked, [one.right for one in shown], [one.unlabelled for one in shown])
        if taught:
            told = torch.tensor([one.taught for one in shown], device=arguments.device)
            loss = LABELS * loss + taught_loss(asked, told)
        if said:
            loss = loss + stated_loss(scores[len(pairs) :, 1], torch.tensor(true, device=arguments.device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(layers + head, 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if step % 100 == 0:
            print(f"step {step}, loss {np.mean(losses[-100:]):.3f}, {done:.0%}", flush=True)
            write(model, arguments.out)
    write(model, arguments.out)
    held = [group for group in material if group.held]
    print("held back:", *figures(held, answered(model.eval(), held, arguments.device)), sep="\n  ")


def scores_of(path: Path) -> dict[int, float]:
    """What `train_teacher.py` wrote: log-odds by `pair_key`."""
    with np.load(path) as found:
        return dict(zip(found["keys"].tolist(), found["scores"].astype(np.float32).tolist(), strict=True))


@torch.no_grad()
def answered(model: Reader, material: Sequence[Group], device: str) -> list[npt.NDArray[Any]]:
    """The log-odds of each group's `texts_of`."""
    tokenizer = open_tokenizer(model_files())
    out = []
    for at in range(0, len(material), 32):
        some = material[at : at + 32]
        asked = [(PREFIXES["query"] + group.question, text) for group in some for text in texts_of(group)]
        with torch.autocast(device, torch.bfloat16):
            found = scored(model, [pair(tokenizer, *one, PAIR) for one in asked], device)[:, 0].float().cpu().numpy()
        out += np.split(found, np.cumsum([len(texts_of(group)) for group in some])[:-1])
    return out


def write(model: Reader, path: Path) -> None:
    """All weights save the words, which are the encoder's."""
    from safetensors.torch import save_file

    kept = {name: value.half().contiguous() for name, value in model.state_dict().items() if "word_emb" not in name}
    save_file(kept, path)


if __name__ == "__main__":
    main()
