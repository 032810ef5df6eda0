"""Failures of runs that are outcomes and not errors.

Belongs here: the marks in the metadata of such a failure. Does not belong here: raising it (`assets`) and reading it
(`launch`, `automatic.alerting`).
"""

from __future__ import annotations

HELD_BACK = "held back"
"""Key in the metadata of a failure that is not an error: releases that the run has held back."""
NOT_FETCHED = "not fetched"
"""The same for what a publisher's site did not give."""
NO_ERROR = (HELD_BACK, NOT_FETCHED)
"""All of them."""
OF_MACHINE = "of the machine"
"""Key in the metadata of a failure that is not of the data: what stopped may go well on another machine."""
