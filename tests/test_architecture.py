"""Data flows one way and imports follow it; nothing heavy is loaded before it is needed."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from policy_qa.settings import Settings
from samples import ROOT

PACKAGE = ROOT / "src" / "policy_qa"
#: corpus text -> document -> provisions -> … -> page / command line / evaluation. A module may import from
#: its own stage and from those before it. One that is missing here has to be given its place. A module of a room that
#: is needed earlier than the room is named by itself: what a head says is read before there are provisions.
STAGES = (
    (
        "errors",
        "statements",
        "datamodels",
        "model_settings",
        "settings",
        "numerals",
        "values",
        "printable",
        "processes",
        "wording",
    ),
    ("citing",),
    ("resources", "dictionary", "glosses"),
    ("facts.model", "facts.dates", "facts.head"),
    ("documents",),
    ("provisions",),
    ("clauses", "words", "records"),
    ("naming.instruments",),
    ("facts",),
    ("references",),
    ("lint",),
    ("diff",),
    ("naming",),
    ("verify",),
    ("passages",),
    ("models",),
    ("index",),
    ("retrieval",),
    ("answer",),
    ("compare",),
    ("check",),
    ("model", "dialogue"),
    ("pipeline",),
    ("llama", "evaluation", "tuning", "kept"),
    ("page",),
    ("doors",),
    ("desk",),
    ("serve",),
    ("cli",),
    ("__main__",),
)
STAGE_OF = {name: number for number, names in enumerate(STAGES) for name in names}
HEAVY = (
    "torch", "faiss", "gradio", "llama_index", "jieba", "onnxruntime", "tokenizers", "transformers",
    "sentence_transformers",
)  # fmt: skip
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent.name != "resources" and p != PACKAGE / "__init__.py")


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The parts of the package that a module imports, wherever in it; those for the type checker aside."""
    skipped: set[ast.AST] = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            skipped |= {inner for statement in node.body for inner in ast.walk(statement)}
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (stage_name(name.split(".")[1:]) for name in names if name.startswith("policy_qa."))


def stage_name(parts: Sequence[str]) -> str:
    """The name under which a module has its stage: its own, or its room's."""
    return ".".join(parts[:2]) if ".".join(parts[:2]) in STAGE_OF else parts[0]


def test_the_package_itself_imports_only_the_first_stage() -> None:
    assert set(imports(PACKAGE / "__init__.py")) <= set(STAGES[0])


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_imports_from_a_later_stage(path: Path) -> None:
    own = stage_name([part.removesuffix(".py") for part in path.relative_to(PACKAGE).parts])
    assert own in STAGE_OF, f"{own} has no stage"
    for other in imports(path):
        if other != "__version__":
            assert STAGE_OF[other] <= STAGE_OF[own], f"{name_of(path)} imports {other}"


def test_the_imports_are_seen() -> None:
    assert {"retrieval", "answer", "index", "models"} <= set(imports(PACKAGE / "pipeline.py"))
    assert "pipeline" in set(imports(PACKAGE / "cli" / "commands.py"))


def loaded_after(code: str, home: Path | None = None) -> set[str]:
    """The heavy packages that a fresh process has loaded after `code`."""
    code += f"\nimport sys\nprint('LOADED', *(m for m in {HEAVY!r} if m in sys.modules))"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "utf-8"}
    if home:
        env["POLICY_QA_HOME"] = str(home)
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    return set(result.stdout.splitlines()[-1].split()[1:])


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_after("import policy_qa") == set()


def test_the_command_line_loads_nothing_heavy_for_its_help() -> None:
    assert loaded_after("import policy_qa.cli.main as m\nm.parser().format_help()") == set()


def test_segment_loads_nothing_heavy() -> None:
    code = f"from policy_qa.cli.main import main\nassert main(['segment', {str(ROOT / 'corpus')!r}]) == 0"
    assert loaded_after(code) == set()


