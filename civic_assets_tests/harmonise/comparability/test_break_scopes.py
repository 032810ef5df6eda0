"""Which figures a break concerns: one pair of figures inside the scope of every entry and one outside."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_assets.harmonise.areas.leaving_out import left_out_of
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.area_scope import AreaScope
from civic_assets.harmonise.comparability.breaks import Figure, breaks, breaks_between
from civic_assets.values.periods import day
from civic_assets.values.periods import year_ending as ye
from civic_assets_tests.harmonise.comparability.break_pairs import (
    CAMDEN,
    CITY,
    ENGLAND,
    ENGLAND_AND_WALES,
    ENGLAND_WITHOUT_MANCHESTER,
    GREATER_MANCHESTER,
    HACKNEY,
    ISLINGTON,
    KENT,
    LONDON,
    MET,
    NORTH_WEST,
    PAIRS,
    REFERRALS,
    SOUTH_WALES,
    pair,
)  # fmt: skip

ENTRIES = {entry.id: entry for entry in breaks()}
WITH_AREAS = [name for name, entry in ENTRIES.items() if entry.areas is not None]
TRANSPORT_POLICE = "K04000001/british-transport-police"


def touching(a: Figure, b: Figure) -> list[str]:
    return [entry.id for entry in breaks_between(a, b)]


def test_every_entry_has_a_pair_inside_its_scope_and_one_outside() -> None:
    assert set(PAIRS) == set(ENTRIES)


@pytest.mark.parametrize("name", PAIRS)
def test_an_entry_touches_what_it_is_about(name: str) -> None:
    a, b = PAIRS[name][0]
    assert name in touching(a, b)
    assert name in touching(b, a)


@pytest.mark.parametrize("name", PAIRS)
def test_an_entry_does_not_touch_what_it_is_not_about(name: str) -> None:
    a, b = PAIRS[name][1]
    assert name not in touching(a, b)
    assert name not in touching(b, a)


@pytest.mark.parametrize("name", WITH_AREAS)
def test_the_pair_outside_an_entry_of_some_areas_differs_in_its_area_only(name: str) -> None:
    inside, outside = PAIRS[name]
    moved = [replace(one, area_code=other.area_code) for one, other in zip(inside, outside, strict=True)]
    assert moved == list(outside)
    assert [one.area_code for one in inside] != [one.area_code for one in outside]


CRIME_2019 = ("ons_pfa", "total_recorded_crime")


@pytest.mark.parametrize(
    "area", [KENT, SOUTH_WALES, ISLINGTON, MET, CITY, "W92000004", LONDON, TRANSPORT_POLICE]
)
@pytest.mark.parametrize("editions", [("2018-12", "2019-12"), ("2019-12", "2024-12")])
def test_a_total_without_greater_manchester_says_nothing_of_areas_outside_it(
    area: str, editions: tuple[str, str]
) -> None:
    found = touching(*pair(*CRIME_2019, area, ye(2018, 12), ye(2019, 12), editions))
    assert not [name for name in found if name.startswith("greater-manchester")]


@pytest.mark.parametrize("area", [ENGLAND_AND_WALES, ENGLAND, NORTH_WEST])
def test_a_total_with_and_without_greater_manchester_is_not_compared(area: str) -> None:
    before = pair(*CRIME_2019, area, ye(2018, 12), ye(2019, 12), ("2018-12", "2019-12"))
    after = pair(*CRIME_2019, area, ye(2019, 12), ye(2024, 12), ("2019-12", "2024-12"))
    assert "greater-manchester-2019" in touching(*before)
    assert "greater-manchester-2019" in touching(*after)


@pytest.mark.parametrize(
    "area", [ENGLAND_WITHOUT_MANCHESTER, "K04000001/excluding-greater-manchester-police"]
)
def test_a_row_that_leaves_out_greater_manchester_is_compared_with_itself(area: str) -> None:
    a, b = pair("ons_pfa", "knife_crime", area, ye(2018, 12), ye(2019, 12), ("2018-12", "2019-12"))
    found = breaks_between(a, b)
    assert [entry.action for entry in found if entry.action == "block" or "manchester" in entry.id] == []
    # Only the later edition has the new recording of these three forces, which are in the total.
    assert [entry.id for entry in found] == [f"{name}-sums" for name in FORCES_OF_OLD_EDITIONS]


def test_totals_that_have_greater_manchester_on_both_sides_are_compared_with_a_caveat() -> None:
    a, b = pair(*CRIME_2019, ENGLAND, ye(2018, 12), ye(2024, 12), ("2018-12", "2024-12"))
    assert {entry.action for entry in breaks_between(a, b) if "manchester" in entry.id} == {"caveat"}


def test_a_change_printed_in_one_edition_leaves_out_greater_manchester_on_both_sides() -> None:
    a, b = pair(*CRIME_2019, ENGLAND, ye(2018, 12), ye(2019, 12), ("2019-12", "2019-12"), unit="percent")
    assert [entry.id for entry in breaks_between(a, b) if entry.action == "block"] == []


def test_a_total_without_greater_manchester_is_not_divided_by_all_residents() -> None:
    crime = Figure(*CRIME_2019, ENGLAND, ye(2019, 12), edition="2019-12")
    everybody = Figure("ons_population", "population", ENGLAND, day(ye(2019, 6).end), edition="2024-mye")
    assert "greater-manchester-2019" in touching(crime, everybody)
    assert "greater-manchester-2019" not in touching(
        replace(crime, area_code=KENT), replace(everybody, area_code=KENT)
    )


def test_two_editions_while_greater_manchester_may_be_missing_are_not_taken_to_be_alike() -> None:
    a, b = pair(*CRIME_2019, ENGLAND, ye(2020, 6), ye(2021, 6), ("2020-06", "2021-06"))
    assert "greater-manchester-2019" in touching(a, b)


def test_a_missing_return_of_hackney_reaches_the_totals_and_no_neighbour() -> None:
    def found(area: str) -> list[str]:
        both = pair("dfe_children_in_need", REFERRALS, area, ye(2021, 3), ye(2024, 3))
        return [name for name in touching(*both) if name.startswith("hackney")]

    assert found(HACKNEY) == ["hackney-no-return"]
    assert found(LONDON) == found(ENGLAND) == found("E13000001") == ["hackney-in-london"]
    assert found(ISLINGTON) == found("E13000002") == found(NORTH_WEST) == []


def test_a_neighbour_is_compared_over_years_in_which_hackney_is_missing() -> None:
    islington = Figure("dfe_children_in_need", REFERRALS, ISLINGTON, ye(2021, 3))
    camden = replace(islington, area_code=CAMDEN)
    assert "hackney-no-return" not in touching(islington, camden)
    assert "hackney-no-return" in touching(islington, replace(islington, area_code=HACKNEY))
    # Years in which Hackney made a return are not touched by another area's figure of a year without it.
    assert "hackney-no-return" not in touching(
        islington, replace(islington, area_code=HACKNEY, period=ye(2024, 3))
    )


def test_a_break_of_a_numerator_does_not_forbid_dividing_by_a_population() -> None:
    violence = Figure("ons_csp", "violence_against_the_person", KENT, ye(2023, 12), edition="2024-12")
    knives = Figure("ons_pfa", "knife_crime", KENT, ye(2018, 12), edition="2019-12")
    for crime in (violence, knives):
        people = Figure("ons_population", "population", KENT, day(crime.period.start), edition="2024-mye")
        assert [entry.id for entry in breaks_between(crime, people) if entry.action == "block"] == []


OLD, NEW = ("2018-03", "2018-12", "2018-12.r2"), ("2019-12", "2024-12", None)
"""Editions that print the old recording of knives throughout, and editions with the new one in recent years."""
FORCES_OF_OLD_EDITIONS = {
    "knife-sussex-2015": ("E23000033", 2015),
    "knife-surrey-2017": ("E23000031", 2017),
    "knife-avon-and-somerset-2018": ("E23000036", 2018),
}
"""By break: the force, and the year to March with which its new recording begins."""


def _knives(name: str, before: str | None, after: str | None, years: tuple[int, int] = (-1, 0)) -> bool:
    """Whether a break touches two years to March, counted from the first of the new recording."""
    force, first = FORCES_OF_OLD_EDITIONS[name]
    a, b = (ye(first + year, 3) for year in years)
    there, back = pair("ons_pfa", "knife_crime", force, a, b, (before, after))
    assert (name in touching(there, back)) == (name in touching(back, there))
    return name in touching(there, back)


@pytest.mark.parametrize("name", FORCES_OF_OLD_EDITIONS)
@pytest.mark.parametrize("before", OLD)
@pytest.mark.parametrize("after", OLD)
def test_editions_that_print_the_old_recording_throughout_have_no_break(
    name: str, before: str, after: str
) -> None:
    assert not _knives(name, before, after)


@pytest.mark.parametrize("name", FORCES_OF_OLD_EDITIONS)
@pytest.mark.parametrize("before", NEW)
@pytest.mark.parametrize("after", NEW)
def test_editions_with_the_new_recording_have_the_break(
    name: str, before: str | None, after: str | None
) -> None:
    assert _knives(name, before, after)
    assert not _knives(name, before, after, years=(0, 2)), "both years are of the new recording"


@pytest.mark.parametrize("name", FORCES_OF_OLD_EDITIONS)
@pytest.mark.parametrize("old", OLD)
@pytest.mark.parametrize("new", NEW)
def test_an_edition_with_the_old_recording_is_not_compared_with_one_that_has_the_new(
    name: str, old: str, new: str | None
) -> None:
    assert _knives(name, old, new), "across the day"
    assert _knives(name, new, old), "across the day, the later year in the old edition"
    assert _knives(name, old, new, years=(0, 2)), "two years after the day, one by the old recording"
    assert _knives(name, new, old, years=(0, 2)), "the same, the later year in the old edition"
    assert _knives(name, old, new, years=(0, 0)), "one year after the day, recorded in two ways"
    assert not _knives(name, old, new, years=(-2, -1)), "both years are before the day"


def test_other_forces_have_their_break_in_old_editions_too() -> None:
    a, b = pair("ons_pfa", "knife_crime", "E23000029", ye(2015, 3), ye(2016, 3), ("2018-12", "2018-12"))
    assert "knife-thames-valley-2016" in touching(a, b)


def test_a_rate_of_an_old_edition_is_still_divided_by_residents() -> None:
    crime = Figure("ons_pfa", "knife_crime", "E23000031", ye(2018, 3), edition="2018-12")
    people = Figure("ons_population", "population", "E23000031", day(ye(2017, 6).end), edition="2024-mye")
    assert touching(crime, people) == []


SCOPES = {
    "exactly": (AreaScope(exactly=(MET,)), {MET}, {CAMDEN, LONDON, f"{MET}/unassigned"}),
    "with all inside": (AreaScope(with_all_inside=(MET,)), {MET, CAMDEN, f"{MET}/unassigned"}, {CITY, LONDON, KENT}),
    "totals": (AreaScope(totals_containing=(MET,)), {LONDON, ENGLAND, ENGLAND_AND_WALES}, {MET, CAMDEN, NORTH_WEST}),
    "totals without": (
        AreaScope(totals_containing=(GREATER_MANCHESTER,)),
        {NORTH_WEST, "K04000001/excluding-british-transport-police", "K04000001/excluding-devon"},
        {ENGLAND_WITHOUT_MANCHESTER, TRANSPORT_POLICE, "K04000001/excluding-north-west", GREATER_MANCHESTER},
    ),
    "beginning of codes": (AreaScope(exactly=("E05*",)), {"E05000366"}, {CAMDEN}),
}  # fmt: skip


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_reaches_as_far_as_it_says(scope: str) -> None:
    reach, inside, outside = SCOPES[scope]
    assert {code for code in (*inside, *outside) if reach.covers(code)} == inside


def test_a_ward_is_inside_the_areas_that_contain_its_borough() -> None:
    met = AreaScope(with_all_inside=(MET,))
    assert not met.covers("E05013697")
    assert met.covers("E05013697", within=(ISLINGTON,))


def test_the_row_of_a_contract_says_what_it_leaves_out() -> None:
    register = AreaRegister.shipped()
    without = left_out_of("K04000001/excluding-british-transport-police")
    assert without == frozenset({TRANSPORT_POLICE})
    assert GREATER_MANCHESTER in (left_out_of(ENGLAND_WITHOUT_MANCHESTER) or ())
    assert left_out_of(TRANSPORT_POLICE) == left_out_of(ENGLAND) == frozenset()
    assert left_out_of("K04000001/excluding-nowhere") is None
    assert register.find(TRANSPORT_POLICE) is not None
