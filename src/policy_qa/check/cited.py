"""The citations of a draft: each number with the document that it is of, looked up there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from policy_qa.answer.lookup import TEXT_SEP, what_there_is
from policy_qa.check.owners import Owners
from policy_qa.check.sentences import Cut
from policy_qa.citing.find import find, printed_at
from policy_qa.citing.grammar import Register, ordinal
from policy_qa.citing.parts import inside
from policy_qa.citing.place import Mention, Place
from policy_qa.citing.resolve import resolve
from policy_qa.datamodels import Document, Kind, Provision, Segmentation
from policy_qa.errors import SourceError
from policy_qa.naming.drafts import Owner, Titles
from policy_qa.naming.instruments import titled
from policy_qa.provisions import segment

#: A text with so many 条 of its own, from 第一条 on, is an instrument: a bare 第七条 in it is its own.
_OWN_ARTICLES = 3
#: A thesis cites a few hundred provisions; beyond this it is no draft, and time must have an end.
MAX_CITATIONS = 2_000
_ARTICLE_LINE = re.compile(rf"^[ \t\u3000#*]*{ordinal('条')}[ \t\u3000]", re.MULTILINE)


def named(segmentation: Segmentation, mention: Mention, owner: Owner) -> dict[Place, list[Provision]]:
    """What each number of a mention names; one that is not there names nothing, never a neighbour."""
    pool = titled(segmentation, owner.instrument) if owner.instrument is not None else None
    return {place: resolve(segmentation, place, pool, Register.DRAFT) for place in mention.places}


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A number in a draft, with the document that it is of (None: nothing tells) and what it is there.

    `start` is where the citation begins, with the name of its document where that stands right before it; `held` its
    document, None for one that is not on file. `missing` are the numbers that are not there.
    """

    mention: Mention
    start: int
    owner: Owner | None
    held: Segmentation | None = field(repr=False)
    provisions: tuple[Provision, ...]
    missing: tuple[Place, ...]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.mention.end

    @property
    def shown(self) -> str:
        """The citation in full, as the draft means it; of numbers that are not all there, those missing."""
        if self.owner and self.held:
            numbers = TEXT_SEP["zh"].join(place.shown for place in self.missing or self.mention.places)
            return f"《{self.owner.instrument or self.held.document.title}》{numbers}"
        return (bracketed(self.owner.title) if self.owner else "") + self.mention.shown

    def instead(self, lang: str) -> str:
        """What numbers there are where one is missing, in a sentence; empty where that says nothing."""
        return what_there_is(self.missing[0], self.held, lang) if self.held and self.missing else ""


class Citations:
    """The citations of one draft, in order."""

    def __init__(self, draft: Document, cut: Cut, titles: Titles, segmentations: Mapping[str, Segmentation]) -> None:
        self._draft, self._titles, self._segmentations = draft, titles, segmentations
        self.own = _instrument(draft)
        self._own_starts = [p.start for p in self.own.articles] if self.own else []
        self.owners = Owners(cut, titles, own=self.own is not None)
        self.all: tuple[Cited, ...] = tuple(self._found()) if cut.sentences else ()

    def _found(self) -> Iterator[Cited]:
        # What is printed right behind a document's name (四、岗位管理 第3点) is more than the 第3点 in it.
        text = self._draft.text
        printed = [m for end in self.owners.ends() if (m := printed_at(text, end))]
        stretches = [(m.start, m.end) for m in printed]
        found = [m for m in find(text, Register.DRAFT) if not self._is_label(m) and not inside(stretches, m.start)]
        found += printed
        if len(found) > MAX_CITATIONS:
            raise SourceError(
                f"{self._draft.source}: expected at most {MAX_CITATIONS:,} citations in a draft, found {len(found):,}; "
                "check it in parts"
            )
        previous: Owner | None = None
        article: Mention | None = None
        line = here = at = 0
        for mention in sorted(found, key=lambda m: m.start):
            here += text.count("\n", at, mention.start)
            at = mention.start
            if alone := mention.alone:
                if article is None or here - line > 1:
                    continue
                mention = mention.inside(article.places[-1])
            owner = self.owners.of(mention, previous, alone=alone)
            if owner is None and mention.needs_name:
                continue
            start = min(self.owners.named_by(mention.start), mention.start)
            yield self._cited(mention, start, owner)
            previous = owner or previous
            if mention.places[-1].kind == "条":
                article, line = mention, here

    def _is_label(self, mention: Mention) -> bool:
        """Whether a number is the printed label of a provision of the draft itself."""
        if self.own is None:
            return False
        i = bisect_right(self._own_starts, mention.start) - 1
        return i >= 0 and mention.start < self._own_starts[i] + max(len(self.own.articles[i].label), 1)

    def _cited(self, mention: Mention, start: int, owner: Owner | None) -> Cited:
        held = None
        if owner:
            held = self.own if owner.own else self._segmentations.get(owner.doc_id)
        found = named(held, mention, owner) if owner and held else {}
        return Cited(
            mention=mention,
            start=start,
            owner=owner,
            held=held,
            provisions=tuple(dict.fromkeys(p for provisions in found.values() for p in provisions)),
            missing=tuple(place for place, provisions in found.items() if not provisions),
        )

    def likely(self, mention: Mention) -> list[Provision]:
        """All provisions in force that a number may mean of which nothing tells the document."""
        current = [s for doc_id, s in self._segmentations.items() if self._titles.newest(doc_id) == doc_id]
        found = (named(one, mention, Owner(one.document.doc_id, "")) for one in current)
        return list(dict.fromkeys(p for places in found for provisions in places.values() for p in provisions))


def _instrument(draft: Document) -> Segmentation | None:
    """A draft that has 条 of its own, cut; None for any other, quickly, as most have none."""
    if len(_ARTICLE_LINE.findall(draft.text)) < _OWN_ARTICLES:
        return None
    cut = segment(draft)
    articles = [p for p in cut.articles if p.kind is Kind.ARTICLE]
    return cut if len(articles) >= _OWN_ARTICLES and articles[0].path == "1" else None


def bracketed(title: str) -> str:
    """A title between 《 and 》; 该办法 as it is."""
    return f"《{title}》" if title and not title.startswith(("《", "该", "本", "上述", "前述")) else title