def test_ask_loads_no_torch(built: Settings) -> None:
    code = "from policy_qa.cli.main import main\nassert main(['ask', '谁可以担任CIO？']) == 0"
    assert not loaded_after(code, built.home) & {"torch", "gradio", "llama_index", "sentence_transformers"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_is_loaded_that_could_be_code(path: Path) -> None:
    """No pickle and no marshal, and data of the package only through the one door that verifies it."""
    text = path.read_text("utf-8")
    assert not re.search(r"^\s*(?:import|from) (?:marshal|pickle|shelve|dill|joblib)\b", text, re.MULTILINE)
    assert "allow_pickle=True" not in text
    assert "importlib.resources" not in text


def test_every_public_name_is_there() -> None:
    import policy_qa

    assert all(hasattr(policy_qa, name) for name in policy_qa.__all__)


#: 第, a number however it is matched, and 条: what only a pattern that reads the numbers of provisions holds.
READS_NUMBERS = re.compile(r"第(?![^第]{0,4}几)[^第\u4e00-\u9fff]*[\[({.\\\\+][^第]{0,60}?条(?![件约])")
#: The grammar of labels is that of lines, not of citations; the text of a heading is compared as a value.
ROOMS_OF_NUMBERS = (
    "citing/",
    *(f"provisions/{name}.py" for name in ("labels", "numbering")),  # numbering: lines that only look like labels
    "values/reading.py",
)
REBUILT = re.compile(
    r"\b(\w+)\.(?:path|ref): \1\b(?! *\.)[^}\n]* for |while [^\n]*\.(?:article\b|parent\b)|\[id\(segmentation\)\]"
)


def patterns_of(path: Path) -> Iterator[str]:
    """The strings of a module that are written as patterns: raw ones, formatted or not."""
    text = path.read_text("utf-8")
    lines = text.encode().splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        # As ast.get_source_segment, which splits the whole text anew for each node.
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno and node.end_col_offset:
            first, *more = lines[node.lineno - 1 : node.end_lineno]
            end = node.end_col_offset if not more else len(first)
            more[-1:] = [line[: node.end_col_offset] for line in more[-1:]]
            source = b"".join([first[node.col_offset : end], *more]).decode()
            if re.match(r"[rf]{1,2}[\"']", source) and "r" in source[:2]:
                yield source


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_numbers_of_provisions_are_read_in_one_room(path: Path) -> None:
    if not name_of(path).startswith(ROOMS_OF_NUMBERS):
        assert [p for p in patterns_of(path) if READS_NUMBERS.search(p)] == [], "citing.grammar has the patterns"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_stands_in_what_is_asked_of_the_segmentation(path: Path) -> None:
    if name_of(path) != "datamodels.py":
        assert not (found := REBUILT.search(path.read_text("utf-8"))), f"{found.group()}: Segmentation has look-ups"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_text_is_folded_in_one_place(path: Path) -> None:
    # A number's digits, the glyphs of a PDF, and values, whose offsets must stay, are no texts that are compared.
    if name_of(path) not in ("citing/clean.py", "numerals.py", "documents/pdf/page.py", "values/reading.py"):
        assert "unicodedata.normalize" not in path.read_text("utf-8"), "citing.clean folds"


@pytest.mark.parametrize(
    ("pattern", "source", "found"),
    [
        (READS_NUMBERS, r'r"第\s*[一二三\d]+\s*条"', True),
        (READS_NUMBERS, r'rf"第{_N}(?:章|节|条)"', True),
        (READS_NUMBERS, r'r"第.{1,6}[章节编条]"', True),
        (READS_NUMBERS, r'r"第一条"', False),
        (READS_NUMBERS, r'r"第\S{1,3}[章节]|条件$"', False),
        (REBUILT, "by_path = {p.path: p for p in s.provisions}", True),
        (REBUILT, "found = {p.ref: p for d in ids for p in s}", True),
        (REBUILT, "while not article.article and article.parent in by_path:", True),
        (REBUILT, "scores = {r.ref: r.score for r in answer.retrieved}", False),
    ],
)
def test_the_readings_of_the_sources_see(pattern: re.Pattern[str], source: str, found: bool) -> None:
    assert bool(pattern.search(source)) == found
