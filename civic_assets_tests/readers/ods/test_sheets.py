"""An OpenDocument file is read cell by cell, repetitions cost nothing, and a dishonest file is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from benchmarks.ods_at_scale import write_ods as write_at_scale
from civic_assets.errors import FileRefused
from civic_assets.readers.coded_rows import CodedRows
from civic_assets.readers.grid import Sheet
from civic_assets.readers.ods import columns as ods_columns
from civic_assets.readers.ods import pieces as ods_pieces
from civic_assets.readers.ods import sheets as ods
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table, table_to_grid
from civic_assets.tables.store import parquet_bytes
from civic_assets_tests.ods_files import (
    MANIFEST,
    PADDING,
    content,
    number,
    row,
    table,
    text,
    write_ods,
    write_sheets,
)

# Every paragraph of these reads the same however white space is treated.
WORDS = st.text("abcXYZ<&\"'é£-", min_size=1, max_size=4)
VALUES = st.one_of(
    st.just(""),
    WORDS,
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.integers(0, 3).map(float),
)
ROWS = st.integers(0, 5).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), max_size=6)
)


def rows_of(path: Path) -> list[list[list[Any]]]:
    return [list(sheet.rows) for sheet in read_grid(path).sheets]


def one_sheet(tmp_path: Path, *rows: str) -> Sheet:
    (sheet,) = read_grid(write_ods(tmp_path / "one.ods", content(table("A", *rows)))).sheets
    return sheet


def refusal(path: Path) -> str:
    with pytest.raises(FileRefused) as refused:
        read_grid(path, "tables.ods")
    sentence = str(refused.value)
    assert sentence.startswith("tables.ods: ") and sentence.endswith(".")
    return sentence


def trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows up to the last cell with content, in both directions."""
    width = max((n for cells in rows for n, value in enumerate(cells, start=1) if value != ""), default=0)
    height = max(
        (n for n, cells in enumerate(rows, start=1) if any(value != "" for value in cells)), default=0
    )
    return [cells[:width] for cells in rows[:height]]


def by_calamine(path: Path) -> list[list[list[Any]]]:
    """An independent reading: calamine's, rows from A1, dates as ISO text."""
    book = CalamineWorkbook.from_path(path)
    sheets = (book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names)
    return [
        [[value.isoformat() if isinstance(value, date) else value for value in cells] for cells in rows]
        for rows in sheets
    ]


@given(st.dictionaries(WORDS, ROWS, min_size=1, max_size=3))
def test_cells_are_those_that_were_written(tmp_path_factory, sheets):
    path = write_sheets(tmp_path_factory.mktemp("ods") / "a.ods", sheets)
    grid = read_grid(path)
    assert [sheet.name for sheet in grid.sheets] == list(sheets)
    read = [list(sheet.rows) for sheet in grid.sheets]
    # With the types: 1.0 is not True.
    assert repr(read) == repr(
        [
            [[v + 0.0 if type(v) is float else v for v in cells] for cells in trimmed(rows)]
            for rows in sheets.values()
        ]
    )


@given(st.dictionaries(WORDS, ROWS, min_size=1, max_size=3))
def test_cells_are_those_of_an_independent_reading(tmp_path_factory, sheets):
    path = write_sheets(tmp_path_factory.mktemp("ods") / "a.ods", sheets)
    assert [trimmed(rows) for rows in rows_of(path)] == [trimmed(rows) for rows in by_calamine(path)]


@given(ROWS, st.integers(1, 4000))
def test_cells_do_not_depend_on_where_the_stream_is_cut(tmp_path_factory, rows, size):
    path = write_sheets(tmp_path_factory.mktemp("ods") / "a.ods", {"A": rows, "B": [["x", 1.0]] * 40})
    whole = read_grid(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ods, "CHUNK_BYTES", size)
        assert read_grid(path) == whole


@given(st.dictionaries(WORDS, ROWS, min_size=1, max_size=3))
def test_raw_table_keeps_every_cell_and_its_kind(tmp_path_factory, sheets):
    grid = read_grid(write_sheets(tmp_path_factory.mktemp("ods") / "a.ods", sheets))
    stored = grid_to_table(grid)
    read = pq.read_table(pa.BufferReader(parquet_bytes(stored))).replace_schema_metadata(
        stored.schema.metadata
    )
    again = table_to_grid(read, grid.file)
    assert again == grid
    assert [repr(list(sheet.rows)) for sheet in again.sheets] == [
        repr(list(sheet.rows)) for sheet in grid.sheets
    ]
    assert all(isinstance(sheet.rows, CodedRows) for sheet in again.sheets)


