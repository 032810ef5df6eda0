"""Pages of gov.uk: attachments by title, from the content API.

Belongs here: attachments, their formats and windows, redirects and withdrawals as the API states them. Does not belong
here: which page a source is on (its contract).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import (
    GONE,
    Trail,
    entries,
    file_name_of,
    moment,
    not_before,
    text,
    unexpected,
    whole,
)
from civic_assets.acquire.offers import Found, Offer
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets.house_numbers.discovery import PAGE_MOVES

_FORMATS = {
    "text/csv": "csv",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel": "xls",
    "application/zip": "zip",
}


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Attachments of the page whose titles the contract asks for.

    A series is split into windows of years that are attachments of their own, so all that fit are taken. A window
    in two formats is taken once, in the format that the contract names first.

    Args:
        source: Id of the source.
        acquisition: Key `page`: path of the page. Hosts: the site, and that of its files.
        ask: Client.
        narrowed: Areas that are wanted; the files cannot be narrowed.
        since: Attachments whose names state an earlier day are left out, unless all do.

    Raises:
        NotObtained: The site could not be asked, or answers with something else.
    """
    trail = Trail(source, acquisition, ask)
    base = f"https://{acquisition.hosts[0]}"
    read = _page(trail, base, acquisition.keys["page"])
    if read is None:
        return trail.found()
    address, page = read
    details = page.get("details")
    if not isinstance(details, Mapping) or not isinstance(details.get("attachments"), list):
        raise unexpected(address, "a page with a list of attachments (details.attachments)", details)
    attachments = entries(details["attachments"])
    notice = page.get("withdrawn_notice") or details.get("withdrawn_notice")
    if isinstance(notice, Mapping) and notice:
        trail.withdrawn.append(
            f"{source}: {address} says that the page was withdrawn: {_plain_text(notice.get('explanation')):.200}"
        )
    for wanted in acquisition.wanted:
        fitting = [one for one in (_offer(source, wanted, at, address, base) for at in attachments) if one]
        chosen = _since(_best_formats(fitting, wanted.formats), since)
        if not chosen:
            trail.not_found(wanted, address, (text(at.get("title")) for at in attachments))
        for offer in chosen:
            trail.offer(offer)
    return trail.found()


def _page(trail: Trail, base: str, path: str) -> tuple[str, Mapping[str, Any]] | None:
    """Address and document of a page, after the redirects that the API states in its answer."""
    asked = path
    for _ in range(PAGE_MOVES):
        address = f"{base}/api/content{path}"
        try:
            page = trail.mapping(address)
        except NotObtained as error:
            if error.status not in GONE:
                raise
            trail.asked.append(error.url)
            for wanted in trail.place.wanted:
                trail.not_found(wanted, f"{address} (the page is not there, status {error.status})")
            return None
        kind = text(page.get("document_type"))
        if kind == "gone":
            for wanted in trail.place.wanted:
                trail.not_found(wanted, f"{address} (the publisher says that the page is gone)")
            return None
        if kind != "redirect":
            answered = text(page.get("base_path")) or path
            if answered != asked:
                trail.notes.append(
                    f"{trail.source}: the page {asked} has moved to {answered}. Change `page` in the contract."
                )
            return address, page
        to = next((text(one.get("destination")) for one in entries(page.get("redirects"))), "")
        path = urlsplit(to).path
        if not path:
            raise unexpected(address, "the page to which this one redirects", page.get("redirects"))
    raise NotObtained(
        f"{base}{asked}: the page redirects more than {PAGE_MOVES} times. Look at it in a browser, and change `page` "
        "in the contract.",
        url=base + asked,
        kind="redirect",
    )


def _offer(source: str, wanted: Wanted, one: Mapping[str, Any], address: str, base: str) -> Offer | None:
    title, url = text(one.get("title")), text(one.get("url"))
    if not url or not wanted.accepts(title):
        return None
    url = urljoin(base, url)
    name = text(one.get("filename")) or file_name_of(url)
    if not wanted.accepts_file(name):
        known = _FORMATS.get(text(one.get("content_type")).partition(";")[0].lower())
        if wanted.file or known not in wanted.formats:
            return None
    size = whole(one.get("file_size"))
    return Offer(
        source=source,
        wanted=wanted.name,
        title=title,
        url=url,
        file_name=name,
        found_at=address,
        # The address has a part that is new for each upload, so the same address means the same bytes.
        version=f"{urlsplit(url).path} {size or ''}".strip(),
        published=_stated(name) or moment(one.get("updated_at")) or moment(one.get("created_at")),
        edition=_window(title),
        size=size,
    )


def _stated(name: str) -> datetime | None:
    """Day of publication that a name ends with, as ddmmyy: `prc-csp-mar21-sep25-tables-290126.ods`."""
    found = re.search(r"(?<![0-9])([0-9][0-9])([0-9][0-9])([0-9][0-9])\.[a-z]+$", name, re.IGNORECASE)
    if found is None:
        return None
    try:
        return datetime(2000 + int(found[3]), int(found[2]), int(found[1]), tzinfo=UTC)
    except ValueError:
        return None


def _window(title: str) -> str:
    """The years that a title names, e.g. `2016-2020`."""
    years = sorted(set(re.findall(r"(?<![0-9])(?:19|20)[0-9][0-9](?![0-9])", title)))
    return "-".join(dict.fromkeys((years[0], years[-1]))) if years else ""


def _best_formats(offers: Sequence[Offer], formats: Sequence[str]) -> list[Offer]:
    """The attachments of each title in its best format; words in a title that only name a format do not count."""
    by_title: dict[str, list[Offer]] = {}
    for offer in offers:
        words = re.sub(r"\W+|\b(csv|ods|xlsx?|excel|opendocument|spreadsheet)\b", " ", offer.title.lower())
        by_title.setdefault(" ".join(words.split()), []).append(offer)
    best = []
    for same in by_title.values():
        rank = min(_rank(offer, formats) for offer in same)
        best += [offer for offer in same if _rank(offer, formats) == rank]
    return best


def _rank(offer: Offer, formats: Sequence[str]) -> int:
    ending = offer.file_name.rpartition(".")[2].lower()
    return formats.index(ending) if ending in formats else len(formats)


def _since(offers: Sequence[Offer], since: date | None) -> list[Offer]:
    if since is None:
        return list(offers)
    kept = [one for one in offers if not_before(one, since)]
    return kept or list(offers)


def _plain_text(value: Any) -> str:
    return text(re.sub(r"<[^>]+>", " ", value) if isinstance(value, str) else "") or "no reason given"
