"""A frame of one's own against a contract: what says the same in another form passes, and what does not is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from pandera.config import config_context
from pandera.errors import SchemaErrors

import civic_assets
from civic_assets.errors import UsageError

SCHEMA = civic_assets.schema("ons_csp")


def _rows(number: int = 3) -> list[dict[str, Any]]:
    return [
        {
            "table_id": "c3", "row_number": row, "row_kind": "local_authority", "measure": "burglary",
            "area_code": f"E0900000{row}", "area_name": "Somewhere", "area_type": "local_authority",
            "parent_code": None, "partnership_code": None, "authority_code": None,
            "period_start": date(2023, 1, 1), "period_end": date(2024, 1, 1), "period_kind": "rolling_year",
            "statistic": "flow", "breakdown": "total", "unit": "count", "value": 10.0 * row, "status": None,
            "value_text": str(10 * row), "locator": f"Table C3!R{row}",
        }
        for row in range(1, number + 1)
    ]  # fmt: skip


def _pandas() -> pd.DataFrame:
    return pd.DataFrame(_rows())


def _polars() -> pl.DataFrame:
    return pl.DataFrame(_rows(), schema_overrides={"row_number": pl.Int32})


@pytest.mark.parametrize(
    "frame",
    [
        _pandas(),
        _pandas().convert_dtypes(),
        _pandas().assign(period_start=pd.to_datetime(_pandas()["period_start"])),
        _pandas().astype({"measure": "category", "unit": "category", "value": "int64"}),
        _pandas().set_index(pd.Index([7, 7, 7])),
        _polars(),
        _polars().lazy(),
        _polars().with_columns(pl.col("measure").cast(pl.Categorical), pl.col("value").cast(pl.Int64)),
        _polars().to_arrow(),
        pa.Table.from_pylist(_rows()),
    ],
    ids=[
        "pandas",
        "nullable",
        "times",
        "categories",
        "index",
        "polars",
        "lazy",
        "other types",
        "arrow",
        "plain arrow",
    ],
)
def test_one_frame_in_every_form_is_right(frame: Any) -> None:
    assert SCHEMA.validate(frame) is frame


def test_nothing_in_it_is_changed() -> None:
    frame, before = _pandas(), _pandas()
    SCHEMA.validate(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f.drop(columns=["status", "unit"]), ["column status is missing.", "column unit is missing."]),
        (lambda f: f.assign(mine=1, yours=2), ["The schema has no column mine, yours. Drop it, or use strict=False."]),
        (lambda f: f.assign(value=["10", "20", "30"]), ["Expected column 'value' to have type Float64, got String."]),
        (lambda f: f.assign(value=[1, "x", None]), ["Expected column 'value' to have type Float64, got String."]),
        (lambda f: f.assign(row_number=[1.5, 2, 3]), ["to have type Int32, got Float64"]),
        (lambda f: f.assign(row_number=[1, 2, 2**40]), ["to have type Int32, got Int64"]),
        (lambda f: f.assign(period_end=datetime(2024, 1, 1, 12)), ["'period_end' to have type Date, got Datetime"]),
        (lambda f: f.assign(area_name=["a", None, "b"]), ["The column area_name is empty in row 1."]),
        (lambda f: f.assign(value=[1.0, None, 2.5]), ["R-07", "row 1 (None)", "V-02", "row 2 (2.5)"]),
        (lambda f: pd.concat([f, f.head(1)]), ["V-01", "row 0 ('burglary'), row 3 ('burglary')"]),
        (lambda f: f.assign(period_end=date(2023, 3, 1)), ["V-08", "row 0", "row 1", "row 2"]),
        (lambda f: f.assign(area_code="E09000001\n"), ["V-04", "V-01"]),
        (lambda f: f.assign(measure="burglery"), ["V-06: the measure is one of the vocabulary"]),
    ],
)  # fmt: skip
def test_what_is_wrong_is_reported_with_its_rows(
    change: Callable[[pd.DataFrame], pd.DataFrame], words: list[str]
) -> None:
    with pytest.raises(SchemaErrors) as found:
        SCHEMA.validate(change(_pandas()))
    assert all(word in str(found.value) for word in words), str(found.value)
    assert "Traceback" not in str(found.value) and "LazyFrame" not in str(found.value)
    assert found.value.failure_cases.height >= 1


def test_many_failing_rows_are_counted() -> None:
    wrong = pl.DataFrame(_rows(9), schema_overrides={"row_number": pl.Int32}).with_columns(value=0.5)
    with pytest.raises(SchemaErrors, match=r"row 2 \(0\.5\) and 6 more, rows counted from 0"):
        SCHEMA.validate(wrong)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_not_a_value(value: float) -> None:
    with pytest.raises(SchemaErrors, match="R-07: a figure has a finite value"):
        SCHEMA.validate(_polars().with_columns(value=pl.lit(value)))


def test_a_caller_cannot_switch_it_off() -> None:
    wrong = _pandas().assign(value=0.5)
    with config_context(validation_enabled=False), pytest.raises(SchemaErrors, match="V-02"):
        SCHEMA.validate(wrong)
    with (
        config_context(validation_depth="SCHEMA_ONLY"),
        pytest.raises(SchemaErrors, match="V-02"),
    ):
        SCHEMA.validate(wrong.pipe(pl.from_pandas).lazy().collect().to_arrow())


def test_what_is_not_a_frame_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="not a list"):
        SCHEMA.validate([1, 2])
    twice = pd.concat([_pandas(), _pandas()[["value"]]], axis=1)
    with pytest.raises(UsageError, match="two columns 'value'"):
        SCHEMA.validate(twice)


@pytest.mark.parametrize("kind", ["string", "category"])
def test_figures_of_another_source_are_told_first(kind: str) -> None:
    frame = _pandas().assign(source=pd.Series(["ons_csp", "ons_pfa", "ons_csp"], dtype=kind))
    with pytest.raises(UsageError, match=r"has figures of ons_pfa, .* read_file\(path, source='ons_csp'\)"):
        SCHEMA.validate(frame)
    assert len(SCHEMA.validate(frame[frame["source"] == "ons_csp"])) == 2
