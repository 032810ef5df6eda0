"""Writing all files of a plan: `python -m benchmarks.generated_inputs.write FOLDER --releases N --figures N`.

Belongs here: the order of the files. Does not belong here: how many there are (`generated_inputs.plan`).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.generated_inputs import LAST, Plan, met, plan, street

FOLDER, NEXT = "inputs", "next-issue"


def write_inputs(folder: Path, files: Plan, seed: int = 1) -> None:
    """Write the releases of a store into `inputs`, and the Metropolitan Police's next issue into `next-issue`.

    Args:
        folder: Folder for both.
        files: How many files there are.
        seed: Seed of all figures.
    """
    inputs, following = folder / FOLDER, folder / NEXT
    inputs.mkdir(parents=True)
    following.mkdir()
    first = LAST - max(files.boroughs, files.wards) + 1
    figures = met.months(first, LAST + 1, seed)
    for turn in range(files.boroughs):
        met.write_boroughs(inputs, figures, LAST - turn)
    for turn in range(files.wards):
        met.write_wards(inputs, figures, LAST - turn)
    for turn in range(files.street):
        back, force = divmod(turn, len(street.FORCES))
        street.write_street(inputs, force, LAST - 1 - back, files.areas, seed)
    met.write_boroughs(following, figures, LAST + 1)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generated_inputs.write", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--releases", type=int, default=600)
    parser.add_argument("--figures", type=int, default=20_000_000)
    parser.add_argument("--areas", type=int, help="small areas of a force; overrides what --figures gives")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    files = plan(arguments.releases, arguments.figures)
    if arguments.areas:
        files = Plan(files.boroughs, files.wards, files.street, arguments.areas)
    write_inputs(arguments.folder, files, arguments.seed)
    print(files)


if __name__ == "__main__":
    main()
