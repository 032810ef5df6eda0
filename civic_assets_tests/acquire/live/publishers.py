"""Publishers on loopback with files of the tests' fixtures, and rounds of asking them.

Belongs here: the sites with their files, and one round with or without taking in what came. Does not belong here: any
expectation.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.client import open_client
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.live.asked import SourceRound
from civic_assets.acquire.live.held import HeldSource, read_held, write_held
from civic_assets.acquire.live.means import means_of
from civic_assets.acquire.live.rounds import ask_all, fetching_folder
from civic_assets.acquire.live.run import Live, conclude_all, conclude_run
from civic_assets.acquire.live.wanted import wanted_sources
from civic_assets.acquire.settings import Replay, Settings
from civic_assets.answers.fetching import AskedSource, Fetching
from civic_assets.archive import Receipt
from civic_assets.contracts.load import load_contracts
from civic_assets.intake.received import Intake
from civic_assets.intake.recognition_cache import reader_of
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.conftest import TestClock
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.london_datastore import LondonDatastore
from civic_assets_tests.replay.sites.police_uk import PoliceUk

BOROUGH, POLICE = "met_borough", "police_uk"
FORCE = "city-of-london"
_MET = "MPS Borough Level Crime"
_QUICK = Limits(connect=2, read=0.5, answer=1.5, grace=1)


@dataclass(frozen=True, slots=True)
class AtOneAddress(Published):
    """A file whose address stays the same when its bytes change."""

    @property
    def id(self) -> str:
        """The same for the same name."""
        return f"id-{len(self.name)}"


@dataclass(frozen=True)
class Round:
    """What came of one round.

    Args:
        live: The round.
        fetching: What is said of it.
        intake: What became of the files; None if nothing was fetched on purpose.
    """

    live: Live
    fetching: Fetching
    intake: Intake | None

    def of(self, source: str) -> AskedSource:
        return next(one for one in self.fetching.sources if one.source == source)

    def actions(self, source: str) -> list[str]:
        rounds: list[SourceRound] = [one for one in self.live.rounds if one.source == source]
        return [decision.action for decision in rounds[0].decisions]


@dataclass
class Publishers:
    """The Datastore with two files of the Met, and data.police.uk with four months of one force.

    Args:
        folder: Folder for the files, the store and the certificate.
    """

    folder: Path
    catalogue: Catalogue = field(init=False)
    datastore: LondonDatastore = field(init=False)
    police: PoliceUk = field(init=False)
    server: ReplayServer = field(init=False)

    def __post_init__(self) -> None:
        """Make the files and the sites; the server still has to be started."""
        (self.folder / "files").mkdir()
        self.catalogue = Catalogue(
            [
                self.published(BOROUGH, "2025-07", "recent.csv", f"{_MET} (most recent 24 months)", 2025),
                self.published(BOROUGH, "2020-12-historical", "historical.csv", f"{_MET} (Historical)", 2021),
                *(self.month(f"2024-0{number}") for number in (1, 2, 3, 4)),
            ]
        )  # fmt: skip
        self.datastore = LondonDatastore(self.catalogue)
        self.police = PoliceUk(self.catalogue)
        self.server = ReplayServer([self.datastore, self.police])

    def published(self, source: str, edition: str, fixture: str, title: str, year: int) -> AtOneAddress:
        """A file of the fixtures as a publisher puts it out."""
        path = self.folder / "files" / f"{source}-{fixture}"
        shutil.copy(FIXTURES / source / fixture, path)
        return AtOneAddress(
            source, edition, path, f"{title}.csv", title, datetime(year, 9, 1, 8, 30, tzinfo=UTC)
        )

    def month(self, month: str) -> Published:
        """A month of one force: rows of the fixture with another month."""
        path = self.folder / "files" / f"{month}-{FORCE}-street.csv"
        text = (FIXTURES / POLICE / "2021_areas.csv").read_text(encoding="utf-8")
        path.write_text(text.replace(_month_in(text), month), encoding="utf-8")
        name = f"{month}/{month}-{FORCE}-street.csv"
        return Published(POLICE, f"{month}-{FORCE}", path, name, name, datetime(2024, 9, 1, tzinfo=UTC))

    def file(self, source: str, edition: str) -> Published:
        return next(one for one in self.catalogue.files if (one.source, one.edition) == (source, edition))

    def other_bytes(self, one: Published, old: str, new: str) -> Published:
        """Let the publisher replace a file by one with other bytes."""
        path = one.path.with_name(f"new-{one.path.name}")
        content = one.path.read_bytes()
        assert old.encode() in content
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))
        return self.catalogue.replace(one, path=path, published=datetime(2025, 10, 1, 8, 30, tzinfo=UTC))

    @property
    def root(self) -> Path:
        return self.folder / "store"

    @property
    def archive(self) -> Path:
        return self.root / "archive"

    def receipts(self, source: str) -> list[Receipt]:
        return Store(self.root).archive.receipts(source)

    def held(self, source: str) -> HeldSource:
        return read_held(self.root)[source]

    def environment(self) -> dict[str, str]:
        """Variables with which a command asks these publishers."""
        authority = self.server.authority.write(self.folder / "authority.pem")
        settings = self.folder / "civic.toml"
        if not settings.exists():
            settings.write_text(f'[areas]\nforces = ["{FORCE}"]\n', encoding="utf-8")
        return {
            "CIVIC_REPLAY": self.server.address,
            "CIVIC_REPLAY_AUTHORITY": str(authority),
            "CIVIC_SETTINGS": str(settings),
        }

    def ask(
        self, *sources: str, since: date | None = None, fetch: bool = True, forces: tuple[str, ...] = (FORCE,)
    ) -> Round:
        """One round: ask, fetch, take in and remember; without `fetch` only ask and remember."""
        host, _, port = self.server.address.rpartition(":")
        authority = self.server.authority.write(self.folder / "authority.pem")
        settings = Settings(areas=Areas(forces=forces), replay=Replay(host, int(port), str(authority)))
        active = {name: one for name, one in load_contracts().items() if one.status == "active"}
        wanted = wanted_sources(active, sources or (BOROUGH, POLICE))
        with (
            open_client(self.root, settings, limits=_QUICK, clock=TestClock()) as client,
            fetching_folder(self.root) as folder,
        ):
            means = means_of(client, settings, lambda: reader_of(active))
            rounds, before = ask_all(
                self.root, wanted.asked, means, folder=folder if fetch else None, since=since
            )
            live = Live(self.root, wanted, rounds, before, client.replayed)
            if not fetch:
                held, fetching = conclude_all(live, {})
                write_held(self.root, held)
                return Round(live, fetching, None)
            intake, _, fetching = conclude_run(live, Store(self.root), active)
            return Round(live, fetching, intake)


def _month_in(text: str) -> str:
    header, first = text.splitlines()[:2]
    return first.split(",")[header.lstrip("\ufeff").split(",").index("Month")]
