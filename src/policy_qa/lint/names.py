"""Names: one body or office under two, a body that was never introduced, an instrument that calls itself another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, dropwhile, islice

from policy_qa.citing.grammar import INSTRUMENTS
from policy_qa.citing.parts import Part, amends, inside, kind_of, quoted
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.words import AND, common_words, normalize, pieces


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SUFFIX = re.compile(r"委员会|领导小组|工作小组|工作组|专家组|协调小组|办公室")
_RUN = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]++$")
#: So many names of a document are held against each other; no policy has more.
_MOST = 200
#: So many places that name a body are read; beyond them nothing new is said.
_MANY = 5_000
#: jieba's tags of what a body's name is made of: nouns, places, names, verbs used as nouns, abbreviations.
_NOMINAL = ("n", "ns", "nt", "nz", "nl", "ng", "vn", "an", "j", "b", "s", "l", "t", "x", "nrt")
#: Verbs that stand in the names of bodies.
_IN_NAMES = _set(
    "领导 指导 工作 建设 管理 咨询 评审 监督 考核 推进 协调 应急 保障 审查 评议 "
    "评估 招生 教学 学位 安全 统筹 治理 审议 监察 调解 仲裁 议事"
)
#: Words before a name that say whose it is: 学校信息化委员会 is the 信息化委员会.
_WHOSE = _set(
    "学校 学院 大学 本校 我校 全校 校 院 本院 我院 本市 全市 我市 市 县 区 省 "
    "本省 全省 国家 全国 各级 各 有关 相关 上级 本级 校级 院级"
)
#: Words that names of one body now have, now leave out.
_LOOSE = _set("工作 建设 管理 推进 事务 专项 事业")
_ENDS_A_BODY = re.compile(
    r"(?:委|会|组|室|处|部|局|厅|院|校|中心|科|办|司|所|站|方|人|员|长|位|门|构|府|任|制|织|级|队|团|处长)$"
)
_GENERIC = ("领导小组", "工作小组", "委员会", "专家组", "工作组")
_INTRODUCED = re.compile(
    r"(?:(?:成立|设立|组建|建立|下设|设置|增设|派出)[^，。；\n]{0,6}|设|组成|简称为?|[“\"「：:])\s*$"
)
#: Words after which a name begins. Any other before 领导小组 or 委员会 may belong to the name (清算委员会).
_TAKES_A_BODY = _set(
    "作为 落实 由 向 经 报 对 与 和 及 以及 是 在 为 提请 报请 召开 听取 "
    "执行 接受 协助 配合 通过 报经 提交 参加 担任 的"
)
_OFFICE = re.compile(r"(?P<name>首席[\u4e00-\u9fff]{1,8}?官)\s*[（(][^（）()]{0,60}?(?P<short>[A-Za-z]{2,8})\s*[)）]")
_SELF = re.compile(
    rf"(?<![成基资样文版日课书原剧脚标副根])本(?P<kind>{INSTRUMENTS})(?![\u4e00-\u9fff]?(?:律|院|官|学|人)|序)"
)
#: Kinds whose names mean other things as well (本标准, 本通知所附).
_AMBIGUOUS = _set("标准 计划 规划 决定 通知 意见 目录 要点 函 公告 批复 答复 法 解释 法典")
_MADE = re.compile(r"(?:制定|制订|现将|印发|出台|修订)\s*《(?P<title>[^《》\n]{4,60})》")


@dataclass(frozen=True, slots=True)
class _Name:
    """A body's name at one place: its words without the suffix, and the word before it."""

    words: tuple[str, ...]
    suffix: str
    start: int
    end: int
    before: str

    @property
    def core(self) -> tuple[str, ...]:
        """Without what says whose body it is, and without the suffix."""
        return tuple(dropwhile(_WHOSE.__contains__, self.words))

    @property
    def printed(self) -> str:
        return "".join(self.words) + self.suffix


def check_names(segmentation: Segmentation, parts: Sequence[Part]) -> Iterator[Draft]:
    """Bodies, offices and the instrument itself, each by one name throughout."""
    text = segmentation.document.text
    yield from _offices(text)
    yield from _own_kind(text, parts)
    yield from _own_title(text, parts)
    floor = min((p.start for p in segmentation.articles if p.kind is Kind.APPENDIX), default=len(text))
    names = [n for m in islice(_SUFFIX.finditer(text, 0, floor), _MANY) if (n := _name(text, m))]
    yield from _two_names(text, names)
    yield from _undefined(text, names)


def _name(text: str, match: re.Match[str]) -> _Name | None:
    """The name that ends with a suffix: its words back to a verb, a preposition or a mark."""
    run = _RUN.search(text[max(0, match.start() - 24) : match.start()])
    before = run.group() if run else ""
    cut = list(pieces(before))
    words: list[str] = []
    while cut:
        word = cut[-1]
        if _SUFFIX.fullmatch(word) or (word in AND and (len(cut) < 2 or _ENDS_A_BODY.search(cut[-2]))):
            break
        if not (word in AND or word in _IN_NAMES or common_words().tag(word) in _NOMINAL):
            break
        words.insert(0, cut.pop())
    while words and (words[0] in AND or (words[0] in _LOOSE and words[1:2] and words[1] in AND)):
        words.pop(0)
    if cut and _SUFFIX.fullmatch(cut[-1]) and not words:
        return None  # 领导小组办公室: the office of a body, named by that
    last = cut[-1] if cut else ""
    start = match.start() - sum(map(len, words))
    return _Name(tuple(words), match.group(), start, match.end(), last)


