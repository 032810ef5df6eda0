"""The functions of a refresh in a bare loop: `python -m benchmarks.bare_loop INPUTS STORE [--publish]`.

Belongs here: receiving files, building the layers of every release, and publishing, one after another in one process,
with no run, no event and no site. Does not belong here: what it is compared with (`work`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from civic_assets.archive import release_sort_key
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.receive import take_in
from civic_assets.layers.side_by_side import build_releases
from civic_assets.layers.store import Store
from civic_assets.publish.judgement import judge_published
from civic_assets.publish.publication import publish
from civic_assets.publish.scope import near_misses_left_out


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bare_loop", description=__doc__)
    parser.add_argument("inputs", type=Path)
    parser.add_argument("store", type=Path)
    parser.add_argument("--publish", action="store_true", help="also make the read model and judge it")
    arguments = parser.parse_args()
    contracts = {name: one for name, one in load_contracts().items() if one.status == "active"}
    store = Store(arguments.store)
    take_in(arguments.inputs, store.archive, contracts, origin="local")
    receipts = store.archive.receipts()
    for source in contracts:
        own = sorted({one.release for one in receipts if one.source == source}, key=release_sort_key)
        build_releases(store.root, source, own, lambda _: None)
    built = sum(len(store.tables.releases("harmonised", source)) for source in contracts)
    if arguments.publish:
        publication = publish(
            store, contracts, profile="local", without=near_misses_left_out(store, receipts)
        )
        judge_published(store)
        print(publication)
    print(f"{built} of {len(receipts)} releases are harmonised")


if __name__ == "__main__":
    main()
