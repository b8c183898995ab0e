"""Titles of what is on file with parts left out: 公寓管理办法, CIO制度, 差旅费办法."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

from policy_qa.naming.institutions import ASKS, SELF, whole_name
from policy_qa.naming.model import Named, Target
from policy_qa.naming.titles import abbreviates, key, kind_of, left_out, slim

#: A shortened title names its document in running text by so many characters beside what kind of text it is.
_LEAST = 4
#: Where a shortened title may stand.
_RUN = re.compile(r"[\u4e00-\u9fffa-z0-9]{2,30}")


class Shortened:
    """Finds the texts that a shortened title names. `synonyms` are pairs of terms that mean one thing in the corpus.

    `policy` gives the text that is meant by default of those of the same policy, `core` its title without the issuer.
    """

    def __init__(
        self,
        titles: Iterable[tuple[str, Target]],
        synonyms: Sequence[tuple[str, str]],
        policy: Callable[[Target], Target],
        core: Callable[[Target], str],
    ) -> None:
        self._synonyms, self._policy, self._core = synonyms, policy, core
        self._by_kind: dict[str, dict[str, dict[Target, None]]] = defaultdict(lambda: defaultdict(dict))
        for title, target in titles:
            name = key(title)
            self._by_kind[kind_of(name)][name.removesuffix(kind_of(name))][target] = None
        self._ends = {kind: "\n".join((*map(slim, contents), "")) for kind, contents in self._by_kind.items()}
        self.find = lru_cache(maxsize=16384)(self._find)

    def _find(self, name: str, owned: frozenset[str] = frozenset()) -> tuple[Target, ...]:
        """The texts (of these documents, where some are given) whose title is this name with parts left out.

        None where several titles are. One title of several institutions is one: which is meant is said beside it.
        """
        short = key(name)
        kind = kind_of(short)
        content = short.removesuffix(kind)
        if not kind or not content:
            return ()
        forms = {content}
        for a, b in self._synonyms:
            forms |= {f.replace(a, b) for f in forms if a in f}
        held = self._by_kind.get(kind, {})
        for fits in (left_out, abbreviates):
            found = [ids for whole, ids in held.items() if any(fits(form, whole) for form in forms)]
            targets = [t for t in dict.fromkeys(t for ids in found for t in ids) if not owned or t.doc_id in owned]
            if targets:
                return tuple(targets) if len({self._core(self._policy(t)) for t in targets}) == 1 else ()
        return ()

    def find_in(self, text: str, bodies: Sequence[Named]) -> Iterator[tuple[int, int, tuple[Target, ...]]]:
        """The shortened titles in running text (normalised): (start, end, the texts).

        `bodies` are the institutions that it names: theirs come first, and right behind one a word or two are enough.
        """
        owned = frozenset(t.doc_id for body in bodies for t in body.targets)
        behind = {body.end + (text[body.end : body.end + 1] == "的") for body in bodies}
        for run in _RUN.finditer(text):
            for end in range(run.start() + 3, run.end() + 1):
                kind = kind_of(text[run.start() : end])
                if not kind or (end < run.end() and kind_of(text[run.start() : end + 1])):
                    continue
                before_a_number = bool(re.match(r"的?\s*+第", text[end:]))
                for start in range(run.start(), end - len(kind) - 1):
                    name = text[start:end]
                    if not (before_a_number or start in behind or self._stands_alone(name, kind)):
                        continue
                    if targets := self.find(name, owned):
                        if start in behind or self._begins(text, run.start(), start, end):
                            yield start, end, targets
                        break

    def _begins(self, text: str, opens: int, start: int, end: int) -> bool:
        """Whether nothing before a name belongs to it: 公寓办法 is no name in 实习公寓办法."""
        whole, name = whole_name(text, opens, end, verbs=True)
        before = re.sub(rf"^(?:{ASKS})*+", "", name[: max(start - whole, 0)])
        return not before or bool(SELF.fullmatch(before))

    def _stands_alone(self, name: str, kind: str) -> bool:
        """Whether a name is plain enough without an institution or a number beside it.

        It is a title shortened from its front, or by words like 管理; other parts of a title are ordinary words.
        """
        content = key(name).removesuffix(kind)
        return len(content) >= _LEAST and slim(content) + "\n" in self._ends.get(kind, "")

    def of_kind(self, kind: str) -> frozenset[Target]:
        """The texts on file that are a 制度, a 办法 …"""
        return frozenset(t for targets in self._by_kind.get(kind, {}).values() for t in targets)
