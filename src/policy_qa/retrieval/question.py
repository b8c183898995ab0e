"""What a question asks: where to look, which words matter, what kind of answer, what came before."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from policy_qa.citing.find import places_in
from policy_qa.citing.grammar import ordinal
from policy_qa.citing.place import Place
from policy_qa.dictionary import TOTAL
from policy_qa.index.english import translate
from policy_qa.index.lexical import LexicalIndex
from policy_qa.naming.institutions import shortens
from policy_qa.naming.scope import COMPARES, Party, Scope, ScopeFinder
from policy_qa.naming.titles import quoted_titles
from policy_qa.numerals import NUMERAL_CHARS
from policy_qa.retrieval.ellipsis import left_over, substituted
from policy_qa.retrieval.forms import means_form
from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.kinds import Wanted, wanted
from policy_qa.words import Segmenter, normalize, stop_words

#: Weight of a synonym and of a dictionary translation against the word itself.
_SYNONYM, _TRANSLATION = 0.8, 0.8
#: Words taken over from the question before count this much.
_CARRIED = 0.35
# Words that ask or that only turn a sentence: jieba's dictionary has 由谁来, 哪一天, 多少岁, 不能 as words.
_ASKING = re.compile(
    r"[谁哪几啥咋]|什么|多少|^多[长久大高远]|怎[么样]|为何|如何|^[不没](?:能|要|用|是|会|得|可以|可|有)?$|^[能可]不[能可]"
)
#: Who says so means those that were named before, where several were.
_THOSE = re.compile(
    r"(?:[两二]|哪一?)(?:家|所|校|个(?:学校|单位|院校|地方))|哪边|\b(?:both|which) (?:of )?(?:the )?school"
)
#: jieba's tags of words that say nothing by themselves: conjunctions, adverbs, prepositions, pronouns, particles.
_FUNCTION = "cdpruye"
_NUMBER = re.compile(rf"[{NUMERAL_CHARS}]+[章条项款节]?|{ordinal('章|条|项|款|节')}|第[{NUMERAL_CHARS}]+")
# All of several things are wanted.
_LIST = re.compile(
    r"哪些|哪几|有什么|都有|分别|列出|列举|逐项|逐条|全部|所有|各项|职责|条件|要求|措施|程序|流程|步骤|内容|怎么分工|任务|"
    r"\blist\b|\bwhat are\b|\bduties\b|\bresponsibilities\b|\bqualifications\b|\brequirements\b|\bconditions\b"
    r"|\bmeasures\b|\bsteps\b|\beverything\b"
)


#: What joined names that are gone, and what only sets them side by side; grammar, closed classes.
_JOINS = re.compile(r"(?:^|(?<=[\s,，。？?：:；;（(]))(?:和|与|跟|同|及|以及|、|and|in|at|of)(?=$|[\s,，。？?）)])")
_SETS_BESIDE = re.compile(
    r"分别|各自|各(?=[由是怎如有家多几占])|(?:对|比一)比(?:一下)?|比一下|比较(?:一下)?|相比"
    r"|(?:有(?:什么|何|哪些)?)?(?:区别|不同|差别|差异|异同)|一样吗|\b(?:compare|both|respectively)\b"
)


@dataclass(frozen=True, slots=True)
class Term:
    """One content word of a question. `matches` word id -> strength in (0, 1]; `weight` its information, > 0.

    `carried` tells that it comes from an earlier question.
    """

    text: str
    weight: float
    matches: Mapping[int, float]
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood. `dense_text` is what the embedding model reads.

    `alone` is a question that takes its matter over, in its own words alone, of the same documents; None where it takes
    nothing over, or has no words.
    """

    text: str
    lang: str
    scope: Scope
    terms: tuple[Term, ...]
    wanted: Wanted
    wants_list: bool
    compares: bool
    numbers: tuple[Place, ...]
    dense_text: str
    follows: Question | None = None
    alone: Question | None = None

    @property
    def means_form(self) -> bool:
        """Whether it, or what it goes on from, is about a form."""
        return means_form(self.text) or bool(self.follows and self.follows.means_form)

    @property
    def sets_apart(self) -> bool:
        """Whether documents are to be heard side by side, each for itself."""
        return len(self.scope.doc_ids) != 1


