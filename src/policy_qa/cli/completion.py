"""`policy-qa completion SHELL`: commands and options at the Tab key, made from the parser."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Mapping

SHELLS = ("bash", "zsh", "fish")
_BASH = """_policy_qa() {{
    local words={commands}
    if [ "$COMP_CWORD" -gt 1 ]; then
        case "${{COMP_WORDS[1]}}" in
{cases}
            *) words= ;;
        esac
    fi
    COMPREPLY=($(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}"))
}}
complete -o default -F _policy_qa policy-qa"""


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """What a shell reads to complete; one of `SHELLS`."""
    (commands,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    options = {name: dict(_options(each)) for name, each in commands.choices.items()}
    if shell == "fish":
        told = {action.dest: action.help or "" for action in commands._choices_actions}
        return "\n".join(_fish(told, options))
    cases = "\n".join(f"            {name}) words={shlex.quote(' '.join(o))} ;;" for name, o in options.items())
    bash = _BASH.format(commands=shlex.quote(" ".join(options)), cases=cases)
    return f"autoload -U +X bashcompinit && bashcompinit\n{bash}" if shell == "zsh" else bash


def _options(command: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in command._actions:
        for name in action.option_strings:
            if name.startswith("--"):
                yield name, action.help or ""


def _fish(told: Mapping[str, str], options: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for name, words in told.items():
        yield f"complete -c policy-qa -n __fish_use_subcommand -a {name} -d {shlex.quote(words)}"
    for name, each in options.items():
        for option, words in each.items():
            seen = f"'__fish_seen_subcommand_from {name}'"
            yield f"complete -c policy-qa -n {seen} -l {option[2:]} -d {shlex.quote(words)}"
