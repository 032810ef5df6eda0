"""What is asked of publishers: the sources, and where their contracts say that their files are found.

Belongs here: choosing the sources, and keeping the choice as a document, so that a run that finds nothing new need not
read contracts. Does not belong here: what a contract may say (`civic_assets.contracts.acquisition`), and asking
(`rounds`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.errors import UsageError

if TYPE_CHECKING:
    from civic_assets.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class WantedSources:
    """Sources to ask for.

    Args:
        asked: Where the files of each are found.
        not_offered: Why no site offers the files of a source, by source.
    """

    asked: Mapping[str, Acquisition]
    not_offered: Mapping[str, str]

    def as_document(self) -> dict[str, Any]:
        """A document from which `from_document` makes the same."""
        return {
            "asked": {name: _document(one) for name, one in self.asked.items()},
            "not_offered": dict(self.not_offered),
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> WantedSources:
        """What `as_document` was made from.

        Raises:
            KeyError, TypeError, ValueError: The document is not one.
        """
        asked = {name: _acquisition(one) for name, one in document["asked"].items()}
        return WantedSources(asked, document["not_offered"])


def wanted_sources(active: Mapping[str, Contract], only: Collection[str] = ()) -> WantedSources:
    """The sources to ask for.

    Args:
        active: Contracts of active sources.
        only: Sources that were named; all if empty.

    Raises:
        UsageError: A source was named whose files no site offers, or whose contract does not say where they are.
    """
    asked, not_offered = {}, {}
    for source, contract in active.items():
        if only and source not in only:
            continue
        found = contract.acquisition
        if found is not None and any(True for _ in found.places()):
            asked[source] = found
        else:
            why = (
                found.not_offered
                if found is not None
                else "its contract does not say where its files are found"
            )
            not_offered[source] = f"{source} is not fetched: {why.rstrip('.')}."
    if only and not_offered:
        raise UsageError(f"{next(iter(not_offered.values()))} Leave out --source {next(iter(not_offered))}.")
    return WantedSources(asked, not_offered)


def fingerprint(acquisition: Acquisition, narrowed: object, since: date | None) -> str:
    """Changes when other files are wanted of a source: its contract, the areas of the settings, or the day."""
    document = [_document(acquisition), repr(narrowed), since.isoformat() if since else None]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]


def _document(acquisition: Acquisition) -> dict[str, Any]:
    document = asdict(acquisition)
    document["since"] = acquisition.since.isoformat() if acquisition.since else None
    document["also"] = [_document(one) for one in acquisition.also]
    return document


def _acquisition(document: Mapping[str, Any]) -> Acquisition:
    return Acquisition(
        finder=document["finder"],
        hosts=tuple(document["hosts"]),
        wanted=tuple(Wanted(**{**one, "formats": tuple(one["formats"])}) for one in document["wanted"]),
        keys=document["keys"],
        query=document["query"],
        since=date.fromisoformat(document["since"]) if document["since"] else None,
        also=tuple(map(_acquisition, document["also"])),
        not_offered=document["not_offered"],
    )
