"""What the suites say of a read model: remembered where nothing changed, awaited or run where something did.

Belongs here: whether a suite has to be run, what is known of it meanwhile, and keeping its results. Does not belong
here: running a suite (`run_suites`), what it reads (`profiles`), and replacing the published file
(`civic_assets.publish.judgement`).

A suite reads one small table, `quality.profile_*`. Its results are kept under the hash of that table, of its file and
of the code, so that a suite that has nothing new to judge is not run, and Great Expectations is not even imported.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.errors import PublicationHeldBack
from civic_assets.quality.expectations.suites import Suite, load_suites
from civic_assets.quality.framework.results import Reason, RuleOutcome, not_evaluated
from civic_assets.quality.published.engine import finding_row, insert, result_of, result_row
from civic_assets.quality.published.rule import RELEASE
from civic_assets.tables.atomic import atomic_write_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WAITING = "the expectation suites have not judged this publication yet"
"""Message of a result while its suite has not been run."""
NOT_RUN: Reason = "not_run_yet"
"""Reason of such a result."""
_DAYS = ("period_start", "period_end")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a suite says of a read model, as rows of `quality.check_results` and `quality.findings`."""

    results: Sequence[Row]
    findings: Sequence[Row]


@dataclass(frozen=True, slots=True)
class SuiteMemory:
    """Results of suites that were run, one file for each suite.

    Args:
        folder: Folder of the files; created when something is kept.
        code: Hash of the code that runs suites and words findings.
    """

    folder: Path
    code: str

    def key(self, connection: DuckDBPyConnection, suite: Suite) -> str:
        """Hash of everything that the results of a suite depend on."""
        rows = connection.execute(f"FROM quality.profile_{suite.profile} ORDER BY ALL").fetchall()
        columns = [column[0] for column in connection.description or ()]
        content = json.dumps([columns, rows], default=str, ensure_ascii=False)
        parts = (self.code, suite.sha256, version("great_expectations"), version("pandas"), content)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def recall(self, suite: Suite, key: str) -> Judged | None:
        """Results kept under a key; None if the suite has to be run."""
        try:
            kept = json.loads(self._file(suite).read_text(encoding="utf-8"))
            if kept["key"] != key:
                return None
            return Judged(kept["results"], [_with_days(finding) for finding in kept["findings"]])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, suite: Suite, key: str, judged: Judged) -> None:
        """Keep the results of a suite; those that were kept before are replaced."""
        document = {"key": key, "results": list(judged.results), "findings": list(judged.findings)}
        text = json.dumps(document, default=str, ensure_ascii=False, indent=1)
        atomic_write_text(self._file(suite), text + "\n")

    def _file(self, suite: Suite) -> Path:
        return self.folder / f"{suite.name}.json"


def _with_days(finding: Row) -> Row:
    days = {name: date.fromisoformat(finding[name]) for name in _DAYS if finding[name]}
    return {**finding, **days}


def add_known(
    connection: DuckDBPyConnection, memory: SuiteMemory, suites: Sequence[Suite] | None = None
) -> None:
    """Adds what is known before anything is published: remembered results, and those of suites that gate.

    Any other suite gets a result for each expectation and source that is not evaluated, because it has not run yet.

    Args:
        connection: Connection to a read model with the tables `quality.profile_*`, not yet in place.
        memory: Results of suites that were run.
        suites: Those that ship when None.

    Raises:
        PublicationHeldBack: A suite that gates has a failure of a blocking expectation, or could not be run.
    """
    for suite in load_suites() if suites is None else suites:
        key = memory.key(connection, suite)
        judged = memory.recall(suite, key)
        if judged is None and suite.gates:
            judged, broken = _run(connection, memory, suite, key)
            if broken is not None:
                raise PublicationHeldBack(
                    f"Nothing new is published, because the suite {suite.name}, which gates, could not be run: "
                    f"{broken}. The last publication stays."
                )
        if suite.gates and judged is not None:
            _let_through(suite, judged)
        if judged is None:
            judged = Judged(list(_awaited(connection, suite, WAITING)), [])
        insert(connection, judged.results, judged.findings)


