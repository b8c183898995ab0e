"""A decision carried out on the text that it amends: the text in force, with where each of its words comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from policy_qa.citing.place import Place
from policy_qa.citing.resolve import inside, resolve
from policy_qa.datamodels import Amended, Document, Kind, Provision, Segmentation, Stretch
from policy_qa.facts.instructions import Act, Instruction
from policy_qa.naming.instruments import titled
from policy_qa.numerals import parse_number, to_han
from policy_qa.provisions.labels import Mark, label_of

DIGITS = re.compile(r"[0-9０-９]+|[〇○零一二三四五六七八九十百千]+")


@dataclass(frozen=True, slots=True)
class New:
    """Provisions that are added from `number` on: behind so many old ones, where that is told."""

    after: int | None
    number: int
    sub: int
    instruction: Instruction


@dataclass(slots=True)
class Series:
    """Numbered provisions that follow each other, and what becomes of their numbers."""

    old: tuple[Provision, ...]
    gone: set[str] = field(default_factory=set)
    renumbered: dict[str, tuple[int, Instruction]] = field(default_factory=dict)
    added: list[New] = field(default_factory=list)
    shifts: Instruction | None = None
    item: bool = False


def placed(series: Series) -> Iterator[New]:
    """What is added, each behind the old provisions whose number comes before its own in the end."""
    shift = 0
    for new in sorted(series.added, key=lambda n: (n.number, n.sub)):
        if new.after is None:
            told = series.renumbered
            finals = [told[p.path][0] if p.path in told else number_of(p) + shift for p in series.old]
            yield replace(new, after=sum(final < new.number for final in finals))
        else:
            yield new
        shift += 0 if new.sub else new.instruction.count


def key_of(provision: Provision) -> tuple[int, int]:
    """The number of an article (120, 1) or an item, as its path has it."""
    number, _, sub = re.sub(r"~.*", "", provision.path.rpartition(".")[2]).partition("-")
    return int(number) if number.isdigit() else 0, int(sub) if sub.isdigit() else 0


def number_of(provision: Provision) -> int:
    """The number of an article or an item, without what stands behind 之."""
    return key_of(provision)[0]


def relabelled(label: str, number: int) -> str:
    """A label with another number, written as the old one is."""
    match = DIGITS.search(label)
    if not match or parse_number(match.group()) is None:
        return label
    new = str(number) if match.group()[0].isascii() else to_han(number)
    return label[: match.start()] + new + label[match.end() :]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters; from where in which document, unless they are numbers or line ends."""

    text: str
    doc_id: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """[start, end) of the old text gives way to `pieces`. `of` is the stretch that is amended by it, if not these."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    by: str
    of: tuple[int, int] | None = None
    told: bool = True


def stitched(base: Document, edits: Sequence[Edit], unmerged: Sequence[Amended], doc_id: str, since: str) -> Document:
    """The edition of a document (a file or an earlier edition) after some edits that don't overlap.

    `unmerged` are places of `base` that could not be edited as wanted.
    """
    out: list[Piece] = []
    kept: list[tuple[int, int]] = []  # where what is left as it was begins, in the old text and in the new one
    marks: list[tuple[Edit, int, int]] = []
    at = size = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        kept.append((at, size))
        first = size + edit.start - at
        size = first + sum(len(p.text) for p in edit.pieces)
        out += (*_pieces_of(base, at, edit.start), *edit.pieces)
        ends = edit.pieces[:1] == (Piece("\n"),), edit.pieces[-1:] == (Piece("\n"),)
        marks.append((edit, first + ends[0], size - ends[1]))
        at = edit.end
    kept.append((at, size))
    out += _pieces_of(base, at, len(base.text))

    def there(offset: int) -> int:
        i = bisect_right(kept, offset, key=itemgetter(0)) - 1
        new = kept[i][1] + offset - kept[i][0]
        return min(new, kept[i + 1][1]) if i + 1 < len(kept) else new

    amended = {replace(a, start=there(a.start), end=there(a.end)) for a in (*base.amended, *unmerged)}
    for edit, start, end in marks:
        if edit.told:
            start, end = map(there, edit.of) if edit.of else (start, end)
            amended.add(Amended(start=start, end=end, by=edit.by))
    return replace(
        base,
        doc_id=doc_id,
        edition_of=base.edition_of or base.doc_id,
        since=since,
        text="".join(p.text for p in out),
        stretches=tuple(_stretches(out)),
        amended=tuple(sorted(amended, key=lambda a: (a.start, a.end, a.by))),
        pages=(),
    )


def _stretches(pieces: Sequence[Piece]) -> list[Stretch]:
    """Where pieces of documents stand in a text that they make up; those that go on in both are one."""
    out: list[Stretch] = []
    at = 0
    for piece in pieces:
        if piece.doc_id and piece.text:
            end = piece.start + len(piece.text)
            last = out[-1] if out else None
            if last and (last.doc_id, last.end, last.at + last.end - last.start) == (piece.doc_id, piece.start, at):
                out[-1] = replace(last, end=end)
            else:
                out.append(Stretch(at=at, doc_id=piece.doc_id, start=piece.start, end=end))
        at += len(piece.text)
    return out


def _pieces_of(document: Document, start: int, end: int) -> Iterator[Piece]:
    """A stretch of a document by where its words come from; of a file, itself."""
    text, at = document.text, start
    stretches = document.stretches
    if not document.edition_of:
        stretches = (Stretch(at=0, doc_id=document.doc_id, start=0, end=len(text)),)
    for one in stretches:
        first, last = max(one.at, start), min(one.at + one.end - one.start, end)
        if first < last:
            if at < first:
                yield Piece(text[at:first])
            yield Piece(text[first:last], one.doc_id, one.start + first - one.at)
            at = last
    if at < end:
        yield Piece(text[at:end])


@dataclass(frozen=True, slots=True)
class _Place:
    """What an instruction speaks of: a provision from its first word on, or a stretch of several."""

    start: int
    end: int
    provision: Provision | None = None


class Consolidation:
    """One decision at work on one text (an instrument of it, where the file holds several)."""

    def __init__(self, base: Segmentation, instrument: str, decision: Segmentation) -> None:
        self._base, self._decision = base, decision
        self._text = base.document.text
        self._pool = titled(base, instrument) if instrument else base.articles
        self._articles = Series(tuple(a for a in self._pool if a.kind is Kind.ARTICLE))
        self._items: dict[str, Series] = {}
        self._edits: list[Edit] = []
        self._unmerged: list[Amended] = []
        #: What could not be carried out, as (ref of what the decision says, why).
        self.failed: list[tuple[str, str]] = []

    def carry_out(self, told: Sequence[Instruction]) -> None:
        """Do what can be done, and remember what can't."""
        for one in told:
            if why := self._do(one):
                self._fail(one, why)
        for series in (self._articles, *self._items.values()):
            self._number(series)

    @property
    def changed(self) -> bool:
        """Whether anything was carried out."""
        return bool(self._edits)

    def _fail(self, one: Instruction, why: str) -> None:
        by = self._by(one)
        self.failed.append((by, why))
        places = [p for ref in one.where for p in self._places(ref)]
        self._unmerged += [Amended(start=p.start, end=p.end, by=by, merged=False) for p in places]

    def _by(self, one: Instruction) -> str:
        found = self._decision.finest(one.start)
        return self._decision.article_of(found).ref if found else f"{self._decision.document.doc_id}#preamble"

    def _do(self, one: Instruction) -> str:
        """Why an instruction can't be carried out; empty where it is."""
        if one.act is Act.UNREAD:
            return "没有读懂怎样修改"
        if one.act is Act.SHIFT:
            for series in self._items.values() if one.unit == "项" else (self._articles, *self._items.values()):
                series.shifts = one
            return ""
        if one.act is Act.ADD:
            return self._add(one)
        places = [found for ref in one.where for found in self._places(ref)]
        if len(places) < len(one.where):
            return "没有找到所指的条款"
        if one.act is Act.RENUMBER:
            return self._renumber(one, places)
        if one.act is Act.WORDS or (one.act is Act.INSERT and one.old):
            return self._words(one, places or [_Place(self._pool[0].start, self._pool[-1].end)])
        if one.act is Act.DELETE:
            return next(filter(None, [self._delete(one, place) for place in places]), "")
        if len(places) != 1:
            return "没有写明改的是哪一条"
        (place,) = places
        if one.act is Act.INSERT:
            return self._edit(one, place.end, place.end, self._quoted(one.new))
        if place.provision is None:
            return "整章的修改没有并入"
        return self._edit(one, place.start, place.end, self._quoted(one.new, strip=True))

    def _places(self, ref: Place) -> list[_Place]:
        """What a number names here; nothing where it names nothing."""
        if ref.kind in ("编", "章", "节"):
            found = resolve(self._base, ref, self._pool)
            if not found:
                return []
            heads = [s.start for s in self._base.spans if s.kind == "heading" and s.end <= found[0].start]
            return [_Place(max(heads, default=found[0].start), found[-1].end)]
        if ref.kind == "条" and ref.paragraph:
            articles = resolve(self._base, ref.whole, self._pool)
            held = self._in_article(articles[0], ref) if len(articles) == 1 else []
        else:
            held = resolve(self._base, ref, self._pool)
        # A number that several provisions bear names none of them.
        return [_Place(self._base.body(p), p.end, p) for p in held if len(held) == 1]

    def _in_article(self, article: Provision, ref: Place) -> Sequence[Provision]:
        """What a number with a 款 names in an article; one that has a single 款 is that."""
        paragraphs = self._base.children(article, Kind.PARAGRAPH)
        if not paragraphs and ref.paragraph > 1:
            return []
        if not ref.item:
            return [p for p in paragraphs if p.path == f"{article.path}.p{ref.paragraph}"] if paragraphs else [article]
        items = inside(self._base, article, replace(ref, paragraph=ref.paragraph if paragraphs else 0, subitem=0))
        if not ref.subitem:
            return items
        return [c for p in items for c in self._base.children(p) if c.path.endswith(f".{ref.subitem}")]

    def _words(self, one: Instruction, places: Sequence[_Place]) -> str:
        spans: list[tuple[int, int]] = []
        for place in places:
            hits = list(self._occurrences(one.old, place))
            if one.act is Act.INSERT and len(hits) > 1:
                return f"“{one.old}”在所指的条款里不止一处"
            if not hits and one.where:
                return f"所指的条款里没有“{one.old}”"
            spans += [(end, end) if one.after else (at, at) for at, end in hits] if one.act is Act.INSERT else hits
        if not spans:
            return f"文中没有“{one.old}”"
        return next(filter(None, [self._edit(one, *span, self._quoted(one.new)) for span in spans]), "")

    def _occurrences(self, words: str, place: _Place) -> Iterator[tuple[int, int]]:
        text = self._text[place.start : place.end]
        sought = words if words in text else words.strip("，。；、：")
        if sought:
            for match in re.finditer(re.escape(sought), text):
                yield place.start + match.start(), place.start + match.end()

    def _delete(self, one: Instruction, place: _Place) -> str:
        provision = place.provision
        start = provision.start if provision else place.start
        start = len(self._text[:start].rstrip())
        outer = None
        if provision and not provision.article:
            outer = self._base.above(provision)[0]
        elif provision and provision.kind not in (Kind.ARTICLE, Kind.SECTION, Kind.POINT):
            return "不按“条”编号的段落没有删去"
        of = (outer.start, outer.start) if outer else None
        failed = self._edit(one, start, place.end, (), of=of, told=outer is not None)
        if not failed:
            gone = [a for a in self._pool if start <= a.start < place.end] if outer is None else [provision]
            series = self._items_of(outer) if outer else self._articles
            series.gone |= {p.path for p in gone if p}
        return failed

    def _items_of(self, outer: Provision) -> Series:
        return self._items.setdefault(outer.path, Series(self._base.children(outer, Kind.ITEM), item=True))

    def _renumber(self, one: Instruction, places: Sequence[_Place]) -> str:
        for place, to in zip(places, one.to, strict=True):
            provision = place.provision
            if provision is None:
                return "章节的序号没有改"
            if provision.kind is Kind.ARTICLE:
                self._articles.renumbered[provision.path] = (to.number, one)
            elif provision.kind is Kind.ITEM:
                self._items_of(self._base.above(provision)[0]).renumbered[provision.path] = (to.item, one)
        return ""

    def _add(self, one: Instruction) -> str:
        if one.unit == "条":
            return self._add_articles(one)
        outer = self._outer(one)
        if outer is None or one.unit in "目章节":
            return "没有写明加在哪一条"
        to = one.to[0] if one.to else None
        if one.unit == "项":
            series = self._items_of(outer)
            if not series.old:
                return "所指的条款不分项"
            number = to.item if to else number_of(series.old[-1]) + 1
            series.added.append(New(None, number, 0, one))
            return ""
        paragraphs = self._base.children(outer, Kind.PARAGRAPH)
        number = to.paragraph if to else len(paragraphs) + 1
        if number == 1:
            at = self._base.body(outer)
            return self._edit(one, at, at, (*self._quoted(one.new), Piece("\n")))
        at = paragraphs[number - 2].end if 1 < number <= len(paragraphs) else outer.end
        return self._edit(one, at, at, (Piece("\n"), *self._quoted(one.new)))

    def _outer(self, one: Instruction) -> Provision | None:
        """What a 款 or 项 is added to."""
        refs = one.where or tuple(replace(t, item=0, subitem=0) for t in one.to[:1])
        if one.unit == "款":
            refs = tuple(r.whole for r in refs)
        elif refs and refs[0].item:
            refs = tuple(replace(r, item=0, subitem=0) for r in refs)
        places = [p for r in refs[:1] for p in self._places(r)]
        return places[0].provision if places else None

    def _add_articles(self, one: Instruction) -> str:
        old = self._articles.old
        if not old:
            return "原文不按“条”编号"
        to = one.to[0] if one.to else None
        after: int | None = None
        if one.where and (places := self._places(one.where[0])) and (beside := places[0].provision) in old:
            after = old.index(beside) + (1 if one.after else 0)
        elif to is None:
            return "没有写明加在哪里"
        else:
            after = sum(key_of(p) < (to.number, to.sub) for p in old) if to.sub else None
        number = to.number if to else number_of(old[after - 1]) + 1 if after else 1
        self._articles.added.append(New(after, number, to.sub if to else 0, one))
        return ""

    def _number(self, series: Series) -> None:
        """Put what is added in its place, and give what follows the number that it gets."""
        added = sorted(placed(series), key=lambda n: (n.after or 0, n.number, n.sub))
        previous = offset = 0
        for at in range(len(series.old) + 1):
            for new in (n for n in added if n.after == at):
                self._put(series, new)
                if not new.sub:
                    count = new.instruction.count
                    previous, offset = new.number + count - 1, offset + count
            if at == len(series.old):
                return
            provision = series.old[at]
            if provision.path in series.gone:
                offset -= 1
                continue
            number, sub = key_of(provision)
            told = series.renumbered.get(provision.path)
            wanted = told[0] if told else number + offset if series.shifts else number
            if not told and wanted <= previous and not sub:
                wanted = previous + 1
            if wanted != number:
                self._relabel(provision, wanted, told[1] if told else None, series)
            previous = max(previous, wanted)

    def _relabel(self, provision: Provision, number: int, told: Instruction | None, series: Series) -> None:
        label = relabelled(provision.label, number)
        cause = told or next((n.instruction for n in series.added), None)
        # What moves because others do is moved by what moves them.
        by = cause or series.shifts or next(iter(series.renumbered.values()))[1]
        end = provision.start + len(provision.label)
        self._edit(by, provision.start, end, self._numbered(label, cause))

    def _numbered(self, label: str, one: Instruction | None) -> tuple[Piece, ...]:
        """A label as the decision prints it, or its number at least (（五） from 改为第五项), if it does."""
        text, doc_id = self._decision.document.text, self._decision.document.doc_id
        if one is None:
            return (Piece(label),)
        if (at := text.find(label, one.start, one.end)) >= 0:
            return (Piece(label, doc_id, at),)
        match = DIGITS.search(label)
        at = text.find(f"第{match.group()}", one.start, one.end) if match else -1
        if match is None or at < 0:
            return (Piece(label),)
        return Piece(label[: match.start()]), Piece(match.group(), doc_id, at + 1), Piece(label[match.end() :])

    def _put(self, series: Series, new: New) -> None:
        model = series.old[max((new.after or 0) - 1, 0)]
        own = label_of(self._decision.document.text, *new.instruction.new[0])
        label: tuple[Piece, ...] = ()
        if own is None or (own.mark is Mark.ARTICLE) is series.item:
            told = re.sub(r"之.*", "", model.label)
            words = relabelled(told, new.number) + (f"之{to_han(new.sub)}" if new.sub else "")
            label = (*self._numbered(words, new.instruction), *(() if series.item else (Piece(" "),)))
        pieces = (*label, *self._quoted(new.instruction.new))
        at = model.end if new.after else model.start
        pieces = (Piece("\n"), *pieces) if new.after else (*pieces, Piece("\n"))
        if failed := self._edit(new.instruction, at, at, pieces):
            self._fail(new.instruction, failed)

    def _quoted(self, spans: Sequence[tuple[int, int]], *, strip: bool = False) -> tuple[Piece, ...]:
        """Paragraphs of the decision, a line each; `strip` leaves out the number that the first begins with."""
        text, doc_id = self._decision.document.text, self._decision.document.doc_id
        out: list[Piece] = []
        for i, (start, end) in enumerate(spans):
            if i:
                out.append(Piece("\n"))
            elif strip and (label := label_of(text, start, end)):
                start = label.rest
            out.append(Piece(text[start:end], doc_id, start))
        return tuple(out)

    def _edit(self, one: Instruction, start: int, end: int, pieces: tuple[Piece, ...], **more: Any) -> str:
        if any(e.start < end and start < e.end for e in self._edits):
            return "同一处另有修改"
        self._edits.append(Edit(start, end, pieces, self._by(one), **more))
        return ""

    def document(self, doc_id: str, since: str) -> Document:
        """The text as amended, an edition of the document from the day `since` on."""
        return stitched(self._base.document, self._edits, self._unmerged, doc_id, since)
