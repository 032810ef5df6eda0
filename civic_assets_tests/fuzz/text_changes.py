"""Changes to text files: their bytes, the structure of delimited text, and JSON answers.

Belongs here: changes that know nothing of what a file says. Does not belong here: changes of values (`cell_changes`),
and zip containers (`container_changes`).

Every change takes a source of random numbers and the file's bytes, and returns the bytes of an input of at most a few
megabytes, in which nothing can harm another program: sizes are those of a damaged file, not of a bomb.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Change = Callable[[Random, bytes], bytes]

ODD_BYTES = (b"\x00", b"\x00\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1a", b"\x0c", b"\xc3\x28", b"\x80", b"\r", b"\x85",
             "\u2028".encode(), "\u202e".encode(), "\ufeff".encode(), b'"', b"\x1b[2J")  # fmt: skip
_ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "cp1252",
    "cp037",
    "utf-7",
    "latin-1",
    "utf-8-sig",
)
_WIDE, _LONG, _DEEP = 1_000_000, 2_000_000, 3_000


def _span(rng: Random, size: int, most: int = 4_000) -> tuple[int, int]:
    first = rng.randrange(max(size, 1))
    return first, min(size, first + rng.randint(1, rng.choice((4, 64, most))))


def _flip(rng: Random, data: bytes) -> bytes:
    changed = bytearray(data or b"x")
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        at = rng.randrange(len(changed))
        changed[at] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] if rng.random() < 0.7 else data[at:]


def _remove(rng: Random, data: bytes) -> bytes:
    first, end = _span(rng, len(data))
    return data[:first] + data[end:]


def _repeat(rng: Random, data: bytes) -> bytes:
    first, end = _span(rng, len(data))
    return data[:end] + data[first:end] * rng.choice((1, 2, 50)) + data[end:]


def _insert(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.choice(ODD_BYTES) * rng.choice((1, 1, 3, 200)) + data[at:]


def _swap(rng: Random, data: bytes) -> bytes:
    a, b, c = sorted(rng.randrange(len(data) + 1) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _noise(rng: Random, data: bytes) -> bytes:
    first, end = _span(rng, len(data))
    return data[:first] + rng.randbytes(end - first) + data[end:]


def _encode(rng: Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    changed = text.encode(rng.choice(_ENCODINGS), "replace")
    return changed if rng.random() < 0.7 else data[: len(data) // 2] + changed[len(changed) // 2 :]


BYTES: Mapping[str, Change] = {
    "flip": _flip, "cut": _cut, "remove": _remove, "repeat": _repeat, "insert": _insert, "swap": _swap,
    "noise": _noise, "encode": _encode,
}  # fmt: skip


def _lines(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True) or [b"\n"]


def _delimiter(rng: Random, data: bytes) -> bytes:
    return data.replace(b",", rng.choice((b";", b"\t", b"|", b",,", b" ", b",\x00", b"\xc2\xa0,")))


def _quotes(rng: Random, data: bytes) -> bytes:
    at = rng.randrange(len(data) + 1)
    return rng.choice((
        data[:at] + b'"' + data[at:],
        data.replace(b'"', b""),
        data.replace(b'"', b"'"),
        data.replace(b",", b'","'),
        data[:at] + b'"""' + data[at:] + b'"',
        data.replace(b"\n", b'"\n"', 3),
    ))  # fmt: skip


