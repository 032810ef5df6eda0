"""Every cell of a workbook is read once, at its address, as stored."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pytest
import xlsxwriter
import xlwt

from civic_assets.errors import FileRefused
from civic_assets.readers.excel.workbook import iso_duration, read_workbook
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.readers.bad_files import ole2_with, sheet_xml, xlsx_members, xlsx_of, zip_of


@pytest.fixture
def rich_workbook(tmp_path):
    """A workbook with every kind of cell and sheet that matters."""
    path = tmp_path / "rich.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day, clock, span = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "hh:mm:ss", "[h]:mm"))
        sheet = book.add_worksheet("Table P4  ")
        sheet.write_string("B2", " Police Force\nArea code ")
        sheet.write_number("C3", 30201)
        sheet.write_number("D3", 137.04)
        sheet.write_boolean("E3", True)
        sheet.write_datetime("A4", dt.datetime(2024, 12, 31), day)
        sheet.write_datetime("B4", dt.datetime(2024, 12, 31, 9, 30), day)
        sheet.write_number("C4", 0.5, clock)
        sheet.write_number("D4", 1.5, span)
        sheet.write_formula("A5", "=NA()", None, "#N/A")
        sheet.write_formula("B5", "=1/0", None, "#DIV/0!")
        sheet.write_string("C5", "[x]")
        hidden = book.add_worksheet("Hidden")
        hidden.hide()
        hidden.merge_range("B2:C4", "Victim-based crime")
        book.add_worksheet("Deep").very_hidden()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='Table P4  '!$C$3:$D$3"})
        book.add_chartsheet("Chart").set_chart(chart)
    return path


def test_cells_are_at_their_address_from_a1_on(rich_workbook):
    sheet = read_workbook(rich_workbook, "rich.xlsx").sheets[0]
    assert sheet.rows[0] == [""] * 5
    assert sheet.rows[1][1] == " Police Force\nArea code "
    assert sheet.locator(2, 2) == "Table P4  !C3"
    assert sheet.rows[2] == ["", "", 30201.0, 137.04, True]
    assert {type(value) for row in sheet.rows for value in row} == {str, float, bool}


def test_dates_and_times_are_iso_text(rich_workbook):
    row = read_workbook(rich_workbook, "rich.xlsx").sheets[0].rows[3]
    assert row[:4] == ["2024-12-31", "2024-12-31T09:30:00", "12:00:00", "PT36H"]


def test_an_error_cell_is_its_text_and_never_an_empty_cell(rich_workbook):
    row = read_workbook(rich_workbook, "rich.xlsx").sheets[0].rows[4]
    assert row[:3] == ["#N/A", "#DIV/0!", "[x]"]


@pytest.mark.parametrize("stored", ["", None, 0])
def test_formula_that_a_library_wrote_and_nobody_calculated_is_not_a_number(tmp_path, stored):
    path = tmp_path / "formulas.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Table C2")
        sheet.write_column("A1", ["Total", "A", "B & C"])
        sheet.write_column("B2", [1200, 34])
        if stored is None:
            sheet.write_formula("B1", '=SUM(B2:B3)&"<"')
        else:
            sheet.write_formula("B1", '=SUM(B2:B3)&"<"', None, stored)
    sheet = read_workbook(path, "formulas.xlsx").sheets[0]
    assert sheet.rows[0][1] == '=SUM(B2:B3)&"<"'
    assert [row[1] for row in sheet.rows[1:]] == [1200.0, 34.0]


def test_formula_without_a_stored_value_is_not_an_empty_cell(tmp_path):
    path = tmp_path / "formulas.xlsx"
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Table C2", 0)
    sheet.append(["Total", "=SUM(B2:B3)", None])
    sheet.append(["A", 1200, "=B2*2"])
    sheet.append(["", "", "=B3*2"])  # calamine knows no cell of this row, nor of this column
    book.save(path)
    rows = read_workbook(path, "formulas.xlsx").sheets[0].rows
    assert rows == [["Total", "=SUM(B2:B3)", ""], ["A", 1200.0, "=B2*2"], ["", "", "=B3*2"]]


def test_calculated_formula_is_its_result_and_a_calculated_zero_is_zero(tmp_path):
    rows = (
        '<row r="1"><c r="A1"><f>SUM(B1:C1)</f><v>0</v></c><c r="B1"><v>0</v></c><c r="C1"><f>B1</f><v>7</v></c>'
        '<c r="D1" t="str"><f>IF(B1,"x","")</f><v></v></c><c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    path = tmp_path / "saved.xlsx"
    path.write_bytes(xlsx_of(rows))
    assert read_workbook(path, "saved.xlsx").sheets[0].rows == [[0.0, 0.0, 7.0, "", "#DIV/0!"]]


def test_all_sheets_are_kept_and_hidden_ones_flagged(rich_workbook):
    sheets = read_workbook(rich_workbook, "rich.xlsx").sheets
    assert [(s.name, s.hidden) for s in sheets] == [
        ("Table P4  ", False),
        ("Hidden", True),
        ("Deep", True),
        ("Chart", False),
    ]
    assert sheets[1].merged == ((1, 1, 3, 2),)
    assert sheets[2].rows == sheets[3].rows == []


def test_a_true_xls_reads_like_an_xlsx(tmp_path):
    path = tmp_path / "communitysafetypartnershipareatablesyejune19.xls"
    book = xlwt.Workbook()
    sheet = book.add_sheet("Table C2 ")
    sheet.write(0, 0, "Robbery")
    sheet.write(2, 1, 1223)
    sheet.write(2, 2, 5.5)
    sheet.write(3, 0, True)
    sheet.write(4, 0, dt.date(2019, 6, 30), xlwt.easyxf(num_format_str="YYYY-MM-DD"))
    sheet.row(4).set_cell_error(1, 0x2A)
    sheet.write_merge(6, 7, 1, 2, "merged")
    book.add_sheet("Hidden").visibility = 1
    book.save(str(path))
    grid = read_workbook(path, path.name)
    first = grid.sheets[0]
    assert grid.format == "xls"
    assert first.rows[0] == ["Robbery", "", ""]
    assert first.rows[2] == ["", 1223.0, 5.5]
    assert type(first.rows[2][1]) is float
    assert first.rows[3][0] is True
    assert first.rows[4] == ["2019-06-30", "#N/A", ""]
    assert first.merged == ((6, 1, 7, 2),)
    assert grid.sheets[1].hidden


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (b"\x00\x02\x0e\x00", "spans 4,294,967,295 rows"),  # DIMENSIONS: first and last row
        (b"\xfc\x00", "more texts than it can hold"),  # SST: total and unique texts
    ],
    ids=["dimensions", "texts"],
)
def test_an_xls_that_declares_more_than_it_holds_never_exhausts_memory(tmp_path, record, words):
    path = tmp_path / "liar.xls"
    book = xlwt.Workbook()
    book.add_sheet("Table C2").write(0, 0, "Robbery")
    book.save(str(path))
    data = bytearray(path.read_bytes())
    at = data.index(record, data.index(b"\x09\x08\x10\x00")) + 4
    data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    with pytest.raises(FileRefused, match=words):
        read_workbook(path, "liar.xls")


STRAY = [
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c\tr = 'XFD1048576'><v>1</v></c></row>",
    '<row r="1"><c><v>1</v></c></row><row r="1048576">' + "<c><v>1</v></c>" * 16_384 + "</row>",
    '<row r="1"><c s="1" r="A1"><v>1</v></c></row><row r="9"><c s="1" r="XFD1048576"><v>1</v></c></row>',
    '<x:row xmlns:x="x" r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
]


@pytest.mark.parametrize(
    "rows", STRAY, ids=["plain", "odd white space", "no addresses", "late address", "prefix"]
)
def test_a_stray_cell_in_the_last_corner_never_exhausts_memory(tmp_path, rows):
    path = tmp_path / "stray.xlsx"
    path.write_bytes(xlsx_of(rows))
    with pytest.raises(FileRefused) as caught:
        read_workbook(path, "stray.xlsx")
    sentence = str(caught.value)
    assert "sheet 'Table C2' spans 1,048,576 rows by 16,384 columns" in sentence
    assert "Delete stray cells" in sentence


def test_a_stray_cell_is_named(tmp_path):
    path = tmp_path / "stray.xlsx"
    path.write_bytes(xlsx_of(STRAY[0]))
    with pytest.raises(FileRefused, match="XFD1048576"):
        read_workbook(path, "stray.xlsx")


def test_many_sheets_together_stay_below_the_limit_too(tmp_path, monkeypatch):
    from civic_assets.readers.excel import workbook

    monkeypatch.setattr(workbook, "WORKBOOK_CELLS", 5)
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for _ in range(2):
            book.add_worksheet().write("C1", 1)
    with pytest.raises(FileRefused, match="'Sheet2' spans 1 rows by 3 columns"):
        read_workbook(path, "two.xlsx")


def test_a_formatted_but_empty_cell_far_out_is_not_a_reason_to_refuse(tmp_path):
    path = tmp_path / "formatted.xlsx"
    rows = '<row r="1"><c r="A1"><v>7</v></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    path.write_bytes(xlsx_of(rows, dimension="A1:XFD1048576"))
    assert read_workbook(path, "formatted.xlsx").sheets[0].rows == [[7.0]]


def test_a_lying_dimension_is_not_believed(tmp_path):
    path = tmp_path / "lying.xlsx"
    path.write_bytes(xlsx_of('<row r="1"><c r="A1"><v>7</v></c></row>', dimension="A1:XFD1048576"))
    assert read_workbook(path, "lying.xlsx").sheets[0].rows == [[7.0]]


def test_a_count_of_texts_that_lies_never_exhausts_memory(tmp_path):
    members = xlsx_members(sheet_xml('<row r="1"><c r="A1"><v>7</v></c></row>'))
    members["xl/sharedStrings.xml"] = (
        b'<?xml version="1.0"?><sst uniqueCount="4294967295"><si><t>x</t></si></sst>'
    )
    path = tmp_path / "liar.xlsx"
    path.write_bytes(zip_of(members))
    with pytest.raises(FileRefused, match=r"more entries in 'xl/sharedStrings\.xml'"):
        read_workbook(path, "liar.xlsx")


@pytest.mark.parametrize("address", ["a9999999", "A$99999999", "AAAA1", "1A"])
def test_an_address_that_no_cell_can_have_is_refused(tmp_path, address):
    path = tmp_path / "odd.xlsx"
    path.write_bytes(xlsx_of(f'<row r="1"><c r="A1"><v>1</v></c><c r="{address}"><v>7</v></c></row>'))
    with pytest.raises(FileRefused, match="is not a valid cell address"):
        read_workbook(path, "odd.xlsx")


def test_a_long_but_narrow_table_is_read(tmp_path):
    path = tmp_path / "long.xlsx"
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in (1, 20_000))
    path.write_bytes(xlsx_of(rows))
    assert read_workbook(path, "long.xlsx").sheets[0].rows[19_999] == [20_000.0]


def test_a_damaged_member_is_a_sentence(tmp_path):
    members = xlsx_members(
        sheet_xml("".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 900)))
    )
    data = bytearray(zip_of(members))
    at = data.index(b"xl/worksheets/sheet1.xml") + 200
    data[at : at + 40] = bytes(40)
    path = tmp_path / "damaged.xlsx"
    path.write_bytes(data)
    with pytest.raises(FileRefused, match=r"damaged.*Download the file again"):
        read_workbook(path, "damaged.xlsx")


def test_a_member_larger_than_its_directory_says_is_refused(tmp_path):
    sheet = sheet_xml('<row r="1"><c r="A1"><v>7</v></c></row>' + " " * 100_000)
    data = zip_of(xlsx_members(sheet))
    size = len(sheet).to_bytes(4, "little")
    path = tmp_path / "hidden_bomb.xlsx"
    path.write_bytes(data.replace(size, (500).to_bytes(4, "little")))
    with pytest.raises(FileRefused, match=r"hidden_bomb\.xlsx: .*damaged"):
        read_workbook(path, "hidden_bomb.xlsx")


def test_an_unused_member_with_a_wrong_checksum_does_not_stop_a_release(tmp_path):
    # As published: YE December 2024 holds '[trash]/0000.dat' with the checksum ffffffff.
    members = {
        **xlsx_members(sheet_xml('<row r="1"><c r="A1"><v>7</v></c></row>')),
        "[trash]/0000.dat": b"rubbish",
    }
    data = zip_of(members)
    path = tmp_path / "trash.xlsx"
    at = data.rindex(b"[trash]") - 30
    path.write_bytes(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    assert read_grid(path).sheets[0].rows == [[7.0]]


@pytest.mark.parametrize(
    ("part", "old", "new", "words"),
    [
        ("_rels/.rels", b"xl/workbook.xml", b"xl/other.xml", "keeps its workbook in"),
        ("xl/_rels/workbook.xml.rels", b'/worksheet"', b'/mystery"', "hidden.xlsx"),
    ],
)
def test_a_workbook_that_hides_a_sheet_from_the_look_before_reading_is_refused(
    tmp_path, part, old, new, words
):
    members = {**xlsx_members(sheet_xml("")), "xl/other.xml": b"<workbook/>"}
    path = tmp_path / "hidden.xlsx"
    path.write_bytes(zip_of({**members, part: members[part].replace(old, new)}))
    with pytest.raises(FileRefused, match=words):
        read_workbook(path, "hidden.xlsx")


def test_a_sheet_that_is_listed_but_absent_is_named(tmp_path):
    members = xlsx_members(sheet_xml(""))
    del members["xl/worksheets/sheet1.xml"]
    path = tmp_path / "absent.xlsx"
    path.write_bytes(zip_of(members))
    with pytest.raises(FileRefused, match="lists sheet 'Table C2' but does not contain it"):
        read_workbook(path, "absent.xlsx")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (zip_of({"a.csv": b"a,b\n"}), "is a zip archive where one file is expected"),
        (ole2_with("EncryptedPackage"), "password"),
    ],
)
def test_formats_without_a_reader_are_refused_plainly(tmp_path, data, words):
    path = tmp_path / "download"
    path.write_bytes(data)
    with pytest.raises(FileRefused, match=words):
        read_grid(path, "download.xlsx")


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (dt.timedelta(0), "PT0S"),
        (dt.timedelta(hours=36), "PT36H"),
        (dt.timedelta(seconds=90), "PT1M30S"),
        (dt.timedelta(seconds=-1.5), "-PT1.5S"),
    ],
)
def test_durations_are_iso_text(duration, text):
    assert iso_duration(duration) == text


@pytest.mark.real_data
def test_every_real_workbook_opens_and_holds_what_another_library_reads(real_data):
    workbooks = sorted(real_data.rglob("*.xlsx"))
    assert workbooks
    for path in workbooks:
        grid = read_grid(path)
        if path.stat().st_size > 700_000:
            continue  # the other library takes a minute for these
        other = openpyxl.load_workbook(path, data_only=True)
        assert [s.name for s in grid.sheets] == other.sheetnames
        for sheet in grid.sheets:
            for row in other[sheet.name].iter_rows():
                for cell in row:
                    if isinstance(cell.value, int | float):
                        assert sheet.rows[cell.row - 1][cell.column - 1] == cell.value, (
                            path.name,
                            cell.coordinate,
                        )
