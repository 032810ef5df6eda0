"""What is new, what is held back, and what is expected, for the start page.

Belongs here: choosing and wording it. Does not belong here: comparing publications
(`civic_assets.publish.report.changes`), and working out what is due (`civic_assets.publish.queries.due`).

The page is built once for a publication and read for months, so nothing on it is counted from the day on which it is
read: what was expected is judged on the day of the publication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from civic_assets.answers.due import DueSource
from civic_assets.house_numbers.display import START_PAGE_RELEASES
from civic_assets.publish.queries.due import due
from civic_assets.publish.queries.outlook import LONDON
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report import links
from civic_assets.publish.report.changes import Changes, changes_since
from civic_assets.publish.site.page import Site
from civic_assets.publish.site.source_words import about

# Kinds of `quality.release_change_counts` that a reader wants to know of, for one figure and for several. Figures that
# stayed the same, and periods that the publisher stopped printing, are on the page of the source.
_KINDS = {
    "new": ("new figure", "new figures"),
    "revised": ("revised figure", "revised figures"),
    "withdrawn": ("withdrawn figure", "withdrawn figures"),
    "newly_suppressed": ("newly suppressed figure", "newly suppressed figures"),
    "no_longer_suppressed": ("figure no longer suppressed", "figures no longer suppressed"),
    "reclassified": ("figure that now counts something else", "figures that now count something else"),
}
_COUNTS = """SELECT source, release, previous_release, kind, n FROM quality.release_change_counts
ORDER BY source, release, kind"""
_RELEASES = """SELECT source, release, state, held_back, synthetic, CAST(retrieved_at AS VARCHAR) AS retrieved_at
FROM catalogue.releases ORDER BY source, release"""


@dataclass(frozen=True, slots=True)
class NewRelease:
    """A release that the last publication did not have, or had differently.

    Args:
        source: Its source.
        release: Its name.
        about: What the source is about.
        address: Where the site shows the release.
        what: What it changed, in words; empty if that is not known.
    """

    source: str
    release: str
    about: str
    address: str
    what: str


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A release that is not published.

    Args:
        source: Its source.
        release: Its name.
        about: What the source is about.
        address: Where the site shows the release.
        why: The reasons.
    """

    source: str
    release: str
    about: str
    address: str
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Expected:
    """The next edition of a source.

    Args:
        about: What the source is about.
        publisher: Who publishes it.
        source: The source.
        address: Page of the source.
        held: Newest period that is held, in words; empty if nothing is.
        day: Day by which it is due; None if the publisher gives none.
        words: The publisher's words, if they give no day.
        said: Who says so, in words.
        said_at: Address at which the publisher says so; empty if nobody does.
    """

    about: str
    publisher: str
    source: str
    address: str
    held: str
    day: date | None
    words: str
    said: str
    said_at: str


@dataclass(frozen=True, slots=True)
class News:
    """What happened and what will.

    Args:
        changes: Differences from the last publication; None if this is the first, or nothing is known of that.
        new: New or changed releases.
        more: How many more there are.
        held_back: Releases that are held back.
        coming: Editions that are due after the publication, the next first.
        past: Editions that were due before it and are not held.
        on: Day of the publication.
        synthetic: Whether a release has made-up figures.
    """

    changes: Changes | None
    new: Sequence[NewRelease]
    more: int
    held_back: Sequence[HeldBack]
    coming: Sequence[Expected]
    past: Sequence[Expected]
    on: date
    synthetic: bool


def read_news(site: Site) -> News:
    """Read what the start page says of the publication."""
    changes = changes_since(site.store, site.manifest)
    releases = rows_of(site.connection, _RELEASES)
    on = datetime.fromisoformat(site.manifest["published_at"]).astimezone(LONDON).date()
    new = _new(site, changes)
    coming, past = _expected(site, on)
    return News(
        changes=changes,
        new=new[:START_PAGE_RELEASES],
        more=max(0, len(new) - START_PAGE_RELEASES),
        held_back=[
            HeldBack(
                row["source"],
                row["release"],
                about(site.contracts.get(row["source"])),
                _place(row["source"], row["release"]),
                [line for line in (row["held_back"] or "").split("\n") if line],
            )
            for row in releases
            if row["state"] == "held_back"
        ],
        coming=coming,
        past=past,
        on=on,
        synthetic=any(row["synthetic"] for row in releases),
    )


def _held(one: DueSource) -> str:
    """The newest period held, in words."""
    return one.held.period if one.held is not None else ""


def _place(source: str, release: str) -> str:
    return f"{links.source_page(source)}#{links.release_anchor(release)}"


def _new(site: Site, changes: Changes | None) -> list[NewRelease]:
    if changes is None:
        return []
    counted: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows_of(site.connection, _COUNTS):
        counted.setdefault((row["source"], row["release"]), []).append(row)
    there = {
        (row["source"], row["release"])
        for row in rows_of(site.connection, _RELEASES)
        if row["state"] == "published"
    }
    found = [(place, "") for place in changes.new] + [
        (place, words)
        for places, words in (
            (changes.files, "the publisher's file is another one"),
            (changes.figures, "figures of the same file are read differently"),
        )
        for place in places
    ]
    return [
        NewRelease(
            source,
            release,
            about(site.contracts.get(source)),
            _place(source, release) if (source, release) in there else links.source_page(source),
            words or _counts(counted.get((source, release), ())),
        )
        for (source, release), words in found
    ]


def _counts(rows: Sequence[Mapping[str, Any]]) -> str:
    """What a release changed: `1,650 new figures and 328 revised figures, compared with 2017`."""
    parts = [
        f"{row['n']:,} {_KINDS[row['kind']][row['n'] != 1]}"
        for kind in _KINDS
        for row in rows
        if row["kind"] == kind
    ]
    if not parts:
        return ""
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed}, compared with {rows[0]['previous_release']}"


def _expected(site: Site, on: date) -> tuple[list[Expected], list[Expected]]:
    """Editions that are due from a day on, and those that were due before it."""
    found = []
    for one in due(site.store, site.contracts, today=on).sources:
        if one.next is None:
            continue
        by_publisher = one.next.basis == "publisher"
        found.append(
            Expected(
                about=about(site.contracts.get(one.source)),
                publisher=one.publisher or "",
                source=one.source,
                address=links.source_page(one.source),
                held=_held(one),
                day=one.next.day,
                words="" if one.next.day else one.next.words,
                said="the publisher" if by_publisher else "worked out from its usual rhythm",
                said_at=one.next.said_at or "",
            )
        )
    found.sort(key=lambda one: (one.day or date.max, one.source))
    later = [one for one in found if one.day is None or one.day >= on]
    return later, [one for one in found if one.day is not None and one.day < on]
