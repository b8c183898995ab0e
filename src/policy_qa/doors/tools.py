"""The Model Context Protocol: ask, search, show and check as tools, by the official SDK."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from policy_qa import __version__
from policy_qa.doors import schemas
from policy_qa.doors.formats import answer_record
from policy_qa.doors.markdown import markdown
from policy_qa.doors.rest import trouble
from policy_qa.doors.service import Asked, Service
from policy_qa.errors import PolicyQAError
from policy_qa.page.workers import Busy, Workers
from policy_qa.processes import PastLimit, WorkerLost

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from policy_qa.page.live import LivePipeline

_INSTRUCTIONS = (
    "Answers questions about school policies on file, in Chinese or English, by quoting the provisions. `ask` first; "
    "its citations carry refs (yichun-cio#7.2) that `show` takes. A refusal means that the policies do not say it. "
    "`check` verifies a text that cites them."
)
_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)


@contextmanager
def _told() -> Iterator[None]:
    """What a person can mend is the tool's answer, in one line."""
    try:
        yield
    except (PolicyQAError, Busy) as error:
        raise ToolError(trouble(error)[1]) from None
    except (PastLimit, WorkerLost) as error:
        raise ToolError(f"expected a draft within the limits, found one past them; send less of it ({error})") from None


def _result(text: str, record: Mapping[str, Any]) -> CallToolResult:
    """For a model the text, for a program the object."""
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=dict(record))


def tools(service: Service) -> MCPServer:
    """The server with its tools; how it is reached is its caller's matter."""
    server = MCPServer("policy_qa", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING")

    @server.tool(annotations=_READS)
    async def ask(
        question: schemas.Text,
        history: schemas.History | None = None,
        doc_ids: schemas.DocIds | None = None,
        lang: schemas.Lang = None,
        on: schemas.Day = None,
    ) -> Annotated[CallToolResult, schemas.Answer]:
        """Answer a question from the policies on file: quotations, each with its provision. A refusal is an answer."""
        turns = [(earlier, "") for earlier in history or ()]
        with _told():
            answer = await service.answer(
                Asked(question=question, turns=turns, doc_ids=doc_ids or (), lang=lang, on=on)
            )
        return _result(markdown(answer), answer_record(answer))

    @server.tool(annotations=_READS)
    async def search(
        question: schemas.Text,
        top: Annotated[int, Field(ge=1, le=100, description="How many provisions.")] = 5,
        doc_ids: schemas.DocIds | None = None,
        on: schemas.Day = None,
    ) -> Annotated[CallToolResult, schemas.Found]:
        """The provisions that come nearest to a question, best first, with their texts."""
        asked = schemas.SearchRequest(question=question, top=top, doc_ids=doc_ids or [], on=on)
        with _told():
            found = await service.search(asked)
        text = "\n\n".join(f"{hit['ref']} {hit['cite']} ({hit['score']:.2f})\n{hit['text']}" for hit in found)
        return _result(text, {"id": "", "question": question, "retrieved": found})

    @server.tool(annotations=_READS)
    async def show(
        ref: Annotated[str, Field(description="A ref as in yichun-cio#7.2, or a document's id (yichun-cio).")],
        on: schemas.Day = None,
    ) -> CallToolResult:
        """A provision in its exact words, or all provisions of a document."""
        with _told():
            record = await service.show(ref, on)
        parts = record.get("provisions") or [record]
        shown = (f"{part['ref']} {' '.join(part['heading'])}\n{part['text']}" for part in parts)
        return _result("\n\n".join(shown), record)

    @server.tool(annotations=_READS)
    async def check(
        text: Annotated[str, Field(description="A draft that cites or quotes the policies.")], lang: schemas.Lang = None
    ) -> Annotated[CallToolResult, schemas.Findings]:
        """Verify every citation, quotation and number in a text against the policies on file."""
        with _told():
            record = await service.check(text, lang or "zh")
        return _result(json.dumps(record, ensure_ascii=False), record)

    return server


def routes(server: MCPServer, path: str) -> Sequence[BaseRoute]:
    """The tools over HTTP, no session between requests; hosts, origins and sizes are the gate's matter."""
    security = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    return server.streamable_http_app(
        streamable_http_path=path, stateless_http=True, json_response=True, transport_security=security
    ).routes


def over_stdio(live: LivePipeline, workers: Workers) -> None:
    """Serve one client over standard input and output, until it leaves."""
    try:
        asyncio.run(tools(Service(live, workers)).run_stdio_async())
    finally:
        workers.close()
