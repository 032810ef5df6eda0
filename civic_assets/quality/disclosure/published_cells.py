"""Hidden figures of everything that is published, as one system over all releases.

Belongs here: which figures are hidden in a read model, and the equations of every release over them. Does not belong
here: what follows from several releases together (`differencing`), the audit (`disclosure_audit`), and derived figures
(`civic_assets.publish.disclosure.withholding`).

All is taken from the published tables alone, as an attacker would. A figure is meant by its key (measure, breakdown,
unit, area, period), whatever release prints or hides it: figures of one key are one unknown. Only tables with a hidden
figure are looked at, so that nothing is done where no figure is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from civic_assets.contracts.model import Contract
from civic_assets.quality.disclosure.audit import Ranges, ranges
from civic_assets.quality.disclosure.hidden_cells import HiddenCells, hidden_cells, together
from civic_assets.quality.equations.edit_system import Flags, Indices
from civic_assets.quality.equations.edits import Edits

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

KEY = ("measure", "breakdown", "unit", "area_code", "period_start", "period_end")
"""What identifies a figure across releases."""


@dataclass(frozen=True, eq=False)
class ReleaseCells:
    """The hidden cells of one published release.

    Args:
        table_of: Table of the contract of each of its cells, shape (cells,).
    """

    source: str
    release: str
    cells: HiddenCells
    table_of: Sequence[str]


@dataclass(frozen=True, eq=False)
class PublishedCells:
    """Everything that is hidden.

    Args:
        releases: Release by release; names of hidden cells are keys (`disclosure_keys.key`), those of figures that are
            merely absent are below 0.
        stands: Keys that are hidden in the newest release of some source that has the figure; shape (keys,).
        counts: Keys of counts; shape (keys,).
    """

    releases: Sequence[ReleaseCells]
    stands: Flags
    counts: Flags

    def system(self, extra: Sequence[HiddenCells] = ()) -> HiddenCells:
        """All releases and other known figures as one system, in which the hidden keys are audited."""
        joined = together([*(release.cells for release in self.releases), *extra])
        keys = joined.names >= 0
        audited = np.zeros(len(joined.names), dtype=bool)
        audited[keys] = self.stands[joined.names[keys]]
        whole = joined.whole.copy()
        whole[keys] &= self.counts[joined.names[keys]]
        return replace(joined, audited=audited, whole=whole)


def declare(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Creates `catalogue.disclosure_rules`: how each publisher treats small counts of each measure and table.

    Args:
        connection: Connection to a read model with observations.
        contracts: Contracts by source.
    """
    import pyarrow as pa

    found = connection.execute(
        "SELECT DISTINCT source, coalesce(table_id, ''), measure FROM harmonised.observations ORDER BY ALL"
    ).fetchall()
    rows = []
    for source, table, measure in found:
        entry = contracts[source].disclosure_of(table, measure) if source in contracts else None
        if entry is not None:
            rows.append(
                {
                    "source": source, "table_id": table, "measure": measure, "practice": entry.practice,
                    "lowest": entry.lowest if entry.hides else None,
                    "highest": entry.highest if entry.hides else None, "because": entry.because,
                }
            )  # fmt: skip
    connection.execute(
        """CREATE TABLE catalogue.disclosure_rules (source VARCHAR, table_id VARCHAR, measure VARCHAR,
        practice VARCHAR, lowest DOUBLE, highest DOUBLE, because VARCHAR)"""
    )
    if rows:
        connection.register("incoming", pa.Table.from_pylist(rows))
        connection.execute("INSERT INTO catalogue.disclosure_rules BY NAME SELECT * FROM incoming")
        connection.unregister("incoming")


# A mark for something else than protection (a rate that is left out because few people live there) hides nothing.
_HIDDEN = """CREATE OR REPLACE TEMP TABLE disclosure_hidden AS
    SELECT o.source, o.release, o.release_order, r.table_id, o.measure, o.breakdown, o.unit, o.area_code, o.area_type,
        o.parent_code, o.period_start, o.period_end, o.statistic, r.lowest, r.highest
    FROM harmonised.observations o JOIN catalogue.disclosure_rules r
      ON r.source = o.source AND r.table_id = coalesce(o.table_id, '') AND r.measure = o.measure
    WHERE o.status = 'suppressed' AND o.value IS NULL AND r.practice = 'suppressed'"""

_KEYS = f"""CREATE OR REPLACE TEMP TABLE disclosure_keys AS
    SELECT (row_number() OVER (ORDER BY {", ".join(KEY)}) - 1)::BIGINT AS key, {", ".join(KEY)},
        any_value(statistic) AS statistic, max(highest) AS highest
    FROM disclosure_hidden GROUP BY {", ".join(KEY)}"""

# Every row of any release about a hidden figure.
_SEEN = f"""CREATE OR REPLACE TEMP TABLE disclosure_seen AS
    SELECT k.key, o.source, o.release, o.release_order, o.value, o.status, o.quality, o.value_text
    FROM harmonised.observations o JOIN disclosure_keys k USING ({", ".join(KEY)})"""

