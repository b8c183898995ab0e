"""Sentences about the four policies as a model may write them: true in several forms, and false in many ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Answer, Citation, Kind, Line, LineKind, Provision, Segmentation
from policy_qa.numerals import to_han
from policy_qa.provisions.refs import cite
from policy_qa.verify import sentences_of
from samples import answering, quoting

_COUNTED = re.compile(
    r"(?<![\d第.年月〔（(-])(\d{1,3})(年|个月|个工作日|日|天|届|次|人|名|份|%|万元|元|分钟|小时)(?![\d月])"
)
_HAN_COUNTED = re.compile(r"(?<![第一二三四五六七八九十百零年月])([一二三四五六七八九])(年|个月|届|次|名|份)(?![月\d])")
_BODIES = (
    ("校长办公会", "教职工代表大会"), ("党委常委会", "学术委员会"), ("校长", "财务处长"), ("办公室", "后勤处"),
    ("市教育局", "省财政厅"), ("县教育局", "省财政厅"), ("领导小组", "监察委员会"), ("组长", "秘书长"),
)  # fmt: skip
_MODALS = (("应当", "可以"), ("必须", "可以"), ("不得", "可以"), ("可以", "必须"), ("原则上", "一律"), ("须", "不必"))
_NEGATIONS = (("不得", "得"), ("不超过", "超过"), ("不少于", "少于"), ("不定期", "定期"), ("可连聘", "不可连聘"),
              ("不能", "能"), ("至少", "至多"), ("负责", "不负责"), ("由", "不由"))  # fmt: skip
#: Sentences that no policy of the corpus holds.
INVENTED = (
    "首席信息官每月享受岗位津贴5000元。",
    "首席信息官由教育部直接任命。",
    "未设立首席信息官的学校将被处以罚款。",
    "首席信息官须具有博士学位。",
    "学生可以担任首席信息官。",
    "首席信息官每周向市长汇报一次工作。",
    "首席信息官退休后终身享受原待遇。",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One sentence that a model writes when it was given one article; `form` is how it was made."""

    article: Provision
    said: str
    form: str
    true: bool


def answer_from(segmentation: Segmentation, article: Provision, question: str = "这一条是怎么规定的？") -> Answer:
    """An extractive answer that quotes one article whole."""
    document = segmentation.document
    named = cite(document, article)
    quote = segmentation.text_of(article)
    citation = Citation(n=1, ref=article.ref, cite=named, quote=quote, start=article.start, end=article.end)
    source = Line(kind=LineKind.SOURCE, text=f"根据《{document.title}》：")
    return answering(source, quoting(quote, 1, article.label or "前言"), question=question, citations=(citation,))


def articles(segmentations: Mapping[str, Segmentation]) -> list[Provision]:
    """The articles that are prose, and no roster or form."""
    forms = (Kind.APPENDIX, Kind.PREAMBLE, Kind.CLOSING, Kind.ROW)
    return [a for s in segmentations.values() for a in s.articles if a.kind not in forms and "|" not in s.text_of(a)]


def sentences(segmentation: Segmentation, article: Provision) -> list[str]:
    """The clauses of an article that are whole sentences, without their labels, each on one line."""
    out = []
    for clause in clauses_of(segmentation, article):
        provision = next(p for p in segmentation.provisions if p.ref == clause.ref)
        text = segmentation.document.text[clause.start : clause.end].removeprefix(provision.label)
        text = re.sub(r"^[（(]?[一二三四五六七八九十\d]+[）)、.]\s*", "", "".join(text.split()))
        if not clause.lead and len(sentences_of(text)) == 1 and 8 <= len(text) <= 120 and text.endswith(("。", "；")):
            out.append(text[:-1] + "。")
    return out


def cases(segmentations: Mapping[str, Segmentation]) -> Iterator[Case]:
    """All cases, in a fixed order."""
    every = articles(segmentations)
    for n, article in enumerate(every):
        segmentation = segmentations[article.doc_id]
        own = sentences(segmentation, article)
        for text in own:
            yield from _true(segmentation, article, text)
            yield from _false(segmentations, article, text)
        for one, two in pairwise(own):
            joined = f"{one[:-1]}；{two}"
            if joined.replace("。", "") in "".join(segmentation.text_of(article).split()).replace("。", "；"):
                yield Case(article=article, said=joined, form="joined", true=True)
        yield Case(article=article, said=INVENTED[n % len(INVENTED)], form="invented rule", true=False)
        other = every[(n + 7) % len(every)]
        for text in sentences(segmentations[other.doc_id], other)[:1]:
            if text[:-1] not in "".join(segmentation.text_of(article).split()):
                yield Case(article=article, said=text, form="of another article", true=False)


def _true(segmentation: Segmentation, article: Provision, text: str) -> Iterator[Case]:
    title = segmentation.document.title
    yield Case(article=article, said=text, form="verbatim", true=True)
    yield Case(article=article, said=f"根据《{title}》，{text}", form="framed", true=True)
    if article.label.startswith("第") and article.label.endswith("条"):
        yield Case(article=article, said=f"{article.label}规定，{text}", form="framed by number", true=True)
    if (han := _COUNTED.sub(lambda m: to_han(int(m.group(1))) + m.group(2), text)) != text:
        yield Case(article=article, said=han, form="number in characters", true=True)
    if (
        arabic := _HAN_COUNTED.sub(lambda m: f"{'一二三四五六七八九'.index(m.group(1)) + 1}{m.group(2)}", text)
    ) != text:
        yield Case(article=article, said=arabic, form="number in figures", true=True)


def _false(segmentations: Mapping[str, Segmentation], article: Provision, text: str) -> Iterator[Case]:
    changed = _COUNTED.sub(lambda m: f"{int(m.group(1)) + 2}{m.group(2)}", text)
    changed = _HAN_COUNTED.sub(
        lambda m: f"{'三四五六七八九十百'['一二三四五六七八九'.index(m.group(1))]}{m.group(2)}", changed
    )
    whole = "".join(segmentations[article.doc_id].text_of(article).split())
    made = [("number", changed)]
    for form, pairs in (("negation", _NEGATIONS), ("modal", _MODALS), ("body", _BODIES)):
        made += [(form, text.replace(a, b, 1)) for a, b in pairs if a in text][:2]
    others = [s.document.title for d, s in segmentations.items() if d != article.doc_id]
    made.append(("wrong document", f"根据《{others[len(text) % len(others)]}》，{text}"))
    if article.label.startswith("第") and article.label.endswith("条"):
        made.append(("wrong article", f"第九十九条规定，{text}"))
    for form, said in made:
        if said != text and said[:-1] not in whole:
            yield Case(article=article, said=said, form=form, true=False)
