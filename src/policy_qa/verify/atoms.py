"""A statement or a sentence of a provision as atoms: the characters, values, names and words of force to compare.

What is only grammar is left out or marked as needing no counterpart; values compare whatever their notation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policy_qa.values import Polarity, Value, ValueKind, fold, polarity_of, values_in
from policy_qa.verify.names import tagged
from policy_qa.verify.normal import Aliases


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
SIDES = re.compile("以上|以下|以外|之外|以前|之前|以后|之后")
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
    found += [(*m.span(), (Kind.NAME, m.group(), None)) for m in SIDES.finditer(plain)]
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


def spelled(atoms: Sequence[Atom], word: Sequence[int]) -> str:
    """The keys of some atoms as one word."""
    return "".join(atoms[i].key for i in word)
