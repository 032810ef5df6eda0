"""Areas of a release in the common vocabulary.

Belongs here: deciding when a publisher's area is one that other sources know by another code. Does not belong here:
changes of boundaries over time.

A Community Safety Partnership is not a local authority in general: some cover several authorities, some part of one.
Only if exactly one partnership of a release carries a local authority's code, and carries no other, are the two the
same ground. Its figures then carry the authority's code, and keep the partnership's code in a column of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

PARTNERSHIP = "community_safety_partnership"
LOCAL_AUTHORITY = "local_authority"


def area_recode(observations: pa.Table) -> tuple[pa.Array, pa.Array]:
    """Common area code and area type of each observation.

    Args:
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.

    Returns:
        Two string arrays, one element for each observation.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    to_authority = same_ground(observations)
    codes, types = (observations[name].combine_chunks() for name in ("area_code", "area_type"))
    if not to_authority:
        return codes, types
    position = pc.index_in(codes, pa.array(list(to_authority)))
    recoded = pa.array(list(to_authority.values())).take(position)
    same = pc.is_valid(position)
    return pc.coalesce(recoded, codes), pc.if_else(same, LOCAL_AUTHORITY, types)


def same_ground(observations: pa.Table) -> dict[str, str]:
    """Partnerships that are exactly one local authority: authority code by partnership code."""
    import pyarrow.compute as pc

    rows = observations.filter(pc.equal(observations["area_type"], PARTNERSHIP))
    pairs = rows.group_by(["area_code", "authority_code"]).aggregate([]).to_pylist()
    partnerships: dict[str, list[str]] = {}
    authorities: dict[str, set[str]] = {}
    for pair in pairs:
        _note(pair, partnerships, authorities)
    return {
        code: found[0]
        for code, found in sorted(partnerships.items())
        if len(found) == 1 and len(authorities[found[0]]) == 1
    }


def _note(pair: dict[str, Any], partnerships: dict[str, list[str]], authorities: dict[str, set[str]]) -> None:
    code, authority = pair["area_code"], pair["authority_code"]
    if authority:
        partnerships.setdefault(code, []).append(authority)
        authorities.setdefault(authority, set()).add(code)
