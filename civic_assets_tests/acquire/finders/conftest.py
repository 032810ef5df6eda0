"""The synthetic files of all sources as their publishers would offer them, and asking their sites."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.finders.all_finders import find_offers
from civic_assets.acquire.offers import Found
from civic_assets.contracts.acquisition import Acquisition
from civic_assets.contracts.load import load_contracts
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Site
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

LONG_AGO = date(2005, 1, 1)


@pytest.fixture(scope="session")
def _every_file() -> Catalogue:
    return Catalogue.below(FIXTURES)


@pytest.fixture
def catalogue(_every_file: Catalogue) -> Catalogue:
    """All synthetic files of the project, recognised by content; a copy that a test may change."""
    return Catalogue(_every_file.files)


def acquisition_of(source: str) -> Acquisition:
    """What a shipped contract says about where its files are found."""
    found = load_contracts()[source].acquisition
    assert found is not None
    return found


def only(place: Acquisition, finder: str) -> Acquisition:
    """The place of a source with one finder."""
    return replace(next(one for one in place.places() if one.finder == finder), also=())


def find(
    source: str,
    sites: Sequence[Site],
    *faults: Fault,
    since: date | None = None,
    areas: Areas | None = None,
    place: Acquisition | None = None,
) -> Found:
    """What the finder of a source finds on some sites, asked in memory."""
    place = place or acquisition_of(source)
    ask = AsksSites(sites, place.all_hosts, faults)
    return find_offers(source, place, ask, areas or Areas(), since=since)


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Published]:
    """Makes a file of a publisher out of any text."""

    def make(
        source: str,
        edition: str,
        name: str,
        title: str = "",
        *,
        day: str = "2026-07-23",
        text: str = "",
        correction: str = "",
    ) -> Published:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}-{name}"
        path.write_text(text or f"{source},{edition},{name},{title},{day}\n1,2,3,4,5\n")
        at = datetime.fromisoformat(f"{day}T08:30:00").replace(tzinfo=UTC)
        return Published(source, edition, path, name, title or name, at, correction)

    return make
