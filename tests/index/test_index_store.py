"""Writing and opening generations: equal to brute force, whole, verified, and one swap away from the old."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from fake_encoder import FakeEncoder

from policy_qa.datamodels import Document, Kind, Passage, Provision, Segmentation
from policy_qa.errors import IndexDamaged, IndexMismatch, IndexMissing
from policy_qa.index import layout, vectors
from policy_qa.index.files import sha256
from policy_qa.index.layout import Maker, Pointer
from policy_qa.index.store import LoadedIndex, load, write_generation
from policy_qa.index.vectors import VectorIndex, dump_vectors

MAKER = Maker(package="0.1.0", code={}, model="fake", fingerprint="fake-1")


def unit(rng: np.random.Generator, *shape: int) -> np.ndarray:
    out = rng.standard_normal(shape).astype(np.float32)
    return out / np.linalg.norm(out, axis=-1, keepdims=True)


def sample(count: int = 5, dim: int = 16) -> tuple[list[Segmentation], list[Passage], np.ndarray]:
    """A document of `count` articles, each one line, and a passage and a vector for each."""
    lines = [f"第{i}条 内容{i}\n" for i in range(1, count + 1)]
    text, provisions, passages, at = "".join(lines), [], [], 0
    for i, line in enumerate(lines, 1):
        provisions.append(
            Provision(
                doc_id="d", path=str(i), kind=Kind.ARTICLE, label=f"第{i}条", start=at, end=at + len(line), article=True
            )
        )
        passages.append(Passage(ref=f"d#{i}", part=0, start=at, end=at + len(line), embed_text=line))
        at += len(line)
    document = Document(doc_id="d", title="制度", source="d.txt", sha256="0" * 64, text=text)
    return (
        [Segmentation(document=document, provisions=tuple(provisions))],
        passages,
        unit(np.random.default_rng(1), count, dim),
    )


def write(index_dir: Path, count: int = 5, dim: int = 16, maker: Maker = MAKER) -> int:
    segmentations, passages, rows = sample(count, dim)
    return write_generation(
        index_dir,
        segmentations=segmentations,
        passages=passages,
        vectors=rows,
        maker=maker,
        sources=[],
        extra={"lexical.json": b"{}"},
    )


def test_what_was_written_is_opened(tmp_path: Path) -> None:
    segmentations, passages, rows = sample()
    assert write(tmp_path) == 1
    index = load(tmp_path, FakeEncoder())
    assert isinstance(index, LoadedIndex)
    assert index.segmentations == {"d": segmentations[0]}
    assert index.passages == tuple(passages)
    assert index.extra == {"lexical.json": b"{}"}
    assert np.array_equal(index.vectors.matrix(), rows)
    assert (index.generation, index.manifest.maker.model, index.manifest.dimension) == (1, "fake", 16)
    assert index.manifest.counts == layout.Counts(documents=1, provisions=5, passages=5, vectors=5)


@pytest.mark.parametrize("k", [1, 10, 300, 1000])
def test_search_equals_brute_force(k: int) -> None:
    rng = np.random.default_rng(7)
    rows, queries = unit(rng, 300, 24), unit(rng, 20, 24)
    index = VectorIndex(dump_vectors(rows))
    for query in queries:
        scores = rows @ query
        expected = np.argsort(-scores)[:k]
        found = index.search(query, k)
        assert [row for row, _ in found] == expected.tolist()
        assert np.allclose([score for _, score in found], scores[expected], atol=1e-6)


def test_search_worked_by_hand() -> None:
    index = VectorIndex(dump_vectors(np.array([[1, 0], [0.6, 0.8], [0, 1]], np.float32)))
    assert [(row, round(score, 6)) for row, score in index.search(np.array([0, 1], np.float32), 2)] == [
        (2, 1.0),
        (1, 0.8),
    ]
    assert index.search(np.array([0, 1], np.float32), 0) == []
    with pytest.raises(ValueError, match=r"expected a query of shape \(2,\)"):
        index.search(np.zeros(3, np.float32), 1)


def test_cosines_are_those_of_every_row() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((300, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    index = VectorIndex(dump_vectors(rows))
    assert index.cosines(rows[7]) == pytest.approx(rows @ rows[7], abs=1e-6)
    assert dict(index.search(rows[7], 300)) == pytest.approx(dict(enumerate(index.cosines(rows[7]))), abs=1e-6)
    with pytest.raises(ValueError, match=r"shape \(16,\)"):
        index.cosines(rows[7][:8])
    assert VectorIndex(dump_vectors(rows[:0])).cosines(rows[7]).shape == (0,)


def test_a_graph_is_used_only_for_many_vectors(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    rows, queries = unit(rng, 2000, 16), unit(rng, 50, 16)
    assert VectorIndex(dump_vectors(rows)).exact
    monkeypatch.setattr(vectors, "HNSW_FROM", 2000)
    index = VectorIndex(dump_vectors(rows))
    assert (index.exact, len(index), index.dim) == (False, 2000, 16)
    assert not index.exact
    exact = np.argsort(-(queries @ rows.T), axis=1)[:, :10]
    found = [[row for row, _ in index.search(query, 10)] for query in queries]
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, exact.tolist(), strict=True)])
    assert recall > 0.98
    assert all(a[0] == b[0] for a, b in zip(found, exact.tolist(), strict=True))
    assert np.array_equal(index.matrix(), rows)  # so that a build can reuse them


def test_parts_that_do_not_fit_are_not_written(tmp_path: Path) -> None:
    segmentations, passages, rows = sample()
    common = {"segmentations": segmentations, "passages": passages, "maker": MAKER, "sources": []}
    with pytest.raises(ValueError, match="expected a vector for each of 5 passages, found 4"):
        write_generation(tmp_path, vectors=rows[:4], **common)
    for name in ("../x", "vectors.faiss", "manifest.json"):
        with pytest.raises(ValueError, match="other names"):
            write_generation(tmp_path, vectors=rows, extra={name: b""}, **common)
    assert list(tmp_path.iterdir()) == []


def test_opening_imports_neither_faiss_nor_a_model(tmp_path: Path) -> None:
    write(tmp_path)
    code = f"""
