"""The web server: the page, the page for drafts at `/check`, and the health check at `/healthz`."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING

from policy_qa import __version__
from policy_qa.errors import UsageError
from policy_qa.page.live import LivePipeline
from policy_qa.settings import LOOPBACK, OPEN, Settings, host_name

if TYPE_CHECKING:
    import uvicorn
    from fastapi.responses import JSONResponse, PlainTextResponse

    from policy_qa.kept.conversations import Conversations
    from policy_qa.page.gate import Gate, Limits
    from policy_qa.page.workers import WorkLimits

log = logging.getLogger(__name__)

#: Gradio and its hub client report home unless told not to, the former from the moment it is imported.
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_SHARE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def create_app(
    settings: Settings,
    live: LivePipeline | None = None,
    limits: Limits | None = None,
    work_limits: WorkLimits | None = None,
) -> Gate:
    """The application: the page at `/`, the health check at `/healthz`, behind one gate with these limits.

    An unusable index is no error here: the page says how to mend it, and `/healthz` answers 503.
    """
    os.environ.update(_QUIET)
    _prepare(settings)
    chosen = live or open_live(settings)

    async def create() -> Gate:
        return _create(settings, chosen, limits, work_limits)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        # Outside a running event loop, Gradio opens a new one for each of its locks and closes none of them.
        return asyncio.run(create())
    return _create(settings, chosen, limits, work_limits)


def _prepare(settings: Settings) -> None:
    """Import what the first question would otherwise wait for."""
    import policy_qa.llama
    from policy_qa.model.client import ModelClient

    log.debug("answers come through %s", policy_qa.llama.PolicyChatEngine.__name__)
    if settings.llm:
        ModelClient(settings.llm).prepare()


def _create(settings: Settings, live: LivePipeline, limits: Limits | None, work_limits: WorkLimits | None) -> Gate:
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse, PlainTextResponse

    from policy_qa.desk.changes import add_library
    from policy_qa.desk.conversations import add_conversations
    from policy_qa.desk.corrections import add_corrections
    from policy_qa.desk.marks import add_marks
    from policy_qa.desk.runs import add_runs
    from policy_qa.doors.chat import chat
    from policy_qa.doors.client import asking
    from policy_qa.doors.rest import add_errors, rest
    from policy_qa.doors.service import Service
    from policy_qa.doors.tools import routes, tools
    from policy_qa.kept.checks import Checks
    from policy_qa.page.blocks import STATIC, SentSteps, build_page, page_theme
    from policy_qa.page.check_routes import add_check
    from policy_qa.page.gate import Gate, Hosts
    from policy_qa.page.visitor import Greeter
    from policy_qa.page.workers import Workers

    workers = Workers(settings.index_dir, work_limits)
    kept = open_conversations(settings)
    service = Service(live, workers)
    server = tools(service)

    @contextlib.asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        try:
            async with server.session_manager.run():
                yield
        finally:
            evaluations.close()
            workers.close()

    # FastAPI's own pages of documentation load their scripts from outside.
    app = FastAPI(title="policy_qa", version=__version__, lifespan=running, docs_url=None, redoc_url=None)
    add_errors(app)
    app.add_middleware(Greeter)

    @app.get("/healthz", summary="Whether questions can be answered", response_model=None)
    async def healthz() -> JSONResponse:
        # On the event loop, since questions may keep every thread busy.
        health = live.health()
        about = {"model": settings.model, "version": __version__}
        if health.reason:
            return JSONResponse({"status": "unusable", "reason": health.reason, **about}, status_code=503)
        counts = {"documents": health.documents, "provisions": health.provisions}
        return JSONResponse({"status": "ok", **counts, **about})

    @app.get(
        "/metrics",
        summary="What this server has done, for Prometheus",
        response_model=None,
        response_class=PlainTextResponse,
    )
    async def metrics() -> PlainTextResponse:
        health = live.health()
        gauges = {"up": not health.reason, "documents": health.documents, "provisions": health.provisions}
        return PlainTextResponse(live.metrics.text(gauges), media_type="text/plain; version=0.0.4")

    add_check(app, workers, Checks(settings.desk_file, settings.keep_days), settings.lang)
    add_marks(app, live, settings, kept.cited if kept else lambda visitor: ())
    add_corrections(app, live, service, settings, kept.given if kept else lambda answer: None)
    evaluations = add_runs(app, settings, live, service)
    add_library(app, service, live, settings)
    app.include_router(rest(service, workers, settings.lang))
    app.include_router(chat(service))
    app.router.routes += routes(server, "/mcp")
    style = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in ("page.css", "beneath.css"))
    script = (STATIC / "page.js").read_text(encoding="utf-8")
    if kept:
        add_conversations(app, kept, settings.lang)
    page = build_page(live, settings.lang, asking(service), kept)
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        root_path=settings.proxy.root or None,
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size=1,
        favicon_path=str(STATIC / "favicon.png"),
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        app_kwargs={"openapi_url": None},
        theme=page_theme(),
        # Not `css=`, which would put each rule below Gradio's own container and cut off those on the whole page.
        head=f'<link rel="icon" href="favicon.ico"><style>{style}</style><script>{script}</script>',
    )
    hosts, told = Hosts.of(settings.host, settings.allowed_hosts), live.metrics.requested
    fault = SentSteps(page).fault
    return Gate(app, hosts, limits, fault, keys=settings.api_keys, proxy=settings.proxy, told=told)


def open_conversations(settings: Settings) -> Conversations | None:
    """What is kept of conversations under these settings; None where they say to keep none."""
    from policy_qa.kept.conversations import SCHEMA, Conversations
    from policy_qa.kept.store import Store

    return Conversations(Store(settings.desk_file, SCHEMA), settings.keep_days) if settings.keep_days else None


def open_live(settings: Settings, *, suggests: bool = True) -> LivePipeline:
    """The pipeline of these settings, opened anew after every build."""
    from policy_qa.index.layout import read_pointer
    from policy_qa.pipeline import open_pipeline

    writes = settings.llm is not None
    stamp = partial(read_pointer, settings.index_dir)
    return LivePipeline(lambda: open_pipeline(settings), stamp, writes=writes, suggests=suggests)


def serve(settings: Settings, open_browser: bool = False, ready: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted. `ready` gets the page's address once it answers.

    Raises UsageError where the address can't be listened on, or where that would let anyone ask who reaches it and
    nobody said so.
    """
    import uvicorn

    check_reach(settings)
    with listen(settings.host, settings.port) as listener:
        app = create_app(settings)
        server = uvicorn.Server(server_config(app))
        address = page_address(settings.host, listener.getsockname()[1])

        def announce() -> None:
            if ready:
                ready(address)
            if open_browser:
                webbrowser.open(address)

        threading.Thread(target=_when_started, args=(server, announce), daemon=True).start()
        with contextlib.suppress(KeyboardInterrupt):  # uvicorn has shut down in good order by then
            server.run(sockets=[listener])


