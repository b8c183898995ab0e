"""Ways to look at a comparison."""

from __future__ import annotations

from collections.abc import Iterator

from policy_qa.diff import Change, Diff, OpKind, What


def by_name(diff: Diff, what: What = What.ARTICLE) -> dict[str, list[str]]:
    """「第三条 → 第四条」 -> its kinds, for everything that isn't unchanged."""
    return {
        f"{c.name} → {c.new_name}": [k.value for k in c.kinds]
        for c in diff.changes
        if c.what is what and not c.unchanged
    }


def marked(change: Change) -> str:
    """The words with what was deleted in [-…-] and inserted in {+…+}; layout left out."""
    shape = {OpKind.EQUAL: "{}", OpKind.DELETE: "[-{}-]", OpKind.INSERT: "{{+{}+}}"}
    return "".join(shape[op.op].format(op.text) for op in change.ops if not op.trivial)


def everything(changes: tuple[Change, ...]) -> Iterator[Change]:
    for change in changes:
        yield change
        yield from everything(change.parts)


def assert_rebuilds(diff: Diff) -> None:
    """The ops of every change are its two texts, those of all changes the two documents; offsets say the same."""
    for change in everything(diff.changes):
        assert "".join(op.text for op in change.ops if op.op is not OpKind.INSERT) == change.old_text
        assert "".join(op.text for op in change.ops if op.op is not OpKind.DELETE) == change.new_text
        for op in change.ops:
            assert diff.old.text[op.old_start : op.old_end] == (op.text if op.op is not OpKind.INSERT else "")
            assert diff.new.text[op.new_start : op.new_end] == (op.text if op.op is not OpKind.DELETE else "")
    ops = [op for change in diff.changes for op in change.ops]
    old = sorted((op for op in ops if op.old_start < op.old_end), key=lambda op: op.old_start)
    new = sorted((op for op in ops if op.new_start < op.new_end), key=lambda op: op.new_start)
    assert "".join(op.text for op in old) == diff.old.text
    assert "".join(op.text for op in new) == diff.new.text
