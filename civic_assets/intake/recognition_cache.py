"""What files turned out to be, so that a known file is not read again.

Belongs here: keeping and finding it by the hash of the bytes, and forgetting it when the program has changed. Does not
belong here: finding it out (`intake`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.layers.keys import layer_version
from civic_assets.tables import input_key
from civic_assets.tables.atomic import atomic_write_text


class RecognitionCache:
    """What files turned out to be, by the hash of their bytes, so that a known file is not read again.

    A cache: without it, or when contracts or readers changed, files are read again.
    """

    def __init__(self, file: Path, contracts: Mapping[str, Contract]) -> None:
        self._file = file
        code = layer_version("recognised")
        self._fingerprint = input_key(code, *(contract.sha256 for contract in contracts.values()))
        self._files: dict[str, dict[str, Any]] = {}
        self._changed = False
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(stored, dict) and stored.get("fingerprint") == self._fingerprint:
            self._files = stored["files"]

    def get(self, sha256: str) -> dict[str, Any] | None:
        """What a file turned out to be: `sources`, or `verdict` and `reason`; of an archive its `members`."""
        return self._files.get(sha256)

    def put(self, sha256: str, what: dict[str, Any]) -> None:
        """Remembers it, but not what the machine did not let be read: that is tried again."""
        if what.get("again"):
            return
        self._files[sha256] = what
        self._changed = True

    def save(self) -> None:
        """Writes it, when something is new."""
        if self._changed:
            document = {"fingerprint": self._fingerprint, "files": self._files}
            atomic_write_text(self._file, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))
