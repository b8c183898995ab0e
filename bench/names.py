"""Measure whether names lead to the right documents, and whether questions without any name are left alone.

    python bench/names.py --data DIR [--seed 0] [--json FILE]

DIR holds `laws/laws.tar.xz` (1,124 national regulations in Markdown, packed from https://github.com/LawRefBook/Laws;
the text of statutes has no copyright) and `stard/queries.jsonl` (STARD, MIT: questions of laypeople). 200 regulations
stand beside the policies of 100 invented schools and bureaus; 600 questions name them whole, short, by title, by
number, two at a time, and name what is not on file. 500 of STARD's questions, which name nothing, are asked of the same
collection and of the project's own corpus. No embedding takes part. Exit 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from lookup import read

from policy_qa.documents.extracted import describe
from policy_qa.documents.sources import read_document
from policy_qa.naming.scope import Scope, ScopeFinder
from policy_qa.words import place_names

TITLES, QUESTIONS, NATURAL = 200, 600, 500
TARGET = 0.99
_FIRST, _SECOND = "临清岚栖澄沅浔芷溧邕琼骊苍泾汶沭涿皋", "川岭洲溪浦泽屏阳原陂峦汀湾渚岫"
_SORTS = (
    "学院",
    "大学",
    "职业技术学院",
    "师范学院",
    "市第一中学",
    "县实验小学",
    "县教育局",
    "市教育体育局",
    "理工大学",
    "中学",
)
_SCHOOLS_RULES = (
    "学生公寓管理办法 差旅费管理办法 固定资产管理规定 学生违纪处分规定 科研经费管理办法 印章使用管理规定 "
    "实验室安全管理规定 教师岗位聘任实施方案 网络安全管理制度 国家奖学金评审办法 公务接待管理办法 "
    "采购管理实施细则 考勤与请假制度 图书借阅规则 数据安全管理办法（试行） 学术委员会章程 外聘教师管理办法 "
    "校园一卡通使用规定"
)
_MATTERS = _SCHOOLS_RULES.split()
_TAILS = ("第三条", "第3条是什么", "怎么规定的？", "由谁负责解释？", "什么时候开始施行", "有哪些要求？")
_ASKED = ("的请假怎么批？", "谁负责考核？", "对经费有什么规定", "的会议多久开一次？", "，违反了怎么处理？")
_STATE = "中华人民共和国"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question with the documents that it names; `absent` is the name in it that is not on file."""

    kind: str
    question: str
    doc_ids: tuple[str, ...]
    absent: str = ""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one question."""

    kind: str
    question: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    unknown: tuple[str, ...]
    right: bool
    milliseconds: float


@dataclass(frozen=True, kw_only=True)
class Body:
    """An invented institution: its short form, and doc_id -> title without its name, number."""

    name: str
    short: str
    policies: dict[str, tuple[str, str]]


def regulations(archive: Path, draw: random.Random) -> dict[str, tuple[str, str]]:
    """doc_id -> (title, text) of 200 regulations whose titles differ."""
    by_title: dict[str, tuple[str, str]] = {}
    for name, text in sorted(read(archive).items()):
        title = next((line.lstrip("# ").strip() for line in text.split("\n") if line.strip()), "")
        if 6 <= len(title) <= 40 and re.search(r"(?:条例|办法|规定|细则)$", title):
            by_title.setdefault(title.replace(_STATE, ""), (name, text[:4000]))
    chosen = draw.sample(sorted(by_title), TITLES)
    return {by_title[t][0]: (t, by_title[t][1]) for t in chosen}


def bodies(draw: random.Random) -> list[Body]:
    """100 institutions of names that nobody has, with two to six policies each, some of one title at several."""
    stems = draw.sample([a + b for a in _FIRST for b in _SECOND], 100)
    out = []
    for i, stem in enumerate(stems):
        name = stem + _SORTS[i % len(_SORTS)]
        matters = draw.sample(_MATTERS, draw.randint(2, 6))
        code = stem[0] + {"学": "院", "大": "大"}.get(name[len(stem)], "教") + "发"
        policies = {f"s{i}-{n}": (m, f"{code}〔{2015 + n}〕{i + 10 * n + 1}号") for n, m in enumerate(matters)}
        # A place is no name of its schools, save by their number.
        short = stem + "一中" if "第一" in name else name if "县实验" in name else stem
        out.append(Body(name=name, short=short, policies=policies))
    return out


def text_of(body: Body, matter: str, number: str) -> str:
    articles = "".join(f"第{n}条 {matter.partition('管理')[0]}按照{body.name}的安排办理{n}。\n" for n in "一二三四五")
    return f"{body.name}{matter}\n{number}\n{articles}{body.name}\n"


def questions(laws: dict[str, tuple[str, str]], schools: Sequence[Body], draw: random.Random) -> Iterator[Asked]:
    """600 questions, as many of each kind as the kinds allow."""
    holders: dict[str, list[str]] = defaultdict(list)
    for school in schools:
        for doc_id, (matter, _) in school.policies.items():
            holders[matter].append(doc_id)
    kinds = list(_makers(laws, schools, holders, draw).items())
    for i in range(QUESTIONS):
        kind, make = kinds[i % len(kinds)]
        question, doc_ids, absent = make()
        yield Asked(kind=kind, question=question, doc_ids=tuple(doc_ids), absent=absent)


Made = tuple[str, Sequence[str], str]


def _makers(
    laws: dict[str, tuple[str, str]], schools: Sequence[Body], holders: dict[str, list[str]], draw: random.Random
) -> dict[str, Callable[[], Made]]:
    tail, asked = lambda: draw.choice(_TAILS), lambda: draw.choice(_ASKED)

    def law() -> tuple[str, str]:
        doc_id = draw.choice(sorted(laws))
        return doc_id, laws[doc_id][0]

    def policy() -> tuple[Body, str, str, str]:
        school = draw.choice(schools)
        doc_id = draw.choice(sorted(school.policies))
        matter, number = school.policies[doc_id]
        return school, doc_id, re.sub("（.*）", "", matter), number

    def by_law(form: str) -> Made:
        doc_id, title = law()
        return form.format(title) + tail(), [doc_id], ""

    def by_policy(form: str, name: str = "name", shorten: Callable[[str], str] = str) -> Made:
        school, doc_id, matter, number = policy()
        return form.format(getattr(school, name), shorten(matter), number) + tail(), [doc_id], ""

    def by_school(name: str) -> Made:
        school = draw.choice(schools)
        return draw.choice(("", "请问", "那么")) + getattr(school, name) + asked(), list(school.policies), ""

    def two() -> Made:
        a, b = draw.sample(list(schools), 2)
        return f"{a.name}和{b.short}的会议各多久开一次？", [*a.policies, *b.policies], ""

    def title_alone() -> Made:
        _, _, matter, _ = policy()
        ids = next(ids for m, ids in holders.items() if m.startswith(matter))
        return matter + tail(), ids, ""

    def stranger(form: str) -> Made:
        taken = {s.name[:2] for s in schools}
        stem = next(s for s in (draw.choice(_FIRST) + draw.choice(_SECOND) for _ in range(999)) if s not in taken)
        name = stem + draw.choice(("学院", "大学", "中学", "县教育局"))
        return form.format(name, policy()[2]), [], name

    def lacking() -> Made:
        school = draw.choice(schools)
        own = {m for m, _ in school.policies.values()}
        matter = draw.choice([m for m in _MATTERS if m not in own and "（" not in m])
        return f"{school.name}{matter}第二条", [], matter

    def number(form: str) -> Made:
        _, doc_id, _, printed = policy()
        return form.format(re.sub("〔(.*)〕", form_of(form), printed)) + tail(), [doc_id], ""

    def form_of(form: str) -> str:
        return {"{}": "[\\1]", "根据{}，": "（\\1）", "{}文件": "〔\\1〕"}[form]

    def unheld_number() -> Made:
        _, _, _, printed = policy()
        strange = re.sub(r"\d+号", "997号", printed)
        return f"{strange}第三条", [], strange

    return {
        "law 《》": lambda: by_law("《{}》"),
        "law whole": lambda: by_law("{}"),
        "law with state": lambda: by_law("《" + _STATE + "{}》"),
        "school": lambda: by_school("name"),
        "school short": lambda: by_school("short"),
        "two schools": two,
        "school title": lambda: by_policy("{}{}"),
        "school 《title》": lambda: by_policy("{}的《{}》"),
        "《school title》": lambda: by_policy("请问《{}{}》"),
        "short + title": lambda: by_policy("{}{}", "short"),
        "short + shortened": lambda: by_policy("{}的{}", "short", lambda m: re.sub("管理|使用|实施", "", m)),
        "title alone": title_alone,
        "number": lambda: number(draw.choice(("{}", "根据{}，", "{}文件"))),
        "stranger": lambda: stranger("{}的差旅费怎么报销？"),
        "stranger number": lambda: stranger("{}第七条"),
        "stranger title": lambda: stranger("{}{}第三条"),
        "title it lacks": lacking,
        "number not held": unheld_number,
    }


def judge(asked: Asked, scope: Scope) -> bool:
    """Whether the documents are right; of what is not on file, whether that is said."""
    if not asked.absent:
        return set(scope.doc_ids) == set(asked.doc_ids) and not scope.unknown and not scope.foreign_titles
    said = "".join((*scope.unknown, *scope.foreign_titles)).replace(" ", "")
    plain = re.sub(r"[^\w]", "", asked.absent)
    return plain in re.sub(r"[^\w]", "", said) and (not scope.doc_ids or asked.kind == "title it lacks")


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure whether names lead to the right documents.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)  # noqa: S311
    laws, schools = regulations(arguments.data / "laws" / "laws.tar.xz", draw), bodies(draw)
    documents = [describe(text, doc_id=i, source=i, sha256="") for i, (_, text) in laws.items()]
    documents += [
        describe(text_of(s, m, n), doc_id=i, source=i, sha256="") for s in schools for i, (m, n) in s.policies.items()
    ]
    places = frozenset(place_names())
    start = time.perf_counter()
    finder = ScopeFinder(documents, places)
    print(f"{len(documents)} documents, names read in {time.perf_counter() - start:.1f} s")
    rows = []
    for asked in questions(laws, schools, draw):
        start = time.perf_counter()
        scope = finder.find(asked.question)
        spent = (time.perf_counter() - start) * 1e3
        rows.append(
            Row(
                kind=asked.kind,
                question=asked.question,
                expected=asked.doc_ids,
                found=scope.doc_ids,
                unknown=(*scope.unknown, *scope.foreign_titles),
                right=judge(asked, scope),
                milliseconds=spent,
            )
        )
    for kind in dict.fromkeys(r.kind for r in rows):
        own = [r for r in rows if r.kind == kind]
        print(f"{kind:20} {sum(r.right for r in own):4} of {len(own)}")
    for row in [r for r in rows if not r.right][:20]:
        print(f"  wrong: {row.kind}: {row.question} -> {row.found[:4]} {row.unknown}, expected {row.expected[:4]}")
    share = statistics.mean(r.right for r in rows)
    print(
        f"documents right: {share:.4f} of {len(rows)}; median {statistics.median(r.milliseconds for r in rows):.2f} ms"
    )
    lines = (arguments.data / "stard" / "queries.jsonl").read_text("utf-8").splitlines()
    natural = draw.sample([q for line in lines if "《" not in (q := json.loads(line)["question"])], NATURAL)
    own = [read_document(p) for p in sorted(Path("corpus").iterdir())]
    caught = 0
    for what, one in (("the same collection", finder), ("corpus/", ScopeFinder(own, places))):
        scopes = [(q, one.find(q)) for q in natural]
        held = [(q, s) for q, s in scopes if s.doc_ids or s.unknown or s.foreign_titles]
        caught += len(held)
        print(f"without a name, {what}: {len(held)} of {len(natural)} locked or refused because of a name")
        for question, scope in held[:20]:
            print(f"  {question} -> {scope.doc_ids[:3]} {scope.unknown} {scope.foreign_titles}")
    if arguments.json:
        arguments.json.write_text("".join(json.dumps(asdict(r), ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return 0 if share >= TARGET and not caught else 1


if __name__ == "__main__":
    sys.exit(main())
