"""What people have said of a provision, wherever it is named: beside a citation, and over its text."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from policy_qa.errors import StoreUnusable
from policy_qa.kept.marks import Mark, Said, Standing, standing
from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.texts import Texts

log = logging.getLogger(__name__)
_TONES = {Standing.RIGHT: "pq-good", Standing.WRONG: "pq-warn", Standing.CHANGED: "pq-dead"}


def render_mark(ref: str, texts: Texts, library: Library | None) -> str:
    """The mark of a provision, or of what it stands in, as HTML; nothing where it has none."""
    marks = _latest(library)
    mark = _nearest(library.in_file(ref), library, marks) if library and marks else None
    if library is None or mark is None:
        return ""
    stands = standing(mark, words_of(mark.ref, library))
    words = " ".join((texts.marks.of("standing", stands), mark.who, day_of(mark.at)))
    return f'<span class="pq-badge pq-mark {_TONES[stands]}" title="{escape(mark.note)}">{escape(words)}</span>'


def _latest(library: Library | None) -> Mapping[str, Mark]:
    """The latest marks; none where they can't be read, since answers go on without."""
    try:
        return library.marks.latest() if library and library.marks else {}
    except StoreUnusable as error:
        log.warning("marks are not shown: %s", error)
        return {}


def _nearest(ref: str, library: Library, marks: Mapping[str, Mark]) -> Mark | None:
    """The mark of a provision, or that of the innermost one around it: who has held 第七条 against the original has
    held its items too."""
    place = library.place(ref)
    around = place.segmentation.above(place.provision) if place else ()
    found = (marks.get(each) for each in (ref, *(provision.ref for provision in around)))
    return next((mark for mark in found if mark and mark.said is not Said.TAKEN_BACK), None)


def words_of(ref: str, library: Library) -> str | None:
    """The words of a file's provision that are in force today; None where there are none on file."""
    place = library.in_force(ref)
    return place.words if place else None


def day_of(at: str) -> str:
    """The day of a moment (UTC, ISO 8601) where this server stands."""
    return datetime.fromisoformat(at).astimezone().date().isoformat()
