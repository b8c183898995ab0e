"""Provisions -> passages: what the embedding model reads.

One passage an article, with the title and headings above it as context. An article longer than the
model's window is split at items, then at sentences, then between jieba words; never inside a word.
The clauses of an article are passages too, each with the words that introduce it, so that a question
about one item finds it in a long article.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from policy_qa.citing.clean import trimmed
from policy_qa.clauses import Clause, clauses_of
from policy_qa.datamodels import Kind, Passage, Provision, Segmentation

#: Rises whenever the same provisions may give other passages; an index records it.
VERSION = 3
#: A clause passage repeats at most this much of the words that introduce the items.
_LEAD_CHARS = 60
_SENTENCE = re.compile(r"[^。；;！？!?\n]*(?:[。；;！？!?]+[”’」』）)]*|\n+|$)")


def passages_of(
    segmentation: Segmentation, *, count_tokens: Callable[[str], int], limit: int, clauses: bool = True
) -> list[Passage]:
    """All passages of a document, articles in text order, each followed by its clauses if `clauses` are wanted.

    `count_tokens` counts what the model would read, prefix and special tokens included; no
    `embed_text` counts more than `limit`, save where a single word does.
    """
    out: list[Passage] = []
    text = segmentation.document.text
    for article in segmentation.articles:
        context = _context(segmentation, article)

        def fits(start: int, end: int, context: str = context) -> bool:
            return count_tokens(context + _plain(text[start:end])) <= limit

        for part, (start, end) in enumerate(_parts(segmentation, article, fits)):
            words = context + _plain(text[start:end])
            out.append(Passage(ref=article.ref, part=part, start=start, end=end, embed_text=words))
        if clauses:
            out += _clause_passages(segmentation, article, count_tokens, limit)
    return out


def pieces_of(segmentation: Segmentation, article: Provision, size: int) -> list[str]:
    """An article as a cross-encoder reads it: stretches of about `size` characters, each behind title and headings.

    Together they hold the whole article; one that begins with an item has the words before the items in front of it.
    """
    context, text = _context(segmentation, article), segmentation.document.text
    stretches = _parts(segmentation, article, lambda start, end: end - start <= size)
    items = segmentation.children(article, Kind.ITEM)
    first = min((p.start for p in items), default=article.end)
    stem = _plain(text[article.start : first])[-_LEAD_CHARS:]
    return [context + (stem if start >= first else "") + _plain(text[start:end]) for start, end in stretches]


def clause_texts(segmentation: Segmentation, clauses: Sequence[Clause], article: Provision) -> list[str]:
    """The clauses of an article as a cross-encoder reads them: each behind title and headings, an item also behind the
    words that introduce it."""
    return [_context(segmentation, article) + words for words in _introduced(segmentation.document.text, clauses)]


def _introduced(text: str, clauses: Sequence[Clause]) -> Iterator[str]:
    """The words of each clause, an item's behind those that introduce it."""
    lead = ""
    for clause in clauses:
        words = _plain(text[clause.start : clause.end])
        if clause.lead:
            lead = words[-_LEAD_CHARS:]
        yield (lead if clause.ref != clause.article else "") + words


def _context(segmentation: Segmentation, article: Provision) -> str:
    title = article.instrument or segmentation.document.title
    return " ".join([title, *(h for h in article.headings if h != title)]) + "\n"


def _plain(text: str) -> str:
    """Text as the model should read it: one space for any white space, none between Chinese characters."""
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)


def _clause_passages(
    segmentation: Segmentation, article: Provision, count_tokens: Callable[[str], int], limit: int
) -> Iterator[Passage]:
    clauses = clauses_of(segmentation, article)
    if len(clauses) < 2:
        return
    introduced = _introduced(segmentation.document.text, clauses)
    for number, (clause, embed_text) in enumerate(zip(clauses, introduced, strict=True)):
        if clause.lead or count_tokens(embed_text) > limit:
            continue  # the clauses that it introduces, or the parts of the article, stand for it
        yield Passage(
            ref=article.ref, part=number, clause=True, start=clause.start, end=clause.end, embed_text=embed_text
        )


def _parts(segmentation: Segmentation, article: Provision, fits: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """The article as stretches that fit, in order; together they hold all of its visible text."""
    if fits(article.start, article.end):
        return [(article.start, article.end)]
    text = segmentation.document.text
    items = [p.start for p in segmentation.children(article, Kind.ITEM) if article.start < p.start < article.end]
    bounds = [article.start, *items, article.end]
    atoms: list[tuple[int, int]] = []
    for start, end in pairwise(bounds):
        atoms += [(start, end)] if fits(start, end) else _sentence_atoms(text, start, end, fits)
    return [found for a, b in _pack(atoms, fits) if (found := trimmed(text, a, b))[0] < found[1]]


def _sentence_atoms(text: str, start: int, end: int, fits: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text, start, end):
        a, b = match.span()
        if a < b:
            out += [(a, b)] if fits(a, b) else _word_atoms(text, a, b)
    return out


def _word_atoms(text: str, start: int, end: int) -> list[tuple[int, int]]:
    from policy_qa.words import Segmenter

    return [(start + a, start + b) for a, b in Segmenter().spans(text[start:end])]


def _pack(atoms: list[tuple[int, int]], fits: Callable[[int, int], bool]) -> list[tuple[int, int]]:
    """Join neighbours as long as they fit; the length is found by bisection, so a part costs log n counts."""
    out: list[tuple[int, int]] = []
    i = 0
    while i < len(atoms):
        start, step = atoms[i][0], 1
        while i + step < len(atoms) and fits(start, atoms[i + step][1]):
            i += step
            step *= 2
        beyond = range(i + 1, min(i + step, len(atoms)))
        i += 1 + bisect_left(beyond, True, key=lambda last: not fits(start, atoms[last][1]))
        out.append((start, atoms[i - 1][1]))
    return out
