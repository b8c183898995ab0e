"""docx: what Word would show of a file, revisions accepted, automatic numbers written out."""

from policy_qa.documents.word.reader import read_word

__all__ = ["read_word"]
