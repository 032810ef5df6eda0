"""The command `rebuild`: makes a past publication again from the archive, and says whether the same came out.

Belongs here: its arguments, the call, and printing. Does not belong here: making it (`civic_assets.publish.rebuild`).
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.cli.command import Commands

_DIFFERENT = 1


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "rebuild",
        _run,
        "make a past publication again from the archive in another folder, and compare it with what was published",
        "  civic-assets rebuild --publication 3 --out /tmp/publication-3\n"
        "  civic-assets rebuild --publication 3 --out /tmp/publication-3 --store /srv/civic --json\n"
        "  civic-assets rebuild --evidence evidence-3.zip --out /tmp/publication-3\n\n"
        "the folder is a store of its own: give it to trace, compare, search, report or any program that reads\n"
        "civic.duckdb. contracts, vocabularies and program must be those of then; what differs is named.\n\n"
        "exit codes: 0 the same came out, 1 a table of the read model contains something else, 2 it cannot be made "
        "again",
    )
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--publication", type=int, metavar="N", help="number of a publication of the store")
    which.add_argument(
        "--evidence", type=Path, metavar="FILE", help="evidence pack of the publication; no store is needed"
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for it; must be empty or not exist"
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.changes import RebuiltPublication
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.rebuild import rebuild

    progress = Progress(sys.stderr)
    with ExitStack() as stack:
        if arguments.evidence is not None:
            from civic_assets.evidence.unpack import unpack
            from civic_assets.tables.atomic import temporary_folder

            store, number = unpack(arguments.evidence, stack.enter_context(temporary_folder("evidence")))
            origin = arguments.evidence
        else:
            store, number = Store.existing(arguments.store), arguments.publication
            origin = store.root
        made = rebuild(
            store,
            number,
            arguments.out,
            load_contracts(),
            (lambda _: None) if arguments.quiet else progress,
        )
    progress.end()
    answer = RebuiltPublication(
        str(origin),
        made.number,
        made.hash,
        str(arguments.out),
        made.tables,
        made.different,
        made.sentence,
    )
    if arguments.json:
        print_json(answer)
    else:
        print(answer.sentence)
    return _DIFFERENT if made.different else OK
