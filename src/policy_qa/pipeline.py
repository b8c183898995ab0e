"""Settings -> a pipeline that answers. The page, the command line, the server and the evaluation all use it."""

from __future__ import annotations

import datetime
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from policy_qa.answer.answerer import Answerer
from policy_qa.answer.lookup import Found, look_up
from policy_qa.answer.recognised import with_recognised
from policy_qa.answer.select import Thresholds
from policy_qa.compare import Comparer
from policy_qa.datamodels import Answer, Document, Provision, Retrieved, Segmentation
from policy_qa.dialogue.dialogue import Dialogue, Limits
from policy_qa.dialogue.dialogue import Found as FoundByText
from policy_qa.dialogue.examples import Example, examples
from policy_qa.errors import IndexMissing, UnknownRef, UsageError
from policy_qa.facts.catalogue import tell_apart
from policy_qa.facts.dates import as_of
from policy_qa.facts.editions import Editions, sourced_answer, sourced_hits
from policy_qa.facts.register import Register
from policy_qa.index import store
from policy_qa.index.bigrams import load as load_bigrams
from policy_qa.index.lexical import load as load_lexical
from policy_qa.index.tokens import load as load_tokens
from policy_qa.model.client import ModelClient
from policy_qa.model.composing import verbatim
from policy_qa.model.writer import Writer
from policy_qa.model_settings import ModelSettings
from policy_qa.models import Encoder, Reranker, open_encoder, open_reader, open_reranker
from policy_qa.models.encoder import E5Small
from policy_qa.models.runtime import one_thread
from policy_qa.printable import UNSEEN
from policy_qa.references import Resolver, with_references
from policy_qa.retrieval import glossary
from policy_qa.retrieval.glossary import Glossary
from policy_qa.retrieval.question import Question, language
from policy_qa.retrieval.ranker import Ranker
from policy_qa.retrieval.retriever import Retrieval, Retriever
from policy_qa.settings import DEFAULT_MODEL, Settings
from policy_qa.words import Segmenter

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from policy_qa.index.layout import BuildReport

#: A question longer than this is a document; nothing is asked by it.
MAX_QUESTION = 2_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
BuildProgress = Callable[[str, int, int], None]


class Stored:
    """One loaded index, to look provisions up by ref."""

    def __init__(self, index: store.LoadedIndex) -> None:
        self.index = index = replace(index, segmentations=tell_apart(index.segmentations))
        self.documents: tuple[Document, ...] = tuple(s.document for s in index.segmentations.values())
        #: The texts as decisions amended them, and where their words stand in the files.
        self.editions = Editions(index.segmentations)
        #: What the references inside provisions mean.
        self.resolver = Resolver(index.segmentations.values())

    @cached_property
    def register(self) -> Register:
        """What is known of each text on file."""
        return Register(self.index.segmentations.values())

    def segmentation(self, doc_id: str) -> Segmentation:
        """The provisions of one document; UnknownRef where the index has none of that name."""
        try:
            return self.index.segmentations[doc_id]
        except KeyError:
            known = ", ".join(self.index.segmentations)
            raise UnknownRef(f"{doc_id}: expected a document of the index ({known}), found none of that name") from None

    def provision(self, ref: str) -> Provision:
        """The provision that a ref names; UnknownRef where there is none."""
        doc_id, _, path = ref.partition("#")
        if found := self.segmentation(doc_id).at(path):
            return found
        raise UnknownRef(
            f"{ref}: expected a provision of {doc_id}, found none of that number; see: policy-qa show {doc_id}"
        )


