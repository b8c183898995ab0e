"""All patterns of the package, each with the ways it is applied, and texts made to be hard for it.

A pattern is hard on a text where it runs along a repetition from each of its characters, or comes back through it
again and again. So the texts come from the pattern itself: what stands before each unbounded repetition, then the
repetition many times over, then a character that ends it; and all of that repeated.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import FrameType, ModuleType
from typing import Any

import policy_qa

METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
#: Repetitions up to so many are a constant; beyond, they count as unbounded.
_BOUNDED = 400
#: Tried for a set of characters, in this order; so many of those that it holds are used.
_TRIED = "一 学1a\u3000、，（《“|-.;#9.\n\t０条第)"
_MEMBERS = 3
#: Ends a repetition without being part of anything.
_ENDS = ("\x00", "\n\x00", "x", "")


@dataclass(frozen=True, kw_only=True)
class Used:
    """A pattern with where it stands and how it is applied."""

    where: str
    pattern: re.Pattern[str]
    methods: tuple[str, ...]

    def run(self, text: str) -> None:
        """Apply it in every way that the package does."""
        for method in self.methods:
            if method in ("sub", "subn"):
                self.pattern.sub("", text)
            elif method == "finditer":
                for _ in self.pattern.finditer(text):
                    pass
            else:
                getattr(self.pattern, method)(text)

    @cached_property
    def hard(self) -> tuple[tuple[str, str, str], ...]:
        """(head, repeated, tail) of the texts that are hard for it, if any is."""
        found = dict.fromkeys(_attacks(parser.parse(self.pattern.pattern, self.pattern.flags), ("",)))
        out = []
        for head, body in found:
            if body:
                out += [(head, body, end) for end in _ENDS]
            if head and body:
                out += [("", head + body, ""), ("", head + body * 20, "")]
        for head in dict.fromkeys(head for head, _ in found if head):
            out.append(("", head, ""))
        return tuple(dict.fromkeys(out))


def modules() -> Iterator[ModuleType]:
    """All modules of the package."""
    for found in pkgutil.walk_packages(policy_qa.__path__, "policy_qa."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def all_patterns() -> list[Used]:
    """The package's patterns over text, whether they have a name or stand in a call, each once."""
    methods: dict[tuple[str, int], set[str]] = {}
    objects: dict[tuple[str, int], tuple[str, re.Pattern[str]]] = {}
    for module in modules():
        tree = ast.parse(Path(str(module.__file__)).read_text())
        names = {
            name: p for name, p in vars(module).items() if isinstance(p, re.Pattern) and isinstance(p.pattern, str)
        }
        for name, pattern in names.items():
            objects.setdefault((pattern.pattern, pattern.flags), (f"{module.__name__}.{name}", pattern))
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                if isinstance(node, ast.Attribute) and node.attr in METHODS:
                    one = _named(node.value, module)
                    if isinstance(one, re.Pattern):
                        methods.setdefault((one.pattern, one.flags), set()).add(node.attr)
                continue
            if isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:
                method = node.func.attr
                if method not in (*METHODS, "compile"):
                    continue
                flags = _flags(node, method, module)
                pattern = _evaluated(node.args[0], module, flags)
                if pattern is None:
                    continue
                key = (pattern.pattern, pattern.flags)
                objects.setdefault(key, (f"{module.__name__}:{node.lineno}", pattern))
                methods.setdefault(key, set()).update(() if method == "compile" else (method,))
        for where, pattern in _held(module):
            objects.setdefault((pattern.pattern, pattern.flags), (where, pattern))
    return [
        # One that is applied through another name, a table or an object may be applied in any way.
        Used(where=where, pattern=pattern, methods=tuple(sorted(methods.get(key) or {"search", "match", "finditer"})))
        for key, (where, pattern) in objects.items()
    ]


def _named(node: ast.expr, module: ModuleType) -> object:
    """What a module calls NAME, or MODULE.NAME."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return getattr(vars(module).get(node.value.id), node.attr, None)
    return vars(module).get(node.id) if isinstance(node, ast.Name) else None


def _flags(node: ast.Call, method: str, module: ModuleType) -> int:
    at = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(method, 2)
    given = node.args[at] if len(node.args) > at else next((k.value for k in node.keywords if k.arg == "flags"), None)
    return int(eval(compile(ast.Expression(given), "", "eval"), vars(module))) if given else 0  # noqa: S307


def _evaluated(node: ast.expr, module: ModuleType, flags: int) -> re.Pattern[str] | None:
    """The pattern that an expression gives in its module; what is local to a function stands for any word."""
    names = {n.id: "学校" for n in ast.walk(node) if isinstance(n, ast.Name)}
    try:
        found = eval(compile(ast.Expression(node), "", "eval"), {**vars(policy_qa), **names, **vars(module)})  # noqa: S307
        return re.compile(found, flags) if isinstance(found, str) else None
    except Exception:  # an expression over a function's own values; the pattern is tried through its entry
        return None


def _held(module: ModuleType) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Patterns inside a module's tables and objects."""
    for name, value in vars(module).items():
        stack, seen = [value], set()
        while stack:
            one = stack.pop()
            if id(one) in seen or len(seen) > 5_000:
                continue
            seen.add(id(one))
            if isinstance(one, re.Pattern):
                if isinstance(one.pattern, str):
                    yield f"{module.__name__}.{name}", one
            elif isinstance(one, dict):
                stack += [*one.keys(), *one.values()]
            elif isinstance(one, list | tuple | set | frozenset):
                stack += one
            elif type(one).__module__.startswith("policy_qa") and hasattr(one, "__dataclass_fields__"):
                stack += [getattr(one, f, None) for f in one.__dataclass_fields__]


