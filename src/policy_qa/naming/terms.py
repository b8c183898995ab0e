"""Terms that have two names by the corpus' own definitions: 首席信息官（CIO）, 信息化与大数据中心（以下简称信息中心）."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from policy_qa.words import normalize

#: What stands in brackets behind a name: another name in Latin capitals or in full, and what it is called in short.
DEFINITION = re.compile(
    r"(?P<long>[\u4e00-\u9fffA-Za-z]{2,24})\s*+[（(](?:(?P<latin>[A-Za-z][A-Za-z .\-]{3,60})[，,、]\s*+)?"
    r"(?P<declared>(?:以下|下文)?(?:统一)?(?:简称|统称|称)?(?:为|[：:])?)\s*+[“\"「]?(?P<short>[\u4e00-\u9fffA-Za-z]{2,14})[”\"」]?[）)]"
)
_LATIN = re.compile(r"[A-Z][A-Za-z]{1,7}")
#: A name has so many characters at least.
_LEAST = 3


def other_names(texts: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Term -> its other names, all normalised, as the texts themselves define them, both ways.

    Where a name begins is read from its text: it is the longest stretch before the brackets that stands in more than
    one neighbourhood (实行首席信息官（CIO） defines 首席信息官); a name that stands nowhere else is what its clause opens with.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for text in texts:
        whole = ""
        for match in DEFINITION.finditer(text):
            short = match["short"].strip()
            if not match["declared"] and not _LATIN.fullmatch(short):
                continue
            whole = whole or normalize(text)
            long = _begun(normalize(match["long"]), normalize(short), whole)
            for other in filter(None, (normalize(short), normalize(match["latin"] or "").strip())):
                if long and long != other:
                    found[long][other] = None
                    found[other][long] = None
    return {term: tuple(names) for term, names in found.items()}


def _begun(long: str, short: str, whole: str) -> str:
    """The name that ends a run of characters; empty where none can be told."""
    for start in range(len(long) - _LEAST + 1):
        name = long[start:]
        if name == short:
            return ""
        before = {whole[m.start() - 1 : m.start()] for m in re.finditer(re.escape(name), whole)}
        if len(before) > 1 or (start == 0 and not before & set(map(chr, range(0x4E00, 0xA000)))):
            return name
    return ""
