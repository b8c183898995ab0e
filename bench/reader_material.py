"""What the reader is trained on: questions, each with texts that answer it and texts that do not.

    python bench/reader_material.py --data DIR --out FILE.json.xz [--seed 1]

Four sources of other people (not in the repository: `--data DIR` names the folder) and two of our own (`eval/`):

    stard       laypeople's questions over statutes (MIT); the part for validation is that of bench/retrieval.py
    drcd, cmrc  questions over Wikipedia (CC BY-SA), passages cut at sentences; DRCD made simplified with OpenCC
    laws        regulations, which eval/reader/regulations.jsonl asks
    policies    invented ones in eval/reader/policies, which eval/reader/policies.jsonl asks
    questions   eval/questions.jsonl and eval/training.jsonl over corpus/, the `fit` part

A question of our own has the `ref` that answers it, and `also` where further ones do; without one it is near but
silent: the text speaks of the matter and does not say the point.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from retrieval_data import law_of, read

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.documents.sources import read_bytes, read_document
from policy_qa.passages import clause_texts, pieces_of
from policy_qa.provisions import segment
from policy_qa.retrieval.reading import PIECE

ROOT = Path(__file__).resolve().parents[1]
STATEMENTS = ROOT / "eval" / "statements"
#: Characters of a text that a statement is read with.
STATED = 320
#: Subjects of eval/asked, neither trained on nor fitted on any more: the reader that ships has seen some.
MEASURED = frozenset(("canteen", "counsel", "foreign", "gym", "gym2", "intern", "kidbus", "visitor2"))
#: Not trained on: `fit_reading.py` fits the few numbers that weigh the reader on them.
HELD_POLICIES = (
    *("afterclass", "committee", "course", "elevator", "hiring", "housing", "noise", "textbook", "thesis", "tuition"),
    *("workstudy", "contract", "rotate", "eyes"),
)
HELD_REGULATIONS = (
    *("学校卫生工作条例", "工伤保险条例", "发票管理办法", "教师资格条例", "娱乐场所管理条例", "烈士褒扬条例"),
    *("易制毒化学品管理条例", "全国农业普查条例", "水库大坝安全管理条例", "未成年人网络保护条例", "排污许可管理条例"),
    *("武器装备研制设计师系统和行政指挥系统工作条例", "航标条例", "拘留所条例", "外商投资法实施条例"),
    "失业保险条例",
)
#: The same of statements: `statements.py` reads no figure off them, the verifier's threshold is chosen on them.
HELD_STATEMENTS = (
    *("hospital", "lib", "thesis", "volunteer", "医疗纠纷预防和处理条例", "城市生活无着的流浪乞讨人员救助管理办法"),
    *("消费税暂行条例", "外国人在中华人民共和国收养子女登记办法", "规章制定程序条例"),
    "对储蓄存款利息所得征收个人所得税的实施办法",
)
#: Hard wrong texts a question, by the words that they share with it, and others of the same text.
_NEAR, _REST = 12, 24
#: Texts of other documents, and clauses, that nobody has labelled.
_FAR = 6
#: Of a question's right, wrong and unlabelled texts, so many are scored by a teacher.
SCORED = (3, 10, 8)
_SENTENCE = re.compile(r"(?<=[。；！？\n])")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A question, the texts that answer it (none: nothing here does) and those that don't, the hardest first; of
    `other` texts, near ones of other documents and single clauses, nobody has said which they are."""

    question: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]
    source: str
    held: bool = False
    other: tuple[str, ...] = ()


@dataclass(slots=True)
class Near:
    """BM25 over pairs of characters."""

    texts: Sequence[str]
    _posts: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    _sizes: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for row, text in enumerate(self.texts):
            counts = Counter(_pairs(text))
            self._sizes.append(sum(counts.values()) or 1)
            for pair, count in counts.items():
                self._posts[pair].append((row, count))

    def best(self, question: str, count: int, skip: frozenset[int] = frozenset()) -> list[int]:
        """The rows that share most with the question, best first, without those of `skip`."""
        scores: dict[int, float] = defaultdict(float)
        mean = float(np.mean(self._sizes))
        for pair in dict.fromkeys(_pairs(question)):
            posts = self._posts.get(pair, [])
            weight = np.log(1 + (len(self.texts) - len(posts) + 0.5) / (len(posts) + 0.5))
            for row, n in posts:
                scores[row] += float(weight) * n * 2.5 / (n + 1.5 * (0.25 + 0.75 * self._sizes[row] / mean))
        return [row for row in sorted(scores, key=lambda row: -scores[row]) if row not in skip][:count]


