"""`/v1` asked by OpenAI's own client; and an answer as Markdown that holds nothing but text."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel

from policy_qa.datamodels import Citation, Line
from policy_qa.doors import schemas
from policy_qa.doors.markdown import escaped, markdown
from samples import answering

TERM = "宜春学院CIO的任期是几年？"


@pytest.fixture
def client(address: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=60) as client:
        yield client


def beside(found: BaseModel) -> Any:
    """What stands beside the protocol's own fields."""
    return (found.model_extra or {})["policy_qa"]


def test_a_completion_is_the_answer_with_its_citations(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(model="policy-qa", messages=[{"role": "user", "content": TERM}])
    text = found.choices[0].message.content or ""
    assert "任期3年" in text
    assert "[1] 《宜春学院首席信息官（CIO）制度（讨论稿）》第七条第二项 `yichun-cio#7.2`" in text
    answer = schemas.Answer.model_validate(beside(found))
    assert answer.citations[0].ref == "yichun-cio#7.2"
    assert found.choices[0].finish_reason == "stop"


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    messages: list[ChatCompletionMessageParam] = [{"role": "user", "content": [{"type": "text", "text": TERM}]}]
    whole = client.chat.completions.create(model="policy-qa", messages=messages)
    pieces = list(client.chat.completions.create(model="policy-qa", messages=messages, stream=True))
    assert "".join(p.choices[0].delta.content or "" for p in pieces) == whole.choices[0].message.content
    assert pieces[-1].choices[0].finish_reason == "stop"
    assert beside(pieces[-1])["citations"] == beside(whole)["citations"]


def test_a_follow_up_is_understood_by_the_messages_before(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model="policy-qa",
        messages=[
            {"role": "system", "content": "你是助手"},
            {"role": "user", "content": TERM},
            {"role": "assistant", "content": "3年。"},
            {"role": "user", "content": "可以连任吗？"},
        ],
    )
    assert beside(found)["scope"] == {"doc_ids": ["yichun-cio"], "from": "history"}


def test_documents_can_be_chosen(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model="policy-qa",
        messages=[{"role": "user", "content": "怎么考核？"}],
        extra_body={"doc_ids": ["helan-cio"]},
    )
    assert beside(found)["scope"]["from"] == "filter"


def test_the_model_is_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["policy-qa"]
    assert client.models.retrieve("policy-qa").id == "policy-qa"


@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_the_protocols_own(client: openai.OpenAI, stream: bool) -> None:
    with pytest.raises(openai.BadRequestError, match="found no words"):
        client.chat.completions.create(model="policy-qa", messages=[{"role": "user", "content": "？"}], stream=stream)
    with pytest.raises(openai.BadRequestError, match="expected the user's question"):
        client.chat.completions.create(
            model="policy-qa", messages=[{"role": "assistant", "content": "3年"}], stream=stream
        )
    with pytest.raises(openai.NotFoundError, match="expected policy-qa, found 'gpt-4o'"):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": TERM}], stream=stream)


def test_what_is_not_there_is_said(address: str) -> None:
    found = httpx.post(f"{address}/v1/embeddings", json={})
    assert found.status_code == 404
    assert "POST /v1/chat/completions" in found.json()["error"]["message"]


def test_curl_reads_a_completion_grow(address: str) -> None:
    curl = shutil.which("curl")
    assert curl
    sent = f'{{"messages": [{{"role": "user", "content": "{TERM}"}}], "stream": true}}'
    command = [curl, "-sN", "-H", "content-type: application/json", "-d", sent, f"{address}/v1/chat/completions"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True, encoding="utf-8").stdout.split("\n\n")
    assert lines[0].startswith('data: {"id": "chatcmpl-')
    assert lines[-2:] == ["data: [DONE]", ""]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://evil.example/m.png)", r"\!\[x\](http://evil.example/m.png)"),
        ("<img src=x>&amp;", r"\<img src=x\>\&amp;"),
        ("# 标题\n* 列表\n- 项\n1. 条", "\\# 标题  \n\\* 列表  \n\\- 项  \n1\\. 条"),
        ("a_b_c `x` ~~y~~ |", r"a\_b\_c \`x\` \~\~y\~\~ \|"),
        ("2022年3月，第七条", "2022年3月，第七条"),
    ],
)
def test_words_are_never_markup(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_marks_lead_to_citations_and_notices_stand_below() -> None:
    citation = Citation(n=1, ref="a#1", cite="《甲》第一条", quote="[2]", start=0, end=3)
    answer = answering(Line(text="[2]", marks=(1,)), question="问", citations=(citation,), notices=("讨论稿",))
    assert markdown(answer) == "\\[2\\][1]\n\n[1] 《甲》第一条 `a#1`\n\n> ※ 讨论稿"
