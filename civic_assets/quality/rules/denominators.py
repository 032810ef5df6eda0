"""Rules about what a rate is per, and whom a figure speaks for.

Belongs here: H-04, H-06, H-15 and H-16 for a publisher's own file. Does not belong here: the arithmetic of count, rate
and denominator (V-17 and V-18, `accounting_rules`), and denominators that we choose (`civic_assets.publish`).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING

from civic_assets.contracts.particulars import CarriedForward
from civic_assets.harmonise.comparability.misalignments import per
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.house_numbers.comparability import DENOMINATOR_DAYS
from civic_assets.house_numbers.statistics import FEWEST_AREAS_OF_A_KIND, SURVIVOR_BIAS_SHARE
from civic_assets.quality.analyses.area_codes import area_label
from civic_assets.quality.analyses.periods_shown import periods_shown_of
from civic_assets.quality.analyses.shared_denominators import bases_in_a_column
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, day_name, kind_name, measure_words, table_name
from civic_assets.values.period_words import spoken_day, spoken_period
from civic_assets.values.periods import Period

if TYPE_CHECKING:
    from civic_assets.quality.analyses.periods_shown import SeriesPeriod


@rule(
    "H-04",
    "Denominator date and vintage",
    dimension="accuracy",
    layer="harmonised",
    severity="warning",
    statement="The denominator that a release prints for its rates is dated inside the period, or at most 183 days "
    "from "
    "its middle.",
    cannot_tell="migration within the year, and the date of a denominator that is not printed",
    guidance="Recompute the rates with an estimate nearer to the period before you compare them.",
)
def denominator_date(release: ReleaseView) -> RuleOutcome:
    """H-04: one finding for each period and denominator, with the rates that use it."""
    bases: dict[str, set[date]] = defaultdict(set)
    for shown in release.derived(periods_shown_of).get("stock", ()):
        bases[shown.measure].add(shown.period.start)
    late: dict[tuple[str, date, Period], list[str]] = defaultdict(list)
    checked = 0
    rates = release.derived(periods_shown_of).get("rate", ())
    # A file that repeats the rates of many years prints the denominator of the latest ones only.
    latest: dict[str, date] = {}
    for shown in rates:
        latest[shown.table] = max(shown.period.end, latest.get(shown.table, date.min))
    for shown in rates:
        if shown.period.end < latest[shown.table]:
            continue
        definition = measure_of(shown.measure, release.contract.source)
        base = definition.denominator_for(shown.unit) if definition else None
        if base is None or not bases.get(base.measure):
            continue
        checked += 1
        middle = shown.period.start + timedelta(days=shown.period.days // 2)
        nearest = min(bases[base.measure], key=lambda day: (abs((day - middle).days), day))
        inside = shown.period.start <= nearest < shown.period.end
        if not inside and abs((nearest - middle).days) > DENOMINATOR_DAYS:
            late[base.measure, nearest, shown.period].append(shown.locator)
    if not checked:
        return not_evaluated("no_input", "the release prints no denominator with its rates")
    findings = [_late(*key, locators) for key, locators in late.items()]
    return outcome_of(
        checked,
        findings,
        f"{counted(checked, 'rate')}, each with a denominator dated near its period",
        sum(map(len, late.values())),
    )


def _late(measure: str, day: date, period: Period, locators: list[str]) -> Finding:
    middle = period.start + timedelta(days=period.days // 2)
    message = (
        f"{locators[0]}: {counted(len(locators), 'measure')} for {spoken_period(period)} "
        f"{'is' if len(locators) == 1 else 'are'} divided by the {measure_words(measure)} of {spoken_day(day)}, "
        f"{abs((day - middle).days)} days from the middle of the period; {DENOMINATOR_DAYS} are allowed."
    )
    return Finding(
        "H-04",
        message,
        locators[0],
        locators,
        severity="warning",
        period_start=str(period.start),
        period_end=str(period.end),
        observed=str(day),
        expected=f"a date within {DENOMINATOR_DAYS} days of {middle}",
    )


@rule(
    "H-06",
    "Age bands equal",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="Rates that a table prints in one column use the same people as their base: one age group, one way of "
    "counting age, one population. In a publisher's file this is a warning; a derived comparison is refused.",
    cannot_tell="misreported ages",
    guidance="Do not compare the rates of this column with each other.",
    applies=lambda contract: bool(contract.side_by_side),
)
def one_base(release: ReleaseView) -> RuleOutcome:
    """H-06: the contract names tables that print different measures in one column (`sideBySide`)."""
    findings, checked = [], 0
    for name in release.contract.side_by_side:
        rows: dict[str, list[SeriesPeriod]] = defaultdict(list)
        for shown in release.derived(periods_shown_of).get("rate", ()):
            if shown.table != name:
                continue
            checked += 1
            definition = measure_of(shown.measure, release.contract.source)
            base = definition.denominator_for(shown.unit) if definition else None
            stated = (
                per(base) if base and base.stated else f"an unstated base of {measure_words(shown.measure)}"
            )
            rows[stated].append(shown)
        if len(rows) > 1:
            bases = "; ".join(
                f"{base}: {', '.join(measure_words(s.measure) for s in cells)}"
                for base, cells in rows.items()
            )
            locators = [shown.locator for cells in rows.values() for shown in cells]
            message = (
                f"{locators[0]}: one column of {table_name(release.contract, name)} prints rates on {len(rows)} "
                f"different bases ({bases})."
            )
            finding = Finding(
                "H-06", message, locators[0], locators, severity="warning", observed=f"{len(rows)} bases",
                expected="one base, or the base next to each figure",
            )  # fmt: skip
            # Bases that are not stated need not differ: counts and rates say how many there are at least.
            findings.append(bases_in_a_column(release, name, len(rows)) or finding)
    return outcome_of(checked, findings, f"{counted(checked, 'rate')} on one base", checked)


@rule(
    "H-15",
    "Survivors of the panel",
    dimension="completeness",
    layer="harmonised",
    severity="warning",
    statement="The share of areas with figures in all periods of a table, of all areas that ever have one; their mean "
    "count differs from that of all areas by at most 2% (a house rule).",
    cannot_tell="selection inside an area, and whether areas ended or did not report",
    guidance="Use all areas, not only those in every period.",
)
def survivors(release: ReleaseView) -> RuleOutcome:
    """H-15: one finding for each table and kind of area of which some have no figure in some period.

    Areas that reorganisation ended or began, and areas that did not report, both drop out of a panel of those that are
    always there; what is left may be unlike the whole. Information where the means differ little.
    """
    if not _several_periods(release):
        return not_evaluated("no_input", "no table has several periods for several areas")
    with in_sql(o=release.observations.select(_PANEL)) as connection:
        rows = connection.execute(_SURVIVORS, {"fewest": FEWEST_AREAS_OF_A_KIND}).fetchall()
    if not rows:
        return not_evaluated("no_input", "no table has several periods for several areas")
    findings, checked = [], 0
    for table, kind, periods, areas, lasting, locator, bias, measure, missing in rows:
        checked += areas
        if lasting == areas:
            continue
        bent = bias is not None and abs(bias) > SURVIVOR_BIAS_SHARE
        how = (
            f"their mean of '{measure_words(measure)}' differs by {bias:+.1%} from that of all areas"
            if bias is not None
            else "there are no counts to compare"
        )
        message = (
            f"{locator}: {lasting:,} of the {areas:,} {kind_name(kind, plural=True)} in "
            f"{table_name(release.contract, table)} have figures in all {periods:,} periods; {how}. "
            f"Missing in some: {', '.join(map(area_label, missing[:10]))}{' and others' if len(missing) > 10 else ''}."
        )
        finding = Finding(
            "H-15", message, locator, [locator], severity="warning" if bent else "info",
            observed=f"{lasting} of {areas}", expected=str(areas), 
            evidence={"bias": bias, "areas": missing, "missing_areas": list(map(area_label, missing))},
        )  # fmt: skip
        findings.append(finding)
    return outcome_of(checked, findings, f"{counted(checked, 'area')}, all with figures in all periods")


def _several_periods(release: ReleaseView) -> bool:
    """Whether a table shows more than one period of a measure."""
    starts: dict[tuple[str, str], set[date]] = defaultdict(set)
    for shown in chain.from_iterable(release.derived(periods_shown_of).values()):
        starts[shown.table, shown.measure].add(shown.period.start)
    return any(len(found) > 1 for found in starts.values())


_PANEL = [
    "table_id",
    "area_type",
    "area_code",
    "measure",
    "unit",
    "statistic",
    "period_start",
    "row_number",
    "value",
    "status",
    "locator",
]
# An area whose figure is suppressed did report: it is hidden from readers, but not missing from the panel.
# A panel is a series of one measure over the areas of a table; the one with the largest survivor bias represents it.
_SURVIVORS = """
WITH known AS (
        FROM o
        WHERE (value IS NOT NULL OR status = 'suppressed') AND area_code NOT LIKE '%/%' AND statistic NOT IN ('change')
    ),
    present AS (
        SELECT table_id, area_type, measure, unit, area_code, count(DISTINCT period_start) AS periods,
            coalesce(sum(value), 0) AS total,
            count(value) AS figures, min_by(locator, row_number) AS locator, min(row_number) AS row_number
        FROM known GROUP BY ALL
    ),
    panel AS (
        SELECT table_id, area_type, measure, unit, max(periods) AS periods, count(*) AS areas,
            sum(total) / nullif(sum(figures), 0) AS all_mean
        FROM present GROUP BY ALL HAVING max(periods) > 1 AND count(*) >= $fewest
    ),
    judged AS (
        SELECT p.table_id, p.area_type, p.measure, p.unit, any_value(p.periods) AS periods, any_value(p.areas) AS areas,
            count(*) FILTER (a.periods = p.periods) AS lasting,
            coalesce(min_by(a.locator, a.row_number) FILTER (a.periods < p.periods), min_by(a.locator,
                a.row_number)) AS locator,
            (sum(a.total) FILTER (a.periods = p.periods)
                / nullif(sum(a.figures) FILTER (a.periods = p.periods), 0))
                / nullif(any_value(p.all_mean), 0) - 1 AS bias,
            coalesce(list_sort(list(a.area_code) FILTER (a.periods < p.periods)), []) AS missing
        FROM present a JOIN panel p USING (table_id, area_type, measure, unit) GROUP BY ALL
    )
