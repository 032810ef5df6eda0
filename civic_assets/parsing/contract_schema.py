"""A contract in the form that other tools need: predicates over single figures, a column schema, a documentation page.

Belongs here: deriving these from a loaded contract, so that no rule is written twice. Does not belong here: running
them (`civic_assets.quality.frames.schema`, `civic_assets.quality.analyses.contract_gate`, `civic_assets.defs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from civic_assets.contracts.known_names import vocabulary, vocabulary_file
from civic_assets.contracts.model import Contract
from civic_assets.parsing.observations import FIELDS
from civic_assets.values.cells import QUALIFYING
from civic_assets.values.periods import LENGTHS, Statistic

if TYPE_CHECKING:
    from pyarrow import Table as ArrowTable

AREA_CODE = r"^[EWSNK][0-9]{8}(/[a-z0-9-]+)?$"
"""A nine-character GSS code; an area without one has its parent's code and its kind, e.g. `E23000001/unassigned`."""

NEVER_NULL = frozenset(
    {
        "table_id",
        "row_number",
        "row_kind",
        "area_name",
        "area_type",
        "breakdown",
        "unit",
        "value_text",
        "locator",
    }
)
"""Columns with a value in every observation, in addition to those that `predicates` requires."""

COUNTED = (Statistic.FLOW, Statistic.STOCK, Statistic.MEAN_OF_STOCKS)
"""What a count may be; the mean of several counts has decimals, and cannot be below 0 either."""


@cache
def measure_vocabulary() -> dict[str, str]:
    """Measures that figures may have, with their definitions (`vocabularies/measures.yaml`)."""
    entries = vocabulary(vocabulary_file())["measures"]
    return {name: entry["definition"] for name, entry in entries.items()}


def negative_counts_allowed(contract: Contract) -> bool:
    """Whether the publisher says that counts may be negative."""
    return contract.negative_counts


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition that every validated observation must meet.

    Args:
        rule: Rule of the catalogue.
        column: Column at fault if it is not met.
        holds: SQL over the columns of `gate_columns`; true, or null if it cannot be decided.
        concerns: SQL that selects the observations that the rule is about.
        statement: The condition, in words.
    """

    rule: str
    column: str
    holds: str
    concerns: str = "true"
    statement: str = ""


def predicates(contract: Contract) -> list[Predicate]:
    """The contract's rules over single observations, written once for pandera and for SQL engines."""
    lowest = "" if negative_counts_allowed(contract) else " AND value >= 0"
    measures = _listed((set(measure_vocabulary()) | set(contract.measures)) & contract.printed_measures)
    kinds = " OR ".join(
        f"(period_kind = '{kind}' AND days BETWEEN {a} AND {b})" for kind, (a, b) in LENGTHS.items()
    )
    beside = _listed(QUALIFYING)
    return [
        Predicate(
            "R-07",
            "value",
            "(value IS NULL AND status IS NOT NULL)"
            # Only a finite number minus itself is 0: NaN and infinity give NaN in both engines.
            f" OR (value IS NOT NULL AND value - value = 0 AND (status IS NULL OR status IN ({beside})))",
            statement="a figure has a finite value, or a status that says why it has none",
        ),
        Predicate(
            "V-02",
            "value",
            f"(statistic = '{Statistic.MEAN_OF_STOCKS}' OR value = round(value, 0)){lowest}",
            f"unit = 'count' AND statistic IN ({_listed(map(str, COUNTED))}) AND value IS NOT NULL",
            statement="a count is a whole number, a mean of counts any number"
            + (", both 0 or more" if lowest else ""),
        ),
        Predicate(
            "V-03",
            "value",
            "value >= 0 AND (unit <> 'percent' OR value <= 100)",
            f"(unit = 'percent' OR starts_with(unit, 'per_')) AND statistic <> '{Statistic.CHANGE}'"
            " AND value IS NOT NULL",
            statement="a share lies between 0 and 100 percent, and a rate is 0 or more",
        ),
        Predicate(
            "V-04",
            "area_code",
            f"area_code IS NOT NULL AND area_code ~ '{AREA_CODE}'",
            statement="an area code is a letter E, W, S, N or K and eight digits",
        ),
        Predicate(
            "V-06",
            "measure",
            # A register has no measure, and DuckDB 1 does not read an empty list.
            f"measure IS NOT NULL AND measure IN ({measures})"
            if measures
            else "measure IS NOT NULL AND measure <> measure",
            statement="the measure is one of the vocabulary and of the source's contract",
        ),
        Predicate(
            "V-08",
            "period_end",
            f"days IS NOT NULL AND statistic IS NOT NULL AND statistic IN ({_listed(map(str, Statistic))})"
            f" AND period_kind IS NOT NULL AND ({kinds})",
            statement="a period has a start, an end, a kind and a statistic, and the length of its kind",
        ),
    ]


def _listed(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts))


def gate_columns(observations: ArrowTable) -> ArrowTable:
    """Observations with the length of their period in `days`, so that predicates need no arithmetic on dates."""
    import pyarrow.compute as pc

    days = pc.days_between(observations["period_start"], observations["period_end"])
    return observations.append_column("days", days)


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
