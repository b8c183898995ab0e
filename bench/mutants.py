"""What the tests notice: faults put into the code one at a time, drawn by chance from all that cosmic-ray can make.

    python bench/mutants.py --seed 1 --count 60 --state build/mutants.jsonl

The draw is uniform over all mutants of the packages, so a line with many operators is drawn more often, and depends on
nothing but the code and the seed. Left out by rule are those that can't change what the program does: inside an
annotation (never evaluated: every module has `from __future__ import annotations`), under `if TYPE_CHECKING`, in the
body of a Protocol.

Each mutant is put into a copy of the tree. The quick tests that name its module run first, then those of its package,
then the slow ones, then all others but a few that take minutes and are of other matters, so that most are noticed
within seconds. Noticed is what a failing test, an error, or the time limit shows; warnings are errors, so a mutant that
Python itself warns of (`is` with a literal) is noticed, too. What survives by right has to be read: a comparison of
values that can't be otherwise, the size of a cache.
Results are kept in the state file, one line a mutant; a second call goes on where the first was stopped.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("retrieval", "answer", "compare", "evaluation")
#: Tests of other matters that take minutes; a mutant that only they would notice counts as survived.
_ASIDE = ("tests/page/test_browser.py", "tests/page/test_browser_model.py", "tests/page/test_browser_real.py",
          "tests/distribution",
          "tests/documents", "tests/embedding", "tests/models", "tests/lint", "tests/provisions",
          "tests/tuning")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change: the operator's `occurrence`-th place in a module, by where it stands."""

    module: str
    operator: str
    occurrence: int
    line: int

    @property
    def key(self) -> str:
        """What names it in the state file."""
        return f"{self.module}:{self.line} {self.operator.removeprefix('core/')}#{self.occurrence}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one: noticed `by` the first test that failed, or by the time limit; None where by nothing."""

    key: str
    by: str | None
    seconds: float
    diff: str


def mutants(paths: Sequence[Path]) -> list[Mutant]:
    """All mutants of some modules that may change what the program does, in the order of the code."""
    import cosmic_ray.plugins
    from cosmic_ray.ast import ast_nodes, get_ast

    out: list[Mutant] = []
    for path in paths:
        source = path.read_text("utf-8")
        tree, silent = get_ast(source), list(_without_effect(source))
        for name in sorted(cosmic_ray.plugins.operator_names()):
            operator_class = cosmic_ray.plugins.get_operator(name)
            if operator_class.arguments():
                continue  # replaces a variable that somebody names
            operator = operator_class()
            places = (p for node in ast_nodes(tree) for p in operator.mutation_positions(node))
            for occurrence, (start, end) in enumerate(places):
                if not any(a <= start and end <= b for a, b in silent):
                    module = path.relative_to(ROOT).as_posix()
                    found = Mutant(module=module, operator=name, occurrence=occurrence, line=start[0])
                    out.append(found)
    return [m for m in out if m.operator != "core/NoOp"]


Place = tuple[int, int]


def _without_effect(source: str) -> Iterator[tuple[Place, Place]]:
    """The stretches of a module that are never evaluated or say nothing about behaviour, (line, column) of each end."""
    tree = ast.parse(source)
    lines = source.split("\n")
    lazy = any(isinstance(n, ast.ImportFrom) and n.module == "__future__" for n in tree.body)
    for node in ast.walk(tree):
        found: list[ast.AST] = []
        if lazy and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg)
            found += [a.annotation for a in (*arguments, node.args.kwarg) if a and a.annotation]
            found += [node.returns] if node.returns else []
        elif lazy and isinstance(node, ast.AnnAssign):
            found.append(node.annotation)
        elif isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            found.append(node)
        elif isinstance(node, ast.ClassDef) and any(getattr(b, "id", "") == "Protocol" for b in node.bases):
            found += node.body
        for each in found:
            yield _place(lines, each.lineno, each.col_offset), _place(lines, each.end_lineno, each.end_col_offset)


def _place(lines: Sequence[str], line: int, offset: int) -> Place:
    """Python's offset in UTF-8 bytes as the parser of the mutants counts, in characters."""
    return line, len(lines[line - 1].encode()[:offset].decode())


def sample(found: Sequence[Mutant], seed: int, count: int) -> list[Mutant]:
    """So many at random, in the order drawn; a larger sample of the same seed begins with the smaller one."""
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - a draw that can be repeated
    return shuffled[:count]


