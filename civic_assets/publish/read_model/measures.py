"""The vocabulary of measures as tables: `catalogue.measures`, `catalogue.measure_rates`, `catalogue.measure_versions`.

Belongs here: those tables. Does not belong here: the vocabulary itself (`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from civic_assets.publish.read_model.connection import create_table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.harmonise.measures.vocabulary import Measure

_MEASURES = """measure VARCHAR, definition VARCHAR, unit_of_count VARCHAR, statistic VARCHAR, numerator VARCHAR,
    denominator VARCHAR, ages VARCHAR, polarity VARCHAR, polarity_because VARCHAR, published BOOLEAN"""
_RATES = """measure VARCHAR, source VARCHAR, unit VARCHAR, denominator VARCHAR, ages VARCHAR, timing VARCHAR,
    date_rule VARCHAR, per INTEGER"""
_VERSIONS = """measure VARCHAR, source VARCHAR, version VARCHAR, date_from DATE, date_to DATE, text VARCHAR,
    continues BOOLEAN, verified BOOLEAN"""


def create(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Create the three tables.

    `catalogue.measures` has one row for each measure as most sources define it. In the other two, rows with a source
    replace the rows without one for that source; a measure without rows there is not a rate, or never changed.

    Args:
        connection: Connection to a read model being built.
        contracts: Contracts, for measures that only one source has and defines itself.
    """
    from civic_assets.harmonise.measures.vocabulary import measure_of, measures

    found = dict(measures())
    for source, contract in sorted(contracts.items()):
        for name in sorted(contract.measures):
            own = None if (name, None) in found else measure_of(name, source)
            if own is not None:
                found[name, None] = own
    common = {name: measure for (name, source), measure in found.items() if source is None}
    create_table(connection, "catalogue.measures", _MEASURES, map(_row, common.values()))
    create_table(
        connection,
        "catalogue.measure_rates",
        _RATES,
        (
            row
            for (name, source), measure in found.items()
            if source is None or measure.rates != common[name].rates
            for row in _rates(measure, source)
        ),
    )
    create_table(
        connection,
        "catalogue.measure_versions",
        _VERSIONS,
        (
            row
            for (name, source), measure in found.items()
            if source is None or measure.versions != common[name].versions
            for row in _versions(measure, source)
        ),
    )


def _row(measure: Measure) -> dict[str, Any]:
    return {
        "measure": measure.name,
        "definition": measure.definition,
        "unit_of_count": measure.unit_of_count,
        "statistic": str(measure.statistic) if measure.statistic else None,
        "numerator": measure.numerator,
        "denominator": measure.denominator.measure if measure.denominator else None,
        "ages": str(measure.ages) if measure.ages else None,
        "polarity": str(measure.polarity),
        "polarity_because": measure.because or None,
        "published": measure.published,
    }


def _rates(measure: Measure, source: str | None) -> Iterator[dict[str, Any]]:
    for unit, denominator in measure.rates.items():
        yield {
            "measure": measure.name,
            "source": source,
            "unit": unit,
            "denominator": denominator.measure,
            "ages": str(denominator.ages) if denominator.ages else None,
            "timing": str(denominator.timing),
            "date_rule": denominator.date_rule,
            "per": denominator.per,
        }


def _versions(measure: Measure, source: str | None) -> Iterator[dict[str, Any]]:
    for version in measure.versions:
        yield {
            "measure": measure.name,
            "source": source,
            "version": version.id,
            "date_from": version.from_,
            "date_to": version.to,
            "text": version.text,
            "continues": version.continues,
            "verified": version.verified,
        }
