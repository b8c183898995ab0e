"""What a browser may send to Gradio's routes for steps: what the page itself sends, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import gradio as gr

#: The routes that take a step, after `/gradio_api/`.
_ROUTE = re.compile(r"/gradio_api/(?:queue/join|run/[\w-]+)/?")
_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)


class SentSteps:
    """Knows the steps of one page. Gradio answers what it doesn't expect with its own faults, a 500 each."""

    def __init__(self, page: gr.Blocks) -> None:
        self._inputs = {number: tuple(map(type, step.inputs)) for number, step in page.fns.items()}

    def fault(self, path: str, body: Mapping[str, Any]) -> str:
        """What is wrong with the JSON object that was sent to a route; empty where nothing is."""
        if not _ROUTE.fullmatch(path):
            return ""
        number, session, data = body.get("fn_index"), body.get("session_hash"), body.get("data")
        if type(number) is not int or number not in self._inputs:
            return "fn_index: expected a step of this page, found none; load the page again"
        if not isinstance(session, str) or not _SESSION.fullmatch(session):
            return "session_hash: expected letters and digits, found something else"
        kinds = self._inputs[number]
        if not isinstance(data, list) or len(data) != len(kinds) or not all(map(_fits, data, kinds)):
            return f"data: expected the {len(kinds)} values of this step, found something else; load the page again"
        return ""


def _fits(value: object, kind: type) -> bool:
    if value is None:
        return True
    if issubclass(kind, gr.Textbox):
        return isinstance(value, str)
    if issubclass(kind, gr.Dropdown):
        return isinstance(value, list) and all(isinstance(chosen, str) for chosen in value)
    return False
