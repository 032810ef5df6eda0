"""Explore education statistics, content API: data sets of a publication, by title and geographic level.

Belongs here: publications, redirects of their names, releases and data sets. Does not belong here: the public data API
(`education_data_api`), and which publication a source is in (its contract).

The id of a data set survives only while its file is replaced inside a release; each release has ids of its own. So data
sets are found by title each time, and what is current is what the publisher marks as `latestData`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import GONE, Trail, entries, moment, not_before, text, unexpected
from civic_assets.acquire.offers import Found, NextRelease, Offer
from civic_assets.acquire.paged import Page, every_page, number
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.house_numbers.discovery import EDUCATION_DATA_SETS, SUPERSEDED_IN_A_ROW


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Data sets of the latest release and, since a day, of earlier ones.

    Args:
        source: Id of the source.
        acquisition: Key `publication`: its name in addresses (slug).
        ask: Client.
        narrowed: Areas that are wanted; files cannot be narrowed.
        since: Data sets of earlier releases are wanted too if they were published since this day.

    Raises:
        NotObtained: The site could not be asked, answers with something else, or its pages do not belong together.
    """
    trail = Trail(source, acquisition, ask)
    api = f"https://{acquisition.hosts[0]}/api"
    read = _publication(trail, api, acquisition.keys["publication"])
    if read is None:
        return trail.found()
    address, publication = read
    trail.next_release = _next_release(publication.get("nextReleaseDate"), address)
    after = publication.get("supersededByPublication")
    if isinstance(after, Mapping) and after:
        trail.notes.append(
            f"{source}: {address} says that the publication was superseded by {text(after.get('title'))!r} "
            f"({text(after.get('slug'))}). Change `publication` in the contract if that continues it."
        )
    sets = _data_sets(trail, api, text(publication.get("id")), address, latest_only=since is None)
    listed = f"{api}/data-set-files?publicationId={text(publication.get('id'))}"
    for wanted in acquisition.wanted:
        offers = [
            offer
            for one in sets
            if _fits(wanted, one)
            and (since is not None or one.get("latestData") is True)
            and (offer := _offer(source, wanted, one, api, listed)) is not None
            and (since is None or not_before(offer, since) or _current(one))
        ]
        if not offers:
            trail.not_found(wanted, listed, (text(one.get("title")) for one in sets))
        for offer in offers:
            trail.offer(offer)
    return trail.found()


def _publication(trail: Trail, api: str, slug: str) -> tuple[str, Mapping[str, Any]] | None:
    address = f"{api}/publications/{slug}"
    try:
        return address, _with_id(address, trail.mapping(address))
    except NotObtained as error:
        if error.status not in GONE:
            raise
        trail.asked.append(error.url)
    moved = trail.mapping(f"{api}/redirects")
    for _ in range(SUPERSEDED_IN_A_ROW):
        to = next(
            (
                text(one.get("toSlug"))
                for one in entries(moved.get("publicationRedirects", moved.get("publications")))
                if text(one.get("fromSlug")) == slug
            ),
            "",
        )
        if not to:
            break
        slug, address = to, f"{api}/publications/{to}"
        try:
            found = address, _with_id(address, trail.mapping(address))
        except NotObtained as error:
            if error.status not in GONE:
                raise
            trail.asked.append(error.url)
            continue
        trail.notes.append(
            f"{trail.source}: the publication {trail.place.keys['publication']!r} is now called {to!r}. Change "
            "`publication` in the contract."
        )
        return found
    for wanted in trail.place.wanted:
        trail.not_found(
            wanted,
            f"{api}/publications/{trail.place.keys['publication']} (the publication is not there) and in the list of "
            f"changed names {api}/redirects",
        )
    return None


def _with_id(address: str, publication: Mapping[str, Any]) -> Mapping[str, Any]:
    if not text(publication.get("id")):
        raise unexpected(address, "a publication with an id", publication.get("id"))
    return publication


def _data_sets(
    trail: Trail, api: str, publication: str, found_at: str, *, latest_only: bool
) -> Sequence[Mapping[str, Any]]:
    def ask(page: int, before: int) -> Page:
        answer = trail.mapping(
            f"{api}/data-set-files",
            {
                "publicationId": publication,
                "latestOnly": "true" if latest_only else "false",
                "page": str(page),
                "pageSize": str(EDUCATION_DATA_SETS),
            },
            found_at,
        )
        where = trail.asked[-1]
        if not isinstance(answer.get("results"), list) or number(answer, "paging", "totalResults") is None:
            raise unexpected(where, "a page of data sets (results, paging)", sorted(answer))
        last = page >= (number(answer, "paging", "totalPages") or 0)
        return Page(where, entries(answer["results"]), number(answer, "paging", "totalResults"), last)

    return [one for page in every_page(ask, lambda one: text(one.get("id"))) for one in page.entries]


def _fits(wanted: Wanted, one: Mapping[str, Any]) -> bool:
    name = text(one.get("filename")) or "file.csv"
    if not wanted.accepts(text(one.get("title"))) or not wanted.accepts_file(name):
        return False
    meta = one.get("meta")
    levels = meta.get("geographicLevels") if isinstance(meta, Mapping) else None
    if not wanted.level or not isinstance(levels, list):
        return True
    return wanted.level.casefold() in [text(level).casefold() for level in levels]


def _current(one: Mapping[str, Any]) -> bool:
    return one.get("latestData") is True


def _offer(source: str, wanted: Wanted, one: Mapping[str, Any], api: str, listed: str) -> Offer | None:
    id = text(one.get("id"))
    if not id:
        return None
    release = one.get("release")
    release = release if isinstance(release, Mapping) else {}
    updated, published = text(one.get("lastUpdated")), text(one.get("published"))
    meta = one.get("meta")
    rows = number(meta, "numDataFileRows") if isinstance(meta, Mapping) else None
    state = (updated or published, text(one.get("fileSize")), str(rows or ""))
    title = text(one.get("title"))
    return Offer(
        source=source,
        wanted=wanted.name,
        title=", ".join(part for part in (title, text(release.get("title"))) if part),
        url=f"{api}/data-set-files/{id}/download",
        file_name=text(one.get("filename")) or f"{id}.csv",
        found_at=listed,
        # A file that is replaced inside a release keeps its id, but not its time, size and rows.
        version=" ".join(part for part in (id, text(one.get("fileId")), *state) if part),
        published=moment(updated) or moment(published),
        edition=text(release.get("slug")),
    )


def _next_release(value: Any, address: str) -> NextRelease | None:
    """The next release: `{year, month, day}`, of which the month or day may be missing."""
    if not isinstance(value, Mapping) or not value:
        return None
    parts = [text(str(value.get(key) or "")) for key in ("year", "month", "day")]
    words = "-".join(part.zfill(2) for part in parts if part)
    try:
        day = date(*map(int, parts)) if all(parts) else None
    except ValueError:
        day = None
    return NextRelease(day, words, address) if words else None
