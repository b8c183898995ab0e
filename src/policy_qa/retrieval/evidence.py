"""Evidence for whether a question is answered at all: what its best article shows, and what the question is like.

The ranker judges one article; this looks at the question as a whole. `ranker.Ranker.answerability` weighs it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from policy_qa.retrieval.features import NAMES as FEATURES
from policy_qa.retrieval.focus import Focus
from policy_qa.retrieval.kinds import wanted
from policy_qa.retrieval.question import Question
from policy_qa.words import normalize

FloatArray = npt.NDArray[np.float32]

#: Features of the best article that are weighed again.
_OF_BEST = (
    "cover_all",
    "cover_clause",
    "document_cover",
    "uncovered",
    "lacks_strange",
    "late_level",
    "late_article",
    "dense_clause",
    "focus_missing",
    "hard_missing",
    "unit_missing",
    "late_unmatched",
    "bm25",
    "english",
    "carried",
)
#: Features whose best value among all candidates counts: the answer may stand in another article than the best one.
_OF_ANY = ("joint", "joint_near")
NAMES = (
    "bias",
    "logit",  # of the best article's probability
    "lead",  # the best article's logit minus the next one's
    "mass",  # logarithm of the three best probabilities together
    *(f"best_{name}" for name in _OF_BEST),
    *(f"most_{name}" for name in _OF_ANY),
    *(f"asks_{focus.value}" for focus in Focus),
    "asks_nothing",  # no kind of answer that is known
    "kind_missing",  # a narrow kind (see kinds.py) is asked for, and the best article shows none of it
    "kind_nowhere",  # nor does its document
    "number_nowhere",  # the question has figures (a year, a sum), and the document none of them
    "foreign",  # it asks about a title that is not on file
    "named",  # it names a document
    "wants_list",
    "compares",
    "yes_or_no",
    "words",  # content words
    "information",  # their weight together, up to 15
)
_COLUMNS = [FEATURES.index(name) for name in _OF_BEST]
_ANY = [FEATURES.index(name) for name in _OF_ANY]
_MOST = 15.0
_YES_OR_NO = re.compile(
    r"吗|([是能要行会])不\1|可不可以|需不需要|是否|能否|可否|有没有|有无|行不行|不\W*$|^\W*(?:is|are|can|could|does|do|may|must|should|has|have)\b"
)


def evidence(
    question: Question, probabilities: FloatArray, matrix: FloatArray, text: str, document_text: str
) -> FloatArray:
    """What is known of a question with its candidates, shape (len(NAMES),).

    `probabilities` and `matrix` (candidates, features) are those of its candidates, one at least; `text`
    is that of the best article, `document_text` that of its document, both normalised.
    """
    order = np.argsort(-probabilities, kind="stable")
    best = _logit(probabilities[order[:2]])
    asked = normalize(question.text)
    own = [t for t in question.terms if not t.carried]
    kinds = wanted(question)
    numbers = set(re.findall(r"\d+", normalize(question.scope.rest)))
    values = [
        1.0,
        best[0],
        best[0] - best[-1],
        np.log(float(np.sort(probabilities)[-3:].sum()) + 1e-6),
        *matrix[order[0], _COLUMNS],
        *matrix[:, _ANY].max(axis=0),
        *(focus in question.focuses for focus in Focus),
        not question.focuses,
        kinds.narrow_missing(text),
        kinds.narrow_missing(document_text),
        bool(numbers) and not any(n in document_text for n in numbers),
        bool(question.scope.foreign_titles),
        bool(question.scope.doc_ids),
        question.wants_list,
        question.compares,
        bool(_YES_OR_NO.search(asked)),
        len(own),
        min(sum(t.weight for t in question.terms), _MOST),
    ]
    return np.array([float(v) for v in values], dtype=np.float32)


def _logit(probabilities: FloatArray) -> Sequence[float]:
    clipped = np.clip(probabilities.astype(np.float64), 1e-6, 1 - 1e-6)
    return [float(v) for v in np.log(clipped / (1 - clipped))]
