"""`/runs`: run a question set, read its figures and misses, compare two runs; in forms that need no script."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from policy_qa.desk.evaluations import CORRECTED, MOST, Evaluations, Order, TooMany
from policy_qa.desk.run_view import IN_BRIEF, PlaceOf, better, html_file, view_of
from policy_qa.doors.service import Service
from policy_qa.errors import PolicyQAError
from policy_qa.evaluation.rows import row_line
from policy_qa.evaluation.summary import changes
from policy_qa.kept.corrections import Corrections
from policy_qa.kept.runs import SCHEMA, Run, Runs, State
from policy_qa.kept.store import Store
from policy_qa.page.drafts import MAX_BYTES
from policy_qa.page.frame import page_response
from policy_qa.page.live import LivePipeline
from policy_qa.page.routes import Form, Page, Unfit, Upload, add_pages, download, redirect, status_of, upload_of
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
    routes: tuple[tuple[str, str, Page], ...] = (
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
    add_pages(app, settings.lang, lambda texts: texts.runs.title, routes)
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

    def all(self, request: Request, texts: Texts) -> Response:
        """The form, and what was run."""
        return self._form(request, texts)

    async def begin(self, request: Request, texts: Texts) -> Response:
        """Begin a run and go to it; or the form again, with why not."""
        begun, order = redirect(request, "/runs"), None
        with contextlib.suppress(HTTPException):  # what the form's reader makes of a broken one
            async with request.form(max_files=2, max_fields=3, max_part_size=MAX_BYTES) as form:
                order = await _order(form, greet(request, begun))
        return await asyncio.to_thread(self._begun, request, texts, order, begun)

    def _begun(self, request: Request, texts: Texts, order: Order | None, begun: Response) -> Response:
        words = texts.runs
        if order is None:
            return self._form(request, texts, Order(visitor=""), words.unreadable_form, 400)
        order = replace(order, lang=texts.lang, title=texts.marks.questions if order.chosen == CORRECTED else "")
        if not order.chosen and order.sent is None:
            return self._form(request, texts, order, words.nothing_chosen, 400)
        try:
            id_ = self._evaluations.begin(order)
        except TooMany as error:
            return self._form(request, texts, order, words.too_many.format(count=error.args[0], most=MOST), 413)
        except (PastLimit, WorkerLost):
            return self._form(request, texts, order, words.worker_lost, 413)
        except PolicyQAError as error:
            return self._form(request, texts, order, str(error), status_of(error))
        if id_ is None:
            return self._form(request, texts, order, words.busy, 503)
        begun.headers["location"] += f"/{id_}"
        return begun

    def example(self, request: Request, texts: Texts) -> Response:
        """A table to begin with: a question on the first numbered article, and one that nothing answers."""
        library = self._live.library_or_none()
        held = [library.segmentation(doc_id) for doc_id in library.documents] if library else []
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow(["编号", "问题", "依据", "关键词", "应拒答"])
        numbered = (article.ref for text in held for article in text.articles if article.label)
        if library and (place := library.place(next(numbered, ""))):
            table.writerow(["1", f"{place.cite}规定了什么？", place.cite, "", ""])
        table.writerow(["2", "食堂今天中午吃什么？", "", "", "是"])
        # The mark lets spreadsheet programs see that it is UTF-8.
        return download("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", "questions.csv")

    def one(self, request: Request, texts: Texts) -> Response:
        """How far a run is, or its figures."""
        run = self._find(request)
        rows = [] if run.state is State.RUNNING else self._runs.rows(run.id)
        view = view_of(rows, self._place_of()) if rows else None
        return page_response(
            request, "run.html", texts, run.name,
            words=texts.runs, run=run, view=view, own=self._owns(request, run), brief=IN_BRIEF, linked=True,
        )  # fmt: skip

    def progress(self, request: Request, texts: Texts) -> Response:
        """The same in numbers."""
        run = self._find(request)
        return JSONResponse({"done": run.done, "total": run.total, "state": run.state.value})

    def rows(self, request: Request, texts: Texts) -> Response:
        """A run as `policy-qa eval --rows` writes it."""
        return self._file(
            request, "jsonl", "application/x-ndjson", lambda run: "".join(map(row_line, self._runs.rows(run.id)))
        )

    def report(self, request: Request, texts: Texts) -> Response:
        """A run as a page that needs no server."""

        def page(run: Run) -> str:
            return html_file(run.name, self._runs.rows(run.id), self._place_of(), texts)

        return self._file(request, "html", "text/html; charset=utf-8", page)

    def compare(self, request: Request, texts: Texts) -> Response:
        """What changed from one run to another, and how likely chance would do it."""
        old, new = [self._get(request.query_params.get(name, "")) for name in ("a", "b")]
        if old is None or new is None or old.id == new.id:
            return self._form(request, texts, None, texts.runs.choose_two, 400)
        before, after = [self._runs.rows(run.id) for run in (old, new)]
        return page_response(
            request,
            "run_compare.html",
            texts,
            texts.runs.compare_title,
            words=texts.runs,
            old=old,
            new=new,
            changed=changes(after, before),
            better=better,
            questions={row.id: row.question for row in (*before, *after)},
            lacking=len({row.id for row in before} ^ {row.id for row in after}),
        )

    def stop(self, request: Request, texts: Texts, form: Form) -> Response:
        """End a run that this browser began."""
        run = self._own(request)
        self._evaluations.stop(run.id)
        return redirect(request, f"/runs/{run.id}")

    def delete(self, request: Request, texts: Texts, form: Form) -> Response:
        """Forget a run that this browser began."""
        run = self._own(request)
        self._evaluations.stop(run.id)
        self._runs.delete(run.id)
        return redirect(request, "/runs")

    def _file(self, request: Request, ending: str, media: str, made: Callable[[Run], str]) -> Response:
        run = self._find(request)
        if not run.done:
            raise Unfit(lambda texts: texts.runs.missing, 404)
        return download(made(run), media, f"{run.name}-{run.begun:%Y%m%d-%H%M}.{ending}")

    def _form(
        self, request: Request, texts: Texts, order: Order | None = None, fault: str = "", status: int = 200
    ) -> Response:
        sets = self._evaluations.sets()
        corrected = len(self._corrections.all())
        asked = request.query_params.get("set", _USUAL)
        usual = Order(visitor="", chosen=asked if asked in (*sets, CORRECTED) else "")
        held = self._runs.shown_to(visitor_of(request))
        runs, words = [self._evaluations.known(run) for run in held], texts.runs
        shown = {"sets": sets, "corrected": corrected, "splits": _SPLITS, "order": order or usual, "runs": runs}
        fault = words.failed + fault if order else fault
        response = page_response(request, "runs.html", texts, words.title, status, words=words, fault=fault, **shown)
        greet(request, response)
        return response

    def _find(self, request: Request) -> Run:
        if run := self._get(request.path_params["id"]):
            return run
        raise Unfit(lambda texts: texts.runs.missing, 404)

    def _own(self, request: Request) -> Run:
        if self._owns(request, run := self._find(request)):
            return run
        raise Unfit(lambda texts: texts.runs.missing, 404)

    def _get(self, id_: str) -> Run | None:
        run = self._runs.get(id_)
        return self._evaluations.known(run) if run else None

    def _owns(self, request: Request, run: Run) -> bool:
        return run.visitor == visitor_of(request) or is_admin(request, self._settings.admin_key)

    def _place_of(self) -> PlaceOf:
        library = self._live.library_or_none()
        return library.place if library else lambda ref: None


async def _order(form: FormData, visitor: str) -> Order:
    """What a form asks for; a field that is no text counts as empty, an empty file as none."""

    def text(name: str, most: int = 100) -> str:
        value = form.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    async def file(name: str) -> Upload | None:
        sent = await upload_of(form, name)
        return sent and replace(sent, name=PurePath(sent.name.replace("\\", "/")).name[-100:])

    split = text("split")
    return Order(
        visitor=visitor,
        chosen=text("set"),
        sent=await file("file"),
        split=split if split in _SPLITS else "",
        system=text("system"),
        answers=await file("answers"),
    )
