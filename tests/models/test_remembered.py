"""The questions beside a tuned model's weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from policy_qa.errors import ModelError
from policy_qa.models.remembered import Remembered, read, write

KNOWN = Remembered(
    questions=("CIO任期几年？", "谁来考核"), refs=(("a#7",), ("a#9", "b#3")), vectors=np.eye(2, 4, dtype=np.float32)
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, KNOWN)
    found = read(tmp_path)
    assert found is not None
    assert (found.questions, found.refs) == (KNOWN.questions, KNOWN.refs)
    assert np.array_equal(found.vectors, KNOWN.vectors)


def test_a_model_that_was_not_tuned_remembers_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("asked.json", b"{"),
        ("asked.json", b"[]"),
        ("asked.json", b'{"questions": ["a"], "refs": [["a#7"]]}'),
        ("asked.json", b'{"questions": ["a", "b"], "refs": ["a#7", "b#3"]}'),
        ("asked.npy", b""),
        ("asked.npy", b"\x80\x04."),
    ],
)
def test_damage_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    write(tmp_path, KNOWN)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=r"asked\.json: expected .* tune the model again") as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)