class Tree:
    """A copy of what git has of the tree, in a temporary folder, in which one module at a time is changed."""

    def __init__(self, folder: Path, tests: Sequence[str] | None = None, *, near: bool = False) -> None:
        self.folder, self._tests, self._near = folder, tests, near
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    def outcome(self, mutant: Mutant, limit: float) -> Outcome:
        """Whether the tests notice a mutant; the module is as it was afterwards."""
        import cosmic_ray.plugins
        from cosmic_ray.mutating import mutate_code

        path = self.folder / mutant.module
        source = path.read_text("utf-8")
        operator = cosmic_ray.plugins.get_operator(mutant.operator)()
        changed = mutate_code(source, operator, mutant.occurrence)
        assert changed is not None, mutant.key
        lines = difflib.unified_diff(source.splitlines(), changed.splitlines(), lineterm="", n=0)
        diff = "\n".join(line for line in lines if line[:3] not in ("---", "+++") and not line.startswith("@@"))
        started = time.monotonic()
        try:
            path.write_text(changed, "utf-8")
            by = self.first_failure(mutant.module, limit)
        finally:
            path.write_text(source, "utf-8")
        return Outcome(key=mutant.key, by=by, seconds=round(time.monotonic() - started, 1), diff=diff)

    def stages(self, module: str) -> list[list[str]]:
        """What is run one after the other: tests that name the module, the package's, those of both that are slow, all.

        A test of the package's dataclasses is one that names it.
        """
        if self._tests:
            return [[*self._tests]]
        package = Path(module).parent.name
        name = "policy_qa." + module.removeprefix("src/policy_qa/").removesuffix(".py").replace("/", ".")
        texts = {p.relative_to(self.folder).as_posix(): p.read_text("utf-8") for p in self._files()}
        own = [
            p for p, text in texts.items() if re.search(rf"{re.escape(name)}\b", text) or "__dataclass_params__" in text
        ]
        near = [p for p in texts if p not in own and Path(p).parent.name == package]
        rest = [f"--ignore={p}" for p in (*_ASIDE, *own, *near) if (self.folder / p).exists()]
        quick = [[*paths, "-m", "not slow"] for paths in (own, near) if paths]
        return quick if self._near else [*quick, [*own, *near, "-m", "slow"], ["tests", *rest]]

    def first_failure(self, module: str, limit: float) -> str | None:
        """The first test that fails of those that may notice a fault of a module."""
        return next(filter(None, (self.failing(tests, limit) for tests in self.stages(module))), None)

    def _files(self) -> list[Path]:
        """The test files that may be run, in the order of their paths."""
        aside = [self.folder / p for p in _ASIDE]
        files = sorted((self.folder / "tests").rglob("test_*.py"))
        return [p for p in files if not any(p == a or a in p.parents for a in aside)]

    def failing(self, tests: Sequence[str], limit: float) -> str | None:
        """The first test that fails, "time limit" where that ends the run; None where all pass."""
        env = {k: v for k, v in os.environ.items() if not k.startswith("POLICY_QA_")}
        env |= {"PYTHONPATH": str(self.folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--tb=no", *tests]
        process = subprocess.Popen(  # its own group, so that what it starts ends with it
            command, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return "time limit"
        if process.returncode in (0, 5):  # 5: nothing to run
            return None
        failed = (line for line in output.splitlines() if line.startswith(("FAILED", "ERROR")))
        return next((" ".join(line.split()[1:2]) for line in failed), f"exit {process.returncode}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--packages", nargs="+", default=PACKAGES, metavar="PACKAGE[/MODULE.py]")
    parser.add_argument("--state", type=Path, help="where results are kept (default: build/mutants-SEED.jsonl)")
    parser.add_argument("--limit", type=float, default=900, help="seconds for each run of tests")
    parser.add_argument("--near", action="store_true", help="leave out slow tests and those of other packages")
    parser.add_argument("--tests", nargs="+", help="only these tests, for a quick look", metavar="PATH")
    parser.add_argument("--list", action="store_true", help="say what would be drawn, and how many there are")
    parser.add_argument("--fail-under", type=float, default=0.0, help="exit 1 where a smaller share is noticed")
    chosen = parser.parse_args()
    paths = [
        p
        for name in chosen.packages
        for p in sorted((ROOT / "src/policy_qa").glob(name if name.endswith(".py") else f"{name}/*.py"))
    ]
    found = mutants(paths)
    drawn = sample(found, chosen.seed, chosen.count)
    print(f"{len(found)} mutants in {len(paths)} modules; {len(drawn)} drawn with seed {chosen.seed}", file=sys.stderr)
    if chosen.list:
        print("\n".join(m.key for m in drawn))
        return 0
    state = chosen.state or ROOT / f"build/mutants-{chosen.seed}.jsonl"
    outcomes = _known(state)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        tree = Tree(Path(folder), chosen.tests, near=chosen.near)
        # A suite that fails as it is would notice everything.
        if drawn and not outcomes and (failed := tree.first_failure(drawn[0].module, chosen.limit)):
            print(f"bench/mutants.py: expected tests that pass without a mutant, found {failed}", file=sys.stderr)
            return 2
        for number, mutant in enumerate(drawn, 1):
            if mutant.key in outcomes:
                continue
            outcome = outcomes[mutant.key] = tree.outcome(mutant, chosen.limit)
            state.parent.mkdir(parents=True, exist_ok=True)
            with state.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(outcome), ensure_ascii=False) + "\n")
            print(
                f"{number}/{len(drawn)} {outcome.seconds:.0f} s {mutant.key} -> {outcome.by or 'SURVIVED'}",
                file=sys.stderr,
            )
    return _report([outcomes[m.key] for m in drawn], chosen.fail_under)


def _known(state: Path) -> dict[str, Outcome]:
    if not state.exists():
        return {}
    return {o.key: o for o in (Outcome(**json.loads(line)) for line in state.read_text("utf-8").splitlines())}


def _report(outcomes: Sequence[Outcome], least: float) -> int:
    survivors = [o for o in outcomes if o.by is None]
    for outcome in survivors:
        print(f"survived  {outcome.key}\n{outcome.diff}\n")
    print(f"{'package':<12}{'drawn':>7}{'noticed':>9}{'share':>8}")
    packages = [o.key.split("/")[2] for o in outcomes]
    for package in dict.fromkeys(packages):
        here = [o for o, p in zip(outcomes, packages, strict=True) if p == package]
        noticed = sum(o.by is not None for o in here)
        print(f"{package:<12}{len(here):>7}{noticed:>9}{noticed / len(here):>8.3f}")
    share = 1 - len(survivors) / len(outcomes)
    print(f"{'all':<12}{len(outcomes):>7}{len(outcomes) - len(survivors):>9}{share:>8.3f}")
    return 1 if share < least else 0


if __name__ == "__main__":
    sys.exit(main())
