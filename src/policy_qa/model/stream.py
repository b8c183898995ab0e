"""Words as a model writes them -> sentences, each as soon as it is complete, with the provisions that it names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.model.handles import Handles, Named, settled
from policy_qa.verify import sentences_of

_MARK = re.compile(r"\[(\d+)\]")
_MARKS = re.compile(r"(?:\s*\[\d+\])+")
_LEADING_MARKS = re.compile(r"^(?:\s*\[\d+\])+\s*")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_OPEN_THOUGHT = re.compile(r"<think(?:ing)?>.*\Z", re.DOTALL | re.IGNORECASE)
#: Half a tag at the end: whether it opens a thought is not known yet.
_HALF_TAG = re.compile(r"<(?:/?[a-z]{0,9})?\Z", re.IGNORECASE)
_ENDED = re.compile(r"[。！？!?；;][”’」』）)》]*\s*\Z")
_PAIRS = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"))
#: No sentence of a rule is so long; what is has no end.
_LONGEST = 1_200
#: Marks of Markdown at a line's head, and of emphasis: they are form, not words.
_HEAD = re.compile(r"^\s*(?:#{1,6}\s+|[-*+•·▪>]+\s+|\d{1,2}(?:[.)]\s+|[、)）]\s*))+")
_EMPHASIS = re.compile(r"\*{1,3}|_{2,3}|`+|~~|</?(?:条文|问题)[^<>\n]{0,20}>")  # and tags of the prompt
#: 「下列人员：（一）…」: the leading words and the first item are judged one by one.
_FIRST_ITEM = re.compile(r"(?<=[：:])\s*(?=[（(][一二三四五六七八九十\d]{1,2}[）)]\S)")
#: 「根据〔K3F〕，」 without its handle.
_BARE_SOURCE = re.compile(
    r"^(?:根据|依据|按照|依照|参照|见)(?:上述|以上)?(?:条文|条款|代号)?(?:的?规定)?\s*[，,：:]\s*"
)
_SPACE_BEFORE_STOP = re.compile(r"\s+(?=[，。；：！？、])")


@dataclass(frozen=True, slots=True)
class Draft:
    """One sentence that a model wrote: its words alone, the refs that it names, and whether it names others too."""

    text: str
    refs: tuple[str, ...] = ()
    unknown: bool = False


class SentenceReader:
    """Takes words, gives sentences. A sentence is complete when nothing that may follow can belong to it."""

    def __init__(self, handles: Handles) -> None:
        self._handles = handles
        self._raw = ""  # of which it isn't known yet whether it is a thought, a handle or text
        self._text = ""  # sentences that are not complete, their handles as [i]
        self._named: list[Named] = []

    def feed(self, words: str) -> list[Draft]:
        """The sentences that these words complete."""
        self._raw = _THOUGHT.sub("", self._raw + words)
        known = _known(self._raw)
        self._settle(known)
        spans = list(sentences_of(self._text))
        if spans and not _is_complete(self._text, spans[-1]):
            spans.pop()
        open_at = next((n for n, span in enumerate(spans) if _inside_quotation(self._text, span)), len(spans))
        return self._take(spans[:open_at])

    def finish(self, *, cut: bool = False) -> list[Draft]:
        """What is left at the end; a last sentence without its end is left out where a limit `cut` it."""
        self._raw = _OPEN_THOUGHT.sub("", self._raw)
        self._settle(len(self._raw))
        spans = list(sentences_of(self._text))
        if cut and spans and not _ENDED.search(_MARKS.sub("", self._text[slice(*spans[-1])])):
            spans.pop()
        drafts = self._take(spans)
        self._text = ""
        return drafts

    def _settle(self, size: int) -> None:
        marked, named = self._handles.marked(self._raw[:size], len(self._named))
        self._raw = self._raw[size:]
        self._named += named
        self._text += marked

    def _take(self, spans: list[tuple[int, int]]) -> list[Draft]:
        parts = (part for start, end in spans for part in _FIRST_ITEM.split(self._text[start:end]))
        drafts = [_draft(part, self._named) for part in parts]
        self._text = self._text[spans[-1][1] :] if spans else self._text
        if len(self._text) > _LONGEST:
            self._text = ""
        return [draft for draft in drafts if draft]


def _known(raw: str) -> int:
    """How many characters of what was written can't turn into something else by what follows."""
    thought = _OPEN_THOUGHT.search(raw) or _HALF_TAG.search(raw)
    return settled(raw[: thought.start()] if thought else raw)


def _is_complete(text: str, span: tuple[int, int]) -> bool:
    """Whether the last sentence has ended for good.

    With a handle inside or behind it, its stop ends it at once; without, a handle may follow the stop.
    """
    last, behind = text[slice(*span)], text[span[1] :]
    if "\n" in behind:
        return True
    return bool(_ENDED.search(_MARKS.sub("", last))) and bool(_MARK.search(_LEADING_MARKS.sub("", last)))


def _inside_quotation(text: str, span: tuple[int, int]) -> bool:
    """Whether the sentence opens a quotation that may still be closed: its line has not ended."""
    start, end = span
    return "\n" not in text[start:] and any(text.count(a, start, end) > text.count(b, start, end) for a, b in _PAIRS)


def _draft(marked: str, named: list[Named]) -> Draft | None:
    """The sentence without its marks and Markdown; None where nothing is left."""
    own = _LEADING_MARKS.sub("", marked)
    uses = [named[int(i)] for i in _MARK.findall(own)]
    text = _SPACE_BEFORE_STOP.sub("", _HEAD.sub("", _EMPHASIS.sub("", _MARKS.sub("", own))))
    text = " ".join(_BARE_SOURCE.sub("", text).split())
    if not re.search(r"\w", text):
        return None
    refs = tuple(dict.fromkeys(ref for use in uses for ref in use.refs))
    return Draft(text, refs, unknown=any(use.unknown for use in uses))
