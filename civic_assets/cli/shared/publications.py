"""The option `--publication`: asks a past publication instead of the last.

Belongs here: the option, and the store that it means. Does not belong here: making a past publication again
(`civic_assets.publish.past`).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from civic_assets.layers.store import Store


def add_publication(command: argparse.ArgumentParser) -> None:
    """Add `--publication` to a command."""
    command.add_argument(
        "--publication",
        type=int,
        metavar="N",
        help="ask this past publication (made again from the archive the first time) instead of the last",
    )


def publication_asked(arguments: argparse.Namespace, store: Store) -> Store:
    """The store of the publication that was asked for.

    Raises:
        UsageError: There is no such publication, or it cannot be made again.
    """
    if arguments.publication is None:
        return store
    from civic_assets.cli.shared.progress import Progress
    from civic_assets.contracts.load import load_contracts
    from civic_assets.publish.past import as_of

    progress = Progress(sys.stderr)
    found = as_of(store, arguments.publication, load_contracts(), progress)
    progress.end()
    return found
