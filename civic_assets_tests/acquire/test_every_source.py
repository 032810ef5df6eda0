"""The fault matrix for every source: in its list and in its files, passing and lasting."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from civic_assets.acquire.fetches import read_fetches
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets_tests.acquire.every_source import LASTING, PASSING, PLACES, Came, EverySource
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue
from civic_assets_tests.replay.sites.every_site import every_site
from civic_assets_tests.replay.sites.ons import PARTNERSHIPS, OnsSite

# After these, something is remembered of what came.
REMEMBERED = ("503", "html", "empty_list", "wrong_content")
SOURCES = EverySource.names()


def _in_turn(first: int) -> list[Any]:
    """Every source with a fault in its list or in its file, in turn; the other of the two is exhaustive."""
    return [
        pytest.param(
            source, place, id=f"{source}-{place}", marks=() if turn == at else (pytest.mark.exhaustive,)
        )
        for number, source in enumerate(SOURCES)
        for turn in [(first + number) % 2]
        for at, place in enumerate(PLACES)
    ]


@pytest.fixture(scope="module")
def every(tmp_path_factory) -> Iterator[EverySource]:
    folder = tmp_path_factory.mktemp("every_source")
    (folder / "csp").mkdir()
    name = list(EDITIONS)[-1]
    (folder / "csp" / name).write_bytes(workbook_bytes(EDITIONS[name]))
    catalogue = Catalogue.below(FIXTURES, folder / "csp")
    sites = every_site(catalogue)
    # Editions as old as the sample's are in the data set of their own, not on the page of the police forces' tables.
    ons = next(site for site in sites if isinstance(site, OnsSite))
    next(page for page in ons.pages if page.path == PARTNERSHIPS).files = catalogue.of("ons_csp")
    with ReplayServer(sites) as server:
        yield EverySource(server, server.authority.write(folder / "authority.pem"))


@pytest.fixture(scope="module")
def undisturbed(every: EverySource, tmp_path_factory):
    """What comes of a source if nothing goes wrong."""

    @cache
    def came(source: str) -> Came:
        return every.ask(tmp_path_factory.mktemp("undisturbed") / source, (source,))

    return came


def test_sources_are_those_of_the_contracts() -> None:
    assert len(SOURCES) >= 13


@pytest.mark.parametrize("source", SOURCES)
def test_something_comes_of_every_source(every, undisturbed, source: str) -> None:
    assert undisturbed(source).received[source]


def _empty(every: EverySource) -> bool:
    """Whether it struck a redirect, which has no body that could be broken off."""
    return any(one.fault and one.status in (302, 307) for one in every.server.requests)


@pytest.mark.parametrize(("source", "place"), _in_turn(first=0))
def test_faults_that_pass(every, undisturbed, tmp_path, source: str, place: str) -> None:
    expected = undisturbed(source)
    for kind in PASSING:
        root = tmp_path / kind
        came = every.ask(root, (source,), every.fault(kind, source, place, 1))
        assert came == expected, (kind, came.problems)
        assert kind == "no_answer" or any(one.fault == kind for one in every.server.requests), kind
        assert any(one.attempts > 1 for one in read_fetches(root / "acquired").receipts) or _empty(every), (
            kind
        )
        assert not list((root / "acquired" / "partial").iterdir()), kind


@pytest.mark.parametrize(("source", "place"), _in_turn(first=1))
def test_faults_that_last(every, undisturbed, tmp_path, source: str, place: str) -> None:
    other = every.another(source)
    for kind in LASTING:
        if kind in ("expired", "untrusted") and place == "file":
            continue  # a certificate is shown before anything is asked for
        root = tmp_path / kind
        came = every.ask(root, (source, other), every.fault(kind, source, place, None))
        said = came.problems - undisturbed(source).problems - undisturbed(other).problems
        assert said and not any(sentence.startswith(other) for sentence in said), (kind, came.problems)
        assert came.received[source] == frozenset(), kind
        assert came.received[other] == undisturbed(other).received[other], kind
        assert not read_fetches(root / "acquired").damage
        if kind not in REMEMBERED and source != "met_borough":
            continue
        # The next round, after the publisher has put it right, ends as if nothing had been wrong.
        again = every.ask(root, (source, other), later=3 * 3600)
        assert again.received[source] == undisturbed(source).received[source], (kind, again.problems)
