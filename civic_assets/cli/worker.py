"""The command `worker`: builds releases for refreshes of other machines.

Belongs here: its arguments and the call. Does not belong here: the worker (`civic_assets.defs.workers.working`).
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
        "worker",
        _run,
        "build releases for refreshes of other machines, until it is stopped",
        "  civic-assets worker --store s3://bucket/store\n"
        "  civic-assets worker --store s3://bucket/store --at-a-time 2\n\n"
        "CIVIC_DATABASE is the address of the PostgreSQL database of Dagster, and CIVIC_BROKER that of the Redis\n"
        "server. All workers and the machine that starts refreshes have the same.",
    )
    command.add_argument(
        "--at-a-time",
        type=int,
        default=1,
        metavar="N",
        help="sources that are built at the same time, each in a process of up to 2 GB (default: 1)",
    )
    add_store(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.defs.workers.working import work
    from civic_assets.errors import UsageError
    from civic_assets.layers.store import Store

    if arguments.at_a_time < 1:
        raise UsageError("--at-a-time must be 1 or more.")
    work(Store(arguments.store), arguments.at_a_time)
    return OK
