"""The names under which this server may be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from policy_qa.settings import host_name

_LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
_ANY_ADDRESS = frozenset(("0.0.0.0", "::", ""))  # noqa: S104 - compared with, not bound
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^\s\[\]/:@?#]+)(?::\d{1,5})?", re.ASCII | re.IGNORECASE)
_ORIGIN = re.compile(r"https?://(.+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosts:
    """The names that this server answers to, at any port. `reached` adds the address that a request came to.

    That address is safe: an attacker's page is found by a name, and has that name as its Host.
    """

    names: frozenset[str] = _LOOPBACK
    reached: bool = False

    @classmethod
    def of(cls, listening: str, more: Iterable[str] = ()) -> Hosts:
        """Loopback, the host that is listened on, and `more`, names as `settings.host_name` gives them."""
        everywhere = listening in _ANY_ADDRESS
        own = () if everywhere else (host_name(listening) or listening,)
        return cls(names=_LOOPBACK.union(own, more), reached=everywhere)

    def allow(self, authority: str, reached_at: str) -> bool:
        """Whether a `Host` header is ours; `reached_at` is the address of this end of the connection."""
        match = _AUTHORITY.fullmatch(authority)
        name = host_name(match[1]) if match else None
        return name is not None and (name in self.names or (self.reached and name == host_name(reached_at)))

    def allow_origin(self, origin: str, reached_at: str) -> bool:
        """Whether an `Origin` header is that of a page of ours; `null` is nobody's."""
        match = _ORIGIN.fullmatch(origin)
        return match is not None and self.allow(match[1], reached_at)
