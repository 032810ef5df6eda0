"""What the commands share: how one is added to the command line, its exit codes, and the arguments that repeat.

Belongs here: whatever more than one command asks for. Does not belong here: a command. Each has a module of its own
with a function `add`, and a line in `civic_assets.cli.entry`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    # Known to the type checker only: argparse does not export it.
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

OK, HELD_BACK, USAGE = 0, 1, 2

FIGURE_NAMES = (
    "A figure is named source:measure[breakdown;unit=U;statistic=S]:area:START/END@release. The defaults are the "
    "total, a\n"
    "count, the usual statistic and the newest release; trace prints the full name and the figure id.\n"
    "A period runs up to, not including, its end: the year ending December 2024 is 2024-01-01/2025-01-01. It may "
    "also be\n"
    "written 2024, 'ye Dec 2024', 2023/24, 'mid-2023' or 'May 2024' if only one published period matches.\n"
)


class CommandModule(Protocol):
    """A module that holds one command."""

    def add(self, commands: Commands) -> None:
        """Add the command, its arguments and its function to the command line.

        Args:
            commands: Commands of the parser.
        """


def new_command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], help: str, examples: str
) -> argparse.ArgumentParser:
    """A command with its help, to which arguments can be added.

    Args:
        commands: Commands of the parser.
        name: Word by which it is called.
        run: Function that is given the arguments and returns the exit code. It imports what it needs when it runs.
        help: What the command does, in a line that starts in lower case and has no full stop.
        examples: Text under `examples:`, with a line about the exit codes.
    """
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=help[0].upper() + help[1:] + ".",
        epilog="examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=run)
    command.add_argument("--debug", action="store_true", help="show the traceback of an unexpected error")
    return command


def add_store(command: argparse.ArgumentParser) -> None:
    """Add `--store`."""
    command.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="folder of the store (default: CIVIC_STORE, else .civic)",
    )


def add_json(command: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")


def add_source(command: argparse.ArgumentParser, help: str) -> None:
    """Add `--source`, the name of one source."""
    command.add_argument("--source", metavar="S", help=help)
