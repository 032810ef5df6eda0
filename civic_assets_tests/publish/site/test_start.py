"""The start page: what is new, what is held back, what is due, and every area that has a page."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.site.build import build, folder_of
from civic_assets.publish.site.source_words import about
from civic_assets.publish.site.start.choosing import areas_to_choose, places_of_boroughs
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.publish.report.stores import add

FIRST, SECOND, BROKEN = (
    f"synthetic-csp-tables-{edition}.xlsx" for edition in ("2021-12", "2022-12", "2022-06")
)


def _start(store: Store) -> Element:
    build(store)
    return read_page(folder_of(store) / "index.html")


def _section(page: Element, heading: str) -> Element:
    (found,) = [one for one in page.all("section") if one.attributes.get("aria-labelledby") == heading]
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Element, Element]:
    """The start page of a first publication, and that of a second with one more release and one held back."""
    root = tmp_path_factory.mktemp("start")
    store, given = Store(root / "store"), root / "given"
    given.mkdir()
    (given / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
    (given / FIRST).write_bytes(workbook_bytes(EDITIONS[FIRST]))
    add(store, given)
    first = _start(store)
    (given / SECOND).write_bytes(workbook_bytes(EDITIONS[SECOND]))
    (root / BROKEN).write_bytes(workbook_bytes(EDITIONS[BROKEN]))
    current = ("number of police recorded crimes", "year ending june 2022")
    defects.remove_column(root / BROKEN, given / "broken.xlsx", current, "Robbery")
    add(store, given)
    return first, _start(store)


def test_first_publication_says_that_everything_is_new(pages: tuple[Element, Element]) -> None:
    section = _section(pages[0], "new")
    assert "first publication" in section.text and "Nothing is held back" in section.text


def test_new_release_is_listed_with_what_it_changed_and_leads_to_its_checks(
    pages: tuple[Element, Element],
) -> None:
    (entry,) = _section(pages[1], "new").all("li")
    assert entry.text.startswith("ons_csp 2022-12 (Offences recorded by the police")
    assert "new figures" in entry.text and "compared with 2021-12" in entry.text
    assert entry.all("a")[0].attributes["href"] == "sources/ons_csp.html#release-2022-12"
    assert "Since publication 1 of" in _section(pages[1], "new").text


def test_held_back_release_is_listed_with_its_reason(pages: tuple[Element, Element]) -> None:
    (notice,) = [e for e in pages[1].all("div") if "grave" in e.attributes.get("class", "")]
    assert "Held back: 1 release" in notice.text and "ons_csp 2022-06" in notice.text
    assert "Robbery" in notice.text or "robbery" in notice.text
    assert notice.all("a")[0].attributes["href"] == "sources/ons_csp.html#release-2022-06"


def test_what_is_due_names_day_and_who_says_so(pages: tuple[Element, Element]) -> None:
    """The tables end in December 2022, so the next edition was due long before the publication."""
    section = _section(pages[1], "due")
    rows = [row.text for row in section.all("tr") if "Offences recorded by the police" in row.text]
    assert len(rows) == 1 and "July 2023" in rows[0] and "worked out from its usual rhythm" in rows[0]
    assert "Due before" in section.text


def test_every_borough_of_london_has_one_tile() -> None:
    places = places_of_boroughs()
    with (DEFAULT_FOLDER / "geography" / "areas.csv").open(encoding="utf-8", newline="") as file:
        boroughs = {row["code"] for row in csv.DictReader(file) if row["code"].startswith("E09")}
    assert len(boroughs) == 33 and sorted(code for code, _, _ in places) == sorted(boroughs)
    assert len({(row, column) for _, row, column in places}) == 33
    style = (Path(__file__).parents[3] / "civic_assets/publish/site/assets/site.css").read_text(
        encoding="utf-8"
    )
    for _, row, column in places:
        assert f".r{row} {{" in style and f".c{column} {{" in style


def test_area_is_under_its_region_and_only_if_it_has_a_page() -> None:
    rows = [
        ("E09000019", "Islington", "local_authority", "E12000007", None),
        ("E09000012", "Hackney", "local_authority", "E12000007", None),
        ("E07000004", "Aylesbury Vale", "local_authority", "E12000008", "2020-04-01"),
        ("W06000015", "Cardiff", "local_authority", None, None),
        ("E23000001", "Metropolitan Police", "police_force", "E12000007", None),
        ("E12000007", "London", "region", None, None),
        ("E12000008", "South East", "region", None, None),
        ("E05000001", "A ward", "ward", "E12000007", None),
    ]
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA catalogue")
        connection.execute(
            """CREATE TABLE catalogue.areas (area_code VARCHAR, area_name VARCHAR, area_type VARCHAR,
                region_code VARCHAR, valid_to DATE)"""
        )
        connection.executemany("INSERT INTO catalogue.areas VALUES (?, ?, ?, ?, ?)", rows)
        planned = {f"areas/{code}.html": "" for code, *_ in rows if code != "E09000012"}
        found = areas_to_choose(connection, planned)
    listed = {group.heading: [area.name for area in group.areas] for group in found.groups}
    assert listed == {
        "Countries and regions": ["London", "South East"],
        "London": ["Islington"],
        "South East": ["Aylesbury Vale"],
        "Wales": ["Cardiff"],
        "Police forces": ["Metropolitan Police"],
    }
    assert [area.ended for group in found.groups for area in group.areas] == [
        False,
        False,
        False,
        True,
        False,
        False,
    ]
    assert [tile.area.name for tile in found.tiles] == ["Islington"]


def test_what_a_source_is_about_is_short() -> None:
    for source, contract in load_contracts().items():
        words = about(contract)
        assert 10 < len(words) < 160 and not words.endswith((".", ":")), (source, words)
    assert about(None) == ""
