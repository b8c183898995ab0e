"""The citations of a draft: each number with the document that it is of, looked up there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policy_qa.answer.lookup import TEXT_SEP, what_there_is
from policy_qa.check.owners import Owners
from policy_qa.check.sentences import Sentence
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a mention names in its document (`held`). `missing` are the numbers that are not there; `shown` is the
    citation in full, as the draft means it."""

    provisions: tuple[Provision, ...]
    missing: tuple[Place, ...]
    shown: str
    held: Segmentation = field(repr=False)

    def instead(self, lang: str) -> str:
        """What numbers there are where one is missing, in a sentence; empty where that says nothing."""
        return what_there_is(self.missing[0], self.held, lang) if self.missing else ""


def look_up(segmentation: Segmentation, mention: Mention, owner: Owner) -> Looked:
    """Resolve a mention; a number that is not there resolves to nothing, never to a neighbour."""
    pool = titled(segmentation, owner.instrument) if owner.instrument is not None else None
    found = {place: resolve(segmentation, place, pool, Register.DRAFT) for place in mention.places}
    missing = tuple(place for place, provisions in found.items() if not provisions)
    title = owner.instrument or segmentation.document.title
    return Looked(
        provisions=tuple(dict.fromkeys(p for provisions in found.values() for p in provisions)),
        missing=missing,
        shown=f"《{title}》{TEXT_SEP['zh'].join(place.shown for place in missing or mention.places)}",
        held=segmentation,
    )


#: A text with so many 条 of its own, from 第一条 on, is an instrument: a bare 第七条 in it is its own.
_OWN_ARTICLES = 3
#: A thesis cites a few hundred provisions; beyond this it is no draft, and time must have an end.
MAX_CITATIONS = 2_000
_ARTICLE_LINE = re.compile(rf"^[ \t\u3000#*]*{ordinal('条')}[ \t\u3000]", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cited:
    """A number in a draft, with the document that it is of (None: nothing tells) and what it is there.

    `start` is where the citation begins, with the name of its document where that stands right before it;
    `looked` is None for a document that is not on file.
    """

    mention: Mention
    start: int
    owner: Owner | None
    looked: Looked | None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.mention.end

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """What it names; nothing where that is not there."""
        return self.looked.provisions if self.looked else ()

    @property
    def shown(self) -> str:
        """The citation in full, as the draft means it."""
        if self.looked:
            return self.looked.shown
        return (bracketed(self.owner.title) if self.owner else "") + self.mention.shown


class Citations:
    """The citations of one draft, in order."""

    def __init__(
        self, draft: Document, sentences: Sequence[Sentence], titles: Titles, segmentations: Mapping[str, Segmentation]
    ) -> None:
        self._text = draft.text
        self._titles, self._segmentations = titles, segmentations
        self._source = draft.source
        self.own = segment(draft) if is_instrument(draft) else None
        self._own_starts = [p.start for p in self.own.articles] if self.own else []
        self.owners = Owners(draft.text, sentences, titles, own=self.own is not None)
        self.all: tuple[Cited, ...] = tuple(self._found()) if sentences else ()

    def _found(self) -> Iterator[Cited]:
        # What is printed right behind a document's name (四、岗位管理 第3点) is more than the 第3点 in it.
        printed = [m for end in self.owners.ends() if (m := printed_at(self._text, end))]
        stretches = [(m.start, m.end) for m in printed]
        found = [
            m for m in find(self._text, Register.DRAFT) if not self._is_label(m) and not inside(stretches, m.start)
        ]
        found += printed
        if len(found) > MAX_CITATIONS:
            raise SourceError(
                f"{self._source}: expected at most {MAX_CITATIONS:,} citations in a draft, found {len(found):,}; "
                "check it in parts"
            )
        previous: Owner | None = None
        article: Mention | None = None
        line = here = at = 0
        for mention in sorted(found, key=lambda m: m.start):
            here += self._text.count("\n", at, mention.start)
            at = mention.start
            alone = mention.alone
            if alone:
                if article is None or here - line > 1:
                    continue
                mention = mention.inside(article.places[-1])
            owner = self.owners.of(mention, previous, alone=alone)
            if owner is None and mention.needs_name:
                continue
            start = min(self.owners.named_by(mention.start), mention.start)
            yield Cited(mention=mention, start=start, owner=owner, looked=self._look_up(mention, owner))
            previous = owner or previous
            if mention.places[-1].kind == "条":
                article, line = mention, here

    def _is_label(self, mention: Mention) -> bool:
        """Whether a number is the printed label of a provision of the draft itself."""
        if self.own is None:
            return False
        i = bisect_right(self._own_starts, mention.start) - 1
        return i >= 0 and mention.start < self._own_starts[i] + max(len(self.own.articles[i].label), 1)

    def _look_up(self, mention: Mention, owner: Owner | None) -> Looked | None:
        if owner is None or (not owner.doc_id and not owner.own):
            return None
        held = self.own if owner.own else self._segmentations[owner.doc_id]
        return look_up(held, mention, owner) if held else None

    def likely(self, mention: Mention) -> tuple[Provision, ...]:
        """All provisions in force that a number may mean of which nothing tells the document."""
        ids = [doc_id for doc_id in self._segmentations if self._titles.newest(doc_id) == doc_id]
        looked = (look_up(self._segmentations[d], mention, Owner(d, "")) for d in ids)
        return tuple(p for one in looked for p in one.provisions)


def is_instrument(draft: Document) -> bool:
    """Whether a draft has 条 of its own; quick, as most have none."""
    if len(_ARTICLE_LINE.findall(draft.text)) < _OWN_ARTICLES:
        return False
    articles = [p for p in segment(draft).articles if p.kind is Kind.ARTICLE]
    return len(articles) >= _OWN_ARTICLES and articles[0].path == "1"


def bracketed(title: str) -> str:
    """A title between 《 and 》; 该办法 as it is."""
    return f"《{title}》" if title and not title.startswith(("《", "该", "本", "上述", "前述")) else title
