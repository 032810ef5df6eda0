"""What a plain check of a store costs: `python -m benchmarks.plain_verification STORE`.

The hash of every file under `archive/`, `tables/`, `publications/` and `report/` by the program `sha256sum`, and one
scan of every table of the read model. Nothing is compared with what it should be.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

_FOLDERS = ("archive", "tables", "publications", "report")
_TABLES = """SELECT '"' || schema_name || '"."' || table_name || '"' FROM duckdb_tables()
WHERE schema_name IN ('harmonised', 'quality', 'catalogue') ORDER BY ALL"""


def check(store: Path) -> int:
    """Hash the files and scan the tables; gives the number of files."""
    files = sorted(file for name in _FOLDERS for file in (store / name).rglob("*") if file.is_file())
    files.append(store / "civic.duckdb")
    names = b"\0".join(str(file).encode() for file in files)
    subprocess.run(["xargs", "-0", "sha256sum", "--"], input=names, stdout=subprocess.DEVNULL, check=True)
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        for (table,) in connection.execute(_TABLES).fetchall():
            connection.execute(f"SELECT sum(hash(t)::HUGEINT) FROM {table} t").fetchall()
    return len(files)


if __name__ == "__main__":
    print(check(Path(sys.argv[1])))