def _let_through(suite: Suite, judged: Judged) -> None:
    """Refuse a publication that a suite keeps back."""
    kept_back = [
        row for row in judged.results if row["severity"] == "blocking" and row["outcome"] == "fail"
    ] + [row for row in judged.results if row["severity"] == "blocking" and row["reason"] == "engine_error"]
    if kept_back:
        said = "; ".join(f"{row['check_id']} ({row['source']}): {row['message']}" for row in kept_back[:3])
        more = f" ... and {len(kept_back) - 3:,} more." if len(kept_back) > 3 else ""
        raise PublicationHeldBack(
            f"Nothing new is published, because the suite {suite.name}, which gates, failed: {said}{more} The last "
            "publication stays."
        )


def waiting_suites(connection: DuckDBPyConnection, suites: Sequence[Suite]) -> list[Suite]:
    """Suites that have not judged a read model, or could not be run."""
    silent = {
        check_id
        for (check_id,) in connection.execute(
            "SELECT DISTINCT check_id FROM quality.check_results WHERE layer = 'published' AND reason = ?",
            [NOT_RUN],
        ).fetchall()
    }
    return [suite for suite in suites if any(one.id in silent for one in suite.expectations)]


def judge(
    connection: DuckDBPyConnection, memory: SuiteMemory, suites: Sequence[Suite]
) -> tuple[dict[str, Judged], list[str]]:
    """Runs suites over a read model; writes nothing to it.

    Args:
        connection: Connection to the read model.
        memory: Keeps the results.
        suites: Suites that wait.

    Returns:
        Results by name of suite, and a sentence for each suite that could not be run; its results then say why.
    """
    found: dict[str, Judged] = {}
    sentences: list[str] = []
    for suite in suites:
        key = memory.key(connection, suite)
        judged, broken = memory.recall(suite, key), None
        if judged is None:
            judged, broken = _run(connection, memory, suite, key)
        if broken is not None:
            reason = f"the expectation could not be evaluated: {broken}"
            judged = Judged(list(_awaited(connection, suite, reason)), [])
            sentences.append(
                f"The suite {suite.name} could not be run: {broken}. Its expectations are not evaluated; the figures "
                "are published, and the next refresh tries again."
            )
        found[suite.name] = judged
    return found, sentences


def replace_results(
    connection: DuckDBPyConnection, suites: Sequence[Suite], judged: Mapping[str, Judged]
) -> None:
    """Replace what a read model has of suites with these results and findings."""
    for suite in suites:
        checks = [one.id for one in suite.expectations]
        for table in ("check_results", "findings"):
            connection.execute(
                f"DELETE FROM quality.{table} WHERE release = ? AND list_contains(?, check_id)",
                [RELEASE, checks],
            )
        insert(connection, judged[suite.name].results, judged[suite.name].findings)


def _run(
    connection: DuckDBPyConnection, memory: SuiteMemory, suite: Suite, key: str
) -> tuple[Judged, str | None]:
    """Results of a suite, which are kept; and why it could not be run."""
    from civic_assets.quality.expectations.run_suites import profile_frame, run_suite

    run = run_suite(suite, profile_frame(connection, suite.profile))
    results, findings = [], []
    for expectation, source, verdict in run.verdicts:
        results.append(result_row(result_of(expectation, verdict), source, RELEASE))
        findings += [finding_row(finding, source, RELEASE) for finding in verdict.findings]
    judged = Judged(results, findings)
    if run.broken is None:
        memory.keep(suite, key, judged)
    return judged, run.broken


def _awaited(connection: DuckDBPyConnection, suite: Suite, message: str) -> Iterator[Row]:
    sources = connection.execute(
        f"SELECT DISTINCT source FROM quality.profile_{suite.profile} ORDER BY source"
    ).fetchall()
    verdict: RuleOutcome = not_evaluated(NOT_RUN, message)
    for expectation in suite.expectations:
        for (source,) in sources:
            yield result_row(result_of(expectation, verdict), source, RELEASE)
