"""The gate of the validated layer: which observations break the compiled contract.

Belongs here: running a contract's predicates over all observations at once. Does not belong here: the predicates
themselves (`civic_assets.contracts.compile`), and wording the failures (`schema_rules`).

A release on its way to publication passes the pandera schema. For a file that a person only looks at, DuckDB evaluates the
same predicates: pandera and what it imports take longer than everything else that `inspect` does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from civic_assets.contracts.compile import gate_columns, pandera_schema, predicates
from civic_assets.contracts.model import Contract
from civic_assets.sources.observations import KEY

if TYPE_CHECKING:
    import pyarrow as pa

Failures: TypeAlias = Mapping[str, tuple[int, Sequence[int]]]
"""By rule: the number of observations that it is about, and the failing ones by row number (-1: the whole table)."""

# A failure of type or of a missing column has no rule of its own: a figure without them is no observation (V-08).
_SHAPE = "V-08"


def gate_by_sql(contract: Contract, observations: pa.Table) -> Failures:
    """Failures by rule, evaluated by DuckDB."""
    import duckdb

    gated = gate_columns(observations)
    rules = predicates(contract)
    with duckdb.connect() as connection:
        connection.register("gated", gated)
        columns = ", ".join(
            f"({rule.concerns}) IS TRUE AS concerned_{i}, ({rule.concerns}) IS TRUE AND ({rule.holds}) IS FALSE AS bad_{i}"
            for i, rule in enumerate(rules)
        )
        connection.execute(
            f"""CREATE TABLE judged AS SELECT row_number() OVER () - 1 AS place, {columns},
            count(*) OVER (PARTITION BY {", ".join(KEY)}) > 1 AS repeated FROM gated"""
        )
        found: dict[str, tuple[int, Sequence[int]]] = {"V-01": (gated.num_rows, _places(connection, "repeated"))}
        for i, rule in enumerate(rules):
            counted = connection.execute(f"SELECT count(*) FILTER (concerned_{i}) FROM judged").fetchone()
            found[rule.rule] = (counted[0] if counted else 0, _places(connection, f"bad_{i}"))
    return found


def _places(connection: object, condition: str) -> list[int]:
    rows = connection.execute(f"SELECT place FROM judged WHERE {condition} ORDER BY place").fetchall()  # type: ignore[attr-defined]
    return [int(row[0]) for row in rows]


def gate_by_pandera(contract: Contract, observations: pa.Table) -> Failures:
    """Failures by rule, found by the compiled pandera schema, all at once."""
    import polars as pl
    from pandera.errors import SchemaErrors

    frame = pl.from_arrow(gate_columns(observations))
    assert isinstance(frame, pl.DataFrame)
    rules = predicates(contract)
    concerned = frame.select(
        pl.sql_expr(rule.concerns).fill_null(False).sum().alias(rule.rule) if rule.concerns != "true" else pl.len().alias(rule.rule)
        for rule in rules
    ).row(0)
    failing: dict[str, set[int]] = {}
    try:
        pandera_schema(contract).validate(frame, lazy=True)
    except SchemaErrors as errors:
        for name, index in errors.failure_cases.select("check", "index").rows():
            rule = name if str(name)[:2] in ("R-", "V-") else _SHAPE
            failing.setdefault(rule, set()).add(-1 if index is None else int(index))
    checked = {"V-01": frame.height, **dict(zip((rule.rule for rule in rules), concerned, strict=True))}
    return {rule: (int(number), sorted(failing.get(rule, ()))) for rule, number in checked.items()}
