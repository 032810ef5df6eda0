"""JSON documents as a grid of one sheet: the answers of a publisher's API.

Belongs here: turning a list of records (or one record) into rows, and nested fields into columns; reasons to refuse a
document. Does not belong here: which API answered, and the meaning of the fields (a contract).

The first row holds the names of the fields, in the order of first occurrence; each record is one row below it.
Fields of a record within a record are joined with dots: `location.street.name`. The address of a value is the path to
it, from 0: `[3].location.street.name` in the fourth record; a document that is a single record is `[0]`. A field that
is null or missing in a record is an empty cell, as is `""`; only the archived bytes distinguish the three.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from civic_assets.errors import FileRefused
from civic_assets.house_numbers.file_limits import JSON_BYTES, JSON_DEPTH, JSON_FIELDS
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue

# A larger number cannot be kept digit for digit (and could have a million digits).
_EXACT = 2**53
_FETCH = "Download the answer again; if the problem remains, report it to the publisher."


class _Hostile(ValueError):
    """Content that no publisher's answer needs; the message completes `<file> ...`."""


class _NoRecords(_Hostile):
    """Content of a valid document that is not a list of records: a map, a catalogue, settings."""


def read_json(path: Path, file_name: str) -> Grid:
    """Every value of a JSON document that is a list of records, or one record.

    Args:
        path: Path of the file.
        file_name: Name of the file as the user knows it.

    Returns:
        A grid with one sheet named `""`, whose `records` is true; an empty list has no rows. Texts, numbers and
        truth values are cells as they are. Notes of the grid: `json` (`list` or `record`), `encoding`.

    Raises:
        FileRefused: The file is too large, not UTF-8 or damaged, has a field twice in a record, a number that cannot be
            kept exactly or is not one (`NaN`), records nested too deep or with too many fields, or values that are not
            records.
    """
    text, encoding = _text(path, file_name)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_record,
            parse_int=_whole_number,
            parse_float=_number,
            parse_constant=_no_number,
        )
        records = document if isinstance(document, list) else [document]
        rows = [dict(_fields(record, index)) for index, record in enumerate(records)]
    except json.JSONDecodeError as error:
        reason = f"is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}). {_FETCH}"
        raise FileRefused(file_name, reason) from error
    except RecursionError as error:
        raise FileRefused(file_name, f"is JSON nested deeper than {JSON_DEPTH} levels. {_FETCH}") from error
    except _Hostile as error:
        honest = isinstance(error, _NoRecords)
        advice = "It is not an answer of a publisher with a contract; leave it out." if honest else _FETCH
        raise FileRefused(file_name, f"is JSON that {error}. {advice}", unsupported=honest) from error
    notes = {"json": "list" if isinstance(document, list) else "record", "encoding": encoding}
    return Grid(file_name, "json", [Sheet("", _table(rows, file_name), records=True)], notes)


def _text(path: Path, name: str) -> tuple[str, str]:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= JSON_BYTES else b""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefused(name, f"cannot be opened ({reason}). Check the path and permissions.") from error
    if size > JSON_BYTES:
        most = JSON_BYTES // 1024 // 1024
        raise FileRefused(
            name, f"is JSON of more than {most} MiB. Request less at a time, and supply the parts."
        )
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        reason = (
            f"is JSON but not in UTF-8, as JSON must be (byte 0x{data[error.start]:02x} at position "
            f"{error.start})."
        )
        raise FileRefused(name, f"{reason} {_FETCH}") from error


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Hostile(f"has the field {twice[:80]!r} twice in one record, so it is unknown which counts")
    return record


def _whole_number(digits: str) -> float:
    if len(digits) > 17 or abs(int(digits)) > _EXACT:
        raise _Hostile(f"has the number {digits[:20]}..., too large to be kept digit for digit")
    return float(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise _Hostile(f"has the number {digits[:20]}, too large to be kept")
    return number


def _no_number(word: str) -> float:
    raise _Hostile(f"has {word}, which is neither a number nor valid JSON")


def _fields(record: Any, index: int) -> Iterator[tuple[str, CellValue]]:
    """Fields of one record with their values, with joined names for those of nested records; null is `""`."""
    if not isinstance(record, dict):
        raise _NoRecords(
            f"has a {_kind(record)} at [{index}] where a record (an object of fields) is expected"
        )
    names: set[str] = set()
    # A stack, since a document may be nested deeper than Python's recursion limit.
    waiting = [(name, value, 1) for name, value in reversed(record.items())]
    while waiting:
        name, value, depth = waiting.pop()
        if depth > JSON_DEPTH:
            raise _Hostile(f"is nested deeper than {JSON_DEPTH} levels at [{index}].{name[:80]}")
        if isinstance(value, dict):
            waiting += [(f"{name}.{inner}", own, depth + 1) for inner, own in reversed(value.items())]
            continue
        if isinstance(value, list):
            raise _NoRecords(
                f"has a list within a record at [{index}].{name[:80]}, which cannot be a cell of a table"
            )
        if name in names:
            raise _Hostile(f"has two fields that read {name[:80]!r} in the record [{index}]")
        names.add(name)
        yield (
            _whole(name, index),
            "" if value is None else _whole(value, index) if isinstance(value, str) else value,
        )


def _whole(text: str, index: int) -> str:
    """A text that can be written again: half of a character (a lone surrogate) cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Hostile(f"has half a character (a lone surrogate) in the record [{index}]") from None
    return text


def _kind(value: Any) -> str:
    return {list: "list", str: "text", bool: "truth value", float: "number"}.get(type(value), "null")


def _table(records: list[dict[str, CellValue]], name: str) -> list[list[CellValue]]:
    """A row with the names of all fields, then a row for each record."""
    fields = list(dict.fromkeys(field for record in records for field in record))
    if len(fields) > JSON_FIELDS:
        reason = (
            f"is JSON with {len(fields):,} different fields, more than {JSON_FIELDS}, so it is not a list of "
            f"records. {_FETCH}"
        )
        raise FileRefused(name, reason, unsupported=True)
    parents = {field[:at] for field in fields for at, letter in enumerate(field) if letter == "."}
    # If a nested record is null, the other records show which fields it would have had.
    filled = {field for field in parents.intersection(fields) if any(r.get(field, "") != "" for r in records)}
    fields = [field for field in fields if field not in parents or field in filled]
    if not fields:
        return []
    return [list(fields), *([record.get(field, "") for field in fields] for record in records)]
