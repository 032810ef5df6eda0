"""Files of a known source with a column that was renamed or dropped are held back, whichever column it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.inspection import inspect

FIXTURES = Path(__file__).parents[1] / "fixtures"
BOROUGHS = FIXTURES / "met_borough" / "recent.csv"


def _changed(tmp_path: Path, file: Path, header: str, new: str | None) -> Path:
    """A copy of a file with one column under another header, or without it."""
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    at = rows[0].index(header)
    if new is None:
        rows = [[*cells[:at], *cells[at + 1 :]] for cells in rows]
    else:
        rows[0][at] = new
    path = tmp_path / "a name that says nothing.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def _held_back(path: Path, source: str) -> str:
    """Why a near miss of this source is held back."""
    report = inspect(path, load_contracts())
    assert (report["source"], report["outcome"], report["rows"]) == (source, "blocked", 0)
    (reason,) = [reason for reason in report["held_back"] if reason.startswith("R-09")]
    return reason


# What only the files of one publisher have, tells them from all others


@pytest.mark.parametrize("header", ["MajorText", "MinorText", "BoroughName"])
def test_name_column_of_a_borough_file_under_another_header_holds_it_back(
    tmp_path: Path, header: str
) -> None:
    reason = _held_back(_changed(tmp_path, BOROUGHS, header, "Area"), "met_borough")
    assert f"without '{header}'; unknown there: 'Area'" in reason
