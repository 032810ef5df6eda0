"""Files of one source in a folder: `python -m benchmarks.recognised_files SOURCE FOLDER`.

Prints JSON: a list of path and edition. It runs as a separate process so that the process that measures stays small.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.parsing.recognise import recognise
from civic_assets.readers.open_file import read_grid


def main(source: str, folder: str) -> None:
    contracts = {source: load_contracts()[source]}
    found = []
    for file in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        try:
            recognised = recognise(read_grid(file), contracts)
        except (FileRefused, NotRecognised):
            continue
        found += [{"path": str(file), "edition": one.edition} for one in recognised if not one.near]
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:3])
