"""Rules about the ground that a release is about.

Belongs here: H-07 for a publisher's own file. Does not belong here: whether a code exists (V-04) and agrees with its
name (V-05), and what succeeded what (`civic_assets.harmonise.areas.register`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from civic_assets.harmonise.areas.register import AreaRegister, Vintages
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, day_name, kind_name, period_name, table_name
from civic_assets.values.groups import groups_of


@rule(
    "H-07",
    "Matching geography vintages",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="There is a day on which all codes of one kind that a table uses for one period were in force. In a "
    "publisher's file this is a warning; a derived comparison is refused.",
    cannot_tell="boundary effects inside areas, and codes that are in no register held here",
    guidance="Do not add up or rank these areas without checking their boundaries.",
)
def one_date(release: ReleaseView) -> RuleOutcome:
    """H-07: one finding for each table and kind of area that mixes codes of two dates, with the periods."""
    import pyarrow.compute as pc

    table = release.observations
    key = ["table_id", "area_type", "period_start", "period_end", "area_code"]
    # Areas that ended are often listed without a figure, which mixes nothing.
    known = table.select([*key, "locator"]).filter(pc.is_valid(table["value"]))
    groups = groups_of(known, key, ["locator"])
    codes: dict[tuple[str, str], dict[tuple[date, date], dict[str, str]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for name, kind, start, end, code, locator, _ in zip(*groups.values(), strict=True):
        codes[name, kind][start, end][code] = locator
    register, findings, checked, failed = AreaRegister.shipped(), [], 0, 0
    for (name, kind), periods in sorted(codes.items()):
        mixed: dict[tuple[date, date], Vintages] = {}
        for when, cells in sorted(periods.items()):
            vintages = register.vintages(cells)
            checked += len(cells) - len(vintages.unknown)
            if vintages.mixed:
                mixed[when] = vintages
        if mixed:
            failed += sum(len(vintages.apart) for vintages in mixed.values())
            findings.append(_mixed(register, table_name(release.contract, name), kind, mixed, periods))
    if not checked:
        return not_evaluated("no_reference", "the area register has none of these codes")
    return outcome_of(
        checked, findings, f"{counted(checked, 'code')} by table and period, of one date each", failed
    )


def _mixed(
    register: AreaRegister,
    name: str,
    kind: str,
    mixed: Mapping[tuple[date, date], Vintages],
    periods: Mapping[tuple[date, date], Mapping[str, str]],
) -> Finding:
    (start, end), vintages = max(mixed.items(), key=lambda item: (len(item[1].apart), item[0]))
    cells = periods[start, end]
    named = [f"{code} ({area.name})" for code in vintages.apart if (area := register.find(code))]
    more = f"; the same is true of {counted(len(mixed) - 1, 'other period')}" if len(mixed) > 1 else ""
    message = (
        f"{cells[vintages.apart[0]]}: {name} has figures for {period_name(start, end)} under codes of kind "
        f"{kind_name(kind)} that were never in force on the same day: "
        f"{', '.join(named[:8])}{' and others' if len(named) > 8 else ''}. The latest of them began on "
        f"{day_name(vintages.start)}, the earliest ended on {day_name(vintages.end)}{more}."
    )
    return Finding(
        "H-07",
        message,
        cells[vintages.apart[0]],
        [cells[code] for code in vintages.apart],
        severity="warning",
        area_code=vintages.apart[0],
        period_start=str(start),
        period_end=str(end),
        observed=", ".join(vintages.apart),
        expected="codes of one date",
        evidence={"periods": [f"{s}/{e}" for s, e in mixed]},
    )
