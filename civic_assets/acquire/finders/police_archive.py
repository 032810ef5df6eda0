"""data.police.uk: members of the monthly archives, by force.

Belongs here: the index of archives, the day of the last update, and which archive each month is taken from. Does not
belong here: reading a remote archive (`civic_assets.acquire.remote_zip`).

Each archive holds the 36 months up to its own, all of them brought up to date, and the publisher says that only the
newest should be used. So every month that the newest archive holds is taken from it, and older months, if they are
wanted, from the archive of the month before its first one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urljoin

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import Asks, NotObtained
from civic_assets.acquire.finders.trail import Trail, moment, text
from civic_assets.acquire.offers import Found, Offer
from civic_assets.acquire.remote_zip import Directory, directory_of
from civic_assets.contracts.acquisition import Acquisition, Wanted

_INDEX = "/data/archive/"
_UPDATED = "/api/crime-last-updated"
_LINK = re.compile(
    r"""href\s*=\s*["']([^"']*?/?((?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2]))\.zip)["']""", re.IGNORECASE
)
_HASH = re.compile(r"\b[0-9a-f]{32}(?:-[0-9]+)?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Archive:
    month: str
    url: str
    hash: str


def find(
    source: str, acquisition: Acquisition, ask: Asks, narrowed: Areas, *, since: date | None = None
) -> Found:
    """Members of the newest archive that the contract asks for, and older months from older archives.

    Args:
        source: Id of the source.
        acquisition: Hosts: the site, and the one to which its archives redirect.
        ask: Client.
        narrowed: `forces`: ids of the forces that are wanted; all if empty.
        since: Months from this day's on are wanted, also those that the newest archive no longer holds; the newest
            month always is.

    Raises:
        NotObtained: The site could not be asked, or an archive is not a sound zip archive.
    """
    trail = Trail(source, acquisition, ask)
    base = f"https://{acquisition.hosts[0]}"
    updated = _last_update(trail, base)
    archives = _archives(trail, base, updated)
    if not archives:
        for wanted in acquisition.wanted:
            trail.not_found(wanted, f"{base}{_INDEX} (the page names no archive such as 2024-05.zip)")
        return trail.found()
    first, held, absent = _month(since), set[str](), set(narrowed.forces)
    unread, seen = list(archives), list[str]()
    while (archive := _next(unread, held, first)) is not None:
        unread.remove(archive)
        directory = directory_of(
            ask, archive.url, f"{archive.hash} {updated}" if archive.hash else "", found_at=base + _INDEX
        )
        trail.asked.append(archive.url)
        offers = [
            offer
            for wanted in acquisition.wanted
            for offer in _members(source, wanted, directory, archive, narrowed, base)
        ]
        if first is not None and not held:
            # A month is put out weeks after its end: the newest one is current whatever the day.
            first = min(first, max((offer.edition for offer in offers), default=first))
        for offer in offers:
            if offer.edition in held or (first is not None and offer.edition < first):
                continue
            absent -= {force for force in absent if f"-{force}-" in (offer.member or "")}
            trail.offer(offer)
        seen += [info.filename for info in directory.members]
        more = {_month_of(info.filename) for info in directory.members} - {""} - held
        if not more:
            break
        held |= more
    for wanted in acquisition.wanted:
        if not any(offer.wanted == wanted.name for offer in trail.offers):
            trail.not_found(wanted, archives[0].url, seen)
    if absent and trail.offers:
        known = sorted({_force_of(name) for name in seen} - {""})
        trail.notes.append(
            f"{source}: the archive {archives[0].url} has no file of the police force {' or '.join(sorted(absent))}. "
            f"It has files of: {', '.join(known)}. A force that publishes nothing has no files. If the name is "
            "misspelt, correct `forces` in the settings."
        )
    return trail.found()


def _next(unread: Sequence[_Archive], held: Collection[str], first: str | None) -> _Archive | None:
    """The archive to read next: the newest one, then the oldest that reaches the month before those that are held."""
    if not held:
        return unread[0] if unread else None
    oldest = min(held)
    if first is None or oldest <= first or not unread:
        return None
    day = date.fromisoformat(f"{oldest}-01") - timedelta(days=1)
    reaching = [archive for archive in unread if archive.month >= f"{day:%Y-%m}"]
    return reaching[-1] if reaching else unread[0]


def _last_update(trail: Trail, base: str) -> str:
    """Day of the last update, as the publisher writes it."""
    said = text(trail.mapping(base + _UPDATED).get("date"))
    if moment(said) is None:
        trail.notes.append(f"{trail.source}: {base}{_UPDATED} states no date of the last update any more.")
    return said


def _archives(trail: Trail, base: str, updated: str) -> Sequence[_Archive]:
    """Archives that the index lists, newest first.

    Raises:
        NotObtained: The page is something else.
    """
    address = base + _INDEX
    page = trail.read(address).body.decode("utf-8", "replace")
    links = list(_LINK.finditer(page))
    found: dict[str, _Archive] = {}
    for number, link in enumerate(links):
        following = links[number + 1] if number + 1 < len(links) else None
        between = page[link.end() : following.start() if following else len(page)]
        hash = _HASH.search(between)
        archive = _Archive(link[2], urljoin(address, link[1]), hash[0].lower() if hash else "")
        # The newest archive is linked twice on some versions of the page, once without its hash.
        if link[2] not in found or not found[link[2]].hash:
            found[link[2]] = archive
    if not found and "<" not in page:
        raise NotObtained(
            f"{address}: the index of archives should be a page, but it is something else. Try again later.",
            url=address,
            kind="wrong_content",
        )
    newest = max(found, default="")
    if found and updated[:7] > newest:
        trail.notes.append(
            f"{trail.source}: the crimes were updated for {updated[:7]}, but the newest archive is that of {newest}: "
            "the archive usually follows within days."
        )
    return [found[month] for month in sorted(found, reverse=True)]


def _members(
    source: str, wanted: Wanted, directory: Directory, archive: _Archive, narrowed: Areas, base: str
) -> Sequence[Offer]:
    forces = "|".join(map(re.escape, narrowed.forces)) or "[a-z-]+"
    pattern = re.compile(wanted.file.replace("FORCE", f"(?:{forces})") or ".*", re.IGNORECASE)
    return [
        Offer(
            source=source,
            wanted=wanted.name,
            title=info.filename,
            url=archive.url,
            file_name=info.filename.rpartition("/")[2],
            found_at=base + _INDEX,
            way="zip_member",
            member=info.filename,
            version=f"crc32 {info.CRC:08x}, {info.file_size} bytes",
            edition=_month_of(info.filename),
            size=info.file_size,
            crc32=info.CRC,
        )
        for info in sorted(directory.members, key=lambda one: one.filename, reverse=True)
        if not info.is_dir() and pattern.fullmatch(info.filename)
    ]


def _month(day: date | None) -> str | None:
    return None if day is None else f"{day:%Y-%m}"


def _month_of(member: str) -> str:
    found = re.search(r"(?:^|/)((?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2]))-", member)
    return found[1] if found else ""


def _force_of(member: str) -> str:
    found = re.search(
        r"(?:19|20)[0-9]{2}-[0-9]{2}-([a-z-]+)-(?:street|outcomes|stop-and-search)\.csv$", member
    )
    return found[1] if found else ""
