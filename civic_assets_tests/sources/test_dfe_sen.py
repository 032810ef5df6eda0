"""Special educational needs: two layouts of one data set mean the same, constituencies are not read."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import (
    changed,
    compare_all,
    plain_rows,
    read,
    real_file,
)

FOLDER = FIXTURES / "dfe_sen"
WIDE, LONG = "by_provision_2025.csv", "by_provision_2026_format.csv"
ISLINGTON = "E09000019"
MARKS = {"c": "suppressed"}


def _meant(name: str) -> dict[tuple[str, ...], tuple[float | None, str | None]]:
    keys = ("measure", "area_code", "period_start", "breakdown", "unit")
    return {
        tuple(str(row[key]) for key in keys): (row["value"], row["status"])
        for row in read(FOLDER / name).rows
    }


def test_both_layouts_mean_the_same() -> None:
    wide, long = _meant(WIDE), _meant(LONG)
    assert {key: long[key] for key in wide} == wide
    assert {key[0] for key in long.keys() - wide.keys()} == {"pupils_of_all_schools_percent"}


@pytest.mark.parametrize("name", [WIDE, LONG])
def test_every_figure_is_read_once(name: str) -> None:
    rows = plain_rows(FOLDER / name)
    columns = [
        header for header in rows[0] if header.endswith(("pupils", "support", "plan", "percent", "count"))
    ]
    read_rows = read(FOLDER / name).rows
    assert compare_all(
        read_rows, rows, columns, MARKS, lambda row: row["geographic_level"].startswith("Parl")
    ) == len(read_rows)


def test_constituency_is_not_read_and_is_not_an_unknown_area() -> None:
    found = read(FOLDER / LONG)
    assert {row["area_type"] for row in found.rows} == {"country", "region", "local_authority"}
    assert [finding for finding in found.findings if finding.check_id in ("V-05", "R-09")] == []


def test_total_of_a_column_is_not_a_breakdown_and_its_parts_are() -> None:
    found = read(FOLDER / WIDE)
    breakdowns = {row["breakdown"] for row in found.where(measure="ehc_plan_percent", area_code=ISLINGTON)}
    assert "total" in breakdowns
    assert "establishment_type=academy converter;hospital_school=no;phase=state-funded primary" in breakdowns


def test_census_is_of_january() -> None:
    periods = {(str(r["period_start"]), str(r["period_end"])) for r in read(FOLDER / WIDE).rows}
    assert periods == {("2025-01-01", "2025-02-01"), ("2022-01-01", "2022-02-01")}


@pytest.mark.parametrize(("mark", "status"), [("x", "not_available"), ("z", "not_applicable")])
def test_mark_whose_meaning_the_guidance_swapped_is_never_a_number(
    mark: str, status: str, tmp_path: Path
) -> None:
    path = changed("dfe_sen", WIDE, tmp_path, (",674,130,23,", f",674,{mark},23,"))
    assert read(path).one(
        measure="pupils_with_sen_support", area_code=ISLINGTON, period_start="2025-01-01"
    ) == (None, status)


def test_percentage_that_its_counts_do_not_make_is_reported(tmp_path: Path) -> None:
    path = changed("dfe_sen", WIDE, tmp_path, (",674,130,23,19.28783383,", ",674,130,23,91.28783383,"))
    (finding,) = [f for f in read(path).findings if f.check_id == "V-17"]
    assert "is printed as 91.2878, but 130 of 674 is 19.2878." in finding.message
    assert finding.n_ties > 1, "which of them is wrong cannot be told"


def test_provision_that_the_contract_does_not_know_is_named_with_its_cell(tmp_path: Path) -> None:
    found = read(
        changed(
            "dfe_sen",
            LONG,
            tmp_path,
            ("Total,Total,Total,Total,448500", "Total,Total,Total,Statement,448500"),
        )
    )
    assert len(found.rows) == 478, "the two figures of that row are not read; the others are"
    assert any(
        "The measure 'Statement', first at L2:sen_provision, is unknown" in finding.message
        for finding in found.findings
        if finding.check_id == "R-09"
    )


def test_contract_says_that_no_real_file_was_read() -> None:
    assert "No real file of this data set has been read" in load_contracts()["dfe_sen"].limitations


@pytest.mark.real_data
def test_measures_are_also_in_the_tool_whose_real_file_is_read(real_data: Path) -> None:
    lait = read(real_file(real_data, "Short Desc", "LA and Regions"))
    for measure in ("sen_support_percent", "ehc_plan_percent"):
        rows = lait.where(measure=measure, unit="percent", breakdown="total")
        assert len([row for row in rows if row["value"] is not None]) == 1620
