"""Two segmentations -> what differs between them, article by article."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile

from policy_qa.datamodels import Document, Provision, Segmentation
from policy_qa.diff.align import Unit, align
from policy_qa.diff.model import Change, ChangeKind, Diff, FieldChange, Op, What
from policy_qa.diff.words import MAX_COMPARED, Words, fold, joined, kept, replaced, same_values, tokens, word_ops
from policy_qa.processes import uncollected
from policy_qa.provisions.labels import label_of
from policy_qa.provisions.refs import place


@dataclass(slots=True)
class Node:
    """A stretch of one text. [start, body) is its label, [body, end) what it says; `parts` stand in it, in order."""

    what: What
    start: int
    body: int
    end: int
    unit: Unit
    name: str
    label: str = ""
    provision: Provision | None = None
    parts: list[Node] = field(default_factory=list)


def nodes_of(segmentation: Segmentation) -> list[Node]:
    """Articles, headings and text that is neither, in text order; rules and leftovers are left out."""
    out = [_node(segmentation, article, What.ARTICLE) for article in segmentation.articles]
    text = segmentation.document.text
    for span in segmentation.spans:
        if span.kind in ("heading", "unassigned"):
            what = What.HEADING if span.kind == "heading" else What.TEXT
            label = label_of(text, span.start, span.end) if what is What.HEADING else None
            body, printed = (label.rest, label.text) if label else (span.start, "")
            name = " ".join(text[span.start : span.end].split()).strip("#* ")
            unit = Unit(fold(text[body : span.end]), f"{what}{fold(printed)}" if label else "")
            out.append(Node(what, span.start, body, span.end, unit, name, printed))
    _give_parts(segmentation, out)
    return sorted(out, key=lambda n: n.start)


def _node(segmentation: Segmentation, provision: Provision, what: What, floor: int = 0) -> Node:
    """The node of a provision. `floor`: the first 款 begins with its article's label, which isn't its own."""
    text = segmentation.document.text
    start, end, label = max(provision.start, floor), provision.end, provision.label
    body = start
    if label and text.startswith(label, start):
        body = start + len(label)
        while body < end and text[body].isspace():
            body += 1
    number = provision.path.partition("~")[0].split(".")[-1] if label else ""  # its own, where it is printed
    unit = Unit(fold(text[body:end]), f"{provision.kind}{number}" if number else "")
    return Node(what, start, body, end, unit, place(provision), label, provision)


def _give_parts(segmentation: Segmentation, nodes: Sequence[Node]) -> None:
    """Hang 款, 项, 目 and rows into the articles that contain them, nested as their stretches are."""
    articles = {n.provision.ref: n for n in nodes if n.provision}
    inner = sorted((p for p in segmentation.provisions if not p.article), key=lambda p: (p.start, -p.end))
    for provision in inner:
        holder = articles.get(segmentation.article_of(provision).ref)
        if holder is None or not (holder.start <= provision.start < provision.end <= holder.end):
            continue
        while holder.parts and holder.parts[-1].start <= provision.start and provision.end <= holder.parts[-1].end:
            holder = holder.parts[-1]
        # What overlaps its neighbour can't be told apart from it; it is compared as plain text.
        if max(provision.start, holder.body) >= (holder.parts[-1].end if holder.parts else holder.body):
            holder.parts.append(_node(segmentation, provision, What.PART, floor=holder.body))


def layout_change(old: str, new: str, changes: Sequence[Change]) -> Change | None:
    """All stretches that no other change holds; None where there are none.

    The stretch behind a provision is set against that behind its counterpart, as long as both go
    forward; the rest is deleted and inserted.
    """
    left = _gaps(((c.ops[0].old_start, c.ops[-1].old_end) for c in changes if c.old_text), len(old))
    right = _gaps(((c.ops[0].new_start, c.ops[-1].new_end) for c in changes if c.new_text), len(new))
    if not left and not right:
        return None
    ends = [(c.ops[-1].old_end, c.ops[-1].new_end) for c in changes if c.old_text and c.new_text]
    ops: list[Op] = []
    x = y = 0
    before, after = deque(left), deque(right)
    for a, b in [(0, 0), *ends, (len(old) + 1, len(new) + 1)]:
        if (a or b) and (a <= x or b <= y):
            continue
        ops += _flush(old, before, a, new, after, b)
        x, y = a, b
        if before and after and before[0][0] == a and after[0][0] == b:
            ops += _pair(old, before.popleft(), new, after.popleft())
    return Change(
        what=What.LAYOUT,
        kinds=(ChangeKind.UNCHANGED,),
        old_text="".join(old[a:b] for a, b in left),
        new_text="".join(new[a:b] for a, b in right),
        ops=tuple(joined(ops)),
    )


def _gaps(spans: Iterable[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """What the spans leave over, ascending."""
    out, at = [], 0
    for start, end in [*sorted(spans), (size, size)]:
        if at < start:
            out.append((at, start))
        at = max(at, end)
    return out


def _flush(
    old: str, before: deque[tuple[int, int]], a: int, new: str, after: deque[tuple[int, int]], b: int
) -> list[Op]:
    """Delete and insert the stretches that begin before the two offsets."""
    ops: list[Op] = []
    while before and before[0][0] < a:
        ops += replaced(old, before.popleft(), new, (min(b, len(new)),) * 2, trivial=True)
    while after and after[0][0] < b:
        ops += replaced(old, (min(a, len(old)),) * 2, new, after.popleft(), trivial=True)
    return ops


def _pair(old: str, x: tuple[int, int], new: str, y: tuple[int, int], *, trivial: bool = True) -> list[Op]:
    if old[slice(*x)] == new[slice(*y)]:
        return kept(old, x, new, y)
    return replaced(old, x, new, y, trivial=trivial)


#: Share of a piece's character pairs that the whole must have, and of the whole's that the pieces must have.
_INSIDE, _COVERED = 0.8, 0.75
#: A piece that the text it would have been cut from still holds was copied, not cut.
_STILL_THERE = 0.6
_SHORT = 12
#: More neighbours than this that came or went are another text, not the pieces of one article.
_PIECES = 60


def mark_split_and_merged(changes: Sequence[Change]) -> list[Change]:
    """The changes of one level with splits and mergers named."""
    out = list(changes)
    _mark(out, 1)
    _mark(out, 0)
    return out


#: By the side on which the pieces stand: what became of the whole, what a piece seems to be, and what the whole does.
_PIECED = (
    (ChangeKind.MERGED, ChangeKind.REMOVED, ChangeKind.ADDED),
    (ChangeKind.SPLIT, ChangeKind.ADDED, ChangeKind.REMOVED),
)


def _mark(changes: list[Change], here: int) -> None:
    """Find the texts of which neighbours without a partner are pieces, on the old (0) or the new side (1)."""
    lone = (_PIECED[here][1],)
    order = sorted((i for i, c in enumerate(changes) if _side(c, here)), key=lambda i: changes[i].at[here])
    for first, i in enumerate(order):
        if changes[i].kinds != lone or (first and changes[order[first - 1]].kinds == lone):
            continue
        run = list(takewhile(lambda k: changes[k].kinds == lone, order[first:]))
        if len(run) <= _PIECES:
            beside = [order[k] for k in (first - 1, first + len(run)) if 0 <= k < len(order)]
            _try(changes, run, beside, here)


def _try(changes: list[Change], run: Sequence[int], beside: Sequence[int], here: int) -> None:
    """Mark the first text that some of a run are pieces of: one of those beside it, or one that is gone."""
    there, (kind, _, gone) = 1 - here, _PIECED[here]
    bounds = [changes[i].at[there] for i in beside] or [0]
    last = max(bounds) if len(bounds) > 1 else float("inf")
    missing = [i for i, c in enumerate(changes) if c.kinds == (gone,) and min(bounds) <= c.at[there] <= last]
    if len(missing) > _PIECES:
        return
    paired = [i for i in beside if ChangeKind.CHANGED in changes[i].kinds]
    for whole in [*paired, *missing]:
        text = _pairs(_text(changes[whole], there))
        kept = _pairs(_text(changes[whole], here)) if whole in paired else frozenset()
        pieces = {
            i: pairs
            for i in run
            if len(fold(words := _text(changes[i], here))) >= _SHORT
            and _share(pairs := _pairs(words), text) >= _INSIDE
            and _share(pairs, kept) < _STILL_THERE
        }
        enough = len(pieces) + (whole in paired) > 1
        if not enough or not pieces or _share(text, kept.union(*pieces.values())) < _COVERED:
            continue
        if whole in paired and _share(kept, text) < _INSIDE:
            continue
        refs = tuple(p.ref for i in pieces if (p := _side(changes[i], here)))
        own = _side(changes[whole], there)
        kinds = (*changes[whole].kinds, kind) if whole in paired else (kind,)
        changes[whole] = replace(changes[whole], kinds=kinds, related=refs)
        for i in pieces:
            changes[i] = replace(changes[i], kinds=(kind,), related=(own.ref,) if own else ())
        return


def _side(change: Change, side: int) -> Provision | None:
    return change.new if side else change.old


def _text(change: Change, side: int) -> str:
    provision, text = _side(change, side), change.new_text if side else change.old_text
    return text.removeprefix(provision.label) if provision else text


def _pairs(text: str) -> frozenset[str]:
    flat = fold(text)
    return frozenset(flat[i : i + 2] for i in range(len(flat) - 1))


def _share(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


_FIELDS = ("title", "issuer", "number", "date", "status")


@uncollected()
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
        # Where a text is missing, its op still needs a place: right behind what stands before it.
        for side, nodes, others, partners, change in (
            (0, before, after, dict(alignment.chain), self._removed),
            (1, after, before, {j: i for i, j in alignment.chain}, self._added),
        ):
            known = {pair[side] for pair in paired}
            at = 0
            for i, node in enumerate(nodes):
                if i not in known:
                    changes.append(change(node, at))
                at = others[partners[i]].end if i in partners else at
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
        # 第7条 and 第七条 are two spellings of one number.
        trivial = bool(a.label and b.label) and a.unit.number == b.unit.number
        ops = _pair(self.old, (a.start, a.body), self.new, (b.start, b.body), trivial=trivial)
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


def _in_reading_order(changes: Sequence[Change]) -> list[Change]:
    """By place in the new text; what was removed right behind what stood before it in the old one."""

    def place(change: Change) -> tuple[int, bool, int]:
        old, new = change.at
        gone = not change.new_text
        return (new, gone and new > 0, old if gone else 0) if new or not gone else (-1, True, old)

    return sorted(changes, key=place)


def _fields(old: Document, new: Document) -> tuple[FieldChange, ...]:
    # A text without a title is called by its file's name, which is no statement of its own.
    a = replace(old, title="" if old.title == old.doc_id else old.title)
    b = replace(new, title="" if new.title == new.doc_id else new.title)
    pairs = [(name, str(getattr(a, name)), str(getattr(b, name))) for name in _FIELDS]
    return tuple(FieldChange(field=name, old=x, new=y) for name, x, y in pairs if x != y)
