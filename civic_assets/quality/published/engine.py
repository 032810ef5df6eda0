"""Runs the rules over derived tables and adds their results to those about releases.

Belongs here: evaluating the rules on a read model. Does not belong here: the rules themselves (`published/rules`) and
reading their files (`published.sql_rules`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.measures.wholes import REPORTER_SQL
from civic_assets.quality.framework.results import (
    CheckResult,
    Finding,
    RuleOutcome,
    not_evaluated,
    outcome_of,
)
from civic_assets.quality.framework.wording import create_macros, ended
from civic_assets.quality.published.publishers_said import ensure_said
from civic_assets.quality.published.rule import RELEASE, Declared, PublishedRule
from civic_assets.quality.published.sql_rules import every_sql_rule, parameters_of
from civic_assets.unforeseen import ENVIRONMENT, sentence_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


ALL_RULES = every_sql_rule()
"""Every rule over the read model."""

ABOUT = ("about_source", "about_releases", "cause_key", "missing_areas", "due_source", "out_title")
"""Columns of a rule that say what its findings are about, for `civic_assets.quality.causes`: source and releases
of a finding about a derived table, what it shares with others of one cause, areas without figures, the source whose
newer release was due, and the publisher's title of that release if it says that it is out."""

_MACROS = (
    f"CREATE OR REPLACE TEMP MACRO reporter(breakdown) AS {REPORTER_SQL}",
    # Releases in their order: by edition, then by issue as a number (`.r10` after `.r2`).
    r"""CREATE OR REPLACE TEMP MACRO issue_order(release) AS row(regexp_replace(release, '\.r[0-9]+$', ''),
        coalesce(try_cast(regexp_extract(release, '\.r([0-9]+)$', 1) AS INTEGER), 1))""",
)
"""What several rules compute in the same way; temporary, so that no published file holds them."""


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What is known of the last read model, of which this one is a copy in which some sources were replaced.

    Args:
        scratch: Database that has the tables of the replaced sources, and no others.
        own: Database of the read model.
        replaced: The replaced sources.
        passed: Rules that every case passed, by id and table.
        counts: How many cases each rule that judges source by source had, by its file and the source.
    """

    scratch: str
    own: str
    replaced: Collection[str]
    passed: Collection[tuple[str, str]]
    counts: Mapping[tuple[str, str], int]


def unchanged(connection: DuckDBPyConnection, scratch: str, own: str, replaced: Collection[str]) -> Unchanged:
    """What is known of a read model before its results are replaced."""
    passed = connection.execute(
        "SELECT check_id, source FROM quality.check_results WHERE release = ? AND outcome = 'pass'", [RELEASE]
    ).fetchall()
    counts = connection.execute("SELECT rule_file, source, n_checked FROM quality.rule_counts").fetchall()
    return Unchanged(scratch, own, replaced, set(passed), {(file, source): n for file, source, n in counts})


def evaluate(
    connection: DuckDBPyConnection, known: Unchanged | None = None
) -> list[tuple[PublishedRule, CheckResult, Sequence[Finding]]]:
    """Runs every rule over a read model, and creates `quality.rule_counts`.

    Args:
        connection: Connection to a read model with the report's tables, and with what publishers said
            (`register_said`) if any were asked.
        known: What is known of the read model that this one was made from; None if it was made from nothing.

    Returns:
        Rule, result and findings of each, in the order of `ALL_RULES`.
    """
    create_macros(connection)
    for macro in _MACROS:
        connection.execute(macro)
    ensure_said(connection)
    counts: dict[tuple[str, str], int] = {}
    evaluated = [
        (known and _passed_again(connection, rule, known, counts)) or _evaluated(connection, rule, counts)
        for rule in ALL_RULES
    ]
    connection.execute(_COUNTS)
    if counts:
        connection.executemany(
            "INSERT INTO quality.rule_counts VALUES (?, ?, ?)", [[*key, n] for key, n in counts.items()]
        )
    return evaluated


_COUNTS = "CREATE OR REPLACE TABLE quality.rule_counts (rule_file VARCHAR, source VARCHAR, n_checked BIGINT)"


def _passed_again(
    connection: DuckDBPyConnection, rule: PublishedRule, known: Unchanged, counts: dict[tuple[str, str], int]
) -> tuple[PublishedRule, CheckResult, Sequence[Finding]] | None:
    """The result of a rule that judges source by source, if all passed before and the replaced sources pass.

    None if the rule must look at everything.
    """
    if not rule.by_source or (rule.id, rule.table) not in known.passed:
        return None
    try:
        connection.execute(f"USE {known.scratch}")
        own = dict(_run(connection, rule, rule.checked).fetchall())
        failed = _run(connection, rule, rule.failing).fetchone() is not None
    except _duckdb_error():
        return None
    finally:
        connection.execute(f"USE {known.own}")
    if failed:
        return None
    others = {
        source: n
        for (file, source), n in known.counts.items()
        if file == rule.file and source not in known.replaced
    }
    counts |= {(rule.file, source): n for source, n in (others | own).items()}
    return rule, result_of(rule, _verdict(rule, sum((others | own).values()), (), 0)), ()


def _verdict(rule: PublishedRule, checked: int, findings: Sequence[Finding], number: int) -> RuleOutcome:
    if not checked and not findings:
        return not_evaluated(rule.reason, rule.nothing)
    return outcome_of(checked, findings, f"{checked:,} {rule.passed}", number)


def _evaluated(
    connection: DuckDBPyConnection, rule: PublishedRule, counts: dict[tuple[str, str], int] | None = None
) -> tuple[PublishedRule, CheckResult, Sequence[Finding]]:
    try:
        of_sources = _run(connection, rule, rule.checked).fetchall()
        checked = sum(n or 0 for _, n in of_sources)
        if rule.by_source and counts is not None:
            counts |= {(rule.file, source): n for source, n in of_sources}
        cursor = _run(connection, rule, rule.failing)
        names = [column[0] for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        findings = [_finding(rule, row) for row in rows]
    except ENVIRONMENT:
        raise
    except Exception as error:  # noqa: BLE001  (whatever breaks in a rule, the others are still run)
        # A rule that breaks says nothing about the figures: that is "not evaluated", never "passed".
        said = str(error).splitlines()[0] if isinstance(error, _duckdb_error()) else sentence_of(error)
        return rule, result_of(rule, not_evaluated("engine_error", f"the rule itself failed: {said}")), ()
    number = sum(int(row.get("n") or 1) for row in rows)
    verdict = _verdict(rule, checked, findings, number)
    if findings:
        verdict = replace(verdict, message=ended(verdict.message, rule.guidance))
    advised = [replace(finding, message=ended(finding.message, rule.guidance)) for finding in findings]
    return rule, result_of(rule, verdict), advised


def _run(connection: DuckDBPyConnection, rule: PublishedRule, sql: str) -> DuckDBPyConnection:
    return connection.execute(sql, parameters_of(sql, rule.parameters))


def _duckdb_error() -> type[Exception]:
    """The exception that DuckDB raises; its first line is a sentence."""
    import duckdb

    return duckdb.Error


def result_of(rule: Declared, verdict: RuleOutcome) -> CheckResult:
    """The result for an outcome of a rule over what is published."""
    return CheckResult(
        check_id=rule.id,
        layer="published",
        dimension=rule.dimension,
        severity=rule.severity,
        scope=rule.scope,
        outcome=verdict.outcome,
        reason=verdict.reason,
        n_checked=verdict.n_checked,
        n_failed=verdict.n_failed,
        message=verdict.message,
    )


def _finding(rule: PublishedRule, row: dict[str, Any]) -> Finding:
    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value)

    return Finding(
        rule.id,
        row["message"],
        text("locator"),
        [text("locator")] if text("locator") else [],
        severity=row.get("severity") or rule.severity,
        measure=text("measure"),
        area_code=text("area_code"),
        period_start=text("period_start") if isinstance(row.get("period_start"), date) else "",
        period_end=text("period_end") if isinstance(row.get("period_end"), date) else "",
        observed=text("observed"),
        expected=text("expected"),
        evidence={
            "table": rule.table,
            "rows": int(row.get("n") or 1),
            **{name: row[name] for name in ("source", "release", *ABOUT) if row.get(name)},
        },
    )


def add_results(connection: DuckDBPyConnection, known: Unchanged | None = None) -> None:
    """Runs every rule and adds its results to `quality.check_results` and `quality.findings`.

    Args:
        connection: Connection to a read model with the report's tables.
        known: What is known of the read model that this one was made from; None if it was made from nothing.
    """
    results, findings = [], []
    for rule, result, found in evaluate(connection, known):
        results.append(result_row(result, rule.table, RELEASE))
        findings += [finding_row(finding, rule.table, RELEASE) for finding in found]
    insert(connection, results, findings)


def insert(
    connection: DuckDBPyConnection,
    results: Sequence[Mapping[str, Any]],
    findings: Sequence[Mapping[str, Any]],
) -> None:
    """Adds rows to `quality.check_results` and `quality.findings`."""
    import pyarrow as pa

    for table, rows in (("check_results", results), ("findings", findings)):
        if rows:
            connection.register("incoming", pa.Table.from_pylist(list(rows)))
            connection.execute(f"INSERT INTO quality.{table} BY NAME SELECT * FROM incoming")
            connection.unregister("incoming")


def result_row(result: CheckResult, source: str, release: str) -> dict[str, Any]:
    """A result with the columns of `quality.check_results`."""
    names = (
        "check_id", "layer", "dimension", "severity", "outcome", "n_checked", "n_failed", "message", "reason", "scope",
    )  # fmt: skip
    return {name: getattr(result, name) for name in names} | {"source": source, "release": release}


def finding_row(finding: Finding, source: str, release: str) -> dict[str, Any]:
    """A finding about what is published with the columns of `quality.findings`; it does not dispute figures."""
    names = ("check_id", "severity", "measure", "area_code", "locator", "observed", "expected", "message")
    # A rule over derived tables may have a finding about one release of a publisher.
    source = str(finding.evidence.get("source", source))
    release = str(finding.evidence.get("release", release))
    return {
        **{name: getattr(finding, name) or None for name in names},
        "finding_id": finding.identifier(source, release),
        "source": source,
        "release": release,
        "period_start": date.fromisoformat(finding.period_start) if finding.period_start else None,
        "period_end": date.fromisoformat(finding.period_end) if finding.period_end else None,
        "n_ties": 0,
        "evidence": json.dumps(
            {"message": finding.message, **finding.evidence}, sort_keys=True, ensure_ascii=False
        ),
        "status": "open",
        "locators": list(finding.locators),
        "disputes": [],
    }