def _attacks(items: Any, heads: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(what stands before a repetition, what is repeated) for each unbounded repetition of a parsed pattern."""
    for op, given in items:
        if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            low, high, body = given
            if high > _BOUNDED:
                for head in heads:
                    for repeated in _samples(body):
                        yield head, repeated
                yield from _attacks(body, heads)
            else:
                yield from _attacks(body, heads)
            if low:
                heads = _joined(heads, tuple(one * low for one in _samples(body)))
            continue
        if op is codes.SUBPATTERN:
            yield from _attacks(given[3], heads)
        elif op is codes.BRANCH:
            for branch in given[1]:
                yield from _attacks(branch, heads)
        elif op is codes.ATOMIC_GROUP:
            yield from _attacks(given, heads)
        elif op in (codes.ASSERT, codes.ASSERT_NOT):
            yield from _attacks(given[1], heads)
            if op is codes.ASSERT and given[0] < 0:
                heads = _joined(heads, _samples(given[1]))
            continue
        heads = _joined(heads, _samples([(op, given)]))


def _joined(heads: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a + b for a in heads for b in more or ("",)))[:_MEMBERS]


def _samples(items: Any) -> tuple[str, ...]:
    """Short texts that a parsed pattern matches, about three of them."""
    out: tuple[str, ...] = ("",)
    for op, given in items:
        out = _joined(out, _one(op, given))
    return out


def _one(op: Any, given: Any) -> tuple[str, ...]:
    if op is codes.LITERAL:
        return (chr(given),)
    if op is codes.NOT_LITERAL:
        return tuple(c for c in _TRIED if ord(c) != given)[:_MEMBERS]
    if op is codes.ANY:
        return ("学", " ", "1")
    if op is codes.IN:
        one = re.compile(_set(given))
        held = [c for c in _TRIED if one.fullmatch(c)]
        named = [chr(v) for o, v in given if o is codes.LITERAL and given[0][0] is not codes.NEGATE]
        return tuple(dict.fromkeys([*held[:_MEMBERS], *named[:2]])) or tuple(_range(given))
    if op in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        low, _, body = given
        return tuple(one * low for one in _samples(body)) if low else ("",)
    if op is codes.SUBPATTERN:
        return _samples(given[3])
    if op is codes.ATOMIC_GROUP:
        return _samples(given)
    if op is codes.BRANCH:
        return tuple(dict.fromkeys(one for branch in given[1] for one in _samples(branch)[:1]))[:_MEMBERS]
    if op is codes.CATEGORY:
        return ("1",)
    return ("",)


def _range(given: Any) -> Iterator[str]:
    for op, value in given:
        if op is codes.RANGE:
            yield chr(value[0])


_CATEGORIES = {
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _set(given: Any) -> str:
    """A parsed set as a pattern again."""
    out = ""
    for op, value in given:
        if op is codes.NEGATE:
            out += "^"
        elif op is codes.LITERAL:
            out += re.escape(chr(value))
        elif op is codes.RANGE:
            out += f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
        elif op is codes.CATEGORY:
            out += _CATEGORIES[value]
    return f"[{out}]"


class TooSlow(Exception):
    """A pattern ran into the limit."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop a pattern that runs for longer, in processor time; the engine looks for signals as it goes."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def seconds(used: Used, text: str, limit: float = 2.0) -> float:
    """Processor time of a pattern on a text, `limit` where it takes longer."""
    started = time.process_time()
    try:
        with limited(limit):
            used.run(text)
    except TooSlow:
        return limit
    return time.process_time() - started


def filled(head: str, body: str, tail: str, length: int) -> str:
    """A text of about so many characters."""
    return head + body * max((length - len(head) - len(tail)) // len(body), 1) + tail


def grows(used: Used, shape: tuple[str, str, str], length: int = 8_000, allowed: float = 0.02) -> bool:
    """Whether a pattern grows faster than a text: it takes long on `length` characters, and far more on twice that."""
    text = filled(*shape, length)
    if seconds(used, text) < allowed:
        return False
    once = min(seconds(used, text) for _ in range(3))
    if once < allowed:
        return False
    double = filled(*shape, 2 * length)
    return min(seconds(used, double) for _ in range(2)) > 2.6 * once or once >= 2
