"""The gate of the validated layer: which observations break the compiled contract.

Belongs here: running a contract's predicates over all observations at once, in DuckDB. Does not belong here: the
predicates themselves (`civic_assets.contracts.compile`), and wording the failures (`schema_rules`).

The contract's pandera schema is compiled from the same predicates, for notebooks and other pipelines; tests hold the
two against each other. Here DuckDB evaluates them: importing pandera takes longer than everything else that is done to
a release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from civic_assets.contracts.compile import gate_columns, predicates
from civic_assets.contracts.model import Contract
from civic_assets.sources.observations import KEY

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

Failures: TypeAlias = Mapping[str, tuple[int, Sequence[int]]]
"""By rule: the number of observations that it is about, and the failing ones by row number."""


def run_gate(contract: Contract, observations: pa.Table) -> Failures:
    """Failures by rule, evaluated by DuckDB."""
    import duckdb

    gated = gate_columns(observations)
    rules = predicates(contract)
    with duckdb.connect() as connection:
        connection.register("gated", gated)
        columns = ", ".join(
            f"({rule.concerns}) IS TRUE AS concerned_{i}, "
            f"({rule.concerns}) IS TRUE AND ({rule.holds}) IS FALSE AS bad_{i}"
            for i, rule in enumerate(rules)
        )
        connection.execute(
            f"""CREATE TABLE judged AS SELECT row_number() OVER () - 1 AS place, {columns},
            count(*) OVER (PARTITION BY {", ".join(KEY)}) > 1 AS repeated FROM gated"""
        )
        found: dict[str, tuple[int, Sequence[int]]] = {
            "V-01": (gated.num_rows, _places(connection, "repeated"))
        }
        for i, rule in enumerate(rules):
            counted = connection.execute(f"SELECT count(*) FILTER (concerned_{i}) FROM judged").fetchone()
            found[rule.rule] = (counted[0] if counted else 0, _places(connection, f"bad_{i}"))
    return found


def _places(connection: DuckDBPyConnection, condition: str) -> list[int]:
    rows = connection.execute(f"SELECT place FROM judged WHERE {condition} ORDER BY place").fetchall()
    return [int(row[0]) for row in rows]
