"""One frozen dataclass a concept, with slots, made by keywords; what is made by position is listed."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import pytest

import policy_qa.answer
import policy_qa.compare
import policy_qa.evaluation
import policy_qa.retrieval

PACKAGES = (policy_qa.retrieval, policy_qa.answer, policy_qa.compare, policy_qa.evaluation)
#: Short ones, made where they are read.
BY_POSITION = {"_Cited", "Found", "_Rule", "Wanted", "Late", "_Hit", "Term", "Question", "Ranker", "Scope", "_Amount"}


def concepts(package: ModuleType) -> Iterator[type]:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(value) and dataclasses.is_dataclass(value) and value.__module__ == module.name:
                yield value


@pytest.mark.parametrize("concept", [c for p in PACKAGES for c in concepts(p)], ids=lambda c: c.__name__)
def test_a_concept_is_a_frozen_dataclass_with_slots(concept: type) -> None:
    parameters = concept.__dataclass_params__  # type: ignore[attr-defined]
    assert (parameters.frozen, "__slots__" in vars(concept)) == (True, True)
    by_keyword = {f.kw_only for f in dataclasses.fields(concept)}
    assert by_keyword == {concept.__name__ not in BY_POSITION}


#: What stands where nothing is given, by concept.
DEFAULTS = {
    "Found": {"by_ref": False, "asks": False},
    "Glossary": {"groups": ()},
    "Lead": {"item": ""},
    "Fusion": {"spread": 1.0, "slope": 1.0, "level": {}, "remembering": {}},
    "Office": {"members": frozenset(), "own": False},
    "Question": {"alone": None, "follows": None},
    "Retrieval": {"similarity": None, "answerability": 0.0, "answering": {}},
    "Said": {"quotations": (), "score": 0.0},
    "Scope": {
        **dict.fromkeys(("foreign_titles", "named", "left_out", "instruments"), ()),
        "versioned": False,
    },
    "Term": {"carried": False},
    "Topic": {"points": (), "label": ""},
    "_Cited": {"lead": None, "probability": 0.0},
    "_Rule": {"hard": False},
}


@pytest.mark.parametrize("concept", [c for p in PACKAGES[:3] for c in concepts(p)], ids=lambda c: c.__name__)
def test_what_stands_where_nothing_is_given(concept: type) -> None:
    given = {}
    for each in dataclasses.fields(concept):
        if each.default is not dataclasses.MISSING:
            given[each.name] = each.default
        elif each.default_factory is not dataclasses.MISSING:
            made = each.default_factory()
            given[each.name] = made.tolist() if hasattr(made, "tolist") else made
    assert given == DEFAULTS.get(concept.__name__, {})
