"""Exporting: the figures that are asked for into one file, put into place at once.

Belongs here: the format, the file and the answer. Does not belong here: which figures (`chosen`), and what is in a file
(`flat_files`, `workbook`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from civic_assets.answers.export import FORMATS, ExportedFile, ExportFormat
from civic_assets.answers.progress import Said
from civic_assets.errors import UsageError
from civic_assets.export.chosen import Asked, Chosen, choose
from civic_assets.house_numbers.display import EXPORT_WORKBOOK_FIGURES
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.tables.atomic import put_in_place, remove_stale_temporaries, temporary_path
from civic_assets.tables.file_states import content_sha256


def export(
    store: Store,
    asked: Asked,
    path: Path,
    form: ExportFormat | None = None,
    *,
    force: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> ExportedFile:
    """Write the newest published figures of an area, a measure or a source into a file.

    Args:
        store: Store with a publication; nothing in it is changed.
        asked: Which figures.
        path: File to write; it appears complete, or not at all.
        form: Its format; the ending of the file if None.
        force: Whether an existing file is replaced.
        progress: Function that receives a sentence for each stage.

    Raises:
        UsageError: The format is not known, the file exists, its folder does not, or there are too many figures for a
            workbook.
        NotPublished: There is no such figure; the sentence says what there is.
        AmbiguousFigure: Several areas have a name; `choices` has their codes.
    """
    form = form or _format(path)
    _require_place(path, force)
    with open_read_model(store) as connection:
        progress(Said("Choosing the figures", "stage"))
        chosen = choose(connection, asked)
        if form == "xlsx" and chosen.figures > EXPORT_WORKBOOK_FIGURES:
            raise UsageError(
                f"These are {chosen.figures:,} figures, and a workbook may have {EXPORT_WORKBOOK_FIGURES:,}. "
                "Ask for less with --area, --measure and --source, or write --format csv or parquet."
            )
        remove_stale_temporaries(path.parent)
        temporary = temporary_path(path.parent)
        try:
            progress(Said(f"Writing {chosen.figures:,} figures", "stage"))
            tables = _write(chosen, temporary, form)
            with temporary.open("rb") as written:
                os.fsync(written.fileno())
            _require_place(path, force)
            put_in_place(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return ExportedFile(
            file=str(path),
            format=form,
            bytes=path.stat().st_size,
            sha256=content_sha256(path),
            title=chosen.title,
            figures=chosen.figures,
            without_value=chosen.without_value,
            disputed=chosen.disputed,
            tables=tables,
            notes=len(chosen.notes),
            publication=chosen.publication,
            number=chosen.number,
            synthetic=chosen.synthetic,
            sources=chosen.sources,
        )


def _write(chosen: Chosen, path: Path, form: ExportFormat) -> int:
    """Write a file, and return the number of its tables."""
    if form == "xlsx":
        from civic_assets.export.workbook import write_workbook

        return write_workbook(chosen, path)
    from civic_assets.export import flat_files

    {"csv": flat_files.write_csv, "parquet": flat_files.write_parquet, "json": flat_files.write_json}[form](
        chosen, path
    )
    return 1


def _format(path: Path) -> ExportFormat:
    ending = path.suffix.removeprefix(".").casefold()
    for form in FORMATS:
        if ending == form:
            return form
    raise UsageError(
        f"{path} does not say which format is meant. End it in .{', .'.join(FORMATS)}, or add --format."
    )


def _require_place(path: Path, force: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder. Name a file in it.")
    if path.exists() and not force:
        raise UsageError(f"{path} exists. Name another file, or replace it with --force.")
    if not path.parent.is_dir():
        raise UsageError(f"There is no folder {path.parent}. Create it first.")
