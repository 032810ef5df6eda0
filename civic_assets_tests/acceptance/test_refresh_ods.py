"""`refresh` on spreadsheets in the Home Office's layout by partnership: every layer of a file read by column."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets_tests import ods_files
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.home_office_files import KENT, Rows, csv_lines, sheets, year

# As large as the smallest real file: the program refuses a smaller one.
_WEIGHT = {"Thumbnails/thumbnail.png": random.Random(1).randbytes(120_000)}


def _write(path: Path, tables: Mapping[str, Rows]) -> None:
    rows = [
        ods_files.table(name, *(ods_files.row(*map(ods_files.cell, cells)) for cells in lines))
        for name, lines in tables.items()
    ]
    ods_files.write_ods(path, ods_files.content(*rows), _WEIGHT)


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    """Three releases: a good one, one with an unknown partnership and without a year, one with a row twice."""
    inputs = tmp_path_factory.mktemp("inputs")
    good = sheets()
    _write(inputs / "a.ods", good)
    later = {**good, "2024_25": year("2024/25", (1.0, 2.0, 3.0), 110)}
    del later["2023_24"]
    later["2024_25"] = [
        [cells[0], cells[1], cells[2], "Izlington" if cells[3] == "Islington" else cells[3], *cells[4:]]
        for cells in later["2024_25"]
    ]
    _write(inputs / "b.ods", later)
    twice = {**good, "2024_25": year("2024/25", ("Q1", "Q2", "Q3", "Q4"), 110)}
    twice["2024_25"] = [*twice["2024_25"], twice["2024_25"][-1]]
    _write(inputs / "c.ods", twice)
    store = tmp_path_factory.mktemp("partnerships") / "store"
    return store, civic_assets(
        "refresh", "--profile", "local", "--inputs", inputs, "--store", store, "--json"
    )


def _query(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_good_releases_are_published_and_the_one_with_a_row_twice_is_held_back(
    refreshed: tuple[Path, Answer],
) -> None:
    _, answer = refreshed
    assert answer.code == 1, answer.err
    states = {release["release"]: release for release in answer.json["releases"]}
    assert {name: release["state"] for name, release in states.items()} == {
        "2024-09-csp": "published", "2024-12-csp": "published", "2025-03-csp": "held_back",
    }  # fmt: skip
    assert [reason.split(":")[0] for reason in states["2025-03-csp"]["held_back"]] == ["V-01"]


def test_every_row_of_every_year_is_published_where_it_stands(refreshed: tuple[Path, Answer]) -> None:
    written = {
        (f"{name}!I{number}", cells[-1])
        for name, rows in sheets().items()
        for number, cells in enumerate(rows, start=1)
        if number > 1 and name[:2] == "20"
    }
    read = _query(
        refreshed[0],
        "SELECT locator, value FROM harmonised.observations WHERE release = '2024-09-csp'",
    )
    assert len(read) == len(written) == 60
    assert set(read) == written
    assert any(value < 0 for _, value in read), "cancelled crimes are counts below zero"


def test_partnership_that_is_one_authority_is_under_its_code(refreshed: tuple[Path, Answer]) -> None:
    rows = _query(
        refreshed[0],
        """SELECT area_code, area_type, partnership_code, period_start::VARCHAR, value FROM harmonised.observations
        WHERE release = '2024-09-csp' AND area_name = 'Islington' AND breakdown LIKE '%28E%' ORDER BY period_start""",
    )
    assert [row[:3] for row in rows] == [("E09000019", "local_authority", "E22000204")] * 6
    assert [row[3:] for row in rows] == [
        ("2023-04-01", 90), ("2023-07-01", 130), ("2023-10-01", 170), ("2024-01-01", 210), ("2024-04-01", 110),
        ("2024-07-01", 150),
    ]  # fmt: skip


def test_unknown_partnership_and_lost_year_are_findings_and_dispute_nothing(
    refreshed: tuple[Path, Answer],
) -> None:
    found = _query(
        refreshed[0],
        """SELECT check_id, locator, observed FROM quality.findings
        WHERE release = '2024-12-csp' AND check_id IN ('V-05', 'R-08') ORDER BY check_id""",
    )
    assert [(check, observed) for check, _, observed in found] == [("R-08", "30"), ("V-05", "Izlington")]
    kept = _query(
        refreshed[0],
        "SELECT count(*) FROM harmonised.observations WHERE release = '2024-12-csp' AND quality = 'ok'",
    )
    assert kept == [(30,)]


def test_note_of_the_publisher_is_found_again_with_the_figure(refreshed: tuple[Path, Answer]) -> None:
    def notes(start: str, end: str) -> list[dict[str, Any]]:
        wanted = ("--area", "E22000145", "--measure", "recorded_crime_offence", "--period", f"{start}/{end}")
        several = civic_assets("trace", *wanted, "--store", refreshed[0])
        assert several.code == 2 and "has no total" in several.err, "two offences, and nothing that sums them"
        ((offence,),) = _query(
            refreshed[0],
            "SELECT min(breakdown) FROM harmonised.observations WHERE partnership_code = 'E22000145'",
        )
        answer = civic_assets("trace", *wanted, "--breakdown", offence, "--store", refreshed[0], "--json")
        assert answer.code == 0, answer.err
        found: list[dict[str, Any]] = answer.json["notes"]
        return found

    (note,) = notes("2024-04-01", "2024-07-01")
    assert (note["locator"], note["text"]) == ("Notes!A4", KENT)
    # The note is about the year to March 2025 alone; the newest release has no earlier year.
    assert _query(
        refreshed[0], "SELECT DISTINCT text FROM catalogue.notes WHERE list_contains(areas, 'E22000145')"
    ) == [(KENT,)]


def test_delimited_file_with_the_same_rows_gives_the_same_figures(
    refreshed: tuple[Path, Answer], tmp_path: Path
) -> None:
    lines = [*csv_lines("2023_24"), *list(csv_lines("2024_25"))[1:]]
    # Blank lines at the end make the file large enough, and are not rows.
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "rows.csv").write_text("\n".join(lines) + "\n" * 120_000)
    store = tmp_path / "store"
    answer = civic_assets("refresh", "--profile", "local", "--inputs", tmp_path / "inputs", "--store", store)
    assert answer.code == 0, answer.out + answer.err
    figures = """SELECT measure, area_code, area_name, area_type, period_start, period_end, breakdown, unit, value,
        value_text, partnership_code, parent_code, row_kind FROM harmonised.observations
        WHERE release = '2024-09-csp' ORDER BY ALL"""
    assert _query(store, figures) == _query(refreshed[0], figures)
