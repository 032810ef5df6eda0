"""The command `verify`: says whether a store is still as it was written.

Belongs here: its arguments, the call, and printing. Does not belong here: comparing (`civic_assets.verify`).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.errors import UsageError
from civic_assets.house_numbers.display import SUMMARY_FILES

if TYPE_CHECKING:
    from rich.console import Console

    from civic_assets.answers.verification import ReadAgain, Verification
    from civic_assets.cli.command import Commands

_DIFFERENT = 1


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "verify",
        _run,
        "hash everything in the store again, and name the first thing that is not as it was written",
        "  civic-assets verify\n"
        "  civic-assets verify --publication 3\n"
        "  civic-assets verify --figure ons_csp:burglary:E09000019:2024-01-01/2025-01-01\n"
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
    command.add_argument(
        "--figure",
        metavar="SERIES",
        help="hash the file of this figure again, and read its cell by another route than the pipeline's",
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.layers.store import Store
    from civic_assets.verify.everything import verify, verify_figure

    if arguments.figure is not None and arguments.publication is not None:
        raise UsageError("Give --publication or --figure, not both.")
    store = Store.existing(arguments.store)
    store.require_content()
    if arguments.figure is not None:
        answer = verify_figure(store, arguments.figure)
    else:
        progress = Progress(sys.stderr)
        answer = verify(store, arguments.publication, (lambda _: None) if arguments.quiet else progress)
        progress.end()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    wrong = answer.differences or (answer.figure is not None and answer.figure.same is False)
    return _DIFFERENT if wrong else OK


def _print(answer: Verification) -> None:
    from civic_assets.cli.shared.terminal import console

    out = console()
    for one in answer.differences[:SUMMARY_FILES]:
        out.print(f"{one.part}: {one.name}: {one.sentence}", markup=False)
        if one.depends:
            left = len(one.depends) - SUMMARY_FILES
            more = f" and {left:,} more" if left > 0 else ""
            out.print(f"  Made from it: {', '.join(one.depends[:SUMMARY_FILES])}{more}.", markup=False)
    if len(answer.differences) > SUMMARY_FILES:
        out.print(f"... and {len(answer.differences) - SUMMARY_FILES:,} more; all of them are in --json.")
    for sentence in answer.left_out:
        out.print(sentence, markup=False)
    if answer.figure is not None:
        _print_figure(out, answer.figure)
        return
    subject = f"publication {answer.publication} of " if answer.publication else ""
    number = len(answer.differences)
    said = (
        f"{number:,} {'difference' if number == 1 else 'differences'}"
        if number
        else "all is as it was written"
    )
    out.print(f"Verified {subject}{answer.store} ({', '.join(answer.parts)}): {said}.", markup=False)


def _print_figure(out: Console, figure: ReadAgain) -> None:
    out.print(figure.name, markup=False)
    out.print(f"  file       {figure.file_name} ({figure.sha256})", markup=False)
    out.print(f"  cell       {figure.locator}", markup=False)
    out.print(f"  published  {figure.published}", markup=False)
    if figure.route:
        out.print(f"  read again {figure.found} (by {figure.route})", markup=False)
    out.print(figure.sentence, markup=False)
