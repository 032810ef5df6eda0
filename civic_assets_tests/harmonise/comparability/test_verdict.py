"""Pairs of figures that may be compared, pairs that may not, and the true reason for each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.compared_figure import ComparedFigure
from civic_assets.harmonise.comparability.verdict import Operation, judge, offer_instead
from civic_assets.harmonise.measures.vocabulary import measure_of
from civic_assets.values.ages import AgeBand, AgeBasis, AgePopulation
from civic_assets.values.periods import Period, PeriodKind, Statistic, day, first_of_month, year_ending

REGISTER = AreaRegister.shipped()
ISLINGTON, CAMDEN, LONDON = "E09000019", "E09000007", "E12000007"


def series(
    measure: str,
    period: Period,
    *,
    source: str = "ons_csp",
    area: str = ISLINGTON,
    statistic: Statistic = Statistic.FLOW,
    unit: str = "count",
    value: float | None = 100.0,
    release: str | None = "2024-12",
    **more: object,
) -> ComparedFigure:
    definition = measure_of(measure, source)
    assert definition is not None
    made = ComparedFigure(
        name=f"{source}:{measure}",
        source=source,
        measure=measure,
        definition=definition,
        area=REGISTER.find(area) or AreaFacts(area, area, "ward"),
        period=period,
        statistic=statistic,
        unit=unit,
        ages=definition.ages,
        release=release,
        value=value,
        quality="ok",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def month(year: int, number: int) -> Period:
    return Period(first_of_month(year, number), first_of_month(year, number + 1), PeriodKind.MONTH)


def academic(year: int) -> Period:
    return Period(date(year, 9, 1), date(year + 1, 9, 1), PeriodKind.ACADEMIC_YEAR)


def refusals(a: ComparedFigure, b: ComparedFigure, operation: Operation) -> str:
    verdict = judge(a, b, REGISTER, 20)[operation]
    return " ".join(reason.text for reason in verdict.reasons if reason.refuses)


def said(a: ComparedFigure, b: ComparedFigure, operation: Operation) -> str:
    return " ".join(reason.text for reason in judge(a, b, REGISTER, 20)[operation].reasons)


def test_overlapping_years_are_not_two_times_and_the_unshared_parts_are_offered() -> None:
    earlier = series("burglary", year_ending(2021, 12), value=1454, release="2022-06")
    later = series("burglary", year_ending(2022, 6), value=1600, release="2022-06")
    assert "184 days in common (50.4% of the shorter period" in refusals(earlier, later, Operation.COMPARE)
    offer = offer_instead(later, earlier)
    assert offer is not None
    assert offer.value == 146
    assert "January to June 2022 less January to June 2021" in offer.text
    assert "not a trend" in offer.text


def test_the_difference_of_unshared_parts_is_not_computed_across_releases_or_from_statuses() -> None:
    earlier = series("burglary", year_ending(2021, 12), release="2021-12")
    later = series("burglary", year_ending(2022, 6), release="2022-06")
    for other in (later, replace(later, release="2021-12", value=None, status="suppressed"),
                  replace(later, release="2021-12", quality="disputed")):  # fmt: skip
        offer = offer_instead(earlier, other)
        assert offer is not None
        assert offer.value is None
        assert "not computed" in offer.text


def test_disjoint_periods_need_no_offer() -> None:
    assert (
        offer_instead(series("burglary", year_ending(2023, 12)), series("burglary", year_ending(2024, 12)))
        is None
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (
            series("burglary", year_ending(2022, 12), area="E08000035"),
            series("burglary", year_ending(2023, 12), area="E08000035"),
        ),
        (
            series("suspension_rate", academic(2022), source="dfe_lait", statistic=Statistic.RATE,
                   unit="per_100_pupils"),
            series("suspension_rate", academic(2022), source="dfe_lait", statistic=Statistic.RATE,
                   unit="per_100_pupils", area=CAMDEN),
        ),
        (
            series("population", day(date(2022, 6, 30)), source="ons_population", statistic=Statistic.STOCK),
            series("population", day(date(2023, 6, 30)), source="ons_population", statistic=Statistic.STOCK),
        ),
    ],
    ids=["burglary of Leeds in two years", "suspension rates of two boroughs", "rebased populations of two years"],
)  # fmt: skip
def test_a_plain_good_pair_is_allowed_without_fuss(a: ComparedFigure, b: ComparedFigure) -> None:
    verdict = judge(a, b, REGISTER)[Operation.COMPARE]
    assert verdict.allowed
    assert [reason.text for reason in verdict.reasons] == []


def test_suspensions_are_events_and_pupils_suspended_are_not() -> None:
    events = series("suspensions", academic(2016), source="dfe_exclusions")
    people = series("pupils_suspended", academic(2016), source="dfe_exclusions")
    assert "counts events" in refusals(events, people, Operation.COMPARE)
    assert "several events" in refusals(events, people, Operation.COMPARE)
    assert not judge(events, people, REGISTER)[Operation.SUM].allowed


def test_children_of_0_to_17_are_not_a_cohort_of_academic_age_16_and_17() -> None:
    uasc = series(
        "uasc_looked_after", day(date(2023, 3, 31)), source="dfe_looked_after", statistic=Statistic.STOCK
    )
    neet = series(
        "neet_percent",
        Period(date(2022, 12, 1), date(2023, 3, 1), PeriodKind.THREE_MONTH_AVERAGE),
        source="dfe_neet",
        statistic=Statistic.RATE,
        unit="percent",
    )
    text = refusals(uasc, neet, Operation.COMPARE)
    assert "0-17" in text
    assert "16-17, academic age, cohort known to the authority" in text


def test_hate_crime_of_the_met_is_not_compared_across_its_change_of_systems() -> None:
    before = series("hate_crime", month(2024, 1), source="met_borough")
    after = series("hate_crime", month(2024, 4), source="met_borough")
    assert "28 February 2024" in refusals(before, after, Operation.COMPARE)
    assert "CONNECT" in refusals(before, after, Operation.COMPARE)
    assert not refusals(after, series("hate_crime", month(2025, 4), source="met_borough"), Operation.COMPARE)


def test_wards_of_two_boundaries_are_not_compared() -> None:
    old = series("recorded_crime_met", month(2022, 1), source="met_ward", area="E05000366", release="2022-08")
    new = series("recorded_crime_met", month(2025, 1), source="met_ward", area="E05013697", release="2025-12")
    text = refusals(old, new, Operation.COMPARE)
    assert "divided into new wards" in text
    assert not judge(old, new, REGISTER)[Operation.SUM].allowed


def test_a_population_before_the_census_is_qualified_against_one_after_it() -> None:
    old = series("population", day(date(2020, 6, 30)), source="ons_population", statistic=Statistic.STOCK)
    new = series("population", day(date(2022, 6, 30)), source="ons_population", statistic=Statistic.STOCK)
    assert "census" in said(old, new, Operation.COMPARE)


def test_an_old_estimate_is_refused_against_a_rebased_one() -> None:
    old = series(
        "population",
        day(date(2020, 6, 30)),
        source="ons_population",
        statistic=Statistic.STOCK,
        release="2020-mye",
    )
    new = series(
        "population",
        day(date(2022, 6, 30)),
        source="ons_population",
        statistic=Statistic.STOCK,
        release="2022-mye",
    )
    assert "census" in refusals(old, new, Operation.COMPARE)


@pytest.mark.parametrize("status", ["suppressed", "not_available", "not_applicable"])
def test_a_status_is_refused_wherever_a_number_is_needed(status: str) -> None:
    absent = series("burglary", year_ending(2023, 12), value=None, status=status)
    known = series("burglary", year_ending(2024, 12))
    for operation in (Operation.COMPARE, Operation.SUM):
        assert "does not mean zero" in refusals(absent, known, operation)


def test_a_disputed_figure_is_not_compared_or_added() -> None:
    disputed = series("burglary", year_ending(2023, 12), quality="disputed")
    known = series("burglary", year_ending(2024, 12))
    for operation in (Operation.COMPARE, Operation.SUM):
        assert "disputed" in refusals(disputed, known, operation)
    assert judge(disputed, known, REGISTER)[Operation.SIDE_BY_SIDE].allowed


def test_a_modelled_figure_is_not_compared() -> None:
    modelled = series("burglary", month(2024, 1), modelled=True)
    assert "modelled" in refusals(modelled, series("burglary", month(2025, 1)), Operation.COMPARE)


def test_two_differences_at_once_say_nothing() -> None:
    text = refusals(
        series("burglary", year_ending(2022, 12)),
        series("burglary", year_ending(2024, 12), area=CAMDEN),
        Operation.COMPARE,
    )
    assert "Area and period differ at the same time" in text


def test_counts_of_two_areas_are_compared_with_the_advice_to_use_rates() -> None:
    a, b = series("burglary", year_ending(2024, 12)), series("burglary", year_ending(2024, 12), area=CAMDEN)
    assert judge(a, b, REGISTER)[Operation.COMPARE].allowed
    assert "Compare rates" in said(a, b, Operation.COMPARE)


def test_a_borough_and_its_region_are_not_added_up() -> None:
    borough = series("burglary", year_ending(2024, 12))
    region = series("burglary", year_ending(2024, 12), area=LONDON)
    assert "Islington is a part of London" in refusals(borough, region, Operation.SUM)
    assert not judge(borough, region, REGISTER)[Operation.COMPARE].allowed


def test_months_add_up_but_stocks_and_rates_and_people_do_not() -> None:
    assert judge(series("burglary", month(2024, 4)), series("burglary", month(2024, 5)), REGISTER)[
        Operation.SUM
    ].allowed
    stocks = [
        series("population", day(date(year, 6, 30)), source="ons_population", statistic=Statistic.STOCK)
        for year in (2022, 2023)
    ]
    assert "Stocks of two days" in refusals(stocks[0], stocks[1], Operation.SUM)
    rates = [
        series(
            "suspension_rate", academic(y), source="dfe_lait", statistic=Statistic.RATE, unit="per_100_pupils"
        )
        for y in (2021, 2022)
    ]
    assert "cannot be added up" in refusals(rates[0], rates[1], Operation.SUM)
    pupils = [series("pupils_suspended", academic(y), source="dfe_exclusions") for y in (2014, 2015)]
    assert "be counted twice" in refusals(pupils[0], pupils[1], Operation.SUM)


def test_populations_of_two_boroughs_on_one_day_add_up() -> None:
    a, b = (
        series(
            "population",
            day(date(2023, 6, 30)),
            source="ons_population",
            statistic=Statistic.STOCK,
            area=area,
        )
        for area in (ISLINGTON, CAMDEN)
    )
    assert judge(a, b, REGISTER)[Operation.SUM].allowed


def test_a_rate_needs_a_stock_of_people_of_its_time() -> None:
    crime = series("burglary", year_ending(2024, 12))

    def people(year: int) -> ComparedFigure:
        return series(
            "population", day(date(year, 6, 30)), source="ons_population", statistic=Statistic.STOCK
        )

    assert judge(crime, people(2024), REGISTER)[Operation.RATE].allowed
    assert judge(people(2024), crime, REGISTER)[Operation.RATE].allowed, "in whatever order they are named"
    assert "368 days" in refusals(crime, people(2023), Operation.RATE)
    assert "is not counted among" in refusals(crime, series("robbery", year_ending(2024, 12)), Operation.RATE)
    assert not judge(crime, replace(people(2024), value=None, status="suppressed"), REGISTER)[
        Operation.RATE
    ].allowed


def test_a_denominator_of_other_ages_is_refused() -> None:
    children = AgeBand(0, 18, AgeBasis.ON_THE_DAY, AgePopulation.RESIDENTS)
    year = Period(date(2023, 4, 1), date(2024, 4, 1), PeriodKind.FINANCIAL_YEAR)
    crime = series("referrals_to_social_services", year, source="dfe_children_in_need", ages=children)
    everybody = series(
        "population", day(date(2023, 6, 30)), source="ons_population", statistic=Statistic.STOCK, ages=None
    )
    assert "0-17" in refusals(crime, everybody, Operation.RATE)
    assert judge(crime, replace(everybody, ages=children), REGISTER)[Operation.RATE].allowed


def test_a_correlation_needs_eight_common_periods_and_two_series() -> None:
    a, b = series("burglary", year_ending(2024, 12)), series("robbery", year_ending(2024, 12))
    assert "a correlation needs 8" in " ".join(
        r.text for r in judge(a, b, REGISTER, 7)[Operation.CORRELATE].reasons
    )
    assert judge(a, b, REGISTER, 8)[Operation.CORRELATE].allowed
    assert not judge(a, replace(a, period=year_ending(2022, 12)), REGISTER, 9)[Operation.CORRELATE].allowed


def test_months_of_different_length_and_season_are_reported() -> None:
    text = said(series("burglary", month(2023, 2)), series("burglary", month(2023, 3)), Operation.COMPARE)
    assert "28 and 31 days" in text
    assert "season" in text
    assert judge(series("burglary", month(2023, 2)), series("burglary", month(2023, 3)), REGISTER)[
        Operation.COMPARE
    ].allowed


def test_a_month_is_not_compared_with_a_year() -> None:
    assert "a month of 31 days" in refusals(
        series("burglary", month(2023, 1)), series("burglary", year_ending(2024, 12)), Operation.COMPARE
    )


_KINDS = st.sampled_from([PeriodKind.ROLLING_YEAR, PeriodKind.MONTH, PeriodKind.QUARTER])


@st.composite
def _figures(draw: st.DrawFn) -> ComparedFigure:
    months = {PeriodKind.ROLLING_YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}
    kind = draw(_KINDS)
    first = draw(st.integers(0, 50)) * 3
    start, end = first_of_month(2011, 1 + first), first_of_month(2011, 1 + first + months[kind])
    value = draw(st.one_of(st.none(), st.integers(0, 10_000).map(float)))
    made = series(
        draw(st.sampled_from(["burglary", "robbery", "total_recorded_crime"])),
        Period(start, end, kind),
        area=draw(st.sampled_from([ISLINGTON, CAMDEN, LONDON])),
        value=value,
    )
    return replace(made, status=None if value is not None else "suppressed")


@given(_figures(), _figures())
def test_whether_a_comparison_is_allowed_does_not_depend_on_the_order(
    a: ComparedFigure, b: ComparedFigure
) -> None:
    forwards, backwards = judge(a, b, REGISTER), judge(b, a, REGISTER)
    assert {o: v.allowed for o, v in forwards.items()} == {o: v.allowed for o, v in backwards.items()}


@given(_figures(), _figures())
def test_nothing_is_compared_added_or_offered_from_a_status(a: ComparedFigure, b: ComparedFigure) -> None:
    if a.value is None or b.value is None:
        verdicts = judge(a, b, REGISTER)
        assert not verdicts[Operation.COMPARE].allowed
        assert not verdicts[Operation.SUM].allowed
        offer = offer_instead(a, b)
        assert offer is None or offer.value is None


@given(_figures(), _figures())
def test_a_refusal_always_says_why(a: ComparedFigure, b: ComparedFigure) -> None:
    for verdict in judge(a, b, REGISTER).values():
        assert verdict.allowed or any(
            reason.refuses and reason.text.endswith(".") for reason in verdict.reasons
        )


def test_figure_whose_year_is_not_settled_is_compared_only_with_figures_of_its_own_label() -> None:
    def reoffending(area: str, year: int) -> ComparedFigure:
        period = Period(date(year, 1, 1), date(year + 1, 1, 1), PeriodKind.CALENDAR_YEAR)
        return series(
            "young_offenders_15_17_reoffending_percent", period, source="dfe_lait", area=area, unit="percent",
            statistic=Statistic.RATE, status="period_unsettled", release="2025",
        )  # fmt: skip

    here = reoffending(ISLINGTON, 2023)
    assert "does not say which days" in refusals(here, reoffending(ISLINGTON, 2022), Operation.COMPARE)
    assert "does not say which days" not in refusals(here, reoffending(CAMDEN, 2023), Operation.COMPARE)
    assert "does not say which days" in said(here, reoffending(CAMDEN, 2023), Operation.COMPARE)