def _pairs(text: str) -> list[str]:
    kept = re.sub(r"\W+", "", text.lower())
    return [kept[i : i + 2] for i in range(len(kept) - 1)]


def statutes(data: Path) -> Iterator[Group]:
    """STARD, with the articles that come next by words and by number as wrong ones."""
    found = read(data / "stard", 0, 0.2)
    near = Near([name + text for name, text in zip(found.names, found.texts, strict=True)])

    def texts(row: int) -> list[str]:
        law = law_of(found.names[row])
        return [f"《{law}》\n{found.names[row][len(law) :]} {piece}" for piece in _cut(found.texts[row], PIECE)]

    for questions, held in ((found.train, False), (found.validation, True)):
        for q in questions:
            beside = [
                j
                for g in sorted(q.gold)
                for j in range(max(0, g - 3), min(len(found.names), g + 4))
                if found.laws[j] == found.laws[g] and j not in q.gold
            ]
            rows = [*near.best(q.text, 24, q.gold), *beside]
            right = [text for g in sorted(q.gold) for text in texts(g)]
            yield _group(q.text, right, [text for row in rows for text in texts(row)], "stard", held=held)


def passages(data: Path, seed: int) -> Iterator[Group]:
    """DRCD and CMRC: the piece that holds the answer, against the other pieces of its passage."""
    from opencc import OpenCC

    simplified = OpenCC("t2s").convert
    rng = random.Random(seed)  # noqa: S311 - which titles are shown, not a secret
    for name, source, convert in (
        ("drcd/DRCD_dev.json", "drcd", simplified),
        ("drcd/DRCD_test.json", "drcd", simplified),
        ("cmrc2018/cmrc2018_trial.json", "cmrc", str),
    ):
        whole = json.loads((data / name).read_text("utf-8"))
        for article in whole.get("data", whole):
            title = convert(article.get("title") or "")
            for paragraph in article["paragraphs"]:
                pieces = _cut(convert(paragraph["context"]), 150)
                shown = [f"《{title}》\n{p}" if title and rng.random() < 0.5 else p for p in pieces]
                for qa in paragraph["qas"]:
                    answers = [convert(a["text"]) for a in qa["answers"]]
                    holding = [i for i, piece in enumerate(pieces) if any(a in piece for a in answers)]
                    if len(holding) == 1 and len(pieces) > 1:
                        wrong = [t for i, t in enumerate(shown) if i != holding[0]]
                        yield _group(convert(qa["question"]), [shown[holding[0]]], wrong, source)


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A text of eval/reader and what is asked of it; `source` is `policy` or `regulation`."""

    name: str
    source: str
    text: Segmentation
    asked: tuple[dict[str, Any], ...]
    held: bool


def subjects(data: Path) -> list[Subject]:
    """All that may be fitted on, regulations first."""
    questions: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for q in _lines(ROOT / "eval" / "reader" / "regulations.jsonl"):
        questions[q["regulation"]].append(q)
    regulations = _regulations(data, questions)
    for q in _lines(ROOT / "eval" / "reader" / "policies.jsonl"):
        questions[q["policy"]].append(q)
    folder = ROOT / "eval" / "reader" / "policies"
    policies = {path.stem: segment(read_document(path, root=folder)) for path in sorted(folder.glob("*.txt"))}
    return [
        Subject(
            name=name, source=source, text=texts[name], asked=tuple(questions[name]), held=name.split("(")[0] in held
        )
        for source, texts, held in (
            ("regulation", regulations, HELD_REGULATIONS),
            ("policy", policies, HELD_POLICIES),
        )
        for name in questions
        if name in texts and name not in MEASURED
    ]


def rules(data: Path, seed: int) -> Iterator[Group]:
    """Our own questions over regulations and over invented policies."""
    rng = random.Random(seed)  # noqa: S311
    all_ = subjects(data)
    pieces = {one.name: _pieces(one.text) for one in all_}
    near = {
        held: Near(
            [text for one in all_ if one.held is held for texts in pieces[one.name].values() for text in texts],
        )
        for held in (False, True)
    }
    for one in all_:
        own = {text for texts in pieces[one.name].values() for text in texts}
        for q in one.asked:
            far = [near[one.held].texts[i] for i in near[one.held].best(q["question"], _FAR + _NEAR)]
            beside = [text for text in far if text not in own][:_FAR]
            yield _asked(one.text, pieces[one.name], q, rng, (one.source, one.held), beside)


def _regulations(data: Path, wanted: Iterable[str]) -> dict[str, Segmentation]:
    found: dict[str, Segmentation] = {}
    with tarfile.open(data / "laws" / "laws.tar.xz") as tar:
        for member in tar:
            stem = Path(member.name).stem
            if stem in wanted and (file := tar.extractfile(member)):
                found[stem] = segment(read_bytes(file.read(), f"{stem}.md"))
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """A true statement about a text, the same made false or stripped of what binds it, and other texts."""

    text: str
    true: str
    false: tuple[str, ...]
    others: tuple[str, ...]
    held: bool = False


def statements(data: Path) -> Iterator[Stated]:
    """Those of eval/statements: the `fit` part, and those written for training alone."""
    own = [q for q in _lines(STATEMENTS / "statements.jsonl") if q["part"] == "fit"]
    written = _lines(STATEMENTS / "training.jsonl")
    texts = _regulations(data, {q.get("regulation", "") for q in written})
    for folder in (ROOT / "corpus", ROOT / "eval" / "gate" / "corpus", ROOT / "eval" / "reader" / "policies"):
        texts |= {path.stem: segment(read_document(path, root=folder)) for path in sorted(folder.iterdir())}
    read: dict[str, dict[str, list[str]]] = {}
    for q in (*own, *written):
        name, _, ref = (
            q["ref"].partition("#") if "#" in q["ref"] else (q.get("policy") or q["regulation"], "", q["ref"])
        )
        if name in MEASURED:
            continue
        if name not in read:
            read[name] = {a.path: pieces_of(texts[name], a, STATED) for a in texts[name].articles}
        pieces, said = read[name], set(_pairs(q["true"]))
        right = [text for path in sorted(_paths(ref, pieces)) for text in pieces[path]]
        wrong = [text for texts_ in pieces.values() for text in texts_ if text not in right]
        yield Stated(
            text=max(right, key=lambda text: len(said & set(_pairs(text)))),
            true=q["true"],
            false=tuple(q[key] for key in ("false", "stripped") if q.get(key)),
            others=tuple(wrong[i] for i in Near(wrong).best(q["true"], 3)),
            held=name.split("(")[0] in HELD_STATEMENTS,
        )


def own_corpus(seed: int) -> Iterator[Group]:
    """The `fit` questions over corpus/: the pieces with a fact that is asked for, against all else."""
    rng = random.Random(seed)  # noqa: S311
    pieces = {
        f"{path.stem}#{article.path}": pieces_of(found, article, PIECE)
        for path in sorted((ROOT / "corpus").glob("*.txt"))
        for found in [segment(read_document(path, root=ROOT / "corpus"))]
        for article in found.articles
    }
    flat = [(ref, text) for ref, texts in pieces.items() for text in texts]
    near = Near([text for _, text in flat])
    for name in ("training.jsonl", "questions.jsonl"):
        for q in _lines(ROOT / "eval" / name):
            if q["split"] != "fit" or q["category"] in ("lookup", "off_topic") or q.get("history"):
                continue
            good, known = ({_article(ref, pieces) for ref in q.get(key, ())} for key in ("refs", "also"))
            facts = [part for fact in q["facts"] for part in fact.split("|")]
            right = [text for ref in sorted(good) for text in pieces.get(ref, ())]
            exact = [text for text in right if any(fact in re.sub(r"\s", "", text) for fact in facts)]
            skip = frozenset(i for i, (ref, _) in enumerate(flat) if ref in good | known)
            wrong = [flat[i][1] for i in near.best(q["question"], _NEAR, skip)]
            wrong += rng.sample([text for i, (_, text) in enumerate(flat) if i not in skip], _REST)
            yield _group(q["question"], [] if q["refused"] else exact or right, wrong, "questions")


def _pieces(found: Segmentation) -> dict[str, list[str]]:
    return {a.path: pieces_of(found, a, PIECE) for a in found.articles if a.kind not in (Kind.PREAMBLE, Kind.CLOSING)}


def _asked(
    found: Segmentation,
    pieces: dict[str, list[str]],
    q: dict[str, Any],
    rng: random.Random,
    of: tuple[str, bool],
    beside: Sequence[str],
) -> Group:
    own = {path for ref in (q["ref"], *q.get("also", ())) for path in _paths(ref, pieces)}
    flat = [(path, text) for path, texts in pieces.items() for text in texts]
    skip = frozenset(i for i, (path, _) in enumerate(flat) if path in own)
    others = [text for i, (_, text) in enumerate(flat) if i not in skip]
    wrong = [flat[i][1] for i in Near([text for _, text in flat]).best(q["question"], _NEAR, skip)]
    wrong += rng.sample(others, min(_REST, len(others)))
    right = [text for path in sorted(own) for text in pieces[path]]
    clauses = [
        text
        for article in found.articles
        if article.path in own
        for text in clause_texts(found, clauses_of(found, article), article)
    ]
    other = [*beside, *rng.sample(clauses, min(_FAR, len(clauses)))]
    return _group(q["question"], right, wrong, of[0], held=of[1], other=other)


def _paths(ref: str, known: Iterable[str]) -> set[str]:
    """The articles that a ref names, or that the nearest above it does."""
    own: set[str] = set()
    while ref and not own:
        own = {path for path in known if path == ref or path.startswith(f"{ref}.")}
        ref = ref.rpartition(".")[0]
    return own


def _article(ref: str, known: dict[str, list[str]]) -> str:
    while ref not in known and "." in ref:
        ref = ref.rpartition(".")[0]
    return ref


def _group(
    question: str,
    right: Sequence[str],
    wrong: Sequence[str],
    source: str,
    *,
    held: bool = False,
    other: Sequence[str] = (),
) -> Group:
    kept = tuple(dict.fromkeys(right))
    return Group(
        question=question,
        right=kept,
        wrong=tuple(text for text in dict.fromkeys(wrong) if text not in kept),
        source=source,
        held=held,
        other=tuple(text for text in dict.fromkeys(other) if text not in kept and text not in wrong),
    )


def _cut(text: str, size: int) -> list[str]:
    """Sentences joined to about `size` characters."""
    out: list[str] = []
    for sentence in filter(str.strip, _SENTENCE.split(text)):
        if out and len(out[-1]) + len(sentence) <= size:
            out[-1] += sentence
        else:
            out.append(sentence)
    return out


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def groups(data: Path, seed: int) -> list[Group]:
    """All of it."""
    return [*statutes(data), *passages(data, seed), *rules(data, seed), *own_corpus(seed)]


def texts_of(group: Group) -> list[str]:
    """The texts of a question that a teacher scores, and that figures are read off."""
    parts = zip((group.right, group.wrong, group.other), SCORED, strict=True)
    return [text for some, most in parts for text in some[:most]]


def pair_key(question: str, text: str) -> int:
    """By what a teacher's score of a pair is found again: 40 bits."""
    return int.from_bytes(hashlib.blake2b(f"{question}\n{text}".encode(), digest_size=5).digest(), "big")


