"""The command `diff`: says which figures are different in two publications.

Belongs here: its arguments, the call, and printing. Does not belong here: comparing
(`civic_assets.publish.figure_changes`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.errors import UsageError
from civic_assets.house_numbers.display import CHANGED_FIGURES, CHANGED_FIGURES_ON_A_PAGE

if TYPE_CHECKING:
    from civic_assets.answers.changes import ChangedFigure, PublicationChanges
    from civic_assets.cli.command import Commands
    from civic_assets.layers.store import Store

_SYNTHETIC = "SELECT DISTINCT source FROM catalogue.releases WHERE synthetic"


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "diff",
        _run,
        "say which figures are different in two publications: revised, new, withdrawn, suppressed, disputed",
        "  civic-assets diff 2 3\n"
        "  civic-assets diff 2 3 --csv changes.csv\n"
        "  civic-assets diff 2 3 --page changes.html\n"
        "  civic-assets diff 1 7 --json --most 1000\n\n"
        "of each series and period, the figure of its newest release is compared. a past publication is made again\n"
        "from the archive the first time, which takes as long as its first refresh, and is kept in <store>/past.\n\n"
        "exit codes: 0 compared, 2 no such publication, or it cannot be made again",
    )
    command.add_argument("before", type=int, metavar="A", help="number of the earlier publication")
    command.add_argument("after", type=int, metavar="B", help="number of the later publication")
    command.add_argument("--csv", type=Path, metavar="FILE", help="write all changed figures to this file")
    command.add_argument(
        "--page",
        type=Path,
        metavar="FILE",
        help="write a page for a browser, with no other file, to this file",
    )
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
    for file in (arguments.csv, arguments.page):
        if file is not None and not file.parent.is_dir():
            raise UsageError(f"{file.parent} is not a folder. Create it, or name another file.")
    store, contracts = Store.existing(arguments.store), load_contracts()
    progress = Progress(sys.stderr)
    say = (lambda _: None) if arguments.quiet else progress
    before, after = (
        (number, as_of(store, number, contracts, say)) for number in (arguments.before, arguments.after)
    )
    progress.end()
    most = max(arguments.most, CHANGED_FIGURES_ON_A_PAGE) if arguments.page else arguments.most
    answer = figure_changes(store, before, after, most=most, csv=arguments.csv)
    if arguments.page is not None:
        from dataclasses import replace

        _write_page(arguments.page, answer, (before[1], after[1]))
        answer = replace(answer, figures=answer.figures[: arguments.most], page=str(arguments.page))
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return OK


def _write_page(file: Path, answer: PublicationChanges, stores: Sequence[Store]) -> None:
    from civic_assets.evidence.changes_page import changes_page
    from civic_assets.publish.read_model.connection import open_read_model
    from civic_assets.tables.atomic import atomic_write_text

    synthetic: set[str] = set()
    for store in stores:
        with open_read_model(store) as connection:
            synthetic |= {source for (source,) in connection.execute(_SYNTHETIC).fetchall()}
    try:
        atomic_write_text(file, changes_page(answer, synthetic))
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from None


def _print(answer: PublicationChanges) -> None:
    from civic_assets.cli.shared.terminal import console, print_table
    from civic_assets.publish.change_words import KINDS

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
        [[one.source, KINDS[one.kind], f"{one.figures:,}"] for one in answer.counts],
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
    if answer.page is not None:
        out.print(f"Page: {answer.page}", markup=False)


def _row(one: ChangedFigure) -> list[str]:
    from civic_assets.publish.change_words import KINDS, value_words

    return [
        one.source,
        one.measure if one.unit == "count" else f"{one.measure} ({one.unit})",
        one.area_name or one.area_code or "",
        one.breakdown,
        f"{one.period_start} to {one.period_end}",
        KINDS[one.kind],
        value_words(one.value_before, one.status_before, one.quality_before),
        value_words(one.value_after, one.status_after, one.quality_after),
    ]
