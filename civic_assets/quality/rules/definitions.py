"""Rules about the definition of a measure over the time that a release covers.

Belongs here: H-11 and H-14 for a publisher's own file. Does not belong here: the register of breaks and the
vocabulary (`civic_assets.harmonise`), and derived comparisons (`civic_assets.harmonise.comparability.verdict`),
which are refused across a break.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.comparability.breaks import Figure, breaks
from civic_assets.harmonise.measures.recorded_crime import unmapped
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.quality.analyses.periods_shown import periods_shown_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, measure_words
from civic_assets.quality.rules.periods import compared_with
from civic_assets.tables.release_names import edition_of
from civic_assets.values.period_words import spoken_day, spoken_period
from civic_assets.values.periods import Period, PeriodKind

if TYPE_CHECKING:
    from civic_assets.harmonise.comparability.breaks import Break


CLASSIFIED = frozenset({"recorded_crime_met", "recorded_crime_offence", "street_level_crimes"})
"""Measures whose breakdown is the publisher's own class of crime."""


@rule(
    "H-11",
    "Known break inside the window",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="No published change compares periods across a break of the register that rules the comparison out. In a "
    "publisher's file this is a warning; a derived comparison is refused.",
    cannot_tell="the size of the break, and breaks that are not in the register",
    guidance="Do not read these changes as real.",
)
def break_inside(release: ReleaseView) -> RuleOutcome:
    """H-11: one finding for each break and pair of periods in a table, with the changes that cross it."""
    import pyarrow.compute as pc

    table = release.observations
    key = ["table_id", "measure", "breakdown", "unit", "period_start", "period_end", "period_kind"]
    # Where the publisher prints a mark instead of a change, it does not make a comparison.
    rows = table.filter(pc.and_(pc.equal(table["statistic"], "change"), pc.is_valid(table["value"])))
    groups = rows.group_by(key, use_threads=False).aggregate([("area_code", "list"), ("locator", "list")])
    # By break, table and periods, the changes of each measure.
    crossing: dict[tuple[str, str, Period, Period], dict[str, list[str]]] = defaultdict(dict)
    found: dict[str, Break] = {}
    checked = 0
    for group in groups.to_pylist():
        period = Period(group["period_start"], group["period_end"], PeriodKind(group["period_kind"]))
        base = compared_with(release, group["breakdown"], period)
        if base is None:
            continue
        checked += len(group["locator_list"])
        # Both figures of a published change are in one release, so it does not cross editions.
        figure = Figure(
            release.contract.source,
            group["measure"],
            "",
            base,
            group["breakdown"],
            group["unit"],
            release.release,
        )
        for entry in breaks():
            if entry.action != "block" or not replace(entry, areas=None).separates(
                figure, replace(figure, period=period)
            ):
                continue
            within = {area for area in set(group["area_code_list"]) if entry.covers(area or "")}
            cells = zip(group["area_code_list"], group["locator_list"], strict=True)
            if across := [locator for area, locator in cells if area in within]:
                found[entry.id] = entry
                changes = crossing[entry.id, group["table_id"], base, period]
                changes.setdefault(group["measure"], []).extend(across)
    if not checked:
        return not_evaluated("no_input", "no published change states the periods that it compares")
    findings = [
        _crosses(found[identifier], base, period, changes)
        for (identifier, _, base, period), changes in crossing.items()
    ]
    number = len({locator for finding in findings for locator in finding.locators})
    return outcome_of(
        checked, findings, f"{counted(checked, 'published change')}, none across a known break", number
    )


def _crosses(item: Break, base: Period, period: Period, changes: Mapping[str, list[str]]) -> Finding:
    unsure = "" if item.verified else " (not verified)"
    locators = [locator for of_measure in changes.values() for locator in of_measure]
    first, *others = changes
    more = f" and {counted(len(others), 'other measure')}" if others else ""
    message = (
        f"{locators[0]}: {counted(len(locators), 'change')} of '{measure_words(first)}'{more} "
        f"compare{'s' * (len(locators) == 1)} {spoken_period(base)} with {spoken_period(period)} across the break "
        f"{item.id} of {spoken_day(item.date_from)}{unsure}: {item.effect}."
    )
    return Finding(
        "H-11",
        message,
        locators[0],
        locators,
        severity="warning",
        measure="" if others else first,
        period_start=str(period.start),
        period_end=str(period.end),
        expected="no comparison across the break",
        evidence={
            "break_id": item.id,
            "changed_on": str(item.date_from),
            "reference": item.reference,
            "changes": {measure: len(of_measure) for measure, of_measure in changes.items()},
        },
    )


