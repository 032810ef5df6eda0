"""Flows of all sources on the same years: exact, of one release, with the figures that they were added up from."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.harmonise.time.aggregation import aggregate
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.publish.disclosure.derived_tables import REASON, UNIFIED_SUMS
from civic_assets.publish.disclosure.withholding import Protection, withhold
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.queries.unified_years import added_up
from civic_assets.publish.unified.periods import create_unified_periods
from civic_assets.quality.disclosure.differencing import JointAudit
from civic_assets.quality.published.engine import evaluate
from civic_assets.readers.open_file import read_grid
from civic_assets.values.named_periods import TERMS, calendar_year, months, term
from civic_assets_tests.harmonise.harmonised_figures import observations
from civic_assets_tests.publish.harmonised_models import model, month_of, records, year
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, figure

MONTHS = [months(2023, month, 1) for month in range(1, 25)]
OTHER_CLASS = {"breakdown": "major=theft;minor=other theft"}


def unified(figures: Iterable[Mapping[str, Any]]) -> duckdb.DuckDBPyConnection:
    connection = model(figures)
    create_unified_periods(connection, breaks())
    return connection


def years(connection: duckdb.DuckDBPyConnection, where: str = "true") -> list[dict[str, Any]]:
    return records(
        connection, f"SELECT * FROM harmonised.unified_periods WHERE {where} ORDER BY period_start, area_code"
    )


def test_months_are_added_up_to_every_kind_of_year_once() -> None:
    found = years(unified(month_of(month, number) for number, month in enumerate(MONTHS, 1)))
    assert [(row["period_start"], row["period_kind"], row["value"]) for row in found] == [
        (date(2023, 1, 1), "calendar_year", sum(range(1, 13))),
        (date(2023, 4, 1), "financial_year", sum(range(4, 16))),
        (date(2023, 7, 1), "rolling_year", sum(range(7, 19))),
        (date(2023, 9, 1), "academic_year", sum(range(9, 21))),
        (date(2023, 10, 1), "rolling_year", sum(range(10, 22))),
        (date(2024, 1, 1), "calendar_year", sum(range(13, 25))),
    ]
    assert [row["timeframes"] for row in found[:2]] == [
        ["calendar_year", "rolling_year"],
        ["financial_year", "rolling_year"],
    ]


def test_every_sum_names_the_figures_that_it_was_made_from_so_that_each_can_be_found() -> None:
    connection = unified(month_of(month, 1) for month in MONTHS[:12])
    (found,) = years(connection)
    assert [part["period_start"] for part in found["parts"]] == [month.start for month in MONTHS[:12]]
    ids = {row["figure_id"] for row in records(connection, "SELECT figure_id FROM harmonised.latest")}
    assert {part["figure"] for part in found["parts"]} == {f"{one}@2025-12" for one in ids}
    cells = records(connection, "SELECT locator, value FROM harmonised.unified_figures ORDER BY position")
    assert len({row["locator"] for row in cells}) == 12
    assert sum(row["value"] for row in cells) == found["value"]


def test_a_suppressed_month_leaves_the_year_without_a_number() -> None:
    rows = [month_of(month, 1) for month in MONTHS[1:12]]
    (found,) = years(unified([month_of(MONTHS[0], None, status="suppressed"), *rows]))
    assert (found["value"], found["status"], found["reason"]) == (
        None,
        "incomplete",
        "1 of 12 parts: suppressed",
    )


def test_a_class_without_a_row_is_zero_in_the_files_of_the_met_and_unknown_elsewhere() -> None:
    rows = [month_of(month, 1, **OTHER_CLASS) for month in MONTHS[:12]]
    (found,) = years(
        unified([*rows, *(month_of(month, 2) for month in MONTHS[:5])]), "breakdown LIKE '%shoplifting'"
    )
    assert (found["value"], found["n_zero_rows"], found["n_parts"]) == (10, 7, 12)
    quarters = [
        figure("home_office_prc", "2024-03-pfa", "recorded_crime_offence", area, quarter.start, quarter.end, 5,
               period_kind="quarter", breakdown="group=robbery")
        for quarter in (months(2023, 4, 3), months(2023, 7, 3), months(2023, 10, 3), months(2024, 1, 3))
        for area in (ISLINGTON, CAMDEN)
    ]  # fmt: skip
    found, other = years(unified(quarters[:-1]))
    assert (found["value"], found["reason"]) == (None, "1 of 4 parts: no row")
    assert other["value"] == 20


def test_one_release_makes_a_year_and_a_newer_one_that_holds_a_part_is_compared() -> None:
    old = [month_of(month, 1, release="2024-12") for month in MONTHS]
    new = [month_of(month, 2, release="2025-05") for month in MONTHS[18:]]
    connection = unified([*old, *new])
    (found,) = years(connection, "period_start = DATE '2024-01-01'")
    assert (found["value"], found["releases"], found["basis"]) == (12, ["2024-12"], "one_release")
    other = records(
        connection, "SELECT * FROM harmonised.unified_differences WHERE period_start = DATE '2024-01-01'"
    )
    assert [(row["value"], row["other_value"], row["other_releases"]) for row in other] == [
        (12, 18, ["2024-12", "2025-05"])
    ]


def test_a_year_that_no_release_holds_is_made_of_the_newest_of_each_part_and_says_so() -> None:
    old = [month_of(month, 1, release="2024-12") for month in MONTHS[:8]]
    new = [month_of(month, 2, release="2025-05") for month in MONTHS[6:12]]
    (found,) = years(unified([*old, *new]))
    assert (found["value"], found["release"], found["basis"]) == (
        6 + 12,
        "2024-12+2025-05",
        "newest_release_of_each_part",
    )
    assert [part["release"] for part in found["parts"]] == ["2024-12"] * 6 + ["2025-05"] * 6


def test_of_two_files_that_hold_a_year_the_newer_one_supplies_all_classes() -> None:
    """The historical file has a class that the newer one has renamed: no sum counts it together with the new name."""
    old = [
        month_of(month, 1, release="2024-10-historical", **kind) for month in MONTHS[:12] for kind in ({}, OTHER_CLASS)
    ]  # fmt: skip
    new = [month_of(month, 2, release="2025-05") for month in MONTHS[:12]]
    found = years(unified([*old, *new]))
    assert [(row["breakdown"], row["value"], row["release"]) for row in found] == [
        ("major=theft;minor=shoplifting", 24, "2025-05")
    ]


def test_a_figure_that_is_printed_for_the_year_is_shown_as_printed() -> None:
    printed = figure(
        "ons_csp", "2024-12", "burglary", ISLINGTON, *year(2024), 1802, period_kind="rolling_year"
    )
    (found,) = years(unified([printed]))
    assert (found["value"], found["method"], found["period_kind"]) == (1802, "published", "calendar_year")
    assert (found["n_parts"], len(found["parts"])) == (1, 1)


def test_persons_are_not_added_up_over_terms_and_events_are_held_against_the_printed_year() -> None:
    def of_terms(measure: str) -> list[dict[str, Any]]:
        return [
            figure(
                "dfe_exclusions", "2024-25", measure, ISLINGTON, one.start, one.end, 10, period_kind="term"
            )
            for one in (term(2025, name) for name in TERMS)
        ]

    assert years(unified(of_terms("pupils_suspended"))) == []
    (made,) = years(unified(of_terms("suspensions")))
    assert (made["value"], made["period_kind"], made["method"]) == (30, "academic_year", "aggregated")
    printed = figure(
        "dfe_exclusions", "2024-25", "suspensions", ISLINGTON, *year(2024, 9), 31, period_kind="academic_year"
    )
    connection = unified([*of_terms("suspensions"), printed])
    (found,) = years(connection)
    assert (found["value"], found["method"]) == (31, "published")
    (other,) = records(connection, "SELECT * FROM harmonised.unified_differences")
    assert (other["value"], other["other_value"], other["method"]) == (31, 30, "published")


def test_breaks_within_the_year_are_named() -> None:
    found = {
        row["period_start"]: row["breaks"] or []
        for row in years(unified(month_of(month, 1) for month in [months(2019, n, 1) for n in range(1, 40)]))
    }
    assert "pandemic" in found[date(2020, 1, 1)]
    assert "pandemic" not in found[date(2019, 1, 1)]


def test_a_break_of_an_area_with_all_inside_it_is_named_for_its_wards() -> None:
    ward, elsewhere = "E05013697", "E05000366"
    rows = [
        month_of(months(2024, number, 1), 1, area=area, parent_code=parent)
        for number in range(1, 13)
        for area, parent in ((ward, ISLINGTON), (elsewhere, "E07000106"))
    ]
    connection = model(rows)
    connection.execute("UPDATE harmonised.profile_areas SET force_code = NULL")  # it has no wards
    create_unified_periods(connection, breaks())
    found = {row["area_code"]: row["breaks"] or [] for row in years(connection)}
    assert "met-systems-2024-other" in found[ward]
    assert "met-systems-2024-other" not in found[elsewhere]


def test_the_table_is_made_by_the_rules_of_aggregate() -> None:
    rows = [
        month_of(month, number, status="revised" if number == 3 else None)
        for number, month in enumerate(MONTHS)
    ]
    (found,) = years(unified(rows), "period_start = DATE '2024-01-01'")
    (made,) = aggregate(observations(rows), [calendar_year(2024)], absent_is_zero=True).table.to_pylist()
    same = ("value", "status", "reason", "n_parts", "n_zero_rows", "releases", "release")
    assert {name: found[name] for name in same} == {name: made[name] for name in same}


def test_a_figure_that_is_only_added_up_is_pointed_to() -> None:
    connection = unified(month_of(month, 1) for month in MONTHS[:12])
    name = "met_borough:recorded_crime_met[major=theft;minor=shoplifting]:E09000019:2023-01-01/2024-01-01"
    for asked in (name, FigureQuery("recorded_crime_met", ISLINGTON.lower(), "2023-01-01/2024-01-01")):
        assert "the figure is 12: 12 parts of release 2025-12" in added_up(connection, asked)
    assert added_up(connection, name.replace("2024-01-01", "2023-02-01")) == ""
    assert added_up(connection, FigureQuery("recorded_crime_met", ISLINGTON, "2023")) == ""
    connection.execute("DROP TABLE harmonised.unified_sums CASCADE")
    assert added_up(connection, name) == ""


def test_a_sum_in_the_range_that_the_publisher_hides_is_withheld() -> None:
    terms = [term(2025, name) for name in TERMS]
    rows = [
        figure(
            "dfe_exclusions", "2024-25", "suspensions", ISLINGTON, one.start, one.end, 1, period_kind="term"
        )
        for one in terms
    ]
    connection = unified(rows)
    connection.execute(
        """CREATE TABLE catalogue.disclosure_rules AS SELECT 'dfe_exclusions' AS source, 't' AS table_id,
        'suspensions' AS measure, 'suppressed' AS practice, 1.0 AS lowest, 4.0 AS highest"""
    )
    withhold(connection, Protection(None, JointAudit((), ())), [UNIFIED_SUMS])
    (found,) = years(connection)
    assert (found["value"], found["quality"], found["reason"]) == (None, "withheld", REASON)


def test_rules_pass_over_the_tables_that_are_made() -> None:
    old = [
        month_of(month, 1, release="2024-12", area=area) for month in MONTHS for area in (ISLINGTON, CAMDEN)
    ]
    connection = unified([*old, *(month_of(month, 1, release="2025-05") for month in MONTHS[18:])])
    said = {(rule.id, rule.table): result for rule, result, _ in evaluate(connection)}
    for key in (("H-02", "unified_sums"), ("X-15", "unified_sums"), ("X-16", "unified_differences")):
        assert said[key].outcome == "pass", said[key].message


@pytest.mark.real_data
def test_years_of_islington_are_the_sums_of_the_mets_files_added_up_by_hand(real_data: Path) -> None:
    by_hand: dict[tuple[str, str], float] = defaultdict(float)
    tables = []
    for path in sorted((real_data / "met-borough").rglob("*.csv")):
        grid = read_grid(path)
        (found,) = recognise(grid, load_contracts())
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if "Islington" in row.values():
                    for name, cell in row.items():
                        if name and name.isdigit() and len(name) == 6:
                            by_hand[found.edition, name] += float(cell)
        parsed = parser_of(found.contract).parse(grid, found.found, found.contract).observations
        own = {
            "source": pa.repeat("met_borough", parsed.num_rows),
            "release": pa.repeat(found.edition, parsed.num_rows),
        }
        tables.append(pa.table({**own, **dict(zip(parsed.column_names, parsed.columns, strict=True))}))
    rows = [
        row | {"quality": "ok"}
        for row in pa.concat_tables(tables).to_pylist()
        if row["area_code"] == ISLINGTON
    ]
    made = unified(rows)
    for start, release in ((date(2024, 1, 1), "2025-12"), (date(2023, 4, 1), "2024-10")):
        wanted = [
            f"{start.year + (start.month + n - 1) // 12}{(start.month + n - 1) % 12 + 1:02}"
            for n in range(12)
        ]
        of_year = years(made, f"period_start = DATE '{start}'")
        assert {row["release"] for row in of_year} == {release}
        assert (
            sum(row["value"] for row in of_year) == sum(by_hand[release, month] for month in wanted) > 20_000
        )
