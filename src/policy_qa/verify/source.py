"""A provision at article level as what sentences are held against: its stretches between commas, ready to compare.

Each stretch knows how it may be written (brackets that only explain left out, a list shortened, 由 turned round) and
what it is to its neighbours (a condition, a step, an exception, a title; whose subject it takes).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.values import values_in
from policy_qa.verify import clause_words as role
from policy_qa.verify.names import is_name, subject_of
from policy_qa.verify.normal import Aliases, encode
from policy_qa.words import common_words

#: Behind these words the first element begins.
_HEAD = re.compile(r".*(?:由|包括|包含|含有|例如|如|分为|设有|下设)")
#: With these words the last element is over.
_TAIL = re.compile(r"(?:等[^、]{0,20}|(?:共同)?(?:担任|兼任|组成|参加|构成|承担))$")
#: With one of these it is a sentence and no list of names.
_ACTS = re.compile(r"由|对|将|向|应|可|须|不|负责|担任|组织")
_IN_BRACKETS = re.compile(r"[（(《“「][^（）()《》“”「」]*[）)》”」]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list of three elements or more (two where it is known where both begin and end), as it is compared.

    `head` stands before the first element and `tails` are what may stand behind the last. Where it isn't known where
    the first begins (the last ends), `first_stays` (`last_stays`): it can't be left out.
    """

    head: str
    elements: tuple[str, ...]
    tails: tuple[str, ...]
    first_stays: bool
    last_stays: bool

    def ends(self, said: str, at: int) -> set[int]:
        """Where in `said` the list may end if it begins at `at`; at least one element is named, all in order."""
        if not said.startswith(self.head, at):
            return set()
        none, some = {at + len(self.head)}, set[int]()
        last = len(self.elements) - 1
        for i, element in enumerate(self.elements):
            named = {p + len(element) for p in none if said.startswith(element, p)}
            named |= {p + 1 + len(element) for p in some if said.startswith("、" + element, p)}
            stays = (i == 0 and self.first_stays) or (i == last and self.last_stays)
            some = named if stays else some | named
            none = set() if stays else none
        return {p + len(tail) for p in some for tail in self.tails if said.startswith(tail, p)}


def listing_of(text: str, encoded: Callable[[str], str], *, pure: bool = False) -> Listing | None:
    """The list that a stretch is, or None; only what 、 parts is an element, 和 may be inside one.

    `pure` tells that the text is nothing but the list, if its elements are names.
    """
    parts = _parts(text)
    if len(parts) < 2:
        return None
    head = _HEAD.match(_IN_BRACKETS.sub(lambda m: "　" * len(m.group()), parts[0]))
    opening = parts[0][: head.end()] if head else ""
    tail = _TAIL.search(parts[-1])
    closing = parts[-1][tail.start() :] if tail and tail.start() else ""
    if closing:
        parts[-1] = parts[-1][: -len(closing)]
    parts[0] = parts[0][len(opening) :]
    named = pure and not opening and not closing and all(map(is_name, parts)) and not _ACTS.search(text)
    if not all(part.strip() for part in parts) or (len(parts) < 3 and not named and not (opening and closing)):
        return None
    tails = {encoded(closing)}
    if closing.startswith("等"):
        tails.add(encoded(closing[1:]))
    return Listing(
        head=encoded(opening),
        elements=tuple(map(encoded, parts)),
        tails=tuple(tails),
        first_stays=not opening and not named,
        last_stays=not closing and not named,
    )


def _parts(text: str) -> list[str]:
    """The text at its 、 outside of brackets and quotation marks."""
    masked = _IN_BRACKETS.sub(lambda m: "　" * len(m.group()), text)
    out, at = [], 0
    for match in re.finditer("、", masked):
        out.append(text[at : match.start()])
        at = match.end()
    rest = text[at:].split("，")
    return [*out, *rest]


