"""Profiles follow a change of codes: figures of the earlier code are shown, or the row says where to look for them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.areas.register_tables import COUNTY, LOCAL_AUTHORITY
from civic_assets.publish.profiles.area_lineage import in_words, lineage_rows, made_from
from civic_assets_tests.publish.read_models import figure, profile, read_model, records, said

SHEFFIELD, SHEFFIELD_BEFORE, KENT, ASHFORD = "E08000039", "E08000019", "E10000016", "E07000105"
REGISTER = AreaRegister.shipped()
SINCE_2019 = sorted(
    {
        (step.new, step.day)
        for step in REGISTER.successions
        if step.day >= date(2019, 1, 1)
        and step.old != step.new
        and step.new.startswith("E")
        and REGISTER.areas[step.new].type in (LOCAL_AUTHORITY, COUNTY)
    }
)


def referrals(area: str, ends: date, value: float | None, **other: Any) -> Any:
    year = (ends.replace(year=ends.year - 1), ends)
    return figure(
        "dfe_children_in_need", "2025-c1", "referrals_to_social_services", area, *year, value, **other
    )


def children(area: str, day: date, value: float) -> Any:
    return figure(
        "ons_population", "2024-age-0-17", "population", area, day, day + timedelta(days=1), value,
        statistic="stock", period_kind="point_in_time", breakdown="age=0-17",
    )  # fmt: skip


def test_profile_of_a_new_code_shows_the_figure_of_the_code_before_and_says_so() -> None:
    model = read_model(
        [
            referrals(SHEFFIELD_BEFORE, date(2025, 4, 1), 4910),
            children(SHEFFIELD_BEFORE, date(2024, 6, 30), 116279),
        ]
    )
    found = profile(model, "referrals", SHEFFIELD)
    assert (found["count"], found["figure_area_code"]) == (4910, SHEFFIELD_BEFORE)
    assert found["rate"] == pytest.approx(10_000 * 4910 / 116279) and found["reason"] is None
    assert said(found["caveats"], f"published under the code {SHEFFIELD_BEFORE} (Sheffield)")
    assert said(found["caveats"], "when the boundary moved")


def test_figure_of_the_own_code_comes_before_that_of_the_earlier_one() -> None:
    model = read_model(
        [
            referrals(SHEFFIELD_BEFORE, date(2026, 4, 1), 4910),
            referrals(SHEFFIELD, date(2026, 4, 1), 4925),
        ]
    )
    found = profile(model, "referrals", SHEFFIELD)
    assert (found["count"], found["figure_area_code"]) == (4925, SHEFFIELD)
    assert not said(found["caveats"], "published under the code")


def test_before_the_change_the_old_code_has_the_profile() -> None:
    model = read_model([referrals(SHEFFIELD_BEFORE, date(2024, 4, 1), 4910)])
    found = profile(model, "referrals", SHEFFIELD_BEFORE, as_of=date(2025, 4, 30))
    assert found["count"] == 4910 and not said(found["caveats"], "published under the code")


@pytest.mark.parametrize(("code", "day"), SINCE_2019)
def test_every_succession_since_2019_gives_figures_or_names_the_areas_that_have_them(
    code: str, day: date
) -> None:
    before = [step.old for step in REGISTER.predecessors(code) if step.old != code]
    model = read_model([referrals(old, date(day.year, 4, 1), 1000) for old in before])
    found = profile(model, "referrals", code, as_of=day)
    if found["count"] is not None:
        assert found["count"] == 1000 and found["figure_area_code"] in before
        assert said(found["caveats"], found["figure_area_code"])
    elif REGISTER.areas[str(REGISTER.areas[code].parent)].type == COUNTY:
        assert "county council runs this service" in found["reason"]
    else:
        authorities = [old for old in before if REGISTER.areas[old].type == LOCAL_AUTHORITY]
        assert authorities and all(f"({old})" in found["reason"] for old in authorities)
        assert "not added up or divided" in found["reason"]


def test_successions_since_2019_are_those_of_the_register() -> None:
    codes = {code for code, _ in SINCE_2019}
    assert {SHEFFIELD, "E08000038", "E06000058", "E06000060", "E06000061", "E06000065", "E07000244"} <= codes


def test_ground_is_followed_back_through_every_change_of_one_code_and_through_no_merger() -> None:
    rows = lineage_rows(REGISTER, ["E06000057", "E06000061", "E06000065"])
    assert [(row["area_code"], row["figure_area_code"], row["ground"]) for row in rows] == [
        ("E06000057", "E06000057", "own"),
        ("E06000057", "E06000048", "nearly_same"),
        ("E06000057", "E10000022", "nearly_same"),
        ("E06000061", "E06000061", "own"),
        ("E06000065", "E06000065", "own"),
        ("E06000065", "E10000023", "same"),
    ]
    assert made_from(REGISTER, "E06000065") == "" and made_from(REGISTER, "E09000019") == ""
    assert "Corby (E07000150), East Northamptonshire" in made_from(REGISTER, "E06000061")
    assert "counties run, of Northamptonshire (E10000021)" in made_from(REGISTER, "E06000061")


def test_district_shows_the_figure_of_its_county_and_never_as_its_own() -> None:
    model = read_model([referrals(KENT, date(2025, 4, 1), 12000)])
    found = profile(model, "referrals", ASHFORD)
    assert found["count"] is None and found["rate"] is None and found["source"] is None
    assert (found["wider_area_code"], found["wider_area_name"], found["wider_count"]) == (KENT, "Kent", 12000)
    assert "county council runs this service" in found["reason"]
    assert found["wider_release"] == "2025-c1" and found["wider_locators"]


def test_district_of_a_county_without_a_figure_says_that_the_county_has_none() -> None:
    found = profile(read_model([]), "referrals", ASHFORD)
    assert found["wider_area_code"] is None
    assert found["reason"].endswith("No release that was out by this day has a figure of Kent.")


def test_absent_figure_says_how_the_publisher_marks_it() -> None:
    model = read_model([referrals("E09000001", date(2025, 4, 1), None, status="suppressed")])
    assert profile(model, "referrals", "E09000001")["reason"] == (
        "The count is suppressed in dfe_children_in_need of 2025-c1."
    )


def test_every_authority_of_england_has_a_figure_or_a_reason_in_every_row() -> None:
    model = read_model([referrals(KENT, date(2025, 4, 1), 12000)])
    silent = records(
        model,
        """SELECT area_code, indicator FROM harmonised.area_profile
        WHERE count IS NULL AND rate IS NULL AND coalesce(reason, '') = ''""",
    )
    assert silent == []


def test_title_is_true_of_the_pupils_that_the_figure_is_about() -> None:
    def share(measure: str, value: float, source: str, breakdown: str) -> Any:
        month = (date(2025, 1, 1), date(2025, 2, 1))
        return figure(
            source, "2025", measure, "E09000019", *month, value,
            unit="percent", statistic="rate", period_kind="month", breakdown=breakdown,
        )  # fmt: skip

    measures = (("sen_support_percent", 14.0), ("ehc_plan_percent", 5.0))
    all_pupils = [share(measure, value, "dfe_lait", "total") for measure, value in measures]
    secondary = [share(m, value, "dfe_sen", "phase=state-funded secondary") for m, value in measures]
    found = profile(read_model(all_pupils), "send")
    assert "secondary" not in found["title"] and found["ages"] == "all pupils"
    found = profile(read_model([*all_pupils, *secondary]), "send")
    assert "secondary schools" in found["title"] and found["ages"] == "secondary pupils"


@pytest.mark.parametrize(
    ("names", "words"), [(["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_in_a_sentence(names: list[str], words: str) -> None:
    assert in_words(names) == words
