"""What a PDF would unpack to, looked at before anything is parsed.

A few hundred kilobytes can stand for gigabytes: streams that deflate a thousandfold, and drawings that
repeat drawings. Both are bounded here by a walk over the bytes that never holds more than one stream.
"""

from __future__ import annotations

import re
import zlib
from base64 import a85decode

from policy_qa.errors import SourceError

#: The text of a page takes some 10 KB unpacked; PDFium needs up to 15 times what a page's stream unpacks to.
MAX_STREAM = 16_000_000
#: Pictures and fonts, which PDFium unpacks only when it draws.
_MAX_BINARY = 128_000_000
MAX_UNPACKED = 256_000_000
#: How often drawings may be repeated by drawings that repeat them.
_MAX_DRAWN = 20_000
_CHUNK = 1 << 18

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+obj\b")
_REF = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+R\b")
_BINARY = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")
_DRAWS = re.compile(rb"/[^\s/\[\]<>()]+\s+Do\b")


def check_unpacked(data: bytes, source: str) -> None:
    """Raises SourceError where streams, or drawings within drawings, would unpack to more than any text needs."""
    total = 0
    bodies: dict[int, bytes] = {}
    draws: dict[int, int] = {}
    at_page = 0
    objects = [(match.end(), int(match.group(1))) for match in _OBJECT.finditer(data)]
    for number, (start, name) in enumerate(objects):
        end = objects[number + 1][0] if number + 1 < len(objects) else len(data)
        match = _STREAM.search(data, start, end)
        body = data[start : match.start() if match else min(end, start + 100_000)]
        bodies[name] = body
        if not match:
            continue
        binary = bool(_BINARY.search(body))
        size, found, head = _unpack(data, match.end(), body, binary=binary)
        total += 0 if binary else size
        if size > (_MAX_BINARY if binary else MAX_STREAM) or total > MAX_UNPACKED:
            raise SourceError(
                f"{source}: expected a text PDF, found data that unpacks to more than "
                f"{(_MAX_BINARY if binary else MAX_STREAM if size > MAX_STREAM else MAX_UNPACKED) // 10**6} MB; "
                "print it to a new PDF, or save it as text"
            )
        if re.search(rb"/Subtype\s*/Form\b", body):
            draws[name] = found
        elif re.search(rb"/Type\s*/ObjStm\b", body):
            bodies.update(_packed_objects(head))
        else:
            at_page = max(at_page, found)
    costs: dict[int, int] = {}
    worst = max((_cost(name, draws, bodies, costs) for name in draws), default=0)
    if worst * max(at_page, 1) > _MAX_DRAWN and worst > 1000:
        raise SourceError(
            f"{source}: expected a text PDF, found drawings nested in drawings, {worst} in all; print it to a new PDF"
        )


def _unpack(data: bytes, start: int, body: bytes, *, binary: bool) -> tuple[int, int, bytes]:
    """(size, how many drawings it calls, the unpacked text of a packed-objects stream) of a stream."""
    filters = re.findall(rb"/(FlateDecode|Fl|ASCII85Decode|A85)\b", body)
    packed: memoryview | bytes = memoryview(data)[start:]
    if filters and filters[0] in (b"ASCII85Decode", b"A85"):
        end = data.find(b"~>", start)
        try:
            packed = a85decode(b"".join(data[start : end if end > 0 else start].split()))
        except ValueError:
            return 0, 0, b""
        filters = filters[1:]
        if not filters:
            return len(packed), len(_DRAWS.findall(packed)), b""
    if not filters:
        end = data.find(b"endstream", start)
        text = b"" if binary or end < 0 else data[start:end]
        return len(text), len(_DRAWS.findall(text)), b""
    keep = b"/ObjStm" in body
    inflaters = [zlib.decompressobj() for _ in filters]
    size = draws = used = 0
    kept: list[bytes] = []
    limit = _MAX_BINARY if binary else MAX_STREAM
    pending: bytes | memoryview = b""
    while size <= limit and not inflaters[0].eof:
        if not pending:
            pending = packed[used : used + _CHUNK]
            used += len(pending)
            if not pending:
                break
        try:
            out = inflaters[0].decompress(pending, _CHUNK)
            pending = inflaters[0].unconsumed_tail
            for more in inflaters[1:]:
                out = more.decompress(out, limit + 1 - size)
        except zlib.error:
            break
        size += len(out)
        if binary and size > 4_000_000 and used * 50 > size:
            break  # a picture that is hardly packed at all
        if not binary:
            draws += len(_DRAWS.findall(out))
        if keep:
            kept.append(out)
    return size, draws, b"".join(kept)


def _packed_objects(text: bytes) -> dict[int, bytes]:
    """The objects of a stream of objects. It begins with pairs of number and offset; the texts follow in order."""
    match = re.match(rb"(?:\s*\d+)+", text)
    numbers = [int(n) for n in match.group().split()] if match else []
    pairs = list(zip(numbers[::2], numbers[1::2], strict=False))
    # Where the first object starts with a number itself, the last pair is a false one; it does no harm.
    base = match.end() if match else 0
    base += len(text[base:]) - len(text[base:].lstrip())
    ends = [offset for _, offset in pairs[1:]] + [len(text)]
    return {name: text[base + offset : base + end] for (name, offset), end in zip(pairs, ends, strict=False)}


def _cost(name: int, draws: dict[int, int], bodies: dict[int, bytes], costs: dict[int, int], depth: int = 0) -> int:
    """How many drawings one drawing makes at most, those within it counted; cycles count once."""
    if name in costs:
        return costs[name]
    costs[name] = 1  # for a cycle
    inner = 0
    if draws[name] and depth < 60:
        inner = max((_cost(n, draws, bodies, costs, depth + 1) for n in _forms_below(name, draws, bodies)), default=0)
    costs[name] = min(1 + draws[name] * inner, 10**12)
    return costs[name]


def _forms_below(name: int, draws: dict[int, int], bodies: dict[int, bytes]) -> set[int]:
    """The drawings that a drawing's own resources name, also through objects in between."""
    found: set[int] = set()
    seen, todo = {name}, [(name, 0)]
    while todo:
        at, depth = todo.pop()
        for match in _REF.finditer(bodies.get(at, b"")):
            other = int(match.group(1))
            if other in seen:
                continue
            seen.add(other)
            if other in draws:
                found.add(other)
            elif depth < 3 and len(seen) < 500:
                todo.append((other, depth + 1))
    return found
