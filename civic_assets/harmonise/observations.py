"""From a publisher's observations to the common vocabulary.

Belongs here: recoding what a release's rows are about to the areas that all sources share. Does not belong here:
reading (`civic_assets.sources`) and whether two figures may be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.areas import area_recode

if TYPE_CHECKING:
    import pyarrow as pa

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("source", "string", "dataset of a publisher"),
    ("release", "string", "issue of the source that the figure stands in"),
    ("measure", "string", "what is counted or computed"),
    (
        "area_code",
        "string",
        "area in the common vocabulary; a partnership that is one local authority has its code",
    ),
    ("area_name", "string", "name as printed, without note markers and stray spaces"),
    (
        "area_type",
        "string",
        "local_authority, police_force, community_safety_partnership, region, unassigned, ...",
    ),
    ("period_start", "date32", "first day"),
    ("period_end", "date32", "day after the last day"),
    ("period_kind", "string", "what the publisher means by the period"),
    ("statistic", "string", "flow, stock, rate, change, ..."),
    ("breakdown", "string", "'total' or key=value;... in a fixed order"),
    ("unit", "string", "count, percent, per_1000_population, ..."),
    ("value", "float64", "the figure as printed; null where a status stands in its place"),
    ("status", "string", "why a value is absent or special; null for an ordinary figure"),
    ("value_text", "string", "the cell as printed"),
    ("source_sha256", "string", "hash of the file"),
    ("locator", "string", "address of the cell in the file"),
    ("partnership_code", "string", "Community Safety Partnership, where the figure is of one"),
    ("parent_code", "string", "area that this area is a part of, within its table"),
    ("row_kind", "string", "what the publisher's row is"),
    ("table_id", "string", "table of the contract that the figure stands in"),
    ("synthetic", "bool", "the file calls itself synthetic"),
)
"""Column, Arrow type and meaning of a harmonised observation."""


def harmonise(
    observations: pa.Table, *, source: str, release: str, source_sha256: str, synthetic: bool
) -> pa.Table:
    """Validated observations in the common vocabulary, row for row: nothing is added, dropped or computed.

    Args:
        observations: Columns as `civic_assets.sources.observations.FIELDS`.
        source: Of the release.
        release: Its partition key.
        source_sha256: Of its file.
        synthetic: The file calls itself synthetic.

    Returns:
        Columns as `FIELDS`.
    """
    import pyarrow as pa

    size = observations.num_rows
    codes, types = area_recode(observations)
    own = {
        "source": pa.repeat(source, size),
        "release": pa.repeat(release, size),
        "area_code": codes,
        "area_type": types,
        "source_sha256": pa.repeat(source_sha256, size),
        "synthetic": pa.repeat(synthetic, size),
    }
    return pa.table(
        {name: own.get(name, observations[name] if name not in own else None) for name, _, _ in FIELDS}
    )