class Pipeline(Stored):
    """One loaded index, ready to answer. Immutable; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        index: store.LoadedIndex,
        encoder: Encoder,
        reader: Reranker | None = None,
        reranker: Reranker | None = None,
    ) -> None:
        """`reader` is what `models.open_reader` gives, `reranker` what `models.open_reranker` does."""
        super().__init__(index)
        self.settings = settings
        self.encoder = encoder
        index = self.index
        lexical = load_lexical(index.extra)
        segmenter = Segmenter(lexical.terms)
        segmentations = list(index.segmentations.values())
        tokens = load_tokens(index.extra, lexical.refs, index.passages)
        bigrams = load_bigrams(index.extra, len(lexical.refs))
        self._retriever = Retriever(
            segmentations,
            index.passages,
            index.vectors,
            lexical,
            encoder,
            Ranker.shipped(),
            segmenter,
            tokens,
            bigrams,
            reader,
            reranker,
            Glossary(groups=glossary.read(settings.home / glossary.NAME)),
        )
        by = "reader" if reader else "fusion" if bigrams else "search"
        thresholds = Thresholds.answering_from(settings.threshold, by)
        self._answerer = Answerer(self._retriever, thresholds)
        self._comparer = Comparer(self._retriever, self._answerer.quotes, thresholds)
        states = encoder.states if encoder.name == DEFAULT_MODEL and encoder.states else E5Small()
        self._dialogue = Dialogue(
            self.index.segmentations, self._retriever.analyzer, states, self._found, self.register
        )
        self._writer = Writer(ModelClient(settings.llm), index.segmentations) if settings.llm else None

    def ask(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        replies: Sequence[str] = (),
        on: datetime.date | None = None,
    ) -> Answer:
        """Answer a question, in a language model's words where the settings name one.

        `history`: earlier questions of the same person, oldest first; `replies`: what was answered to each of
        them, which a model reads as context. `doc_ids`: only these documents (empty: all). `lang`: the language
        of the frame, `zh` or `en`; by default the question's own, or the settings' where it has Chinese
        characters and the settings say English. `on`: the day by whose texts it is answered, by default the present
        one. Raises UsageError for a question that is none.
        """
        with as_of(on):
            *_, answer = self.stream(question, history, doc_ids=doc_ids, lang=lang, replies=replies)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        replies: Sequence[str] = (),
        let_go: Sequence[str] = (),
        stopped: threading.Event | None = None,
        writer: Writer | None = None,
    ) -> Iterator[Answer]:
        """As :meth:`ask`: the answer so far each time a model's sentence was checked, and last the whole one.

        Of earlier questions no document of `let_go` is taken over. Setting `stopped` ends the model's answer. `writer`
        writes instead of the settings' model. No model is asked where there is nothing for it to do or it could not be
        checked: a refusal, a provision asked for by its number, a comparison, a question in English.
        """
        limits = Limits(doc_ids=tuple(doc_ids), lang=lang, let_go=tuple(let_go))
        reply = self._dialogue.reply(check_question(question), _asked(history), limits)
        extractive = reply.answer
        writer = writer or self._writer
        if not writer or not reply.plain or extractive.refused or extractive.comparison or language(question) == "en":
            yield self._shown(extractive)
            return
        earlier = list(zip(history, replies, strict=False))
        for answer in writer.write(extractive, earlier, stopped):
            citations = with_references(answer.citations, self.index.segmentations, self.resolver)
            yield self._shown(replace(answer, citations=citations))

    def _shown(self, answer: Answer) -> Answer:
        return with_recognised(sourced_answer(answer, self.editions), self.index.segmentations)

    @cached_property
    def examples(self) -> tuple[str, ...]:
        """A few questions that these documents answer, made of their own headings, values and numbers."""

        def answers(example: Example) -> bool:
            question, doc_id = example
            answer = self._dialogue.reply(question, (), Limits()).answer
            return (
                len(answer.points) == 1
                and not answer.refused
                and doc_id in {c.ref.partition("#")[0] for c in answer.citations}
            )

        left_out = self._retriever.analyzer.analyze("").scope.left_out
        current = [s for d, s in self._retriever.segmentations.items() if d not in left_out]
        return examples(current, self._retriever.segmenter.is_noun, answers)

    def writer_for(self, llm: LLM) -> Writer:
        """Who writes answers with an LLM of LlamaIndex, under the limits of the settings."""
        known = llm.metadata
        own = ModelSettings(url="", model=known.model_name, context=max(known.context_window, 3000))
        return Writer(ModelClient(self.settings.llm or own, llm), self.index.segmentations)

    def _found(self, text: str, before: Sequence[str], limits: Limits) -> FoundByText:
        """What the texts say to one point that takes its matter from others."""
        started = time.perf_counter()
        doc_ids, lang = self._known(limits.doc_ids), limits.lang
        let_go = {*limits.let_go, *self._current(limits.let_go)}
        ground = [d for d in limits.ground if d not in let_go]
        understood = self._retriever.analyzer.analyze(text, before, let_go, ground)
        retrieval = self._retriever.retrieve(understood, doc_ids)
        found = self._look_up(understood, retrieval, doc_ids, lang or understood.lang)
        frame = lang or (understood.lang if understood.lang == "en" else self.settings.lang)
        answer = self._answerer.answer(understood, retrieval, found, frame)
        answer = answer if found else self._comparer.beside(understood, answer, doc_ids)
        citations = with_references(answer.citations, self.index.segmentations, self.resolver)
        total = (time.perf_counter() - started) * 1e3
        spent = {name: round(ms, 1) for name, ms in retrieval.timings_ms.items()}
        timings = {**spent, "answer": round(total - sum(retrieval.timings_ms.values()), 1), "total": round(total, 1)}
        answer = replace(answer, citations=citations, sentences=verbatim(citations), timings_ms=timings)
        return FoundByText(
            question=understood, answer=answer, by_number=found is not None, answerability=retrieval.answerability
        )

    def search(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        top: int = 10,
        doc_ids: Sequence[str] = (),
        on: datetime.date | None = None,
    ) -> tuple[Retrieved, ...]:
        """Retrieval alone: the best `top` provisions at article level, best first, by the texts of the day `on`."""
        with as_of(on):
            doc_ids = self._current(doc_ids)
            understood, retrieval = self._retrieve(question, history, doc_ids)
            found = self._look_up(understood, retrieval, doc_ids, understood.lang)
            return sourced_hits(self._answerer.ranked(retrieval, found), self.editions)[:top]

    def _look_up(self, question: Question, retrieval: Retrieval, doc_ids: Sequence[str], lang: str) -> Found | None:
        likely = [c.article.doc_id for c in retrieval.candidates]
        found = look_up(question, self._retriever.segmentations, question.scope.within(doc_ids), lang, likely)
        if found is None or not found.by_ref:
            return found
        # A ref is one of a file; what it names is answered as it reads today.
        now = {p.ref: self.editions.now(p) for p in found.provisions}
        return replace(found, provisions=tuple(now[p.ref] or p for p in found.provisions))

    def _current(self, doc_ids: Sequence[str]) -> Sequence[str]:
        """Documents that a caller names, each as it reads today."""
        return tuple(self.editions.current(d) for d in doc_ids)

    def understand(self, question: str, history: Sequence[str] = ()) -> Question:
        """What the pipeline makes of a question that asks one thing, before anything is searched."""
        asked = self._dialogue.turns.read(check_question(question), _asked(history))[0]
        return self._retriever.analyzer.analyze(question, [a.own for a in asked.context])

    def retrieve(self, question: str, history: Sequence[str] = (), doc_ids: Sequence[str] = ()) -> Retrieval:
        """All candidates with their features and probabilities, for evaluation and fitting."""
        return self._retrieve(question, history, doc_ids)[1]

    def _retrieve(self, question: str, history: Sequence[str], doc_ids: Sequence[str]) -> tuple[Question, Retrieval]:
        understood = self.understand(question, history)
        return understood, self._retriever.retrieve(understood, self._known(doc_ids))

    def _known(self, doc_ids: Sequence[str]) -> Sequence[str]:
        """Documents that a caller names, each as it reads today; UnknownRef where one is not on file."""
        for doc_id in doc_ids:
            self.segmentation(doc_id)
        return self._current(doc_ids)


def _asked(history: Sequence[str]) -> list[str]:
    return [earlier for earlier in history if earlier.strip()]


def check_question(question: str) -> str:
    """The question without what can't be seen in it; UsageError where nothing can be asked by it."""
    cleaned = _CONTROL.sub(" ", question).translate(UNSEEN).strip()
    if not re.search(r"\w", cleaned):
        raise UsageError("问题是空的：请输入一个问题，例如“谁可以担任CIO？”（expected a question, found no words）")
    if len(cleaned) > MAX_QUESTION:
        raise UsageError(
            f"问题太长：最多 {MAX_QUESTION} 字，现有 {len(cleaned)} 字，请缩短"
            f"（expected at most {MAX_QUESTION} characters, found {len(cleaned)}）"
        )
    return cleaned


def open_pipeline(settings: Settings) -> Pipeline:
    """Open the index that `settings` names. Raises IndexMissing, IndexDamaged, IndexMismatch or ModelError.

    From then on every numeric library of this process keeps to one thread a caller.
    """
    one_thread()
    encoder = open_encoder(settings.model)
    index = store.load(settings.index_dir, encoder)
    return Pipeline(settings, index, encoder, open_reader(settings.reranker), open_reranker(settings.reranker))


def open_stored(settings: Settings) -> Stored:
    """Open the index without a model, for what needs no search."""
    return Stored(store.load(settings.index_dir))


def build_index(settings: Settings, *, progress: BuildProgress | None = None, force: bool = False) -> BuildReport:
    """Bring the index up to date with the corpus folder."""
    from policy_qa.index.builder import build

    one_thread()
    encoder = open_encoder(settings.model)
    return build(settings, encoder=encoder, progress=progress, force=force)


def ensure_index(settings: Settings, *, progress: BuildProgress | None = None) -> None:
    """Build the index where there is none; one that is there, sound or not, is left to `open_pipeline`."""
    try:
        store.read_generation(settings.index_dir)
    except IndexMissing:
        build_index(settings, progress=progress)
