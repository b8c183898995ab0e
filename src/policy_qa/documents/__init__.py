"""Corpus file -> Document."""

from policy_qa.documents.office import libreoffice
from policy_qa.documents.scans import available

#: Rises whenever the same file may come out as another text; an index records it.
VERSION = 10


def helpers() -> dict[str, int]:
    """Which of the programs that read more formats are here (1) or not (0); where that changes, files may read anew."""
    return {"libreoffice": int(libreoffice() is not None), "ocr": int(available())}
