"""Makes an archive in the form of data.police.uk: `python -m benchmarks.forces_archive FILE BYTES`.

Belongs here: 44 forces, 36 months and three files of each, of bytes that do not shrink. Does not belong here: fetching
it. Prints how many bytes the street-level files of two forces have, with the directory.
"""

from __future__ import annotations

import json
import random
import sys
import zipfile
from pathlib import Path

FORCES = (
    "metropolitan",
    "city-of-london",
    *(f"force-{number // 26}-{chr(97 + number % 26)}" for number in range(42)),
)
MONTHS = tuple(f"{2021 + (5 + number) // 12}-{(5 + number) % 12 + 1:02d}" for number in range(36))
KINDS = ("street", "outcomes", "stop-and-search")
WANTED = FORCES[:2]
_STAMP = (2024, 6, 1, 0, 0, 0)


def write_archive(file: Path, size: int) -> dict[str, int]:
    """Write it.

    Args:
        file: The archive.
        size: About how many bytes it has.

    Returns:
        `members`: number of members; `wanted`: bytes of those that are wanted, packed, and of the directory.
    """
    each = max(1, size // (len(FORCES) * len(MONTHS) * len(KINDS)))
    content = random.Random(1).randbytes(each)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for month in MONTHS:
            for force in FORCES:
                for kind in KINDS:
                    name = f"{month}/{month}-{force}-{kind}.csv"
                    archive.writestr(zipfile.ZipInfo(name, _STAMP), name.encode() + b"\n" + content)
    with zipfile.ZipFile(file) as archive:
        wanted = sum(
            info.compress_size
            for info in archive.infolist()
            if info.filename.endswith("-street.csv")
            and any(f"-{force}-" in info.filename for force in WANTED)
        )
        directory = file.stat().st_size - archive.start_dir
        return {"members": len(archive.infolist()), "wanted": wanted + directory}


if __name__ == "__main__":
    print(json.dumps(write_archive(Path(sys.argv[1]), int(sys.argv[2]))))