def check_reach(settings: Settings) -> None:
    """Raises UsageError where others could ask: beyond this computer, without keys, a proxy's login, or leave."""
    guarded = settings.api_keys or settings.proxy.user_header or settings.open_to_all
    if guarded or host_name(settings.host) in LOOPBACK:
        return
    raise UsageError(
        f"POLICY_QA_HOST: expected 127.0.0.1, found {settings.host}, where anyone who reaches the port may ask; set "
        "POLICY_QA_USER_HEADER (a proxy that asks for a login stands before it) or POLICY_QA_API_KEYS, "
        f"or say POLICY_QA_OPEN={OPEN}"
    )


def server_config(app: Gate) -> uvicorn.Config:
    """How uvicorn serves the application: every connection under the gate's limits."""
    import uvicorn

    from policy_qa.page.connection import connection_class

    return uvicorn.Config(
        app,
        http=connection_class(app.limits),
        ws="none",
        h11_max_incomplete_event_size=app.limits.head_bytes,
        server_header=False,
        log_level="warning",
        access_log=False,
        # Every open page holds an event stream; an interrupt must not wait for them.
        timeout_graceful_shutdown=2,
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises UsageError, in one line, where the address is taken or not to be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        if os.name == "posix":  # elsewhere this option would let two servers share one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(128)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            found = "which another program uses already; set POLICY_QA_PORT to another port, or stop that program"
        else:
            found = f"which can't be listened on ({error.strerror}); set POLICY_QA_HOST and POLICY_QA_PORT to others"
        raise UsageError(f"expected a free port, found {host}:{port}, {found}") from error
    return listener


def page_address(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    if host in ("0.0.0.0", "::", ""):  # nosec B104 # noqa: S104 - compared with, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _when_started(server: object, then: Callable[[], None]) -> None:
    while not getattr(server, "started", False):
        if getattr(server, "should_exit", False):
            return
        threading.Event().wait(0.05)
    then()
