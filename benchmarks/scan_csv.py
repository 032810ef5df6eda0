"""A plain scan of a zip of one CSV file in DuckDB: `python -m benchmarks.scan_csv ARCHIVE`.

What anybody would do to look at the file: unpack it, read every column of every row as text, count, and take the
least and greatest of each column by geographic level. Nothing is typed, checked or kept.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile

import duckdb


def main(archive: str) -> None:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as packed:
        file = packed.extract(packed.namelist()[0], folder)
        with duckdb.connect() as connection:
            rows = connection.read_csv(file, all_varchar=True)
            each = ", ".join(f'count("{name}"), min("{name}"), max("{name}")' for name in rows.columns)
            found = connection.execute(
                f"select geographic_level, count(*), {each} from rows group by all order by all"
            ).fetchall()
    print("\n".join(f"{level}: {number} rows" for level, number, *_ in found))


if __name__ == "__main__":
    main(sys.argv[1])
