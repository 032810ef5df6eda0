"""From postcode directories to the read model, the page, the districts' files and the search."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.layers.store import Store
from civic_assets.publish.publication import latest
from civic_assets.publish.site import build
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE, read_script
from civic_assets.publish.site.find.ranking import Search
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.postcode_files import NSPL_2025, ONSPD_2023, as_zip, directory, row
from civic_assets_tests.publish.site.browser.chromium import WIDTHS, browser, needs_chromium
from civic_assets_tests.publish.site.find.searches import in_javascript

pytestmark = pytest.mark.usefixtures("site_now")

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(
    NODE is None, reason="node is not installed; it runs the browser's script here"
)

BUNHILL = {"ward": "E05000367", "lsoa_2011": "E01002703", "lsoa_2021": "E01033708"}
CITY = {
    "authority": "E09000001", "ward": "E05009288", "police_force": "E23000034", "lsoa_2011": "E01000001",
    "lsoa_2021": "E01000001",
}  # fmt: skip
CUMBERLAND = {
    "authority": "E06000063", "ward": "E05015288", "police_force": "E23000002", "lsoa_2011": "E01019088",
    "lsoa_2021": "E01019088",
}  # fmt: skip
NOWHERE = {name: "L99999999" for name in ("ward", "authority", "police_force", "lsoa_2011", "lsoa_2021")}


def _rows(header: list[str], n1_1ab: dict[str, str]) -> list[dict[str, str]]:
    return [
        row("N1 1AA", header), row("N1 1AB", header, **{"introduced": "200503", **n1_1ab}),
        row("N1 1AD", header, terminated="201206"), row("N1 1AE", header, user_type="1"),
        row("EC1A 1AA", header, **CITY), row("CA1 1AA", header, **CUMBERLAND), row("GY1 1AA", header, **NOWHERE),
        row("N1 9AA", header, introduced="202301" if header is ONSPD_2023 else "202412"),
        row("E8 1AA", header, ward="E05000366", police_force="E23000034"),
    ]  # fmt: skip


def _lookup() -> str:
    """An LSOA to ward lookup of 2018, long enough to be taken for one: E01002703 is in Hackney there."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(["LSOA11CD", "LSOA11NM", "WD18CD", "WD18NM", "WD18NMW", "LAD18CD", "LAD18NM", "FID"])
    rows = [
        ("E01002696", "Islington 020A", "E05000366", "Barnsbury", "E09000019", "Islington"),
        ("E01033708", "Hackney 027G", "E05009377", "Hoxton West", "E09000012", "Hackney"),
        ("E01000001", "City of London 001A", "E05009288", "Aldersgate", "E09000001", "City of London"),
        *(
            (f"E01{900000 + at:06}", f"Islington {at:03}A", "E05000367", "Bunhill", "E09000019", "Islington")
            for at in range(90)
        ),
    ]  # fmt: skip
    for number, (lsoa, name, ward, called, lad, authority) in enumerate(rows):
        writer.writerow([lsoa, name, ward, called, "", lad, authority, number])
    return target.getvalue()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two directories, the later one as ONS's archive, and a lookup."""
    folder = tmp_path_factory.mktemp("postcodes")
    inputs = folder / "inputs"
    inputs.mkdir()
    (inputs / "earlier.csv").write_text(directory(_rows(ONSPD_2023, {}), ONSPD_2023))
    as_zip(inputs / "later.zip", directory(_rows(NSPL_2025, BUNHILL), NSPL_2025), "NSPL_FEB_2025_UK")
    (inputs / "lookup.csv").write_text(_lookup())
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", inputs, "--store", folder / "store", "--json"
    )
    assert answer.code == 0, answer.err + answer.out
    return folder / "store"


