"""Both languages say the same things; what is named in code and templates is there, and nothing else is."""

import ast
import re
from collections.abc import Iterator, Mapping
from string import Formatter

import pytest
from jinja2 import nodes

from policy_qa.datamodels import Status
from policy_qa.facts.model import State
from policy_qa.kept.changes import Action, Step
from policy_qa.page.frame import environment
from policy_qa.page.texts import EN, ROOMS, ZH, texts_for
from policy_qa.wording import Words, said
from samples import ROOT

PACKAGE = ROOT / "src" / "policy_qa"
SOURCES = [path for room in ("page", "desk", "doors", "cli") for path in sorted((PACKAGE / room).rglob("*.py"))]
TABLE = {"": said("page")["zh"], **{room: said(f"page.{room}")["zh"] for room in ROOMS}}
#: What `Words` and `Texts` have beside the table.
OWN = {*ROOMS, "lang", "of", "named"}
ANY = "any"


def rooms_in(lang: str) -> list[Words]:
    texts = texts_for(lang)
    return [texts, *(getattr(texts, room) for room in ROOMS)]


@pytest.mark.parametrize(("zh", "en"), [*zip(rooms_in("zh"), rooms_in("en"), strict=True)], ids=["all", *ROOMS])
def test_every_text_is_there_in_both_with_the_same_placeholders(zh: Words, en: Words) -> None:
    assert list(zh._said) == list(en._said)
    for name, text in zh._said.items():
        assert text.strip()
        assert en._said[name].strip()
        assert _placeholders(text) == _placeholders(en._said[name]), name


@pytest.mark.parametrize("name", [n for n in TABLE[""] if n != "switch_language"])
def test_english_is_english(name: str) -> None:
    assert not re.search(r"[\u4e00-\u9fff]", getattr(EN, name))


def test_every_standing_has_a_name_in_both() -> None:
    for texts in (ZH, EN):
        assert [status for status in Status if not texts.of("status", status)] == [Status.UNKNOWN]
        assert set(texts.library.named("standing")) == set(State)
        assert set(texts.library.named("action")) == set(Action)
        assert set(texts.library.named("step")) == set(Step)
    assert (EN.library.of("step", Step.WORKING), EN.library.of("stage", "later")) == ("under way", "later")


def test_languages_are_told_apart() -> None:
    assert texts_for("en") is EN
    assert texts_for("zh") is ZH
    assert ZH.html_lang != EN.html_lang


def test_no_line_stands_twice() -> None:
    names = [line.split("\t")[0] for line in (PACKAGE / "wording.tsv").read_text("utf-8").splitlines()]
    assert sorted({*names}) == sorted(names)


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("def f(texts: Texts) -> str:\n    return texts.check.titel", True),
        ("def f(texts: Texts) -> str:\n    return texts.check.title", False),
        ("def f(texts: Texts) -> str:\n    a, words = 1, texts.check\n    return words.titel", True),
        ("def f(words: Citation) -> str:\n    return words.quote", False),
        ("f(lambda texts: texts.titel)", True),
        ("class A:\n    def f(self):\n        return self._texts.ask.titel", True),
    ],
)
def test_a_name_that_is_not_there_is_seen(code: str, missing: bool) -> None:
    assert [name for room, name in read_in(ast.parse(code)) if not known(room, name)] == (["titel"] if missing else [])


def test_what_is_named_is_there_and_nothing_else() -> None:
    used = [(path.name, *found) for path in SOURCES for found in read_in(ast.parse(path.read_text("utf-8")))]
    templates = {path.name: path.read_text("utf-8") for path in (PACKAGE / "page" / "templates").glob("*.html")}
    used += [(n, *found) for n, text in templates.items() for found in read_in_template(environment().parse(text))]
    assert len(used) > 400
    assert [found for found in used if not known(*found[1:])] == []
    written = "".join([*templates.values(), *(path.read_text("utf-8") for path in SOURCES)])
    kinds = set(re.findall(r"\.(?:of|named)\(\"(\w+)\"", written))
    names = {name for _, _, name in used}
    idle = [n for texts in TABLE.values() for n in texts if n not in names and n.partition("_")[0] not in kinds]
    assert idle == []


def known(room: str, name: str) -> bool:
    if room == ANY:
        return name in OWN or any(name in texts for texts in TABLE.values())
    return name in TABLE[room] or name in OWN


def read_in(tree: ast.AST, before: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """(room, name) of every text that a module reads; a variable is one of texts by how it is annotated or made."""
    rooms = dict(before or {})
    inner = []
    here = list(_own_nodes(tree))
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        arguments = tree.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            kind = ast.unparse(argument.annotation) if argument.annotation else ""
            is_texts = isinstance(tree, ast.Lambda) and argument.arg == "texts"
            rooms.pop(argument.arg, None)
            if kind in ("Words", "Texts") or is_texts:
                rooms[argument.arg] = "" if kind == "Texts" else ANY
    for node in here:
        if isinstance(node, ast.Assign):
            targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name):
                    rooms.pop(target.id, None)
                    if (room := room_of(value, rooms)) is not None:
                        rooms[target.id] = room
    for node in here:
        if isinstance(node, ast.Attribute) and (room := room_of(node.value, rooms)) is not None:
            yield room, node.attr
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            inner.append(node)
    for node in inner:
        yield from read_in(node, rooms)


def _own_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope, with the functions in it and without what these hold."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_nodes(child)


def room_of(node: ast.AST, rooms: Mapping[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return rooms.get(node.id, "" if node.id in ("ZH", "EN") else None)
    if isinstance(node, ast.Attribute):
        if node.attr in ("texts", "_texts"):
            return ""
        return node.attr if node.attr in ROOMS and room_of(node.value, rooms) in ("", ANY) else None
    if isinstance(node, ast.Call):
        return "" if re.search(r"\b_?texts(?:_of|_for)?$", ast.unparse(node.func)) else None
    return None


def read_in_template(tree: nodes.Template) -> Iterator[tuple[str, str]]:
    for node in tree.find_all(nodes.Getattr):
        inner = node.node
        if isinstance(inner, nodes.Name) and inner.name in ("texts", "words"):
            yield "" if inner.name == "texts" else ANY, node.attr
        elif isinstance(inner, nodes.Getattr) and inner.attr in ROOMS and _is_texts(inner.node):
            yield inner.attr, node.attr


def _is_texts(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "texts"


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