class Analyzer:
    """Turns text into a Question, for one index."""

    def __init__(
        self,
        lexical: LexicalIndex,
        segmenter: Segmenter,
        scopes: ScopeFinder,
        bodies: Callable[[], Sequence[str]],
        glossary: Callable[[], Glossary],
    ) -> None:
        """`bodies` gives the names of bodies and offices in the texts, `glossary` the words that mean the same here;
        both are asked when a question needs them."""
        self._lexical = lexical
        self._segmenter = segmenter
        self._scopes = scopes
        self._find_bodies, self._glossary = bodies, glossary
        self._max_idf = float(lexical.idf.max()) if len(lexical.idf) else 1.0

    @property
    def segmenter(self) -> Segmenter:
        """jieba with the words of these texts."""
        return self._segmenter

    @cached_property
    def _bodies(self) -> tuple[str, ...]:
        return tuple(sorted(set(self._find_bodies()), key=len))

    @property
    def rarities(self) -> Mapping[str, float]:
        """The words of the texts, each with its inverse document frequency."""
        return {word: float(self._lexical.idf[i]) for word, i in self._lexical.vocabulary.items()}

    @property
    def latin(self) -> Collection[str]:
        """The words in letters that are understood: those of the texts, and English ones that translate to them."""
        return {w for w in self._lexical.vocabulary if w.isascii()} | set(self._lexical.english)

    def words(self, text: str) -> Sequence[str]:
        """Chinese text as jieba cuts it with the words of these texts."""
        return self._segmenter.words(text)

    def meanings(self, question: Question) -> list[list[str]]:
        """The words that each content word of a question stands for, itself first."""
        words = list(self._lexical.vocabulary)
        return [[term.text, *(words[w] for w in term.matches)] for term in question.terms]

    def analyze(
        self,
        text: str,
        history: Sequence[str] = (),
        let_go: Collection[str] = (),
        ground: Sequence[str] = (),
    ) -> Question:
        """Understand `text`; `history` holds what it takes its matter from, oldest first, but for the documents of
        `let_go`.

        `ground` are the documents that are meant where none of them names any.
        """
        previous: Question | None = None
        for turn in history:
            previous = self._one(turn, previous)
            previous = replace(previous, scope=previous.scope.without(let_go))
        question = self._one(text, previous)
        scope = question.scope
        if not ground or scope.names_any or (scope.doc_ids and not set(ground).intersection(scope.doc_ids)):
            return question
        scope = self._scopes.grounded(scope, ground)
        return replace(question, scope=scope, alone=question.alone and replace(question.alone, scope=scope))

    def unnamed(self, text: str, doc_ids: Collection[str]) -> str:
        """A question without the words by which it names any of these documents."""
        for words in self._scopes.named_by(text, doc_ids):
            text = re.sub(re.escape(words), "", text, flags=re.IGNORECASE)
        return text

    def _one(self, text: str, previous: Question | None) -> Question:
        lang = language(text)
        clean = normalize(text).strip()
        scope = self._scopes.find(text)
        terms = self._english_terms(scope.rest) if lang == "en" else self._terms(scope.rest)
        rest = _of_one(scope.rest) if scope.several and not scope.soft else scope.rest
        question = Question(
            text=text,
            lang=lang,
            scope=scope,
            terms=terms,
            wanted=wanted(clean),
            wants_list=bool(_LIST.search(clean)),
            compares=bool(COMPARES.search(clean)),
            numbers=numbers_of(scope),
            dense_text=_squeeze(rest) or text.strip(),
        )
        return self._continue(question, previous) if previous else question

    def _continue(self, question: Question, previous: Question) -> Question:
        """A follow-up takes from the question before what it leaves out: the document, and the matter."""
        scope, own = question.scope, question.terms
        names_document = bool(scope.doc_ids) and not scope.soft
        bare = not [t for t in own if t.weight > 0.5] and not question.numbers
        if scope.unknown and bare:
            return replace(question, terms=previous.terms, wanted=previous.wanted, follows=previous)
        if scope.every and _THOSE.search(question.text):
            scope = scope.of(_parties(previous))
        if not scope.doc_ids and not scope.every and not scope.unknown:
            scope = scope.following(previous.scope)
        elsewhere = names_document or scope.every
        previous, rest = self._substituted(previous, question)
        # What only takes another word's place asks nothing alone.
        alone = replace(question, scope=scope) if own and rest and not elsewhere else None
        if bare:
            # 「贺兰呢？」: the same matter, another place.
            return replace(
                question,
                scope=scope,
                terms=previous.terms,
                wanted=previous.wanted or question.wanted,
                wants_list=previous.wants_list or question.wants_list,
                numbers=question.numbers or (previous.numbers if names_document else ()),
                dense_text=_join(previous.dense_text, rest),
                follows=previous,
                alone=alone,
            )
        if not question.numbers:
            known = {t.text for t in own}
            carried = tuple(
                replace(t, weight=t.weight * (1.0 if t.carried else _CARRIED), carried=True)
                for t in previous.terms
                if t.text not in known
            )
            return replace(
                question,
                scope=scope,
                terms=own + carried,
                wanted=question.wanted or previous.wanted,
                dense_text=_join(previous.dense_text, rest),
                follows=previous,
                alone=alone,
            )
        return replace(question, scope=scope, follows=previous)

    def _substituted(self, previous: Question, question: Question) -> tuple[Question, str]:
        """The question before with what a follow-up puts in the place of its words, and what else the follow-up says:
        「请五天假谁批」 and nothing, of 「请两天假谁批」 and 「五天呢」."""
        words, rest = self._segmenter.words, question.scope.rest
        if any(_ASKING.search(word) and word[0] not in "不没" for word in words(rest)):
            return previous, rest  # it asks a question of its own
        old = previous.dense_text
        new, put = substituted(old, words(old), rest, [t.text for t in question.terms])
        if not put:
            return previous, rest
        gone = set(words(old)) - set(words(new))
        kept = tuple(t for t in previous.terms if t.text not in gone)
        left = left_over(rest, put)
        more = any(self._segmenter.tag(t.text)[0] not in _FUNCTION for t in self._terms(left))
        return replace(previous, dense_text=new, terms=kept), left if more else ""

    def _terms(self, rest: str) -> tuple[Term, ...]:
        out: dict[str, Term] = {}
        rest, abbreviations = self._abbreviations(rest)
        for short, full in abbreviations:
            words = [
                self._lexical.vocabulary[w] for w in self._segmenter.terms_of(full) if w in self._lexical.vocabulary
            ]
            for word_id in words:
                word = f"{short}:{word_id}"
                out[word] = Term(
                    word, max(float(self._lexical.idf[word_id]), 0.3) / max(len(words) / 2, 1), {word_id: 1.0}
                )
        stops = stop_words()
        for word in self._segmenter.words(rest):
            if word in stops or word in out or _ASKING.search(word) or _NUMBER.fullmatch(word):
                continue
            out[word] = self._term(word)
        return tuple(out.values())

    def _term(self, word: str) -> Term:
        vocabulary = self._lexical.vocabulary
        matches: dict[int, float] = {}
        if word in vocabulary:
            matches[vocabulary[word]] = 1.0
        parts = [w for w in self._segmenter.terms_of(word) if w != word and len(w) > 1]
        for part in parts:
            if part in vocabulary:
                matches.setdefault(vocabulary[part], 0.6 * len(part) / len(word))
        if not matches and len(word) >= 2:
            # 「信息官」 where the corpus says 首席信息官: the part stands for the whole.
            for known, word_id in vocabulary.items():
                if word in known:
                    matches[word_id] = 0.7
        for synonym in self._glossary().same(word):
            if synonym in vocabulary:
                matches[vocabulary[synonym]] = max(matches.get(vocabulary[synonym], 0.0), _SYNONYM)
        return Term(word, self._weight(word, matches), matches)

    def _weight(self, word: str, matches: Mapping[int, float]) -> float:
        """How much a word narrows the answer: its rarity in the corpus, damped where Chinese uses it everywhere."""
        known = self._lexical.vocabulary.get(word)
        if known is not None:
            rarity = float(self._lexical.idf[known])
        elif matches:
            best = max(matches.values())
            rarity = min(float(self._lexical.idf[w]) for w, s in matches.items() if s == best)
        else:
            rarity = self._max_idf
        common = math.log(TOTAL / (self._segmenter.frequency(word) + 10)) / math.log(TOTAL / 10)
        size = 0.5 if len(word) == 1 else 1.0
        return max(rarity * common * size * _of_kind(self._segmenter.tag(word)), 0.05)

    def _english_terms(self, rest: str) -> tuple[Term, ...]:
        out = []
        vocabulary = self._lexical.vocabulary
        for key, words in translate(rest, self._lexical.english).items():
            matches = {vocabulary[w]: _TRANSLATION for w in words if w in vocabulary}
            rarity = min((float(self._lexical.idf[w]) for w in matches), default=self._max_idf)
            out.append(Term(key, max(rarity * (1.0 if matches else 0.5), 0.05), matches))
        return tuple(out)

    def _abbreviations(self, rest: str) -> tuple[str, list[tuple[str, str]]]:
        """Short forms of the corpus' bodies: 网信办 for 网络安全与信息化工作办公室."""
        found = []
        for match in re.finditer(r"(?=([\u4e00-\u9fff]{2,4}?(?:委员?会?|办公?室?|组|中心|处|部)))", rest):
            for size in range(2, min(len(match.group(1)), 5) + 1):
                short = match.group(1)[:size]
                if (
                    short in self._lexical.vocabulary
                    or self._segmenter.frequency(short)
                    or short[-1] not in "委办组处部会心室"
                    or self._inside_word(rest, match.start(), size)
                    # 考勤办法 is no matter of a 考勤办.
                    or self._segmenter.frequency(rest[match.start() + size - 1 : match.start() + size + 1])
                ):
                    continue
                full = next((b for b in self._bodies if len(b) >= size + 3 and shortens(short, b)), None)
                if full:
                    found.append((short, full))
                    rest = rest.replace(short, " ")
                    break
        return rest, found

    def _inside_word(self, text: str, start: int, size: int) -> bool:
        """Whether the stretch only ends a longer word: 作组 in 工作组."""
        longer = (text[start - more : start + size] for more in (1, 2) if more <= start)
        return any(w in self._lexical.vocabulary or self._segmenter.frequency(w) for w in longer)


