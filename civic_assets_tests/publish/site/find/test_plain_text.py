"""Words, numbers, codes and postcodes in what is typed."""

from __future__ import annotations

import pytest

from civic_assets.publish.site.find.plain_text import (
    closed,
    code_in,
    numbers_in,
    plain,
    postcode_in,
    stem,
    words_of,
)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("Kensington & Chelsea", "kensington chelsea"),
        ("Rhône-Alpes", "rhone alpes"),
        ("children's", "childrens"),
        ("  a&e  ", "a e"),
        ("", ""),
    ],
)
def test_case_accents_and_punctuation_make_no_difference(typed: str, same: str) -> None:
    assert plain(typed) == same


def test_hyphens_and_spaces_make_no_difference_in_a_name() -> None:
    assert closed("V-12") == closed("v 12") == closed("V12")


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("30,201", ["30201"]),
        ("30 201", ["30201"]),
        ("30\u202f201", ["30201"]),
        ("7.9%", ["7.9"]),
        ("where does 30,201 come from?", ["30201"]),
        ("30,201.", ["30201"]),
        ("2022 and 2023", ["2022", "2023"]),
        ("V-12", []),
        ("N7", []),
        ("E09000019", []),
        ("2022/23", []),
    ],
)
def test_numbers_are_read_with_separators_and_not_inside_codes(typed: str, numbers: list[str]) -> None:
    assert numbers_in(typed) == numbers


@pytest.mark.parametrize(
    ("plural", "word"),
    [
        ("burglaries", "burglary"),
        ("offences", "offence"),
        ("exclusions", "exclusion"),
        ("business", "business"),
        ("bus", "bus"),
        ("hackney", "hackney"),
    ],
)
def test_endings_of_plurals_are_left_out(plural: str, word: str) -> None:
    assert stem(plural) == word


def test_words_of_asking_count_only_where_there_are_no_others() -> None:
    assert words_of("How many crimes are there in Hackney?") == ["crimes", "hackney"]
    assert words_of("who") == ["who"]


@pytest.mark.parametrize(
    ("typed", "postcode"),
    [
        ("N7", "N7"),
        ("n7 6ab", "N7 6AB"),
        ("n76ab", "N7 6AB"),
        ("SW1A 1AA", "SW1A 1AA"),
        ("V12", ""),
        ("Q1", ""),
        ("N7 crime", ""),
        ("E09000019", ""),
    ],
)
def test_postcodes_and_their_districts_are_known_by_their_form(typed: str, postcode: str) -> None:
    assert postcode_in(typed) == postcode


def test_the_beginning_of_a_code_is_enough() -> None:
    assert code_in(["e090"]) == "E090"
    assert code_in(["e9"]) == ""
