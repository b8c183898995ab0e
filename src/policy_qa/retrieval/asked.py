"""What was asked before, and what answered it: two hints for the order of a large corpus.

Whoever asks what somebody asked before wants what answered it then; and a document that has answered many
questions is likelier to answer the next than one that nobody ever needed. Both are learned from pairs of
question and provision, as `policy-qa tune` gets them, and weigh beside the searches, never instead of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from policy_qa.models.remembered import Remembered

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

#: The questions most alike are the yardstick: how far one stands out among so many.
_ALIKE = 200
#: Deviations below their mean at which a question no longer counts as alike.
_FLOOR = 2.0
#: Added to each document's count, so that one that never answered isn't out of the running.
_PRIOR = 0.3


class AskedBefore:
    """Earlier questions with the rows of the articles that answered them. Immutable; safe to share between threads."""

    def __init__(self, vectors: Floats, answers: Sequence[Sequence[int]], documents: npt.NDArray[np.int32]) -> None:
        """`vectors` (n, dim), unit, of the questions; `answers` the rows of each; `documents` that of each row."""
        self._vectors = vectors
        self._documents = documents
        self._rows = np.array([row for rows in answers for row in rows], dtype=np.int64)
        self._question = np.repeat(np.arange(len(answers)), [len(rows) for rows in answers])
        # A document counts once for a question, however many of its articles answer it.
        pairs = {(q, int(documents[row])) for q, rows in enumerate(answers) for row in rows}
        self._pairs = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
        self._size = int(documents.max(initial=-1)) + 1

    @classmethod
    def of(
        cls, known: Remembered | None, row_of: Mapping[str, int], documents: npt.NDArray[np.int32]
    ) -> AskedBefore | None:
        """What a model remembers, as far as the index has the provisions; None where nothing of it is there."""
        if known is None:
            return None
        answers = [[row_of[ref] for ref in refs if ref in row_of] for refs in known.refs]
        kept = [i for i, rows in enumerate(answers) if rows]
        return cls(known.vectors[kept], [answers[i] for i in kept], documents) if kept else None

    @property
    def rows(self) -> Ints:
        """The articles that have answered something, ascending."""
        return np.unique(self._rows)

    def hints(self, vector: Floats, rows: npt.NDArray[np.integer], without: int = -1) -> dict[str, Floats]:
        """Both hints for `rows`, by the names that `Fusion.remembering` has."""
        return {"alike": self.alike(vector, rows, without), "prior": self.prior(rows, without)}

    def alike(self, vector: Floats, rows: npt.NDArray[np.integer], without: int = -1) -> Floats:
        """How much the most similar question that each of `rows` has answered stands out, from 0, in deviations.

        `without` leaves one of the questions out, to fit on questions that are remembered themselves.
        """
        found = np.zeros(len(self._documents), np.float32)
        if len(self._vectors) > (without >= 0):
            similarity = self._vectors @ vector
            known = np.delete(similarity, without) if without >= 0 else similarity
            top = np.sort(known)[-_ALIKE:]
            score = (similarity - top.mean()) / max(float(top.std()), 1e-3) + _FLOOR
            counts = self._question != without
            np.maximum.at(found, self._rows[counts], score[self._question[counts]])
        out: Floats = found[rows]
        return out

    def prior(self, rows: npt.NDArray[np.integer], without: int = -1) -> Floats:
        """For each of `rows` the logarithm of how often its document has answered, from 0 for never."""
        pairs = self._pairs[self._pairs[:, 0] != without]
        counts = np.bincount(pairs[:, 1], minlength=self._size)
        prior: Floats = np.log((counts[self._documents[rows]] + _PRIOR) / _PRIOR).astype(np.float32)
        return prior
