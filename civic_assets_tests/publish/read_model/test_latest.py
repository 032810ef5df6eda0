"""The newest issue of each whole, on small releases made here, and on the real files by another route."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.harmonise.measures.wholes import CLASSES, TREE, classes_of
from civic_assets.harmonise.observations import harmonise
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.publish.read_model.superseded import superseded
from civic_assets.quality.framework.results import CheckResult, Finding
from civic_assets.quality.published import engine as published_engine
from civic_assets.quality.published.engine import evaluate
from civic_assets.quality.published.sql_rules import rules_of
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.publish.harmonised_models import model as model_of
from civic_assets_tests.publish.read_models import CAMDEN, ISLINGTON, MET, figure

BUCKS, COUNTY = "E06000060", "E10000002"
_BURGLARY = "major=burglary;minor="
_HOME, _DWELLING, _BUSINESS = (_BURGLARY + minor for minor in ("home", "dwelling", "business"))


def _model(*figures: Mapping[str, Any]) -> duckdb.DuckDBPyConnection:
    return model_of(figures)


def _met(
    release: str, breakdown: str, value: float, /, month: int = 1, area: str = ISLINGTON, **other: Any
) -> dict[str, Any]:
    end = date(2025, month + 1, 1)
    return figure(
        other.pop("source", "met_borough"), release, "recorded_crime_met", area, date(2025, month, 1), end, value,
        **{"breakdown": breakdown, "period_kind": "month", "parent_code": MET, **other},
    )  # fmt: skip


def _year(release: str, area: str, value: float | None, /, **other: Any) -> dict[str, Any]:
    return figure(
        "dfe_children_in_need", release, "children_in_need", area, date(2018, 3, 31), date(2018, 4, 1), value,
        **{"statistic": "stock", "period_kind": "point_in_time", "parent_code": "E12000008", **other},
    )  # fmt: skip


def _rows(connection: duckdb.DuckDBPyConnection, columns: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT {columns} FROM harmonised.latest ORDER BY ALL").fetchall()


def test_month_that_two_issues_print_in_other_classes_is_that_of_the_newer_one() -> None:
    model = _model(
        _met("2025-05", _DWELLING, 89), _met("2025-05", _BUSINESS, 11),
        _met("2026-03", _HOME, 80), _met("2026-03", _BUSINESS, 12),
    )  # fmt: skip
    assert _rows(model, "release, breakdown, value") == [("2026-03", _BUSINESS, 12), ("2026-03", _HOME, 80)]
    assert model.execute("SELECT count(*) FROM harmonised.observations").fetchall() == [(4,)]


def test_month_that_the_newer_issue_does_not_print_is_that_of_the_older_one() -> None:
    model = _model(_met("2025-05", _DWELLING, 89), _met("2026-03", _HOME, 80, month=2))
    assert _rows(model, "release, breakdown") == [("2025-05", _DWELLING), ("2026-03", _HOME)]


def test_historical_file_and_file_of_24_months_are_one_line() -> None:
    model = _model(
        _met("2025-05-historical", _DWELLING, 89), _met("2025-05-historical", _DWELLING, 90, month=2),
        _met("2025-08", _HOME, 91, month=2),
    )  # fmt: skip
    assert _rows(model, "release, value") == [("2025-05-historical", 89), ("2025-08", 91)]


def test_borough_that_the_newer_issue_leaves_out_is_that_of_the_older_one() -> None:
    model = _model(
        _met("2025-05", _DWELLING, 89),
        _met("2025-05", _DWELLING, 70, area=CAMDEN),
        _met("2026-03", _HOME, 80),
    )
    assert _rows(model, "release, area_code") == [("2025-05", CAMDEN), ("2026-03", ISLINGTON)]


def _replaced(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """Release and message of what replaced a figure, by release and area, of each that says so."""
    rows = connection.execute("SELECT rowid, release, area_code FROM harmonised.observations").fetchall()
    found = {(release, area): superseded(connection, row) for row, release, area in rows}
    return {key: told.message for key, told in found.items() if told}


def test_figure_of_a_class_that_the_newer_issue_does_not_print_says_that_it_is_superseded() -> None:
    model = _model(
        _met("2025-05", _DWELLING, 89), _met("2025-05", _DWELLING, 70, area=CAMDEN),
        _met("2025-12", _HOME, 80), _met("2025-12", _HOME, 90, month=2),
    )  # fmt: skip
    assert _replaced(model) == {
        ("2025-05", ISLINGTON): (
            "not in the newest issue that covers this period (2025-12, which prints other classes)"
        )
    }


def test_figure_that_the_newest_issue_prints_again_is_not_superseded_but_an_earlier_issue() -> None:
    assert _replaced(_model(_met("2025-05", _HOME, 89), _met("2025-12", _HOME, 90))) == {}


def test_authority_that_the_newer_issue_prints_under_another_code_says_which() -> None:
    told = _replaced(_model(_year("2023-24", COUNTY, 3714.0), _year("2024-25", BUCKS, 3714.0)))
    assert told == {
        ("2023-24", COUNTY): (
            "not in the newest issue that covers this period (2024-25, which prints this class for the code E06000060)"
        )
    }


def test_what_is_left_over_is_never_older_than_the_boroughs() -> None:
    """An offence of no borough in the older issue may have been placed in one since."""
    rest: dict[str, Any] = {"area": f"{MET}/unknown", "area_type": "unassigned"}
    model = _model(
        _met("2025-05", _DWELLING, 89), _met("2025-05", _DWELLING, 7, **rest), _met("2026-03", _HOME, 93)
    )
    assert _rows(model, "release, area_code") == [("2026-03", ISLINGTON)]


def test_wards_of_one_borough_come_from_one_issue() -> None:
    """Wards that were redrawn: the old and the new ones are one ground, and nothing says which overlap."""
    ward: dict[str, Any] = {"source": "met_ward", "area_type": "ward", "parent_code": ISLINGTON}
    model = _model(
        _met("2025-05", _HOME, 3, area="E05000366", **ward), _met("2025-05", _HOME, 4, area="E05000367", **ward),
        _met("2025-05", _HOME, 5, area="E05000368", **{**ward, "parent_code": CAMDEN}),
        _met("2026-03", _HOME, 6, area="E05013697", **ward),
    )  # fmt: skip
    assert _rows(model, "release, area_code") == [("2025-05", "E05000368"), ("2026-03", "E05013697")]


@pytest.mark.parametrize(
    ("older", "newer"), [(BUCKS, COUNTY), (COUNTY, BUCKS)], ids=["old code again", "new code"]
)
def test_one_authority_under_two_codes_appears_once_under_the_newest_one(older: str, newer: str) -> None:
    model = _model(_year("2023-b1", older, 3714), _year("2024-b1", newer, 3714))
    assert _rows(model, "area_code, release") == [(newer, "2024-b1")]


def test_two_codes_in_one_release_appear_once() -> None:
    model = _model(_year("2024-b1", COUNTY, 3714), _year("2024-b1", BUCKS, 3714))
    assert _rows(model, "area_code") == [(COUNTY,)]


def test_code_without_a_number_gives_way_to_the_one_with_it() -> None:
    model = _model(_year("2024-b1", COUNTY, None, status="not_applicable"), _year("2024-b1", BUCKS, 3714))
    assert _rows(model, "area_code, value") == [(BUCKS, 3714)]


def test_parts_of_an_authority_that_was_split_do_not_appear_with_it() -> None:
    model = _model(_year("2020-b1", "E10000021", 900), _year("2024-b1", "E06000061", 400))
    assert _rows(model, "area_code, release") == [("E06000061", "2024-b1")]


def test_partnership_and_the_authority_that_it_covers_are_one_ground() -> None:
    def robbery(release: str, code: str, kind: str) -> dict[str, Any]:
        return figure(
            "ons_csp", release, "robbery", code, date(2023, 1, 1), date(2024, 1, 1), 5.0,
            area_type=kind, parent_code="E23000036",
        )  # fmt: skip

    model = _model(
        robbery("2023-12", "E22000001", "community_safety_partnership"),
        robbery("2024-12", "E06000022", "local_authority"),
    )
    assert _rows(model, "area_code") == [("E06000022",)]


def test_group_of_recorded_crime_that_the_newer_edition_no_longer_prints_is_not_with_its_groups() -> None:
    def crime(release: str, measure: str, unit: str = "count") -> dict[str, Any]:
        statistic = "flow" if unit == "count" else "rate"
        return figure(
            "ons_csp", release, measure, ISLINGTON, date(2023, 1, 1), date(2024, 1, 1), 5.0,
            unit=unit, statistic=statistic,
        )  # fmt: skip

    model = _model(
        crime("2023-12", "violence_without_injury"), crime("2023-12", "stalking_and_harassment"),
        crime("2023-12", "robbery", "per_1000_population"), crime("2024-12", "violence_without_injury"),
    )  # fmt: skip
    # Rates of the year before are printed by its own edition alone.
    assert _rows(model, "release, measure, unit") == [
        ("2023-12", "robbery", "per_1000_population"), ("2024-12", "violence_without_injury", "count"),
    ]  # fmt: skip


def test_measure_with_a_definition_of_its_own_stays_when_a_newer_edition_leaves_it_out() -> None:
    other = {"measure": "children_in_need_started"}
    model = _model(
        _year("2023-b1", ISLINGTON, 5),
        {**_year("2023-b1", ISLINGTON, 9), **other},
        _year("2024-b1", ISLINGTON, 6),
    )
    assert _rows(model, "release, measure") == [
        ("2023-b1", "children_in_need_started"), ("2024-b1", "children_in_need"),
    ]  # fmt: skip


def test_two_files_of_one_edition_appear_together() -> None:
    model = _model(
        _year("2024", ISLINGTON, 5), _year("2024-reasons", ISLINGTON, 2, breakdown="reason=abuse"),
        _year("2024-reasons", ISLINGTON, 3, breakdown="reason=neglect"),
    )  # fmt: skip
    assert len(_rows(model, "release")) == 3


def test_reasons_of_two_schemes_never_appear_together() -> None:
    model = _model(
        _year("2023-reasons", ISLINGTON, 2, breakdown="reason=abuse"),
        _year("2023-reasons", ISLINGTON, 3, breakdown="reason=neglect"),
        _year("2024-reasons", ISLINGTON, 5, breakdown="reason=abuse or neglect"),
    )
    assert _rows(model, "breakdown") == [("reason=abuse or neglect",)]


def test_ages_in_bands_do_not_replace_ages_by_year() -> None:
    ages = [_year("2023", ISLINGTON, 1, breakdown=f"age={age}") for age in (*range(90), "90+")]
    model = _model(*ages, _year("2024-age-0-17", ISLINGTON, 18, breakdown="age=0-17"))
    assert len(_rows(model, "breakdown")) == 92


def test_street_file_that_came_again_replaces_all_of_its_force_and_month() -> None:
    def point(release: str, area: str) -> dict[str, Any]:
        return figure(
            "police_uk", release, "street_level_crimes", area, date(2024, 1, 1), date(2024, 2, 1), 1.0,
            area_type="lsoa", breakdown="crime_type=robbery",
        )  # fmt: skip

    model = _model(
        point("2024-01-kent", "E01000001"), point("2024-01-kent", "E01000002"),
        point("2024-01-kent.r2", "E01000001"), point("2024-01-essex", "E01000003"),
    )  # fmt: skip
    assert _rows(model, "release, area_code") == [
        ("2024-01-essex", "E01000003"), ("2024-01-kent.r2", "E01000001"),
    ]  # fmt: skip


def test_figure_appears_once_where_two_files_print_its_place() -> None:
    def point(release: str) -> dict[str, Any]:
        return figure(
            "police_uk", release, "street_level_crimes", "E01000001", date(2024, 1, 1), date(2024, 2, 1), 1.0,
            area_type="lsoa", breakdown="crime_type=robbery",
        )  # fmt: skip

    assert len(_rows(_model(point("2024-01-api-51.5n-0.1w"), point("2024-01-kent")), "release")) == 1


def _counted(release: str, breakdown: str, value: float, area: str = "E01000916") -> dict[str, Any]:
    return figure(
        "police_uk", release, "street_level_crimes", area, date(2023, 11, 1), date(2023, 12, 1), value,
        area_type="lsoa", breakdown=breakdown,
    )  # fmt: skip


def _two_forces() -> duckdb.DuckDBPyConnection:
    """One small area: 60 drugs crimes and 40 burglaries of its own force, one drugs crime of another force."""
    return _model(
        _counted("2023-11-metropolitan", "crime_type=drugs", 60),
        _counted("2023-11-metropolitan", "crime_type=burglary", 40),
        _counted("2023-11-metropolitan", "crime_type=drugs", 5, "E01000917"),
        _counted("2023-11-thames-valley", "crime_type=drugs;reported_by=thames-valley", 1),
        _counted("2023-11-thames-valley", "crime_type=drugs", 7, "E01028521"),
    )


def test_count_of_one_force_takes_nothing_from_the_count_of_another_force_in_the_same_place() -> None:
    assert _rows(_two_forces(), "area_code, breakdown, value") == [
        ("E01000916", "crime_type=burglary", 40.0),
        ("E01000916", "crime_type=drugs", 60.0),
        ("E01000916", "crime_type=drugs;reported_by=thames-valley", 1.0),
        ("E01000917", "crime_type=drugs", 5.0),
        ("E01028521", "crime_type=drugs", 7.0),
    ]


def test_file_of_a_force_that_came_again_takes_back_what_it_counted_elsewhere() -> None:
    model = _model(
        _counted("2023-11-metropolitan", "crime_type=drugs", 60),
        _counted("2023-11-thames-valley", "crime_type=drugs;reported_by=thames-valley", 1),
        _counted("2023-11-thames-valley.r2", "crime_type=drugs", 7, "E01028521"),
    )
    assert _rows(model, "release, value") == [
        ("2023-11-metropolitan", 60.0),
        ("2023-11-thames-valley.r2", 7.0),
    ]
    assert _said(model)[0].outcome == "pass"


def test_row_without_a_number_in_the_newest_release_is_not_filled_from_an_older_one() -> None:
    model = _model(_year("2023-b1", ISLINGTON, 5), _year("2024-b1", ISLINGTON, None, status="suppressed"))
    assert _rows(model, "release, value, status") == [("2024-b1", None, "suppressed")]


def test_nothing_published_means_no_rows() -> None:
    assert _rows(_model(), "release") == []


def test_class_is_a_part_of_its_scheme() -> None:
    found = classes_of(
        [
            ("ons_csp", "2024-12", "burglary", "total"),
            (
                "met_borough",
                "2024-10",
                "recorded_crime_met",
                "major=robbery;minor=robbery of personal property",
            ),
            ("met_borough", "2024-10", "recorded_crime_met", "major=theft;minor=never seen"),
            ("met_borough", "2024-10", "recorded_crime_met", "major=theft;minor=shoplifting"),
            ("police_uk", "2024-01-kent", "street_level_antisocial_behaviour", "total"),
            ("dfe_exclusions", "2024", "suspensions", "phase=primary;reason=bullying"),
        ]
    )
    seen = [(one.family, one.scheme, one.group) for one in found.values()]
    assert seen == [
        ("total_recorded_crime", TREE, "theft_offences"),
        ("recorded_crime_met", CLASSES, "robbery"),
        # One class that is not known: all of its group stand or fall together.
        ("recorded_crime_met", CLASSES, "major=theft"),
        ("recorded_crime_met", CLASSES, "major=theft"),
        ("street_level_crimes", CLASSES, "total"),
        ("suspensions", "phase;reason", "phase=primary"),
    ]


# ----


def _said(connection: duckdb.DuckDBPyConnection) -> tuple[CheckResult, list[Finding]]:
    with connection:
        ((result, found),) = [
            (r, f) for rule, r, f in evaluate(connection) if (rule.id, rule.table) == ("X-15", "latest")
        ]
    assert result.reason != "engine_error", result.message
    return result, list(found)


def _two_issues() -> duckdb.DuckDBPyConnection:
    return _model(_met("2025-05", _DWELLING, 89), _met("2026-03", _HOME, 80))


def _two_codes() -> duckdb.DuckDBPyConnection:
    return _model(
        _year("2023-b1", ISLINGTON, 9), _year("2024-b1", COUNTY, 3714), _year("2024-b1", BUCKS, 3714)
    )


_MIXED = "UPDATE harmonised.observations SET newest = true"
_DEFECTS = {"two issues": _two_issues, "two codes": _two_codes}


@pytest.mark.parametrize("name", _DEFECTS)
def test_rule_fails_where_a_whole_is_mixed(name: str) -> None:
    model = _DEFECTS[name]()
    model.execute(_MIXED)
    result, findings = _said(model)
    assert (result.outcome, len(findings)) == ("fail", 1)
    assert "twice" in findings[0].message


@pytest.mark.parametrize("name", _DEFECTS)
def test_rule_passes_on_what_is_published(name: str) -> None:
    result, findings = _said(_DEFECTS[name]())
    assert (result.outcome, findings) == ("pass", [])
    assert result.n_checked >= 1


@pytest.mark.parametrize("name", _DEFECTS)
def test_rule_that_is_switched_off_turns_its_test_red(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    off = replace(rules_of("latest")[0], failing="SELECT '' AS message WHERE false")
    monkeypatch.setattr(published_engine, "ALL_RULES", (off,))
    model = _DEFECTS[name]()
    model.execute(_MIXED)
    assert _said(model)[0].outcome != "fail"


def test_rule_passes_where_two_forces_count_in_one_place() -> None:
    assert _said(_two_forces())[0].outcome == "pass"


def test_rule_fails_where_a_count_is_lost_that_nothing_newer_replaces() -> None:
    model = _two_forces()
    model.execute(
        "UPDATE harmonised.observations SET newest = false "
        "WHERE release = '2023-11-metropolitan' AND area_code = 'E01000916'"
    )
    result, findings = _said(model)
    assert (result.outcome, len(findings)) == ("fail", 1)
    assert "nothing newer replaced them" in findings[0].message
    assert "2 of the 2 classes that release 2023-11-metropolitan prints" in findings[0].message


def test_rule_has_nothing_to_say_of_one_release() -> None:
    result, _ = _said(_model(_met("2025-05", _DWELLING, 89)))
    assert (result.outcome, result.reason) == ("not_evaluated", "no_input")


# ---- the real files


def _borough_files(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of each issue of the Metropolitan Police by name, without any of the project's readers."""
    found = {}
    for path in sorted((folder / "met-borough").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found[path.name] = list(csv.DictReader(lines))
    return found


def _newest_issue_a_month(files: Iterable[list[dict[str, str]]]) -> dict[tuple[str, str, str], int]:
    """Offences by borough, major class and month: of each month, those of the issue that reaches furthest."""
    newest: dict[str, tuple[str, list[dict[str, str]]]] = {}
    for rows in files:
        months = [name for name in rows[0] if name.isdigit()]
        for month in months:
            if month not in newest or newest[month][0] < max(months):
                newest[month] = (max(months), rows)
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for month, (_, rows) in newest.items():
        for row in rows:
            borough = row.get("BoroughName") or row["LookUp_BoroughName"]
            sums[borough.strip().casefold(), row["MajorText"].strip().casefold(), month] += int(row[month])
    return dict(sums)


@pytest.mark.real_data
def test_every_borough_class_and_month_of_the_met_is_that_of_one_issue(real_data: Path) -> None:
    contract = load_contracts()["met_borough"]
    files = _borough_files(real_data)
    rows: list[dict[str, Any]] = []
    tables = []
    for name in files:
        grid = read_grid(real_data / "met-borough" / name)
        parsed = parser_of(contract).parse(grid, find_tables(grid, contract), contract)
        tables.append(
            harmonise(
                parsed.observations,
                source="met_borough",
                release=parsed.edition,
                source_sha256="",
                synthetic=False,
            )
        )
    for table in tables:
        rows += table.append_column("quality", pa.array(["ok"] * len(table))).to_pylist()
    model = _model(*rows)
    seen = {
        (area.casefold(), major, month): int(value)
        for area, major, month, value in model.execute(
            """SELECT area_name, split_part(split_part(breakdown, ';', 1), '=', 2), strftime(period_start, '%Y%m'),
                sum(value)
            FROM harmonised.latest GROUP BY ALL"""
        ).fetchall()
    }
    assert seen == _newest_issue_a_month(files.values())
    by_year = dict(
        model.execute(
            """SELECT year(period_start), sum(value)::INTEGER FROM harmonised.latest
            WHERE area_code = ? AND breakdown LIKE 'major=burglary;%' GROUP BY ALL""",
            [ISLINGTON],
        ).fetchall()
    )
    assert (by_year[2019], by_year[2024]) == (2659, 1803)
