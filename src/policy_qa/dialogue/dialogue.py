"""A turn -> an answer: each point goes to whoever knows its matter, and what they say is put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from policy_qa.compare.asked import on_purpose
from policy_qa.datamodels import (
    Answer,
    AnswerScope,
    Choice,
    Line,
    Point,
    PointKind,
    ScopeFrom,
    Segmentation,
)
from policy_qa.dialogue.documents import absent_told, facts_told, holdings_told
from policy_qa.dialogue.kinds import Judged, Kinds, prepared
from policy_qa.dialogue.merge import merged
from policy_qa.dialogue.outline import fits, outline
from policy_qa.dialogue.people import People
from policy_qa.dialogue.points import SURELY_LEANS, Asked, Turns
from policy_qa.dialogue.revisions import Revisions
from policy_qa.dialogue.sheet import Sheet, Told, which
from policy_qa.dialogue.split import matter_of
from policy_qa.dialogue.talk import other, talk
from policy_qa.dialogue.texts import say
from policy_qa.dialogue.writing import Writing
from policy_qa.facts.dates import today
from policy_qa.facts.register import Register
from policy_qa.facts.same import one_matter, subject_of
from policy_qa.models import StateEncoder
from policy_qa.naming.titles import abbreviates, slim
from policy_qa.retrieval.question import Analyzer, Question
from policy_qa.retrieval.reading import log_odds
from policy_qa.words import BETWEEN, normalize

#: How likely a kind has to be before it is answered as such and not by search: talk and other fields silence a
#: question, so that together they have to be nearly sure; facts, outlines and lists are tried first and leave the
#: question to the search where they have nothing.
_TALK, _KNOWN, _PERSON = 0.8, 0.5, 0.3
#: However sure the search is, a kind that is likelier than this goes before it.
_SURE = 0.9
#: What the search has no answer to may be a fact or an outline that is less likely, and a name on a roster a person.
_ELSE = 0.25
#: A turn that is likelier than this to leave something out, behind nothing that could say it, is asked back where
#: texts of several matters answer; chosen on the first questions of eval/turns.
_LEFT_OUT = 0.35
#: The kinds that are told from what is known of documents.
_KNOWN_KINDS = (PointKind.HOLDINGS, PointKind.FACT, PointKind.OUTLINE)
#: What a turn may be that is neither content nor told from documents.
_BESIDE = (PointKind.PERSON, PointKind.TALK, PointKind.OTHER)
#: So many of the last answer's proofs are named where somebody doubts it.
_PROOFS = 6
#: So many turns are remembered, and so many earlier ones of a conversation are answered anew for what they were of.
_JUDGED, _EARLIER = 512, 6
#: Who goes on asking asks of the same text, unless others answer and it does not, or theirs is so much likelier (in
#: log-odds); chosen on the turns of eval/turns/dev.jsonl. Of 18 questions of eval/reader asked after one of another
#: text, that text answered one.
_LIKELIER = 3.5
#: A slip whose characters are words is one where what is put in its place is so much likelier answered (log-odds).
_SURER = 1.0
#: An answer as likely as this is not looked for elsewhere.
_PLAIN = 0.8
#: An answer from anywhere is what a conversation is about from then on where its best provision is so likely.
_LIKELY = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What the search says of one point: the question as understood, its answer, how likely it has one at all."""

    question: Question
    answer: Answer
    by_number: bool
    answerability: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Where and how a caller wants a turn answered: from these documents (empty: all), in a frame of this language
    (None: the question's own), with no document of `let_go` taken over from earlier turns; `ground` are those that the
    conversation is about."""

    doc_ids: tuple[str, ...] = ()
    lang: str | None = None
    let_go: tuple[str, ...] = ()
    ground: tuple[str, ...] = ()


#: (point's words, what it takes its matter from, limits) -> answer.
Search = Callable[[str, Sequence[str], Limits], Found]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """The answer to a turn; `plain` tells that all of it is content found by search, which a model may put in words."""

    answer: Answer
    plain: bool


class Dialogue:
    """Answers turns over one index. Safe to share between threads."""

    def __init__(
        self,
        segmentations: Mapping[str, Segmentation],
        analyzer: Analyzer,
        states: StateEncoder,
        search: Search,
        register: Register,
    ) -> None:
        """`states` is the default encoder, which the kinds of turns were learned on."""
        self._segmentations, self._analyzer, self._search, self._register = segmentations, analyzer, search, register
        kinds = Kinds.shipped()
        self._judge = lru_cache(_JUDGED)(lambda text: kinds.judge(states.encode(text, query=True).states))
        self.turns = Turns(self._judged, self._one_thing)
        self._people, self._revisions = People(segmentations), Revisions(segmentations, register, analyzer.segmenter)
        self._grounds: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._writing = Writing(analyzer.rarities, self._in_texts, analyzer.latin, analyzer.words)

    def reply(self, turn: str, history: Sequence[str], limits: Limits) -> Reply:
        """The answer to a turn after earlier ones of the same person."""
        started = time.perf_counter()
        spelled = self._writing.spelled(turn)
        asked = self.turns.read(spelled, history)
        understood = (time.perf_counter() - started) * 1e3
        ground = self._ground(history, limits)
        answers: list[Answer] = []
        for one in asked:
            # What leaves its matter out goes on with that of the part before it.
            named = answers and answers[-1].scope.origin is ScopeFrom.QUESTION
            held = bool(one.beside and (named or one.context))
            answers.append(self._answered(one, history, replace(limits, ground=ground), held=held))
            ground = _of(answers[-1], known=bool(ground)) or ground
        self._remember(turn, history, limits, ground)
        answer = merged(turn, answers)
        if spelled != turn:
            notice = say(answer.lang, "found_as", words=spelled)
            answer = replace(answer, notices=(notice, *answer.notices))
        total = (time.perf_counter() - started) * 1e3
        encode = round(answer.timings_ms.get("encode", 0.0) + understood, 1)
        timings = {**answer.timings_ms, "encode": encode, "total": round(total, 1)}
        kinds = {p.kind for p in answer.points}
        return Reply(answer=replace(answer, timings_ms=timings), plain=kinds <= {PointKind.CONTENT})

    def _ground(self, history: Sequence[str], limits: Limits) -> tuple[str, ...]:
        """The documents that the conversation is about: those that its last question of policies was answered from."""
        if not history or limits.doc_ids:
            return ()
        ground = self._grounds.get(_heard(history, limits))
        if ground is None:
            self.reply(history[-1], history[-1 - _EARLIER : -1], replace(limits, lang=None))
            ground = self._grounds.get(_heard(history[-1 - _EARLIER :], limits), ())
            self._grounds[_heard(history, limits)] = ground
        return ground

    def _remember(self, turn: str, history: Sequence[str], limits: Limits, ground: tuple[str, ...]) -> None:
        if len(self._grounds) > _JUDGED:
            self._grounds.clear()
        self._grounds[_heard([*history, turn], limits)] = ground

    def _answered(self, asked: Asked, history: Sequence[str], limits: Limits, *, held: bool) -> Answer:
        found, asked = self._searched(asked, limits, held=held)
        frame, doc_ids = found.answer.lang, limits.doc_ids
        told = self._told(asked, found, history, replace(limits, lang=frame))
        scope = self._scope(asked, found.question, doc_ids)
        text = f"{self._analyzer.unnamed(asked.carried, limits.let_go)} {asked.own}".lstrip()
        if matters := self._matters(asked, found, told, doc_ids):
            told = Told(kind=PointKind.CLARIFY, lines=which(matters, frame), choices=matters)
        if told is None:
            (said,) = found.answer.points
            numbered = found.by_number and said.kind is PointKind.CONTENT
            kind = PointKind.NUMBER if numbered else said.kind
            point = replace(said, text=text, kind=kind, asked=asked.own.strip())
            if found.by_number and (choices := self._choices(asked, found, doc_ids)):
                back = which(choices, frame)
                lines = (*point.lines, *back) if point.refused else (*back, *point.lines)
                point = replace(point, kind=PointKind.CLARIFY, choices=choices, lines=lines)
            return replace(found.answer, points=(point,), scope=scope)
        point = Point(
            text=text,
            asked=asked.own.strip(),
            kind=told.kind,
            refused=told.refused,
            lead=told.lead,
            citations=tuple(c.n for c in told.citations),
            lines=told.lines,
            choices=told.choices,
        )
        return Answer(
            question=asked.own,
            refused=told.refused,
            mode=found.answer.mode,
            citations=told.citations,
            retrieved=found.answer.retrieved,
            lang=frame,
            points=(point,),
            scope=scope,
            timings_ms=found.answer.timings_ms,
        )

    def _searched(self, asked: Asked, limits: Limits, *, held: bool) -> tuple[Found, Asked]:
        """What the search finds in the documents that the conversation is about; among all where these have nothing, or
        others more (unless a turn's part is `held` to what another one names), and with slips of the pen mended where
        that is understood better and answered as surely."""
        if asked.judged.of(PointKind.HOLDINGS) and not self._analyzer.analyze(asked.own).numbers:
            limits = replace(limits, ground=())
        found = self._look(asked, limits)
        taken = (asked.context or limits.ground) and not found.by_number and asked.judged.leans < SURELY_LEANS
        taken = taken and not asked.judged.of(PointKind.FACT, PointKind.OUTLINE)
        unsure = found.answer.refused or found.answerability < _PLAIN
        if taken and unsure and not self._analyzer.analyze(asked.own).scope.names_any:
            anywhere = self._look(asked.alone(), limits if held else replace(limits, ground=()))
            more = _log_odds(anywhere) - _log_odds(found)
            if not anywhere.answer.refused and (found.answer.refused or more > _LIKELIER):
                return anywhere, asked.alone()
            found = replace(found, answerability=max(found.answerability, anywhere.answerability))
        # Where a sure answer understands every word, nothing is looked for in its sounds.
        doubtful = found.answer.refused or found.answerability < _PLAIN or _unheard(found)
        if doubtful and asked.judged.share(PointKind.OTHER) < _KNOWN and not found.by_number:
            text, words = self._writing.corrected(asked.own)
            if words:
                mended = replace(asked, own=text)
                again = self._look(mended, limits)
                more = _log_odds(again) - _log_odds(found)
                # 主意 is no slip of 主义; where every word is understood, as 和 and 同 are, the answer has to be surer.
                fewer = _unheard(again) < _unheard(found) and (found.answer.refused or more >= 0)
                if not again.answer.refused and (fewer or more > _SURER):
                    notice = say(again.answer.lang, "found_as", words=say(again.answer.lang, "sep").join(words))
                    answer = replace(again.answer, notices=(notice, *again.answer.notices))
                    return replace(again, answer=answer), mended
        return found, asked

    def _look(self, asked: Asked, limits: Limits) -> Found:
        return self._search(matter_of(asked.own), [matter_of(a.own) for a in asked.context], limits)

    def _told(self, asked: Asked, found: Found, history: Sequence[str], limits: Limits) -> Told | None:
        """What is said of a point without the search; None where the search's answer is the answer."""
        doc_ids, lang = limits.doc_ids, found.answer.lang
        judged, question = asked.judged, found.question
        on_file = [s for s in self._segmentations.values() if not s.document.edition_of]
        alone = self._analyzer.analyze(asked.own)
        own = alone.scope
        named = bool(own.doc_ids and not own.soft)
        answered = 0.0 if found.answer.refused else found.answerability
        off = judged.share(PointKind.OTHER, PointKind.TALK)
        person = judged.share(PointKind.PERSON)
        known = person >= _ELSE and bool(self._people.named(asked.own))
        silenced = off > answered and off >= (_KNOWN if found.answer.refused else _TALK)
        if silenced and not found.by_number and not named and not known:
            if judged.share(PointKind.TALK) < judged.share(PointKind.OTHER):
                return other(on_file, lang)
            about = judged.about(PointKind.TALK)
            return self._doubted(history, limits) if about == "doubt" else talk(about, on_file, lang)
        missing = question.scope.unknown or question.scope.foreign_titles
        if missing and not known:
            names = question.scope.foreign_titles
            told = absent_told(Sheet(self._segmentations), self._register, names, lang) if names else None
            return told if told and not own.doc_ids and (judged.of(PointKind.FACT) or told.citations) else None
        meant = self._documents(question, doc_ids)
        if asked.context and not named and not doc_ids and judged.of(*_KNOWN_KINDS):
            # 「食堂的呢」 after 「校服办法哪天发的」 is of another text, by its title.
            others = self._documents(alone, ())
            meant = others if others and not set(others) & set(meant) else meant
        # Bodies that a question sets side by side are compared by their rules.
        beside = found.answer.comparison is not None and on_purpose(question)
        if ((person >= _PERSON and not beside) or known) and not found.by_number:
            # 「她电话呢」 is about whom the last question without a pronoun was about.
            about = next((a.own for a in reversed(asked.chain) if not self._people.means_before(a.own)), asked.own)
            sure = person > min(answered, _SURE) or about != asked.own
            told = self._people.answer(about, meant or self._current(doc_ids), lang, sure=sure)
            if told is not None:
                return told
        kind = max(_KNOWN_KINDS, key=judged.share)
        share = judged.share(kind)
        if kind is PointKind.FACT and not doc_ids:
            # A decision that amends is answered from for its own date and number alone.
            meant = self._documents(question, doc_ids, question.scope.left_out)
        wanted = max(_KNOWN, min(answered, _SURE))
        if meant and kind is PointKind.OUTLINE:
            wanted = _KNOWN  # whatever a document says, a search is sure of something in it
        if meant and kind is not PointKind.HOLDINGS and found.answer.refused and share >= judged.share(*_BESIDE):
            wanted = _ELSE
        if share < wanted:
            return None
        if kind is PointKind.OUTLINE:
            chosen = meant or self._current(doc_ids)
            chapters = self._chapters(question, chosen)
            if (meant or share > _TALK) and fits(chosen) and (chapters or not found.by_number):
                return outline(Sheet(self._segmentations), chosen, chapters, lang)
        if found.by_number:
            return None
        if kind is PointKind.HOLDINGS:
            return self._holdings(question, doc_ids, lang)
        if kind is PointKind.FACT and (meant or share > _TALK):
            files = self._files(meant or self._current(doc_ids))
            about = judged.about(kind)
            editions = question.scope.doc_ids if question.scope.versioned else ()
            if about == "changes" and (told := self._revisions.told(files, lang, editions)):
                return told
            # Of what has not changed the versions are told, and what it ended.
            about = "versions" if about == "changes" else about
            told = facts_told(Sheet(self._segmentations), self._register, about, files, lang)
            # A text that tells no day may say what it depends on: 「自发布之日起施行」.
            return told if told.lead or len(files) > 1 or not answered or about != "effective" else None
        return None

    def _holdings(self, question: Question, doc_ids: Sequence[str], lang: str) -> Told:
        """What is on file, of the institutions that a question names, or of what a caller wants."""
        among = () if question.scope.soft and not doc_ids else question.scope.within(doc_ids)
        meanings = self._analyzer.meanings(question)
        sheet = Sheet(self._segmentations)
        return holdings_told(sheet, self._register, question.text, meanings, self._files(among), lang)

    def _choices(self, asked: Asked, found: Found, doc_ids: Sequence[str]) -> tuple[Choice, ...]:
        """The documents that have a number, where the question names none, or one that lacks it; none for one alone."""
        if doc_ids or (found.question.scope.doc_ids and not found.answer.refused) or found.question.scope.every:
            return ()
        held = found
        if found.answer.refused:
            numbers = "".join(n.shown for n in found.question.numbers)
            if not numbers or found.question.scope.unknown or found.question.scope.foreign_titles:
                return ()
            held = self._search(numbers, (), Limits(lang=found.answer.lang))
        holders = {c.ref.partition("#")[0]: c.cite for c in reversed(held.answer.citations)}
        if len(holders) < (1 if found.answer.refused else 2):
            return ()
        return tuple(Choice(label=cite, question=cite) for _, cite in sorted(holders.items()))

    def _matters(self, asked: Asked, found: Found, told: Told | None, doc_ids: Sequence[str]) -> tuple[Choice, ...]:
        """The documents of several matters that answer a turn which leaves out what it is about; none where it is about
        one."""
        kind = told.kind if told else PointKind.CONTENT
        if kind not in (PointKind.CONTENT, PointKind.FACT) or asked.context or asked.judged.leans < _LEFT_OUT:
            return ()
        if doc_ids or found.by_number or found.question.scope.names_any or on_purpose(found.question):
            return ()
        citations = told.citations if told else found.answer.citations
        ids = self._files(tuple(dict.fromkeys(c.ref.partition("#")[0] for c in citations)))
        documents = [self._segmentations[doc_id].document for doc_id in ids]
        if len(documents) < 2 or one_matter(documents):
            return ()
        titles = [f"《{document.title}》" for document in documents]
        return tuple(Choice(label=title, question=f"{title}{asked.own}") for title in titles)

    def _doubted(self, history: Sequence[str], limits: Limits) -> Told:
        """What the last answer rests on, named and not quoted again: doubt is no new question."""
        lang = limits.lang or "zh"
        for at in range(len(history) - 1, -1, -1):
            if self.turns.read(history[at])[-1].judged.share(PointKind.TALK) >= _TALK:
                continue
            last = self.reply(history[at], history[:at], limits).answer
            if last.citations:
                cites = say(lang, "sep").join(dict.fromkeys(c.cite for c in last.citations[:_PROOFS]))
                more = say(lang, "and_more", names=cites) if len(last.citations) > _PROOFS else cites
                return Told(kind=PointKind.TALK, lines=(Line(text=say(lang, "doubt", cites=more)),))
            before = Line(text=say(lang, "doubt_refused"))
            return Told(kind=PointKind.TALK, lines=(before, *(line for point in last.points for line in point.lines)))
        return Told(kind=PointKind.TALK, lines=(Line(text=say(lang, "doubt_nothing")),))

    def _documents(self, question: Question, doc_ids: Sequence[str], beside: Collection[str] = ()) -> tuple[str, ...]:
        """The documents a question is about: those that it names, else those whose titles have most of its words; one
        of `beside` only where it has more of them than any other."""
        scope = question.scope
        if scope.doc_ids and not scope.soft:
            return tuple(d for d in scope.within(doc_ids) if d in self._segmentations)
        here = (*self._current(doc_ids), *beside)
        terms = self._analyzer.meanings(question) if question.lang == "en" else [[t.text] for t in question.terms]
        asked = [[w for w in words if len(w) > 1] for words in terms]
        documents = {d: self._segmentations[d].document for d in here}
        titles = {d: normalize(slim(document.title)) for d, document in documents.items()}
        about = {d: slim(subject_of(document)) for d, document in documents.items()}
        shared = {
            d: sum(any(w in title or abbreviates(w, about[d]) for w in words) for words in asked)
            for d, title in titles.items()
        }
        best = max(shared.values(), default=0)
        if any(count < best for count in shared.values()):
            found = tuple(d for d, count in shared.items() if count == best)
            return tuple(d for d in found if d not in beside) or found
        return tuple(doc_ids) or (scope.doc_ids if scope.doc_ids else ())

    def _current(self, doc_ids: Sequence[str]) -> tuple[str, ...]:
        """The documents that a caller wants, else all that are in force or stand alone."""
        left_out = set(self._analyzer.analyze("").scope.left_out)
        return tuple(doc_ids) or tuple(d for d in self._segmentations if d not in left_out)

    def _files(self, doc_ids: Sequence[str]) -> tuple[str, ...]:
        """The files that documents are editions of, each once."""
        return tuple(dict.fromkeys(self._segmentations[d].document.edition_of or d for d in doc_ids))

    def _chapters(self, question: Question, doc_ids: Sequence[str]) -> list[str]:
        """The headings of chapters that a question names, by their number or by their words."""
        headings = {a.headings[0]: None for d in doc_ids for a in self._segmentations[d].articles if a.headings}
        words = {t.text for t in question.terms if len(t.text) > 1}
        titles = " ".join(self._segmentations[d].document.title for d in doc_ids)
        named = [h for h in headings if any(w in h and w not in titles for w in words)]
        numbered = [h for h in headings for n in question.numbers if n.kind == "章" and _opens(h, n.shown)]
        return numbered or named

    def _scope(self, asked: Asked, question: Question, doc_ids: Sequence[str]) -> AnswerScope:
        if doc_ids:
            return AnswerScope(doc_ids=question.scope.within(doc_ids), origin=ScopeFrom.FILTER)
        if not question.scope.doc_ids:
            return AnswerScope()
        own = self._analyzer.analyze(asked.own).scope.doc_ids
        return AnswerScope(doc_ids=question.scope.doc_ids, origin=ScopeFrom.QUESTION if own else ScopeFrom.HISTORY)

    def _judged(self, text: str) -> Judged:
        return self._judge(prepared(text))

    def _one_thing(self, words: str) -> bool:
        """Whether 「A和B」 is no two matters: the texts have it together, it names what is set side by side, or what
        looks like 和 is a part of a word: 「学生参与竞赛」."""
        scope = self._analyzer.analyze(words).scope
        named = (scope.doc_ids and not scope.soft) or scope.unknown or scope.foreign_titles
        return bool(named) or self._in_texts(words) or not BETWEEN & set(self._analyzer.words(words))

    def _in_texts(self, word: str) -> bool:
        return any(word in s.document.text for s in self._segmentations.values())


def _of(answer: Answer, *, known: bool) -> tuple[str, ...]:
    """The documents that an answer to one point is of: the one that it cites, else those that the point names or has
    taken over; none where the texts were not asked, or where others are `known` and it is not likely to answer."""
    (point,) = answer.points
    if point.kind in (PointKind.TALK, PointKind.OTHER):
        return ()
    if known and not answer.scope.doc_ids and answer.retrieved and answer.retrieved[0].score < _LIKELY:
        return ()
    cited = tuple({c.ref.partition("#")[0] for c in answer.citations})
    return cited if len(cited) == 1 else answer.scope.doc_ids


def _heard(turns: Sequence[str], limits: Limits) -> tuple[object, ...]:
    """What the documents that turns are about depend on: where they were asked, and the day, as texts come into
    force."""
    return (*turns, limits.doc_ids, limits.let_go, today())


def _log_odds(found: Found) -> float:
    return float(log_odds(np.float32(found.answerability)))


def _unheard(found: Found) -> int:
    """How many words of a question no text has; a refusal counts like one."""
    return found.answer.refused + sum(not t.matches for t in found.question.terms)


def _opens(heading: str, number: str) -> bool:
    return "".join(heading.split()).startswith("".join(number.split()))
