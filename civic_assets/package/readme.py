"""`README.md` of a package: what it is, how to read it and how to cite it.

Belongs here: that text. Its code is run by the tests. Does not belong here: what programs read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civic_assets.package import catalogue_entry, csv_on_the_web, data_package, dictionary, files
from civic_assets.package.contract import contract_path
from civic_assets.package.data_package import deprecations
from civic_assets.package.formulas import SHEET_ROWS
from civic_assets.package.sources import MADE_UP, Origin
from civic_assets.package.tables import CSV, FORMATS, PARQUET, Written

NAME = "README.md"
"""Name of the file."""

_PANDAS = """\
import json

import pandas as pd

TYPES = {"number": "float64", "integer": "Int64", "boolean": "boolean"}


def read(name, folder="."):
    with open(f"{folder}/datapackage.json", encoding="utf-8") as file:
        (table,) = (one for one in json.load(file)["resources"] if one["name"] == name)
    fields = table["schema"]["fields"]
    return pd.read_csv(
        f"{folder}/{table['path']}",
        dtype={one["name"]: TYPES.get(one["type"], "string") for one in fields},
        na_values={one["name"]: one["missingValues"] for one in fields},
        keep_default_na=False,
        parse_dates=[one["name"] for one in fields if one["type"] == "date"],
        date_format="%Y-%m-%d",
    )
"""
_POLARS = """\
import json

import polars as pl

TYPES = {"number": pl.Float64, "integer": pl.Int64, "boolean": pl.Boolean, "date": pl.Date}


def read(name, folder="."):
    with open(f"{folder}/datapackage.json", encoding="utf-8") as file:
        (table,) = (one for one in json.load(file)["resources"] if one["name"] == name)
    fields = table["schema"]["fields"]
    rows = pl.read_csv(
        f"{folder}/{table['path']}",
        schema={one["name"]: TYPES.get(one["type"], pl.String) for one in fields},
    )
    cells = []
    for one in fields:
        cell = pl.col(one["name"])
        if one["type"] not in TYPES and one["missingValues"] != [""]:
            cell = cell.fill_null("").replace(dict.fromkeys(one["missingValues"]))
        cells.append(cell)
    return rows.select(cells)
"""
_DUCKDB = """\
import json

import duckdb

