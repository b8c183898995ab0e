"""html: the policy that a web page shows, without the site around it."""

from policy_qa.documents.web.reader import read_web

__all__ = ["read_web"]
