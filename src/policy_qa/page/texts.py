"""Every word that the pages say, out of `wording.tsv`; the two languages use the same placeholders."""

from __future__ import annotations

from policy_qa.wording import Words

ROOMS = ("ask", "check", "library", "marks", "runs")


class Texts(Words):
    """What all pages say, and what those of each room do; `html_lang` is what the browser is told."""

    def __init__(self, lang: str) -> None:
        super().__init__(lang, "page")
        self.ask, self.check, self.library, self.marks, self.runs = (Words(lang, f"page.{room}") for room in ROOMS)


ZH, EN = Texts("zh"), Texts("en")


def texts_for(lang: str) -> Texts:
    """The texts of `zh` or `en`; anything else gets Chinese."""
    return EN if lang == "en" else ZH
