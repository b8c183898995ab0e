"""What a draft says of the provisions that it cites: each sentence cut into what one citation stands for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policy_qa.check.sentences import Cut, Extent
from policy_qa.citing.parts import inside

#: Between two citations that stand for the same words: 第七条、第八条; 《…》第五条和《…》第七条.
_JOINING = re.compile(r"(?:[\s、，,和及与或至到—～~-]|以及|并|同时|的|之|规定|有关|相关|结合|根据|按照|依据|依照)*")
_INTRODUCES = (
    "根据|依据|依照|按照|遵照|参照|对照|按|依|据|结合|落实|执行|遵守|违反|符合|属于|适用|见|详见|参见|参阅|"
    "载于|出自|引自|来源[：:]|依据[：:]|如|与|和|对"
)
_BEFORE = re.compile(
    rf"(?:现|特|且|均|应|须)?(?:{_INTRODUCES})[\s：:]*(?:我[校院局县市]|本[校院局县市]|学校|上述|前述|该)?$"
)
_ACTS_ON = re.compile(
    r"(?:根据|依据|依照|按照|遵照|参照|结合|落实|执行|贯彻|为了?|按|依|据)[\s：:]*(?:我[校院局县市]|本[校院局县市]|学校|上述|前述|该)?$"
)
_SAYS = (
    r"(?:还|也|则|均|又|都|另|再|再次|同时|进一步|明文|已经?|就|即|中|里|更|只|仅|明确地?|清楚地?)*"
    r"(?:(?:已)?(?:作|做)?(?:出|了)?有?(?:过|了)?(?:明确|具体|专门)?的?规定|规定|明确|要求|指出|提出|载明|写明|强调|约定|界定|确定|表述|写道|写的是|说|列明|列出|限定|讲明|提到|所称|所列|所述)"
)
_ATTRIBUTES = re.compile(rf"^(?:的|之|中|里)?\s*{_SAYS}")
#: What is left of a citation's frame in front of what it says.
_FRONT = re.compile(
    rf"^[\s，,：:、；;]*(?:(?:的|之)?\s*(?:有关|相关|明确|具体|上述|这一|该)?(?:规定|要求|精神|内容|条款|表述|之规定)?(?:中|里|内)?[\s，,：:、]*)"
    rf"(?:{_SAYS}(?:了|的是|如下|为|：|:|，|,|道)?(?:[，,]?\s*即)?)?[\s，,：:、“”\"「」]*"
)
_BACK = re.compile(
    r"(?<![\s，,（(；;])[\s，,（(；;]*(?:(?:这|此|上述|以上|该)(?:一?(?:规定|要求|内容|做法|条|项|点))?)?"
    r"(?:是|由|系|为|见|详见|参见|参阅|来自|出自|源自|载于|依据|依据是|依据为|根据|按照|符合|来源|出处|条款依据){0,8}"
    r"(?:在|于)?(?<![\s：:，,])[\s：:，,]*+$"
)
#: Behind a citation that stands at the end of its sentence: nothing more is said.
_NOTHING_MORE = re.compile(
    r"^[\s]*+(?:的|之|中|里)?(?:明确)?(?:有关|相关)?(?:规定|要求|精神|条件|内容|程序|职责|明确|所列|表述|执行|办理|实施|进行|为准|等|了|的|。|；|;|，|,|!|！|）|\)|”|」|\"|\s)*+$"
)


#: Something that a draft mentions: where its name begins, where its number does (the same where it has none), its end.
Mentioned = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """Words of a draft that stand for some citations, by their numbers in the list of mentions.

    `pieces` are their stretches, in order, the citations themselves left out. `attributed` tells that the draft
    says that the provision says so (第七条规定：…, …（见第七条）); `acts` that it rests on it (根据第七条，…).
    """

    mentions: tuple[int, ...]
    pieces: tuple[tuple[int, int], ...]
    attributed: bool
    acts: bool = False

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.pieces[-1][1]

    def words(self, text: str) -> str:
        """What is claimed, as one text."""
        return "，".join(p for a, b in self.pieces if (p := text[a:b].strip(" \t\u3000，,；;。：:")))


@dataclass(frozen=True, slots=True)
class _Group:
    """Citations that stand for the same words: [start, end) with the names of their documents, [front, back) with the
    brackets around them. `behind` tells that what they stand for is before them."""

    start: int
    end: int
    front: int
    back: int
    mentions: tuple[int, ...]
    bracketed: bool
    behind: bool


def says_so(text: str, at: int) -> bool:
    """Whether what is named before an offset is what says the words behind it: 规定，…; 明确要求…."""
    return bool(_ATTRIBUTES.match(text[at : at + 40]))


def claims_of(cut: Cut, mentions: Sequence[Mentioned]) -> list[Claim]:
    """The claims of a draft about what it mentions; `mentions` are in order."""
    out: list[Claim] = []
    places = [at for _, at, _ in mentions]
    for number, sentence in enumerate(cut.sentences):
        among = range(bisect_left(places, sentence.start), bisect_left(places, sentence.end))
        here = [i for i in among if not inside(cut.quotations, places[i])]
        groups = list(_groups(cut.text, sentence, [(i, mentions[i][0], mentions[i][2]) for i in here]))
        out += _of_sentence(cut.text, sentence, groups, cut.sentences[number - 1] if number else None)
    return out


def _groups(text: str, sentence: Extent, found: Sequence[tuple[int, int, int]]) -> Iterator[_Group]:
    runs: list[list[tuple[int, int, int]]] = []
    for one in found:
        if runs and _JOINING.fullmatch(text, runs[-1][-1][2], max(one[1], runs[-1][-1][2])):
            runs[-1].append(one)
        else:
            runs.append([one])
    for i, run in enumerate(runs):
        start, end = run[0][1], run[-1][2]
        limit = runs[i + 1][0][1] if i + 1 < len(runs) else sentence.end
        bracket = _bracket(text, sentence, start, end)
        last = i + 1 == len(runs) and bool(_NOTHING_MORE.match(text[end:limit]))
        ends = last and len(re.sub(r"[\W_]", "", _BEFORE.sub("", text[sentence.start : start]))) >= 2
        front, back = bracket or (start, end)
        yield _Group(
            start, end, front, back, tuple(i for i, _, _ in run), bracket is not None, bracket is not None or ends
        )


def _bracket(text: str, sentence: Extent, start: int, end: int) -> tuple[int, int] | None:
    """The brackets that hold a citation and nothing else of weight: （见第七条）."""
    opening = max(text.rfind("（", sentence.start, start), text.rfind("(", sentence.start, start))
    if opening < 0 or re.search("[）)]", re.sub("（[A-Za-z]{2,8}）", "", text[opening:start])):
        return None
    closing = re.compile("[）)]").search(text, end, sentence.end)
    if not closing or len(text[opening + 1 : start].strip()) > 8 or closing.start() - end > 8:
        return None
    return opening, closing.end()


def _of_sentence(text: str, sentence: Extent, groups: Sequence[_Group], previous: Extent | None) -> Iterator[Claim]:
    at = sentence.start
    for i, group in enumerate(groups):
        following = groups[i + 1] if i + 1 < len(groups) else None
        end = sentence.end if following is None else _border(text, group, following)
        front, back = (at, group.front), (group.back, end)
        at = end
        if group.bracketed and not _weight(text, front) and previous is not None and not i:
            # 「……。（见第七条）」
            yield Claim(mentions=group.mentions, pieces=((previous.start, previous.end),), attributed=True)
            continue
        # 「根据第七条规定，…」 acts upon the rule; 「第七条规定，…」 tells of it.
        acts = bool(_ACTS_ON.search(text[front[0] : front[1]]))
        attributed = group.behind or (not acts and bool(_ATTRIBUTES.match(text[back[0] : back[1]].lstrip("，, "))))
        pieces = [p for p in (_trim_front(text, front), _trim_back(text, back, group)) if _weight(text, p)]
        if pieces:
            yield Claim(mentions=group.mentions, pieces=tuple(pieces), attributed=attributed, acts=acts)


def _border(text: str, group: _Group, following: _Group) -> int:
    """Where the words of one citation end and those of the next begin."""
    if group.behind:
        return group.back
    if following.bracketed:
        comma = max(text.rfind(mark, group.end, following.start) for mark in "，,；;")
        return comma + 1 if comma > group.end + 2 and following.front - comma > 4 else following.start
    comma = max(text.rfind(mark, group.end, following.start) for mark in "，,；;。")
    return comma + 1 if comma > group.end else following.start


def _weight(text: str, piece: tuple[int, int]) -> int:
    return len(re.sub(r"[\W_]", "", text[piece[0] : piece[1]])) if piece[0] < piece[1] else 0


def _trim_front(text: str, piece: tuple[int, int]) -> tuple[int, int]:
    """What stands before a citation, without what leads to it (根据, 见, 这是)."""
    words = _BACK.sub("", _BEFORE.sub("", text[slice(*piece)]))
    lead = len(words) - len(words.lstrip(" \t\u3000，,；;。：:）)"))
    return piece[0] + lead, piece[0] + len(words)


def _trim_back(text: str, piece: tuple[int, int], group: _Group) -> tuple[int, int]:
    """What stands behind a citation, without what joins it (的规定，规定：)."""
    start, end = piece
    if group.behind and not group.bracketed:
        return end, end
    if match := _FRONT.match(text[start:end]):
        start += match.end()
    return start, start + len(text[start:end].rstrip())
