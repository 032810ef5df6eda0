"""Files of a known source with a column that was renamed or dropped are held back, whichever column it is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import NotRecognised
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES

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
    return str(reason)


# What only the files of one publisher have, tells them from all others


@pytest.mark.parametrize("header", ["MajorText", "MinorText", "BoroughName"])
def test_name_column_of_a_borough_file_under_another_header_holds_it_back(
    tmp_path: Path, header: str
) -> None:
    reason = _held_back(_changed(tmp_path, BOROUGHS, header, "Area"), "met_borough")
    assert f"but lacks '{header}'; unknown columns: 'Area'" in reason


# A table of which a file has nearly all headers is told before one whose headers it has by chance


@pytest.mark.parametrize(
    ("file", "header"),
    [
        ("met_ward/wards_of_2022.csv", "WardCode"),
        ("dfe_exclusions/counts_2014_15.csv", "year"),
        ("dfe_exclusions/counts_2014_15.csv", "num_schools"),
        ("dfe_exclusions/counts_2014_15.csv", "one_plus_fixed"),
    ],
)
@pytest.mark.parametrize("new", [None, "another header"], ids=["dropped", "renamed"])
def test_file_of_one_table_is_never_called_a_sibling_of_another(
    tmp_path: Path, file: str, header: str, new: str | None
) -> None:
    reason = _held_back(_changed(tmp_path, FIXTURES / file, header, new), file.split("/")[0])
    assert f"lacks '{header}'" in reason


# A column that the table can be without, under another header


@pytest.mark.parametrize("header", ["time_identifier", "country_code", "country_name"])
@pytest.mark.parametrize(
    "file", ["dfe_exclusions/by_geography_2022_23.csv", "dfe_children_in_need/c1_2024.csv"]
)
def test_column_that_says_the_same_in_every_row_under_another_header_holds_the_file_back(
    tmp_path: Path, file: str, header: str
) -> None:
    reason = _held_back(_changed(tmp_path, FIXTURES / file, header, "another"), file.split("/")[0])
    without, unknown = reason.split("; unknown columns: ")
    assert f"'{header}'" in without.split(", but lacks ")[1]
    assert unknown.startswith("'another'.")


@pytest.mark.parametrize("values", [("boys", "boys"), ("boys", "girls")], ids=["one group", "two groups"])
def test_column_that_narrows_what_a_row_counts_is_still_that_of_another_data_set(
    tmp_path: Path, values: tuple[str, str]
) -> None:
    rows = list(
        csv.reader(io.StringIO((FIXTURES / "dfe_children_in_need" / "c1_2024.csv").read_text("utf-8-sig")))
    )
    path = tmp_path / "groups.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [*cells, "group of children" if not at else values[at % 2]] for at, cells in enumerate(rows)
        )
    with pytest.raises(NotRecognised, match="narrows what a row counts"):
        inspect(path, load_contracts())


def test_level_that_is_not_read_is_still_that_of_another_data_set_where_a_country_is_renamed(
    tmp_path: Path,
) -> None:
    path = _changed(tmp_path, FIXTURES / "dfe_children_in_need" / "c1_2024.csv", "country_code", "another")
    levels = ("National", "Regional", "Local authority")
    text = path.read_text(encoding="utf-8")
    for level in levels:
        text = text.replace(f",{level},", ",School,")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NotRecognised, match="is not read"):
        inspect(path, load_contracts())
