"""Builds a package in a new folder, and puts it into place as a whole.

Belongs here: the order of the work, and the folder. Does not belong here: what is in each file.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.answers.package import DataPackage, PackagedTable, SpreadsheetFormulas
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.package import catalogue_entry, csv_on_the_web, data_package, dictionary, readme
from civic_assets.package.contract import contract_path, package_contract
from civic_assets.package.described import choose
from civic_assets.package.files import CHECKSUMS, checksums, file_of
from civic_assets.package.sources import origin_of
from civic_assets.package.tables import CSV, FORMATS, Written, limit_memory, write_table
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.package.described import Chosen
    from civic_assets.package.sources import Origin

_SCRATCH = "scratch"


def build_package(
    store: Store,
    out: Path,
    *,
    tables: Collection[str] = (),
    sources: Collection[str] = (),
    formats: Sequence[str] = FORMATS,
    progress: Callable[[str], None] = lambda _: None,
) -> DataPackage:
    """Write the tables of the current publication, with the metadata of each standard, into a new folder.

    Args:
        store: The store, which is only read.
        out: The folder. It may exist if it is empty.
        tables: Only these tables, as `schema.name`; empty for all that are not views.
        sources: Only rows of these sources; empty for all.
        formats: Some of `FORMATS`.
        progress: Function called with a sentence about each step.

    Raises:
        UsageError: Nothing is published, the folder has something in it or cannot be written, or there is no such
            table or source.
    """
    out = out.absolute()
    _require_new(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    remove_stale_temporaries(out.parent)
    made = temporary_path(out.parent)
    try:
        with open_read_model(store) as connection:
            chosen = choose(connection, tables, sources)
            origin = origin_of(store, connection, chosen.sources, _version(chosen))
            written = _write_tables(connection, chosen, made, formats, progress)
        shutil.rmtree(made / _SCRATCH, ignore_errors=True)
        progress("Metadata")
        _write_metadata(origin, chosen, written, made, formats)
        _put_in_place(made, out)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return _answer(store, out, origin, chosen, written)


def _version(chosen: Chosen) -> str:
    return str(next(iter(chosen.contracts.values()))["version"])


def _require_new(out: Path) -> None:
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists() or out.is_symlink():
        what = "has something in it" if out.is_dir() else "is not a folder"
        raise UsageError(f"{out} {what}, and nothing is written over. Name a new folder with --out.")


def _write_tables(
    connection: DuckDBPyConnection,
    chosen: Chosen,
    made: Path,
    formats: Sequence[str],
    progress: Callable[[str], None],
) -> list[Written]:
    for form in formats:
        (made / form).mkdir(parents=True)
    limit_memory(connection, made / _SCRATCH)
    written = []
    for number, table in enumerate(chosen.tables, 1):
        progress(f"{table.name} ({number} of {len(chosen.tables)})")
        only = chosen.sources if chosen.filtered(table) else ()
        written.append(write_table(connection, table, made, formats, only))
    return written


def _write_metadata(
    origin: Origin, chosen: Chosen, written: Sequence[Written], made: Path, formats: Sequence[str]
) -> None:
    files = {path: file_of(made, path) for one in written for path in one.files.values()}
    texts = {
        data_package.NAME: _json(data_package.data_package(origin, written, files, chosen.left_out)),
        catalogue_entry.NAME: _json(catalogue_entry.catalogue_entry(origin, written, files)),
        dictionary.NAME: dictionary.data_dictionary(written),
        readme.NAME: readme.readme(origin, written, chosen.left_out),
        **{contract_path(form): package_contract(origin, chosen, written, form) for form in formats},
    }
    if any(CSV in one.files and not one.packed for one in written):
        texts[csv_on_the_web.NAME] = _json(csv_on_the_web.csv_metadata(origin, written))
    for path, text in texts.items():
        (made / path).parent.mkdir(parents=True, exist_ok=True)
        (made / path).write_text(text, encoding="utf-8", newline="\n")
        files[path] = file_of(made, path)
    (made / CHECKSUMS).write_text(checksums(files), encoding="utf-8", newline="\n")


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _put_in_place(made: Path, out: Path) -> None:
    """Rename the finished folder, which replaces an empty one."""
    try:
        made.rename(out)
    except OSError as error:
        _require_new(out)
        raise UsageError(
            f"The package could not be put into {out}: {error.strerror}. Name another folder with --out."
        ) from None


def _answer(
    store: Store, out: Path, origin: Origin, chosen: Chosen, written: Sequence[Written]
) -> DataPackage:
    every = [file for file in out.rglob("*") if file.is_file()]
    return DataPackage(
        store=str(store.root),
        folder=str(out),
        publication=origin.number,
        publication_hash=origin.hash,
        synthetic=origin.synthetic,
        sources=tuple(one.source for one in origin.sources),
        tables=tuple(
            PackagedTable(one.table.name, one.rows, tuple(one.files[form] for form in FORMATS if form in one.files))
            for one in written
        ),
        left_out=tuple(sorted(chosen.left_out)),
        formulas=tuple(
            SpreadsheetFormulas(one.table.name, cells.column, cells.number, cells.example)
            for one in written
            if CSV in one.files
            for cells in one.formulas
        ),
        n_files=len(every),
        n_bytes=sum(file.stat().st_size for file in every),
    )  # fmt: skip
