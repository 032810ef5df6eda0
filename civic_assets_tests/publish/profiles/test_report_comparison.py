"""The report's two tables compared with the publishers' figures: periods, and every reason for a difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from civic_assets.errors import NotRecognised
from civic_assets.harmonise.observations import harmonise
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.parsing.release_date import stated_release_date
from civic_assets.publish.profiles.baseline import allowed_by_breaks
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.publish.read_models import (
    ISLINGTON,
    MET,
    contracts,
    figure,
    from_tables,
    profile,
    read_model,
    records,
    said,
)

LONDON = "E12000007"
SECONDARY = "phase=state-funded secondary"


def table_1(model: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    rows = records(model, "SELECT * FROM quality.report_table_1 ORDER BY position")
    assert [row["position"] for row in rows] == list(range(1, 9))
    return {row["indicator"]: row for row in rows}


def test_without_releases_every_row_says_that_nothing_is_held() -> None:
    model = read_model([], report=True)
    for row in table_1(model).values():
        assert row["our_count"] is None and row["our_rate"] is None and row["period_start"] is None
        assert row["reasons"]
    second = records(model, "SELECT * FROM quality.report_table_2")
    assert len(second) == 92 and {row["reason"] for row in second} == {
        "No release held here has this year for this area."
    }


def test_printed_figures_are_the_reports_and_the_misprints_have_their_proposals() -> None:
    model = read_model([], report=True)
    row = table_1(model)["young_population"]
    assert (row["printed_count"], row["printed_percent"], row["printed_london"]) == (83385, 33.61, 32.43)
    assert (row["printed_base_lower"], row["printed_base_upper"]) == (248059, 248133)
    disputed = records(
        model,
        "SELECT measure, printed_value, proposal FROM quality.report_table_2 WHERE printed_quality = 'disputed'",
    )
    assert [tuple(row.values()) for row in disputed] == [
        ("burglary", 1208, "2108"),
        ("criminal_damage_and_arson", 16, "1627"),
    ]


def test_period_is_found_by_the_count_and_the_newer_one_that_was_out_is_named() -> None:
    rows = [
        figure("dfe_looked_after", "2025", "uasc_looked_after", ISLINGTON, day, day + timedelta(days=1), value,
               statistic="stock", period_kind="point_in_time")
        for day, value in ((date(2021, 3, 31), 55), (date(2022, 3, 31), 66), (date(2023, 3, 31), 55))
    ]  # fmt: skip
    row = table_1(read_model(rows, report=True))["uasc_looked_after"]
    # March 2023 has the printed count too, but was not out on 19 May 2023.
    assert (row["period_start"], row["period_found_by"], row["our_count"]) == (date(2021, 3, 31), "count", 55)
    assert said(row["reasons"], "the figures for 31 March 2022 were published by 19 May 2023: 66 persons")


def test_period_is_found_by_the_base_that_two_rows_share() -> None:
    def rates(year: int, suspended: float, excluded: float) -> Iterator[Any]:
        days = (date(year, 9, 1), date(year + 1, 9, 1))
        kind = {
            "unit": "per_100_pupils",
            "statistic": "rate",
            "breakdown": SECONDARY,
            "period_kind": "academic_year",
        }
        yield figure("dfe_lait", "2025", "suspension_rate", ISLINGTON, *days, suspended, **kind)
        yield figure("dfe_lait", "2025", "permanent_exclusion_rate", ISLINGTON, *days, excluded, **kind)

    rows = [*rates(2019, 13.25954, 0.1153), *rates(2020, 14.95369, 0.01116)]
    found = table_1(read_model(rows, report=True))
    for name in ("suspensions", "permanent_exclusions"):
        assert (found[name]["period_start"], found[name]["period_found_by"]) == (date(2020, 9, 1), "base")
        assert said(found[name]["reasons"], "give the same base, 8,961 pupils")
    assert said(
        found["suspensions"]["reasons"], "imply 13,112 [13,105, 13,118], the published rate implies 8,961"
    )
    assert said(found["suspensions"]["reasons"], "Events against persons")


def _neet(year: int, area: str, percent: float) -> dict[str, Any]:
    kind = {"unit": "percent", "statistic": "rate", "period_kind": "three_month_average"}
    winter = (date(year, 12, 1), date(year + 1, 3, 1))
    return figure("dfe_lait", "2025", "neet_or_not_known_percent", area, *winter, percent, **kind)


@pytest.mark.parametrize(("london", "found_by", "year"), [(2.5, "rate", 2019), (4.2, None, 2021)])
def test_percentage_dates_a_row_only_if_no_other_number_of_the_row_contradicts(
    london: float, found_by: str | None, year: int
) -> None:
    """The row prints 4.07% for Islington and 2.54% for London; 4.1% alone is like many a year's percentage."""
    rows = [_neet(2019, ISLINGTON, 4.1), _neet(2019, LONDON, london), _neet(2021, ISLINGTON, 4.6)]
    row = table_1(read_model(rows, report=True))["neet_or_not_known"]
    assert (row["period_found_by"], row["period_start"]) == (found_by, date(year, 12, 1))
    chance = any(
        "does not date the row (London: printed 2.54%, published 4.20%)" in r for r in row["reasons"]
    )
    assert chance is (found_by is None)


