"""Indicators: what the report's Table 1 counts, about which people, per what, and from which published figures.

Belongs here: reading `vocabularies/indicators.yaml`, and refusing what it must not contain. Does not belong here:
picking the figures out of releases and dividing them (`civic_assets.publish.profiles.area_profile`), and definitions of
measures (`civic_assets.harmonise.measures.vocabulary`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import ContractError

Role = Literal["count", "rate", "denominator", "bound"]
_ROLES: Mapping[str, Role] = {
    "count": "count",
    "rates": "rate",
    "denominators": "denominator",
    "bounds": "bound",
}
_SERIES = frozenset(
    {"source", "measure", "breakdown", "unit", "ages", "ages_summed", "sum_of", "of", "caveats"}
)
_TEXTS = (
    "title", "report_label", "unit_of_count", "ages", "age_basis", "definition", "unit_of_rate",
)  # fmt: skip
_OPTIONAL = frozenset(
    {
        "published_by",
        "no_figure",
        "no_count",
        "no_rate",
        "no_denominator",
        "same_base_as",
        "caveats",
        "events",
        "report_notes",
    }
)


@dataclass(frozen=True, slots=True)
class IndicatorSeries:
    """Series that gives a role its figure; if it has several terms, they add up and all of them are needed.

    Args:
        role: `count`, `rate`, `denominator`, or `bound` (the part of a rate that is known).
        position: Position of the series among those of its role; the first with a figure is used.
        terms: (measure, breakdown) of the observations that add up to the figure.
        ages, of: For a denominator, which ages of which people. For other figures, `ages` is set if its series differ.
        caveats: Caveats that belong to figures of this series alone.
    """

    role: Role
    position: int
    source: str
    unit: str
    terms: tuple[tuple[str, str], ...]
    ages: str
    of: str
    caveats: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """Name of the measure; several are joined by `+`."""
        return "+".join(dict.fromkeys(measure for measure, _ in self.terms))

    @property
    def breakdown(self) -> str:
        """Breakdown of the figure; an age band by its first and last year."""
        breakdowns = list(dict.fromkeys(breakdown for _, breakdown in self.terms))
        if len(breakdowns) == 1:
            return breakdowns[0]
        return f"age={breakdowns[0].removeprefix('age=')}-{breakdowns[-1].removeprefix('age=')}"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of Table 1, for any area.

    Args:
        name: Its key.
        position: Row of the table, from 1.
        per: Number that the rate is per, e.g. 10,000.
        events: Whether its count behaves as a count of events, so that a Poisson interval is meaningful.
        published_by: Type of the areas that have figures; empty for local authorities.
        no_figure, no_count, no_rate, no_denominator: Why that is missing; empty if it is not always missing.
        same_base_as: Indicator with the same denominator, so that two printed counts can check one base.
        caveats: Caveats of every figure of it.
        report_notes: Why the report's Table 1 and the publishers' figures cannot agree.
    """

    name: str
    position: int
    title: str
    report_label: str
    unit_of_count: str
    ages: str
    age_basis: str
    definition: str
    unit_of_rate: str
    per: int
    events: bool
    series: tuple[IndicatorSeries, ...]
    published_by: str = ""
    no_figure: str = ""
    no_count: str = ""
    no_rate: str = ""
    no_denominator: str = ""
    same_base_as: str = ""
    caveats: tuple[str, ...] = ()
    report_notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicators:
    """All indicators, and the areas whose figures are shown with every authority's."""

    all: tuple[Indicator, ...]
    london: str
    england: str


def read_indicators(file: Path) -> Indicators:
    """The indicators of a vocabulary file.

    Raises:
        ContractError: An entry is incomplete or contradictory; names file, indicator and reason.
    """
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or set(content) != {"comparators", "indicators"}:
        raise ContractError(file, "top", "expected the keys comparators and indicators")
    areas = content["comparators"]
    if not isinstance(areas, dict) or set(areas) != {"london", "england"}:
        raise ContractError(file, "comparators", "expected the codes of london and england")
    entries = content["indicators"].items()
    found = tuple(_indicator(file, name, at, entry) for at, (name, entry) in enumerate(entries, 1))
    names = {indicator.name for indicator in found}
    for indicator in found:
        if indicator.same_base_as and indicator.same_base_as not in names:
            reason = f"same_base_as names {indicator.same_base_as!r}, which is not an indicator"
            raise ContractError(file, f"indicators.{indicator.name}", reason)
    return Indicators(found, areas["london"], areas["england"])


@cache
def indicators() -> Indicators:
    """The indicators that ship."""
    return read_indicators(contracts_folder() / "vocabularies" / "indicators.yaml")


def _indicator(file: Path, name: str, position: int, entry: Mapping[str, Any]) -> Indicator:
    path = f"indicators.{name}"
    unknown = set(entry) - set(_TEXTS) - set(_ROLES) - _OPTIONAL - {"per"}
    if unknown:
        raise ContractError(file, path, f"unknown key {', '.join(sorted(unknown))}")
    missing = [key for key in (*_TEXTS, "per") if key not in entry]
    if missing:
        raise ContractError(file, path, f"{', '.join(missing)} must be stated")
    series = tuple(_all_series(file, path, entry))
    if not any(one.role in ("count", "rate") for one in series):
        raise ContractError(file, path, "has neither a count nor a rate")
    texts = {
        key: str(entry.get(key, "")).strip() for key in _OPTIONAL - {"caveats", "events", "report_notes"}
    }
    return Indicator(
        name=name,
        position=position,
        per=int(entry["per"]),
        events=bool(entry.get("events", True)),
        series=series,
        caveats=tuple(entry.get("caveats", ())),
        report_notes=tuple(entry.get("report_notes", ())),
        **{key: str(entry[key]).strip() for key in _TEXTS},
        **texts,
    )


def _all_series(file: Path, path: str, entry: Mapping[str, Any]) -> Iterator[IndicatorSeries]:
    for key, role in _ROLES.items():
        for position, one in enumerate(entry.get(key, ()), 1):
            where = f"{path}.{key}[{position - 1}]"
            unknown = set(one) - _SERIES
            if unknown or "source" not in one or "unit" not in one:
                raise ContractError(file, where, f"needs source and unit; it may also have {sorted(_SERIES)}")
            if role == "denominator" and not (one.get("ages") and one.get("of")):
                raise ContractError(
                    file, where, "a denominator needs `ages` and `of`: which ages of which people"
                )
            terms = tuple(_terms(file, where, one))
            ages, of, caveats = (
                str(one.get("ages", "")),
                str(one.get("of", "")),
                tuple(one.get("caveats", ())),
            )
            yield IndicatorSeries(role, position, one["source"], one["unit"], terms, ages, of, caveats)


def _terms(file: Path, where: str, one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "sum_of" in one:
        yield from ((term["measure"], term["breakdown"]) for term in one["sum_of"])
    elif "ages_summed" in one:
        first, last = one["ages_summed"]
        yield from ((one["measure"], f"age={age}") for age in range(first, last + 1))
    elif "measure" in one and "breakdown" in one:
        yield one["measure"], one["breakdown"]
    else:
        raise ContractError(
            file, where, "names no figure: add measure with breakdown or ages_summed, or add sum_of"
        )
