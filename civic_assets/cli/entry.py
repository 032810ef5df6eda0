"""The command line: parses, calls, prints.

Belongs here: arguments, exit codes and printing. Does not belong here: any work. A command imports what it needs when
it runs, so that `--help` is quick and `inspect` never loads Dagster.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

from civic_assets import __version__
from civic_assets.errors import AmbiguousFigure, CivicError, ContractError, UsageError
from civic_assets.unforeseen import sentence_of

OK, HELD_BACK, USAGE = 0, 1, 2


class _Misuse(Exception):
    """Invalid arguments, with the usage text of the command."""

    def __init__(self, usage: str, message: str) -> None:
        self.usage = usage
        super().__init__(message)


class _Parser(argparse.ArgumentParser):
    """Reports invalid arguments to `main`, which knows whether the message must be JSON."""

    def error(self, message: str) -> NoReturn:
        raise _Misuse(self.format_usage(), message)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="civic-assets",
        description="Public statistics as checked figures that can be traced to the cell they came from.",
        epilog="Start with: civic-assets refresh    (publishes the sample inputs that ship with the project)",
    )
    parser.add_argument("--version", action="version", version=f"civic-assets {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (
        _add_refresh,
        _add_inspect,
        _add_trace,
        _add_compare,
        _add_report,
        _add_sources,
        _add_contract,
        _add_ui,
    ):
        add(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], help: str, examples: str
) -> argparse.ArgumentParser:
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


def _with_store(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="folder of the store (default: CIVIC_STORE, else .civic)",
    )


def _with_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print the result as one JSON object")


def _add_refresh(commands: Any) -> None:
    command = _command(
        commands,
        "refresh",
        _refresh,
        "take files in, validate, harmonise, check and publish them",
        "  civic-assets refresh\n"
        "  civic-assets refresh --profile local --inputs ~/downloads/crime --store ~/civic\n"
        "  civic-assets refresh --profile local --inputs ~/downloads --source ons_csp\n\n"
        "exit codes: 0 published, 1 a release was held back or a file could not be read, 2 wrong usage or "
        "configuration",
    )
    command.add_argument(
        "--profile",
        choices=("sample", "local"),
        default="sample",
        help="sample: inputs that ship with the project (synthetic, except the report's tables); "
        "local: a folder of publishers' files, with any file names, in any sub-folders, recognised by content",
    )
    command.add_argument(
        "--inputs", type=Path, metavar="DIR", help="folder of publishers' files, for --profile local"
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="refresh only this source (repeatable)"
    )
    command.add_argument("--quiet", action="store_true", help="print only the summary, no progress")
    _with_store(command)
    _with_json(command)


def _add_inspect(commands: Any) -> None:
    command = _command(
        commands,
        "inspect",
        _inspect,
        "show what a file is, how it differs from its contract, and every finding in it; nothing is stored",
        "  civic-assets inspect policeforceareatables.xlsx\n"
        "  civic-assets inspect tables.xlsx --source ons_csp --json\n"
        "  civic-assets inspect ~/downloads/crime        (every file in a folder, one line each)\n\n"
        "exit codes: 0 clean or warnings only, 1 a finding of severity blocking, 2 not recognised or not readable;\n"
        "for a folder, the exit code of its worst file",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="a file, or a folder of files")
    command.add_argument("--source", metavar="S", help="treat the file as a release of this source only")
    _with_json(command)


_NAMES = (
    "A figure is named source:measure[breakdown;unit=U;statistic=S]:area:START/END@release. The defaults are the "
    "total, a\n"
    "count, the usual statistic and the newest release; trace prints the full name and the figure id.\n"
    "A period runs up to, not including, its end: the year ending December 2024 is 2024-01-01/2025-01-01. It may "
    "also be\n"
    "written 2024, 'ye Dec 2024', 2023/24, 'mid-2023' or 'May 2024' if only one published period matches.\n"
)


def _add_trace(commands: Any) -> None:
    command = _command(
        commands,
        "trace",
        _trace,
        "show the chain of one figure: value, release, checks, file, cell, text as printed, earlier values",
        "  civic-assets trace ons_csp:burglary:E09000019:2024-01-01/2025-01-01\n"
        "  civic-assets trace 'dfe_exclusions:suspensions[phase=special;reason=theft]:E09000019:2016/17'\n"
        "  civic-assets trace --area Islington --measure total_recorded_crime --unit per_1000_population \\\n"
        "      --period 'ye Dec 2024' --json\n"
        "  civic-assets trace --area E09000019 --measure burglary --period 2024 --as-of 2025-06-30\n\n"
        + _NAMES
        + "\nexit codes: 0 figure found, 2 no such figure, or several (the message lists their names)",
    )
    command.add_argument(
        "series", nargs="?", metavar="SERIES", help="name of a figure, or its id (column figure_id)"
    )
    command.add_argument("--area", help="code or name as printed, e.g. E09000019 or Islington")
    command.add_argument("--measure", help="e.g. burglary; see catalogue.measures")
    command.add_argument(
        "--period",
        metavar="START/END",
        help="two days, YYYY-MM-DD/YYYY-MM-DD, or words such as 2024 or 2023/24",
    )
    command.add_argument("--breakdown", metavar="B", help="group, e.g. 'phase=special' (default: total)")
    command.add_argument("--unit", metavar="U", help="default: count, if the measure has one")
    command.add_argument(
        "--statistic",
        metavar="ST",
        help="flow, stock, rate, change, ... (default: the usual statistic for the unit)",
    )
    command.add_argument("--source", metavar="S", help="needed if several sources publish the figure")
    command.add_argument(
        "--as-of", type=_day, metavar="DATE", help="only what the publisher had published by that day"
    )
    command.add_argument(
        "--as-of-received", type=_day, metavar="DATE", help="only what this store had received by that day"
    )
    command.add_argument(
        "--cell",
        action="store_true",
        help="also open the archived workbook, and show the cell's number format, formula, note, and whether it is "
        "crossed out, hidden or merged",
    )
    _with_store(command)
    _with_json(command)


def _add_compare(commands: Any) -> None:
    command = _command(
        commands,
        "compare",
        _compare,
        "show whether two published figures may be compared, added, divided or shown side by side, and why not",
        "  civic-assets compare ons_csp:burglary:E09000019:2023-01-01/2024-01-01 \\\n"
        "      ons_csp:burglary:E09000019:2024-01-01/2025-01-01\n"
        "  civic-assets compare --json 'met_borough:recorded_crime_met[major=robbery;minor=robbery of personal "
        "property]:E09000019:2024-01-01/2024-02-01' \\\n"
        "      ons_csp:robbery:E09000019:2024-01-01/2025-01-01\n\n"
        + _NAMES
        + "\nexit codes: 0 a verdict was given, even a refusal, 2 unknown or ambiguous figure, or nothing "
        "published yet",
    )
    command.add_argument("first", metavar="SERIES", help="name of a figure, or its id")
    command.add_argument("second", metavar="SERIES", help="the other")
    _with_store(command)
    _with_json(command)


def _add_report(commands: Any) -> None:
    command = _command(
        commands,
        "report",
        _report,
        "build the quality report of the current publication: a folder of pages that needs no server and no network",
        "  civic-assets report\n"
        "  civic-assets report --open\n"
        "  civic-assets report --store ~/civic --json\n\n"
        "refresh also builds it whenever it publishes; the folder <store>/report can be copied and shared\n\n"
        "exit codes: 0 built, 2 nothing published yet",
    )
    command.add_argument("--open", action="store_true", help="open it in this machine's browser")
    _with_store(command)
    _with_json(command)


def _add_sources(commands: Any) -> None:
    command = _command(
        commands,
        "sources",
        _sources,
        "list sources, their releases, and how stale they are",
        "  civic-assets sources\n  civic-assets sources --json --store ~/civic",
    )
    _with_store(command)
    _with_json(command)


def _add_ui(commands: Any) -> None:
    command = _command(
        commands,
        "ui",
        _ui,
        "start the Dagster UI on this store",
        "  civic-assets ui\n  civic-assets ui --store ~/civic --port 3333",
    )
    command.add_argument("--port", type=int, default=3000, help="default: 3000")
    command.add_argument("--host", default="127.0.0.1", help="default: this machine only")
    _with_store(command)


def _add_contract(commands: Any) -> None:
    command = _command(
        commands,
        "contract",
        _contract,
        "check a contract, vocabulary, register or suite against everything that is demanded of it, all at once",
        "  civic-assets contract data_contracts/ons_csp.odcs.yaml\n"
        "  civic-assets contract data_contracts/breaks.yaml data_contracts/vocabularies/measures.yaml\n"
        "  civic-assets contract data_contracts        (every file of the folder)\n"
        "  civic-assets contract new_source.odcs.yaml --json\n\n"
        "exit codes: 0 no problems, 1 problems, 2 usage",
    )
    command.add_argument(
        "file",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="a contract, vocabulary, register, correction, suite of expectations or table of areas, or a folder",
    )
    _with_json(command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date (use YYYY-MM-DD)") from None


def _print_json(document: Mapping[str, Any]) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:  # a file name that is not text, or a terminal with few characters
        text = json.dumps(document, indent=2, default=str)
    print(text)


def _escape_unprintable() -> None:
    """Print as escapes what cannot be printed, such as bytes of a file name that are not text."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refresh(arguments: argparse.Namespace) -> int:
    _light_arrow()
    from civic_assets.layers.store import Store
    from civic_assets.refresh import check_arguments, refresh

    # Check first, so that a mistake leaves no new store behind.
    check_arguments(profile=arguments.profile, inputs=arguments.inputs, sources=arguments.source)

    def say(sentence: str) -> None:
        if not arguments.quiet:
            print(sentence, file=sys.stderr, flush=True)

    summary = refresh(
        Store(arguments.store),
        profile=arguments.profile,
        inputs=arguments.inputs,
        sources=arguments.source,
        progress=say,
    )
    if arguments.json:
        _print_json(summary.as_dict())
    else:
        from civic_assets.cli.answers import print_summary

        print_summary(summary)
    for text in summary.tracebacks if arguments.debug else ():
        print(text, file=sys.stderr)
    return summary.exit_code


