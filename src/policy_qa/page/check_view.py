"""What the page for drafts shows of one: its lines with what was found marked, and each finding with its ways on."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import PurePath
from urllib.parse import quote

from policy_qa.check import Finding, Severity
from policy_qa.check.edits import Edit, corrected, edits_of
from policy_qa.check.messages import finding_record, name_of, shown_ops, summary
from policy_qa.diff.model import OpKind
from policy_qa.kept.checks import KeptCheck, Settled
from policy_qa.page.drafts import WORD, Checked
from policy_qa.page.texts import Texts

#: The page shows so much of a draft's text; all of it is checked, and in the Word file.
_SHOWN = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A finding as it is shown: `number` from 1 among those that ask for something, `at` from 0 among all.

    `message` goes without the differences word by word, `ops` are (`del`, `ins` or nothing, words). `instead` are the
    words with which the draft would be right, empty where only its writer knows.
    """

    number: int
    at: int
    form: str
    name: str
    finding: Finding
    message: str
    ops: tuple[tuple[str, str], ...]
    instead: str
    settled: Settled | None

    @property
    def doc_id(self) -> str:
        """The document that it rests on."""
        return self.finding.source.ref.partition("#")[0] if self.finding.source else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """Words of a draft's line, set off as `form`; the cards `begin` where they do."""

    text: str
    form: str = ""
    begin: tuple[Card, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A draft with its findings, ready to be set. `files` are those to fetch: (address, label, file name)."""

    summary: str
    nothing: str
    lines: tuple[tuple[Piece, ...], ...]
    cards: tuple[Card, ...]
    right: tuple[Finding, ...]
    files: tuple[tuple[str, str, str], ...]


def shown_once(checked: Checked, texts: Texts) -> Shown:
    """A draft that is not kept: its Word file is in the page."""
    word = f"data:{WORD};base64,{base64.b64encode(checked.word).decode('ascii')}"
    stem = _stem(checked.name, texts)
    return _shown(checked.text, checked.findings, {}, [(word, texts.check.download_word, f"{stem}.docx")], stem, texts)


def shown_kept(kept: KeptCheck, here: str, texts: Texts) -> Shown:
    """A draft that is kept at the address `here`, with what was done about its findings."""
    stem = _stem(kept.name, texts)
    files = [(f"{here}/draft.docx", texts.check.download_mended, f"{stem}.docx")]
    if kept.pasted:
        files.append((f"{here}/draft.txt", texts.check.download_text, f"{stem}.txt"))
    return _shown(kept.text, kept.findings, kept.settled, files, stem, texts)


def _stem(name: str, texts: Texts) -> str:
    return f"{PurePath(name).stem}-{texts.check.checked}"


def _shown(
    text: str,
    findings: Sequence[Finding],
    settled: Mapping[int, Settled],
    files: list[tuple[str, str, str]],
    stem: str,
    texts: Texts,
) -> Shown:
    lang, words = texts.lang, texts.check
    wrong = [(at, finding) for at, finding in enumerate(findings) if finding.severity is not Severity.OK]
    cards = tuple(_card(n, at, finding, settled.get(at), lang) for n, (at, finding) in enumerate(wrong, start=1))
    lines = "".join(json.dumps(finding_record(f), ensure_ascii=False) + "\n" for f in findings)
    data = f"data:application/x-ndjson;charset=utf-8,{quote(lines, errors='replace')}"
    errors = any(finding.severity is Severity.ERROR for finding in findings)
    return Shown(
        summary=summary(findings, lang) + words.full_stop,
        nothing="" if errors else words.nothing_wrong if findings else words.nothing_found,
        lines=tuple(_lines(text, findings, {card.at: card for card in cards})),
        cards=cards,
        right=tuple(finding for finding in findings if finding.severity is Severity.OK),
        files=(*files, (data, words.download_json, f"{stem}.jsonl")),
    )


def _card(number: int, at: int, finding: Finding, settled: Settled | None, lang: str) -> Card:
    edits = [Edit(e.start - finding.start, e.end - finding.start, e.words) for e in edits_of(finding)]
    # The differences word by word are shown in colour beneath the message.
    plain = finding.message.replace(shown_ops(finding.ops), "") if finding.ops else finding.message
    tags = {OpKind.DELETE: "del", OpKind.INSERT: "ins"}
    return Card(
        number=number,
        at=at,
        form=finding.severity.value,
        name=name_of(finding.kind, lang),
        finding=finding,
        message=plain.replace("：。", "。").replace(": .", "."),
        ops=tuple(("" if op.trivial else tags.get(op.op, ""), op.text) for op in finding.ops),
        instead=corrected(finding.quote, edits) if edits else "",
        settled=settled,
    )


def _lines(text: str, findings: Sequence[Finding], cards: Mapping[int, Card]) -> Iterator[tuple[Piece, ...]]:
    """The draft's lines; what was found is marked, and numbered where it begins."""
    at = 0
    for line in text[:_SHOWN].split("\n"):
        end = at + len(line)
        if line.strip():
            here = [(i, f) for i, f in enumerate(findings) if f.start < end and at < f.end]
            yield tuple(_pieces(text, at, end, here, cards))
        at = end + 1
    if len(text) > _SHOWN:
        yield (Piece(text="…"),)


def _pieces(
    text: str, start: int, end: int, findings: Sequence[tuple[int, Finding]], cards: Mapping[int, Card]
) -> Iterator[Piece]:
    cuts = sorted({start, end, *(max(start, min(end, edge)) for _, f in findings for edge in (f.start, f.end))})
    order = [Severity.ERROR, Severity.NOTE, Severity.OK]
    for a, b in pairwise(cuts):
        over = [
            Severity.OK if i in cards and cards[i].settled else f.severity
            for i, f in findings
            if f.start <= a and b <= f.end
        ]
        begin = tuple(cards[i] for i, f in findings if f.start == a and i in cards)
        yield Piece(text=text[a:b], form=min(over, key=order.index).value if over else "", begin=begin)
