"""Train what tells the kind of a turn: `python bench/train_turns.py --data DIR [--write] [--folds 4]`.

It reads `eval/turns/training.jsonl` (turns with their kind, written for this), the questions of `eval/reader`
(questions of policy in many subjects), and from `--data` questions of CMRC 2018 and DRCD (general knowledge: other)
and of STARD's train part (law in people's words: content); their texts don't ship. Titles, persons and schools in the
turns are exchanged at random, so that the form is learned and not the subject. The network looks at the token states
of the shipped encoder: a few attention heads pool what a small layer makes of each token.

`--folds N` measures with subjects left out in turn; `--write` trains on everything and writes the weights.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from resource_hashes import RESOURCES
from resource_hashes import write as write_hashes
from retrieval_data import read
from torch import nn

from policy_qa.dialogue.kinds import WEIGHTS, prepared
from policy_qa.models import open_encoder
from policy_qa.models.encoder import TokenStates
from policy_qa.settings import DEFAULT_MODEL

ROOT = Path(__file__).resolve().parents[1]
SEED = 20
#: The mean of so many networks decides, each begun and ordered by chance of its own: one alone swings from training to
#: training.
NETWORKS = 3
HIDDEN, HEADS, EPOCHS, BATCH, RATE, DECAY, DROPOUT = 96, 6, 10, 96, 2e-3, 1e-2, 0.3
#: What a turn counts by its source: those written for this most, general questions of other collections least.
COUNTS = {"turns": 1.0, "reader": 0.35, "stard": 0.25, "cmrc": 0.25, "drcd": 0.2}
#: How many variants with other names are made of a turn that has any.
VARIANTS = 6


def _words(text: str) -> list[str]:
    return text.split()


_TOPICS = _words(
    "差旅费 违纪处分 采购 数据安全 聘用 实验室安全 招生 印章 图书馆 学生公寓 公务用车 档案 科研经费 "
    "奖学金 校园网 消防安全 出国 合同 固定资产 财务报销 教学事故 考勤 职称评审 绩效工资 食堂 会议 "
    "信息公开 保密 学籍 毕业论文 实习 社团 校友捐赠 知识产权 应急 门卫 卫生 心理健康 家校联系 课后服务 "
    "校车 体育场馆 教材 研究生导师 博士后 继续教育 校园卡 网络舆情 师德 学术规范 基建 维修 水电 绿化 "
    "劳动教育 "
)
_FORMS = _words("管理办法 办法 规定 管理规定 实施细则 细则 制度 管理制度 暂行办法 规则 章程 工作方案 指南 条例 守则")
_PLACES = _words("清源 文山 海东 云州 南屏 青川 临江 北岭 丰泽 永平 锦城 长宁 白河 东阳 石林 沙河 柳园 金川 望江 松原")
_SCHOOLS = _words("学院 大学 中学 小学 职业技术学院 师范学院 一中 实验小学 县教育局 市教育局")
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章苏潘葛范彭鲁韦马方任袁柳"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰建国志文思远子涵雨欣浩然天宇梦琪晓东海燕春梅立新"
_TITLE = re.compile(
    r"(?:^|概括|归纳|总结|梳理一下|介绍下?|概述|看看|说明|一下|老的|新|旧的?|去年的|根据|按照|依据|在|请)"
    r"(?P<name>[\u4e00-\u9fff]{1,8}?(?:管理办法|管理规定|办法|规定|制度|章程|细则|规则|方案))"
)
_SCHOOL = re.compile("清源学院|文山大学|海东中学|清源|文山|海东")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One turn; `leans` is None where nobody said whether it leaves something out."""

    text: str
    label: str
    leans: bool | None
    subject: str
    count: float


def examples(data: Path | None, rng: random.Random) -> list[Example]:
    """All turns, with their variants."""
    out = []
    for row in _lines(ROOT / "eval" / "turns" / "training.jsonl"):
        label = row["kind"] + (f".{row['about']}" if "about" in row else "")
        leans = bool(row.get("leans"))
        one = Example(text=row["text"], label=label, leans=leans, subject=row["subject"], count=COUNTS["turns"])
        out.append(one)
        made = {_renamed(row["text"], row.get("person", ""), rng) for _ in range(VARIANTS)} - {row["text"]}
        out += [replace(one, text=text, count=2 / len(made)) for text in sorted(made)]
    asked = []
    for name, field in (("policies", "policy"), ("regulations", "regulation")):
        asked += [(row["question"], row[field]) for row in _lines(ROOT / "eval" / "reader" / f"{name}.jsonl")]
    for question, subject in asked:
        out.append(_content(question, f"reader:{subject}", "reader", None))
        if rng.random() < 0.35:
            out.append(_content(_placed(question, rng), f"reader:{subject}", "reader", False))
    if data:
        asked_law = rng.sample([q.text for q in read(data / "stard", 0, 0.2).train], 900)
        out += [_content(question, f"stard:{i % 40}", "stard", None) for i, question in enumerate(asked_law)]
        for i, (question, source) in enumerate(_general(data, rng)):
            out.append(
                Example(text=question, label="other", leans=None, subject=f"{source}:{i % 40}", count=COUNTS[source])
            )
    return out


