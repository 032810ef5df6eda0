"""Age bands: publishers' wordings, and unions that are exact or refused."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from civic_assets.contracts.load import load_contracts
from civic_assets.harmonise.figures.modelled import CannotModel
from civic_assets.harmonise.people.age_splits import split
from civic_assets.harmonise.people.age_sums import split_breakdown, sum_over_ages
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.readers.open_file import read_grid
from civic_assets.values.ages import (
    AgeBand,
    AgeBasis,
    AgePopulation,
    NotOneBand,
    covers,
    exact_cover,
    parse_ages,
    union,
)
from civic_assets.values.named_periods import end_of_march
from civic_assets_tests.harmonise.harmonised_figures import figure, observations


def band(lo: int, hi: int | None, basis: AgeBasis = AgeBasis.ON_THE_DAY) -> AgeBand:
    return AgeBand(lo, hi, basis, AgePopulation.RESIDENTS)


CUTS = st.lists(st.integers(0, 100), min_size=4, max_size=8, unique=True).map(sorted)


def partition(cuts: list[int]) -> list[AgeBand]:
    return [band(lo, hi) for lo, hi in pairwise(cuts)]


@pytest.mark.parametrize(
    ("text", "ages"),
    [
        ("age=0-17", (0, 18)),
        ("0-17", (0, 18)),
        ("Children aged 0 to 17 years", (0, 18)),
        ("16 to 17", (16, 18)),
        ("aged 16 and 17", (16, 18)),
        ("under 1", (0, 1)),
        ("Under 1 year", (0, 1)),
        ("4 and under", (0, 5)),
        ("Age 4 and under", (0, 5)),
        ("1 to 4", (1, 5)),
        ("10 – 15 years", (10, 16)),
        ("16 and over", (16, None)),
        ("19 and over", (19, None)),
        ("16 years and over", (16, None)),
        ("90+", (90, None)),
        ("0 to 25", (0, 26)),
        ("15", (15, 16)),
        ("age 15", (15, 16)),
        ("All ages", (0, None)),
        ("total", None),
        ("age unclassified", None),
        ("17-0", None),
        ("", None),
    ],
)
def test_wordings_of_ages(text: str, ages: tuple[int, int | None] | None) -> None:
    assert parse_ages(text) == ages


@given(st.text(max_size=20))
def test_any_text_is_ages_or_not(text: str) -> None:
    found = parse_ages(text)
    assert found is None or found[1] is None or found[0] < found[1]


@given(CUTS, st.randoms(use_true_random=False))
def test_union_does_not_depend_on_order_or_grouping(cuts: list[int], random: Random) -> None:
    parts = partition(cuts)
    whole = band(cuts[0], cuts[-1])
    shuffled = sorted(parts, key=lambda _: random.random())
    assert union(shuffled) == whole
    for at in range(1, len(parts)):
        assert union([union(parts[:at]), union(parts[at:])]) == whole


@given(CUTS, st.data())
def test_a_gap_and_an_overlap_are_refused(cuts: list[int], data: st.DataObject) -> None:
    parts = partition(cuts)
    inner = data.draw(st.integers(1, len(parts) - 2)) if len(parts) > 2 else 1
    with pytest.raises(NotOneBand, match="leave a gap"):
        union(parts[:inner] + parts[inner + 1 :] if inner < len(parts) - 1 else [parts[0], band(200, 201)])
    with pytest.raises(NotOneBand, match="in common"):
        union([*parts, parts[inner]])


def test_academic_age_is_not_added_to_age_on_the_day() -> None:
    with pytest.raises(NotOneBand, match="different bases"):
        union([band(0, 16), band(16, 18, AgeBasis.ACADEMIC)])
    cohort = AgeBand(16, 18, AgeBasis.ON_THE_DAY, AgePopulation.COHORT)
    with pytest.raises(NotOneBand, match="different populations"):
        union([band(0, 16), cohort])
    assert not covers(band(0, 18), cohort)


def test_a_union_that_is_not_the_target_is_refused() -> None:
    assert union([band(0, 16), band(16, 18)], band(0, 18)) == band(0, 18)
    with pytest.raises(NotOneBand, match=r"form 0-17.*not 0-25"):
        union([band(0, 18)], band(0, 26))
    with pytest.raises(NotOneBand, match="No age band"):
        union([])
    assert union([band(16, None), band(0, 16)]) == band(0, None)
    with pytest.raises(NotOneBand, match="in common"):
        union([band(0, None), band(90, None)])


def test_the_fewest_bands_make_up_the_target() -> None:
    single = [band(age, age + 1) for age in range(90)]
    available = [*single, band(90, None), band(0, 18), band(10, 30)]
    assert exact_cover(available, band(0, 18)) == (band(0, 18),)
    assert exact_cover(available, band(0, 26)) == (band(0, 18), *single[18:26])
    assert exact_cover(available, band(85, None)) == (*single[85:90], band(90, None))
    assert exact_cover([band(0, 18), band(10, 30)], band(0, 26)) is None
    assert exact_cover([], band(0, 26)) is None


@given(CUTS, st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=6))
def test_a_cover_is_a_union_of_the_target(cuts: list[int], others: list[tuple[int, int]]) -> None:
    target = band(cuts[0], cuts[-1])
    available = partition(cuts) + [band(lo, hi) for lo, hi in others if lo < hi]
    cover = exact_cover(available, target)
    assert cover is not None
    assert union(cover, target) == target
    assert len(cover) <= len(cuts) - 1


@pytest.mark.parametrize(
    ("breakdown", "rest", "ages"),
    [
        ("age=0-17", "total", (0, 18)),
        ("age=5;sex=male", "sex=male", (5, 6)),
        ("sex=male", "sex=male", None),
        ("age=unclassified;sex=male", "age=unclassified;sex=male", None),
        ("total", "total", None),
    ],
)
def test_a_breakdown_without_its_age(breakdown: str, rest: str, ages: tuple[int, int] | None) -> None:
    assert split_breakdown(breakdown) == (rest, ages)


def residents(values: Callable[[int], float | None], ages: range = range(30)) -> pa.Table:
    own = {"source": "ons_population", "measure": "population", "statistic": "stock"}
    return observations(
        figure(
            end_of_march(2022),
            values(age),
            **own,
            breakdown=f"age={age};sex={sex}",
            locator=f"A!{sex}{age}",
            status=None if values(age) is not None else "not_available",
        )
        for age in ages
        for sex in ("female", "male")
    )


def test_single_years_make_0_to_25_for_each_sex() -> None:
    found = sum_over_ages(residents(lambda age: 10 + age), band(0, 26))
    rows = found.table.to_pylist()
    assert [row["breakdown"] for row in rows] == ["age=0-25;sex=female", "age=0-25;sex=male"]
    assert {row["value"] for row in rows} == {sum(10 + age for age in range(26))}
    assert {row["n_parts"] for row in rows} == {26}
    assert rows[0]["locator"] == "A!female0..A!female25"
    assert found.refused == ()


def test_an_age_without_a_number_makes_the_sum_unknown() -> None:
    rows = sum_over_ages(residents(lambda age: None if age == 7 else 1), band(0, 26)).table.to_pylist()
    assert {(row["value"], row["status"], row["reason"]) for row in rows} == {
        (None, "incomplete", "1 of 26 parts: not_available")
    }


def test_bands_that_do_not_make_the_target_are_refused_in_a_sentence() -> None:
    found = sum_over_ages(residents(lambda age: 1, range(20)), band(0, 26))
    assert found.table.num_rows == 0
    assert "do not make up 0-25" in found.refused[0]


def test_shares_are_not_added_over_ages() -> None:
    shares = residents(lambda age: 1).to_pylist()
    table = observations({**row, "unit": "percent", "statistic": "rate"} for row in shares)
    assert sum_over_ages(table, band(0, 26)).table.num_rows == 0


def test_a_split_adds_up_to_the_figure_and_is_modelled() -> None:
    weights = {age: 100.0 + age for age in range(26)}
    result = split(
        500, band(0, 26), [band(0, 18), band(18, 26)], weights, weights_of="mid-2022, vintage 2023-mye"
    )
    assert sum(result.values) == pytest.approx(500, rel=1e-12)
    assert result.values[0] == pytest.approx(500 * sum(100 + a for a in range(18)) / sum(weights.values()))
    assert (result.method, result.parameters["weights"]) == ("age_split", "mid-2022, vintage 2023-mye")


@pytest.mark.parametrize(
    ("value", "whole", "into", "weights", "why"),
    [
        (None, band(0, 4), [band(0, 4)], {}, "a status is not turned into a number"),
        (5, band(0, None), [band(0, None)], {}, "no last year of age"),
        (5, band(0, 4), [band(0, 3)], dict.fromkeys(range(4), 1.0), "form 0-2"),
        (5, band(0, 4), [band(0, 4, AgeBasis.ACADEMIC)], dict.fromkeys(range(4), 1.0), "academic"),
        (5, band(0, 4), [band(0, 4)], {0: 1.0, 1: None, 2: 1.0, 3: 1.0}, "weight of age 1 is missing"),
        (5, band(0, 4), [band(0, 4)], dict.fromkeys(range(4), 0.0), "is zero"),
        (5, band(0, 2), [band(0, 2)], {0: 1.0, 1: -1.0}, "missing or negative"),
    ],
)
def test_a_split_without_grounds_is_refused(
    value: float | None, whole: AgeBand, into: list[AgeBand], weights: dict[int, float | None], why: str
) -> None:
    with pytest.raises(CannotModel, match=why):
        split(value, whole, into, weights, weights_of="x")


@pytest.mark.real_data
def test_0_to_25_of_every_area_is_what_adding_the_workbooks_columns_gives(real_data: Path) -> None:
    """By another route: the sheet's own rows, added in Python."""
    books = [path for path in sorted(real_data.rglob("*.xlsx")) if _persons(path)]
    assert books, "no workbook with a sheet of persons by single year of age"
    for path in books:
        grid = read_grid(path)
        (found,) = recognise(grid, load_contracts())
        parsed = parser_of(found.contract).parse(grid, found.found, found.contract)
        size = parsed.observations.num_rows
        own = {"source": pa.repeat("ons_population", size), "release": pa.repeat(found.edition, size)}
        columns = dict(zip(parsed.observations.column_names, parsed.observations.columns, strict=True))
        rows = sum_over_ages(pa.table({**own, **columns}), band(0, 26)).table.to_pylist()
        newest = max(row["period_start"] for row in rows)
        ours = {
            row["area_code"]: row["value"]
            for row in rows
            if row["breakdown"] == "age=0-25" and row["period_start"] == newest
        }
        theirs = {str(row[0]): sum(map(float, row[4:30])) for row in _persons(path)}
        assert len(theirs) > 300
        assert {code: ours[code] for code in theirs} == theirs


def _persons(path: Path) -> list[list[Any]]:
    """Rows of the sheet of persons: code, name, kind of area, all ages, 0, 1, ..., 89, 90+."""
    book = CalamineWorkbook.from_path(path)
    sheet = next((name for name in book.sheet_names if name.startswith("MYE2 - Persons")), None)
    rows = book.get_sheet_by_name(sheet).to_python() if sheet else []
    headers = next((at for at, row in enumerate(rows) if row[:3] == ["Code", "Name", "Geography"]), None)
    return [] if headers is None else [row for row in rows[headers + 1 :] if row[0]]
