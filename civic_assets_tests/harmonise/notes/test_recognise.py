"""Each effect of the vocabulary is recognised by its words, with the day, areas and measures that a note names."""

from __future__ import annotations

from datetime import date

import pytest

from civic_assets.contracts.file_kinds import NOTE_EFFECTS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.harmonise.notes.recognise import Effect, effects_of, says_nothing
from civic_assets.harmonise.notes.vocabulary import note_vocabulary

NAMES = {
    "metropolitan police": ["E23000001"],
    "greater manchester": ["E23000005"],
    "leicestershire": ["E23000021"],
    "avon and somerset": ["E23000036"],
    "essex": ["E23000028"],
    "northumbria": ["E23000007"],
    "surrey": ["E23000031"],
    "derby": ["E06000015"],
    "derbyshire": ["E23000018"],
    "gloucestershire": ["E23000037"],
}
VOCABULARY = read_valid(NOTE_EFFECTS, contracts_folder() / NOTE_EFFECTS.pattern)


def _one(text: str, effect: str) -> Effect:
    (found,) = [one for one in effects_of(text, NAMES) if one.effect == effect]
    return found


@pytest.mark.parametrize(
    ("effect", "pattern", "example"),
    [(entry.effect, one.id, one.example) for entry in VOCABULARY.effects for one in entry.patterns],
)
def test_every_pattern_recognises_its_example_as_its_effect(effect: str, pattern: str, example: str) -> None:
    found = effects_of(example, NAMES)
    assert effect in [one.effect for one in found]
    (own,) = [one for one in note_vocabulary().recognitions if one.id == pattern]
    assert own.effect == effect


@pytest.mark.parametrize(
    ("effect", "sentence"),
    [
        (entry.effect, one.counterexample)
        for entry in VOCABULARY.effects
        for one in entry.patterns
        if one.counterexample
    ],
)
def test_like_words_with_another_meaning_are_not_recognised(effect: str, sentence: str) -> None:
    assert effect not in [one.effect for one in effects_of(sentence, NAMES)]


def test_note_that_says_nothing_known_has_no_effect() -> None:
    assert effects_of("The moon was full on two nights of the quarter.", NAMES) == []


METROPOLITAN = (
    "The Metropolitan Police Service have reviewed their recording of knife or sharp instrument offences from April "
    "2024 onwards. Records have been corrected and data may not match earlier publications. Previous data has not been "
    "revised, and the data is therefore not directly comparable with previous years.\u2019"
)


def test_day_and_area_of_a_change_are_taken_from_the_rest_of_the_note() -> None:
    found = _one(METROPOLITAN, "not_comparable")
    assert (found.action, found.boundary, found.areas) == ("block", date(2024, 4, 1), ("E23000001",))


def test_each_line_of_a_list_has_its_own_day_and_areas() -> None:
    text = (
        "Most police forces have made improvements, which means data from earlier years are not directly comparable "
        "with recent years. Forces are: \n"
        "Avon and Somerset, Essex; data for recent years are not comparable prior to the year ending March 2018\n"
        "Northumbria and Surrey; data for recent years are not comparable prior to the year ending March 2017"
    )
    found = [one for one in effects_of(text, NAMES) if one.effect == "not_comparable"]
    assert [(one.boundary, one.areas) for one in found] == [
        (None, ()),
        (date(2017, 4, 1), ("E23000036", "E23000028")),
        (date(2016, 4, 1), ("E23000007", "E23000031")),
    ]


def test_other_areas_are_meant_where_the_note_says_so() -> None:
    found = _one(
        "One police force (Surrey) include bottles. Data for these forces are not directly comparable to data for "
        "other forces.",
        "not_comparable",
    )
    assert (found.across_areas, found.areas, found.boundary) == (True, ("E23000031",), None)


