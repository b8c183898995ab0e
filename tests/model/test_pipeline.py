"""The pipeline with a model named in its settings: when it is asked, and what comes of it, down to `ask --json`."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest
from llama_index.core.llms import ChatMessage, MockLLM

from policy_qa.cli.doctor import examine
from policy_qa.doors import formats
from policy_qa.llama import PolicyChatEngine, PolicyQueryEngine
from policy_qa.models import open_reader
from policy_qa.pipeline import Pipeline
from policy_qa.settings import Settings

from .conftest import KEY, model_settings
from .server import Asked, Handler, ScriptedServer, scripted_server

TERM = "宜春学院CIO的任期是几年？"


@pytest.fixture
def writing(pipeline: Pipeline, server: ScriptedServer) -> Pipeline:
    """The same index, with the scripted server as its model."""
    settings = replace(pipeline.settings, llm=model_settings(server))
    return Pipeline(settings, pipeline.index, pipeline.encoder, open_reader(settings.reranker))


def says_the_term(server: ScriptedServer) -> None:
    server.script = lambda asked, handler: [
        f"宜春学院首席信息官任期三年〔{asked.handles[0]}〕。", f"任期为5年〔{asked.handles[0]}〕。",
        f"可连聘连任，连任不超过2届〔{asked.handles[0]}〕。",
    ]  # fmt: skip


def test_an_answer_in_a_models_words(writing: Pipeline, server: ScriptedServer) -> None:
    says_the_term(server)
    answer = writing.ask(TERM)
    assert answer.mode == "model"
    assert answer.answer.split("\n")[1:] == ["宜春学院首席信息官任期三年。[1]", "可连聘连任，连任不超过2届。[2]"]
    assert {c.ref for c in answer.citations} == {"yichun-cio#7.2"}
    text = writing.segmentation("yichun-cio").document.text
    assert all(c.quote == text[c.start : c.end] for c in answer.citations)
    assert answer.timings_ms["total"] >= answer.timings_ms["model"] > 0
    assert any("讨论稿" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    "question",
    [
        "南昌大学CIO由谁担任？",
        "首席信息官的工资是多少？",
        "宜春学院制度第七条规定了什么？",
        "宜春学院第九十九条",
        "Who nominates the CIO?",
    ],
)
def test_no_model_is_asked_what_it_has_no_part_in(
    writing: Pipeline, pipeline: Pipeline, server: ScriptedServer, question: str
) -> None:
    """Refusals, provisions by number, English."""
    answer, plain = writing.ask(question), pipeline.ask(question)
    assert server.asked == []
    assert replace(answer, timings_ms={}) == replace(plain, timings_ms={})


def test_a_follow_up_is_understood_and_the_model_reads_the_turns(writing: Pipeline, server: ScriptedServer) -> None:
    says_the_term(server)
    writing.ask("那任期呢？", ["宜春学院的CIO由谁提名？"], replies=["由学校校长提名推荐。[1]"])
    messages = server.asked[0].body["messages"]
    told = [("user", "宜春学院的CIO由谁提名？"), ("assistant", "由学校校长提名推荐。")]
    assert [(m["role"], m["content"]) for m in messages[1:-1]] == told
    assert "任期3年" in messages[-1]["content"]


def test_extractive_answers_have_their_sentences_too(pipeline: Pipeline) -> None:
    answer = pipeline.ask(TERM)
    record = json.loads(formats.dump(formats.answer_record(answer)))
    assert answer.mode == "extractive"
    assert [(s["text"], s["verdict"], s["ref"], s["quote"], s["differences"]) for s in record["sentences"]] == [
        (c.quote, "verbatim", c.ref, c.quote, []) for c in answer.citations
    ]
    assert "removed" not in record
    assert pipeline.ask("首席信息官的工资是多少？").sentences == ()


def test_the_record_of_what_was_removed(writing: Pipeline, server: ScriptedServer) -> None:
    says_the_term(server)
    record = json.loads(formats.dump(formats.answer_record(writing.ask(TERM))))
    assert record["mode"] == "model"
    assert [(s["text"], s["verdict"], s["n"]) for s in record["sentences"]] == [
        ("宜春学院首席信息官任期三年。", "supported", 1),
        ("可连聘连任，连任不超过2届。", "verbatim", 2),
    ]
    (removed,) = record["removed"]
    assert (removed["text"], removed["verdict"]) == ("任期为5年。", "differs")
    assert {"kind": "duration", "said": "5年", "found": "3年"} in removed["differences"]


# LlamaIndex


def test_the_query_engine_gives_the_same(writing: Pipeline, pipeline: Pipeline, server: ScriptedServer) -> None:
    says_the_term(server)
    response = PolicyQueryEngine(writing).query(TERM)
    assert response.metadata["mode"] == "model"
    assert [n.node.text for n in response.source_nodes] == ["任期3年", "可连聘连任，连任不超过2届"]
    assert [s["verdict"] for s in response.metadata["sentences"]] == ["supported", "verbatim"]
    plain = PolicyQueryEngine(pipeline).query(TERM)
    assert (plain.response, plain.metadata["mode"]) == (pipeline.ask(TERM).answer, "extractive")
    assert asyncio.run(PolicyQueryEngine(pipeline).aquery(TERM)).response == plain.response


def test_a_chat_is_remembered_and_reset(pipeline: Pipeline) -> None:
    engine = PolicyChatEngine(pipeline)
    first = engine.chat("宜春学院的CIO由谁提名？")
    assert first.response == pipeline.ask("宜春学院的CIO由谁提名？").answer
    second = engine.chat("那任期呢？")
    assert "任期3年" in second.response
    assert [n.node.metadata["ref"].partition(".")[0] for n in second.source_nodes] == ["yichun-cio#7"]
    assert [m.role.value for m in engine.chat_history] == ["user", "assistant", "user", "assistant"]
    engine.reset()
    assert engine.chat_history == []
    again = asyncio.run(engine.achat("那任期呢？", [ChatMessage(role="user", content="宜春学院的CIO由谁提名？")]))
    assert "任期3年" in again.response


def test_a_chat_streams_what_is_checked(writing: Pipeline, server: ScriptedServer) -> None:
    says_the_term(server)
    engine = PolicyChatEngine(writing)
    response = engine.stream_chat(TERM)
    deltas = list(response.response_gen)
    assert len(deltas) >= 2
    assert "".join(deltas) == engine.chat_history[-1].content
    assert "5年" not in "".join(deltas)
    assert [n.node.text for n in response.source_nodes] == ["任期3年", "可连聘连任，连任不超过2届"]
    assert str(response) == "".join(deltas)


def test_a_chat_streams_without_a_model_and_in_an_event_loop(pipeline: Pipeline) -> None:
    async def read() -> str:
        response = await PolicyChatEngine(pipeline).astream_chat(TERM)
        return "".join([delta async for delta in response.async_response_gen()])

    plain = pipeline.ask(TERM).answer
    assert asyncio.run(read()) == plain
    assert "".join(PolicyChatEngine(pipeline).stream_chat(TERM).response_gen) == plain


def test_what_was_streamed_before_a_failure_is_followed_by_the_quotations(
    writing: Pipeline, server: ScriptedServer
) -> None:
    def breaks_off(asked: Asked, handler: Handler) -> None:
        handler.begin()
        handler.delta(f"任期三年〔{asked.handles[0]}〕。可")

    server.script = breaks_off
    text = "".join(PolicyChatEngine(writing).stream_chat(TERM).response_gen)
    assert text.index("中途断开") < text.index("正式聘任并公布")


def test_any_llm_can_be_handed_over(pipeline: Pipeline, server: ScriptedServer) -> None:
    response = PolicyQueryEngine(pipeline, llm=MockLLM()).query(TERM)
    # It repeats its prompt: the provisions stand, what was asked of it doesn't.
    assert {s["ref"] for s in response.metadata["sentences"]} <= {"yichun-cio#7", "yichun-cio#7.1", "yichun-cio#7.2"}
    assert response.metadata["removed"] >= 4
    assert server.asked == []


# doctor


@pytest.fixture
def findings(built: Settings, server: ScriptedServer) -> dict[str, tuple[bool, str]]:
    settings = replace(built, llm=model_settings(server))
    return {f.name: (f.ok, f.found) for f in examine(settings)}


def test_doctor_tells_of_the_model(findings: dict[str, tuple[bool, str]]) -> None:
    ok, found = findings["language model"]
    assert ok
    assert "scripted at http://127.0.0.1" in found
    assert KEY not in str(findings)


def test_doctor_tells_what_is_wrong_with_the_model(built: Settings, server: ScriptedServer) -> None:
    other = replace(built, llm=replace(model_settings(server), model="other"))
    with scripted_server() as gone:
        down = replace(built, llm=model_settings(gone))
    for settings, words in ((other, "offers scripted"), (down, "unreachable")):
        (found,) = [f for f in examine(settings) if f.name == "language model"]
        assert not found.ok
        assert words in found.found
        assert KEY not in found.found
    assert not [f for f in examine(built) if f.name == "language model"]
