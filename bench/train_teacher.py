"""Train a language model to tell whether a text answers a question, for the reader to learn from.

    python bench/train_teacher.py --model FOLDER --material FILE.json.xz --out FILE.npz [--minutes 8] [--device cuda]

FOLDER holds a causal language model with its tokenizer, as transformers writes it; all its weights are trained, on
what `reader_material.py` wrote, with the reader's own loss. It starts from what the model makes of 是 against 否.
FILE.npz is what `train_reader.py --taught` reads: of every question some of its texts, the right ones first, and the
log-odds that each answers, those among them that nobody labelled. `--score-minutes` bounds how long it scores; what
matters least comes last. Figures on the questions held back are printed. Needs torch and transformers.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from reader_material import Group, figures, pair_key, texts_of, written
from torch import nn
from train_reader import WEIGHTS, loss_of, padded

ASKING = "\n问题：{}\n上文回答了这个问题吗？答："
#: Tokens of a text and of a question.
TEXT, ASKED = 200, 80
#: Texts of a question in a step, of these right ones; questions that go through at once.
TEXTS, RIGHT, PART = 6, 2, 16
#: What is scored first.
FIRST = ("policy", "questions", "regulation", "stard", "cmrc", "drcd")
#: Tokens that are scored at once, padding included.
TOKENS = 65536
LEARNING_RATE, HEAD_RATE, DECAY, WARM = 2e-5, 1e-4, 0.01, 40
TAKEN_OUT = 0.1


class Teacher(nn.Module):
    """A language model with a head of one number on the last token's state."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import AutoModelForCausalLM, AutoTokenizer

        whole = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        self.body = whole.model
        self.body.config.use_cache = False
        self.body.embed_tokens.requires_grad_(False)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        yes, no = (self.tokenizer.encode(word)[-1] for word in "是否")
        self.head = nn.Linear(whole.config.hidden_size, 1)
        rows = whole.get_output_embeddings().weight.data
        self.head.weight.data[0] = rows[yes] - rows[no]
        self.head.bias.data.zero_()

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Log-odds (texts,) of rows that are padded on the right: no token sees what stands behind it."""
        states = self.body(input_ids=ids, use_cache=False).last_hidden_state
        last = states[torch.arange(len(ids), device=ids.device), mask.sum(1) - 1]
        return self.head(last.float())[:, 0]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Questions and texts by what the model reads of them."""

    of: dict[str, list[int]]

    @classmethod
    def read(cls, tokenizer: Any, material: Sequence[Group]) -> Tokens:
        """All of the material."""
        texts = sorted({text for g in material for text in (*g.right, *g.wrong, *g.other)})
        asked = sorted({ASKING.format(g.question) for g in material})
        found = {}
        for some, most in ((texts, TEXT), (asked, ASKED)):
            found.update({t: e.ids[:most] for t, e in zip(some, _encoded(tokenizer, some), strict=True)})
        return cls(found)

    def pair(self, question: str, text: str) -> list[int]:
        """The text, and behind it the question."""
        return [*self.of[text], *self.of[ASKING.format(question)]]


def _encoded(tokenizer: Any, texts: Sequence[str]) -> list[Any]:
    return list(tokenizer.backend_tokenizer.encode_batch(texts, add_special_tokens=False))


def shown(group: Group, material: Sequence[Group], rng: random.Random) -> tuple[list[str], int]:
    """The texts of one question in a step, and how many of them, the first ones, are right."""
    right = [] if rng.random() < TAKEN_OUT else list(group.right)
    right = rng.sample(right, min(RIGHT, len(right)))
    hard, rest = group.wrong[:12], group.wrong[12:]
    wrong = rng.sample(hard, min(len(hard), TEXTS - len(right) - 1)) + rng.sample(rest, min(len(rest), 1))
    while len(right) + len(wrong) < TEXTS:
        wrong += rng.choice(material).wrong[:1]
    return [*right, *wrong][:TEXTS], len(right)


