"""Cache of file identifications, so that a known file is not read again.

Belongs here: storing and looking up results by the hash of the bytes, and dropping them when the program has changed.
Does not belong here: identifying a file (`identify`).
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


def reader_of(contracts: Mapping[str, Contract]) -> str:
    """Changes when the same bytes may be recognised as something else: with the readers and the contracts.

    Args:
        contracts: Contracts of the known sources.
    """
    return input_key(
        layer_version("recognised"), *(contract.reading_sha256 for contract in contracts.values())
    )


class RecognitionCache:
    """Cached identifications of files, by the hash of their bytes.

    Without a cache file, or after a change of contracts or readers, files are read again.
    """

    def __init__(self, file: Path, contracts: Mapping[str, Contract]) -> None:
        self._file = file
        self._fingerprint = reader_of(contracts)
        self._files: dict[str, dict[str, Any]] = {}
        self._changed = False
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        if isinstance(stored, dict) and stored.get("fingerprint") == self._fingerprint:
            self._files = stored["files"]

    def get(self, sha256: str) -> dict[str, Any] | None:
        """The identification of a file: `sources`, or `verdict` and `reason`; for an archive its `members`."""
        return self._files.get(sha256)

    def put(self, sha256: str, what: dict[str, Any]) -> None:
        """Cache a result, except for a file that the machine could not read: that is tried again."""
        if what.get("again"):
            return
        self._files[sha256] = what
        self._changed = True

    def save(self) -> None:
        """Write the cache, if something is new."""
        if self._changed:
            document = {"fingerprint": self._fingerprint, "files": self._files}
            atomic_write_text(self._file, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False))
