"""One scripted server for all tests of the language-model path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from policy_qa.model_settings import ModelSettings

from .server import ScriptedServer, scripted_server

KEY = "sk-not-to-be-seen-0123456789"


@pytest.fixture(scope="session")
def running_server() -> Iterator[ScriptedServer]:
    with scripted_server() as server:
        yield server


@pytest.fixture
def server(running_server: ScriptedServer) -> ScriptedServer:
    """The server with nothing left of the test before."""
    running_server.asked.clear()
    running_server.go_on.clear()
    running_server.left.clear()
    running_server.says("好的。")
    return running_server


def model_settings(server: ScriptedServer, **changes: object) -> ModelSettings:
    """Settings for the scripted server, with short limits."""
    values = {"first_token_timeout": 5.0, "token_timeout": 5.0, "timeout": 10.0, "key": KEY, **changes}
    return ModelSettings(url=server.url, model="scripted", **values)  # type: ignore[arg-type]
