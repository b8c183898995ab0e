"""Settings come from the environment, once, and name what is wrong with it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from policy_qa.errors import UsageError
from policy_qa.settings import DEFAULT_MODEL, Proxy, Settings
from samples import ROOT


def test_without_an_environment_the_checkout_holds_everything() -> None:
    settings = Settings.from_env({})
    assert (settings.home, settings.corpus) == (ROOT, ROOT / "corpus")
    assert (settings.model, settings.lang, settings.host, settings.port) == (DEFAULT_MODEL, "zh", "127.0.0.1", 7860)


def test_home_moves_all_state(tmp_path: Path) -> None:
    settings = Settings.from_env({"POLICY_QA_HOME": str(tmp_path)})
    assert {settings.index_dir.parent, settings.models_dir.parent, settings.cache_dir.parent} == {tmp_path}
    assert list(tmp_path.iterdir()) == []


def test_everything_can_be_set(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "POLICY_QA_HOME": str(tmp_path / "h"),
            "POLICY_QA_CORPUS": str(tmp_path / "c"),
            "POLICY_QA_MODEL": "BAAI/bge-small-zh-v1.5",
            "POLICY_QA_RERANKER": "BAAI/bge-reranker-v2-m3",
            "POLICY_QA_LANG": "EN_us",
            "POLICY_QA_HOST": "0.0.0.0",  # noqa: S104 - nothing is bound
            "POLICY_QA_PORT": "0",
        }
    )
    assert settings == Settings(
        home=tmp_path / "h",
        corpus=tmp_path / "c",
        model="BAAI/bge-small-zh-v1.5",
        reranker="BAAI/bge-reranker-v2-m3",
        lang="en",
        host="0.0.0.0",  # noqa: S104 - compared with, not bound
        port=0,
    )


def test_relative_folders_and_the_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "me"))
    settings = Settings.from_env({"POLICY_QA_HOME": "~/state", "POLICY_QA_CORPUS": "rules"})
    assert (settings.home, settings.corpus) == (tmp_path / "me" / "state", tmp_path / "rules")


def test_empty_means_not_set() -> None:
    names = ("HOME", "CORPUS", "MODEL", "RERANKER", "LANG", "HOST", "PORT")
    assert Settings.from_env({f"POLICY_QA_{name}": "" for name in names}) == Settings.from_env({})


@pytest.mark.parametrize("port", ["x", "-1", "65536", "７８６０", "80 "])
def test_a_port_that_is_none(port: str) -> None:
    with pytest.raises(UsageError, match=r"POLICY_QA_PORT: expected a number from 0 to 65535, found"):
        Settings.from_env({"POLICY_QA_PORT": port})


def test_a_language_that_is_none() -> None:
    with pytest.raises(UsageError, match=r"POLICY_QA_LANG: expected zh or en, found 'fr'"):
        Settings.from_env({"POLICY_QA_LANG": "fr"})


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings.from_env({}).port = 1  # type: ignore[misc]  # that is what is tested


@pytest.mark.parametrize(("value", "threshold"), [("0", 0.0), ("1", 1.0), ("0.6", 0.6), (".75", 0.75), ("", None)])
def test_a_threshold(value: str, threshold: float | None) -> None:
    assert Settings.from_env({"POLICY_QA_THRESHOLD": value}).threshold == threshold


@pytest.mark.parametrize("value", ["x", "-0.1", "1.1", "60", "nan", "０.5", "1e-1"])
def test_a_threshold_that_is_none(value: str) -> None:
    with pytest.raises(UsageError, match=r"POLICY_QA_THRESHOLD: expected a number from 0 to 1, such as 0.6, found"):
        Settings.from_env({"POLICY_QA_THRESHOLD": value})


def test_allowed_hosts_are_names_and_addresses() -> None:
    given = " QA.School.example. , 10.1.2.3，[::1],政策.example,"
    settings = Settings.from_env({"POLICY_QA_ALLOWED_HOSTS": given})
    assert settings.allowed_hosts == ("qa.school.example", "10.1.2.3", "::1", "xn--5bvr50c.example")
    assert Settings.from_env({}).allowed_hosts == ()


@pytest.mark.parametrize(
    "given", ["http://qa.example", "qa.example:80", "*.example", "a b", "a..b", "x" * 70 + ".example"]
)
def test_what_is_no_host_is_named(given: str) -> None:
    with pytest.raises(UsageError, match="POLICY_QA_ALLOWED_HOSTS: expected host names") as caught:
        Settings.from_env({"POLICY_QA_ALLOWED_HOSTS": f"good.example,{given}"})
    assert "\n" not in str(caught.value)


def test_what_stands_before_it() -> None:
    given = {
        "POLICY_QA_ROOT_PATH": " /policy/qa/ ",
        "POLICY_QA_FRAME_ANCESTORS": "https://portal.school.edu.cn，https://*.school.edu.cn http://10.1.2.3:8080",
        "POLICY_QA_USER_HEADER": "X-Remote-User",
        "POLICY_QA_OPEN": "yes-anyone-may-ask",
    }
    settings = Settings.from_env(given)
    ancestors = ("https://portal.school.edu.cn", "https://*.school.edu.cn", "http://10.1.2.3:8080")
    assert settings.proxy == Proxy(root="/policy/qa", ancestors=ancestors, user_header="x-remote-user")
    assert settings.open_to_all
    assert (Settings.from_env({}).proxy, Settings.from_env({}).open_to_all) == (Proxy(), False)
    assert Settings.from_env({"POLICY_QA_ROOT_PATH": "/"}).proxy.root == ""


@pytest.mark.parametrize(
    ("name", "given"),
    [
        *(
            ("ROOT_PATH", path)
            for path in ("policy", "//evil.example", "/a/../b", "/a b", "/a?b", "http://a.example/b")
        ),
        *(
            ("FRAME_ANCESTORS", origin)
            for origin in ("*", "portal.example", "https://a.example/x", "https://a; script-src")
        ),
        *(("USER_HEADER", header) for header in ("x remote", "x:y", "用户", "x")),
        *(("OPEN", said) for said in ("1", "yes", "true", "YES-anyone-may-ask")),
    ],
)
def test_what_stands_before_it_is_named_where_it_is_none(name: str, given: str) -> None:
    with pytest.raises(UsageError, match=f"POLICY_QA_{name}: expected ") as told:
        Settings.from_env({f"POLICY_QA_{name}": given})
    assert "\n" not in str(told.value)