TYPES = {"number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


def read(name, folder="."):
    with open(f"{folder}/datapackage.json", encoding="utf-8") as file:
        (table,) = (one for one in json.load(file)["resources"] if one["name"] == name)
    fields = table["schema"]["fields"]
    columns = {one["name"]: TYPES.get(one["type"], "VARCHAR") for one in fields}
    texts = [name for name, kind in columns.items() if kind == "VARCHAR"]
    missing = {one["name"]: one["missingValues"][0] for one in fields if one["missingValues"]}
    cells = ", ".join(
        f"nullif({name}, '{missing[name]}') AS {name}" if name in texts and name in missing else name
        for name in columns
    )
    options = f"header = true, columns = {columns}" + (f", force_not_null = {texts}" if texts else "")
    file = f"{folder}/{table['path']}"
    return duckdb.sql(f"SELECT {cells} FROM read_csv('{file}', hive_partitioning = false, {options})")
"""
SNIPPETS = {"pandas": _PANDAS, "polars": _POLARS, "DuckDB": _DUCKDB}
"""Code that reads a CSV with the types and the missing values that the metadata declare, by library."""


def readme(origin: Origin, tables: Sequence[Written], left_out: Mapping[str, str]) -> str:
    """The text.

    Args:
        origin: Publication and sources.
        tables: Tables as they were written.
        left_out: Tables that are not in the package, with the reason.
    """
    parts = [f"# {origin.title}"]
    if origin.synthetic:
        parts.append(f"**{MADE_UP}**")
    parts += [_what(origin), _files(tables), _reading(tables), _spreadsheets(tables), _citing(origin)]
    gone = deprecations(tables)
    if gone:
        named = (f"{one['table']}{'.' if one['column'] else ''}{one['column']}" for one in gone)
        lines = "\n".join(f"- `{name}`: {one['instead']}" for name, one in zip(named, gone, strict=True))
        parts.append(f"## Deprecated\n\n{lines}")
    else:
        parts.append("## Deprecated\n\nNo table and no column of this package is deprecated.")
    parts.append(_tables(tables))
    if left_out:
        lines = "\n".join(f"- `{name}`: {reason}" for name, reason in left_out.items())
        parts.append(f"## Left out\n\n{lines}")
    return "\n\n".join(parts) + "\n"


def _what(origin: Origin) -> str:
    named = ", ".join(f"`{one.source}`" for one in origin.sources)
    return f"""\
Public statistics of the United Kingdom, read from the cells of their publishers' files. Each figure comes with what it
measures, its area and period, its status and quality, and the cell that it was read from.

- Publication {origin.number}, of {origin.published_at:%Y-%m-%dT%H:%M:%SZ}.
- Hash of the publication: `{origin.hash}`. The same publication gives the same files, byte for byte.
- Version {origin.version} of the contracts of what is published.
- Sources: {named}.

Read a figure (`value`) with its `status` and its `quality`. A status such as `suppressed` says why there is no number:
such a cell is never 0. A figure whose quality is `disputed` fails a check, and one that is `withheld` would reveal what
a publisher hides. Look in `quality.comparability_pairs` before you compare figures."""


def _files(tables: Sequence[Written]) -> str:
    forms = {form for one in tables for form in one.files}
    tests = "; ".join(f"`datacontract test {contract_path(form)}`" for form in FORMATS if form in forms)
    lines = {
        f"`{PARQUET}/`": "the tables as Parquet, with their types; nothing has to be declared to read them",
        f"`{CSV}/`": "the tables as CSV: UTF-8, commas, texts quoted where needed, lists as JSON text",
        f"`{data_package.NAME}`": "types, keys, missing values, references, licences and attribution "
        "(Frictionless Data Package)",
        f"`{csv_on_the_web.NAME}`": "the same for CSV on the Web (W3C)",
        f"`{catalogue_entry.NAME}`": "an entry for a data catalogue (DCAT 3)",
        f"`{dictionary.NAME}`": "what every column means",
        "`contracts/`": "what is promised of the tables (Open Data Contract Standard). Test it in this folder with: "
        + tests,
        f"`{files.CHECKSUMS}`": f"hashes of all other files. Check them with: `sha256sum --check {files.CHECKSUMS}`",
    }
    absent = {f"`{form}/" for form in FORMATS if form not in forms}
    lines = {name: text for name, text in lines.items() if not name.startswith(tuple(absent) or ("-",))}
    rows = "\n".join(f"| {name} | {text} |" for name, text in lines.items())
    return f"## Files\n\n| file | holds |\n|---|---|\n{rows}"


def _reading(tables: Sequence[Written]) -> str:
    if not any(CSV in one.files for one in tables):
        return (
            "## Read\n\nParquet carries the types: `pandas.read_parquet`, `polars.read_parquet` and DuckDB's\n"
            "`read_parquet` give the same values."
        )
    snippets = "\n\n".join(f"With {library}:\n\n```python\n{code}```" for library, code in SNIPPETS.items())
    return f"""\
## Read

Parquet carries the types: `pandas.read_parquet`, `polars.read_parquet` and DuckDB's `read_parquet` give the same
values as the read model. CSV has no types, and programs guess: they take `0012` for a number and the text `None` for a
missing value. Read it with the types and missing values that `{data_package.NAME}` declares. In most columns an empty
cell has no value. Where `missingValues` is empty, an empty cell is a text of no characters; where it names a marker,
that is a cell without a value. Call `read("harmonised_observations")`, or another name from the list of tables. A list
stays JSON text. With pandas before version 3, add `float_precision="round_trip"`, so that no last digit is lost.

{snippets}"""


def _spreadsheets(tables: Sequence[Written]) -> str:
    written = [one for one in tables if CSV in one.files]
    if not written:
        return "## Spreadsheets\n\nThis package has no CSV. Spreadsheets do not open Parquet."
    long = [f"`{one.table.name}` ({one.rows:,})" for one in written if one.rows >= SHEET_ROWS]
    too_long = f" These tables have more rows than a sheet: {', '.join(long)}." if long else ""
    packed = [one for one in written if one.packed]
    found = (
        "No text of this package is such a formula."
        if not packed
        else "These tables have such texts, so their CSV is packed (`.csv.gz`):\n\n"
        + "\n".join(
            f"- `{one.table.name}.{cells.column}`: {cells.number:,} {'cell' if cells.number == 1 else 'cells'}"
            for one in packed
            for cells in one.formulas
        )
    )
    return f"""\
## Spreadsheets

Import the CSV instead of opening it, and give every column of texts the type Text: otherwise a spreadsheet turns
`2024-12` into a date and `0012` into 12. It shows 15 digits of a number.{too_long}

A spreadsheet may evaluate a text that begins with `=`, `+`, `-` or `@`. Such a text is not changed here, because a
program would read the change. The CSV of a table that has one is packed instead: pandas, polars and DuckDB read it as
it is, and a spreadsheet does not open it at a click. Do not unpack it for one. {found}"""


def _citing(origin: Origin) -> str:
    lines = "\n".join(f"- {one.attribution}{_address(one.licence_url)}" for one in origin.sources)
    return f"""\
## Cite

Cite the source of the figures that you use, as its publisher asks. Add that they were taken from publication
{origin.number} (`{origin.hash[:16]}`) of civic_assets. Where the Open Government Licence applies: "Contains public
sector information licensed under the Open Government Licence v3.0."

{lines}"""


def _address(url: str) -> str:
    return f" <{url}>" if url else ""


def _tables(tables: Sequence[Written]) -> str:
    rows = "\n".join(
        f"| `{one.table.file}` | {one.rows:,} | {one.table.text.replace('|', '/')} |" for one in tables
    )
    return f"## Tables\n\nThe name of a table is that of its files.\n\n| table | rows | holds |\n|---|---|---|\n{rows}"
