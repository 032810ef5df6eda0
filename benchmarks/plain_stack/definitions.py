"""The comparison project's Dagster definitions: raw -> validated -> harmonised, and one asset check.

Opens in the UI with `dagster dev -m benchmarks.plain_stack.definitions`, with WORKBOOK and DUCKDB_FILE set.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pandas as pd

from benchmarks.plain_stack import tables
from benchmarks.plain_stack.duckdb_pandas import DuckDBPandasIOManager
from benchmarks.plain_stack.expectations import run_checkpoint


class Workbook(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The publisher's file."""

    path: str


@dg.asset(key_prefix="ons_csp", kinds={"excel", "pandas"})
def raw(workbook: Workbook) -> pd.DataFrame:
    """Cells of Tables C2 to C5, as printed."""
    return tables.read_cells(Path(workbook.path))


@dg.asset(key_prefix="ons_csp", kinds={"pandas"})
def validated(raw: pd.DataFrame) -> pd.DataFrame:
    """Typed values with their status."""
    return tables.type_cells(raw)


@dg.asset(key_prefix="ons_csp", kinds={"pandas"})
def harmonised(validated: pd.DataFrame) -> pd.DataFrame:
    """Observations in one vocabulary."""
    return tables.harmonise(validated)


@dg.asset_check(asset=harmonised)
def meets_expectations(harmonised: pd.DataFrame) -> dg.AssetCheckResult:
    """Ten expectations with Great Expectations."""
    result = run_checkpoint(harmonised)
    statistics = [run.statistics for run in result.run_results.values()]
    return dg.AssetCheckResult(
        passed=bool(result.success),
        metadata={
            "evaluated": sum(one["evaluated_expectations"] for one in statistics),
            "successful": sum(one["successful_expectations"] for one in statistics),
        },
    )


defs = dg.Definitions(
    assets=[raw, validated, harmonised],
    asset_checks=[meets_expectations],
    # Assets and their checks; the executor stays Dagster's default, a process for each step.
    jobs=[dg.define_asset_job("refresh")],
    resources={
        "workbook": Workbook(path=dg.EnvVar("WORKBOOK")),
        "io_manager": DuckDBPandasIOManager(database=dg.EnvVar("DUCKDB_FILE")),
    },
)


def refresh() -> dg.JobDefinition:
    """The job, defined by a named function so that the process of a step can find it again."""
    return defs.resolve_job_def("refresh")
