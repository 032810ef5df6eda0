"""The day from which a release's figures could have been used.

Belongs here: `catalogue.releases.available_from` and the basis of that day. Does not belong here: reading a date from a
file (`civic_assets.parsing.release_date`), and tables as of a day (`area_profile`, `crime_table`).

Three bases, in this order:

- `stated`: the file's cover or the source's contract gives the day of publication.
- `expected`: the end of the release's latest period plus the lag that the contract promises (`slaProperties`,
  latency). It is a promise, and can be weeks away from the true day.
- `received`: the day on which the file was received, as a latest possible day. It is used for reissues, which come
  unannounced, for files without periods, and for files that arrived before they were expected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from civic_assets.tables.release_names import issue_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.member import Member


def add_availability(
    connection: DuckDBPyConnection, members: Sequence[Member], contracts: Mapping[str, Contract]
) -> None:
    """Add `available_from` (DATE) and `available_from_basis` to `catalogue.releases`.

    Args:
        connection: Connection to a read model with `catalogue.releases` and `harmonised.observations`.
        members: Releases that are published or held back.
        contracts: Contracts by source, which promise the lag.
    """
    import pyarrow as pa

    schema = pa.schema(
        [
            ("source", pa.string()),
            ("release", pa.string()),
            ("stated", pa.date32()),
            ("lag_days", pa.int32()),
            ("received", pa.date32()),
            ("first_issue", pa.bool_()),
        ]
    )
    rows = [_facts(member, contracts[member.receipt.source]) for member in members]
    connection.register("incoming_dates", pa.Table.from_pylist(rows, schema=schema))
    connection.execute(_ADD)
    connection.unregister("incoming_dates")


def _facts(member: Member, contract: Contract) -> dict[str, Any]:
    receipt = member.receipt
    text = member.facts.published_on
    stated = date.fromisoformat(text) if text else contract.published_on
    return {
        "source": receipt.source,
        "release": receipt.release,
        "stated": stated,
        "lag_days": contract.expected_lag_days,
        "received": datetime.fromisoformat(receipt.retrieved_at).date(),
        "first_issue": issue_of(receipt.release) == 1,
    }


_ADD = """CREATE OR REPLACE TABLE catalogue.releases AS
WITH last_days AS (
    SELECT source, release, max(period_end) AS ends FROM harmonised.observations GROUP BY ALL
),
dated AS (
    SELECT d.*, CASE WHEN d.first_issue THEN l.ends + d.lag_days END AS expected
    FROM incoming_dates d LEFT JOIN last_days l USING (source, release)
),
placed AS (SELECT *, row_number() OVER () AS place FROM catalogue.releases)
SELECT p.* EXCLUDE (place),
    coalesce(stated, least(expected, received))::DATE AS available_from,
    CASE WHEN stated IS NOT NULL THEN 'stated'
         WHEN expected IS NOT NULL AND expected <= received THEN 'expected'
         ELSE 'received' END AS available_from_basis
FROM placed p JOIN dated USING (source, release) ORDER BY place"""
