"""The command `export`: writes published figures into a file that people can open.

Belongs here: its arguments, the call, and printing. Does not belong here: choosing figures and writing files
(`civic_assets.export`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.answers.export import ExportedFile
    from civic_assets.cli.command import Commands

# Those of `civic_assets.answers.export`, which is not loaded for --help.
_FORMATS = ("csv", "parquet", "json", "xlsx")


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "export",
        _run,
        "write the newest published figures of an area, a measure or a source as CSV, Parquet, JSON or a workbook",
        "  civic-assets export --area Islington --out islington.xlsx\n"
        "  civic-assets export --measure burglary --source ons_csp --out burglary.csv\n"
        "  civic-assets export --area E09000019 --area E09000007 --measure burglary --out two.json\n"
        "  civic-assets export --source dfe_neet --format parquet --out neet.data --force\n\n"
        "the workbook is an accessible one in the form of the Government Analysis Function: cover, contents, notes, "
        "and one\ntable a sheet; an absent value is a symbol such as [c] or [x], never a zero\n\n"
        "exit codes: 0 the file is written, 2 no such figure, several areas of one name, or the file cannot be written",
    )
    command.add_argument(
        "--area",
        action="append",
        default=[],
        metavar="A",
        help="code or name as printed, e.g. E09000019 or Islington; may be repeated",
    )
    command.add_argument(
        "--measure",
        action="append",
        default=[],
        metavar="M",
        help="e.g. burglary; see catalogue.measures; may be repeated",
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="e.g. ons_csp; may be repeated"
    )
    command.add_argument(
        "--out",
        "-o",
        type=Path,
        required=True,
        metavar="FILE",
        help="file to write; its ending names the format",
    )
    command.add_argument("--format", choices=_FORMATS, help="format, if the file's ending does not name it")
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.export.chosen import Asked
    from civic_assets.export.export import export
    from civic_assets.layers.store import Store

    progress = Progress(sys.stderr)
    answer = export(
        Store.existing(arguments.store),
        Asked(arguments.area, arguments.measure, arguments.source),
        arguments.out,
        arguments.format,
        force=arguments.force,
        progress=(lambda _: None) if arguments.quiet else progress,
    )
    progress.end()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return OK


def _print(answer: ExportedFile) -> None:
    from civic_assets.cli.shared.terminal import console

    out = console()
    tables = f" in {answer.tables:,} tables" if answer.tables > 1 else ""
    absent = f", {answer.without_value:,} without a value" if answer.without_value else ""
    disputed = f", {answer.disputed:,} disputed" if answer.disputed else ""
    synthetic = "SYNTHETIC SAMPLE DATA. " if answer.synthetic else ""
    out.print(
        f"{synthetic}{answer.title}: {answer.figures:,} figures{tables}{absent}{disputed}, "
        f"publication {answer.number}.",
        markup=False,
    )
    for one in answer.sources:
        out.print(f"  {one.attribution}", markup=False)
    out.print(f"Written: {answer.file}", markup=False)
