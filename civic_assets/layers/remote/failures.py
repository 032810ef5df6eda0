"""What can go wrong with a store in an object store, for those who must tell it from a fault of the data.

Belongs here: the exceptions. Does not belong here: raising them (`objects`, `lease`).
"""

from __future__ import annotations

from civic_assets.errors import CivicError


class NotReached(CivicError):
    """The object store did not answer, or refused; the sentence says what was asked and what to do."""


class Changed(CivicError):
    """An object is not as it was when it was read: somebody else has changed it meanwhile."""


class LeaseLost(CivicError):
    """Another process has taken this one's place, because it was silent for too long; nothing more is written."""
