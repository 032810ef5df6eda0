"""Error localisation in a damaged table: `python -m benchmarks.damaged_tables --cells N [--pasted-column] [--seed N]`.

The table is that of `localisation_speed`: 314 areas by 23 measures and their total row, with the equations of recorded
crime. Some single cells are wrong; with `--pasted-column` a whole column has been pasted over its neighbour too.

Prints JSON: cpu (seconds of processor time, without imports), complete (whether every search ended by itself), groups
(connected groups of broken equations), answer (hash of all repairs: equal answers have equal hashes).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from random import Random

from benchmarks.localisation_speed import partnerships
from civic_assets.quality.localisation.localise import localise


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damaged_tables")
    parser.add_argument("--cells", type=int, required=True)
    parser.add_argument("--pasted-column", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    _, damaged = partnerships(Random(arguments.seed), arguments.cells, pasted=arguments.pasted_column)
    start = time.process_time()
    groups = localise(damaged)
    cpu = time.process_time() - start
    repairs = [[(repair.cells, repair.values) for repair in group.repairs] for group in groups]
    answer = hashlib.sha256(repr(repairs).encode()).hexdigest()
    complete = all(group.complete for group in groups)
    print(json.dumps({"cpu": cpu, "complete": complete, "groups": len(groups), "answer": answer}))


if __name__ == "__main__":
    main()