@given(ROWS, st.slices(6))
def test_coded_rows_behave_as_a_list(tmp_path_factory, rows, part):
    (sheet,) = read_grid(write_sheets(tmp_path_factory.mktemp("ods") / "a.ods", {"A": rows})).sheets
    plain = [list(cells) for cells in sheet.rows]
    assert sheet.rows == plain and plain == sheet.rows and len(sheet.rows) == len(plain)
    assert sheet.rows[part] == plain[part]
    assert [sheet.rows[n] for n in range(-len(plain), len(plain))] == plain + plain
    with pytest.raises(IndexError):
        sheet.rows[len(plain)]


def test_repeated_cells_and_rows_are_in_each_of_their_places(tmp_path):
    twice = ' table:number-rows-repeated="2"'
    sheet = one_sheet(
        tmp_path,
        row(text("x"), '<table:table-cell table:number-columns-repeated="2"/>', number(3)),
        row(text("y"), number(0, ' table:number-columns-repeated="3"'), attributes=twice),
        row(attributes=twice),
        row(text("z")),
    )
    blank = ["", "", "", ""]
    assert list(sheet.rows) == [
        ["x", "", "", 3.0],
        *[["y", 0.0, 0.0, 0.0]] * 2,
        blank,
        blank,
        ["z", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("kind", "inside", "value"),
    [
        ('percentage" office:value="0.3361', "<text:p>34%</text:p>", 0.3361),
        ('currency" office:value="5', "", 5.0),
        ('float" office:value="-0', "", 0.0),
        ('date" office:date-value="2024-12-31', "", "2024-12-31"),
        ('date" office:date-value="2024-12-31T00:00:00', "", "2024-12-31"),
        ('date" office:date-value="2024-12-31T08:30:00', "", "2024-12-31T08:30:00"),
        ('time" office:time-value="PT08H30M00S', "", "PT08H30M00S"),
        ('boolean" office:boolean-value="true', "", True),
        ('string" office:string-value="x', "<text:p>shown</text:p>", "x"),
        ('string" office:string-value="', "<text:p>#N/A</text:p>", "#N/A"),
        ('float" office:value="0', "<text:p>#DIV/0!</text:p>", "#DIV/0!"),
        ('percentage" office:value="0', "<text:p>Err:502</text:p>", "Err:502"),
        ('float" office:value="0', "<text:p>0</text:p>", 0.0),
        ('float" table:formula="of:=SUM([.B2:.B3])', "", "=SUM([.B2:.B3])"),
        ('float" table:formula="of:=SUM([.B2:.B3])" office:value="0', "<text:p>0</text:p>", 0.0),
        ("", "<text:p>no type</text:p>", "no type"),
        ("string", "<text:p>first</text:p><text:p>second</text:p>", "first\nsecond"),
        ("string", "<text:p>a<text:line-break/>b<text:tab/>c</text:p>", "a\nb\tc"),
        ("string", '<text:p><text:s/>66776<text:s text:c="2"/></text:p>', " 66776  "),
        ("string", "<text:p>a\n   b</text:p>", "a b"),
        ("string", "<text:p>Offence<text:span>s</text:span> <text:a>here</text:a></text:p>", "Offences here"),
        ("string", "<office:annotation><text:p>a note</text:p></office:annotation><text:p>x</text:p>", "x"),
        ("string", "<text:p>Ren&#233;e &amp; Co</text:p>", "Renée & Co"),
    ],
)
def test_value_is_the_one_stored(tmp_path, kind, inside, value):
    xml = f'<table:table-cell office:value-type="{kind}">{inside}</table:table-cell>'
    sheet = one_sheet(tmp_path, row(xml if kind else xml.replace(' office:value-type=""', ""), text("after")))
    assert repr(sheet.rows[0]) == repr([value, "after"])


def test_content_of_a_covered_cell_is_not_lost(tmp_path):
    covered = "<table:covered-table-cell><text:p>below a merge</text:p></table:covered-table-cell>"
    sheet = one_sheet(tmp_path, row(text("x", ' table:number-columns-spanned="2"'), covered))
    assert list(sheet.rows) == [["x", "below a merge"]] and sheet.merged == ((0, 0, 0, 1),)


def test_merged_ranges_hidden_sheets_and_grouped_rows(tmp_path):
    wide = ' table:number-columns-spanned="2" table:number-rows-spanned="3"'
    covered = "<table:covered-table-cell/>"
    first = table("Table 1", row(text("blank")), row(text("x"), text("band", wide), covered, text("y")))
    header = f"<table:table-header-rows>{row(text('h'))}</table:table-header-rows>"
    grouped = f"{header}<table:table-row-group>{row(number(1))}</table:table-row-group>"
    second = table("Notes ", grouped, row(text("end")), attributes=' table:style-name="ta2"')
    one, two = read_grid(write_ods(tmp_path / "a.ods", content(first, second))).sheets
    assert one.merged == ((1, 1, 3, 2),) and list(one.rows)[1] == ["x", "band", "", "y"]
    assert (one.hidden, two.hidden, two.name) == (False, True, "Notes ")
    assert list(two.rows) == [["h"], [1.0], ["end"]]


def test_another_prefix_for_tables_reads_the_same(tmp_path):
    xml = content(table("A", row(text("x"), number(2)), row(text("x"), number(2))))
    other = (
        xml.replace(b"table:", b"t:")
        .replace(b"xmlns:t:1.0", b"xmlns:table:1.0")
        .replace(b"xmlns:table=", b"xmlns:t=")
    )
    assert (
        rows_of(write_ods(tmp_path / "a.ods", other))
        == rows_of(write_ods(tmp_path / "b.ods", xml))
        == [[["x", 2.0]] * 2]
    )


def test_tables_of_other_documents_in_the_file_are_not_sheets(tmp_path):
    links = f"<table:dde-links><table:dde-link>{table('cache', row(text('old')))}</table:dde-link></table:dde-links>"
    old = f"<table:cell-content-change><table:previous>{text('old')}</table:previous></table:cell-content-change>"
    changes = f"<table:tracked-changes>{old}</table:tracked-changes>"
    path = write_ods(tmp_path / "a.ods", content(changes, table("A", row(text("x")), row(text("x"))), links))
    assert [(sheet.name, list(sheet.rows)) for sheet in read_grid(path).sheets] == [("A", [["x"], ["x"]])]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (
            row(number(1, ' table:number-columns-repeated="16000000"')),
            "16,000,000 columns because of the content of A1",
        ),
        (
            row(text("x"), attributes=' table:number-rows-repeated="2000000000"'),
            "1,000,000,000 rows by 1 columns",
        ),
        (
            row(
                number(1, ' table:number-columns-repeated="9000"'),
                attributes=' table:number-rows-repeated="9000"',
            ),
            "9,000 rows by 9,000",
        ),
        (
            row(text("x"))
            + row(attributes=' table:number-rows-repeated="1048570"')
            + row(PADDING, text("y")) * 9,
            "1,048,5",
        ),
        (
            row(text("x"), attributes=' table:number-rows-repeated="many"'),
            "repeats or merges something 'many' times",
        ),
        (row(text("x", ' table:number-columns-repeated="-5"')), "repeats or merges something '-5' times"),
    ],
)
def test_repetition_out_of_all_proportion_is_refused(tmp_path, rows, reason):
    assert reason in refusal(write_ods(tmp_path / "a.ods", content(table("A", rows))))


