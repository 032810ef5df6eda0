#!/usr/bin/env bash
# Great Expectations 1.24.1: a suite leaves out an expectation of a misspelt type or severity, and does not raise.
#
# Suites are kept as dictionaries or YAML, and made with ExpectationSuite(expectations=[...]). Seen: of three
# expectations, one with the type "expect_column_values_to_not_be_nul" and one with the severity "critcal", one is
# left. The reasons go to the log and no exception is raised; a run of the suite succeeds on data that break the two
# others.
# What to do: refuse unknown types and severities before the suite is made, or compare the numbers of expectations.
set -euo pipefail
work="$(mktemp -d)"; trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install 'great-expectations==1.24.1'
cd "$work"
GX_ANALYTICS_ENABLED=false "$work/venv/bin/python" - <<'PY'
import great_expectations as gx
import pandas as pd

print("Great Expectations", gx.__version__)
column = {"column": "offences"}
suite = gx.ExpectationSuite(
    name="crime",
    expectations=[
        {"type": "expect_column_to_exist", "kwargs": column, "severity": "critical"},
        {"type": "expect_column_values_to_not_be_nul", "kwargs": column, "severity": "critical"},
        {"type": "expect_column_values_to_not_be_null", "kwargs": column, "severity": "critcal"},
    ],
)
print("given 3, kept", len(suite.expectations), [type(one).__name__ for one in suite.expectations])
assert len(suite.expectations) == 1
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
batch = context.data_sources.add_pandas("frames").add_dataframe_asset("crime").add_batch_definition_whole_dataframe("all")
result = batch.get_batch({"dataframe": pd.DataFrame({"offences": [1.0, None]})}).validate(suite)
print("success on a column with an empty cell:", result.success)
assert result.success
PY
