"""The public data API of the Department for Education: data sets of a publication and their versions.

Belongs here: publications, data sets, versions and superseding. Does not belong here: the content API
(`education_statistics`), whose files have other headers and values than those of this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks
from civic_assets.acquire.finders.trail import (
    Trail,
    current_and_since,
    entries,
    moment,
    text,
    unexpected,
    whole,
)
from civic_assets.acquire.offers import Found, Offer
from civic_assets.acquire.paged import Page, every_page, number
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.house_numbers.discovery import (
    EDUCATION_API_PUBLICATIONS,
    EDUCATION_API_SETS,
    SUPERSEDED_IN_A_ROW,
)


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Latest versions of the data sets and, since a day, earlier versions.

    Args:
        source: Id of the source.
        acquisition: Key `publication`: its title or its name in addresses (slug).
        ask: Client.
        narrowed: Areas that are wanted; files cannot be narrowed.
        since: Earlier versions are wanted too if they were published since this day.

    Raises:
        NotObtained: The site could not be asked, answers with something else, or its pages do not belong together.
    """
    trail = Trail(source, acquisition, ask)
    api = f"https://{acquisition.hosts[0]}/statistics/v1"
    asked = acquisition.keys["publication"]
    words = asked.replace("-", " ")
    publications = _all(trail, f"{api}/publications", EDUCATION_API_PUBLICATIONS, {"search": words})
    same = [
        one
        for one in publications
        if asked in (text(one.get("slug")), text(one.get("title")), text(one.get("id")))
    ]
    if not same:
        for wanted in acquisition.wanted:
            trail.not_found(
                wanted,
                f"{api}/publications?search={quote(words)} (the publication {asked!r} is not in the data API)",
                (text(one.get("title")) for one in publications),
            )
        return trail.found()
    listed = f"{api}/publications/{text(same[0].get('id'))}/data-sets"
    sets = _all(trail, listed, EDUCATION_API_SETS)
    for wanted in acquisition.wanted:
        fitting = [one for one in sets if wanted.accepts(text(one.get("title")))]
        if not fitting:
            trail.not_found(wanted, listed, (text(one.get("title")) for one in sets))
        for one in fitting:
            data_set = _in_force(trail, api, one)
            for offer in _versions(trail, api, wanted, data_set, since):
                trail.offer(offer)
    return trail.found()


def _all(
    trail: Trail, url: str, size: int, params: Mapping[str, str] | None = None
) -> Sequence[Mapping[str, Any]]:
    def ask(page: int, before: int) -> Page:
        answer = trail.mapping(url, {**(params or {}), "page": str(page), "pageSize": str(size)})
        where = trail.asked[-1]
        total = number(answer, "paging", "totalResults")
        if not isinstance(answer.get("results"), list) or total is None:
            raise unexpected(where, "a page of results (results, paging)", sorted(answer))
        return Page(
            where, entries(answer["results"]), total, page >= (number(answer, "paging", "totalPages") or 0)
        )

    return [
        one
        for page in every_page(ask, lambda one: (text(one.get("id")), text(one.get("version"))))
        for one in page.entries
    ]


def _in_force(trail: Trail, api: str, one: Mapping[str, Any]) -> Mapping[str, Any]:
    """The data set itself, or the one that supersedes it."""
    for _ in range(SUPERSEDED_IN_A_ROW):
        after = text(one.get("supersedingDataSetId"))
        if text(one.get("status")) == "Published" or not after:
            return one
        trail.notes.append(
            f"{trail.source}: the data set {text(one.get('title'))!r} ({text(one.get('id'))}) was superseded by "
            f"{after}."
        )
        one = trail.mapping(f"{api}/data-sets/{after}")
    return one


def _versions(
    trail: Trail, api: str, wanted: Wanted, one: Mapping[str, Any], since: date | None
) -> Sequence[Offer]:
    id, latest = text(one.get("id")), one.get("latestVersion")
    listed = f"{api}/data-sets/{id}/versions"
    current = [latest] if isinstance(latest, Mapping) else []
    versions = current if since is None else list(_all(trail, listed, EDUCATION_API_SETS))
    offers = []
    for version in versions:
        number_ = text(version.get("version"))
        status = text(version.get("status")) or "Published"
        if status == "Withdrawn":
            trail.withdrawn.append(
                f"{trail.source}: {listed} says that version {number_} of {text(one.get('title'))!r} was withdrawn."
            )
        if not number_ or status not in ("Published", "Deprecated"):
            continue
        offers.append(
            Offer(
                source=trail.source,
                wanted=wanted.name,
                title=f"{text(one.get('title'))}, version {number_}",
                url=f"{api}/data-sets/{id}/csv?dataSetVersion={quote(number_)}",
                file_name=f"{id}_v{number_}.csv",
                found_at=listed,
                version=f"{id} {number_} {text(version.get('published'))}".strip(),
                published=moment(version.get("published")),
                edition=number_,
                size=whole(version.get("fileSize")),
            )
        )
    # Versions are not editions in time: only their days say which is the newest.
    return current_and_since(offers, since)
