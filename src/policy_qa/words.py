"""Words: jieba with a dictionary grown from the corpus, and what counts as a content word.

The segmenter is an object of its own, never jieba's global one, so that two indexes in one process
don't share words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from typing import Any

from policy_qa import dictionary
from policy_qa.citing.clean import clean
from policy_qa.datamodels import Segmentation
from policy_qa.resources import resource

#: Chinese characters, one by one; which of them are traditional is asked where there are any others at all.
_TRADITIONAL = re.compile(r"[\u3400-\u9fff]")
_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]+")
#: 「简称X」 defines a term.
_DEFINED = re.compile(r"简称(?:为|[：:])?\s*+[“\"「]?\s*+([\u4e00-\u9fffA-Za-z]{2,10}?)\s*+[”\"」)）、，。]")
# Bodies, by what their names end with; an office that has no such word is no body here: 「日程由教务处」 is none.
_BODY = re.compile(r"[\u4e00-\u9fff]{2,14}?(?:委员会|领导小组|工作组|专家组|办公室|中心)")
#: What joins the parts of one name, and what joins two matters: no name has 以及 or 跟 in it.
AND = frozenset("和与及")
BETWEEN = AND | {"以及", "跟"}
#: Words that jieba tags as places and that rules use for anything but a place elsewhere.
_NO_PLACE = frozenset((
    "中国", "全国", "我国", "国家", "学校", "学院", "大学", "中学", "小学", "机关", "中央", "城市", "农村", "地方",
    "教育部", "公安局", "教育局", "本校", "国内", "国外",
))  # fmt: skip


def normalize(text: str) -> str:
    """One spelling in simplified characters: ＣＩＯ, CIO and cio are one word; full-width digits are digits.

    A traditional character becomes one simplified character, so that 資訊長 and 资讯长 are one word in any text.
    """
    plain = clean(text)
    return _TRADITIONAL.sub(lambda match: simplified(match.group()), plain) if is_traditional(plain) else plain


def alone(word: str) -> str:
    """A pattern for a word; one in Latin letters stands in no other (no \\b, there is none beside Chinese)."""
    return rf"(?<![A-Za-z]){re.escape(word)}(?![A-Za-z])" if word.isascii() else re.escape(word)


def is_traditional(text: str) -> bool:
    """Whether a text has Chinese characters beyond those of GB 2312, which has all simplified ones in use."""
    try:
        text.encode("gb2312")
    except UnicodeEncodeError:
        return any(map(_beyond, _TRADITIONAL.findall(text)))
    return False


def _beyond(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


@cache
def simplified(char: str) -> str:
    """The simplified form of one character; what GB 2312 has is left as it is (著 and 乾 are words of their own)."""
    return str(converter("t2s").convert(char))[:1] if _beyond(char) else char


@cache
def converter(configuration: str) -> Any:
    """OpenCC, by the name of a configuration: `t2s` characters, `tw2sp` with the words of Taiwan (資訊: 信息)."""
    from opencc import OpenCC

    return OpenCC(configuration)


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no content of their own: particles, pronouns, question words, courtesies."""
    text = resource("stopwords.txt")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


class Segmenter:
    """Cuts Chinese text into words; `terms` are added to jieba's own dictionary. Safe to share between threads.

    The dictionary is read for the characters that are met (see dictionary.py), so a start costs nothing. jieba's
    guessing of unknown words (HMM) stays off: on spoken questions it glues words together (钱花, 能当) that then match
    nothing. Raises PackageDamaged where the dictionary is not jieba's.
    """

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._jieba: Any = _jieba().Tokenizer()
        self._jieba.FREQ, self._jieba.total, self._jieba.initialized = {}, dictionary.TOTAL, True
        self._known: set[str] = set()
        self.terms = tuple(dict.fromkeys(terms))
        for term in map(normalize, self.terms):
            self._learn(term)
            self._jieba.add_word(term)

    def _learn(self, text: str) -> None:
        """Take over the dictionary's words that begin with a character of `text`, before jieba looks for them.

        A character's words come once, and before any term that begins with it, so a term keeps its frequency.
        """
        for character in set(text) - self._known:
            self._jieba.FREQ.update(dictionary.words_from(character).frequency)
            self._known.add(character)

    def _cut(self, text: str) -> list[str]:
        self._learn(text)
        return list(self._jieba.cut(text, HMM=False))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Half-open offsets of the words of `text`; together they are all of it."""
        ends = list(accumulate(map(len, self._cut(text))))
        return list(zip([0, *ends], ends, strict=False))

    def words(self, text: str) -> list[str]:
        """The words of `text`, normalised, in order, each once where it stands; punctuation left out."""
        chunks = _TOKEN.findall(normalize(text))
        return [word for chunk in chunks for word in ([chunk] if chunk.isascii() else self._cut(chunk))]

    def terms_of(self, text: str) -> list[str]:
        """What the lexical index holds of `text`: words, and the shorter words inside long ones.

        Stop words are left out; `信息化工作领导小组` also gives `信息化`, `工作`, `领导小组`.
        """
        stops = stop_words()
        found = (part for word in self.words(text) for part in (*self._inside(word), word))
        return [word for word in found if word not in stops]

    def _inside(self, word: str) -> list[str]:
        """The dictionary's words inside a long one. jieba's own search mode stops at three characters,
        and would lose 首席信息官 in 中小学校首席信息官."""
        size = 0 if word.isascii() else len(word)
        parts = (word[a : a + n] for n in range(2, size) for a in range(size - n + 1))
        return [part for part in parts if self._jieba.FREQ.get(part)]

    def frequency(self, word: str) -> int:
        """How often the word stands in jieba's own text collection (60 M words); 0 where it is unknown."""
        self._learn(word[:1])
        return int(self._jieba.FREQ.get(word, 0))

    def tag(self, word: str) -> str:
        """jieba's part of speech of a word (n, v, a, d, …); `x` where its dictionary lacks the word."""
        return dictionary.words_from(word[:1]).tag.get(word, "x") if word else "x"

    def is_noun(self, word: str) -> bool:
        """Whether jieba's dictionary has the word as a noun, or as a verb used as one."""
        return self.tag(word).startswith("n") or self.tag(word) == "vn"