def _line_ends(rng: Random, data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(
        b"\n", rng.choice((b"\r", b"\r\n", b"\n\n", b"\r\r\n", b"\x0b", b"\xe2\x80\xa8\n", b""))
    )


def _ragged(rng: Random, data: bytes) -> bytes:
    lines = _lines(data)
    for _ in range(rng.choice((1, 3, 20))):
        at = rng.randrange(len(lines))
        cells = lines[at].rstrip(b"\r\n").split(b",")
        place = rng.randrange(len(cells) + 1)
        if rng.random() < 0.5:
            cells.insert(place, rng.choice((b"", b"7", b"x", cells[0])))
        else:
            del cells[place : place + rng.randint(1, 3)]
        lines[at] = b",".join(cells) + b"\n"
    return b"".join(lines)


def _columns(rng: Random, data: bytes) -> bytes:
    """A column removed, repeated, moved or with another header, in every line."""
    rows = [line.rstrip(b"\r\n").split(b",") for line in _lines(data)]
    width = max(map(len, rows))
    at, to = rng.randrange(width), rng.randrange(width)
    how = rng.randrange(4)
    for number, cells in enumerate(rows):
        if at < len(cells):
            cell = cells[at]
            if how == 0:
                del cells[at]
            elif how == 1:
                cells.insert(to, cell)
            elif how == 2:
                del cells[at]
                cells.insert(to, cell)
            elif number == 0:
                cells[at] = rng.choice((cell.upper(), cell + b"_2", b"", cell[::-1], cells[to % len(cells)]))
    return b"\n".join(b",".join(cells) for cells in rows) + b"\n"


def _rows(rng: Random, data: bytes) -> bytes:
    lines = _lines(data)
    at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.randrange(6)
    if how == 0:
        del lines[at : at + rng.choice((1, 5, 1000))]
    elif how == 1:
        lines[to:to] = lines[at : at + 1] * rng.choice((1, 2, 500))
    elif how == 2:
        lines[at], lines[to] = lines[to], lines[at]
    elif how == 3:
        lines[at:at] = [rng.choice((b"\n", b",,,,\n", b"Total\n", b"Note: see the guide\n"))] * rng.choice(
            (1, 40)
        )
    elif how == 4:
        lines.sort(key=lambda _: rng.random())
    else:
        lines = lines * rng.choice((2, 3))
    return b"".join(lines)


def _wide(rng: Random, data: bytes) -> bytes:
    """One line of a million columns, or one very long cell."""
    lines = _lines(data)
    at = rng.randrange(len(lines))
    long = rng.choice((b"," * _WIDE, b"x" * _LONG, b'"' + b"y" * 200_000 + b'"', b"9" * 5_000, b"a," * 20_000,
                       b'"' + b"\n" * 5_000 + b'"'))  # fmt: skip
    lines[at] = lines[at].rstrip(b"\r\n") + rng.choice((b",", b"")) + long + b"\n"
    return b"".join(lines)


DELIMITED: Mapping[str, Change] = {
    "delimiter": _delimiter, "quotes": _quotes, "line ends": _line_ends, "ragged": _ragged, "columns": _columns,
    "rows": _rows, "rows again": _rows, "columns again": _columns, "wide": _wide,
}  # fmt: skip

_NUMBERS = (
    "1e999",
    "-1e999",
    "1" * 400,
    "1." + "3" * 400,
    "NaN",
    "Infinity",
    "-0",
    "0.1e-400",
    "1E5",
    "9007199254740993",
)
_VALUES: tuple[Any, ...] = (
    None, True, False, "", 0, -1, 1.5, 2**53, [], {}, [[]], [None], {"a": 1}, "\ud800", "\x00", "x" * 100_000, "=1+1",
    "2024-13", "2024-02", "01/02/2024", {"a": {"b": {"c": {}}}}, "٣",
)  # fmt: skip


def _json_value(rng: Random, data: bytes) -> bytes:
    """One value replaced, one field removed, renamed or added."""
    document = json.loads(data)
    places: list[tuple[Any, Any]] = []

    def walk(node: Any) -> None:
        for key in range(len(node)) if isinstance(node, list) else list(node):
            places.append((node, key))
            if isinstance(node[key], (dict, list)):
                walk(node[key])

    if isinstance(document, (dict, list)):
        walk(document)
    for _ in range(rng.choice((1, 1, 4))):
        if not places:
            break
        node, key = rng.choice(places)
        how = rng.randrange(4)
        if how == 0 and isinstance(node, dict):
            node.pop(key, None)
        elif how == 1 and isinstance(node, dict):
            node[rng.choice(("", "a.b", "category", "x" * 3_000, "\x00", str(key).upper()))] = node.get(key)
        elif isinstance(node, dict) or key < len(node):
            node[key] = rng.choice(_VALUES)
    return json.dumps(document).encode("utf-8", "replace")


def _json_text(rng: Random, data: bytes) -> bytes:
    """Numbers that are none, nesting, fields twice, what JSON does not know."""
    text = data.decode("utf-8", "replace")
    digits = [at for at, letter in enumerate(text) if letter.isascii() and letter.isdecimal()]
    at = rng.choice(digits) if digits else 0
    deep = rng.choice((9, 100, _DEEP))
    fields = ",".join(f'"f{number}":{number}' for number in range(rng.choice((499, 501, 5_000))))
    return rng.choice((
        text[:at] + rng.choice(_NUMBERS) + text[at + 1 :],
        "[" * deep + text + "]" * deep,
        '[{"a":' * deep + "1" + "}]" * deep,
        text.replace('"id":', '"category":', 1),
        text.replace(",", ",,", 1),
        f"[{{{fields}}}]",
        f"// a comment\n{text}",
        text + text,
        text.replace("null", "undefined", 1),
        text.replace('"', "'"),
        json.dumps([{} for _ in range(20_000)]),
    )).encode("utf-8", "replace")  # fmt: skip


JSON: Mapping[str, Change] = {"value": _json_value, "value again": _json_value, "text": _json_text}
