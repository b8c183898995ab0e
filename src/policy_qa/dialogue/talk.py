"""What is said to a greeting, to thanks, to a question about the program itself: short, and what can be asked here."""

from __future__ import annotations

from collections.abc import Sequence

from policy_qa.datamodels import Kind, Line, PointKind, Segmentation
from policy_qa.dialogue.sheet import Told
from policy_qa.dialogue.texts import say
from policy_qa.provisions.refs import cite

#: So many documents are named in a reply.
_NAMED = 4


def talk(about: str, segmentations: Sequence[Segmentation], lang: str) -> Told:
    """The reply to a turn that is no question of the policies; `about` is its sort: greet, thanks, help."""
    lines = [say(lang, about)]
    if about != "thanks":
        lines.append(can_ask(segmentations, lang))
    return Told(kind=PointKind.TALK, lines=tuple(Line(text=line) for line in filter(None, lines)))


def other(segmentations: Sequence[Segmentation], lang: str) -> Told:
    """The refusal of what is no matter of policies."""
    lines = [say(lang, "other"), can_ask(segmentations, lang)]
    return Told(kind=PointKind.OTHER, lines=tuple(Line(text=line) for line in filter(None, lines)), refused=True)


def can_ask(segmentations: Sequence[Segmentation], lang: str) -> str:
    """What is on file, and questions that it answers; empty where nothing is on file."""
    if not segmentations:
        return ""
    titles = list(dict.fromkeys(s.document.title for s in segmentations))
    names = say(lang, "sep").join(f"《{title}》" for title in titles[:_NAMED])
    if len(titles) > _NAMED:
        names = say(lang, "and_more", names=names)
    numbered = ((s.document, a) for s in segmentations for a in s.articles if a.kind is Kind.ARTICLE)
    document, article = next(numbered, (segmentations[0].document, segmentations[0].articles[0]))
    return say(
        lang,
        "can_ask",
        count=str(len(segmentations)),
        names=names,
        title=document.title,
        example=cite(document, article),
    )
