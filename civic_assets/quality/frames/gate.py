"""The judge of a refresh: which rows of a table break the contract's pandera schema.

Belongs here: asking whether a validated or harmonised table keeps its contract, and giving its failures by check. Does
not belong here: the schema (`schema`), its predicates in one pass (`one_pass`), and wording the failures
(`schema_rules`, `harmonised_gate`).

One pass asks every predicate of the schema at once. If all hold, as in nearly every table, pandera would find nothing
and is not asked; otherwise pandera names the rows.

`contract_gate` runs the same predicates in DuckDB for `inspect`, where nobody should wait for imports. Tests compare
the three.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.listing import EXAMPLES_NAMED
from civic_assets.quality.framework.results import Failures

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.quality.frames.one_pass import Layer


def run_frame_gate(
    contract: Contract, table: pa.Table, layer: Layer = "validated", only: Collection[str] | None = None
) -> Failures:
    """Failures by check, as `civic_assets.quality.analyses.contract_gate.run_gate` gives them.

    Args:
        contract: The contract of the source.
        table: The table, with the columns of its layer.
        layer: Where it belongs.
        only: The checks to run, besides columns, types and absences; all when None.

    Raises:
        RuntimeError: The table does not have the columns and types of its layer, a cell that is always filled is
            empty, or a check was not run.
    """
    from civic_assets.quality.frames.one_pass import all_kept, rules_of

    kept = all_kept(table, rules_of(contract, only), layer)
    if kept is not None:
        return {rule: (rows, []) for rule, rows in kept.items()}
    return _failures(contract, table, layer, only)


def _failures(contract: Contract, table: pa.Table, layer: Layer, only: Collection[str] | None) -> Failures:
    """What pandera finds, with the rows."""
    import polars as pl
    from pandera.errors import SchemaErrors

    from civic_assets.quality.frames.one_pass import concerned
    from civic_assets.quality.frames.schema import ContractSchema, failing_rows

    schema = ContractSchema(contract, layer, only=only)
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"expected a table, not a {type(frame).__name__}")
    failing: dict[str, Sequence[int]] = {}
    try:
        schema.validate(frame)
    except SchemaErrors as errors:
        for one in failing_rows(errors):
            if one.check not in schema.declared:
                raise RuntimeError(_empty(table, one.column, one.rows)) from None
            failing[one.check] = one.rows
    if missing := schema.declared - schema.ran:
        raise RuntimeError(f"These checks were not run: {', '.join(sorted(missing))}")
    return {rule: (rows, failing.get(rule, [])) for rule, rows in concerned(frame, schema.rules).items()}


def _empty(table: pa.Table, column: str, rows: Sequence[int]) -> str:
    where = table["locator"].take(rows[:EXAMPLES_NAMED]).to_pylist()
    cells = ", ".join(str(cell) for cell in where if cell) or f"row {rows[0] + 1}"
    more = f" and {len(rows) - EXAMPLES_NAMED:,} more" if len(rows) > EXAMPLES_NAMED else ""
    return f"{column} is empty for {cells}{more}, which it never is. The parser of the source must fill it."
