"""The command `evidence`: writes the evidence pack of a publication.

Belongs here: its arguments, the call, and printing. Does not belong here: the pack (`civic_assets.evidence`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "evidence",
        _run,
        "write the evidence pack of a publication: one zip with its files, contracts, checks, findings, decisions and "
        "figures",
        "  civic-assets evidence\n"
        "  civic-assets evidence --publication 3 --out /srv/evidence/publication-3.zip\n"
        "  civic-assets evidence --area Hackney --area E09000019\n"
        "  civic-assets evidence --figure ons_csp:burglary:E09000019:2024-01-01/2025-01-01 --json\n\n"
        "unpack it and open index.html: it needs no connection. the same publication gives the same bytes, so that it "
        "can\nbe signed: ssh-keygen -Y sign -n civic-evidence -f KEY FILE.zip\n\n"
        "exit codes: 0 the file is written, 2 no such publication or figure, or it cannot be written",
    )
    command.add_argument(
        "--publication", type=int, metavar="N", help="number of the publication; the last if not given"
    )
    command.add_argument(
        "--figure",
        action="append",
        default=[],
        metavar="SERIES",
        help="name of a figure to follow to its cell; may be repeated",
    )
    command.add_argument(
        "--area",
        action="append",
        default=[],
        metavar="A",
        help="follow the newest figures of this area; may be repeated (default: Islington, unless --figure is given)",
    )
    command.add_argument(
        "--out",
        "-o",
        type=Path,
        metavar="FILE",
        help="file or folder to write to (default: evidence-N.zip here)",
    )
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.contracts.load import load_contracts
    from civic_assets.defs.lineage.column_origins import column_origins
    from civic_assets.evidence.pack import write_evidence
    from civic_assets.layers.store import Store

    progress = Progress(sys.stderr)
    contracts = load_contracts()
    made = write_evidence(
        Store.existing(arguments.store),
        contracts,
        column_origins,
        number=arguments.publication,
        out=arguments.out,
        figures=arguments.figure,
        areas=arguments.area,
        force=arguments.force,
        progress=(lambda _: None) if arguments.quiet else progress,
    )
    progress.end()
    if arguments.json:
        print_json(made)
        return OK
    synthetic = "SYNTHETIC SAMPLE DATA. " if made.synthetic else ""
    print(
        f"{synthetic}Publication {made.publication}: {made.figures:,} figures from {made.inputs:,} files, "
        f"{len(made.followed):,} of them followed to their cells."
    )
    print(f"Written: {made.file} ({made.bytes / 1e6:,.1f} MB, SHA-256 {made.sha256})")
    return OK
