"""Every word that the page itself says, in both languages.

Placeholders in braces are filled with `str.format`; the two languages use the same ones.
"""

from __future__ import annotations

from policy_qa.page.texts_en import EN
from policy_qa.page.texts_zh import ZH
from policy_qa.page.wording import Texts

__all__ = ["EN", "ZH", "Texts", "texts_for"]


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
