"""The command `inspect`: shows what a file is and what is wrong with it.

Belongs here: its arguments, the call, and printing of the answer. Does not belong here: the answer
(`civic_assets.intake.inspect`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import HELD_BACK, OK, USAGE, add_json, add_source, new_command
from civic_assets.cli.shared.light_arrow import light_arrow
from civic_assets.cli.shared.output import print_json, sentence_about, show_traceback
from civic_assets.cli.wording.causes_text import cause_line
from civic_assets.cli.wording.left_out import reasons_in_words

if TYPE_CHECKING:
    from civic_assets.answers.inspection import (
        HiddenPart,
        Inspection,
        NothingHidden,
        NotRecognisedFile,
    )
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "inspect",
        _run,
        "show what a file is, how it differs from its contract, and every finding in it; nothing is stored",
        "  civic-assets inspect policeforceareatables.xlsx\n"
        "  civic-assets inspect tables.xlsx --source ons_csp --json\n"
        "  civic-assets inspect ~/downloads/crime        (every file in a folder, one line each)\n\n"
        "exit codes: 0 clean or warnings only, 1 a finding of severity blocking, 2 not recognised or not readable;\n"
        "for a folder, the exit code of its worst file",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="a file, or a folder of files")
    add_source(command, "treat the file as a release of this source only")
    add_json(command)
    command.add_argument(
        "--all",
        action="store_true",
        help="with --json: list every cell of a finding that stands for many, not only the first",
    )


def _run(arguments: argparse.Namespace) -> int:
    light_arrow()
    from civic_assets.answers.inspection import FailedInspection
    from civic_assets.contracts.load import load_contracts
    from civic_assets.errors import UsageError
    from civic_assets.intake.inspect import inspect

    if arguments.all and not arguments.json:
        raise UsageError("--all lists the cells in the answer of --json. Add --json.")
    if arguments.file.is_dir():
        return _inspect_folder(arguments)
    try:
        report = inspect(arguments.file, load_contracts(), arguments.source, all_cells=arguments.all)
    except Exception as error:  # with --json, every error is reported as JSON
        if not arguments.json:
            raise
        sentence = sentence_about(arguments.file, error)
        print_json(FailedInspection.because(sentence, USAGE))
        if arguments.debug:
            show_traceback(error)
        return USAGE
    for text in report.tracebacks if arguments.debug else ():
        print(text, file=sys.stderr)
    if arguments.json:
        print_json(report)
    else:
        print_inspection(report)
    return _code_of(report)


def _inspect_folder(arguments: argparse.Namespace) -> int:
    """Inspect each file of a folder and its sub-folders; return the exit code of the worst."""
    from civic_assets.answers.inspection import FolderInspection
    from civic_assets.contracts.load import load_contracts
    from civic_assets.intake.inspect import inspect_folder

    reports = inspect_folder(arguments.file, load_contracts(), arguments.source, all_cells=arguments.all)
    worst = max((_code_of(report) for report in reports), default=OK)
    if arguments.json:
        print_json(FolderInspection(str(arguments.file), tuple(reports), worst))
    else:
        print_inspections(reports)
    return worst


def _code_of(report: Inspection | NotRecognisedFile) -> int:
    from civic_assets.answers.inspection import NotRecognisedFile

    if isinstance(report, NotRecognisedFile):
        return USAGE
    blocking = any(f.severity == "blocking" for part in report.parts for f in part.findings)
    return HELD_BACK if blocking else OK


def print_inspections(reports: Sequence[Inspection | NotRecognisedFile]) -> None:
    """Print one line for each file of a folder, then the number of files of each kind."""
    from civic_assets.answers.inspection import NotRecognisedFile
    from civic_assets.cli.shared.terminal import console

    out = console()
    outcomes: Counter[str] = Counter()
    for report in reports:
        if isinstance(report, NotRecognisedFile):
            outcomes["not recognised"] += 1
            out.print(f"{report.file}: not recognised: {report.message}", markup=False)
            continue
        for part in report.parts:
            outcomes[part.outcome] += 1
            found = Counter(finding.severity for finding in part.findings)
            said = ", ".join(
                f"{found[name]} {name}" for name in ("blocking", "warning", "info") if found[name]
            )
            synthetic = ", SYNTHETIC SAMPLE DATA" if part.synthetic else ""
            out.print(
                f"{part.file}: {part.source} {part.release}{synthetic}, {part.rows:,} figures, "
                f"{part.outcome} ({said or 'no findings'})",
                markup=False,
            )
    counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    out.print(f"{len(reports)} files: {counted}. Inspect a single file to see all its findings.")


def print_inspection(report: Inspection) -> None:
    """Print what a file is and what is wrong with it."""
    from civic_assets.cli.shared.terminal import console
    from civic_assets.house_numbers.display import SUMMARY_LINES

    out = console()
    for part in report.parts:
        synthetic = ", SYNTHETIC SAMPLE DATA" if part.synthetic else ""
        out.print(
            f"{part.file}: {part.source} {part.release}{synthetic}, {part.rows:,} figures",
            markup=False,
        )
        kinds = ", ".join(f"{n} {kind.replace('_', ' ')}" for kind, n in part.row_kinds.items())
        if kinds:
            out.print(f"Rows: {kinds}")
        for table in part.tables:
            unseen = _hidden(table.hidden)
            out.print(f"  {table.table}: sheet {table.sheet!r}, {table.rows} rows{unseen}", markup=False)
        for drift in part.drift:
            out.print(f"Drift: {drift.message}", markup=False)
        asking = [cause for cause in part.causes if cause.asks_action]
        others = [cause for cause in part.causes if not cause.asks_action]
        for cause in asking[:SUMMARY_LINES]:
            out.print(cause_line(cause), markup=False)
        if hidden := len(asking[SUMMARY_LINES:]):
            out.print(f"... and {hidden:,} more causes (--json lists all).")
        if others:
            out.print("For information:")
        for cause in others[:SUMMARY_LINES]:
            out.print(f"  {cause_line(cause)}", markup=False)
        counted = {
            name: sum(c.outcome == name for c in part.checks) for name in ("pass", "fail", "not_evaluated")
        }
        out.print(
            f"Checks: {counted['pass']} passed, {counted['fail']} failed, {counted['not_evaluated']} not evaluated."
        )
        words = {
            "clean": "Clean.",
            "warnings": "Would be published, with these warnings.",
            "disputed": "Would be published, with the figures above marked as disputed.",
            "blocked": "Would be held back until the findings above are resolved.",
        }
        out.print(words[part.outcome])
    for sentence in reasons_in_words(report.not_read or ()):
        out.print(f"Not read: {sentence}", markup=False)


def _hidden(hidden: HiddenPart | NothingHidden) -> str:
    """What of a table a person who opens the workbook does not see."""
    from civic_assets.answers.inspection import NothingHidden
    from civic_assets.quality.framework.wording import counted

    if isinstance(hidden, NothingHidden):
        return ""
    if hidden.sheet:
        return "; hidden in the workbook, and read all the same: the sheet"
    numbers = (("row", hidden.rows), ("column", hidden.columns))
    counts = [counted(number, name) for name, number in numbers if number]
    return f"; hidden in the workbook, and read all the same: {' and '.join(counts)} from {hidden.first} on"
