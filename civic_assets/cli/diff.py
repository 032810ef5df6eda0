"""The command `diff`: says which figures are different in two publications.

Belongs here: its arguments, the call, and printing. Does not belong here: comparing
(`civic_assets.publish.figure_changes`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.output import print_json
from civic_assets.errors import UsageError
from civic_assets.house_numbers.display import CHANGED_FIGURES

if TYPE_CHECKING:
    from civic_assets.answers.changes import ChangedFigure, PublicationChanges
    from civic_assets.cli.command import Commands

_KINDS = {
    "revised": "revised",
    "new": "new",
    "withdrawn": "withdrawn",
    "newly_suppressed": "newly suppressed",
    "newly_disputed": "newly disputed",
    "reclassified": "reclassified",
}


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "diff",
        _run,
        "say which figures are different in two publications: revised, new, withdrawn, suppressed, disputed",
        "  civic-assets diff 2 3\n"
        "  civic-assets diff 2 3 --csv changes.csv\n"
        "  civic-assets diff 1 7 --json --most 1000\n\n"
        "of each series and period, the figure of its newest release is compared. a past publication is made again\n"
        "from the archive the first time, which takes as long as its first refresh, and is kept in <store>/past.\n\n"
        "exit codes: 0 compared, 2 no such publication, or it cannot be made again",
    )
    command.add_argument("before", type=int, metavar="A", help="number of the earlier publication")
    command.add_argument("after", type=int, metavar="B", help="number of the later publication")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write all changed figures to this file")
    command.add_argument(
        "--most",
        type=int,
        default=CHANGED_FIGURES,
        metavar="N",
        help=f"figures to list (default: {CHANGED_FIGURES})",
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.figure_changes import figure_changes
    from civic_assets.publish.past import as_of

    if arguments.most < 0:
        raise UsageError("--most is a number of figures, 0 or more.")
    if arguments.csv is not None and not arguments.csv.parent.is_dir():
        raise UsageError(f"{arguments.csv.parent} is not a folder. Create it, or name another file.")
    store, contracts = Store.existing(arguments.store), load_contracts()
    progress = Progress(sys.stderr)
    say = (lambda _: None) if arguments.quiet else progress
    before, after = (
        (number, as_of(store, number, contracts, say)) for number in (arguments.before, arguments.after)
    )
    progress.end()
    answer = figure_changes(store, before, after, most=arguments.most, csv=arguments.csv)
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return OK


def _print(answer: PublicationChanges) -> None:
    from civic_assets.cli.shared.terminal import console, print_table

    out = console()
    between = (
        f"publication {answer.before} ({answer.figures_before:,} figures) and {answer.after} "
        f"({answer.figures_after:,})"
    )
    if not answer.counts:
        out.print(f"No figure is different in {between}.", markup=False)
        return
    out.print(f"Different in {between}:", markup=False)
    print_table(
        [("source", False), ("what", False), ("figures", True)],
        [[one.source, _KINDS[one.kind], f"{one.figures:,}"] for one in answer.counts],
    )
    if answer.figures:
        print_table(
            [(name, False) for name in ("source", "measure", "area", "group", "period", "what")]
            + [("before", True), ("after", True)],
            [_row(one) for one in answer.figures],
        )
    left = sum(one.figures for one in answer.counts) - len(answer.figures)
    if left > 0 and answer.csv is None:
        out.print(f"{left:,} more: write all of them with --csv FILE.", markup=False)
    if answer.csv is not None:
        out.print(f"All of them: {answer.csv}", markup=False)


def _row(one: ChangedFigure) -> list[str]:
    return [
        one.source,
        one.measure if one.unit == "count" else f"{one.measure} ({one.unit})",
        one.area_name or one.area_code or "",
        one.breakdown,
        f"{one.period_start} to {one.period_end}",
        _KINDS[one.kind],
        _value(one.value_before, one.status_before, one.quality_before),
        _value(one.value_after, one.status_after, one.quality_after),
    ]


def _value(value: float | None, status: str | None, quality: str | None) -> str:
    """The value or the status; nothing for a figure that is not there."""
    if quality is None:
        return ""
    words = [f"{value:,.10g}"] if value is not None else []
    words += [status.replace("_", " ")] if status else []
    words += [quality] if quality != "ok" else []
    return ", ".join(words) or "no value"
