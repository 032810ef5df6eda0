"""Rules about names, captions, absences and history.

Belongs here: V-05, V-07, V-09, V-21 and the known values of the contract (K-01). Does not belong here: equations
between figures (`accounting_rules`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from civic_assets.contracts.model import KnownValue
from civic_assets.quality.results import Finding, Verdict, judged, not_evaluated
from civic_assets.quality.rule import Release, rule
from civic_assets.quality.wording import counted, figure, measure_name, unit_name
from civic_assets.sources.observations import Caption
from civic_assets.values.cells import label
from civic_assets.values.periods import Period

if TYPE_CHECKING:
    import pyarrow as pa

_When: TypeAlias = tuple[date, date]
_Series: TypeAlias = dict[_When, tuple[float, str, bool]]
"""Value and address by period, and whether it is of the release under examination."""

# Fewest other disjoint periods before a series has a history to be an outlier of (catalogue, V-21).
_HISTORY = 4
# Floor of the median absolute deviation on the log scale: 5%, so that a near-constant series does not make
# everything extreme.
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
        Finding(
            "V-05",
            p.message,
            p.locator,
            [p.locator],
            severity="warning",
            observed=p.observed,
            expected=p.expected,
            area_code=p.area_code,
        )
        for p in release.parsed.problems
        if p.check_id == "V-05"
    ]
    names: dict[str, Counter[str]] = defaultdict(Counter)
    where: dict[tuple[str, str], str] = {}
    keys = ["area_code", "area_name"]
    few = release.observations.select([*keys, "locator"]).group_by(keys, use_threads=False)
    for code, name, locator, times in _rows(few.aggregate([("locator", "first"), ("locator", "count")])):
        names[code or ""][name] += times
        where[code or "", name] = locator
    for code, printed in names.items():
        by_label: Counter[str] = Counter()
        for name, times in printed.items():
            by_label[label(name)] += times
        if len(by_label) > 1:
            usual = by_label.most_common(1)[0][0]
            right = next(name for name in printed if label(name) == usual)
            for name in sorted(printed):
                if label(name) != usual:
                    locator = where[code, name]
                    message = f"{code} is called {name!r} in the row of {locator}, elsewhere in this release {right!r}."
                    findings.append(
                        Finding(
                            "V-05",
                            message,
                            locator,
                            [locator],
                            severity="warning",
                            observed=name,
                            expected=right,
                            area_code=code,
                        )
                    )
    # The parser already named rows whose code is another area's; each cell is one finding.
    distinct = list({(finding.locator, finding.observed): finding for finding in findings}.values())
    return judged(len(names), distinct, counted(len(names), "area"))


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


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
    import pyarrow.compute as pc

    limit = release.contract.thresholds["null_share"]
    by_table = release.contract.options.get("nullShares", {})
    keys = ["table_id", "measure", "unit"]
    few = release.observations.select([*keys, "value"]).group_by(keys, use_threads=False)
    total: Counter[tuple[str, str, str]] = Counter()
    absent: Counter[tuple[str, str, str]] = Counter()
    columns = few.aggregate([("value", "count", pc.CountOptions(mode="all")), ("value", "count")])
    for name, measure, unit, everything, present in _rows(columns):
        place = (name, "", "") if name in by_table else (name, measure, unit)
        total[place] += everything
        absent[place] += everything - present
    findings = []
    for place, number in total.items():
        name, measure, unit = place
        share = absent[place] / number
        allowed = by_table[name]["value"] if name in by_table else limit.value
        because = by_table[name]["because"] if name in by_table else limit.because
        if share > allowed:
            column = f"{measure_name(release.contract, measure)} ({unit_name(unit)}) in "
            what = f"{column if measure else ''}table {release.contract.table(name).printed_name!r}"
            message = (
                f"{absent[place]:,} of {counted(number, 'figure')} of {what} {'has' if absent[place] == 1 else 'have'} "
                f"no value: {share:.0%}, contracted at most {allowed:.0%} ({because})."
            )
            findings.append(
                Finding(
                    "V-07",
                    message,
                    _first_absent(release, place),
                    severity="warning",
                    measure=measure,
                    observed=f"{share:.3f}",
                    expected=f"<= {allowed:g}",
                )
            )
    shown = f"{sum(absent.values()):,} of {sum(total.values()):,} cells absent"
    return judged(
        len(total), findings, f"{counted(len(total), 'column or table', 'columns and tables')}, {shown}"
    )


def _first_absent(release: Release, place: tuple[str, str, str]) -> str:
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.is_null(table["value"])
    for name, wanted in zip(("table_id", "measure", "unit"), place, strict=True):
        mine = pc.and_(mine, pc.equal(table[name], wanted)) if wanted else mine
    return str(table.filter(mine)["locator"][0].as_py())


@rule(
    "V-09",
    "Captions agree on the period",
    dimension="consistency",
    layer="validated",
    severity="warning",
    statement="Titles and covers name the years of the tables: the current year, and the year before it; no flow "
    "ends after its publication.",
    cannot_tell="a period that is stated nowhere",
)
def captions_agree(release: Release) -> Verdict:
    assert release.parsed is not None
    stated = release.parsed.captions
    titles = [c for c in stated if c.table]
    covers = [c for c in stated if not c.table and _is_cover(release, c.locator)]
    findings: list[Finding] = []
    if titles:
        latest = max(c.period for c in titles)
        for caption in [*titles, *covers]:
            wanted = _years_wanted(release, caption, titles, latest)
            if caption.period not in wanted:
                findings.append(_other_year(release, caption, wanted))
    findings.extend(_after_publication(release))
    checked = len(titles) + len(covers) if titles else 0
    if release.contract.options.get("publishedOn") is not None:
        checked += release.observations.num_rows
    return judged(checked, findings, counted(checked, "statement") + " of a period")


def _years_wanted(
    release: Release, caption: Caption, titles: Sequence[Caption], latest: Period
) -> set[Period]:
    if caption.table and release.contract.table(caption.table).occurrence == "previous":
        return {latest.year_before()}
    compares = len({c.period for c in titles if c.table == caption.table}) > 1
    return {latest, latest.year_before()} if caption.table and compares else {latest}


def _other_year(release: Release, caption: Caption, wanted: set[Period]) -> Finding:
    expected = " or ".join(map(str, sorted(wanted)))
    message = (
        f"{caption.locator} names {caption.period}, the tables of this release make it {expected}: "
        f"{caption.text[:120]!r}."
    )
    # A table under the title of another year: every figure in it may be of that year.
    disputed: list[str] = []
    if caption.table:
        import pyarrow.compute as pc

        table = release.observations
        mine = pc.and_(pc.equal(table["table_id"], caption.table), pc.not_equal(table["statistic"], "stock"))
        disputed = table.filter(mine)["locator"].to_pylist()
    return Finding(
        "V-09",
        message,
        caption.locator,
        [caption.locator],
        disputed,
        severity="warning",
        observed=str(caption.period),
        expected=expected,
    )


def _is_cover(release: Release, locator: str) -> bool:
    ignored = release.contract.ignores_sheet(locator.rpartition("!")[0])
    return bool(ignored and "captions" in ignored.because)


def _after_publication(release: Release) -> list[Finding]:
    """Figures of a period that was not over when they were published, one finding for each measure."""
    published = release.contract.options.get("publishedOn")
    if published is None:
        return []
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    late = table.filter(pc.greater(table["period_end"], pa.scalar(published, pa.date32()))).to_pylist()
    findings: dict[str, Finding] = {}
    for row in late:
        period = f"{row['period_start']} to {row['period_end']}"
        message = (
            f"{row['locator']}: {measure_name(release.contract, row['measure'])} is captioned {period}, but was "
            f"published on {published}: the figure belongs to an earlier period, which is stated nowhere."
        )
        finding = Finding(
            "V-09",
            message,
            row["locator"],
            [other["locator"] for other in late if other["measure"] == row["measure"]],
            severity="warning",
            measure=row["measure"],
            area_code=row["area_code"] or "",
            period_start=str(row["period_start"]),
            period_end=str(row["period_end"]),
            observed=f"{row['period_start']}/{row['period_end']}",
            expected=f"a period that ends before {published}",
        )
        findings.setdefault(row["measure"], finding)
    return list(findings.values())


@rule(
    "V-21",
    "Outlier against its own history",
    dimension="accuracy",
    layer="validated",
    severity="warning",
    statement="abs(ln(x + 0.5) - median) / max(MAD, 0.05) is at most 5 over at least 4 other disjoint periods of the "
    "series.",
    cannot_tell="a real change; series with fewer than 4 other disjoint periods",
    applies=lambda contract: "outlier_z" in contract.thresholds,
)
def outliers(release: Release) -> Verdict:
    limit = release.contract.thresholds["outlier_z"].value
    series, number = _long_series(release)
    checked, findings = 0, []
    for (measure, area, _), periods in series.items():
        for when in [when for when, (_, _, current) in periods.items() if current]:
            others = _disjoint(when, periods)
            if len(others) < _HISTORY:
                continue
            checked += 1
            logs = np.log(np.maximum([periods[other][0] for other in others], 0) + 0.5)
            middle = float(np.median(logs))
            spread = max(float(np.median(np.abs(logs - middle))), _LEAST_SPREAD)
            value, locator, _ = periods[when]
            z = abs(float(np.log(max(value, 0) + 0.5)) - middle) / spread
            if z > limit:
                usual = float(np.exp(middle) - 0.5)
                message = (
                    f"{locator}: {measure_name(release.contract, measure)} is {value:,.0f}, in {len(others)} other "
                    f"disjoint periods usually about {usual:,.0f} (z = {z:.1f} on the log scale, limit {limit:g})."
                )
                findings.append(
                    Finding(
                        "V-21",
                        message,
                        locator,
                        [locator],
                        severity="warning",
                        measure=measure,
                        area_code=area,
                        period_start=str(when[0]),
                        period_end=str(when[1]),
                        observed=f"{value:.0f}",
                        expected=f"about {usual:.0f}",
                    )
                )
    short = number - checked
    if not checked:
        fewer = f"fewer than {_HISTORY} other disjoint periods"
        return not_evaluated(
            "history_too_short",
            f"{counted(short, 'figure')} with {fewer}" if short else "no counts of events",
        )
    message = f"{counted(checked, 'figure')} against their history, {short:,} with too little history"
    return judged(checked, findings, message)


def _long_series(release: Release) -> tuple[dict[tuple[str, str, str], _Series], int]:
    """Known counts of events in the series that may be long enough, and how many there are in this release."""
    import pyarrow as pa
    import pyarrow.compute as pc

    key = ["measure", "area_code", "breakdown"]
    columns = [*key, "period_start", "period_end", "value", "locator"]
    parts = []
    for current, table in [*((False, t) for t in release.history.values()), (True, release.observations)]:
        flow = pc.and_(pc.equal(table["unit"], "count"), pc.equal(table["statistic"], "flow"))
        few = table.filter(pc.and_(flow, pc.is_valid(table["value"]))).select(columns)
        parts.append(few.append_column("current", pa.repeat(pa.scalar(current), few.num_rows)))
    everything, number = pa.concat_tables(parts), parts[-1].num_rows
    periods = everything.group_by([*key, "period_start", "period_end"]).aggregate([])
    lengths = periods.group_by(key).aggregate([("period_end", "count")])
    long = lengths.filter(pc.greater(lengths["period_end_count"], _HISTORY)).select(key)
    series: dict[tuple[str, str, str], _Series] = defaultdict(dict)
    if long.num_rows:
        wanted = set(_rows(long))
        # In the order of publication, so that of a period the latest figure counts.
        for measure, area, breakdown, start, end, value, locator, current in _rows(everything):
            if (measure, area, breakdown) in wanted:
                series[measure, area, breakdown][start, end] = (value, locator, current)
    return series, number


def _disjoint(of: _When, periods: _Series) -> list[_When]:
    """Most recent periods disjoint from `of` and from each other."""
    chosen: list[_When] = []
    for start, end in sorted(periods, key=lambda when: when[1], reverse=True):
        if all(end <= s or start >= e for s, e in [of, *chosen]):
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
        return not_evaluated(
            "not_applicable", "the file calls itself synthetic; known values are of real editions"
        )
    if not mine or release.file.reissue_of:
        return not_evaluated("no_reference", f"no value of edition {edition} is known beforehand")
    findings = [finding for known in mine if (finding := _reads_otherwise(release, known))]
    return judged(len(mine), findings, f"{counted(len(mine), 'known value')} read as known")


def _reads_otherwise(release: Release, known: KnownValue) -> Finding | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.or_(
        pc.equal(pc.fill_null(table["authority_code"], ""), known.area),
        pc.equal(pc.fill_null(table["area_code"], ""), known.area),
    )
    for name, wanted in (
        ("measure", known.measure),
        ("unit", known.unit),
        ("breakdown", known.breakdown),
        ("period_start", pa.scalar(known.start, pa.date32())),
        ("period_end", pa.scalar(known.end, pa.date32())),
    ):
        mine = pc.and_(mine, pc.equal(table[name], wanted))
    found = table.filter(mine).select(["value", "locator", "value_text"]).to_pylist()
    if [row["value"] for row in found] == [known.value]:
        return None
    printed = " and ".join(f"{figure(row['value_text'])} at {row['locator']}" for row in found) or "nothing"
    message = (
        f"{measure_name(release.contract, known.measure)} of {known.area} in {known.start} to {known.end} is known "
        f"to be {known.value:,.0f} ({known.because}), but reads {printed}."
    )
    return Finding(
        "K-01",
        message[:1].upper() + message[1:],
        found[0]["locator"] if found else "",
        [row["locator"] for row in found],
        measure=known.measure,
        area_code=known.area,
        period_start=str(known.start),
        period_end=str(known.end),
        observed=found[0]["value_text"] if found else "",
        expected=f"{known.value:g}",
    )
