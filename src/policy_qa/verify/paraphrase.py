"""Whether a statement in a writer's own words says what a sentence of a provision says, part by part.

Every part of the statement has to have its counterpart in one sentence, its lead or its heading, and every part of the
stretches that it uses has to have one in the statement: a condition, a bound or a name that is left out, and a word
that is added, make it another statement. Order and voice are free as far as they don't change who does what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise, takewhile

from policy_qa.glosses import synonyms
from policy_qa.statements import Difference
from policy_qa.values import Polarity, Relation, Value, ValueKind, compare, fold, polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.names import is_name, names_of, tagged
from policy_qa.verify.normal import Aliases
from policy_qa.verify.source import Source, Stretch


class Kind(StrEnum):
    """What an atom is."""

    CHARACTER = "character"
    VALUE = "value"
    NAME = "name"
    #: 一般, 原则上: what follows is not always so.
    HEDGE = "hedge"
    FORCE = "force"
    #: 由, 向, 对: the part that the next name has.
    ROLE = "role"
    #: 均, 一律, 各: that it is so of all.
    ALL = "all"


class Force(StrEnum):
    """Words of force as they are compared: all negations are one, what they stand before tells the rest."""

    NOT = "not"
    EXEMPT = "exempt"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, kw_only=True, slots=True)
class Atom:
    """The text at [start, end) as one thing to compare by its `key`; `word` numbers the words of the text.

    `tag` is the word's part of speech. Values compare as values do, whatever their notation.
    """

    kind: Kind
    key: str
    start: int
    end: int
    word: int
    tag: str = ""
    light: bool = False
    value: Value | None = None

    @property
    def content(self) -> bool:
        """Whether it has to have a counterpart."""
        return self.kind not in (Kind.FORCE, Kind.ROLE, Kind.ALL)

    @property
    def needed(self) -> bool:
        """Whether it must have a counterpart."""
        return self.content and not self.light


_FORCES = {
    Polarity.DUTY: Force.MUST,
    Polarity.PERMISSION: Force.MAY,
    Polarity.EXEMPTION: Force.EXEMPT,
    Polarity.PROHIBITION: Force.NOT,
    Polarity.NEGATION: Force.NOT,
    Polarity.ABSENCE: Force.NOT,
    Polarity.NOT_YET: Force.NOT,
}
#: Grammar, as closed classes: prepositions, particles, correlatives, copulas and verbs of bearing an office, verbs
#: that only carry their object (予以…, 进行…, 有…), universals. What they say is said by order, names and values.
_EMPTY_WORDS = """
的 地 得 了 着 过 之 所 等 等等 之类 的话 但 但是 不过 却 时 时候 的时候 其 该 本 此
这 那 这个 那个 这些 那些 它 他 她 他们 其中 是 系 为 即 算 算作 视为 作 作为 当 当作
任 担任 出任 属于 叫 称为 也 还 又 再 就 便 则 而 且 并 并且 而且 同时 另外 此外 以及
及 和 与 跟 同 或 或者 或是 还是 才 方 在 于 从 自 到 至 往 以 凭 按 按照 依照 根据
依据 经 经过 通过 给 把 将 让 叫 被 使 为了 随着 关于 对于 就是 里 里面 中 当中 内 之内
以内 上 方面 期间 起 之日起 之日 日起 下 会 确实 本校 我校 予 予以 加以 进行 作出 做出 搞 达到
达 所需 来 去 起来 掉 完 好 完毕 成 有关 相关 具体 相应 本人 自己 先 首先 然后 已 已经
个 名 位 份 一个 这种 因 因为 由于 事情
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
#: Words that may have a counterpart and need none: verbs that only carry their object, nouns that carry a genitive.
_LIGHT_WORDS = """
用 使用 给 给予 做 作 办 办理 办好 有 具有 具备 发生 出现 产生 实行 实施 开展 采取 享受
享有 工作 情况 情形 方面 事项 期 期限 负责 发现 组织 计算 报 提出
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
_ROLES = frozenset(("由", "向", "对", "替", "会同", "经由", "受"))
_MUST, _MAY = frozenset(("要", "须", "得", "需", "需要", "务必")), frozenset(("能", "能够", "可", "得以"))
_ALL = frozenset((*"均都皆各凡全每", "凡是", "一律", "一概", "全部", "所有", "任何", "全体"))
_HEDGES = re.compile("原则上|一般情况下|通常情况下|一般(?=[^性化的]|$)|通常")
#: Bounds of grades and places; those of numbers belong to the numbers.
_SIDES = re.compile("以上|以下|以外|之外|以前|之前|以后|之后")
#: Bounds of what is no number: 逾期费最高不超过图书原价.
_BOUNDS = re.compile("最多|最高|最长|至多|不超过|不高于|至少|最少|最低|最短|不少于|不低于")


#: One of these, before another value, is each: 一天最多8小时, 一人一册.
_ONE = re.compile("[一1]个?(年|学年|学期|季度|月|周|星期|天|日|人|次|届)")
#: Neither 一学期内 nor 一周后.
_NO_END = "(?!内|之|以|后|前|里|起)"


def _bound(written: str) -> str:
    return "at most" if written[-1] in "多高长过于" and not written.endswith(("少于", "低于")) else "at least"


def atoms_of(text: str, aliases: Aliases) -> tuple[Atom, ...]:
    """The atoms of a text, in order."""
    plain = "".join(c.lower() if len(c.lower()) == 1 else c for c in fold(text))
    out: list[Atom] = []
    at = word = 0
    for start, end, atom in _special(text, plain, aliases):
        for part in _words(plain, at, start, word):
            out.append(part)
            word = part.word + 1
        if atom is not None:
            kind, key, value = atom
            out.append(Atom(kind=kind, key=key, start=start, end=end, word=word, value=value))
            word += 1
        at = end
    out += _words(plain, at, len(plain), word)
    # 不能 forbids: its 能 permits nothing.
    return tuple(
        atom
        for before, atom in zip([None, *out], out, strict=False)
        if not (before and before.key == Force.NOT and atom.key == Force.MAY and before.end == atom.start)
    )


def is_light(written: str) -> bool:
    """Whether a word, or what is left of one, says nothing of its own."""
    return written in _EMPTY or written in _LIGHT


_Special = tuple[int, int, tuple[Kind, str, Value | None] | None]


def _special(text: str, plain: str, aliases: Aliases) -> Iterator[_Special]:
    found: list[_Special] = []
    for value in values_in(text):
        if value.text[0] == "一" and plain[: value.start].endswith("每"):
            found.append((value.start, value.end, None))  # 每一名
            continue
        found.append((value.start, value.end, (Kind.VALUE, _key(value, text), value)))
        if value.marked:
            found.append((*value.marked, None))
    if aliases.pattern:
        found += [
            (*m.span(), (Kind.NAME, aliases.names.get(m.group(), m.group()), None))
            for m in aliases.pattern.finditer(plain)
        ]
    found += [(*m.span(), (Kind.NAME, m.group(), None)) for m in _SIDES.finditer(plain)]
    found += [(*m.span(), (Kind.FORCE, Force.NOT, None)) for m in re.finditer("不能(?!不)", plain)]
    found += [(*m.span(), (Kind.NAME, _bound(m.group()), None)) for m in _BOUNDS.finditer(plain)]
    found += [(*m.span(), (Kind.HEDGE, "hedge", None)) for m in _HEDGES.finditer(plain)]
    found += [(m.start, m.end, (Kind.FORCE, _FORCES[m.kind], None)) for m in polarity_of(plain)]
    # What was found first is taken where two overlap: 不超过 belongs to its number.
    taken = [False] * len(plain)
    kept = []
    for start, end, atom in found:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            kept.append((start, end, atom))
    yield from sorted(kept, key=lambda one: one[0])


def _key(value: Value, text: str) -> str:
    """What values are compared by: 一天最多8小时 is 每天最多8小时, and 5日内 is 5天之内."""
    after = re.split("[，,；;。]", text[value.end :])[0]
    if value.kind is ValueKind.FREQUENCY and value.value == 1:
        return f"each {value.unit[1:].replace('日', '天')}"
    if (one := _ONE.fullmatch(value.text)) and re.match(_NO_END, after) and values_in(after):
        return f"each {one.group(1).replace('日', '天')}"
    return value.key + "le" if after.startswith("内") and not value.bound else value.key


def _words(plain: str, start: int, end: int, word: int) -> Iterator[Atom]:
    for a, b, tag in tagged(plain[start:end]):
        written = plain[start + a : start + b]
        if written in _MUST or written in _MAY:
            key = Force.MUST if written in _MUST else Force.MAY
            yield Atom(kind=Kind.FORCE, key=key, start=start + a, end=start + b, word=word)
        elif written in _ROLES:
            yield Atom(kind=Kind.ROLE, key=written, start=start + a, end=start + b, word=word, tag=tag)
        elif written in _ALL:
            yield Atom(kind=Kind.ALL, key="all", start=start + a, end=start + b, word=word)
        elif written in _EMPTY or not re.search(r"\w", written):
            continue
        else:
            # 审批后用印: what follows follows, 后 or not. 进 is 入.
            follows = written == "后"
            for i in range(a, b):
                yield Atom(
                    kind=Kind.CHARACTER,
                    key="入" if written == "进" else plain[start + i],
                    start=start + i,
                    end=start + i + 1,
                    word=word,
                    tag=tag,
                    light=follows or written == "进" or written in _LIGHT,
                )
        word += 1


def words_of(atoms: Sequence[Atom]) -> Iterator[list[int]]:
    """The positions of the atoms, a list for each word."""
    run: list[int] = []
    for i, atom in enumerate(atoms):
        if run and atoms[run[-1]].word != atom.word:
            yield run
            run = []
        run.append(i)
    if run:
        yield run


#: What, put before or behind a verb, turns it round.
_TURNS = frozenset("不未非免拒反停止撤取消预再重初复补兼代副退")
_ELEMENT = re.compile(r"、|或者|或|以及|和|与|及|并且?")
_OPEN_LIST = re.compile(r"等|组成|构成|包括|包含")
#: Takes back what stands before it; 其中 and 方可 only go on.
_TAKES_BACK = re.compile(
    r"^(?:但|不过|然而|除|另有|特殊|情况特殊|确有|确需|因特殊|必要时)|除外|例外|不在此限|另有规定|不适用|不包括"
)
_SPECIAL = re.compile(r"特殊|情况特殊|确有|确需|因特殊")
#: 按照…执行 beside what has a subject of its own, and the other branch of an alternative, bind nothing else.
_BASIS = re.compile(r"^(?:按照|根据|依照|依据)")
_OR = re.compile(r"^或者?")
_ASKED = re.compile(r"下列|以下|如下")
_PLACES = frozenset("内下")
#: A name may be said by its last part, where so much stands before that: 委员会, never 校长 for 副校长.
_LONG = 4
#: Nor is one of several alternatives longer: 退学, 易制毒; 品行端正 is one of several conditions.
_SHORT = 3
#: What is forbidden or encouraged so is so for everybody.
_OF_ALL = ("提倡", "鼓励", "倡导", "严禁", "禁止")
_THROUGH = re.compile(r"由|经|报|会同|征得|须|凭")
_PLACING = ("向", "对", "给", "在", "至", "到", "与", "将", "把", "从")
#: Verbs of bearing an office.
_BEARS = re.compile("[担兼]任|(?<!主)任|当(?![日月年地])")
_FRONTING = ("将", "把", "对", "在", "向")
#: Sentences of a provision that are tried, those with most in common first.
_TRIED = 4
#: The share of a statement's characters that a sentence has to have in common with it to be tried.
_COMMON = 0.4
_CLAUSE = re.compile(r"(?<!\d)[，,](?!\d)|[；;。：]|(?<!\d):(?!\d)")
#: The share of a statement that a sentence has to have for the rest to be told from it.
_HALF = 0.5
#: An exception as a sentence of its own, and the case that 原则上 leaves open.
_EXCEPTED = re.compile(r"(?:除外|例外|不在此限)$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a provision as evidence: its stretches, those of its leads first, and their atoms.

    The first `lent` stretches only lend words (the sentence goes on from them), those up to `leads` govern it.
    `at[i]` is the stretch of atom i, as its position in `stretches`; `title` and `context` are the words that stand
    above, `topic` those that the sentence before speaks of.
    """

    source: Source
    stretches: tuple[Stretch, ...]
    lent: int
    leads: int
    atoms: tuple[Atom, ...]
    at: tuple[int, ...]
    title: str
    context: str
    topic: str


