"""The routes for drafts: the page at `/check`, and for programs `POST /api/check`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from policy_qa.check.report import finding_record
from policy_qa.page.check_view import render_page
from policy_qa.page.drafts import MAX_BYTES, Checked, Drafts, json_object
from policy_qa.page.live import LivePipeline
from policy_qa.page.texts import texts_for
from policy_qa.page.wording import CheckTexts

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_STYLE = Path(__file__).parent / "static" / "check.css"
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


def check_page(
    query: bytes, shown: Callable[[CheckTexts], str], status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """The page with the reason why a draft that was sent to it is not checked."""
    from starlette.responses import HTMLResponse

    texts = texts_for("en" if "en" in parse_qs(query.decode("latin-1")).get("lang", []) else "zh")
    page = render_page(texts, _STYLE.read_text("utf-8"), result=shown(texts.check))
    return HTMLResponse(page, status_code=status, headers=headers)


def _asked(body: bytes) -> dict[str, Any] | None:
    asked = json_object(body)
    return asked if asked is not None and isinstance(asked.get("text"), str) else None
