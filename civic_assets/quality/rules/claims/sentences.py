"""Contradictions within a text, and between a text and the figures of its tables.

Belongs here: X-14. Does not belong here: reading statements (`civic_assets.parsing.statements`), the times that they
name (`text_periods`), and whether a month can be of the area that it names (X-05, `scale_rules`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.contracts.statements import StatementSubject, ships_statements, subjects
from civic_assets.parsing.statements import Statement
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import counted, day_name, figure
from civic_assets.values.cells import decimals, label

_PERCENT = ("percent", "per_100")
_EXHIBIT = re.compile(r"(?:table|chart|figure|graph|map|box) \w+")


@rule(
    "X-14",
    "Text against data",
    dimension="accuracy",
    layer="harmonised",
    severity="warning",
    statement="Every number that the text gives for an area, a period and a measure is the figure in the tables; what "
    "it gives twice for one subject is the same number and time; the tables and charts that it refers to and "
    "the bodies that it names exist.",
    cannot_tell="claims without numbers, and which of two numbers is right",
    guidance="Check the sentence against the table and tell the author.",
    applies=ships_statements,
)
def text_against_data(release: ReleaseView) -> RuleOutcome:
    """X-14: one finding for each fact, exhibit, body and number of the text that does not hold."""
    assert release.parsed is not None
    statements = release.parsed.statements
    if not statements:
        return not_evaluated("no_input", "the file has no statements from its text")
    checked, open_numbers = 0, 0
    findings: list[Finding] = []
    for own in _facts(statements):
        checked += 1
        findings.extend(_repeated(own))
    exhibits = _exhibits(release)
    published, known = release.contract.published_on, subjects(release.contract)
    for statement in statements:
        about = known.get(label(statement.subject), StatementSubject())
        if statement.claim == "reference" and exhibits:
            checked += 1
            if label(statement.subject) not in exhibits:
                findings.append(_no_exhibit(statement, exhibits))
        elif statement.claim == "body" and about.ended is not None and published is not None:
            checked += 1
            if about.ended <= published:
                findings.append(_ended(statement, about, str(published)))
        elif statement.claim == "number" and statement.area and statement.span:
            printed = figures_of(release, statement, about) if about.measures else []
            if not printed:
                open_numbers += 1
                continue
            checked += 1
            if (wrong := _other_number(statement, printed)) is not None:
                findings.append(wrong)
    left = f"; the tables have no figure for {counted(open_numbers, 'number')}" if open_numbers else ""
    failed = f"{len(findings)} of {counted(checked, 'fact')} in the text do not agree with the data{left}"
    return outcome_of(
        checked, findings, f"{counted(checked, 'fact')} in the text agree with the data{left}", failed=failed
    )


def _facts(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Statements of one subject in one area that can be compared with each other."""
    by_subject: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for statement in statements:
        if statement.claim in ("number", "list", "part"):
            by_subject[label(statement.subject), statement.area].append(statement)
    for own in by_subject.values():
        ways = [s for s in own if s.claim != "part"], [s for s in own if s.claim == "part"]
        if ways[0] and len(ways[0]) + bool(ways[1]) > 1:
            yield own


def _repeated(own: Sequence[Statement]) -> Iterator[Finding]:
    stated = [s for s in own if s.claim != "part"]
    parts = [s for s in own if s.claim == "part"]
    by_value: dict[float, list[Statement]] = defaultdict(list)
    for statement in stated:
        by_value[statement.value or 0.0].append(statement)
    total = sum(s.value or 0.0 for s in parts)
    if len(by_value) > 1 or (parts and total not in by_value):
        yield _several_numbers(own, by_value, parts, total)
        return
    times = {s.span.words: s for s in stated if s.span}
    if len({(s.span.start, s.span.end) for s in times.values() if s.span}) > 1:
        yield _several_times(stated[0], list(times.values()))


def _several_numbers(
    own: Sequence[Statement],
    by_value: Mapping[float, Sequence[Statement]],
    parts: Sequence[Statement],
    total: float,
) -> Finding:
    said: list[str] = []
    for value, mentions in by_value.items():
        numbers = [s for s in mentions if s.claim == "number"]
        lists = [s for s in mentions if s.claim == "list"]
        if numbers:
            said.append(f"{numbers[0].said} at {' and '.join(_where(s) for s in numbers)}")
        said += [f"{figure(value)} from the list at {_where(s)}" for s in lists]
    if parts:
        sums = " + ".join(figure(s.value) for s in parts)
        said.append(f"{figure(total)} from its parts ({sums}), beginning at {_where(parts[0])}")
    first = own[0]
    accused = next((s for s in own if s.claim == "number" and s.value != first.value), first)
    number = len({*by_value, *([total] if parts else [])})
    message = f"The text gives {number} different numbers for {first.subject}: {'; '.join(said)}."
    return _finding(
        message, accused, own, observed="; ".join(dict.fromkeys(s.said for s in own if s.claim == "number")),
        expected="one number", evidence={"parts": [s.value for s in parts]},
    )  # fmt: skip


