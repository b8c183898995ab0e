"""Lists inside a sentence: 由校长办公室、网教中心等部门组成. Naming some of them is true, adding one is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from policy_qa.verify.names import is_name

#: Behind these words the first element begins.
_HEAD = re.compile(r".*(?:由|包括|包含|含有|例如|如|分为|设有|下设)")
#: With these words the last element is over.
_TAIL = re.compile(r"(?:等[^、]{0,20}|(?:共同)?(?:担任|兼任|组成|参加|构成|承担))$")
#: With one of these it is a sentence and no list of names.
_ACTS = re.compile(r"由|对|将|向|应|可|须|不|负责|担任|组织")
_IN_BRACKETS = re.compile(r"[（(《“「][^（）()《》“”「」]*[）)》”」]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A list of three elements or more (two where it is known where both begin and end), as it is compared.

    `head` stands before the first element and `tails` are what may stand behind the last. Where it isn't known where
    the first begins (the last ends), `first_stays` (`last_stays`): it can't be left out.
    """

    head: str
    elements: tuple[str, ...]
    tails: tuple[str, ...]
    first_stays: bool
    last_stays: bool

    def ends(self, said: str, at: int) -> set[int]:
        """Where in `said` the list may end if it begins at `at`; at least one element is named, all in order."""
        if not said.startswith(self.head, at):
            return set()
        none, some = {at + len(self.head)}, set[int]()
        last = len(self.elements) - 1
        for i, element in enumerate(self.elements):
            named = {p + len(element) for p in none if said.startswith(element, p)}
            named |= {p + 1 + len(element) for p in some if said.startswith("、" + element, p)}
            stays = (i == 0 and self.first_stays) or (i == last and self.last_stays)
            some = named if stays else some | named
            none = set() if stays else none
        return {p + len(tail) for p in some for tail in self.tails if said.startswith(tail, p)}


def listing_of(text: str, encoded: Callable[[str], str], *, pure: bool = False) -> Listing | None:
    """The list that a stretch is, or None; only what 、 parts is an element, 和 may be inside one.

    `pure` tells that the text is nothing but the list, if its elements are names.
    """
    parts = _parts(text)
    if len(parts) < 2:
        return None
    head = _HEAD.match(_IN_BRACKETS.sub(lambda m: "　" * len(m.group()), parts[0]))
    opening = parts[0][: head.end()] if head else ""
    tail = _TAIL.search(parts[-1])
    closing = parts[-1][tail.start() :] if tail and tail.start() else ""
    if closing:
        parts[-1] = parts[-1][: -len(closing)]
    parts[0] = parts[0][len(opening) :]
    named = pure and not opening and not closing and all(map(is_name, parts)) and not _ACTS.search(text)
    if not all(part.strip() for part in parts) or (len(parts) < 3 and not named and not (opening and closing)):
        return None
    tails = {encoded(closing)}
    if closing.startswith("等"):
        tails.add(encoded(closing[1:]))
    return Listing(
        head=encoded(opening),
        elements=tuple(map(encoded, parts)),
        tails=tuple(tails),
        first_stays=not opening and not named,
        last_stays=not closing and not named,
    )


def _parts(text: str) -> list[str]:
    """The text at its 、 outside of brackets and quotation marks."""
    masked = _IN_BRACKETS.sub(lambda m: "　" * len(m.group()), text)
    out, at = [], 0
    for match in re.finditer("、", masked):
        out.append(text[at : match.start()])
        at = match.end()
    rest = text[at:].split("，")
    return [*out, *rest]
