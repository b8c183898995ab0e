from __future__ import annotations

from policy_qa.tuning.trainer import Example, batches


def example(question: str, positive: str) -> Example:
    return Example(question=question, positive=positive, negative="x")


def test_no_right_answer_counts_as_wrong_in_its_batch() -> None:
    examples = [example("q1", "a"), example("q1", "b"), example("q2", "a"), example("q3", "c"), example("q4", "d")]
    found = batches(examples, 3)
    assert sorted(id(e) for batch in found for e in batch) == sorted(map(id, examples))
    for batch in found:
        assert len(batch) <= 3
        assert len({e.question for e in batch}) == len({e.positive for e in batch}) == len(batch)
    assert [len(batch) for batch in found] == [3, 2]
