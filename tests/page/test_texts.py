"""Both languages say the same things."""

import re
from string import Formatter

import pytest

from policy_qa.datamodels import Status
from policy_qa.page.texts import EN, ZH, Said, Texts, _Spoken, texts_for

STRINGS = [name for name, said in vars(Texts).items() if type(said) is Said]


@pytest.mark.parametrize("texts", _Spoken.__subclasses__())
def test_every_text_is_there_in_both_with_the_same_placeholders(texts: type[_Spoken]) -> None:
    for name in [name for name, said in vars(texts).items() if type(said) is Said]:
        zh, en = getattr(texts("zh"), name), getattr(texts("en"), name)
        assert zh.strip()
        assert en.strip()
        assert _placeholders(zh) == _placeholders(en), name


@pytest.mark.parametrize("name", [n for n in STRINGS if n != "switch_language"])
def test_english_is_english(name: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff]", getattr(EN, name))


def test_every_standing_has_a_name_in_both() -> None:
    for texts in (ZH, EN):
        assert [status for status in Status if not texts.status(status)] == [Status.UNKNOWN]


def test_languages_are_told_apart() -> None:
    assert texts_for("en") is EN
    assert texts_for("zh") is ZH
    assert ZH.html_lang != EN.html_lang


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
