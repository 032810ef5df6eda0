"""What anybody would do with a folder of CSV files: `python -m benchmarks.csv_to_parquet INPUTS OUT`.

DuckDB reads each file with its own types and writes it as Parquet. Nothing is recognised, checked or harmonised.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb


def main(inputs: Path, out: Path) -> None:
    out.mkdir(parents=True)
    with duckdb.connect() as connection:
        for file in sorted(inputs.glob("*.csv")):
            rows = connection.read_csv(str(file))
            rows.write_parquet(str(out / f"{file.stem}.parquet"), compression="zstd")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
