"""Causes of everything that is published: the figures of the publishers' files, and addresses that are not repeated."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pytest

from civic_assets.publish.read_model.causes import create

MOST_OF_A_RELEASE, MEDIAN_OF_A_RELEASE = 12, 2
_COLUMNS = (
    "finding_id VARCHAR, check_id VARCHAR, source VARCHAR, release VARCHAR, severity VARCHAR, message VARCHAR, "
    "area_code VARCHAR, observed VARCHAR, locator VARCHAR, locators VARCHAR[], evidence VARCHAR, status VARCHAR, "
    "cause_id VARCHAR"
)


def _model(*findings: tuple[Any, ...]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA quality; CREATE TABLE quality.findings ({_COLUMNS})")
    for finding in findings:
        connection.execute(
            """INSERT INTO quality.findings
            (finding_id, check_id, source, release, severity, message, evidence, status)
            VALUES (?, ?, ?, ?, ?, ?, ?, 'open')""",
            finding,
        )
    create(connection)
    return connection


def test_finding_about_a_derived_table_belongs_to_the_release_that_it_is_about() -> None:
    """Synthetic findings, as the rules over derived tables and the expectations store them."""
    model = _model(
        ("a", "X-04", "recorded_crime_beside", "published", "warning", "Two years differ. Do not mix them.",
         '{"about_source": "met_borough", "about_releases": ["2024-10"], "cause_key": "years of met_borough 2024-10"}'),
        ("b", "X-04", "recorded_crime_beside", "published", "warning", "Two others differ. Do not mix them.",
         '{"about_source": "met_borough", "about_releases": ["2024-10"], "cause_key": "years of met_borough 2024-10"}'),
        ("c", "E-14", "ons_pfa", "published", "warning", "A percentile moved. Check whether totals joined.",
         '{"row": {"release": "2018-12", "table_id": "knife_series"}}'),
        ("d", "H-03", "area_profile", "published", "warning", "Periods differ. Read each with its period.", "{}"),
    )  # fmt: skip
    rows = model.execute(
        "SELECT source, release, releases, n_findings, action FROM quality.causes ORDER BY ALL"
    ).fetchall()
    assert rows == [
        ("area_profile", "published", [], 1, "Read each with its period."),
        ("met_borough", "2024-10", ["2024-10"], 2, "Do not mix them."),
        ("ons_pfa", "2018-12", ["2018-12"], 1, "Check whether totals joined."),
    ]
    marked = model.execute(
        "SELECT count(*), count(DISTINCT cause_id) FROM quality.findings WHERE cause_id IS NOT NULL"
    ).fetchone()
    assert marked == (4, 3)


def test_publication_without_findings_has_no_causes() -> None:
    assert _model().execute("SELECT count(*) FROM quality.causes").fetchone() == (0,)


@pytest.fixture(scope="module")
def real(real_store: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(real_store / "civic.duckdb"), read_only=True)


@pytest.mark.real_data
def test_few_causes_of_a_release_ask_for_action(real: duckdb.DuckDBPyConnection) -> None:
    counts = [
        n
        for (n,) in real.execute(
            """WITH asking AS (SELECT source, unnest(releases) AS release FROM quality.causes WHERE asks_action)
            SELECT count(a.source) FROM catalogue.releases r LEFT JOIN asking a USING (source, release)
            GROUP BY r.source, r.release"""
        ).fetchall()
    ]
    assert max(counts) <= MOST_OF_A_RELEASE
    assert median(counts) <= MEDIAN_OF_A_RELEASE
    ours = real.execute(
        "SELECT count(*) FROM quality.causes WHERE asks_action AND len(releases) = 0"
    ).fetchone()
    assert ours is not None and ours[0] <= MOST_OF_A_RELEASE


@pytest.mark.real_data
def test_no_cause_is_there_twice(real: duckdb.DuckDBPyConnection) -> None:
    assert not real.execute(
        "SELECT message, source FROM quality.causes GROUP BY ALL HAVING count(*) > 1"
    ).fetchall()
    once = real.execute(
        "SELECT count(*), count(DISTINCT finding_id), count(cause_id) FROM quality.findings"
    ).fetchone()
    assert once is not None and once[0] == once[1] == once[2]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("check_id", "source", "number"),
    [("X-06", "ons_pfa", 1), ("V-02", "dfe_exclusions", 1), ("V-05", "ons_csp", 2)],
)
def test_findings_that_share_a_cause_are_counted_once(
    real: duckdb.DuckDBPyConnection, check_id: str, source: str, number: int
) -> None:
    causes = real.execute(
        "SELECT n_findings FROM quality.causes WHERE source = ? AND list_contains(check_ids, ?)",
        [source, check_id],
    ).fetchall()
    assert len(causes) == number and all(n >= 4 for (n,) in causes)


@pytest.mark.real_data
def test_hidden_figures_that_can_be_worked_out_are_counted_without_their_addresses(
    real: duckdb.DuckDBPyConnection, real_store: Path
) -> None:
    rows = real.execute(
        "SELECT locator, locators, measure, area_code, evidence, source FROM quality.findings WHERE check_id = 'H-19'"
    ).fetchall()
    assert rows
    assert all((*row[:4],) == ("", [], None, None) for row in rows)
    for source in {row[5] for row in rows}:
        hidden = [
            cell
            for (cell,) in real.execute(
                "SELECT locator FROM harmonised.observations WHERE source = ? AND status = 'suppressed'",
                [source],
            ).fetchall()
        ]
        said = " ".join(
            text
            for (text,) in real.execute(
                """SELECT message || evidence FROM quality.findings WHERE check_id = 'H-19' AND source = $1
                UNION ALL SELECT message FROM quality.check_results WHERE check_id = 'H-19' AND source = $1
                UNION ALL SELECT message FROM quality.disclosure_log WHERE source = $1""",
                [source],
            ).fetchall()
        )
        assert not [cell for cell in hidden if cell in said.split()]


@pytest.mark.real_data
def test_total_that_is_off_by_one_and_guard_that_worked_dispute_nothing(
    real: duckdb.DuckDBPyConnection,
) -> None:
    slight = real.execute(
        "SELECT DISTINCT severity, len(disputes) FROM quality.findings WHERE check_id = 'V-11' "
        "AND source = 'dfe_children_in_need'"
    ).fetchall()
    assert slight == [("warning", 0)]
    guard = real.execute(
        "SELECT DISTINCT severity FROM quality.findings WHERE check_id = 'H-18' AND source = 'our_tables'"
    ).fetchall()
    assert guard == [("info",)]
