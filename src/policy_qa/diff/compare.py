"""Two segmentations -> what differs between them, article by article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_qa.datamodels import Document, Segmentation
from policy_qa.diff.align import align
from policy_qa.diff.layout import layout_change
from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, Op, What
from policy_qa.diff.split import mark_split_and_merged
from policy_qa.diff.tree import Node, nodes_of
from policy_qa.diff.words import MAX_COMPARED, Words, joined, kept, replaced, same_values, tokens, word_ops

_FIELDS = ("title", "issuer", "number", "date", "status")


def compare(old: Segmentation, new: Segmentation, words: Words) -> Diff:
    """What became of every provision and heading. `words` cuts what has changed into words."""
    comparison = _Comparison(old.document.text, new.document.text, words)
    before, after = nodes_of(old), nodes_of(new)
    changes: list[Change] = []
    for kind in (What.ARTICLE, What.HEADING, What.TEXT):
        left, right = [n for n in before if n.what is kind], [n for n in after if n.what is kind]
        found, _ = comparison.level(left, right)
        changes += mark_split_and_merged(found) if kind is What.ARTICLE else found
    ordered = _in_reading_order(changes)
    layout = layout_change(old.document.text, new.document.text, ordered)
    return Diff(
        old=old.document,
        new=new.document,
        fields=_fields(old.document, new.document),
        changes=(*ordered, layout) if layout else tuple(ordered),
    )


class _Comparison:
    def __init__(self, old: str, new: str, words: Words) -> None:
        self.old, self.new, self.words = old, new, words

    def level(
        self, before: Sequence[Node], after: Sequence[Node]
    ) -> tuple[list[Change], dict[tuple[int, int], Change]]:
        """All changes among siblings, and those that kept their order by their positions."""
        alignment = align([n.unit for n in before], [n.unit for n in after])
        moved = set(alignment.moved)
        paired = {(i, j): self.pair(before[i], after[j], moved=(i, j) in moved) for i, j in alignment.pairs}
        changes = list(paired.values())
        lost = set(range(len(before))) - {i for i, _ in alignment.pairs}
        found = set(range(len(after))) - {j for _, j in alignment.pairs}
        # Where a text is missing, its op still needs a place: right behind what stands before it.
        partner = dict(alignment.chain)
        back = {j: i for i, j in alignment.chain}
        at = 0
        for i, node in enumerate(before):
            if i in lost:
                changes.append(self._removed(node, at))
            at = after[partner[i]].end if i in partner else at
        at = 0
        for j, node in enumerate(after):
            if j in found:
                changes.append(self._added(node, at))
            at = before[back[j]].end if j in back else at
        return changes, {p: paired[p] for p in alignment.chain}

    def pair(self, a: Node, b: Node, *, moved: bool = False) -> Change:
        """What became of one provision."""
        kinds = []
        parts: list[Change] = []
        equal = a.unit.text == b.unit.text
        if moved:
            kinds.append(ChangeKind.MOVED)
        if a.label and b.label and a.unit.number != b.unit.number:
            kinds.append(ChangeKind.RENUMBERED)
        if not equal:
            kinds.append(ChangeKind.CHANGED)
        if a.label and b.label and a.unit.number == b.unit.number:
            ops = kept_label(self.old, a, self.new, b)
        elif self.old[a.start : a.body] == self.new[b.start : b.body]:
            ops = kept(self.old, (a.start, a.body), self.new, (b.start, b.body))
        else:
            ops = replaced(self.old, (a.start, a.body), self.new, (b.start, b.body))
        x, y = (a.body, a.end), (b.body, b.end)
        if not equal and a.parts and b.parts:
            parts, chain = self.level(a.parts, b.parts)
            ops += self._through_parts(a, b, chain)
            parts = _in_reading_order(parts)
        else:
            ops += word_ops(self.old, x, self.new, y, self.words)
        short = max(a.end - a.body, b.end - b.body) <= MAX_COMPARED
        spelling = (
            not equal and short and same_values(tokens(self.old, *x, self.words), tokens(self.new, *y, self.words))
        )
        return Change(
            what=a.what,
            kinds=tuple(kinds) or (ChangeKind.UNCHANGED,),
            old=a.provision,
            new=b.provision,
            name=a.name,
            new_name=b.name,
            old_text=self.old[a.start : a.end],
            new_text=self.new[b.start : b.end],
            ops=tuple(joined(ops)),
            parts=tuple(parts),
            same_values=spelling,
        )

    def _through_parts(self, a: Node, b: Node, chain: dict[tuple[int, int], Change]) -> list[Op]:
        """The ops of two texts with parts: pairs in order word by word, what has no partner whole."""
        ops: list[Op] = []
        i = j = 0
        x, y = a.body, b.body
        for p, q in [*chain, (len(a.parts), len(b.parts))]:
            end = p == len(a.parts)
            x_to, y_to = (a.end, b.end) if end else (a.parts[p].start, b.parts[q].start)
            if i == p and j == q:
                ops += word_ops(self.old, (x, x_to), self.new, (y, y_to), self.words)
            else:
                x_mid = a.parts[i].start if i < p else x_to
                y_mid = b.parts[j].start if j < q else y_to
                ops += word_ops(self.old, (x, x_mid), self.new, (y, y_mid), self.words)
                ops += replaced(self.old, (x_mid, x_to), self.new, (y_mid, y_to))
            if not end:
                ops += chain[p, q].ops
                x, y = a.parts[p].end, b.parts[q].end
            i, j = p + 1, q + 1
        return ops

    def _removed(self, a: Node, at: int) -> Change:
        return Change(
            what=a.what,
            kinds=(ChangeKind.REMOVED,),
            old=a.provision,
            name=a.name,
            old_text=self.old[a.start : a.end],
            ops=tuple(replaced(self.old, (a.start, a.end), self.new, (at, at))),
        )

    def _added(self, b: Node, at: int) -> Change:
        return Change(
            what=b.what,
            kinds=(ChangeKind.ADDED,),
            new=b.provision,
            new_name=b.name,
            new_text=self.new[b.start : b.end],
            ops=tuple(replaced(self.old, (at, at), self.new, (b.start, b.end))),
        )


def kept_label(old: str, a: Node, new: str, b: Node) -> list[Op]:
    """Ops for two spellings of one number: 第7条 and 第七条."""
    if old[a.start : a.body] == new[b.start : b.body]:
        return kept(old, (a.start, a.body), new, (b.start, b.body))
    return replaced(old, (a.start, a.body), new, (b.start, b.body), trivial=True)


def _in_reading_order(changes: Sequence[Change]) -> list[Change]:
    """By place in the new text; what was removed right behind what stood before it in the old one."""
    present = sorted((c for c in changes if c.new_text), key=lambda c: c.at[1])
    removed = sorted((c for c in changes if not c.new_text), key=lambda c: c.at[0])
    out: list[tuple[int, int, Change]] = [(c.at[1], 0, c) for c in present]
    out += [(c.at[1], -1 if c.at[1] == 0 else 0, c) for c in removed]
    return [c for _, _, c in sorted(out, key=lambda entry: entry[:2])]


def _fields(old: Document, new: Document) -> tuple[FieldChange, ...]:
    # A text without a title is called by its file's name, which is no statement of its own.
    a = replace(old, title="" if old.title == old.doc_id else old.title)
    b = replace(new, title="" if new.title == new.doc_id else new.title)
    pairs = [(name, str(getattr(a, name)), str(getattr(b, name))) for name in _FIELDS]
    return tuple(FieldChange(field=name, old=x, new=y) for name, x, y in pairs if x != y)
