"""The workbook that is measured if none is named: `python -m benchmarks.newest_workbook [FOLDER] [SAMPLES]`.

Prints one JSON object: path, edition, synthetic. It runs as a separate process so that the process that measures stays
small.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.parsing.recognise import Recognised, recognise
from civic_assets.readers.detect import Format, sniff
from civic_assets.readers.open_file import read_grid

SOURCE = "ons_csp"


def recognised_workbooks(files: Iterable[Path]) -> dict[Path, Recognised]:
    """The workbooks of the measured source among some files."""
    contracts = {SOURCE: load_contracts()[SOURCE]}
    found = {}
    for file in files:
        try:
            if sniff(file) in (Format.XLSX, Format.XLS):
                found[file] = recognise(read_grid(file), contracts)[0]
        except (FileRefused, NotRecognised):
            continue
    return found


def main(named: str, samples: str) -> None:
    """Print a named file, or the newest edition in a folder, or (if nothing is named) the newest sample workbook."""
    if named:
        given = Path(named)
        files = sorted(path for path in given.rglob("*") if path.is_file()) if given.is_dir() else [given]
    else:
        files = write_sample_inputs(Path(samples))
    found = recognised_workbooks(files)
    if not found:
        raise SystemExit(f"{named}: no workbook of {SOURCE} there. Name one: python -m benchmarks WORKBOOK")
    newest = max(found, key=lambda path: (found[path].edition, path.name))
    about = {"path": str(newest), "edition": found[newest].edition, "synthetic": found[newest].synthetic}
    print(json.dumps(about))


if __name__ == "__main__":
    main(*sys.argv[1:3])
