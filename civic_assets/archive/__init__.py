"""The content-addressed archive of publishers' files and its hash-chained manifest."""

from civic_assets.archive.archive import Archive
from civic_assets.archive.blobs import Blob
from civic_assets.archive.manifest import Receipt
from civic_assets.tables.release_names import edition_of, release_sort_key

__all__ = ["Archive", "Blob", "Receipt", "edition_of", "release_sort_key"]
