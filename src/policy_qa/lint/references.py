"""References that lead nowhere: 本办法第三十条 of an instrument that ends with 第二十条.

A number is looked up, never guessed at. What belongs to an instrument that is not in the corpus is nobody's
business here, and neither is a bare 第X条 beside a reference to another instrument.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.lint.findings import Check, Draft, Severity
from policy_qa.lint.mentions import Mention, Owner, mentions
from policy_qa.lint.scope import Part, amends, article_number, inside, lines_of, parts_of, quoted
from policy_qa.lint.targets import Target, key_of, target_of, titles_of

#: Instruments about another instrument speak of its articles with nothing before them.
_ABOUT_ANOTHER = re.compile(r"修改|修正|修订|废止|补充规定|《|〈|适用|答复|批复|批准|执行")
_BEFORE = re.compile(r"前(?P<n>[一二两三四五六])?(?P<unit>款|条)(?![件约])")


def check_references(segmentation: Segmentation, corpus: Sequence[Segmentation]) -> Iterator[Draft]:
    """References to provisions that are not there, in the document itself or in another of the corpus."""
    text = segmentation.document.text
    foreign = quoted(text)
    wanted = {key_of(m.title) for m in mentions(text, 0, len(text)) if m.owner is Owner.TITLED}
    titles = titles_of([segmentation, *(s for s in corpus if s is not segmentation)], wanted)
    for part in parts_of(segmentation):
        own = target_of(segmentation, part)
        about_another = is_about_another(part.title)
        for provision in part.provisions:
            for start, end in lines_of(text, provision.start + len(provision.label), provision.end):
                found = [m for m in mentions(text, start, end) if not inside(foreign, m.start)]
                others = next((m.start for m in found if m.owner in (Owner.OTHER, Owner.TITLED)), end)
                for mention in found:
                    if mention.owner is Owner.BARE and (about_another or mention.start > others):
                        continue
                    # 「本法第九条」 in a 决定 is what it makes a 法 say.
                    if mention.owner is Owner.SELF and anothers(mention, part):
                        continue
                    yield from _judge(mention, own, provision, titles)
            if not about_another:
                yield from _before(segmentation, own, provision, foreign)


def is_about_another(title: str) -> bool:
    """Whether a bare 第五条 in an instrument of this title may be another one's."""
    return bool(_ABOUT_ANOTHER.search(title))


def anothers(mention: Mention, part: Part) -> bool:
    """Whether 本法 in a 决定 about another instrument means that one."""
    law = mention.title in ("法", "法典", "条例")
    return amends(part.title) or (law and mention.title not in part.title)


def _judge(mention: Mention, own: Target, provision: Provision, titles: dict[str, list[Target]]) -> Iterator[Draft]:
    if mention.owner is Owner.OTHER:
        return
    if mention.owner is Owner.TITLED:
        targets = titles.get(key_of(mention.title), [])
        gone = [t.lacks(mention) for t in targets] if mention.unit != "款" else []
        if gone and all(gone):
            yield _dangling(mention, f"《{mention.title}》没有{gone[0]}", f"《{mention.title}》 has no {gone[0]}")
        return
    if mention.unit == "款":
        if provision.kind is Kind.ARTICLE:
            gone_here = own.lacks_inside(provision, max(mention.numbers), mention.items)
            if gone_here:
                yield _dangling(mention, f"本条没有{gone_here}", f"this article has no {gone_here}")
        return
    if mention.owner is Owner.BARE and mention.unit != "条":
        return
    if lacking := own.lacks(mention):
        yield _dangling(mention, f"本文没有{lacking}", f"this document has no {lacking}", sure=own.articles != ())


def _dangling(mention: Mention, zh: str, en: str, *, sure: bool = True) -> Draft:
    certain = sure and mention.owner is not Owner.BARE and not mention.paragraph and not mention.items
    return Draft(
        check=Check.DANGLING_REFERENCE,
        severity=Severity.ERROR if certain else Severity.WARNING,
        start=mention.start,
        end=mention.end,
        zh=(f"引用落空：{zh}", "核对应引用的条款，改为正确的编号；被引用的条款如有遗漏则补上"),
        en=(f"the reference leads nowhere: {en}", "correct the number, or add the provision that is missing"),
    )


def _before(
    segmentation: Segmentation, own: Target, provision: Provision, foreign: list[tuple[int, int]]
) -> Iterator[Draft]:
    """前款 in a first 款, 前条 in a first 条."""
    if provision.kind is not Kind.ARTICLE:
        return
    text = segmentation.document.text
    below = own.below(provision)
    paragraphs = [p.start for p in below if p.kind is Kind.PARAGRAPH]
    items = [(p.start, p.end) for p in below if p.kind is Kind.ITEM]
    for match in _BEFORE.finditer(text, provision.start, provision.end):
        if inside(foreign, match.start()) or inside(items, match.start()):
            continue
        back = {"两": 2}.get(match.group("n"), "一二三四五六".find(match.group("n")) + 1) if match.group("n") else 1
        if match.group("unit") == "款":
            at = bisect_right(paragraphs, match.start()) if paragraphs else 1
            missing = "款" if at <= back else ""
        else:
            number = article_number(provision)
            missing = "条" if number is not None and number[1] == 0 and number[0] <= back else ""
        if missing:
            yield Draft(
                check=Check.DANGLING_REFERENCE,
                severity=Severity.WARNING,
                start=match.start(),
                end=match.end(),
                zh=(
                    f"“{match.group()}”落空：其前没有{'这么多' if back > 1 else ''}{missing}",
                    "写明所指条款的编号，或补上分段",
                ),
                en=(
                    f"{match.group()} leads nowhere: nothing of that kind stands before it",
                    "name the provision meant",
                ),
            )
