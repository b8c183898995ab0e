"""What has changed in a policy: the decision that amends it, article by article, or two texts of it, compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from policy_qa.datamodels import LineKind, PointKind, Provision, Segmentation
from policy_qa.dialogue.documents import amended_told
from policy_qa.dialogue.outline import FURNITURE
from policy_qa.dialogue.sheet import Sheet, Told
from policy_qa.dialogue.texts import say
from policy_qa.diff.compare import compare
from policy_qa.diff.model import Change, ChangeKind, Diff, What
from policy_qa.diff.rendering import kinds_of, name_of
from policy_qa.diff.words import Words
from policy_qa.facts.model import Family, Link
from policy_qa.facts.register import Register

#: So many changed articles of a policy are shown, each as it is and as it was.
_SHOWN = 30
#: A change of number or place alone leaves what is ruled as it was.
_NOTHING_NEW = {ChangeKind.UNCHANGED, ChangeKind.RENUMBERED, ChangeKind.MOVED}


class Revisions:
    """Tells what changed, and keeps the comparisons that it had to make."""

    def __init__(self, segmentations: Mapping[str, Segmentation], register: Register, words: Words) -> None:
        """`words` cuts what has changed into words."""
        self._segmentations, self._register, self._words = segmentations, register, words
        self._diffs: dict[tuple[str, str], Diff] = {}

    def told(self, doc_ids: Sequence[str], lang: str, editions: Collection[str] = ()) -> Told | None:
        """What changed in these files, between the `editions` that are meant, else since the text before; of several,
        those that have changed; None of one that has not."""
        sheet = Sheet(self._segmentations)
        of_policy = {self._register.versions.of_policy(doc_id): doc_id for doc_id in reversed(doc_ids)}
        found = [doc_id for doc_id in reversed(of_policy.values()) if self._put(sheet, doc_id, lang, editions)]
        if not found:
            if len(doc_ids) == 1:
                return None
            sheet.put(say(lang, "no_changes"))
        return sheet.told(PointKind.FACT)

    def _put(self, sheet: Sheet, doc_id: str, lang: str, editions: Collection[str]) -> bool:
        """Whether a file has changed, or is a decision that changes one; puts how."""
        facts = self._register.of(doc_id)
        links = facts.amends or facts.amended_by
        for link in {link.by: link for link in links}.values():
            self._decided(sheet, link, lang)
        family = self._register.versions.of(doc_id)
        return bool(links) or bool(family and self._compared(sheet, family, lang, editions))

    def _decided(self, sheet: Sheet, link: Link, lang: str) -> None:
        """The articles of a decision, which say what is put in the place of what."""
        by = self._register.of(link.by)
        amended_told(sheet, self._register, link, lang)
        segmentation = self._segmentations[link.by]
        for article in segmentation.articles:
            if article.kind not in FURNITURE and by.start <= article.start < by.end:
                self._quote(sheet, segmentation, article, article.label)

    def _compared(self, sheet: Sheet, family: Family, lang: str, editions: Collection[str]) -> bool:
        """The articles of the later text which the earlier one words otherwise, lacks, or has beside it."""
        texts = [m for m in family.members if not m.decision]
        meant = [m for m in texts if m.doc_id in editions]
        texts = meant if len(meant) > 1 else texts
        if len(texts) < 2:
            return False
        new, old = texts[:2]
        changes = [c for c in self._diff(old.doc_id, new.doc_id).changes if _tells(c)]
        said = {"title": self._register.of(new.doc_id).name, "new": new.label, "old": old.label}
        sheet.put(say(lang, "changes", count=str(len(changes)), **said))
        for change in changes[:_SHOWN]:
            sheet.put(f"{name_of(change, lang)}（{kinds_of(change, lang)}）", LineKind.HEADING)
            for version, provision in ((new, change.new), (old, change.old)):
                if provision:
                    self._quote(sheet, self._segmentations[version.doc_id], provision, version.label)
        if len(changes) > _SHOWN:
            sheet.put(say(lang, "more_changes", count=str(len(changes) - _SHOWN)))
        return True

    @staticmethod
    def _quote(sheet: Sheet, segmentation: Segmentation, article: Provision, label: str) -> None:
        number = sheet.quote(article.doc_id, segmentation.body(article), article.end)
        words = " ".join(sheet.citations[number - 1].quote.split())
        sheet.put(words, LineKind.QUOTE, place=" ".join(label.split()), marks=[number])

    def _diff(self, old: str, new: str) -> Diff:
        if (known := self._diffs.get((old, new))) is None:
            known = compare(self._segmentations[old], self._segmentations[new], self._words)
            self._diffs[old, new] = known
        return known


def _tells(change: Change) -> bool:
    """Whether an article says something else now."""
    provision = change.new or change.old
    if change.what is not What.ARTICLE or provision is None or provision.kind in FURNITURE:
        return False
    return not change.same_values and not _NOTHING_NEW.issuperset(change.kinds)
