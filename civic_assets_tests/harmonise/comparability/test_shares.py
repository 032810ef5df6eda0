"""A part may be given as a share of the whole of one publication, place and time, and the answer says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.verdict import Operation, judge
from civic_assets.values.periods import Statistic, year_ending
from civic_assets_tests.harmonise.comparability.test_verdict import REGISTER, refusals, series

YEAR = year_ending(2024, 12)
ROBBERY, CAMDEN = "group=Robbery", "E09000007"


def offences(breakdown: str, **more: object) -> ComparedFigure:
    return series("recorded_crime_offence", YEAR, source="home_office_prc", breakdown=breakdown, **more)  # type: ignore[arg-type]


def crime(measure: str, **more: object) -> ComparedFigure:
    return series(measure, YEAR, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (offences(f"{ROBBERY};subgroup=Robbery of personal property"), offences(ROBBERY)),
        (offences(ROBBERY), offences("total")),
        (crime("residential_burglary"), crime("burglary")),
        (crime("residential_burglary"), crime("total_recorded_crime")),
    ],
)
def test_a_part_is_a_share_of_its_whole_in_either_order(part: ComparedFigure, whole: ComparedFigure) -> None:
    for first, second in ((part, whole), (whole, part)):
        found = judge(first, second, REGISTER)[Operation.RATE]
        assert found.allowed
        assert any("as a share of" in reason.text for reason in found.reasons)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (crime("burglary"), crime("robbery"), "burglary is not counted among robbery"),
        (crime("burglary"), crime("total_recorded_crime", area=CAMDEN), "the place differs"),
        (crime("burglary", release="2023-12"), crime("total_recorded_crime"), "the release differs"),
        (crime("burglary"), series("total_recorded_crime", year_ending(2023, 12)), "the period differs"),
        (crime("burglary"), crime("total_recorded_crime", source="ons_pfa"), "two sources"),
        (offences("group=Robbery"), offences("group=Theft offences"), "neither is a part of the other"),
        # Offences with a knife come from a collection of their own.
        (
            crime("knife_crime", source="ons_pfa"),
            crime("total_recorded_crime", source="ons_pfa"),
            "not counted in one way",
        ),
    ],
)
def test_what_is_no_share_says_why(part: ComparedFigure, whole: ComparedFigure, words: str) -> None:
    for first, second in ((part, whole), (whole, part)):
        assert words.lower() in refusals(first, second, Operation.RATE).lower()


def test_reasons_are_true_of_rates_changes_and_stocks() -> None:
    rates = [
        crime("robbery", unit="per_1000_population", statistic=Statistic.RATE, area=a)
        for a in ("E09000019", CAMDEN)
    ]
    assert "both of these figures are rates" in refusals(rates[0], rates[1], Operation.RATE)
    changes = [replace(one, unit="percent", statistic=Statistic.CHANGE) for one in rates]
    later = replace(changes[0], period=year_ending(2023, 12))
    assert "both of these figures are changes" in refusals(changes[0], changes[1], Operation.RATE)
    assert "Changes cannot be added up" in refusals(changes[0], later, Operation.SUM)
    for first, second in ((changes[0], later), (rates[0], replace(rates[0], period=year_ending(2023, 12)))):
        assert "Stocks" not in refusals(first, second, Operation.SUM)
