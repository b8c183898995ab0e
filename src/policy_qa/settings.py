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
#: This computer, as :func:`host_name` writes it.
LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
LANGUAGES = ("zh", "en")
_KEY = re.compile(r"[\w.~+/=-]{16,}", re.ASCII)
#: What is said to let anyone ask who reaches the port: nobody types it by accident.
OPEN = "yes-anyone-may-ask"
_ROOT = re.compile(r"(?:/[\w.~-]+)+", re.ASCII)
_ANCESTOR = re.compile(r"https?://(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
_HEADER = re.compile(r"[a-z][a-z0-9-]{2,63}", re.ASCII)
_HOST_NAME = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """What stands before the server, if anything does.

    `root` is the path below which a proxy shows it, `/policy`; it may pass that on or leave it out. `ancestors` are the
    origins whose pages may hold ours in a frame (`https://portal.school.edu.cn`, `https://*.school.edu.cn`).
    `user_header` is the request header, lower case, in which the proxy names whoever has logged in: no page is
    shown without it. Each is empty by default.
    """

    root: str = ""
    ancestors: tuple[str, ...] = ()
    user_header: str = ""


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
    `open_to_all` was said in words: whoever reaches the port may ask.
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
    proxy: Proxy = Proxy()
    open_to_all: bool = False
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
        `_ALLOWED_HOSTS`, `_API_KEYS`, `_ADMIN_KEY`, `_ROOT_PATH`, `_FRAME_ANCESTORS`, `_USER_HEADER`, `_OPEN`,
        `_KEEP_DAYS`.

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
            proxy=_proxy(env),
            open_to_all=_open(env.get("POLICY_QA_OPEN") or ""),
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


def _proxy(env: Mapping[str, str]) -> Proxy:
    root = (env.get("POLICY_QA_ROOT_PATH") or "").strip().rstrip("/")
    if root and (not _ROOT.fullmatch(root) or {".", ".."} & set(root.split("/"))):
        raise UsageError(f"POLICY_QA_ROOT_PATH: expected a path of letters and digits, such as /policy, found {root!r}")
    ancestors = tuple(filter(None, re.split(r"[,，\s]+", env.get("POLICY_QA_FRAME_ANCESTORS") or "")))
    if wrong := next((one for one in ancestors if not _ANCESTOR.fullmatch(one)), None):
        raise UsageError(
            "POLICY_QA_FRAME_ANCESTORS: expected origins, apart by commas, such as https://portal.school.edu.cn, "
            f"found {wrong!r}; begin it with https:// and leave out the path"
        )
    header = (env.get("POLICY_QA_USER_HEADER") or "").strip().lower()
    if header and not _HEADER.fullmatch(header):
        raise UsageError(f"POLICY_QA_USER_HEADER: expected a header's name, such as X-Remote-User, found {header!r}")
    return Proxy(root=root, ancestors=ancestors, user_header=header)


def _open(said: str) -> bool:
    if said in ("", OPEN):
        return bool(said)
    raise UsageError(f"POLICY_QA_OPEN: expected {OPEN}, found {said!r}; say it in these words, or leave it out")


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
