"""What a sentence that doesn't stand says otherwise than the nearest words of the provisions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from policy_qa.statements import Difference
from policy_qa.values import Polarity, Value, ValueKind, polarity_of, values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.names import names_of
from policy_qa.verify.normal import atoms, encode
from policy_qa.verify.source import Source, Stretch

#: A sentence of which so much (of its pairs of characters) stands in a provision means to say what that says.
MEANT = 0.5
#: A stretch so much of which the sentence says too is one that it means.
_SAME = 0.6
_NEGATIVE = (Polarity.PROHIBITION, Polarity.NEGATION, Polarity.ABSENCE, Polarity.NOT_YET)
_HEDGES = re.compile(r"原则上|一般|特殊情况|除|未经|批准|同意|必要时|情况下")


@dataclass(frozen=True, slots=True)
class Nearest:
    """The stretches of a source that are most like a sentence, and the share of the sentence that they cover."""

    source: Source
    stretches: tuple[Stretch, ...]
    share: float

    @property
    def text(self) -> str:
        """Their text, from the first to the last."""
        return self.source.segmentation.document.text[self.stretches[0].start : self.stretches[-1].end]


def nearest(said: str, sources: Sequence[Source]) -> Nearest | None:
    """The neighbouring stretches that share most pairs of characters with a sentence (as it is compared)."""
    want = _pairs(said)
    best: Nearest | None = None
    for source in sources:
        for unit in _units(source):
            kept = _trimmed(unit, want)
            if not kept:
                continue
            have = Counter[tuple[str, str]]()
            for stretch in kept:
                have |= _pairs(stretch.forms[0])
            share = _share(said, want, have, "".join(s.forms[0] for s in kept))
            if best is None or share > best.share:
                best = Nearest(source, tuple(kept), share)
    return best if best and best.share > 0 else None


def _share(said: str, want: Counter[tuple[str, str]], have: Counter[tuple[str, str]], kept: str) -> float:
    """How much of a sentence stretches hold: by pairs, and by characters, values aside."""
    mine = Counter(a for a in atoms(said) if ":" not in a)
    single = (mine & Counter(atoms(kept))).total() / max(mine.total(), 1)
    return ((want & have).total() / max(want.total(), 1) + single) / 2


def _units(source: Source) -> Iterator[list[Stretch]]:
    units: dict[int, list[Stretch]] = {}
    for stretch in source.stretches:
        units.setdefault(stretch.unit, []).append(stretch)
    yield from units.values()


def _trimmed(unit: list[Stretch], want: Counter[tuple[str, str]]) -> list[Stretch]:
    """A sentence without the stretches at its ends that have nothing to do with what is said."""
    mine = Counter(a for pair in want for a in pair if ":" not in a)
    hits = []
    for i, stretch in enumerate(unit):
        own = [a for a in atoms(stretch.forms[0]) if ":" not in a]
        known = sum(a in mine for a in own)
        if (want & _pairs(stretch.forms[0])).total() >= 2 or (own and known >= _SAME * len(own)):
            hits.append(i)
    return unit[hits[0] : hits[-1] + 1] if hits else []


@lru_cache(maxsize=8192)
def _pairs(said: str) -> Counter[tuple[str, str]]:
    found = atoms(said)
    return Counter(pairwise(found)) | Counter((a, "") for a in found if len(a) > 1)


def differences(sentence: str, near: Nearest) -> tuple[Difference, ...]:
    """What differs: values, then force, names, conditions; other words last."""
    found = near.text
    out = [*_values(sentence, found), *_force(sentence, found)]
    a = atoms(encode(sentence, near.source.aliases))
    b = atoms(encode(found, near.source.aliases))
    words: list[Difference] = []
    for op, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        said, has = ("".join(map(_shown, part)) for part in (a[i:j], b[k:m]))
        if not said and _HEDGES.search(has):
            words.append(Difference(kind="condition", said="", found=has))
        elif said and any(len(x) == 1 for x in a[i:j]):
            words.append(Difference(kind="word", said=said, found=has))
    return (*out, *_names(sentence, found, near), *_conditions(near, a), *words)


def _shown(atom: str) -> str:
    return "" if atom.startswith("⟦") and ":" in atom else atom.strip("⟦⟧=")


def _values(said: str, found: str) -> Iterator[Difference]:
    """Values that the provision doesn't have, each beside one of its kind; else those that changed places."""
    ours, theirs = values_in(said), list(values_in(found))
    known = Counter(v.key for v in theirs)
    left = list(theirs)
    odd: list[Value] = []
    for value in ours:
        if known[value.key]:
            known[value.key] -= 1
            left.remove(next(v for v in left if v.key == value.key))
        else:
            odd.append(value)
    for value in odd:
        other = min(
            (v for v in left if v.kind is value.kind),
            key=lambda v: (v.unit != value.unit, v.value != value.value),
            default=None,
        )
        if other:
            left.remove(other)
        bound = bool(other and other.value == value.value and other.unit == value.unit)
        kind = "bound" if bound else str(value.kind)
        yield Difference(kind=kind, said=value.text, found=other.text if other else "")
    if not odd:
        order = [v.key for v in ours]
        rest = iter(v.key for v in theirs)
        if not all(key in rest for key in order):
            moved = next(v for v in ours)
            yield Difference(kind=str(moved.kind), said=_listed(ours), found=_listed(theirs))


