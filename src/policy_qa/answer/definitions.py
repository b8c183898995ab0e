"""Names that the texts give a term: which clause says what it stands for, or what it is called in short."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policy_qa.answer.leads import Lead
from policy_qa.answer.quotes import Quote, join
from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Provision, Segmentation
from policy_qa.naming.terms import DEFINITION, other_names
from policy_qa.words import alone, normalize

#: The words for one name's being another's: the few that the language has, and the reader can't learn from a clause
#: that 「（简称网教中心）」 answers 「全称」, since it has no such word.
_ASKS = re.compile(
    r"全称|全名|简称|缩写|(?:英文|中文)(?:名|叫)|\bfull name\b|\bstands? for\b|\babbreviat|\bacronym|\bshort for\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Defined:
    """A clause that defines a term, and the names in it."""

    article: Provision
    quote: Quote
    lead: Lead


class Definitions:
    """Finds where some texts give a term its other names."""

    def __init__(self, segmentations: Mapping[str, Segmentation]) -> None:
        self._segmentations = segmentations
        self._names = other_names(s.document.text for s in segmentations.values())

    def asked(self, question: str, doc_ids: Sequence[str]) -> list[Defined]:
        """What answers a question for a term's other name, the first clause of each document that gives it; empty for
        any other question. `doc_ids`: the documents to look in, empty for all."""
        asked = normalize(question)
        if not _ASKS.search(asked):
            return []
        term = max((t for t in self._names if re.search(alone(t), asked)), key=len, default="")
        here = [s for d, s in self._segmentations.items() if not doc_ids or d in doc_ids]
        found = [defined for s in here if term and (defined := self._in(s, term))]
        # The clause that spells the name out in letters says more than those that only repeat it.
        spelled = [d for d in found if self._spells(d)]
        return spelled or found

    def _spells(self, defined: Defined) -> bool:
        text = self._segmentations[defined.article.doc_id].document.text
        match = DEFINITION.search(text, defined.lead.start, defined.lead.end)
        return bool(match and match["latin"])

    def _in(self, segmentation: Segmentation, term: str) -> Defined | None:
        text = segmentation.document.text
        names = {term, *self._names[term]}
        first: Defined | None = None
        for match in DEFINITION.finditer(text):
            long = next((n for n in sorted(names, key=len, reverse=True) if normalize(match["long"]).endswith(n)), "")
            holder = segmentation.finest(match.start(), match.end())
            if not long or normalize(match["short"]) not in names or holder is None:
                continue
            article = segmentation.article_of(holder)
            clause = next((c for c in clauses_of(segmentation, article) if c.start <= match.start() < c.end), None)
            if clause is None:
                continue
            lead = Lead(start=match.end("long") - len(long), end=match.end())
            found = Defined(article=article, quote=join(segmentation, [clause])[0], lead=lead)
            if match["latin"] or match["declared"]:
                return found
            first = first or found
        return first
