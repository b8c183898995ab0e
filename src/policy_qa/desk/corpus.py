"""Changes to the policies: proposed, read, looked at, carried out by a build of its own, or undone.

A build is a process: questions are answered meanwhile, and one that fails, or is killed, leaves index and folder as
they were. Whoever is killed in between is cleaned up after at the next start.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import secrets
import tempfile
import threading
import time
from pathlib import Path, PurePosixPath
from typing import Any

from policy_qa.documents.sources import SUFFIXES
from policy_qa.errors import BuildLocked, IndexUnusable, PolicyQAError, StoreUnusable
from policy_qa.index.codec import dump_segmentations
from policy_qa.index.isolated import Reader
from policy_qa.index.layout import check_coverage
from policy_qa.index.store import read_generation
from policy_qa.kept.changes import Action, Changes, Proposal, Step
from policy_qa.kept.corpus import CorpusFolder
from policy_qa.kept.store import now
from policy_qa.page.routes import Unfit, Upload
from policy_qa.page.texts import ZH
from policy_qa.printable import doc_id_of, source_name
from policy_qa.processes import PastLimit, TaskLimits, Worker, WorkerLost
from policy_qa.settings import Settings
from policy_qa.wording import Words

log = logging.getLogger(__name__)

#: A build of a large collection takes hours, and has all memory that there is.
_LIMITS = TaskLimits(cpu=7 * 86400, memory=1 << 40, wall=7 * 86400, load=600)
_BUILD = "policy_qa.desk.corpus:Build"
#: Progress is written so many seconds apart.
_OFTEN = 0.3
_LONGEST_NAME = 200


class Editor:
    """Changes the corpus, one change at a time."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.changes = Changes(settings.desk_file)
        self.folder = CorpusFolder(settings)
        self._reading = threading.Lock()

    def add(self, who: str, upload: Upload) -> str:
        """Propose a new file; returns the proposal's id. Raises Unfit."""
        name = _named(upload.name)
        taken = next((s for s in self.folder.files() if doc_id_of(s) == doc_id_of(name)), None)
        if taken is not None:
            raise Unfit(lambda texts: texts.library.name_taken.format(name=taken))
        return self._propose(who, Action.ADD, "", name, upload.data)

    def replace(self, who: str, source: str, upload: Upload) -> str:
        """Propose another text in a file's place, under its name, so that its references stay. Raises Unfit."""
        suffix = PurePosixPath(_named(upload.name)).suffix.lower()
        own = PurePosixPath(source)
        target = source if own.suffix.lower() == suffix else str(own.with_suffix(suffix))
        return self._propose(who, Action.REPLACE, source, target, upload.data)

    def withdraw(self, who: str, source: str) -> str:
        """Propose that a file goes. Raises Unfit."""
        return self._propose(who, Action.WITHDRAW, source, "", None)

    def restore(self, who: str, change: int) -> str:
        """Propose that a file is again what it was before a change. Raises Unfit."""
        row = next((row for row in self.changes.all() if row.id == change), None)
        if row is None:
            raise Unfit(lambda texts: texts.library.no_such_change)
        # The same document, in whatever format it lies there now.
        there = next((s for s in self.folder.files() if doc_id_of(s) == doc_id_of(row.source)), "")
        if not row.old:
            return self._propose(who, Action.RESTORE, there, "", None)
        data = self.folder.kept(row.old)
        if data is None:
            raise Unfit(lambda texts: texts.library.not_archived)
        return self._propose(who, Action.RESTORE, there, row.source, data)

    def _propose(self, who: str, action: Action, source: str, target: str, data: bytes | None) -> str:
        there = self.folder.read(source) if source else None
        if source and there is None:
            raise Unfit(lambda texts: texts.library.file_gone.format(name=source))
        if not source and not target:
            raise Unfit(lambda texts: texts.library.nothing_to_do)
        if data is not None and not data.strip():
            raise Unfit(lambda texts: texts.library.empty_file)
        old = self.folder.keep(there) if there is not None else ""
        new = self.folder.keep(data) if data is not None else ""
        if old == new and source == target:
            raise Unfit(lambda texts: texts.library.same_bytes)
        proposal = Proposal(
            id=secrets.token_urlsafe(16),
            at=now(),
            who=who,
            action=action,
            source=source,
            old=old,
            target=target,
            new=new,
            state=Step.READING if target else Step.PROPOSED,
        )
        self.changes.propose(proposal)
        if target:
            threading.Thread(target=self._read, args=(proposal,), daemon=True).start()
        return proposal.id

    def _read(self, proposal: Proposal) -> None:
        """Read the new bytes in a process of their own, one file at a time."""
        try:
            with (
                self._reading,
                tempfile.TemporaryDirectory(prefix=".reading-", dir=self._settings.home) as scratch,
                Reader() as reader,
            ):
                path = Path(scratch, proposal.target)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.folder.kept(proposal.new) or b"")
                segmentation = reader.segment(path, root=Path(scratch))
                check_coverage(segmentation)
            self.changes.move(proposal.id, Step.PROPOSED, reading=dump_segmentations([segmentation]))
        except (PolicyQAError, OSError) as error:
            self._fail(proposal.id, Step.REFUSED, str(error))
        except Exception as error:  # nobody waits for this thread; whoever proposed the file is told on its page
            log.exception("a proposed file could not be read")
            self._fail(proposal.id, Step.REFUSED, repr(error))

    def drop(self, id_: str) -> None:
        """Forget a proposal that isn't being carried out, and its bytes where nothing else speaks of them."""
        proposal = self.changes.proposal(id_)
        if proposal is None or proposal.state is Step.WORKING:
            return
        self.changes.drop(id_)
        for digest in filter(None, (proposal.old, proposal.new)):
            if not self.changes.holds(digest):
                self.folder.forget(digest)

    def confirm(self, id_: str, who: str) -> None:
        """Begin to carry a proposal out. Raises Unfit where that can't be done, or another change is being made."""
        held = contextlib.ExitStack()
        try:
            held.enter_context(self.folder.lock())
        except BuildLocked:
            raise Unfit(lambda texts: self._at_work(texts.library)) from None
        try:
            self._recover()
            proposal = self.changes.proposal(id_)
            if proposal is None or proposal.state not in (Step.PROPOSED, Step.FAILED):
                raise Unfit(lambda texts: texts.library.not_waiting)
            digests = self.folder.digests()
            others = (s for s in digests if s != proposal.source and doc_id_of(s) == doc_id_of(proposal.target))
            if digests.get(proposal.source, "") != proposal.old or (proposal.target and next(others, None)):
                raise Unfit(lambda texts: texts.library.changed_meanwhile)
            self.changes.settle(digests, "")  # what was changed without a word of it, before this change
            self.changes.move(id_, Step.WORKING, who=who, stage="", done=0, total=0, said="")
            proposal = dataclasses.replace(proposal, who=who)
        except BaseException:
            held.close()
            raise
        threading.Thread(target=self._carry_out, args=(proposal, held), daemon=True).start()

    def _at_work(self, texts: Words) -> str:
        working = next((p for p in self.changes.proposals() if p.state is Step.WORKING), None)
        if working is None:
            return texts.other_program
        return texts.other_at_work.format(who=working.who, name=working.target or working.source)

    def _carry_out(self, proposal: Proposal, held: contextlib.ExitStack) -> None:
        with held:
            try:
                said = self._carried_out(proposal)
            except Exception as error:  # whatever broke, folder and index are put back before anybody is told
                known = isinstance(error, PolicyQAError | OSError)
                log.log(logging.WARNING if known else logging.ERROR, "a change failed", exc_info=not known)
                said = self._undone(proposal, str(error) or repr(error))
            if said:
                self._fail(proposal.id, Step.FAILED, said)

    def _carried_out(self, proposal: Proposal) -> str:
        """Write and build; returns why it did not work, empty where it did."""
        if proposal.target:
            data = self.folder.kept(proposal.new)
            if data is None:
                raise Unfit(lambda texts: texts.library.not_archived)
            self.folder.put(proposal.target, data)
        if proposal.source and proposal.source != proposal.target:
            self.folder.remove(proposal.source)
        told = self._build(proposal.id)
        refused = told["refused"].get(proposal.target, "") if not told["error"] else ""
        if told["error"] or refused:
            said = self._undone(proposal, told["error"] or refused)
            if refused:  # the index was built without the file
                self._build(proposal.id)
            return said
        self._settle(proposal, told["files"])
        return ""

    def _settle(self, proposal: Proposal, files: dict[str, str]) -> None:
        own = {proposal.source, proposal.target} - {""}
        self.changes.settle(files, proposal.who, proposal.action, own)
        self.changes.settle(files, "", Action.FOUND)
        self.changes.move(proposal.id, Step.DONE)

    def _undone(self, proposal: Proposal, why: str) -> str:
        """Put the folder back as it was; returns `why`, and what else went wrong."""
        try:
            if proposal.source and self.folder.digests().get(proposal.source) != proposal.old:
                self.folder.put(proposal.source, self.folder.kept(proposal.old) or b"")
            if proposal.target and proposal.target != proposal.source:
                self.folder.remove(proposal.target)
        except OSError as error:
            log.error("the folder of policies could not be put back: %s", error)
            return f"{why}; {self.folder.path}: {error}"
        return why

    def _build(self, id_: str) -> dict[str, Any]:
        """Bring the index up to date in a process: `error`, or `files` with their hashes and which were `refused`."""
        about = (self._settings.home, self.folder.path, self._settings.model, id_)
        worker = Worker(_BUILD, *map(str, about), limits=_LIMITS, nice=5)
        try:
            return worker.ask({})[0]
        except (PastLimit, WorkerLost) as error:
            return {"error": f"the build was cut short ({error or type(error).__name__})"}
        finally:
            worker.end()

    def _fail(self, id_: str, state: Step, said: str) -> None:
        try:
            self.changes.move(id_, state, said=said)
        except StoreUnusable as error:
            log.error("%s; it was to say: %s", error, said)

    def recover(self) -> None:
        """After a start: what a server that was killed left half done is finished or undone, and said."""
        try:
            for proposal in self.changes.proposals():
                if proposal.state is Step.READING:
                    self._fail(proposal.id, Step.REFUSED, ZH.library.interrupted)
            with self.folder.lock():
                self._recover()
        except BuildLocked:
            log.info("another server changes the policies")
        except PolicyQAError as error:
            log.warning("changes to the policies: %s", error)

    def _recover(self) -> None:
        """As `recover`; the caller holds the lock, so that nobody carries out what is noted as being worked on."""
        for proposal in (p for p in self.changes.proposals() if p.state is Step.WORKING):
            try:
                files = {f.source: f.sha256 for f in read_generation(self._settings.index_dir).manifest.sources}
            except IndexUnusable:
                files = {}
            if files and files.get(proposal.target or proposal.source, "") == proposal.new:
                self._settle(proposal, files)
            else:
                self._fail(proposal.id, Step.FAILED, self._undone(proposal, ZH.library.interrupted))


