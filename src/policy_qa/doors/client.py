"""What `gradio_client` may call: `Client(url).predict(question, api_name="/ask")`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import gradio as gr
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from policy_qa.doors.formats import answer_record
from policy_qa.doors.rest import trouble
from policy_qa.doors.schemas import AskRequest
from policy_qa.doors.service import Asked, Service
from policy_qa.errors import PolicyQAError
from policy_qa.page.workers import Busy


def asking(service: Service) -> Callable[..., Awaitable[dict[str, Any]]]:
    """The function behind the page's one named step."""

    async def ask(question: str, history: list[str] | None = None, doc_ids: list[str] | None = None) -> dict[str, Any]:
        """Answer a question with the exact provisions; history: earlier questions, doc_ids: only these documents."""
        try:
            sent = AskRequest(question=question, history=history or [], doc_ids=doc_ids or [])
            turns = [(earlier, "") for earlier in sent.history]
            return answer_record(await service.answer(Asked(question=question, turns=turns, doc_ids=sent.doc_ids)))
        except ValidationError as error:
            faults = [{**fault, "loc": ("", *fault["loc"])} for fault in error.errors()]
            raise gr.Error(trouble(RequestValidationError(faults))[1], print_exception=False) from None
        except (PolicyQAError, Busy) as error:
            raise gr.Error(trouble(error)[1], print_exception=False) from None

    return ask
