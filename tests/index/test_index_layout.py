"""Manifest, pointer and lines: what is written comes back, anything else is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_qa.datamodels import Document, Kind, Passage, Provision, Segmentation, Span, Status
from policy_qa.errors import IndexDamaged, IndexMismatch, IndexMissing
from policy_qa.index import layout
from policy_qa.index.codec import dump_passages, dump_segmentations, load_passages, load_segmentations
from policy_qa.index.layout import Counts, FileReport, Maker, Manifest, Pointer

MANIFEST = Manifest(
    schema=layout.SCHEMA,
    maker=Maker(package="0.1.0", code={"policy_qa.passages": 1}, model="m", fingerprint="f"),
    dimension=384,
    created="2026-01-02T03:04:05+00:00",
    counts=Counts(documents=1, provisions=2, passages=3, vectors=3),
    sources=(
        FileReport(doc_id="制度", source="a/制度.txt", sha256="0" * 64),
        FileReport(doc_id="x", source="x.md", sha256="", refused="why"),
    ),
    files=dict.fromkeys((*layout.OWN_FILES, "lexical.json"), "1" * 64),
)


def test_a_manifest_comes_back() -> None:
    assert layout.parse_manifest(MANIFEST.dumps()) == MANIFEST


@pytest.mark.parametrize("schema", [0, layout.SCHEMA + 1, "1", None])
def test_another_schema_says_what_to_run(schema: object) -> None:
    data = json.dumps({**json.loads(MANIFEST.dumps()), "schema": schema}).encode()
    with pytest.raises(IndexMismatch, match=r"expected schema 4, found .*; rebuild: policy-qa build"):
        layout.parse_manifest(data)


@pytest.mark.parametrize(
    "data", ["", "{}", "[]", "null", "\ud800", '{"schema": SCHEMA}', '{"schema": SCHEMA, "maker": {}, "files": []}']
)
def test_what_is_no_manifest_is_refused(data: str) -> None:
    with pytest.raises(IndexDamaged, match=r"manifest\.json"):
        layout.parse_manifest(data.replace("SCHEMA", str(layout.SCHEMA)).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/b", ".hidden", "", "manifest.json", "x\n"])
def test_file_names_that_lead_elsewhere_are_refused(name: str) -> None:
    bad = replace(MANIFEST, files={**MANIFEST.files, name: ""})
    with pytest.raises(IndexDamaged, match="not allowed"):
        layout.parse_manifest(bad.dumps())


def test_a_missing_file_entry_is_refused() -> None:
    files = {name: entry for name, entry in MANIFEST.files.items() if name != layout.VECTORS}
    with pytest.raises(IndexDamaged, match=r"missing \['vectors\.faiss'\]"):
        layout.parse_manifest(replace(MANIFEST, files=files).dumps())


def test_the_pointer_comes_back(tmp_path: Path) -> None:
    pointer = Pointer(generation=12, sha256="ab" * 32)
    (tmp_path / layout.CURRENT).write_bytes(pointer.line())
    assert layout.read_pointer(tmp_path) == pointer


@pytest.mark.parametrize(
    "line", [b"", b"gen-1", b"gen-0 " + b"a" * 64 + b"\n", b"gen-1 " + b"A" * 64 + b"\n", b"gen-1 " + b"a" * 64]
)
def test_another_pointer_is_refused(tmp_path: Path, line: bytes) -> None:
    (tmp_path / layout.CURRENT).write_bytes(line)
    with pytest.raises(IndexDamaged, match="current"):
        layout.read_pointer(tmp_path)


def test_no_pointer_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="run: policy-qa build"):
        layout.read_pointer(tmp_path / "nowhere")


texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
small = st.integers(0, 99)
provisions = st.builds(
    Provision,
    doc_id=texts,
    path=texts,
    kind=st.sampled_from(Kind),
    label=texts,
    headings=st.lists(texts, max_size=3).map(tuple),
    start=small,
    end=small,
    article=st.booleans(),
    parent=texts,
    lead=small,
)
segmentations = st.builds(
    Segmentation,
    document=st.builds(
        Document,
        doc_id=texts,
        title=texts,
        issuer=texts,
        number=texts,
        date=texts,
        status=st.sampled_from(Status),
        source=texts,
        sha256=texts,
        encoding=texts,
        text=texts,
    ),
    provisions=st.lists(provisions, max_size=3).map(tuple),
    spans=st.lists(st.builds(Span, kind=texts, start=small, end=small), max_size=3).map(tuple),
    warnings=st.lists(texts, max_size=2).map(tuple),
)
passages = st.builds(Passage, ref=texts, part=small, clause=st.booleans(), start=small, end=small, embed_text=texts)


@given(st.lists(segmentations, max_size=3))
def test_segmentations_come_back(rows: list[Segmentation]) -> None:
    assert load_segmentations(dump_segmentations(rows)) == tuple(rows)


@given(st.lists(passages, max_size=4))
def test_passages_come_back(rows: list[Passage]) -> None:
    assert load_passages(dump_passages(rows)) == tuple(rows)


def test_line_separators_inside_a_text_stay() -> None:
    row = Passage(ref="a#1", part=0, start=0, end=1, embed_text="x\u2028y\u2029z\x85\x0b\n\r")
    assert load_passages(dump_passages([row])) == (row,)
