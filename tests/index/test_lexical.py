"""The lexical side: BM25 by hand and by brute force, and files without pickle."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from policy_qa.datamodels import Segmentation
from policy_qa.index import lexical
from policy_qa.index.lexical import K1, B, LexicalIndex, own_title
from policy_qa.words import Segmenter
from samples import CORPUS, ROOT, at, cut


def npy(values: Sequence[int]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.array(values, dtype=np.int32), allow_pickle=False)
    return buffer.getvalue()


def by_hand() -> LexicalIndex:
    """Three rows of the words 甲 and 乙: 甲甲乙, 乙, nothing."""
    meta = {"refs": ["x#1", "x#2", "x#3"], "terms": [], "vocabulary": ["甲", "乙"]}
    files = lexical.dump([cut("第一条 甲。\n第二条 乙。\n")], [])
    files |= {"lexical.json": json.dumps(meta).encode(), "english.json": b"{}"}
    for suffix, values in (("indptr", [0, 2, 3, 3]), ("indices", [0, 1, 1]), ("counts", [2, 1, 1])):
        files |= {name: npy(values) for name in files if name.endswith(f"-{suffix}.npy")}
    return lexical.load(files)


def test_idf_by_hand() -> None:
    # 甲 in 1 of 3 rows: ln(1 + 2.5/1.5); 乙 in 2 of 3: ln(1 + 1.5/2.5).
    assert by_hand().idf == pytest.approx([math.log(8 / 3), math.log(1.6)], rel=1e-6)


def test_bm25_by_hand() -> None:
    index = by_hand()
    # Mean length 4/3. Norm of row 0 (3 words): 1.5 (.25 + .75 * 9/4) = 2.90625;
    # of row 1 (1 word): 1.5 (.25 + .75 * 3/4) = 1.21875.
    jia = math.log(8 / 3) * 2 * 2.5 / (2 + 2.90625)
    yi_0, yi_1 = (math.log(1.6) * 2.5 / (1 + norm) for norm in (2.90625, 1.21875))
    assert index.postings.bm25({0: 1.0}) == pytest.approx([jia, 0, 0], rel=1e-5)
    assert index.postings.bm25({1: 1.0}) == pytest.approx([yi_0, yi_1, 0], rel=1e-5)
    assert index.postings.bm25({0: 2.0, 1: 0.5}) == pytest.approx([2 * jia + yi_0 / 2, yi_1 / 2, 0], rel=1e-5)
    assert index.postings.bm25({}) == pytest.approx([0, 0, 0])


def test_bm25_against_brute_force(
    segmentations: Mapping[str, Segmentation], lexical_files: Mapping[str, bytes]
) -> None:
    index = lexical.load(lexical_files)
    segmenter = Segmenter(index.terms)
    rows = [Counter(segmenter.terms_of(s.text_of(a))) for s in segmentations.values() for a in s.articles]
    mean = sum(sum(row.values()) for row in rows) / len(rows)
    for word in ("首席信息官", "任期", "经费", "网络", "cio"):
        df = sum(word in row for row in rows)
        assert df
        idf = math.log(1 + (len(rows) - df + 0.5) / (df + 0.5))
        expected = [
            idf * row[word] * (K1 + 1) / (row[word] + K1 * (1 - B + B * sum(row.values()) / mean)) for row in rows
        ]
        assert index.postings.bm25({index.vocabulary[word]: 1.0}) == pytest.approx(expected, rel=1e-4)


def test_rows_are_the_articles_in_order(
    segmentations: Mapping[str, Segmentation], lexical_files: Mapping[str, bytes]
) -> None:
    index = lexical.load(lexical_files)
    assert index.refs == tuple(a.ref for s in segmentations.values() for a in s.articles)
    words = {i: w for w, i in index.vocabulary.items()}
    row = index.refs.index("yichun-cio#7")
    assert {"聘任", "程序"} <= {words[int(i)] for i in index.title.row(row)}
    assert "任职" in {words[int(i)] for i in index.heading.row(row)}
    assert "宜春学院" in {words[int(i)] for i in index.document.row(row)}
    assert "连聘" not in {words[int(i)] for i in index.heading.row(row)}
    assert list(index.clause_rows) == sorted(index.clause_rows)
    assert set(index.clause_rows) == set(range(len(index.refs)))


def test_files_are_arrays_and_json_and_nothing_else(lexical_files: Mapping[str, bytes]) -> None:
    for name, data in lexical_files.items():
        if name.endswith(".json"):
            json.loads(data)
        else:
            assert np.load(io.BytesIO(data), allow_pickle=False).dtype == np.int32


def test_the_same_documents_give_the_same_files(segmentations: Mapping[str, Segmentation]) -> None:
    some = [segmentations["helan-cio"]]
    assert lexical.dump(some, []) == lexical.dump(some, [])


def test_a_corpus_of_nothing_to_say() -> None:
    index = lexical.load(lexical.dump([cut("。。。\n，，\n")], []))
    assert list(index.postings.bm25({})) == [0.0, 0.0]


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("第一条 聘任程序：\n（一）甲；\n（二）乙。\n第二条 丙。\n", "1", "聘任程序："),
        ("第一条 经费保障：学校设立专项经费。\n第二条 丙。\n", "1", "经费保障"),
        ("第一条 学校设首席信息官，由校长提名，报上级批准。\n第二条 丙。\n", "1", ""),
        ("方案\n一、保障\n（一）加强组织保障。各校要重视，落实。\n（二）丙。\n", "1.1", "加强组织保障"),
        ("办法\n第一条 甲。\n第二条 乙。\n附件1\n推荐表\n姓名\n", "appendix-1", "推荐表"),
    ],
)
def test_what_names_an_article(text: str, path: str, title: str) -> None:
    found = cut(text)
    assert own_title(found, at(found, path)) == title


def test_the_files_are_the_same_whatever_the_seed_of_hashes() -> None:
    code = (
        "import hashlib, sys; from pathlib import Path; from policy_qa.documents.sources import read_document\n"
        "from policy_qa.index import lexical; from policy_qa.provisions import segment\n"
        "root = Path(sys.argv[1]); texts = [segment(read_document(p, root=root)) for p in sorted(root.glob('*.txt'))]\n"
        "print({name: hashlib.sha256(data).hexdigest() for name, data in lexical.dump(texts, []).items()})"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", code, str(CORPUS)],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert "lexical.json" in made[0]
    assert made[0] == made[1]
