"""The text that every engine of the default model gets, made the same for all of them.

The model was trained behind SentencePiece's `nmt_nfkc` normaliser. The C engine carries it as a map
from single characters, so it composes nothing (`e` + U+0301 stays two characters), stops at NUL and
can be made to write past a buffer by characters with a long expansion (U+FDFA becomes 18). Doing the
normalisation here first, in full, removes all three differences.
"""

from __future__ import annotations

import re
import unicodedata

#: Raised when `plain` or `fold_unknown` gives another text: vectors made before must not be reused.
VERSION = 1

#: A code point that is no character; `weights.py` lets it stand for KEPT while NFKC runs.
STAND_IN = "\ufdd0"
#: Characters that the model's normaliser drops although NFKC keeps them; NUL and STAND_IN are ours.
DROPPED = "".join(map(chr, [*range(0x00, 0x09), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F])) + STAND_IN
#: Characters that it turns into a space although NFKC keeps them.
BLANK = "\t\n\f\r\u1680\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2581\ufeff\ufffd"
#: The full-width tilde, the one character that it keeps although NFKC changes it (to `~`).
KEPT = "～"

_TABLE = {**dict.fromkeys(map(ord, DROPPED)), **dict.fromkeys(map(ord, BLANK), " ")}
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(" {2,}")
# Both tokenizers would read these as control tokens of the model, wherever they stand in a text.
_SPECIAL = re.compile("<(/?s|pad|unk|mask)>")


def plain(text: str) -> str:
    """Return `text` as the model's normaliser leaves it, without anything that could break an engine.

    Lone surrogates become spaces, `<s>` and its like become `< s>`, runs of spaces become one, and
    none stands at either end. `plain(plain(text)) == plain(text)`.
    """
    text = _SURROGATE.sub(" ", text).translate(_TABLE)
    text = KEPT.join(unicodedata.normalize("NFKC", part) for part in text.split(KEPT))
    text = _SPECIAL.sub(r"< \1>", text)
    return _SPACES.sub(" ", text).strip(" ")


def fold_unknown(text: str, alphabet: frozenset[str]) -> str:
    """Keep only the first of several characters in a row that the vocabulary lacks.

    SentencePiece reads such a run as one unknown token; the C engine reads one for each character.
    `alphabet` is every character that occurs in a piece of the vocabulary.
    """
    if alphabet.issuperset(text):
        return text
    pairs = zip(text, " " + text, strict=False)
    return "".join(char for char, before in pairs if char in alphabet or before in alphabet)