def test_undercount_has_its_months_area_and_measures() -> None:
    found = _one(
        "There is an undercount for Leicestershire\u2019s burglary figures November to December 2024.",
        "undercounted",
    )
    assert found.days == (date(2024, 11, 1), date(2025, 1, 1))
    assert found.areas == ("E23000021",)
    assert set(found.measures) == {"burglary", "residential_burglary", "non_residential_burglary"}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        # Of the workbook of mid-2023.
        ("Revision to mid-2022 estimates: those for mid-2022 have been revised.",
         (date(2022, 6, 30), date(2022, 7, 1))),
        ("Estimates for mid-2012 to mid-2020 have been revised.", (date(2012, 6, 30), date(2020, 7, 1))),
        ("Estimates for mid 2021 have been revised.", (date(2021, 6, 30), date(2021, 7, 1))),
        # These are about rates, and not about figures of the day of the estimates.
        ("Rates will not match others, as the lower geography mid-2023 estimates were not available.", None),
        ("Rates have been revised using population estimates for mid-2023.", None),
        ("Figures based on mid-2022 estimates have been revised.", None),
        # Another sentence may be about something else.
        ("Figures have been revised. Estimates for mid-2022 cover England and Wales.", None),
    ],
)  # fmt: skip
def test_days_of_population_estimates_are_read(text: str, days: tuple[date, date] | None) -> None:
    assert _one(text, "revised").days == days


@pytest.mark.parametrize(
    "text",
    [
        "Estimates are not comparable with those before mid-2022.",
        "Estimates are not comparable with those for earlier years since mid-2022.",
        "Estimates from mid-2022 onwards are not comparable with those before.",
    ],
)
def test_series_of_estimates_may_begin_anew_at_a_mid_year(text: str) -> None:
    found = _one(text, "not_comparable")
    assert (found.boundary, found.days) == (date(2022, 6, 30), None)


def test_mid_year_in_a_sentence_that_forbids_a_comparison_does_not_limit_it() -> None:
    found = _one("Figures are not comparable with the estimates for mid-2022.", "not_comparable")
    assert (found.boundary, found.days) == (None, None)


def test_undercount_since_a_month_goes_on() -> None:
    found = _one("A new system in May 2018 may have led to the under-recording of offences.", "undercounted")
    assert found.days == (date(2018, 5, 1), None)


def test_measure_that_is_said_to_be_unaffected_is_not_meant() -> None:
    found = _one(
        "Figures for residential burglary are affected by changes from April 2017. It is not currently possible to "
        "make meaningful comparisons over time. Figures for total burglary are unaffected.",
        "not_comparable",
    )
    assert (found.measures, found.boundary) == (("residential_burglary",), date(2017, 4, 1))


def test_longer_name_is_meant_and_not_a_part_of_it() -> None:
    assert _one("There is an undercount for Derbyshire.", "undercounted").areas == ("E23000018",)


def test_revision_up_to_a_year_divides_the_series_after_it() -> None:
    text = "Data for the year ending March 2016 have been revised, but data for the year ending March 2015 have not."
    assert _one(text, "not_comparable").boundary == date(2015, 4, 1)


@pytest.mark.parametrize("line", [one.example for one in VOCABULARY.not_notes])
def test_titles_links_and_addresses_are_no_notes(line: str) -> None:
    assert says_nothing(line)


@pytest.mark.parametrize(
    "line",
    [
        "England and Wales (excluding Greater Manchester Police)",
        "Police recorded crime statistics are published as official statistics",
        METROPOLITAN,
    ],
)
def test_line_with_a_qualification_is_a_note(line: str) -> None:
    assert not says_nothing(line)


def test_a_method_is_that_of_the_forces_which_its_sentence_names() -> None:
    whole = "Figures in this table are based on a new methodology for identifying whether an offence included a knife. "
    some = (
        "Gloucestershire and the British Transport Police are still submitting these data through an aggregated data "
        "return and have not used NDQIS."
    )
    of_table, of_forces = (one for one in effects_of(whole + some, NAMES) if one.effect == "method_changed")
    assert (of_table.action, of_table.areas) == ("caveat", ())
    assert (of_forces.action, of_forces.areas) == ("caveat", ("E23000037",))
    (reviewed,) = (
        one
        for one in effects_of("Greater Manchester Police reviewed their recording of knives in 2017.", NAMES)
        if one.effect == "method_changed"
    )
    assert reviewed.areas == ("E23000005",)
