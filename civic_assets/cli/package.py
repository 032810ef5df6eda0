"""The command `package`: writes the published tables as a data package.

Belongs here: its arguments, the call, and printing. Does not belong here: the package (`civic_assets.package`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.shared.publications import add_publication, publication_asked

if TYPE_CHECKING:
    from civic_assets.answers.package import DataPackage
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "package",
        _run,
        "write the published tables as a data package: CSV and Parquet with the metadata of the usual standards",
        "  civic-assets package --out figures\n"
        "  civic-assets package --out figures --format parquet\n"
        "  civic-assets package --out crime --source ons_csp --source ons_pfa\n"
        "  civic-assets package --out one --table harmonised.latest --json\n"
        "  civic-assets package --out second --publication 2\n\n"
        "the folder has a README.md that says how to read and to cite the figures; the same publication gives the "
        "same\nfiles, byte for byte, and the store is only read\n\n"
        "exit codes: 0 written, 2 nothing published, no such table, source or publication, or the folder is not empty",
    )
    command.add_argument(
        "-o", "--out", type=Path, metavar="FOLDER", required=True, help="new folder of the package"
    )
    command.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="S",
        help="only figures of this source; may be repeated. Tables made from several sources are left out then",
    )
    command.add_argument(
        "--table",
        action="append",
        default=[],
        metavar="T",
        help="only this table or view, such as harmonised.latest; may be repeated (default: every table, no view)",
    )
    command.add_argument("--format", choices=("csv", "parquet"), help="only this format (default: both)")
    add_publication(command)
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.progress import Said
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.layers.store import Store
    from civic_assets.package.build import build_package
    from civic_assets.package.tables import FORMATS

    store = Store.existing(arguments.store)
    store.require_content()
    progress = Progress(sys.stderr)
    answer = build_package(
        publication_asked(arguments, store),
        arguments.out,
        tables=arguments.table,
        sources=arguments.source,
        formats=(arguments.format,) if arguments.format else FORMATS,
        progress=(lambda _: None) if arguments.quiet else (lambda text: progress(Said(text, "doing"))),
    )
    progress.end()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return OK


def _print(answer: DataPackage) -> None:
    from civic_assets.cli.shared.terminal import console

    out = console()
    if answer.synthetic:
        from civic_assets.package.sources import MADE_UP

        out.print(MADE_UP, markup=False)
    size = f"{answer.n_bytes / 1_000_000:,.1f} MB"
    out.print(
        f"Publication {answer.publication} as a data package: {len(answer.tables):,} "
        f"{'table' if len(answer.tables) == 1 else 'tables'} in {answer.n_files:,} files, {size}.",
        markup=False,
    )
    for one in answer.formulas:
        cells = f"{one.number:,} {'cell' if one.number == 1 else 'cells'}"
        out.print(
            f"{one.table}.{one.column}: a spreadsheet would take {cells} for a formula, so the CSV of this table is "
            "packed (.csv.gz). Programs read it as it is; do not unpack it for a spreadsheet.",
            markup=False,
        )
    out.print(f"How to read and to cite it: {answer.folder}/README.md", markup=False)