def _parties(question: Question | None) -> list[Party]:
    """What a question and those that it goes on from named, the first one first."""
    if question is None:
        return []
    return list(dict.fromkeys((*_parties(question.follows), *question.scope.parties)))


def _of_kind(tag: str) -> float:
    """What a part of speech tells of the matter asked about: names and things most, adverbs and fillers least."""
    if tag[0] in "nxijlg" or tag in ("vn", "eng"):
        return 1.0
    return {"v": 0.7, "a": 0.5, "b": 0.7, "s": 0.6, "f": 0.3, "t": 0.4}.get(tag[0], 0.25)


def _join(before: str, rest: str) -> str:
    return f"{_squeeze(before)} {_squeeze(rest)}".strip()


def _of_one(rest: str) -> str:
    """What is asked of each of several whose names are gone: 「预约提前几天」 of 「甲与乙，预约分别提前几天」."""
    before = ""
    while before != rest:
        before, rest = rest, " ".join(_JOINS.sub(" ", rest).split())
    return _SETS_BESIDE.sub(" ", rest)


def _squeeze(text: str) -> str:
    return " ".join(text.split()).strip(" ，。、,.?？的")


def numbers_of(scope: Scope) -> tuple[Place, ...]:
    """The provisions that a question names by number; what stands in a title names none."""
    rest = scope.rest
    for start, end in quoted_titles(rest):
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return places_in(rest)


def language(text: str) -> str:
    """`zh` or `en`: English where Latin words outnumber Chinese characters.

    >>> [language(t) for t in ("谁可以担任CIO？", "Who can serve as CIO?", "CIO任期")]
    ['zh', 'en', 'zh']
    """
    han = len(re.findall(r"[\u3400-\u9fff]", text))
    latin = len(re.findall(r"[A-Za-z]+", text))
    return "en" if latin > han else "zh"
