"""Ten expectations on the harmonised table, as a Great Expectations 1.x checkpoint.

Belongs here: the suite and its run. The context is ephemeral and no data docs are built, because both would only add
time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.plain_stack.tables import MEASURES, STATUSES, UNITS

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.checkpoint.checkpoint import CheckpointResult


def run_checkpoint(harmonised: pd.DataFrame) -> CheckpointResult:
    """The checkpoint's result on the table."""
    # Imported here because it takes seconds, and the other three steps do not need it.
    import great_expectations as gx

    gxe: Any = gx.expectations  # its type information exports no expectation
    context = gx.get_context(mode="ephemeral")
    suite = context.suites.add(
        gx.ExpectationSuite(
            name="harmonised",
            expectations=[
                gxe.ExpectTableRowCountToBeBetween(min_value=1_000, max_value=60_000),
                gxe.ExpectColumnValuesToNotBeNull(column="measure"),
                gxe.ExpectColumnValuesToNotBeNull(column="area_code"),
                gxe.ExpectColumnValuesToNotBeNull(column="period_start"),
                gxe.ExpectColumnValuesToBeInSet(
                    column="measure", value_set=sorted({*MEASURES.values(), "population", "households"})
                ),
                gxe.ExpectColumnValuesToBeInSet(column="unit", value_set=UNITS),
                gxe.ExpectColumnValuesToBeInSet(column="status", value_set=sorted(set(STATUSES.values()))),
                gxe.ExpectColumnValuesToMatchRegex(column="area_code", regex=r"^[EW]\d{8}(/[a-z-]+)?$"),
                gxe.ExpectColumnValuesToBeUnique(column="locator"),
                gxe.ExpectCompoundColumnsToBeUnique(
                    column_list=["measure", "area_code", "period_start", "unit", "statistic"]
                ),
            ],
        )
    )
    batches = context.data_sources.add_pandas("pandas").add_dataframe_asset("harmonised")
    definition = gx.ValidationDefinition(
        name="harmonised", data=batches.add_batch_definition_whole_dataframe("whole"), suite=suite
    )
    checkpoint = gx.Checkpoint(
        name="harmonised",
        validation_definitions=[context.validation_definitions.add(definition)],
        result_format="SUMMARY",
    )
    return context.checkpoints.add(checkpoint).run(batch_parameters={"dataframe": harmonised})
