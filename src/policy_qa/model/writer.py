"""An extractive answer -> the same in a language model's words, sentence by sentence as they stand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from policy_qa.datamodels import Answer, Segmentation
from policy_qa.model.checking import Checker
from policy_qa.model.client import ModelClient, ModelFailed, Reason
from policy_qa.model.composing import Composition
from policy_qa.model.given import as_data, given, messages, remembered, room
from policy_qa.model.stream import Draft, SentenceReader
from policy_qa.statements import WRITING
from policy_qa.verify import Judge

#: What the model is asked to keep to; a longer answer is a worse one.
_SENTENCES = 8


class Writer:
    """Has a model answer from the provisions that an extractive answer cites. Safe to share between threads."""

    def __init__(self, client: ModelClient, segmentations: Mapping[str, Segmentation]) -> None:
        self._client, self._segmentations = client, segmentations
        self._judge = Judge(list(segmentations.values()))

    def write(
        self, extractive: Answer, earlier: Sequence[tuple[str, str]] = (), stopped: threading.Event | None = None
    ) -> Iterator[Answer]:
        """The answer each time a sentence more can be shown, and last the whole one.

        Whatever the model or its server does, the last one is an answer: at worst the extractive one, labelled.
        `earlier` are questions and what was answered, oldest first; they are context, never a source.
        """
        started = time.perf_counter()
        composition = Composition(extractive, self._segmentations)
        last = extractive
        for last in self._grow(composition, extractive, earlier, stopped or threading.Event()):
            if last.mode == WRITING:
                yield last
        spent = round((time.perf_counter() - started) * 1e3, 1)
        timings = {**last.timings_ms, "model": spent, "total": round(last.timings_ms.get("total", 0.0) + spent, 1)}
        yield replace(last, timings_ms=timings)

    def _grow(
        self, composition: Composition, extractive: Answer, earlier: Sequence[tuple[str, str]], stopped: threading.Event
    ) -> Iterator[Answer]:
        settings = self._client.settings
        question = as_data(extractive.question)
        turns = remembered(earlier, settings.memory)
        budget = room(settings.context, settings.max_tokens, question, turns)
        material = given(extractive.citations, self._segmentations, question, budget)
        if not material.provisions:
            yield extractive  # nothing of it fits into the model
            return
        composition.leave(material.provisions)
        # The articles are taken apart now, and not when the first sentence waits for it.
        self._judge.judge(question, material.provisions)
        reader = SentenceReader(material.handles)
        checker = Checker(self._judge, self._segmentations, material)
        try:
            stream = self._client.stream(messages(material, question, _SENTENCES, turns), stopped)
            for words in stream:
                yield from self._taken(composition, checker, reader.feed(words))
            yield from self._taken(composition, checker, reader.finish(cut=stream.cut))
        except ModelFailed as failure:
            if failure.reason is Reason.STOPPED:
                yield composition.finished(stopped=True)
            else:
                yield composition.failed(failure.reason)
            return
        yield composition.finished(cut=stream.cut)

    def _taken(self, composition: Composition, checker: Checker, drafts: Sequence[Draft]) -> Iterator[Answer]:
        for draft in drafts:
            statement = checker.check(draft)
            if statement and composition.add(statement):
                yield composition.so_far()
