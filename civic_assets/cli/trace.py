"""The command `trace`: shows the chain of one figure.

Belongs here: its arguments, the call, and printing of the chain. Does not belong here: the chain
(`civic_assets.publish.queries.trace`).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.cli.command import FIGURE_NAMES, OK, add_json, add_source, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.shared.publications import add_publication, publication_asked
from civic_assets.cli.wording.figure_text import (
    breakdown_text,
    corrected_text,
    measure_text,
    printed_text,
    value_text,
)
from civic_assets.errors import UsageError
from civic_assets.house_numbers.display import GROUPS_OF_A_NAME, ISSUES_OF_A_FIGURE

if TYPE_CHECKING:
    from civic_assets.answers.figure import PublishedFigure
    from civic_assets.answers.trace import FigureChain
    from civic_assets.cli.command import Commands
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.figure_query import FigureQuery


_WIDTH = 14
_OUTCOMES = {"pass": "passed", "not_evaluated": "not evaluated"}


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "trace",
        _run,
        "show the chain of one figure: value, release, checks, file, cell, text as printed, earlier values",
        "  civic-assets trace ons_csp:burglary:E09000019:2024-01-01/2025-01-01\n"
        "  civic-assets trace 'dfe_exclusions:suspensions[phase=special;reason=theft]:E09000019:2016/17'\n"
        "  civic-assets trace --area Islington --measure total_recorded_crime --unit per_1000_population \\\n"
        "      --period 'ye Dec 2024' --json\n"
        "  civic-assets trace --area E09000019 --measure burglary --period 2024 --as-of 2025-06-30\n\n"
        + FIGURE_NAMES
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
    add_source(command, "needed if several sources publish the figure")
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
    add_publication(command)
    add_store(command)
    add_json(command)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date (use YYYY-MM-DD)") from None


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.trace import trace
    from civic_assets.publish.read_model.locate import AsOf

    as_of = AsOf(arguments.as_of, arguments.as_of_received)
    asked = _asked(arguments)
    store = publication_asked(arguments, Store.existing(arguments.store))
    chain = trace(store, asked, as_of, cell=arguments.cell)
    from dataclasses import replace

    if arguments.publication is None:  # the pages are those of the last publication
        chain = replace(chain, evidence_page=_evidence_page(store, chain.figure))
    if arguments.json:
        print_json(chain)
    else:
        print_trace(chain)
    return OK


def _evidence_page(store: Store, figure: PublishedFigure) -> str:
    """Address of the figure's evidence, from the folder of the report."""
    from civic_assets.publish.read_model.connection import open_read_model
    from civic_assets.publish.site.evidence.addresses import EvidenceAddresses

    with open_read_model(store) as connection:
        addresses = EvidenceAddresses.read(connection, figure.source, figure.release, figure.area_code)
    return addresses.of(figure.source, figure.release, figure.area_code, figure.locator)


def _asked(arguments: argparse.Namespace) -> str | FigureQuery:
    """The name given, or the query made of the options; giving both is an error."""
    from civic_assets.publish.queries.figure_query import FigureQuery

    options = ("area", "measure", "period", "breakdown", "unit", "statistic", "source")
    given = [name for name in options if getattr(arguments, name) is not None]
    if arguments.series is not None:
        if given:
            raise UsageError(
                f"Give the name of a figure, or --area, --measure and --period, not both (--{given[0]} and "
                f"{arguments.series!r})."
            )
        series: str = arguments.series
        return series
    missing = [f"--{name}" for name in options[:3] if name not in given]
    if missing:
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing. Give the name of a figure, for "
            "example ons_csp:burglary:E09000019:2024-01-01/2025-01-01, or --area, --measure and --period."
        )
    return FigureQuery(**{name: getattr(arguments, name) for name in options})


def print_trace(chain: FigureChain) -> None:
    """Print the chain of one figure."""
    from civic_assets.cli.shared.terminal import console

    out = console()
    for name, text in _lines(chain):
        out.print(f"{name:{_WIDTH}}{text}", markup=False)


