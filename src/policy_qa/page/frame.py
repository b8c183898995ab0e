"""The frame of every page beside the conversation: head, places to go to, style, language; in Jinja2, escaped."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from policy_qa.page.inline import showable
from policy_qa.page.texts import Texts, texts_for

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.responses import HTMLResponse, Response

_HERE = Path(__file__).parent
#: So long a browser keeps what it is told to, in seconds.
YEAR = 365 * 86400
LANGUAGE_COOKIE = "pq_lang"


@cache
def environment() -> Environment:
    """The templates. Everything that is put into one is escaped; a name that is not given is an error.

    `| day` and `| moment` set a time as this server's clock on the wall has it.
    """
    made = Environment(
        loader=FileSystemLoader([_HERE / "templates", _HERE / "static"]),
        autoescape=True,
        finalize=_shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"day": day_of, "moment": moment_of}
    return made


def day_of(at: str | float) -> str:
    """The day of a moment (UTC, in ISO 8601 or in seconds since 1970) where this server stands."""
    return moment_of(at)[:10]


def moment_of(at: str | float) -> str:
    """A moment, as in `day_of`, to the minute: 2026-03-01 09:30."""
    found = datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at)
    return f"{found.astimezone():%Y-%m-%d %H:%M}"


def _shown(value: object) -> object:
    """What a browser is sent: of what people and files wrote, no control characters."""
    return showable(value) if type(value) is str else value


@cache
def style() -> Markup:
    """The style of all pages."""
    # A file of this package, with nothing in it that people wrote.
    return Markup((_HERE / "static" / "desk.css").read_text("utf-8"))  # nosec B704 # noqa: S704 - ours


def texts_of(request: Request, lang: str) -> Texts:
    """The words of the language that the address asks for, else the one chosen before, else `lang`."""
    chosen = request.query_params.get("lang") or cookie_of(request, LANGUAGE_COOKIE) or lang
    return texts_for("en" if chosen == "en" else "zh")


def page_response(
    request: Request, template: str, texts: Texts, title: str, status: int = 200, **values: object
) -> HTMLResponse:
    """A page from a template that extends `frame.html`; a language in the address is remembered.

    `root` is in every template: what stands before a path of ours, `{{ root }}/library`.
    """
    from starlette.responses import HTMLResponse

    other = {**dict(request.query_params), "lang": "en" if texts.lang == "zh" else "zh"}
    html = (
        environment()
        .get_template(template)
        .render(
            texts=texts,
            title=title,
            style=style(),
            places=places(texts),
            here=_place_of(path_of(request)),
            root=root_of(request),
            other_language=f"?{urlencode(other)}",
            **values,
        )
    )
    response = HTMLResponse(html, status, {"cache-control": "no-store"})
    if "lang" in request.query_params:
        set_cookie(request, response, LANGUAGE_COOKIE, texts.lang)
    return response


def set_cookie(
    request: HTTPConnection,
    response: Response,
    name: str,
    value: str,
    *,
    seconds: int = YEAR,
    samesite: Literal["lax", "strict"] = "lax",
) -> None:
    """Have a browser keep a value for this server alone: what else a host shows beside our root is not told of it."""
    path = root_of(request) or "/"
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite=samesite)


def cookie_of(request: HTTPConnection, name: str) -> str:
    """A value that a browser keeps, empty where it has none. Of two with one name it is that for the longer path, which
    comes first (RFC 6265, 5.4): another server may have set the other for the whole host."""
    pairs = (pair.partition("=") for line in request.headers.getlist("cookie") for pair in line.split(";"))
    return next((value.strip() for key, _, value in pairs if key.strip() == name), "")


def root_of(request: HTTPConnection) -> str:
    """The path below which a proxy shows this server, `/policy`; empty where it has a host of its own.

    It stands before every path that is sent to a browser, in a link, a form or a redirect.
    """
    return str(request.scope.get("root_path", ""))


def path_of(request: Request) -> str:
    """The path of a request below the root: `/library`, wherever a proxy shows it."""
    return str(request.scope["path"]).removeprefix(root_of(request)) or "/"


def places(texts: Texts) -> tuple[tuple[str, str], ...]:
    """(path below the root, label) of the pages that every page leads to."""
    return (
        ("/", texts.to_ask),
        ("/library", texts.to_library),
        ("/check", texts.check.link),
        ("/marks", texts.to_marks),
        ("/runs", texts.to_runs),
    )


def _place_of(path: str) -> str:
    return "/" + path.strip("/").partition("/")[0]
