"""The reader: what answers gets more than what speaks of the same, in the form in which it ships."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from policy_qa.models import open_reader, open_reranker
from policy_qa.models.encoder import Reader
from policy_qa.settings import Settings

TITLE = "《青禾县实验中学车辆管理规定》\n"
FEE = TITLE + "第六条 校外车辆停放超过两小时的，每小时收费3元，一天最高20元。"
GATE = TITLE + "第三条 校外车辆从北门进入，门卫登记车牌号和来访事由。"
STAFF = TITLE + "第四条 教职工车辆凭停车证停放，停车证每学年换发一次。"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.mark.parametrize(
    ("question", "best"),
    [("外面的车停一天多少钱", FEE), ("来访的车走哪个门", GATE), ("停车证多久换一次", STAFF)],
)
def test_what_answers_comes_first(reader: Reader, question: str, best: str) -> None:
    texts = [FEE, GATE, STAFF]
    scores = reader.score(question, texts)
    assert scores.shape == (3,)
    assert texts[int(scores.argmax())] == best
    assert scores.max() > 0 > np.sort(scores)[1]


def test_english_questions_are_ordered_too(reader: Reader) -> None:
    assert reader.score("how much does a visitor pay for parking", [GATE, STAFF, FEE]).argmax() == 2


def test_near_but_silent_is_no_answer(reader: Reader) -> None:
    assert reader.score("停车证办一张要交多少工本费", [FEE, GATE, STAFF]).max() < 0


def test_a_score_depends_on_its_own_text_alone(reader: Reader) -> None:
    alone = [float(reader.score("停车证多久换一次", [text])[0]) for text in (FEE, GATE, STAFF)]
    together = reader.score("停车证多久换一次", [FEE, GATE, STAFF])
    np.testing.assert_array_equal(together, np.array(alone, np.float32))
    with ThreadPoolExecutor(4) as pool:
        for scores in pool.map(lambda _: reader.score("停车证多久换一次", [FEE, GATE, STAFF]), range(8)):
            np.testing.assert_array_equal(scores, together)


def test_of_what_is_long_the_beginning_is_read(reader: Reader) -> None:
    padding = "学校依法制定本规定。" * 400
    assert reader.score("任期" * 900, [FEE + padding, padding]).shape == (2,)
    assert reader.score("外面的车停一天多少钱", [FEE + padding])[0] > reader.score("外面的车停一天多少钱", [padding])[0]
    assert reader.score("校长", []).shape == (0,)


def test_it_is_chosen_by_name() -> None:
    assert open_reader("off") is None
    assert Settings.from_env({}).reranker == "reader"
    assert isinstance(open_reader("reader"), Reader)
    # Another one puts in order; whether anything answers, the reader says beside it.
    assert isinstance(open_reader("a folder"), Reader)
    assert open_reranker("reader") is open_reranker("off") is None
