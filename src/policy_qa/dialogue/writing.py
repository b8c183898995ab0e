"""Writing as people write: pinyin instead of characters, slips of input methods. Both are found against the words that
the texts have, by sound; what was put in their place is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from itertools import accumulate

from policy_qa.dialogue.split import ASKS
from policy_qa.numerals import HAN_NUMERAL_CHARS
from policy_qa.words import common_words, converter, is_traditional, normalize, stop_words

_HAN = re.compile(r"[\u4e00-\u9fff]+")
#: Letters that belong to a ref, an address or a name with digits are no pinyin.
_LETTERS = re.compile(r"(?<![\w#@./_-])[a-zü]++(?:[\s']+[a-zü]++){0,40}(?![\w#@./_-])", re.ASCII)
#: The longest word that is looked for by its sound, in characters; in letters a syllable has at most six.
_LONGEST, _SYLLABLE = 8, 6
#: Among more words than this nearly everything is the sound of some word, and a slip of nothing.
_TOO_MANY = 30_000
#: Words that ask and that people write in pinyin as well: the alternatives of `ASKS`, and the shapes around them.
_ASKING = (*re.findall(r"[\u4e00-\u9fff]{1,3}", ASKS.pattern), "几年", "几次", "几天", "多少钱", "的", "是")

#: Single characters that ask.
_ASKS = frozenset("".join(re.findall(r"[\u4e00-\u9fff]", ASKS.pattern)))


class Writing:
    """The words of the texts by their sound; `rarities` are the words with their inverse document frequency."""

    def __init__(
        self,
        rarities: Mapping[str, float],
        in_texts: Callable[[str], bool],
        latin: Collection[str],
        cut: Callable[[str], Sequence[str]],
    ) -> None:
        """`in_texts` tells whether a word stands in any text; `latin` are words in letters that are understood; `cut`
        cuts Chinese into words."""
        self._rarities, self._in_texts, self._latin, self._cut = rarities, in_texts, latin, cut

    def spelled(self, text: str) -> str:
        """The text with pinyin written out, where every letter of a run is the sound of words; else as it is."""
        plain = self._simplified(text)
        out = plain
        for match in _LETTERS.finditer(plain):
            kept, run = self._known_first(match.group())
            words = self._written(re.sub(r"[\s']+", "", run)) if run else None
            if words:
                out = out.replace(match.group(), kept + words, 1)
        return text if out == normalize(text) else out

    def _simplified(self, text: str) -> str:
        """A text in simplified characters; with the words of Taiwan exchanged where the texts have those of the
        mainland instead."""
        plain = normalize(text)
        if not is_traditional(text):
            return plain
        other = normalize(converter("tw2sp").convert(text))
        return max((plain, other), key=lambda t: sum(self._in_texts(t[i : i + 2]) for i in range(len(t) - 1)))

    def _known_first(self, run: str) -> tuple[str, str]:
        """(words at the start that are understood as they are, the rest)."""
        words = run.split()
        known = 0
        while known < len(words) and words[known] in self._latin:
            known += 1
        return " ".join(words[:known]), " ".join(words[known:])

    def _written(self, letters: str) -> str | None:
        """The fewest words whose sounds together are these letters; None where there are none, or only short ones."""
        best: list[tuple[int, tuple[str, ...]] | None] = [(0, ())] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - _LONGEST * _SYLLABLE), end):
                before, word = best[start], self._by_letters.get(letters[start:end])
                if before is None or word is None:
                    continue
                found = (before[0] + 1, (*before[1], word))
                if (held := best[end]) is None or found[0] < held[0]:
                    best[end] = found
        whole = best[-1]
        if whole is None or not any(len(w) > 1 and w in self._rarities for w in whole[1]):
            return None
        return "".join(whole[1])

    def corrected(self, text: str) -> tuple[str, tuple[str, ...]]:
        """(the text with slips replaced by words of the same sound that the texts have, those words).

        A stretch that any text has is no slip.
        """
        plain, words = normalize(text), []
        if len(self._rarities) > _TOO_MANY:
            return plain, ()
        for run in _HAN.findall(plain):
            at, ends = 0, {0, *accumulate(map(len, self._cut(run)))}
            while at < len(run) - 1:
                for size in range(min(_LONGEST, len(run) - at), 1, -1):
                    if not {at, at + size} <= ends:
                        continue  # 件里 is no piece of 附件里
                    stretch = run[at : at + size]
                    word = self._by_sound.get(_sound(stretch))
                    if word and self._slip(stretch, word):
                        plain = plain.replace(stretch, word, 1)
                        words.append(word)
                        at += size - 1
                        break
                at += 1
        return plain, tuple(words)

    def _slip(self, stretch: str, word: str) -> bool:
        """Whether a stretch of the same sound may be that word mistyped: no text has it, it is no string of other
        words, and what differs is no character that asks (设几位 is not 设计位)."""
        wrong = [a for a, b in zip(stretch, word, strict=True) if a != b]
        if len(stretch) == 2 and stretch[0] in HAN_NUMERAL_CHARS:
            return False  # 一届 counts, and is no 一节
        if not wrong or self._in_texts(stretch) or any(c in _ASKS for c in wrong):
            return False
        if common_words().frequency(stretch) and not common_words().frequency(word):
            return False  # 日期 is a word, and 日起 is none
        pieces = self._cut(stretch)
        return len(pieces) in (1, len(stretch)) or (len(stretch) > 2 and len(wrong) == 1)

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], str]:
        out: dict[tuple[str, ...], str] = {}
        for word in sorted(self._rarities, key=self._rarities.__getitem__):
            if 2 <= len(word) <= _LONGEST and _HAN.fullmatch(word):
                out.setdefault(_sound(word), word)
        return out

    @cached_property
    def _by_letters(self) -> dict[str, str]:
        out: dict[str, str] = {}
        # In an order of their own: a set has another one in every process.
        asking = (*_ASKING, *(w for w in sorted(stop_words()) if _HAN.fullmatch(w)))
        for word in asking:
            for letters in {"".join(_sound(word)), *(_readings(word) if len(word) == 1 else ())}:
                out.setdefault(letters, word)
        return out | {"".join(sound): word for sound, word in self._by_sound.items()}


def _sound(word: str) -> tuple[str, ...]:
    """The syllables of a word, without tones; ü is v, as input methods have it."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word))


def _readings(char: str) -> list[str]:
    """All readings of a character: 谁 is shui and shei."""
    from pypinyin import Style, pinyin

    return list(pinyin(char, style=Style.NORMAL, heteronym=True)[0])
