"""The published tables as assets: a family of tables each.

Belongs here: which table belongs to which asset, and what the asset is. Does not belong here: publishing (`published`),
and the tables themselves (`civic_assets.publish`).
"""

from __future__ import annotations

from dataclasses import dataclass

import dagster as dg


@dataclass(frozen=True)
class Family:
    """Tables of the read model that are about one thing.

    Args:
        name: Last part of the asset's key.
        main: The table whose rows, columns and first rows are shown, as `schema.table`.
        tables: Others, by name, or by the beginning of it where it ends in `*`.
        description: What they hold.
    """

    name: str
    main: str
    tables: tuple[str, ...]
    description: str

    @property
    def key(self) -> dg.AssetKey:
        """Of the asset."""
        return dg.AssetKey(["published", self.name])

    def has(self, table: str) -> bool:
        """Does a table, named without its schema, belong here?"""
        return table == self.main.partition(".")[2] or any(
            table.startswith(name[:-1]) if name.endswith("*") else table == name for name in self.tables
        )


OBSERVATIONS = Family(
    "observations",
    "harmonised.observations",
    ("latest", "figures_in_use"),
    "Every figure of every release that is published, with its status, the cell it was read from, and whether it is "
    "disputed; `harmonised.latest` has the newest issue of each. Releases that are held back are in "
    "`catalogue.releases` with the reasons. When every release is held back, the last publication stays.",
)
QUALITY = Family(
    "quality",
    "quality.check_results",
    ("findings", "issues", "waivers", "returns"),
    "What every check said of every release, and every finding with the cell it is about and what was expected.",
)
CATALOGUE = Family(
    "catalogue",
    "catalogue.releases",
    ("sources", "files", "measures", "house_numbers", "publication"),
    "What is held: sources, releases with their state, files, measures and their definitions.",
)
FAMILIES = (
    OBSERVATIONS,
    Family(
        "area_profile",
        "harmonised.area_profile",
        ("profile_areas", "modelled_figures", "implied_denominators"),
        "One row for each indicator of each authority, with the rates that we make and what they are divided by.",
    ),
    Family(
        "crime",
        "harmonised.crime_table",
        (
            "crime_*",
            "recorded_crime*",
            "police_uk_*",
            "months_beside_years",
            "unplaced_crime",
            "trends_beside_unplaced",
            "recording_bands",
        ),
        "Recorded crime for readers: by authority and year, from several sources side by side.",
    ),
    Family(
        "indicators",
        "harmonised.indicator_baseline",
        (
            "indicator*",
            "themes",
            "theme_sources",
            "alternative_definitions",
            "baseline_multiverse",
            "omitted_effects",
        ),
        "Indicators against their baselines, and how the answer changes when the choices do.",
    ),
    Family(
        "unified_periods",
        "harmonised.unified_periods",
        ("unified_*",),
        "Counts of events of every source on the same years: calendar, financial and academic years and years that end "
        "with a quarter, each with the figures that it was added up from.",
    ),
    Family(
        "age_bands",
        "harmonised.age_bands",
        (),
        "Counts of people in the age bands that readers ask for, added up exactly from the ages that publishers print.",
    ),
    Family(
        "categories",
        "catalogue.categories",
        ("category_breakdowns", "mapped_breakdowns"),
        "What each publisher's word for a group of people means in one scheme, and the figures whose groups map to it "
        "exactly.",
    ),
    Family(
        "areas",
        "catalogue.areas",
        ("area_memberships", "area_successions", "output_areas"),
        "Areas with their codes and names, what followed what, and what lies in what.",
    ),
    Family(
        "comparability",
        "quality.comparability",
        ("comparability_*", "breaks", "releases_together"),
        "Which figures may be compared, added or divided, and the dated events after which a series means something "
        "else.",
    ),
    Family(
        "revisions",
        "quality.revisions",
        ("revision_summary", "release_change*", "corrections"),
        "What publishers changed from one issue to the next, and corrections that were decided here.",
    ),
    Family(
        "bias",
        "quality.bias_register",
        ("coverage*", "not_known_bounds", "our_tables"),
        "Biases by source and measure, with indicator, limit and what it cannot tell.",
    ),
    Family(
        "disclosure",
        "quality.disclosure_log",
        ("disclosure_*",),
        "What publishers hide so that nobody can be recognised, and what was withheld here.",
    ),
    Family(
        "report_tables",
        "quality.report_table_1",
        ("report_table_*", "cited_cells", "statements"),
        "The two tables of the report that this project began with, beside what is published now.",
    ),
    Family(
        "profiles",
        "quality.profile_measures",
        ("profile_sources", "profile_releases", "profile_tables", "profile_words"),
        "Counts and typical figures of each release, which the expectations are about.",
    ),
    QUALITY,
    CATALOGUE,
)
"""All of what is published, what people read first first."""
_DEFAULT = {"harmonised": OBSERVATIONS, "quality": QUALITY, "catalogue": CATALOGUE}


def family_of(table: str, schema: str = "quality") -> Family:
    """The asset that a table belongs to; a table that nothing names goes to the asset of its schema."""
    named = (family for family in FAMILIES if family.has(table))
    return next(named, _DEFAULT.get(schema, CATALOGUE))
