"""Every source that is offered somewhere: found, fetched byte for byte, and never silently short."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.client import open_client
from civic_assets.acquire.finders.all_finders import FINDERS, find_offers, finder
from civic_assets.acquire.finders.trail import plain_name
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.obtain import obtain
from civic_assets.acquire.offers import Offer
from civic_assets.acquire.settings import Replay, Settings
from civic_assets.contracts.acquisition import Acquisition
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.models.acquisition import NEEDS, Finder
from civic_assets_tests.acquire.conftest import TestClock
from civic_assets_tests.acquire.finders.conftest import LONG_AGO, acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import ANSWERS, Fault
from civic_assets_tests.replay.log import Logged
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.every_site import every_site
from civic_assets_tests.replay.sites.london_datastore import LondonDatastore

OFFERED = sorted(
    source
    for source, contract in load_contracts().items()
    if contract.acquisition and contract.acquisition.finder
)


def test_words_for_finders_are_those_of_the_program() -> None:
    assert set(get_args(Finder)) == set(FINDERS) == set(NEEDS)
    assert all(callable(finder(name)) for name in FINDERS)
    with pytest.raises(KeyError):
        finder("ons_api")


@pytest.fixture
def offered(catalogue: Catalogue) -> list[Published]:
    """Files that some site offers under a shipped contract: one table of Nomis, forces of London."""
    newest = next(one for one in catalogue.of("ons_population") if "nomis" in one.edition)
    return [
        one
        for one in catalogue.files
        if one.source != "dfe_lait"
        and not (one.source == "lookups" and one.edition.endswith(("code-changes", "education-authorities")))
        and not (one.source == "police_uk" and "city-of-london" not in one.edition)
        and not ("nomis" in one.edition and one != newest)
    ]


def test_every_file_that_is_offered_is_found_and_fetched_byte_for_byte(
    catalogue: Catalogue, offered: list[Published], tmp_path: Path
) -> None:
    sites, fetched = every_site(catalogue), set()
    for source in OFFERED:
        place = acquisition_of(source)
        ask = AsksSites(sites, place.all_hosts)
        for offer in find_offers(source, place, ask, Areas(), since=LONG_AGO).offers:
            fetched.add((source, obtain(offer, ask, tmp_path / "file").sha256))
    # Others, such as a postcode directory, are given by hand.
    assert {(one.source, one.sha256) for one in offered if one.source in OFFERED} <= fetched
    assert {one.source for one in offered} - set(OFFERED) <= {"postcodes"}


@pytest.mark.parametrize("source", OFFERED)
@pytest.mark.parametrize("kind", ["html", "error_object", "empty_list", "empty_body", "500", "redirect_host"])
def test_no_answer_that_is_wrong_is_taken_for_an_empty_site(
    catalogue: Catalogue, source: str, kind: str
) -> None:
    with pytest.raises(NotObtained) as refused:
        find(source, every_site(catalogue), Fault(kind))
    assert refused.value.url.startswith("https://")
    assert str(refused.value).startswith(refused.value.url)
    assert kind in ANSWERS


def test_place_that_cannot_be_asked_is_said_and_the_others_are_found(catalogue: Catalogue) -> None:
    found = find("ons_population", every_site(catalogue), Fault("500", host="www.nomisweb.*"))
    assert {offer.wanted for offer in found.offers} == {"united_kingdom", "children"}
    assert [sentence.partition(": ")[0] for sentence in found.unreached] == [
        "https://www.nomisweb.co.uk/api/v01/dataset/NM_2002_1.def.sdmx.json"
    ]


def test_source_that_no_site_offers_finds_nothing_and_asks_nobody() -> None:
    place = Acquisition(not_offered="typed in by hand")
    ask = AsksSites([], ())
    found = find_offers("gla_report", place, ask, Areas())
    assert (found.offers, found.missing, ask.requests) == ((), (), [])


def test_over_real_connections_the_same_is_found_and_asked_again_only_with_conditions(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    with ReplayServer(every_site(catalogue)) as server:
        host, _, port = server.address.rpartition(":")
        authority = server.authority.write(tmp_path / "authority.pem")
        settings = Settings(replay=Replay(host, int(port), str(authority)))
        limits = Limits(connect=5, read=5, answer=10, grace=5)
        runs: list[tuple[dict[str, tuple[Offer, ...]], list[Logged]]] = []
        for _ in range(2):
            server.requests.clear()
            with open_client(tmp_path / "store", settings, limits=limits, clock=TestClock()) as client:
                offers = {}
                for source in OFFERED:
                    place = acquisition_of(source)
                    ask = client.bound_to(source, place.all_hosts)
                    offers[source] = find_offers(source, place, ask, Areas(), since=LONG_AGO).offers
                    if not runs:
                        for offer in offers[source]:
                            obtain(offer, ask, tmp_path / "file")
            runs.append((offers, list(server.requests)))
        (first, _), (second, again) = runs
        assert (
            first
            == second
            == {source: find(source, every_site(catalogue), since=LONG_AGO).offers for source in OFFERED}
        )
        answered = [one for one in again if one.status not in (302, 307)]
        assert [one.path for one in answered if not one.conditional] == []
        assert {one.status for one in answered} == {304}


@pytest.mark.real_data
def test_real_files_are_found_and_fetched_byte_for_byte(tmp_path: Path) -> None:
    import os

    catalogue = Catalogue.below(Path(os.environ["CIVIC_REAL_DATA"]))
    sites, fetched = every_site(catalogue), set()
    for source in OFFERED:
        place = acquisition_of(source)
        ask = AsksSites(sites, place.all_hosts)
        for offer in find_offers(source, place, ask, Areas(forces=()), since=LONG_AGO).offers:
            fetched.add(obtain(offer, ask, tmp_path / "file").sha256)
    left = [
        f"{one.source}/{one.edition}"
        for one in catalogue.files
        if one.sha256 not in fetched and one.source != "dfe_lait" and "-api-" not in one.edition
    ]
    assert all(name.endswith(("code-changes", "education-authorities")) for name in left), left


def test_without_a_day_only_what_is_current_is_found(catalogue: Catalogue) -> None:
    for source in ("dfe_neet", "ons_pfa", "met_ward"):
        place = replace(acquisition_of(source), since=None)
        current = find(source, every_site(catalogue), place=place).offers
        every = find(source, every_site(catalogue), since=LONG_AGO).offers
        assert 0 < len(current) < len(every)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("MPS Borough Level Crime (Historical).csv", "MPS Borough Level Crime (Historical).csv"),
        ("PAS_T&Cdashboard_toQ3 23-24.xlsx", "PAS_T&Cdashboard_toQ3 23-24.xlsx"),
        ("../../etc/cron.d/evil.csv", "evil.csv"),
        ("..\\..\\evil.csv", "evil.csv"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.csv", "ab.csv"),
        ("..", "file"),
        ("", "file"),
        ("x" * 400 + ".csv", "x" * 150 + ".csv"),
    ],
)
def test_no_name_of_a_publisher_leaves_its_folder(name: str, kept: str) -> None:
    assert plain_name(name) == kept


def test_entry_that_may_be_absent_is_noted_and_not_missing() -> None:
    found = find("met_ward", [LondonDatastore(Catalogue([]))])
    assert ["'recent'" in sentence for sentence in found.missing] == [True]
    assert ["'historical'" in sentence for sentence in found.notes] == [True]
