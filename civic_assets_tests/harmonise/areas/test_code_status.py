"""Status of a release's area codes in the register: normal, unusual or wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from civic_assets.harmonise.areas.code_status import CodeStatus, codes_at, counts, standing
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.parsing.observations import arrow_schema

REGISTER = AreaRegister.shipped()


@pytest.mark.parametrize(
    ("code", "first", "last", "expected"),
    [
        ("E09000019", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.LIVE),
        ("E10000027", date(2022, 4, 1), date(2023, 3, 31), CodeStatus.LIVE),  # Somerset's last day
        (
            "E10000006",
            date(2022, 9, 1),
            date(2023, 8, 31),
            CodeStatus.ENDED_WITHIN,
        ),  # Cumbria's last school year
        ("E06000063", date(2013, 4, 1), date(2014, 3, 31), CodeStatus.APPLIED_BACKWARDS),
        ("E08000038", date(2024, 4, 1), date(2025, 3, 31), CodeStatus.APPLIED_BACKWARDS),
        ("E08000020", date(2014, 9, 1), date(2015, 8, 31), CodeStatus.ENDED),  # Gateshead's code before 2013
        ("E22000204", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.LIVE),
        ("K04000001/british-transport-police", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.LIVE),
        ("E23000001/unassigned", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.DESCRIBED),
        ("E05013697", date(2024, 1, 1), date(2024, 1, 31), CodeStatus.DESCRIBED),
        ("E01000001", date(2024, 1, 1), date(2024, 1, 31), CodeStatus.DESCRIBED),
        ("E22000999", date(2012, 1, 1), date(2012, 12, 31), CodeStatus.UNLISTED),
        ("S12000009", date(2009, 1, 1), date(2009, 12, 31), CodeStatus.UNLISTED),
        ("E09000034", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.UNKNOWN),
        ("E23000099/unassigned", date(2024, 1, 1), date(2024, 12, 31), CodeStatus.UNKNOWN),
    ],
)
def test_code_status_in_the_register_is_what_its_dates_and_its_kind_say(
    code: str, first: date, last: date, expected: CodeStatus
):
    assert standing(REGISTER, code, first, last) is expected


def test_ended_code_without_a_figure_is_only_listed():
    years = date(2024, 4, 1), date(2025, 3, 31)
    assert standing(REGISTER, "E10000027", *years, n_figures=0) is CodeStatus.LISTED
    assert standing(REGISTER, "E10000027", *years, n_figures=1) is CodeStatus.ENDED


def _observations(*rows: dict[str, Any]) -> pa.Table:
    usual = {
        "area_code": "E09000019", "area_name": "Islington", "area_type": "local_authority",
        "period_start": date(2024, 1, 1), "period_end": date(2025, 1, 1), "value": 1.0, "locator": "L2:C",
    }  # fmt: skip
    return pa.Table.from_pylist([{**usual, **row} for row in rows], schema=arrow_schema())


def test_counts_are_of_distinct_codes_and_of_all_their_figures():
    table = _observations({}, {}, {"area_code": "E05013697", "area_type": "ward", "value": None})
    assert counts(codes_at(table, REGISTER)) == {
        "live": {"codes": 1, "figures": 2},
        "described_by_the_row": {"codes": 1, "figures": 1},
    }


def test_rows_without_a_code_or_with_a_period_that_runs_backwards_are_other_rules_business():
    table = _observations({"area_code": None}, {"period_end": date(2023, 1, 1)}, {"period_start": None})
    assert codes_at(table, REGISTER) == []


@pytest.mark.real_data
def test_real_files_carry_codes_backwards_and_two_that_had_ended(real_data: Path):
    """Looked-after children, 2017: Gateshead and Northumberland under codes that ended in 2013; all others live."""
    from civic_assets.contracts.load import contracts_folder, load_contract
    from civic_assets.parsing.table_finder import find_tables
    from civic_assets.readers.open_file import read_grid
    from civic_assets.sources import dfe_looked_after

    contract = load_contract(contracts_folder() / "dfe_looked_after.odcs.yaml")
    grid = read_grid(next(real_data.rglob("SFR50_CLA2017.csv")))
    observations = dfe_looked_after.parse(grid, find_tables(grid, contract), contract).observations
    codes = codes_at(observations, REGISTER)
    assert {c.code for c in codes if c.standing is not CodeStatus.LIVE} == {"E08000020", "E06000048"}
    assert {c.standing for c in codes} == {CodeStatus.LIVE, CodeStatus.ENDED}
