"""What a publisher offers: files that could be fetched now, and when the next one is due.

Belongs here: the records that every finder returns. Does not belong here: finding (`finders`) and fetching
(`transfer`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Way = Literal["file", "zip_member", "pages"]


@dataclass(frozen=True, slots=True)
class Offer:
    """One file that a publisher offers now.

    Args:
        source: Id of the source whose contract asks for it, e.g. `ons_csp`.
        wanted: Name of the entry of the contract's `acquisition` that it satisfies, e.g. `recent`.
        title: The publisher's own title of the file.
        url: Address to ask; for a member of an archive, the address of the archive.
        file_name: Name under which the file is kept and shown.
        found_at: Address of the page or document that names it.
        way: `file`: one body. `zip_member`: one member of a remote zip archive. `pages`: one table that is sent in
            pages.
        member: Path of the member, for `zip_member`.
        version: What the publisher says that changes whenever the file changes: a hash, ETag, version or time. None if
            it says nothing; the file is then asked for conditionally each time.
        published: When the publisher put this version out, in UTC, if it says so.
        edition: The publisher's own name of the edition, e.g. `yearendingdecember2024`; empty if there is none.
        size: Size in bytes, if stated.
        crc32: CRC-32 of the member, for `zip_member`.
        md5: MD5 of the file as 32 hexadecimal digits, if stated.
        paging: How a table in pages is asked for: `arcgis` or `nomis`; empty for the other ways.
        superseded: Whether the publisher has replaced this version of the edition by a later one.
    """

    source: str
    wanted: str
    title: str
    url: str
    file_name: str
    found_at: str
    way: Way = "file"
    member: str | None = None
    version: str | None = None
    published: datetime | None = None
    edition: str = ""
    size: int | None = None
    crc32: int | None = None
    md5: str | None = None
    paging: str = ""
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class NextRelease:
    """What a publisher says about its next release.

    Args:
        day: Day in London on which it is due; None if the publisher's words give none.
        words: The publisher's words, e.g. `23 July 2026 9:30am`, or `To be announced`.
        said_at: Address of the page or document that says so.
    """

    day: date | None
    words: str
    said_at: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one source.

    Args:
        source: Id of the source.
        offers: Files, newest edition first.
        missing: A sentence for each entry of the contract that was not found: what was looked for, and where.
        asked: Addresses that were asked, in order.
        next_release: What the publisher says about the next release, if anything.
        withdrawn: A sentence for each file that the publisher says it has withdrawn.
        notes: A sentence for each change of the site that a person should know about, e.g. a page that has moved.
        unreached: A sentence for each place of the source that could not be asked while others could.
    """

    source: str
    offers: tuple[Offer, ...] = ()
    missing: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    next_release: NextRelease | None = None
    withdrawn: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
