"""The content-addressed archive of publishers' files and its hash-chained manifest.

The names below are imported when they are first used: a refresh that finds nothing new needs only the chain of
receipts.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from civic_assets.archive.archive import Archive
    from civic_assets.archive.blobs import Blob
    from civic_assets.archive.manifest import Receipt
    from civic_assets.tables.release_names import edition_of, release_sort_key

__all__ = ["Archive", "Blob", "Receipt", "edition_of", "release_sort_key"]

_PLACES = {
    "Archive": "civic_assets.archive.archive",
    "Blob": "civic_assets.archive.blobs",
    "Receipt": "civic_assets.archive.manifest",
    "edition_of": "civic_assets.tables.release_names",
    "release_sort_key": "civic_assets.tables.release_names",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found