def _lines(chain: FigureChain) -> Iterator[tuple[str, str]]:
    from civic_assets.answers.trace import CellNotKnown

    figure, file, published = chain.figure, chain.file, chain.published
    synthetic = "  SYNTHETIC SAMPLE DATA" if figure.synthetic else ""
    yield "figure", f"{measure_text(figure)}, {figure.area_name} ({figure.area_code}){synthetic}"
    yield "group", breakdown_text(figure.breakdown)
    kind = figure.period_kind.replace("_", " ")
    yield (
        "period",
        f"{figure.period_start}/{figure.period_end}, {kind}, {figure.statistic.replace('_', ' ')}",
    )
    yield "value", f"{value_text(figure)}, quality {figure.quality}{corrected_text(figure)}"
    counted = chain.counted_from_rows
    if counted:
        yield "counted from", f"{counted:,} {'row' if counted == 1 else 'rows'}"
    else:
        yield "printed as", chain.value_text or "(empty)"
    yield "cell", chain.locator
    if chain.cell is not None:
        yield (
            "cell looks",
            chain.cell.not_known if isinstance(chain.cell, CellNotKnown) else chain.cell.in_words,
        )
    out = f"published on {published.day}; {published.how_known}" if published.day else published.how_known
    yield "release", f"{figure.source} {chain.release} ({out})"
    if chain.superseded:
        yield "superseded", chain.superseded.message
    yield "name", chain.name
    yield "figure id", chain.figure_id
    yield "file", f"{file.file_name}, received {file.retrieved_at}"
    yield "sha256", file.sha256
    yield "url", file.url or "none (supplied as a file)"
    yield "archived at", file.archived_at
    if chain.evidence_page:
        yield "evidence page", f"report/{chain.evidence_page}"
    yield from _decisions(chain)
    for note in chain.notes:
        says = f"[{', '.join(effect.replace('_', ' ') for effect in note.effects)}] " if note.effects else ""
        yield "note", f"{says}{' '.join(note.text.split())} ({note.locator})"
    yield from _issues("later", chain.later)
    yield from _issues("earlier", chain.earlier)
    groups = chain.other_groups
    for group in groups[:GROUPS_OF_A_NAME]:
        yield "other group", f"{printed_text(group)}  {group.name}@{group.release}"
    if len(groups) > GROUPS_OF_A_NAME:
        yield "", f"... and {len(groups) - GROUPS_OF_A_NAME:,} more groups (--json lists all)"
    yield from _checks(chain)


def _decisions(chain: FigureChain) -> Iterator[tuple[str, str]]:
    correction = chain.correction
    if correction:
        applied = "corrected" if correction.state == "applied" else "NOT applied"
        yield (
            applied,
            (
                f"{correction.message} Decided {correction.decided} by {correction.author_role}; "
                f"evidence: {correction.evidence}; reported to: {correction.reported_to}."
            ),
        )
    for finding in chain.findings:
        waived = f" (waived: {finding.waiver_id})" if finding.waiver_id else ""
        yield "finding", f"{finding.check_id}: {finding.message}{waived}"
    for waiver in chain.waivers:
        yield (
            "waiver",
            (
                f"{waiver.waiver_id} of {waiver.check_id}, {waiver.state.replace('_', ' ')} until "
                f"{waiver.expires}, by {waiver.author_role}: {waiver.reason}"
            ),
        )


def _checks(chain: FigureChain) -> Iterator[tuple[str, str]]:
    """Failed checks with their messages: those of this figure, then those elsewhere in its release."""
    failed = [check for check in chain.checks if check.outcome == "fail"]
    # A check whose findings do not name every figure may have failed here too.
    sure = all(check.all_cells_named for check in chain.release_checks)
    none = "no check of this figure" if sure else "no check that names this figure; see the lines 'elsewhere'"
    yield "failed", ", ".join(check.check_id for check in failed) or none
    for outcome, word in _OUTCOMES.items():
        ids = [check.check_id for check in chain.checks if check.outcome == outcome]
        yield word, ", ".join(ids) or "none"
    for check in chain.release_checks:
        unsure = (
            ""
            if check.all_cells_named
            else "; its findings do not name every figure, so this one may be concerned"
        )
        severity, message = check.severity, check.message
        yield "elsewhere", f"{check.check_id} ({severity}) failed in this release{unsure}: {message}"


def _issues(word: str, issues: Sequence[PublishedFigure]) -> Iterator[tuple[str, str]]:
    for issue in issues[:ISSUES_OF_A_FIGURE]:
        corrected = (
            f" (corrected: {issue.corrected_value:,.10g})" if issue.corrected_value is not None else ""
        )
        yield word, f"{printed_text(issue)}{corrected} in release {issue.release}, {issue.locator}"
    if len(issues) > ISSUES_OF_A_FIGURE:
        yield "", f"... and {len(issues) - ISSUES_OF_A_FIGURE:,} more issues (--json lists all)"
