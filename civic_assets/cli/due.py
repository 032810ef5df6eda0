"""The command `due`: what is held, what is out, and what is expected next.

Belongs here: its arguments, the call, and printing of the list. Does not belong here: the list
(`civic_assets.publish.queries.due`), and asking publishers (`live`).
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.answers.due import DueList, DueSource
    from civic_assets.cli.command import Commands

_STATES = {
    "up_to_date": "up to date",
    "out": "OUT, NOT HELD",
    "overdue": "overdue",
    "not_known": "not known",
    "expected": "expected",
    "not_expected": "not expected again",
    "nothing_held": "nothing held",
    "not_found": "NOT FOUND",
}


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "due",
        _run,
        "say what is held of each source, what is out, and what is expected next",
        "  civic-assets due\n"
        "  civic-assets due --source ons_pfa --ask\n"
        "  civic-assets due --json --store ~/civic\n\n"
        "exit codes: 0 listed, 2 wrong usage or configuration, 3 with --ask: a source could not be reached, or "
        "something that is\nwanted of it was not found",
    )
    command.add_argument(
        "--source", action="append", default=[], metavar="S", help="only this source (repeatable)"
    )
    command.add_argument(
        "--ask",
        action="store_true",
        help="ask the publishers now what they offer (nothing is fetched); without it, what they said last is listed",
    )
    command.add_argument("--quiet", action="store_true", help="print no progress")
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.cli.shared.light_arrow import light_arrow
    from civic_assets.cli.shared.settings import refuse_wrong_settings

    refuse_wrong_settings()
    light_arrow()
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.due import due
    from civic_assets.refresh import check_arguments

    _, active = check_arguments(profile="live", inputs=None, sources=arguments.source)
    code = OK
    if arguments.ask:
        from civic_assets.cli.shared.live import ask_only

        code = ask_only(arguments, active)
        store = Store(arguments.store)
    else:
        store = Store.existing(arguments.store)
    listed = due(store, load_contracts(), arguments.source, exit_code=code)
    if arguments.json:
        print_json(listed)
    else:
        print_due(listed)
    return code


def print_due(listed: DueList) -> None:
    """Print a line for each source, and sentences about what is missing or could not be asked."""
    from civic_assets.cli.shared.terminal import console, print_table

    out = console()
    columns = [
        ("source", False), ("held", False), ("out", False), ("asked", False), ("next", False), ("said by", False),
        ("state", False), ("late by", False),
    ]  # fmt: skip
    rows = []
    for one in listed.sources:
        day = one.next.day if one.next else None
        rows.append(
            [
                one.source,
                one.held.period if one.held else "",
                _out(one),
                one.asked_at[:10] if one.asked_at else "never",
                f"{day.day} {day:%B %Y}" if day else one.next.words if one.next else "",
                {"publisher": "the publisher", "rhythm": "its contract"}[one.next.basis] if one.next else "",
                _STATES[one.state],
                f"{one.late_days:,} day{'' if one.late_days == 1 else 's'}" if one.late_days else "",
            ]
        )
    print_table(columns, rows)
    for one in listed.sources:
        if one.state in ("out", "overdue", "not_known", "not_found"):
            out.print(one.sentence, markup=False)
    for one in listed.sources:
        if one.trouble:
            times = f" ({one.failures:,} times in a row)" if one.failures > 1 else ""
            out.print(f"When last asked{times}: {one.trouble}", markup=False)
    for one in listed.sources:
        for note in one.notes:
            out.print(f"Note: {note}", markup=False)


def _out(one: DueSource) -> str:
    if one.out is None:
        return ""
    return one.out.edition or one.out.title
