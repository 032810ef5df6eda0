"""Stored tables are read as they are in the file, wherever it lies."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civic_assets.tables import parquet_scan
from civic_assets_tests.paths import PROJECT


@pytest.mark.parametrize(
    "folder", ["release=9999", "measure=crime/area_code=E0", "new=column", "what's [1]", "a*b?c", "[!x]"]
)
def test_no_name_of_a_folder_changes_what_is_read(tmp_path: Path, folder: str) -> None:
    table = pa.table({"release": ["2024-12"], "measure": ["burglary"], "value": [1802.0]})
    paths = [tmp_path / folder / "a.parquet", tmp_path / "plain" / "b.parquet"]
    for path in paths:
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
    with duckdb.connect() as connection:
        read = connection.execute(f"SELECT * FROM {parquet_scan(paths)}").fetchall()
    assert read == [("2024-12", "burglary", 1802.0)] * 2


def test_sql_that_reads_files_says_that_folders_are_not_partitions() -> None:
    for path in sorted((PROJECT / "civic_assets").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for function in ("read_parquet(", "read_csv(", "read_json_auto(", "parquet_scan('"):
            for begin in () if path.name == "scan.py" else (f"FROM {function}", f'"{function}'):
                for place in re.finditer(re.escape(begin), text):
                    line = text[place.start() :].partition("\n")[0]
                    assert "hive_partitioning = false" in line, f"{path}: {line}"
