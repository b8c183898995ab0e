"""The tools asked by the official MCP client, over HTTP and as a process on standard input and output."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult

from policy_qa.doors import schemas
from policy_qa.settings import Settings
from samples import ROOT

TERM = "宜春学院CIO的任期是几年？"
DRAFT = "根据《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项，任期4年。"


def call(server: Any, *calls: tuple[str, dict[str, Any]]) -> list[CallToolResult]:
    async def talk() -> list[Any]:
        async with Client(server) as client:
            return [await client.call_tool(name, given) for name, given in calls]

    return asyncio.run(talk())


def text_of(result: CallToolResult) -> str:
    (content,) = result.content
    return str(getattr(content, "text", ""))


def test_the_tools_are_four_that_only_read(address: str) -> None:
    async def listed() -> Any:
        async with Client(f"{address}/mcp") as client:
            return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in asyncio.run(listed())}
    assert set(tools) == {"ask", "search", "show", "check"}
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    assert tools["ask"].input_schema["required"] == ["question"]
    assert "citations" in tools["ask"].output_schema["properties"]


def test_an_answer_is_text_for_a_model_and_an_object_for_a_program(address: str) -> None:
    asked, searched, shown, whole, checked = call(
        f"{address}/mcp",
        ("ask", {"question": "可以连任吗？", "history": [TERM]}),
        ("search", {"question": TERM, "top": 2}),
        ("show", {"ref": "yichun-cio#7.2"}),
        ("show", {"ref": "helan-cio"}),
        ("check", {"text": DRAFT, "lang": "en"}),
    )
    answer = schemas.Answer.model_validate(asked.structured_content)
    assert answer.scope.origin == "history"
    assert "第七条第二项 `yichun-cio#7.2`" in text_of(asked)
    assert searched.structured_content
    assert searched.structured_content["retrieved"][0]["ref"] == "yichun-cio#7"
    assert "任期3年" in text_of(shown)
    assert whole.structured_content
    assert len(whole.structured_content["provisions"]) > 20
    assert checked.structured_content
    assert checked.structured_content["errors"] == 1


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("ask", {"question": "？"}, "found no words"),
        ("ask", {"question": "任期", "doc_ids": ["nix"]}, "nix: expected a document"),
        ("show", {"ref": "yichun-cio#99"}, "yichun-cio#99: expected a provision"),
        ("search", {"question": "任期", "top": 0}, "top"),
        ("check", {"text": ""}, ""),
    ],
)
def test_what_can_be_mended_is_said(address: str, name: str, given: dict[str, Any], said: str) -> None:
    (result,) = call(f"{address}/mcp", (name, given))
    assert result.is_error
    assert said in text_of(result)


def test_a_foreign_page_gets_nothing(address: str) -> None:
    found = httpx.post(f"{address}/mcp", json={}, headers={"origin": "http://evil.example"})
    assert found.status_code == 403


def test_the_same_as_a_process(built: Settings) -> None:
    env = {**os.environ, "POLICY_QA_HOME": str(built.home), "PYTHONPATH": str(ROOT / "src")}
    server = StdioServerParameters(command=sys.executable, args=["-m", "policy_qa", "mcp"], env=env)
    asked, checked = call(server, ("ask", {"question": TERM}), ("check", {"text": DRAFT}))
    assert asked.structured_content
    assert asked.structured_content["citations"][0]["ref"] == "yichun-cio#7.2"
    assert checked.structured_content
    assert checked.structured_content["errors"] == 1
