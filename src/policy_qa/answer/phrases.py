"""What an answer's frame says, in Chinese and English. Quotations are never translated."""

from __future__ import annotations

from policy_qa.wording import said

#: Name of a kind of value -> what it is called, by language.
KINDS = said("answer.kind")


def say(lang: str, key: str, **values: str) -> str:
    """A line of the frame in a language, `zh` or `en`."""
    return said("answer")[lang][key].format(**values)
