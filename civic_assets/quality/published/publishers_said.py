"""What the publisher of a source said of newer files when it was last asked, as the checks of timeliness use it.

Belongs here: the record, and the temporary table that X-01 and X-02 read. Does not belong here: asking, and where it is
kept (`civic_assets.acquire`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class PublisherSaid:
    """What a publisher said.

    Args:
        asked_on: Day in London on which it was asked, YYYY-MM-DD.
        asked_at: Address that was asked.
        out_title: Its title of the newest file that is out and not held; empty if everything that is out is held.
        out_on: Day in London on which that was put out or, if the publisher does not say, first seen, YYYY-MM-DD;
            empty if there is none.
    """

    asked_on: str
    asked_at: str
    out_title: str = ""
    out_on: str = ""


def register_said(connection: DuckDBPyConnection, said: Mapping[str, PublisherSaid]) -> None:
    """Make the temporary table `profile_said`, one row for each source whose publisher was asked.

    Args:
        connection: Connection to a read model that is being built.
        said: What publishers said, by source.
    """
    connection.execute("DROP TABLE IF EXISTS temp.profile_said")
    ensure_said(connection)
    rows = [[source, *asdict(one).values()] for source, one in sorted(said.items())]
    if rows:
        connection.executemany(
            "INSERT INTO profile_said SELECT ?, CAST(? AS DATE), ?, nullif(?, ''), CAST(nullif(?, '') AS DATE)",
            rows,
        )


def ensure_said(connection: DuckDBPyConnection) -> None:
    """Make the table without rows, if it was not made: then no publisher was asked."""
    connection.execute(
        "CREATE TEMP TABLE IF NOT EXISTS profile_said "
        "(source VARCHAR, asked_on DATE, asked_at VARCHAR, out_title VARCHAR, out_on DATE)"
    )
