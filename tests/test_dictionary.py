"""jieba's dictionary as it is searched here, against jieba's own reading of it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from policy_qa import dictionary
from policy_qa.datamodels import Segmentation
from policy_qa.errors import PackageDamaged
from policy_qa.words import Segmenter, corpus_terms, normalize
from samples import ROOT


@pytest.fixture(scope="module")
def plain() -> Any:
    """jieba's own segmenter with the whole dictionary, read from its text."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    whole = jieba.Tokenizer()
    whole.FREQ, whole.total = whole.gen_pfdict(whole.get_dict_file())
    whole.initialized = True
    return whole


def questions() -> list[str]:
    lines = (ROOT / "eval" / "questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def test_every_word_has_its_frequency(plain: Any) -> None:
    found: dict[str, int] = {}
    for character in {word[0] for word in plain.FREQ}:
        found |= dictionary.words_from(character).frequency
    assert found == plain.FREQ
    assert plain.total == dictionary.TOTAL


@pytest.mark.parametrize(
    ("word", "tag"),
    [("学校", "n"), ("北京", "ns"), ("龢", "zg"), ("阿Q", "n"), ("AA制", "n"), ("甲丙", "x")],
)
def test_tags(word: str, tag: str) -> None:
    assert Segmenter().tag(word) == tag
    assert (word in dictionary.tagged(tag)) == (tag != "x")


@pytest.mark.parametrize("character", ["", "a", "\x00", "㐀", "\U0002ffff", "\ud800", "鿿", "😀"])
def test_what_no_word_begins_with(character: str) -> None:
    found = dictionary.words_from(character) if character else dictionary.words_from("z")
    assert (found.frequency, found.tag) == ({}, {})


@pytest.mark.parametrize("with_terms", [False, True])
def test_texts_are_cut_as_by_jieba(plain: Any, segmentations: Mapping[str, Segmentation], with_terms: bool) -> None:
    dice = random.Random(5)  # noqa: S311 - a test's
    words = sorted(plain.FREQ)
    texts = [s.document.text for s in segmentations.values()] + questions()
    texts += ["".join(dice.choices(words, k=9)) for _ in range(300)]
    texts += ["".join(chr(dice.randrange(0x20, 0xD800)) for _ in range(40)) for _ in range(300)]
    import jieba

    whole = jieba.Tokenizer()
    whole.FREQ, whole.total, whole.initialized = dict(plain.FREQ), plain.total, True
    terms = corpus_terms(list(segmentations.values())) if with_terms else []
    for term in terms:
        whole.add_word(normalize(term))
    ours = Segmenter(terms)
    for text in texts:
        expected = [(start, end) for _, start, end in whole.tokenize(text, HMM=False)]
        assert ours.spans(text) == expected, text[:40]
        assert all(ours.frequency(text[a:b]) == whole.FREQ.get(text[a:b], 0) for a, b in expected)


def test_threads_share_a_segmenter(segmentations: Mapping[str, Segmentation]) -> None:
    texts = [*questions(), *(s.document.text for s in segmentations.values())]
    expected = [Segmenter().words(text) for text in texts]
    shared = Segmenter()
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(shared.words, texts)) == expected


def test_fault_38_nothing_is_read_from_or_written_to_a_shared_folder(tmp_path: Path) -> None:
    """A planted cache of jieba's would be run by `marshal`; here nobody opens it."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "jieba.cache").write_bytes(b"planted")
    code = (
        "import sys\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == 'open' else None)\n"
        "from policy_qa.words import Segmenter, place_names\n"
        "print(Segmenter(('首席信息官',)).words('首席信息官的任期'), len(place_names()) > 1000)\n"
        f"print([name for name in opened if name.startswith({str(shared)!r}) or name.endswith('.cache')])"
    )
    env = {**os.environ, "TMPDIR": str(shared), "TEMP": str(shared), "TMP": str(shared), "PYTHONUTF8": "1"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert run.stdout.splitlines() == ["['首席信息官', '的', '任期'] True", "[]"]
    assert [path.name for path in shared.iterdir()] == ["jieba.cache"]


@pytest.mark.parametrize("how", ["flip", "cut", "gone"])
def test_a_damaged_dictionary_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    path = tmp_path / "dict.txt"
    shutil.copy(dictionary._path(), path)
    data = bytearray(path.read_bytes())
    if how == "flip":
        data[1_000_000] ^= 1
    path.write_bytes(data[:-1] if how == "cut" else data)
    if how == "gone":
        path.unlink()
    monkeypatch.setattr(dictionary, "_path", lambda: path)
    dictionary.text.cache_clear()
    try:
        with pytest.raises(PackageDamaged, match=r"dict\.txt: expected .* found .*; reinstall it: .* jieba==0\.42\.1"):
            dictionary.text()
    finally:
        dictionary.text.cache_clear()
