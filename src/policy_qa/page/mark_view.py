"""What people have said of a provision, wherever it is named: beside a citation, and over its text."""

from __future__ import annotations

from policy_qa.page.library import Library
from policy_qa.page.texts import Texts


def render_mark(ref: str, texts: Texts, library: Library | None) -> str:
    """The mark of a provision as HTML; nothing where it has none."""
    return ""
