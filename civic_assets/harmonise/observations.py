"""A publisher's observations in the common vocabulary.

Belongs here: recoding the rows of a release to the areas that all sources share. Does not belong here: reading files
(`civic_assets.sources`) and whether two figures may be compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.observed import area_recode
from civic_assets.parsing.observations import FIELDS as VALIDATED_FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

# Columns that harmonising adds or recodes; every other column is the validated one.
_OWN = {
    "source": ("string", "dataset of a publisher"),
    "release": ("string", "release of the source that the figure is in"),
    "area_code": (
        "string",
        "area in the common vocabulary; a partnership that is one local authority has its code",
    ),
    "area_type": (
        "string",
        "local_authority, police_force, community_safety_partnership, region, unassigned, ...",
    ),
    "source_sha256": ("string", "hash of the file"),
    "synthetic": ("bool", "whether the file says that it is synthetic"),
}
_VALIDATED = {name: (kind, meaning) for name, kind, meaning in VALIDATED_FIELDS}
_ORDER = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "breakdown", "unit", "value", "status", "value_text", "source_sha256", "locator", "partnership_code",
    "parent_code", "row_kind", "table_id", "synthetic",
)  # fmt: skip

FIELDS: tuple[tuple[str, str, str], ...] = tuple(
    (name, *(_OWN.get(name) or _VALIDATED[name])) for name in _ORDER
)
"""Column, Arrow type and meaning of a harmonised observation."""


def harmonise(
    observations: pa.Table, *, source: str, release: str, source_sha256: str, synthetic: bool
) -> pa.Table:
    """Validated observations in the common vocabulary, row for row; no row is added or dropped, no value computed.

    Args:
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.
        source: Source of the release.
        release: Its partition key.
        source_sha256: Hash of its file.
        synthetic: Whether the file says that it is synthetic.

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
