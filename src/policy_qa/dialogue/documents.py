"""What is on file, and what is known of a document: each thing with the line that says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

from policy_qa.citing.parts import kind_of
from policy_qa.datamodels import RECOGNISED, LineKind, PointKind
from policy_qa.dialogue.outline import FURNITURE
from policy_qa.dialogue.sheet import Sheet, Told, line_at
from policy_qa.dialogue.texts import say
from policy_qa.facts.dates import in_words, today
from policy_qa.facts.model import Fact, Facts, Link, State
from policy_qa.facts.register import Register
from policy_qa.naming.titles import shown
from policy_qa.provisions.refs import place
from policy_qa.words import normalize

#: So many documents are listed at most, and so many are answered of one by one.
_LISTED, _EACH = 40, 12
#: A question that says so asks for a subject, which no text may have: grammar.
_ABOUT_WHAT = re.compile(r"关于|有关|相关|方面|有没有|有无|是否有|\b(?:about|on|regarding|concerning|cover\w*)\b")
_ISSUED = re.compile(r"印发|发布|公布|颁布|签发")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def holdings_told(
    sheet: Sheet, register: Register, text: str, meanings: Sequence[Collection[str]], doc_ids: Sequence[str], lang: str
) -> Told:
    """What is on file, newest first: of `doc_ids` (empty: all) the texts that most of a question's words are said of.

    `text` is the question, `meanings` are the words that each word of it stands for. What is said of all tells none
    apart.
    """
    every = register.all()
    shown = [f for f in every if f.doc_id in doc_ids] or list(every)
    years = [[year] for year in _YEAR.findall(text)]
    asked = [[w for w in words if len(w) > 1 and w != kind_of(w)] for words in meanings]
    wanted = [*years, *filter(None, asked)]
    said = [_said(register, f) for f in shown]
    fits = [[any(w in about for w in words) for about in said] for words in wanted]
    # What is said of most tells little beside a word that is said of few: 「宿舍管理方面的」.
    telling = [fit for fit in fits if 2 * sum(fit) <= len(said)]
    fits = telling or fits
    counts = [sum(fit) for fit in zip(*fits, strict=True)] or [0] * len(shown)
    best = max(counts, default=0)
    shown = [f for f, count in zip(shown, counts, strict=True) if count == best]
    none = not best and not doc_ids and wanted and (years or _ABOUT_WHAT.search(normalize(text)))
    key = "holdings_none" if none else "holdings_some" if len(shown) < len(every) else "holdings"
    sheet.put(say(lang, key, count=str(len(shown)), all=str(len(every))))
    for facts in shown[:_LISTED]:
        known = [f.value for f in (facts.issuer, facts.number) if f]
        known += [_day(facts.issued, lang)] if facts.issued else []
        known += [facts.status.value] if facts.status and register.standing(facts).state is State.DRAFT else []
        known += [RECOGNISED] if sheet.segmentations[facts.doc_id].document.recognised else []
        about = f"（{say(lang, 'comma').join(known)}）" if known else ""
        sheet.put(f"《{facts.name}》{about}", LineKind.ENTRY, marks=_marks(sheet, facts.title))
    if len(shown) > _LISTED:
        sheet.put(say(lang, "holdings_more", count=str(len(shown))))
    return sheet.told(PointKind.HOLDINGS)


def _said(register: Register, facts: Facts) -> str:
    """What can be said of a text in one line: name, issuer, number, status, where it stands, and its days."""
    known = (facts.issuer, facts.number, facts.status, facts.issued, facts.effective)
    standing = register.standing(facts).state
    words = (facts.name, *(f.value for f in known if f), standing.value, standing.name)
    return normalize(" ".join(words))


def absent_told(sheet: Sheet, register: Register, names: Sequence[str], lang: str) -> Told:
    """A fact of texts that are not on file: what on file repeals them; a refusal where nothing does."""
    ended = {name: link for name in names if (link := register.ended(name))}
    for name, link in ended.items():
        key, on = ("ended", in_words(link.on) if lang == "zh" else link.on) if link.on else ("ended_once", "")
        by = register.of(link.by).name
        sheet.put(say(lang, key, name=shown(name), by=by, on=on), marks=_marks(sheet, link.source))
    if rest := [shown(name) for name in names if name not in ended]:
        sheet.put(say(lang, "absent", names=say(lang, "sep").join(rest)))
    return sheet.told(PointKind.FACT, refused=not ended)


def facts_told(sheet: Sheet, register: Register, about: str, doc_ids: Sequence[str], lang: str) -> Told:
    """A fact of documents: `about` is `number`, `date`, `issuer`, `effective`, `status`, `count`, `versions`, `about`.

    What the text doesn't say is said to be missing; it is refused where no document says it.
    """
    told = _ABOUT[about]
    found = [told(sheet, register, register.of(doc_id), lang) for doc_id in [*dict.fromkeys(doc_ids)][:_EACH]]
    known = list(filter(None, found))
    refused = not known and about in ("number",) and len(found) > 1
    return sheet.told(PointKind.FACT, refused=refused, lead=known[0] if len(found) == 1 and known else "")


#: Puts the lines for one document, and gives the value that answers, empty where the text has none.
_Tell = Callable[[Sheet, Register, Facts, str], str]


def _simple(key: str, of: Callable[[Facts], Fact | None], *, day: bool = False) -> _Tell:
    def tell(sheet: Sheet, register: Register, facts: Facts, lang: str) -> str:
        fact = of(facts)
        if fact:
            value = _day(fact, lang) if day else fact.value
            said = "passed" if key == "date" and _passed(sheet, fact) else key
            sheet.put(say(lang, said, title=facts.name, value=value), marks=_marks(sheet, fact))
            for link in facts.amended_by if day else ():
                amended_told(sheet, register, link, lang)
            return _quote(sheet, fact)
        if day and (known := next((f for f in (facts.issued, facts.effective) if f), None)):
            other = "date" if known is facts.issued else "effective"
            sheet.put(say(lang, f"no_{key}", title=facts.name))
            sheet.put(say(lang, other, title=facts.name, value=_day(known, lang)), marks=_marks(sheet, known))
            return ""
        standing = register.standing(facts)
        draft = standing.state is State.DRAFT
        why = say(lang, "a_draft", status=facts.status.value if facts.status else "") if draft else ""
        marks = _marks(sheet, standing.source) if draft else ()
        sheet.put(say(lang, f"no_{key}", title=facts.name) + why, marks=marks)
        return ""

    return tell


def _status(sheet: Sheet, register: Register, facts: Facts, lang: str) -> str:
    standing = register.standing(facts)
    why = standing.why if lang == "zh" else standing.state.name.lower().replace("_", " ")
    said = say(lang, "status", title=facts.name, state=standing.state.value, why=why)
    sheet.put(said, marks=_marks(sheet, standing.source))
    for link in facts.amended_by:
        amended_told(sheet, register, link, lang)
    _does(sheet, facts, lang)
    if facts.term and facts.term.source != standing.source:
        words = f"{facts.term.kind.value}{facts.term.length}"
        until = say(lang, "until", day=in_words(facts.term.until)) if facts.term.until else ""
        sheet.put(f"《{facts.name}》{words}{until}", marks=_marks(sheet, facts.term.source))
    return _quote(sheet, standing.source) if standing.source else ""


def _does(sheet: Sheet, facts: Facts, lang: str) -> None:
    """What a text amends and repeals, from its day on."""
    for key, links in (("amends", facts.amends), ("repeals", facts.repeals)):
        done = {(link.title, link.number): link for link in links if link.on <= today().isoformat()}
        for (title, number), link in done.items():
            said = say(lang, key, title=facts.name, name=f"《{title}》{number}" if title else number)
            sheet.put(said, marks=_marks(sheet, link.source))


def amended_told(sheet: Sheet, register: Register, link: Link, lang: str) -> None:
    """What has amended a text, and from when on."""
    title = register.of(link.doc_id).name if link.doc_id else link.title
    on = in_words(link.on) if lang == "zh" else link.on
    said = say(lang, "changed", title=title, by=register.of(link.by).name, on=on)
    sheet.put(said, marks=_marks(sheet, link.source))


def _count(sheet: Sheet, register: Register, facts: Facts, lang: str) -> str:
    segmentation = sheet.segmentations[facts.doc_id]
    inside = [a for a in segmentation.articles if facts.start <= a.start < facts.end]
    outer = dict.fromkeys(a.headings[0] for a in inside if a.headings)
    key = "count_chapters" if all(h.startswith("第") and "章" in h[:8] for h in outer) else "count_parts"
    parts = say(lang, key, count=str(len(outer))) if outer else ""
    last = next((a for a in reversed(inside) if a.kind not in FURNITURE), None)
    for article in inside:
        last = article if article.label and article.label[0] == "第" else last
    line = say(lang, "count", title=facts.name, count=str(facts.articles), parts=parts)
    marks = [sheet.quote(last.doc_id, last.start, segmentation.body(last))] if last else []
    line += say(lang, "last", label=" ".join(last.label.split()) or place(last)) if last else ""
    sheet.put(line, marks=marks)
    return ""


def _versions(sheet: Sheet, register: Register, facts: Facts, lang: str) -> str:
    family = register.versions.of(facts.doc_id)
    if family is None:
        sheet.put(say(lang, "one_version", title=facts.name), marks=_marks(sheet, facts.title))
        _does(sheet, facts, lang)
        return ""
    sheet.put(say(lang, "versions", title=facts.name, count=str(len(family.members))))
    for member in family.members:
        of = register.of(register.versions.document(member.doc_id).edition_of or member.doc_id)
        state = register.standing(of).state.value
        day = f"，{_day(of.issued, lang)}" if of.issued else ""
        sheet.put(f"{member.label}（{state}{day}）", LineKind.ENTRY, marks=_marks(sheet, of.issued or of.title))
    return ""


def _about(sheet: Sheet, register: Register, facts: Facts, lang: str) -> str:
    known = [
        (key, fact)
        for key, fact in (("issuer", facts.issuer), ("date", facts.issued), ("number", facts.number))
        if fact
    ]
    sheet.put(say(lang, "title", title=facts.name), marks=_marks(sheet, facts.title))
    for key, fact in known:
        value = _day(fact, lang) if key == "date" else fact.value
        said = "passed" if key == "date" and _passed(sheet, fact) else key
        sheet.put(say(lang, said, title=facts.name, value=value), marks=_marks(sheet, fact))
    return facts.name


_ABOUT: dict[str, _Tell] = {
    "number": _simple("number", lambda f: f.number),
    "date": _simple("date", lambda f: f.issued, day=True),
    "issuer": _simple("issuer", lambda f: f.issuer),
    "effective": _simple("effective", lambda f: f.effective, day=True),
    "status": _status,
    "count": _count,
    "versions": _versions,
    "about": _about,
}


def _marks(sheet: Sheet, fact: Fact | None) -> tuple[int, ...]:
    return (sheet.quote(fact.doc_id, fact.start, fact.end),) if fact and fact.start < fact.end else ()


def _quote(sheet: Sheet, fact: Fact) -> str:
    return sheet.segmentations[fact.doc_id].document.text[fact.start : fact.end].strip()


def _passed(sheet: Sheet, fact: Fact) -> bool:
    """Whether the day of a text is that on which a body passed it, and no other is told."""
    text = sheet.segmentations[fact.doc_id].document.text
    start, end = line_at(text, fact.start)
    return "通过" in text[start:end] and not _ISSUED.search(text[start:end])


def _day(fact: Fact | None, lang: str) -> str:
    if fact is None:
        return ""
    return in_words(fact.value) if lang == "zh" else fact.value