def sentences_in(source: Source, places: Sequence[tuple[int, int]]) -> Iterator[Sentence]:
    """The sentences of a provision that stand in `places` (offsets of the document), each with what governs it."""
    units: dict[int, list[Stretch]] = {}
    for stretch in source.stretches:
        if any(a <= stretch.start and stretch.end <= b for a, b in places):
            units.setdefault(stretch.unit, []).append(stretch)
    article = source.article
    document = source.segmentation.document
    title = (article.instrument or document.title).lower()
    for unit in units.values():
        first = unit[0]
        leads = _leads(source, first)
        before = [s.subject for s in source.stretches if s.owner == first.owner and s.start < first.start and s.subject]
        titles = [s for s in unit if s.title]
        chain = _chain(source, first)
        above = len(chain) + len(leads)
        own = [*chain, *leads, *(s for s in unit if not s.title)]
        if len(own) == above:
            continue
        context = " ".join((title, *article.headings, *(s.text for s in (*leads, *titles)))).lower()
        # What has a subject of its own speaks of nothing else.
        topic = "" if first.subject else " ".join(before[-1:]).lower()
        atoms: list[Atom] = []
        at: list[int] = []
        for i, stretch in enumerate(own):
            found = atoms_of(stretch.text, source.aliases)
            if i < above:
                # The 以下 of a lead stands for its items.
                found = tuple(a for a in found if not _ASKED.fullmatch(a.key))
            atoms += found
            at += [i] * len(found)
        yield Sentence(source, tuple(own), len(chain), above, tuple(atoms), tuple(at), title, context, topic)