def figures(material: Sequence[Group], scores: Sequence[np.ndarray]) -> Iterator[str]:
    """Of each source: is the best text a right one, and does the best one's score tell whether there is an answer."""
    for source in dict.fromkeys(group.source for group in material):
        found = [
            (g, s[: len(g.right[: SCORED[0]]) + len(g.wrong[: SCORED[1]])])
            for g, s in zip(material, scores, strict=True)
            if g.source == source
        ]
        first = [float(np.argmax(s) < len(g.right)) for g, s in found if g.right]
        best = {told: np.array([s.max() for g, s in found if bool(g.right) is told]) for told in (True, False)}
        yield f"{source}: {len(found)} questions, first right {np.mean(first):.3f}" + (
            f", area {np.mean(best[True][:, None] > best[False][None]):.3f}" if len(best[False]) else ""
        )


def written(path: Path) -> tuple[list[Group], list[Stated]]:
    """What `main` wrote: training then needs neither the texts nor what reads them."""
    whole = json.loads(lzma.decompress(path.read_bytes()))
    texts = whole["texts"]

    def back(one: dict[str, Any]) -> dict[str, Any]:
        return {k: tuple(texts[i] for i in v) if isinstance(v, list) else v for k, v in one.items()}

    return [Group(**back(one)) for one in whole["groups"]], [Stated(**back(one)) for one in whole["statements"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    numbers: dict[str, int] = {}

    def flat(one: Group | Stated) -> dict[str, Any]:
        return {
            name: [numbers.setdefault(text, len(numbers)) for text in value] if isinstance(value, tuple) else value
            for name, value in asdict(one).items()
        }

    found = groups(arguments.data, arguments.seed)
    whole = {"groups": [*map(flat, found)], "statements": [*map(flat, statements(arguments.data))]}
    packed = json.dumps({"texts": list(numbers), **whole}, ensure_ascii=False).encode()
    arguments.out.write_bytes(lzma.compress(packed, preset=2))
    print(Counter((group.source, group.held, bool(group.right)) for group in found), len(numbers), "texts")


if __name__ == "__main__":
    main()
