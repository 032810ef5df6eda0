"""The command line: its commands, its exit codes, and how it starts and ends.

Belongs here: the list of commands, and what is reported of an error. Does not belong here: a command. Each has a
module of its own in this folder (arguments, call and printing together), which imports what it needs when it runs, so
that `--help` is quick and `inspect` never loads Dagster.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn, cast

from civic_assets import __version__
from civic_assets.cli.command import OK, USAGE, CommandModule
from civic_assets.cli.shared.output import escape_unprintable, failed, sentence_about, show_traceback
from civic_assets.errors import AmbiguousFigure, CivicError, ContractError
from civic_assets.unforeseen import sentence_of

# The commands in the order of `--help`. Each is a module of this folder (`new-source` is `new_source.py`): a new
# command is a module and a line here.
_COMMANDS = (
    "refresh",
    "inspect",
    "trace",
    "compare",
    "search",
    "report",
    "export",
    "verify",
    "rebuild",
    "diff",
    "evidence",
    "package",
    "lineage",
    "tables",
    "sources",
    "due",
    "alerts",
    "contract",
    "new-source",
    "schema",
    "ui",
    "worker",
)


# Python looks for cycles of garbage after every 700 new objects. A command imports its libraries and makes its objects
# to keep them, so most of these searches find nothing; they take a tenth of the processor time of a small refresh.
_NEW_OBJECTS_BEFORE_A_SEARCH = 200_000


class _Misuse(Exception):
    """Invalid arguments, with the usage text of the command."""

    def __init__(self, usage: str, message: str) -> None:
        self.usage = usage
        super().__init__(message)


class _Parser(argparse.ArgumentParser):
    """Reports invalid arguments to `main`, which knows whether the message must be JSON."""

    def error(self, message: str) -> NoReturn:
        raise _Misuse(self.format_usage(), message)


def _parser(asked: str | None = None) -> argparse.ArgumentParser:
    """The command line; only with the command that is asked for, if that is one, since the others take time to load."""
    parser: argparse.ArgumentParser = _Parser(
        prog="civic-assets",
        description="Public statistics as checked figures that can be traced to the cell they came from.",
        epilog="Start with: civic-assets refresh    (publishes the sample inputs that ship with the project)",
    )
    parser.add_argument("--version", action="version", version=f"civic-assets {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in [name for name in _COMMANDS if name == asked] or _COMMANDS:
        module = import_module(f"civic_assets.cli.{name.replace('-', '_')}")
        cast(CommandModule, module).add(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code. A user's mistake gives a sentence on standard error and exit code 2. With `--json` the sentence
        is printed as `{"error": ..., "exit_code": ...}` on standard output, with `choices` if several figures match.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    parsed: argparse.Namespace | None = None
    escape_unprintable()
    try:
        parsed = _parser(given[0] if given else None).parse_args(given)
        code: int = parsed.run(parsed)
        return code
    except _Misuse as error:
        if not as_json:
            print(error.usage, end="", file=sys.stderr)
        return failed(str(error), USAGE, as_json)
    except ContractError as error:
        return failed(error.named, USAGE, as_json)
    except AmbiguousFigure as error:
        return failed(str(error), USAGE, as_json, error.choices)
    except CivicError as error:
        return failed(str(error), USAGE, as_json)
    except BrokenPipeError:  # the reader closed the pipe: `run` ends quietly
        raise
    except OSError as error:  # a full or read-only disk is not a fault of the program
        return failed(sentence_of(error), USAGE, as_json)
    except Exception as error:  # noqa: BLE001  (a command never ends in a traceback)
        # A module of a damaged installation may fail before the arguments are read.
        about = parsed.command if parsed is not None else given[0] if given else "civic-assets"
        code = failed(sentence_about(about, error), USAGE, as_json)
        if "--debug" in given:
            show_traceback(error)
        return code
    except KeyboardInterrupt:
        return failed("Interrupted. No partial output was left; run the command again.", 130, as_json)


def run() -> None:
    """Entry point of the installed command: run `main`, flush its output and end the process at once.

    Exit with `os._exit`: interpreter shutdown can abort if a library thread is still running, after a successful run.
    """
    # Nothing here multiplies matrices; OpenBLAS would start a thread for each core, each with its own memory.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(_NEW_OBJECTS_BEFORE_A_SEARCH, *gc.get_threshold()[1:])
    code = OK
    try:
        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader closed the pipe (`| head`)
        pass
    os._exit(code)
