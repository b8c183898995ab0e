"""What each command does. Each takes the parsed arguments and the settings and returns the exit code."""

from __future__ import annotations

import argparse
import contextlib
import getpass
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from policy_qa.cli.batch import BatchLine, read_batch
from policy_qa.cli.terminal import Progress, say
from policy_qa.datamodels import RECOGNISED, Answer, Comparison, Document, Referred, ScopeFrom, Segmentation
from policy_qa.doors import formats
from policy_qa.errors import PolicyQAError, SourceError, StoreUnusable, UnknownRef, UsageError
from policy_qa.naming.institutions import column_names
from policy_qa.page.texts import texts_for
from policy_qa.printable import shorten, source_name
from policy_qa.settings import Settings
from policy_qa.statements import MODEL

if TYPE_CHECKING:
    from policy_qa.facts.model import Facts
    from policy_qa.facts.register import Register
    from policy_qa.index.layout import BuildReport

#: Of what one reference leads to, so many provisions are printed (本章 may hold forty), so many characters of each.
_MOST, _LONG = 4, 100


def references(found: Sequence[Referred], lang: str) -> list[str]:
    """The references of one provision, indented; a number that is not there is said to be missing."""
    texts = texts_for(lang)
    by_text: dict[str, list[Referred]] = {}
    for one in found:
        by_text.setdefault(" ".join(one.text.split()), []).append(one)
    out = []
    for text, each in by_text.items():
        for one in each[:_MOST]:
            what = texts.missing if one.missing else f"{one.cite}  ({one.ref})  {shorten(one.quote, _LONG)}"
            out.append(f"    ↳ {texts.within.format(text=text)}{what}")
        if len(each) > _MOST:
            out.append(f"      ……{texts.more.format(count=len(each))}")
    return out


def comparison(table: Comparison, lang: str) -> list[str]:
    """A table as lists: a heading a point, below it a line a quotation, the documents' names aligned."""
    texts = texts_for(lang)
    names = column_names(table.documents)
    size = max(map(width, names))
    out = [texts.side_by_side + texts.colon]
    for row in table.rows:
        out.append(f"■ {row.label}{texts.aside.format(words=texts.differs) if row.differs else ''}")
        for name, cell in zip(names, row.cells, strict=True):
            lines = [f"{' '.join(q.quote.split())}  ({q.ref})" for q in cell] or [f"— {texts.silent}"]
            for head, line in zip([name, *[""] * len(lines)], lines, strict=False):
                out.append(f"  {head}{' ' * (size - width(head))}  {line}")
    return out


def width(text: str) -> int:
    """How many columns of a terminal a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def build(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa build`: exit 1 where a file was refused."""
    from policy_qa.pipeline import build_index

    with Progress() as progress:
        report = build_index(settings, progress=progress, force=arguments.force)
    _note(settings, report)
    if arguments.json:
        say(formats.dump({**asdict(report), "seconds": dict(report.seconds)}))
        return 1 if report.refused else 0
    for file in report.files:
        if file.refused:
            say(f"✗ {file.refused}")
            continue
        line = f"✓ {file.source}: {file.articles} 条 / {file.provisions} provisions, coverage {file.coverage:.1%}"
        say("  ".join([line, *file.warnings]))
    for name in report.skipped:
        say(f"· {name}")
    for name in report.removed:
        say(f"- {name}: no longer in the corpus, removed from the index")
    for note in report.notes:
        say(f"note: {note}")
    state = "index updated" if report.changed else "nothing has changed"
    say(f"{state}: {report.passages} passages, {report.embedded} embedded, {report.reused} reused")
    return 1 if report.refused else 0


def _note(settings: Settings, report: BuildReport) -> None:
    """What a build found changed, in the trail of changes."""
    from policy_qa.kept.changes import Changes

    who = "policy-qa build"
    with contextlib.suppress(OSError, KeyError):  # a user without a name
        who = f"policy-qa build ({getpass.getuser()})"
    try:
        Changes(settings.desk_file).settle({file.source: file.sha256 for file in report.files if file.sha256}, who)
    except StoreUnusable as error:
        say(f"policy-qa: {error}", file=sys.stderr)  # the index is built all the same


