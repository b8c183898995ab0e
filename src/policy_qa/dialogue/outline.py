"""What a document is about: its chapters, what each rules, and the first words of its articles, all of it quoted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from policy_qa.datamodels import Kind, LineKind, PointKind, Provision, Segmentation
from policy_qa.dialogue.sheet import Sheet, Told
from policy_qa.dialogue.texts import say
from policy_qa.provisions.refs import place

#: Of a document, so many articles are quoted for a chapter, and so many where it has no chapters.
_A_CHAPTER, _WITHOUT = 2, 12
#: Where several documents are outlined at once, one article a chapter; above so many documents, their titles alone.
_SEVERAL = 6
#: The first sentence of an article is quoted, and of a long one its first clause.
_LONG = 60
#: A first sentence of at most so many characters is a title.
_TITLE = 14
_STOP = re.compile(r"[。；;：:\n]")
_PAUSE = re.compile(r"[，,、]")
#: What introduces, closes or is attached is no part of what a document rules.
FURNITURE = (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX)


def outline(sheet: Sheet, doc_ids: Sequence[str], chapters: Sequence[str], lang: str) -> Told:
    """The outline of documents; `chapters` are headings that alone are meant (empty: all)."""
    for doc_id in doc_ids:
        segmentation = sheet.segmentations[doc_id]
        groups = _groups(segmentation, chapters)
        sheet.put(say(lang, "outline", title=segmentation.document.title, count=str(len(groups))), LineKind.SOURCE)
        for heading, articles in groups:
            extent = _extent(articles)
            kept = articles if chapters else articles[: 1 if len(doc_ids) > 1 else _A_CHAPTER]
            if not heading:
                kept = articles[:_WITHOUT]
            else:
                sheet.put(heading + extent, LineKind.HEADING)
                if not extent and all(_titled(segmentation, a) for a in articles):
                    kept = articles
            for article in kept:
                _quote(sheet, segmentation, article)
            if len(kept) < len(articles) and not extent:
                sheet.put(say(lang, "more_articles", count=str(len(articles) - len(kept))))
    return sheet.told(PointKind.OUTLINE)


def fits(doc_ids: Sequence[str]) -> bool:
    """Whether so many documents can be outlined in one answer."""
    return len(doc_ids) <= _SEVERAL


def _groups(segmentation: Segmentation, chapters: Sequence[str]) -> list[tuple[str, list[Provision]]]:
    """(heading, articles) in text order; articles under no heading have an empty one."""
    articles = [a for a in segmentation.articles if a.kind not in FURNITURE]
    grouped = [(h, list(each)) for h, each in groupby(articles, key=lambda a: a.headings[0] if a.headings else "")]
    if chapters:
        return [(h, each) for h, each in grouped if h in chapters]
    return [(h, each) for h, each in grouped if h or len(grouped) == 1 or len(each) > 1]


def _extent(articles: Sequence[Provision]) -> str:
    """「（第五条至第八条）」 of the articles of a chapter that have numbers of their own."""
    numbered = [a for a in articles if a.kind is Kind.ARTICLE]
    if not numbered:
        return ""
    first, last = place(numbered[0]), place(numbered[-1])
    return f"（{first}）" if first == last else f"（{first}至{last}）"


def _titled(segmentation: Segmentation, article: Provision) -> bool:
    """Whether a provision begins with a title of its own: 「（三）支出范围。课后服务经费…」."""
    start, end = first_sentence(segmentation, article)
    return end - start <= _TITLE


def _quote(sheet: Sheet, segmentation: Segmentation, article: Provision) -> None:
    """A line with the first sentence of an article."""
    start, end = first_sentence(segmentation, article)
    number = sheet.quote(article.doc_id, start, end)
    label = "" if article.kind in (Kind.SECTION, Kind.CHAPTER) else article.label
    sheet.put(" ".join(sheet.citations[number - 1].quote.split()), LineKind.QUOTE, place=label, marks=[number])


def first_sentence(segmentation: Segmentation, article: Provision) -> tuple[int, int]:
    """(start, end) of the first sentence of an article without its label, or of the first clause of a long one."""
    text, start = segmentation.document.text, segmentation.body(article)
    stop = _STOP.search(text, start + 2, article.end)
    end = stop.start() if stop else article.end
    if end - start > _LONG:
        pauses = [m.start() for m in _PAUSE.finditer(text, start + 2, start + _LONG)]
        end = pauses[-1] if pauses else end
    return start, end
