"""What a release leaves out, repeats or misnames, compared with its own other tables and the release before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_assets.quality.analyses.row_keys import RowKeys, one_differs, siblings
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.run import assess
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.quality.rules.left_out_defects import (
    a_quarter_earlier,
    after,
    with_a_class_more,
    with_last_year_pasted,
    without_row,
)
from civic_assets_tests.releases import (
    contract,
    failing,
    locator,
    place_of,
    release_of,
    result,
    sample,
    value_at,
    with_cells,
    with_sheet,
)


def _findings(release: ReleaseView, check_id: str) -> list[str]:
    return [finding.message for finding in assess(release).findings if finding.check_id == check_id]


def test_row_that_other_tables_have_is_named_with_the_table_that_lacks_it() -> None:
    (message,) = _findings(without_row("rates", "Camden"), "K-05")
    assert "Table C4 lacks 1 row" in message
    assert "Camden" in message


def test_transport_police_are_not_missed_where_the_contract_says_that_a_table_has_no_row_of_theirs() -> None:
    """Table P9 counts offences by the force in which the victim lives."""
    grid = read_grid(FIXTURES / "ons_pfa" / "year_ending_december_2024.xlsx")
    terms = contract("ons_pfa")
    assert _findings(release_of(grid, "ons_pfa"), "K-05") == []
    silent = tuple(entry for entry in terms.not_covered if entry.table != "fraud")
    (message,) = _findings(release_of(grid, "ons_pfa", under=replace(terms, not_covered=silent)), "K-05")
    assert "Table P9 lacks 1 row" in message and "British Transport Police" in message


def test_transport_police_are_missed_in_a_table_that_the_contract_says_nothing_of() -> None:
    grid = read_grid(FIXTURES / "ons_pfa" / "year_ending_december_2024.xlsx")
    block = release_of(grid, "ons_pfa").found["counts_previous"]
    theirs = block.rows[block.texts("area_name").index("British Transport Police")]
    rows = [row for at, row in enumerate(block.sheet.rows) if at != theirs]
    (message,) = _findings(release_of(with_sheet(grid, replace(block.sheet, rows=rows)), "ons_pfa"), "K-05")
    assert "Table P4 lacks 1 row" in message and "British Transport Police" in message


def test_class_of_the_release_before_is_missed() -> None:
    (message, *_) = _findings(after(with_a_class_more), "K-05")
    assert "sword" in message
    assert "2022-03" in message


def test_release_before_with_the_same_classes_and_areas_misses_nothing() -> None:
    assert _findings(after(lambda table: table), "K-05") == []


def test_last_years_column_under_this_years_header_is_reported_with_both_periods() -> None:
    (message,) = _findings(with_last_year_pasted("robbery"), "K-06")
    assert "robbery for year ending June 2022 repeats the figures for year ending June 2021" in message


def test_old_file_under_a_new_title_repeats_every_measure() -> None:
    messages = _findings(after(a_quarter_earlier), "K-06")
    assert len(messages) > 20
    assert all("an earlier release" in message for message in messages)


def test_the_same_period_in_two_releases_is_not_a_repetition() -> None:
    assert result(assess(after(lambda table: table)), "K-06").outcome == "pass"


def test_a_few_small_counts_that_are_equal_by_chance_are_not_a_repetition() -> None:
    """Homicides of Greater Manchester's boroughs: mostly 0 and 1, which say nothing when they repeat."""
    release = release_of(sample())
    table = release.observations
    few = table.filter(
        [row["measure"] == "homicide" and (row["value"] or 0) < 2 for row in table.to_pylist()]
    ).slice(0, 6)
    earlier = a_quarter_earlier(few)
    assert release.parsed is not None
    small = replace(release, parsed=replace(release.parsed, observations=few), history={"2022-03": earlier})
    assert _findings(small, "K-06") == []


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("partnership_code", "E22000193"),
        ("partnership_name", "Greater Camden"),
        ("authority_code", "E09000003"),
        ("authority_name", "Barnet"),
        ("force_name", "Greater Manchester"),
    ],
)
def test_code_or_name_that_the_other_tables_print_otherwise_is_accused(column: str, wrong: str) -> None:
    """Whichever key it is, the cell itself is named and what the other three tables print is expected."""
    place = place_of(sample(), "rates", "Camden", column)
    right = value_at(sample(), place)
    assessment = assess(release_of(with_cells(sample(), {place: wrong})))
    accused = {f.locator: f.expected for f in assessment.findings if f.check_id == "V-05"}
    assert accused.get(locator(sample(), place)) == right


def test_row_under_another_forces_name_stays_with_its_force() -> None:
    """The code beside it and the other tables say whose it is, so that no sum of areas breaks."""
    place = place_of(sample(), "counts_previous", "Camden", "force_name")
    assessment = assess(release_of(with_cells(sample(), {place: "Greater Manchester"})))
    assert failing(assessment) - failing(assess(release_of(sample()))) == {"V-05"}


def test_name_of_the_force_instead_of_the_authority_is_not_a_spelling_of_it() -> None:
    """`Metropolitan Police` is a name that the register knows, but not for the code that stands beside it."""
    place = place_of(sample(), "rates", "Camden", "authority_name")
    found = assess(release_of(with_cells(sample(), {place: "Metropolitan Police"}))).findings
    (finding,) = [f for f in found if f.check_id == "V-05" and f.locator == locator(sample(), place)]
    assert finding.expected == "Camden"


def test_rows_without_a_code_are_not_one_row_with_two_names() -> None:
    assert one_differs(("e23000001", "metropolitan police"), ("e23000001", "the met"))
    assert not one_differs(("", "unknown"), ("", "british transport police"))


def test_row_that_one_table_splits_in_two_is_neither_renamed_nor_missing() -> None:
    """`England and Wales (inc. BTP)` and `(exc. BTP)`: which of them would be the other tables' row is not guessed."""
    whole: dict[tuple[str, ...], int] = {("k04000001", "england and wales"): 0}
    split: dict[tuple[str, ...], int] = {
        ("k04000001", "england and wales (inc. btp)"): 0,
        ("k04000001", "england and wales (exc. btp)"): 1,
    }
    keys = RowKeys({}, ["area_code", "area_name"], {"p1": whole, "p2": whole, "p7": split})
    assert keys.compared() == ([], [])


def test_tables_of_different_areas_are_not_siblings() -> None:
    found = release_of(sample()).found
    half = {
        name: replace(block, rows=block.rows[: len(block.rows) // 2] if name == "rates" else block.rows)
        for name, block in found.blocks.items()
    }
    (group,) = siblings(half)
    assert "rates" not in group.rows
