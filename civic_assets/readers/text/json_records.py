"""JSON documents as a grid of one sheet: the answers of a publisher's API.

Belongs here: a list of records (or one alone) to rows, nested fields to columns, and every reason to refuse a document.
Does not belong here: which API answered, and what the fields mean (a contract).

The first row holds the names of the fields, in the order in which they first occur; each record is one row below it.
Fields of a record within a record are joined with dots: `location.street.name`. The address of a value is the path to
it, from 0: `[3].location.street.name` in the fourth record; a document that is one record alone is `[0]`. A field that
is null or missing in a record is an empty cell, as is `""`; which of them it was, only the archived bytes say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from civic_assets.errors import FileRefused
from civic_assets.readers.grid import Grid, Sheet
from civic_assets.values.cells import CellValue

# The API of data.police.uk answers with 10,000 records at most, of some 400 bytes each.
MAX_BYTES = 64 * 1024 * 1024
# Its records are nested three deep (`location.street.name`).
MAX_DEPTH = 8
# Records of one kind share their fields; a document with more of them is no list of records.
MAX_FIELDS = 500
# Beyond this a number is not kept digit for digit (and its digits could be a million).
_EXACT = 2**53
_FETCH = "Fetch the answer again; if it stays so, report it to the publisher."


class _Hostile(ValueError):
    """What a document holds that no publisher's answer needs; the message completes `<file> ...`."""


class _NoRecords(_Hostile):
    """What an honest document holds that is no list of records: a map, a catalogue, settings."""


def read_json(path: Path, file_name: str) -> Grid:
    """Every value of a JSON document that is a list of records, or one record.

    Args:
        path: Where the bytes are.
        file_name: The name the user knows the file by.

    Returns:
        A grid with one sheet named `""`, whose `records` is true; an empty list has no row at all. Texts, numbers and
        truth values are cells as they are. Notes of the grid: `json` (`list` or `record`), `encoding`.

    Raises:
        FileRefused: Too large, no UTF-8, damaged, a field that stands twice in a record, a number that can not be kept
            exactly or is none (`NaN`), records nested too deep or with too many fields, or values that are no records.
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
        reason = f"is no valid JSON (line {error.lineno}, column {error.colno}: {error.msg}). {_FETCH}"
        raise FileRefused(file_name, reason) from error
    except RecursionError as error:
        raise FileRefused(file_name, f"is JSON nested deeper than {MAX_DEPTH} levels. {_FETCH}") from error
    except _Hostile as error:
        honest = isinstance(error, _NoRecords)
        advice = "It is no answer of a publisher that is known here." if honest else _FETCH
        raise FileRefused(file_name, f"is JSON that {error}. {advice}", unsupported=honest) from error
    notes = {"json": "list" if isinstance(document, list) else "record", "encoding": encoding}
    return Grid(file_name, "json", [Sheet("", _table(rows, file_name), records=True)], notes)


def _text(path: Path, name: str) -> tuple[str, str]:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileRefused(name, f"cannot be opened ({reason}). Check the path and permissions.") from error
    if size > MAX_BYTES:
        most = MAX_BYTES // 1024 // 1024
        raise FileRefused(
            name, f"is JSON of more than {most} MiB. Ask for less at a time, and give the parts."
        )
    encoding = "utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        reason = f"is JSON but no UTF-8, as JSON must be (byte 0x{data[error.start]:02x} at position {error.start})."
        raise FileRefused(name, f"{reason} {_FETCH}") from error


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Hostile(
            f"has the field {twice[:80]!r} twice in one record, so that it is not known which counts"
        )
    return record


def _whole_number(digits: str) -> float:
    if len(digits) > 17 or abs(int(digits)) > _EXACT:
        raise _Hostile(f"holds the number {digits[:20]}..., too large to be kept digit for digit")
    return float(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if abs(number) == float("inf"):
        raise _Hostile(f"holds the number {digits[:20]}, too large to be kept")
    return number


def _no_number(word: str) -> float:
    raise _Hostile(f"holds {word}, which is no number and no JSON")


def _fields(record: Any, index: int) -> Iterator[tuple[str, CellValue]]:
    """Fields of one record with their values, those of records within it under joined names; null is `""`."""
    if not isinstance(record, dict):
        raise _NoRecords(
            f"holds a {_kind(record)} at [{index}] where a record (an object of fields) is expected"
        )
    names: set[str] = set()
    # A stack, since a document may be nested deeper than functions may call each other.
    waiting = [(name, value, 1) for name, value in reversed(record.items())]
    while waiting:
        name, value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise _Hostile(f"is nested deeper than {MAX_DEPTH} levels at [{index}].{name[:80]}")
        if isinstance(value, dict):
            waiting += [(f"{name}.{inner}", own, depth + 1) for inner, own in reversed(value.items())]
            continue
        if isinstance(value, list):
            raise _NoRecords(
                f"holds a list within a record at [{index}].{name[:80]}, which is no cell of a table"
            )
        if name in names:
            raise _Hostile(f"has two fields that read {name[:80]!r} in the record [{index}]")
        names.add(name)
        yield (
            _whole(name, index),
            "" if value is None else _whole(value, index) if isinstance(value, str) else value,
        )


def _whole(text: str, index: int) -> str:
    """A text that can be written again: half of a character (a lone surrogate) can not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Hostile(f"holds half a character (a lone surrogate) in the record [{index}]") from None
    return text


def _kind(value: Any) -> str:
    return {list: "list", str: "text", bool: "truth value", float: "number"}.get(type(value), "null")


def _table(records: list[dict[str, CellValue]], name: str) -> list[list[CellValue]]:
    """The names of all fields, then a row for each record."""
    fields = list(dict.fromkeys(field for record in records for field in record))
    if len(fields) > MAX_FIELDS:
        reason = f"is JSON with {len(fields):,} different fields, more than {MAX_FIELDS}: no list of records."
        raise FileRefused(name, reason, unsupported=True)
    parents = {field[:at] for field in fields for at, letter in enumerate(field) if letter == "."}
    # Where a record within a record is null, the others say which fields it would have had.
    filled = {field for field in parents.intersection(fields) if any(r.get(field, "") != "" for r in records)}
    fields = [field for field in fields if field not in parents or field in filled]
    if not fields:
        return []
    return [list(fields), *([record.get(field, "") for field in fields] for record in records)]
