"""All publishers on loopback, and the command that asks them, in one store.

Belongs here: one small file of each kind, the sites that serve them, the command in this process, and what of a store
may not change. Does not belong here: what goes wrong (`faults`, `acts`), and any expectation.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from civic_assets.acquire import client as opening
from civic_assets.acquire.client import Client
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.live.held import acquired
from civic_assets.acquire.live.means import means_of
from civic_assets.acquire.live.rounds import ask_all, fetching_folder
from civic_assets.acquire.live.run import Live, conclude_run
from civic_assets.acquire.live.wanted import wanted_sources
from civic_assets.acquire.settings import Settings, read_settings
from civic_assets.answers.fetching import AskedSource
from civic_assets.cli import main
from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.model import Contract
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.intake.recognition_cache import reader_of
from civic_assets.layers.store import Store
from civic_assets_tests.acquire.conftest import QUICK, TestClock
from civic_assets_tests.json_answers import checked_answer
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.arcgis import ArcGis
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.education import PUBLICATIONS
from civic_assets_tests.replay.sites.every_site import every_site
from civic_assets_tests.replay.sites.nomis import Nomis
from civic_assets_tests.replay.sites.ons import ENGLAND_AND_WALES, FORCES, UNITED_KINGDOM, OnsSite

# A body that stops must end by `read`, also when its first bytes were late; so `answer` is twice that.
LIMITS = replace(QUICK, read=3.0, answer=6.0, grace=2.0, tries=2, file_bytes=2_000_000)
# Seconds between two pieces of a slow body: slow enough although a busy machine is given time.
DRIP = 0.4
FORCE = "city-of-london"
# One file of each kind that the contracts want, so that a run without a fault has nothing to say.
_FILES = {
    "dfe_children_in_need": ("b1_2024.csv", "c1_2024.csv"),
    "dfe_exclusions": ("by_geography_2022_23.csv",),
    "dfe_looked_after": ("at_31_march_2021.csv",),
    "dfe_neet": ("scorecard_2025.csv",),
    "dfe_sen": ("by_provision_2025.csv",),
    "home_office_prc": ("by_force_2024_25.csv", "by_partnership_2023_25.ods"),
    "lookups": ("lad_csp_pfa.csv", "lsoa_ward.csv", "ward_region.csv"),
    "met_borough": ("recent.csv", "historical.csv"),
    "met_lsoa": ("areas_of_2021.csv",),
    "met_ward": ("wards_of_2022.csv",),
    "ons_population": ("workbook.xlsx", "nomis_select.csv", "children.csv"),
    "police_uk": ("2021_areas.csv", "2011_areas.csv"),
}
_PARTNERSHIPS_AND_FORCES = "tables.xlsx"
# Data sets of a publication that nobody wants, so that its list has two pages.
_OTHER_DATA_SETS = 40
# Of children in need, those of the latest release: the population is looked for in that alone.
_YEAR = {"dfe_children_in_need": 2024}
# What a run may write although no release came: records of what was asked and recognised, and the runs of Dagster.
_OF_THE_RUN = ("acquired/", "alerts", "dagster/", "recognised.json", "unchanged.json")


@dataclass(frozen=True, slots=True)
class AtOneAddress(Published):
    """A file whose address stays the same when its bytes change."""

    @property
    def id(self) -> str:
        """The same for the same source, edition and name."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.source} {self.edition} {self.name}"))


@dataclass(frozen=True)
class Answered:
    """How a command ended, and what it printed as JSON."""

    code: int
    summary: Mapping[str, Any]

    @property
    def sources(self) -> dict[str, Mapping[str, Any]]:
        """What is said of each source that was asked."""
        every = self.summary["fetching"]["sources"]
        return {one["source"]: one for one in every if one["state"] != "not_offered"}

    @property
    def releases(self) -> dict[tuple[str, str], str]:
        """State of each release, by source and name."""
        return {(one["source"], one["release"]): one["state"] for one in self.summary["releases"]}


