"""Breaks that a publisher's own table compares across, and those across which it compares nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.rules.definitions import break_inside
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.releases import release_of, sample, with_observation

ACROSS = (date(2023, 7, 1), date(2024, 7, 1))
"""A year that is compared with the one before it, over the change of May 2023 in counting conduct crimes."""
KNIVES_OF_FORCES = {
    "knife-sussex-2015", "knife-thames-valley-2016", "knife-northumbria-2017", "knife-surrey-2017",
    "knife-avon-and-somerset-2018", "knife-essex-norfolk-suffolk-2018",
}  # fmt: skip
MEASURES = ("stalking_and_harassment", "violence_against_the_person")


def _across(**other: object) -> ReleaseView:
    release = release_of(sample())
    table = release.observations.select(["table_id", "area_name", "measure"]).to_pylist()
    for measure in MEASURES:
        row = table.index({"table_id": "percentage_change", "area_name": "Camden", "measure": measure})
        release = with_observation(release, row, period_start=ACROSS[0], period_end=ACROSS[1], **other)
    return release


def test_all_changes_of_a_table_across_one_break_are_one_finding() -> None:
    (finding,) = break_inside(_across()).findings

    assert finding.evidence["changes"] == dict.fromkeys(MEASURES, 1)
    assert finding.measure == ""
    assert "and 1 other measure compare " in finding.message
    assert len(finding.locators) == len(MEASURES)


def test_a_mark_instead_of_a_change_compares_nothing() -> None:
    assert break_inside(_across(value=None, status="not_available")).outcome == "pass"


def _robbery_of(area: str, start: date, end: date) -> ReleaseView:
    release = release_of(sample())
    table = release.observations.select(["table_id", "area_name", "measure"]).to_pylist()
    row = table.index({"table_id": "percentage_change", "area_name": "Camden", "measure": "robbery"})
    return with_observation(release, row, period_start=start, period_end=end, area_code=area)


@pytest.mark.parametrize(
    "area",
    [
        "E92000001",
        "K04000001/excluding-greater-manchester-police",
        "E12000002",
        "E23000032",
        "W15000003",
        "E09000019",
    ],
)
def test_a_change_that_a_publisher_prints_of_2019_is_not_across_the_break_of_another_area(area: str) -> None:
    assert break_inside(_robbery_of(area, date(2019, 1, 1), date(2020, 1, 1))).outcome == "pass"


@pytest.mark.parametrize(
    ("area", "outcome"), [("E07000004", "fail"), ("E10000002", "pass"), ("E09000019", "pass")]
)
def test_a_change_is_across_the_break_of_its_own_area_only(area: str, outcome: str) -> None:
    assert break_inside(_robbery_of(area, date(2019, 7, 1), date(2020, 7, 1))).outcome == outcome


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "source", "across"),
    [
        # Totals leave out Greater Manchester on both sides of each change (note 7); knives are compared with 2010/11.
        ("ons-pfa/pfatablesdec19.xlsx", "ons_pfa", KNIVES_OF_FORCES),
        # That edition prints the old recording of Sussex, Surrey, and Avon and Somerset throughout.
        (
            "ons-pfa/policeforceareatablesyearendingdecember2018.xlsx",
            "ons_pfa",
            {"knife-thames-valley-2016", "knife-northumbria-2017", "knife-essex-norfolk-suffolk-2018"},
        ),
        (
            "ons-csp/policeforceareatablesyedecember2024.xlsx",
            "ons_pfa",
            {"conduct-crimes-2023", "met-knife-2024"},
        ),
    ],
)
def test_the_changes_that_a_publisher_prints_across_a_break(
    file: str, source: str, across: set[str], real_data: Path
) -> None:
    release = release_of(read_grid(real_data / file), source)
    assert {finding.evidence["break_id"] for finding in break_inside(release).findings} == across
