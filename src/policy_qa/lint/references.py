"""References that lead nowhere: 本办法第三十条 of an instrument that ends with 第二十条.

A number is looked up, never guessed at. What belongs to an instrument that is not in the corpus is nobody's
business here, and neither is a bare 第X条 beside a reference to another instrument.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_qa.citing.place import Owner
from policy_qa.datamodels import Kind, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.references import Reference, Resolver


def check_references(segmentation: Segmentation, corpus: Sequence[Segmentation]) -> Iterator[Draft]:
    """References to provisions that are not there, in the document itself or in another of the corpus."""
    resolver = Resolver([segmentation, *(s for s in corpus if s is not segmentation)])
    by_article = any(p.kind is Kind.ARTICLE for p in segmentation.articles)
    for provision in segmentation.articles:
        if provision.kind is not Kind.APPENDIX:
            for reference in resolver.references(segmentation, provision):
                if reference.missing and not reference.mention.unit.startswith("附"):  # attachments: by themselves
                    yield _dangling(reference, by_article=by_article)


def _dangling(reference: Reference, *, by_article: bool) -> Draft:
    mention, gone = reference.mention, reference.lacks
    inner = bool(mention.back) or any(place.inner for place in mention.places)
    certain = by_article and mention.owner is not Owner.BARE and not inner
    zh, en = f"本文没有{gone}", f"this document has no {gone}"
    todo = (
        "核对应引用的条款，改为正确的编号；被引用的条款如有遗漏则补上",
        "correct the number, or add the provision that is missing",
    )
    if mention.owner is Owner.TITLED:
        zh, en = f"《{mention.title}》没有{gone}", f"《{mention.title}》 has no {gone}"
    elif mention.alone:
        zh, en = f"本条没有{gone}", f"this article has no {gone}"
    elif mention.back:
        zh, en = f"“{reference.text}”之前没有所指的{gone}", f"nothing that {reference.text} could mean stands before it"
        todo = ("写明所指条款的编号，或补上分段", "name the provision meant")
    return Draft(
        Check.DANGLING_REFERENCE,
        Severity.ERROR if certain else Severity.WARNING,
        (mention.start, mention.end),
        (f"引用落空：{zh}", todo[0]),
        (f"the reference leads nowhere: {en}", todo[1]),
    )
