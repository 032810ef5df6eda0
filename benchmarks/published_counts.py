"""What a store publishes, in numbers: `python -m benchmarks.published_counts CIVIC.DUCKDB`.

Prints JSON: releases, figures. A comparison of times is only meaningful if both sides published as much.
"""

from __future__ import annotations

import json
import sys

import duckdb


def main(file: str) -> None:
    with duckdb.connect(file, read_only=True) as connection:
        found = connection.execute(
            "select count(distinct (source, release)), count(*) from harmonised.observations"
        ).fetchone()
    print(json.dumps(dict(zip(("releases", "figures"), found or (), strict=True))))


if __name__ == "__main__":
    main(sys.argv[1])
