"""Whether words of a provision are about the office that is compared, or about another post or body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from policy_qa.compare.office import POST
from policy_qa.datamodels import Provision

_POST = re.compile(POST)
#: Who acts on the office, or whom it acts on, is not what a sentence is about: 「由校长提名」, 「成立领导小组」.
_AGENT = re.compile(
    r"(?:由|经|报|向|对|请|受|从|在|与|和|会同|按照|根据|须|成立|组建|建立|设立|设置|组织|牵头|协调|指导|领导|召集|召开|主持|协助|配合"
    r"|对接|加强|制定|落实|执行)[^，。；：]{0,24}$"
)
_LABEL = re.compile(r"^\s*(?:第\s*\S{1,7}\s*条(?:之\S{1,2})?|[（(]?[一二三四五六七八九十\d]{1,3}[)）、.．])\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """The office as one document names it: `names`, and `members` of it where it is a body.

    `own` tells that the document is about it as a whole, so that it need not say so in every provision.
    """

    names: frozenset[str]
    members: frozenset[str] = frozenset()
    own: bool = False

    def named(self, text: str) -> bool:
        """Whether a text (normalised) names it."""
        return any(name in text for name in self.names)

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
        if office.members and any(m in self.lead for m in office.members) and (office.own or office.named(self.text)):
            return True
        other = _POST.search(_LABEL.sub("", self.lead)[:24])
        if other and not _AGENT.search(_LABEL.sub("", self.lead)[: other.start()]):
            return False
        if re.search(POST, self.headings) and not office.named(self.headings):
            return False
        return True if office.own else None


def about(office: Office, article: Article, clause: str, at: int) -> bool:
    """Whether the words at offset `at` of a clause are about the office."""
    if not office.names:
        return True
    begin = max(clause.rfind(c, 0, at) for c in "，,。；;：:") + 1
    segment = clause[begin:at]
    if office.named(segment):
        return True
    member = any(m in segment for m in office.members)
    if member and (office.own or office.named(article.text) or office.named(article.headings)):
        return True
    if _other(segment):
        return False
    before = _LABEL.sub("", clause[:begin])
    if office.named(before):
        return True
    if _other(before[:24]):
        return False
    return article.context(office) is True


def _other(words: str) -> bool:
    """Whether words begin with a post or body of their own, not with one that acts on somebody."""
    plain = _LABEL.sub("", words)
    match = _POST.search(plain)
    return match is not None and not _AGENT.search(plain[: match.start()])
