"""A publisher's note forbids the comparison that it is about, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.publisher_notes import about
from civic_assets.harmonise.comparability.verdict import Operation, Verdict, judge
from civic_assets.harmonise.notes.figures import MarkedScope, NoteEffect, scoped
from civic_assets.harmonise.notes.recognise import effects_of
from civic_assets.values.periods import Period, year_ending
from civic_assets_tests.harmonise.comparability.test_verdict import series

METROPOLITAN, KENT, GREATER_MANCHESTER, ENGLAND = "E23000001", "E23000032", "E23000005", "E92000001"
MEASURES = {"knife_series": ["knife_crime"], "counts": ["burglary", "robbery"]}
NAMES = {"metropolitan police": [METROPOLITAN], "kent": [KENT], "greater manchester": [GREATER_MANCHESTER]}
CHANGED = (
    "The Metropolitan Police reviewed their recording from April 2024 onwards. Data are not comparable with previous "
    "years."
)


def effects(text: str, *marks: MarkedScope) -> list[NoteEffect]:
    found = effects_of(text, NAMES)
    return scoped("ons_pfa", "2024-12", "Notes!B4", text, found, marks, MEASURES)


def verdict(notes: list[NoteEffect], a: ComparedFigure, b: ComparedFigure) -> dict[Operation, Verdict]:
    a, b = (
        replace(one, notes=about(notes, one.source, one.measure, one.area.code, one.release))
        for one in (a, b)
    )
    return dict(judge(a, b, AreaRegister.shipped()))


def figure(
    year: Period, area: str = METROPOLITAN, measure: str = "knife_crime", **more: object
) -> ComparedFigure:
    return series(measure, year, source="ons_pfa", area=area, **more)  # type: ignore[arg-type]


def refusals(found: dict[Operation, Verdict], operation: Operation = Operation.COMPARE) -> list[str]:
    return [
        reason.text
        for reason in found[operation].reasons
        if reason.refuses and "The publisher says" in reason.text
    ]


ROW = MarkedScope("knife_series", "row", (METROPOLITAN,))


@pytest.mark.parametrize(
    ("earlier", "later", "forbidden"),
    [
        (year_ending(2023, 12), year_ending(2024, 12), True),
        (year_ending(2022, 12), year_ending(2023, 12), False),
        (year_ending(2024, 3), year_ending(2025, 3), True),
        (year_ending(2025, 3), year_ending(2026, 3), False),
    ],
)
def test_series_is_divided_on_the_day_that_the_note_names(
    earlier: Period, later: Period, forbidden: bool
) -> None:
    found = verdict(effects(CHANGED, ROW), figure(earlier), figure(later))
    assert bool(refusals(found)) is forbidden
    if forbidden:
        assert "1 April 2024" in refusals(found)[0] and "Notes!B4" in refusals(found)[0]


def test_note_about_one_force_leaves_the_others_alone() -> None:
    notes = effects(CHANGED, ROW)
    assert not refusals(
        verdict(notes, figure(year_ending(2023, 12), KENT), figure(year_ending(2024, 12), KENT))
    )
    same_year = figure(year_ending(2024, 12)), figure(year_ending(2024, 12), KENT)
    assert not refusals(verdict(notes, *same_year))


def test_note_of_one_edition_says_nothing_about_another() -> None:
    pair = [figure(year, release="2019-12") for year in (year_ending(2023, 12), year_ending(2024, 12))]
    assert not refusals(verdict(effects(CHANGED, ROW), *pair))


def test_sum_whose_row_is_marked_gets_a_caveat() -> None:
    marks = [ROW, MarkedScope("knife_series", "row", (ENGLAND,))]
    found = verdict(
        effects(CHANGED, *marks),
        figure(year_ending(2023, 12), ENGLAND),
        figure(year_ending(2024, 12), ENGLAND),
    )
    assert not refusals(found)
    assert any("Notes!B4" in reason.text for reason in found[Operation.COMPARE].reasons)


def test_note_without_a_day_is_said_and_forbids_nothing() -> None:
    text = "Data from earlier years are not directly comparable with recent years."
    notes = effects(text, MarkedScope("knife_series", "title"))
    assert [note.action for note in notes] == ["caveat"]
    found = verdict(notes, figure(year_ending(2011, 3)), figure(year_ending(2024, 12)))
    assert not refusals(found)
    assert any(text in reason.text for reason in found[Operation.COMPARE].reasons)


def test_marked_column_dates_a_note_that_names_no_day() -> None:
    text = "Figures are not comparable with previous years."
    notes = effects(text, MarkedScope("knife_series", "column", (), ("knife_crime",), date(2015, 4, 1)))
    assert [note.boundary for note in notes] == [date(2015, 4, 1)]


def test_note_on_other_areas_forbids_comparing_places_and_not_years() -> None:
    text = "Kent include bottles. Data for these forces are not directly comparable to data for other forces."
    notes = effects(text, MarkedScope("knife_series", "row", (KENT,)))
    year = year_ending(2024, 12)
    assert refusals(verdict(notes, figure(year, KENT), figure(year)))
    assert not refusals(verdict(notes, figure(year_ending(2023, 12), KENT), figure(year, KENT)))


UNDERCOUNT = "There is an undercount for Kent's burglary figures November to December 2024."


@pytest.mark.parametrize(
    ("measure", "year", "forbidden"),
    [("burglary", 2024, True), ("burglary", 2023, False), ("robbery", 2024, False)],
)
def test_undercount_concerns_its_measure_and_its_months(measure: str, year: int, forbidden: bool) -> None:
    notes = effects(UNDERCOUNT, MarkedScope("counts", "row", (KENT,)))
    pair = [figure(year_ending(one, 12), KENT, measure) for one in (year - 1, year)]
    found = verdict(notes, *pair)
    assert bool(refusals(found)) is forbidden
    assert not refusals(found, Operation.SIDE_BY_SIDE)


def test_part_of_a_year_is_not_compared_with_a_year() -> None:
    text = "Kent were only able to provide data for 11 months (unable to provide data for March 2018)."
    notes = effects(text, MarkedScope("knife_series", "row", (KENT,)))
    assert refusals(verdict(notes, figure(year_ending(2017, 3), KENT), figure(year_ending(2018, 3), KENT)))
    assert not refusals(
        verdict(notes, figure(year_ending(2016, 3), KENT), figure(year_ending(2017, 3), KENT))
    )


def test_what_both_figures_leave_out_is_not_said_about_their_comparison() -> None:
    notes = effects("Excludes fraud.", MarkedScope("counts", "title"))
    pair = [figure(year_ending(one, 12), KENT, "burglary") for one in (2023, 2024)]
    assert not any("Excludes fraud" in r.text for r in verdict(notes, *pair)[Operation.COMPARE].reasons)
    one_only = effects("Excludes fraud.", MarkedScope("counts", "row", (KENT,)))
    other = [figure(year_ending(2024, 12), area, "burglary") for area in (KENT, METROPOLITAN)]
    assert any("Excludes fraud" in r.text for r in verdict(one_only, *other)[Operation.COMPARE].reasons)


def test_unmarked_table_is_meant_only_if_the_note_names_its_areas() -> None:
    marks = [MarkedScope("knife_series", "column", (), ("knife_crime",)), MarkedScope("counts", "table")]
    (note,) = effects("Not comparable before April 2012.", *marks)
    assert note.measures == ("knife_crime",)
    (named,) = effects("Kent is not comparable before April 2012.", ROW, MarkedScope("counts", "table"))[:1]
    assert set(named.measures) == {"knife_crime", "burglary", "robbery"}


def test_what_a_force_does_not_count_is_missing_in_its_places_too() -> None:
    maidstone, ashford = "E07000110", "E07000105"
    notes = effects(UNDERCOUNT, MarkedScope("counts", "row", (KENT,)))
    assert about(notes, "ons_pfa", "burglary", maidstone, "2024-12", (KENT, "E12000008"))
    assert not about(notes, "ons_pfa", "burglary", ashford, "2024-12", ("E12000008",))


def test_total_that_is_mostly_the_area_shares_its_note_and_its_other_parts_do_not() -> None:
    (note,) = [one for one in effects(CHANGED, ROW) if one.effect == "not_comparable"]
    note = replace(note, totals=("E12000007",))
    assert about([note], "ons_pfa", "knife_crime", "E12000007", "2024-12")
    assert not about([note], "ons_pfa", "knife_crime", "E23000034", "2024-12", ("E12000007",))
