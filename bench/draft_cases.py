"""Drafts as staff write them, made from policies by drawing, each with what is wrong in it and where.

A case is a draft with at most one fault. What is taken from a policy is a clause of 12 to 80 characters that stands
in it once and in no other; a fault that would leave the draft true is not made: a changed number that the provision
has as well, another article that says the same, an alteration that only changes how a number is written.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from draft_faults import altered, digits, other_value, rewritten, says
from draft_styles import Sentence, Style, filled

from policy_qa.clauses import clauses_of
from policy_qa.datamodels import Kind, Provision, Segmentation
from policy_qa.diff.words import fold
from policy_qa.numerals import to_han
from policy_qa.provisions.refs import place

_REFERS = re.compile(r"[\n《》“”「」\"：:]|第.{1,4}[条款项章]|前款|本[条款项]")


class Fault(StrEnum):
    """What is wrong in a draft."""

    NONE = "right"
    NUMBER = "wrong number"
    ARTICLE = "wrong article"
    DOCUMENT = "wrong document"
    QUOTATION = "altered quotation"
    RULE = "invented rule"
    SUB = "条之一"
    PART = "款 and 项"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A draft. The fault stands at [start, end) and is to be reported as one of `kinds`, where `rights` is not empty
    with one of these refs as the right one; `correct` are the stretches in which nothing may be reported as wrong."""

    text: str
    fault: Fault
    start: int = 0
    end: int = 0
    kinds: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    correct: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Fact:
    """A clause that can be repeated: `provision` is the finest that holds it."""

    provision: Provision
    article: Provision
    words: str


