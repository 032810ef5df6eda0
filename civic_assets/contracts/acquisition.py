"""Where a source's files are found on the publisher's site, as a contract says it.

Belongs here: the shape of that part of a loaded contract. Does not belong here: what may be written
(`models.acquisition`), and finding the files (`civic_assets.acquire.finders`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """One kind of file that is wanted of a publisher's page, data set or archive.

    Args:
        name: Name of the entry, e.g. `recent`; unique in the source.
        title: Matches the publisher's title of the file (found anywhere in it, without regard to case); empty for any.
        exclude: Matches titles of files that are left out although `title` matches; empty for none.
        file: Matches the whole name of the file, or the whole path of a member of an archive, without regard to case;
            empty for any. The word FORCE is the id of each force that is wanted.
        formats: Formats that are taken, the best first, e.g. `ods`, `xlsx`; empty for any.
        level: A geographic level that the data set must have, as the publisher writes it; empty for any.
        previous_versions: Whether versions that the publisher has replaced are wanted too.
        may_be_absent: Whether the publisher does not always offer it, so that its absence is noted and not a problem.
    """

    name: str
    title: str = ""
    exclude: str = ""
    file: str = ""
    formats: tuple[str, ...] = ()
    level: str = ""
    previous_versions: bool = False
    may_be_absent: bool = False

    def accepts(self, title: str) -> bool:
        """Whether a title is one of those that are wanted."""
        if self.exclude and re.search(self.exclude, title, re.IGNORECASE):
            return False
        return not self.title or re.search(self.title, title, re.IGNORECASE) is not None

    def accepts_file(self, name: str) -> bool:
        """Whether a file name is one of those that are wanted, in a format that is taken."""
        if self.file and not re.fullmatch(self.file, name, re.IGNORECASE):
            return False
        return not self.formats or name.rpartition(".")[2].lower() in self.formats

    @property
    def described(self) -> str:
        """What is looked for, for a sentence that says what was not found."""
        parts = [f"a title like '{self.title}'" if self.title else "any title"]
        if self.exclude:
            parts.append(f"not like '{self.exclude}'")
        if self.file:
            parts.append(f"a file name like '{self.file}'")
        if self.formats:
            parts.append("format " + " or ".join(self.formats))
        if self.level:
            parts.append(f"the geographic level '{self.level}'")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Acquisition:
    """Where the files of a source are found.

    Args:
        finder: The kind of site, one of `civic_assets.acquire.finders`; empty if no site offers the files.
        hosts: The only hosts that are asked, including those of redirects.
        wanted: The kinds of files.
        keys: What the finder needs to know, e.g. `dataset`, `page` or `publication`.
        query: Parameters of the request, for a finder that asks an API for a table.
        since: Earlier editions are wanted too if they were published on this day or later (for an archive by month: if
            the month is not earlier); only what is current if None.
        also: Further places of the same source.
        not_offered: Why no site offers the files, or some of them, and how they are asked for; empty if all are.
    """

    finder: str = ""
    hosts: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    also: tuple[Acquisition, ...] = ()
    not_offered: str = ""

    def places(self) -> Iterator[Acquisition]:
        """Every place at which files are found: this one and the further ones."""
        if self.finder:
            yield self
        for one in self.also:
            yield from one.places()

    @property
    def all_hosts(self) -> tuple[str, ...]:
        """The hosts of all places, each once."""
        return tuple(dict.fromkeys(host for place in self.places() for host in place.hosts))


_TEXTS = ("page", "search", "dataset", "publication", "owner")


def acquisition_of(written: Mapping[str, Any] | None) -> Acquisition | None:
    """What a checked contract says about where its files are found; None if it does not say.

    Args:
        written: Value of the property `acquisition`.
    """
    if written is None:
        return None
    return Acquisition(
        finder=written.get("finder", ""),
        hosts=tuple(written.get("hosts", ())),
        wanted=tuple(
            Wanted(
                name=one["name"],
                title=one.get("title", ""),
                exclude=one.get("exclude", ""),
                file=one.get("file", ""),
                formats=tuple(one.get("formats", ())),
                level=one.get("level", ""),
                previous_versions=one.get("previousVersions", False),
                may_be_absent=one.get("mayBeAbsent", False),
            )
            for one in written.get("wanted", ())
        ),
        keys={key: written[key] for key in _TEXTS if key in written},
        query=dict(written.get("query", {})),
        since=written.get("since"),
        also=tuple(one for one in map(acquisition_of, written.get("also", ())) if one is not None),
        not_offered=written.get("notOffered", ""),
    )