def test_figure_of_the_second_table_is_compared_with_the_release_that_holds_its_year() -> None:
    year = (date(2020, 1, 1), date(2021, 1, 1))
    kind = {"period_kind": "rolling_year"}
    rows = [
        figure("ons_csp", "2021-12", "burglary", ISLINGTON, *year, 2108, **kind),
        figure("ons_csp", "2021-12", "robbery", ISLINGTON, *year, 1181, **kind),
        figure("ons_csp", "2021-12", "homicide", ISLINGTON, *year, 5, **kind),
        figure("ons_csp", "2021-12", "drug_offences", ISLINGTON, *year, 1547, synthetic=True, **kind),
    ]
    model = read_model(rows, report=True)
    found = {
        row["measure"]: (row["printed_value"], row["our_value"], row["reason"])
        for row in records(model, "SELECT * FROM quality.report_table_2 WHERE our_value IS NOT NULL")
    }
    assert found["burglary"] == (
        1208,
        2108,
        "The printed figure does not agree with a sum in its table; the published one does.",
    )
    assert found["robbery"] == (1181, 1181, "Equal.")
    assert "Revised since, or printed wrongly" in found["homicide"][2]
    assert "synthetic and does not prove anything" in found["drug_offences"][2]


WANTED = ("ons_population", "ons_pfa", "ons_csp", "dfe_neet", "dfe_looked_after", "dfe_children_in_need", "dfe_lait",
          "dfe_exclusions")  # fmt: skip


@pytest.fixture(scope="module")
def real(real_data: Path) -> duckdb.DuckDBPyConnection:
    """The publishers' files that the tables are made from, read and harmonised, without the checks."""
    sources = {source: contracts()[source] for source in WANTED}
    tables, out = [], []
    for path in sorted(real_data.rglob("*")):
        # Folders of large files that no indicator is made from; left out for the time it takes to read them.
        if path.suffix not in (".csv", ".xlsx") or path.parent.name.startswith(
            ("met-", "city-of-", "ons-lookups")
        ):
            continue
        grid = read_grid(path)
        try:
            recognised = recognise(grid, sources)
        except NotRecognised:
            continue
        for found in recognised:
            source, release = found.contract.source, found.edition
            observations = parser_of(found.contract).parse(grid, found.found, found.contract).observations
            table = harmonise(
                observations, source=source, release=release, source_sha256="0" * 64, synthetic=False
            )
            tables.append(table.append_column("quality", pa.repeat("ok", table.num_rows)))
            stated = stated_release_date(grid)
            expected = pc.max(table["period_end"]).as_py() + timedelta(days=found.contract.expected_lag_days)
            basis = "stated" if stated else "expected"
            out.append(
                {
                    "source": source,
                    "release": release,
                    "available_from": stated or expected,
                    "available_from_basis": basis,
                }
            )
    return from_tables(tables, out, allowed=allowed_by_breaks, report=True)


@pytest.mark.real_data
def test_table_1_of_islington_is_rebuilt_as_far_as_the_files_reach(real: duckdb.DuckDBPyConnection) -> None:
    rows = table_1(real)
    seen = {
        name: (
            row["our_count"],
            row["our_rate"] and round(row["our_rate"], 2),
            row["period_end"],
            row["period_found_by"],
        )
        for name, row in rows.items()
    }
    assert seen == {
        "young_population": (68475, 31.07, date(2022, 7, 1), None),
        "knife_crime": (None, None, None, None),
        "uasc_looked_after": (55, 0.15, date(2021, 4, 1), "count"),
        # 4.07% would be like December 2019 to February 2020, but London's 2.54% is like none (4.2% then).
        "neet_or_not_known": (None, 4.6, date(2022, 3, 1), None),
        "referrals": (2370, 6.47, date(2022, 4, 1), "count"),
        "send": (None, 20.6, date(2022, 2, 1), None),
        "suspensions": (None, 14.95, date(2021, 9, 1), "base"),
        "permanent_exclusions": (None, 0.01, date(2021, 9, 1), "base"),
    }
    assert all(row["reasons"] for row in rows.values())
    assert said(
        rows["young_population"]["reasons"], "imply 248,096 [248,059, 248,133]; the estimate is 220,373"
    )
    assert said(rows["young_population"]["reasons"], "published 26 March 2024, stated")
    assert said(
        rows["uasc_looked_after"]["reasons"], "31 March 2022 were published by 19 May 2023: 66 persons"
    )
    assert said(rows["referrals"]["reasons"], "imply 43,248 [43,209, 43,288]; the estimate is 36,604")
    assert said(
        rows["knife_crime"]["reasons"],
        "Metropolitan Police: 11,135 offences in 1 April 2021 to 31 March 2022",
    )
    assert said(rows["suspensions"]["reasons"], "the same base, 8,961 pupils")


