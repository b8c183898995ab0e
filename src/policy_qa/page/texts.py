"""Every word that the page itself says, in both languages, out of `texts.tsv`.

Its lines are a name, what is said in Chinese and in English. A name is `ROOM.NAME`, or `NAME` alone for what several
pages say. Placeholders in braces are filled with `str.format`; the two languages use the same ones.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

ROOMS = ("ask", "check", "library", "marks", "runs")


class Words:
    """What the pages of one room say in one language, each text under its name: `words.title`."""

    def __init__(self, lang: str, room: str = "") -> None:
        self.lang = lang
        self._room = room
        self._said = _table()[lang, room]

    def __getattr__(self, name: str) -> str:
        try:
            return self._said[name]
        except KeyError:
            raise AttributeError(f"texts.tsv: expected a line {self._room}.{name}, found none") from None

    def of(self, kind: str, value: str) -> str:
        """What one of several like values is called, from the line `KIND_VALUE`; where there is none, the value."""
        return self._said.get(f"{kind}_{value}", value)

    def named(self, kind: str) -> dict[str, str]:
        """Value -> what it is called, of all that `of` knows of a kind."""
        return {name.removeprefix(f"{kind}_"): said for name, said in self._said.items() if name.startswith(f"{kind}_")}


class Texts(Words):
    """What all pages say, and what those of each room do; `html_lang` is what the browser is told."""

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self.ask, self.check, self.library, self.marks, self.runs = (Words(lang, room) for room in ROOMS)


@cache
def _table() -> dict[tuple[str, str], dict[str, str]]:
    """(language, room) -> name -> text."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    lines = Path(__file__).with_suffix(".tsv").read_text("utf-8").splitlines()
    for full, *said in (line.split("\t") for line in lines[1:]):
        room, _, name = full.rpartition(".")
        for lang, text in zip(("zh", "en"), said, strict=True):
            found.setdefault((lang, room), {})[name] = text
    return found


ZH, EN = Texts("zh"), Texts("en")


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