_PAIRS = {"（": "）", "(": ")", "《": "》", "“": "”", "「": "」", "〔": "〕", "[": "]"}
_STOPS = "。；;！？!?"
_COMMAS = "，,：:"
_BRACKET = re.compile(r"[（(]([^（）()]*)[）)]")
#: A comma that slipped into a list: 由党委办公室、教务处、保卫处，图书馆等部门组成.
_LISTED = re.compile(r"[^，。；、]{1,20}由[^，。；、]+(?:、[^，。；、]+){2,}，[^，。；、]{2,10}等[^，。；、]{0,12}组成")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """What stands between two commas, at [start, end) of the document; `unit` counts the sentences of the article.

    `owner` is the path of the finest provision that holds it, `leads` tells that it governs that provision's items,
    `item` that its provision is one of a list. `forms` are the ways to write it, `listing` its list, if it has one.
    `subject` is the name that it opens with, as it is compared, and `noun` tells that it opens with a thing of its own.
    `topic` tells that it only names what the next one speaks of: Ⅰ级实验室，学校每月检查一次.
    `whole` tells that a full stop stands behind it.
    """

    text: str
    start: int
    end: int
    unit: int
    owner: str
    leads: bool
    item: bool
    forms: tuple[str, ...]
    listing: Listing | None
    subject: str = ""
    noun: bool = False
    condition: bool = False
    step: bool = False
    exception: bool = False
    goes_on: bool = False
    title: bool = False
    topic: bool = False
    whole: bool = False

    def ends(self, said: str, at: int) -> set[int]:
        """Where in `said` this stretch may end if it begins at `at`."""
        out = {at + len(form) for form in self.forms if said.startswith(form, at)}
        return out | self.listing.ends(said, at) if self.listing else out


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A provision at article level, taken apart. `topics` are names that its document is about."""

    segmentation: Segmentation = field(repr=False)
    article: Provision
    aliases: Aliases = field(repr=False)
    pattern: re.Pattern[str] | None = field(repr=False)
    stretches: tuple[Stretch, ...]


def tagged(text: str) -> list[tuple[int, int, str]]:
    """The words of a text with their parts of speech."""
    words = common_words()
    return [(a, b, words.tag(text[a:b].lower())) for a, b in words.spans(text)]


def source_of(
    segmentation: Segmentation, article: Provision, aliases: Aliases, pattern: re.Pattern[str] | None
) -> Source:
    """Takes an article apart."""
    inner = [p for p in segmentation.within(article) if p.end <= article.end and (p is article or not p.article)]
    out: list[Stretch] = []
    unit = 0
    for owner, start, end, leads in _owned(inner):
        whole = segmentation.document.text
        # The first 款 of an article begins where the article does, with its label.
        start += max((len(p.label) for p in inner if p.start == start and whole.startswith(p.label, start)), default=0)
        for a, b, mark, last in _between(whole, start, end, lines=_by_lines(owner)):
            text = whole[a:b]
            stretch = _stretch(
                text, a, b, mark, aliases, pattern, unit=unit, owner=owner.path, leads=leads, item=_listed(owner)
            )
            if stretch.forms:
                out.append(stretch)
            unit += last
        unit += 1
    return Source(
        segmentation=segmentation,
        article=article,
        aliases=aliases,
        pattern=pattern,
        stretches=tuple(out),
    )


def _by_lines(owner: Provision) -> bool:
    return owner.unit in (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING) or owner.kind in (Kind.APPENDIX, Kind.ROW)


def _listed(owner: Provision) -> bool:
    return owner.kind in (Kind.ITEM, Kind.SUBITEM, Kind.ROW)


def _owned(inner: list[Provision]) -> Iterator[tuple[Provision, int, int, bool]]:
    """The text in pieces that each belong to one finest provision; its label left out. True where it governs items."""
    edges = sorted({e for p in inner for e in (p.start, p.end)})
    for start, end in pairwise(edges):
        owner = max(
            (p for p in inner if p.start <= start and end <= p.end), key=lambda p: (p.start, -p.end), default=None
        )
        if owner is None:
            continue
        below = [p for p in inner if p.start == end and p.parent == owner.path and _listed(p)]
        yield owner, start, end, bool(below)


def _between(text: str, start: int, end: int, *, lines: bool) -> Iterator[tuple[int, int, str, bool]]:
    """Stretches between commas with the mark behind each, and whether a sentence ends there."""
    at = begin = start
    while at <= end:
        char = text[at] if at < end else ""
        if char in _PAIRS and char:
            stop = text.find(_PAIRS[char], at, min(end, at + 300))
            if stop > 0 and not (lines and "\n" in text[at:stop]):
                at = stop + 1
                continue
        digits = 0 < at < end - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()
        stops = not char or char in _STOPS or (lines and (char in "\n|\t" or text.startswith((":\n", "：\n"), at)))
        if stops or (char in _COMMAS and not digits and not _LISTED.match(text[begin : at + 40])):
            piece = text[begin:at]
            a = begin + len(piece) - len(piece.lstrip(" \t\n\u3000\xa0#*|>-"))
            b = at - (len(piece) - len(piece.rstrip(" \t\n\u3000\xa0#*|")))
            if b > a and re.search(r"\w", text[a:b]):
                yield a, b, char or "。", stops
            begin = at + 1
        at += 1


def _stretch(
    text: str,
    start: int,
    end: int,
    mark: str,
    aliases: Aliases,
    pattern: re.Pattern[str] | None,
    *,
    unit: int,
    owner: str,
    leads: bool,
    item: bool,
) -> Stretch:
    forms = [*_bracket_forms(text, aliases, pattern)]
    bare = _BRACKET.sub("", text).strip()
    step = role.is_step(text)
    size = 0 if step else subject_of(bare, tagged)
    subject = encode(bare[:size], aliases, pattern) if size else ""
    forms += [turned for form in tuple(forms) for turned in _turned(form)]
    if short := _shorter_subject(subject):
        forms += [short + form[len(subject) :] for form in tuple(forms) if form.startswith(subject)]
    words = tagged(bare[:12]) if not size else []
    return Stretch(
        text=text,
        start=start,
        end=end,
        unit=unit,
        owner=owner,
        leads=leads,
        item=item,
        forms=tuple(dict.fromkeys(filter(None, forms))),
        listing=listing_of(text, lambda part: encode(part, aliases, pattern), pure=item and mark not in "：:"),
        subject=subject,
        noun=bool(size) or bool(words and words[0][2][:1] in "njt" and not step and not role.is_title(text, mark)),
        condition=role.is_condition(text) and not step and not role.is_title(text, mark),
        step=step,
        exception=role.is_exception(text),
        goes_on=role.goes_on(text),
        title=role.is_title(text, mark) and not is_name(text),
        topic=_names_a_topic(bare),
        whole=mark not in "；;，,：:",
    )


#: What only names a topic is not longer, and has none of these.
_TOPIC, _PREDICATES = 16, re.compile("[是为系由任]")


def _names_a_topic(text: str) -> bool:
    if len(text) > _TOPIC or _PREDICATES.search(text):
        return False
    words = tagged(text)
    value = bool(values_in(text)) and values_in(text)[-1].end == len(text)
    return bool(words) and not value and not any(tag.startswith("v") and tag != "vn" for _, _, tag in words)


def _bracket_forms(text: str, aliases: Aliases, pattern: re.Pattern[str] | None) -> Iterator[str]:
    yield encode(text, aliases, pattern)
    brackets = [m for m in _BRACKET.finditer(text) if role.may_be_left_out(m.group(1))]
    if brackets:
        without = text
        for match in reversed(brackets):
            without = without[: match.start()] + without[match.end() :]
        yield encode(without, aliases, pattern)


_BY = re.compile(
    r"(?P<what>[^由]{1,40}?)(?P<how>原则上|一般|⟦应⟧|⟦可⟧)?由(?P<who>.{1,60}?)(?P<does>担任|兼任|任命|聘任|提名|召集|签发|审定|批准|解释|主持|决定)"
)


def _turned(form: str) -> Iterator[str]:
    """组长由校长担任, 由校长担任组长 and 校长担任组长 say the same; 校长由组长担任 doesn't."""
    if match := _BY.fullmatch(form):
        what, how, who, does = (match.group(n) or "" for n in ("what", "how", "who", "does"))
        yield f"{how}由{who}{does}{what}"
        yield f"{who}{how}{does}{what}"


_LOOSE = re.compile(r"(?:全[县市校区省]|各|本|我|该|中小学校?|⟦=学校⟧|学校)+(?=⟦=)")


def _shorter_subject(subject: str) -> str:
    """中小学校首席信息官 is 首席信息官 in a rule for the schools."""
    match = _LOOSE.match(subject)
    return subject[match.end() :] if match and match.end() < len(subject) else ""


def asks_for_list(text: str) -> re.Match[str] | None:
    """「CIO一般由以下人员担任」: the words that stand for the items below."""
    return re.search(
        r"(?:以下|下列)(?:几[个项点类种])?(?:人员|条件|职责|要求|材料|内容|事项|工作|任务|部门|单位|资格)", text
    )
