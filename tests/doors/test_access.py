"""Who may ask: with keys, from this computer, from elsewhere; what is counted of it; and Gradio's own client."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import openai
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from page.conftest import served
from policy_qa.errors import UsageError
from policy_qa.page.gate import fault_of_key
from policy_qa.page.live import LivePipeline
from policy_qa.page.metrics import Metrics, door_of
from policy_qa.pipeline import Pipeline
from policy_qa.serve import create_app
from policy_qa.settings import Settings

TERM = "宜春学院CIO的任期是几年？"
KEYS = ("0123456789abcdef", "fedcba9876543210")


@pytest.fixture(scope="module")
def locked(built: Settings, pipeline: Pipeline) -> Iterator[str]:
    with served(create_app(replace(built, api_keys=KEYS), LivePipeline(lambda: pipeline, lambda: 1))) as address:
        yield address.rstrip("/")


@pytest.mark.parametrize("path", ["/api/documents", "/v1/models", "/mcp", "/metrics"])
@pytest.mark.parametrize("sent", [{}, {"authorization": "Bearer 0123456789abcdeX"}, {"authorization": KEYS[0]}])
def test_without_the_key_no_door_opens(locked: str, path: str, sent: dict[str, str]) -> None:
    found = httpx.get(locked + path, headers=sent)
    assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")
    assert "Authorization: Bearer" in found.json()["error"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("path", ["/api/documents", "/v1/models", "/metrics"])
def test_each_key_opens_every_door(locked: str, path: str, key: str) -> None:
    assert httpx.get(locked + path, headers={"authorization": f"bearer {key}"}).status_code == 200


@pytest.mark.parametrize("path", ["/", "/healthz", "/check", "/openapi.json"])
def test_people_need_no_key(locked: str, path: str) -> None:
    assert httpx.get(locked + path).status_code == 200


def test_the_key_of_a_client_is_its_api_key(locked: str) -> None:
    with openai.OpenAI(base_url=f"{locked}/v1", api_key=KEYS[1], max_retries=0) as client:
        assert client.models.list().data
    with (
        openai.OpenAI(base_url=f"{locked}/v1", api_key="none", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="POLICY_QA_API_KEYS"),
    ):
        client.models.list()


@pytest.mark.parametrize(
    ("client", "host", "forwarded", "open_"),
    [
        ("127.0.0.1", "127.0.0.1:7860", "", True),
        ("127.0.0.1", "localhost", "", True),
        ("::1", "[::1]:7860", "", True),
        ("192.0.2.7", "127.0.0.1:7860", "", False),
        ("127.0.0.1", "qa.school.example", "", False),
        ("127.0.0.1", "127.0.0.1:7860", "x-forwarded-for", False),
        ("127.0.0.1", "127.0.0.1:7860", "forwarded", False),
        ("127.0.0.1", "", "", False),
    ],
)
def test_without_keys_only_this_computer_may_ask(client: str, host: str, forwarded: str, open_: bool) -> None:
    headers = [(b"host", host.encode()), *([(forwarded.encode(), b"192.0.2.7")] if forwarded else [])]
    scope = {"type": "http", "client": (client, 5), "headers": headers}
    assert (fault_of_key(scope, ()) == "") == open_


def test_keys_are_read_and_never_shown() -> None:
    settings = Settings.from_env({"POLICY_QA_API_KEYS": f" {KEYS[0]}, {KEYS[1]},"})
    assert settings.api_keys == KEYS
    assert KEYS[0] not in repr(settings)
    with pytest.raises(UsageError, match="number 2 is none") as caught:
        Settings.from_env({"POLICY_QA_API_KEYS": f"{KEYS[0]},short"})
    assert "short" not in str(caught.value)


def figures(text: str) -> dict[str, float]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r'policy_qa_\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+', line) for line in lines)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_was_asked_is_counted(address: str) -> None:
    before = figures(httpx.get(f"{address}/metrics").text)
    for question in (TERM, "食堂几点开门？", "？"):
        httpx.post(f"{address}/api/ask", json={"question": question}, timeout=60)
    reply = httpx.get(f"{address}/metrics")
    after = figures(reply.text)
    assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    for name in (
        'requests_total{door="/api/ask",status="200"} 2',
        'requests_total{door="/api/ask",status="400"} 1',
        'answers_total{outcome="answered"} 1',
        'answers_total{outcome="refused"} 1',
        'answers_total{outcome="failed"} 1',
        'answer_seconds_bucket{le="+Inf"} 3',
        "answer_seconds_count 3",
    ):
        name, _, value = name.rpartition(" ")
        assert grown[f"policy_qa_{name}"] == float(value), name
    assert (after["policy_qa_up"], after["policy_qa_documents"]) == (1, 4)


def test_seconds_fall_into_buckets() -> None:
    metrics = Metrics()
    for seconds in (0.05, 0.06, 40):
        metrics.answered("answered", seconds)
    found = figures(metrics.text({}))
    buckets = [found[f'policy_qa_answer_seconds_bucket{{le="{bound}"}}'] for bound in ("0.05", "0.1", "30.0", "+Inf")]
    assert buckets == [1, 2, 2, 3]
    assert found["policy_qa_answer_seconds_sum"] == pytest.approx(40.11)


@pytest.mark.parametrize(
    ("path", "door"),
    [
        ("/api/ask", "/api/ask"),
        ("/api/provisions/yichun-cio#7", "/api/provisions"),
        ("/api/nix", "page"),
        ("/checked", "page"),
        ("/gradio_api/queue/join", "/gradio_api"),
        ("/", "page"),
    ],
)
def test_labels_are_few(path: str, door: str) -> None:
    assert door_of(path) == door


def test_gradios_client_asks(address: str) -> None:
    client = Client(address, verbose=False)
    try:
        found = client.predict(TERM, api_name="/ask")
        assert found["citations"][0]["ref"] == "yichun-cio#7.2"
        follow_up = client.predict(question="可以连任吗？", history=[TERM], api_name="/ask")
        assert follow_up["scope"] == {"doc_ids": ["yichun-cio"], "from": "history"}
        with pytest.raises(AppError, match="found no words"):
            client.predict("？", api_name="/ask")
        with pytest.raises(AppError, match="history"):
            client.predict(question=TERM, history=5, api_name="/ask")
    finally:
        client.close()
