"""gov.uk: attachments by title in changing formats and windows, excluded titles, redirects and withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.obtain import obtain
from civic_assets_tests.acquire.finders.conftest import acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.govuk import TABLES, GovUk

PLACE = acquisition_of("home_office_prc")
Make = Callable[..., Published]
CSP = "Police recorded crime Community Safety Partnership open data table"


@pytest.fixture
def windows(file_of: Make) -> Catalogue:
    """The series of partnerships in windows of years, the newest in another format and split in two."""
    return Catalogue(
        [
            file_of("home_office_prc", "2007-03-csp", "prc-csp-0203-to-0607-tabs.xlsx",
                    f"{CSP}s, year ending March 2003 to year ending March 2007"),
            file_of("home_office_prc", "2015-03-csp", "prc-csp-1112-1415-tables.xlsx",
                    f"{CSP}s, year ending March 2012 to year ending March 2015"),
            file_of("home_office_prc", "2020-03-csp", "prc-csp-mar2016-mar2020-tables-230726.ods",
                    f"{CSP}s, year ending March 2016 to year ending March 2020"),
            file_of("home_office_prc", "2026-03-csp", "prc-csp-mar2021-mar2026-tables-230726.ods",
                    f"{CSP}s, year ending March 2021 onwards"),
        ]
    )  # fmt: skip


def test_all_windows_of_the_series_are_found_and_nothing_next_to_them(
    windows: Catalogue, tmp_path: Path
) -> None:
    found = find("home_office_prc", [GovUk(windows)])
    assert {offer.file_name for offer in found.offers} == {one.name for one in windows.files}
    assert {offer.wanted for offer in found.offers} == {"partnerships"}
    assert [offer.published.date() for offer in found.offers if offer.published] == [date(2026, 7, 23)] * 2
    ask = AsksSites([GovUk(windows)], PLACE.all_hosts)
    for offer in found.offers:
        assert obtain(offer, ask, tmp_path / "file").sha256 in {one.sha256 for one in windows.files}


def test_titles_next_to_the_series_are_named_if_nothing_fits() -> None:
    found = find("home_office_prc", [GovUk(Catalogue([]))])
    assert found.offers == ()
    assert [sentence.split(" of its contract, which asks for")[0] for sentence in found.missing] == [
        "home_office_prc: nothing fits the entry 'partnerships'",
        "home_office_prc: nothing fits the entry 'forces'",
    ]
    assert "Firearms open data table" in found.missing[0]


def test_window_in_two_formats_is_found_once_in_the_better_one(windows: Catalogue, file_of: Make) -> None:
    title = f"{CSP}s, year ending March 2021 onwards"
    windows.files.append(
        file_of("home_office_prc", "2026-03-csp", "prc-csp-mar2021-tables-230726.xlsx", f"{title} (Excel)")
    )
    names = [offer.file_name for offer in find("home_office_prc", [GovUk(windows)]).offers]
    assert "prc-csp-mar2021-mar2026-tables-230726.ods" in names
    assert "prc-csp-mar2021-tables-230726.xlsx" not in names


def test_format_may_change_and_a_file_may_be_split(file_of: Make) -> None:
    before = Catalogue([file_of("home_office_prc", "2024-12-csp", "prc-csp-mar16-dec24-tables-240425.xlsx",
                                f"{CSP}s, year ending March 2016 to December 2024")])  # fmt: skip
    after = Catalogue([
        file_of("home_office_prc", "2020-03-csp", "prc-csp-mar16-mar20-tables-290126.ods",
                f"{CSP}, year ending March 2016 to year ending March 2020"),
        file_of("home_office_prc", "2025-09-csp", "prc-csp-mar21-sep25-tables-290126.ods",
                f"{CSP}, year ending March 2021 to September 2025"),
    ])  # fmt: skip
    assert len(find("home_office_prc", [GovUk(before)]).offers) == 1
    found = find("home_office_prc", [GovUk(after)]).offers
    assert sorted(offer.edition for offer in found) == ["2016-2020", "2021-2025"]


def test_upload_under_the_same_name_has_another_version(windows: Catalogue, file_of: Make) -> None:
    before = {offer.file_name: offer.version for offer in find("home_office_prc", [GovUk(windows)]).offers}
    old = windows.files[-1]
    windows.put(file_of(old.source, old.edition, old.name, old.title, text="corrected\n"))
    after = {offer.file_name: offer.version for offer in find("home_office_prc", [GovUk(windows)]).offers}
    assert [name for name in after if after[name] != before[name]] == [old.name]


def test_page_that_the_interface_redirects_is_followed(windows: Catalogue) -> None:
    found = find("home_office_prc", [GovUk(windows, page="/government/tables/new", moved_from=TABLES)])
    assert len(found.offers) == 4
    assert f"{TABLES} has moved to /government/tables/new" in found.notes[0]


def test_page_that_redirects_in_a_circle_ends_in_a_sentence(windows: Catalogue) -> None:
    site = GovUk(windows, page="/elsewhere", moved_from=TABLES)
    site.page = TABLES
    circle = Fault("circle", path="/api/content", change=lambda asked, told: Told(
        200, {}, f'{{"document_type":"redirect","redirects":[{{"destination":"{TABLES}"}}]}}'.encode()))  # fmt: skip
    with pytest.raises(NotObtained, match="redirects more than"):
        find("home_office_prc", [site], circle)


@pytest.mark.parametrize("kind", ["404", "gone"])
def test_page_that_is_gone_is_missing(windows: Catalogue, kind: str) -> None:
    gone = Fault(kind, path="/api/content", change=None if kind == "404" else lambda asked, told: Told(
        200, {}, b'{"document_type":"gone","base_path":"/x"}'))  # fmt: skip
    found = find("home_office_prc", [GovUk(windows)], gone)
    assert found.offers == ()
    assert f"https://www.gov.uk/api/content{TABLES}" in found.missing[0]


def test_withdrawn_page_is_said_with_the_publishers_reason(windows: Catalogue) -> None:
    found = find("home_office_prc", [GovUk(windows, withdrawn="Replaced by a dashboard.")])
    assert "says that the page was withdrawn: Replaced by a dashboard." in found.withdrawn[0]


def test_attachment_on_another_host_is_refused(windows: Catalogue) -> None:
    foreign = {
        "title": f"{CSP}, year ending March 2027",
        "url": "https://files.example.org/prc.ods",
        "filename": "prc.ods",
    }
    found = find("home_office_prc", [GovUk(windows, more=[foreign])])
    assert len(found.offers) == 4
    assert "files.example.org" in found.missing[0]


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"",
        b"<html>Sorry</html>",
        b'{"error":"busy"}',
        b'{"details":{}}',
        b'{"details":{"attachments":5}}',
    ],
)
def test_error_with_status_200_ends_in_a_sentence(windows: Catalogue, body: bytes) -> None:
    fault = Fault("error", path="/api/content", change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained, match=f"https://www.gov.uk/api/content{TABLES}"):
        find("home_office_prc", [GovUk(windows)], fault)
