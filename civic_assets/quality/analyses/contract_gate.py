"""The gate of `inspect`: which observations break the compiled contract.

Belongs here: running a contract's predicates over all observations at once, in DuckDB. Does not belong here: the
predicates themselves (`civic_assets.parsing.contract_schema`), and wording the failures (`rules.schema`).

In a refresh pandera judges (`frame_gate`), by the same predicates; tests compare the two. `inspect` answers a person
about one file, and importing pandera and polars would take a third of its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.parsing.contract_schema import NEVER_NULL, gate_columns, predicates
from civic_assets.parsing.observations import KEY
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Failures

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection


def run_gate(contract: Contract, observations: pa.Table) -> Failures:
    """Failures by rule: counted in one pass; places are looked up only where something fails.

    Args:
        contract: Whose predicates.
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.

    Raises:
        RuntimeError: A cell that is always filled is empty.
    """
    import numpy as np
    import pyarrow as pa

    for name in sorted(NEVER_NULL):
        if empty := observations[name].null_count:
            raise RuntimeError(
                f"{name} is empty in {empty:,} rows, which it never is. The parser must fill it."
            )
    gated = gate_columns(observations)
    gated = gated.append_column("place", pa.array(np.arange(gated.num_rows)))
    rules = predicates(contract)
    key = ", ".join(KEY)
    fails = [f"({rule.concerns}) IS TRUE AND ({rule.holds}) IS FALSE" for rule in rules]
    counts = ", ".join(
        f"count(*) FILTER ({rule.concerns}), count(*) FILTER ({fail})"
        for rule, fail in zip(rules, fails, strict=True)
    )
    with in_sql(gated=gated) as connection:
        counted = connection.execute(f"SELECT {counts} FROM gated").fetchone() or ()
        distinct = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM gated)").fetchone()
        repeated = distinct is not None and distinct[0] < gated.num_rows
        twice = f"SELECT place FROM gated QUALIFY count(*) OVER (PARTITION BY {key}) > 1 ORDER BY place"
        found: dict[str, tuple[int, Sequence[int]]] = {
            "V-01": (gated.num_rows, _places(connection, twice) if repeated else [])
        }
        for i, (rule, fail) in enumerate(zip(rules, fails, strict=True)):
            concerned, failing = counted[2 * i], counted[2 * i + 1]
            sql = f"SELECT place FROM gated WHERE {fail} ORDER BY place"
            found[rule.rule] = (concerned, _places(connection, sql) if failing else [])
    return found


def _places(connection: DuckDBPyConnection, sql: str) -> list[int]:
    return [int(row[0]) for row in connection.execute(sql).fetchall()]


def gate_of(release: ReleaseView) -> Failures:
    """Failing observations of a release by rule of the compiled contract, with the number checked."""
    return (release.judge or run_gate)(release.contract, release.observations)
