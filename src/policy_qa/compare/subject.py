"""Whether words of a provision are about the office that is compared, or about another post or body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.compare.office import POST
from policy_qa.datamodels import Provision

#: A post or body that something is said of: a predicate follows, or what belongs to it.
_POST = re.compile(
    POST + r"(?=[的是由应为对每设可不将须在经任按依共及和与或、等，：]|负责|主[要持]|实行|根据|原则|一般|下设|$)"
)
#: What does not follow where a body itself is meant.
_OF_ITS_OWN = r"(?!副?(?:主席|主任|秘书|组长|会长|理事长)|办公室|管理机构|办事机构|登记)"
#: The office has a post of its own that the next words are about: 「理事会设理事长，…」.
_SETS_UP = re.compile(rf"下?设(?:立|有|置)?[^，。；]{{0,8}}{POST}")
#: Who acts on the office, or whom it acts on, is not what a sentence is about: 「由校长提名」, 「成立领导小组」.
_AGENT = re.compile(
    r"(?:由|经|报|向|对|请|受|从|在|与|和|会同|按照|根据|须|成立|组建|建立|设立|设置|组织|牵头|协调|指导|领导|召集|召开|主持|协助|配合"
    r"|对接|加强|制定|落实|执行)[^，。；：]{0,24}$"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The office as one document names it: `names`, and `members` of it where it is a body.

    `own` tells that the document is about it as a whole, so that it need not say so in every provision.
    """

    names: frozenset[str]
    members: frozenset[str] = frozenset()
    own: bool = False

    def named(self, text: str) -> bool:
        """Whether a text (normalised) names it, not a post or an office of its own (监事会主席, 委员会办公室)."""
        return any(re.search(re.escape(name) + _OF_ITS_OWN, text) for name in self.names)

    def has_member(self, text: str) -> bool:
        """Whether a text names a member of the body."""
        return any(re.search(re.escape(member) + r"(?!会|长)", text) for member in self.members)

    @property
    def pattern(self) -> str:
        """A regular expression for its names, longest first; matches nothing where it has none."""
        return (
            "(?:" + "|".join(sorted(map(re.escape, self.names), key=len, reverse=True)) + ")" if self.names else "(?!)"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """An article as the points are looked for in it: everything normalised, line breaks gone."""

    provision: Provision
    text: str
    lead: str
    headings: str

    def context(self, office: Office) -> bool | None:
        """Whether the article as a whole speaks of the office; None where it does not say."""
        if office.named(self.headings) or office.named(self.lead):
            return True
        if office.has_member(self.lead) and (office.own or office.named(self.text)):
            return True
        if _other(self.lead[:24], office) or (re.search(POST, self.headings) and not office.named(self.headings)):
            return False
        return True if office.own else None


def about(office: Office, article: Article, clause: str, at: int, *, closely: bool = False) -> bool:
    """Whether the words at offset `at` of a clause are about the office: its nearest subject before them counts.

    `closely` wants the article to name it, where a document about the office as a whole does not do.
    """
    if not office.names:
        return True
    segments = re.split(r"[，。；：]", clause[:at])
    for segment in reversed(segments):
        if office.has_member(segment) and (office.own or office.named(article.text + article.headings)):
            return True
        if _other(segment, office):
            return False
        if office.named(segment):
            return not (segment is not segments[-1] and _posts_of_its_own(segment, office))
    if closely:
        before = article.text[: max(article.text.find(clause), 0)]
        return article.context(office) is True and (
            any(map(office.named, (article.headings, article.lead, before))) or office.has_member(article.lead)
        )
    return article.context(office) is True


def _posts_of_its_own(segment: str, office: Office) -> bool:
    match = _SETS_UP.search(segment)
    return match is not None and not office.named(match.group())


def _other(words: str, office: Office) -> bool:
    """Whether words begin with a post or body of their own, not with the office nor with one that acts on somebody."""
    match = _POST.search(words)
    if match is None or _AGENT.search(words[: match.start()]):
        return False
    return not office.named(words[: match.end()])
