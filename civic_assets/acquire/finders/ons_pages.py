"""Pages of the ONS website: from a data set's landing page over its editions to their files.

Belongs here: the chain of `/data` documents, editions, previous versions, correction notices, and the search for a page
that has moved. Does not belong here: which page a source is on (its contract).

Names of files follow no rule and a correction may rename one, so an edition is known by its page, never by a name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import (
    GONE,
    Trail,
    current_and_since,
    entries,
    moment,
    text,
    unexpected,
    whole,
)
from civic_assets.acquire.offers import Found, NextRelease, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.house_numbers.discovery import WORDS_SHOWN

_LONDON = ZoneInfo("Europe/London")
_SEARCH = "/v1/search"
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_DAY = re.compile(r"([0-9]{1,2})\s+([a-z]+)\s+(20[0-9]{2})", re.IGNORECASE)


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Files of the newest edition and, since a day, of earlier ones.

    Args:
        source: Id of the source.
        acquisition: Keys `page`: path of the landing page; `search`: title of the page, for the case that it has moved.
            Hosts: the site, then that of its search.
        ask: Client.
        narrowed: Areas that are wanted; ONS files cannot be narrowed.
        since: Earlier editions are wanted too if they were published since this day.

    Raises:
        NotObtained: The site could not be asked, or answers with something else.
    """
    trail = Trail(source, acquisition, ask)
    base, page = f"https://{acquisition.hosts[0]}", acquisition.keys["page"]
    address = f"{base}{page}/data"
    try:
        landing = trail.mapping(address)
    except NotObtained as error:
        if error.status not in GONE:
            raise
        trail.asked.append(error.url)
        moved = _searched(trail, base, page)
        if moved is None:
            return trail.found()
        address, landing = moved
    answered = urlsplit(text(landing.get("uri"))).path.rstrip("/")
    if answered and answered != page and not trail.notes and not answered.startswith(f"{page}/"):
        trail.notes.append(
            f"{source}: the page {page} now leads to {answered}. Change `page` in the contract if that continues it."
        )
    described = landing.get("description")
    trail.next_release = _next_release(described, address)
    editions = list(_editions(trail, base, landing, address, since))
    for wanted in acquisition.wanted:
        offers: list[Offer] = []
        for where, edition in editions:
            offers += _offers(source, wanted, base, where, edition)
        current = [offer for offer in offers if not offer.superseded]
        chosen = _of_the_same_edition(current, current_and_since(current, since))
        if not chosen:
            trail.not_found(wanted, address, (name for _, one in editions for name in _names(one)))
        for offer in chosen:
            trail.offer(offer)
        if wanted.previous_versions:
            for where, edition in editions:
                for offer in _superseded(trail, wanted, base, where, edition):
                    trail.offer(offer)
    return trail.found()


