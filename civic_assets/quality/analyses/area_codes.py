"""The area codes of a release, and what the area register says about them.

Belongs here: asking the register once for all rules about areas. Does not belong here: the rules (`rules.area_codes`),
and the statuses themselves (`civic_assets.harmonise.areas.code_status`).
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.harmonise.areas.code_status import CodeAt, codes_at
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.values.cells import PERIOD_UNSETTLED


def area_label(code: str) -> str:
    """An area as `Cornwall (E06000052)`, by its name in the area register; an unknown code stays as it is."""
    area = AreaRegister.shipped().find(code)
    return f"{area.name} ({code})" if area is not None and area.name else code


def area_codes_of(release: ReleaseView) -> Sequence[CodeAt]:
    """Area codes of a release by period, with the status of each in the area register.

    A code whose period is not settled is left out: nobody can say whether it was in force then.
    """
    import pyarrow.compute as pc

    dated = release.observations
    unsettled = pc.fill_null(pc.equal(dated["status"], PERIOD_UNSETTLED), False)
    if pc.any(unsettled).as_py():
        dated = dated.filter(pc.invert(unsettled))
    return codes_at(dated, AreaRegister.shipped())
