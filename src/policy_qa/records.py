"""Rosters as records: who stands under which office.

A record is read from the lines as they are printed. Padding in names (「赵  曼」) is not part of a name, but quotations
keep it, as they keep everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.datamodels import Segmentation

_HAN = "\u4e00-\u9fff"
_PAD = "[ \u3000\t]"
#: 「副组长：赵  曼」: an office of few characters, maybe padded, a colon, and names.
_OFFICE = re.compile(
    rf"{_PAD}{{0,20}}(?P<office>[{_HAN}](?:{_PAD}{{0,6}}[{_HAN}]){{0,7}}){_PAD}{{0,6}}[:：](?P<rest>.{{1,400}})"
)
#: A name: two characters with padding between them, or two to four (欧阳修远) together; a dot is part of it.
_NAME = re.compile(rf"(?<![{_HAN}])(?:[{_HAN}]{_PAD}{{1,6}}[{_HAN}]|[{_HAN}·]{{2,4}})(?![{_HAN}])")
#: What stands in brackets behind a name is said of it; a telephone number or an address is another field.
_NOTE = re.compile(r"[（(][^）)\n]{1,40}[）)]")
#: A further field of the same line: 「，电话：…」.
_FIELD = re.compile(rf"[，,、；;]?\s{{0,6}}[{_HAN}]{{1,8}}[:：].*")
#: A line with one name goes on with the names above only where it is set in below them.
_SET_IN = re.compile(rf"{_PAD}{{2,40}}\S")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A line of a roster [start, end): the office as people write it, the names on it, and the list's heading.

    A line that goes on with names belongs to the office above it.
    """

    doc_id: str
    heading: str
    office: str
    names: tuple[str, ...]
    start: int
    end: int


def roster(segmentation: Segmentation) -> tuple[Entry, ...]:
    """All lines of rosters in a document, in text order."""
    document, out = segmentation.document, []
    heading, office = document.title, ""
    start = 0
    for line in document.text.split("\n"):
        end = start + len(line)
        if line.strip():
            match = _OFFICE.fullmatch(line)
            names = _names(match.group("rest")) if match else ()
            if match and names:
                office = unpadded(match.group("office"))
            elif not (office and (names := _names(line)) and (len(names) > 1 or _SET_IN.match(line))):
                heading, office, names = " ".join(line.split()).strip("：: "), "", ()
            if names:
                out.append(
                    Entry(doc_id=document.doc_id, heading=heading, office=office, names=names, start=start, end=end)
                )
        start = end + 1
    return tuple(out)


def _names(text: str) -> tuple[str, ...]:
    """The names in a line; none where anything but names, what is said of them and further fields stands there."""
    plain = _NOTE.sub(" ", text)
    names = _FIELD.sub("", plain)
    found = [unpadded(m.group()) for m in _NAME.finditer(names)]
    rest = _NAME.sub("", names)
    return tuple(found) if found and not re.search(rf"[{_HAN}。]", rest) else ()


def unpadded(text: str) -> str:
    """Without the padding that printers put into short names and offices."""
    return re.sub(r"\s+", "", text)


def padded(name: str) -> re.Pattern[str]:
    """What finds a name in a text however it is padded."""
    return re.compile(r"\s{0,6}".join(map(re.escape, unpadded(name))))
