"""The published tables as families, each about one subject.

Belongs here: which table belongs to which family, and what the family is about. Does not belong here: the families as
assets of Dagster (`civic_assets.defs.families`), the map of the flow of data, which shows them
(`civic_assets.publish.site.flow`), and the tables themselves.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """Tables of the read model about one subject.

    Args:
        name: Name, and last part of the key of its asset.
        main: Table whose rows, columns and first rows are shown, as `schema.table`.
        tables: Other tables, by name, or by the beginning of the name if it ends in `*`.
        description: Contents of the tables.
    """

    name: str
    main: str
    tables: tuple[str, ...]
    description: str

    def has(self, table: str) -> bool:
        """Whether a table, named without its schema, belongs to the family."""
        return table == self.main.partition(".")[2] or any(
            table.startswith(name[:-1]) if name.endswith("*") else table == name for name in self.tables
        )


OBSERVATIONS = Family(
    "observations",
    "harmonised.observations",
    ("latest", "figures_in_use"),
    "Every published figure of every release, with its status, the cell it was read from, and whether it is "
    "disputed; `harmonised.latest` has the newest of each. Releases that are held back are in "
    "`catalogue.releases` with the reasons. If every release is held back, the last publication remains.",
)
QUALITY = Family(
    "quality",
    "quality.check_results",
    ("findings", "causes", "issues", "waivers", "returns", "rule_counts"),
    "The result of every check for every release, and every finding with its cell and the expected value.",
)
CATALOGUE = Family(
    "catalogue",
    "catalogue.releases",
    ("sources", "files", "measures", "house_numbers", "notes", "note_*", "publication", "parts"),
    "What the store has: sources, releases with their state, files, measures and their definitions.",
)
FAMILIES = (
    OBSERVATIONS,
    Family(
        "area_profile",
        "harmonised.area_profile",
        ("profile_areas", "profile_lineage", "modelled_figures", "implied_denominators"),
        "One row for each indicator and authority, with the rates computed here and their denominators.",
    ),
    Family(
        "crime",
        "harmonised.crime_table",
        (
            "crime_*",
            "recorded_crime*",
            "police_uk_*",
            "ward_profile",
            "months_beside_years",
            "unplaced_crime",
            "trends_beside_unplaced",
            "recording_bands",
        ),
        "Recorded crime for readers: by authority and year, with several sources side by side.",
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
        "Indicators compared with their baselines, and how the answer changes with the choice of baseline.",
    ),
    Family(
        "unified_periods",
        "harmonised.unified_periods",
        ("unified_*",),
        "Counts of events of every source for the same years: calendar, financial and academic years and years that "
        "end with a quarter, each with the figures that were added up.",
    ),
    Family(
        "age_bands",
        "harmonised.age_bands",
        (),
        "Counts of people in the age bands that readers use, added up exactly from the ages that publishers print.",
    ),
    Family(
        "categories",
        "catalogue.categories",
        ("category_breakdowns", "category_losses", "mapped_breakdowns", "marked_offences"),
        "The meaning of each publisher's word for a group of people in one scheme, and the figures whose groups "
        "map to it exactly.",
    ),
    Family(
        "areas",
        "catalogue.areas",
        ("area_memberships", "area_successions", "output_areas", "printed_*"),
        "Areas with their codes and names, the codes that replaced others, and the areas that contain others.",
    ),
    Family(
        "postcode_directory",
        "catalogue.postcodes",
        ("postcode_*",),
        "The ward, authority, partnership, police force and small census areas of each postcode, with the directories "
        "that say so and what does not align. Empty without a postcode directory.",
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
        ("revision_summary", "reclassified", "release_change*", "corrections"),
        "What publishers changed from one release to the next, and corrections registered here.",
    ),
    Family(
        "bias",
        "quality.bias_register",
        ("coverage*", "not_known_bounds", "our_tables", "bias_panel"),
        "Biases by source and measure, with indicator, limit and what the indicator cannot show.",
    ),
    Family(
        "disclosure",
        "quality.disclosure_log",
        ("disclosure_*",),
        "What publishers suppress so that nobody can be identified, and what was withheld here.",
    ),
    Family(
        "report_tables",
        "quality.report_table_1",
        ("report_table_*", "cited_cells", "statements"),
        "The two tables of the report that this project began with, next to what is published now.",
    ),
    Family(
        "profiles",
        "quality.profile_measures",
        ("profile_sources", "profile_releases", "profile_tables", "profile_words"),
        "Counts and typical figures of each release, which the expectations test.",
    ),
    QUALITY,
    CATALOGUE,
)
"""All published families, in the order in which people read them."""
_DEFAULT = {"harmonised": OBSERVATIONS, "quality": QUALITY, "catalogue": CATALOGUE}


def family_of(table: str, schema: str = "quality") -> Family:
    """The family that a table belongs to; a table that no family names belongs to that of its schema."""
    named = (family for family in FAMILIES if family.has(table))
    return next(named, _DEFAULT.get(schema, CATALOGUE))
