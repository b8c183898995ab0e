"""A large index, with the border brought down: what it leaves out, and that it finds what is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from fake_encoder import FakeEncoder

from policy_qa.index import bigrams, store
from policy_qa.index.builder import build
from policy_qa.models.remembered import Remembered
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings

ARTICLES = {
    1: "采购合同由财务处归档。",
    2: "印章由办公室保管：\n（一）公章；\n（二）专用章。",
    3: "违反规定的给予警告。",
}


class Indifferent(FakeEncoder):
    """A model to which all texts are alike."""

    def _vector(self, text: str) -> np.ndarray:
        return np.eye(1, self.dim, dtype=np.float32)[0]


class Experienced(Indifferent):
    """The same, which knows what one question was answered by."""

    def __init__(self) -> None:
        super().__init__()
        vectors = self.query("")[None]
        self.remembered = Remembered(questions=("谁说了算",), refs=(("南山大学#3", "没有了#1"),), vectors=vectors)


class Estranged(Indifferent):
    """The same, to which no question is like any text."""

    def query(self, text: str) -> np.ndarray:
        return np.eye(2, self.dim, dtype=np.float32)[1]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("large")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name, extra in (("南山大学", "车辆由后勤处调度。"), ("北海大学", "班车时刻由工会公布。")):
        lines = [*ARTICLES, extra]
        text = "".join(f"第{n}条 {line}\n" for n, line in zip("一二三四", lines, strict=True))
        (corpus / f"{name}.txt").write_text(f"{name}综合管理办法\n{text}", "utf-8")
    settings = Settings(home=folder / "home", corpus=corpus, model="fake")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bigrams, "LARGE", 5)
        build(settings, encoder=Indifferent())
    return settings


@pytest.fixture(scope="module")
def pipeline(home: Settings) -> Pipeline:
    return Pipeline(home, store.load(home.index_dir), Indifferent())


def test_what_it_holds(pipeline: Pipeline) -> None:
    index = pipeline.index
    assert not any(p.clause for p in index.passages)
    assert "bigrams-pairs.npy" in index.extra
    assert not [name for name in index.extra if name.startswith("tokens")]


def test_words_and_pairs_decide_where_vectors_do_not(pipeline: Pipeline) -> None:
    retrieval = pipeline.retrieve("班车时刻表在哪里看")
    assert retrieval.candidates[0].article.ref == "北海大学#4"
    scores = [c.probability for c in retrieval.candidates]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(retrieval.answerability)


def test_an_answer_cites_the_article(pipeline: Pipeline) -> None:
    answer = pipeline.ask("班车时刻由谁公布")
    assert "北海大学#4" in [c.ref for c in answer.citations]


def test_only_the_documents_that_are_wanted(pipeline: Pipeline) -> None:
    found = pipeline.search("印章由谁保管", doc_ids=("南山大学",))
    assert found
    assert {r.ref.partition("#")[0] for r in found} == {"南山大学"}


def test_what_nothing_is_like_is_refused(home: Settings) -> None:
    answer = Pipeline(home, store.load(home.index_dir), Estranged()).ask("印章由谁保管")
    assert answer.refused
    assert answer.retrieved


def test_what_answered_before_comes_first_where_nothing_else_tells(home: Settings, pipeline: Pipeline) -> None:
    question = "哪个说了算"
    before = [c.article.ref for c in pipeline.retrieve(question).candidates]
    after = Pipeline(home, store.load(home.index_dir), Experienced()).retrieve(question).candidates
    assert before[0] != "南山大学#3"
    assert after[0].article.ref == "南山大学#3"


def test_and_does_not_drown_what_the_words_say(home: Settings) -> None:
    found = Pipeline(home, store.load(home.index_dir), Experienced()).retrieve("班车时刻表在哪里看")
    assert found.candidates[0].article.ref == "北海大学#4"