def _content(text: str, subject: str, source: str, leans: bool | None) -> Example:
    return Example(text=text, label="content", leans=leans, subject=subject, count=COUNTS[source])


def _general(data: Path, rng: random.Random) -> Iterator[tuple[str, str]]:
    from opencc import OpenCC

    simplified = OpenCC("t2s").convert
    cmrc = json.loads((data / "cmrc2018" / "cmrc2018_trial.json").read_text("utf-8"))
    found = [qa["question"] for part in cmrc["data"] for p in part["paragraphs"] for qa in p["qas"]]
    yield from ((q, "cmrc") for q in rng.sample(found, 600))
    drcd = json.loads((data / "drcd" / "DRCD_dev.json").read_text("utf-8"))
    found = [qa["question"] for part in drcd["data"] for p in part["paragraphs"] for qa in p["qas"]]
    yield from ((simplified(q), "drcd") for q in rng.sample(found, 600))


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _renamed(text: str, person: str, rng: random.Random) -> str:
    """The turn with another title, school and person where it has any."""
    if person:
        text = text.replace(person, rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN, rng.choice((1, 2)))))
    if match := _TITLE.search(text):
        text = text[: match.start("name")] + _title(rng) + text[match.end("name") :]
    return _SCHOOL.sub(lambda _: rng.choice(_PLACES) + rng.choice(_SCHOOLS), text)


def _title(rng: random.Random) -> str:
    title = rng.choice(("", rng.choice(_PLACES) + rng.choice(_SCHOOLS))) + rng.choice(_TOPICS) + rng.choice(_FORMS)
    return f"《{title}》" if rng.random() < 0.2 else title


def _placed(question: str, rng: random.Random) -> str:
    """A question of policy that names its document or school, or has a word of courtesy before it."""
    before = [
        _title(rng) + rng.choice(("里", "中，", "规定的", "对", "，", "规定")),
        rng.choice(_PLACES) + rng.choice(_SCHOOLS) + rng.choice(("", "的", "，", "里")),
        rng.choice(("请问", "你好，", "您好，请问", "想问一下", "麻烦问下，", "老师，", "打听一下，")),
    ]
    return rng.choice(before) + question


States = Sequence[npt.NDArray[np.float16]]


class Network(nn.Module):
    """Token states (b, n, d) with a mask (b, n) -> logits of the labels and of leaning (b, labels + 1)."""

    def __init__(self, dim: int, labels: int) -> None:
        super().__init__()
        self.layer = nn.Linear(dim, HIDDEN)
        self.heads = nn.Linear(HIDDEN, HEADS, bias=False)
        self.out = nn.Linear(HIDDEN * (HEADS + 1), labels + 1)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """As `Kinds.judge` computes it, for a batch."""
        hidden = self.drop(torch.relu(self.layer(self.drop(states))))
        share = torch.softmax(self.heads(hidden).masked_fill(~mask[..., None], -1e4), dim=1)
        pooled = torch.einsum("bnk,bnh->bkh", share, hidden).flatten(1)
        mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        logits: torch.Tensor = self.out(self.drop(torch.cat([pooled, mean], dim=1)))
        return logits


Trained = tuple[Network, npt.NDArray[np.float32], npt.NDArray[np.float32]]


