"""What a refusal says beside "no": which words and which kind of answer are missing, and how near the texts come.

Each of the nearest provisions is shown with its best clause and with what it lacks, and the office that the document
charges with its interpretation is named, so that a reader knows whom to ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_qa.answer.phrases import KINDS, say
from policy_qa.datamodels import Line, LineKind, Nearest
from policy_qa.printable import shorten
from policy_qa.provisions.refs import cite
from policy_qa.retrieval.question import Question
from policy_qa.retrieval.retriever import Candidate, Retrieval, Retriever
from policy_qa.words import normalize

#: So many provisions are shown.
_MOST = 3
#: Words are named as missing from this weight up: things, not fillers like 每个.
_TELLING = 1.5
_WORDS = 3
_INTERPRETER = re.compile(
    r"由([^，。；\n]{2,30}?)负责解释|解释权[^，。；\n]{0,6}[归属]于?([^，。；\n]{2,20}?)(?:所有)?[，。；\n]"
)


def nearest_of(retriever: Retriever, retrieval: Retrieval, lang: str) -> tuple[Nearest, ...]:
    """The nearest provisions of a question that is refused, best first, and what each of them lacks."""
    return tuple(_nearest(retriever, retrieval, c, lang) for c in retrieval.candidates[:_MOST])


def _nearest(retriever: Retriever, retrieval: Retrieval, candidate: Candidate, lang: str) -> Nearest:
    article, question = candidate.article, retrieval.question
    segmentation = retriever.segmentations[article.doc_id]
    start, end = article.start, article.end
    clauses = retriever.clauses(candidate.row)
    if clauses:
        rated = retriever.clause_scores(retrieval, candidate.row)
        best = clauses[max(range(len(clauses)), key=rated.__getitem__)]
        start, end = best.start, best.end
    text = segmentation.document.text
    if text.startswith(article.label, start):
        start += len(article.label)  # the citation says it
    return Nearest(
        ref=article.ref,
        cite=cite(segmentation.document, article),
        quote=text[start:end].strip(),
        lacks=tuple(_words(question, retriever.lacking(question, _TELLING, candidate.row), lang)),
        kinds=tuple(lacking_kinds(question, normalize(segmentation.text_of(article)), lang)),
    )


def missing(retriever: Retriever, question: Question, near: Sequence[Nearest], lang: str) -> list[str]:
    """Lines on what all documents asked lack: words that stand nowhere, a kind of answer that none of `near` gives."""
    lines = []
    words = _words(question, retriever.lacking(question, _TELLING), lang)
    if words:
        lines.append(say(lang, "missing_words", words=say(lang, "sep").join(words)))
    kinds = [k for k in near[0].kinds if all(k in n.kinds for n in near)] if near else []
    if kinds:
        lines.append(say(lang, "missing_kind", kind=say(lang, "sep").join(kinds)))
    return lines


def nearest_lines(near: Sequence[Nearest], lang: str) -> list[Line]:
    """The nearest provisions as lines, each with the reason why it falls short."""
    lines = [Line(kind=LineKind.HEADING, text=say(lang, "nearest"))]
    for one in near:
        words = f"{shorten(one.quote, 60)}{say(lang, 'dash')}{_short_of(one, lang)}"
        lines.append(Line(kind=LineKind.NEAR, place=one.cite, text=words, ref=one.ref))
    return lines


def office_line(retriever: Retriever, doc_id: str, lang: str) -> str:
    """Whom to ask: the office that a document charges with its interpretation, else who issued it; or nothing."""
    document = retriever.segmentations[doc_id].document
    if match := _INTERPRETER.search(document.text):
        return say(lang, "interpreter", offices=match.group(1) or match.group(2))
    if document.issuer:
        return say(lang, "no_interpreter", title=document.title, issuer=document.issuer)
    return ""


def _short_of(near: Nearest, lang: str) -> str:
    sep = say(lang, "sep")
    parts = []
    if near.lacks:
        parts.append(say(lang, "lacks_words", words=sep.join(near.lacks)))
    if near.kinds:
        parts.append(say(lang, "lacks_kind", kind=sep.join(near.kinds)))
    return say(lang, "words_sep").join(parts) or say(lang, "lacks_nothing")


def lacking_kinds(question: Question, text: str, lang: str) -> list[str]:
    """The kinds of value that are asked for and that a text (normalised) doesn't have, as people call them."""
    return [KINDS[lang][name] for name in question.wanted.lacking(text)]


def _words(question: Question, words: Sequence[str], lang: str) -> list[str]:
    """Words of a question as it has them, a few; none where it is in another language than the frame."""
    if question.lang != lang:
        return []
    if lang == "zh":
        return list(words[:_WORDS])
    asked = re.findall(r"[A-Za-z][\w'-]*", question.text)
    # English terms are stems, or several of them: the words of the question that begin so.
    shown = [next((w for w in asked if w.lower().startswith(stem)), "") for word in words for stem in word.split()]
    return list(dict.fromkeys(w for w in shown if w))[:_WORDS]
