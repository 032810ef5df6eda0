"""`python -m benchmarks.seeded_defects`: plants errors and prints what the rules found.

Without `CIVIC_REAL_DATA`, errors are planted only in the synthetic workbooks. The same seed gives the same errors and
the same results, however busy the machine is: the search for repairs gets the time that it needs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.seeded_defects.good_releases import REAL, Good, real_releases, synthetic_releases
from benchmarks.seeded_defects.planting import many_at_once, one_at_a_time
from benchmarks.seeded_defects.results import Tally, as_json, as_text
from benchmarks.seeded_defects.scoring import loud

# Results must not depend on how busy the machine is.
PATIENCE = 600.0


def main() -> None:
    """Parse arguments, plant errors and print results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.seeded_defects", description=__doc__)
    parser.add_argument(
        "--source", action="append", choices=list(REAL), help="real sources (default: all at hand)"
    )
    parser.add_argument("--each", type=int, default=5, help="errors of each kind, one at a time (default 5)")
    parser.add_argument(
        "--at-once", type=int, nargs="*", default=[10], help="simultaneous errors (default 10)"
    )
    parser.add_argument("--files", type=int, default=5, help="files with several errors at once (default 5)")
    parser.add_argument("--kind", action="append", default=[], help="only these kinds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-real", action="store_true", help="synthetic workbooks only")
    parser.add_argument("--no-synthetic", action="store_true", help="publishers' files only")
    parser.add_argument("--json", type=Path, help="also write everything as JSON to this file")
    parser.add_argument("--missed", action="store_true", help="print each missed error during the run")
    arguments = parser.parse_args()
    clean: list[dict[str, Any]] = []
    tallies: list[Tally] = []

    def said(line: str) -> None:
        if arguments.missed:
            print(line, file=sys.stderr, flush=True)

    for good in _releases(arguments):
        start = time.monotonic()
        clean.append(_clean(good))
        tallies.append(one_at_a_time(good, arguments.each, arguments.seed, arguments.kind, said))
        for errors in arguments.at_once:
            tallies.append(many_at_once(good, errors, arguments.files, arguments.seed, said))
        print(f"{good.source} {good.name}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    tallies = [tally for tally in tallies if tally.scores]
    print(as_text(tallies, clean))
    if arguments.json:
        arguments.json.write_text(json.dumps(as_json(tallies, clean), indent=1) + "\n")


def _releases(arguments: argparse.Namespace) -> Iterator[Good]:
    if not arguments.no_synthetic:
        yield list(synthetic_releases())[-1]
    folder = os.environ.get("CIVIC_REAL_DATA")
    if folder and not arguments.no_real:
        yield from real_releases(Path(folder), arguments.source or tuple(REAL))


def _clean(good: Good) -> dict[str, Any]:
    found = loud(good.clean.assessment.findings)
    return {
        "source": good.source,
        "release": good.name,
        "blocking": sum(finding.severity == "blocking" for finding in found),
        "warnings": sum(finding.severity == "warning" for finding in found),
        "checks": sorted({finding.check_id for finding in found}),
    }


if __name__ == "__main__":
    main()
