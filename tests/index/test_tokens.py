"""Token states: kept as bytes, close to what they were, and never read twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Passage, Segmentation
from policy_qa.index import tokens
from policy_qa.passages import passages_of
from samples import cut

TEXT = "某某办法\n第一条 甲方条件：\n（一）党员；\n（二）教授。\n第二条 经费由学校承担。专款专用。\n第三条 丙。\n"
DIM = 384


@dataclass(frozen=True)
class States:
    offsets: npt.NDArray[np.int32]
    states: npt.NDArray[np.float32]


class CharacterStates:
    """A token a character; its state depends on the character alone."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_many(self, texts: Sequence[str], *, query: bool) -> list[States]:
        assert not query
        self.read += texts
        return [
            States(
                np.array([(i, i + 1) for i in range(len(text))], dtype=np.int32),
                np.stack([state_of(char) for char in text]),
            )
            for text in texts
        ]


def state_of(char: str) -> npt.NDArray[np.float32]:
    seed = int.from_bytes(hashlib.sha256(char.encode()).digest()[:4], "big")
    vector = np.random.default_rng(seed).standard_normal(DIM).astype(np.float32)
    return vector / np.linalg.norm(vector)


def made(text: str, limit: int = 512) -> tuple[Segmentation, list[Passage]]:
    segmentation = cut(text)
    return segmentation, passages_of(segmentation, count_tokens=len, limit=limit)


def refs(segmentation: Segmentation) -> list[str]:
    return [a.ref for a in segmentation.articles]


@pytest.mark.parametrize("limit", [512, 24])
def test_states_offsets_and_clauses(limit: int) -> None:
    segmentation, passages = made(TEXT, limit)
    source = CharacterStates()
    files = tokens.dump([segmentation], passages, source)
    index = tokens.load(files, refs(segmentation), passages)
    assert index is not None
    expected = np.concatenate([np.stack([state_of(c) for c in text]) for text in source.read])
    assert index.states.shape == expected.shape
    cosine = (index.states * expected).sum(axis=1) / np.linalg.norm(index.states, axis=1)
    assert cosine.min() > 0.9999
    assert np.abs(np.linalg.norm(index.states, axis=1) - 1).max() < 0.01
    clauses = [c for a in segmentation.articles for c in clauses_of(segmentation, a)]
    whole = [p for p in passages if not p.clause]
    sizes = np.cumsum([0, *(len(text) for text in source.read)])
    for passage, start, text in zip(whole, sizes, source.read, strict=False):
        row = refs(segmentation).index(passage.ref)
        assert index.indptr[row] <= start < index.indptr[row + 1]
        shift = passage.start - text.index("\n") - 1
        for i in range(len(text)):
            number = int(index.clauses[start + i])
            at = i + shift
            inside = [n for n, c in enumerate(clauses) if c.article == passage.ref and c.start <= at < c.end]
            assert number == (inside[0] if inside and at >= passage.start else -1)


def test_unchanged_passages_are_not_read_again() -> None:
    segmentation, passages = made(TEXT)
    files = tokens.dump([segmentation], passages, CharacterStates())
    source = CharacterStates()
    assert tokens.dump([segmentation], passages, source, old=files) == files
    assert source.read == []


def test_what_was_read_for_its_vector_is_not_read_again() -> None:
    segmentation, passages = made(TEXT)
    source, again = CharacterStates(), CharacterStates()
    files = tokens.dump([segmentation], passages, source)
    texts = source.read[:2]
    read = {t: tokens.Kept.of(s) for t, s in zip(texts, source.encode_many(texts, query=False), strict=True)}
    assert tokens.dump([segmentation], passages, again, read=read) == files
    assert again.read == source.read[2:-2]


def test_a_changed_article_is_read_and_the_others_keep_their_states() -> None:
    before, passages = made(TEXT)
    old = tokens.dump([before], passages, CharacterStates())
    segmentation, passages = made(TEXT.replace("专款专用。", "专款专用，年终结算。"))
    source = CharacterStates()
    found = tokens.dump([segmentation], passages, source, old=old)
    assert source.read == ["某某办法\n第二条 经费由学校承担。专款专用，年终结算。"]
    assert found == tokens.dump([segmentation], passages, CharacterStates())


def test_progress_counts_what_is_read() -> None:
    segmentation, passages = made(TEXT)
    seen: list[tuple[int, int]] = []
    tokens.dump([segmentation], passages, CharacterStates(), progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1] == len([p for p in passages if not p.clause])


def test_a_corpus_too_large_does_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_TOKENS", 10)
    segmentation, passages = made(TEXT)
    assert tokens.dump([segmentation], passages, CharacterStates()) == {}
    assert tokens.load({}, refs(segmentation), passages) is None
