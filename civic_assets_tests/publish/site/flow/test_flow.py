"""The map of the flow of data: that it says what contracts and the read model say, and that its drawings can be read.

Belongs here: its page on the sample's site, and its drawings. Does not belong here: what holds for every page
(`test_all_pages`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.publish.families import FAMILIES
from civic_assets.publish.site.addresses import flow_of
from civic_assets.publish.site.flow.diagram import WIDTH, drawn
from civic_assets.publish.site.flow.sources import (
    Held,
    Source,
    by_publisher,
    contacts,
    held_sources,
    sources,
)
from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.publish.site.areas.area_pages import by_id, elements
from civic_assets_tests.shared_stores import Refreshed

CONTRACTS = load_contracts()
# A letter of the drawing's text is at most this wide.
LETTER = 7.0


@pytest.fixture(scope="module")
def page(sample_refresh: Refreshed) -> Element:
    return read_page(sample_refresh.store / "report" / "flow.html")


@pytest.fixture(scope="module")
def connection(sample_refresh: Refreshed) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as opened:
        yield opened


def _part(page: Element, source: str) -> Element:
    heading = by_id(page, flow_of(source).partition("#")[2])
    assert heading.tag == "h3" and heading.parent is not None
    return heading.parent


def _fact(part: Element, label: str) -> str:
    found = part.all("dt", "dd")
    (place,) = [number for number, one in enumerate(found) if one.tag == "dt" and one.text == label]
    return found[place + 1].text


@pytest.mark.parametrize("source", sorted(CONTRACTS))
def test_each_source_has_a_part_with_its_terms(page: Element, source: str) -> None:
    part, contract = _part(page, source), CONTRACTS[source]
    assert _fact(part, "Licence") == contract.publisher["licence"]
    assert _fact(part, "Sharing arrangement").lower() == contract.publisher["sharingAgreement"].lower()
    assert _fact(part, "Rhythm").lower().startswith(contract.release["cadence"].lower())
    for address in contacts(contract):
        assert address in _fact(part, "Questions to")


def test_legal_basis_is_stated_with_its_reference_or_said_not_to_be(page: Element) -> None:
    exclusions = _fact(_part(page, "dfe_exclusions"), "Legal basis")
    assert exclusions.startswith(
        "Education Act 1996, section 537A. Stated in: Department for Education, Complete"
    )
    assert _fact(_part(page, "met_ward"), "Legal basis") == "Not stated by the publisher."
    neet = _fact(_part(page, "dfe_neet"), "Legal basis")
    assert neet == (
        "Not stated by the publisher. The contract names, without a reference: Education and Skills Act 2008."
    )


def test_no_contract_of_ours_names_a_legal_basis_twice() -> None:
    for contract in CONTRACTS.values():
        reference = contract.publisher.get("legalBasisReference")
        assert not (reference and contract.publisher["legalBasis"] == "not stated by the publisher")


def test_counts_are_those_of_the_read_model(page: Element, connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        """SELECT source, count(*), count(DISTINCT measure) FROM harmonised.observations GROUP BY ALL"""
    ).fetchall()
    files = dict(
        connection.execute(
            "SELECT source, count(DISTINCT sha256) FROM catalogue.files GROUP BY ALL"
        ).fetchall()
    )
    assert len(rows) >= 2
    table = page.all("table")[0]
    cells = {
        row.all("th")[0].all("a")[0].text: [cell.text for cell in row.all("td")]
        for row in table.all("tr")
        if row.all("td")
    }
    assert set(cells) == set(CONTRACTS)
    for source, figures, measures in rows:
        assert cells[source][-3:] == [f"{files[source]:,}", f"{figures:,}", f"{measures:,}"]
        listed = _part(page, source).all("details")[0].all("li")
        assert len(listed) == measures
        assert sum(int(re.sub("[^0-9]", "", one.all("span")[0].text)) for one in listed) == figures
    empty = set(CONTRACTS) - {source for source, *_ in rows}
    assert all(cells[source][-2:] == ["0", "0"] for source in empty)


def test_groups_of_tables_are_those_that_have_the_source(connection: duckdb.DuckDBPyConnection) -> None:
    held = held_sources(connection)
    profile = connection.execute(
        "SELECT DISTINCT unnest([source, count_source, rate_source, denominator_source]) FROM harmonised.area_profile"
    ).fetchall()
    assert {name for name, one in held.items() if "area_profile" in one.tables} == {
        source for (source,) in profile if source
    }
    every = {family.name for family in FAMILIES}
    for one in held.values():
        assert set(one.tables) <= every
        assert ("observations" in one.tables) == bool(one.figures)


def test_a_source_without_files_is_drawn_as_missing_and_said_to_have_none(page: Element) -> None:
    draft = _part(page, "mopac_surveys")
    assert "It is not read yet, because" in draft.text
    assert _fact(draft, "Here") == "Not read yet"
    publisher = CONTRACTS["mopac_surveys"].publisher["name"]
    drawing = elements(drawn(publisher, sources({"mopac_surveys": CONTRACTS["mopac_surveys"]}, {})))
    assert [one.attributes["class"] for one in drawing.all("rect")] == ["box", "box missing"]
    assert drawing.all("desc")[0].text.endswith("No figure of these sources is here.")


def test_every_publisher_has_a_drawing_with_its_sources_and_steps(page: Element) -> None:
    drawings = {one.all("title")[0].text: one for one in page.all("svg")}
    publishers = {contract.publisher["name"] for contract in CONTRACTS.values()}
    assert set(drawings) == {f"From {name} to the pages" for name in publishers}
    ons = drawings["From Office for National Statistics to the pages"]
    texts = [one.text for one in ons.all("text")]
    for source in ("ons_csp", "ons_pfa", "ons_population"):
        assert source in texts and source in ons.all("desc")[0].text
    steps = [
        "Archive (raw)",
        "Reading and checking (validated)",
        "Common codes (harmonised)",
        "Published tables",
    ]
    places = [texts.index(step) for step in (*steps, "Measures", "Pages")]
    assert places == sorted(places)


def test_drawings_fit_a_small_screen_and_no_text_leaves_its_box() -> None:
    held = Held(files=12345, releases=12345, published=12340, held_back=5, measures={"burglary": 123_456_789})
    for publisher, own in by_publisher(sources(CONTRACTS, dict.fromkeys(CONTRACTS, held))):
        drawing = elements(drawn(publisher, own)).all("svg")[0]
        assert float(drawing.attributes["width"]) == WIDTH <= 320 - 2 * 16
        bottom = 0.0
        for box in drawing.all("rect"):
            x, y, width, height = (float(box.attributes[name]) for name in ("x", "y", "width", "height"))
            assert y >= bottom and x + width <= WIDTH
            bottom = y + height
            inside = [one for one in drawing.all("text") if y < float(one.attributes["y"]) < bottom]
            assert inside
            for one in inside:
                assert float(one.attributes["x"]) + LETTER * len(one.text) <= x + width, one.text
        assert bottom <= float(drawing.attributes["height"])


def test_made_up_files_are_marked_in_the_drawing(page: Element) -> None:
    held = Held(files=1, releases=1, published=1, synthetic=True)
    own = [Source("ons_csp", CONTRACTS["ons_csp"], held)]
    assert "SYNTHETIC" in drawn("Office for National Statistics", own, synthetic=True)
    assert "SYNTHETIC" not in drawn("Office for National Statistics", own)
    marked = [one for one in page.all("svg") if "SYNTHETIC" in one.text]
    assert marked and "SYNTHETIC" in page.all("title")[0].text


def test_a_publishers_name_is_escaped() -> None:
    contract = CONTRACTS["ons_csp"]
    evil = replace(contract, publisher={**contract.publisher, "name": "<b>A & B</b>"})
    text = drawn("<b>A & B</b>", [Source("x", evil, Held())])
    assert "<b>" not in text and "&lt;b&gt;A &amp; B&lt;/b&gt;" in text


def test_page_is_not_too_large(sample_refresh: Refreshed) -> None:
    assert (Path(sample_refresh.store) / "report" / "flow.html").stat().st_size < 300_000
