"""ONS Open Geography on ArcGIS: lookup tables of an owner, by the name of the service.

Belongs here: the search for an owner's services, and what a service says about its table. Does not belong here: reading
the table page by page (`civic_assets.acquire.arcgis_table`).

Names of services change from year to year and carry suffixes (`_v2`, a hash), so they are searched by pattern.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks
from civic_assets.acquire.finders.trail import Trail, current_and_since, entries, text, unexpected, whole
from civic_assets.acquire.offers import Found, Offer
from civic_assets.acquire.paged import Page, every_page, number
from civic_assets.contracts.acquisition import Acquisition
from civic_assets.house_numbers.discovery import ARCGIS_SERVICES

_SEARCH = "/sharing/rest/search"


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """The newest table of each kind and, since a day, older ones.

    Args:
        source: Id of the source.
        acquisition: Keys `owner`; `search`: words that the titles have. Hosts: the search, then those of services.
        ask: Client.
        narrowed: Areas that are wanted; lookups are fetched whole, since codes are looked up of every area.
        since: Older tables are wanted too if their year is not earlier.

    Raises:
        NotObtained: The search or a service could not be asked, or answers with something else.
    """
    trail = Trail(source, acquisition, ask)
    address = f"https://{acquisition.hosts[0]}{_SEARCH}"
    services = _services(trail, address, acquisition.keys["owner"], acquisition.keys.get("search", ""))
    for wanted in acquisition.wanted:
        fitting = [
            _unread(source, wanted.name, one, address)
            for one in services
            if wanted.accepts(text(one.get("title"))) and wanted.accepts_file(_name(one))
        ]
        by_year = [one for one in fitting if since is None or int(one.edition[:4] or 0) >= since.year]
        newest = current_and_since(fitting, None)
        chosen = by_year if since is not None and by_year else newest
        if not chosen:
            trail.not_found(wanted, trail.asked[-1], (_name(one) for one in services))
        for offer in chosen:
            trail.offer(_described(trail, offer))
    return trail.found()


def _services(trail: Trail, address: str, owner: str, words: str) -> Sequence[Mapping[str, Any]]:
    query = f'owner:{owner} AND type:"Feature Service"' + (f" AND {words}" if words else "")

    def ask(page: int, before: int) -> Page:
        answer = trail.mapping(
            address,
            {
                "q": query,
                "f": "json",
                "num": str(ARCGIS_SERVICES),
                "start": str(before + 1),
                "sortField": "created",
            },
        )
        where = trail.asked[-1]
        if not isinstance(answer.get("results"), list) or number(answer, "total") is None:
            raise unexpected(where, "a page of services (results, total)", sorted(answer))
        return Page(
            where, entries(answer["results"]), number(answer, "total"), (number(answer, "nextStart") or 0) < 1
        )

    every = [one for page in every_page(ask, lambda one: text(one.get("id"))) for one in page.entries]
    return [one for one in every if text(one.get("url"))]


def _name(one: Mapping[str, Any]) -> str:
    found = re.search(
        r"/services/([^/]+)/FeatureServer", unquote(urlsplit(text(one.get("url"))).path), re.IGNORECASE
    )
    return found[1] if found else text(one.get("name"))


def _unread(source: str, wanted: str, one: Mapping[str, Any], address: str) -> Offer:
    name, layer = _name(one), text(one.get("url")).rstrip("/")
    layer = layer if re.search(r"/FeatureServer/[0-9]+$", layer, re.IGNORECASE) else f"{layer}/0"
    # The name has the year of each kind of code; the newest of them is the year of the table.
    year = max(re.findall(r"(?<=[A-Z])([0-9]{2})(?![0-9])", name), default="")
    modified = whole(one.get("modified"))
    return Offer(
        source=source,
        wanted=wanted,
        title=text(one.get("title")) or name,
        url=layer.replace("http://", "https://", 1),
        file_name=f"{name}.csv",
        found_at=address,
        way="pages",
        published=datetime.fromtimestamp(modified / 1000, UTC) if modified else None,
        edition=f"20{year}-12" if year else "",
        paging="arcgis",
    )


def _described(trail: Trail, offer: Offer) -> Offer:
    """The offer with the state of its table: when it was edited, and how many rows it has."""
    if urlsplit(offer.url).hostname not in trail.place.hosts:
        return offer
    about = trail.mapping(offer.url, {"f": "json"}, offer.found_at)
    fields = [text(one.get("name")) for one in entries(about.get("fields"))]
    if not fields:
        raise unexpected(trail.asked[-1], "a table with its columns (fields)", about.get("fields"))
    key = text(about.get("objectIdField")) or next(
        (
            text(one.get("name"))
            for one in entries(about.get("fields"))
            if one.get("type") == "esriFieldTypeOID"
        ),
        "",
    )
    if not key:
        raise unexpected(trail.asked[-1], "the column that numbers the rows (objectIdField)", None)
    edited = about.get("editingInfo")
    edited = (
        whole(edited.get("dataLastEditDate", edited.get("lastEditDate")))
        if isinstance(edited, Mapping)
        else None
    )
    query = {
        "where": "1=1",
        "outFields": ",".join(fields),
        "returnGeometry": "false",
        "orderByFields": key,
        "f": "json",
    }
    return replace(
        offer,
        url=f"{offer.url}/query?{urlencode(query, safe=',=')}",
        version=f"edited {edited}" if edited else None,
    )
