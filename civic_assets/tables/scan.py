"""Stored tables in SQL, as they are in the file.

Belongs here: how DuckDB is to read a Parquet file. Does not belong here: which files (`store`), and what is asked of
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_GLOB = re.compile(r"[*?\[]")


def parquet_scan(paths: Iterable[Path]) -> str:
    """SQL of a table function that reads files and nothing of their folders' names.

    DuckDB takes a folder `column=text` anywhere in a path for a partition, and puts that text in place of the file's
    own column on every row; and it takes `*`, `?` and `[` in a path for a pattern. Where a store lies must not change
    what is in it.

    Args:
        paths: Of Parquet files of one layout, at least one.
    """
    files = ", ".join(_quoted(_GLOB.sub(r"[\g<0>]", str(path))) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
