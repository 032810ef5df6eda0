"""Sums and rates of printed figures: decimals, significant digits and rounding are not errors, and hide none."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.observations import arrow_schema
from civic_assets.quality.equations.figures import Figures
from civic_assets.quality.equations.printed_precision import half_units, significant_digits
from civic_assets.quality.equations.printed_rounding import evident_bases, stated_bases
from civic_assets_tests.json_answers import inspect

TABLE = "table"
PHASES = ("State-funded primary", "State-funded secondary", "Special")
NAMES = (
    "North East", "North West", "East Midlands", "West Midlands", "South East", "South West", "East of England",
)  # fmt: skip
CODES = (
    "E12000001", "E12000002", "E12000004", "E12000005", "E12000008", "E12000009", "E12000006",
)  # fmt: skip
HEADER = [
    "time_identifier", "time_period", "geographic_level", "country_code", "country_name", "region_code", "region_name",
    "old_la_code", "new_la_code", "la_name", "school_type", "num_schools", "headcount", "perm_excl", "perm_excl_rate",
    "suspension", "susp_rate", "one_plus_susp", "one_plus_susp_rate",
]  # fmt: skip


def table_of(texts: list[str], **columns: Any) -> pa.Table:
    """Observations of one measure as printed, each of its own area; `columns` are given for all or each."""
    rows = []
    for number, text in enumerate(texts):
        row = dict.fromkeys(arrow_schema().names)
        row |= {
            "table_id": TABLE, "measure": "m", "unit": "count", "statistic": "flow", "breakdown": "total",
            "area_code": f"A{number}", "area_type": "region", "row_number": number, "value_text": text,
            "value": float(text), "locator": f"L{number}",
        }  # fmt: skip
        row |= {name: value[number] if isinstance(value, list) else value for name, value in columns.items()}
        rows.append({name: value for name, value in row.items() if name in arrow_schema().names})
    return pa.Table.from_pylist(rows, schema=arrow_schema())


# -- decimals and significant digits


def test_numbers_of_six_significant_digits_are_distinguished_from_numbers_of_five_decimals() -> None:
    six, five = ["69.0003", "5.00001", "124.079"], ["0.06459", "18.11594", "3.06513", "100.4"]
    for texts, digits in ((six, 6), (five, 0)):
        decimals = np.array([len(text.partition(".")[2]) for text in texts])
        assert significant_digits(np.array([float(text) for text in texts]), decimals) == digits


def test_half_a_unit_of_the_last_digit_is_that_of_the_column() -> None:
    halves = half_units(Figures(table_of(["69.0003", "5.00001", "124.079", "25"])))
    assert halves == pytest.approx([5e-5, 5e-6, 5e-4, 0])
    halves = half_units(Figures(table_of(["12.25", "0.1", "100"], unit="percent")))
    assert halves == pytest.approx([0.005] * 3), "a zero at the end is left out, the digit is there"
    assert not half_units(Figures(table_of(["1234", "5", "0"]))).any(), "whole counts are exact"


def test_level_that_prints_fewer_decimals_has_its_own_last_digit() -> None:
    texts = [f"{n}.123{n}1" for n in range(1, 9)] + [f"{n}.2{n}" for n in range(1, 10)]
    levels = ["local_authority"] * 8 + ["region"] * 9
    halves = half_units(Figures(table_of(texts, unit="percent", area_type=levels)))
    assert halves[:8] == pytest.approx([0.5e-5] * 8)
    assert halves[8:] == pytest.approx([0.005] * 9)
    few = half_units(Figures(table_of(texts[:11], unit="percent", area_type=levels[:11])))
    assert few[8:] == pytest.approx([0.5e-5] * 3), "three numbers may have left out zeros"


@given(st.lists(st.floats(1, 900, allow_nan=False), min_size=3, max_size=12), st.integers(1, 4))
def test_a_printed_number_lies_within_half_a_unit_of_what_was_computed(
    numbers: list[float], places: int
) -> None:
    texts = [f"{number:.{places}f}" for number in numbers]
    halves = half_units(Figures(table_of(texts, unit="percent")))
    assert (np.abs(np.array(list(map(float, texts))) - numbers) <= halves + 1e-12).all()


# -- rounding to a base


@given(st.integers(0, 10_000), st.sampled_from([5, 10, 100]))
@settings(max_examples=40)
def test_rounded_counts_are_recognised_and_exact_ones_are_not(seed: int, base: int) -> None:
    chance = Random(seed)
    exact = [str(chance.randint(1000, 99_999)) for _ in range(40)]
    rounded = [str(round(int(text) / base) * base) for text in exact]
    for texts, expected in ((exact, False), (rounded, True)):
        figures = Figures(table_of(texts))
        bases, told = evident_bases(figures, np.zeros(40))
        assert (bases == base).all() == expected
        assert bool(told) == expected
        assert all(one.base == base and one.chance < 1e-6 for one in told)


def test_one_mistyped_digit_does_not_undo_the_rounding_of_its_level_and_is_named() -> None:
    texts = [str(5 * n) for n in range(201, 260)] + ["38187"]
    bases, (told,) = evident_bases(Figures(table_of(texts)), np.zeros(60))
    assert (bases == 5).all()
    assert told.exceptions == (59,)


def test_a_handful_of_round_numbers_is_not_rounding() -> None:
    figures = Figures(table_of(["10", "25", "5", "100", "15"]))
    assert not evident_bases(figures, np.zeros(5))[0].any()


def test_stated_rounding_holds_of_its_levels_and_years() -> None:
    table = table_of(
        ["12", "12", "12"],
        area_type=["region", "region", "local_authority"],
        period_start=[
            np.datetime64(day).astype(object) for day in ("2016-09-01", "2017-09-01", "2016-09-01")
        ],
        period_end=[np.datetime64(day).astype(object) for day in ("2017-09-01", "2018-09-01", "2017-09-01")],
    )
    stated = {TABLE: [{"to": 5, "area_types": ["region"], "until": "2017-09-01", "because": "it is said"}]}
    assert stated_bases(Figures(table), stated).tolist() == [5, 0, 0]


# -- a file of exclusions, with invented figures


def exclusions(folder: Path, year: str, planted: dict[tuple[int, str], int] | None = None) -> dict[str, Any]:
    """What `inspect` says of regions rounded to 5, and authorities that are not, of one academic year (synthetic)."""
    chance, rows = Random(7), []
    for place, (name, code) in enumerate(zip(NAMES, CODES, strict=True)):
        parts = [
            [chance.randint(40, 300), chance.randint(20_000, 900_000), chance.randint(200, 900)]
            for _ in PHASES
        ]
        for part in parts:
            part += [chance.randint(9000, 19_000)]
            part += [part[3] - chance.randint(3000, 6000)]
        total = [sum(column) for column in zip(*parts, strict=True)]
        for phase, counts in (("Total", total), *zip(PHASES, parts, strict=True)):
            schools, pupils, *events = counts
            shown = [round(count / 5) * 5 for count in (pupils, *events)]
            rates = [f"{100 * count / pupils:.2f}" for count in events]
            printed = [shown[0], shown[1], rates[0], shown[2], rates[1], shown[3], rates[2]]
            place_name = ["Regional", "E92000001", "England", code, name, "", "", ""]
            rows.append(["Academic year", year, *place_name, phase, schools, *printed])
            for column, error in ((c, e) for (at, c), e in (planted or {}).items() if at == place):
                if phase == "Total":
                    rows[-1][HEADER.index(column)] += error
    file = folder / "exclusions.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    report: dict[str, Any] = inspect(file, load_contracts())
    return report


ABOUT_SUMS = {"V-10", "V-11", "V-12", "V-13", "V-15", "V-16", "V-17", "V-23"}


@pytest.mark.parametrize("year", ["201617", "201819"])
def test_sums_and_rates_of_rounded_counts_are_not_findings(tmp_path: Path, year: str) -> None:
    report = exclusions(tmp_path, year)
    assert not [f for f in report["findings"] if f["check_id"] in ABOUT_SUMS]
    said = [f["message"] for f in report["findings"] if "appear to be rounded to 5" in f["message"]]
    assert len(said) == (year != "201617"), "stated to 2016/17, evident afterwards"


@pytest.mark.parametrize("year", ["201617", "201819"])
def test_error_beyond_the_rounding_is_found(tmp_path: Path, year: str) -> None:
    report = exclusions(tmp_path, year, {(2, "suspension"): 90})
    (finding,) = [f for f in report["findings"] if f["check_id"] == "V-11"]
    assert "East Midlands" in finding["message"]
    assert "rounding explains 10" in finding["message"]
    (localised,) = [f for f in report["findings"] if f["check_id"] == "V-15"]
    assert localised["locator"].endswith(":suspension")


def test_error_within_the_rounding_is_not_claimed(tmp_path: Path) -> None:
    report = exclusions(tmp_path, "201617", {(2, "suspension"): 5})
    assert not [f for f in report["findings"] if f["check_id"] == "V-11"]


def significant(folder: Path, total: str) -> dict[str, Any]:
    """Authorities whose counts were estimated and written with six significant digits (synthetic)."""
    base = ["Academic year", "200708", "Local authority", "E92000001", "England", "E13000002", "Outer London"]
    rows = []
    for la, code, name, perm in (
        ("313", "E09000018", "Hounslow", ("41.0002", "3.00004", "0", total)),
        ("302", "E09000003", "Barnet", ("110.052", "7.00003", "1", "118.052")),
    ):
        for phase, count in zip((*reversed(PHASES[:2]), PHASES[2], "Total"), perm, strict=True):
            pupils = {"Total": 40_000, PHASES[0]: 20_000, PHASES[1]: 19_000, PHASES[2]: 1000}[phase]
            events = {"Total": 800, PHASES[0]: 300, PHASES[1]: 450, PHASES[2]: 50}[phase]
            rate, susp = (f"{100 * number / pupils:.5f}" for number in (float(count), events))
            rows.append([*base, la, code, name, phase, 4, pupils, count, rate, events, susp, events, susp])
    file = folder / "significant.csv"
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    report: dict[str, Any] = inspect(file, load_contracts())
    return report


def test_sum_that_holds_within_the_last_printed_digit_is_not_a_finding(tmp_path: Path) -> None:
    report = significant(tmp_path, "44.0002")
    assert not [f for f in report["findings"] if f["check_id"] in ABOUT_SUMS]
    assert [f for f in report["findings"] if f["check_id"] == "V-02"], "they are no whole counts all the same"


def test_sum_that_is_off_by_more_than_the_last_printed_digit_is_one(tmp_path: Path) -> None:
    report = significant(tmp_path, "44.0012")
    assert {"V-11", "V-15"} <= {f["check_id"] for f in report["findings"]}
