"""When a release was out: stated before expected before received."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from civic_assets.archive import Receipt
from civic_assets.layers.facts import ReleaseFacts
from civic_assets.publish.member import Member
from civic_assets.publish.read_model.availability import add_availability
from civic_assets.tables import TableRef
from civic_assets_tests.publish.read_models import contracts

TABLE = TableRef("harmonised", "s", "r", "0", "0", 0, Path("none"))


def member(source: str, release: str, published_on: str | None, received: str) -> Member:
    receipt = Receipt(source, release, "0" * 64, 1, "file", None, received, None, False, "local")
    return Member(receipt, ReleaseFacts(published_on=published_on), TABLE, TABLE, None)


def out(
    source: str, release: str, last_day: date | None, published_on: str | None, received: str
) -> tuple[date, str]:
    with duckdb.connect() as connection:
        for schema in ("harmonised", "catalogue"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(
            "CREATE TABLE catalogue.releases AS SELECT ? AS source, ? AS release", [source, release]
        )
        connection.execute(
            "CREATE TABLE harmonised.observations AS SELECT ? AS source, ? AS release, ?::DATE AS period_end",
            [source, release if last_day else "another", last_day],
        )
        add_availability(connection, [member(source, release, published_on, received)], contracts())
        row = connection.execute(
            "SELECT available_from, available_from_basis FROM catalogue.releases"
        ).fetchone()
        assert row is not None
        return row


@pytest.mark.parametrize(
    ("source", "release", "last_day", "published_on", "received", "expected"),
    [
        ("ons_population", "2022-mye", date(2022, 7, 1), "2024-03-26", "2026-01-01T00:00:00Z",
         (date(2024, 3, 26), "stated")),
        ("gla_report", "2023-05", date(2024, 1, 1), None, "2026-01-01T00:00:00Z", (date(2023, 5, 19), "stated")),
        # 119 days after the last day of the year, as the contract promises.
        ("ons_csp", "2024-12", date(2025, 1, 1), None, "2026-01-01T00:00:00Z", (date(2025, 4, 30), "expected")),
        ("ons_csp", "2024-12", date(2025, 1, 1), None, "2025-04-24T09:30:00Z", (date(2025, 4, 24), "received")),
        ("ons_csp", "2024-12.r2", date(2025, 1, 1), None, "2025-06-05T09:30:00Z", (date(2025, 6, 5), "received")),
        ("lookups", "2018-lsoa-ward", None, None, "2025-06-05T09:30:00Z", (date(2025, 6, 5), "received")),
    ],
    ids=["cover", "contract", "lag", "here before it was expected", "reissue", "no periods"],
)  # fmt: skip
def test_release_was_out_when_it_says_else_when_promised_else_when_received(
    source: str,
    release: str,
    last_day: date | None,
    published_on: str | None,
    received: str,
    expected: tuple[date, str],
) -> None:
    assert out(source, release, last_day, published_on, received) == expected
