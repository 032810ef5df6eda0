"""A figure of one age band split into narrower bands by population: a model, never a published figure.

Belongs here: the split by weights of single years. Does not belong here: exact unions of bands
(`civic_assets.values.ages`, `age_sums`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civic_assets.harmonise.figures.modelled import CannotModel, Modelled
from civic_assets.values.ages import AgeBand, NotOneBand, union

_CAUTION = (
    "Modelled: it assumes that every age in the band has the same share as in the population, which only a figure by "
    "age could show."
)


def split(
    value: float | None,
    band: AgeBand,
    into: Sequence[AgeBand],
    weights: Mapping[int, float | None],
    *,
    weights_of: str,
) -> Modelled[AgeBand]:
    """Splits a figure in proportion to single years of a population.

    Args:
        value: Figure of the whole band.
        band: What it is of; closed above, because an open band has no last single year.
        into: Narrower bands that make up the band exactly, on its basis and of its population.
        weights: Population of each single year of age in the band.
        weights_of: Which population that is, with its date and vintage, e.g. "ons_population 2023-mye, mid-2022".

    Returns:
        Values that add up to the figure.

    Raises:
        CannotModel: The figure or a weight is missing or negative, all weights are zero, the band is open, or the
            narrower bands do not make it up.
    """
    if value is None:
        raise CannotModel(
            f"The figure of {band} is missing; a status is not turned into a number, so that there is nothing to split."
        )
    if band.hi is None:
        raise CannotModel(f"{band} has no last year of age, so that it can not be split by single years.")
    try:
        union(into, band)
    except NotOneBand as error:
        raise CannotModel(str(error)) from None
    unknown = [age for age in range(band.lo, band.hi) if _missing(weights.get(age))]
    if unknown:
        raise CannotModel(
            f"The weight of age {unknown[0]} is missing or negative; give the population of every age of {band}."
        )
    shares = [sum(weights[age] or 0.0 for age in range(part.lo, part.hi or part.lo)) for part in into]
    whole = sum(shares)
    if whole == 0:
        raise CannotModel(f"The population of {band} is zero, so that nothing says how to split the figure.")
    values = tuple(value * share / whole for share in shares)
    return Modelled(tuple(into), values, "age_split", "age_split", {"weights": weights_of}, _CAUTION)


def _missing(weight: float | None) -> bool:
    return weight is None or not weight >= 0
