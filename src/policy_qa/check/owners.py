"""Whose number a number is: 《…》第七条, 该办法第七条, 我校CIO制度第7条, a bare 第七条 after a document's name."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter

from policy_qa.check.sentences import Cut
from policy_qa.citing.grammar import INSTRUMENTS
from policy_qa.citing.parts import kind_of
from policy_qa.citing.place import Mention
from policy_qa.naming.drafts import Owner, Titles, titles_in

_KINDS = rf"(?:{INSTRUMENTS}|宪法|文件)"
#: What stands behind a title and belongs to it: （试行）, （办发〔2014〕39号）, （以下简称“制度”）.
_BEHIND = re.compile(
    r"(?:[ \t]*[（(〔\[](?![^（）()]{0,12}第)[^（）()\n]{1,60}"
    r"(?:[（(][^（）()\n]{1,20}[)）][^（）()\n]{0,20})?[)）〕\]])*"
)
_DEFINES = re.compile(
    r"(?:以下|下文|下)?(?:统一?)?(?:简称|合称|称)(?:为|作|：)?\s*+[《“”\"「『]*\s*+([^《》“”\"「」『』（）()，。\n]{2,30}?)\s*+[》“”\"」』]*\s*+[)）]"
)
_BACK = re.compile(
    rf"(?P<word>该|此|上述|前述|本|同|同一|这[个一份部]?|那[个份部]|我校|学校|本校|我院|我县|我市|我局)(?P<mark>《?)(?P<kind>{_KINDS})(?(mark)》?)"
)
#: What may stand between the name of a document and the number.
_BETWEEN = re.compile(r"(?:[ \t\u3000]|[的之中里内]|当中|里面|正文|文中|,|，|——|—)*$")
_NAME = re.compile(rf"[\u4e00-\u9fffA-Za-z0-9（）()]{{0,40}}{_KINDS}(?:[（(][^（）()]{{1,10}}[)）])?$")
_CUT = re.compile(
    r"根据|依据|依照|按照|遵照|参照|对照|违反|符合|适用|执行|落实|遵守|结合|以及|规定|[是在对由和与及、的见]"
)
_GENERIC = re.compile(
    r"^(?:学校|我校|本校|校内|学院|工作|管理|相关|有关|现行|上级|规章|内部|这项|该项|上述|本|该|此|同|我|我们|的|各|其|两)*$",
    re.IGNORECASE,
)
#: 该办法 means one of so many documents that were named last.
_REACH = 500
_LOCAL = ("我校", "学校", "本校", "我院", "我县", "我市", "我局")


@dataclass(frozen=True, slots=True)
class _Named:
    """A document named in the draft at [start, end), with what belongs to its title."""

    start: int
    end: int
    owner: Owner


_START: Callable[[_Named], int] = attrgetter("start")
_SPAN: Callable[[_Named], tuple[int, int]] = attrgetter("start", "end")


class Owners:
    """The documents that one draft names. `own` tells that the draft is an instrument with 条 of its own."""

    def __init__(self, cut: Cut, titles: Titles, *, own: bool) -> None:
        self._cut, self._text, self._titles, self._own = cut, cut.text, titles, own
        self._defined: dict[str, Owner] = {}
        self._named: list[_Named] = []
        for named in sorted([*self._quoted(), *self._plain()], key=lambda n: (n.start, -n.end)):
            if not self._named or named.start >= self._named[-1].end:
                self._named.append(named)
        self._define()

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents on file that the draft names, in order."""
        return tuple(dict.fromkeys(n.owner.doc_id for n in self._named if n.owner.doc_id))

    @property
    def unknown(self) -> Iterator[tuple[int, int, Owner]]:
        """Where the draft names a document in 《》 that is not on file."""
        return ((n.start, n.end, n.owner) for n in self._named if not n.owner.doc_id and not n.owner.own)

    def whole(self, numbers: Iterable[int]) -> list[tuple[int, int, Owner]]:
        """Where the draft names a document on file in a sentence with none of these numbers: (start, end, which)."""
        cited = set(map(self._cut.sentence_at, numbers))
        known = ((n.start, n.end, n.owner) for n in self._named if n.owner.doc_id)
        return [one for one in known if self._cut.sentence_at(one[0]) not in cited]

    def named_by(self, start: int) -> int:
        """Where the name begins that stands right before an offset; the offset where none does."""
        direct = self._right_before(start)
        return direct.start if direct else start

    def ends(self) -> list[int]:
        """Where names of documents end."""
        return [n.end for n in self._named]

    def of(self, mention: Mention, before: Owner | None, *, alone: bool) -> Owner | None:
        """The document that a mention means; None where nothing tells. `before` is that of the mention before it,
        whose article is meant where the mention names none (`alone`)."""
        if mention.linked and before:
            return before
        if direct := self._right_before(mention.start):
            return self._remember(direct)
        if alone and before:
            return before
        if unquoted := self._unquoted(mention.start):
            return self._remember(unquoted)
        if mention.needs_name and mention.places[0].kind != "点":
            return None
        sentence = self._cut.sentences[self._cut.sentence_at(mention.start)]
        earlier = self._last_before(mention.start)
        if earlier and sentence.start <= earlier.start:
            return earlier.owner
        if named := self._titles.named(self._text[sentence.start : mention.start]):
            return self._remember(_Named(sentence.start, sentence.start, named))
        if self._own:
            return Owner("", "", own=True)
        if earlier:
            return earlier.owner
        after = bisect_left(self._named, mention.end, key=_START)
        if after < len(self._named) and self._named[after].start < sentence.end:
            return self._named[after].owner
        if doc_id := self._titles.only():
            return Owner(doc_id, "")
        return self._titles.named(self._text[: min(mention.start, 200)])

    def _remember(self, named: _Named) -> Owner:
        """A name without 《》 that was made out beside a number counts as naming for what follows."""
        at = bisect_right(self._named, _SPAN(named), key=_SPAN)
        if self._named[at - 1 : at] != [named]:
            self._named.insert(at, named)
        return named.owner

    def _last_before(self, at: int) -> _Named | None:
        """The last document that is named before an offset."""
        i = bisect_left(self._named, at, key=_START) - 1
        while i >= 0 and self._named[i].end > at:
            i -= 1
        return self._named[i] if i >= 0 else None

    def _quoted(self) -> Iterator[_Named]:
        for start, end in titles_in(self._text):
            inner = self._text[start + 1 : end - 1].strip()
            behind = _BEHIND.match(self._text, end)
            stop = behind.end() if behind else end
            edition = re.match(r"[（(][^（）()]*[)）]", self._text[end:stop])
            owner = self._titles.quoted(inner, edition.group() if edition else "")
            if owner is None and not kind_of(inner):
                continue  # a book, a column, a form: no instrument
            if owner is None and kind_of(inner) == inner:
                yield _Named(start, stop, Owner("", inner))  # 《制度》: what it is short for is found later
            else:
                yield _Named(start, stop, owner or Owner("", inner))

    def _plain(self) -> Iterator[_Named]:
        """Titles that stand in the draft without 《》, and 该办法."""
        for name, owner in self._titles.printed():
            for match in re.finditer(re.escape(name), self._text):
                behind = _BEHIND.match(self._text, match.end())
                yield _Named(match.start(), behind.end() if behind else match.end(), owner)
        for match in _BACK.finditer(self._text):
            yield _Named(match.start(), match.end(), Owner("", match.group()))

    def _define(self) -> None:
        """Resolve what a draft defines (以下简称“制度”), and 该办法, 《制度》 by what was named before."""
        done: list[_Named] = []
        for named in self._named:
            words = named.owner.title
            back = _BACK.fullmatch(words)
            kind = back.group("kind") if back else kind_of(words)
            owner = named.owner
            if not owner.doc_id and words in self._defined:
                owner = self._defined[words]
            elif back and back.group("word") == "本" and self._own and not owner.doc_id:
                owner = Owner("", words, own=True)
            elif not owner.doc_id and (back or kind == words):
                found = self._referred(done, kind, local=bool(back and back.group("word") in _LOCAL))
                if found is None:
                    continue
                owner = found
            done.append(_Named(named.start, named.end, owner))
            for match in _DEFINES.finditer(self._text, named.start, min(named.end + 60, len(self._text))):
                if match.start() < named.end + 3:
                    self._defined[match.group(1)] = owner
        self._named = done

    def _referred(self, done: Sequence[_Named], kind: str, *, local: bool) -> Owner | None:
        """What 该办法 or 《办法》 means: what the draft so calls, the last one of this kind, the only one on file."""
        if kind in self._defined:
            return self._defined[kind]
        for named in islice(reversed(done), _REACH):
            title = self._titles.documents[named.owner.doc_id].title if named.owner.doc_id else named.owner.title
            if kind in ("文件", "规定") or kind_of(title) == kind or kind_of(named.owner.title) == kind:
                return named.owner
        if owner := self._titles.of_kind(kind):
            return owner
        # 该制度 after 《…实施方案》: people are loose about what a text calls itself, but not of 法.
        if done and not local and kind not in ("法", "法典", "条例", "宪法"):
            return done[-1].owner
        return None

    def _right_before(self, at: int) -> _Named | None:
        between = _BETWEEN.search(self._text, max(0, at - 6), at)
        edge = between.start() if between else at
        found = None
        for i in range(bisect_right(self._named, at, key=_START) - 1, -1, -1):
            if self._named[i].end < edge:
                break
            found = self._named[i] if self._named[i].end <= at else found
        return found

    def _unquoted(self, at: int) -> _Named | None:
        """A name that ends right before a number: CIO制度第7条, 刑法第一百二十条之一, 制度第七条."""
        between = _BETWEEN.search(self._text, max(0, at - 6), at)
        edge = between.start() if between else at
        line = max(self._text.rfind("\n", 0, edge) + 1, edge - 46)
        match = _NAME.search(self._text[line:edge])
        if not match:
            return None
        for begin in range(match.start(), match.end() - 2):
            name = match.group()[begin - match.start() :]
            if owner := self._defined.get(name) or self._titles.shortened(name):
                return _Named(edge - len(name), edge, owner)
        name = _CUT.split(match.group())[-1]
        kind = kind_of(name)
        if not kind:
            return None
        if _GENERIC.match(name.removesuffix(kind)):
            last = bisect_left(self._named, at, key=_START)
            done = [n for n in self._named[max(0, last - _REACH) : last] if n.end <= at]
            found = self._defined.get(name) or self._referred(done, kind, local=True)
            return _Named(edge - len(name), edge, found) if found else None
        return _Named(edge - len(name), edge, Owner("", name))
