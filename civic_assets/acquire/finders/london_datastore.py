"""The London Datastore: files of a data set, by title and time.

Belongs here: both shapes of the Datastore's interface, v2 (resources by id) and v3 (a list of resources). Does not
belong here: which data set a source is in (its contract).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import (
    GONE,
    Trail,
    current_and_since,
    entries,
    file_name_of,
    moment,
    text,
    unexpected,
    whole,
)
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted

_EXPORTS = ("/api/v3/datasets/export.json", "/api/v2/datasets/export.json")


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Files of the data set whose titles the contract asks for.

    Args:
        source: Id of the source.
        acquisition: Key `dataset`: id or slug of the data set.
        ask: Client.
        narrowed: Areas that are wanted; the Datastore is London's, so nothing is narrowed.
        since: Files with older months are wanted too if they were put there since this day.

    Raises:
        NotObtained: The Datastore could not be asked, or answers with something else.
    """
    trail = Trail(source, acquisition, ask)
    dataset, base = acquisition.keys["dataset"], f"https://{acquisition.hosts[0]}"
    address = f"{base}/api/dataset/{quote(dataset, safe='')}"
    try:
        described = trail.mapping(address)
    except NotObtained as error:
        if error.status not in GONE:
            raise
        trail.asked.append(error.url)
        listed, address = _in_the_catalogue(trail, base, dataset)
        if listed is None:
            for wanted in acquisition.wanted:
                trail.not_found(
                    wanted, f"{error.url} (the Datastore does not have this data set), and {address}"
                )
            return trail.found()
        described = listed
    resources = list(_resources(described, address))
    for wanted in acquisition.wanted:
        fitting = [
            offer for one in resources if (offer := _offer(source, wanted, one, address, base)) is not None
        ]
        if not fitting:
            trail.not_found(wanted, address, (text(one.get("title")) for one in resources))
        for offer in current_and_since(fitting, since):
            trail.offer(offer)
    return trail.found()


def _resources(described: Mapping[str, Any], address: str) -> Iterator[Mapping[str, Any]]:
    listed = described.get("resources")
    if isinstance(listed, Mapping):
        for key, one in listed.items():
            if isinstance(one, Mapping):
                yield {"id": key, **one}
        return
    if not isinstance(listed, list):
        raise unexpected(address, "a list of resources, or resources by id", listed)
    yield from entries(listed)


def _offer(source: str, wanted: Wanted, one: Mapping[str, Any], address: str, base: str) -> Offer | None:
    url, title = text(one.get("url")), text(one.get("title"))
    if not url or not wanted.accepts(title):
        return None
    if url.startswith("/"):
        url = base + url
    name = text(one.get("filename")) or file_name_of(url, f"{title}.csv")
    ending = name.rpartition(".")[2].lower()
    # A name without an ending says nothing; the resource's own format does.
    format = text(one.get("format")).lower() or ending
    if wanted.formats and not {ending, format} & set(wanted.formats):
        return None
    hash, size = text(one.get("hash")), whole(one.get("size", one.get("check_size")))
    stamped = text(one.get("timestamp")) or text(one.get("check_timestamp"))
    md5 = hash.lower() if len(hash) == 32 else None
    return Offer(
        source=source,
        wanted=wanted.name,
        title=title or name,
        url=url,
        file_name=name,
        found_at=address,
        # `check_timestamp` alone is when the Datastore last looked, so it counts together with the size.
        version=hash or " ".join(part for part in (stamped, str(size or "")) if part) or None,
        published=moment(one.get("timestamp")) or moment(one.get("check_timestamp")),
        edition=text(one.get("temporal_coverage_to")) or text(one.get("timeframeTo")),
        size=size,
        md5=md5,
    )


def _in_the_catalogue(trail: Trail, base: str, dataset: str) -> tuple[Mapping[str, Any] | None, str]:
    """The data set in the whole catalogue, after its own address has gone: by id or slug, else by the titles of files.

    Returns:
        The data set, or None; and the address of the catalogue that was read.
    """
    for path in _EXPORTS:
        address = base + path
        try:
            answer = trail.json(address)
        except NotObtained as error:
            if error.status not in GONE:
                raise
            trail.asked.append(error.url)
            continue
        every = entries(list(answer.values()) if isinstance(answer, Mapping) else answer)
        for one in every:
            names = {text(one.get(key)) for key in ("id", "slug", "name")}
            if dataset in names:
                trail.notes.append(f"{trail.source}: the data set {dataset!r} was found in {address} alone.")
                return one, address
        for one in every:
            titles = (
                [text(file.get("title")) for file in _resources(one, address)] if "resources" in one else []
            )
            if titles and all(any(map(wanted.accepts, titles)) for wanted in trail.place.wanted):
                named = text(one.get("id")) or text(one.get("slug"))
                trail.notes.append(
                    f"{trail.source}: the Datastore no longer has the data set {dataset!r}. The data set {named!r} has "
                    "files with the titles that are wanted, and they are taken from there. Change `dataset` in the "
                    "contract if that is right."
                )
                return one, address
        return None, address
    return None, base + _EXPORTS[0]
