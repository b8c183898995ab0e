"""What people have said of a provision, wherever it is named: beside a citation, and beside its text."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from policy_qa.datamodels import Segmentation
from policy_qa.errors import StoreUnusable
from policy_qa.kept.marks import Mark, Said, Standing, standing
from policy_qa.page.frame import day_of
from policy_qa.page.inline import escape
from policy_qa.page.library import Library
from policy_qa.page.texts import Texts
from policy_qa.provisions.refs import place

log = logging.getLogger(__name__)
_TONES = {Standing.RIGHT: "pq-good", Standing.WRONG: "pq-warn", Standing.CHANGED: "pq-dead"}


def render_mark(ref: str, texts: Texts, library: Library | None) -> str:
    """The mark of a provision, or of what it stands in, as HTML; nothing where it has none."""
    marks = _latest(library)
    mark = _nearest(library.in_file(ref), library, marks) if library and marks else None
    if library is None or mark is None:
        return ""
    return _badge(mark, texts, library)


def render_marks(segmentation: Segmentation, texts: Texts, library: Library) -> dict[str, str]:
    """The marks in a text on file as HTML, by the path of the provision at article level that they stand in."""
    marks, beside = _latest(library), dict[str, str]()
    for provision in segmentation.provisions if marks else ():
        mark = marks.get(library.in_file(provision.ref))
        if mark and mark.said is not Said.TAKEN_BACK:
            which = "" if provision.article else f"{place(provision)} "
            path = segmentation.article_of(provision).path
            beside[path] = beside.get(path, "") + _badge(mark, texts, library, which)
    return beside


def render_way(ref: str, texts: Texts, root: str) -> str:
    """The link to the page where people say what they found of a provision; `root` stands before its path."""
    address = f"{root}/marks?{urlencode({'ref': ref})}"
    return f'<a class="pq-link" href="{escape(address)}">{escape(texts.ask.verify)}</a>'


def _badge(mark: Mark, texts: Texts, library: Library, which: str = "") -> str:
    stands = standing(mark, words_of(mark.ref, library))
    words = which + " ".join((texts.marks.of("standing", stands), mark.who, day_of(mark.at)))
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
    found_at = library.place(ref)
    around = found_at.segmentation.above(found_at.provision) if found_at else ()
    found = (marks.get(each) for each in (ref, *(provision.ref for provision in around)))
    return next((mark for mark in found if mark and mark.said is not Said.TAKEN_BACK), None)


def words_of(ref: str, library: Library) -> str | None:
    """The words of a file's provision that are in force today; None where there are none on file."""
    now = library.in_force(ref)
    return now.words if now else None
