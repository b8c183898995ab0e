"""`/runs`: run a question set, read its figures and misses, compare two runs; in forms that need no script."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from policy_qa.desk.evaluations import CORRECTED, MOST, Evaluations, File, Order, TooMany
from policy_qa.desk.run_view import IN_BRIEF, PlaceOf, better, html_file, view_of
from policy_qa.doors.service import Service
from policy_qa.errors import PolicyQAError
from policy_qa.evaluation.rows import row_line
from policy_qa.evaluation.summary import changes
from policy_qa.kept.corrections import Corrections
from policy_qa.kept.runs import SCHEMA, Run, Runs, State
from policy_qa.kept.store import Store
from policy_qa.page.drafts import MAX_BYTES
from policy_qa.page.frame import page_response, root_of, texts_of
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import status_of
from policy_qa.page.texts import Texts
from policy_qa.page.visitor import greet, is_admin, visitor_of
from policy_qa.processes import PastLimit, WorkerLost
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.datastructures import FormData
    from starlette.requests import Request

_SPLITS = ("", "fit", "report", "gate", "all")
#: The set that is chosen to begin with.
_USUAL = "questions.jsonl"


def add_runs(app: FastAPI, settings: Settings, live: LivePipeline, service: Service) -> Evaluations:
    """Add the routes; what is under way has to be closed when the server ends."""
    runs = Runs(Store(settings.desk_file, SCHEMA))
    corrections = Corrections(settings.desk_file)
    evaluations = Evaluations(live, runs, settings.corpus.parent / "eval", corrections, service.evaluating)
    pages = _Pages(settings, live, runs, evaluations, corrections)
    routes = (
        ("GET", "/runs", pages.all),
        ("POST", "/runs", pages.begin),
        ("GET", "/runs/example.csv", pages.example),
        ("GET", "/runs/compare", pages.compare),
        ("GET", "/runs/{id}", pages.one),
        ("GET", "/runs/{id}/progress", pages.progress),
        ("GET", "/runs/{id}/rows.jsonl", pages.rows),
        ("GET", "/runs/{id}/report.html", pages.report),
        ("POST", "/runs/{id}/stop", pages.stop),
        ("POST", "/runs/{id}/delete", pages.delete),
    )
    app.router.routes += [Route(path, pages.told(page), methods=[method]) for method, path, page in routes]
    return evaluations


class _Pages:
    """One public method a route."""

    def __init__(
        self,
        settings: Settings,
        live: LivePipeline,
        runs: Runs,
        evaluations: Evaluations,
        corrections: Corrections,
    ) -> None:
        self._settings, self._live, self._runs, self._evaluations = settings, live, runs, evaluations
        self._corrections = corrections

    def told(self, page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """The same page; what keeps it back is a line on it."""

        async def safely(request: Request) -> Response:
            try:
                return await page(request)
            except PolicyQAError as error:
                title = self._texts(request).runs.title
                return self._page(request, "failed.html", title, status_of(error), said=str(error))

        return safely

    async def all(self, request: Request) -> Response:
        """The form, and what was run."""
        return await self._form(request)

    async def begin(self, request: Request) -> Response:
        """Begin a run and go to it; or the form again, with why not."""
        words = self._texts(request).runs
        begun = _to(request, "/runs")
        try:
            async with request.form(max_files=2, max_fields=3, max_part_size=MAX_BYTES) as form:
                order = await _order(form, greet(request, begun))
        except HTTPException:  # what the form's reader makes of a broken one
            return await self._form(request, Order(visitor=""), words.unreadable_form, 400)
        if order.chosen == CORRECTED:
            order = replace(order, title=self._texts(request).marks.questions)
        if not order.chosen and order.sent is None:
            return await self._form(request, order, words.nothing_chosen, 400)
        try:
            id_ = await asyncio.to_thread(self._evaluations.begin, order)
        except TooMany as error:
            return await self._form(request, order, words.too_many.format(count=error.args[0], most=MOST), 413)
        except (PastLimit, WorkerLost):
            return await self._form(request, order, words.worker_lost, 413)
        except PolicyQAError as error:
            return await self._form(request, order, str(error), status_of(error))
        if id_ is None:
            return await self._form(request, order, words.busy, 503)
        begun.headers["location"] += f"/{id_}"
        return begun

    async def example(self, request: Request) -> Response:
        """A table to begin with: a question on the first numbered article, and one that nothing answers."""
        library = await asyncio.to_thread(self._live.library_or_none)
        texts = [library.segmentation(doc_id) for doc_id in library.documents] if library else []
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow(["编号", "问题", "依据", "关键词", "应拒答"])
        numbered = (article.ref for text in texts for article in text.articles if article.label)
        if library and (place := library.place(next(numbered, ""))):
            table.writerow(["1", f"{place.cite}规定了什么？", place.cite, "", ""])
        table.writerow(["2", "食堂今天中午吃什么？", "", "", "是"])
        headers = {"content-disposition": 'attachment; filename="questions.csv"'}
        # The mark lets spreadsheet programs see that it is UTF-8.
        return Response("\ufeff" + out.getvalue(), 200, headers, "text/csv; charset=utf-8")

    async def one(self, request: Request) -> Response:
        """How far a run is, or its figures."""
        if (run := await self._find(request)) is None:
            return await self._missing(request)
        rows = [] if run.state is State.RUNNING else await asyncio.to_thread(self._runs.rows, run.id)
        view = await asyncio.to_thread(lambda: view_of(rows, self._place_of())) if rows else None
        return self._page(
            request, "run.html", run.name, run=run, view=view, own=self._owns(request, run), brief=IN_BRIEF, linked=True
        )

    async def progress(self, request: Request) -> Response:
        """The same in numbers."""
        if (run := await self._find(request)) is None:
            return JSONResponse({"error": "no such run"}, 404)
        return JSONResponse({"done": run.done, "total": run.total, "state": run.state.value})

    async def rows(self, request: Request) -> Response:
        """A run as `policy-qa eval --rows` writes it."""
        return await self._file(
            request, "jsonl", "application/x-ndjson", lambda run: "".join(map(row_line, self._runs.rows(run.id)))
        )

    async def report(self, request: Request) -> Response:
        """A run as a page that needs no server."""
        texts = self._texts(request)

        def page(run: Run) -> str:
            return html_file(run.name, self._runs.rows(run.id), self._place_of(), texts)

        return await self._file(request, "html", "text/html; charset=utf-8", page)

    async def compare(self, request: Request) -> Response:
        """What changed from one run to another, and how likely chance would do it."""
        words = self._texts(request).runs
        old, new = [await self._get(request.query_params.get(name, "")) for name in ("a", "b")]
        if old is None or new is None or old.id == new.id:
            return await self._form(request, None, words.choose_two, 400)
        before, after = [await asyncio.to_thread(self._runs.rows, run.id) for run in (old, new)]
        changed = await asyncio.to_thread(changes, after, before)
        return self._page(
            request,
            "run_compare.html",
            words.compare_title,
            old=old,
            new=new,
            changed=changed,
            better=better,
            questions={row.id: row.question for row in (*before, *after)},
            lacking=len({row.id for row in before} ^ {row.id for row in after}),
        )

    async def stop(self, request: Request) -> Response:
        """End a run that this browser began."""
        return await self._change(request, self._evaluations.stop, stays=True)

    async def delete(self, request: Request) -> Response:
        """Forget a run that this browser began."""

        def forget(id_: str) -> None:
            self._evaluations.stop(id_)
            self._runs.delete(id_)

        return await self._change(request, forget, stays=False)

    async def _change(self, request: Request, change: Callable[[str], None], *, stays: bool) -> Response:
        if (run := await self._find(request)) is None or not self._owns(request, run):
            return await self._missing(request)
        await asyncio.to_thread(change, run.id)
        return _to(request, f"/runs/{run.id}" if stays else "/runs")

    async def _file(self, request: Request, ending: str, media: str, made: Callable[[Run], str]) -> Response:
        run = await self._find(request)
        if run is None or not run.done:
            return await self._missing(request)
        name = quote(f"{run.name}-{run.begun:%Y%m%d-%H%M}.{ending}")
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
        body = await asyncio.to_thread(lambda: made(run).encode("utf-8", "replace"))
        return Response(body, 200, headers, media)

    async def _missing(self, request: Request) -> Response:
        return await self._form(request, None, self._texts(request).runs.missing, 404)

    async def _form(self, request: Request, order: Order | None = None, fault: str = "", status: int = 200) -> Response:
        sets = await asyncio.to_thread(self._evaluations.sets)
        corrected = len(await asyncio.to_thread(self._corrections.all))
        asked = request.query_params.get("set", _USUAL)
        usual = Order(visitor="", chosen=asked if asked in (*sets, CORRECTED) else "")
        held = await asyncio.to_thread(self._runs.shown_to, visitor_of(request))
        runs, words = [self._evaluations.known(run) for run in held], self._texts(request).runs
        shown = {"sets": sets, "corrected": corrected, "splits": _SPLITS, "order": order or usual, "runs": runs}
        fault = words.failed + fault if order else fault
        response = self._page(request, "runs.html", words.title, status, fault=fault, **shown)
        greet(request, response)
        return response

    async def _find(self, request: Request) -> Run | None:
        return await self._get(request.path_params["id"])

    async def _get(self, id_: str) -> Run | None:
        run = await asyncio.to_thread(self._runs.get, id_)
        return self._evaluations.known(run) if run else None

    def _owns(self, request: Request, run: Run) -> bool:
        return run.visitor == visitor_of(request) or is_admin(request, self._settings.admin_key)

    def _place_of(self) -> PlaceOf:
        library = self._live.library_or_none()
        return library.place if library else lambda ref: None

    def _texts(self, request: Request) -> Texts:
        return texts_of(request, self._settings.lang)

    def _page(self, request: Request, template: str, title: str, status: int = 200, **values: object) -> Response:
        texts = self._texts(request)
        return page_response(request, template, texts, title, status, words=texts.runs, **values)


async def _order(form: FormData, visitor: str) -> Order:
    """What a form asks for; a field that is no text counts as empty, an empty file as none."""

    def text(name: str, most: int = 100) -> str:
        value = form.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    async def file(name: str) -> File | None:
        value = form.get(name)
        if value is None or isinstance(value, str) or not value.filename:
            return None
        return File(name=PurePath(value.filename.replace("\\", "/")).name[-100:], data=await value.read())

    split = text("split")
    return Order(
        visitor=visitor,
        chosen=text("set"),
        sent=await file("file"),
        split=split if split in _SPLITS else "",
        system=text("system"),
        answers=await file("answers"),
    )


def _to(request: Request, path: str) -> RedirectResponse:
    return RedirectResponse(root_of(request) + path, 303)
