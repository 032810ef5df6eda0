"""A digit is a mark where the table has such a note, and never where it is part of a year, a name or an age."""

from __future__ import annotations

import pytest

from civic_assets.parsing.notes.marks import attached_marks, bracketed_marks

ELEVEN = frozenset(map(str, range(1, 12)))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Leicestershire [note 4]", ["4"]),
        ("Residential burglary (households)\n [note 7,8]", ["7", "8"]),
        ("Sussex [note 10, 11]", ["10", "11"]),
        ("Table P7 by area[note 1][note 2]", ["1", "2"]),
        ("year ending December 2023 [note1]", ["1"]),
        ("[Notes 2 and 3]", ["2", "3"]),
        ("[x]", []),
        ("City of London", []),
    ],
)
def test_brackets_lead_to_every_number_in_them(text: str, numbers: list[str]) -> None:
    assert bracketed_marks(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Dyfed-Powys4", ["4"]),
        ("ENGLAND AND WALES7,8", ["7", "8"]),
        ("ENGLAND8", ["8"]),
        ("ENGLAND AND WALES (inc. BTP)7", ["7"]),
        ("Total recorded crime (excluding fraud3)", ["3"]),
        ("Population figures\r\n (mid-2018)3  rounded to 100", ["3"]),
        ("Stalking and harassment 5", ["5"]),
        ("Residential burglary (households) 7,8,10", ["7", "8", "10"]),
        ("number of offences, year ending December 20191,2", ["1", "2"]),
        ("number of offences, year ending March 181,2,3", ["1", "2", "3"]),
        ("Apr '07 to Mar '083", ["3"]),
        ("Apr '11 to Mar '125, 6", ["5", "6"]),
        ("police force areas, 2002 to 20161", ["1"]),
        ("Homicide\u00b9", ["1"]),
        ("Homicide\u00b9\u2070", ["10"]),
    ],
)
def test_superscripts_are_read_without_their_typography(text: str, numbers: list[str]) -> None:
    assert attached_marks(text, ELEVEN) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "Apr '10 to Mar '11",
        "year ending March 2011",
        "mid-2011",
        "Table P4",
        "MYE2: Persons by single year of age",
        "Figures may differ slightly from table A4",
        "aged 10",
        "Adults aged 5 to 11",
        "Children under 5",
        "key stage 2",
        "at 31 March 5",
        "5 to 9",
        "E23000005",
        "January to March 2010",
        "Quarter 4",
    ],
)
def test_year_age_and_name_are_no_marks(text: str) -> None:
    assert attached_marks(text, ELEVEN) == []


def test_number_without_a_note_is_no_mark() -> None:
    assert attached_marks("Dyfed-Powys4", {"1", "2", "3"}) == []
    assert attached_marks("ENGLAND AND WALES2,40", {"1", "2"}) == []


def test_symbol_is_a_mark_where_a_note_begins_with_it() -> None:
    assert attached_marks("Homicide*", {"*"}) == ["*"]
    assert attached_marks("Homicide*", {"1"}) == []