def _editions(
    trail: Trail, base: str, landing: Mapping[str, Any], address: str, since: date | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Address and document of each edition that may be wanted, as the landing page lists them."""
    if landing.get("type") == "dataset":
        yield address, landing
        return
    listed = [text(one.get("uri")) for one in entries(landing.get("datasets"))]
    paths = [urlsplit(one).path.rstrip("/") for one in listed if one]
    if not isinstance(landing.get("datasets"), list):
        raise unexpected(
            address, "a landing page with a list of editions (datasets)", landing.get("datasets")
        )
    for path in _worth_asking(paths, since):
        where = f"{base}{path}/data"
        try:
            edition = trail.mapping(where, found_at=address)
        except NotObtained as error:
            if error.status not in GONE:
                raise
            trail.asked.append(error.url)
            trail.withdrawn.append(
                f"{trail.source}: {address} lists the edition {path.rpartition('/')[2]!r}, but {where} is not there "
                f"(status {error.status}). What is held of it stays."
            )
            continue
        if "downloads" not in edition:
            raise unexpected(where, "an edition with a list of files (downloads)", edition.get("type"))
        yield where, edition


def _worth_asking(paths: Sequence[str], since: date | None) -> list[str]:
    """Editions that can be wanted, by the year and month in their paths; those that name neither are always asked."""
    dated = [(stated, path) for path in paths if (stated := _stated(path)) is not None]
    undated = [path for path in paths if _stated(path) is None]
    newest = max(dated, default=None)
    if since is None:
        return [*undated, *([newest[1]] if newest else [])]
    # Figures of a year appear in the same year or later, so what ended the year before `since` may be wanted.
    wanted = [path for (year, _), path in dated if year >= since.year - 1 or (newest and path == newest[1])]
    return [*undated, *wanted]


def _stated(path: str) -> tuple[int, int] | None:
    name = path.rpartition("/")[2].lower()
    years = re.findall(r"(?:19|20)[0-9][0-9]", name)
    if not years:
        return None
    month = next((number for number, word in enumerate(_MONTHS, 1) if word in name or word[:3] in name), 0)
    return int(years[-1]), month


def _offers(source: str, wanted: Wanted, base: str, where: str, edition: Mapping[str, Any]) -> list[Offer]:
    described = edition.get("description")
    described = described if isinstance(described, Mapping) else {}
    uri = text(edition.get("uri")) or urlsplit(where).path.removesuffix("/data")
    named = text(described.get("edition")) or uri.rpartition("/")[2]
    title = ", ".join(part for part in (text(described.get("title")), named) if part)
    # Said with the file each time that it is fetched, and not again while it stays as it is.
    noticed = "; ".join([title or "edition", *(f"corrected {notice}" for notice in _corrections(edition))])
    found = [
        (name, one)
        for one in entries(edition.get("downloads"))
        if (name := text(one.get("file")) or text(one.get("uri")))
        and wanted.accepts(title)
        and wanted.accepts_file(name.rpartition("/")[2])
    ]
    if wanted.formats and found:
        # One edition in two formats is one edition: the better format is taken.
        best = min(wanted.formats.index(name.rpartition(".")[2].lower()) for name, _ in found)
        found = [
            (name, one)
            for name, one in found
            if wanted.formats.index(name.rpartition(".")[2].lower()) == best
        ]
    changes = [when for one in entries(edition.get("versions")) if (when := moment(one.get("updateDate")))]
    released = moment(described.get("releaseDate"))
    state = json.dumps(
        [edition.get("downloads"), edition.get("versions"), described.get("releaseDate")], sort_keys=True
    )
    return [
        Offer(
            source=source,
            wanted=wanted.name,
            title=noticed,
            url=_file(base, uri, name),
            file_name=name.rpartition("/")[2],
            found_at=where,
            version=hashlib.sha256(f"{name} {state}".encode()).hexdigest()[:32],
            published=max((when for when in (released, *changes) if when), default=None),
            edition=uri.rpartition("/")[2],
            size=whole(one.get("size", one.get("Size"))),
        )
        for name, one in found
    ]


def _file(base: str, uri: str, name: str) -> str:
    """Address of a file, whose name is joined to the page's path as in any address."""
    path = urlsplit(name).path if name.startswith("http") else name
    return f"{base}/file?uri={quote(path if path.startswith('/') else f'{uri}/{path}', safe='/')}"


def _of_the_same_edition(offers: Sequence[Offer], chosen: Sequence[Offer]) -> list[Offer]:
    """The chosen offers with the other files of their editions."""
    editions = {(one.edition, one.found_at) for one in chosen}
    return [one for one in offers if (one.edition, one.found_at) in editions]


def _names(edition: Mapping[str, Any]) -> Iterator[str]:
    for one in entries(edition.get("downloads")):
        yield text(one.get("file")).rpartition("/")[2]


def _corrections(edition: Mapping[str, Any]) -> Iterator[str]:
    for one in entries(edition.get("versions")):
        notice = text(one.get("correctionNotice"))
        if notice:
            when = moment(one.get("updateDate"))
            yield f"{when.astimezone(_LONDON):%d %B %Y}: {notice:.{WORDS_SHOWN}}" if when else notice


def _superseded(
    trail: Trail, wanted: Wanted, base: str, where: str, edition: Mapping[str, Any]
) -> Iterator[Offer]:
    """Files of the versions that an edition's current one has replaced."""
    for one in entries(edition.get("versions")):
        path = urlsplit(text(one.get("uri"))).path.rstrip("/")
        if not path:
            continue
        before = f"{base}{path}/data"
        try:
            version = trail.mapping(before, found_at=where)
        except NotObtained as error:
            if error.status not in GONE:
                raise
            trail.asked.append(error.url)
            continue
        for offer in _offers(trail.source, wanted, base, before, {"uri": path, **version}):
            edition_name = path.split("/previous/")[0].rpartition("/")[2]
            yield replace(offer, edition=edition_name, superseded=True)


def _next_release(described: Any, address: str) -> NextRelease | None:
    words = text(described.get("nextRelease")) if isinstance(described, Mapping) else ""
    if not words:
        return None
    return NextRelease(_day_in(words), words, address)


def _day_in(words: str) -> date | None:
    """The day that free text names, such as `23 July 2026 9:30am`; None if it names none."""
    found = _DAY.search(words)
    if found is not None:
        month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(found[2].lower()[:3])), 0)
        try:
            return date(int(found[3]), month, int(found[1]))
        except ValueError:
            return None
    read = moment(words)
    return read.astimezone(_LONDON).date() if read else None


def _searched(trail: Trail, base: str, page: str) -> tuple[str, Mapping[str, Any]] | None:
    """The landing page after it has moved, found by its title; None after saying that it was not found."""
    title = trail.place.keys.get("search", "")
    if not title or len(trail.place.hosts) < 2:
        for wanted in trail.place.wanted:
            trail.not_found(wanted, f"{base}{page} (the page is not there)")
        return None
    address = f"https://{trail.place.hosts[1]}{_SEARCH}"
    answer = trail.mapping(
        address, {"q": title, "content_type": "dataset_landing_page", "limit": "20", "offset": "0"}
    )
    items = entries(answer.get("items"))
    same = [
        one
        for one in items
        if _plain(one.get("title")) == _plain(title) and text(one.get("uri")) not in ("", page)
    ]
    if len(same) != 1:
        seen = [f"{text(one.get('title'))} ({text(one.get('uri'))})" for one in items]
        for wanted in trail.place.wanted:
            trail.not_found(
                wanted,
                f"{base}{page} (the page is not there), then by the title {title!r} at {address}",
                seen,
            )
        return None
    path = urlsplit(text(same[0].get("uri"))).path.rstrip("/")
    where = f"{base}{path}/data"
    landing = trail.mapping(where, found_at=address)
    trail.notes.append(
        f"{trail.source}: the page {page} has moved to {path}, found by its title {title!r}. Change `page` in the "
        "contract."
    )
    return where, landing


def _plain(value: Any) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text(value).lower()).strip()
