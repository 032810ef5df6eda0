"""Starts the campaign by hand: `python -m civic_assets_tests.fuzz --inputs 20000 --seed 1 --files DIR`.

Belongs here: the arguments and what is printed. Does not belong here: the campaign (`campaign`), what is a fault
(`verdict`), and changed figures (`figures`, with a command of its own).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from civic_assets_tests.fuzz.campaign import run
from civic_assets_tests.fuzz.corpus import Seed, of_folder, shipped
from civic_assets_tests.fuzz.verdict import table


def main() -> int:
    """Try the inputs and say what was seen; returns 1 if there was a fault."""
    parser = argparse.ArgumentParser(prog="python -m civic_assets_tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=20_000, help="number of inputs")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1, help="of the random changes")
    parser.add_argument("--files", type=Path, help="folder of sound files, in addition to those that ship")
    parser.add_argument(
        "--corpus",
        choices=("all", "csv", "json", "ods", "xls", "xlsx", "zip"),
        default="all",
        help="only this format",
    )
    parser.add_argument("--minutes", type=float, default=600, help="no more inputs after this time")
    parser.add_argument(
        "--folder", type=Path, help="folder for everything, kept; by default one that is removed"
    )
    chosen = parser.parse_args()
    seeds: list[Seed] = [*shipped(), *(of_folder(chosen.files) if chosen.files else ())]
    seeds = [seed for seed in seeds if chosen.corpus in ("all", seed.kind)]
    with tempfile.TemporaryDirectory(prefix="civic-fuzz-") as temporary:
        folder: Path = (chosen.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()

        def say(sentence: str) -> None:
            minutes, seconds = divmod(int(time.monotonic() - begun), 60)
            print(f"{minutes}:{seconds:02}  {sentence}", flush=True)

        done = run(
            folder, seeds, numbers=range(chosen.first, chosen.first + chosen.inputs), seed=chosen.seed,
            minutes=chosen.minutes, progress=say,
        )  # fmt: skip
    print("\n".join(table(done.tried)))
    print(
        f"{len(done.tried):,} inputs from {len(seeds)} files in {done.seconds / 60:.1f} minutes; "
        f"{len(done.signatures):,} different outcomes."
    )
    print(f"{len(done.faulty)} inputs with a fault." if done.faulty else "Nothing is wrong.")
    return 1 if done.faulty else 0


if __name__ == "__main__":
    sys.exit(main())
