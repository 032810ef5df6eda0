"""What a store publishes of a source, read straight from its read model: what an export is compared with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from civic_assets.harmonise.figures.names import NAME_SQL

Published = dict[str, tuple[float | None, str | None, str]]


def published(store: Path, source: str) -> Published:
    """Value, status and quality of each newest figure, by its name with the release."""
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        rows: list[Any] = connection.execute(
            f"SELECT {NAME_SQL} || '@' || release, value, status, quality FROM harmonised.latest WHERE source = ?",
            [source],
        ).fetchall()
    found = {name: (value, status, quality) for name, value, status, quality in rows}
    assert len(found) == len(rows) > 0
    return found
