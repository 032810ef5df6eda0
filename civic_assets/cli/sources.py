"""The command `sources`: lists sources and their releases.

Belongs here: its arguments, the call, and printing of the list. Does not belong here: the list
(`civic_assets.publish.queries.sources`).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.wording.left_out import without_samples

if TYPE_CHECKING:
    from civic_assets.answers.sources import SourceStatus
    from civic_assets.cli.command import Commands


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "sources",
        _run,
        "list sources, their releases, and how stale they are",
        "  civic-assets sources\n  civic-assets sources --json --store ~/civic",
    )
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.contracts.load import load_contracts
    from civic_assets.layers.store import Store
    from civic_assets.publish.queries.sources import sources

    store = Store.existing(arguments.store)
    store.require_content()
    listed = sources(store, load_contracts())
    if arguments.json:
        print_json(listed)
    else:
        print_sources(listed.sources)
    return OK


def print_sources(listed: Sequence[SourceStatus]) -> None:
    """Print the sources with their newest edition and the next one due, and why some are not read."""
    from civic_assets.cli.shared.terminal import console, print_table

    out = console()
    columns = [
        ("source", False), ("publisher", False), ("status", False), ("releases", True), ("newest edition", False),
        ("period", False), ("next due", False), ("late by", False),
    ]  # fmt: skip
    rows = []
    for entry in listed:
        main, others = (entry.lines[0], entry.lines[1:]) if entry.lines else (None, ())
        held = [release for release in entry.releases if release.state != "left_out"]
        published = [release for release in held if release.state == "published"]
        rows.append(
            [
                entry.source,
                entry.publisher or "",
                entry.status,
                str(len(held) - sum(line.releases for line in others)),
                main.edition if main else published[0].release if published else "",
                main.period if main else "",
                _next_due(entry),
                _days(entry.due_late_days) if entry.due_late_days else "",
            ]
        )
        # The newest file of one line says nothing about the others.
        rows += [
            [
                f"  {line.line or 'others'}", "", "", str(line.releases), line.edition, line.period,
                "requested once" if line.one_off else "", "",
            ]
            for line in others
        ]  # fmt: skip
    print_table(columns, rows)
    for entry in listed:
        if entry.not_read_because:
            out.print(f"{entry.source} is not read yet, because {entry.not_read_because}.", markup=False)
    for entry in listed:
        # Of a publisher that was never asked, the table says all that is known.
        if entry.asked_at and entry.due_state in ("out", "overdue", "not_known", "not_found"):
            out.print(entry.due_sentence, markup=False)
    if any(len(entry.lines) > 1 for entry in listed):
        out.print(
            "A source with several lines of files has one row for each line. The next due date is for the first: the "
            "line whose editions are named by date alone, or else the one with the most figures.",
            markup=False,
        )
    left_out = sum(release.state == "left_out" for entry in listed for release in entry.releases)
    if left_out:
        out.print(without_samples(left_out))


def _next_due(entry: SourceStatus) -> str:
    if entry.not_read_because:
        return "not read yet"
    if entry.due_day:
        return f"{entry.due_day.day} {entry.due_day:%B %Y}"
    if entry.newest:
        return "not expected again" if not entry.comes_again else "requested once"
    published = any(release.state == "published" for release in entry.releases)
    return "its files have no periods" if published else "nothing published"


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
