"""What the program says is there in both languages, and nothing is there that nobody says."""

import re

import pytest

from policy_qa.check.findings import FindingKind, What
from policy_qa.diff.model import ChangeKind
from policy_qa.lint.findings import Check
from policy_qa.model.client import Reason
from policy_qa.tuning.trainer import Ended
from policy_qa.wording import Words, said
from samples import ROOT

PACKAGE = ROOT / "src" / "policy_qa"
NAMES = [line.split("\t")[0] for line in (PACKAGE / "wording.tsv").read_text("utf-8").split("\n")[1:-1]]
#: Room -> where its names are written.
SPOKEN_IN = {
    "answer": "answer", "dialogue": "dialogue", "lint": "lint", "diff": "diff", "check": "check",
    "model": "model", "tune": "cli", "evaluation.faults": ".",
}  # fmt: skip
#: What is said for the values of an enumeration.
VALUES = {
    *((f"lint.{check}") for check in Check),
    *((f"check.{one}") for kinds in (FindingKind, What) for one in kinds),
    *((f"model.{reason}") for reason in Reason),
    *("model.differs", "model.unverifiable"),
    *("dialogue.greet", "dialogue.thanks", "dialogue.help"),  # labels of the weights
}


def test_no_line_stands_twice() -> None:
    assert sorted({*NAMES}) == sorted(NAMES)


def test_every_line_has_both_languages() -> None:
    # In English the finding says less: where the words stand follows from the rest.
    lines = [line.split("\t") for line in (PACKAGE / "wording.tsv").read_text("utf-8").split("\n")[:-1]]
    assert {len(line) for line in lines} == {3}
    assert {name for name, *texts in lines if not all(texts)} == {"check.not_there", "check.elsewhere"}


@pytest.mark.parametrize("room", SPOKEN_IN)
def test_each_line_of_a_room_is_said_in_it(room: str) -> None:
    written = "".join(path.read_text("utf-8") for path in (PACKAGE / SPOKEN_IN[room]).rglob("*.py"))
    own = [name.rpartition(".")[2] for name in NAMES if name.rpartition(".")[0] == room and name not in VALUES]
    assert own
    # Some names are put together: no_number of number, refused_unknown of refused.
    whole = {*re.findall(r"[\"']([\w ]+)[\"']", written), *re.findall(r"[\"{}](\w+?)_?[\"{}]", written)}
    assert [n for n in own if n not in whole and not {n.partition("_")[0], n.rpartition("_")[2]} <= whole] == []


@pytest.mark.parametrize(
    ("room", "values"), [("diff.kind", ChangeKind), ("check.kind", FindingKind), ("tune.ended", Ended)]
)
def test_every_value_has_a_name(room: str, values: type[ChangeKind | FindingKind | Ended]) -> None:
    assert set(said(room)["zh"]) == set(said(room)["en"]) == {one.value for one in values}


def test_a_name_that_is_not_there_is_told() -> None:
    words = Words("en", "page.check")
    assert words.link == "Check a draft"
    assert (words.of("nothing", "such"), words.named("nobody")) == ("such", {})
    with pytest.raises(AttributeError, match=r"wording\.tsv: expected a line page\.check\.nothing, found none"):
        assert words.nothing
