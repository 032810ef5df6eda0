"""Nomis: a table that is cut off without a word is read until every record is there."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from civic_assets.acquire.areas import Areas
from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.finders.all_finders import find_offers
from civic_assets.acquire.obtain import obtain
from civic_assets.acquire.offers import Offer
from civic_assets_tests.acquire.finders.conftest import acquisition_of, find, only
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Asked, Told
from civic_assets_tests.replay.sites.catalogue import Catalogue
from civic_assets_tests.replay.sites.nomis import Nomis

PLACE = only(acquisition_of("ons_population"), "nomis")
HEADER = ("GEOGRAPHY_CODE", "GEOGRAPHY_NAME", "DATE_NAME", "OBS_VALUE", "RECORD_COUNT")


def table(number: int, stated: int | None = None) -> tuple[tuple[str, ...], ...]:
    count = str(number if stated is None else stated)
    return (HEADER, *((f"E06{n:06d}", f"Area {n}", "2024", str(n * 7), count) for n in range(number)))


def site_of(number: int, **options: object) -> Nomis:
    return Nomis(Catalogue([]), rows=table(number), **options)  # type: ignore[arg-type]


def offer_of(ask: AsksSites) -> Offer:
    (offer,) = find_offers("ons_population", PLACE, ask, Areas()).offers
    return offer


@pytest.mark.parametrize("number", [1, 99, 100, 101, 200, 318])
def test_all_pages_make_one_table(tmp_path: Path, number: int) -> None:
    ask = AsksSites([site_of(number, cap=100)], PLACE.all_hosts)
    transfer = obtain(offer_of(ask), ask, tmp_path / "table.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "table.csv").read_text(), newline="")))
    assert rows == [list(row) for row in table(number)]
    assert transfer.size == (tmp_path / "table.csv").stat().st_size


def test_answer_that_is_whole_is_kept_as_it_came(catalogue: Catalogue, tmp_path: Path) -> None:
    ask = AsksSites([Nomis(catalogue)], PLACE.all_hosts)
    transfer = obtain(offer_of(ask), ask, tmp_path / "table.csv")
    assert transfer.sha256 in {one.sha256 for one in catalogue.of("ons_population")}


def test_contract_asks_for_the_authorities_in_force_and_for_all_ages_by_the_right_name() -> None:
    ask = AsksSites([site_of(3)], PLACE.all_hosts)
    url = offer_of(ask).url
    assert "geography=TYPE424" in url
    assert "c_age=200" in url
    assert "&age=" not in url
    assert "RECORD_COUNT" in url


def test_authorities_of_the_setting_narrow_the_question() -> None:
    ask = AsksSites([site_of(3)], PLACE.all_hosts)
    narrowed = Areas(authorities=("E09000019", "E09000012"))
    (offer,) = find_offers("ons_population", PLACE, ask, narrowed).offers
    assert "geography=E09000019,E09000012" in offer.url


def test_version_follows_the_last_update() -> None:
    versions = {
        offer_of(AsksSites([site_of(3, updated=day)], PLACE.all_hosts)).version
        for day in ("2025-07-30 09:30:00", "2025-09-01 09:30:00", "2025-09-01 09:30:00", "")
    }
    assert versions == {"NM_2002_1 2025-07-30 09:30:00", "NM_2002_1 2025-09-01 09:30:00", None}


def test_data_set_that_nomis_does_not_have_is_missing() -> None:
    found = find("ons_population", [Nomis(Catalogue([]))], place=PLACE)
    assert "Nomis does not have this data set, status 404" in found.missing[0]


def other_header(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, {}, told.body.replace(b"GEOGRAPHY_NAME", b"GEOGRAPHY_TYPE"))


def other_count(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, {}, told.body.replace(b'"250"', b'"251"'))


def header_alone(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, {}, told.body.split(b"\n")[0] + b"\n")


def cut(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, {}, told.body[: len(told.body) // 2])


def without_count(asked: Asked, told: Told) -> Told:
    assert isinstance(told.body, bytes)
    return Told(200, {}, told.body.replace(b"RECORD_COUNT", b"RECORDS"))


FIRST = r"\.csv\?"
SECOND = "recordOffset=100$"
LAST = "recordOffset=200$"


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("empty", path=FIRST, change=lambda asked, told: Told(200, {}, b"")), "Nomis has no such data"),
        (
            Fault("page", path=FIRST, change=lambda asked, told: Told(200, {}, b"<html>busy</html>")),
            "it is a web page",
        ),
        (
            Fault("words", path=FIRST, change=lambda asked, told: Told(200, {}, b"Query too large\n")),
            "no column",
        ),
        (Fault("count", path=FIRST, change=without_count), "no column RECORD_COUNT"),
        (Fault("cut", path=SECOND, change=cut), "cells instead of 5"),
        (
            Fault("empty2", path=SECOND, change=lambda asked, told: Told(200, {}, b"")),
            "Nomis has no such data",
        ),
        (Fault("header", path=SECOND, change=other_header), "its columns are"),
        (
            Fault("grows", path=SECOND, change=other_count),
            "the first page spoke of 250 entries, this one of 251",
        ),
        (Fault("short", path=LAST, change=header_alone), "200 entries came"),
        (Fault("first", path=FIRST, after=3, change=other_header), "the first page is another one"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_table_that_would_be_short_or_mixed_ends_in_a_sentence_and_leaves_no_file(
    tmp_path: Path, fault: Fault, says: str
) -> None:
    ask = AsksSites([site_of(250, cap=100)], PLACE.all_hosts)
    offer = offer_of(ask)
    ask.faults = [Fault(fault.kind, path=fault.path, after=fault.after, change=fault.change)]
    with pytest.raises(NotObtained, match=says):
        obtain(offer, ask, tmp_path / "table.csv")
    assert list(tmp_path.iterdir()) == []


def test_publisher_that_ignores_the_offset_ends_in_a_sentence(tmp_path: Path) -> None:
    ask = AsksSites([site_of(250, cap=100, ignores_offset=True)], PLACE.all_hosts)
    with pytest.raises(NotObtained, match="repeats an entry"):
        obtain(offer_of(ask), ask, tmp_path / "table.csv")


def test_more_rows_than_stated_end_in_a_sentence(tmp_path: Path) -> None:
    ask = AsksSites([Nomis(Catalogue([]), rows=table(30, stated=20))], PLACE.all_hosts)
    with pytest.raises(NotObtained, match="30 entries came, but the publisher speaks of 20"):
        obtain(offer_of(ask), ask, tmp_path / "table.csv")


@pytest.mark.parametrize(
    "body", [b"[]", b"", b"<html>", b'{"error":"x"}', b'{"structure":{"keyfamilies":null}}']
)
def test_description_that_is_none_ends_in_a_sentence(body: bytes) -> None:
    fault = Fault("error", path="sdmx", change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained, match=r"NM_2002_1\.def\.sdmx\.json"):
        find("ons_population", [site_of(3)], fault, place=PLACE)