@dataclass
class Maker:
    """Makes cases from policies."""

    segmentations: Mapping[str, Segmentation]
    style: Style
    rng: random.Random
    facts: dict[str, list[_Fact]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        everything = "\n".join(fold(s.document.text) for s in self.segmentations.values())
        for doc_id, segmentation in self.segmentations.items():
            self.facts[doc_id] = [f for f in _facts(segmentation) if everything.count(fold(f.words)) == 1]
        self.sources = [d for d, facts in self.facts.items() if len(facts) >= 4]

    def cases(self, each: int) -> Iterator[Case]:
        """So many cases of each sort, as far as they can be made."""
        for fault in Fault:
            made = tries = 0
            while made < each and tries < 60 * each:
                tries += 1
                if case := self._case(fault):
                    made += 1
                    yield case

    def _case(self, fault: Fault) -> Case | None:
        doc_id = self.rng.choice(self.sources)
        facts = self.rng.sample(self.facts[doc_id], k=min(3, len(self.facts[doc_id])))
        # A draft names its document in full each time, or once, and then shortens or leaves out the name.
        naming = self.rng.choice(("full", "full", "defined", "back", "bare"))
        title = self._title(facts[0])
        lines: list[tuple[str, tuple[str, str, str] | None]] = [(self.rng.choice(self.style.openings), None)]
        lines.append((self.rng.choice(self.style.fillers), None))
        kind = re.search(r"(办法|规定|条例|制度|方案|通知|细则|规则|解释|意见)$", re.sub("（[^（）]*）$", "", title))
        if (naming in ("defined", "back") and not kind) or facts[0].article.kind is not Kind.ARTICLE:
            naming = "full"
        if naming == "defined":
            lines.append((f"我处对照《{title}》（以下简称《{kind.group(1)}》）开展了自查。" if kind else "", None))
        elif naming in ("back", "bare"):
            lines.append((f"我处认真学习了《{title}》。", None))
        self._prefix = {
            "full": f"《{title}》",
            "defined": f"《{kind.group(1)}》" if kind else "",
            "back": self.rng.choice(("该", "上述")) + kind.group(1) if kind else "",
            "bare": "",
        }[naming]
        self._full = f"《{title}》"
        wrong = self._fault(fault, facts[0])
        if wrong is None:
            return None
        sentences = [wrong, *(self._right(f) for f in facts[1:])]
        if fault is Fault.DOCUMENT:
            # What follows must not be taken for the other document's.
            sentences = [*sentences[1:], sentences[0]]
        elif naming != "bare":
            self.rng.shuffle(sentences)
        return self._put_together([text for text, _ in lines], sentences, fault)

    def _put_together(self, lines: Sequence[str], sentences: Sequence[Sentence], fault: Fault) -> Case:
        text = ""
        correct = []
        for line in lines:
            correct.append((len(text), len(text) + len(line)))
            text += line + "\n"
        found = Case(text="", fault=fault)
        for number, sentence in enumerate(sentences):
            at = len(text)
            text += sentence.text
            if sentence.kinds:
                a, b = sentence.place
                found = replace(found, start=at + a, end=at + b, kinds=sentence.kinds, rights=sentence.rights)
            else:
                correct.append((at, len(text)))
            text += "\n" if number % 2 else ""
        filler = self.rng.choice(self.style.fillers)
        correct.append((len(text) + 1, len(text) + 1 + len(filler)))
        return replace(found, text=f"{text}\n{filler}\n", correct=tuple(correct))

    # Sentences.

    def _right(self, fact: _Fact) -> Sentence:
        cited = self._prefix + self._number(fact.provision)
        if self.rng.random() < 0.35:
            return self._quote(cited, fact.words)
        return self._say(cited, rewritten(fact.words, self.rng))

    def _say(self, cited: str, words: str) -> Sentence:
        return filled(self.rng.choice(self.style.says), cited, words, "s")

    def _quote(self, cited: str, words: str) -> Sentence:
        return filled(self.rng.choice(self.style.quotes), cited, words, "q")

    def _fault(self, fault: Fault, fact: _Fact) -> Sentence | None:
        make = {
            Fault.NONE: self._right,
            Fault.NUMBER: self._wrong_number,
            Fault.ARTICLE: self._wrong_article,
            Fault.DOCUMENT: self._wrong_document,
            Fault.QUOTATION: self._altered,
            Fault.RULE: self._invented,
            Fault.SUB: self._wrong_sub,
            Fault.PART: self._wrong_part,
        }[fault]
        return make(fact)

    def _wrong_number(self, fact: _Fact) -> Sentence | None:
        changed = other_value(fact.words, self._text(fact.article), self.rng)
        if not changed:
            return None
        return self._say(self._prefix + self._number(fact.provision), changed).wrong("differs")

    def _wrong_article(self, fact: _Fact) -> Sentence | None:
        segmentation = self.segmentations[fact.article.doc_id]
        others = [a for a in segmentation.articles if a.kind is fact.article.kind and a.ref != fact.article.ref]
        other = self.rng.choice(others) if others else None
        if other is None or says(self._text(other), fact.words):
            return None
        said = self._either(self._prefix + self._number(other), fact.words)
        return said.wrong("misplaced", rights=(fact.provision.ref, fact.article.ref))

    def _wrong_document(self, fact: _Fact) -> Sentence | None:
        doc_id = self.rng.choice([d for d in self.sources if d != fact.article.doc_id])
        held = self.segmentations[doc_id]
        fits = [p for p in held.articles if place(p) == place(fact.article)]
        if fact.article.kind is not Kind.ARTICLE or (fits and says(self._text(fits[0]), fact.words)):
            return None
        cited = f"《{held.document.title}》{place(fact.article)}"
        said = self._either(cited, fact.words)
        # People call 5. of a document without 条 its 第五条: then it is there, and says something else.
        wrong = said.wrong(
            *(["misplaced"] if fits else ["missing", "misplaced"]), rights=(fact.provision.ref, fact.article.ref)
        )
        return wrong if fits else replace(wrong, place=(0, len(said.text)))

    def _altered(self, fact: _Fact) -> Sentence | None:
        changed = altered(fact.words, self.rng)
        if not changed or fold(changed) in fold(self._text(fact.article)):
            return None
        return self._quote(self._prefix + self._number(fact.provision), changed).wrong("misquoted")

    def _invented(self, fact: _Fact) -> Sentence | None:
        words = self.rng.choice(self.style.invented)
        return self._either(self._prefix + self._number(fact.article), words).wrong("invented")

    def _wrong_sub(self, fact: _Fact) -> Sentence | None:
        """第七条之一 that isn't there; 第七条 for what 第七条之一 says."""
        if fact.article.kind is not Kind.ARTICLE:
            return None
        number, _, sub = fact.article.path.partition("-")
        if sub:
            base = f"第{to_han(int(number))}条"
            segmentation = self.segmentations[fact.article.doc_id]
            plain = next((a for a in segmentation.articles if a.path == number), None)
            if plain is None or says(self._text(plain), fact.words):
                return None
            said = self._either(self._prefix + base, fact.words)
            return said.wrong("misplaced", rights=(fact.provision.ref, fact.article.ref))
        said = self._either(f"{self._prefix}{place(fact.article)}之{self.rng.choice('一二')}", fact.words)
        if any(a.path.startswith(f"{number}-") for a in self.segmentations[fact.article.doc_id].articles):
            return None
        return replace(said, kinds=frozenset({"missing"}), place=said.cited)

    def _wrong_part(self, fact: _Fact) -> Sentence | None:
        """An item or paragraph that isn't there, or another than the one that says so."""
        if fact.article.kind is not Kind.ARTICLE:
            return None
        segmentation = self.segmentations[fact.article.doc_id]
        parts = [p for p in segmentation.provisions if p.parent == fact.article.path]
        here = self._prefix + place(fact.article)
        items = [p for p in parts if p.kind is Kind.ITEM]
        paragraphs = [p for p in parts if p.kind is Kind.PARAGRAPH]
        alike = [p for p in parts if p.kind is fact.provision.kind and p.ref != fact.provision.ref]
        if fact.provision in parts and alike and self.rng.random() < 0.5:
            other = self.rng.choice(alike)
            if says(self._text(other), fact.words):
                return None
            said = self._either(self._prefix + self._number(other), fact.words)
            return said.wrong("misplaced", rights=(fact.provision.ref,))
        if items and not paragraphs and self.rng.random() < 0.7:
            cited = f"{here}第{to_han(len(items) + self.rng.randint(1, 3))}项"
        else:
            lines = self._text(fact.article).count("\n") + 1
            cited = f"{here}第{to_han(max(len(paragraphs), lines) + self.rng.randint(1, 2))}款"
        said = self._either(cited, fact.words)
        return replace(said, kinds=frozenset({"missing"}), place=said.cited)

    def _either(self, cited: str, words: str) -> Sentence:
        return self._quote(cited, words) if self.rng.random() < 0.3 else self._say(cited, words)

    # Names and numbers as people write them.

    def _title(self, fact: _Fact) -> str:
        title = fact.article.instrument or self.segmentations[fact.article.doc_id].document.title
        return re.sub(r"（(?:讨论稿|试行|征求意见稿)）$", "", title) if self.rng.random() < 0.4 else title

    def _number(self, provision: Provision) -> str:
        name = place(provision)
        style = self.rng.random()
        if not re.fullmatch(r"第[一二三四五六七八九十百]+条(?:之.)?(?:第.{1,3}款)?(?:第.{1,3}项)?", name):
            return name
        if style < 0.25:
            name = re.sub(r"第([一二三四五六七八九十百]+)项$", r"第（\1）项", name)
        elif style < 0.4:
            name = re.sub(r"第([一二三四五六七八九十百]+)(?=[条款项])", lambda m: f"第{digits(m.group(1))}", name)
        elif style < 0.5:
            name = re.sub(r"第([一二三四五六七八九十百]+)项$", r"（\1）", name)
        return name

    def _text(self, provision: Provision) -> str:
        return self.segmentations[provision.doc_id].text_of(provision)


def _facts(segmentation: Segmentation) -> Iterator[_Fact]:
    text = segmentation.document.text
    by_ref = {p.ref: p for p in segmentation.provisions}
    for article in segmentation.articles:
        if article.kind not in (Kind.ARTICLE, Kind.POINT) or "appendix" in article.path or "~" in article.path:
            continue
        paragraphs = [p for p in segmentation.provisions if p.parent == article.path and p.kind is Kind.PARAGRAPH]
        for clause in clauses_of(segmentation, article):
            words = text[clause.start : clause.end].strip()
            provision = by_ref[clause.ref]
            if provision.label and words.startswith(provision.label):
                words = words[len(provision.label) :].strip()
            if clause.ref == article.ref and paragraphs:
                # What stands before the first 款 ends belongs to it by number.
                held = [p for p in paragraphs if p.start <= clause.start and clause.end <= p.end]
                provision = held[0] if held else provision
            words = words.strip("。；; ")
            if clause.lead or not 12 <= len(words) <= 80 or _REFERS.search(words):
                continue
            yield _Fact(provision=provision, article=article, words=words)