def _chain(source: Source, first: Stretch) -> list[Stretch]:
    """What a sentence behind a semicolon goes on from: 一学期晚归累计3次的，通报批评；累计5次的，给予警告处分."""
    same = [s for s in source.stretches if s.owner == first.owner and s.start < first.start]
    broken = [n for n, s in enumerate(same) if s.whole]
    return same[broken[-1] + 1 if broken else 0 :][:1] if not same or not same[-1].whole else []


def _parent(source: Source, path: str) -> str:
    provision = source.segmentation.at(path)
    return provision.parent if provision and not provision.article else ""


def _leads(source: Source, first: Stretch) -> list[Stretch]:
    """The sentences that introduce the lists in which a sentence stands, the outermost first."""
    out: list[Stretch] = []
    path, text = first.owner, source.segmentation.document.text
    while first.item and (parent := _parent(source, path)):
        start = min(s.start for s in source.stretches if s.item and _parent(source, s.owner) == parent)
        before = [s for s in source.stretches if s.end <= start]
        if before and re.match(r"\s*[：:]", text[before[-1].end :][:4]):
            out = [*(s for s in before if s.unit == before[-1].unit), *out]
        path = parent
    return out


def align(said: str, source: Source, places: Sequence[tuple[int, int]]) -> tuple[Stretch, ...]:
    """The stretches that bear a statement whole, or clause by clause, in text order; none where a part isn't borne."""
    sentences = list(sentences_in(source, places))
    ends = [m.start() for m in _CLAUSE.finditer(said)]
    spans = (said[a:b].strip("，,；;。：: \n") for a, b in pairwise((0, *ends, len(said))))
    clauses = [s for s in spans if re.search(r"\w", s)]
    if not sentences or not clauses:
        return ()
    return _Statement(clauses, source, sentences).run()


def told_otherwise(
    said: str, source: Source, places: Sequence[tuple[int, int]]
) -> tuple[tuple[Difference, ...], tuple[Stretch, ...]]:
    """What a statement says otherwise than the sentence that it comes nearest to, value for value, name for name.

    Both are empty where it has not even half of its words from one sentence.
    """
    atoms = atoms_of(said, source.aliases)
    best: tuple[float, tuple[Difference, ...], tuple[Stretch, ...]] = (_HALF, (), ())
    for sentence in sentences_in(source, places):
        alignment = _Alignment(said, atoms, sentence)
        share, found, stretches = alignment.otherwise()
        if found and share > best[0]:
            best = share, found, stretches
    return best[1], best[2]


@dataclass(slots=True)
class _Statement:
    clauses: Sequence[str]
    source: Source
    sentences: Sequence[Sentence]
    _tried: dict[tuple[int, int], tuple[Stretch, ...]] = field(default_factory=dict)

    def run(self) -> tuple[Stretch, ...]:
        ordered = tuple(sorted(set(self._from(0) or ()), key=lambda s: s.start))
        return () if self._exception_left_out(ordered) else ordered

    def _from(self, i: int) -> tuple[Stretch, ...] | None:
        if i == len(self.clauses):
            return ()
        for j in range(len(self.clauses), i, -1):
            if j < len(self.clauses) and role.is_open(self.clauses[j - 1]):
                continue
            if (used := self._borne(i, j)) and (rest := self._from(j)) is not None:
                return used + rest
        return None

    def _borne(self, i: int, j: int) -> tuple[Stretch, ...]:
        if (i, j) not in self._tried:
            text = "，".join(self.clauses[i:j])
            atoms = atoms_of(text, self.source.aliases)
            mine = {a.key for a in atoms if a.content}
            ranked = sorted(
                (
                    (sum(a.key in {b.key for b in s.atoms} for a in atoms if a.content), n)
                    for n, s in enumerate(self.sentences)
                ),
                reverse=True,
            )
            found: tuple[Stretch, ...] = ()
            for common, n in ranked[:_TRIED]:
                if common < _COMMON * max(len([a for a in atoms if a.content]), 1) or not mine:
                    break
                aligned = _Alignment(text, atoms, self.sentences[n])
                if aligned.stretches and (j == len(self.clauses) or aligned.stands_alone):
                    found = aligned.stretches
                    break
            self._tried[i, j] = found
        return self._tried[i, j]

    def _exception_left_out(self, used: Sequence[Stretch]) -> bool:
        """Whether an exception that follows in the provision takes something back that the statement says."""
        every = self.source.stretches
        hedged = any(a.kind is Kind.HEDGE for c in self.clauses for a in atoms_of(c, Aliases()))
        for stretch in used:
            here = every.index(stretch)
            for one, before in zip(every[here + 1 :], every[here:], strict=False):
                apart = one.unit != stretch.unit
                if apart and (one.owner != stretch.owner or (before.whole and not _EXCEPTED.search(one.text))):
                    break
                if hedged and _SPECIAL.match(one.text):
                    continue
                if _TAKES_BACK.search(one.text) and not one.title and one not in used:
                    return True
                if one.unit != stretch.unit:
                    break
        return False