def _several_times(first: Statement, mentions: Sequence[Statement]) -> Finding:
    said = "; ".join(f"{s.span} at {_where(s)} ({s.text[:160]!r})" for s in mentions)
    message = (
        f"The text gives the same number of {first.subject}, {first.said}, for {len(mentions)} different "
        f"times: {said}."
    )
    return _finding(
        message, mentions[1], mentions, observed="; ".join(str(s.span) for s in mentions), expected="one time"
    )


def _exhibits(release: ReleaseView) -> set[str]:
    """Labels of the exhibits that there are: captions of tables in the file, and captions among the statements."""
    assert release.parsed is not None
    found = {label(s.subject) for s in release.parsed.statements if s.claim == "exhibit"}
    titles = (label(block.title) for block in release.found.blocks.values())
    return found | {match[0] for title in titles if (match := _EXHIBIT.match(title))}


def _no_exhibit(statement: Statement, exhibits: set[str]) -> Finding:
    known = ", ".join(sorted(exhibits)).title()
    message = (
        f"{_where(statement)} refers to {statement.subject!r}, but nothing has that name; there are {known}."
    )
    return _finding(message, statement, [statement], observed=statement.subject, expected=known)


def _ended(statement: Statement, about: StatementSubject, published: str) -> Finding:
    message = (
        f"{_where(statement)} names the {statement.subject} as a current body, but such bodies ended on "
        f"{day_name(about.ended)} "
        f"({about.because}), before the text was published on {day_name(published)}. The sentence is out of date."
    )
    return _finding(
        message, statement, [statement], observed=statement.subject, expected="a body that exists"
    )


def figures_of(release: ReleaseView, statement: Statement, about: StatementSubject) -> list[dict[str, Any]]:
    """Printed figures that make up a statement's subject in its area, time and unit; none if one is absent.

    A number with a percent sign is looked for among percentages, any other among counts.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if statement.span is None:
        return []
    table = release.observations
    units = _PERCENT if statement.said.endswith("%") else ("count",)
    mine = pc.and_(
        pc.is_in(table["measure"], pa.array(list(about.measures), pa.string())),
        pc.is_in(table["unit"], pa.array(units)),
    )
    for name, wanted in (
        ("area_code", statement.area),
        ("breakdown", "total"),
        ("period_start", pa.scalar(statement.span.start, pa.date32())),
        ("period_end", pa.scalar(statement.span.end, pa.date32())),
    ):
        mine = pc.and_(mine, pc.equal(table[name], wanted))
    rows: list[dict[str, Any]] = (
        table.filter(pc.and_(mine, pc.is_valid(table["value"])))
        .select(["measure", "value", "value_text", "locator"])
        .to_pylist()
    )
    return rows if {row["measure"] for row in rows} == set(about.measures) else []


def _other_number(statement: Statement, printed: Sequence[Mapping[str, Any]]) -> Finding | None:
    total = sum(row["value"] for row in printed)
    half = 0.5 * 10.0 ** -decimals(statement.said)
    if statement.value is None or abs(statement.value - total) <= half:
        return None
    cells = " and ".join(row["locator"] for row in printed)
    message = (
        f"{_where(statement)} says {statement.said} {statement.subject} in {statement.area_name}, {statement.span}; "
        f"the table gives {figure(total)} ({cells})."
    )
    return _finding(message, statement, [statement], observed=statement.said, expected=figure(total),
                    cells=[row["locator"] for row in printed])  # fmt: skip


def _where(statement: Statement) -> str:
    return f"{statement.locator} ({statement.section})"


def _finding(
    message: str, accused: Statement, concerned: Sequence[Statement], *, observed: str, expected: str,
    cells: Sequence[str] = (), evidence: Mapping[str, Any] | None = None,
) -> Finding:  # fmt: skip
    said = [
        {"locator": s.locator, "section": s.section, "claim": s.claim, "said": s.said, "text": s.text}
        for s in concerned
    ]
    return Finding(
        "X-14",
        message,
        accused.locator,
        [*dict.fromkeys(s.locator for s in concerned), *cells],
        severity="warning",
        area_code=accused.area,
        observed=observed,
        expected=expected,
        evidence={"statements": said, **(evidence or {})},
    )
