"""What fifteen years of England and Wales would take, from a store: `python -m benchmarks.scale_estimate STORE`.

Belongs here: sizes per release, measured in the store, and what they come to. Does not belong here: times, which the
benchmarks measure.

**How it is counted.** Of each source: the mean of its releases in the store (bytes of the archived file, figures,
bytes of its Parquet tables), times the releases that its contract promises in the years asked for: `frequency` in
months. A source that is issued by force counts each of the forces. The read model is taken to need as many bytes for a
figure as in the store. What the store does not have is not in the sum, and is said.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model

_LAYERS = ("raw", "validated", "harmonised", "quality_results", "quality_findings")
_BY_FORCE = {"police_uk": 43}
"""Sources with a release for each territorial force of England and Wales."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale_estimate", description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--years", type=int, default=15)
    arguments = parser.parse_args()
    store, contracts = Store.existing(arguments.store), load_contracts()
    with open_read_model(store) as connection:
        figures = dict(
            connection.execute(
                "SELECT source, count(*) FROM harmonised.observations GROUP BY source"
            ).fetchall()
        )
    of_a_figure = store.database.stat().st_size / max(1, sum(figures.values()))
    print(f"The read model has {of_a_figure:.0f} bytes a figure here.")
    print("| source | releases held | bytes of a file | figures of a release | bytes of its tables | releases | "
          "archive, MB | tables, MB | figures, million |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    total = [0.0, 0.0, 0.0, 0.0]
    for source, contract in contracts.items():
        receipts = store.archive.receipts(source)
        if contract.status != "active" or not receipts:
            if contract.status == "active":
                print(f"| {source} | 0 | not in this store | | | | | | |")
            continue
        held = len({one.release for one in receipts})
        size = sum(one.size for one in receipts) / held
        tables = sum(_bytes(store.root / "tables" / layer / source) for layer in _LAYERS) / held
        own = figures.get(source, 0) / held
        releases = arguments.years * 12 / contract.frequency_months * _BY_FORCE.get(source, 1)
        sums = (releases, releases * size / 1e6, releases * tables / 1e6, releases * own / 1e6)
        total = [before + one for before, one in zip(total, sums, strict=True)]
        print(f"| {source} | {held} | {size:,.0f} | {own:,.0f} | {tables:,.0f} | {releases:,.0f} | {sums[1]:,.0f} | "
              f"{sums[2]:,.0f} | {sums[3]:,.1f} |")  # fmt: skip
    print(f"| all | | | | | {total[0]:,.0f} | {total[1]:,.0f} | {total[2]:,.0f} | {total[3]:,.1f} |")
    print(f"Read model: {total[3] * of_a_figure / 1e3:,.1f} GB.")


def _bytes(folder: Path) -> int:
    return sum(os.path.getsize(Path(place) / name) for place, _, names in os.walk(folder) for name in names)


if __name__ == "__main__":
    main()
