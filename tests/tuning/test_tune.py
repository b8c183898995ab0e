"""What is kept and what is not: a trainer of one method stands in for the real one; and the real one, once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from policy_qa.cli.main import main
from policy_qa.cli.tune import advice, readable
from policy_qa.errors import ModelError, UsageError
from policy_qa.index.store import load
from policy_qa.models import Progress, Vectors, open_encoder
from policy_qa.models.remembered import read
from policy_qa.models.transformer import TransformerEncoder
from policy_qa.settings import Settings
from policy_qa.tuning.collection import Asked, Collection, Pair, parts
from policy_qa.tuning.trainer import ContrastiveTrainer, Course, Ended, Example, Plan, StepProgress
from policy_qa.tuning.tune import CARD, Change, TuneReport, adapt, folder_of
from samples import CORPUS, ROOT

SIZE = 40
ARTICLES = [f"第{n}条 关于事项{n}的规定" for n in range(SIZE)]
PAIRS = [Pair(question=f"问{n}", texts=(article,)) for n, article in enumerate(ARTICLES)]
COLLECTION = Collection(passages=tuple(ARTICLES), articles=np.arange(SIZE, dtype=np.int32))
ASKED = [
    Asked(question=p.question, positives=(n,), gold=frozenset([n]), allowed=frozenset([n])) for n, p in enumerate(PAIRS)
]


class Known:
    """An encoder that knows which article answers a question, for a share of the questions; no text model."""

    name, fingerprint, dim, max_tokens, states, remembered = "known", "0", SIZE, 512, None, None

    def __init__(self, share: float) -> None:
        self._share = share

    def query(self, text: str) -> Vectors:
        number = int(text.removeprefix("问"))
        wrong = (number * 7919) % 100 >= self._share * 100
        return self._row((number + wrong) % SIZE)

    def passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if progress:
            progress(len(texts))
        return np.stack([self._row(ARTICLES.index(text)) for text in texts])

    def count_tokens(self, text: str) -> int:
        return len(text)

    def _row(self, number: int) -> Vectors:
        return np.eye(SIZE, dtype=np.float32)[number]


@dataclass
class FakeTrainer:
    """Writes a folder and gives an encoder that is right for a share of the questions."""

    share: float
    seen: list[Example] = field(default_factory=list)
    watched: list[Example] = field(default_factory=list)
    fails: bool = False

    def train(
        self,
        examples: Sequence[Example],
        watched: Sequence[Example],
        plan: Plan,
        target: Path,
        progress: StepProgress,
    ) -> tuple[Any, Course]:
        self.seen, self.watched = list(examples), list(watched)
        (target / "model.safetensors").write_bytes(b"half" if self.fails else b"all")
        if self.fails:
            raise OSError(28, "No space left on device")
        progress(1, 1, 0.5)
        course = Course(steps=1, loss_before=1.0, loss_best=0.5, ended=Ended.EPOCHS, seconds=0.1)
        return Known(self.share), course


def adapted(home: Path, trainer: FakeTrainer, before: float = 0.5, name: str = "neu") -> TuneReport:
    settings = Settings(home=home, corpus=CORPUS)
    return adapt(settings, Known(before), COLLECTION, ASKED, name, Plan(), trainer=trainer)


def test_a_better_model_is_kept_with_its_card(tmp_path: Path) -> None:
    report = adapted(tmp_path, FakeTrainer(share=1.0))
    assert report.kept
    assert report.folder == tmp_path / "models" / "neu"
    assert report.changes["mrr@10"].after == 1
    assert (report.folder / "model.safetensors").read_bytes() == b"all"
    card = json.loads((report.folder / CARD).read_text("utf-8"))
    assert (card["base_model"], card["base_fingerprint"]) == ("known", "0")
    assert card["questions"] == {"trained": 29, "watched": 3, "held_out": 8}
    assert card["figures"]["mrr@10"]["after"] == 1
    assert card["figures"]["mrr@10"]["difference"] == pytest.approx(1 - report.changes["mrr@10"].before)
    assert card["training"]["ended"] == Ended.EPOCHS.value


def test_a_kept_model_remembers_every_pair_of_the_index(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, corpus=CORPUS)
    named = replace(COLLECTION, refs=tuple(f"x#{n}" for n in range(SIZE - 1)))  # the last is a text of its own
    report = adapt(settings, Known(0.5), named, ASKED, "neu", Plan(), trainer=FakeTrainer(share=1.0))
    assert report.folder is not None
    known = read(report.folder)
    assert known is not None
    assert known.questions == tuple(p.question for p in PAIRS)
    assert known.refs == (*((f"x#{n}",) for n in range(SIZE - 1)), ())
    assert known.vectors[3].argmax() == 3


@pytest.mark.parametrize("share", [0.5, 0.1])
def test_what_is_not_better_is_not_kept(tmp_path: Path, share: float) -> None:
    report = adapted(tmp_path, FakeTrainer(share=share))
    assert not report.kept
    assert report.folder is None
    assert list((tmp_path / "models").iterdir()) == []


def test_an_older_model_stands_until_a_better_one_does(tmp_path: Path) -> None:
    adapted(tmp_path, FakeTrainer(share=0.5), before=0.0)
    folder = tmp_path / "models" / "neu"
    old = (folder / CARD).read_bytes()
    adapted(tmp_path, FakeTrainer(share=0.1))
    with pytest.raises(ModelError, match="No space left"):
        adapted(tmp_path, FakeTrainer(share=1.0, fails=True))
    assert (folder / CARD).read_bytes() == old
    adapted(tmp_path, FakeTrainer(share=1.0))
    assert json.loads((folder / CARD).read_text("utf-8"))["figures"]["mrr@10"]["after"] == 1
    assert [p.name for p in folder.parent.iterdir()] == ["neu"]


def test_what_is_held_out_is_never_trained_on(tmp_path: Path) -> None:
    trainer = FakeTrainer(share=1.0)
    adapted(tmp_path, trainer)
    trained, watched, _ = parts([p.question for p in PAIRS], 0)
    assert {e.question for e in trainer.seen} == {PAIRS[i].question for i in trained}
    assert {e.question for e in trainer.watched} == {PAIRS[i].question for i in watched}
    for e in [*trainer.seen, *trainer.watched]:
        assert e.positive == ARTICLES[int(e.question.removeprefix("问"))]
        assert e.negative in ARTICLES
        assert e.negative != e.positive


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x.", "a b", "a" * 65])
def test_a_name_that_is_no_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="expected letters, digits"):
        folder_of(tmp_path, name)


def test_no_folder_that_is_something_else_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "models" / "neu").mkdir(parents=True)
    with pytest.raises(UsageError, match="neither"):
        adapted(tmp_path, FakeTrainer(share=1.0))


@pytest.fixture
def home(built: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own with the index of the four policies."""
    shutil.copytree(built.index_dir, tmp_path / "index")
    monkeypatch.setenv("POLICY_QA_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    """24 questions about the four policies."""
    lines = [json.loads(line) for line in (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()]
    fit = [x for x in lines if x["split"] == "fit" and x.get("refs") and not x.get("history")][:24]
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in fit), "utf-8")
    return path


class SameModel:
    """A trainer that changes nothing: the vectors of the index, as they were."""

    def __init__(self, model: str, models_dir: Path) -> None:
        self._encoder = open_encoder(model)
        index = load(models_dir.parent / "index")
        texts = [p.embed_text for p in index.passages]
        self._encoder.passages = lambda asked, progress=None: index.vectors.matrix()[[texts.index(t) for t in asked]]  # type: ignore[method-assign]

    def train(
        self, examples: Sequence[Example], watched: Sequence[Example], plan: Plan, target: Path, progress: StepProgress
    ) -> tuple[Any, Course]:
        course = Course(steps=1, loss_before=1.0, loss_best=1.0, ended=Ended.TIME, seconds=60.0)
        return self._encoder, course


def test_the_command_says_that_nothing_got_better(
    home: Path, pairs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("policy_qa.tuning.tune.ContrastiveTrainer", SameModel)
    assert main(["tune", str(pairs)]) == 1
    out = capsys.readouterr().out
    assert "训练 18，监视 2，留出 4" in out
    assert "未保留" in out
    assert not list((home / "models").glob("e5-tuned*"))
    assert main(["tune", str(pairs), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["kept"], report["folder"]) == (False, None)
    assert report["figures"]["mrr@10"]["difference"] == 0


@pytest.mark.parametrize(("lang", "said"), [("zh", "已保留："), ("en", "kept: ")])
@pytest.mark.parametrize("low", [-0.1, 0.1])
def test_what_the_command_says_of_a_model_that_is_kept(tmp_path: Path, lang: str, said: str, low: float) -> None:
    folder = tmp_path / "一 个"
    report = TuneReport(
        folder=folder,
        questions={"trained": 10, "watched": 1, "held_out": 2},
        course=Course(steps=7, loss_before=1.25, loss_best=0.5, ended=Ended.PLATEAU, seconds=90.0),
        changes={"mrr@10": Change(before=0.5, after=0.75, low=low, high=0.4, n=2)},
    )
    lines = list(readable(report, lang))
    assert "1.250 -> 0.500" in lines[1]
    assert "1.5 " in lines[1]
    assert lines[3].split()[:4] == ["mrr@10", "0.500", "0.750", "+0.250"]
    assert lines[4] == f"{said}{folder}"
    notes = list(advice(report, lang, used=False))
    assert f"POLICY_QA_MODEL='{folder}' policy-qa build" in notes[-2]
    assert "late interaction" in notes[-1]
    assert len(notes) == (3 if low <= 0 else 2)
    assert "policy-qa build" not in list(advice(report, lang, used=True))[-2]


@pytest.mark.parametrize("wrong", [["--epochs", "0"], ["--minutes", "-1"], ["--seed", "-1"], ["--name", "../x"]])
def test_wrong_use_ends_in_one_line(
    home: Path, pairs: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tune", str(pairs), *wrong]) == 2
    err = [line for line in capsys.readouterr().err.splitlines() if line.startswith("policy-qa:")]
    assert len(err) == 1
    assert "expected" in err[0]


@pytest.mark.slow
def test_the_real_trainer(tmp_path: Path, corpus: Path) -> None:
    """Two steps; what is written must load as any other model does, and be another model than before."""
    settings = Settings(home=tmp_path, corpus=corpus)
    examples = [
        Example(question=f"第{n}项由谁负责？", positive=f"第{n}项由主任{n}负责。", negative=f"第{n}项经费另行通知。")
        for n in range(18)
    ]
    plan = Plan(epochs=1, batch=8, tokens=48, learning_rate=3e-4)
    steps: list[int] = []
    target = tmp_path / "models" / "school"
    target.mkdir(parents=True)
    trainer = ContrastiveTrainer(settings.model, settings.models_dir)
    _, course = trainer.train(examples[:16], examples[16:], plan, target, lambda done, total, loss: steps.append(done))
    assert steps == [0, 1, 2]
    assert course.steps == 2
    assert course.loss_best < course.loss_before
    assert {p.suffix for p in target.rglob("*") if p.is_file()} == {".json", ".safetensors"}
    before, after = open_encoder(settings.model), open_encoder(str(target))
    assert isinstance(after, TransformerEncoder)
    assert after.query_text("谁？") == "query: 谁？"
    assert after.max_tokens == 512
    assert after.fingerprint != before.fingerprint
    vectors = after.passages([e.positive for e in examples])
    old = before.passages([e.positive for e in examples])
    assert 0.5 < float((vectors * old).sum(axis=1).min()) < 0.9999
