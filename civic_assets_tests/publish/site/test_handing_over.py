"""Temporary tables that one process makes for all."""

from __future__ import annotations

from pathlib import Path

import duckdb

from civic_assets.publish.site.handing_over import hand_over, take_over


def test_another_connection_has_the_same_temporary_tables(tmp_path: Path) -> None:
    model, handed = tmp_path / "model.duckdb", tmp_path / "what's handed.duckdb"
    with duckdb.connect(str(model)) as connection:
        connection.execute("CREATE TABLE figures AS SELECT 1 AS number")
    with (
        duckdb.connect(str(model), read_only=True) as first,
        duckdb.connect(str(tmp_path / "other.duckdb")) as second,
    ):
        first.execute(
            "CREATE TEMP TABLE starts AS SELECT 'a' AS page, ['L1', 'L2'] AS places, 7::HUGEINT AS bytes"
        )
        first.execute('CREATE TEMP TABLE "an odd name" AS SELECT NULL::DATE AS day')
        hand_over(first, handed)
        take_over(second, handed)
        asked = "SELECT table_name FROM duckdb_tables() WHERE temporary ORDER BY 1"
        assert second.execute(asked).fetchall() == [("an odd name",), ("starts",)]
        for query in ("FROM temp.starts", "DESCRIBE temp.starts", 'FROM temp."an odd name"'):
            assert second.execute(query).fetchall() == first.execute(query).fetchall()
        assert second.execute("SELECT count(*) FROM duckdb_databases() WHERE NOT internal").fetchall() == [
            (1,)
        ]
