"""The real thing: four policies, the default model, the lexical side; built, opened, searched."""

from __future__ import annotations

import subprocess
import sys

import pytest

from policy_qa.index import lexical
from policy_qa.index.store import load
from policy_qa.models import open_encoder
from policy_qa.settings import Settings

QUESTIONS = {
    "谁可以担任宜春学院的CIO？": "yichun-cio#6",
    "首席信息官的任期是几年？": "yichun-cio#7",
    "How long is the term of office of the CIO?": "yichun-cio#7",
}


@pytest.mark.slow
def test_search_and_leave_alone(built: Settings) -> None:
    encoder = open_encoder(built.model)
    index = load(built.index_dir, encoder)
    assert len(index.passages) > 100
    for question, ref in QUESTIONS.items():
        found = index.vectors.search(encoder.query(question), 40)
        scores = [score for _, score in found]
        assert scores == sorted(scores, reverse=True)
        assert all(-1 <= score <= 1 + 1e-6 for score in scores)
        assert ref in list(dict.fromkeys(index.passages[row].ref for row, _ in found))[:10], question
    assert len(lexical.load(index.extra).refs) == sum(len(s.articles) for s in index.segmentations.values())
    code = f"""
import sys
from pathlib import Path
from policy_qa.models import open_encoder
from policy_qa.index.builder import build
from policy_qa.settings import Settings
settings = Settings(home=Path({str(built.home)!r}), corpus=Path({str(built.corpus)!r}))
report = build(settings, encoder=open_encoder(settings.model))
print(report.changed, report.embedded, [m for m in ("torch", "faiss", "jieba", "onnxruntime") if m in sys.modules])"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False 0 []"
