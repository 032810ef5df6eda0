"""ONS pages: editions, corrections that rename their file, previous versions, and a page that has moved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.obtain import obtain
from civic_assets.contracts.acquisition import Wanted
from civic_assets_tests.acquire.finders.conftest import LONG_AGO, acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.ons import FORCES, OnsPage, OnsSite

PLACE = acquisition_of("ons_pfa")
TITLE = "Police force area data tables"
Make = Callable[..., Published]


@pytest.fixture
def page(file_of: Make) -> OnsPage:
    """A landing page with four editions, of which one was corrected under another name."""
    files = [
        file_of("ons_pfa", "2024-12", "policeforceareatablesyedecember2024.xlsx", day="2025-04-24"),
        file_of("ons_pfa", "2025-03", "policeforceareatablesyemarch2025.xlsx", day="2025-07-24"),
        file_of("ons_pfa", "2025-06", "policeforceareatablesyejune25final.xlsx", day="2025-10-23"),
        file_of("ons_pfa", "2025-09", "policeforceareatablesyesep25.xlsx", day="2026-01-29"),
        file_of("ons_pfa", "2025-09", "policeforceareatablesyesep25correction.xlsx", day="2026-02-12",
                correction="Table P3: rates of Kent corrected"),
    ]  # fmt: skip
    return OnsPage(FORCES, TITLE, "23 July 2026 9:30am", files)


def test_files_of_all_editions_since_a_day_are_found_and_fetched(page: OnsPage, tmp_path: Path) -> None:
    found = find("ons_pfa", [OnsSite([page])], since=date(2025, 7, 1))
    assert [offer.edition for offer in found.offers] == [
        "yearendingseptember2025",
        "yearendingjune2025",
        "yearendingmarch2025",
    ]
    ask = AsksSites([OnsSite([page])], PLACE.all_hosts)
    for offer in found.offers:
        transfer = obtain(offer, ask, tmp_path / "file")
        assert transfer.sha256 in {one.sha256 for one in page.files if one.name == offer.file_name}


def test_only_the_newest_edition_is_found_without_a_day_and_only_it_is_asked_for(page: OnsPage) -> None:
    found = find("ons_pfa", [OnsSite([page])], place=replace(PLACE, since=None))
    assert [offer.edition for offer in found.offers] == ["yearendingseptember2025"]
    assert len(found.asked) == 2


def test_correction_that_renames_its_file_is_the_same_edition_and_its_notice_is_said(page: OnsPage) -> None:
    before = find("ons_pfa", [OnsSite([replace_files(page, page.files[:-1])])], since=LONG_AGO)
    after = find("ons_pfa", [OnsSite([page])], since=LONG_AGO)
    assert [offer.edition for offer in before.offers] == [offer.edition for offer in after.offers]
    old, new = before.offers[0], after.offers[0]
    assert (old.file_name, new.file_name) == (
        "policeforceareatablesyesep25.xlsx",
        "policeforceareatablesyesep25correction.xlsx",
    )
    assert old.version != new.version
    assert "corrected" not in old.title
    assert new.title.endswith("; corrected 12 February 2026: Table P3: rates of Kent corrected")


def replace_files(page: OnsPage, files: list[Published]) -> OnsPage:
    return OnsPage(page.path, page.title, page.next_release, files)


def test_version_of_an_edition_without_changes_is_the_same_each_time(page: OnsPage) -> None:
    first, second = (find("ons_pfa", [OnsSite([page])], since=LONG_AGO).offers for _ in range(2))
    assert first == second


def test_previous_versions_are_found_if_the_contract_wants_them(page: OnsPage, tmp_path: Path) -> None:
    wanted = (Wanted("editions", formats=("xlsx",), previous_versions=True),)
    found = find("ons_pfa", [OnsSite([page])], place=replace(PLACE, wanted=wanted), since=LONG_AGO)
    superseded = [offer for offer in found.offers if offer.superseded]
    assert [(offer.edition, offer.file_name) for offer in superseded] == [
        ("yearendingseptember2025", "policeforceareatablesyesep25.xlsx")
    ]
    ask = AsksSites([OnsSite([page])], PLACE.all_hosts)
    assert obtain(superseded[0], ask, tmp_path / "old").sha256 == page.files[3].sha256


def test_next_release_is_read_from_free_text(page: OnsPage) -> None:
    said = find("ons_pfa", [OnsSite([page])]).next_release
    assert said is not None
    assert (said.day, said.words) == (date(2026, 7, 23), "23 July 2026 9:30am")
    page.next_release = "To be announced"
    said = find("ons_pfa", [OnsSite([page])]).next_release
    assert said is not None
    assert (said.day, said.words) == (None, "To be announced")


def test_day_of_release_is_that_of_london_and_not_of_utc(page: OnsPage) -> None:
    found = find("ons_pfa", [OnsSite([page])], since=LONG_AGO)
    march = next(offer for offer in found.offers if offer.edition == "yearendingmarch2025")
    assert march.published is not None
    assert march.published.date() == date(2025, 7, 23)
    since = find("ons_pfa", [OnsSite([page])], since=date(2025, 7, 24))
    assert march in since.offers
    assert march not in find("ons_pfa", [OnsSite([page])], since=date(2025, 7, 25)).offers


def test_page_that_has_moved_is_found_by_its_title(page: OnsPage) -> None:
    page.path = FORCES.replace("policeforceareadatatables", "policeforceareatables2027")
    found = find("ons_pfa", [OnsSite([page])], since=LONG_AGO)
    assert len(found.offers) == 4
    assert f"the page {FORCES} has moved to {page.path}" in found.notes[0]


def test_page_that_is_nowhere_is_said_with_title_and_search(page: OnsPage) -> None:
    page.path, page.title = f"{FORCES}2027", "Police force area tables and maps"
    found = find("ons_pfa", [OnsSite([page])])
    assert found.offers == ()
    assert f"https://www.ons.gov.uk{FORCES} (the page is not there)" in found.missing[0]
    assert "https://api.beta.ons.gov.uk/v1/search" in found.missing[0]
    assert "Police force area tables and maps" in found.missing[0]


def test_edition_that_is_listed_and_gone_is_withdrawn_and_the_others_are_found(page: OnsPage) -> None:
    site = OnsSite([page], gone=(f"{FORCES}/yearendingjune2025",))
    found = find("ons_pfa", [site], since=LONG_AGO)
    assert [offer.edition for offer in found.offers] == [
        "yearendingseptember2025",
        "yearendingmarch2025",
        "yearendingdecember2024",
    ]
    assert "lists the edition 'yearendingjune2025', but" in found.withdrawn[0]
    assert "What is held of it stays." in found.withdrawn[0]


def test_page_without_editions_is_missing(page: OnsPage) -> None:
    found = find("ons_pfa", [OnsSite([replace_files(page, [])])])
    assert "nothing fits the entry 'editions'" in found.missing[0]


@pytest.mark.parametrize(
    "body", [b"[]", b"", b"<html>Sorry</html>", b'{"error":{"message":"busy"}}', b'{"type":"x"}']
)
@pytest.mark.parametrize("path", [f"{FORCES}/data$", f"{FORCES}/yearendingjune2025/data$"])
def test_error_with_status_200_ends_in_a_sentence(page: OnsPage, path: str, body: bytes) -> None:
    fault = Fault("error", path=path, change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained, match=r"https://www\.ons\.gov\.uk/people"):
        find("ons_pfa", [OnsSite([page])], fault, since=LONG_AGO)


def test_order_of_the_editions_in_the_list_does_not_matter(page: OnsPage) -> None:
    import json

    def reversed_list(asked: object, told: Told) -> Told:
        assert isinstance(told.body, bytes)
        document = json.loads(told.body)
        return Told(
            200, told.headers, json.dumps({**document, "datasets": document["datasets"][::-1]}).encode()
        )

    fault = Fault("reversed", path=f"{FORCES}/data$", change=reversed_list)
    place = replace(PLACE, since=None)
    assert find("ons_pfa", [OnsSite([page])], fault, place=place).offers == (
        find("ons_pfa", [OnsSite([page])], place=place).offers
    )


def test_workbook_with_the_tables_of_partnerships_is_found_for_both_sources(catalogue: Catalogue) -> None:
    site = OnsSite.of(catalogue)
    partnerships = find("ons_csp", [site])
    assert [offer.edition for offer in partnerships.offers] == ["yearendingdecember2024"]
    assert partnerships.offers[0].url == find("ons_pfa", [site]).offers[0].url
