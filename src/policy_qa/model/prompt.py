"""The prompt: one template, checked when it is loaded, so that no placeholder is missing or left unfilled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from policy_qa.errors import PromptError
from policy_qa.model.client import Message
from policy_qa.resources import resource

#: What the template has to hold, part by part, each at least once.
_WANTED = {"system": frozenset({"handle", "sentences"}), "user": frozenset({"provisions", "question"})}
_PART = re.compile(r"^\[(\w+)\]\n", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template with the parts `[system]` and `[user]` and their placeholders in braces.

    Raises PromptError unless each part has exactly the placeholders that are filled.
    """

    system: str
    user: str

    def __post_init__(self) -> None:
        for part, wanted in _WANTED.items():
            text = getattr(self, part)
            found = frozenset(_PLACEHOLDER.findall(text))
            if found != wanted or text.count("{") != text.count("}"):
                raise PromptError(
                    f"prompt template: expected [{part}] to hold {_listed(wanted)}, found {_listed(found)}; correct it"
                )

    @classmethod
    def parse(cls, text: str) -> Prompt:
        """The template of a file."""
        before, *parts = _PART.split(text)
        names = parts[::2]
        if before.strip() or names != list(_WANTED):
            raise PromptError(f"prompt template: expected the parts [system] and [user], found {_listed(names)}")
        return cls(*(part.strip() for part in parts[1::2]))

    @classmethod
    @cache
    def shipped(cls) -> Prompt:
        """The template that comes with the package."""
        return cls.parse(resource("prompt.zh.txt"))

    def messages(
        self, *, provisions: str, question: str, handle: str, sentences: int, earlier: Sequence[tuple[str, str]] = ()
    ) -> list[Message]:
        """What is sent: the rules, earlier questions with what was answered, the provisions and the question."""
        turns = [m for asked, told in earlier for m in (Message("user", asked), Message("assistant", told))]
        values = {"handle": handle, "sentences": str(sentences), "provisions": provisions, "question": question}
        return [Message("system", _filled(self.system, values)), *turns, Message("user", _filled(self.user, values))]


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with its own placeholders filled; braces in what is filled in stay as they are."""
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], template)


def _listed(names: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "none"