def train(
    rows: Sequence[int], found: Sequence[Example], states: States, labels: list[str], seed: int = SEED
) -> Trained:
    """(network, mean (d,), deviation (d,) of the states) after all epochs over the examples `rows`."""
    torch.manual_seed(seed)
    order = np.random.default_rng(SEED)
    sample = np.concatenate([states[i] for i in order.permutation(rows)[:4000]]).astype(np.float32)
    mean, deviation = sample.mean(0), sample.std(0)
    order = np.random.default_rng(seed)
    scaled = {i: torch.from_numpy((states[i].astype(np.float32) - mean) / deviation) for i in rows}
    network = Network(len(mean), len(labels))
    steps = EPOCHS * (len(rows) // BATCH + 1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1)
    at = {label: i for i, label in enumerate(labels)}
    network.train()
    for epoch in range(EPOCHS):
        print(f"epoch {epoch + 1} of {EPOCHS}", file=sys.stderr, flush=True)
        # Batches of like length, in random order.
        by_length = sorted(order.permutation(rows), key=lambda i: len(states[i]))
        batches = [by_length[i : i + BATCH] for i in range(0, len(by_length), BATCH)]
        for b in order.permutation(len(batches)):
            batch = batches[b]
            logits = network(*_padded([scaled[i] for i in batch]))
            y = torch.tensor([at[found[i].label] for i in batch])
            count = torch.tensor([found[i].count for i in batch])
            loss = (
                nn.functional.cross_entropy(logits[:, :-1], y, reduction="none", label_smoothing=0.03) * count
            ).sum() / BATCH
            known = torch.tensor([found[i].leans is not None for i in batch])
            leans = torch.tensor([float(bool(found[i].leans)) for i in batch])
            lean = nn.functional.binary_cross_entropy_with_logits(logits[:, -1], leans, reduction="none")
            loss = loss + 0.5 * (lean * known * count).sum() / BATCH
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
    return network, mean, deviation


def _padded(states: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    x = nn.utils.rnn.pad_sequence(list(states), batch_first=True)
    sizes = torch.tensor([len(each) for each in states])
    return x, torch.arange(x.shape[1])[None, :] < sizes[:, None]


def predict(trained: Trained, rows: Sequence[int], states: States) -> npt.NDArray[np.float32]:
    """Logits (len(rows), labels + 1)."""
    (network, mean, deviation), out = trained, []
    with torch.no_grad():
        for i in range(0, len(rows), 256):
            scaled = [torch.from_numpy((states[r].astype(np.float32) - mean) / deviation) for r in rows[i : i + 256]]
            out.append(network(*_padded(scaled)).numpy())
    return np.concatenate(out)


def measure(found: Sequence[Example], states: States, labels: list[str], folds: int) -> None:
    """Print how each kind is told with its subject left out; general turns are dealt out by their words."""
    general = {
        "general",
        "talk",
        "mash",
        "school",
        "titled",
        "chapter",
        "where",
        "define",
        "can",
        "count",
        "time",
        "campus",
    }
    fold = np.array([hash_of(e.text if e.subject in general else e.subject) % folds for e in found])
    logits = np.zeros((len(found), len(labels) + 1), np.float32)
    for k in range(folds):
        print(f"fold {k + 1} of {folds}", file=sys.stderr, flush=True)
        held = np.flatnonzero(fold == k).tolist()
        logits[held] = predict(train(np.flatnonzero(fold != k).tolist(), found, states, labels), held, states)
    share = np.exp(logits[:, :-1] - logits[:, :-1].max(1, keepdims=True))
    share /= share.sum(1, keepdims=True)
    kinds, said = np.array([e.label for e in found]), np.array(labels)[share.argmax(1)]
    own = np.array([e.count == 1.0 for e in found])
    first = np.char.partition(said, ".")[:, 0]
    for label in labels:
        here = own & (kinds == label)
        same = (first[here] == label.partition(".")[0]).mean()
        print(f"{label:16} {here.sum():5d}: right {(said[here] == label).mean():.3f}, kind right {same:.3f}")
    talk, other = np.char.startswith(kinds, "talk"), kinds == "other"
    off = share[:, [i for i, label in enumerate(labels) if label.startswith(("talk", "other"))]].sum(1)
    for limit in (0.5, 0.7, 0.8, 0.9, 0.95):
        parts = {"policy": ~talk & ~other, "own policy": own & ~talk & ~other, "talk": own & talk, "other": own & other}
        figures = (f"{name} {(off[part] > limit).mean():.4f} of {part.sum()}" for name, part in parts.items())
        print(f"talk or other > {limit}: {', '.join(figures)}")
    known = np.array([e.leans is not None for e in found]) & own
    leans = np.array([bool(e.leans) for e in found])
    lean = 1 / (1 + np.exp(-logits[:, -1]))
    for limit in (0.15, 0.3, 0.5, 0.7):
        do, not_ = (lean[known & leans] > limit).mean(), (lean[known & ~leans] > limit).mean()
        print(f"leans > {limit}: {do:.3f} of those that do, {not_:.3f} of those that don't")


def hash_of(text: str) -> int:
    """A number that is the same on every run."""
    return zlib.crc32(text.encode())


def states_of(texts: Sequence[str]) -> list[npt.NDArray[np.float16]]:
    """The token states of turns as `Kinds` reads them, at half precision."""
    encoder = open_encoder(DEFAULT_MODEL).states
    assert encoder is not None
    out: list[TokenStates] = encoder.encode_many([prepared(t) for t in texts], query=True)
    return [s.states.astype(np.float16) for s in out]


def main() -> None:
    """Measure or write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder with stard, cmrc2018 and drcd")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)  # the batches are small
    found = examples(arguments.data, random.Random(SEED))  # noqa: S311 - nothing secret
    found = [e for e in found if prepared(e.text)]
    states = states_of([e.text for e in found])
    kept = [i for i, s in enumerate(states) if len(s)]
    found, states = [found[i] for i in kept], [states[i] for i in kept]
    labels = sorted({e.label for e in found})
    print(f"{len(found)} examples, labels: {' '.join(labels)}")
    if arguments.folds:
        measure(found, states, labels, arguments.folds)
    if arguments.write:
        trained = [train(range(len(found)), found, states, labels, SEED + number) for number in range(NETWORKS)]
        (first, mean, deviation), networks = trained[0], [network for network, *_ in trained]
        arrays = {
            name: np.stack([network.get_parameter(name).detach().numpy() for network in networks])
            for name, _ in first.named_parameters()
        }
        file = io.BytesIO()
        np.savez(
            file,
            labels=np.array(labels),
            **{
                name: value.astype(np.float16)
                for name, value in {**arrays, "mean": mean, "deviation": deviation}.items()
            },
        )
        (RESOURCES / WEIGHTS).write_bytes(file.getvalue())
        print(f"written: {RESOURCES / WEIGHTS}, {write_hashes()}")


if __name__ == "__main__":
    main()
