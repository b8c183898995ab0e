"""The systems that are served, as pip sees them: which wheels each takes, which markers hold on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

PYTHONS = ((3, 11), (3, 12), (3, 13))
GLIBC = 28  # 2.28: Debian 10, Ubuntu 20.04, Red Hat 8 and later
MACOS = (14, 0)


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A system with CPython: `platforms`, the tags of wheels that run there; `markers`, what PEP 508 asks about it."""

    name: str
    python: tuple[int, int]
    platforms: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]

    def takes(self, file: str) -> bool:
        """Whether a wheel can be installed here."""
        return file.endswith(".whl") and not _tags(self).isdisjoint(parse_wheel_filename(file)[3])

    def needs(self, marker: str) -> bool:
        """Whether a requirement with this marker holds here; an empty one always does."""
        if not marker:
            return True
        version = ".".join(map(str, self.python))
        environment = {
            **dict(self.markers),
            "python_version": version,
            "python_full_version": f"{version}.0",
            "implementation_name": "cpython",
            "platform_python_implementation": "CPython",
        }
        return Marker(marker).evaluate(environment)


@cache
def _tags(platform: Platform) -> frozenset[Tag]:
    major, minor = platform.python
    own = cpython_tags(platform.python, platforms=platform.platforms)
    return frozenset([*own, *compatible_tags(platform.python, f"cp{major}{minor}", platform.platforms)])


def _linux(machine: str) -> tuple[str, ...]:
    old = ("manylinux2014", *(("manylinux2010", "manylinux1") if machine == "x86_64" else ()))
    new = (f"manylinux_2_{minor}" for minor in range(GLIBC, 4, -1))
    return tuple(f"{name}_{machine}" for name in (*new, *old, "linux"))


def served() -> Iterator[Platform]:
    """Every system that is served, with every Python."""
    systems = (
        ("Windows x86-64", ("win_amd64",), ("win32", "Windows", "AMD64", "nt")),
        ("macOS arm64", tuple(mac_platforms(MACOS, "arm64")), ("darwin", "Darwin", "arm64", "posix")),
        ("Linux x86-64", _linux("x86_64"), ("linux", "Linux", "x86_64", "posix")),
        ("Linux arm64", _linux("aarch64"), ("linux", "Linux", "aarch64", "posix")),
    )
    names = ("sys_platform", "platform_system", "platform_machine", "os_name")
    for name, platforms, values in systems:
        for python in PYTHONS:
            yield Platform(
                name=name, python=python, platforms=platforms, markers=tuple(zip(names, values, strict=True))
            )
