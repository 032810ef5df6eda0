"""Derived tables publish no sum and no rate that `compare` would refuse."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.harmonise.comparability.verdict import Operation
from civic_assets_tests.publish.judged_tables import published, refused

REGISTER = AreaRegister.shipped()
TABLES = {"area_profile", "unified_periods", "recorded_crime_beside", "police_uk_by_authority", "age_bands"}


@pytest.mark.real_data
def test_every_published_sum_and_rate_of_the_real_files_is_allowed(real_store: Path) -> None:
    asked: Counter[str] = Counter()
    wrong = []
    with duckdb.connect(str(real_store / "civic.duckdb"), read_only=True) as connection:
        for operation, table, a, b in published(connection):
            asked[table] += 1
            if why := refused(operation, a, b, REGISTER):
                wrong.append((table, a, b, why))
    assert wrong == []
    assert set(asked) >= TABLES, "each table was asked about"
    assert all(asked[table] > 50 for table in TABLES), asked


def test_a_table_that_adds_a_part_to_its_whole_would_be_found() -> None:
    year = {"period_start": date(2016, 9, 1), "period_end": date(2017, 9, 1), "period_kind": "academic_year"}
    total = {
        "source": "dfe_exclusions", "measure": "suspensions", "breakdown": "total", "unit": "count",
        "area_code": "E09000019", "statistic": "flow", "release": "2016-17", **year,
    }  # fmt: skip
    part = {**total, "breakdown": "reason=theft"}
    assert refused(Operation.SUM, part, total, REGISTER)
    assert not refused(Operation.SUM, part, {**total, "breakdown": "reason=bullying"}, REGISTER)