def _named(sent: str) -> str:
    """The name of a sent file, fit for the folder. Raises Unfit."""
    name = sent.replace("\\", "/").rpartition("/")[2].strip()
    if not name:
        raise Unfit(lambda texts: texts.library.no_file)
    if PurePosixPath(name).suffix.lower() not in SUFFIXES:
        raise Unfit(lambda texts: texts.library.no_format.format(formats=" ".join(SUFFIXES)))
    if name.startswith((".", "~$", "-")) or source_name(name) != name or len(name.encode()) > _LONGEST_NAME:
        raise Unfit(lambda texts: texts.library.no_name)
    if set(name) & set('<>:"|?*#%'):
        raise Unfit(lambda texts: texts.library.no_name)
    return name


class Build:
    """What the process of a build does; it notes in the proposal how far it is."""

    def __init__(self, home: str, corpus: str, model: str, proposal: str) -> None:
        self._settings = Settings(home=Path(home), corpus=Path(corpus), model=model)
        self._proposal = proposal
        self._told = 0.0

    def prepare(self) -> None:
        """Nothing is needed before."""

    def do(self, about: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Build."""
        from policy_qa.pipeline import build_index

        changes = Changes(self._settings.desk_file)

        def progress(stage: str, done: int, total: int) -> None:
            if done in (0, total) or time.monotonic() - self._told > _OFTEN:
                self._told = time.monotonic()
                with contextlib.suppress(StoreUnusable):  # it is only told
                    changes.move(self._proposal, Step.WORKING, stage=stage, done=done, total=total)

        try:
            report = build_index(self._settings, progress=progress)
        except PolicyQAError as error:
            return {"error": str(error)}, b""
        files = {file.source: file.sha256 for file in report.files if file.sha256}
        return {"error": "", "files": files, "refused": {f.source: f.refused for f in report.refused}}, b""
