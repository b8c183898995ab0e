"""Names lead to documents: institutions, titles, numbers, instruments inside a file, and names that are not on file."""

from policy_qa.naming.instruments import numbered, outside, titled, titles_of
from policy_qa.naming.scope import Origin, Party, Scope, ScopeFinder
from policy_qa.naming.terms import abbreviations, other_names
from policy_qa.naming.titles import quoted_titles, shown

__all__ = [
    "Origin",
    "Party",
    "Scope",
    "ScopeFinder",
    "abbreviations",
    "numbered",
    "other_names",
    "outside",
    "quoted_titles",
    "shown",
    "titled",
    "titles_of",
]
