"""Table 2 for any authority: years from several editions, overlaps said, small and disputed figures without a rate."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from civic_assets.publish.profiles.crime_table import ROWS
from civic_assets_tests.publish.read_models import ISLINGTON, figure, read_model, records, said

YE_DEC_2021 = (date(2021, 1, 1), date(2022, 1, 1))
YE_JUN_2022 = (date(2021, 7, 1), date(2022, 7, 1))
YE_DEC_2022 = (date(2022, 1, 1), date(2023, 1, 1))


def crime(
    release: str, year: tuple[date, date], value: float | None, measure: str = "burglary", **other: Any
) -> Any:
    return figure(
        "ons_csp", release, measure, ISLINGTON, *year, value, **{"period_kind": "rolling_year", **other}
    )


def rate(release: str, year: tuple[date, date], value: float) -> Any:
    return crime(release, year, value, unit="per_1000_population", statistic="rate")


def table(model: Any, as_of: date | None = None) -> list[dict[str, Any]]:
    source = f"harmonised.crime_table_as_of(DATE '{as_of}')" if as_of else "harmonised.crime_table"
    return records(model, f"SELECT * FROM {source} ORDER BY position, period_end")


def test_years_that_share_days_say_how_many() -> None:
    rows = table(read_model([crime("2021-12", YE_DEC_2021, 1803), crime("2022-06", YE_JUN_2022, 1805)]))
    assert [row["overlap_with_previous_days"] for row in rows] == [None, 184]
    assert said(
        rows[1]["caveats"], "Shares 184 days with the year before it in this table (to 31 December 2021)"
    )
    assert said(rows[1]["caveats"], "another edition (2021-12)")


def test_years_that_follow_each_other_share_no_day() -> None:
    rows = table(read_model([crime("2022-12", YE_DEC_2021, 1803), crime("2022-12", YE_DEC_2022, 1850)]))
    assert rows[1]["overlap_with_previous_days"] == 0 and not said(rows[1]["caveats"], "Shares")


def test_year_is_shown_as_the_newest_edition_has_it_and_as_of_a_day_as_it_was() -> None:
    model = read_model(
        [
            crime("2021-12", YE_DEC_2021, 1803),
            crime("2022-12", YE_DEC_2021, 1811),
            crime("2022-12", YE_DEC_2022, 1850),
        ],
        {("ons_csp", "2021-12"): date(2022, 4, 28), ("ons_csp", "2022-12"): date(2023, 4, 27)},
    )
    assert [(row["value"], row["release"]) for row in table(model)] == [(1811, "2022-12"), (1850, "2022-12")]
    assert [(row["value"], row["release"]) for row in table(model, date(2023, 4, 26))] == [(1803, "2021-12")]
    assert table(model, date(2022, 4, 27)) == []


def test_group_that_the_newest_edition_no_longer_prints_is_not_compared_with_its_groups() -> None:
    """Stalking of an older edition is inside violence without injury of the newer one, or the other way round."""
    model = read_model(
        [
            crime("2021-12", YE_DEC_2021, 900, "violence_without_injury"),
            crime("2021-12", YE_DEC_2021, 700, "stalking_and_harassment"),
            crime("2022-12", YE_DEC_2021, 1600, "violence_without_injury"),
        ],
        {("ons_csp", "2021-12"): date(2022, 4, 28), ("ons_csp", "2022-12"): date(2023, 4, 27)},
    )
    assert [(row["measure"], row["value"]) for row in table(model)] == [("violence_without_injury", 1600)]
    assert len(table(model, date(2023, 4, 26))) == 2


@pytest.mark.parametrize(
    ("value", "quality", "has_rate"), [(1803, "ok", True), (9, "ok", False), (1208, "disputed", False)]
)
def test_small_or_disputed_counts_have_no_rate(value: float, quality: str, has_rate: bool) -> None:
    rows = [crime("2021-12", YE_DEC_2021, value, quality=quality), rate("2021-12", YE_DEC_2021, 8.3)]
    (found,) = table(read_model(rows))
    assert found["value"] == value and (found["rate"] is not None) is has_rate
    assert (found["value_lower"] is not None) is (quality == "ok")


def test_status_never_becomes_a_number() -> None:
    (found,) = table(read_model([crime("2021-12", YE_DEC_2021, None, status="not_available")]))
    assert found["value"] is None and found["value_lower"] is None
    assert said(found["caveats"], "The figure is not available.")


def test_changes_and_groups_of_other_publishers_are_not_rows() -> None:
    rows = [
        crime("2021-12", YE_DEC_2021, 4.1, unit="percent", statistic="change"),
        crime("2021-12", YE_DEC_2021, 17, measure="recorded_crime_offence"),
        crime("2021-12", YE_DEC_2021, 17, area_type="community_safety_partnership"),
    ]
    assert table(read_model(rows)) == []


def test_rows_are_those_of_the_reports_table_in_its_order() -> None:
    rows = table(read_model([crime("2021-12", YE_DEC_2021, 100, measure) for measure, _ in reversed(ROWS)]))
    assert [(row["measure"], row["part_of"] or "") for row in rows] == list(ROWS)
