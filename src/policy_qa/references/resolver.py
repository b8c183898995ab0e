"""References inside a provision, resolved: by number or by place, never by likeness, and one step only."""

from __future__ import annotations

import re
from collections.abc import Iterable

from policy_qa.datamodels import Kind, Provision, Referred, Segmentation
from policy_qa.lint.mentions import Mention, Owner, mentions
from policy_qa.lint.references import anothers, is_about_another
from policy_qa.lint.scope import Part, inside, lines_of, parts_of, quoted
from policy_qa.lint.targets import Target, key_of, target_of
from policy_qa.provisions.refs import cite
from policy_qa.references.model import Reference
from policy_qa.references.phrases import Phrase, Way, phrases
from policy_qa.references.places import (
    UNKNOWN,
    Found,
    Home,
    around_here,
    attached,
    backward,
    by_number,
    items_here,
    paragraphs_here,
    under,
)

_TITLES = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》")
_ABOVE = re.compile(r"(?:上述|前述)的?$")
_APPENDIX = re.compile(r"appendix-\d+(?:~\d+)?")
#: Provisions that one reference may lead to; one to more (a chapter of 40 articles) shows the first.
_MOST = 40


class Resolver:
    """Resolves references among the documents on file; what it has looked at once it remembers."""

    def __init__(self, segmentations: Iterable[Segmentation] = ()) -> None:
        self._segmentations = tuple(segmentations)
        self._by_id = {s.document.doc_id: s for s in self._segmentations}
        self._parts: dict[int, tuple[Segmentation, list[tuple[Part, Target]]]] = {}
        self._titled: dict[str, list[Segmentation]] | None = None

    def references(self, segmentation: Segmentation, provision: Provision) -> tuple[Reference, ...]:
        """The references inside a provision, in text order."""
        home = self._home(segmentation, provision)
        if home is None:
            return ()
        text = segmentation.document.text
        about_another = home.part is not None and is_about_another(home.part.title)
        out: list[Reference] = []
        labelled = text.startswith(provision.label, provision.start)
        skip = [
            (provision.start + a, provision.start + b)
            for a, b in [m.span() for m in _TITLES.finditer(text[provision.start : provision.end])]
            + quoted(text[provision.start : provision.end])
        ]
        skip.sort()
        for start, end in lines_of(text, provision.start + len(provision.label) * labelled, provision.end):
            line_mentions = [m for m in mentions(text, start, end) if not inside(skip, m.start)]
            others = next((m.start for m in line_mentions if m.owner in (Owner.OTHER, Owner.TITLED)), end)
            for phrase in phrases(text, start, end):
                at = phrase.mention.start if phrase.mention else phrase.start
                bare = phrase.mention is not None and phrase.mention.owner is Owner.BARE
                if inside(skip, at) or (bare and (about_another or at > others)):
                    continue
                found, missing = self._resolve(home, phrase)
                found = [p for p in found if p is not home.article and p.ref != provision.ref][:_MOST]
                if found or missing:
                    out.append(
                        Reference(
                            text=text[phrase.start : phrase.end],
                            start=phrase.start,
                            end=phrase.end,
                            targets=tuple(dict.fromkeys(p.ref for p in found)),
                            missing=missing,
                        )
                    )
        return tuple(out)

    def referred(
        self, segmentation: Segmentation, provision: Provision
    ) -> tuple[tuple[Reference, tuple[Referred, ...]], ...]:
        """The references inside a provision, each with the words that it leads to; a missing number as one without."""
        out = []
        for reference in self.references(segmentation, provision):
            shown = [self._shown(reference.text, ref, segmentation) for ref in reference.targets]
            if reference.missing:
                shown.append(Referred(text=reference.text))
            out.append((reference, tuple(shown)))
        return tuple(out)

    def _shown(self, words: str, ref: str, own: Segmentation) -> Referred:
        doc_id, _, path = ref.partition("#")
        segmentation = own if own.document.doc_id == doc_id else self._by_id[doc_id]
        (provision,) = [p for p in segmentation.provisions if p.path == path]
        text = segmentation.document.text
        start, end = provision.start, provision.end
        if text.startswith(provision.label, start) and start + len(provision.label) < end:
            start += len(provision.label)
            start += len(text[start:end]) - len(text[start:end].lstrip())
        return Referred(
            text=words,
            ref=ref,
            cite=cite(segmentation.document, provision),
            quote=text[start:end],
            start=start,
            end=end,
        )

    def _home(self, segmentation: Segmentation, provision: Provision) -> Home | None:
        above = {p.path: p for p in segmentation.provisions}
        article = provision
        while not article.article and article.kind is not Kind.ARTICLE and article.parent in above:
            article = above[article.parent]
        if match := _APPENDIX.match(article.path):
            inner = tuple(p for p in segmentation.provisions if p.path.startswith(match.group() + "."))
            articles = tuple(p for p in inner if p.kind is Kind.ARTICLE)
            target = Target(text=segmentation.document.text, articles=articles, all=inner, headings=frozenset())
            return Home(segmentation, None, target, article)
        for part, target in self._of(segmentation):
            if part.start <= article.start < part.end:
                return Home(segmentation, part, target, article)
        return None

    def _of(self, segmentation: Segmentation) -> list[tuple[Part, Target]]:
        known = self._parts.get(id(segmentation))
        if known is None or known[0] is not segmentation:
            known = segmentation, [(p, target_of(segmentation, p)) for p in parts_of(segmentation)]
            self._parts[id(segmentation)] = known
        return known[1]

    def _resolve(self, home: Home, phrase: Phrase) -> Found:
        if phrase.way is Way.BACK:
            return backward(home, phrase)
        if phrase.way is Way.ITEM:
            return items_here(home, phrase)
        if phrase.way is Way.HERE:
            return around_here(home, phrase.unit), False
        if phrase.way is Way.ATTACHED:
            return attached(home, phrase)
        return self._numbered(home, phrase, phrase.mention) if phrase.mention else UNKNOWN

    def _numbered(self, home: Home, phrase: Phrase, mention: Mention) -> Found:
        if mention.owner is Owner.OTHER:
            text = home.segmentation.document.text
            if not _ABOVE.search(text[home.article.start : mention.start]) or _speaks_of_another(home, mention):
                return UNKNOWN
        if mention.owner is Owner.TITLED:
            targets = self._titles(mention.title, home)
            tried = [by_number(t, phrase, mention) for t in targets if mention.unit != "款"]
            return next((f for f in tried if not f[1]), tried[0] if tried else UNKNOWN)
        if mention.owner is Owner.SELF and home.part is not None and anothers(mention, home.part):
            return UNKNOWN
        if mention.unit == "款":
            return paragraphs_here(home, phrase, mention)
        if mention.unit in ("编", "章", "节"):
            found = under(home.target.all, mention, phrase.above, home.article)
            return found, not found and mention.owner is Owner.SELF and bool(home.target.headings)
        return by_number(home.target, phrase, mention)

    def _titles(self, title: str, home: Home) -> list[Target]:
        """The instruments of a title, the newest first; that of the document itself before all others."""
        if self._titled is None:
            self._titled = {}
            for segmentation in self._segmentations:
                for name in {segmentation.document.title, *(p.instrument for p in segmentation.articles)} - {""}:
                    self._titled.setdefault(key_of(name), []).append(segmentation)
        key = key_of(title)
        on_file = sorted(self._titled.get(key, ()), key=lambda s: s.document.date, reverse=True)
        return [t for s in (home.segmentation, *on_file) for p, t in self._of(s) if key_of(p.title) == key]


def references_of(
    segmentation: Segmentation, provision: Provision, segmentations: Iterable[Segmentation] = ()
) -> tuple[Reference, ...]:
    """The references inside a provision, in text order; `segmentations` are the other documents on file.

    A caller with many provisions keeps a `Resolver`.
    """
    return Resolver(segmentations).references(segmentation, provision)


def _speaks_of_another(home: Home, mention: Mention) -> bool:
    text, start = home.segmentation.document.text, home.article.start
    return any(m.owner in (Owner.OTHER, Owner.TITLED) for m in mentions(text, start, max(mention.start - 1, start)))
