"""What is on file, and what is known of a document: each thing with the line that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policy_qa.datamodels import PointKind
from policy_qa.dialogue.sheet import Sheet, Told
from policy_qa.dialogue.texts import say
from policy_qa.facts.dates import in_words
from policy_qa.facts.model import Fact, Facts, State
from policy_qa.facts.register import Register

#: So many documents are listed at most, and so many are answered of one by one.
_LISTED, _EACH = 40, 12


def holdings_told(sheet: Sheet, register: Register, doc_ids: Sequence[str], lang: str) -> Told:
    """What is on file, newest first; `doc_ids` are those that are asked about (empty: all)."""
    every = register.all()
    shown = [f for f in every if f.doc_id in doc_ids] if doc_ids else list(every)
    key = "holdings_some" if 0 < len(shown) < len(every) else "holdings"
    shown = shown or list(every)
    sheet.lines.append(say(lang, key, count=str(len(shown)), all=str(len(every))))
    for facts in shown[:_LISTED]:
        known = [f.value for f in (facts.issuer, facts.number) if f]
        known += [_day(facts.issued, lang)] if facts.issued else []
        known += [facts.status.value] if facts.status and register.standing(facts).state is State.DRAFT else []
        about = f"（{say(lang, 'comma').join(known)}）" if known else ""
        sheet.lines.append(f"　《{facts.name}》{about}{_mark(sheet, facts.title)}")
    if len(shown) > _LISTED:
        sheet.lines.append(say(lang, "holdings_more", count=str(len(shown))))
    return sheet.told(PointKind.HOLDINGS)


def facts_told(sheet: Sheet, register: Register, about: str, doc_ids: Sequence[str], lang: str) -> Told:
    """A fact of documents: `about` is `number`, `date`, `issuer`, `effective`, `status`, `count`, `versions`, `about`.

    What the text doesn't say is said to be missing; it is refused where no document says it.
    """
    told = _ABOUT[about]
    found = [told(sheet, register, register.of(doc_id), lang) for doc_id in dict.fromkeys(doc_ids)][:_EACH]
    sheet.lines += [line for lines, _ in found for line in lines]
    known = [lead for _, lead in found if lead]
    refused = not known and about in ("number",) and len(found) > 1
    return sheet.told(PointKind.FACT, refused=refused, lead=known[0] if len(found) == 1 and known else "")


#: The lines for one document, and the value that answers, empty where the text has none.
_Told = tuple[list[str], str]


def _simple(key: str, of: Callable[[Facts], Fact | None], *, day: bool = False) -> Callable[..., _Told]:
    def told(sheet: Sheet, register: Register, facts: Facts, lang: str) -> _Told:
        fact = of(facts)
        if fact is None:
            missing = say(lang, f"no_{key}", title=facts.name)
            standing = register.standing(facts)
            if standing.state is State.DRAFT:
                missing += say(lang, "a_draft", status=facts.status.value if facts.status else "")
                missing += _mark(sheet, standing.source)
            return [missing], ""
        value = _day(fact, lang) if day else fact.value
        return [say(lang, key, title=facts.name, value=value) + _mark(sheet, fact)], _quote(sheet, fact)

    return told


def _status(sheet: Sheet, register: Register, facts: Facts, lang: str) -> _Told:
    standing = register.standing(facts)
    why = standing.why if lang == "zh" else standing.state.name.lower().replace("_", " ")
    line = say(lang, "status", title=facts.name, state=standing.state.value, why=why) + _mark(sheet, standing.source)
    lines = [line]
    lines += [
        say(lang, "changed", title=facts.name, by=_title(register, link.by), on=in_words(link.on))
        + _mark(sheet, link.source)
        for link in facts.amended_by
    ]
    if facts.term and facts.term.source != standing.source:
        words = f"{facts.term.kind.value}{facts.term.length}"
        until = say(lang, "until", day=in_words(facts.term.until)) if facts.term.until else ""
        lines.append(f"《{facts.name}》{words}{until}{_mark(sheet, facts.term.source)}")
    return lines, _quote(sheet, standing.source) if standing.source else ""


def _count(sheet: Sheet, register: Register, facts: Facts, lang: str) -> _Told:
    segmentation = sheet.segmentations[facts.doc_id]
    inside = [a for a in segmentation.articles if facts.start <= a.start < facts.end]
    chapters = len(dict.fromkeys(a.headings[0] for a in inside if a.headings))
    last = inside[-1] if inside else None
    for article in inside:
        last = article if article.label and article.label[0] == "第" else last
    line = say(lang, "count", title=facts.name, count=str(facts.articles), chapters=str(chapters))
    mark = ""
    if last:
        number = sheet.quote(last.doc_id, last.start, segmentation.body(last))
        mark = say(lang, "last", label=" ".join(last.label.split())) + f"[{number}]"
    return [line + mark], ""


def _versions(sheet: Sheet, register: Register, facts: Facts, lang: str) -> _Told:
    family = register.versions.of(facts.doc_id)
    if family is None:
        return [say(lang, "one_version", title=facts.name) + _mark(sheet, facts.title)], ""
    lines = [say(lang, "versions", title=facts.name, count=str(len(family.members)))]
    for member in family.members:
        of = register.of(register.versions.document(member.doc_id).edition_of or member.doc_id)
        state = register.standing(of).state.value
        day = f"，{_day(of.issued, lang)}" if of.issued else ""
        lines.append(f"　{member.label}（{state}{day}）{_mark(sheet, of.issued or of.title)}")
    return lines, ""


def _about(sheet: Sheet, register: Register, facts: Facts, lang: str) -> _Told:
    known = [
        (key, fact)
        for key, fact in (("issuer", facts.issuer), ("date", facts.issued), ("number", facts.number))
        if fact
    ]
    lines = [say(lang, "title", title=facts.name) + _mark(sheet, facts.title)]
    for key, fact in known:
        value = _day(fact, lang) if key == "date" else fact.value
        lines.append(say(lang, key, title=facts.name, value=value) + _mark(sheet, fact))
    return lines, facts.name


_ABOUT: dict[str, Callable[[Sheet, Register, Facts, str], _Told]] = {
    "number": _simple("number", lambda f: f.number),
    "date": _simple("date", lambda f: f.issued, day=True),
    "issuer": _simple("issuer", lambda f: f.issuer),
    "effective": _simple("effective", lambda f: f.effective, day=True),
    "status": _status,
    "count": _count,
    "versions": _versions,
    "about": _about,
}


def _mark(sheet: Sheet, fact: Fact | None) -> str:
    return f"[{sheet.quote(fact.doc_id, fact.start, fact.end)}]" if fact and fact.start < fact.end else ""


def _quote(sheet: Sheet, fact: Fact) -> str:
    return sheet.segmentations[fact.doc_id].document.text[fact.start : fact.end].strip()


def _day(fact: Fact | None, lang: str) -> str:
    if fact is None:
        return ""
    return in_words(fact.value) if lang == "zh" else fact.value


def _title(register: Register, doc_id: str) -> str:
    return register.of(doc_id).name
