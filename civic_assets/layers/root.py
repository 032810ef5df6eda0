"""Which folder is the store.

Belongs here: the one setting of the store. Does not belong here: what is in it (`store`).
"""

from __future__ import annotations

import os
from pathlib import Path


def store_root(named: Path | None) -> Path:
    """Folder of the store: the one that is named, else `CIVIC_STORE`, else `.civic` in the working directory."""
    return (named or Path(os.environ.get("CIVIC_STORE") or ".civic")).absolute()