def _listed(values: Sequence[Value]) -> str:
    return "、".join(v.text for v in values)


def _force(said: str, found: str) -> Iterator[Difference]:
    """Negation and modality, mark against mark."""
    ours, theirs = polarity_of(said), polarity_of(found)
    a, b = [m.kind for m in ours], [m.kind for m in theirs]
    for op, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal" or (op == "insert" and not any(x in _NEGATIVE for x in b[k:m])):
            continue
        turned = any(x in _NEGATIVE for x in a[i:j]) != any(x in _NEGATIVE for x in b[k:m])
        kind = "negation" if turned else "modality"
        yield Difference(kind=kind, said=_texts(ours[i:j]), found=_texts(theirs[k:m]))


def _texts(marks: Sequence[object]) -> str:
    return "、".join(getattr(m, "text", "") for m in marks)


def _names(said: str, found: str, near: Nearest) -> Iterator[Difference]:
    """Bodies and posts that the sentence names and the provision doesn't, or in another order."""
    source = near.source
    ours, theirs = ([encode(n, source.aliases) for n in names_of(text)] for text in (said, found))
    whole = encode(found, source.aliases)
    shown = {encode(n, source.aliases): n for n in names_of(said)}
    odd = [n for n in ours if n not in whole]
    yield from (Difference(kind="name", said=shown[name], found="") for name in odd)
    if not odd:
        rest = iter(theirs)
        if len(ours) > 1 and sorted(ours) == sorted(theirs) and not all(name in rest for name in ours):
            yield Difference(kind="name", said=" → ".join(shown[n] for n in ours), found=" → ".join(theirs))


def _conditions(near: Nearest, said: Sequence[str]) -> Iterator[Difference]:
    """Conditions and exceptions of the provision's sentence that the sentence leaves out."""
    have = "".join(said)
    first = near.stretches[0]
    unit = [s for s in near.source.stretches if s.unit == first.unit]
    last = near.stretches[-1]
    if last is unit[-1] and not last.whole:
        unit += [s for s in near.source.stretches if s.unit == last.unit + 1]
    for i, stretch in enumerate(unit):
        act = next((s for s in unit[i:] if not s.step), stretch)
        binds = stretch.condition or (stretch.step and act in near.stretches)
        if stretch.start > last.start:
            binds = stretch.exception
        if binds and not any(form in have for form in stretch.forms):
            end = max(s.end for s in unit) if stretch.exception else stretch.end
            text = near.source.segmentation.document.text[stretch.start : end]
            yield Difference(kind="condition", said="", found=text)
    for stretch in near.stretches:
        for match in re.finditer(r"[（(]([^（）()]*)[）)]", stretch.text):
            inside = encode(match.group(1), near.source.aliases)
            if not role.may_be_left_out(match.group(1)) and inside not in have:
                yield Difference(kind="condition", said="", found=match.group(1))


def means_to_say(near: Nearest, found: Sequence[Difference]) -> bool:
    """Whether a sentence says something of the provision, wrongly, and not something of its own."""
    return near.share >= MEANT and any(d.kind != "word" for d in found)


KINDS = {
    "number": "数",
    ValueKind.DATE: "日期",
    "duration": "期限",
    "money": "金额",
    "percent": "比例",
    "ordinal": "序数",
    "age": "年龄",
    "frequency": "频次",
    "provision": "条款号",
    "bound": "上下限",
    "negation": "否定",
    "modality": "应当、可以、不得",
    "name": "名称",
    "condition": "条件或例外",
    "document": "文件名",
    "institution": "单位",
    "word": "用词",
}


def in_words(found: Sequence[Difference]) -> str:
    """The differences as one Chinese sentence."""
    parts = []
    for d in [d for d in found if d.kind != "word"] or found:
        said, has = (f"「{t}」" if t else "" for t in (d.said, d.found))
        name = KINDS.get(d.kind, d.kind)
        parts.append(
            f"{name}不一致：说的是{said}，条文是{has}"
            if said and has
            else f"{name}：条文没有{said}"
            if said
            else f"{name}：漏了条文的{has}"
        )
    return "；".join(parts[:3]) + "。"
