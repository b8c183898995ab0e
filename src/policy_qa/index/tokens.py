"""Token states of every article: what late interaction compares a question's words with.

For each passage of an article (its clauses share the article's tokens) the last-layer states of its
tokens are kept as bytes with one scale a token: 385 bytes instead of 1,536, cosine above .9999.
Files: `tokens-states.npy` (n, 384) int8, `tokens-scales.npy` (n,) float16, `tokens-offsets.npy` (n, 2)
offsets in what the model read , `tokens-clauses.npy` (n,)
the clause that a token lies in (index of the lexical side, -1 for title and headings),
`tokens.json` the hash of each passage's text with its number of tokens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Passage, Segmentation
from policy_qa.index.files import from_npy, key_of, to_npy

if TYPE_CHECKING:
    from policy_qa.models import StateEncoder
    from policy_qa.models.encoder import TokenStates

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

#: Above so many tokens (1,500 articles of 200, 115 MB) they are left out: retrieval does without.
MAX_TOKENS = 300_000
_BATCH = 256
#: Rises whenever the same passages may give other files; an index records it.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """The tokens of one text as they are kept: `states` (n, dim) bytes times `scales` (n,), `offsets` (n, 2)."""

    states: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]
    offsets: Ints

    @classmethod
    def of(cls, found: TokenStates) -> Kept:
        """What is kept of a model's token states."""
        scales = (np.abs(found.states).max(axis=1, initial=1e-6) / 127).astype(np.float16)
        states = np.rint(found.states / scales.astype(np.float32)[:, None]).clip(-127, 127).astype(np.int8)
        return cls(states, scales, found.offsets)


@dataclass(frozen=True, slots=True)
class TokenIndex:
    """Token states of all articles. Row r's tokens are `indptr[r]:indptr[r+1]`.

    `states` (n, dim) float32, unit rows; `clauses` (n,) clause of each token, -1 outside the article's text.
    """

    indptr: Ints
    states: Floats
    clauses: Ints


def dump(
    segmentations: Sequence[Segmentation],
    passages: Sequence[Passage],
    source: StateEncoder,
    old: Mapping[str, bytes] | None = None,
    progress: Callable[[int, int], None] | None = None,
    read: Mapping[str, Kept] | None = None,
) -> dict[str, bytes]:
    """The files of the token side; passages that the `old` files hold, or that were `read`, are not read again.

    `read`: text -> its tokens.
    """
    texts = {s.document.doc_id: s.document.text for s in segmentations}
    whole = [p for p in passages if not p.clause]
    inputs = [_input(p, texts) for p in whole]
    keys = [key_of(text) for text, _ in inputs]
    known = _known(old or {})
    known |= {key: read[text] for key, (text, _) in zip(keys, inputs, strict=True) if read and text in read}
    todo = {key: text for key, (text, _) in zip(keys, inputs, strict=True) if key not in known}
    total, missing = 0, list(todo)
    for at in range(0, len(missing), _BATCH):
        some = missing[at : at + _BATCH]
        for key, found in zip(some, source.encode_many([todo[key] for key in some], query=False), strict=True):
            known[key] = Kept.of(found)
            total += len(found.offsets)
        if progress:
            progress(min(at + _BATCH, len(missing)), len(missing))
        if total > MAX_TOKENS:
            return {}
    parts = [known[key] for key in keys]
    if not parts or sum(len(p.scales) for p in parts) > MAX_TOKENS:
        return {}
    clauses = _clause_numbers(segmentations, whole, [p.offsets for p in parts], [shift for _, shift in inputs])
    meta = {"keys": keys, "sizes": [len(p.scales) for p in parts]}
    return {
        "tokens.json": json.dumps(meta).encode(),
        "tokens-states.npy": to_npy(np.concatenate([p.states for p in parts])),
        "tokens-scales.npy": to_npy(np.concatenate([p.scales for p in parts])),
        "tokens-offsets.npy": to_npy(np.concatenate([p.offsets for p in parts])),
        "tokens-clauses.npy": to_npy(clauses),
    }


def load(files: Mapping[str, bytes], refs: Sequence[str], passages: Sequence[Passage]) -> TokenIndex | None:
    """The token side from its files; None where the index has none."""
    if "tokens.json" not in files:
        return None
    sizes = json.loads(files["tokens.json"])["sizes"]
    states = from_npy(files["tokens-states.npy"]).astype(np.float32)
    states *= from_npy(files["tokens-scales.npy"]).astype(np.float32)[:, None]
    row_of = {ref: i for i, ref in enumerate(refs)}
    counts = np.zeros(len(refs) + 1, dtype=np.int64)
    for passage, size in zip((p for p in passages if not p.clause), sizes, strict=True):
        counts[row_of[passage.ref] + 1] += size
    # Columns one after the other: a few question tokens are compared with all of these in half the time.
    states = np.asfortranarray(states)
    return TokenIndex(
        indptr=np.cumsum(counts).astype(np.int32), states=states, clauses=from_npy(files["tokens-clauses.npy"])
    )


def _input(passage: Passage, texts: Mapping[str, str]) -> tuple[str, int]:
    """(what the model reads, document offset minus input offset of the passage's own text)."""
    context = passage.embed_text.split("\n", 1)[0] + "\n"
    own = texts[passage.ref.partition("#")[0]][passage.start : passage.end]
    return context + own, passage.start - len(context)


def _clause_numbers(
    segmentations: Sequence[Segmentation], passages: Sequence[Passage], offsets: Sequence[Ints], shifts: Sequence[int]
) -> Ints:
    """The clause of every token, in the numbering of the lexical side."""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    number = 0
    for segmentation in segmentations:
        for article in segmentation.articles:
            for clause in clauses_of(segmentation, article):
                spans.setdefault(article.ref, []).append((clause.start, clause.end, number))
                number += 1
    out = []
    for passage, token_offsets, shift in zip(passages, offsets, shifts, strict=True):
        starts = token_offsets[:, 0] + shift
        here = np.full(len(starts), -1, dtype=np.int32)
        for begin, end, which in spans.get(passage.ref, ()):
            here[(starts >= begin) & (starts < end) & (starts >= passage.start)] = which
        out.append(here)
    return np.concatenate(out) if out else np.zeros(0, dtype=np.int32)


def _known(old: Mapping[str, bytes]) -> dict[str, Kept]:
    if "tokens.json" not in old:
        return {}
    meta = json.loads(old["tokens.json"])
    states, scales = from_npy(old["tokens-states.npy"]), from_npy(old["tokens-scales.npy"])
    offsets = from_npy(old["tokens-offsets.npy"])
    out, at = {}, 0
    for key, size in zip(meta["keys"], meta["sizes"], strict=True):
        part = slice(at, at + size)
        out[key] = Kept(states[part], scales[part], offsets[part])
        at += size
    return out
