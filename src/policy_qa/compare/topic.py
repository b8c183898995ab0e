"""What a question that sets documents side by side is about, as the head of a row says it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from policy_qa.citing.parts import kind_of
from policy_qa.naming.scope import COMPARES
from policy_qa.retrieval.question import Question
from policy_qa.words import normalize

#: Weight from which a word belongs to what a question is about.
_LEAST = 0.3
#: 「每家单位」, 「几份」, 「三地」 count what is compared, and are not what it is compared by; grammar.
_COUNTED = re.compile(
    r"[各每哪几两二三四五六这那]+(?:家|份|校|所|地|处|者|个|边|方|县|市|省|院)(?:单位|学校|院校|机构|文件)?"
)


def topic_of(question: Question, meanings: Sequence[Sequence[str]], titles: Sequence[str]) -> str:
    """The words of a question that say by what the documents of these titles are compared; empty where it compares them
    as a whole: 「比较甲校和乙校的制度」. `meanings` are what each of its words stands for, itself first."""
    if question.lang == "en":
        return question.dense_text
    text = normalize(question.text)
    frame = [m.span() for pattern in (_COUNTED, COMPARES) for m in pattern.finditer(text)]
    words = [t.text.partition(":")[0] for t in question.terms if t.weight >= _LEAST or t.carried]
    words = [w for w in words if not any(a <= text.find(w) < b for a, b in frame)]
    # What all of them are about tells nothing by its name alone, nor what sort of text they are.
    subject = subject_of(meanings, titles)
    matter = [w for w in words if kind_of(w) != w and w not in subject]
    if question.compares and not matter:
        return ""
    return joined(question.text if len(question.text) == len(text) else text, words)


def subject_of(meanings: Sequence[Sequence[str]], titles: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The words of a question that stand in each of some titles, one at least, in whatever wording, with their
    meanings."""
    heads = [normalize(title) for title in titles]
    return {
        meant[0]: meant for meant in meanings if heads and all(any(word in head for word in meant) for head in heads)
    }


def joined(text: str, words: Sequence[str]) -> str:
    """The words (normalised) as they stand in a text, in its order; those that stand together are one."""
    places = sorted((at, text[at : at + len(w)]) for w in dict.fromkeys(words) if (at := text.lower().find(w)) >= 0)
    out, end = "", -1
    for at, word in places:
        if at < end:
            continue
        gap = text[end:at] if end >= 0 else ""
        out += (gap if gap in ("", "的", "和", "与", "、") else "、") + word if out else word
        end = at + len(word)
    return out or "、".join(words)
