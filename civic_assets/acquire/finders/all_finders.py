"""The finders by name, and finding everything that one source is offered.

Belongs here: which module finds on which kind of site, and joining what the places of one source gave. Does not belong
here: any kind of site.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import newest_first
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition

FINDERS = (
    "arcgis", "education_data_api", "education_statistics", "govuk_content", "london_datastore", "nomis", "ons_pages",
    "police_archive",
)  # fmt: skip
"""Names of the finders; each is a module of this package with a function `find`."""


def finder(name: str) -> Callable[..., Found]:
    """The function `find` of a kind of site.

    Args:
        name: One of `FINDERS`.

    Raises:
        KeyError: There is no such finder.
    """
    if name not in FINDERS:
        raise KeyError(name)
    found: Callable[..., Found] = import_module(f"civic_assets.acquire.finders.{name}").find
    return found


def find_offers(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Everything that one source is offered, at all its places.

    Args:
        source: Id of the source.
        acquisition: What its contract says.
        ask: Client that is bound to the source and to all hosts of `acquisition`.
        narrowed: Areas that are wanted.
        since: Earlier editions are wanted too if they were published since this day; what the contract says if None.

    Returns:
        All offers, newest first. A place that could not be asked is in `unreached`, if another one could.

    Raises:
        NotObtained: None of the places could be asked.
    """
    found: list[Found] = []
    failed: list[NotObtained] = []
    for place in acquisition.places():
        try:
            found.append(finder(place.finder)(source, place, ask, narrowed, since=since or place.since))
        except NotObtained as error:
            failed.append(error)
    if failed and not found:
        raise failed[0]
    offers: dict[tuple[str, str | None], Offer] = {}
    for one in found:
        for offer in one.offers:
            offers.setdefault((offer.url, offer.member), offer)
    return Found(
        source=source,
        offers=tuple(newest_first(offers.values())),
        missing=tuple(text for one in found for text in one.missing),
        asked=tuple(url for one in found for url in one.asked),
        next_release=next((one.next_release for one in found if one.next_release), None),
        withdrawn=tuple(text for one in found for text in one.withdrawn),
        notes=tuple(text for one in found for text in one.notes),
        unreached=tuple(str(error) for error in failed),
    )
