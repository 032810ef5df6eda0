"""The tables that join the figures of several sources: made again as a whole if one of their sources changed.

Belongs here: which sources each of them is made from, and making them in a copy of the last read model. Does not belong
here: the tables themselves (`derived`, `profiles`, `bias`), and tables of single sources (`source_tables`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.harmonise.measures.indicators import indicators
from civic_assets.harmonise.measures.recorded_crime import crime_tree
from civic_assets.publish import derived
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.incremental.survey import Survey
from civic_assets.publish.member import REPORT
from civic_assets.publish.profiles import recorded_crime
from civic_assets.publish.profiles.area_profile import create_area_profile
from civic_assets.publish.profiles.crime_table import ROWS, SOURCES, create_crime_table
from civic_assets.publish.profiles.indicator_figures import create_indicator_figures
from civic_assets.publish.profiles.marked_offences import create_marked_offences
from civic_assets.publish.profiles.ward_profile import create_ward_profile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class JoinedTables:
    """Tables that are made together.

    Args:
        name: Name of the step.
        tables: Its tables that are dropped before.
        sources: Sources whose figures, releases or notes it reads.
        after: Steps whose tables it reads.
        create: Makes the tables, which do not exist.
    """

    name: str
    tables: tuple[str, ...]
    sources: frozenset[str]
    after: tuple[str, ...]
    create: Callable[[DuckDBPyConnection], None]


def sources_of_the_tree() -> frozenset[str]:
    """Sources of recorded crime that are compared with each other."""
    return frozenset(
        {source for scheme in crime_tree().schemes for source in scheme.sources} | {*recorded_crime.ONS}
    )


def audited() -> dict[str, frozenset[str]]:
    """Sources that derived tables are made from, by each measure that the figures of these tables may have."""
    of_indicators = derived.sources_of_indicators()
    found: dict[str, frozenset[str]] = {}
    measures = [
        *(
            (measure, of_indicators)
            for one in indicators().all
            for series in one.series
            for measure, _ in series.terms
        ),
        *((measure, sources_of_the_tree()) for measure in crime_tree().parents),
        *((measure, frozenset(SOURCES)) for measure, _ in ROWS),
    ]
    for measure, sources in measures:
        found[measure] = found.get(measure, frozenset()) | sources
    return found


_CRIME = ("harmonised.recorded_crime_classes", "harmonised.recorded_crime_beside")
_CHAIN = (
    "harmonised.profile_areas",
    "harmonised.profile_lineage",
    "harmonised.indicators",
    "harmonised.indicator_figures",
    "quality.comparability_rates",
)
_PROFILE = ("harmonised.area_profile",)
_CRIME_TABLE = ("harmonised.crime_areas", "harmonised.crime_years", "harmonised.crime_table")
_WARDS = ("harmonised.ward_profile",)
_COMPARED = (
    "harmonised.indicator_periods",
    "harmonised.indicator_baseline",
    "quality.comparability_pairs",
    "quality.comparability_verdicts",
)
_REPORT = ("quality.report_table_1", "quality.report_table_2")
_LOG = ("quality.disclosure_log",)


def remake(connection: DuckDBPyConnection, inputs: Inputs, found: Survey) -> frozenset[str]:
    """Make the tables again that read a changed source or a table that is made again.

    Args:
        connection: Connection to a copy of the last read model with the new tables of its sources.
        inputs: What the read model is made from.
        found: What changed.

    Returns:
        The tables that were made again as a whole.
    """
    made: set[str] = set()
    again: set[str] = set()
    for step in _steps(connection, inputs, found):
        if not (found.sources & step.sources or made & set(step.after)):
            continue
        made.add(step.name)
        again |= set(step.tables)
        drop(connection, step.tables)
        step.create(connection)
    drop(connection, ("catalogue.marked_offences",))
    create_marked_offences(connection)
    return frozenset(again)


def drop(connection: DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Drop tables, if they exist."""
    for table in tables:
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _steps(connection: DuckDBPyConnection, inputs: Inputs, found: Survey) -> list[JoinedTables]:
    tree = sources_of_the_tree()
    of_indicators, of_crime = derived.sources_of_indicators(), frozenset(SOURCES)
    report: list[JoinedTables] = []
    if REPORT in inputs.contracts:
        report = [
            JoinedTables(
                "report", _REPORT, frozenset({REPORT}), ("indicators", "area profile", "crime table", "all"),
                lambda c: derived.report_with_others(c, inputs.contracts, inputs.members),
            )
        ]  # fmt: skip
    crime = JoinedTables("recorded crime", _CRIME, tree, (), recorded_crime.create)
    if found.protection:
        # Hidden figures must not follow from any of these tables, so all of them are made and audited together.
        tables = (*_CHAIN, *_PROFILE, *_CRIME_TABLE, *_WARDS, *_COMPARED, *_LOG)
        every = JoinedTables(
            "all", tables, found.sources, (), lambda c: derived.create_chain(c, inputs.contracts, merged=True)
        )
        crime = JoinedTables("recorded crime", _CRIME, found.sources, (), recorded_crime.create)
        return [crime, every, *report]
    if not found.sources & {*recorded_crime.ONS}:
        # What is set against the figures of ONS stays where neither side changed.
        crime = JoinedTables(
            "recorded crime", (), tree, (), lambda c: recorded_crime.remake(c, found.sources)
        )
    known = breaks()
    return [
        crime,
        JoinedTables(
            "indicators", _CHAIN, of_indicators, (),
            lambda c: create_indicator_figures(c, indicators(), AreaRegister.shipped(), known),
        ),
        JoinedTables(
            "area profile", _PROFILE, frozenset(), ("indicators",), lambda c: create_area_profile(c, indicators())
        ),
        JoinedTables("crime table", _CRIME_TABLE, of_crime, (), lambda c: create_crime_table(c, known)),
        JoinedTables(
            "wards", _WARDS,
            _of_wards(connection) | (found.sources if "population" in found.measures else frozenset()),
            (), create_ward_profile,
        ),
        JoinedTables(
            "compared", _COMPARED, frozenset(), ("indicators", "area profile", "crime table"), derived.create_compared
        ),
        *report,
    ]  # fmt: skip


def _of_wards(connection: DuckDBPyConnection) -> frozenset[str]:
    """Sources that print wards: those that the last table has, and those that changed."""
    rows = connection.execute(
        """SELECT DISTINCT source FROM harmonised.ward_profile
        UNION SELECT source FROM memory.harmonised.observations WHERE area_type = 'ward'"""
    ).fetchall()
    return frozenset(source for (source,) in rows)
