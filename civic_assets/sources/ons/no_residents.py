"""Impossible populations of 0: for a whole area, for an age band, and for a single age in a large area.

Belongs here: detecting such a figure and refusing its file. Does not belong here: answers of Nomis, in which single
rows of abolished districts are left out (`nomis`).

A single year of age can have no residents in a small authority: the Isles of Scilly had no women aged 17 in mid-2022.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.errors import CivicError

if TYPE_CHECKING:
    import pyarrow as pa

_SINGLE_YEAR = r"(?:^|;)age=[0-9]+\+?(?:;|$)"
_LARGE = ("country", "region", "sub_region", "county")


def refuse_no_one(observations: pa.Table) -> None:
    """Refuse a file that prints 0 residents where there are always some.

    Args:
        observations: Observations of the file.

    Raises:
        CivicError: There is such a figure; the message names the first cell and the number of them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    none = observations.filter(pc.equal(observations["value"], 0.0))
    single = pc.match_substring_regex(none["breakdown"], _SINGLE_YEAR)
    large = pc.is_in(none["area_type"], pa.array(_LARGE))
    wrong = none.filter(pc.or_(pc.invert(single), large))
    if not wrong.num_rows:
        return
    first = wrong.slice(0, 1).to_pylist()[0]
    name = f"{first['area_name']} ({first['area_code']})" if first["area_code"] else first["area_name"]
    raise CivicError(
        f"{first['locator']} prints {first['value_text']} residents of {name}, {first['breakdown']}, on "
        f"{first['period_start']:%d %B %Y} ({wrong.num_rows:,} of {observations.num_rows:,} figures are like this). "
        "Every area has residents, so this cannot be a population, and rates based on it would be infinite. Download "
        "the file again."
    )