@dataclass
class AllPublishers:
    """The sites of all publishers, one store, and the command `refresh --profile live`.

    Args:
        folder: Folder for the files, the contracts, the store and the certificate.
    """

    folder: Path
    clock: TestClock = field(default_factory=TestClock)
    catalogue: Catalogue = field(init=False)
    nomis: Nomis = field(init=False)
    server: ReplayServer = field(init=False)

    def __post_init__(self) -> None:
        """Make the files and the sites; the server still has to be started."""
        files = self.folder / "files"
        for source, names in _FILES.items():
            (files / source).mkdir(parents=True)
            for name in names:
                shutil.copy(FIXTURES / source / name, files / source / name)
        (files / "ons").mkdir()
        write_tables(files / "ons" / _PARTNERSHIPS_AND_FORCES)
        found = Catalogue.below(files)
        self.catalogue = Catalogue([*map(at_one_address, found.files), *_other_data_sets(files)])
        sites = every_site(self.catalogue)
        for site in sites:
            if isinstance(site, OnsSite):
                for page in site.pages:
                    page.files = _Files(self.catalogue, page.path)
            elif isinstance(site, ArcGis):
                site.most = site.search_page = 1
            elif isinstance(site, Nomis):
                self.nomis, site.cap = site, 20
        self.server = ReplayServer(sites, drip=DRIP)

    @property
    def root(self) -> Path:
        """Folder of the store."""
        return self.folder / "store"

    def refresh(self, *faults: Fault, later: float = 0) -> Answered:
        """Run the command in this process, with faults, some seconds after the last one."""
        self.clock.passed += later
        # What was read before is asked for with a condition, and an answer without a body has no body to go wrong.
        shutil.rmtree(acquired(self.root) / "documents", ignore_errors=True)
        self.server.requests.clear()
        self.server.faults[:] = faults
        out, err = io.StringIO(), io.StringIO()
        try:
            with redirect_stdout(out), redirect_stderr(err):
                code = main(["refresh", "--profile", "live", "--store", str(self.root), "--json", "--quiet"])
        finally:
            self.server.faults.clear()
        assert out.getvalue(), err.getvalue()
        return Answered(code, checked_answer("refresh", json.loads(out.getvalue())))

    def round(self, contracts: Mapping[str, Contract]) -> Mapping[str, AskedSource]:
        """Ask, fetch, take in and remember, without publishing; what is said of each source that was asked.

        Args:
            contracts: Contracts of the active sources.
        """
        settings, wanted = read_settings(), wanted_sources(contracts)
        with (
            opening.open_client(self.root, settings) as client,
            fetching_folder(self.root) as folder,
        ):
            means = means_of(client, settings, lambda: reader_of(contracts))
            rounds, before = ask_all(self.root, wanted.asked, means, folder=folder)
            live = Live(self.root, wanted, rounds, before, client.replayed)
            _, _, fetching = conclude_run(live, Store(self.root), contracts)
        return {one.source: one for one in fetching.sources if one.state != "not_offered"}

    def state(self) -> dict[str, str]:
        """Hash of each file of the store that may change only if something new came."""
        every = (path for path in self.root.rglob("*") if path.is_file())
        named = {str(path.relative_to(self.root)): path for path in every}
        return {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in sorted(named.items())
            if not name.startswith(_OF_THE_RUN) and not name.endswith(".lock")
        }

    def archived(self) -> tuple[bytes, dict[str, str]]:
        """The archive's manifest, and the hash of each file that the archive keeps; nothing before the first file."""
        if not (self.root / "archive" / "manifest.jsonl").exists():
            return b"", {}
        files = {path.name: path for path in (self.root / "archive").iterdir() if path.is_file()}
        manifest = files.pop("manifest.jsonl").read_bytes()
        return manifest, {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}

    def left_behind(self) -> list[str]:
        """Files and folders of the run that should be gone: hidden names are temporary ones."""
        every = self.root.rglob(".*")
        return sorted(str(one.relative_to(self.root)) for one in every) + [
            str(one.relative_to(self.root)) for one in self.root.rglob("*.tmp")
        ]

    @property
    def unfinished(self) -> list[Path]:
        """Transfers that broke off and can be gone on with."""
        return sorted((acquired(self.root) / "partial").iterdir())