import sys
from pathlib import Path
from policy_qa.index.store import load
load(Path({str(tmp_path)!r}))
print([m for m in ("faiss", "torch", "jieba", "onnxruntime") if m in sys.modules])"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


# --- generations ------------------------------------------------------------------------------


def test_generations_follow_each_other_and_the_last_but_one_stays(tmp_path: Path) -> None:
    for expected in (1, 2, 3, 4):
        assert write(tmp_path, count=expected) == expected
        assert len(load(tmp_path).passages) == expected
    assert layout.generations(tmp_path) == [3, 4]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["current", "gen-3", "gen-4"]


def test_an_orphan_of_a_killed_build_is_swept_and_the_old_one_kept(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "gen-2").mkdir()  # killed between its rename and the swap
    (tmp_path / ".gen-3.tmp").mkdir()  # killed while writing
    assert write(tmp_path, count=3) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["current", "gen-1", "gen-3"]


def test_an_opened_index_outlives_later_builds(tmp_path: Path) -> None:
    write(tmp_path, count=5)
    index = load(tmp_path)
    for _ in range(3):
        write(tmp_path, count=2)
    assert len(index.vectors.search(index.vectors.matrix()[4], 9)) == 5


def test_a_reader_that_loses_its_generation_takes_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from policy_qa.index import store

    write(tmp_path, count=2)
    read, swapped = store._read, []

    def slow(path: Path) -> bytes:
        if not swapped:
            swapped.append(True)
            write(tmp_path, count=3)
            write(tmp_path, count=4)  # the generation that is being read is gone now
        return read(path)

    monkeypatch.setattr(store, "_read", slow)
    assert len(load(tmp_path).passages) == 4


# --- damage -----------------------------------------------------------------------------------


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"expected one in .*, found none; run: policy-qa build"):
        load(tmp_path)


@pytest.mark.parametrize("name", ["current", "manifest.json", *layout.OWN_FILES, "lexical.json"])
def test_a_flipped_bit_anywhere_is_noticed(tmp_path: Path, name: str) -> None:
    write(tmp_path)
    path = tmp_path / name if name == "current" else tmp_path / "gen-1" / name
    sound = path.read_bytes()
    positions = {0, 1, 4, len(sound) // 3, len(sound) // 2, len(sound) - 2, len(sound) - 1}
    for at in sorted(p for p in positions if p < len(sound)):
        for bit in (0, 5, 7):
            damaged = bytearray(sound)
            damaged[at] ^= 1 << bit
            path.write_bytes(damaged)
            with pytest.raises(
                IndexDamaged, match=f"index file .*{name}|index file .*manifest.json" if name == "current" else name
            ):
                load(tmp_path)
    path.write_bytes(sound)
    load(tmp_path)


@pytest.mark.parametrize("name", ["manifest.json", *layout.OWN_FILES, "lexical.json"])
@pytest.mark.parametrize("harm", ["gone", "cut", "longer", "empty"])
def test_a_missing_or_cut_file_is_noticed(tmp_path: Path, name: str, harm: str) -> None:
    write(tmp_path)
    path = tmp_path / "gen-1" / name
    data = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": data[:-1], "longer": data + b"\0", "empty": b""}[harm])
    with pytest.raises(IndexDamaged, match=rf"{name}.*expected .* found .*; rebuild: policy-qa build"):
        load(tmp_path)


def rewrite(index_dir: Path, **changes: object) -> None:
    """Change the manifest, and the pointer so that it vouches for the change."""
    path = index_dir / "gen-1" / layout.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    (index_dir / layout.CURRENT).write_bytes(Pointer(generation=1, sha256=sha256(path.read_bytes())).line())


def test_an_older_schema(tmp_path: Path) -> None:
    write(tmp_path)
    rewrite(tmp_path, schema=0)
    with pytest.raises(IndexMismatch, match="expected schema 4, found 0; rebuild: policy-qa build"):
        load(tmp_path)


def test_counts_and_dimension_are_compared(tmp_path: Path) -> None:
    write(tmp_path)
    rewrite(tmp_path, dimension=17)
    with pytest.raises(IndexDamaged, match=r"of dimension 17, found .* of dimension 16"):
        load(tmp_path)
    rewrite(tmp_path, dimension=16, counts={"documents": 1, "provisions": 5, "passages": 5, "vectors": 6})
    with pytest.raises(IndexDamaged, match=r"vectors=6.*vectors=5"):
        load(tmp_path)


def test_bytes_that_are_no_index_never_reach_faiss() -> None:
    with pytest.raises(IndexDamaged, match="expected IxFI or IHNf"):
        VectorIndex(b"IxPT" + bytes(100))
    with pytest.raises(IndexDamaged, match="expected IxFI or IHNf"):
        VectorIndex(b"Ix")


def test_another_model_or_release(tmp_path: Path) -> None:
    write(tmp_path)
    with pytest.raises(
        IndexMismatch, match=r"model BAAI/bge-small-zh-v1\.5, found those of fake; rebuild.*POLICY_QA_MODEL=fake"
    ):
        load(tmp_path, FakeEncoder("BAAI/bge-small-zh-v1.5"))
    with pytest.raises(IndexMismatch, match="another release"):
        load(tmp_path, FakeEncoder(fingerprint="fake-2"))
