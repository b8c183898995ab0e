"""Which language model writes answers, if any: `[llm]` in `policy_qa.toml`, and `POLICY_QA_LLM_*` above it.

Without a URL there is no language model, and nothing of this is used.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from policy_qa.errors import UsageError

FILE = "policy_qa.toml"
_PREFIX = "POLICY_QA_LLM_"
#: Set as the URL, it turns a model off that the file names.
_OFF = "off"
_KEYLESS = "in POLICY_QA_LLM_KEY"


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelSettings:
    """An OpenAI-compatible server and how it is asked.

    `url` ends before `/chat/completions` (`http://127.0.0.1:11434/v1`). Times are seconds: `timeout` for the
    whole answer, `first_token_timeout` until it begins, `token_timeout` between two pieces of it. `context`,
    `max_tokens` and `memory` are tokens: what the model holds at once, how long an answer may be, and how
    much of the context earlier turns may take. The key is in no representation of this object.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 180.0
    first_token_timeout: float = 60.0
    token_timeout: float = 20.0
    temperature: float = 0.0
    context: int = 4096
    max_tokens: int = 800
    memory: int = 600

    @property
    def host(self) -> str:
        """The host of the server, for messages."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_local(self) -> bool:
        """Whether the server is this machine, which no proxy leads to."""
        return self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")

    @classmethod
    def read(cls, home: Path, environ: Mapping[str, str]) -> ModelSettings | None:
        """The settings of `home/policy_qa.toml` and the environment, which wins; None where no model is named."""
        values = _from_file(home / FILE)
        names = [f.name for f in fields(cls)]
        for name in names:
            if text := environ.get(_PREFIX + name.upper(), "").strip():
                values[name] = (_PREFIX + name.upper(), text)
        place, url = values.get("url", ("", ""))
        if url == _OFF:
            return None
        if not url:
            if values.keys() & {"model", "key"}:
                where = next(values[n][0] for n in ("model", "key") if n in values)
                raise UsageError(f"{where}: expected a server beside it, found none; set {_PREFIX}URL, or unset it")
            return None
        if "model" not in values:
            raise UsageError(f"{place}: expected a model beside it, found none; set {_PREFIX}MODEL to its name")
        given = {name: _CHECKS[name](*values[name]) for name in names if name in values}
        made = cls(**given)
        if made.context < 1024 + made.max_tokens + made.memory:
            found = f"{made.context} with max_tokens {made.max_tokens} and memory {made.memory}"
            raise UsageError(f"{_PREFIX}CONTEXT: expected max_tokens, memory and 1024 to fit into it, found {found}")
        return made


def _from_file(path: Path) -> dict[str, tuple[str, Any]]:
    """name -> (where it stands, value) of the table [llm]; nothing without the file."""
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: expected TOML, found none ({error}); mend that line or delete the file") from None
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{path}: expected a TOML file in UTF-8, found one that can't be read ({why})") from None
    known = [f.name for f in fields(ModelSettings)]
    for table in data:
        if table != "llm":
            raise UsageError(f"{path}: expected the table [llm] alone, found {table!r}; remove it")
    table = data.get("llm", {})
    if not isinstance(table, dict):
        raise UsageError(
            f"{path}: expected [llm] to be a table, found a single value; write [llm] on a line of its own"
        )
    for name in table:
        if name not in known:
            raise UsageError(f"{path}: [llm] expected {', '.join(known)}, found {name!r}; correct or remove it")
    return {name: (f"{path}: [llm] {name}", value) for name, value in table.items() if value != ""}


def _url(where: str, value: Any) -> str:
    wrong = UsageError(
        f"{where}: expected the address of an OpenAI-compatible server such as http://127.0.0.1:11434/v1, "
        f"found none; set it, or {_OFF} to answer without a model"
    )
    if not isinstance(value, str) or any(c.isspace() or not c.isprintable() for c in value):
        raise wrong
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise wrong from None
    if parts.username or parts.password or parts.query or parts.fragment:
        # What stands there may be a secret, so it is not shown.
        raise UsageError(f"{where}: expected an address alone, found more (user, ? or #); put a key {_KEYLESS}")
    if not usable:
        raise wrong
    trimmed = value.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return trimmed if urlsplit(trimmed).path else trimmed + "/v1"


def _name(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > 200:
        raise UsageError(f"{where}: expected the name of a model, found none; see the server's list at /v1/models")
    return value.strip()


def _key(where: str, value: Any) -> str:
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value.strip():
        raise UsageError(f"{where}: expected a key of printable ASCII characters, found other ones; copy it again")
    return value.strip()


def _number(least: float, most: float, *, whole: bool = False) -> Callable[[str, Any], float]:
    def check(where: str, value: Any) -> float:
        try:
            number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise UsageError(f"{where}: expected a number from {least:g} to {most:g}, found {value!r}")
        if whole and not number.is_integer():
            raise UsageError(f"{where}: expected a whole number from {least} to {most}, found {value!r}")
        return int(number) if whole else number

    return check


_CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "url": _url,
    "model": _name,
    "key": _key,
    "timeout": _number(0.1, 3600),
    "first_token_timeout": _number(0.1, 3600),
    "token_timeout": _number(0.1, 3600),
    "temperature": _number(0, 2),
    "context": _number(1024, 2_000_000, whole=True),
    "max_tokens": _number(50, 100_000, whole=True),
    "memory": _number(0, 1_000_000, whole=True),
}
