"""The command `report`: builds the site of a publication.

Belongs here: its arguments, the call, and printing of where the site is. Does not belong here: the pages
(`civic_assets.publish.site`).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "report",
        _run,
        "build the site of the current publication: a folder of pages that needs no server and no network",
        "  civic-assets report\n"
        "  civic-assets report --open\n"
        "  civic-assets report --store ~/civic --json\n\n"
        "refresh also builds it whenever it publishes; the folder <store>/report can be copied and shared\n\n"
        "exit codes: 0 built, 2 nothing published yet",
    )
    command.add_argument("--open", action="store_true", help="open it in this machine's browser")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.errors import StoreBusy
    from civic_assets.layers.limits import limits
    from civic_assets.layers.store import Store
    from civic_assets.publish.site.build import build, current

    store = Store.existing(arguments.store)
    try:
        built = build(store, limits())
    except (OSError, StoreBusy) as error:
        # Anyone who may not change the store, or not now, wants the existing site if it is up to date.
        standing = current(store)
        if standing is None:
            raise
        print(f"civic-assets: {sentence_of(error)} The existing site is up to date.", file=sys.stderr)
        built = standing
    if arguments.json:
        print_json(built.as_answer())
    else:
        print(built.index)
    if arguments.open:
        import webbrowser

        webbrowser.open(built.index.as_uri())
    return OK
