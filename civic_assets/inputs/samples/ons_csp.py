"""The inputs of the `sample` profile: which editions there are, and writing them to a folder.

Belongs here: the list of editions with their peculiarities, and the files. Does not belong here: how a workbook is
laid out (`workbook`) and where its figures come from (`figures`).
"""

from __future__ import annotations

import os
from pathlib import Path

from civic_assets.errors import UsageError
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.layout import SYNTHETIC_NOTICE, Edition
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.parsing.reading import SYNTHETIC_MARK

__all__ = ["EDITIONS", "SYNTHETIC_MARK", "SYNTHETIC_NOTICE", "write_sample_inputs"]

# Names sort in the order of publication (a reissue after its first issue). Readers ignore them.
EDITIONS: dict[str, Edition] = {
    # Has the years ending December 2021 and, as the previous year, December 2020, which the report prints.
    "synthetic-csp-tables-2021-12.xlsx": Edition(
        year=2021,
        month=12,
        sheets={"current": "Table C2", "previous": "Table C3", "change": "Table C4", "rates": "Table C5"},
        breaks={"current": 1, "previous": 1, "change": 0, "rates": 4},
        mid_year=2020,
    ),
    # As in the edition for the year ending March 2022: the previous year comes first, headers are one row higher, and
    # header cells contain `\r\n`.
    "synthetic-csp-tables-2022-06.xlsx": Edition(
        year=2022,
        month=6,
        sheets={"previous": "Table C2", "current": "Table C3", "change": "Table C4 ", "rates": "Table C5"},
        breaks={"current": 3, "previous": 3, "change": 3, "rates": 3},
        header_row=7,
        mid_year=2020,
    ),
    # Sheet order of the edition for the year ending December 2024, first issue.
    "synthetic-csp-tables-2022-09.xlsx": Edition(
        year=2022,
        month=9,
        sheets={"current": "Table C2 ", "change": "Table C3", "rates": "Table C4", "previous": "Table C5 "},
        breaks={"current": 1, "change": 0, "rates": 4, "previous": 2},
        before_revision=True,
        stray_text="`",
    ),
    "synthetic-csp-tables-2022-09v2.xlsx": Edition(
        year=2022,
        month=9,
        sheets={"current": "Table C2 ", "change": "Table C3", "rates": "Table C4", "previous": "Table C5 "},
        breaks={"current": 1, "change": 0, "rates": 4, "previous": 2},
        correction=(
            "Corrected: the first issue lacked some residential burglary, vehicle and shoplifting offences "
            "of Croydon for July to September 2022."
        ),
    ),
    # The latest edition shows drift that must not stop a release: an unknown column, and a header with a
    # note marker.
    "synthetic-csp-tables-2022-12.xlsx": Edition(
        year=2022,
        month=12,
        sheets={"previous": "Table C2", "current": "Table C3", "change": "Table C4", "rates": "Table C5"},
        breaks={"current": 0, "previous": 2, "change": 0, "rates": 4},
        new_column="Robbery of personal property",
        marked_header="All other theft offences",
    ),
}
"""File name -> edition, in the order of publication."""


def write_sample_inputs(folder: Path) -> list[Path]:
    """Write the inputs of the `sample` profile: synthetic workbooks, and the report's tables.

    Files of the same name are replaced atomically; other files in the folder are left as they are.

    Args:
        folder: Folder to write to; created if it does not exist.

    Returns:
        The files: workbooks in the order of publication, then the report's tables. Every run writes the same
        bytes.

    Raises:
        UsageError: The folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = [_replace(folder / name, workbook_bytes(edition)) for name, edition in EDITIONS.items()]
        return [*files, _replace(folder / REPORT_TABLES.name, REPORT_TABLES.read_bytes())]
    except OSError as error:
        raise UsageError(
            f"{folder}: the sample inputs cannot be written there ({error.strerror}); choose a folder that you may "
            "write to."
        ) from error


def _replace(file: Path, content: bytes) -> Path:
    """Write the file atomically: an interrupted run leaves no partial file under this name."""
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_bytes(content)
    os.replace(unfinished, file)
    return file
