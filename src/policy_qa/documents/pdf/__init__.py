"""pdf: what a reader sees on paper, with the page on which each paragraph begins."""

from policy_qa.documents.pdf.reader import read_pdf

__all__ = ["read_pdf"]
