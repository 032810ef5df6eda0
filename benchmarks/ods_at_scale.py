"""An OpenDocument file at the scale of the Home Office's: `python -m benchmarks.ods_at_scale FILE MEGABYTES`.

Belongs here: writing it as a stream. Does not belong here: reading it (`ods_streaming`). Its figures are random and
mean nothing; its columns, its kinds of cells and its repetitions are those of the file by Community Safety
Partnership. Prints JSON: rows, the sum of all counts, and the bytes of `content.xml`.
"""

from __future__ import annotations

import json
import random
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from civic_assets.contracts.load import load_contracts
from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets.sources.ons.partnerships import partnerships_of
from civic_assets.values.cells import label

HEADERS = (
    "Financial Year", "Financial Quarter", "Police Force", "CSP Name", "Offence Description", "Offence Group",
    "Offence Subgroup", "Offence Code", "Offence Count",
)  # fmt: skip
# Seven years, as in the largest of the publisher's files, which leaves room for 1.6 GB.
_YEARS = ("2019_20", "2020_21", "2021_22", "2022_23", "2023_24", "2024_25", "2025_26")
_QUARTERS = ("Q1", "Q2", "Q3", "Q4")
# Forces by their real names; their partnerships have the names of the vocabulary.
_FORCES = (
    "Avon and Somerset", "Bedfordshire", "Cambridgeshire", "Cheshire", "Cleveland", "Cumbria", "Derbyshire",
    "Devon and Cornwall", "Dorset", "Durham", "Dyfed-Powys", "Essex", "Gloucestershire", "Greater Manchester", "Gwent",
    "Hampshire", "Hertfordshire", "Humberside", "Kent", "Lancashire", "Leicestershire", "Lincolnshire",
    "London, City of", "Merseyside", "Metropolitan Police", "Norfolk", "North Wales", "North Yorkshire",
    "Northamptonshire", "Northumbria", "Nottinghamshire", "South Wales", "South Yorkshire", "Staffordshire", "Suffolk",
    "Surrey", "Sussex", "Thames Valley", "Warwickshire", "West Mercia", "West Midlands", "West Yorkshire", "Wiltshire",
)  # fmt: skip
_COVER = (f"{SYNTHETIC_MARK}: figures are random and mean nothing",)
_NOTES = (
    "Updated: 1 January 2026",
    "Force Notes",
    "Kent: crimes of Medway and Maidstone stand under Unassigned Kent in the year ending March 2025.",
    "Additional Notes",
    "Partnerships are named as the police name them.",
)
_OFFENCES = 130
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text", "style")
)
_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_SPACES} '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3">'
    "<office:body><office:spreadsheet>"
)
_TAIL = "</office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/></manifest:manifest>'
)
_REST = '<table:table-cell table:number-columns-repeated="16375"/></table:table-row>'
_ROW = '<table:table-row table:style-name="ro1">'
_BLANK = (
    '<table:table-row table:style-name="ro1" table:number-rows-repeated="700000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def text_cell(text: str) -> str:
    """A text cell as LibreOffice writes it."""
    kind = 'office:value-type="string" calcext:value-type="string"'
    return f'<table:table-cell table:style-name="ce2" {kind}><text:p>{text}</text:p></table:table-cell>'


def number_cell(number: int) -> str:
    """A number cell as LibreOffice writes it."""
    kind = f'office:value-type="float" office:value="{number}" calcext:value-type="float"'
    return f'<table:table-cell table:style-name="ce3" {kind}><text:p>{number}</text:p></table:table-cell>'


def sheet_of(name: str, lines: Sequence[str]) -> str:
    """A sheet with one text in each row."""
    rows = "".join(f"{_ROW}{text_cell(line)}{_REST}" for line in lines)
    return f'<table:table table:name="{name}">{rows}{_BLANK}</table:table>'


def write_ods(path: Path, megabytes: float) -> dict[str, int]:
    """Write rows until `content.xml` has this number of MB (10^6 bytes); the years' sheets have about equal length.

    Raises:
        ValueError: The quarters of the years do not have room for these rows.
    """
    chance = random.Random(1)
    offences = ["".join(map(text_cell, offence)) for offence in _offences()]
    areas = [text_cell(force) + text_cell(partnership) for force, partnership in _areas()]
    rows = total = written = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", _MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            written += content.write((_HEAD + sheet_of("Cover_sheet", _COVER)).encode())
            for nth, name in enumerate(_YEARS, start=1):
                header = _ROW + "".join(map(text_cell, HEADERS)) + _REST
                written += content.write(f'<table:table table:name="{name}">{header}'.encode())
                year = text_cell(name.replace("_", "/"))
                places = (
                    (f"{_ROW}{year}{text_cell(quarter)}", area) for quarter in _QUARTERS for area in areas
                )
                while written < nth * megabytes * 1e6 / len(_YEARS):
                    start, area = next(places, ("", ""))
                    if not area:
                        raise ValueError(f"{megabytes:g} MB are more than {len(_YEARS)} years have rows for")
                    # Mostly small counts, as in any detailed table of crime, and some large ones.
                    counts = [int(chance.paretovariate(0.8)) % 5000 - 1 for _ in offences]
                    lines = (
                        f"{start}{area}{offence}{number_cell(number)}{_REST}"
                        for offence, number in zip(offences, counts, strict=True)
                    )
                    written += content.write("".join(lines).encode())
                    rows, total = rows + len(counts), total + sum(counts)
                written += content.write(f"{_BLANK}</table:table>".encode())
            written += content.write((sheet_of("Notes", _NOTES) + _TAIL).encode())
    return {"rows": rows, "sum": total, "bytes": written}


def _areas() -> list[tuple[str, str]]:
    """Police force and partnership of each area."""
    codes = load_contracts()["home_office_prc"].parser.options["forces"]
    return [(force, found.names[0]) for force in _FORCES for found in partnerships_of(codes[label(force)])]


def _offences() -> list[tuple[str, ...]]:
    """Description, group, subgroup and code of each offence."""
    return [
        (f"Offence described at some length, no. {n}", f"Group {n % 12}", f"Subgroup {n % 40}", f"{n}A")
        for n in range(_OFFENCES)
    ]


if __name__ == "__main__":
    print(json.dumps(write_ods(Path(sys.argv[1]), float(sys.argv[2]))))
