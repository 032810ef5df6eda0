"""Status of the area codes of a release in the register: in force, applied backwards, ended, described, or unknown.

Belongs here: sorting the codes, and counting them. Does not belong here: which of them is a fault, and how serious
(`civic_assets.quality.rules.area_codes`), and the register itself.

Publishers carry the codes of the day on which they publish back over their whole history. A code that began after a
period ended is *applied backwards*: this says how the figures were made, and is not an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.values.groups import groups_of

if TYPE_CHECKING:
    import pyarrow as pa

COMPLETE = frozenset(
    {"E06", "E07", "E08", "E09", "E10", "E11", "E12", "E13", "E23", "E92", "W06", "W15", "W92", "S92", "N92",
     "K02", "K03", "K04"}
)  # fmt: skip
"""First three characters of the types of code of which the register has every code in force since 2009."""
KNOWN_IN_PART = frozenset({"E22", "W14", "S12", "N09"})
"""Those of which it has some codes: partnerships since 2017, recent codes of Scotland and Northern Ireland."""


class CodeStatus(StrEnum):
    """Status of a code in the register at the end of a period."""

    LIVE = "live"
    """In force on the period's last day."""
    APPLIED_BACKWARDS = "applied_backwards"
    """Began after the period: a later geography, applied to earlier years."""
    ENDED_WITHIN = "ended_within_the_period"
    """In force for part of the period: the figure is about the geography at its beginning."""
    ENDED = "ended"
    """Ended before the period began, but has figures."""
    LISTED = "ended_without_figures"
    """No longer in force, and listed without a figure."""
    DESCRIBED = "described_by_the_row"
    """Of a type that the register does not have (wards, output areas, unassigned offences): the row says what it is."""
    UNLISTED = "not_in_a_partial_list"
    """Of a type that the register has in part, and not among the codes that it has."""
    UNKNOWN = "unknown"
    """Of a type that the register has completely, but not in it; or of no type at all."""


@dataclass(frozen=True, slots=True)
class CodeAt:
    """One area code in one period.

    Args:
        first_day: First day of the period.
        last_day: Last day of the period.
        n_rows: Number of figures and absent figures.
        n_figures: Number of figures with a value.
        locator: Locator of the first of the rows.
    """

    code: str
    name: str
    type: str
    first_day: date
    last_day: date
    n_rows: int
    n_figures: int
    locator: str
    standing: CodeStatus


def standing(
    register: AreaRegister,
    code: str,
    first_day: date,
    last_day: date,
    *,
    area_type: str = "",
    n_figures: int = 1,
) -> CodeStatus:
    """Status of one code in one period.

    Args:
        register: Register of areas.
        code: GSS code, or `<code>/<words>` where the publisher has none.
        first_day: First day of the period.
        last_day: Last day of the period.
        area_type: Type that the row gives; `unknown` where a publisher's row names no place.
        n_figures: Number of values that the code has in the period.
    """
    area = register.find(code)
    if area is None:
        whole, _, words = code.partition("/")
        if area_type == "unknown":
            return CodeStatus.UNKNOWN
        if words and register.find(whole):
            return CodeStatus.DESCRIBED
        if whole[:3] in COMPLETE:
            return CodeStatus.UNKNOWN
        return CodeStatus.UNLISTED if whole[:3] in KNOWN_IN_PART else CodeStatus.DESCRIBED
    if area.live(last_day) is not False:
        return CodeStatus.LIVE
    if area.valid_from is not None and last_day < area.valid_from:
        return CodeStatus.APPLIED_BACKWARDS
    if area.live(first_day):
        return CodeStatus.ENDED_WITHIN
    return CodeStatus.ENDED if n_figures else CodeStatus.LISTED


def codes_at(observations: pa.Table, register: AreaRegister, column: str = "area_code") -> list[CodeAt]:
    """Every area code in every period, once; other rules deal with rows that lack a code or a period.

    Args:
        observations: Columns as `civic_assets.parsing.observations.FIELDS`.
        register: Register of areas.
        column: Column of the codes: `area_code`, or the `authority_code` that a row also prints.
    """
    keys = [column, "area_type", "period_start", "period_end"]
    found = groups_of(observations, keys, ["area_name", "locator"], "value")
    codes = []
    for code, kind, start, end, name, locator, n_rows, n_figures in zip(*found.values(), strict=True):
        if code is None or start is None or end is None or end <= start:
            continue
        last_day = end - timedelta(days=1)
        how = standing(register, code, start, last_day, area_type=kind or "", n_figures=n_figures)
        codes.append(CodeAt(code, name or "", kind or "", start, last_day, n_rows, n_figures, locator, how))
    return codes


def counts(codes: Sequence[CodeAt]) -> dict[str, dict[str, int]]:
    """Distinct codes and figures by status, for a run's metadata.

    A code whose status differs between periods is counted under each status.
    """
    by_status: dict[str, dict[str, int]] = {}
    for how in CodeStatus:
        matching = [code for code in codes if code.standing is how]
        if matching:
            by_status[str(how)] = {
                "codes": len({c.code for c in matching}),
                "figures": sum(c.n_rows for c in matching),
            }
    return by_status
