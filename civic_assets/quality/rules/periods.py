"""Rules about the periods of one release: can they be read as consecutive times?

Belongs here: H-01, H-13 and H-17 for a publisher's own file. Does not belong here: the form of one period (V-08,
`rules.schema`), what a caption says about it (V-09, `rules.captions`), and the periods of derived tables
(`civic_assets.quality.published.rules`), where H-01 is an error.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from civic_assets.harmonise.comparability.breaks import abnormal_share
from civic_assets.harmonise.time.alignment import jaccard
from civic_assets.house_numbers.comparability import ABNORMAL_SHARE, PERIODS_FOR_A_TREND
from civic_assets.house_numbers.listing import PERIODS_NAMED
from civic_assets.quality.analyses.periods_shown import SeriesPeriod, periods_shown_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, measure_words, table_name
from civic_assets.quality.localisation.cases import localisation_of
from civic_assets.quality.rules.claims.periods import directions
from civic_assets.values.period_words import spoken_days, spoken_period
from civic_assets.values.periods import Period

_TREND = re.compile(
    r"\b(?:trends?|(?:in|de)creas(?:e|es|ed|ing)|ris(?:e|es|en|ing)|rose|fall(?:s|en|ing)?|fell|growth|grow(?:s|n|ing)?"
    r"|declin(?:e|es|ed|ing)|soar(?:s|ed|ing)?|surg(?:e|es|ed|ing))\b"
)


@rule(
    "H-01",
    "Overlapping years compared",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="No two periods of one kind that a table shows for one measure overlap, and no published change compares "
    "two that do. In a publisher's file this is a warning; between derived figures it is an error.",
    cannot_tell="whether a change between separate periods is real",
    guidance="Compare periods that do not overlap.",
)
def overlapping_periods(release: ReleaseView) -> RuleOutcome:
    """H-01: one finding for each pair of overlapping periods of a table, with the share and the unshared parts."""
    series: dict[tuple[str, str, str, str], list[SeriesPeriod]] = defaultdict(list)
    for shown in release.derived(periods_shown_of).get("flow", ()):
        series[shown.table, shown.measure, shown.unit, shown.breakdown].append(shown)
    by_pair: dict[tuple[str, Period, Period], list[SeriesPeriod]] = defaultdict(list)
    before: dict[tuple[str, Period, Period], list[SeriesPeriod]] = defaultdict(list)
    pairs: set[tuple[str, Period, Period]] = set()
    for together in series.values():
        for earlier, later in _near(together):
            pair = (earlier.table, earlier.period, later.period)
            pairs.add(pair)
            if earlier.period.overlap_days(later.period):
                by_pair[pair].append(later)
                before[pair].append(earlier)
    changes = list(_changes(release))
    findings = [
        _overlap(release, *pair, shown, difference(release, before[pair], shown))
        for pair, shown in by_pair.items()
    ]
    findings += [
        _overlap(release, table, base, period, [shown], compared=True)
        for table, base, period, shown in changes
        if base.overlap_days(period)
    ]
    checked = len(pairs) + len(changes)
    if not checked:
        return not_evaluated("no_input", "no table shows two periods of the same kind for one measure")
    return outcome_of(checked, findings, f"{counted(checked, 'pair')} of periods, none overlapping")


def _near(together: list[SeriesPeriod]) -> Iterator[tuple[SeriesPeriod, SeriesPeriod]]:
    """Pairs that could overlap, and neighbours: a series of months does not need all its pairs."""
    for index, earlier in enumerate(together):
        for later in together[index + 1 :]:
            if later.period.kind != earlier.period.kind:
                continue
            yield earlier, later
            if later.period.start >= earlier.period.end:
                break


def _changes(release: ReleaseView) -> Iterator[tuple[str, Period, Period, SeriesPeriod]]:
    for shown in release.derived(periods_shown_of).get("change", ()):
        base = compared_with(release, shown.breakdown, shown.period)
        if base is not None:
            yield shown.table, base, shown.period, shown


def compared_with(release: ReleaseView, breakdown: str, period: Period) -> Period | None:
    """The period that a published change compares with; None when neither the figure nor the contract states it.

    The figure states it as `compared_with=2017-01-01/2018-01-01`; a contract that declares the rule `change` compares
    with the year before.
    """
    match = re.search(
        r"compared_with=([0-9]{4}-[0-9][0-9]-[0-9][0-9])/([0-9]{4}-[0-9][0-9]-[0-9][0-9])", breakdown
    )
    if match:
        start, end = (date.fromisoformat(day) for day in match.groups())
        return Period(start, end, period.kind)
    return period.year_before() if any(rule.kind == "change" for rule in release.contract.rules) else None


def _overlap(
    release: ReleaseView,
    table: str,
    earlier: Period,
    later: Period,
    series: Iterable[SeriesPeriod],
    unshared: tuple[SeriesPeriod, SeriesPeriod, float] | None = None,
    *,
    compared: bool = False,
) -> Finding:
    shown = list(series)
    days = earlier.overlap_days(later)
    share = days / min(earlier.days, later.days)
    # A table that shows both leaves the comparison to its reader; a published change makes it.
    verb, joined = ("compares", "with") if compared else ("shows", "and")
    message = (
        f"{shown[0].locator}: {table_name(release.contract, table)} {verb} {spoken_period(earlier)} "
        f"{joined} {spoken_period(later)}; they overlap by {counted(days, 'day')} ({share:.1%} of the shorter; "
        f"Jaccard index {jaccard(earlier, later):.2f}). The difference between them is "
        f"{_parts(earlier, later)}, not a change from one year to the next."
    )
    evidence: dict[str, Any] = {
        "overlap_days": days, "share": round(share, 4), "series": sum(s.figures for s in shown),
    }  # fmt: skip
    if unshared is not None:
        first, last, value = unshared
        cells = f"{last.locator} less {first.locator}"
        message = f"{message[:-1]}: {value:+,.0f} for {measure_words(last.measure)} ({cells})."
        evidence["difference"] = {
            "measure": last.measure,
            "value": value,
            "cells": [last.locator, first.locator],
        }
    return Finding(
        "H-01",
        message,
        shown[0].locator,
        [s.locator for s in shown],
        severity="warning",
        measure=shown[0].measure if len(shown) == 1 else "",
        period_start=str(later.start),
        period_end=str(later.end),
        observed=f"{earlier} and {later}",
        expected="periods that do not overlap",
        evidence=evidence,
    )


def _parts(earlier: Period, later: Period) -> str:
    """What the difference of two overlapping periods consists of: the shared days cancel out."""
    if earlier.start < later.start and earlier.end < later.end:
        return f"{spoken_days(earlier.end, later.end)} less {spoken_days(earlier.start, later.start)}"
    return "the days that only one of them has"


@rule(
    "H-13",
    "Unusual period",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="The share of a flow's period inside an unusual time of the register of breaks; above a quarter the "
    "period is not a fair base for a comparison (a house rule).",
    cannot_tell="what the figure would have been otherwise",
    guidance="Do not use such a period as a baseline.",
)
def abnormal_periods(release: ReleaseView) -> RuleOutcome:
    """H-13: one finding for each table, with the share of each period; information where all shares are small."""
    tables: dict[str, dict[Period, SeriesPeriod]] = defaultdict(dict)
    for shown in release.derived(periods_shown_of).get("flow", ()):
        tables[shown.table].setdefault(shown.period, shown)
    findings = []
    for name, periods in tables.items():
        shares = {period: share for period in periods if (share := abnormal_share(period)) > 0}
        if not shares:
            continue
        worst = max(shares, key=lambda period: (shares[period], period))
        number = sum(share > ABNORMAL_SHARE for share in shares.values())
        message = (
            f"{periods[worst].locator}: {_how_many(len(shares), len(periods))} in "
            f"{table_name(release.contract, name)} overlap{'s' * (len(shares) == 1)} the pandemic restrictions"
            f"{_how_far(number, len(shares))}: {_shares(shares, worst)}."
        )
        finding = Finding(
            "H-13",
            message,
            periods[worst].locator,
            [periods[period].locator for period in shares],
            severity="warning" if number else "info",
            period_start=str(worst.start),
            period_end=str(worst.end),
            observed=f"{shares[worst]:.0%}",
            expected=f"at most {ABNORMAL_SHARE:.0%}",
            evidence={"shares": {str(period): round(share, 4) for period, share in shares.items()}},
        )
        findings.append(finding)
    checked = sum(len(periods) for periods in tables.values())
    return outcome_of(checked, findings, f"{counted(checked, 'period')}, none in an unusual time")


def _how_many(some: int, all_: int) -> str:
    if all_ == 1:
        return "the only period"
    return f"all {all_:,} periods" if some == all_ else f"{some:,} of the {all_:,} periods"


def _how_far(number: int, some: int) -> str:
    """How many of some periods overlap for longer than is fair."""
    limit = f"by more than {ABNORMAL_SHARE:.0%} of the days"
    if number == some:
        return f" {limit}"
    return f", {number:,} of them {limit}" if number else f", none of them {limit}"


def _shares(shares: Mapping[Period, float], worst: Period) -> str:
    """Each period with its share where they are few, else the worst."""
    few = len(shares) <= PERIODS_NAMED
    listed = sorted(shares) if few else [worst]
    return ("" if few else "most of all ") + ", ".join(
        f"{spoken_period(period)} by {shares[period]:.0%}" for period in listed
    )


@rule(
    "H-17",
    "Enough periods for a trend",
    dimension="validity",
    layer="harmonised",
    severity="warning",
    statement="The table below a title that speaks of a trend, a rise or a fall has at least three separate periods, "
    "and the tables with a sentence that does so show as many of its subject (a house rule).",
    cannot_tell="whether three periods are enough for the question",
    guidance="Do not repeat this as a trend.",
)
def enough_for_a_trend(release: ReleaseView) -> RuleOutcome:
    """H-17: words of direction in titles against the disjoint periods of the table below."""
    titles = {name: block for name, block in release.found.blocks.items() if block.title}
    in_text = directions(release, _TREND, PERIODS_FOR_A_TREND, most_disjoint)
    if not titles and not in_text.checked:
        return not_evaluated("no_input", "no table has a title")
    periods: dict[str, set[Period]] = defaultdict(set)
    for shown in release.derived(periods_shown_of).get("flow", ()):
        periods[shown.table].add(shown.period)
    findings = []
    for name, block in titles.items():
        word = _TREND.search(block.title.lower())
        disjoint = most_disjoint(periods[name])
        if word and disjoint < PERIODS_FOR_A_TREND:
            message = (
                f"{block.title_locator} says {word[0]!r}, but its table has {counted(disjoint, 'separate period')} and "
                f"a trend needs {PERIODS_FOR_A_TREND}: {block.title[:120]!r}."
            )
            finding = Finding(
                "H-17", message, block.title_locator, [block.title_locator], severity="warning", observed=word[0],
                expected=f"at least {PERIODS_FOR_A_TREND} disjoint periods",
            )  # fmt: skip
            findings.append(finding)
    checked = len(titles) + in_text.checked
    return outcome_of(
        checked,
        [*findings, *in_text.findings],
        f"{counted(checked, 'title or sentence', 'titles and sentences')}, none claims a trend that its table cannot "
        "support",
    )


def most_disjoint(periods: Iterable[Period]) -> int:
    """Largest number of periods that do not overlap: the earliest end is chosen first."""
    number, until = 0, date.min
    for period in sorted(periods, key=lambda p: p.end):
        if period.start >= until:
            number, until = number + 1, period.end
    return number


def difference(
    release: ReleaseView, before: Sequence[SeriesPeriod], after: Sequence[SeriesPeriod]
) -> tuple[SeriesPeriod, SeriesPeriod, float] | None:
    """The difference of one series of a pair that is a single figure in each of two periods.

    Args:
        release: The release.
        before: Series in the earlier period.
        after: The same series in the later one, in the same order.

    Returns:
        Both, and the later figure less the earlier; None if no series is a single figure, or all such figures are
        disputed by a sum.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    accused = {
        release.derived(localisation_of).locator(cell)
        for case in release.derived(localisation_of).cases
        for cell in case.disputes
    }
    single = [
        (earlier, later)
        for earlier, later in zip(before, after, strict=True)
        if earlier.figures == later.figures == 1 and not {earlier.locator, later.locator} & accused
    ]
    if not single:
        return None
    # The sum of all comes first where a table prints one.
    earlier, later = next((pair for pair in single if pair[0].measure.startswith("total_")), single[0])
    table = release.observations
    few = table.filter(pc.is_in(table["locator"], pa.array([earlier.locator, later.locator])))
    values = dict(zip(few["locator"].to_pylist(), few["value"].to_pylist(), strict=True))
    first, last = values.get(earlier.locator), values.get(later.locator)
    return None if first is None or last is None else (earlier, later, last - first)
