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
from civic_assets.publish.profiles.crime_table import create_crime_table
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

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract


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
    known, vocabulary = breaks(), indicators()
    add_availability(connection, members, contracts)
    create_functions(connection)
    create_indicator_figures(connection, vocabulary, AreaRegister.shipped(), known)
    # Figures that must not be published are removed from the input of all these tables, and audited again at the end.
    protection = protect(connection, contracts)
    withhold(connection, protection, [INDICATOR_FIGURES])
    create_area_profile(connection, vocabulary)
    create_crime_table(connection, known)
    create_nearest_year(connection)
    create_ward_profile(connection)
    noted = effects(connection)
    create_baseline(connection, known, partial(allowed_by_judgement, notes=noted), noted)
    create_comparability(connection, known, noted)
    create_unified_periods(connection, known)
    create_age_bands(connection)
    create_categories(connection)
    create_marked_offences(connection)
    write_log(connection, protection, withhold(connection, protection))
    if REPORT in contracts:
        # The rules that judge the printed figures are slow to import, and only needed here.
        from civic_assets.publish.profiles.report_comparison import create_report_comparison

        create_report_comparison(connection, vocabulary, contracts[REPORT], held=report_held(members))
