"""The command `tables`: shows the published tables in a browser, or writes them as a SQLite file.

Belongs here: its arguments, the call, and printing. Does not belong here: the server and the file
(`civic_assets.browse`).
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
    from collections.abc import Callable

    from civic_assets.answers.tables import TablesFile
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "tables",
        _run,
        "look at the published tables in a browser (Datasette on this machine, read-only), or write them as a SQLite "
        "file",
        "  civic-assets tables\n"
        "  civic-assets tables --port 8080\n"
        "  civic-assets tables --base-url https://stats.example.org/tables/\n"
        "  civic-assets tables --publication 2\n"
        "  civic-assets tables --out figures.db\n"
        "  civic-assets tables --out figures.db --json\n\n"
        "the first start of a publication copies its tables to browse/ in the store; later ones use that copy.\n"
        "stop with Ctrl-C\n\n"
        "exit codes: 0 stopped, or the file is written, 2 nothing published, no such publication, the port is taken, "
        "the\nfile exists, or Datasette is not installed",
    )
    command.add_argument(
        "--port", type=int, default=8001, help="port of this machine; 0 for any that is free (default: 8001)"
    )
    command.add_argument(
        "--base-url",
        metavar="URL",
        help="address under which a proxy on this machine serves the tables, such as https://stats.example.org/tables/",
    )
    command.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="FILE",
        help="write the tables to this new SQLite file, and serve nothing",
    )
    add_publication(command)
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.progress import Said
    from civic_assets.browse.place import THIS_MACHINE, place_of
    from civic_assets.browse.serve import require_datasette, serve
    from civic_assets.browse.write import write_tables
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.errors import UsageError
    from civic_assets.layers.store import Store

    if arguments.json and arguments.out is None:
        raise UsageError("--json prints what was written, so it needs --out.")
    if arguments.base_url and arguments.out is not None:
        raise UsageError("--base-url is for pages, and --out writes a file. Leave one of them out.")
    place = place_of(arguments.base_url) if arguments.base_url else THIS_MACHINE
    if arguments.out is None:
        require_datasette()
    store = Store.existing(arguments.store)
    store.require_content()
    store = publication_asked(arguments, store)
    progress = Progress(sys.stderr)
    say: Callable[[str], None] = (
        (lambda _: None) if arguments.quiet else (lambda text: progress(Said(text, "doing")))
    )
    if arguments.out is None:

        def show(address: str) -> None:
            progress.end()
            print(f"The tables of {store.name} are at {address} (stop with Ctrl-C)", flush=True)

        serve(store, arguments.port, say, show, place)
        print("Stopped.", flush=True)
        return OK
    answer = write_tables(store, arguments.out, say)
    progress.end()
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return OK


def _print(answer: TablesFile) -> None:
    if answer.synthetic:
        from civic_assets.package.sources import MADE_UP

        print(MADE_UP)
    rows = sum(one.n_rows for one in answer.tables)
    print(
        f"Publication {answer.publication}: {len(answer.tables):,} tables with {rows:,} rows and "
        f"{len(answer.views):,} views in {answer.file} ({answer.n_bytes / 1e6:,.1f} MB)."
    )
    print("Without the program, Datasette shows it: datasette serve --immutable " + answer.file)
