"""The client and the finders together, as a round needs them.

Belongs here: opening them. Does not belong here: either. They are imported when a round begins, so that a command that
asks nobody does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.acquire.live.rounds import Means

if TYPE_CHECKING:
    from civic_assets.acquire.asking import Asks, Transfer, Validators
    from civic_assets.acquire.client import Client
    from civic_assets.acquire.offers import Found, Offer
    from civic_assets.acquire.settings import Settings
    from civic_assets.contracts.acquisition import Acquisition


@contextmanager
def open_means(root: Path, reader: Callable[[], str], say: Callable[[str], None]) -> Iterator[Means]:
    """Open the client for a store.

    Args:
        root: Folder of the store.
        reader: Gives what would read a file now.
        say: Function called with a sentence about each step.

    Raises:
        UsageError: The settings are wrong.
    """
    from civic_assets.acquire.client import open_client
    from civic_assets.acquire.settings import read_settings

    settings = read_settings()
    with open_client(root, settings, say=say) as client:
        yield means_of(client, settings, reader)


def means_of(client: Client, settings: Settings, reader: Callable[[], str]) -> Means:
    """What a round needs, with a client that is open.

    Args:
        client: The client.
        settings: Settings, with the areas that are wanted.
        reader: Gives what would read a file now.
    """
    from civic_assets.acquire.finders.all_finders import find_offers
    from civic_assets.acquire.obtain import obtain

    def find(source: str, acquisition: Acquisition, ask: Asks, *, since: date | None) -> Found:
        return find_offers(source, acquisition, ask, settings.areas, since=since)

    def get(offer: Offer, ask: Asks, to: Path, known: Validators | None) -> Transfer:
        return obtain(offer, ask, to, known=known)

    return Means(client.bound_to, find, get, settings.areas, reader, client.replayed)
