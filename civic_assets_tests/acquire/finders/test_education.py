"""Explore education statistics, both interfaces: titles, releases, replacements, renamed publications, pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.client import open_client
from civic_assets.acquire.finders.all_finders import find_offers
from civic_assets.acquire.obtain import obtain
from civic_assets.acquire.settings import Replay, Settings
from civic_assets.contracts.acquisition import Acquisition, Wanted
from civic_assets_tests.acquire.finders.conftest import LONG_AGO, acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.education import DATA, Education

Make = Callable[..., Published]
EXCLUSIONS = "suspensions-and-permanent-exclusions-in-england"
API = Acquisition(
    finder="education_data_api",
    hosts=(DATA,),
    wanted=(Wanted("b1", title=r"\bB1\b"),),
    keys={"publication": "children-in-need"},
)


def changing(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Asked, Told], Told]:
    """An answer with another document."""

    def changed(asked: Asked, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        return Told(200, told.headers, json.dumps(change(json.loads(told.body))).encode())

    return changed


def many(file_of: Make, number: int, edition: str = "2024-25") -> Catalogue:
    return Catalogue([
        file_of("dfe_exclusions", edition, f"exclusions_{count}.csv", f"Suspensions by geography {count}")
        for count in range(number)
    ])  # fmt: skip


def test_data_sets_of_the_latest_release_are_found_by_title(catalogue: Catalogue, tmp_path: Path) -> None:
    site = Education(catalogue)
    place = replace(acquisition_of("dfe_children_in_need"), since=None)
    found = find("dfe_children_in_need", [site], place=place)
    names = [(offer.wanted, offer.file_name, offer.edition) for offer in found.offers]
    assert names == [("b1", "b1_2024.csv", "2024"), ("c1", "c1_2024.csv", "2024")]
    ask = AsksSites([site], acquisition_of("dfe_children_in_need").all_hosts)
    assert obtain(found.offers[0], ask, tmp_path / "b1").path == tmp_path / "b1"
    said = found.next_release
    assert said is not None
    assert said.day == date(2026, 11, 19)


def test_data_sets_of_earlier_releases_are_found_since_a_day(catalogue: Catalogue) -> None:
    found = find("dfe_children_in_need", [Education(catalogue)], since=LONG_AGO)
    assert [offer.edition for offer in found.offers] == ["2024", "2024", "2023"]


def test_month_alone_is_no_day_of_the_next_release(catalogue: Catalogue) -> None:
    found = find("dfe_sen", [Education(catalogue, next_release={"year": 2027, "month": 6})])
    assert found.next_release is not None
    assert (found.next_release.day, found.next_release.words) == (None, "2027-06")


def test_file_replaced_inside_a_release_keeps_its_address_and_changes_its_version(
    catalogue: Catalogue,
) -> None:
    fault = Fault("replaced", path="data-set-files", change=changing(lambda page: {
        **page, "results": [{**one, "lastUpdated": "2027-01-05T09:30:00Z"} for one in page["results"]]}))  # fmt: skip
    before = find("dfe_sen", [Education(catalogue)]).offers
    after = find("dfe_sen", [Education(catalogue)], fault).offers
    assert {one.url for one in before} == {one.url for one in after}
    assert not {one.version for one in before} & {one.version for one in after}


def test_data_set_without_the_level_is_left_out(catalogue: Catalogue) -> None:
    fault = Fault("national", path="data-set-files", change=changing(lambda page: {
        **page, "results": [{**one, "meta": {"geographicLevels": ["National"]}}
                            for one in page["results"]]}))  # fmt: skip
    found = find("dfe_sen", [Education(catalogue)], fault)
    assert found.offers == ()
    assert "the geographic level 'Local authority'" in found.missing[0]


def test_publication_with_a_new_name_is_followed(catalogue: Catalogue) -> None:
    site = Education(catalogue, renamed={EXCLUSIONS: "suspensions-in-england"})
    found = find("dfe_exclusions", [site])
    assert found.offers
    assert f"{EXCLUSIONS!r} is now called 'suspensions-in-england'" in found.notes[0]


def test_publication_that_is_nowhere_is_said(catalogue: Catalogue) -> None:
    found = find("dfe_sen", [Education(catalogue)], Fault("404", path="publications/special"))
    assert (
        "publications/special-educational-needs-in-england (the publication is not there)" in found.missing[0]
    )
    assert "/api/redirects" in found.missing[0]


def test_superseded_publication_is_noted(catalogue: Catalogue) -> None:
    fault = Fault("after", path="publications/", change=changing(lambda one: {
        **one, "supersededByPublication": {"title": "Exclusions", "slug": "exclusions"}}))  # fmt: skip
    assert (
        "was superseded by 'Exclusions' (exclusions)"
        in find("dfe_exclusions", [Education(catalogue)], fault).notes[0]
    )


@pytest.mark.parametrize("number", [1, 39, 40, 41, 80, 95])
def test_all_pages_are_read(file_of: Make, number: int) -> None:
    found = find("dfe_exclusions", [Education(many(file_of, number))])
    assert len(found.offers) == number
    assert len(found.asked) == 1 + max(1, -(-number // 40))


def _without_results(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "results": []}


def _one_fewer(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "paging": {**page["paging"], "totalResults": page["paging"]["totalResults"] - 1}}


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("again", path="page=2", change=lambda asked, told: FIRST[0]), "repeats an entry"),
        (Fault("missing", path="page=3", change=changing(_without_results)), "80 entries came, but"),
        (Fault("changed", path="page=2", change=changing(_one_fewer)), "do not belong together"),
        (Fault("broken", path="page=2", change=lambda asked, told: Told(200, {}, b"<html>")), "it is a web page"),
        (Fault("list", path="page=2", change=lambda asked, told: Told(200, {}, b"[]")), "expected an object"),
        (Fault("nothing", path="page=2", change=lambda asked, told: Told(200, {}, b"")), "the answer is empty"),
        (Fault("error", path="page=2", change=lambda asked, told: Told(200, {}, b'{"errors":["busy"]}')), "busy"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)  # fmt: skip
def test_pages_that_do_not_belong_together_end_in_a_sentence(file_of: Make, fault: Fault, says: str) -> None:
    catalogue = many(file_of, 95)
    FIRST[:] = [Education(catalogue).answer(_asked(catalogue))]
    with pytest.raises(NotObtained) as refused:
        find("dfe_exclusions", [Education(catalogue)], fault)
    assert says in str(refused.value)


FIRST: list[Told] = []


def _asked(catalogue: Catalogue) -> Asked:
    from civic_assets_tests.replay.sites.education import CONTENT, publication_id

    query = (
        ("publicationId", publication_id(EXCLUSIONS)),
        ("latestOnly", "false"),
        ("page", "1"),
        ("pageSize", "40"),
    )
    return Asked("GET", CONTENT, "/api/data-set-files", query, {})


def test_data_api_gives_the_latest_version_and_earlier_ones_since_a_day(
    file_of: Make, tmp_path: Path
) -> None:
    catalogue = Catalogue([
        file_of("dfe_children_in_need", f"{year}-b1", f"b1_{year}.csv", f"B1 Children, {year}", day=f"{year}-10-30")
        for year in (2023, 2024, 2025)
    ])  # fmt: skip
    site = Education(catalogue)
    latest = find("dfe_children_in_need", [site], place=API).offers
    assert [(offer.edition, offer.published.year if offer.published else 0) for offer in latest] == [
        ("3.0", 2025)
    ]
    ask = AsksSites([site], API.all_hosts)
    assert obtain(latest[0], ask, tmp_path / "csv").sha256 == catalogue.of("dfe_children_in_need")[0].sha256
    every = find("dfe_children_in_need", [site], place=API, since=date(2024, 1, 1)).offers
    assert [offer.edition for offer in every] == ["3.0", "2.0"]


def test_superseded_data_set_of_the_data_api_is_followed(file_of: Make) -> None:
    catalogue = Catalogue([
        file_of("dfe_children_in_need", "2024-b1", "b1.csv", "B1 Children in need, 2024"),
        file_of("dfe_children_in_need", "2025-b1", "new.csv", "Children in need (2026 format), 2025"),
    ])  # fmt: skip
    site = Education(catalogue, superseded={"B1 Children in need": "Children in need (2026 format)"})
    found = find("dfe_children_in_need", [site], place=API)
    assert [offer.title for offer in found.offers] == ["Children in need (2026 format), version 1.0"]
    assert "was superseded by" in found.notes[0]


def test_publication_that_is_not_in_the_data_api_is_said(catalogue: Catalogue) -> None:
    place = Acquisition("education_data_api", (DATA,), API.wanted, {"publication": "neet-16-to-17"})
    found = find("dfe_neet", [Education(catalogue)], place=place)
    assert "the publication 'neet-16-to-17' is not in the data API" in found.missing[0]


def test_withdrawn_version_of_the_data_api_is_said_and_not_offered(file_of: Make) -> None:
    catalogue = Catalogue([
        file_of("dfe_children_in_need", f"{year}-b1", f"b1_{year}.csv", f"B1 Children, {year}", day=f"{year}-10-30")
        for year in (2024, 2025)
    ])  # fmt: skip
    fault = Fault("withdrawn", path="/versions", change=changing(lambda page: {
        **page, "results": [{**one, "status": "Withdrawn"} if one["version"] == "2.0" else one
                            for one in page["results"]]}))  # fmt: skip
    found = find("dfe_children_in_need", [Education(catalogue)], fault, place=API, since=LONG_AGO)
    assert [offer.edition for offer in found.offers] == ["1.0"]
    assert "version 2.0" in found.withdrawn[0]


def test_table_of_the_data_api_that_is_always_sent_compressed_is_kept_as_the_table(
    file_of: Make, tmp_path: Path
) -> None:
    catalogue = Catalogue([file_of("dfe_children_in_need", "2025-b1", "b1.csv", "B1 Children in need, 2025")])
    with ReplayServer([Education(catalogue)]) as server:
        host, _, port = server.address.rpartition(":")
        authority = server.authority.write(tmp_path / "authority.pem")
        settings = Settings(replay=Replay(host, int(port), str(authority)))
        with open_client(tmp_path / "store", settings) as client:
            ask = client.bound_to("dfe_children_in_need", API.all_hosts)
            (offer,) = find_offers("dfe_children_in_need", API, ask, Areas()).offers
            transfer = obtain(offer, ask, tmp_path / "b1.csv")
    assert transfer.sha256 == catalogue.files[0].sha256
