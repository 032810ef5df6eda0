"""Rules about names, captions, absences and history.

Belongs here: V-05, V-07, V-09, V-21 and the known values of the contract (K-01). Does not belong here: equations
between figures (`accounting_rules`).
"""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from civic_assets.quality.results import Finding, Verdict, judged, not_evaluated
from civic_assets.quality.rule import Release, rule
from civic_assets.values.cells import label

# Fewest other disjoint periods before a series has a history to be an outlier of (catalogue, V-21).
_HISTORY = 4
# Floor of the median absolute deviation on the log scale: 5%, so that near-constant series do not make everything extreme.
_LEAST_SPREAD = 0.05


@rule(
    "V-05",
    "Code and name agree",
    dimension="consistency",
    layer="validated",
    severity="warning",
    statement="A code stands beside one name, and a name beside one code, in all rows and tables of a release.",
    cannot_tell="code and name wrong together",
)
def code_and_name(release: Release) -> Verdict:
    assert release.parsed is not None
    findings = [
        Finding("V-05", p.message, p.locator, [p.locator], severity="warning", observed=p.observed, expected=p.expected, area_code=p.area_code)
        for p in release.parsed.problems
        if p.check_id == "V-05"
    ]
    table = release.observations
    columns = [table[name].to_pylist() for name in ("area_code", "area_name", "locator")]
    names: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[tuple[str, str], str] = {}
    for code, name, locator in zip(*columns, strict=True):
        names[code or ""][name] += 1
        where.setdefault((code or "", name), locator)
    for code, printed in names.items():
        by_label: Counter[str] = Counter()
        for name, times in printed.items():
            by_label[label(name)] += times
        if len(by_label) > 1:
            usual = by_label.most_common(1)[0][0]
            for name in sorted(printed):
                if label(name) != usual:
                    locator = where[code, name]
                    right = next(n for n in printed if label(n) == usual)
                    message = f"{code} is called {name!r} in the row of {locator}, elsewhere in this release {right!r}."
                    findings.append(Finding("V-05", message, locator, [locator], severity="warning", observed=name, expected=right, area_code=code))
    return judged(len(names), findings, f"{len(names)} areas")


@rule(
    "V-07",
    "Share of absent values",
    dimension="completeness",
    layer="validated",
    severity="warning",
    statement="In no column (or table, where the contract says so) more than a contracted share of cells has no value.",
    cannot_tell="why a value is missing",
    applies=lambda contract: "null_share" in contract.thresholds,
)
def absent_values(release: Release) -> Verdict:
    limit = release.contract.thresholds["null_share"]
    by_table = release.contract.options.get("nullShares", {})
    table = release.observations
    total: Counter[tuple[str, str, str]] = Counter()
    absent: Counter[tuple[str, str, str]] = Counter()
    columns = (table[name].to_pylist() for name in ("table_id", "measure", "unit", "value"))
    for name, measure, unit, value in zip(*columns, strict=True):
        place = (name, "", "") if name in by_table else (name, measure, unit)
        total[place] += 1
        absent[place] += value is None
    findings = []
    for place, number in total.items():
        name, measure, unit = place
        share = absent[place] / number
        allowed = by_table[name]["value"] if name in by_table else limit.value
        because = by_table[name]["because"] if name in by_table else limit.because
        if share > allowed:
            what = f"{measure.replace('_', ' ')} ({unit}) in {name}" if measure else f"table {name}"
            message = (
                f"{absent[place]} of {number} figures of {what} are without a value: {share:.0%}, contracted at most "
                f"{allowed:.0%} ({because})."
            )
            findings.append(
                Finding(
                    "V-07",
                    message,
                    severity="warning",
                    measure=measure,
                    observed=f"{share:.3f}",
                    expected=f"<= {allowed:g}",
                )
            )
    shown = f"{sum(absent.values()):,} of {sum(total.values()):,} cells absent"
    return judged(len(total), findings, f"{len(total)} columns and tables, {shown}")


@rule(
    "V-09",
    "Captions agree on the period",
    dimension="consistency",
    layer="validated",
    severity="warning",
    statement="Titles and covers name the years of the tables: the current year, and the year before it; no flow ends after its publication.",
    cannot_tell="a period that is stated nowhere",
)
def captions_agree(release: Release) -> Verdict:
    assert release.parsed is not None
    findings: list[Finding] = []
    stated = release.parsed.captions
    current = [c for c in stated if c.table]
    checked = len(stated)
    if current:
        latest = max(c.period for c in current)
        allowed = {latest, latest.year_before()}
        by_table = {t.name: t for t in release.contract.tables}
        covers = [c for c in stated if not c.table and _is_cover(release, c.locator)]
        checked = len(current) + len(covers)
        for caption in [*current, *covers]:
            table = by_table.get(caption.table)
            wanted = allowed if table and len({c.period for c in current if c.table == caption.table}) > 1 else {latest}
            if table and table.occurrence == "previous":
                wanted = {latest.year_before()}
            if caption.period not in wanted:
                expected = " or ".join(map(str, sorted(wanted)))
                message = f"{caption.locator} names {caption.period}, the tables make it {expected}: {caption.text[:120]!r}."
                findings.append(Finding("V-09", message, caption.locator, [caption.locator], severity="warning", observed=str(caption.period), expected=expected))
    findings.extend(_after_publication(release))
    checked += release.observations.num_rows if not current else 0
    return judged(checked, findings, f"{checked} statements of a period")


def _is_cover(release: Release, locator: str) -> bool:
    ignored = release.contract.ignores_sheet(locator.rpartition("!")[0])
    return bool(ignored and "captions" in ignored.because)


