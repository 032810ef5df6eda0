"""The command `ui`: starts the Dagster UI.

Belongs here: its arguments and the call. Does not belong here: the server (`civic_assets.defs.ui.parts`).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_store, new_command

if TYPE_CHECKING:
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "ui",
        _run,
        "start the Dagster UI on this store",
        "  civic-assets ui\n  civic-assets ui --store ~/civic --port 3333\n  civic-assets ui --auditors-port 3001",
    )
    command.add_argument("--port", type=int, default=3000, help="default: 3000")
    command.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    command.add_argument(
        "--auditors-port",
        type=int,
        metavar="PORT",
        help="serve a second UI on this port, on which nothing can be started, changed or deleted",
    )
    add_store(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.defs.ui.parts import serve
    from civic_assets.layers.store import Store

    serve(Store(arguments.store), arguments.host, arguments.port, auditors_port=arguments.auditors_port)
    return OK