class _Alignment:
    """Some clauses of a statement (`said`) beside a sentence (`held`): `to` and `back` are the pairs of their atoms."""

    def __init__(self, text: str, said: Sequence[Atom], sentence: Sentence) -> None:
        self.text, self.said, self.sentence = text, said, sentence
        self.held = sentence.atoms
        self.to: dict[int, int] = {}
        self.back: dict[int, int] = {}

    def _blocks(self) -> None:
        """Pairs the longest common runs first; a run is cut by no stretch, and one character is a word of its own."""
        at: dict[str, list[int]] = {}
        for k, atom in enumerate(self.held):
            if atom.content:
                at.setdefault(atom.key, []).append(k)
        ours = [i for i, atom in enumerate(self.said) if atom.content]
        following = dict(pairwise(ours))
        behind = dict(pairwise(k for k, atom in enumerate(self.held) if atom.content))
        while True:
            best: tuple[int, int, list[tuple[int, int]]] = (0, 0, [])
            for i in ours:
                if i in self.to:
                    continue
                for k in at.get(self.said[i].key, ()):
                    if k in self.back or (run := self._run(i, k, following, behind)) is None or len(run) < best[0]:
                        continue
                    score = self._follows(i, k)
                    if len(run) > best[0] or score > best[1]:
                        best = len(run), score, run
            for i, k in best[2]:
                self.to[i], self.back[k] = k, i
            if not best[0]:
                return

    def _run(
        self, i: int, k: int, following: Mapping[int, int], behind: Mapping[int, int]
    ) -> list[tuple[int, int]] | None:
        """The pairs of the longest common run from a pair on; None for one character that is no word."""
        place, run = self.sentence.at[k], [(i, k)]
        while self._parted(self.said, i, following) == self._parted(self.held, k, behind):
            i, k = following.get(i, -1), behind.get(k, -1)
            if i < 0 or k < 0 or i in self.to or k in self.back:
                break
            if self.sentence.at[k] != place or self.said[i].key != self.held[k].key:
                break
            run.append((i, k))
        return run if len(run) > 1 or self._stands_alone(*run[0]) else None

    @staticmethod
    def _parted(atoms: Sequence[Atom], i: int, following: Mapping[int, int]) -> bool:
        """Whether 由 or 向 stands between an atom and the next."""
        return any(atoms[x].kind is Kind.ROLE for x in range(i + 1, following.get(i, i)))

    def _follows(self, i: int, k: int) -> int:
        """How well a pair goes with those before and behind it: in the same stretch, in the same order."""
        before = max((x for x in self.to if x < i), default=None)
        behind = min((x for x in self.to if x > i), default=None)
        score = 1 + (self.sentence.at[k] >= self.sentence.leads)
        for other, sign in ((before, 1), (behind, -1)):
            if other is not None:
                there = self.to[other]
                score += 2 * (self.sentence.at[there] == self.sentence.at[k]) + ((k - there) * sign > 0)
        return score

    def _stands_alone(self, i: int, k: int) -> bool:
        if self.said[i].kind is not Kind.CHARACTER:
            return True
        if self._word_size(self.said, i) == 1 or self._word_size(self.held, k) == 1:
            return True
        # 签合同 in 签订合同: one character between it and what goes on.
        return any(
            self.to.get(i + d, -9) == k + 2 * d and self.held[k].word == self.held[k + 2 * d].word for d in (1, -1)
        )

    @staticmethod
    def _word_size(atoms: Sequence[Atom], i: int) -> int:
        word = atoms[i].word
        size = 1
        k = i - 1
        while k >= 0 and atoms[k].word == word and atoms[k].end == atoms[k + 1].start:
            size, k = size + 1, k - 1
        k = i + 1
        while k < len(atoms) and atoms[k].word == word and atoms[k].start == atoms[k - 1].end:
            size, k = size + 1, k + 1
        return size

    def _words_alike(self) -> None:
        """Pairs what is left of words: 召开 with 开, 签订 with 签, and those that mean the same where they stand."""
        for atoms, linked in ((self.said, self.to), (self.held, self.back)):
            for i, atom in enumerate(atoms):
                if atom.kind is not Kind.CHARACTER or i in linked or atom.key in _TURNS:
                    continue
                rest = [k for k, a in enumerate(atoms) if a.word == atom.word and abs(k - i) < 9 and k not in linked]
                if is_light(spelled(atoms, rest)):
                    continue
                for k in (i - 1, i + 1):
                    if 0 <= k < len(atoms) and k in linked and atoms[k].word == atom.word and self._half(atoms, i, k):
                        linked[i] = linked[k]
                        break
        self._synonyms()

    def _half(self, atoms: Sequence[Atom], i: int, k: int) -> bool:
        """Whether an atom only completes the verb that its neighbour is, which is a word in the other text."""
        if abs(atoms[i].start - atoms[k].start) != 1:
            return False
        verb = "".join(atoms[x].key for x in sorted((i, k)))
        other = self.held if atoms is self.said else self.said
        there = (self.to if atoms is self.said else self.back)[k]
        alone = self._word_size(other, there) == 1 or atoms is self.held
        whole = tagged(verb) == [(0, 2, tagged(verb)[0][2])]
        acts = tagged(verb)[0][2].startswith("v") or (
            self._word_size(other, there) == 1 and other[there].tag in ("v", "n")
        )
        return alone and whole and acts

    def _synonyms(self) -> None:
        """Pairs the words that are left and mean the same in a dictionary."""
        left = [w for w in words_of(self.held) if self.held[w[0]].content and not any(k in self.back for k in w)]
        for word in words_of(self.said):
            if not self.said[word[0]].content or any(i in self.to for i in word) or self._is_body(word):
                continue
            other = next((w for w in left if synonyms(spelled(self.said, word), spelled(self.held, w))), None)
            if other:
                left.remove(other)
                self.to |= dict.fromkeys(word, other[0])
                self.back |= dict.fromkeys(other, word[0])

    def _is_body(self, word: Sequence[int]) -> bool:
        return self.said[word[0]].tag != "r" and is_name(spelled(self.said, word))

    def _unlink_known(self) -> None:
        """Words that stand above need no stretch that has them by chance."""
        for place in range(self.sentence.leads, len(self.sentence.stretches)):
            mine = self._atoms_at(place)
            linked = [k for k in mine if k in self.back]
            words = [w for w in words_of(self.said) if any(self.to.get(i) in linked for i in w)]
            known = all(self._known(w) and all(self.to.get(i) in linked for i in w) for w in words)
            others = any(self.said[w[0]].needed and w not in words for w in words_of(self.said))
            if known and others and len(linked) < len(mine) and not self._lends(place):
                self.back = {k: i for k, i in self.back.items() if k not in linked}
                self.to = {i: k for i, k in self.to.items() if k not in linked}

    def _word_at(self, k: int) -> list[int]:
        stretch, word = self.sentence.at[k], self.held[k].word
        return [x for x in range(len(self.held)) if self.sentence.at[x] == stretch and self.held[x].word == word]

    def _atoms_at(self, i: int) -> list[int]:
        return [k for k in range(len(self.held)) if self.sentence.at[k] == i and self.held[k].content]

    def _known(self, word: Sequence[int]) -> bool:
        """Whether what stands above the sentence has a word."""
        written = spelled(self.said, word)
        if self.said[word[0]].kind is not Kind.NAME and self.said[word[0]].tag[:1] not in "nslvja":
            return False
        if _SIDES.fullmatch(written):
            return False
        first = min(self.to, default=0)
        after = next((w for w in words_of(self.said) if w[0] > word[-1] and self.said[w[0]].content), None)
        between = self.text[self.said[word[-1]].end : self.said[after[0]].start] if after else "，"
        joined = between in ("", "的", "（", "）")
        modifies = joined and after and self.said[after[0]].tag[:1] in ("n", "v", "")
        if after is not None and after[0] in self.to and self.said[after[0]].tag.startswith("n"):
            # 信息化项目 of a stretch before is the 项目 of this one.
            earlier = self.sentence.stretches[: self.sentence.at[self.to[after[0]]]]
            if written + spelled(self.said, after) in "，".join(s.text for s in earlier):
                return True
        if joined and self._replaces(after):
            return False
        passed = range(self.sentence.leads, min((self.sentence.at[k] for k in self.back), default=0))
        if any(written in self.sentence.stretches[i].text for i in passed):
            return False
        if written in self.sentence.context and (word[-1] < first or modifies):
            return True
        opening = re.split("[，,；;]", self.text[: self.said[word[0]].start])[-1] + written
        if opening in self.sentence.topic:
            return True
        return written in self.sentence.title and self._complete()

    def _complete(self) -> bool:
        """Whether nothing is left of the stretches that are used."""
        places = {self.sentence.at[k] for k in self.back}
        return all(k in self.back for k, a in enumerate(self.held) if a.needed and self.sentence.at[k] in places)

    def _replaces(self, after: Sequence[int] | None) -> bool:
        """Whether a word stands where the sentence has another: 部门印章 for 学校印章."""
        if after is None or after[0] not in self.to:
            return False
        k = self.to[after[0]]
        return (
            k > 0
            and self.sentence.at[k - 1] == self.sentence.at[k]
            and self.held[k - 1].content
            and k - 1 not in self.back
        )

    def _used(self) -> set[int]:
        """The stretches that the statement takes words from; one that lends its subject or its object alone isn't."""
        own = {self.sentence.at[k] for k in self.back}
        return {i for i in own if not (any(j > i for j in own) and self._lends(i))}

    def _says(self, i: int) -> bool:
        """Whether a stretch is a sentence, and not only what the next one is about: 刻制印章，须经批准."""
        stretch = self.sentence.stretches[i]
        mine = [a for k, a in enumerate(self.held) if self.sentence.at[k] == i]
        return bool(stretch.subject) or stretch.noun or any(a.value or a.kind in (Kind.FORCE, Kind.ROLE) for a in mine)

    def _lends(self, i: int) -> bool:
        """Whether the statement takes nothing from a stretch but a name: what it opens with, or what it ends in."""
        mine = [k for k in self._atoms_at(i) if self.held[k].needed]
        taken = [k for k in mine if k in self.back]
        stretch = self.sentence.stretches[i]
        following = next((s for s in self.sentence.stretches[i + 1 :]), None)
        passive = any(self.held[k].key == "由" for k in range(len(self.held)) if self.sentence.at[k] == i)
        if not taken or len(taken) == len(mine) or i < self.sentence.leads or following is None:
            return False
        if following.subject and not passive:
            return False
        first, last = mine.index(taken[0]), mine.index(taken[-1])
        if stretch.condition or stretch.topic or last - first + 1 > len(taken):
            return False
        words, subject = spelled(self.held, taken), re.sub(r"⟦=|⟧", "", stretch.subject)
        if subject and (words == subject or (subject.endswith(words) and len(subject) - len(words) >= _LONG)):
            return True
        if not first:
            after = taken[-1] + 1
            beside = self.held[after] if after < len(self.held) and self.sentence.at[after] == i else None
            goes_on = beside is not None and (beside.kind in (Kind.FORCE, Kind.ROLE) or beside.tag == "v")
            copula = stretch.text[self.held[taken[-1]].end :].startswith(("是", "为"))
            # 经校长办公会审议通过: a name behind a preposition is no subject.
            opens = not stretch.text[: self.held[taken[0]].start].strip()
            return opens and self.held[taken[0]].tag != "v" and (goes_on or copula)
        return last == len(mine) - 1 and self.held[mine[first - 1]].tag == "v"

    def _nothing_added(self) -> bool:
        for word in words_of(self.said):
            left = [i for i in word if self.said[i].needed and i not in self.to]
            whole = len(left) == len(word)
            # What is left of 校内 beside 校外 is not light.
            if not left or (is_light(spelled(self.said, left)) and (whole or spelled(self.said, left) not in _PLACES)):
                continue
            if not whole or not self._known(word):
                return False
        return True

    def _nothing_left_out(self, used: set[int]) -> bool:
        for word in words_of(self.held):
            i = self.sentence.at[word[0]]
            left = [k for k in word if self.held[k].needed and k not in self.back]
            if not left or i not in used or is_light("".join(self.held[k].key for k in left)):
                continue
            stretch = self.sentence.stretches[i]
            if i < self.sentence.lent:
                continue
            if i < self.sentence.leads:
                asked = _ASKED.search(stretch.text)
                # 应当具备下列条件 is a demand, 有下列情形之一的 is a case.
                demands = asked and (stretch.text.endswith("条件") or asked.start() <= self.held[word[0]].start)
                bound = stretch.condition and not demands
                if self.held[word[0]].kind is Kind.HEDGE or bound:
                    return False
            elif len(left) < len(word) or not (self._in_context(word) or self._listed(stretch, i, word)):
                return False
        leads = (k for k in range(len(self.held)) if self.sentence.at[k] in self._led())
        return all(k in self.back for k in leads if self.held[k].kind is Kind.HEDGE)

    def _in_context(self, word: Sequence[int]) -> bool:
        """Whether a word only says again what the title or an earlier stretch has said."""
        atom = self.held[word[0]]
        written = "".join(self.held[k].key for k in word)
        stretch = self.sentence.stretches[self.sentence.at[word[0]]]
        if stretch.text[: atom.start].endswith("本"):
            return True
        if written == "学校":
            return not self._told_apart(stretch.text[self.held[word[-1]].end :])
        if atom.tag[:1] in "nvj" and len(written) > 1 and written in self.sentence.title:
            return True
        return self._said_again(word)

    def _told_apart(self, rest: str) -> bool:
        """Whether what 学校 stands before is told from others by it: 学校印章, 部门印章."""
        head = next((rest[a:b] for a, b, tag in tagged(rest[:8]) if tag.startswith("n")), "")
        text = self.sentence.source.segmentation.text_of(self.sentence.source.article)
        return (
            bool(head)
            and rest.startswith(head)
            and bool(re.search(rf"(?<!学校)(?<=[门院级部分位]){re.escape(head)}", text))
        )

    def _said_again(self, word: Sequence[int]) -> bool:
        """Whether a stretch opens with what an earlier one has named: 可以给予路程假，路程假不超过4天."""
        place = self.sentence.at[word[0]]
        mine = [k for k in self._atoms_at(place) if self.held[k].needed]
        if self.held[word[0]].kind not in (Kind.CHARACTER, Kind.NAME):
            return False
        head = list(takewhile(lambda k: k not in self.back, mine))
        said = spelled(self.held, [k for k in sorted(self.back) if self.sentence.at[k] < place])
        if word[0] in head and spelled(self.held, head) in said:
            return True
        # 给予路程假，路程假不超过4天: what it ends in is what the next one opens with.
        tail = list(takewhile(lambda k: k not in self.back, reversed(mine)))[::-1]
        opening = [k for k in self._atoms_at(place + 1) if self.held[k].needed][: len(tail)]
        again = spelled(self.held, tail) == spelled(self.held, opening) and all(k in self.back for k in opening)
        if word[0] in tail and again:
            return True
        lent = [k for k in sorted(self.back) if self.sentence.at[k] < self.sentence.lent]
        return spelled(self.held, word) in spelled(self.held, lent)

    def _listed(self, stretch: Stretch, i: int, word: Sequence[int]) -> bool:
        """Whether a word stands in elements of a list that are left out while one beside them is named."""
        mine = self._atoms_at(i)
        first = last = mine.index(word[0])
        while first and mine[first - 1] not in self.back:
            first -= 1
        while last + 1 < len(mine) and mine[last + 1] not in self.back:
            last += 1
        before = self.held[mine[first - 1]].end if first else -1
        behind = self.held[mine[last + 1]].start if last + 1 < len(mine) else -1
        start, end = self.held[mine[first]].start, self.held[mine[last]].end
        cut = before >= 0 and _ELEMENT.search(stretch.text, before, start)
        if cut and behind >= 0 and "的" in stretch.text[end:behind]:
            return False
        cut = cut or (behind >= 0 and _ELEMENT.search(stretch.text, end, behind))
        if not cut and behind >= 0:
            # 党委印章和行政印章: the first 印章 may be the one that is named.
            inner = _ELEMENT.search(stretch.text, start, end)
            cut = inner if inner and stretch.text.startswith(stretch.text[start : inner.start()], behind) else None
        if not cut:
            return False
        if role.is_case(stretch.text):
            return cut.group() in ("或", "或者") or (cut.group() == "、" and self._alternatives(stretch, start, end))
        return not _THROUGH.search(stretch.text[: cut.start()]) or bool(_OPEN_LIST.search(stretch.text))

    def _alternatives(self, stretch: Stretch, start: int, end: int) -> bool:
        """Whether the elements of a case are alternatives: 毕业、退学、休学的; 满一学期、表现良好的 are not."""
        pieces = list(re.finditer("[^、]+", stretch.text))
        gone = [m for m in pieces if m.start() < end and start < m.end()]
        kept = [m for m in pieces if m not in gone]
        units = [{v.unit for v in values_in(m.group())} - {""} for m in (*gone, *kept)]
        alike = all(units) and len(set().union(*units)) == 1
        left = [w for w in words_of(self.held) if w[0] not in self.back]
        here = [w for w in left if self.sentence.stretches[self.sentence.at[w[0]]] is stretch]
        lost = [[w for w in here if m.start() <= self.held[w[0]].start < m.end()] for m in gone]
        return alike or all(len(w) == 1 and len(w[0]) <= _SHORT for w in lost)

    def _skips_nothing(self, used: set[int]) -> bool:
        """Whether no condition, step, topic or subject that binds a stretch is passed over."""
        stretches = self.sentence.stretches
        for i in range(self.sentence.leads, len(stretches)):
            stretch = stretches[i]
            taken = [j for j in range(len(stretches)) if any(self.sentence.at[k] == j for k in self.back)]
            if i in taken or not any(stretches[j].unit == stretch.unit for j in taken):
                continue
            special = _SPECIAL.match(stretch.text) and any(a.kind is Kind.HEDGE for a in self.said)
            takes_back = _TAKES_BACK.search(stretch.text) and not special
            if takes_back and any(self.sentence.leads <= j < i for j in used):
                return False
            later = [j for j in taken if j > i and stretches[j].unit == stretch.unit]
            if not later:
                continue
            following = stretches[later[0]]
            own = following.subject or following.noun
            if role.reaches_on(stretch.text) and not (own or polarity_of(following.text) or values_in(following.text)):
                return False
            alternative = (i - 1 in taken and _OR.match(stretch.text)) or (
                i + 1 in taken and _OR.match(stretches[i + 1].text)
            )
            basis = _BASIS.match(stretch.text) and (own or tagged(stretch.text)[-1][2].startswith("v"))
            between = any(j < i and role.is_case(stretches[j].text) for j in used if j >= self.sentence.leads)
            if between and not any(a.kind is Kind.FORCE for k, a in enumerate(self.held) if self.sentence.at[k] == i):
                return False
            cased = any(role.is_case(stretches[j].text) for j in later)
            # A step ends with the act that it leads to; what has a subject of its own behind that is something else.
            act = i + 1 + next((n for n, x in enumerate(stretches[i + 1 :]) if not x.step), 0)
            done = stretch.step and any(x.subject or x.noun for x in stretches[act + 1 : later[0] + 1])
            if (stretch.condition or stretch.step or cased) and not done and not alternative and not basis:
                return False
            named = stretch.subject or stretch.noun
            if stretch.topic or (later[0] == i + 1 and following.goes_on and named):
                return False
            parallel = "由" in stretch.text and "由" in following.text[1:]
            own = own or parallel or following.text.startswith(_OF_ALL)
            forced = (
                next((a.kind for k, a in enumerate(self.held) if self.sentence.at[k] == later[0]), None) is Kind.FORCE
            )
            if forced and later[0] == i + 1 and not self._says(i):
                return False
            if not own and (stretch.subject or stretch.noun) and not alternative:
                return False
        return True

    def _led(self) -> set[int]:
        return set(range(self.sentence.lent, self.sentence.leads))

    def _same_force(self, used: set[int]) -> bool:
        """Whether negations stand before the same words, and what may be is what may be."""
        left = [k for k, a in enumerate(self.held) if self._weighs(a) and self.sentence.at[k] in (used | self._led())]
        for i, atom in enumerate(self.said):
            if not self._weighs(atom):
                continue
            governed = self._governed(self.said, i)
            found = next((k for k in left if self.held[k].key == atom.key and self._same_scope(i, governed, k)), None)
            if found is None:
                return False
            left.remove(found)
        return not left

    def _same_scope(self, i: int, governed: int, k: int) -> bool:
        """Whether a word of force in the statement governs what one of the sentence does."""
        theirs = self._governed(self.held, k)
        if governed < 0 or governed not in self.to:
            # 一律不能做: the verb only carries what stands before it.
            if governed >= 0:
                word = next(w for w in words_of(self.said) if governed in w)
                return theirs < 0 and self._known(word)
            before = max((x for x in self.to if x < i), default=-1)
            return before >= 0 and self.sentence.at[self.to[before]] == self.sentence.at[k]
        mine = self.to[governed]
        if theirs >= 0 and self._beside_or_same(theirs, mine):
            return True
        if self.sentence.at[mine] < self.sentence.lent:  # 将数据输入工具的，…；二级以上数据不得输入
            return theirs >= 0 and spelled(self.held, self._word_at(theirs)) == spelled(self.held, self._word_at(mine))
        # 严禁将废液倒入下水道: 废液严禁倒入下水道.
        text = self.sentence.stretches[self.sentence.at[k]].text
        fronted = text[self.held[k].end :].startswith(_FRONTING) and self.sentence.at[k] == self.sentence.at[mine]
        return fronted and k < mine and not any(self._weighs(self.held[x]) for x in range(k + 1, mine))

    def _beside_or_same(self, one: int, other: int) -> bool:
        """Whether two characters stand in one word or in neighbouring ones: 不作毕业要求, 毕业不作要求."""
        a, b = sorted((one, other))
        if self.sentence.at[a] != self.sentence.at[b]:
            return False
        between = self.sentence.stretches[self.sentence.at[a]].text[self.held[a].end : self.held[b].start]
        last = self._word_at(a)[-1]
        return b <= last + 1 and "的" not in between

    @staticmethod
    def _weighs(atom: Atom) -> bool:
        return atom.kind is Kind.FORCE and atom.key != Force.MUST

    @staticmethod
    def _governed(atoms: Sequence[Atom], i: int) -> int:
        return next((k for k in range(i + 1, len(atoms)) if atoms[k].needed), -1)

    def _same_order(self, used: set[int]) -> bool:
        """Whether what the statement says in another order than the provision is only said in another order."""
        order = [(i, k) for i, k in sorted(self.to.items()) if self.sentence.at[k] in used]
        runs: list[tuple[int, set[int]]] = []
        for i, k in order:
            place, clause = self.sentence.at[k], len(_CLAUSE.findall(self.text, 0, self.said[i].start))
            if place >= self.sentence.leads and not (runs and runs[-1][0] == place):
                runs.append((place, set()))
            if place >= self.sentence.leads:
                runs[-1][1].add(clause)
        seen = [place for place, _ in runs]
        # Ⅰ级实验室，学校每月检查一次: 学校对Ⅰ级实验室每月检查一次.
        inner = {
            n
            for n, (p, clauses) in enumerate(runs)
            if 0 < n < len(runs) - 1 and self.sentence.stretches[p].topic and clauses <= runs[n - 1][1]
        }
        around = [p for n, p in enumerate(seen) if n not in inner]
        around = [p for p, before in zip(around, [None, *around], strict=False) if p != before]
        if len(set(around)) < len(around) or any(seen.count(seen[n]) > 1 for n in inner):
            return False
        stretches = self.sentence.stretches
        for a, b in pairwise(seen):
            if a > b and any(stretches[x].step or stretches[x].goes_on for x in (a, b)):
                return False
        return all(self._ordered(p, [(i, k) for i, k in order if self.sentence.at[k] == p]) for p in set(seen))

    def _same_agents(self) -> bool:
        """Whether 由 stands before the same words: 主任由副校长担任 is no 副校长由主任担任."""
        for i, atom in enumerate(self.said):
            after = self._governed(self.said, i)
            if atom.key != "由" or after not in self.to:
                continue
            k = self.to[after]
            mine = [x for x in range(k) if self.sentence.at[x] == self.sentence.at[k]]
            by = next((x for x in reversed(mine) if self.held[x].key == "由"), k)
            between = self.sentence.stretches[self.sentence.at[k]].text[self.held[by].end : self.held[k].start]
            if by < k and _BEARS.search(between):
                return False
        return True

    def _same_junctions(self, used: set[int]) -> bool:
        """Whether 和 is no 或 and 或 no 和, and what is said of all is so in the provision."""
        contents = [i for i, a in enumerate(self.said) if a.content]
        for i, j in pairwise(contents):
            if i not in self.to or j not in self.to or self.sentence.at[self.to[i]] != self.sentence.at[self.to[j]]:
                continue
            k, m = sorted((self.to[i], self.to[j]))
            stretch = self.sentence.stretches[self.sentence.at[k]]
            ours = _junction(self.text[self.said[i].end : self.said[j].start])
            if {ours, _junction(stretch.text[self.held[k].end : self.held[m].start])} == {"and", "or"}:
                return False
        places = used | self._led()
        theirs = sum(a.kind is Kind.ALL for k, a in enumerate(self.held) if self.sentence.at[k] in places)
        return sum(a.kind is Kind.ALL and not self._resumes(i) for i, a in enumerate(self.said)) <= theirs

    def _resumes(self, i: int) -> bool:
        """Whether 都 only takes up what several are named: 各部门和教学院都要指定联络员."""
        clause = self.text[: self.said[i].start].rpartition("，")[2]
        after = self.said[i + 1] if i + 1 < len(self.said) else None
        acts = after is not None and (after.kind in (Kind.FORCE, Kind.ROLE) or after.tag == "v")
        return acts and self.text[self.said[i].start] in "都均皆" and bool(re.search("[、和与及各]", clause))

    def _ordered(self, place: int, pairs: Sequence[tuple[int, int]]) -> bool:
        atoms = ((k, self.held[k]) for _, k in pairs)
        got = [k for k, a in atoms if a.kind is not Kind.HEDGE and not (a.value and a.value.kind == "frequency")]
        return self._exchanged(got) or any(self._in_order(got, variant) for variant in self._voices(place))

    @staticmethod
    def _in_order(got: Sequence[int], variant: Sequence[int]) -> bool:
        rank = {k: n for n, k in enumerate(variant)}
        ranks = [rank[k] for k in got if k in rank]
        return ranks == sorted(ranks)

    def _exchanged(self, got: Sequence[int]) -> bool:
        """Whether two neighbouring parts of a stretch have changed places, not both with a name, nor with a value."""
        places = [k for k, before in zip(got, [None, *got], strict=False) if k != before]
        drops = [n for n in range(1, len(places)) if places[n] < places[n - 1]]
        if len(drops) != 1:
            return not drops
        cut = drops[0]
        front = [k for k in places[:cut] if k > min(places[cut:])]
        back = [k for k in places[cut:] if k < max(places[:cut])]
        if max(back) > min(front) or not all(map(self._movable, (front, back))):
            return False
        for one, other in ((front, back), (back, front)):
            told = self._named(other) or self._before(other).endswith("由")
            if self._acts(one) and told and not self._placed(other):
                return False
        return not all(map(self._named, (front, back))) and not all(map(self._counted, (front, back)))

    def _acts(self, part: Sequence[int]) -> bool:
        return any(self.held[k].tag.startswith("v") for k in part)

    def _placed(self, part: Sequence[int]) -> bool:
        """Whether a word before a name says its part, so that its place doesn't: 向校长报告, 由校长任命."""
        said = self.text[: self.said[self.back[part[0]]].start]
        return self._before(part).endswith(_PLACING) or said.endswith(("由", "被"))

    def _before(self, part: Sequence[int]) -> str:
        """What stands before a part in its stretch."""
        return self.sentence.stretches[self.sentence.at[part[0]]].text[: self.held[part[0]].start]

    def _movable(self, part: Sequence[int]) -> bool:
        """Whether a part is more than a character that tells one name from another: 副, 总, 外."""
        atom = self.held[part[0]]
        return len(part) > 1 or atom.kind is not Kind.CHARACTER or atom.tag.startswith("v")

    def _named(self, part: Sequence[int]) -> bool:
        words = "".join(self.held[k].key for k in part if self.held[k].kind is Kind.CHARACTER)
        return any(self.held[k].kind is Kind.NAME for k in part) or bool(names_of(words))

    def _counted(self, part: Sequence[int]) -> bool:
        return any(self.held[k].value for k in part)

    def _voices(self, place: int) -> Iterator[list[int]]:
        """The orders in which a stretch may be said: as it stands, and X由Y做 as Y做X, and the other way round."""
        mine = [k for k in range(len(self.held)) if self.sentence.at[k] == place]
        yield mine
        by = next((n for n, k in enumerate(mine) if self.held[k].key in ("由", "经由")), None)
        verbs = [n for n, k in enumerate(mine) if self.held[k].tag.startswith("v")]
        if by is not None:
            yield mine[by:] + mine[:by]
            text = self.sentence.stretches[place].text
            if bears := _BEARS.search(text[self.held[mine[by]].end :]):
                # 委员会由副校长任主任: 委员会主任由副校长担任.
                start = self.held[mine[by]].end + bears.start()
                office = [k for k in mine if self.held[k].start >= start]
                yield [*mine[:by], *office, *(k for k in mine[by:] if k not in office)]
            for n in verbs:
                if n > by:
                    yield [*mine[by:n], *mine[:by], *mine[n:]]
                    end = next(
                        (m for m in range(n, len(mine)) if self.held[mine[m]].word != self.held[mine[n]].word),
                        len(mine),
                    )
                    yield [*mine[by:end], *mine[:by], *mine[end:]]
        elif any(a.key in ("由", "经由") for a in self.said):
            for n in verbs:
                end = next(
                    (m for m in range(n, len(mine)) if self.held[mine[m]].word != self.held[mine[n]].word), len(mine)
                )
                yield [*mine[end:], *mine[:end]]

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches that bear it; empty where they don't."""
        self._blocks()
        self._words_alike()
        self._unlink_known()
        used = self._used()
        if not any(i >= self.sentence.leads for i in used):
            return ()
        good = (
            self._nothing_added()
            and self._nothing_left_out(used)
            and self._same_force(used)
            and self._same_order(used)
            and self._same_agents()
            and self._same_junctions(used)
            and self._skips_nothing(used)
        )
        return tuple(self.sentence.stretches[i] for i in sorted(used) if not self._only_named(i)) if good else ()

    def _only_named(self, i: int) -> bool:
        """Whether a stretch is a lead of which a statement has nothing but a name."""
        return i < self.sentence.leads and all(
            self.held[k].kind is Kind.NAME for k in self._atoms_at(i) if k in self.back
        )

    @property
    def stands_alone(self) -> bool:
        """Whether it says something without what follows it."""
        return any(self._says(i) for i in self._used())

    def otherwise(self) -> tuple[float, tuple[Difference, ...], tuple[Stretch, ...]]:
        """The share of the statement that is found or known, and what stands where the sentence has something else."""
        self._blocks()
        self._words_alike()
        self._unlink_known()
        used = self._used()
        needed = [i for i, a in enumerate(self.said) if a.needed]
        out: list[Difference] = []
        places = set[int]()
        borne = set(self.to)
        for word in words_of(self.said):
            if not self.said[word[0]].needed or any(i in self.to for i in word):
                continue
            if self._known(word):
                borne |= set(word)
            elif theirs := self._instead(word, used):
                one, other = self.said[word[0]], self.held[theirs[0]]
                places.add(self.sentence.at[theirs[0]])
                text = self.sentence.stretches[self.sentence.at[theirs[0]]].text
                kind = "name"
                if one.value and other.value:
                    kind = "bound" if compare(one.value, other.value) is Relation.BOUND else str(one.value.kind)
                out.append(
                    Difference(
                        kind=kind,
                        said=self.text[one.start : self.said[word[-1]].end],
                        found=text[other.start : self.held[theirs[-1]].end],
                    )
                )
                borne |= set(word)
        share = len(borne & set(needed)) / max(len(needed), 1) if self.to else 0.0
        return share, tuple(out), tuple(self.sentence.stretches[i] for i in sorted(places or used))

    def _instead(self, word: Sequence[int], used: set[int]) -> list[int]:
        """The word that a sentence has in the place of one of the statement: of its kind, beside the same words."""
        one = self.said[word[0]]
        left = [w for w in words_of(self.held) if self.sentence.at[w[0]] in used and not any(k in self.back for k in w)]
        if one.value:
            alike = [
                w for w in left if (v := self.held[w[0]].value) and (v.kind, v.unit) == (one.value.kind, one.value.unit)
            ]
            return alike[0] if len(alike) == 1 else []
        if not (one.kind is Kind.NAME or is_name(spelled(self.said, word))):
            return []
        names = [w for w in left if self.held[w[0]].kind is Kind.NAME or is_name(spelled(self.held, w))]
        beside = [w for w in names if self._beside(word, w)]
        return beside[0] if beside else []

    def _beside(self, word: Sequence[int], other: Sequence[int]) -> bool:
        """Whether two words stand right before, or right behind, words that go together."""
        for step, i, k in ((1, word[-1], other[-1]), (-1, word[0], other[0])):
            a, b = i + step, k + step
            while 0 <= a < len(self.said) and not self.said[a].content:
                a += step
            while 0 <= b < len(self.held) and not self.held[b].content:
                b += step
            if a in self.to and self.to[a] == b:
                return True
        return False


def spelled(atoms: Sequence[Atom], word: Sequence[int]) -> str:
    """The keys of some atoms as one word."""
    return "".join(atoms[i].key for i in word)


def _junction(between: str) -> str:
    """Whether words are joined by 或 or by 和."""
    return "or" if "或" in between else "and" if re.search("[和与及]", between) else ""
