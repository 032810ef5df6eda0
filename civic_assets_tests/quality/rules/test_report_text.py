"""What the report's tables and text say against each other: each contradiction is a finding with its sentence."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from civic_assets.contracts.statements import StatementSubject
from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.quality.run import assess
from civic_assets_tests.quality.rules.report_text import MENDED, mended_text, text_with, with_text
from civic_assets_tests.releases import (
    contract,
    mended_report,
    place_of,
    release_of,
    report,
    result,
    unreserved,
    with_cells,
)


@cache
def _printed() -> Assessment:
    return assess(release_of(report(), "gla_report"))


@cache
def _mended() -> Assessment:
    return assess(mended_text())


def _found(check_id: str, words: str = "", assessment: Assessment | None = None) -> Finding:
    findings = (assessment or _printed()).findings
    (found,) = [f for f in findings if f.check_id == check_id and words in f.message]
    return found


def _table_1(row: str, column: str, text: str) -> Assessment:
    place = place_of(report(), "table_1", row, column, "gla_report")
    return assess(release_of(with_cells(mended_report(), {place: text}), "gla_report", under=unreserved()))


# ---- Table 1: bases


def test_six_bases_are_in_one_column_of_percentages() -> None:
    for found in (_found("V-18", "at least 6"), _found("H-06")):
        assert found.observed == "at least 6 bases"
        for interval in (
            "248,059 to 248,133", "72,479 to 73,739", "52,381 to 57,895", "43,209 to 43,288", "3,190 to 3,198",
        ):  # fmt: skip
            assert interval in found.message
        assert "which can share one base" in found.message
        implied: Any = found.evidence["implied"]
        assert len(implied) == 8
    groups: Any = _found("H-06").evidence["groups"]
    together = [group for group in groups if len(group) > 1]
    assert together == [["permanent_exclusion_rate", "send_secondary_percent", "suspension_rate"]]


def test_asylum_seeking_children_are_not_of_the_base_of_referrals() -> None:
    found = _found("V-18", "cannot have the same base")
    assert "Of 43,248, 55 would be printed as 0.13%." in found.message
    assert found.locator == "L7:Percentage (Islington)"
    assert set(found.locators) == {
        f"L{row}:{column} (Islington)" for row in (7, 9) for column in ("Total", "Percentage")
    }


def test_knife_crime_is_not_of_the_young_population_printed_above_it() -> None:
    found = _found("V-18", "printed at L5:Total (Islington), 83,385")
    assert "as a share of that it would be printed as 0.51%" in found.message


def test_pupils_of_three_rows_can_be_of_one_number_of_pupils() -> None:
    assert not [f for f in _printed().findings if f.evidence.get("claim") == "V-18-pupils"]
    assert (result(_printed(), "V-18").n_checked, result(_printed(), "V-18").n_failed) == (4, 3)


def test_rate_on_another_number_of_pupils_breaks_that_claim() -> None:
    other = _table_1("SEND in secondary schools", "percent", "11.60%")
    assert [f for f in other.findings if f.evidence.get("claim") == "V-18-pupils"]


def test_every_printed_percentage_is_one_that_a_whole_number_of_people_gives() -> None:
    assert (result(_printed(), "V-17").outcome, result(_printed(), "V-17").n_checked) == ("pass", 8)
    # One of two is 50%, one of three 33.33%: nothing gives 40%.
    found = _found(
        "V-17",
        assessment=_table_1("Permanently excluded from state-funded secondary schools", "percent", "40.00%"),
    )
    assert found.locator == "L12:Percentage (Islington)"
    assert "between 2.50 and 2.50" in found.message


# ---- Table 1: events


def test_suspensions_are_under_a_label_of_persons() -> None:
    found = _found("V-19", "suspended from state-funded secondary schools")
    assert (found.observed, found.expected, found.severity) == ("persons", "events", "warning")
    assert "1,340 counts events" in found.message and "10.22%" in found.message
    assert found.locator == "L11:Total (Islington)"
    assert not found.disputes


def test_one_exclusion_is_one_person() -> None:
    assert not [f for f in _printed().findings if f.check_id == "V-19" and "excluded" in f.message]
    two = _table_1("Permanently excluded from state-funded secondary schools", "count", "2")
    assert [f for f in two.findings if f.check_id == "V-19" and "excluded" in f.message]


# ---- Table 2: periods


def test_overlapping_years_offer_the_difference_of_what_they_do_not_share() -> None:
    found = _found("H-01")
    assert "they overlap by 184 days (50.4% of the shorter; Jaccard index 0.34)" in found.message
    assert "+2,871 for total recorded crime" in found.message
    assert " shows year ending " in found.message, "a table does not compare the years that it prints"
    difference: Any = found.evidence["difference"]
    assert difference["value"] == 27571 - 24700


def test_share_of_the_restrictions_is_reported_for_each_year() -> None:
    message = _found("H-13").message
    assert all(f"by {share}" in message for share in ("78%", "55%", "5%"))


def test_text_gives_table_2_other_months_than_its_columns() -> None:
    found = _found("V-09", "March 2021 to June 2022")
    assert found.locator == "L66:Statement"
    assert "its 4 periods cover January 2019 to June 2022" in found.message
    # The caption says 2019 to 2022, and is right as far as years go.
    assert not [f for f in _printed().findings if f.check_id == "V-09" and f.locator == "L68:Statement"]


# ---- the text


@pytest.mark.parametrize(
    ("subject", "ratio"),
    [
        ("violence and sexual offences", "0.06"),
        ("shoplifting", "0.30"),
        ("other theft", "0.08"),
        ("theft from the person", "0.09"),
    ],
)
def test_january_2023_is_not_of_the_scale_of_the_borough(subject: str, ratio: str) -> None:
    found = _found("X-05", f"crimes of {subject} in Islington")
    assert found.observed == f"{ratio} of a mean month"
    assert (found.severity, found.area_code, found.period_start) == ("warning", "E09000019", "2023-01-01")


def test_month_of_the_borough_s_own_size_is_not_a_finding() -> None:
    assert (result(_mended(), "X-05").outcome, result(_mended(), "X-05").n_checked) == ("pass", 4)


def test_disputed_year_measures_no_month() -> None:
    """Shoplifting of the year to June 2022 with a digit too many: the sum accuses it, and the year before is taken."""
    place = place_of(report(), "table_2", "Shoplifting", "year#4", "gla_report")
    release = release_of(with_cells(mended_report(), {place: "11340"}), "gla_report", under=unreserved())
    found = _found("X-05", "of shoplifting", assess(release))
    assert "L30:Data year ending December 2021" in found.locators
    assert found.observed == "0.36 of a mean month"


def test_26_stakeholders_are_25_by_another_sentence_by_the_parts_and_by_the_list() -> None:
    found = _found("X-14", "numbers for stakeholders contacted")
    assert "26 at L43:Statement (3 Methods) and L45:Statement (4 Findings)" in found.message
    assert "25 at L52:Statement" in found.message
    assert "25 from the list at L46:Statement" in found.message
    assert "25 from its parts (4 + 3 + 9 + 9)" in found.message


def test_nine_sheets_are_eight_some_pages_later() -> None:
    assert _found("X-14", "sheets of the crime workbook").observed == "nine; eight"


def test_conversations_held_and_scheduled_are_one_number_for_two_times() -> None:
    assert "March 2023 to April 2023" in _found("X-14", "same number of conversations").message


def test_graph_1_is_not_an_exhibit_and_a_primary_care_trust_not_a_body_of_today() -> None:
    assert "there are Chart 1, Table 1, Table 2" in _found("X-14", "'Graph 1'").message
    assert "ended on 1 April 2013" in _found("X-14", "Primary Care Trust").message


def test_numbers_of_which_the_tables_give_no_figure_are_counted_and_not_passed() -> None:
    assert "the tables have no figure for 5 numbers" in result(_printed(), "X-14").message


def test_text_that_agrees_with_itself_passes() -> None:
    for check_id in ("X-14", "X-05", "X-01", "V-05", "H-17"):
        assert (result(_mended(), check_id).outcome, result(_mended(), check_id).n_failed) == ("pass", 0), (
            check_id
        )


def test_number_of_the_text_is_held_against_the_figure_of_its_area_and_time() -> None:
    row = ("number", "shoplifting", "28")
    right = assess(text_with(row, says="1,134", period="year ending June 2022"))
    assert result(right, "X-14").outcome == "pass"
    assert result(right, "X-14").n_checked == result(_mended(), "X-14").n_checked + 1
    wrong = _found(
        "X-14", "shoplifting", assess(text_with(row, says="1,143", period="year ending June 2022"))
    )
    assert (wrong.observed, wrong.expected) == ("1,143", "1,134")
    assert "L30:Data year ending June 2022" in wrong.locators


@pytest.mark.parametrize(("said", "outcome"), [("4.07%", "pass"), ("4.70%", "fail"), ("4.1%", "pass")])
def test_percentage_of_the_text_is_held_against_a_percentage_to_its_own_decimals(
    said: str, outcome: str
) -> None:
    terms = unreserved()
    assert terms.statements is not None
    known = {**terms.statements.subjects, "neet": StatementSubject(measures=("neet_or_not_known_percent",))}
    statements = replace(terms.statements, subjects=known)
    row = ("number", "shoplifting", "28")
    grid = with_text({**MENDED, row: {"subject": "NEET", "says": said, "period": "2023"}})
    release = release_of(grid, "gla_report", under=replace(terms, statements=statements))
    assert result(assess(release), "X-14").outcome == outcome


def test_parts_that_do_not_add_up_are_another_number() -> None:
    found = _found(
        "X-14", "stakeholders", assess(text_with(("part", "stakeholders contacted", "4"), says="3"))
    )
    assert "25 from its parts (3 + 4 + 9 + 9)" in found.message


def test_rows_are_called_what_they_are() -> None:
    found = _found("V-05")
    assert (found.locator, found.observed) == ("L54:Statement", "boroughs")
    assert "partnership" in found.expected


def test_rising_refers_to_no_period_of_the_tables() -> None:
    found = _found("H-17")
    assert found.observed == "rising" and "0 separate periods" in found.message
    # Table 2 has three disjoint years of shoplifting in Islington.
    assert MENDED["trend", "knife crime", ""]["subject"] == "shoplifting"
    assert result(_mended(), "H-17").outcome == "pass"


def test_newest_figures_were_overtaken_twice_before_publication() -> None:
    found = _found("X-01")
    assert "September 2022 by 28 January 2023 and December 2022 by 30 April 2023" in found.message
    assert found.evidence["days_old"] == 322


def test_file_without_statements_is_not_evaluated() -> None:
    rows = report().sheets[0]
    block = release_of(report(), "gla_report").found["statements"]
    cut = replace(rows, rows=[*rows.rows[: block.header_row - 2], *rows.rows[block.rows[-1] + 1 :]])
    if rows.line_numbers:
        numbers = rows.line_numbers
        cut = replace(cut, line_numbers=[*numbers[: block.header_row - 2], *numbers[block.rows[-1] + 1 :]])
    assessment = assess(release_of(replace(report(), sheets=[cut]), "gla_report"))
    for check_id in ("X-14", "X-05", "X-01"):
        assert result(assessment, check_id).outcome == "not_evaluated"
    assert list(assessment.held_back) == []


def test_severities_are_lowered_with_a_reason() -> None:
    for check_id in ("V-19", "X-05"):
        level, because = contract("gla_report").severities[check_id]
        assert level == "warning" and because
