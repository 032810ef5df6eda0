"""Which workbook is measured when none is named: `python -m benchmarks.newest_workbook [FOLDER] [SAMPLES]`.

Prints one JSON object: path, edition, synthetic. A process of its own, so that the one that measures stays
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
    """Those files that are workbooks of the measured source."""
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
    """Takes a file, or the newest edition in a folder, or (named nothing) the newest sample workbook."""
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
