"""How mails are written out: a long address in a header stays in one piece.

Python folds such a header into encoded words, which mail programs do not take for an address.
"""

from __future__ import annotations

from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, SMTPUTF8, Policy


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is never folded."""

    def fold(self, *, policy: Policy) -> str:
        """Name and value as they are."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)

PLAIN = SMTP.clone(header_factory=_HEADERS)
UTF8 = SMTPUTF8.clone(header_factory=_HEADERS)