def test_blank_repetitions_of_any_number_cost_nothing(tmp_path):
    blank = row(attributes=' table:number-rows-repeated="999999999"')
    assert len(one_sheet(tmp_path, row(text("x")), *[blank] * 50).rows) == 1


CLOSED = b"</table:table-cell>"
GOOD = content(table("A", row(text("x"), number(2.0)), row(text("x"), number(2.0))))


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (
            GOOD.replace(b"<office:doc", b'<!DOCTYPE x [<!ENTITY a "b">]><office:doc'),
            "declares a document type",
        ),
        (GOOD.replace(b">x<", b">&undefined;<"), "undefined entity"),
        (GOOD[:-60], "is damaged in sheet 'A' ("),
        (GOOD[: GOOD.rindex(b"office:value=")], "is damaged in sheet 'A' (unclosed token"),
        (GOOD.replace(b"</text:p>", b"</text:h>", 1), "mismatched tag"),
        (GOOD.replace(b"2.0", b"two"), "whose value 'two' is not a number"),
        (GOOD.replace(b"2.0", b"inf"), "whose value 'inf' is not a number"),
        (
            GOOD.replace(CLOSED, CLOSED + b"<!-- <table:table-cell/> -->", 1),
            "not closed before the next cell",
        ),
        (GOOD.replace(CLOSED, CLOSED + b"<?a <table:table-cell/>?>", 1), "not closed before the next cell"),
        (GOOD.replace(b"<text:p>x", b"<table:table/><text:p>x", 1), "a table inside a cell of sheet 'A'"),
        (GOOD.replace(b"UTF-8", b"ISO-8859-1"), "is encoded as ISO-8859-1"),
        (GOOD.decode().encode("utf-16"), "'content.xml'"),
        (b"", "is damaged (no element found"),
    ],
)
def test_content_that_no_program_writes_is_refused(tmp_path, xml, reason):
    assert reason in refusal(write_ods(tmp_path / "a.ods", xml))


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (b"<!-- made by hand --><text:p><![CDATA[x]]>", "x"),
        (b"<!-- <table:table-cell/> --><text:p>x", "x"),
        (b"<text:p><![CDATA[<table:table-cell/>]]>", "<table:table-cell/>"),
    ],
)
def test_comments_and_character_data_inside_a_cell_are_what_they_are(tmp_path, xml, value):
    path = write_ods(tmp_path / "a.ods", GOOD.replace(b"<text:p>x", xml, 1))
    assert rows_of(path) == [[[value, 2.0], ["x", 2.0]]]