# Hidden in the newest release of a source that has it; a publisher that has opened a figure since hides it no more.
_STANDS = """CREATE OR REPLACE TEMP TABLE disclosure_standing AS
    SELECT key, bool_or(hidden) AS stands FROM (
        SELECT key, source, arg_max(value IS NULL AND status = 'suppressed', release_order) AS hidden
        FROM disclosure_seen GROUP BY key, source)
    GROUP BY key"""

# The row of the publisher's sheet is in the locator (`L812:suspension`, `Table C2!G237`): some rules pair by row.
_TABLE = f"""SELECT o.table_id, coalesce(try_cast(nullif(regexp_extract(o.locator, '^L([0-9]+)', 1), '') AS INTEGER),
        try_cast(nullif(regexp_extract(o.locator, '([0-9]+)$', 1), '') AS INTEGER), 0) AS row_number,
        o.measure, o.area_code, o.area_type, o.parent_code, o.period_start, o.period_end, o.period_kind, o.statistic,
        o.breakdown, o.unit, coalesce(o.value, p.printed) AS value, o.status, coalesce(o.value_text, '') AS value_text,
        o.locator, k.key
    FROM harmonised.observations o
    LEFT JOIN disclosure_keys k USING ({", ".join(KEY)})
    LEFT JOIN (  -- a rate that another release prints is known to whoever reads both
        SELECT key, min(value) AS printed FROM disclosure_seen
        WHERE value IS NOT NULL GROUP BY key HAVING min(value) = max(value)
    ) p ON p.key = k.key AND o.unit <> 'count' AND o.value IS NULL
    WHERE o.source = ? AND o.release = ? AND coalesce(o.table_id, '') IN (SELECT unnest(?))"""


def find_hidden(connection: DuckDBPyConnection) -> int:
    """Makes the temporary tables `disclosure_hidden`, `_keys`, `_seen` and `_standing`.

    Args:
        connection: Connection to a read model with `catalogue.disclosure_rules`.

    Returns:
        The number of hidden figures; the other tables are made only where there is one.
    """
    connection.execute(_HIDDEN)
    (number,) = connection.execute("SELECT count(*) FROM disclosure_hidden").fetchone() or (0,)
    if number:
        for statement in (_KEYS, _SEEN, _STANDS):
            connection.execute(statement)
    return int(number)


def published_cells(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> PublishedCells:
    """The hidden cells of every release and their equations, after `find_hidden` has found some."""
    hiding = connection.execute(
        """SELECT source, release, list(DISTINCT table_id) FROM disclosure_hidden
        GROUP BY source, release ORDER BY source, release"""
    ).fetchall()
    releases, absent = [], -1
    for source, release, tables in hiding:
        table = connection.sql(_TABLE, params=[source, release, tables]).to_arrow_table()
        found = _release(contracts[source], source, release, table, absent)
        absent -= len(found.cells.names)
        releases.append(found)
    flags = connection.execute(
        "SELECT stands, unit = 'count' AS counts FROM disclosure_standing JOIN disclosure_keys USING (key) ORDER BY key"
    ).fetchnumpy()
    return PublishedCells(releases, *(np.asarray(flags[name], dtype=bool) for name in ("stands", "counts")))


def _release(contract: Contract, source: str, release: str, table: pa.Table, absent: int) -> ReleaseCells:
    import pyarrow.compute as pc

    keys = np.asarray(pc.fill_null(table["key"], -1).to_numpy(zero_copy_only=False), dtype=np.int64)
    marked = np.asarray(pc.fill_null(pc.equal(table["status"], "suppressed"), False), dtype=bool)
    unknown = np.asarray(pc.is_null(table["value"]), dtype=bool)
    cells = hidden_cells(Edits.over(table, contract), table, marked & unknown & (keys >= 0))
    own = keys[cells.names]
    names: Indices = np.where(own >= 0, own, absent - np.arange(len(own)))
    tables = [name or "" for name in table["table_id"].take(cells.names).to_pylist()]
    return ReleaseCells(source, release, replace(cells, names=names), tables)


def without_contradiction(system: HiddenCells, fallback: HiddenCells) -> Ranges:
    """Ranges in a system; of cells around which it contradicts itself, those in another that knows less.

    Args:
        system: Everything that is known together. Revised figures of several releases need not fit each other.
        fallback: The same cells with less known of them.
    """
    found = ranges(system)
    if not found.contradictory.any():
        return found
    less = ranges(fallback)
    place = np.searchsorted(fallback.names, system.names)
    place = np.minimum(place, len(fallback.names) - 1)
    use = found.contradictory & (fallback.names[place] == system.names)
    return Ranges(
        *(
            np.where(use, getattr(less, name)[place], getattr(found, name))
            for name in ("low", "high", "recovered", "narrow", "contradictory", "audited")
        )
    )