@contextmanager
def all_publishers(folder: Path, limits: Limits = LIMITS) -> Iterator[AllPublishers]:
    """All publishers, started; commands of this process ask them, and their waits take no time.

    Args:
        folder: Folder for everything.
        limits: How long to wait and how often to try.
    """
    made = AllPublishers(folder)
    really = opening.open_client

    def quickly(root: Path, settings: Settings, **more: Any) -> Client:
        return really(root, settings, **{**more, "limits": limits, "clock": made.clock})

    settings = folder / "civic.toml"
    settings.write_text(f'[areas]\nforces = ["{FORCE}"]\n', encoding="utf-8")
    with made.server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "open_client", quickly)
        patch.setenv("CIVIC_REPLAY", made.server.address)
        patch.setenv("CIVIC_REPLAY_AUTHORITY", str(made.server.authority.write(folder / "authority.pem")))
        patch.setenv("CIVIC_SETTINGS", str(settings))
        patch.setenv("CIVIC_CACHE", str(folder / "cache"))
        patch.setenv("CIVIC_PROCESSES", "1")
        patch.setenv("CIVIC_CONTRACTS", str(_contracts_for_small_files(folder / "contracts")))
        yield made


def write_tables(to: Path, *, later: bool = False) -> None:
    """Write a workbook with the tables of partnerships and of police forces, as the ONS publishes them.

    Args:
        to: The file.
        later: Whether it is the edition of the next year.
    """
    edition = EDITIONS[list(EDITIONS)[-1]]
    if not later:
        edition = replace(edition, year=edition.year - 1)
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(edition)))
    forces = openpyxl.load_workbook(FIXTURES / "ons_pfa" / "year_ending_december_2024.xlsx")
    for sheet in forces.worksheets:
        if sheet.title in book.sheetnames:
            continue
        copied = book.create_sheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None:
                    continue
                value = cell.value
                if later and isinstance(value, str):
                    value = value.replace("2024", "2025").replace("2023", "2024")
                copied.cell(cell.row, cell.column, value).number_format = cell.number_format
    book.save(to)


def at_one_address(one: Published) -> AtOneAddress:
    """The file with an address that stays."""
    return AtOneAddress(**{each.name: getattr(one, each.name) for each in fields(one)})


class _Files(list[Published]):
    """Files of a page of the ONS, as the catalogue has them at the moment."""

    def __init__(self, catalogue: Catalogue, path: str) -> None:
        self._catalogue, self._path = catalogue, path

    def __iter__(self) -> Iterator[Published]:
        if self._path == FORCES:
            crime = self._catalogue.of("ons_csp", "ons_pfa")
            return iter({one.sha256: one for one in crime}.values())
        people = [one for one in self._catalogue.of("ons_population") if one.path.suffix == ".xlsx"]
        return iter(people if self._path in (UNITED_KINGDOM, ENGLAND_AND_WALES) else [])


def _other_data_sets(files: Path) -> list[AtOneAddress]:
    path = files / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    when = datetime.fromisoformat("2020-01-02T09:30:00+00:00")
    return [
        AtOneAddress(
            source,
            f"{_YEAR.get(source, 2020)}-other-{number}",
            path,
            f"other_{number}.csv",
            f"Other table {number}",
            when,
        )
        for sources in PUBLICATIONS.values()
        for source in sources
        for number in range(_OTHER_DATA_SETS)
    ]


def _contracts_for_small_files(folder: Path) -> Path:
    """The contracts, which accept the fixtures although these are smaller than any real file."""
    shutil.copytree(DEFAULT_FOLDER, folder)
    for contract in folder.glob("*.odcs.yaml"):
        text = contract.read_text(encoding="utf-8")
        contract.write_text(re.sub(r"(name: minimum_bytes, value: )\d+", r"\g<1>100", text), encoding="utf-8")
    return folder
