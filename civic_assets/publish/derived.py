"""The report's tables for every authority and any day, in an order in which each finds the tables that it needs.

Belongs here: that order. Does not belong here: any of the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.harmonise.measures.indicators import indicators
from civic_assets.publish.disclosure.derived_tables import INDICATOR_FIGURES
from civic_assets.publish.disclosure.withholding import protect, withhold, write_log
from civic_assets.publish.member import REPORT, Member, report_held
from civic_assets.publish.profiles.area_profile import create_area_profile
from civic_assets.publish.profiles.baseline import create_baseline
from civic_assets.publish.profiles.comparability import allowed_by_judgement, create_comparability
from civic_assets.publish.profiles.crime_table import SOURCES, create_crime_table
from civic_assets.publish.profiles.indicator_figures import create_indicator_figures
from civic_assets.publish.profiles.marked_offences import create_marked_offences
from civic_assets.publish.profiles.nearest_year import create_nearest_year
from civic_assets.publish.profiles.small_numbers import create_functions
from civic_assets.publish.profiles.ward_profile import create_ward_profile
from civic_assets.publish.read_model.availability import add_availability
from civic_assets.publish.read_model.notes import effects
from civic_assets.publish.unified.age_bands import create_age_bands
from civic_assets.publish.unified.categories import create_categories
from civic_assets.publish.unified.periods import create_unified_periods
from civic_assets.quality.disclosure.published_cells import declare

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.harmonise.time.years import YearsPlan


def create(
    connection: DuckDBPyConnection, contracts: Mapping[str, Contract], members: Sequence[Member]
) -> None:
    """Create the report's tables, their macros, and the comparison of the report with them.

    The tables that bring all sources to the same years, ages and categories are created here too, before the audit of
    what must not be published.

    Args:
        connection: Connection to a read model with observations, findings and a catalogue.
        contracts: Contracts by source.
        members: Releases of the publication.
    """
    create_functions(connection)
    add_availability(connection, members, contracts)
    create_chain(connection, contracts)
    create_marked_offences(connection)
    report_with_others(connection, contracts, members)


def create_chain(
    connection: DuckDBPyConnection, contracts: Mapping[str, Contract], *, merged: bool = False
) -> None:
    """Create every table from which figures may be withheld, and withhold them.

    Args:
        connection: Connection to a read model with observations, availability, and the functions of `small_numbers`.
        contracts: Contracts by source.
        merged: The tables that are made source by source (`create_of_sources`) are there already.
    """
    known, vocabulary = breaks(), indicators()
    create_indicator_figures(connection, vocabulary, AreaRegister.shipped(), known)
    # Figures that must not be published are removed from the input of all these tables, and audited again at the end.
    if not merged:
        declare(connection, contracts)
    protection = protect(connection, contracts)
    withhold(connection, protection, [INDICATOR_FIGURES])
    create_area_profile(connection, vocabulary)
    create_crime_table(connection, known)
    create_nearest_year(connection)
    create_ward_profile(connection)
    create_compared(connection)
    if not merged:
        create_of_sources(connection)
    write_log(connection, protection, withhold(connection, protection))


def create_of_sources(connection: DuckDBPyConnection, plan: YearsPlan | None = None) -> None:
    """Create the tables in which no row of a source depends on the figures of another one.

    Args:
        connection: Connection to a read model with observations.
        plan: Years to which periods are added up; all years if None.
    """
    create_unified_periods(connection, breaks(), plan)
    create_age_bands(connection)
    create_categories(connection)


def sources_of_indicators() -> frozenset[str]:
    """Sources whose figures are those of an indicator."""
    return frozenset(series.source for indicator in indicators().all for series in indicator.series)


def sources_compared() -> frozenset[str]:
    """Sources whose figures are in the tables that are judged for comparisons."""
    return sources_of_indicators() | {*SOURCES}


def create_compared(connection: DuckDBPyConnection) -> None:
    """Create the baselines and the judgements of comparisons, which read the tables of indicators and of crime."""
    known = breaks()
    # A note is about figures of its own source, so notes of other sources decide nothing here.
    noted = tuple(one for one in effects(connection) if one.source in sources_compared())
    create_baseline(connection, known, partial(allowed_by_judgement, notes=noted), noted)
    create_comparability(connection, known, noted)


def report_with_others(
    connection: DuckDBPyConnection, contracts: Mapping[str, Contract], members: Sequence[Member]
) -> None:
    """Compare the report's tables with the publishers' figures, if its contract is known."""
    if REPORT in contracts:
        # The rules that judge the printed figures are slow to import, and only needed here.
        from civic_assets.publish.profiles.report_comparison import create_report_comparison

        create_report_comparison(connection, indicators(), contracts[REPORT], held=report_held(members))
