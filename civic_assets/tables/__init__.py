"""Storage of immutable Parquet tables by layer, source and release."""

from civic_assets.tables.scan import parquet_scan
from civic_assets.tables.store import TableRef, TableStore, input_key

__all__ = ["TableRef", "TableStore", "input_key", "parquet_scan"]
