"""Comparisons of two texts, made when somebody first asks for one and kept."""

from __future__ import annotations

import threading
from functools import cached_property

from policy_qa.datamodels import Segmentation
from policy_qa.diff import Diff, compare
from policy_qa.words import Segmenter

#: Comparisons that are kept; the one that was made first is let go for another.
KEPT = 32
_Key = tuple[str, str, str, str]


class Comparisons:
    """Compares texts once, whatever the number of readers; a text that has changed is compared anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[_Key, Diff] = {}

    def of(self, old: Segmentation, new: Segmentation) -> Diff:
        """What differs between two texts."""
        a, b = old.document, new.document
        key = (a.doc_id, a.sha256, b.doc_id, b.sha256)
        # One at a time: two large comparisons at once would only slow each other, and answers, down.
        with self._lock:
            if key not in self._made:
                self._made[key] = compare(old, new, self._words)
                while len(self._made) > KEPT:
                    del self._made[next(iter(self._made))]
            return self._made[key]

    @cached_property
    def _words(self) -> Segmenter:
        return Segmenter()