SELECT table_id, area_type, periods, areas, lasting, locator, CASE WHEN unit = 'count' THEN bias END, measure, missing
FROM judged
QUALIFY row_number() OVER (
    PARTITION BY table_id, area_type ORDER BY lasting < areas DESC, unit = 'count' DESC, abs(bias) DESC NULLS
        LAST, measure
) = 1
ORDER BY table_id, area_type
"""


@rule(
    "H-16",
    "Carried-forward or imputed part",
    dimension="accuracy",
    layer="harmonised",
    severity="warning",
    statement="No total includes figures that its publisher carried forward or imputed for a part that did not report, "
    "as far as the contract lists them.",
    cannot_tell="the error of what was carried forward, and figures carried forward without notice",
    guidance="Do not use these totals to measure change.",
    applies=lambda contract: bool(contract.carried_forward),
)
def carried(release: ReleaseView) -> RuleOutcome:
    """H-16: the contract says which part was carried into which totals, and when (`carriedForward`)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table, findings, checked = release.observations, [], 0
    for entry in release.contract.carried_forward:
        inside = pc.and_(
            pc.greater_equal(table["period_end"], pa.scalar(entry.start, pa.date32())),
            pc.less_equal(table["period_end"], pa.scalar(entry.end, pa.date32())),
        )
        totals = pc.is_in(table["area_code"], pa.array(entry.into))
        checked += pc.sum(totals).as_py() or 0
        held = table.filter(pc.and_(pc.and_(inside, totals), pc.is_valid(table["value"])))
        if held.num_rows:
            findings.append(_carried(entry, held["locator"].to_pylist()))
    return outcome_of(
        checked,
        findings,
        f"{counted(checked, 'total')}, none with figures carried forward",
        sum(len(f.locators) for f in findings),
    )


def _carried(entry: CarriedForward, locators: list[str]) -> Finding:
    message = (
        f"{locators[0]}: {counted(len(locators), 'total')} of "
        f"{' and '.join(map(area_label, entry.into))} between "
        f"{day_name(entry.start)} and {day_name(entry.end)} include{'s' * (len(locators) == 1)} figures carried "
        f"forward for {entry.part}: {entry.because}."
    )
    return Finding(
        "H-16",
        message,
        locators[0],
        locators,
        severity="warning",
        area_code=entry.into[0],
        period_end=str(entry.end),
        observed=f"carried for {entry.part}",
        expected="reported figures only",
        evidence={"missing_areas": [entry.part]},
    )
