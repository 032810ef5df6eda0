"""Ground of a figure that is wider or narrower than the area under whose code it is printed, in words.

Belongs here: naming that ground, and a sentence about it. Does not belong here: which ground a figure covers
(`AreaRegister.counted_ground`), and relations of grounds (`relations`).
"""

from __future__ import annotations

from datetime import timedelta

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure


def called_ground(figure: ComparedFigure) -> str:
    """Name of the place that a figure is about."""
    if figure.ground is None:
        return figure.area.name or figure.area.code
    return f"the {_type(figure.ground)} {_called(figure.ground)}"


def printed_for(figure: ComparedFigure, register: AreaRegister) -> str | None:
    """A sentence about a figure that is printed under the code of another area; None for any other figure.

    It names the other authorities that the area covers, if the register knows them.
    """
    ground = figure.ground
    if ground is None:
        return None
    last = figure.period.end - timedelta(days=1)
    known = register.areas
    others = [
        f"a part of {_called(known[one.member])}" if not one.whole else _called(known[one.member])
        for one in register.memberships_of(ground.code)
        if one.member in known and one.member != figure.area.code and known[one.member].live(last)
    ]
    also = f", which also covers {' and '.join(others)}" if others else ", whose ground is not the same"
    return (
        f"The figure printed for {_called(figure.area)} counts the {_type(ground)} {_called(ground)}{also}."
    )


def _called(area: AreaFacts) -> str:
    return f"{area.name} ({area.code})" if area.name and area.name != area.code else area.code


def _type(area: AreaFacts) -> str:
    return area.type.replace("_", " ")
