"""Drafts as staff write them, made from policies by drawing, each with what is wrong in it and where.

A case is a draft with at most one fault. What is taken from a policy is a clause of 12 to 80 characters that stands
in it once and in no other; a fault that would leave the draft true is not made: a changed number that the provision
has as well, another article that says the same, an alteration that only changes how a number is written.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.numerals import to_han
from policy_qa.provisions.refs import place
from policy_qa.verify.values import ValueKind, values_of


class Fault(StrEnum):
    """What is wrong in a draft."""

    NONE = "right"
    NUMBER = "wrong number"
    ARTICLE = "wrong article"
    DOCUMENT = "wrong document"
    QUOTATION = "altered quotation"
    RULE = "invented rule"
    SUB = "条之一"
    PART = "款 and 项"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A draft. The fault stands at [start, end) and is to be reported as one of `kinds`, where `rights` is not empty
    with one of these refs as the right one; `correct` are the stretches in which nothing may be reported as wrong."""

    text: str
    fault: Fault
    start: int = 0
    end: int = 0
    kinds: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    correct: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Style:
    """Templates: `says` with a citation {c} and a statement {s}, `quotes` with {c} and the words {q}."""

    says: Sequence[str]
    quotes: Sequence[str]
    openings: Sequence[str]
    fillers: Sequence[str]
    invented: Sequence[str]


