"""A number looked up in the document that it is said to be of: its provisions, or what that document has instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

from policy_qa.answer.lookup import TEXT_SEP
from policy_qa.check.numbers import Mention
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.naming.drafts import Owner
from policy_qa.numerals import to_han
from policy_qa.provisions.numbering import series_of
from policy_qa.retrieval.lookup import has_articles, numbers_run_through, resolve
from policy_qa.retrieval.numbers import NumberRef


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """What a mention names in its document. `missing` are the numbers that are not there; `detail` says, in a
    sentence, what numbers there are; `shown` is the citation in full, as the draft means it."""

    provisions: tuple[Provision, ...]
    missing: tuple[NumberRef, ...]
    shown: str
    detail: str = ""


def look_up(segmentation: Segmentation, mention: Mention, owner: Owner, lang: str) -> Looked:
    """Resolve a mention; a number that is not there resolves to nothing, never to a neighbour."""
    found: list[Provision] = []
    missing = []
    for ref in mention.refs:
        provisions = _resolve(segmentation, ref, owner.instrument, point=mention.point)
        if mention.passage:
            inner = {f"{p.path}.p{mention.passage}" for p in provisions}
            provisions = [p for p in segmentation.provisions if p.path in inner]
        found += provisions
        if not provisions:
            missing.append(ref)
    title = owner.instrument or segmentation.document.title
    said = missing or list(mention.refs)
    shown = f"《{title}》{TEXT_SEP['zh'].join(ref.shown for ref in said)}"
    detail = _instead(segmentation, missing[0], owner.instrument, lang) if missing else ""
    return Looked(provisions=tuple(dict.fromkeys(found)), missing=tuple(missing), shown=shown, detail=detail)


def _resolve(segmentation: Segmentation, ref: NumberRef, instrument: str | None, *, point: bool) -> list[Provision]:
    if point and not ref.item and not has_articles(segmentation) and numbers_run_through(segmentation):
        return resolve(segmentation, NumberRef(kind="条", number=ref.number), instrument)
    if ref.kind == "部分" and ref.item and has_articles(segmentation):
        return []  # 二、（二） of a text that is numbered in 条
    found = resolve(segmentation, ref, instrument)
    if ref.paragraph and not ref.item and ref.kind == "条":
        # A question may call the second item 第二款; in a draft that is a mistake to be told of.
        whole = resolve(segmentation, ref.whole, instrument)
        split = {p.parent for p in segmentation.provisions if p.kind is Kind.PARAGRAPH}
        first = [p for p in whole if p.path not in split] if ref.paragraph == 1 else []
        found = first or [p for p in found if p.kind is Kind.PARAGRAPH]
    if not found and ref.kind == "条" and not has_articles(segmentation) and not ref.sub:
        # People call 二、 the 第二条 of a text that has no 条.
        return resolve(segmentation, NumberRef(kind="部分", number=ref.number, item=ref.item), instrument)
    return found


def _instead(segmentation: Segmentation, ref: NumberRef, instrument: str | None, lang: str) -> str:
    """What numbers the document has: 第一条至第二十三条（缺第四条）; of an article that is there, its 款 or 项."""
    if ref.kind != "条":
        return ""
    if ref.inner and (whole := resolve(segmentation, ref.whole, instrument)):
        return _inside(segmentation, whole[0], ref, lang)
    if ref.sub and resolve(segmentation, replace(ref.whole, sub=0), instrument):
        base = replace(ref.whole, sub=0).shown
        return (
            f"There is {base}, without 之{to_han(ref.sub)}." if lang == "en" else f"只有{base}，没有{ref.whole.shown}。"
        )
    series = next((s for s in series_of(segmentation) if s.numbers and s.by_article), None)
    if series is None:
        return "The document is not numbered in 条." if lang == "en" else "该文件不以“条”编号。"
    last = max(series.numbers)
    gaps = sorted(set(range(1, last)).difference(series.numbers))[:5]
    if lang == "en":
        but = f", without {', '.join(map(str, gaps))}" if gaps else ""
        return f"It has articles 1 to {last}{but}."
    but = f"（其中没有{'、'.join(f'第{to_han(n)}条' for n in gaps)}）" if gaps else ""
    return f"该文件有第一条至第{to_han(last)}条{but}。"


def _inside(segmentation: Segmentation, whole: Provision, ref: NumberRef, lang: str) -> str:
    kind = Kind.ITEM if ref.item else Kind.PARAGRAPH
    parent = whole.path
    count = sum(p.kind is kind and p.parent == parent for p in segmentation.provisions)
    if not count and kind is Kind.PARAGRAPH:
        count = 1
    if not count:
        return f"{ref.whole.shown} has no 项." if lang == "en" else f"{ref.whole.shown}不分项。"
    return (
        f"{ref.whole.shown} has {count} {kind.value}." if lang == "en" else f"{ref.whole.shown}共{count}{kind.value}。"
    )


__all__ = ["Looked", "look_up"]
