"""Whether a figure fits the size of the area that it names.

Belongs here: X-05 within one release. Does not belong here: months and years of different sources side by side
(`published.rules`), and what a text says twice (`rules.claims.sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.contracts.statements import StatementSubject, ships_statements, subjects
from civic_assets.parsing.statements import Statement
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, figure, period_name
from civic_assets.quality.localisation.cases import localisation_of
from civic_assets.values.cells import label

_MONTH, _YEAR = (28, 31), (365, 366)


def _has_scale(contract: Contract) -> bool:
    return ships_statements(contract) and {"month_scale_low", "month_scale_high"} <= set(contract.thresholds)


@rule(
    "X-05",
    "Scale of the area",
    dimension="consistency",
    layer="harmonised",
    severity="blocking",
    statement="A month's count that the text gives for an area, divided by a twelfth of the nearest year that the "
    "tables give for the same area and measure, lies between the contract's month_scale_low and "
    "month_scale_high.",
    cannot_tell="which other area the count is for, and a month that really was unusual",
    guidance="Ask the author which area the count is for.",
    applies=_has_scale,
)
def scale_of_the_area(release: ReleaseView) -> RuleOutcome:
    """X-05: one finding for each count of a month that is not of the scale of its area."""
    assert release.parsed is not None
    known = subjects(release.contract)
    low, high = (release.contract.thresholds[f"month_scale_{end}"] for end in ("low", "high"))
    findings, checked = [], 0
    for statement in release.parsed.statements:
        about = known.get(label(statement.subject), StatementSubject())
        if not (statement.claim == "number" and statement.area and about.measures and _is_month(statement)):
            continue
        year = _nearest_year(release, statement, about)
        mean = sum(row["value"] for row in year) / 12
        if not mean or statement.value is None:
            continue
        checked += 1
        ratio = statement.value / mean
        if not low.value <= ratio <= high.value:
            findings.append(_finding(statement, year, mean, ratio, (low.value, high.value)))
    if not checked:
        nothing = "the text gives no monthly figure for which a table gives the year"
        return not_evaluated("no_reference", nothing)
    return outcome_of(
        checked, findings, f"{counted(checked, 'month')} of the text, each in proportion to its area"
    )


def _is_month(statement: Statement) -> bool:
    span = statement.span
    return span is not None and _MONTH[0] <= (span.end - span.start).days <= _MONTH[1]


def _nearest_year(
    release: ReleaseView, statement: Statement, about: StatementSubject
) -> list[dict[str, Any]]:
    """Counts of the year nearest to a month that has all measures of its subject, none of them accused by a sum."""
    import pyarrow as pa
    import pyarrow.compute as pc

    assert statement.span is not None
    table, located = release.observations, release.derived(localisation_of)
    accused = [located.locator(cell) for case in located.cases for cell in case.disputes]
    mine = pc.is_in(table["measure"], pa.array(list(about.measures), pa.string()))
    for name, wanted in (
        ("area_code", statement.area),
        ("unit", "count"),
        ("statistic", "flow"),
        ("breakdown", "total"),
    ):
        mine = pc.and_(mine, pc.equal(table[name], wanted))
    sound = pc.invert(pc.is_in(table["locator"], pa.array(accused, pa.string())))
    mine = pc.and_(mine, pc.and_(pc.is_valid(table["value"]), sound))
    years: dict[tuple[date, date], dict[str, dict[str, Any]]] = {}
    columns = ["measure", "value", "value_text", "locator", "period_start", "period_end"]
    for row in table.filter(mine).select(columns).to_pylist():
        start, end = row["period_start"], row["period_end"]
        if _YEAR[0] <= (end - start).days <= _YEAR[1]:
            years.setdefault((start, end), {})[row["measure"]] = row
    whole = [when for when, rows in years.items() if set(rows) == set(about.measures)]
    if not whole:
        return []
    middle = statement.span.start.toordinal()
    best = min(whole, key=lambda when: (abs((when[0].toordinal() + when[1].toordinal()) / 2 - middle), when))
    return [years[best][measure] for measure in about.measures]


def _finding(
    statement: Statement,
    year: Sequence[Mapping[str, Any]],
    mean: float,
    ratio: float,
    band: tuple[float, float],
) -> Finding:
    start, end = year[0]["period_start"], year[0]["period_end"]
    cells = [row["locator"] for row in year]
    message = (
        f"{statement.locator} ({statement.section}) gives {statement.said} {statement.unit} of {statement.subject} in "
        f"{statement.area_name} in {statement.span}. An average month of the {period_name(start, end)} has {mean:,.1f} "
        f"({' + '.join(figure(row['value_text']) for row in year)} in 12 months, {' and '.join(cells)}). The ratio is "
        f"{ratio:.2f}; {band[0]:g} to {band[1]:g} is expected. The count is not on the scale of {statement.area_name}, "
        "and the text does not say which area it is for."
    )
    return Finding(
        "X-05",
        message,
        statement.locator,
        [statement.locator, *cells],
        severity="warning",
        measure=year[0]["measure"] if len(year) == 1 else "",
        area_code=statement.area,
        period_start=str(statement.span.start) if statement.span else "",
        period_end=str(statement.span.end) if statement.span else "",
        observed=f"{ratio:.2f} of a mean month",
        expected=f"{band[0]:g} to {band[1]:g}",
        evidence={"count": statement.value, "monthly_mean": round(mean, 1), "ratio": round(ratio, 2),
                  "measures": [row["measure"] for row in year]},
    )  # fmt: skip