#: For development, and apart from that for the figures.
DEVELOPMENT = Style(
    says=(
        "根据{c}，{s}。",
        "{c}规定：{s}。",
        "{s}（见{c}）。",
        "按照{c}的规定，{s}。",
        "{c}明确，{s}。",
    ),
    quotes=("{c}规定：“{q}”。", "“{q}”（{c}）。", "{c}指出，“{q}”。"),
    openings=("关于有关工作的请示", "情况说明", "会议纪要（草稿）"),
    fillers=(
        "经研究，现将有关情况报告如下。",
        "办公室将于下周三前完成材料汇总。",
        "本次会议共有12人参加，历时2小时。",
        "请各部门认真学习，抓好落实。",
    ),
    invented=(
        "相关负责人须具有博士学位并在核心期刊发表论文五篇以上",
        "未完成培训的人员应当缴纳保证金二千元",
        "每月最后一个星期五为设备检修日，当天不得开展其他活动",
        "参加评选者可以免费使用体育馆三个月",
        "食堂须在每天早上六点三十分前开放供餐",
        "申请人应当提交经公证的无犯罪记录证明及两封推荐信",
    ),
)
REPORT = Style(
    says=(
        "依据{c}有关规定，{s}。",
        "{c}还规定，{s}。",
        "{s}，这是{c}的要求。",
        "{s}（依据：{c}）。",
        "对此，{c}已有明确规定，即{s}。",
        "我们注意到，{c}要求{s}。",
        "{s}。（{c}）",
        "遵照{c}的要求，{s}。",
        "{c}：{s}。",
    ),
    quotes=(
        "正如{c}所述，“{q}”。",
        "文件原文为“{q}”，见{c}。",
        "{c}写明「{q}」。",
        '{c}的表述是："{q}"。',
        "对照{c}“{q}”的规定，我处工作还有差距。",
        "{c}规定如下：\n“{q}”",
    ),
    openings=("征求意见稿起草说明", "督查通报", "致各学院的函", "自查报告"),
    fillers=(
        "现就近期工作进展作如下汇报。",
        "下一步，我处拟分三批组织座谈，预计11月底结束。",
        "此前已走访8个单位，收回问卷326份。",
        "特此说明，妥否，请批示。",
        "联系人：王老师，电话：0795-3201234。",
    ),
    invented=(
        "值班人员须每两小时填写一次巡查记录并上传照片",
        "获奖单位可以优先使用公务用车，每年不超过六次",
        "外聘专家的住宿标准为每晚不高于四百元",
        "各部门应当设立意见箱，并由保洁人员每日开启",
        "逾期未归还图书的，暂停其借阅权限九十天",
        "新入职人员必须参加为期十五天的封闭式军训",
        "会议纪要须用蓝色墨水手写并保存二十年",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """A clause that can be repeated: `provision` is the finest that holds it."""

    provision: Provision
    article: Provision
    words: str


@dataclass
class Maker:
    """Makes cases from policies."""

    segmentations: Mapping[str, Segmentation]
    style: Style
    rng: random.Random
    facts: dict[str, list[_Fact]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everything = "\n".join(fold(s.document.text) for s in self.segmentations.values())
        for doc_id, segmentation in self.segmentations.items():
            self.facts[doc_id] = [f for f in _facts(segmentation) if everything.count(fold(f.words)) == 1]
        self.sources = [d for d, facts in self.facts.items() if len(facts) >= 4]

    def cases(self, each: int) -> Iterator[Case]:
        """So many cases of each sort, as far as they can be made."""
        for fault in Fault:
            made = tries = 0
            while made < each and tries < 60 * each:
                tries += 1
                if case := self._case(fault):
                    made += 1
                    yield case

    def _case(self, fault: Fault) -> Case | None:
        doc_id = self.rng.choice(self.sources)
        facts = self.rng.sample(self.facts[doc_id], k=min(3, len(self.facts[doc_id])))
        # A draft names its document in full each time, or once, and then shortens or leaves out the name.
        naming = self.rng.choice(("full", "full", "defined", "back", "bare"))
        title = self._title(facts[0])
        lines: list[tuple[str, tuple[str, str, str] | None]] = [(self.rng.choice(self.style.openings), None)]
        lines.append((self.rng.choice(self.style.fillers), None))
        kind = re.search(r"(办法|规定|条例|制度|方案|通知|细则|规则|解释|意见)$", re.sub("（[^（）]*）$", "", title))
        if (naming in ("defined", "back") and not kind) or "条" not in place(facts[0].article):
            naming = "full"
        if naming == "defined":
            lines.append((f"我处对照《{title}》（以下简称《{kind.group(1)}》）开展了自查。" if kind else "", None))
        elif naming in ("back", "bare"):
            lines.append((f"我处认真学习了《{title}》。", None))
        self._prefix = {
            "full": f"《{title}》",
            "defined": f"《{kind.group(1)}》" if kind else "",
            "back": self.rng.choice(("该", "上述")) + kind.group(1) if kind else "",
            "bare": "",
        }[naming]
        self._full = f"《{title}》"
        wrong = self._fault(fault, facts[0])
        if wrong is None:
            return None
        sentences = [wrong, *(self._right(f) for f in facts[1:])]
        if fault is Fault.DOCUMENT:
            # What follows must not be taken for the other document's.
            sentences = [*sentences[1:], sentences[0]]
        elif naming != "bare":
            self.rng.shuffle(sentences)
        return self._put_together([text for text, _ in lines], sentences, fault)

    def _put_together(self, lines: Sequence[str], sentences: Sequence[_Sentence], fault: Fault) -> Case:
        text = ""
        correct = []
        for line in lines:
            correct.append((len(text), len(text) + len(line)))
            text += line + "\n"
        found = Case(text="", fault=fault)
        for number, sentence in enumerate(sentences):
            at = len(text)
            text += sentence.text
            if sentence.kinds:
                a, b = sentence.place
                found = replace(found, start=at + a, end=at + b, kinds=sentence.kinds, rights=sentence.rights)
            else:
                correct.append((at, len(text)))
            text += "\n" if number % 2 else ""
        filler = self.rng.choice(self.style.fillers)
        correct.append((len(text) + 1, len(text) + 1 + len(filler)))
        return replace(found, text=f"{text}\n{filler}\n", correct=tuple(correct))

    # Sentences.

    def _right(self, fact: _Fact) -> _Sentence:
        cited = self._prefix + self._number(fact.provision)
        if self.rng.random() < 0.35:
            return self._quote(cited, fact.words)
        return self._say(cited, _rewritten(fact.words, self.rng))

    def _say(self, cited: str, words: str) -> _Sentence:
        return _filled(self.rng.choice(self.style.says), cited, words, "s")

    def _quote(self, cited: str, words: str) -> _Sentence:
        return _filled(self.rng.choice(self.style.quotes), cited, words, "q")

    def _fault(self, fault: Fault, fact: _Fact) -> _Sentence | None:
        make = {
            Fault.NONE: self._right,
            Fault.NUMBER: self._wrong_number,
            Fault.ARTICLE: self._wrong_article,
            Fault.DOCUMENT: self._wrong_document,
            Fault.QUOTATION: self._altered,
            Fault.RULE: self._invented,
            Fault.SUB: self._wrong_sub,
            Fault.PART: self._wrong_part,
        }[fault]
        return make(fact)

    def _wrong_number(self, fact: _Fact) -> _Sentence | None:
        changed = _other_value(fact.words, self._text(fact.article), self.rng)
        if not changed:
            return None
        return self._say(self._prefix + self._number(fact.provision), changed).wrong("differs")

    def _wrong_article(self, fact: _Fact) -> _Sentence | None:
        segmentation = self.segmentations[fact.article.doc_id]
        others = [a for a in segmentation.articles if a.kind is fact.article.kind and a.ref != fact.article.ref]
        other = self.rng.choice(others) if others else None
        if other is None or _says(self._text(other), fact.words):
            return None
        said = self._either(self._prefix + self._number(other), fact.words)
        return said.wrong("misplaced", rights=(fact.provision.ref, fact.article.ref))

    def _wrong_document(self, fact: _Fact) -> _Sentence | None:
        doc_id = self.rng.choice([d for d in self.sources if d != fact.article.doc_id])
        held = self.segmentations[doc_id]
        fits = [p for p in held.articles if place(p) == place(fact.article)]
        if "条" not in place(fact.article) or (fits and _says(self._text(fits[0]), fact.words)):
            return None
        cited = f"《{held.document.title}》{place(fact.article)}"
        said = self._either(cited, fact.words)
        if fits:
            return said.wrong("misplaced", rights=(fact.provision.ref, fact.article.ref))
        return replace(said, kinds=frozenset({"missing"}), place=said.cited)

    def _altered(self, fact: _Fact) -> _Sentence | None:
        changed = _altered(fact.words, self.rng)
        if not changed or fold(changed) in fold(self._text(fact.article)):
            return None
        return self._quote(self._prefix + self._number(fact.provision), changed).wrong("misquoted")

    def _invented(self, fact: _Fact) -> _Sentence | None:
        words = self.rng.choice(self.style.invented)
        return self._either(self._prefix + self._number(fact.article), words).wrong("invented")

    def _wrong_sub(self, fact: _Fact) -> _Sentence | None:
        """第七条之一 that isn't there; 第七条 for what 第七条之一 says."""
        if fact.article.kind is not Kind.ARTICLE:
            return None
        number, _, sub = fact.article.path.partition("-")
        if sub:
            base = f"第{to_han(int(number))}条"
            segmentation = self.segmentations[fact.article.doc_id]
            plain = next((a for a in segmentation.articles if a.path == number), None)
            if plain is None or _says(self._text(plain), fact.words):
                return None
            said = self._either(self._prefix + base, fact.words)
            return said.wrong("misplaced", rights=(fact.provision.ref, fact.article.ref))
        said = self._either(f"{self._prefix}{place(fact.article)}之{self.rng.choice('一二')}", fact.words)
        if any(a.path.startswith(f"{number}-") for a in self.segmentations[fact.article.doc_id].articles):
            return None
        return replace(said, kinds=frozenset({"missing"}), place=said.cited)

    def _wrong_part(self, fact: _Fact) -> _Sentence | None:
        """An item or paragraph that isn't there, or another than the one that says so."""
        if fact.article.kind is not Kind.ARTICLE:
            return None
        segmentation = self.segmentations[fact.article.doc_id]
        parts = [p for p in segmentation.provisions if p.parent == fact.article.path]
        here = self._prefix + place(fact.article)
        items = [p for p in parts if p.kind is Kind.ITEM]
        paragraphs = [p for p in parts if p.kind is Kind.PARAGRAPH]
        alike = [p for p in parts if p.kind is fact.provision.kind and p.ref != fact.provision.ref]
        if fact.provision in parts and alike and self.rng.random() < 0.5:
            other = self.rng.choice(alike)
            if _says(self._text(other), fact.words):
                return None
            said = self._either(self._prefix + self._number(other), fact.words)
            return said.wrong("misplaced", rights=(fact.provision.ref,))
        if items and not paragraphs and self.rng.random() < 0.7:
            cited = f"{here}第{to_han(len(items) + self.rng.randint(1, 3))}项"
        else:
            lines = self._text(fact.article).count("\n") + 1
            cited = f"{here}第{to_han(max(len(paragraphs), lines) + self.rng.randint(1, 2))}款"
        said = self._either(cited, fact.words)
        return replace(said, kinds=frozenset({"missing"}), place=said.cited)

    def _either(self, cited: str, words: str) -> _Sentence:
        return self._quote(cited, words) if self.rng.random() < 0.3 else self._say(cited, words)

    # Names and numbers as people write them.

    def _title(self, fact: _Fact) -> str:
        title = fact.article.instrument or self.segmentations[fact.article.doc_id].document.title
        return re.sub(r"（(?:讨论稿|试行|征求意见稿)）$", "", title) if self.rng.random() < 0.4 else title

    def _number(self, provision: Provision) -> str:
        name = place(provision)
        style = self.rng.random()
        if not re.fullmatch(r"第[一二三四五六七八九十百]+条(?:之.)?(?:第.{1,3}款)?(?:第.{1,3}项)?", name):
            return name
        if style < 0.25:
            name = re.sub(r"第([一二三四五六七八九十百]+)项$", r"第（\1）项", name)
        elif style < 0.4:
            name = re.sub(r"第([一二三四五六七八九十百]+)(?=[条款项])", lambda m: f"第{_digits(m.group(1))}", name)
        elif style < 0.5:
            name = re.sub(r"第([一二三四五六七八九十百]+)项$", r"（\1）", name)
        return name

    def _text(self, provision: Provision) -> str:
        return self.segmentations[provision.doc_id].text_of(provision)


@dataclass(frozen=True, kw_only=True)
class _Sentence:
    text: str
    cited: tuple[int, int]
    said: tuple[int, int]
    kinds: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    place: tuple[int, int] = (0, 0)

    def wrong(self, *kinds: str, rights: Sequence[str] = ()) -> _Sentence:
        return replace(self, kinds=frozenset(kinds), rights=frozenset(rights), place=self.said)


def _filled(template: str, cited: str, words: str, slot: str) -> _Sentence:
    words = words.strip("。；;，, ")
    out = ""
    spans: dict[str, tuple[int, int]] = {}
    for part in re.split(r"(\{[csq]\})", template):
        value = {"{c}": cited, f"{{{slot}}}": words}.get(part, part)
        if part.startswith("{"):
            spans[part[1]] = (len(out), len(out) + len(value))
        out += value
    return _Sentence(text=out, cited=spans["c"], said=spans[slot])


def _facts(segmentation: Segmentation) -> Iterator[_Fact]:
    text = segmentation.document.text
    by_ref = {p.ref: p for p in segmentation.provisions}
    for article in segmentation.articles:
        if article.kind not in (Kind.ARTICLE, Kind.POINT) or "appendix" in article.path or "~" in article.path:
            continue
        paragraphs = [p for p in segmentation.provisions if p.parent == article.path and p.kind is Kind.PARAGRAPH]
        for clause in clauses_of(segmentation, article):
            words = text[clause.start : clause.end].strip()
            provision = by_ref[clause.ref]
            if provision.label and words.startswith(provision.label):
                words = words[len(provision.label) :].strip()
            if clause.ref == article.ref and paragraphs:
                # What stands before the first 款 ends belongs to it by number.
                held = [p for p in paragraphs if p.start <= clause.start and clause.end <= p.end]
                provision = held[0] if held else provision
            words = words.strip("。；; ")
            if clause.lead or not 12 <= len(words) <= 80 or re.search(r"[\n《》“”「」\"：:]|第.{1,4}[条款项章]|前款|本[条款项]", words):
                continue
            yield _Fact(provision=provision, article=article, words=words)


def _says(text: str, words: str) -> bool:
    """Whether another provision says nearly the same, so that citing it would not be wrong."""
    a, b = fold(text), fold(words)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks() if block.size >= 3) >= 0.6 * len(b)


def _rewritten(words: str, rng: random.Random) -> str:
    """The same statement, its numbers sometimes written otherwise: 3年 as 三年."""
    if rng.random() < 0.5:
        return words
    return re.sub(
        r"(?<![\d.第])(\d{1,2})(?=[年个名次届天日])(?!年\d|日)", lambda m: to_han(int(m.group(1))), words
    )


_ASIDE = (ValueKind.PROVISION_NUMBER, ValueKind.DATE, ValueKind.ORDINAL)


def _other_value(words: str, held: str, rng: random.Random) -> str:
    """The statement with one value changed to one that the article doesn't have; empty where it has none."""
    known = {v.key for v in values_of(held)}
    found = [v for v in values_of(words) if v.kind not in _ASIDE and re.search(r"\d|[一二三四五六七八九十百]", v.text)]
    found = [v for v in found if not re.search(r"一个|一次性|一[方些般定体致]|之一", words[v.start : v.end + 1])]
    if not found:
        return ""
    value = rng.choice(found)
    digits = re.search(r"\d+|[一二三四五六七八九十百]+", value.text)
    if not digits:
        return ""
    for _ in range(8):
        number = rng.choice((2, 4, 5, 6, 7, 8, 9, 12, 15, 45))
        shown = str(number) if digits.group().isdigit() else to_han(number)
        changed = value.text[: digits.start()] + shown + value.text[digits.end() :]
        new = values_of(changed)
        if shown != digits.group() and new and new[0].key not in known and new[0].kind is value.kind:
            return words[: value.start] + changed + words[value.end :]
    return ""


_SWAPS = (
    ("应当", "可以"), ("不得", "可以"), ("可以", "应当"), ("必须", "可以"), ("不超过", "不少于"), ("以上", "以下"),
    ("校长", "书记"), ("主任", "处长"), ("领导小组", "工作委员会"), ("办公室", "秘书处"), ("每年", "每月"), ("负责", "协助"),
    ("国务院", "财政部"), ("人民政府", "人民法院"), ("申请", "报告"), ("组织", "参与"), ("建立", "撤销"), ("批准", "备案"),
    ("部门", "企业"), ("管理", "监测"), ("依法", "酌情"), ("规定", "惯例"), ("人员", "学生"), ("单位", "个人"),
)  # fmt: skip


def _altered(words: str, rng: random.Random) -> str:
    """Words with one thing changed: a word for another, a number, a clause left out, a 不 dropped."""
    swaps = [(a, b) for a, b in _SWAPS if a in words]
    options = []
    if swaps:
        a, b = rng.choice(swaps)
        options.append(words.replace(a, b, 1))
    if re.search(r"不(?!断|同|仅|但|少于|超过|动产)", words):
        options.append(re.sub(r"不(?!断|同|仅|但|少于|超过|动产)", "", words, count=1))
    parts = words.split("，")
    if len(parts) >= 3:
        cut = rng.randrange(1, len(parts) - 1)
        options.append("，".join([*parts[:cut], *parts[cut + 1 :]]))
    number = re.search(r"(?<!第)(\d+|[二三四五六七八九十]+)(?=[年个名次届天日万元])", words)
    if number:
        other = "18" if number.group().isdigit() else "十八"
        options.append(words[: number.start()] + other + words[number.end() :])
    return rng.choice(options) if options else ""


def _digits(han: str) -> str:
    from policy_qa.numerals import parse_number

    return str(parse_number(han))