@rule(
    "H-14",
    "Constant definition",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="One definition of the vocabulary is in force over all periods that a release gives for a measure. In a "
    "publisher's file this is a warning; a derived comparison is refused.",
    cannot_tell="a redefinition that was not announced",
    guidance="Do not compare figures from before and after the change.",
)
def one_definition(release: ReleaseView) -> RuleOutcome:
    """H-14: one finding for each measure for which the release covers two definitions."""
    groups = release.observations.group_by("measure", use_threads=False).aggregate(
        [("period_start", "min"), ("period_end", "max"), ("locator", "first")]
    )
    findings, checked = [], 0
    columns: list[list[Any]] = [groups[name].to_pylist() for name in groups.column_names]
    by_name = dict(zip(groups.column_names, columns, strict=True))
    names = ("measure", "period_start_min", "period_end_max", "locator_first")
    for measure, start, end, locator in sorted(zip(*(by_name[name] for name in names), strict=True)):
        definition = measure_of(measure, release.contract.source)
        if definition is None or not definition.versions:
            continue
        checked += 1
        versions = definition.versions_in(start, end)
        if any(not version.continues for version in versions[1:]):
            findings.append(_redefined(measure, start, end, locator, [(v.from_, v.text) for v in versions]))
    if not checked:
        return not_evaluated("no_reference", "the vocabulary has no dated definition of these measures")
    return outcome_of(
        checked, findings, f"{counted(checked, 'measure')} with dated definitions, one in force for each"
    )


def _redefined(
    measure: str, start: date, end: date, locator: str, versions: list[tuple[date | None, str]]
) -> Finding:
    since = "; ".join(f"{f'from {spoken_day(day)}' if day else 'before'}: {text}" for day, text in versions)
    message = (
        f"{locator}: the figures of '{measure_words(measure)}' cover {spoken_day(start)} to "
        f"{spoken_day(end - timedelta(days=1))}, and its definition changed in that time ({since})."
    )
    return Finding(
        "H-14",
        message,
        locator,
        [locator],
        severity="warning",
        measure=measure,
        period_start=str(start),
        period_end=str(end),
        observed=f"{len(versions)} definitions",
        expected="1",
        evidence={"changed_on": [str(day) for day, _ in versions if day]},
    )


@rule(
    "K-04",
    "Known classes of crime",
    dimension="consistency",
    layer="harmonised",
    severity="warning",
    statement="Every class of recorded crime that a release prints has a place in "
    "`vocabularies/recorded_crime.yaml`; a "
    "class without one is left out of sums that are compared with another source.",
    cannot_tell="a class that keeps its name and changes its content",
    guidance="Add the class to vocabularies/recorded_crime.yaml.",
    applies=lambda contract: bool(contract.printed_measures & CLASSIFIED),
)
def classes_known(release: ReleaseView) -> RuleOutcome:
    """K-04: one finding for each class without a place, with the first cell of it."""
    classes = {
        (shown.measure, shown.breakdown): shown.locator
        for together in release.derived(periods_shown_of).values()
        for shown in together
        if shown.measure in CLASSIFIED
    }
    source, edition = release.contract.source, edition_of(release.release)
    findings = [
        Finding(
            "K-04",
            f"{classes[item.measure, item.breakdown]}: {item.message}",
            classes[item.measure, item.breakdown],
            [classes[item.measure, item.breakdown]],
            severity="warning",
            measure=item.measure,
            observed=item.breakdown,
            expected="a class of vocabularies/recorded_crime.yaml",
        )
        for item in unmapped((source, edition, *each) for each in classes)
    ]
    return outcome_of(
        len(classes),
        findings,
        f"{counted(len(classes), 'class', 'classes')}, each with a place in the vocabulary",
    )
