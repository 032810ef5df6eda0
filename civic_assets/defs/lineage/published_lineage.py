"""Columns that the columns of published tables come from, for Dagster and the lineage tools that read its events.

Belongs here: the edges from harmonised releases to `harmonised.observations`, and from there to the main tables that
are made of figures. Does not belong here: edges between the layers of one source (`describe`), and tables without
figures (results of checks, areas, biases, what was withheld). For those, Dagster knows only the assets that they depend
on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

from civic_assets.defs.families import asset_key
from civic_assets.harmonise.observations import FIELDS
from civic_assets.publish.families import OBSERVATIONS, Family

# The published name is that of the register, found by the code; the printed one is kept under another name.
_OBSERVATIONS = {name: (name,) for name, _, _ in FIELDS} | {
    "area_name": ("area_code", "area_name"),
    "area_name_printed": ("area_name",),
    "quality": ("value", "status"),
}
# Columns of the main tables that are figures, or computed from figures.
_FROM_VALUES: Mapping[str, Sequence[str]] = {
    "area_profile": (
        "count", "count_lower", "count_upper", "denominator", "rate", "rate_published", "rate_recomputed",
        "london_count", "london_rate", "england_count", "england_rate", "wider_count", "wider_rate",
    ),
    "crime": ("value_lower", "value_upper", "rate"),
    "indicators": (
        "baseline_count", "baseline_count_lower", "baseline_count_upper", "baseline_rate", "latest_count",
        "latest_count_lower", "latest_count_upper", "latest_rate", "change_of_count", "change_of_rate", "ratio",
        "ratio_lower", "ratio_upper", "verdict",
    ),
    "comparability": (),
    "unified_periods": ("value",),
    "age_bands": ("value",),
    "categories": ("value",),
    "revisions": ("first_value", "later_value", "revision", "relative_revision"),
    "report_tables": ("our_count", "our_rate", "our_london", "our_base"),
    "profiles": (
        "n_in_newest", "n_with_value", "absent_share", "suppressed_share", "zero_share", "q05", "median", "q95",
        "typical_ratio", "same_share", "distance",
    ),
}  # fmt: skip
# Parts before or after the name of an observation's column, if a row is about several figures.
_BEFORE = (
    "baseline_",
    "latest_",
    "previous_",
    "first_",
    "later_",
    "wider_",
    "count_",
    "rate_",
    "denominator_",
)
_AFTER = ("_a", "_b")
_BY_NAME = {name: name for name in (*_OBSERVATIONS, "row_kind")} | {"locators": "locator"}


def published_lineage(
    family: Family, columns: Iterable[str], sources: Iterable[str]
) -> dg.TableColumnLineage | None:
    """Origin of the columns of an asset's main table.

    Args:
        family: The asset.
        columns: Columns of its main table.
        sources: Sources whose harmonised releases are published.

    Returns:
        The lineage; None if no column of the table is a figure's.
    """
    if family == OBSERVATIONS:
        keys = [dg.AssetKey(["harmonised", source]) for source in sorted(sources)]
        found = {column: (keys, _OBSERVATIONS[column]) for column in columns if column in _OBSERVATIONS}
    elif family.name in _FROM_VALUES:
        keys = [asset_key(OBSERVATIONS)]
        values = _FROM_VALUES[family.name]
        found = {}
        for column in columns:
            name = "value" if column in values else _observed(column)
            if name is not None:
                found[column] = (keys, (name,))
    else:
        return None
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(key, name) for key in keys for name in names]
            for column, (keys, names) in found.items()
        }
    )


def _observed(column: str) -> str | None:
    """Column of an observation that a column repeats, by its name; None if it repeats none."""
    shorter = [column.removeprefix(before) for before in _BEFORE if column.startswith(before)]
    shorter += [column.removesuffix(after) for after in _AFTER if column.endswith(after)]
    return next((_BY_NAME[name] for name in (column, *shorter) if name in _BY_NAME), None)
