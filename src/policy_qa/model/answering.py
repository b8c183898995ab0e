"""A pipeline as those see it that only ask it: answers, as they grow, and the provisions that they name."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from policy_qa.datamodels import Answer, Provision, Segmentation
from policy_qa.model.writer import Writer


class Answering(Protocol):
    """What the page and LlamaIndex's engines need of a pipeline; `policy_qa.pipeline.Pipeline` has it."""

    def segmentation(self, doc_id: str) -> Segmentation:
        """The provisions of one document."""

    def provision(self, ref: str) -> Provision:
        """The provision that a ref names."""

    def writer_for(self, llm: Any) -> Writer:
        """Who writes answers with an LLM of LlamaIndex."""

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        *,
        doc_ids: Sequence[str] = (),
        lang: str | None = None,
        replies: Sequence[str] = (),
        stopped: threading.Event | None = None,
        writer: Writer | None = None,
    ) -> Iterator[Answer]:
        """The answer so far each time it has grown, and last the whole one."""
