"""A delimited file is kept as printed, and each record knows its line."""

from __future__ import annotations

import csv
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import DELIMITED_COLUMNS
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.text import delimited
from civic_assets.readers.text.delimited import read_delimited
from civic_assets.readers.text.large import open_large


@pytest.fixture
def read(tmp_path):
    def read(data: bytes):
        path = tmp_path / "data.csv"
        path.write_bytes(data)
        return read_delimited(path, "data.csv")

    return read


def test_nothing_is_guessed_to_be_a_number(read):
    assert read(b'code,count\n0301,"170,002 "\n').sheets[0].rows == [["code", "count"], ["0301", "170,002 "]]


def test_a_header_over_several_lines_moves_the_line_numbers(read):
    # As in YE June 2025, Table C2: quoted headers with line breaks, so 412 lines hold 407 records.
    sheet = read(b'"Police Force\nArea code",Total\r\n\nE23000001,5\n').sheets[0]
    assert sheet.rows == [["Police Force\nArea code", "Total"], ["", ""], ["E23000001", "5"]]
    assert sheet.line_numbers == [1, 3, 4]
    assert sheet.locator(2, 1, "Total") == "L4:Total"
    assert sheet.name == ""


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("﻿Area,Größe\n".encode(), "utf-8-sig"),
        ("Area,Größe\n".encode(), "utf-8"),
        ("Area,Größe\n".encode("cp1252"), "cp1252"),
        (b"Area,Gr\xf6\x81e\n", "latin-1"),
    ],
)
def test_the_encoding_is_noted_and_the_byte_order_mark_is_not_part_of_a_header(read, data, encoding):
    grid = read(data)
    assert grid.notes["encoding"] == encoding
    assert grid.sheets[0].rows[0][0] == "Area"
    assert str(grid.sheets[0].rows[0][1]).startswith("Grö")


@pytest.mark.parametrize(
    ("data", "expected", "noted"),
    [
        (b"a;b\n1,5;2\n3;4\n", ["a", "b"], ";"),
        (b"a\tb\n1\t2\n", ["a", "b"], "tab"),
        (b"a,b\n1;x,2\n3;y,4\n", ["a", "b"], None),
        (b"Table C2: crimes; by area\na,b\n1,2\n", ["Table C2: crimes; by area", ""], None),
        (b"only one column\nx; y\n", ["only one column"], None),
    ],
)
def test_another_delimiter_than_the_comma_needs_agreement(read, data, expected, noted):
    grid = read(data)
    assert grid.sheets[0].rows[0] == expected
    assert grid.notes.get("delimiter") == noted


def test_short_records_are_padded_and_their_width_is_kept(read):
    sheet = read(b"a,b,c\n1,2,3\n\n4,5\n6,7,8\n").sheets[0]
    assert sheet.rows[3] == ["4", "5", ""]
    assert sheet.widths == [3, 3, 0, 2, 3]


def test_blank_lines_alone_make_no_uneven_rows(read):
    assert read(b"a,b\n\n1,2\n").sheets[0].widths is None


def test_a_trailing_comma_column_is_kept_as_printed(read):
    assert read(b"a,b,\n1,2,\n").sheets[0].rows == [["a", "b", ""], ["1", "2", ""]]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1,\x002\n", "NUL byte on line 2"),
        ("a,b\n".encode("utf-16"), "UTF-16"),
        (b"  \n", "is empty"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "begins on line 3"),
        (b'a,b\n1,"' + b"x" * 140_000 + b'"\n', "from line 2 on"),
    ],
)
def test_damage_is_refused_with_its_line(read, data, words):
    with pytest.raises(FileRefused) as caught:
        read(data)
    assert words in str(caught.value)
    assert str(caught.value).startswith("data.csv: ")


def test_one_endless_record_does_not_multiply_a_file(read, monkeypatch):
    monkeypatch.setattr(delimited, "DELIMITED_CELLS", 1_000)
    with pytest.raises(FileRefused, match="one with 101 cells"):
        read(b"," * 100 + b"\n1" * 100)


@pytest.mark.parametrize("line", [1, 3])
def test_line_of_more_cells_than_a_table_has_columns_is_refused_before_it_costs_anything(read, line):
    """Found by changed files: a line of 40,000 separators took 10 seconds, one of a million some minutes."""
    wide = b"a" + b"," * DELIMITED_COLUMNS + b"\n"
    with pytest.raises(FileRefused, match=f"has 4,097 cells on line {line}; no published table"):
        read(b"a,b\n" * (line - 1) + wide + b"1,2\n")
    assert read(wide.replace(b",", b"", 1)).sheets[0].width == DELIMITED_COLUMNS


def test_large_file_with_more_columns_than_any_table_is_refused(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"a" + b"," * DELIMITED_COLUMNS + b"\n")
    with pytest.raises(FileRefused, match="has 4,097 cells on line 1"):
        open_large(path, "large.csv")


def test_a_file_over_the_limit_is_not_read(read, monkeypatch):
    monkeypatch.setattr(delimited, "DELIMITED_BYTES", 1024 * 1024)
    with pytest.raises(FileRefused, match="larger than 1 MiB"):
        read(b"a,b\n" * 300_000)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6)


@settings(deadline=None)  # it writes files
@given(st.integers(2, 4).flatmap(lambda w: st.lists(st.lists(CELLS, min_size=w, max_size=w), min_size=2)))
def test_what_a_csv_writer_wrote_is_what_is_read(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("csv") / "data.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(records)
    assert read_delimited(path, "data.csv").sheets[0].rows == records


@pytest.mark.real_data
def test_every_real_csv_opens_with_as_many_records_as_another_count(real_data):
    files = sorted(real_data.rglob("*.csv"))
    assert files
    for path in files:
        begin = time.process_time()
        grid = read_grid(path)
        seconds = time.process_time() - begin
        sheet = grid.sheets[0]
        with path.open(encoding=grid.notes["encoding"], newline="") as file:
            expected = list(csv.reader(file))
        assert len(sheet.rows) == len(expected), path.name
        assert sheet.rows[0] == expected[0], path.name
        assert sheet.line_numbers
        assert sheet.line_numbers[-1] <= path.read_bytes().count(b"\n") + 1
        # Under 0.2 s measured for 3 MB; the limit leaves room for a busy machine.
        assert seconds < 2


def test_a_byte_order_mark_before_bytes_that_are_not_utf_8_is_not_part_of_a_header(read):
    grid = read(b"\xef\xbb\xbfname,n\nRh\xf4ne,1\n")
    assert grid.sheets[0].rows[0] == ["name", "n"]
    assert (grid.sheets[0].rows[1][0], grid.notes["encoding"]) == ("Rhône", "cp1252")
