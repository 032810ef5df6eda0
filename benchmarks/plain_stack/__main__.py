"""Runs the comparison's job once: `python -m benchmarks.plain_stack [multiprocess|in_process]`.

The job starts from this process, without a code server in between: the fastest way to run it from a command line.
It reads WORKBOOK, DUCKDB_FILE and DAGSTER_HOME from the environment.
"""

from __future__ import annotations

import sys

import dagster as dg

from benchmarks.plain_stack.definitions import refresh


def main() -> int:
    executor = sys.argv[1] if len(sys.argv) > 1 else "multiprocess"
    with (
        dg.DagsterInstance.get() as instance,
        dg.execute_job(
            dg.reconstructable(refresh),
            instance=instance,
            run_config={"execution": {"config": {executor: {}}}},
        ) as result,
    ):
        checks = result.get_asset_check_evaluations()
        for check in checks:
            print(check.check_name, "passed" if check.passed else "failed", check.metadata)
        return 0 if result.success and all(check.passed for check in checks) else 1


if __name__ == "__main__":
    sys.exit(main())
