"""All publishers on loopback, and what they do: put a file out, correct it, take it away, stop answering.

Belongs here: the sites with their files at a moment. Does not belong here: when each of it happens (`calendar`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.arcgis import ArcGis
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.education import Education
from civic_assets_tests.replay.sites.govuk import GovUk
from civic_assets_tests.replay.sites.london_datastore import LondonDatastore
from civic_assets_tests.replay.sites.nomis import Nomis
from civic_assets_tests.replay.sites.ons import (
    ENGLAND_AND_WALES,
    FORCES,
    PARTNERSHIPS,
    UNITED_KINGDOM,
    OnsPage,
    OnsSite,
)
from civic_assets_tests.replay.sites.police_uk import PoliceUk

FORCE = "city-of-london"


@cache
def _hash(kind: str, path: Path) -> str:
    """Hash of a file that is never written again."""
    return hashlib.new(kind, path.read_bytes(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Put(Published):
    """A file whose bytes do not change, at an address that may be that of an earlier one.

    Args:
        place: What its address has instead of an id; an id of its bytes if empty.
        releases: Releases that it is, by source; its own edition if empty.
    """

    place: str = ""
    releases: tuple[tuple[str, str], ...] = ()

    @property
    def sha256(self) -> str:
        return _hash("sha256", self.path)

    @property
    def md5(self) -> str:
        return _hash("md5", self.path)

    @property
    def sha1(self) -> str:
        return _hash("sha1", self.path)

    @property
    def id(self) -> str:
        digest = hashlib.sha256(self.place.encode()).hexdigest() if self.place else self.sha256
        return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


@dataclass
class AllPublishers:
    """The publishers of every source whose files are offered.

    Args:
        folder: Folder for the files, the store and the certificate.
    """

    folder: Path
    issued: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        """Make the sites, without files; the server still has to be started."""
        (self.folder / "files").mkdir()
        self.catalogue = Catalogue([])
        self.ons = OnsSite(
            [
                OnsPage(FORCES, "Police force area data tables"),
                OnsPage(PARTNERSHIPS, "Recorded crime data by Community Safety Partnership area"),
                OnsPage(
                    UNITED_KINGDOM,
                    "Estimates of the population for the UK, England, Wales, Scotland and Northern Ireland",
                ),
                OnsPage(ENGLAND_AND_WALES, "Estimates of the population for England and Wales"),
            ]
        )
        self.police = PoliceUk(self.catalogue, window=36)
        self.nomis = Nomis(self.catalogue)
        self.arcgis = ArcGis(self.catalogue)
        self.server = ReplayServer(
            [
                self.ons, GovUk(self.catalogue), LondonDatastore(self.catalogue), self.police,
                Education(self.catalogue), self.nomis, self.arcgis,
            ]
        )  # fmt: skip

    @property
    def root(self) -> Path:
        return self.folder / "store"

    def environment(self) -> dict[str, str]:
        """Variables with which a program asks these publishers."""
        settings = self.folder / "civic.toml"
        settings.write_text(f'[areas]\nforces = ["{FORCE}"]\n', encoding="utf-8")
        return {
            "CIVIC_REPLAY": self.server.address,
            "CIVIC_REPLAY_AUTHORITY": str(self.server.authority.write(self.folder / "authority.pem")),
            "CIVIC_SETTINGS": str(settings),
            "CIVIC_CACHE": str(self.folder / "cache"),
        }

    def put(
        self,
        at: datetime,
        source: str,
        edition: str,
        content: bytes,
        name: str,
        title: str,
        *,
        place: str = "",
        page: str = "",
        also: str = "",
    ) -> Put:
        """Put a file out, next to those that are there.

        Args:
            at: When.
            source: Source.
            edition: Its release.
            content: Its bytes.
            name: The publisher's name of the file.
            title: The publisher's title.
            place: What stays the same of its address when its bytes change.
            page: Page of ONS that has it.
            also: Another source that reads the same file, as the same edition.
        """
        path = self.folder / "files" / f"{sum(self.issued.values()):04}-{name.replace('/', '-')}"
        path.write_bytes(content)
        releases = tuple((one, edition) for one in (source, also) if one)
        one = Put(source, edition, path, name, title, at.astimezone(UTC), place=place, releases=releases)
        self.issued.update(releases)
        if page:
            next(each for each in self.ons.pages if each.path == page).files.append(one)
        else:
            self.catalogue.files.append(one)
        return one

    def take_away(self, source: str, edition: str = "", *, title: str = "") -> None:
        """Take away the files of a source that have an edition or a title."""
        gone = [
            one
            for one in self.catalogue.files
            if one.source == source and (not edition or one.edition == edition) and (not title or one.title == title)
        ]  # fmt: skip
        assert gone, f"{source} {edition} {title} is not there"
        self.catalogue.files[:] = [one for one in self.catalogue.files if one not in gone]

    def say_next(self, page: str, words: str) -> None:
        """Announce the next release of a page of ONS."""
        next(each for each in self.ons.pages if each.path == page).next_release = words

    def stop(self, host: str) -> None:
        """Answer 503 for a host."""
        self.server.faults.append(Fault("503", host=host.replace(".", r"\.")))

    def start(self) -> None:
        """Answer again."""
        self.server.faults.clear()

    def renamed_page_file(
        self, page: str, edition: str, content: bytes, at: datetime, name: str, notice: str
    ) -> None:
        """Correct the file of an edition of a page of ONS under another name; the page keeps the old version."""
        each = next(each for each in self.ons.pages if each.path == page)
        old = next(one for one in reversed(each.files) if one.edition == edition)
        assert isinstance(old, Put)
        others = [source for source, _ in old.releases if source != old.source]
        new = self.put(at, old.source, edition, content, name, old.title, page=page, also="".join(others))
        each.files[each.files.index(new)] = replace(new, correction=notice)
