"""An exported workbook is read back by our own reader with every value and status equal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from civic_assets.errors import FileRefused
from civic_assets.export.chosen import Asked
from civic_assets.export.export import export
from civic_assets.export.read_back import read_export
from civic_assets.layers.store import Store
from civic_assets_tests.export.conftest import LIBRARIES, Exporting
from civic_assets_tests.export.published import Published, published
from civic_assets_tests.shared_stores import Refreshed


def _read(path: Path) -> Published:
    read = read_export(path)
    found = {str(one.name): (one.value, one.status, one.quality) for one in read}
    assert len(found) == len(read), "a figure is in the workbook twice"
    return found


@pytest.mark.parametrize("source", ["ons_csp", "gla_report", LIBRARIES])
def test_every_value_and_status_is_equal(
    source: str, exported: Exporting, store_of: Callable[[str], Path]
) -> None:
    answer, path = exported(source, "xlsx")
    read, every = _read(path), published(store_of(source), source)
    assert read.keys() <= every.keys()
    assert read == {name: every[name] for name in read}
    assert (len(read) == len(every)) == (source != "ons_csp")
    assert answer.figures == len(read)
    assert answer.without_value == sum(value is None for value, _, _ in read.values())


@pytest.mark.exhaustive
def test_every_value_and_status_of_the_sample_is_equal(sample_refresh: Refreshed, tmp_path: Path) -> None:
    path = tmp_path / "sample.xlsx"
    export(Store.existing(sample_refresh.store), Asked(sources=["ons_csp"]), path)
    assert _read(path) == published(sample_refresh.store, "ons_csp")


def test_there_are_absent_values_and_disputed_ones_so_that_something_is_compared(exported: Exporting) -> None:
    figures = [
        *_read(exported("ons_csp", "xlsx")[1]).values(),
        *_read(exported(LIBRARIES, "xlsx")[1]).values(),
    ]
    assert {status for _, status, _ in figures} >= {"low_reliability", "not_applicable", None}
    assert {quality for _, _, quality in figures} == {"ok", "disputed"}


def test_report_alone(report_refresh: Refreshed, tmp_path: Path) -> None:
    path = tmp_path / "report.xlsx"
    export(Store.existing(report_refresh.store), Asked(sources=["gla_report"]), path)
    assert _read(path) == published(report_refresh.store, "gla_report")


@pytest.mark.real_data
@pytest.mark.parametrize(
    "source", ["dfe_neet", "dfe_looked_after", pytest.param("ons_csp", marks=pytest.mark.exhaustive)]
)
def test_every_real_value_and_status_is_equal(source: str, real_store: Path, tmp_path: Path) -> None:
    path = tmp_path / "real.xlsx"
    export(Store.existing(real_store), Asked(sources=[source]), path)
    assert _read(path) == published(real_store, source)


def _changed(path: Path, tmp_path: Path, header: str, text: str) -> Path:
    """A copy of a workbook with another text in the first row of a column of its first table."""
    book = openpyxl.load_workbook(path)
    sheet = book["Table_1"]
    row, column = next(
        (cell.row, cell.column) for line in sheet.iter_rows() for cell in line if cell.value == header
    )
    sheet.cell(row + 1, column).value = text
    copy = tmp_path / "changed.xlsx"
    book.save(copy)
    return copy


def test_a_text_in_place_of_a_value_is_refused_with_its_cell(exported: Exporting, tmp_path: Path) -> None:
    changed = _changed(exported("ons_csp", "xlsx")[1], tmp_path, "Value", "n/a")
    with pytest.raises(FileRefused, match=r"Table_1!E[0-9]+ has 'n/a', where a number or \[x\] is expected"):
        read_export(changed)


def test_a_symbol_that_its_status_does_not_have_is_refused(exported: Exporting, tmp_path: Path) -> None:
    changed = _changed(exported("ons_csp", "xlsx")[1], tmp_path, "Value", "[c]")
    with pytest.raises(FileRefused, match=r"a number or \[x\] is expected"):
        read_export(changed)


def test_a_sheet_that_the_contents_list_and_the_workbook_lacks_is_said(
    exported: Exporting, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(exported("ons_csp", "xlsx")[1])
    del book["Table_2"]
    book.save(tmp_path / "less.xlsx")
    with pytest.raises(FileRefused, match="no sheet 'Table_2', which its contents list"):
        read_export(tmp_path / "less.xlsx")


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(FileRefused, match="no sheet 'Contents'"):
        read_export(tmp_path / "other.xlsx")
