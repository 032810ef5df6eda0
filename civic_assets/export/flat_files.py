"""Exported figures as CSV, Parquet and JSON: one row or record for each figure.

Belongs here: the columns of these files, and writing them. Does not belong here: which figures (`chosen`), and
workbooks (`workbook`).

Files are written in batches, so that a million figures need little more memory than a thousand. The same publication
gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.answers.document import as_document
from civic_assets.export.shorthand import SHORTHAND
from civic_assets.publish.site.glossary.vocabulary import glossary
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.export.chosen import Chosen

_METADATA_KEY = b"civic_assets"
_BETWEEN = " | "


def write_csv(chosen: Chosen, path: Path) -> None:
    """Write UTF-8 with a line of headers; an absent value is empty, and its status says why.

    The columns are those of `Chosen.rows`, with `notes` as the places of all notes about the figure, and `caveats` in
    place of `own`: the texts of those that single it out. Several are separated by ` | `.
    """
    import pyarrow as pa
    from pyarrow import csv

    writer = None
    with pa.OSFile(str(path), "wb") as sink:
        for batch in _batches(chosen):
            flat = _joined(batch)
            if writer is None:
                options = csv.WriteOptions(include_header=True, quoting_style="needed")
                writer = csv.CSVWriter(sink, flat.schema, write_options=options)
            writer.write_table(flat)
        if writer is not None:
            writer.close()


def write_parquet(chosen: Chosen, path: Path) -> None:
    """Write Parquet, with `notes` and `caveats` as lists; the schema's metadata has what `about` says as JSON."""
    import pyarrow.parquet as pq

    said = json.dumps(about(chosen), ensure_ascii=False, sort_keys=True)
    writer = None
    try:
        for batch in _batches(chosen):
            if writer is None:
                schema = batch.schema.with_metadata({_METADATA_KEY: said.encode()})
                writer = pq.ParquetWriter(str(path), schema, version="2.6", compression="zstd")
            writer.write_table(batch.replace_schema_metadata(schema.metadata))
    finally:
        if writer is not None:
            writer.close()


def write_json(chosen: Chosen, path: Path) -> None:
    """Write one object: what `about` says, and under `figures` a record for each figure."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        head = json.dumps(about(chosen), ensure_ascii=False, indent=1)
        file.write(head.removesuffix("\n}") + ',\n "figures": [')
        between = "\n  "
        with connect() as words:
            for batch in _batches(chosen):
                words.register("batch", batch)
                rows = words.execute("SELECT to_json(batch)::VARCHAR FROM batch").fetchall()
                file.write(between + ",\n  ".join(row for (row,) in rows))
                between = ",\n  "
        file.write("\n ]\n}\n")


def about(chosen: Chosen) -> dict[str, Any]:
    """What holds for all figures: title, publication, sources with licences, statuses, and every note."""
    known = glossary().statuses
    rows = chosen.connection.execute(
        "SELECT DISTINCT status FROM chosen WHERE status IS NOT NULL ORDER BY 1"
    ).fetchall()
    return {
        "title": chosen.title,
        "synthetic": chosen.synthetic,
        "publication": {"number": chosen.number, "hash": chosen.publication},
        "sources": [as_document(one) for one in chosen.sources],
        "measures": {
            name: {"definition": definition, "unit_of_count": counts}
            for name, (definition, counts) in chosen.measures.items()
        },
        "statuses": {
            status: {
                "symbol": SHORTHAND.get(status),
                "means": known[status].means if status in known else None,
            }
            for (status,) in rows
        },
        "notes": [as_document(note) for note in chosen.notes.values()],
    }


def _batches(chosen: Chosen) -> Iterator[pa.Table]:
    """The figures with the places of their notes, and the texts of those that single them out."""
    import pyarrow as pa

    places = {at: note.place for at, note in chosen.notes.items()}
    texts = {at: note.text for at, note in chosen.notes.items()}
    for batch in chosen.rows():
        table = pa.Table.from_batches([batch])
        for name, found, called in (("notes", places, "notes"), ("own", texts, "caveats")):
            at = table.schema.get_field_index(name)
            table = table.set_column(at, called, _looked_up(table[name], found))
        yield table


def _looked_up(numbers: pa.ChunkedArray, texts: dict[int, str]) -> pa.ListArray:
    """Lists of numbers as lists of texts, each different one once."""
    import pyarrow as pa

    lists = numbers.combine_chunks()
    known = sorted(texts)
    place = {number: at for at, number in enumerate(known)}
    values = pa.array([place[number] for number in lists.flatten().to_pylist()], pa.int32())
    words = pa.array([texts[number] for number in known], pa.string()).take(values)
    starts = lists.offsets
    return pa.ListArray.from_arrays(
        pa.array([one - starts[0].as_py() for one in starts.to_pylist()], pa.int32()), words
    )


def _joined(table: pa.Table) -> pa.Table:
    """Lists of texts as texts; no text for an empty list."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in ("notes", "caveats"):
        joined = pc.binary_join(table[name], _BETWEEN)
        empty = pc.equal(pc.list_value_length(table[name]), 0)
        at = table.schema.get_field_index(name)
        table = table.set_column(at, name, pc.if_else(empty, pa.scalar(None, pa.string()), joined))
    return table
