"""Drafts held against the policies: citations, quotations, numbers and statements."""

from policy_qa.check.checker import Checker
from policy_qa.check.findings import Finding, FindingKind, Report, Severity, Source, What

__all__ = ["Checker", "Finding", "FindingKind", "Report", "Severity", "Source", "What"]
