"""Files under the headers of a table that measure something else: never read as the table, and told why.

All figures are synthetic: the fixtures, and copies of them in which a level, a group or a header was changed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import NotRecognised
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.sources.education_files import Read, read

LOOKED_AFTER = FIXTURES / "dfe_looked_after" / "at_31_march_2021.csv"
LOOKED_AFTER_2026 = FIXTURES / "dfe_looked_after" / "at_31_march_2026.csv"
NUMBER_AND_RATE = FIXTURES / "dfe_looked_after" / "number_and_rate_2023.csv"
FIXED = FIXTURES / "dfe_exclusions" / "fixed_period_2015_16.csv"
TODAY = FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv"
CHARACTERISTICS = FIXTURES / "dfe_exclusions" / "characteristics_2022_23.csv"
REFERRALS = FIXTURES / "dfe_children_in_need" / "c1_2023.csv"
LAIT = FIXTURES / "dfe_lait" / "extract_2024.csv"

Rows = list[dict[str, str]]


def _written(tmp_path: Path, original: Path, change: Callable[[Rows], Rows]) -> Path:
    rows = change(list(csv.DictReader(io.StringIO(original.read_text("utf-8-sig"), newline=""))))
    path = tmp_path / original.name
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def _all(**values: str) -> Callable[[Rows], Rows]:
    return lambda rows: [{**row, **values} for row in rows]


def _why_not(path: Path) -> str:
    with pytest.raises(NotRecognised) as caught:
        recognise(read_grid(path), load_contracts())
    return str(caught.value)


@pytest.mark.parametrize(
    ("original", "values", "told"),
    [
        (LOOKED_AFTER, {"cla_group": "Age on ceasing"}, "'Age on ceasing'"),
        (LOOKED_AFTER, {"cla_group": "Age on starting"}, "'Age on starting'"),
        (LOOKED_AFTER, {"cla_group": "Age group"}, "belong to a group that only that table has"),
        (LOOKED_AFTER_2026, {"characteristic": "Age on ceasing"}, "'Age on ceasing'"),
        (LOOKED_AFTER_2026, {"cla_group": "Adopted"}, "'cla_group'"),
        (LOOKED_AFTER, {"move_measure": "Any moves"}, "'move_measure'"),
        (NUMBER_AND_RATE, {"population_count": "Children in a place"}, "'Children in a place'"),
        (FIXED, {"geographic_level": "School"}, "'School': single schools are not read"),
        (TODAY, {"geographic_level": "School"}, "'School': single schools are not read"),
        (TODAY, {"geographic_level": "Local authority district"}, "'Local authority district'"),
        (TODAY, {"first_language": "Known to be English"}, "'first_language'"),
        (TODAY, {"ethnicity_minor": "Bangladeshi"}, "'ethnicity_minor'"),
        (CHARACTERISTICS, {"characteristic_group": "SEN primary need"}, "'SEN primary need'"),
        (REFERRALS, {"geographic_level": "Ward"}, "'Ward': wards are not read"),
        (REFERRALS, {"referral_source": "Police"}, "'referral_source'"),
        (LAIT, {"Short Desc": "RTA"}, "an extract of the tool"),
    ],
    ids=lambda value: value.stem if isinstance(value, Path) else None,
)
def test_sibling_is_not_the_release_and_the_message_says_why(
    tmp_path: Path, original: Path, values: dict[str, str], told: str
) -> None:
    read(original)  # the clean twin
    said = _why_not(_written(tmp_path, original, _all(**values)))
    assert said.startswith(f"{original.name} is not read: L1 has headers of table ")
    assert told in said
    assert "headerAliases" not in said


def _plain(found: Read) -> list[tuple[object, ...]]:
    names = ("measure", "area_code", "period_start", "breakdown", "unit", "value", "status")
    return [tuple(row[name] for name in names) for row in found.rows]


def test_rows_of_schools_next_to_those_of_authorities_are_counted_and_are_not_areas(tmp_path: Path) -> None:
    def with_schools(rows: Rows) -> Rows:
        schools = [row for row in rows if row["geographic_level"] == "Local authority"]
        return [*rows, *({**row, "geographic_level": "School", "laestab": "2069999"} for row in schools)]

    clean, found = read(FIXED), read(_written(tmp_path, FIXED, with_schools))
    assert _plain(found) == _plain(clean)
    grid = read_grid(tmp_path / FIXED.name)
    (recognised,) = recognise(grid, load_contracts())
    (drift,) = recognised.found.drift
    assert (str(drift.kind), drift.header, drift.breaking) == ("other_level", "School", False)
    assert drift.message.startswith("8 rows of level 'School'")


def test_level_that_nobody_decided_on_holds_the_release_back(tmp_path: Path) -> None:
    change = _written(
        tmp_path, TODAY, lambda rows: [*rows, {**rows[-1], "geographic_level": "Planning area"}]
    )
    found = read(change)
    assert (found.rows, [reason[:4] for reason in found.held_back]) == ([], ["R-09"])
    assert any("'Planning area'" in finding.message for finding in found.findings)


@pytest.mark.parametrize(
    ("blank", "told"),
    [
        (("geographic_level",), "states no geographic level: it looks like a total"),
        (("time_period", "time_identifier"), "states no time period"),
        (("new_la_code", "old_la_code", "la_name"), "has no area"),
    ],
)
def test_appended_total_holds_the_release_back_with_its_line(
    tmp_path: Path, blank: tuple[str, ...], told: str
) -> None:
    def with_total(rows: Rows) -> Rows:
        total = {**rows[-1], **dict.fromkeys(blank, "")}
        return [*rows, {**total, "geographic_level": total["geographic_level"] and "Local authority"}]

    path = _written(tmp_path, TODAY, with_total)
    found = read(path)
    last = len(path.read_text().splitlines())
    (said,) = [f.message for f in found.findings if f.check_id == "R-09"]
    assert found.rows == []
    assert told in said and f"L{last}:" in said


def test_column_of_words_next_to_a_missing_one_is_a_renamed_column(tmp_path: Path) -> None:
    def renamed(rows: Rows) -> Rows:
        return [
            {("authority" if key == "la_name" else key): value for key, value in row.items()} for row in rows
        ]

    found = read(_written(tmp_path, TODAY, renamed))
    assert [reason[:4] for reason in found.held_back] == ["R-09"]
    assert any("'authority'" in finding.message for finding in found.findings)


def test_column_of_numbers_that_the_contract_does_not_know_is_named_and_not_read(tmp_path: Path) -> None:
    clean = read(TODAY)
    found = read(_written(tmp_path, TODAY, _all(new_rate="0.5")))
    assert _plain(found) == _plain(clean)
    assert [f.observed for f in found.findings if f.check_id == "R-09"] == ["new_rate"]


def test_population_that_the_contract_does_not_know_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    def with_adopted(rows: Rows) -> Rows:
        return [*rows, {**rows[0], "population_count": "Children adopted each year"}]

    clean, found = read(NUMBER_AND_RATE), read(_written(tmp_path, NUMBER_AND_RATE, with_adopted))
    assert _plain(found) == _plain(clean)
    assert [f.observed for f in found.findings if f.check_id == "R-09"] == ["Children adopted each year"]


def test_children_who_ceased_are_a_flow_and_those_at_31_march_a_stock() -> None:
    found = read(NUMBER_AND_RATE)
    kinds = {
        (row["measure"], row["statistic"], row["period_kind"]) for row in found.rows if row["unit"] == "count"
    }
    assert kinds == {
        ("children_looked_after", "stock", "point_in_time"),
        ("children_started_looked_after", "flow", "financial_year"),
        ("children_ceased_looked_after", "flow", "financial_year"),
    }


def test_two_terms_together_are_neither_a_term_nor_a_year() -> None:
    found = read(FIXTURES / "dfe_exclusions" / "autumn_and_spring_2022_23.csv")
    assert {(str(r["period_start"]), str(r["period_end"]), r["period_kind"]) for r in found.rows} == {
        ("2022-09-01", "2023-04-01", "terms")
    }
