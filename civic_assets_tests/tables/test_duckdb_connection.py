"""Every connection to DuckDB is quiet."""

from __future__ import annotations

import re

from civic_assets.shipped import PACKAGE
from civic_assets.tables.duckdb_connection import connect


def test_bar_is_switched_off() -> None:
    with connect() as connection:
        assert connection.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]


def test_no_connection_is_opened_in_another_way() -> None:
    opening = [
        str(file.relative_to(PACKAGE))
        for file in sorted(PACKAGE.rglob("*.py"))
        if re.search(r"\bduckdb\.connect\(", file.read_text(encoding="utf-8"))
    ]
    assert opening == ["tables/duckdb_connection.py"]
