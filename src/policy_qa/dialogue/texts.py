"""What a reply says that quotes nothing, in Chinese and English."""

from __future__ import annotations

from policy_qa.wording import said


def say(lang: str, key: str, **values: str) -> str:
    """A line in a language, `zh` or `en`."""
    return said("dialogue")[lang][key].format(**values)
