"""Names put together: an institution with its title, a title that is another's, a short name beside a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from policy_qa.naming.model import Named, NameKind, Target
from policy_qa.naming.titles import kind_of

#: What sets documents side by side.
COMPARES = re.compile(
    r"对比|比较|相比|区别|不同|异同|差异|差别|一样|更|比一比|\bcompare|\bdiffer|\bversus\b|\bvs\b|\bboth\b|\bthan\b"
)
#: What may stand between an institution and the title of a text of its own.
_ITS = re.compile(r"(?:的|《|现行|最新|新|旧|(?:19|20)\d\d年?|版|\s)*$")


def of_their_own(
    text: str, names: Sequence[Named], strange: Mapping[str, tuple[int, int]]
) -> tuple[list[Named], list[str]]:
    """(the names, a title that several bear narrowed to the institution that is named, titles that it has not).

    An institution with its title is one name; an institution before a title that is another's names a text that is not
    on file, as a stranger before a title does.
    """
    bodies = [n for n in names if n.kind is NameKind.BODY]
    used: set[int] = set()
    out: list[Named] = []
    foreign: list[str] = []
    for named in names:
        if named.kind is NameKind.BODY:
            continue
        before = next(
            (b for b in reversed(bodies) if b.end <= named.start and _ITS.match(text, b.end, named.start)), None
        )
        stranger = next(
            ((a, b) for a, b in strange.values() if 0 <= b <= named.start and _ITS.match(text, b, named.start)), None
        )
        owned = {t.doc_id for b in bodies for t in b.targets}
        own = tuple(t for t in named.targets if t.doc_id in owned)
        # A title that begins with its own institution needs no other.
        its_own = before is not None and any(
            t in before.targets or Target(doc_id=t.doc_id) in before.targets for t in own
        )
        if named.kind is not NameKind.NUMBER and (stranger or (before and not its_own)):
            start = stranger[0] if stranger else before.start if before else named.start
            foreign.append(text[start : named.end].replace("《", "").replace("》", "").replace(" ", ""))
            continue
        if before and its_own:
            held = {t.doc_id for t in before.targets}
            own = tuple(t for t in own if t.doc_id in held)
        out.append(replace(named, targets=own) if own else named)
        used |= {i for i, b in enumerate(bodies) if own and {t.doc_id for t in b.targets} & {t.doc_id for t in own}}
    out += [b for i, b in enumerate(bodies) if i not in used]
    return sorted(out, key=lambda n: n.start), foreign


def instruments_of(names: Sequence[Named]) -> tuple[tuple[str, str], ...]:
    """The instruments that are named, of files that are not named as a whole as well."""
    whole = {t.doc_id for n in names for t in n.targets if not t.instrument}
    pairs = ((t.doc_id, t.instrument) for n in names for t in n.targets if t.instrument and t.doc_id not in whole)
    return tuple(dict.fromkeys(pairs))


def joins(alias: str, rest: str) -> bool:
    """Whether a question sets a short name beside another name: with 和 or the like between the two."""
    name = re.escape(alias)
    if re.search(rf"(?:[和与跟同及、]|以及){name}", rest):
        return True
    if (match := re.search(rf"{name}[\u4e00-\u9fff]{{2,4}}", rest)) and kind_of(match.group()[: len(alias) + 4]):
        return True
    beside = re.search(rf"[和与跟同及、][\u4e00-\u9fff]{{1,5}}{name}|{name}[\u4e00-\u9fff]{{0,4}}[和与跟同及、]", rest)
    return bool(beside) and bool(COMPARES.search(rest) or re.search(r"分别|各[由自是怎如有]|[哪谁都]", rest))


def spans(names: Iterable[Named]) -> list[tuple[int, int]]:
    """Where names stand."""
    return [(n.start, n.end) for n in names]


def overlaps(named: Named, spans: Iterable[tuple[int, int]]) -> bool:
    """Whether a name shares a character with one of some stretches."""
    return any(named.start < b and a < named.end for a, b in spans)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text with spaces for what stands in some stretches, character for character."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
