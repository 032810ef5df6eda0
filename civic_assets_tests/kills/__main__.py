"""Starts the kills by hand: `python -m civic_assets_tests.kills --kills 300 --readers 4 --seed 1`.

Belongs here: the arguments and what is printed. Does not belong here: the kills (`campaign`) and what must hold
(`verdict`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from civic_assets_tests.kills.campaign import run
from civic_assets_tests.kills.verdict import faults_of, table, undisturbed


def main() -> int:
    """Kill, let one refresh end, and say what was seen; returns 1 if something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m civic_assets_tests.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=300, help="number of kills")
    parser.add_argument(
        "--readers", type=int, default=4, help="processes that read what is published meanwhile"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the random moments")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two reads of a reader")
    parser.add_argument("--minutes", type=float, default=600, help="no more kills after this time")
    parser.add_argument(
        "--folder", type=Path, help="folder for everything, kept; by default one that is removed"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="civic-kills-") as temporary:
        folder: Path = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.monotonic()

        def say(sentence: str) -> None:
            minutes, seconds = divmod(int(time.monotonic() - begun), 60)
            print(f"{minutes}:{seconds:02}  {sentence}", flush=True)

        campaign = run(
            folder, kills=chosen.kills, readers=chosen.readers, seed=chosen.seed, pause=chosen.pause,
            minutes=chosen.minutes, progress=say,
        )  # fmt: skip
        faults, lines = faults_of(campaign, undisturbed(campaign, folder / "undisturbed")), table(campaign)
    print("\n".join(lines))
    print("\n".join(faults) or "Nothing is wrong: one publication at the end, that of an undisturbed store.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
