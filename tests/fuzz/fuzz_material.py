"""Sound files and texts, and what is done to them: cut, doubled, swapped, sprinkled with the words of their grammar."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from formats import WRITERS
from hypothesis import strategies as st
from ofd_files import of_pdf
from source_policies import ARTICLES
from test_tables import STANDARD, workbook

from samples import ROOT

#: No file is made longer than this.
MOST = 2_000_000
_HERE = Path(__file__).parent / "words"
_WORDS_OF = {"pdf": ("pdf",), "docx": ("xml",), "ofd": ("xml",), "xlsx": ("xml",), "html": ("xml", "text")}
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2}|[tnr])")


@cache
def words(*kinds: str) -> tuple[str, ...]:
    """The words of grammars that lie in `words/`, one a line; what can't be seen is written as Python writes it."""

    def meant(escaped: re.Match[str]) -> str:
        return escaped.group().encode().decode("unicode_escape")

    lines = [line for kind in kinds for line in (_HERE / f"{kind}.txt").read_text("utf-8").splitlines()]
    return tuple(_ESCAPE.sub(meant, line) for line in lines)


@cache
def sound(form: str) -> tuple[bytes, ...]:
    """Files of this format as programs write them."""
    if form == "xlsx":
        return (workbook(("表", STANDARD), ("二", [["甲", 1.5, True, None], ["合计", "=1+1", -2]])),)
    if form == "csv":
        return ('地区,标准\n北京,650\n"上海\n（含崇明）",600\n'.encode(), "甲;乙\n1;2\n".encode("gb18030"))
    if form == "ofd":
        return (of_pdf(WRITERS["pdf"][1](ARTICLES)),)
    written = [writer(ARTICLES) for suffix, writer in WRITERS.values() if suffix == form]
    corpus = [path.read_bytes() for path in sorted((ROOT / "corpus").iterdir()) if path.suffix == ".txt"]
    return tuple(written) + (tuple(corpus) if form in ("txt", "md") else ())


@st.composite
def damaged(draw: st.DrawFn, form: str) -> bytes:
    """A sound file of this format after a few accidents."""
    data = draw(st.sampled_from(sound(form)))
    sprinkled = [_bytes(word) for word in words(*_WORDS_OF.get(form, ("text",)))]
    packed = form in ("docx", "ofd", "xlsx")
    for _ in range(draw(st.integers(1, 5))):
        if packed and draw(st.integers(0, 9)):
            try:
                data = _inside(draw, data, sprinkled)
                continue
            except Exception:  # noqa: S110 - damaged as an archive already, in whichever way zipfile takes that
                pass
        data = _accident(draw, data, sprinkled)
    return data[:MOST]


def _inside(draw: st.DrawFn, data: bytes, words: Sequence[bytes]) -> bytes:
    """An accident to one part of an archive, its checksum right."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {info.filename: packed.read(info) for info in packed.infolist()}
    name = draw(st.sampled_from(sorted(parts)))
    kind = draw(st.integers(0, 20))
    if kind == 0:
        del parts[name]
    elif kind == 1:
        parts[name] = parts[draw(st.sampled_from(sorted(parts)))]
    else:
        parts[name] = _accident(draw, parts[name], words)
    return _packed(parts)


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part[:MOST])
    return out.getvalue()


def _accident(draw: st.DrawFn, data: bytes, words: Sequence[bytes]) -> bytes:
    at = draw(st.integers(0, len(data)))
    end = min(len(data), at + draw(st.sampled_from((0, 1, 3, 20, 200, 5000))))
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[end:]
    if kind == 2:
        piece = data[at:end] * min(draw(st.sampled_from((2, 20, 2000))), max(1, MOST // max(1, end - at)))
        return data[:at] + piece + data[end:]
    if kind == 3:
        return data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[end:]
    if kind == 4:
        to = draw(st.integers(0, len(data)))
        return data[:to] + data[at:end] + data[to:]
    word = draw(st.sampled_from(words))
    return data[:at] + word * draw(st.sampled_from((1, 1, 1, 40, 20_000))) + data[end if kind == 5 else at :]


def written(most: int) -> st.SearchStrategy[str]:
    """Words of the grammar, others, and long rows of one of them; at most so many characters."""
    word = st.sampled_from(words("text")) | st.text(max_size=8)
    row = st.builds(lambda one, times: one * times, word, st.sampled_from((1, 1, 1, 1, 3, 60, 5_000)))
    return st.lists(row, max_size=60).map(lambda words: "".join(words)[:most])


def texts() -> st.SearchStrategy[bytes]:
    """A text whose citations are read."""
    return written(1_000_000).map(_bytes)


def questions() -> st.SearchStrategy[bytes]:
    """Up to three questions that follow each other, of the length that a question may have."""
    return st.lists(written(2_000), min_size=1, max_size=3).map(lambda asked: _bytes("\x1e".join(asked)))


def posted() -> st.SearchStrategy[bytes]:
    """What a program may send to have a draft checked: JSON as it should be, any other, and none."""
    draft = written(300_000)
    any_json = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["text", "lang", "x"]), inner),
        max_leaves=12,
    )
    right = st.fixed_dictionaries({"text": draft}, optional={"lang": st.sampled_from(["zh", "en", "", "x"])})
    body = (right | right | right | any_json).map(lambda value: json.dumps(value).encode())
    return body | st.tuples(body, st.integers(0, 200), st.binary(max_size=6)).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] :]
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


#: What each target is given.
GIVEN: dict[str, st.SearchStrategy[bytes]] = {
    **{form: damaged(form) for form in ("docx", "pdf", "html", "ofd", "xlsx", "csv", "md", "txt")},
    "citation": texts(),
    "question": questions(),
    "check": posted(),
}