def _after_publication(release: Release) -> list[Finding]:
    """Figures of a period that was not over when they were published."""
    published = release.contract.options.get("publishedOn")
    if published is None:
        return []
    table = release.observations
    columns = (table[name].to_pylist() for name in ("locator", "measure", "period_end", "period_start", "statistic", "area_code"))
    findings: dict[str, Finding] = {}
    for locator, measure, end, start, _, area in zip(*columns, strict=True):
        if end > published and measure not in findings:
            message = (
                f"{locator}: {measure.replace('_', ' ')} is captioned {start} to {end}, but was published on {published}: "
                "the figure belongs to an earlier period, which is stated nowhere."
            )
            findings[measure] = Finding("V-09", message, locator, [locator], severity="warning", measure=measure, area_code=area, period_start=str(start), period_end=str(end), observed=f"{start}/{end}", expected=f"a period that ends before {published}")
    return list(findings.values())


@rule(
    "V-21",
    "Outlier against its own history",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="abs(ln(x + 0.5) - median) / max(MAD, 0.05) is at most 5 over at least 4 other disjoint periods of the series.",
    cannot_tell="a real change; series with fewer than 4 other disjoint periods",
    applies=lambda contract: "outlier_z" in contract.thresholds,
)
def outliers(release: Release) -> Verdict:
    limit = release.contract.thresholds["outlier_z"]
    series: dict[tuple[str, str, str], dict[tuple[object, object], tuple[float, str, bool]]] = defaultdict(dict)
    for current, table in [*((False, t) for t in release.history.values()), (True, release.observations)]:
        flow = table.filter(_flow_counts(table))
        names = ("measure", "area_code", "breakdown", "period_start", "period_end", "value", "locator")
        for measure, area, breakdown, start, end, value, locator in zip(*(flow[n].to_pylist() for n in names), strict=True):
            series[measure, area, breakdown][start, end] = (value, locator, current)
    checked, short, findings = 0, 0, []
    for (measure, area, _), periods in series.items():
        own = [when for when, (_, _, current) in periods.items() if current]
        for when in own:
            others = _disjoint(when, periods)
            if len(others) < _HISTORY:
                short += 1
                continue
            checked += 1
            logs = np.log(np.maximum([periods[o][0] for o in others], 0) + 0.5)
            middle = float(np.median(logs))
            spread = max(float(np.median(np.abs(logs - middle))), _LEAST_SPREAD)
            value, locator, _ = periods[when]
            z = abs(float(np.log(max(value, 0) + 0.5)) - middle) / spread
            if z > limit.value:
                usual = float(np.exp(middle) - 0.5)
                message = (
                    f"{locator}: {measure.replace('_', ' ')} is {value:,.0f}, in {len(others)} other disjoint periods "
                    f"usually about {usual:,.0f} (z = {z:.1f} on the log scale, limit {limit.value:g})."
                )
                findings.append(Finding("V-21", message, locator, [locator], severity="warning", measure=measure, area_code=area, period_start=str(when[0]), period_end=str(when[1]), observed=f"{value:.0f}", expected=f"about {usual:.0f}"))
    if not checked:
        return not_evaluated("history_too_short", f"{short:,} series have fewer than {_HISTORY} other disjoint periods")
    return judged(checked, findings, f"{checked:,} figures against their history, {short:,} with too little history")


def _flow_counts(table: object) -> object:
    import pyarrow.compute as pc

    flow = pc.and_(pc.equal(table["unit"], "count"), pc.equal(table["statistic"], "flow"))  # type: ignore[index, attr-defined]
    return pc.and_(flow, pc.is_valid(table["value"]))  # type: ignore[index, attr-defined]


def _disjoint(of: tuple[object, object], periods: object) -> list[tuple[object, object]]:
    """Most recent periods disjoint from `of` and from each other."""
    chosen: list[tuple[object, object]] = []
    for start, end in sorted(periods, key=lambda p: p[1], reverse=True):  # type: ignore[call-overload, index]
        if all(end <= s or start >= e for s, e in [of, *chosen]):  # type: ignore[operator]
            chosen.append((start, end))
    return chosen


@rule(
    "K-01",
    "Known values",
    dimension="accuracy",
    layer="validated",
    severity="blocking",
    scope="structural",
    statement="Figures of the contract that every expert knows read as they are known.",
    cannot_tell="any other figure",
    applies=lambda contract: bool(contract.known_values),
)
def known_values(release: Release) -> Verdict:
    assert release.parsed is not None
    edition = release.parsed.edition
    mine = [known for known in release.contract.known_values if known.edition == edition]
    if release.parsed.synthetic:
        return not_evaluated("not_applicable", "the file calls itself synthetic; known values are of real editions")
    if not mine or release.file.reissue_of:
        return not_evaluated("no_reference", f"no value of edition {edition} is known beforehand")
    table = release.observations
    names = ("measure", "unit", "breakdown", "period_start", "period_end", "authority_code", "area_code", "value", "locator")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*(table[n].to_pylist() for n in names), strict=True)]
    findings = []
    for known in mine:
        found = [
            row
            for row in rows
            if (row["measure"], row["unit"], row["breakdown"]) == (known.measure, known.unit, known.breakdown)
            and (row["period_start"], row["period_end"]) == (known.start, known.end)
            and known.area in (row["authority_code"], row["area_code"])
        ]
        if [row["value"] for row in found] != [known.value]:
            printed = ", ".join(f"{row['value']} at {row['locator']}" for row in found) or "nothing"
            message = (
                f"{known.measure.replace('_', ' ')} of {known.area} in {known.start} to {known.end} is known to be "
                f"{known.value:,.0f} ({known.because}); read: {printed}."
            )
            findings.append(Finding("K-01", message, found[0]["locator"] if found else "", measure=known.measure, area_code=known.area, expected=f"{known.value:g}"))
    return judged(len(mine), findings, f"{len(mine)} known values")