def _light_arrow() -> None:
    """Let pyarrow take its memory from the system, and create its first array while pandas appears to be absent.

    Its own pool keeps a quarter of a refresh's memory for later use, which a short process does not need. With its
    first array it also imports pandas, to be able to read pandas columns; that takes longer than reading a workbook.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    import pyarrow

    class Absent:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "pandas":
                raise ModuleNotFoundError(name)

    absent = Absent()
    sys.meta_path.insert(0, absent)
    try:
        pyarrow.array([""])
    finally:
        sys.meta_path.remove(absent)


def _inspect(arguments: argparse.Namespace) -> int:
    _light_arrow()
    from civic_assets.contracts.load import load_contracts
    from civic_assets.intake.inspect import inspect

    if arguments.file.is_dir():
        return _inspect_folder(arguments)
    try:
        report = inspect(arguments.file, load_contracts(), arguments.source)
    except Exception as error:  # with --json, every error is reported as JSON
        if not arguments.json:
            raise
        sentence = _sentence(arguments.file, error)
        _print_json(
            {
                "recognised": False, "source": None, "release": None, "tables": [], "drift": [], "findings": [],
                "outcome": "blocked", "message": sentence, "error": sentence, "exit_code": USAGE,
            }
        )  # fmt: skip
        if arguments.debug:
            _show_traceback(error)
        return USAGE
    for text in report["tracebacks"] if arguments.debug else ():
        print(text, file=sys.stderr)
    if arguments.json:
        _print_json(report)
    else:
        from civic_assets.cli.answers import print_inspection

        print_inspection(report)
    return _code_of(report)


def _inspect_folder(arguments: argparse.Namespace) -> int:
    """Inspect each file of a folder and its sub-folders; return the exit code of the worst."""
    from civic_assets.cli.answers import print_inspections
    from civic_assets.contracts.load import load_contracts
    from civic_assets.intake.inspect import inspect_folder

    reports = inspect_folder(arguments.file, load_contracts(), arguments.source)
    worst = max((_code_of(report) for report in reports), default=OK)
    if arguments.json:
        _print_json({"folder": str(arguments.file), "files": reports, "exit_code": worst})
    else:
        print_inspections(reports)
    return worst


def _code_of(report: Mapping[str, Any]) -> int:
    if not report["recognised"]:
        return USAGE
    parts = [report, *report.get("also", ())]
    return HELD_BACK if any(f["severity"] == "blocking" for part in parts for f in part["findings"]) else OK


def _sentence(about: object, error: Exception) -> str:
    """An error as a sentence that names its subject."""
    if isinstance(error, ContractError):
        return error.named
    if isinstance(error, (CivicError, OSError)):
        return sentence_of(error)
    return f"{about}: {sentence_of(error)}. Try --debug."


def _show_traceback(error: Exception) -> None:
    import traceback

    traceback.print_exception(error)


def _contract(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.contract import as_dict, check_contracts, sentences

    reports = check_contracts(arguments.file)
    if arguments.json:
        _print_json(as_dict(reports))
    else:
        for sentence in sentences(reports):
            print(sentence)
    return HELD_BACK if any(report.problems for report in reports) else OK


def _trace(arguments: argparse.Namespace) -> int:
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.trace import trace
    from civic_assets.publish.read_model.locate import AsOf

    as_of = AsOf(arguments.as_of, arguments.as_of_received)
    asked = _asked(arguments)
    chain = trace(Store.existing(arguments.store), asked, as_of, cell=arguments.cell)
    if arguments.json:
        _print_json(chain)
    else:
        from civic_assets.cli.figure_answers import print_trace

        print_trace(chain)
    return OK


def _asked(arguments: argparse.Namespace) -> Any:
    """The name given, or the query made of the options; giving both is an error."""
    from civic_assets.publish.queries.figure_words import FigureQuery

    options = ("area", "measure", "period", "breakdown", "unit", "statistic", "source")
    given = [name for name in options if getattr(arguments, name) is not None]
    if arguments.series is not None:
        if given:
            raise UsageError(
                f"Give the name of a figure, or --area, --measure and --period, not both (--{given[0]} and "
                f"{arguments.series!r})."
            )
        return arguments.series
    missing = [f"--{name}" for name in options[:3] if name not in given]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing. Give the name of a figure, for "
            "example ons_csp:burglary:E09000019:2024-01-01/2025-01-01, or --area, --measure and --period."
        )
    return FigureQuery(**{name: getattr(arguments, name) for name in options})


def _compare(arguments: argparse.Namespace) -> int:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.compare import compare

    answer = compare(Store.existing(arguments.store), load_contracts(), arguments.first, arguments.second)
    if arguments.json:
        _print_json(answer)
    else:
        from civic_assets.cli.figure_answers import print_comparison

        print_comparison(answer)
    return OK


def _report(arguments: argparse.Namespace) -> int:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.report.site import build, current

    store, contracts = Store.existing(arguments.store), load_contracts()
    try:
        built = build(store, contracts)
    except OSError as error:
        # A user who may only read the store wants the existing report, if it is up to date.
        standing = current(store, contracts)
        if standing is None:
            raise
        print(f"civic-assets: {sentence_of(error)} The existing report is up to date.", file=sys.stderr)
        built = standing
    if arguments.json:
        _print_json(built.as_dict())
    else:
        print(built.index)
    if arguments.open:
        import webbrowser

        webbrowser.open(built.index.as_uri())
    return OK


def _sources(arguments: argparse.Namespace) -> int:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.sources import sources

    store = Store.existing(arguments.store)
    store.require_content()
    listed = sources(store, load_contracts())
    if arguments.json:
        _print_json({"sources": listed})
    else:
        from civic_assets.cli.answers import print_sources

        print_sources(listed)
    return OK


def _ui(arguments: argparse.Namespace) -> int:
    from civic_assets.defs.ui import serve
    from civic_assets.layers.store import Store

    serve(Store(arguments.store), arguments.host, arguments.port)
    return OK


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code. A user's mistake gives a sentence on standard error and exit code 2. With `--json` the sentence
        is printed as `{"error": ..., "exit_code": ...}` on standard output, with `choices` if several figures match.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    _escape_unprintable()
    try:
        parsed = _parser().parse_args(given)
        code: int = parsed.run(parsed)
        return code
    except _Misuse as error:
        if not as_json:
            print(error.usage, end="", file=sys.stderr)
        return _failed(str(error), USAGE, as_json)
    except ContractError as error:
        return _failed(error.named, USAGE, as_json)
    except AmbiguousFigure as error:
        return _failed(str(error), USAGE, as_json, error.choices)
    except CivicError as error:
        return _failed(str(error), USAGE, as_json)
    except BrokenPipeError:  # the reader closed the pipe: `run` ends quietly
        raise
    except OSError as error:  # a full or read-only disk is not a fault of the program
        return _failed(sentence_of(error), USAGE, as_json)
    except Exception as error:  # noqa: BLE001  (a command never ends in a traceback)
        code = _failed(_sentence(parsed.command, error), USAGE, as_json)
        if parsed.debug:
            _show_traceback(error)
        return code
    except KeyboardInterrupt:
        return _failed("Interrupted. No partial output was left; run the command again.", 130, as_json)


def _failed(sentence: str, code: int, as_json: bool, choices: Sequence[str] | None = None) -> int:
    """Report why a command failed: on standard error, or as the one JSON object that `--json` promises."""
    if as_json:
        listed = {} if choices is None else {"choices": list(choices)}
        _print_json({"error": sentence, "exit_code": code, **listed})
    else:
        print(f"civic-assets: {sentence}", file=sys.stderr)
    return code


def run() -> None:
    """Entry point of the installed command: run `main`, flush its output and end the process at once.

    Exit with `os._exit`: interpreter shutdown can abort if a library thread is still running, after a successful run.
    """
    code = OK
    try:
        code = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:  # the reader closed the pipe (`| head`)
        pass
    os._exit(code)
