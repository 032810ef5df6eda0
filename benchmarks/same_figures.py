"""Whether both sides published the same figures: `python -m benchmarks.same_figures OURS.duckdb PLAIN.duckdb`.

A comparison of times is only meaningful between equal results. Cells are matched by their locator, and the value,
status, unit, statistic, measure, period and printed text of each are compared. Prints JSON: ours, plain, differing.
"""

from __future__ import annotations

import json
import sys

import duckdb

_COMPARED = """
    select count(ours.locator) as ours, count(plain.locator) as plain,
        count(*) filter (
            (ours.measure, ours.unit, ours.statistic, ours.value_text, ours.period_start, ours.period_end)
                is distinct from (plain.measure, plain.unit, plain.statistic, plain.value_text,
                                  plain.period_start::date, plain.period_end::date)
            or ours.value is distinct from plain.value or ours.status is distinct from plain.status
        ) as differing
    from (select * from ours.harmonised.observations where source = 'ons_csp') as ours
    full join plain.ons_csp.harmonised as plain using (locator)
"""


def main(ours: str, plain: str) -> None:
    with duckdb.connect() as connection:
        for name, file in (("ours", ours), ("plain", plain)):
            quoted = file.replace("'", "''")
            connection.execute(f"attach '{quoted}' as {name} (read_only)")
        counts = connection.execute(_COMPARED).fetchone()
    print(json.dumps(dict(zip(("ours", "plain", "differing"), counts or (), strict=True))))


if __name__ == "__main__":
    main(*sys.argv[1:3])
