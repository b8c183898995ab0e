"""The unit and the compose file: commands that parse, settings that there are, a port on this computer alone."""

from __future__ import annotations

import re
import shlex

import yaml

from policy_qa.cli.main import parser
from policy_qa.serve import check_reach
from policy_qa.settings import Settings
from samples import ROOT

UNIT = (ROOT / "deploy" / "policy-qa.service").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
README = (ROOT / "README.md").read_text("utf-8")


def test_what_the_unit_starts_is_there() -> None:
    started = [
        shlex.split(line.removeprefix("-")) for line in re.findall(r"^ExecStart(?:Pre)?=(.+)$", UNIT, re.MULTILINE)
    ]
    assert [parser().parse_args(words[1:]).command for words in started] == ["build", "serve"]
    pairs = re.findall(r"(POLICY_QA_\w+)=(\S+)", UNIT)
    check_reach(Settings.from_env(dict(pairs)))
    assert dict(pairs)["POLICY_QA_HOME"].endswith(re.findall(r"StateDirectory=(\S+)", UNIT)[0])


def test_the_compose_file_sets_what_there_is() -> None:
    (service,) = COMPOSE["services"].values()
    assert service["ports"] == ["127.0.0.1:7860:7860"]
    assert all(f"`{name}`" in README for name in service["environment"])
    mounted = {volume.split(":")[1] for volume in service["volumes"]}
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert all(f"={folder} " in dockerfile for folder in mounted)