def test_encrypted_and_cut_containers_are_refused(tmp_path):
    secret = MANIFEST.replace("/></man", "><manifest:encryption-data/></manifest:file-entry></man").encode()
    assert "protected with a password" in refusal(
        write_ods(tmp_path / "a.ods", GOOD, {"META-INF/manifest.xml": secret})
    )
    whole = write_ods(tmp_path / "b.ods", GOOD).read_bytes()
    (tmp_path / "c.ods").write_bytes(whole[: len(whole) // 2])
    assert "cut short or damaged" in refusal(tmp_path / "c.ods")


def test_refusal_quotes_what_is_in_the_file_as_it_can_be_seen(tmp_path):
    """Found by changed files: a damaged member `mimetype` was quoted with the control characters that it contained."""
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis\x1b[2J\u2028.x")
    said = refusal(path)
    assert r"'application/vnd.oasis\x1b[2J" in said
    assert said.isprintable()


def test_damage_inside_the_compressed_content_is_refused(tmp_path):
    path = write_ods(tmp_path / "a.ods", GOOD)
    with zipfile.ZipFile(path) as archive:
        at = archive.getinfo("content.xml").header_offset
    data = bytearray(path.read_bytes())
    data[at + 120 : at + 140] = bytes(20)
    path.write_bytes(data)
    assert "is cut short or damaged inside 'content.xml'" in refusal(path)


def test_file_without_content_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "has no 'content.xml'" in refusal(tmp_path / "a.ods")


def test_more_different_values_than_any_table_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(ods_pieces, "SPREADSHEET_VALUES", 20)
    path = write_sheets(tmp_path / "a.ods", {"A": [[float(n)] for n in range(30)]})
    assert "more than 20 distinct values" in refusal(path)


def test_pieces_that_are_let_go_are_read_again(tmp_path, monkeypatch):
    rows: list[list[Any]] = [[float(n % 97), f"name {n}"] for n in range(3000)]
    path = write_sheets(tmp_path / "a.ods", {"A": rows})
    monkeypatch.setattr(ods_pieces, "_PIECES_KEPT", 100)
    monkeypatch.setattr(ods, "CHUNK_BYTES", 4096)
    monkeypatch.setattr(ods_columns, "_BLOCK", 64)
    assert rows_of(path) == [rows]


def test_title_is_found_where_it_is_first(tmp_path):
    sheet = one_sheet(
        tmp_path, row(text("A title of some length")), *[row(text("Partnership of Somewhere"))] * 50
    )
    assert [(r, c, t) for r, c, t, _ in sheet.long_texts] == [
        (0, 0, "A title of some length"),
        (1, 0, "Partnership of Somewhere"),
    ]


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """60 MB of XML in a process of its own: what the interpreter and numpy take is most of what it needs."""
    write_at_scale(tmp_path / "a.ods", 60)
    script = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "import numpy\n"
        "from civic_assets.readers.open_file import read_grid\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "grid = read_grid(Path(sys.argv[1]))\n"
        "after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(json.dumps([(after - before) / 1024, sum(len(sheet.rows) for sheet in grid.sheets)]))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "a.ods"], capture_output=True, check=True, text=True
    )
    grown, rows = json.loads(run.stdout)
    assert rows > 40_000
    assert grown < 30, f"{grown:.0f} MiB for {rows:,} rows"
