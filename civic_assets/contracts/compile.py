"""What a contract means to other tools: a pandera schema, a Dagster column schema, a page of documentation.

Belongs here: deriving those from a loaded contract, so that no rule is written twice. Does not belong here: running
them (`civic_assets.quality.schema_rules`, `civic_assets.defs`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.model import Contract
from civic_assets.sources.observations import FIELDS, KEY
from civic_assets.values.cells import QUALIFYING
from civic_assets.values.periods import LENGTHS, PeriodKind, Statistic

if TYPE_CHECKING:
    import pandera.polars as pa

AREA_CODE = r"^[EWSNK]\d{8}(/[a-z0-9-]+)?$"
"""A nine-character GSS code; what has none carries its parent's code and its kind, e.g. `E23000001/unassigned`."""

_NEVER_NULL = frozenset(
    {"table_id", "row_number", "row_kind", "area_name", "area_type", "breakdown", "unit", "value_text", "locator"}
)


@cache
def measure_vocabulary() -> dict[str, str]:
    """Measures that figures may have, with their definitions (`vocabularies/measures.yaml`)."""
    content = yaml.safe_load((contracts_folder() / "vocabularies" / "measures.yaml").read_text(encoding="utf-8"))
    return {name: entry["definition"] for name, entry in content["measures"].items()}


def negative_counts_allowed(contract: Contract) -> bool:
    """Does the publisher say that counts may be negative?"""
    return bool(contract.options.get("negativeCounts", {}).get("allowed", False))


def pandera_schema(contract: Contract) -> pa.DataFrameSchema:
    """The contract as a pandera schema over validated observations (columns `FIELDS`).

    Every check is named after the rule of the catalogue that it carries out: R-07, V-01, V-02, V-03, V-04,
    V-06, V-08.
    """
    import pandera.polars as pa
    import polars as pl

    types: dict[str, Any] = {"string": pl.String, "int32": pl.Int32, "date32": pl.Date, "float64": pl.Float64}

    def check(rule: str, expression: pl.Expr) -> pa.Check:
        return pa.Check(lambda data: data.lazyframe.select(expression.fill_null(True)), name=rule, error=rule)

    counted = (pl.col("unit") == "count") & pl.col("statistic").is_in(["flow", "stock"])
    whole = pl.col("value") == pl.col("value").round(0)
    if not negative_counts_allowed(contract):
        whole &= pl.col("value") >= 0
    share = (pl.col("unit") == "percent") & (pl.col("statistic") != str(Statistic.CHANGE))
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days()
    fits = pl.lit(False)
    for kind in PeriodKind:
        shortest, longest = LENGTHS[kind]
        fits |= (pl.col("period_kind") == str(kind)) & length.is_between(shortest, longest)
    absent_with_status = pl.col("value").is_null() == (
        pl.col("status").is_not_null() & ~pl.col("status").fill_null("").is_in(sorted(QUALIFYING))
    )
    measures = (set(measure_vocabulary()) | set(contract.measures)) & _measures(contract)
    checks: dict[str, list[pa.Check]] = {
        "measure": [
            check("V-01", pl.struct(KEY).is_unique()),
            check("V-06", pl.col("measure").is_in(sorted(measures)) & pl.col("measure").is_not_null()),
        ],
        "value": [
            check("V-02", ~counted | whole),
            check("V-03", ~share | pl.col("value").is_between(0, 100)),
            check("R-07", absent_with_status),
        ],
        "area_code": [check("V-04", pl.col("area_code").fill_null("").str.contains(AREA_CODE))],
        "period_end": [check("V-08", (fits & pl.col("statistic").is_in([str(s) for s in Statistic])).fill_null(False))],
    }
    columns = {
        name: pa.Column(
            types[kind], checks=checks.get(name), nullable=name not in _NEVER_NULL, required=True, title=meaning
        )
        for name, kind, meaning in FIELDS
    }
    return pa.DataFrameSchema(columns, strict=True, name=contract.source)


def _measures(contract: Contract) -> set[str]:
    labelled = contract.options.get("measureLabels", {})
    from_labels = {entry["measure"] for entry in labelled.values()} if labelled else set()
    from_labels |= {entry["percent_measure"] for entry in labelled.values() if "percent_measure" in entry}
    return {column.measure for table in contract.tables for column in table.figures} | from_labels


def column_schema() -> list[tuple[str, str, str]]:
    """Name, type and meaning of the columns of a validated table."""
    return list(FIELDS)


def documentation(contract: Contract) -> str:
    """The contract as Markdown, for the docs and for Dagster's description of an asset."""
    return "\n".join(_documentation(contract))


def _documentation(contract: Contract) -> Iterator[str]:
    yield f"# {contract.source}"
    yield ""
    yield f"{contract.purpose}"
    yield ""
    yield f"**Limits.** {contract.limitations}"
    yield ""
    yield f"**Use.** {contract.usage}"
    yield ""
    publisher = contract.publisher
    yield f"Published by {publisher.get('name', 'unknown')} under {publisher.get('licence', 'no stated licence')}."
    yield f"Expected {contract.expected_lag_days} days after the period, every {contract.frequency_months:g} months."
    yield ""
    yield "| table | printed as | columns | rules |"
    yield "|---|---|---|---|"
    for table in contract.tables:
        rules = ", ".join(rule.id for rule in table.rules)
        yield f"| {table.name} | {table.printed_name} | {len(table.columns)} | {rules} |"
    yield ""
    yield "| printed | read as | meaning |"
    yield "|---|---|---|"
    for symbol in contract.symbols.values():
        yield f"| `{symbol.mark or '(empty)'}` | {symbol.status} | {symbol.meaning} |"
    yield ""
    yield "| threshold | value | because |"
    yield "|---|---|---|"
    for name, threshold in contract.thresholds.items():
        yield f"| {name} | {threshold.value:g} | {threshold.because} |"
