"""Settings: where state lives, which model embeds, which language the frame has, which model writes, if any.

Everything is read from the environment, and for a language model from `policy_qa.toml`, once, by
:meth:`Settings.from_env`; no module looks at `os.environ` on its own, and no folder is made at import.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policy_qa.errors import UsageError
from policy_qa.model_settings import ModelSettings

DEFAULT_MODEL = "multilingual-e5-small"
#: The cross-encoder in the package, which is the default, and the word for none.
READER, NO_RERANKER = "reader", "off"
LANGUAGES = ("zh", "en")
_KEY = re.compile(r"[\w.~+/=-]{16,}", re.ASCII)
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What a run depends on, all of it.

    `model` embeds: the built-in encoder, or a folder of sentence-transformers. `reranker` judges the best articles of
    a search: `reader`, the package's own, a cross-encoder's folder, which only puts them in order, or `off`.

    `home` holds all state: `home/index` (the index), `home/models` (models written out on this machine),
    `home/desk.sqlite3` (what people keep at the page). `corpus` is the folder of policy texts. `llm` is the language
    model that writes answers; None, the default, where only the texts are quoted. `threshold` in [0, 1] is the
    answerability from which a question is answered; None, the default, takes the shipped one. `allowed_hosts` are the
    names under which the page may be reached beside loopback and `host`, as :func:`host_name` gives them. `api_keys`,
    one of which programs send, are in no representation of this object; without any, only programs on this computer
    may ask. `admin_key`, as secret, opens what changes the corpus at the page; None, the default, leaves it shut.
    `keep_days` is how long a conversation is kept that nobody goes on with; 0 keeps none.
    """

    home: Path
    corpus: Path
    model: str = DEFAULT_MODEL
    reranker: str = READER
    lang: str = "zh"
    host: str = "127.0.0.1"
    port: int = 7860
    llm: ModelSettings | None = None
    threshold: float | None = None
    allowed_hosts: tuple[str, ...] = ()
    api_keys: tuple[str, ...] = field(default=(), repr=False)
    admin_key: str | None = field(default=None, repr=False)
    keep_days: int = 90

    @property
    def index_dir(self) -> Path:
        """The generations of the index."""
        return self.home / "index"

    @property
    def models_dir(self) -> Path:
        """Models that were written out on this machine."""
        return self.home / "models"

    @property
    def cache_dir(self) -> Path:
        """What may be thrown away at any time: indexes that an evaluation made, each with its own hashes."""
        return self.home / "cache"

    @property
    def desk_file(self) -> Path:
        """The SQLite file of `policy_qa.kept`."""
        return self.home / "desk.sqlite3"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `POLICY_QA_HOME`, `_CORPUS`, `_MODEL`, `_RERANKER`, `_LANG`, `_HOST`, `_PORT`, `_THRESHOLD`,
        `_ALLOWED_HOSTS`, `_API_KEYS`, `_ADMIN_KEY`, `_KEEP_DAYS`.

        `_LLM_*` is read by ModelSettings.

        Without `POLICY_QA_HOME`, state lives in the checkout that the package was installed from
        in editable mode, else in `$XDG_DATA_HOME/policy_qa` (`~/.local/share/policy_qa`).
        """
        env = os.environ if environ is None else environ
        home = Path(env.get("POLICY_QA_HOME") or _default_home(env)).expanduser()
        corpus = Path(env.get("POLICY_QA_CORPUS") or (_checkout() or Path.cwd()) / "corpus").expanduser()
        lang = (env.get("POLICY_QA_LANG") or "zh").strip().lower()[:2]
        if lang not in LANGUAGES:
            raise UsageError(f"POLICY_QA_LANG: expected zh or en, found {env['POLICY_QA_LANG']!r}; set one of them")
        port = env.get("POLICY_QA_PORT") or "7860"
        if not (port.isascii() and port.isdigit() and 0 <= int(port) <= 65535):
            raise UsageError(f"POLICY_QA_PORT: expected a number from 0 to 65535, found {port!r}")
        days = env.get("POLICY_QA_KEEP_DAYS") or "90"
        if not (days.isascii() and days.isdigit() and int(days) <= 36_500):
            raise UsageError(f"POLICY_QA_KEEP_DAYS: expected a number of days from 0 to 36500, found {days!r}")
        return cls(
            home=home.absolute(),
            corpus=corpus.absolute(),
            model=env.get("POLICY_QA_MODEL") or DEFAULT_MODEL,
            reranker=env.get("POLICY_QA_RERANKER") or READER,
            lang=lang,
            host=env.get("POLICY_QA_HOST") or "127.0.0.1",
            port=int(port),
            llm=ModelSettings.read(home, env),
            threshold=_share("POLICY_QA_THRESHOLD", env.get("POLICY_QA_THRESHOLD") or ""),
            allowed_hosts=_hosts("POLICY_QA_ALLOWED_HOSTS", env.get("POLICY_QA_ALLOWED_HOSTS") or ""),
            api_keys=_keys("POLICY_QA_API_KEYS", env.get("POLICY_QA_API_KEYS") or ""),
            admin_key=next(iter(_keys("POLICY_QA_ADMIN_KEY", env.get("POLICY_QA_ADMIN_KEY") or "")), None),
        )


def host_name(written: str) -> str | None:
    """A host's name or address as it is compared: lower case, ASCII, no brackets, no final dot; None for none."""
    bare = written.strip().removeprefix("[").removesuffix("]").rstrip(".").lower()
    try:
        return ipaddress.ip_address(bare).compressed
    except ValueError:
        pass
    try:
        name = bare.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return name if _HOST_NAME.fullmatch(name) else None


def _hosts(name: str, value: str) -> tuple[str, ...]:
    """Host names apart by commas."""
    found = []
    for written in filter(None, (part.strip() for part in re.split("[,，]", value))):
        host = host_name(written)
        if host is None:
            raise UsageError(
                f"{name}: expected host names or addresses, apart by commas, such as qa.school.edu.cn, "
                f"found {written!r}; leave out http:// and the port"
            )
        found.append(host)
    return tuple(dict.fromkeys(found))


def _keys(name: str, value: str) -> tuple[str, ...]:
    """Keys apart by commas, each too long to be guessed. None of them is ever shown."""
    found = tuple(filter(None, (part.strip() for part in value.split(","))))
    for number, key in enumerate(found, 1):
        if not _KEY.fullmatch(key):
            raise UsageError(
                f"{name}: expected keys of at least 16 letters, digits or - . _ ~ + / =, apart by commas, "
                f"number {number} is none; make one: python -c 'import secrets; print(secrets.token_urlsafe())'"
            )
    return found


def _share(name: str, value: str) -> float | None:
    """A number from 0 to 1, None where nothing is set."""
    if not value:
        return None
    if re.fullmatch(r"[01]|[01]?\.\d+", value, re.ASCII) and float(value) <= 1:
        return float(value)
    raise UsageError(f"{name}: expected a number from 0 to 1, such as 0.6, found {value!r}")


def _checkout() -> Path | None:
    """The repository that this package runs from, if it does (an editable install)."""
    root = Path(__file__).resolve().parents[2]
    return root if (root / "pyproject.toml").is_file() and (root / "corpus").is_dir() else None


def _default_home(env: Mapping[str, str]) -> Path:
    if root := _checkout():
        return root
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "policy_qa"
