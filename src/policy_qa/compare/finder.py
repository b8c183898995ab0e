"""The clauses of one document that speak on a point: by general cues and the place where they stand, never by likeness.

A point that no cue shows is silent: an empty cell is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from policy_qa.clauses import Clause, clauses_of
from policy_qa.compare import cues
from policy_qa.compare.points import Point
from policy_qa.compare.subject import Article, Office, about
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.words import normalize

#: So many articles say what a document is for.
_OPENING = 3
_FRAME = (Kind.PREAMBLE, Kind.CLOSING, Kind.APPENDIX)
_STOPS = dict(zip(",;:()!?", "，；：（）！？", strict=True))
_STOP = re.compile(r"(?<!\d)[,;:()!?]|[,;:()!?](?!\d)")
#: Clauses that a cell shows at most, and how far below the best one may lie.
_MOST, _NEAR = 10, 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A clause, or a whole article (`clause` None), that speaks on a point, with a score, the more the surer."""

    provision: Provision
    clause: Clause | None
    score: float


Prepared = tuple[Article, tuple[tuple[Clause, str], ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """One document made ready: its articles with their clauses, what opens it (preamble, first articles) apart."""

    segmentation: Segmentation
    articles: tuple[Prepared, ...]
    opening: tuple[Prepared, ...]


def prepared(segmentation: Segmentation) -> Policy:
    """A document with its articles normalised; preamble, closing words and attachments say nothing on the points."""
    made = [_made_ready(segmentation, p) for p in segmentation.articles]
    articles = [m for m in made if m[0].provision.kind not in _FRAME]
    preamble = [m for m in made if m[0].provision.kind is Kind.PREAMBLE]
    return Policy(segmentation=segmentation, articles=tuple(articles), opening=(*preamble, *articles[:_OPENING]))


def _made_ready(segmentation: Segmentation, provision: Provision) -> Prepared:
    text = segmentation.document.text
    clauses = [
        (c, plain(text[c.start : c.end].removeprefix(holder.label if (holder := segmentation.at(c.ref)) else "")))
        for c in clauses_of(segmentation, provision)
    ]
    article = Article(
        provision=provision,
        text=plain(segmentation.text_of(provision)),
        lead=clauses[0][1] if clauses else "",
        headings=plain(" ".join(provision.headings)),
    )
    return article, tuple(clauses)


def plain(text: str) -> str:
    """Text as the cues read it: normalised, without white space (a page break cuts words), stops full-width."""
    return _STOP.sub(lambda m: _STOPS[m.group()], re.sub(r"\s+", "", normalize(text)))


def find(policy: Policy, point: Point, office: Office) -> tuple[Hit, ...]:
    """What a document says on a point about an office, in text order; empty where it is silent."""
    hits = list((_FINDERS.get(point) or _by_cue(point))(policy, office))
    if not hits:
        return ()
    best = max(h.score for h in hits)
    kept = [h for h in hits if h.score >= best - _NEAR]
    whole = {h.provision.path for h in kept if h.clause is None}
    kept = [h for h in kept if h.clause is None or h.provision.path not in whole]
    return tuple(sorted(kept, key=lambda h: h.clause.start if h.clause else h.provision.start)[:_MOST])


Finder = Callable[[Policy, Office], Iterator[Hit]]


def _by_cue(point: Point) -> Finder:
    """Clauses that show one of the point's cues and are about the office; a list that a lead opens is taken whole."""
    rules = cues.CUES[point]

    def finder(policy: Policy, office: Office) -> Iterator[Hit]:
        is_about = partial(about, office, closely=point in cues.CLOSELY)
        for article, clauses in policy.articles:
            if cues.DUTY_HEADING.search(article.headings) and point in cues.NOT_AMONG_DUTIES:
                continue
            lead = article.lead
            for clause, text in clauses:
                lead = text if clause.lead else lead
                if cues.DUTY_LEAD.search(lead) and point in cues.NOT_AMONG_DUTIES:
                    continue
                for rule, score in rules:
                    match = next((m for m in rule.finditer(text) if is_about(article, text, m.start())), None)
                    if match and not cues.refuted(point, text, match, office):
                        opens = clause.lead and text.endswith(("：", ":"))
                        yield Hit(provision=article.provision, clause=None if opens else clause, score=score)
                        break

    return finder


def _who(policy: Policy, office: Office) -> Iterator[Hit]:
    rules = cues.who_rules(office.pattern)
    for article, clauses in policy.articles:
        for clause, text in clauses:
            for rule, score in rules:
                match = rule.search(text)
                if match and not cues.takes_another_post(text, match, office):
                    at = match.start("who") if match.start("who") > match.start() else match.end()
                    if not about(office, article, text, at, closely=score < 1):
                        continue
                    opens = clause.lead and text.endswith(("：", ":"))
                    yield Hit(provision=article.provision, clause=None if opens else clause, score=score)
                    break


def _conditions(policy: Policy, office: Office) -> Iterator[Hit]:
    """An article that lists conditions; else the articles of a section of that name; else a sentence."""
    leads, listed, sentences = [], [], []
    for article, clauses in policy.articles:
        context = article.context(office)
        lead = cues.CONDITION_LEAD.search(article.lead)
        if lead and context is not False and (context or office.named(article.text)):
            several = any(c.ref != article.provision.ref for c, _ in clauses)
            leads.append(Hit(provision=article.provision, clause=None if several else clauses[0][0], score=1.0))
        elif (
            cues.CONDITION_HEADING.search(_own_heading(article))
            and context is not False
            and not any(cues.OTHER_LEAD.search(t) for _, t in clauses)
        ):
            listed.append(Hit(provision=article.provision, clause=None, score=1.0))
        for clause, text in clauses:
            match = re.search(office.pattern + cues.CONDITION_AFTER, text)
            if match:
                sentences.append(Hit(provision=article.provision, clause=clause, score=0.8))
    yield from leads or listed or sentences


def _sentences(policy: Policy, office: Office) -> Iterator[Hit]:
    """What the office does, where no article lists it."""
    rule = cues.duty_rule(office.pattern)
    for article, clauses in policy.articles:
        for clause, text in clauses:
            if rule.search(text):
                yield Hit(provision=article.provision, clause=clause, score=0.5)


def _purpose(policy: Policy, office: Office) -> Iterator[Hit]:
    """What a document says of its purpose and basis where it opens."""
    for article, clauses in policy.opening:
        for clause, text in clauses:
            if any(rule.search(text) for rule, _ in cues.CUES[Point.PURPOSE]):
                yield Hit(provision=article.provision, clause=clause, score=1.0)


def _own_heading(article: Article) -> str:
    """The innermost heading of an article."""
    return plain(article.provision.headings[-1]) if article.provision.headings else ""


def _headed(heading: re.Pattern[str] | None, lead: re.Pattern[str], point: Point) -> Finder:
    """The articles whose own words open such a list; else those below a heading of that name; else single clauses."""

    fallback = _sentences if point is Point.DUTIES else _by_cue(point)

    def finder(policy: Policy, office: Office) -> Iterator[Hit]:
        opened, below = [], []
        for article, clauses in policy.articles:
            context = article.context(office)
            if context is False or not clauses:
                continue
            hit = Hit(provision=article.provision, clause=None, score=1.0)
            if lead.search(article.lead[:60]) and (context or office.named(article.lead)):
                opened.append(hit)
            elif heading is not None and heading.search(_own_heading(article)) and context:
                below.append(hit)
        yield from opened or below or fallback(policy, office)

    return finder


_FINDERS: dict[Point, Finder] = {
    Point.WHO: _who,
    Point.CONDITIONS: _conditions,
    Point.PURPOSE: _purpose,
    Point.DUTIES: _headed(cues.DUTY_HEADING, cues.DUTY_LEAD, Point.DUTIES),
    Point.ASSESSMENT: _headed(cues.ASSESSMENT_HEADING, cues.ASSESSMENT_LEAD, Point.ASSESSMENT),
    Point.APPOINTMENT: _headed(None, cues.APPOINTMENT_LEAD, Point.APPOINTMENT),
}