def ask(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa ask`: a refusal is an answer too, exit 0."""
    from policy_qa.pipeline import open_pipeline

    lines = _questions(arguments)
    pipeline = open_pipeline(settings)
    for line in lines:
        try:
            answer = pipeline.ask(line.question, line.history, doc_ids=arguments.doc)
        except UsageError as error:
            if not arguments.batch:
                raise
            # One unusable line must not cost the others their answers.
            answer = Answer.saying(str(error), question=line.question)
        if arguments.json or arguments.batch:
            say(formats.dump(formats.answer_record(answer, line.id)))
        else:
            say(_readable(answer))
    return 0


def search(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa search`."""
    from policy_qa.pipeline import open_pipeline

    if arguments.top < 1:
        raise UsageError(f"--top: expected 1 or more, found {arguments.top}")
    lines = _questions(arguments)
    pipeline = open_pipeline(settings)
    for line in lines:
        try:
            found = pipeline.search(line.question, line.history, top=arguments.top, doc_ids=arguments.doc)
        except UsageError:
            if not arguments.batch:
                raise
            found = ()
        if arguments.json or arguments.batch:
            record = {"id": line.id, "question": line.question, "retrieved": formats.retrieved_records(found)}
            say(formats.dump(record))
            continue
        for hit in found:
            provision = pipeline.provision(hit.ref)
            text = shorten(pipeline.segmentation(provision.doc_id).text_of(provision), 60)
            say(f"{hit.score:.3f}  {hit.ref}  {text}")
    return 0


def segment(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa segment`: exit 2 where no file could be read, 1 where some could not."""
    from policy_qa.index.layout import coverage
    from policy_qa.provisions.numbering import count_of

    refused = read = 0
    for _, found in segmented(arguments.paths):
        if isinstance(found, PolicyQAError):
            refused += 1
            say(f"policy-qa: {found}", file=sys.stderr)
            continue
        read += 1
        segmentation = found
        if arguments.json:
            _print_provisions(segmentation, everything=arguments.all)
            continue
        document = segmentation.document
        say(f"{document.doc_id}  《{document.title}》 {document.status} {document.number} {document.date}".rstrip())
        for provision in segmentation.provisions:
            indent = "  " if provision.article else "    "
            say(f"{indent}{provision.ref}  {shorten(segmentation.text_of(provision), 50)}")
        if len(segmentation.instruments) > 1:
            for one in segmentation.instruments:
                facts = " ".join(filter(None, (one.issuer, one.number, one.date, one.status.value)))
                say(f"  《{one.title}》 {facts}  {len(segmentation.articles_in(one))} provisions at article level")
        summary = f"{count_of(segmentation)} 条 / {len(segmentation.provisions)} provisions"
        notes = (*document.notes, *segmentation.warnings)
        say("  ".join([f"  {summary}, coverage {coverage(segmentation):.1%}", *notes]))
    return 2 if refused and not read else 1 if refused else 0


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa show`."""
    from policy_qa.answer.versions import VersionNotices
    from policy_qa.pipeline import open_stored
    from policy_qa.provisions.refs import cite
    from policy_qa.words import Segmenter

    stored, ref = open_stored(settings), arguments.ref
    if arguments.json:
        for record in [formats.shown_record(stored, ref)] if "#" in ref else formats.shown_records(stored, ref):
            say(formats.dump(record))
        return 0
    if "#" not in ref:
        stored.segmentation(ref)
        say(stored.segmentation(stored.editions.current(ref)).document.text)
        return 0
    named = stored.provision(ref)
    provision = stored.editions.now(named) or named
    segmentation = stored.segmentation(provision.doc_id)
    document = segmentation.document
    say(cite(document, provision))
    page = document.page_of(provision.start)
    where = f"第{page}页" if page else ""
    say(" ".join(filter(None, (document.issuer, document.number, document.date, document.status.value, where))))
    notices = VersionNotices(stored.register.versions, stored.index.segmentations, Segmenter())
    for told in (notices.standing, notices.amended, notices.deleted):
        for line in told(provision, settings.lang):
            say(f"※ {line}")
    if document.is_recognised(provision.start, provision.end):
        say(f"※ {RECOGNISED}")
    for heading in provision.headings:
        say(heading)
    say()
    say(segmentation.text_of(provision))
    found = [r for _, each in stored.resolver.referred(segmentation, provision) for r in each]
    if lines := references(found, settings.lang):
        say()
        say("\n".join(lines))
    return 0


def list_texts(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa list`: exit 1 where nothing on file fits."""
    from policy_qa.pipeline import open_stored

    register = open_stored(settings).register
    found = register.find(arguments.institution, arguments.subject)
    for facts in found:
        if arguments.json:
            say(formats.dump(formats.known_record(facts, register)))
        else:
            say("\n".join(_known_lines(facts, register)))
    return 0 if found else 1


def marks(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa marks`: exit 1 where nothing was marked or corrected."""
    from policy_qa.kept.corrections import Corrections
    from policy_qa.kept.marks import Marks

    if arguments.questions:
        lines = [one.record for one in Corrections(settings.desk_file).all()]
    else:
        lines = [asdict(mark) for mark in Marks(settings.desk_file).all()]
    for line in lines:
        say(formats.dump(line))
    return 0 if lines else 1


def diff(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa diff`."""
    from policy_qa.diff import compare
    from policy_qa.diff.rendering import record, text_report
    from policy_qa.words import Segmenter

    old, new = (_compared(name, settings) for name in (arguments.old, arguments.new))
    diff = compare(old, new, Segmenter())
    if arguments.html:
        from policy_qa.diff.html import page

        _write(arguments.html, page(diff, settings.lang))
        say(f"policy-qa: {arguments.html}", file=sys.stderr)
    if arguments.json:
        say(formats.dump(dict(record(diff))))
    elif not arguments.html:
        # Its colours are the only control characters: it writes out those of the texts itself.
        print(text_report(diff, settings.lang, colour=sys.stdout.isatty(), everything=arguments.all))
    return 0 if diff.same else 1


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa check`."""
    from policy_qa.check import Checker
    from policy_qa.check.messages import finding_record, summary, text_report
    from policy_qa.pipeline import open_stored
    from policy_qa.words import Segmenter

    if arguments.docx:
        from policy_qa.check.comments import check_target

        check_target(arguments.docx, arguments.draft)
    draft = _draft(arguments.draft)
    report = Checker(open_stored(settings).index.segmentations, Segmenter()).check(draft, settings.lang)
    if arguments.docx:
        from policy_qa.check.comments import write_commented

        missed = write_commented(report, arguments.draft, arguments.docx, settings.lang)
        say(f"policy-qa: {arguments.docx}", file=sys.stderr)
        if missed:
            told = (
                f"policy-qa: 有 {missed} 处在 Word 中找不到可加批注的位置，已附在文末",
                f"policy-qa: {missed} findings stand where Word holds no place for a comment; they are at the end",
            )
            say(told[settings.lang == "en"], file=sys.stderr)
    if arguments.json:
        for finding in report.findings:
            say(formats.dump(finding_record(finding)))
    elif text := text_report(report, settings.lang, everything=arguments.all):
        say(text)
    if not arguments.json:
        say(summary(report.findings, settings.lang), file=sys.stderr)
    return 1 if report.errors else 0


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa serve`."""
    from policy_qa.pipeline import ensure_index
    from policy_qa.serve import serve as start

    port = settings.port if arguments.port is None else arguments.port
    if not 0 <= port <= 65535:
        raise UsageError(f"--port: expected a number from 0 to 65535, found {port}")
    settings = replace(settings, host=arguments.host or settings.host, port=port)
    with Progress() as progress:
        ensure_index(settings, progress=progress)
    start(settings, open_browser=arguments.open, ready=lambda address: say(f"policy_qa: {address}"))
    return 0


def mcp(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa mcp`."""
    from policy_qa.doors.tools import over_stdio
    from policy_qa.page.workers import Workers
    from policy_qa.pipeline import ensure_index
    from policy_qa.serve import open_live

    with Progress() as progress:
        ensure_index(settings, progress=progress)
    over_stdio(open_live(settings, suggests=False), Workers(settings.index_dir))
    return 0


def doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa doctor`: exit 1 where something is not as it should be."""
    from policy_qa.cli.doctor import examine, mend

    findings = examine(settings)
    if arguments.mend:
        with Progress() as progress:
            findings = mend(settings, findings, progress)
    if arguments.json:
        say(formats.dump({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            say(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.found}")
    return 0 if all(f.ok for f in findings) else 1


def _questions(arguments: argparse.Namespace) -> list[BatchLine]:
    if arguments.batch and arguments.question is not None:
        raise UsageError("expected a question or --batch FILE, found both; leave one out")
    if arguments.batch:
        return list(read_batch(arguments.batch))
    if arguments.question is None and sys.stdin and not sys.stdin.isatty():
        arguments.question = sys.stdin.read().strip() or None
    if arguments.question is None:
        command = f'policy-qa {arguments.command} "谁可以担任CIO？"'
        raise UsageError(f"expected a question or --batch FILE, found neither; try: {command}")
    return [BatchLine(id="", question=arguments.question)]


def _readable(answer: Answer) -> str:
    lines = []
    for n, point in enumerate(answer.points, start=1):
        lines += [""] if n > 1 else []
        lines += [f"{n}. {point.heading}"] if len(answer.points) > 1 else []
        lines += [*comparison(point.comparison, answer.lang), ""] if point.comparison else []
        lines += [line.plain for line in answer.beside_table(point)]
    if answer.citations:
        lines.append("")
        for c in answer.citations:
            mark = texts_for(answer.lang).recognised if c.recognised else ""
            lines += [f"[{c.n}] {c.cite}  ({c.ref}){mark and '  '}{mark}", *references(c.references, answer.lang)]
    lines += [f"※ {notice}" for notice in answer.notices]
    if answer.scope.origin is ScopeFrom.HISTORY:
        lines.append(texts_for(answer.lang).kept.format(names=", ".join(answer.scope.doc_ids)))
    if answer.mode == MODEL:
        lines.append(f"※ {texts_for(answer.lang).model_written}")
    return "\n".join(lines)


def segmented(paths: Iterable[Path]) -> Iterator[tuple[str, Segmentation | PolicyQAError]]:
    """(name, provisions) of every file behind some paths, or (name, why it could not be read)."""
    from policy_qa.documents.sources import list_sources
    from policy_qa.index.isolated import Reader

    with Reader() as reader:
        for path in paths:
            if not path.exists():
                yield str(path), no_such_path(path)
                continue
            root = path if path.is_dir() else path.parent
            for file in list_sources(path) if path.is_dir() else [path]:
                source = source_name(file.relative_to(root))
                try:
                    yield source, reader.segment(file, root=root, follow=file == path)
                except PolicyQAError as error:
                    yield source, error


def no_such_path(path: Path) -> SourceError:
    """What to say of a path that isn't there."""
    return SourceError(f"{path}: expected a file or folder of policies, found none; check the path")


def _print_provisions(segmentation: Segmentation, *, everything: bool) -> None:
    lines = [(p.start, -p.end, formats.provision_record(segmentation, p)) for p in segmentation.provisions]
    if everything:
        lines += [(s.start, -s.end, formats.span_record(segmentation.document, s)) for s in segmentation.spans]
    for _, _, record in sorted(lines, key=lambda line: line[:2]):
        say(formats.dump(record))


def _known_lines(facts: Facts, register: Register) -> Iterator[str]:
    standing = register.standing(facts)
    place = f"{facts.doc_id}{f' · {facts.instrument}' if facts.instrument else ''}"
    yield f"《{facts.name}》  ({place})"
    told = {
        "制发": facts.issuer,
        "文号": facts.number,
        "成文": facts.issued,
        "施行": facts.effective,
    }
    known = [f"{name} {fact.value}" for name, fact in told.items() if fact]
    yield "    " + "  ".join([*known, f"共{facts.articles}条"])
    if register.versions.document(facts.doc_id).recognised:
        yield f"    {RECOGNISED}"
    term = f"  {facts.term.kind}{facts.term.length}" if facts.term else ""
    until = f"，至{standing.until}" if standing.until else ""
    yield f"    {standing.state}：{standing.why}{term}{until}"
    for words, links in (("修改", facts.amends), ("废止", facts.repeals)):
        for link in links:
            on = f"（自{link.on}起）" if link.on else ""
            yield f"    {words}《{link.title}》{link.number}{on}" + ("" if link.doc_id else "，未收录")
    for words, links in (("修改", facts.amended_by), ("废止", facts.repealed_by)):
        for link in links:
            yield f"    被 {link.by} {words}" + (f"（自{link.on}起）" if link.on else "")
    family = None if facts.instrument else register.versions.of(facts.doc_id)
    if family:
        labels = [f"{m.label}（{m.doc_id}）" for m in family.members if not m.decision]
        yield f"    版本：{'、'.join(labels)}"


def _compared(name: str, settings: Settings) -> Segmentation:
    """The provisions of a file, or of a document of the index."""
    from policy_qa.index.isolated import Reader
    from policy_qa.pipeline import open_stored

    path = Path(name)
    if path.is_file():
        with Reader() as reader:
            found = reader.segment(path, root=path.parent, follow=True)
    elif path.is_dir():
        raise SourceError(f"{name}: expected a policy file or a doc_id, found a folder; name one file in it")
    else:
        try:
            stored = open_stored(settings)
        except PolicyQAError as error:
            raise SourceError(f"{name}: expected a file or a doc_id, found no such file; the index: {error}") from None
        known = {d.doc_id for d in stored.documents}
        if name not in known:
            names = ", ".join(sorted(known))
            raise UnknownRef(
                f"{name}: expected a file or a document of the index ({names}), found neither; check the name"
            )
        found = stored.segmentation(stored.editions.current(name))
    if not found.provisions:
        raise SourceError(f"{name}: expected the text of a policy, found nothing to read in it; check the file")
    return found


def _write(target: Path, text: str) -> None:
    try:
        target.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(
            f"--html {target}: expected a file that can be written, found: {error.strerror}; name another"
        ) from error


def _draft(path: Path) -> Document:
    from policy_qa.index.isolated import Reader

    if not path.is_file():
        found = "a folder" if path.is_dir() else "none"
        raise SourceError(f"{path}: expected a draft to check, found {found}; name one file")
    with Reader() as reader:
        draft = reader.read(path, root=path.parent, follow=True)
    if not draft.text.strip():
        raise SourceError(f"{path}: expected the text of a draft, found nothing to read in it; check the file")
    return draft
