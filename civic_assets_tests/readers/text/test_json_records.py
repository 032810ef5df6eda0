"""An answer of an API is a table whose cells are found again by their path, or it is refused with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.errors import FileRefused
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid
from civic_assets.readers.raw_table import grid_to_table, table_to_grid
from civic_assets.readers.text import json_records
from civic_assets.readers.text.json_records import read_json

RECORDS = [
    {
        "id": 7,
        "category": "burglary",
        "location": {"street": {"id": 1, "name": "Mill Lane"}},
        "outcome": None,
    },
    {"id": 8, "category": "drugs", "location": None, "outcome": {"date": "2026-06"}, "late": True},
]


def _read(folder: Path, data: bytes | Any) -> Grid:
    path = folder / "answer"
    path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
    return read_json(path, "answer.json")


def _refusal(folder: Path, data: bytes | Any) -> str:
    with pytest.raises(FileRefused) as caught:
        _read(folder, data)
    sentence = str(caught.value)
    assert sentence.startswith("answer.json: ")
    assert sentence.endswith(".")
    return sentence


def test_nested_fields_are_columns_and_their_paths_are_addresses(tmp_path: Path) -> None:
    (sheet,) = _read(tmp_path, RECORDS).sheets
    names = ["id", "category", "location.street.id", "location.street.name", "outcome.date", "late"]
    assert sorted(map(str, sheet.rows[0])) == sorted(names)
    cells = {name: [row[at] for row in sheet.rows[1:]] for at, name in enumerate(sheet.rows[0])}
    assert cells["location.street.name"] == ["Mill Lane", ""]
    assert cells["outcome.date"] == ["", "2026-06"]
    assert cells["id"] == [7.0, 8.0] and cells["late"] == ["", True]
    column = sheet.rows[0].index("location.street.name")
    assert sheet.locator(1, column) == "[0].location.street.name"
    assert sheet.locator(0, column) == "[*].location.street.name"


def test_empty_list_has_no_rows_and_one_record_is_a_list_of_one(tmp_path: Path) -> None:
    empty, one = _read(tmp_path, []), _read(tmp_path, {"date": "2026-08-01"})
    assert empty.sheets[0].rows == [] and empty.notes["json"] == "list"
    assert one.sheets[0].rows == [["date"], ["2026-08-01"]] and one.notes["json"] == "record"


def test_byte_order_mark_is_not_part_of_the_document(tmp_path: Path) -> None:
    grid = _read(tmp_path, b"\xef\xbb\xbf" + json.dumps(RECORDS).encode())
    assert grid.sheets[0].rows[0][0] == "id"
    assert grid.notes["encoding"] == "utf-8-sig"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'[{"a": 1}', "not valid JSON (line 1"),
        (b'[{"a": 1, "a": 2}]', "field 'a' twice"),
        (b'[{"a": NaN}]', "has NaN"),
        (b'[{"a": -Infinity}]', "has -Infinity"),
        (b'[{"a": 1e999}]', "1e999, too large"),
        (b'[{"a": 9007199254740993}]', "too large to be kept digit for digit"),
        (b'[{"a": ' + b"9" * 100_000 + b"}]", "too large"),
        (b"[" * 100_000 + b"]" * 100_000, "nested deeper"),
        (b'[{"a": ' + b'{"b": ' * 9 + b"1" + b"}" * 9 + b"}]", "nested deeper than 8 levels at [0]"),
        (b'[{"a": {"b": 1}, "a.b": 2}]', "two fields that read 'a.b'"),
        (b'[{"a": [1, 2]}]', "list within a record at [0].a"),
        (b'[{"a": 1}, 2]', "number at [1] where a record"),
        (b"[[1]]", "list at [0]"),
        (b'[{"a": "\\ud800"}]', "half a character"),
        ('[{"a": "Straße"}]'.encode("latin-1"), "not in UTF-8"),
        ([{f"f{n}": 1 for n in range(501)}], "501 different fields"),
    ],
)
def test_hostile_document_is_refused_with_a_sentence(tmp_path: Path, data: Any, words: str) -> None:
    assert words in _refusal(tmp_path, data)


@pytest.mark.parametrize(
    ("document", "ignored"),
    [({"a": [1]}, True), ([1], True), (b'[{"a": NaN}]', False), (b'[{"a": 1}', False)],
)
def test_document_that_is_not_a_list_of_records_is_left_alone_and_a_damaged_one_is_refused(
    tmp_path: Path, document: Any, ignored: bool
) -> None:
    with pytest.raises(FileRefused) as caught:
        _read(tmp_path, document)
    assert caught.value.unsupported is ignored


def test_document_beyond_the_limit_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "JSON_BYTES", 1024 * 1024)
    assert "more than 1 MiB" in _refusal(tmp_path, b" " * (1024 * 1024 + 1))


VALUES = (
    st.text(st.characters(codec="utf-8"), max_size=8)
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
NAMES = st.text("abcxyz_", min_size=1, max_size=4)
NESTED = st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), min_size=1)


def _at(record: dict[str, Any], path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return "" if isinstance(value, dict) else value


@given(st.lists(NESTED, min_size=1, max_size=6))
def test_every_value_is_under_its_path_and_comes_back_from_raw(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    grid = _read(tmp_path_factory.mktemp("json"), records)
    (sheet,) = grid.sheets
    leaves = 0
    for row, record in enumerate(records, start=1):
        for column, name in enumerate(sheet.rows[0]):
            cell, own = sheet.rows[row][column], _at(record, str(name))
            assert cell == own and isinstance(cell, bool) == isinstance(own, bool)
            leaves += own != "" or isinstance(own, bool)
    expected = sum(
        value != "" or isinstance(value, bool)
        for record in records
        for field in record.values()
        for value in (field.values() if isinstance(field, dict) else [field])
    )
    assert leaves == expected
    table = grid_to_table(grid)
    assert table_to_grid(table, "answer.json") == grid
    addresses = set(table.column("locator").to_pylist())
    assert addresses <= {
        sheet.locator(row, column) for row in range(len(sheet.rows)) for column in range(sheet.width)
    }


@pytest.mark.real_data
def test_real_answer_is_read_value_for_value(real_data: Path) -> None:
    compared = 0
    for path in sorted((real_data / "police-uk").rglob("crimes-street*.json")):
        records = json.loads(path.read_text(encoding="utf-8"))
        (sheet,) = read_grid(path).sheets
        for row, record in enumerate(records, start=1):
            for column, name in enumerate(sheet.rows[0]):
                own = _at(record, str(name))
                assert sheet.rows[row][column] == ("" if own is None else own), sheet.locator(row, column)
                compared += 1
    assert compared == 5 * 13
