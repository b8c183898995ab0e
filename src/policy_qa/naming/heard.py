"""Which words the corpus has, whole texts searched once for each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from policy_qa.words import normalize

#: How many words it is remembered of whether the corpus has them.
_MOST = 20_000
_HAN = re.compile(r"[\u4e00-\u9fff]+")
#: What normalising turns into Chinese characters: radicals, numerals of Suzhou, marks in circles and squares,
#: characters for compatibility.
OTHER_FORMS = re.compile(
    "[\u2e80-\u2fdf\u3036-\u303a\u3190-\u319f\u3200-\u33ff\uf900-\ufaff\U0001f200-\U0001f2ff\U0002f800-\U0002fa1f]"
)


class Heard:
    """What some texts speak of. Safe to share between threads."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        # Looking a word up in the whole corpus takes a while in a large one.
        self._known: dict[str, bool] = {}

    def mentioned(self, word: str) -> bool:
        """Whether any text has the word."""
        if (known := self._known.get(word)) is None:
            if len(self._known) > _MOST:
                self._known.clear()
            known = self._known[word] = self._stands_in_text(word)
        return known

    def everywhere(self, word: str) -> bool:
        """Whether most texts have a word; where there is one, none is common."""
        return 2 * sum(word in text for text in self._texts) > max(len(self._texts), 2)

    def _stands_in_text(self, word: str) -> bool:
        # Chinese characters stay what they are when a text is normalised, and normalising all of a large corpus
        # takes a second: only texts with other forms of them (⾼, ㈱) have to be.
        plain = bool(_HAN.fullmatch(word))
        return any(word in (text if plain else normalize(text)) for text in self._texts) or (
            plain and any(word in normalize(text) for text in self._with_other_forms)
        )

    @cached_property
    def _with_other_forms(self) -> tuple[str, ...]:
        return tuple(text for text in self._texts if OTHER_FORMS.search(text))
