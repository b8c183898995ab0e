"""Words: jieba with a dictionary grown from the corpus, and what counts as a content word.

The segmenter is an object of its own, never jieba's global one, so that two indexes in one process
don't share words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from policy_qa.datamodels import Segmentation

_TOKEN = re.compile(r"[a-z]+|\d+(?:\.\d+)?|[\u3400-\u9fff]+")
# Bodies and offices, as rules name them; 「简称X」 defines a term.
_BODY = re.compile(r"[\u4e00-\u9fff]{2,10}?(?:委员会|领导小组|工作组|专家组|办公室|联络员|负责人|信息官|主任委员|校长助理)")
_DEFINED = re.compile(r"简称(?:为|[：:])?\s*[“\"「]?\s*([\u4e00-\u9fffA-Za-z]{2,10}?)\s*[”\"」)）、，。]")


def normalize(text: str) -> str:
    """NFKC, lower case: ＣＩＯ, CIO and cio are one word; full-width digits are digits."""
    return unicodedata.normalize("NFKC", text).lower()


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no content of their own: particles, pronouns, question words, courtesies."""
    text = files("policy_qa.resources").joinpath("stopwords.txt").read_text("utf-8")
    return frozenset(w for line in text.splitlines() if not line.startswith("#") for w in line.split())


class Segmenter:
    """Cuts Chinese text into words; `terms` are added to jieba's own dictionary.

    `cache_dir` keeps jieba's compiled dictionary (5 MB) so that a start takes half the time; without
    it jieba's own place is used.
    """

    def __init__(self, terms: Iterable[str] = (), cache_dir: Path | None = None) -> None:
        jieba = _jieba()
        self._cut: Any = jieba.Tokenizer()
        if cache_dir is not None:
            cache_dir.mkdir(parents=True, exist_ok=True)
            self._cut.tmp_dir = str(cache_dir)
        self.terms = tuple(dict.fromkeys(terms))
        self._cut.initialize()
        for term in self.terms:
            self._cut.add_word(normalize(term))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Half-open offsets of the words of `text`; together they are all of it."""
        return [(start, end) for _, start, end in self._cut.tokenize(text)]

    def words(self, text: str) -> list[str]:
        """The words of `text`, normalised, in order, each once where it stands; punctuation left out."""
        return [word for chunk in _TOKEN.findall(normalize(text)) for word in self._chunk(chunk)]

    def terms_of(self, text: str) -> list[str]:
        """What the lexical index holds of `text`: words, and the shorter words inside long ones.

        Stop words are left out; `信息化工作领导小组` also gives `信息化`, `工作`, `领导小组`.
        """
        out = []
        for chunk in _TOKEN.findall(normalize(text)):
            if chunk.isascii():
                out.append(chunk)
            else:
                out += self._cut.cut_for_search(chunk)
        stops = stop_words()
        return [w for w in out if w not in stops]

    def frequency(self, word: str) -> int:
        """How often the word stands in jieba's own text collection (60 M words); 0 where it is unknown."""
        return int(self._cut.FREQ.get(word, 0) or 0)

    def _chunk(self, chunk: str) -> list[str]:
        return [chunk] if chunk.isascii() else list(self._cut.cut(chunk))


def corpus_terms(segmentations: Iterable[Segmentation]) -> list[str]:
    """Words that this corpus uses as names: issuers, bodies and offices, terms that it defines."""
    found: dict[str, None] = {}
    for segmentation in segmentations:
        document = segmentation.document
        if document.issuer:
            found[document.issuer] = None
        for match in _DEFINED.finditer(document.text):
            found[match.group(1)] = None
    return list(found)


def _jieba() -> Any:
    import logging
    import warnings

    with warnings.catch_warnings():
        # jieba 0.42.1 has invalid escapes in its source and looks for pkg_resources; neither matters here.
        warnings.simplefilter("ignore")
        import jieba

    jieba.setLogLevel(logging.WARNING)
    return jieba