@cache
def common_words() -> Segmenter:
    """jieba's own dictionary without the words of a corpus: what a word is there is evidence, never a verdict."""
    return Segmenter()


@lru_cache(maxsize=8192)
def pieces(text: str) -> tuple[str, ...]:
    """The words that jieba's own dictionary cuts a text into."""
    return tuple(text[a:b] for a, b in common_words().spans(text))


def corpus_terms(segmentations: Sequence[Segmentation]) -> list[str]:
    """Words that this corpus uses as names: issuers, terms it defines, and what it always says together.

    The last are found by counting: neighbouring words of which one nearly always stands beside the
    other become one word, up to three times over (首席 + 信息 + 官). Their tails of three characters
    and more are words too, because people shorten from the front (信息官).
    """
    found: dict[str, None] = {}
    for segmentation in segmentations:
        document = segmentation.document
        if document.issuer:
            found[document.issuer] = None
        for match in _DEFINED.finditer(document.text):
            found[normalize(match.group(1))] = None
    segmenter = Segmenter(found)
    lines = [segmenter.words(part) for s in segmentations for part in re.split(r"[^\w]+", s.document.text)]
    for term, parts in _collocations(lines).items():
        found[term] = None
        for cut in range(1, len(parts)):
            if len(tail := "".join(parts[cut:])) >= 3 and len(parts) - cut > 1:
                found[tail] = None
    return list(found)


def _collocations(lines: list[list[str]]) -> dict[str, list[str]]:
    """Term -> its words, for neighbours that occur together at least 4 times and in 8 of 10 cases."""
    stops = stop_words()
    parts: dict[str, list[str]] = {}
    for _ in range(3):
        single: Counter[str] = Counter(w for line in lines for w in line)
        pairs: Counter[tuple[str, str]] = Counter(p for line in lines for p in pairwise(line))
        merged = {
            (a, b)
            for (a, b), n in pairs.items()
            if n >= 4
            and n >= 0.8 * min(single[a], single[b])
            and len(a + b) <= 10
            and not ({a, b} & stops)
            and not re.search(r"[a-z\d]", a + b)
        }
        if not merged:
            break
        for a, b in sorted(merged):  # the order of a set differs from process to process, and an index must not
            parts[a + b] = [*parts.get(a, [a]), *parts.get(b, [b])]
        lines = [_merge(line, merged) for line in lines]
    return parts


def _merge(line: list[str], pairs: set[tuple[str, str]]) -> list[str]:
    out: list[str] = []
    for word in line:
        if out and (out[-1], word) in pairs:
            out[-1] += word
        else:
            out.append(word)
    return out


def bodies_of(segmentations: Iterable[Segmentation]) -> list[str]:
    """Names of bodies and offices in the texts: 网络安全与信息化工作办公室, 信息化专家咨询委员会."""
    found = (match.group() for s in segmentations for match in _BODY.finditer(s.document.text))
    return list(dict.fromkeys(found))


def place_names() -> set[str]:
    """Place names of jieba's own dictionary (tags ns and nt), two characters or more."""
    return {word for word in dictionary.tagged("ns", "nt") if len(word) >= 2 and word not in _NO_PLACE}


def _jieba() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():
        # jieba 0.42.1 has invalid escapes in its source and looks for pkg_resources; neither matters here.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba
