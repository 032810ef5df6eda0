"""Whether a table keeps its contract, in one pass over its rows.

Belongs here: the contract's predicates as polars expressions, and asking all of them at once whether anything fails.
Does not belong here: which rows fail and in what words (`schema`, which asks the same expressions one by one), and the
predicates themselves (`civic_assets.parsing.contract_schema`).

Nearly every table keeps its contract. pandera asks a question for each column and each check, and takes a second to
import, so a refresh asks it only about a table in which this pass found something.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, TypeAlias

import polars as pl
import pyarrow as pa

from civic_assets.contracts.model import Contract
from civic_assets.harmonise.observations import FIELDS as HARMONISED_FIELDS
from civic_assets.parsing.contract_schema import NEVER_NULL, Predicate, predicates
from civic_assets.parsing.observations import FIELDS as VALIDATED_FIELDS
from civic_assets.parsing.observations import KEY

Layer: TypeAlias = Literal["validated", "harmonised"]
FIELDS_OF: dict[Layer, tuple[tuple[str, str, str], ...]] = {
    "validated": VALIDATED_FIELDS,
    "harmonised": HARMONISED_FIELDS,
}
"""Columns of a layer: name, type and meaning."""
FILLED = NEVER_NULL | {"source", "release", "source_sha256", "synthetic"}
"""Columns that are never empty; harmonising fills the last four in every row."""
DAYS = (pl.col("period_end") - pl.col("period_start")).dt.total_days().alias("days")
"""Length of the period, which predicates use."""
_TYPES = {
    "string": pa.string(), "int32": pa.int32(), "date32": pa.date32(), "float64": pa.float64(), "bool": pa.bool_(),
}  # fmt: skip


def rules_of(contract: Contract, only: Collection[str] | None = None) -> list[Predicate]:
    """The key and the contract's predicates; of `only` these checks, all if None."""
    return [rule for rule in (_unique(), *predicates(contract)) if only is None or rule.rule in only]


def _unique() -> Predicate:
    return Predicate("V-01", "measure", "", statement=f"no two figures have the same {', '.join(KEY)}")


def expression(rule: Predicate) -> pl.Expr:
    """Whether a row keeps a rule; null if that cannot be decided, which counts as kept."""
    holds = rule.holds if rule.concerns == "true" else f"NOT ({rule.concerns}) OR ({rule.holds})"
    return pl.sql_expr(holds)


def different_keys() -> pl.Expr:
    """Number of different hashes of keys: if all hashes differ, all keys differ, at a fifth of the memory."""
    return pl.struct(KEY).hash().n_unique()


def _concerned(rules: Sequence[Predicate]) -> list[pl.Expr]:
    return [
        pl.sql_expr(rule.concerns).fill_null(False).sum().alias(f"concerns {rule.rule}")
        for rule in rules
        if rule.concerns != "true"
    ]


def _by_rule(rules: Sequence[Predicate], row: Mapping[str, int], height: int) -> dict[str, int]:
    return {rule.rule: int(row.get(f"concerns {rule.rule}", height)) for rule in rules}


def concerned(frame: pl.DataFrame, rules: Sequence[Predicate]) -> dict[str, int]:
    """How many rows of a frame each rule is about."""
    asked = _concerned(rules)
    row = frame.lazy().select(asked).collect().row(0, named=True) if asked else {}
    return _by_rule(rules, row, frame.height)


def all_kept(table: pa.Table, rules: Sequence[Predicate], layer: Layer) -> dict[str, int] | None:
    """How many rows each rule is about, if the table keeps all of them and has the columns of its layer; else None.

    Args:
        table: The table.
        rules: The rules, as `rules_of` gives them.
        layer: Layer of the table, which says its columns and their types.
    """
    fields = FIELDS_OF[layer]
    if table.schema.names != [name for name, _, _ in fields]:
        return None
    if any(table.schema.field(name).type != _TYPES[kind] for name, kind, _ in fields):
        return None
    if any(table[name].null_count for name, _, _ in fields if name in FILLED):
        return None
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"expected a table, not a {type(frame).__name__}")
    rows = [rule for rule in rules if rule.rule != "V-01"]
    kept = [expression(rule).fill_null(True).all().alias(f"kept {rule.rule}") for rule in rows]
    keys = [different_keys().alias("keys")] if len(rows) < len(rules) else []
    row = (
        frame.lazy().with_columns(DAYS).select(*kept, *_concerned(rules), *keys).collect().row(0, named=True)
    )
    if not all(row[f"kept {rule.rule}"] for rule in rows) or row.get("keys", frame.height) < frame.height:
        return None
    return _by_rule(rules, row, frame.height)
