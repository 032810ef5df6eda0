"""ArcGIS: services by pattern, rows in pages, and errors with status 200."""

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
from civic_assets.acquire.finders.all_finders import find_offers
from civic_assets.acquire.obtain import obtain
from civic_assets.acquire.offers import Offer
from civic_assets_tests.acquire.finders.conftest import acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.arcgis import ArcGis
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published

PLACE = acquisition_of("lookups")
Make = Callable[..., Published]


def lookup(file_of: Make, year: int, rows: int, key_first: bool = True) -> Published:
    columns = [f"{kind}{year}{part}" for kind in ("LAD", "CSP", "PFA") for part in ("CD", "NM")]
    lines = []
    for n in range(1, rows + 1):
        cells = [
            f"E06{n:06d}",
            f"Area {n}",
            f"E22{n:06d}",
            f'"Safer, {n}"' if n % 9 == 0 else f"CSP {n}",
            "E23000001",
            "",
        ]
        lines.append([str(n), *cells] if key_first else [*cells, str(n)])
    header = ["FID", *columns] if key_first else [*columns, "FID"]
    text = "\n".join(",".join(cells) for cells in [header, *lines]) + "\n"
    return file_of("lookups", f"20{year}-lad-csp-pfa", f"lookup{year}.csv", day=f"20{year}-12-31", text=text)


def offers_of(ask: AsksSites, since: date | None = None) -> tuple[Offer, ...]:
    return find_offers("lookups", replace(PLACE, since=since), ask, Areas()).offers


@pytest.mark.parametrize("key_first", [True, False])
@pytest.mark.parametrize("says_more", [True, False])
@pytest.mark.parametrize("rows", [1, 99, 100, 101, 332])
def test_all_pages_make_the_table_as_the_publisher_offers_it_for_download(
    file_of: Make, tmp_path: Path, rows: int, says_more: bool, key_first: bool
) -> None:
    one = lookup(file_of, 24, rows, key_first)
    ask = AsksSites([ArcGis(Catalogue([one]), most=100, says_more=says_more)], PLACE.all_hosts)
    (offer,) = offers_of(ask)
    assert obtain(offer, ask, tmp_path / "lookup").sha256 == one.sha256


def test_newest_service_of_each_kind_is_found_whatever_its_suffix(file_of: Make) -> None:
    files = [lookup(file_of, year, 3) for year in (17, 22, 25, 24)]
    site = ArcGis(Catalogue(files), suffixes={
        "LAD25_CSP25_PFA25_EW_LU": "_v2", "LAD17_CSP17_PFA17_EW_LU": "_v2_b62f88e3a1"})  # fmt: skip
    found = find("lookups", [site], place=replace(PLACE, since=None))
    assert [offer.file_name for offer in found.offers] == ["LAD25_CSP25_PFA25_EW_LU_v2.csv"]
    every = find("lookups", [site], since=date(2017, 1, 1)).offers
    assert [offer.edition for offer in every] == ["2025-12", "2024-12", "2022-12", "2017-12"]


def test_missing_kinds_are_named_with_the_services_that_are_there(file_of: Make) -> None:
    found = find("lookups", [ArcGis(Catalogue([lookup(file_of, 25, 3)]))])
    assert [sentence.split(" of its contract, which asks for")[0] for sentence in found.missing] == [
        "lookups: nothing fits the entry 'output_area_ward'",
        "lookups: nothing fits the entry 'ward_region'",
    ]
    assert "There are: 'LAD25_CSP25_PFA25_EW_LU'." in found.missing[0]


def test_search_in_pages_is_read_to_its_end(file_of: Make) -> None:
    files = [lookup(file_of, year, 2) for year in range(17, 26)]
    found = find("lookups", [ArcGis(Catalogue(files), search_page=2)], since=date(2017, 1, 1))
    assert len(found.offers) == 9


def test_synthetic_lookups_come_back_byte_for_byte(catalogue: Catalogue, tmp_path: Path) -> None:
    ask = AsksSites([ArcGis(catalogue, most=2)], PLACE.all_hosts)
    offers = offers_of(ask, since=date(2010, 1, 1))
    assert len(offers) == 3
    for offer in offers:
        transfer = obtain(offer, ask, tmp_path / "lookup")
        assert transfer.sha256 in {one.sha256 for one in catalogue.of("lookups")}


def changed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Asked, Told], Told]:
    def answer(asked: Asked, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        return Told(200, {}, json.dumps(change(json.loads(told.body))).encode())

    return answer


def _other_column(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "features": [{"attributes": {"LAD24CD": 1, "FID": n}} for n in range(500, 540)]}


ERROR = b'{"error":{"code":400,"message":"Cannot perform query. Invalid query parameters.","details":[]}}'
SECOND, COUNT = "resultOffset=100$", "returnCountOnly"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("error", path=SECOND, change=lambda asked, told: Told(200, {}, ERROR)), "Cannot perform query"),
        (Fault("html", path=SECOND, change=lambda asked, told: Told(200, {}, b"<html>")), "it is a web page"),
        (Fault("list", path=SECOND, change=lambda asked, told: Told(200, {}, b"[]")), "expected an object"),
        (Fault("again", path=SECOND, change=changed(lambda page: {**page, "features": [
            {"attributes": {**one["attributes"], "FID": 1}} for one in page["features"]]})), "repeats an entry"),
        (Fault("missing", path="resultOffset=200$", change=changed(lambda page: {**page, "features": []})),
         "200 entries came, but the publisher speaks of 250"),
        (Fault("column", path=SECOND, change=changed(_other_column)), "it has no column"),
        (Fault("count", path=COUNT, change=lambda asked, told: Told(200, {}, ERROR)), "Cannot perform query"),
        (Fault("zero", path=COUNT, change=lambda asked, told: Told(200, {}, b'{"count":0}')), "the number of rows"),
        (Fault("fewer", path=COUNT, change=lambda asked, told: Told(200, {}, b'{"count":240}')),
         "250 entries came, but the publisher speaks of 240"),
        (Fault("other", path="resultOffset=0$", after=1, change=changed(lambda page: {**page, "features": []})),
         "the first page is another one"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)  # fmt: skip
def test_table_that_would_be_short_or_mixed_ends_in_a_sentence_and_leaves_no_file(
    file_of: Make, tmp_path: Path, fault: Fault, says: str
) -> None:
    ask = AsksSites([ArcGis(Catalogue([lookup(file_of, 24, 250)]), most=100)], PLACE.all_hosts)
    (offer,) = offers_of(ask)
    ask.faults = [Fault(fault.kind, path=fault.path, after=fault.after, change=fault.change)]
    folder = tmp_path / "here"
    folder.mkdir()
    with pytest.raises(NotObtained, match=says):
        obtain(offer, ask, folder / "lookup.csv")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("path", ["/sharing/rest/search", r"/FeatureServer/0\?"])
@pytest.mark.parametrize("body", [ERROR, b"[]", b"", b"<html>", b'{"ok":true}'])
def test_error_with_status_200_ends_in_a_sentence(file_of: Make, path: str, body: bytes) -> None:
    fault = Fault("error", path=path, change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained):
        find("lookups", [ArcGis(Catalogue([lookup(file_of, 24, 3)]))], fault)
