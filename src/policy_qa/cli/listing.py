"""`policy-qa list`: what is on file, and what is known of each text."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from policy_qa.cli import records
from policy_qa.cli.terminal import add_day, say
from policy_qa.settings import Settings

if TYPE_CHECKING:
    from policy_qa.facts.model import Facts
    from policy_qa.facts.register import Register


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    listing = commands.add_parser("list", help="what is on file: number, dates, standing, what amends and repeals it")
    listing.add_argument("--institution", default="", metavar="NAME", help="only texts of this institution")
    listing.add_argument("--subject", default="", metavar="WORDS", help="only texts with these words in the title")
    listing.add_argument("--json", action="store_true", help="print a line per text, each fact with its place")
    add_day(listing)
    listing.set_defaults(run=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """`policy-qa list`: exit 1 where nothing on file fits."""
    from policy_qa.pipeline import open_stored

    register = open_stored(settings).register
    found = register.find(arguments.institution, arguments.subject)
    for facts in found:
        if arguments.json:
            say(records.dump(_record(facts, register)))
        else:
            say("\n".join(_lines(facts, register)))
    return 0 if found else 1


def _record(facts: Facts, register: Register) -> dict[str, Any]:
    """What is known of a text; a fact as its value and the stretch of the file that says it, null where none does."""
    return {**asdict(facts), "standing": asdict(register.standing(facts))}


def _lines(facts: Facts, register: Register) -> Iterator[str]:
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
