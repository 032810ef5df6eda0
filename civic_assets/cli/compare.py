"""The command `compare`: shows what may be done with two figures.

Belongs here: its arguments, the call, and printing of the answer. Does not belong here: the verdict
(`civic_assets.publish.queries.compare`).
"""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from civic_assets.cli.command import FIGURE_NAMES, OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.shared.publications import add_publication, publication_asked
from civic_assets.cli.wording.figure_text import breakdown_text, corrected_text, measure_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from civic_assets.answers.comparison import Comparison, Operations
    from civic_assets.cli.command import Commands

# A reason that quotes a note and says in which release and cell it is printed.
_QUOTED = re.compile(
    r"(?P<lead>[^\u201c]+): \u201c.*\u201d \((?P<cell>[^()]*(?:\([^()]*\)[^()]*)*)\)\.", re.DOTALL
)
_OPERATIONS = {
    "compare": "compare levels",
    "sum": "add up",
    "rate": "divide one by the other",
    "side_by_side": "show side by side",
    "correlate": "correlate",
}


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "compare",
        _run,
        "show whether two published figures may be compared, added, divided or shown side by side, and why not",
        "  civic-assets compare ons_csp:burglary:E09000019:2023-01-01/2024-01-01 \\\n"
        "      ons_csp:burglary:E09000019:2024-01-01/2025-01-01\n"
        "  civic-assets compare --json 'met_borough:recorded_crime_met[major=robbery;minor=robbery of personal "
        "property]:E09000019:2024-01-01/2024-02-01' \\\n"
        "      ons_csp:robbery:E09000019:2024-01-01/2025-01-01\n\n"
        + FIGURE_NAMES
        + "\nexit codes: 0 a verdict was given, even a refusal, 2 unknown or ambiguous figure, or nothing "
        "published yet",
    )
    command.add_argument("first", metavar="SERIES", help="name of a figure, or its id")
    command.add_argument("second", metavar="SERIES", help="the other")
    add_publication(command)
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.compare import compare

    answer = compare(
        publication_asked(arguments, Store.existing(arguments.store)),
        load_contracts(),
        arguments.first,
        arguments.second,
    )
    if arguments.json:
        print_json(answer)
    else:
        print_comparison(answer)
    return OK


def operation_lines(operations: Operations) -> Iterator[str]:
    """Lines with the verdict on each operation and its reasons; each publisher's note is quoted once."""
    printed: set[str] = set()
    for operation, verdict in operations.items():
        word = "allowed" if verdict.allowed else "REFUSED"
        yield f"\n{_OPERATIONS[operation]}: {word}"
        for rule, text in zip(verdict.rules, verdict.reasons, strict=True):
            yield f"  {rule}  {_once(text, printed)}"


def _once(text: str, printed: set[str]) -> str:
    """A reason, with a note in full only the first time; later it is named by its cell."""
    quoted = _QUOTED.match(text)
    if quoted is None or text not in printed:
        printed.add(text)
        return text
    return f"{quoted['lead']}: the note quoted above, {quoted['cell']}."


def print_comparison(answer: Comparison) -> None:
    """Print what may be done with two figures, and why not."""
    from civic_assets.cli.shared.terminal import console

    out = console()
    for letter, series in zip("AB", answer.series, strict=True):
        number = "no figure published" if not series.published else series.status or "no value"
        value = number if series.value is None else f"{series.value:,.10g} {series.unit}"
        value += corrected_text(series)
        group = "" if series.breakdown == "total" else f" ({breakdown_text(series.breakdown)})"
        out.print(
            f"{letter}  {measure_text(series)}{group}, {series.area_name} ({series.area_code}), "
            f"{series.period_start}/{series.period_end}: {value}",
            markup=False,
        )
        release = f"@{series.release}" if series.published else ""
        out.print(f"   {series.name}{release}  id {series.figure_id}", markup=False)
    for line in operation_lines(answer.operations):
        out.print(line, markup=False)
    if answer.offer:
        offered = "" if answer.offer.value is None else f" {answer.offer.value:+,.10g}"
        out.print(f"\ninstead: {answer.offer.text}{offered}", markup=False)
