"""What sentences say of time, of direction and of kinds of rows.

Belongs here: X-01 for a claim to be the newest, and what V-05, V-09 and H-17 say of statements. Does not belong here:
the same rules for tables (`rules.names_and_known_values`, `rules.captions`, `time_rules`), and numbers
(`rules.claims.sentences`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.statements import StatementSubject, ships_statements, subjects
from civic_assets.parsing.statements import Statement
from civic_assets.quality.analyses.periods_shown import periods_shown_of
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted
from civic_assets.values.cells import label
from civic_assets.values.period_words import spoken_day, spoken_days
from civic_assets.values.periods import Period, PeriodKind, first_of_month


@dataclass
class StatementCheck:
    """What a rule found in statements.

    Args:
        checked: Statements that it could judge.
        findings: Findings about the claims that do not hold.
    """

    checked: int = 0
    findings: list[Finding] = field(default_factory=list)


def claims(release: ReleaseView, kind: str) -> list[tuple[Statement, StatementSubject]]:
    """Statements of a release that make a kind of claim, with the meaning of their subjects."""
    if release.parsed is None or not release.parsed.statements:
        return []
    known = subjects(release.contract)
    return [
        (s, known.get(label(s.subject), StatementSubject()))
        for s in release.parsed.statements
        if s.claim == kind
    ]


@rule(
    "X-01",
    "Newer vintage exists",
    dimension="timeliness",
    layer="harmonised",
    severity="warning",
    statement="Figures that the text calls the most recent are so: on the day of its publication no later edition of "
    "their source was due, by the schedule and lag in that source's contract.",
    cannot_tell="whether the edition that was due came on time, and whether it changes the message",
    guidance="Use the newer edition.",
    applies=ships_statements,
)
def newest_is_newest(release: ReleaseView) -> RuleOutcome:
    """X-01: one finding for each claim, with the edition that was due last before the text was published."""
    published = release.contract.published_on
    contracts, looked = load_contracts(), StatementCheck()
    for statement, about in claims(release, "newest"):
        source = contracts.get(about.source)
        if (
            source is None
            or published is None
            or statement.span is None
            or not 1 <= source.frequency_months <= 12
        ):
            continue
        looked.checked += 1
        months, lag = int(source.frequency_months), timedelta(days=source.expected_lag_days)
        due: list[tuple[date, date]] = []
        end = _months_later(statement.span.end, months)
        while end + lag <= published:
            due.append((end, end + lag))
            end = _months_later(end, months)
        if due:
            looked.findings.append(
                _older(statement, about.source, months, source.expected_lag_days, due, published)
            )
    if not looked.checked:
        return not_evaluated(
            "no_reference",
            "the text does not claim to use the newest figures of any source that has a contract here",
        )
    passed = f"{counted(looked.checked, 'claim')} to be the newest, none out of date"
    return outcome_of(looked.checked, looked.findings, passed)


def _months_later(day: date, months: int) -> date:
    return first_of_month(day.year, day.month + months)


def _month_before(day: date) -> str:
    return f"{day - timedelta(days=1):%B %Y}"


def _older(
    statement: Statement, source: str, months: int, lag: int, due: list[tuple[date, date]], published: date
) -> Finding:
    assert statement.span is not None
    listed = " and ".join(f"{_month_before(end)} by {spoken_day(day)}" for end, day in due)
    message = (
        f"{statement.locator} ({statement.section}) calls figures to {_month_before(statement.span.end)} the most "
        f"recent. By its contract, {source} has a new edition every {months} months, {lag} days after its period. "
        f"Figures to {listed} were due before the text was published on {spoken_day(published)}."
    )
    return Finding(
        "X-01", message, statement.locator, [statement.locator], severity="warning",
        observed=f"figures to {_month_before(statement.span.end)}", expected=f"figures to {_month_before(due[-1][0])}",
        evidence={"text": statement.text, "days_old": (published - statement.span.end).days,
                  "due": [{"period_end": str(end), "due": str(day)} for end, day in due]},
    )  # fmt: skip


def periods_of_tables(release: ReleaseView) -> StatementCheck:
    """V-09: a table covers the time that the text gives for it."""
    looked = StatementCheck()
    tables = {label(table.printed_name): table.name for table in release.contract.tables}
    for statement, _ in claims(release, "period"):
        name = tables.get(label(statement.subject))
        shown = sorted(
            {(s.period.start, s.period.end)
             for together in release.derived(periods_shown_of).values() for s in together if s.table == name}
        )  # fmt: skip
        if statement.span is None or not shown:
            continue
        looked.checked += 1
        start, end = shown[0][0], max(until for _, until in shown)
        if statement.span.agrees(start, end):
            continue
        listed = ", ".join(spoken_days(first, until) for first, until in shown[:6])
        message = (
            f"{statement.locator} ({statement.section}) says that {statement.subject} covers {statement.span}, but its "
            f"{counted(len(shown), 'period')} cover {spoken_days(start, end)} "
            f"({listed}{', ...' if len(shown) > 6 else ''})."
        )
        finding = Finding(
            "V-09", message, statement.locator, [statement.locator, release.found[str(name)].title_locator],
            severity="warning", period_start=str(start), period_end=str(end), observed=statement.span.words,
            expected=f"{start} to {end}", evidence={"text": statement.text},
        )  # fmt: skip
        looked.findings.append(finding)
    return looked


def kinds_of_rows(release: ReleaseView) -> StatementCheck:
    """V-05: rows that the text calls by a kind of area are of that kind, by the contract of their source."""
    looked, contracts = StatementCheck(), load_contracts()
    for statement, about in claims(release, "rows"):
        source = contracts.get(about.source)
        table = next((t for t in source.tables if t.name == about.table), None) if source else None
        if table is None or not table.granularity:
            continue
        looked.checked += 1
        kind = label(statement.unit).rstrip("s")
        if re.search(rf"\b{re.escape(kind)}", label(table.granularity)):
            continue
        message = (
            f"{statement.locator} ({statement.section}) calls the {statement.subject} {statement.unit}, but in "
            f"{table.printed_name} of {about.source} they are something else. Its contract says: {table.granularity}"
        )
        finding = Finding(
            "V-05", message, statement.locator, [statement.locator], severity="warning", observed=statement.unit,
            expected=table.granularity, evidence={"text": statement.text, "said": statement.said},
        )  # fmt: skip
        looked.findings.append(finding)
    return looked


def directions(
    release: ReleaseView,
    words: re.Pattern[str],
    enough: int,
    most_disjoint: Callable[[Iterable[Period]], int],
) -> StatementCheck:
    """H-17: a direction that the text gives for an area and subject needs enough separate periods in the tables.

    Args:
        release: The release.
        words: Words of direction.
        enough: Disjoint periods that such words need.
        most_disjoint: Largest number of periods of which no two overlap.
    """
    looked = StatementCheck()
    for statement, about in claims(release, "trend"):
        looked.checked += 1
        disjoint = most_disjoint(_periods(release, statement, about))
        if disjoint >= enough:
            continue
        word = words.search(statement.text.lower())
        where = f" in {statement.area_name}" if statement.area_name else ""
        message = (
            f"{statement.locator} ({statement.section}) says {word[0] if word else 'a direction'!r} of "
            f"{statement.subject}{where}, but the tables show {counted(disjoint, 'separate period')} of it and a trend "
            f"needs {enough}: {statement.text[:160]!r}."
        )
        finding = Finding(
            "H-17", message, statement.locator, [statement.locator], severity="warning", area_code=statement.area,
            observed=word[0] if word else "", expected=f"at least {enough} disjoint periods",
            evidence={"text": statement.text, "disjoint_periods": disjoint},
        )  # fmt: skip
        looked.findings.append(finding)
    return looked


def _periods(release: ReleaseView, statement: Statement, about: StatementSubject) -> set[Period]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = release.observations
    mine = pc.is_in(table["measure"], pa.array(list(about.measures), pa.string()))
    mine = pc.and_(mine, pc.and_(pc.equal(table["statistic"], "flow"), pc.is_valid(table["value"])))
    if statement.area:
        mine = pc.and_(mine, pc.equal(table["area_code"], statement.area))
    rows = table.filter(mine).select(["period_start", "period_end", "period_kind"]).to_pylist()
    return {Period(row["period_start"], row["period_end"], PeriodKind(row["period_kind"])) for row in rows}
