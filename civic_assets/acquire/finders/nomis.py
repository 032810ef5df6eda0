"""Nomis: one table of a data set, by the query that the contract gives.

Belongs here: the state of a data set, and the address of the table. Does not belong here: reading the table page by
page (`civic_assets.acquire.nomis_table`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import GONE, Trail, entries, moment, text, unexpected
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition

_API = "/api/v01/dataset"


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """The table that the contract's query asks for.

    Args:
        source: Id of the source.
        acquisition: Keys `dataset`, e.g. `NM_2002_1`, and `query`.
        ask: Client.
        narrowed: `authorities`, if any are named: only they are asked for. A table of all is small, and totals of
            regions and countries need it, so it is not narrowed by force or region.
        since: A day without effect, since the query says which dates are wanted.

    Raises:
        NotObtained: Nomis could not be asked, or answers with something else.
    """
    trail = Trail(source, acquisition, ask)
    dataset, base = acquisition.keys["dataset"], f"https://{acquisition.hosts[0]}{_API}"
    about = f"{base}/{dataset}.def.sdmx.json"
    try:
        family = _family(about, trail.mapping(about))
    except NotObtained as error:
        if error.status not in GONE:
            raise
        trail.asked.append(error.url)
        for wanted in acquisition.wanted:
            trail.not_found(wanted, f"{about} (Nomis does not have this data set, status {error.status})")
        return trail.found()
    annotations = family.get("annotations")
    stated = {
        text(one.get("annotationtitle")): text(str(one.get("annotationtext", "")))
        for one in entries(annotations.get("annotation") if isinstance(annotations, Mapping) else None)
    }
    name = family.get("name")
    title = text(name.get("value") if isinstance(name, Mapping) else name) or dataset
    updated = stated.get("LastUpdated", "")
    query = dict(acquisition.query)
    if narrowed.authorities:
        query["geography"] = ",".join(narrowed.authorities)
    for wanted in acquisition.wanted:
        if not wanted.accepts(title):
            trail.not_found(wanted, about, [title])
            continue
        trail.offer(
            Offer(
                source=source,
                wanted=wanted.name,
                title=title,
                url=f"{base}/{dataset}.data.csv?{urlencode(query, safe=',')}",
                file_name=f"{dataset}.data.csv",
                found_at=about,
                way="pages",
                version=f"{dataset} {updated}" if updated else None,
                published=moment(updated),
                paging="nomis",
            )
        )
    return trail.found()


def _family(url: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The description of the data set in an answer of the interface."""
    value: Any = answer
    for key in ("structure", "keyfamilies", "keyfamily"):
        value = value.get(key) if isinstance(value, Mapping) else None
    found = entries(value)
    if not found:
        raise unexpected(url, "the description of a data set (structure.keyfamilies.keyfamily)", value)
    return found[0]
