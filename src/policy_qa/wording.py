"""Every sentence that the program itself says, in Chinese and English, out of `wording.tsv`.

Its lines are a name, what is said in Chinese and in English, apart by tabs. A name is `ROOM.NAME`; a room is a module
or package that speaks (`lint`, `page.check`). Placeholders in braces are filled with `str.format`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


def said(room: str) -> dict[str, dict[str, str]]:
    """Language (`zh`, `en`) -> name -> text, of all that a room says; values of a StrEnum are names as well."""
    return _table()[room]


class Words:
    """What a room says in one language, each text under its name: `words.title`."""

    def __init__(self, lang: str, room: str) -> None:
        self.lang = lang
        self._room = room
        self._said = said(room)[lang]

    def __getattr__(self, name: str) -> str:
        try:
            return self._said[name]
        except KeyError:
            raise AttributeError(f"wording.tsv: expected a line {self._room}.{name}, found none") from None

    def of(self, kind: str, value: str) -> str:
        """What one of several like values is called, from the line `KIND_VALUE`; where there is none, the value."""
        return self._said.get(f"{kind}_{value}", value)

    def named(self, kind: str) -> dict[str, str]:
        """Value -> what it is called, of all that `of` knows of a kind."""
        return {name.removeprefix(f"{kind}_"): text for name, text in self._said.items() if name.startswith(f"{kind}_")}


@cache
def _table() -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in Path(__file__).with_suffix(".tsv").read_text("utf-8").split("\n")[1:-1]:
        full, zh, en = line.split("\t")
        room, _, name = full.rpartition(".")
        for lang, text in (("zh", zh), ("en", en)):
            found.setdefault(room, {"zh": {}, "en": {}})[lang][name] = text
    return found
