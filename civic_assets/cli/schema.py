"""The command `schema`: prints the JSON Schema of an answer.

Belongs here: its arguments, the call, and printing. Does not belong here: the schemas
(`civic_assets.answers.schemas`).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, new_command

if TYPE_CHECKING:
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "schema",
        _run,
        "print the JSON Schema of what a command prints with --json, or list the schemas",
        "  civic-assets schema                          (lists the schemas)\n"
        "  civic-assets schema trace > trace.schema.json\n"
        "  civic-assets trace --json ons_csp:burglary:E09000019:2024-01-01/2025-01-01 > figure.json\n\n"
        "each schema describes every key of an answer, and allows no other\n\n"
        "exit codes: 0 printed, 2 no such schema",
    )
    command.add_argument(
        "name", nargs="?", metavar="NAME", help="name of a schema, such as trace; without it, all are listed"
    )


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.schemas import SCHEMAS, schema_file

    if arguments.name is not None:
        print(schema_file(arguments.name).read_text(encoding="utf-8"), end="")
        return OK
    width = max(map(len, SCHEMAS))
    for name, about in SCHEMAS.items():
        print(f"{name:{width}}  {about}")
    return OK
