"""What each command does. Each takes the parsed arguments and the settings and returns the exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from policy_qa.cli import records, shown
from policy_qa.cli.progress import Progress
from policy_qa.datamodels import Answer, Segmentation
from policy_qa.errors import PolicyQAError, SourceError, UsageError
from policy_qa.settings import Settings
from policy_qa.statements import MODEL

_WRITTEN = {
    "zh": "※ 由语言模型撰写，逐句与原文核对。",
    "en": "※ Written by a language model, each sentence checked against the text.",
}


def build(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa build`: exit 1 where a file was refused."""
    from policy_qa.pipeline import build_index

    with Progress() as progress:
        report = build_index(settings, progress=progress, force=arguments.force)
    if arguments.json:
        print(records.dump({**asdict(report), "seconds": dict(report.seconds)}))
        return 1 if report.refused else 0
    for file in report.files:
        if file.refused:
            print(f"✗ {file.refused}")
            continue
        line = f"✓ {file.source}: {file.articles} 条 / {file.provisions} provisions, coverage {file.coverage:.1%}"
        print("  ".join([line, *file.warnings]))
    for name in report.removed:
        print(f"- {name}: no longer in the corpus, removed from the index")
    for note in report.notes:
        print(f"note: {note}")
    state = "index updated" if report.changed else "nothing has changed"
    print(f"{state}: {report.passages} passages, {report.embedded} embedded, {report.reused} reused")
    return 1 if report.refused else 0


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
            answer = Answer(question=line.question, refused=True, mode="none", answer=str(error))
        if arguments.json or arguments.batch:
            print(records.dump(records.answer_record(answer, line.id)), flush=True)
        else:
            print(_readable(answer))
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
            record = {"id": line.id, "question": line.question, "retrieved": records.retrieved_records(found)}
            print(records.dump(record), flush=True)
            continue
        for hit in found:
            provision = pipeline.provision(hit.ref)
            text = " ".join(pipeline.segmentation(provision.doc_id).text_of(provision).split())
            print(f"{hit.score:.3f}  {hit.ref}  {text[:60]}{'…' if len(text) > 60 else ''}")
    return 0


def segment(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa segment`: exit 2 where no file could be read, 1 where some could not."""
    from policy_qa.index.report import coverage

    refused = read = 0
    for path in _files(arguments.paths):
        try:
            segmentation = _segmented(path)
        except PolicyQAError as error:
            refused += 1
            print(f"policy-qa: {error}", file=sys.stderr)
            continue
        read += 1
        if arguments.json:
            _print_provisions(segmentation, everything=arguments.all)
            continue
        document = segmentation.document
        print(f"{document.doc_id}  《{document.title}》 {document.status} {document.number} {document.date}".rstrip())
        for provision in segmentation.provisions:
            indent = "  " if provision.article else "    "
            text = " ".join(segmentation.text_of(provision).split())
            print(f"{indent}{provision.ref}  {text[:50]}{'…' if len(text) > 50 else ''}")
        summary = f"{len(segmentation.articles)} 条 / {len(segmentation.provisions)} provisions"
        notes = (*document.notes, *segmentation.warnings)
        print("  ".join([f"  {summary}, coverage {coverage(segmentation):.1%}", *notes]))
    return 2 if refused and not read else 1 if refused else 0


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa show`."""
    from policy_qa.pipeline import open_stored
    from policy_qa.provisions.refs import cite

    stored = open_stored(settings)
    if "#" not in arguments.ref:
        segmentation = stored.segmentation(arguments.ref)
        _print_provisions(segmentation, everything=False) if arguments.json else print(segmentation.document.text)
        return 0
    provision = stored.provision(arguments.ref)
    segmentation = stored.segmentation(provision.doc_id)
    if arguments.json:
        print(records.dump(records.provision_record(segmentation, provision)))
        return 0
    document = segmentation.document
    print(cite(document, provision))
    page = document.page_of(provision.start)
    where = f"第{page}页" if page else ""
    print(" ".join(filter(None, (document.issuer, document.number, document.date, document.status.value, where))))
    for heading in provision.headings:
        print(heading)
    print()
    print(segmentation.text_of(provision))
    found = [r for _, each in stored.resolver.referred(segmentation, provision) for r in each]
    if lines := shown.references(found, settings.lang):
        print()
        print("\n".join(lines))
    return 0


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
    start(settings, open_browser=arguments.open, ready=lambda address: print(f"policy_qa: {address}", flush=True))
    return 0


def doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa doctor`: exit 1 where something is not as it should be."""
    from policy_qa.cli.doctor import examine

    findings = examine(settings)
    if arguments.json:
        print(records.dump({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}))
    else:
        for finding in findings:
            print(f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.found}")
    return 0 if all(f.ok for f in findings) else 1


def _questions(arguments: argparse.Namespace) -> list[records.BatchLine]:
    if arguments.batch and arguments.question is not None:
        raise UsageError("expected a question or --batch FILE, found both; leave one out")
    if arguments.batch:
        return list(records.read_batch(arguments.batch))
    if arguments.question is None:
        raise UsageError('expected a question or --batch FILE, found neither; try: policy-qa ask "谁可以担任CIO？"')
    return [records.BatchLine(id="", question=arguments.question)]


def _readable(answer: Answer) -> str:
    lines = [answer.answer]
    if answer.citations:
        lines.append("")
        for c in answer.citations:
            lines += [f"[{c.n}] {c.cite}  ({c.ref})", *shown.references(c.references, answer.lang)]
    if answer.comparison:
        lines += ["", *shown.comparison(answer.comparison, answer.lang)]
    lines += [f"※ {notice}" for notice in answer.notices]
    if answer.mode == MODEL:
        lines.append(_WRITTEN[answer.lang])
    return "\n".join(lines)


def _files(paths: list[Path]) -> Iterator[Path]:
    from policy_qa.documents import list_sources

    for path in paths:
        if path.is_dir():
            yield from list_sources(path)
        else:
            yield path


def _segmented(path: Path) -> Segmentation:
    from policy_qa.documents import read_document
    from policy_qa.provisions import segment as cut

    if not path.is_file():
        raise SourceError(f"{path}: expected a file or folder of policies, found none; check the path")
    return cut(read_document(path, root=path.parent))


def _print_provisions(segmentation: Segmentation, *, everything: bool) -> None:
    lines = [(p.start, -p.end, records.provision_record(segmentation, p)) for p in segmentation.provisions]
    if everything:
        lines += [(s.start, -s.end, records.span_record(segmentation.document, s)) for s in segmentation.spans]
    for _, _, record in sorted(lines, key=lambda line: line[:2]):
        print(records.dump(record))
