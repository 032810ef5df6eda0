"""Reading stored tables in SQL exactly as they are in the file.

Belongs here: how DuckDB is to read a Parquet file. Does not belong here: which files (`store`), and what is queried
from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_GLOB = re.compile(r"[*?\[]")


def parquet_scan(paths: Iterable[Path]) -> str:
    """SQL of a table function that reads files and ignores the names of their folders.

    DuckDB treats a folder `column=text` anywhere in a path as a partition, and replaces the file's own column with that
    text in every row; it also treats `*`, `?` and `[` in a path as a pattern. The location of a store must not change
    its content.

    Args:
        paths: Paths of Parquet files with one layout, at least one.
    """
    files = ", ".join(_quoted(_GLOB.sub(r"[\g<0>]", str(path))) for path in paths)
    return f"read_parquet([{files}], hive_partitioning = false)"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
