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
)
NAMES = (
    "bias",
    "logit",  # of the best article's probability
    "lead",  # the best article's logit minus the next one's
    "mass",  # logarithm of the three best probabilities together
    *(f"best_{name}" for name in _OF_BEST),
    *(f"asks_{focus.value}" for focus in Focus),
    "asks_nothing",  # no kind of answer that is known
    "kind_missing",  # one of the narrow kinds below is asked for, and the best article shows none of it
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
_MOST = 15.0
#: Kinds of answer narrower than a Focus: how people ask for one, and what a text has to show that gives it.
_KINDS = tuple(
    (re.compile(asked), re.compile(shown))
    for asked, shown in (
        (r"百分之(?:几|多少)|比例|占.{0,8}(?:多少|几)|\bper ?cent|\bproportion\b", r"%|百分之|分之|比例"),
        (r"多少分|几分|总分|分数|及格线|\bscore\b", r"\d\s*分(?!之)|[一二三四五六七八九十百]分(?!之)"),
        (r"第?几级|哪一?级|什么级别|等级|职称|职级|\brank\b", r"级|职称"),
        (r"年龄|多少岁|几岁|多大岁数|\bage\b|\bhow old\b", r"岁|年龄|\bage\b"),
        (
            r"(?:现在|目前|现任|如今|当前).{0,8}(?:谁|哪位|何人)|叫什么|姓名|名字|(?:是|姓)哪位|\bname of the\b",
            r"姓名|同志|先生|女士|联系人",
        ),
        (r"哪一?天|几月几[日号]|几号|哪年哪月|具体日期|\bwhat (?:day|date)\b", r"\d\s*月\s*\d{1,2}\s*日"),
        (r"网址|网站地址|链接|公众号|下载|官网|\bwebsite\b|\burl\b", r"http|www|网址|公众号|网站"),
        (r"邮编|邮政编码|\bpostcode\b|\bzip code\b", r"(?<!\d)\d{6}(?!\d)"),
        (
            r"申诉|不服|申辩|复议|投诉|\bappeal|\bcomplain",
            r"申诉|不服|申辩|复议|复核|投诉|异议",
        ),
        (r"辞职|辞去|请辞|卸任|离职|\bresign", r"辞|卸任|离职|免去|解聘"),
        (r"请假|缺席|\babsen", r"请假|缺席|不能参加|不能出席"),
        (r"报销|差旅|\breimburse", r"报销|差旅|列支"),
    )
)
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
    kinds = [shown for trigger, shown in _KINDS if trigger.search(asked)]
    numbers = set(re.findall(r"\d+", normalize(question.scope.rest)))
    values = [
        1.0,
        best[0],
        best[0] - best[-1],
        np.log(float(np.sort(probabilities)[-3:].sum()) + 1e-6),
        *matrix[order[0], _COLUMNS],
        *(focus in question.focuses for focus in Focus),
        not question.focuses,
        any(not shown.search(text) for shown in kinds),
        any(not shown.search(document_text) for shown in kinds),
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
