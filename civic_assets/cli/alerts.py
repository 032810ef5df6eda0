"""The command `alerts`: lists what is wrong, and tests whether messages arrive.

Belongs here: its arguments, the call, and printing. Does not belong here: finding causes and sending
(`civic_assets.alerts`).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, USAGE, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.alerts.settings import AlertSettings
    from civic_assets.answers.alerts import AlertList, OpenCause, TestedChannel
    from civic_assets.cli.command import Commands
    from civic_assets.layers.store import Store

_NOT_SENT = 1


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "alerts",
        _run,
        "list what is wrong and was sent as an alert, or send a test message",
        "  civic-assets alerts\n  civic-assets alerts --test\n\n"
        "exit codes: 0 listed or sent, 1 a test message could not be sent, 2 wrong usage, or no channel to test",
    )
    command.add_argument(
        "--test", action="store_true", help="send one test message by each channel, and say what happened"
    )
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.acquire.live.held import read_held
    from civic_assets.alerts.deliver import channels
    from civic_assets.alerts.settings import configured_alerts
    from civic_assets.answers.alerts import AlertList
    from civic_assets.layers.root import store_root
    from civic_assets.layers.store import Store

    settings = configured_alerts()
    names = tuple(channels(settings))
    if arguments.test:
        tested = _tested(store_root(arguments.store), settings)
        answer = AlertList(settings.on, names, (), tested)
    else:
        store = Store.existing(arguments.store)
        if not read_held(store.root):
            store.require_content()
        answer = AlertList(settings.on, names, _open(store, settings), ())
    if arguments.json:
        print_json(answer)
    else:
        _print(answer, arguments.test)
    if arguments.test and not names:
        return USAGE
    return OK if all(one.sent for one in answer.tested) else _NOT_SENT


def _tested(root: Path, settings: AlertSettings) -> tuple[TestedChannel, ...]:
    from civic_assets.alerts.deliver import test_channels
    from civic_assets.answers.alerts import TestedChannel

    return tuple(
        TestedChannel(channel, not wrong, wrong or f"A test message was sent by {channel}.")
        for channel, wrong in test_channels(root, settings).items()
    )


def _open(store: Store, settings: AlertSettings) -> tuple[OpenCause, ...]:
    from civic_assets.alerts.cause import ADVICE
    from civic_assets.alerts.deliver import open_causes, report_address
    from civic_assets.answers.alerts import OpenCause
    from civic_assets.contracts.load import load_contracts

    # Before the first publication there is no page to point to.
    report = report_address(store, settings) if store.database.is_file() or settings.report else ""
    return tuple(
        OpenCause(
            kind=known.cause.kind,
            subject=known.cause.subject,
            sentence=known.cause.sentence,
            what_to_do=ADVICE[known.cause.kind].do,
            explained_in=f"docs/{ADVICE[known.cause.kind].page}",
            report=f"{report}/{known.cause.report}" if known.cause.report and report else "",
            since=known.since,
            sent=dict(known.sent),
        )
        for known in open_causes(store, load_contracts())
    )


def _print(answer: AlertList, test: bool) -> None:
    from civic_assets.cli.shared.terminal import console

    out = console()
    for one in answer.tested:
        out.print(one.sentence, markup=False)
    if not answer.on:
        out.print(
            "No alerts are sent: neither e-mail nor webhook is configured. Add the table [alerts] to civic.toml; see "
            "docs/how-to/run-as-a-service.md#alerts.",
            markup=False,
        )
    if test:
        return
    if not answer.causes:
        out.print("Nothing is wrong.")
    for cause in answer.causes:
        sent = ", ".join(f"by {channel} at {when}" for channel, when in cause.sent.items())
        out.print(f"{cause.kind}: {cause.sentence}", markup=False)
        out.print(f"  What to do: {cause.what_to_do}", markup=False)
        out.print(f"  Explained in: {cause.explained_in}", markup=False)
        if cause.report:
            out.print(f"  In the report: {cause.report}", markup=False)
        out.print(f"  Known since {cause.since}; {f'sent {sent}' if sent else 'not sent'}.", markup=False)
