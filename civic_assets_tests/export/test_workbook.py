"""The workbook passes gptables' own checks, and is accessible as the Government Analysis Function asks."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pytest

from civic_assets.answers.export import ExportedSource
from civic_assets.errors import UsageError
from civic_assets.export.chosen import Chosen
from civic_assets.export.notes import Note
from civic_assets.export.read_back import read_export
from civic_assets.export.workbook import write_workbook
from civic_assets_tests.export.conftest import LIBRARIES, Exporting

# gptables judges a table when it is made and when it is written: errors for blank rows, symbols alone and doubled
# headers, warnings of this class for empty cells and for notes that nothing refers to.
pytestmark = pytest.mark.filterwarnings("error::UserWarning")
_ROW: dict[str, Any] = {
    "figure": "src:burglary:E1:2024-01-01/2025-01-01@2024", "figure_id": "0", "source": "src", "publisher": "Office",
    "licence": "OGL", "release": "2024", "measure": "burglary", "area_code": "E1", "area_name": "Islington",
    "area_type": "borough", "period": "calendar year 2024", "period_start": date(2024, 1, 1),
    "period_end": date(2025, 1, 1), "period_kind": "calendar_year", "statistic": "flow", "breakdown": "total",
    "unit": "count", "value": 5.0, "corrected_value": None, "correction_id": None, "status": None, "quality": "ok",
    "value_text": "5", "notes": [], "own": [], "locator": "S!A1", "source_sha256": "0", "synthetic": False,
    "publication": "p",
}  # fmt: skip
_TYPES = pa.schema(
    [("value", pa.float64()), ("corrected_value", pa.float64()), ("status", pa.string())]
    + [(name, pa.list_(pa.int32())) for name in ("notes", "own")]
)


class _Made(Chosen):
    """Figures that no store has."""

    __slots__ = ("made",)

    def rows(self) -> pa.RecordBatchReader:
        fields = [
            _TYPES.field(name) if name in _TYPES.names else pa.field(name, pa.infer_type([_ROW[name] or "a"]))
            for name in _ROW
        ]
        fields = [pa.field("synthetic", pa.bool_()) if one.name == "synthetic" else one for one in fields]
        table = pa.Table.from_pylist(self.made, pa.schema(fields))  # type: ignore[attr-defined]
        return table.to_reader()


def _made(*rows: dict[str, Any], notes: dict[int, Note] | None = None, title: str = "Burglary") -> Chosen:
    every = [_ROW | row for row in rows]
    sources = (ExportedSource("src", "Office", "OGL", "Source: Office (src).", ("2024",), len(every), False),)
    absent = sum(row["value"] is None for row in every)
    chosen = _Made(
        duckdb.connect(), title, len(every), absent, 0, sources, notes or {}, "p" * 64, 3, date(2025, 4, 30),
        {"burglary": ("Breaking in", "offences")},
    )  # fmt: skip
    object.__setattr__(chosen, "made", every)
    return chosen


@pytest.fixture(params=["ons_csp", "gla_report", LIBRARIES])
def book(request: pytest.FixtureRequest, exported: Exporting) -> openpyxl.Workbook:
    return openpyxl.load_workbook(exported(request.param, "xlsx")[1])


def test_cover_contents_notes_and_then_the_tables(book: openpyxl.Workbook) -> None:
    names = book.sheetnames
    assert names[:3] == ["Cover", "Contents", "Notes"]
    assert names[3:] == [f"Table_{number}" for number in range(1, len(names) - 2)] and len(names) > 3


def test_each_sheet_has_one_table_that_is_marked_with_its_headers(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets[1:]:
        (table,) = sheet.tables.values()
        first = sheet[table.ref][0]
        assert table.headerRowCount == 1
        assert [cell.value for cell in first] == [
            column.name.replace("_x000a_", "\n") for column in table.tableColumns
        ]
        assert all(isinstance(cell.value, str) and cell.value.strip() for cell in first)
        assert len(sheet[table.ref]) == sheet.max_row - first[0].row + 1, "something stands under the table"
        assert sheet["A1"].value, "the title is not in the first cell"


def test_no_cell_is_merged_hidden_or_empty(book: openpyxl.Workbook) -> None:
    for sheet in book.worksheets:
        assert not sheet.merged_cells.ranges and sheet.sheet_state == "visible"
        for table in sheet.tables.values():
            for row in sheet[table.ref]:
                assert all(cell.value not in (None, "") for cell in row), f"{sheet.title}!{row[0].coordinate}"
        column = [cell.value for cell in sheet["A"]]
        assert None not in column, f"{sheet.title} has a blank row"


def test_title_language_and_publication_are_set(book: openpyxl.Workbook) -> None:
    assert book.properties.title == book["Cover"]["A1"].value
    said = {one.name: one.value for one in book.custom_doc_props.props}  # type: ignore[attr-defined]
    assert said["Language"] == "English (United Kingdom)" and len(said["Publication"]) == 64


def test_cover_names_licence_publication_and_samples(exported: Exporting) -> None:
    answer, path = exported("ons_csp", "xlsx")
    text = "\n".join(str(cell.value) for cell in openpyxl.load_workbook(path)["Cover"]["A"])
    assert answer.synthetic and text.startswith("SYNTHETIC: ")
    assert "some figures in this file are invented samples" in text
    assert answer.publication in text and f"publication {answer.number}," in text
    assert "Contains public sector information licensed under the Open Government Licence v3.0." in text


def test_every_reference_to_a_note_has_its_note(exported: Exporting) -> None:
    import re

    book = openpyxl.load_workbook(exported("ons_csp", "xlsx")[1])
    texts = [str(cell.value) for sheet in book.worksheets[3:] for row in sheet.iter_rows() for cell in row]
    referred = {int(number) for text in texts for number in re.findall(r"\[note ([0-9]+)\]", text)}
    numbers = [row[0].value for row in book["Notes"].iter_rows(min_row=4)]
    assert sorted(referred) == numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+44",
        "-x",
        "@SUM(A1)",
        '=HYPERLINK("http://a")',
        "http://a.b",
        "[a](http://b)",
        "$$a$$ b",
        "00123",
    ],
)
def test_a_text_stays_a_text(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    note = Note("note", "src", "2024", "S!A9", f"{text} and more")
    write_workbook(_made({"area_name": text, "notes": [0], "own": [0]}, notes={0: note}, title=text), path)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book.worksheets[2:] for row in sheet.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == text] == ["s"]
    assert [cell.data_type for cell in cells if cell.value == f"{text} and more"] == ["s"]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert str(book["Cover"]["A1"].value).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "value", [0.1 + 0.2, 1 / 3, 5e-324, 1.7976931348623157e308, -0.5, 0.0, 123456789012345680.0]
)
def test_a_number_keeps_every_digit(value: float, tmp_path: Path) -> None:
    write_workbook(_made({"value": value}), tmp_path / "a.xlsx")
    assert read_export(tmp_path / "a.xlsx")[0].value == value


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("suppressed", "[c]"),
        ("not_available", "[x]"),
        ("low", "[low]"),
        (None, "[x]"),
        ("provisional", "[x]"),
    ],
)
def test_an_absent_value_is_a_symbol_and_never_zero_or_empty(
    status: str | None, shown: str, tmp_path: Path
) -> None:
    write_workbook(_made({"value": None, "status": status}, {"value": 0.0}), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Table_1"]
    header = next(at for at, row in enumerate(sheet.iter_rows(), start=1) if row[4].value == "Value")
    assert sheet.cell(header + 1, 5).value == shown
    assert sheet.cell(header + 2, 5).value == 0
    assert [(one.value, one.status) for one in read_export(tmp_path / "a.xlsx")] == [
        (None, status),
        (0.0, None),
    ]


def test_a_corrected_figure_shows_both_values(tmp_path: Path) -> None:
    decision = Note("decision", "src", "2024", "c-1", "A decision says 2108.")
    rows = {"value": 1208.0, "corrected_value": 2108.0, "notes": [0], "own": [0]}, {"area_code": "E2"}
    write_workbook(_made(*rows, notes={0: decision}), tmp_path / "a.xlsx")
    first, second = read_export(tmp_path / "a.xlsx")
    assert (first.value, first.corrected, second.corrected) == (1208.0, 2108.0, None)


def test_a_note_about_every_figure_is_above_the_table_and_one_about_a_figure_in_its_row(
    tmp_path: Path,
) -> None:
    notes = {
        at: Note("note", "src", "2024", f"S!A{at}", text) for at, text in enumerate(["of all", "of one"])
    }
    rows = {"notes": [0, 1], "own": [1]}, {"notes": [0], "area_code": "E2"}
    write_workbook(_made(*rows, notes=notes), tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    column = [row[7].value for row in book["Table_1"].iter_rows()]
    assert book["Table_1"]["A3"].value == "Notes about the whole table: [note 1]"
    assert column[-2:] == ["[note 3]", "none"]
    assert [row[1].value for row in book["Notes"].iter_rows(min_row=4)][::2] == ["of all", "of one"]


def test_a_name_that_nobody_can_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'…' under 'Area' has no letter or digit"):
        write_workbook(_made({"area_name": "…"}), tmp_path / "a.xlsx")


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_workbook(_made({}), tmp_path / f"{name}.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"2025-04-30T00:00:00Z" in archive.read("docProps/core.xml")


def test_another_publication_gives_other_bytes(tmp_path: Path) -> None:
    write_workbook(_made({}), tmp_path / "a.xlsx")
    other = _made({})
    object.__setattr__(other, "publication", "q" * 64)
    write_workbook(other, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() != (tmp_path / "b.xlsx").read_bytes()
