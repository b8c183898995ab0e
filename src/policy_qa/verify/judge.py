"""Judges sentences against the provisions that they cite."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_qa.datamodels import Provision, Segmentation
from policy_qa.verify.sentences import sentences_of
from policy_qa.verify.verdict import Basis, Checked, Verdict

__all__ = ["Judge", "sentences_of"]


class Judge:
    """Tells of a sentence whether the provisions that it cites bear it."""

    def __init__(self, segmentations: Sequence[Segmentation]) -> None:
        self._segmentations = {s.document.doc_id: s for s in segmentations}

    def judge(self, sentence: str, provisions: Sequence[Provision]) -> Checked:
        """The verdict on one sentence against these provisions and nothing else."""
        own = sentence.strip().rstrip("。；;，,！!")
        for provision in provisions:
            document = self._segmentations[provision.doc_id].document
            at = document.text.find(own, provision.start, provision.end) if len(own) >= 4 else -1
            if at >= 0:
                basis = Basis(ref=provision.ref, quote=own, start=at, end=at + len(own))
                return Checked(text=sentence, start=0, end=len(sentence), verdict=Verdict.VERBATIM, basis=basis)
        return Checked(
            text=sentence, start=0, end=len(sentence), verdict=Verdict.UNSUPPORTED, why="所引条款没有这样的内容。"
        )

    def judge_text(self, text: str, provisions: Sequence[Provision]) -> tuple[Checked, ...]:
        """The verdict on each sentence of a text, with its place in it."""
        return tuple(replace(self.judge(text[a:b], provisions), start=a, end=b) for a, b in sentences_of(text))