def train(model: Teacher, tokens: Tokens, material: Sequence[Group], arguments: argparse.Namespace) -> None:
    rng = random.Random(arguments.seed)  # noqa: S311 - the order of material, not a secret
    rates = [WEIGHTS[group.source] for group in material]
    layers = [p for p in model.body.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": LEARNING_RATE}, {"params": model.head.parameters(), "lr": HEAD_RATE}],
        weight_decay=DECAY,
        fused=arguments.device != "cpu",
    )
    model.train()
    started, losses, step = time.monotonic(), [], 0
    while (done := (time.monotonic() - started) / (60 * arguments.minutes)) < 1:
        for group, rate in zip(optimizer.param_groups, (LEARNING_RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * min(1.0, (step + 1) / WARM) * max(0.02, 1 - done)
        asked = rng.choices(material, rates, k=arguments.batch)
        rows = [(group.question, *shown(group, material, rng)) for group in asked]
        rows.sort(key=lambda row: max(len(tokens.of[text]) for text in row[1]))
        optimizer.zero_grad(set_to_none=True)
        for start in range(0, len(rows), PART):
            part = rows[start : start + PART]
            ids, mask = padded([tokens.pair(q, text) for q, texts, _ in part for text in texts])
            with torch.autocast(arguments.device, torch.bfloat16):
                scores = model(ids.to(arguments.device), mask.to(arguments.device))
            loss = loss_of(scores.float().view(len(part), TEXTS), [right for _, _, right in part])
            (loss * len(part) / len(rows)).backward()
            losses.append(float(loss.detach()))
        nn.utils.clip_grad_norm_(layers, 1.0)
        optimizer.step()
        if not np.isfinite(losses[-1]):
            raise SystemExit(f"step {step}: expected a finite loss, found {losses[-1]}")
        if step % 50 == 0:
            print(f"step {step}, loss {np.mean(losses[-200:]):.3f}, {done:.0%}", flush=True)
        step += 1
    print(f"{step} steps", flush=True)


@torch.no_grad()
def scored(model: Teacher, tokens: Tokens, pairs: Sequence[tuple[str, str]], device: str) -> np.ndarray:
    """The log-odds of all pairs, (pairs,)."""
    order = sorted(range(len(pairs)), key=lambda i: -len(tokens.pair(*pairs[i])))
    out = np.zeros(len(pairs), np.float32)
    start = 0
    while start < len(order):
        size = max(1, TOKENS // len(tokens.pair(*pairs[order[start]])))
        rows = order[start : start + size]
        ids, mask = padded([tokens.pair(*pairs[i]) for i in rows])
        with torch.autocast(device, torch.bfloat16):
            out[rows] = model(ids.to(device), mask.to(device)).float().cpu().numpy()
        start += size
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--material", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--score-minutes", type=float, default=3)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    all_, _ = written(arguments.material)
    model = Teacher(arguments.model).to(arguments.device)
    tokens = Tokens.read(model.tokenizer, all_)
    train(model, tokens, [group for group in all_ if not group.held], arguments)
    model.eval()
    held = [group for group in all_ if group.held]
    order = [group for source in FIRST for group in all_ if group.source == source and not group.held]
    taught: dict[int, float] = {}
    started, size, count = time.monotonic(), 1000, 0
    for some in (held, *(order[at : at + size] for at in range(0, len(order), size))):
        if taught and time.monotonic() - started > 60 * arguments.score_minutes:
            break
        pairs = [(group.question, text) for group in some for text in texts_of(group)]
        found = scored(model, tokens, pairs, arguments.device)
        if some is held:
            parts = np.split(found, np.cumsum([len(texts_of(group)) for group in some])[:-1])
            print("held back:", *figures(held, parts), sep="\n  ", flush=True)
        taught.update(zip((pair_key(*pair) for pair in pairs), found.tolist(), strict=True))
        count += len(some)
    keys = np.array(sorted(taught), np.uint64)
    scores = np.array([taught[int(key)] for key in keys], np.float16)
    np.savez_compressed(arguments.out, keys=keys, scores=scores)
    print(f"{count} questions scored in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