@pytest.mark.real_data
def test_no_year_of_table_2_is_in_the_files(real: duckdb.DuckDBPyConnection) -> None:
    reasons = {row["reason"] for row in records(real, "SELECT reason FROM quality.report_table_2")}
    assert reasons == {"No release held here has this year for this area."}
    years = records(real, "SELECT DISTINCT period_end FROM harmonised.crime_table ORDER BY 1")
    assert [row["period_end"] for row in years] == [date(2024, 1, 1), date(2025, 1, 1)]


@pytest.mark.real_data
def test_newest_profile_of_islington(real: duckdb.DuckDBPyConnection) -> None:
    young = profile(real, "young_population")
    assert (young["count"], young["denominator"], young["london_count"]) == (69054, 220584, 2883417)
    referrals = profile(real, "referrals")
    assert (referrals["count"], referrals["denominator"], round(referrals["rate"], 1)) == (2407, 35624, 675.7)
    assert (referrals["london_count"], referrals["england_count"]) == (105790, 632830)
    knife = profile(real, "knife_crime")
    assert knife["count"] is None and (knife["wider_area_code"], knife["wider_count"]) == (MET, 16789)
    suspensions = profile(real, "suspensions")
    assert (suspensions["rate"], suspensions["london_rate"]) == (20.62926, 10.86109)
    assert suspensions["count"] is None and suspensions["reason"]


@pytest.mark.real_data
def test_rates_of_counts_and_pupils_are_those_that_the_publisher_printed(
    real: duckdb.DuckDBPyConnection,
) -> None:
    """Every authority and year for which count, pupils and rate are all in the files, of two publications."""
    (found,) = records(
        real,
        """SELECT count(*) AS n, count(*) FILTER (abs(rate - rate_recomputed) > 0.006) AS apart
        FROM harmonised.indicator_values_as_of(DATE '9999-12-31')
        WHERE indicator IN ('suspensions', 'permanent_exclusions') AND rate_usable AND rate_recomputed IS NOT NULL""",
    )
    assert found["n"] > 3000 and found["apart"] == 0, found


@pytest.mark.real_data
def test_what_was_out_on_the_reports_day_is_what_the_editions_held_then_said(
    real: duckdb.DuckDBPyConnection,
) -> None:
    day = date(2023, 5, 19)
    neet = profile(real, "neet_or_not_known", as_of=day)
    assert (neet["rate"], neet["denominator"], neet["release"]) == (4.6, 3346.7, "2022")
    # The edition of then is not held, and the one held restates the year, but came out later.
    assert profile(real, "referrals", as_of=day)["count"] is None
    assert profile(real, "uasc_looked_after", as_of=day)["count"] == 52


@pytest.mark.real_data
def test_verdicts_of_islington_and_the_metropolitan_police(real: duckdb.DuckDBPyConnection) -> None:
    rows = {
        (row["indicator"], row["area_code"]): row
        for row in records(
            real, "SELECT * FROM harmonised.indicator_baseline WHERE area_code IN (?, ?)", [ISLINGTON, MET]
        )
    }
    found = {name: (row["baseline_count"], row["latest_count"], row["verdict"]) for name, row in rows.items()}
    assert found["referrals", ISLINGTON] == (2250, 2407, "higher")
    # The force reviewed its recording of knives from April 2024, and its publisher compares no earlier year with it.
    assert found["knife_crime", MET] == (None, 16789, None)
    reasons = " ".join(rows["knife_crime", MET]["comparison_reasons"])
    assert "reviewed its recording of knives from April 2024 and did not revise earlier figures" in reasons
    assert "not directly comparable" in reasons
    assert found["burglary", ISLINGTON] == (1910, 1802, None), "two disjoint years are too few"
    assert found["suspensions", ISLINGTON][2] is None, "only a rate is published"
