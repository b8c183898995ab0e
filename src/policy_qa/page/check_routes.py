"""The routes for drafts: the page at `/check`, and for programs `POST /api/check`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policy_qa.check.report import finding_record
from policy_qa.page.check_view import render_page
from policy_qa.page.drafts import MAX_BYTES, Checked, Drafts
from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import texts_for

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_STYLE = Path(__file__).parent / "static" / "check.css"
#: What a form adds to the draft that it holds.
_FRAME = 100_000
_PASTED = "draft.txt"


def add_check(app: FastAPI, live: LivePipeline, lang: str) -> None:
    """Add the routes; `lang` is the page's language until the reader chooses another."""
    from starlette.responses import HTMLResponse, JSONResponse
    from starlette.routing import Route

    drafts = Drafts(live)
    style = _STYLE.read_text("utf-8")

    def language(request: Request) -> str:
        asked = request.query_params.get("lang", lang)
        return "en" if asked == "en" else "zh"

    async def show(request: Request) -> Response:
        return HTMLResponse(render_page(texts_for(language(request)), style))

    async def post(request: Request) -> Response:
        chosen = language(request)
        texts = texts_for(chosen)
        if _size(request) is None:
            return HTMLResponse(render_page(texts, style, result=texts.check.too_large), status_code=413)
        async with request.form(max_files=1, max_fields=2, max_part_size=MAX_BYTES) as form:
            text, file = str(form.get("text") or "").replace("\r\n", "\n"), form.get("file")
            data, name = text.encode("utf-8", "replace"), _PASTED
            if file is not None and not isinstance(file, str) and file.filename:
                data, name, text = await file.read(), file.filename, ""
        result = await asyncio.to_thread(drafts.check, data, name, chosen)
        page = await asyncio.to_thread(render_page, texts, style, text, result)
        return HTMLResponse(page, status_code=200 if isinstance(result, Checked) else 400)

    async def api(request: Request) -> Response:
        """A JSON object with `text` and, if not the server's, `lang` -> an object with the findings."""
        texts = texts_for(language(request)).check
        if _size(request) is None:
            return JSONResponse({"error": texts.too_large}, status_code=413)
        asked = _asked(await request.body())
        if asked is None:
            error = 'expected a JSON object with a "text", found none; send {"text": "…"}'
            return JSONResponse({"error": error}, status_code=400)
        chosen = asked.get("lang", language(request))
        result = await asyncio.to_thread(drafts.check, asked["text"].encode("utf-8", "replace"), _PASTED, str(chosen))
        if isinstance(result, str):
            return JSONResponse({"error": result}, status_code=400)
        findings = [finding_record(f) for f in result.report.findings]
        return JSONResponse({"errors": len(result.report.errors), "findings": findings})

    app.router.routes += [
        Route("/check", show, methods=["GET"]),
        Route("/check", post, methods=["POST"]),
        Route("/api/check", api, methods=["POST"]),
    ]


def _size(request: Request) -> int | None:
    """The size that a request declares; None where it declares none or one that is too large."""
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdigit() and len(declared) < 12 else -1
    return size if 0 <= size <= MAX_BYTES + _FRAME else None


def _asked(body: bytes) -> dict[str, Any] | None:
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    return asked if isinstance(asked, dict) and isinstance(asked.get("text"), str) else None
