"""A run as people read it: figures with intervals, plots, misses by kind; at the page, and as a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from policy_qa.evaluation.rows import ERRORS, Row
from policy_qa.evaluation.summary import Change, Mean, Miss, by, means, miss_of
from policy_qa.page.frame import environment, style
from policy_qa.page.library import Place
from policy_qa.page.texts import Texts

#: What a line of the table by category has room for.
IN_BRIEF = ("hit@1", "recall@10", "citation_precision", "citation_recall", "facts", "refusal", "false_refusal")
#: Misses of one kind that are shown; the rows hold all.
SHOWN = 100
_EXCERPT = 90
PlaceOf = Callable[[str], Place | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """A provision that was wanted, found or cited: how people call it and how it begins, empty where it is not on file.

    `right` tells that it is one of those that had to be cited.
    """

    ref: str
    cite: str
    text: str
    right: bool

    @property
    def doc_id(self) -> str:
        """The document that it stands in."""
        return self.ref.partition("#")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Missed:
    """A question that was not answered perfectly: what was wanted beside what was found and cited."""

    row: Row
    wanted: Sequence[Named]
    retrieved: Sequence[Named]
    cited: Sequence[Named]


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """The rows of one category or subject: how many, and their figures."""

    name: str
    count: int
    means: Mapping[str, Mean]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunView:
    """All that is shown of some rows. `misses` holds `SHOWN` of a kind at most, `counts` how many there are."""

    count: int
    means: Mapping[str, Mean]
    parts: Mapping[str, Sequence[Part]]
    misses: Mapping[Miss, Sequence[Missed]]
    counts: Mapping[Miss, int]
    bad_quotes: int
    median: float


def view_of(rows: Sequence[Row], place_of: PlaceOf) -> RunView:
    """What is shown of some rows, one at least; `place_of` tells where a ref stands now."""
    found: dict[Miss, list[Row]] = {miss: [] for miss in Miss}
    for row in rows:
        if miss := miss_of(row):
            found[miss].append(row)
    times = sorted(row.milliseconds for row in rows)
    parts = {part: [Part(name=n, count=len(r), means=means(r)) for n, r in by(rows, part).items()] for part in PARTS}
    return RunView(
        count=len(rows),
        means=means(rows),
        parts={part: made for part, made in parts.items() if len(made) > 1},
        misses={miss: [_missed(row, place_of) for row in held[:SHOWN]] for miss, held in found.items() if held},
        counts={miss: len(held) for miss, held in found.items() if held},
        bad_quotes=sum(row.bad_quotes for row in rows),
        median=times[len(times) // 2],
    )


PARTS = ("category", "subject")


def _missed(row: Row, place_of: PlaceOf) -> Missed:
    def named(ref: str) -> Named:
        place = place_of(ref)
        text = place.segmentation.text_of(place.provision) if place else ""
        cut = f"{text[:_EXCERPT]}…" if len(text) > _EXCERPT else text
        return Named(ref=ref, cite=place.cite if place else "", text=cut, right=ref in row.judged)

    refs = [hit.ref for hit in row.retrieved[:10]]
    return Missed(
        row=row, wanted=[*map(named, row.judged)], retrieved=[*map(named, refs)], cited=[*map(named, row.cited)]
    )


def better(measure: str, change: Change) -> bool:
    """Whether a measure rose for the better."""
    return (change.difference < 0) == (measure in ERRORS) and change.difference != 0


def html_file(
    name: str, rows: Sequence[Row], place_of: PlaceOf, texts: Texts, changed: Mapping[str, Change] | None = None
) -> str:
    """A page that needs no server: figures, plots and misses, against an earlier run where there is one."""
    return (
        environment()
        .get_template("run_file.html")
        .render(
            texts=texts,
            words=texts.runs,
            name=name,
            style=style(),
            view=view_of(rows, place_of),
            changed=changed or {},
            better=better,
            brief=IN_BRIEF,
            linked=False,
            root="",
        )
    )
