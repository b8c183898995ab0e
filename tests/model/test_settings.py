"""A language model is off unless it is named; the environment wins over the file; what is wrong ends in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_qa.errors import UsageError
from policy_qa.model_settings import ModelSettings
from policy_qa.settings import Settings

from .conftest import KEY

FILE = """[llm]
url = "http://127.0.0.1:11434/v1"
model = "qwen2.5:7b"
key = "from-the-file"
temperature = 0.2
context = 8192
"""


def read(home: Path, **environ: str) -> ModelSettings | None:
    return ModelSettings.read(home, {f"POLICY_QA_LLM_{name}": value for name, value in environ.items()})


def test_off_by_default(tmp_path: Path) -> None:
    assert Settings.from_env({"POLICY_QA_HOME": str(tmp_path)}).llm is None


def test_everything_from_the_environment(tmp_path: Path) -> None:
    limits = {"TIMEOUT": "90", "FIRST_TOKEN_TIMEOUT": "20.5", "TOKEN_TIMEOUT": "3"}
    sizes = {"CONTEXT": "32000", "MAX_TOKENS": "1000", "MEMORY": "2000"}
    named = {"URL": "http://10.0.0.5:8000/v1/", "MODEL": "m", "KEY": KEY, "TEMPERATURE": "0.5"}
    settings = read(tmp_path, **named, **limits, **sizes)
    assert settings == ModelSettings(
        url="http://10.0.0.5:8000/v1", model="m", key=KEY, timeout=90, first_token_timeout=20.5, token_timeout=3,
        temperature=0.5, context=32000, max_tokens=1000, memory=2000,
    )  # fmt: skip


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "policy_qa.toml").write_text(FILE, "utf-8")
    plain = Settings.from_env({"POLICY_QA_HOME": str(tmp_path)}).llm
    assert plain is not None
    assert (plain.model, plain.key, plain.temperature, plain.context) == ("qwen2.5:7b", "from-the-file", 0.2, 8192)
    other = read(tmp_path, MODEL="other", TEMPERATURE="")
    assert other is not None
    assert (other.model, other.temperature) == ("other", 0.2)
    assert read(tmp_path, URL="off") is None


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        ("https://api.deepseek.com/", "https://api.deepseek.com/v1"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
        ("http://h:1/v1/chat/completions", "http://h:1/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
    ],
)
def test_addresses_as_people_have_them(tmp_path: Path, given: str, url: str) -> None:
    settings = read(tmp_path, URL=given, MODEL="m")
    assert settings is not None
    assert settings.url == url


@pytest.mark.parametrize(("url", "local"), [("http://localhost:1/v1", True), ("http://10.1.2.3/v1", False)])
def test_this_machine_is_known(tmp_path: Path, url: str, local: bool) -> None:
    settings = read(tmp_path, URL=url, MODEL="m")
    assert settings is not None
    assert settings.is_local is local


WRONG = [
    ({"MODEL": "m"}, r"POLICY_QA_LLM_MODEL: expected a server beside it"),
    ({"URL": "http://h/v1"}, r"POLICY_QA_LLM_URL: expected a model beside it"),
    ({"URL": "127.0.0.1:8000", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected the address"),
    ({"URL": "ftp://h/v1", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected the address"),
    ({"URL": "http://h:99999/v1", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected the address"),
    ({"URL": "http://[::1/v1", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected the address"),
    ({"URL": "http://me:secret-word@h/v1", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected an address alone"),
    ({"URL": "http://h/v1?api_key=secret-word", "MODEL": "m"}, r"POLICY_QA_LLM_URL: expected an address alone"),
    ({"URL": "http://h/v1", "MODEL": "m", "KEY": "secret-word\n二"}, r"POLICY_QA_LLM_KEY: expected a key"),
    ({"URL": "http://h/v1", "MODEL": "m", "TIMEOUT": "soon"}, r"POLICY_QA_LLM_TIMEOUT: expected a number"),
    ({"URL": "http://h/v1", "MODEL": "m", "TIMEOUT": "nan"}, r"POLICY_QA_LLM_TIMEOUT: expected a number"),
    ({"URL": "http://h/v1", "MODEL": "m", "TEMPERATURE": "3"}, r"POLICY_QA_LLM_TEMPERATURE: .* from 0 to 2, found '3'"),
    ({"URL": "http://h/v1", "MODEL": "m", "CONTEXT": "4096.5"}, r"POLICY_QA_LLM_CONTEXT: expected a whole number"),
    ({"URL": "http://h/v1", "MODEL": "m", "CONTEXT": "2000"}, r"POLICY_QA_LLM_CONTEXT: expected max_tokens, memory"),
]


@pytest.mark.parametrize(("environ", "line"), WRONG, ids=range(len(WRONG)))
def test_what_is_wrong_ends_in_one_line(tmp_path: Path, environ: dict[str, str], line: str) -> None:
    with pytest.raises(UsageError, match=line) as caught:
        read(tmp_path, **environ)
    assert "\n" not in str(caught.value)
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[llm\n", "expected TOML"),
        ("[llm]\nurl = 7\nmodel = 'm'\n", r"\[llm\] url: expected the address"),
        ("[llm]\nurl = 'http://h'\nmodel = 'm'\ntimeout = true\n", r"\[llm\] timeout: expected a number"),
        ("[llm]\nurll = 'http://h'\n", "found 'urll'"),
        ("llm = 3\n", "to be a table"),
        ("[index]\na = 1\n", "found 'index'"),
    ],
)
def test_a_file_that_is_wrong_ends_in_one_line(tmp_path: Path, text: str, line: str) -> None:
    (tmp_path / "policy_qa.toml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=line) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)
    assert "policy_qa.toml" in str(caught.value)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "policy_qa.toml").write_bytes(b"\xff\xfe[llm]")
    with pytest.raises(UsageError, match="UTF-8"):
        read(tmp_path)


def test_the_key_is_in_no_representation() -> None:
    settings = Settings(home=Path(), corpus=Path(), llm=ModelSettings(url="http://h/v1", model="m", key=KEY))
    assert KEY not in repr(settings)