def _two_names(text: str, names: list[_Name]) -> Iterator[Draft]:
    """The rarer of two names that differ in 和/与, in a word like 工作, or in one half of A和B."""
    by_core: dict[tuple[str, tuple[str, ...]], list[_Name]] = defaultdict(list)
    for name in names:
        if len("".join(name.core)) >= 3:
            by_core[name.suffix, name.core].append(name)
    counts = {key: len(found) for key, found in by_core.items()}
    pairs = [(a, b) for a, b in combinations(islice(by_core, _MOST), 2) if a[0] == b[0]]
    judged = [(severity, a, b) for a, b in pairs if (severity := _alike(a[1], b[1], counts[a], counts[b]))]
    reported: set[tuple[str, tuple[str, ...]]] = set()
    for severity, one, other in sorted(judged, key=lambda j: j[0] is not Severity.WARNING):
        rare, usual = sorted((one, other), key=lambda k: (counts[k], -by_core[k][0].start))
        first, main = by_core[rare][0], by_core[usual][0]
        if rare in reported or _is_short_for(first.printed, text, 6):
            continue
        reported.add(rare)
        words = {"name": first.printed, "usual": main.printed}
        yield Draft(Check.TWO_NAMES, severity, (first.start, first.end), words=words)


def _alike(one: tuple[str, ...], other: tuple[str, ...], times: int, also: int) -> Severity | None:
    """How surely two names, their suffix aside, mean one body; `times` and `also` tell how often they stand."""
    plain, bare = (tuple(w for w in words if w not in AND) for words in (one, other))
    if "".join(plain) == "".join(bare):
        return Severity.WARNING
    if _tight(plain) == _tight(bare) and min(len("".join(plain)), len("".join(bare))) >= 3:
        return Severity.WARNING
    for whole, half, count in ((one, other, times), (other, one, also)):
        joint = next((i for i, word in enumerate(whole) if word in AND), 0)
        # Once only, 「…情况和学术委员会」 may be a thing and a body.
        if joint and count > 1 and half in (whole[:joint], whole[joint + 1 :]) and len("".join(half)) >= 3:
            return Severity.HINT
    return None


def _tight(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(w for w in words if w not in _LOOSE)


def _undefined(text: str, names: list[_Name]) -> Iterator[Draft]:
    """领导小组 as if it were known, in a document that introduces no body of that kind."""
    for suffix in _GENERIC:
        found = [n for n in names if n.suffix == suffix]
        introduced = any(
            n.words or n.before not in _TAKES_A_BODY | {""} or _INTRODUCED.search(text[max(0, n.start - 12) : n.start])
            for n in found
        )
        bare = [n for n in found if text[n.end : n.end + 1] != "成"]
        if introduced or not bare:
            continue
        span = (bare[0].start, bare[0].end)
        yield Draft(Check.UNDEFINED_NAME, Severity.WARNING, span, words={"name": suffix})


def _offices(text: str) -> Iterator[Draft]:
    """Two offices with one abbreviation: 首席教育信息官（CIO） and 首席信息官（CIO）."""
    seen: dict[str, dict[str, re.Match[str]]] = {}
    for match in _OFFICE.finditer(text):
        seen.setdefault(normalize(match.group("short")), {}).setdefault(match.group("name"), match)
    for short, names in seen.items():
        if len(names) < 2:
            continue
        names = dict(islice(names.items(), _MOST))
        usual = max(names, key=lambda n: (text.count(n), len(n)))
        for name, match in names.items():
            if name != usual:
                words = {"name": name, "usual": usual, "short": short.upper()}
                yield Draft(Check.TWO_NAMES, Severity.WARNING, match.span("name"), "two offices", words)


def _own_kind(text: str, parts: Sequence[Part]) -> Iterator[Draft]:
    """本办法 in what its title calls a 制度; once for each wrong word of an instrument."""
    foreign = quoted(text)
    for part in parts:
        kind = kind_of(part.title)
        if not kind or amends(part.title):
            continue
        seen: set[str] = set()
        for provision in part.numbered:
            for match in _SELF.finditer(text, provision.start, provision.end):
                said = match.group("kind")
                own = said in part.title or said in _AMBIGUOUS or kind.endswith(said) or said.endswith(kind)
                if own or said in seen or inside(foreign, match.start()) or _is_short_for(f"本{said}", text, 4):
                    continue
                seen.add(said)
                words = {"kind": kind, "said": said}
                yield Draft(Check.INSTRUMENT_NAME, Severity.WARNING, match.span(), "own kind", words)


@lru_cache(maxsize=_MOST)
def _is_short_for(name: str, text: str, within: int) -> bool:
    """Whether a text says 「简称…NAME」, so many characters between at most."""
    return bool(re.search(rf"简称[^。；\n]{{0,{within}}}{re.escape(name)}", text))


def _own_title(text: str, parts: Sequence[Part]) -> Iterator[Draft]:
    """制定《…工作实施方案》 under the title …实施方案: nearly the title, but another."""
    titles = {_plain(part.title): part.title for part in parts[:_MOST]}
    for match in _MADE.finditer(text):
        said = _plain(match.group("title"))
        for plain, title in () if said in titles else titles.items():
            short, long = sorted((said, plain), key=len)
            near = len(short) >= 8 and 0 < len(long) - len(short) <= 3 and _within(short, long)
            if near and not long.endswith(short):  # that is the issuer's name before it
                yield Draft(Check.INSTRUMENT_NAME, Severity.WARNING, match.span("title"), "own title", {"title": title})
                break


def _plain(title: str) -> str:
    return re.sub(r"[（(][^（）()]*[)）]|\s", "", title)


def _within(short: str, long: str) -> bool:
    """Whether the characters of one stand in the other in the same order."""
    rest = iter(long)
    return all(c in rest for c in short)
