"""Every error that a person can cause, as one tree.

    PolicyQAError
    ├── UsageError            a command, option or question that cannot be used
    ├── SourceError           a policy file that cannot be read
    ├── SegmentationError     text that does not come out as provisions
    ├── ModelError            an embedding model that is missing or unusable
    ├── PackageDamaged        a file that came with this package, or with jieba, is not the one that was written
    ├── IndexUnusable         an index that must not be searched
    │   ├── IndexMissing      there is none yet
    │   ├── IndexDamaged      a file is missing, or its bytes are not those written
    │   └── IndexMismatch     made by another schema, model or dimension
    ├── BuildLocked           another build is at work on this index
    ├── BuildFailed           a build that could not write; the index is as it was before
    ├── StoreUnusable         conversations and marks that can't be read or written
    └── UnknownRef            a ref that names no provision

A message says what was expected, what was found and what to do, in one line. The command line and
the page catch :class:`PolicyQAError` once; anything else is a bug and keeps its traceback.
"""


class PolicyQAError(Exception):
    """Base of all errors that a person can mend."""


class UsageError(PolicyQAError):
    """A command, option or question that cannot be used as given."""


class SourceError(PolicyQAError):
    """A policy file that cannot be read as text."""


class SegmentationError(PolicyQAError):
    """A text whose provisions cannot be told apart safely."""


class ModelError(PolicyQAError):
    """An embedding model that is missing or does not work here."""


class PackageDamaged(PolicyQAError):
    """A file that came with this package, or with jieba, is missing or not the one that was released."""


class IndexUnusable(PolicyQAError):
    """An index that must not be searched."""


class IndexMissing(IndexUnusable):
    """There is no index yet."""


class IndexDamaged(IndexUnusable):
    """A file of the index is missing, or its bytes are not the ones written."""


class IndexMismatch(IndexUnusable):
    """The index was made by another schema, model or dimension."""


class BuildLocked(PolicyQAError):
    """Another build is at work on the same index."""


class BuildFailed(PolicyQAError):
    """A build that could not write its files; the index is as it was before."""


class StoreUnusable(PolicyQAError):
    """The file that keeps conversations and marks can't be read or written."""


class UnknownRef(PolicyQAError):
    """A ref that names no provision."""
