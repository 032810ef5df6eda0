"""Which folder is the store.

Belongs here: the one setting of the store, and what an interrupted process leaves in it. Does not belong here: what is
in it (`store`).
"""

from __future__ import annotations

import os
from pathlib import Path

from civic_assets.layers.remote.place import address_of, working_copy

REPORT = "report"
"""Name of the folder of the site in the store."""
REPORT_BEING_BUILT = ".report-"
"""How the names of folders begin in which a report is built, or was when a process was killed."""


def store_root(named: Path | None) -> Path:
    """Folder of the store: the one that is named, else `CIVIC_STORE`, else `.civic` in the working directory.

    If an address is named, such as `s3://bucket/store`, it is the folder of its working copy on this machine.

    Raises:
        UsageError: The address is wrong, or the working copy cannot be made.
    """
    chosen = str(named or os.environ.get("CIVIC_STORE") or ".civic")
    address = address_of(chosen)
    return working_copy(address) if address else Path(chosen).absolute()
