"""The command `lineage`: the runs that made a publication as OpenLineage events, in a file or sent.

Belongs here: its arguments, the call, and printing. Does not belong here: the events (`civic_assets.lineage`).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.cli.command import OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json
from civic_assets.cli.shared.publications import add_publication, publication_asked
from civic_assets.errors import UsageError

if TYPE_CHECKING:
    from civic_assets.answers.lineage import LineageEvents
    from civic_assets.cli.command import Commands

_NOT_SENT = 3


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "lineage",
        _run,
        "write or send the runs that made a publication as OpenLineage events, for Marquez, DataHub and others",
        "  civic-assets lineage --out events.jsonl\n"
        "  OPENLINEAGE_URL=http://localhost:5000 civic-assets lineage --send\n\n"
        "where events are sent is set as for every program with openlineage-python (OPENLINEAGE_URL,\n"
        "OPENLINEAGE_CONFIG, OPENLINEAGE__TRANSPORT__TYPE); with such a setting, every refresh sends what is new\n\n"
        "exit codes: 0 written and sent, 2 no such publication, or nothing says where to send, 3 not all could be sent",
    )
    command.add_argument("--out", "-o", type=Path, metavar="FILE", help="file for one event on each line")
    command.add_argument("--send", action="store_true", help="send the events to where the settings say")
    add_publication(command)
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.answers.lineage import LineageEvents
    from civic_assets.defs.lineage.column_origins import column_origins
    from civic_assets.layers.store import Store
    from civic_assets.lineage.sending import (
        is_configured,
        namespace_asked,
        require_library,
        send_events,
        write_events,
    )
    from civic_assets.publish.rebuild import manifest_of

    if arguments.out is None and not arguments.send:
        raise UsageError("Say where the events go: --out FILE, --send, or both.")
    if arguments.send and not is_configured():
        raise UsageError(
            "Nothing says where to send events. Set OPENLINEAGE_URL, or another of OpenLineage's settings."
        )
    require_library()
    from civic_assets.lineage.events import events_of

    store = Store.existing(arguments.store)
    manifest = manifest_of(store, arguments.publication)
    asked = publication_asked(arguments, store)
    namespace = namespace_asked()
    events = list(events_of(asked, manifest, column_origins(asked), namespace=namespace))
    if arguments.out is not None:
        try:
            write_events(events, arguments.out.absolute())
        except OSError as error:
            raise UsageError(f"{arguments.out} cannot be written: {error.strerror}.") from None
    sent, trouble = send_events(events) if arguments.send else (0, "")
    answer = LineageEvents(
        publication=int(manifest["number"]),
        hash=str(manifest["hash"]),
        namespace=namespace,
        events=len(events),
        file=None if arguments.out is None else str(arguments.out),
        sent=sent,
        not_sent=trouble,
    )
    if arguments.json:
        print_json(answer)
    else:
        _print(answer)
    return _NOT_SENT if trouble else OK


def _print(answer: LineageEvents) -> None:
    if answer.file is not None:
        print(f"Written: {answer.events:,} events of publication {answer.publication} in {answer.file}")
    if answer.not_sent:
        print(f"{answer.not_sent}.", file=sys.stderr)
    elif answer.sent:
        print(f"Sent: {answer.sent:,} events of publication {answer.publication}")
