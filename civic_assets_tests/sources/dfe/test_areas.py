"""Areas of the Department for Education's files: code, number and name vote, and a contradiction is told."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.parsing.breakdowns import broken_down, joined
from civic_assets.sources.dfe.areas import Locating, PrintedArea
from civic_assets.sources.dfe.periods import PrintedPeriod, stated

TODAY = date(2025, 3, 31)


def _located(level: str, code: str, number: str, name: str, on: date = TODAY) -> tuple[str, int]:
    locating = Locating()
    (area,) = locating.areas([PrintedArea(level, code, number, name, "", on)], ["L2:la_name"])
    return area.code, len(locating.problems)


@pytest.mark.parametrize(
    "name",
    ["Bristol, City of", "Bristol City of", "BRISTOL, CITY OF", "Bristol, City of "],
)
def test_spellings_of_one_authority_are_one_authority(name: str) -> None:
    assert _located("Local authority", "", "", name) == ("E06000023", 0)


@pytest.mark.parametrize(
    ("code", "number", "name", "expected", "problems"),
    [
        ("E09000019", "206", "Islington", "E09000019", 0),
        ("E09000012", "206", "Islington", "E09000019", 1),
        ("E09000019", "204", "Islington", "E09000019", 1),
        ("E09000019", "206", "Hackney", "E09000019", 1),
        ("", "820", "Bedfordshire (Pre LGR 2009)", "E10000001", 0),
        ("E99999999", "", "Atlantis", "E92000001/local-authority-e99999999-atlantis", 1),
    ],
)
def test_area_is_what_most_of_code_number_and_name_stand_for(
    code: str, number: str, name: str, expected: str, problems: int
) -> None:
    assert _located("Local authority", code, number, name) == (expected, problems)


@pytest.mark.parametrize(
    ("name", "ask_the_publisher"),
    [("NULL", True), ("null ", True), ("n/a", True), ("Atlantis", False)],
)
def test_area_that_is_printed_without_a_name_is_not_to_be_added_to_the_vocabulary(
    name: str, ask_the_publisher: bool
) -> None:
    locating = Locating()
    row = PrintedArea("Local authority", "", "", name, "", TODAY)
    locating.areas([row], ["L2:la_name"])
    (problem,) = locating.problems.values()
    assert problem.check_id == "V-05"
    assert ("Ask the publisher which area it is" in problem.message) is ask_the_publisher
    assert ("Add it to education_areas.yaml" in problem.message) is not ask_the_publisher


@pytest.mark.parametrize(
    ("on", "code"),
    [(date(2016, 3, 31), "E10000009"), (date(2019, 3, 31), "E10000009"), (date(2019, 4, 1), "E06000059")],
)
def test_name_alone_stands_for_the_code_in_force_on_the_day(on: date, code: str) -> None:
    assert _located("Local authority", "", "", "Dorset", on=on) == (code, 0)


def test_code_that_ended_is_kept_and_its_successor_named() -> None:
    locating = Locating()
    row = PrintedArea("LA", "E08000020", "390", "Gateshead", "", date(2017, 3, 31))
    (area,) = locating.areas([row], ["L78:geog_n"])
    assert area.code == "E08000020"
    (problem,) = locating.problems.values()
    assert problem.expected == "E08000037"


def test_region_of_the_same_name_as_no_authority_is_not_an_authority() -> None:
    assert _located("Regional", "E12000007", "", "London") == ("E12000007", 0)
    assert _located("Local authority", "", "", "London")[0].startswith("E92000001/")


@pytest.mark.parametrize(
    ("text", "identifier", "expected"),
    [
        ("201617", "Academic year", PrintedPeriod(2017)),
        ("201617", "academic year", PrintedPeriod(2017)),
        ("2016/17", "", PrintedPeriod(2017)),
        ("199900", "Academic year", PrintedPeriod(2000)),
        ("202425", "Autumn term", PrintedPeriod(2025, "autumn")),
        ("201618", "Academic year", None),
        ("2017", "Academic year", None),
        ("2017", "Week 3", None),
    ],
)
def test_time_period_is_read_with_its_identifier_or_not_at_all(
    text: str, identifier: str, expected: PrintedPeriod | None
) -> None:
    assert stated(text, identifier, ("academic year", "autumn term")) == expected


def test_breakdowns_are_joined_in_alphabetical_order_of_keys() -> None:
    assert joined("reason=theft", "total", "phase=special") == "phase=special;reason=theft"
    assert joined("total", "total") == "total"
    assert broken_down("Gender", "Total") == "total"
    assert broken_down("FSM", "a; b = c") == "fsm=a, b - c"
