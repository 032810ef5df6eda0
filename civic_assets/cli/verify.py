"""The command `verify`: says whether a store is still as it was written.

Belongs here: its arguments, the call, and printing. Does not belong here: comparing (`civic_assets.verify`).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.output import print_json

if TYPE_CHECKING:
    from civic_assets.answers.verification import Verification
    from civic_assets.cli.command import Commands

_DIFFERENT = 1
_NAMES = 5
_ON_A_SCREEN = 20


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "verify",
        _run,
        "hash everything in the store again, and name the first thing that is not as it was written",
        "  civic-assets verify\n"
        "  civic-assets verify --publication 3\n"
        "  civic-assets verify --store /srv/civic --json\n\n"
        "it compares receipts, received files, tables, manifests of publications, the read model and the site, and "
        "changes\nnothing\n\n"
        "exit codes: 0 all is as it was written, 1 something is different, 2 no store, or no such publication",
    )
    command.add_argument(
        "--publication",
        type=int,
        metavar="N",
        help="compare only the files and tables of this publication (default: the whole store)",
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.progress import Progress
    from civic_assets.layers.store import Store
    from civic_assets.verify.everything import verify

    store = Store.existing(arguments.store)
    store.require_content()
    progress = Progress(sys.stderr)
    answer = verify(store, arguments.publication, (lambda _: None) if arguments.quiet else progress)
    progress.end()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return _DIFFERENT if answer.differences else OK


def _print(answer: Verification) -> None:
    from civic_assets.cli.terminal import console

    out = console()
    for one in answer.differences[:_ON_A_SCREEN]:
        out.print(f"{one.part}: {one.name}: {one.sentence}", markup=False)
        if one.depends:
            more = f" and {len(one.depends) - _NAMES:,} more" if len(one.depends) > _NAMES else ""
            out.print(f"  Made from it: {', '.join(one.depends[:_NAMES])}{more}.", markup=False)
    if len(answer.differences) > _ON_A_SCREEN:
        out.print(f"... and {len(answer.differences) - _ON_A_SCREEN:,} more; all of them are in --json.")
    for sentence in answer.left_out:
        out.print(sentence, markup=False)
    subject = f"publication {answer.publication} of " if answer.publication else ""
    number = len(answer.differences)
    said = (
        f"{number:,} {'difference' if number == 1 else 'differences'}"
        if number
        else "all is as it was written"
    )
    out.print(f"Verified {subject}{answer.store} ({', '.join(answer.parts)}): {said}.", markup=False)
