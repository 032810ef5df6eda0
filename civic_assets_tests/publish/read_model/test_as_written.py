"""A read model that does not hold what was to be written into it is never put into place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from civic_assets.archive import Receipt
from civic_assets.errors import CivicError
from civic_assets.layers.facts import ReleaseFacts
from civic_assets.layers.store import Store
from civic_assets.publish.member import Member
from civic_assets.publish.read_model.as_written import refuse_unless_written

ROWS = pa.table(
    {
        "source": ["met_borough"] * 3,
        "release": ["2024-12"] * 3,
        "measure": ["burglary", "burglary", "robbery"],
        "area_code": ["E09000019", "E09000007", "E09000019"],
        "breakdown": ["total"] * 3,
        "unit": ["count"] * 3,
        "value": pa.array([180.0, None, 120.5]),
    }
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def members(store: Store) -> list[Member]:
    ref = store.tables.write("harmonised", "met_borough", "2024-12", ROWS, "key")
    receipt = Receipt(
        source="met_borough", release="2024-12", sha256="a" * 64, size=1, file_name="f.csv", url="",
        retrieved_at="2025-01-01T00:00:00Z", etag="", origin="local", synthetic=False,
    )  # fmt: skip
    held_back = replace(receipt, source="ons_csp")
    return [Member(receipt, ReleaseFacts(), ref, ref, ref), Member(held_back, ReleaseFacts(), ref, ref, None)]


def _written(tmp_path: Path, sql: str = "") -> Path:
    path = tmp_path / "civic.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA harmonised")
        connection.register("figures", ROWS)
        connection.execute("CREATE TABLE harmonised.observations AS SELECT * FROM figures")
        if sql:
            connection.execute(sql)
    return path


def test_what_was_to_be_written_is_there(tmp_path: Path, store: Store, members: list[Member]) -> None:
    refuse_unless_written(store, _written(tmp_path), members)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "DELETE FROM harmonised.observations WHERE value IS NULL",
            "has 2 figures of met_borough 2024-12, .* have 3",
        ),
        ("UPDATE harmonised.observations SET value = 181 WHERE value = 180", "has 301.5 .* have 300.5"),
        ("UPDATE harmonised.observations SET measure = 'crime'", "characters in its columns"),
        ("UPDATE harmonised.observations SET source = 'ons_csp'", "of met_borough"),
        ("INSERT INTO harmonised.observations SELECT * FROM harmonised.observations", "has 6 figures"),
    ],
)
def test_lost_doubled_and_replaced_figures_are_refused(
    tmp_path: Path, store: Store, members: list[Member], sql: str, words: str
) -> None:
    with pytest.raises(CivicError, match=words):
        refuse_unless_written(store, _written(tmp_path, sql), members)