@pytest.fixture
def model(store: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        yield connection


def test_an_archive_of_ons_gives_the_whole_and_its_parts(model: duckdb.DuckDBPyConnection) -> None:
    rows = model.execute(
        "SELECT release, n_postcodes, n_in_use, ward_year FROM catalogue.postcode_directories ORDER BY 1"
    )
    found = {release: rest for release, *rest in rows.fetchall()}
    assert found["2023-01"] == [9, 8, None]
    assert found["2024-12"] == [9, 8, 2025]
    assert found["2024-12-n"] == [5, 4, 2025]


def test_a_postcode_has_its_areas_at_a_date(model: duckdb.DuckDBPyConnection) -> None:
    asked = """SELECT ward_code, authority_code, partnership_code, police_force_code, lsoa_2021_code
        FROM catalogue.postcodes WHERE postcode = 'N1 1AB' AND directory_from <= ?
        ORDER BY directory_from DESC LIMIT 1"""
    islington = ("E09000019", "E22000204", "E23000001")
    assert model.execute(asked, [date(2023, 3, 1)]).fetchone() == ("E05000366", *islington, "E01002696")
    assert model.execute(asked, [date(2025, 3, 1)]).fetchone() == ("E05000367", *islington, "E01033708")


def test_a_postcode_that_is_placed_alike_has_one_row(model: duckdb.DuckDBPyConnection) -> None:
    rows = model.execute(
        "SELECT postcode, directory_from, directory_to, newest FROM catalogue.postcodes WHERE district = 'EC1A'"
    ).fetchall()
    # The directory of 2025 has no small areas of 2011, so that it places every postcode otherwise.
    assert rows == [
        ("EC1A 1AA", date(2023, 2, 1), date(2023, 2, 1), False), ("EC1A 1AA", date(2025, 1, 1), date(2025, 1, 1), True),
    ]  # fmt: skip
    alike = model.execute(
        "SELECT postcode, directory_from, directory_to FROM catalogue.postcodes WHERE district = 'GY1'"
    ).fetchall()
    assert alike == [("GY1 1AA", date(2023, 2, 1), date(2025, 1, 1))]


def test_months_users_and_missing_areas(model: duckdb.DuckDBPyConnection) -> None:
    rows = model.execute(
        """SELECT postcode, introduced, terminated, user_type, authority_code
        FROM catalogue.postcodes WHERE newest ORDER BY 1"""
    ).fetchall()
    found = {postcode: tuple(rest) for postcode, *rest in rows}
    assert found["N1 1AD"] == (date(1980, 1, 1), date(2012, 6, 1), "small", "E09000019")
    assert found["N1 1AE"] == (date(1980, 1, 1), None, "large", "E09000019")
    assert found["GY1 1AA"] == (date(1980, 1, 1), None, "small", None)
    assert len(found) == 9


def test_an_authority_with_several_partnerships_gives_none(model: duckdb.DuckDBPyConnection) -> None:
    assert model.execute(
        "SELECT partnership_code FROM catalogue.postcodes WHERE postcode = 'CA1 1AA' AND newest"
    ).fetchall() == [(None,)]
    (message,) = model.execute(
        "SELECT message FROM quality.postcode_misalignments WHERE what = 'authority_with_several_partnerships'"
    ).fetchone() or ("",)
    assert "Cumberland (E06000063) has several partnerships (Allerdale, Carlisle, Copeland)" in message


def test_what_lookups_and_register_have_otherwise_is_a_finding(model: duckdb.DuckDBPyConnection) -> None:
    rows = model.execute(
        """SELECT what, area_code, expected_code, other_code, n_postcodes, example
        FROM quality.postcode_misalignments WHERE expected_code IS NOT NULL ORDER BY ALL"""
    ).fetchall()
    assert rows == [
        ("force_of_another_area", "E09000019", "E23000001", "E23000034", 1, "E8 1AA"),
        ("small_area_in_another_authority", "E01033708", "E09000012", "E09000019", 1, "N1 1AB"),
    ]
    (outcome, severity, failed) = model.execute(
        "SELECT outcome, severity, n_failed FROM quality.check_results WHERE check_id = 'X-18'"
    ).fetchone() or ("", "", 0)
    assert (outcome, severity, failed) == ("fail", "warning", 2)
    findings = model.execute(
        "SELECT area_code, observed, expected FROM quality.findings WHERE check_id = 'X-18' ORDER BY 1"
    )
    assert findings.fetchall() == [
        ("E01033708", "E09000019", "E09000012"),
        ("E09000019", "E23000034", "E23000001"),
    ]


def _page(store: Path) -> str:
    return (store / "report" / "postcodes.html").read_text()


def test_the_page_says_which_directory_and_what_does_not_align(store: Path) -> None:
    page = " ".join(_page(store).split())
    assert "<title>SYNTHETIC: Postcodes" in page
    for said in (
        "changes up to December 2024", "changes up to January 2023", "wards 2025, authorities 2025, police forces 2023",
        "Hackney 027G (E01033708) in Islington (E09000019)", "Cumberland (E06000063) has several partnerships",
        '<tr id="N1"><th scope="row">N1<td class="n">4<td>Islington', "not placed",
    ):  # fmt: skip
        assert said in page, said


def test_only_districts_of_areas_with_pages_have_files(store: Path) -> None:
    files = {file.stem for file in (store / "report" / "postcodes").iterdir()}
    assert files == {"N1", "EC1A", "CA1", "E8"}  # not GY1, which has no area
    for file in (store / "report" / "postcodes").iterdir():
        assert file.stat().st_size < 300_000


_LOOK_UP = Path(__file__).with_name("look_up.js")


def _answers(store: Path, asked: list[tuple[str, str]]) -> list[dict[str, Any]]:
    given = json.dumps([_page(store), str(store / "report"), asked])
    done = subprocess.run(
        [str(NODE), str(_LOOK_UP)], input=given, capture_output=True, text=True, encoding="utf-8", check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@needs_node
def test_a_postcode_is_looked_up_in_the_page(store: Path) -> None:
    now, then, ended, large, lower, unknown, elsewhere, odd, month, district, several, early = _answers(
        store,
        [("N1 1AB", ""), ("N1 1AB", "2023-03"), ("N1 1AD", "2020-01"), ("N1 1AE", ""), ("n11ab", ""), ("N1 9ZZ", ""),
         ("GY1 1AA", ""), ("Islington", ""), ("N1 1AA", "March"), ("N1", ""), ("CA1 1AA", ""), ("N1 1AB", "2001-05")],
    )  # fmt: skip
    assert "Bunhill (E05000367)" in now["text"]
    assert "It has been in use since March 2005." in now["text"]
    assert "changes up to December 2024" in now["text"]
    assert "a lookup has it in Hackney" in now["text"]
    assert "areas/E09000019.html" in now["links"]
    assert lower == now
    assert "Barnsbury (E05000366)" in then["text"]
    assert "In March 2023 it was in use." in then["text"]
    assert "changes up to January 2023" in then["text"]
    assert "until it was terminated in June 2012" in ended["text"]
    assert "In January 2020 it was no longer in use." in ended["text"]
    assert "one organisation, placed where its mail is delivered" in large["text"]
    assert unknown["hidden"]
    assert "no postcode N1 9ZZ in an area with a page" in unknown["status"]
    assert "No area with a page here has a postcode of the district GY1" in elsewhere["status"]
    assert "is not a postcode" in odd["status"]
    assert "is not a month" in month["status"]
    assert "4 of its postcodes are in use" in district["text"]
    assert "several partnerships or none" in several["text"]
    assert "In May 2001 it did not exist yet." in early["text"]
    assert "No directory of May 2001 is held" in early["text"]


@needs_chromium
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_address_of_a_district_leads_to_its_answer_and_not_to_its_row_in_the_table(
    store: Path, width: str
) -> None:
    with (
        browser() as started,
        started.new_context(viewport={"width": WIDTHS[width], "height": 600}) as context,
    ):
        page = context.new_page()
        page.goto((store / "report" / "postcodes.html").as_uri() + "#N1")
        page.locator("#postcode-answer h2").wait_for()
        page.wait_for_function(
            """() => {
              const box = document.querySelector("#postcode-answer h2").getBoundingClientRect();
              return box.top >= 0 && box.bottom <= window.innerHeight;
            }"""
        )
        assert page.locator("#postcode-answer h2").inner_text() == "District N1"
        assert page.locator("#postcode").input_value() == "N1"
    with (
        browser() as started,
        started.new_context(
            java_script_enabled=False, viewport={"width": WIDTHS[width], "height": 600}
        ) as context,
    ):
        page = context.new_page()
        page.goto((store / "report" / "postcodes.html").as_uri() + "#N1")
        assert page.locator("tr#N1").count() == 1
        assert not page.locator("#postcode-form").is_visible()


@needs_node
def test_both_searches_lead_to_the_page(store: Path) -> None:
    site = store / "report"
    ours = Search(read_script(site / INDEX_FILE), read_script(site / FIGURES_FILE))
    searches = ["N1 9AA", "n1", "GY1 1AA", "ec1a1aa"]
    for words, theirs in zip(searches, in_javascript(site, str(NODE), searches), strict=True):
        assert (
            json.loads(json.dumps([asdict(one) for one in ours.find(words).results])) == theirs["results"]
        ), words
    first, district, elsewhere, _ = (ours.find(words).results[0] for words in searches)
    assert (first.kind, first.address) == ("postcode", "postcodes.html#N1-9AA")
    assert first.detail == (
        "Its ward, authority, partnership, police force and small census area, by the postcode directory with changes "
        "up to December 2024."
    )
    assert district.address == "postcodes.html#N1"
    assert "No area with a page here has a postcode of the district GY1" in elsewhere.detail


def test_the_command_says_it_too(store: Path) -> None:
    answer = civic_assets("search", "N1 9AA", "--store", store)
    assert answer.code == 0
    assert "Postcode N1 9AA" in answer.out
    assert "changes up to December 2024" in " ".join(answer.out.split())


def test_the_same_content_gives_the_same_bytes(store: Path, tmp_path: Path) -> None:
    again = tmp_path / "store"
    shutil.copytree(store, again)
    shutil.rmtree(again / "report")
    held = Store(again)
    assert latest(held) is not None
    build.build(held)
    for file in sorted((store / "report" / "postcodes").iterdir()):
        assert (again / "report" / "postcodes" / file.name).read_bytes() == file.read_bytes()
    assert (again / "report" / "postcodes.html").read_bytes() == (
        store / "report" / "postcodes.html"
    ).read_bytes()
