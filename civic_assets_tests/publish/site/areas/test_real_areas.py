"""Islington's page from the publishers' files: figures that were read in the files by hand, and where they lead."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets.publish.site.addresses import area_page
from civic_assets.publish.site.areas.page import csv_address
from civic_assets.publish.site.areas.section import AreaPages
from civic_assets.publish.site.evidence.addresses import address_sql, create_parts
from civic_assets.publish.site.page import Site
from civic_assets_tests.publish.report.html_pages import Element
from civic_assets_tests.publish.site.areas.area_pages import by_id, elements, rendered, site_of, values

pytestmark = pytest.mark.real_data

ISLINGTON, ARSENAL, MET = "E09000019", "E05013697", "E23000001"
CSP = "../evidence/ons_csp/2024-12/E09000019.html#Table~20"


@pytest.fixture(scope="module")
def site(real_store: Path) -> Iterator[Site]:
    with site_of(real_store / "civic.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(site: Site) -> dict[str, str]:
    wanted = {area_page(code) for code in (ISLINGTON, ARSENAL, MET, "E10000003", "E06000060", "E22000204")}
    planned = AreaPages().plan(site)
    return rendered(site, [page for page in planned if page.address in {*wanted, csv_address(ISLINGTON)}])


@pytest.fixture(scope="module")
def islington(texts: dict[str, str]) -> Element:
    return elements(texts[area_page(ISLINGTON)])


def _links(element: Element) -> list[str]:
    return [link.attributes["href"] for link in element.all("a") if "evidence/" in link.attributes["href"]]


def test_recorded_crime_of_the_ons_workbook(islington: Element) -> None:
    # Table C5, C2 and C4, row 237 of policeforceareatablesyedecember2024.xlsx.
    total = by_id(islington, "crime-total_recorded_crime")
    assert values(total) == [29012, 30201, 137.044919295921]
    assert "29,012 30,201 137" in total.text
    assert _links(total) == [f"{CSP}C5~21G237", f"{CSP}C2~21G237", f"{CSP}C4~21I237"]
    # No rate of fewer than ten offences, although the workbook has one.
    assert values(by_id(islington, "crime-homicide")) == [3, 2]


def test_indicators_of_the_dfe_files(islington: Element) -> None:
    def figures(indicator: str) -> list[float]:
        row = by_id(islington, f"row-{indicator}").parent
        assert row is not None
        return values(row)

    # Lines 10266, 5676 and 1086 of lait_key_measures.csv, then London and England.
    assert figures("suspensions") == pytest.approx([20.62926, 10.86109, 22.61338])
    assert figures("permanent_exclusions") == pytest.approx([0.16218, 0.1376, 0.25336])
    assert figures("neet_or_not_known") == [3.9, 3.3, 5.6]
    # Lines 139, 9 and 2 of the table of referrals: 2,407, 105,790 and 632,830 of London and England; all rates are
    # made here, with 35,624 children in Islington.
    rates = pytest.approx([2407 / 35624 * 10_000, 552.11509, 105790, 519.43624, 632830, 2407, 35624])
    assert figures("referrals") == rates
    # Lines 961, 1186 and 1291 of the children looked after: 42, 1,070 and 6,540.
    rates = pytest.approx([42 / 35624 * 10_000, 5.5843, 1070, 5.36813, 6540, 42, 35624])
    assert figures("uasc_looked_after") == rates
    # Lines 31176 and 32876: 7.4 with a plan, 17.4 with support.
    assert figures("send")[0] == pytest.approx(7.4 + 17.4)


def test_knife_crime_is_the_forces_and_says_so(islington: Element) -> None:
    row = by_id(islington, "row-knife_crime").parent
    assert row is not None
    assert "not published for this area" in row.text
    body = row.parent
    assert body is not None
    below = body.children[body.children.index(row) + 1]
    # Table P6, column AC of row 49.
    assert 16789 in values(below)
    assert "Metropolitan Police , not Islington" in below.text


def test_nothing_is_said_of_a_change_of_knife_crime(texts: dict[str, str]) -> None:
    chart = by_id(elements(texts[area_page(MET)]), "indicator-knife_crime")
    assert not [one for one in chart.all("p") if one.attributes.get("class") == "verdict"]
    assert "may not be compared" in chart.text
    assert not chart.all("polyline"), "no line joins years that may not be compared"
    assert len(chart.all("circle")) > 14, "earlier releases print other figures, which are drawn"


def test_the_data_of_the_charts_have_the_printed_rates(texts: dict[str, str]) -> None:
    rows = list(csv.DictReader(io.StringIO(texts[csv_address(ISLINGTON)])))
    rates = {
        row["period_end"]: float(row["value"])
        for row in rows
        if row["indicator"] == "suspensions" and row["value"]
    }
    assert rates["2024-08-31"] == pytest.approx(20.62926)
    bands = {
        row["period_end"]: (row["band_lower_quartile"], row["band_areas"])
        for row in rows
        if row["indicator"] == "neet_or_not_known"
    }
    assert bands["2025-02-28"][1] == "33"


def test_a_ward_has_the_sums_of_its_classes(texts: dict[str, str]) -> None:
    page = elements(texts[area_page(ARSENAL)])
    (table,) = page.all("table")
    assert table.all("tbody")[0].children[0].text.startswith("Total recorded crime")
    assert "Islington" in by_id(page, "belongs").parent.text  # type: ignore[union-attr]


def test_every_link_to_evidence_leads_to_a_figure(site: Site, texts: dict[str, str]) -> None:
    create_parts(site.connection)
    sources = "'ons_csp', 'ons_pfa', 'ons_population', 'dfe_lait', 'dfe_exclusions', 'dfe_children_in_need', " \
        "'dfe_looked_after', 'dfe_neet'"  # fmt: skip
    known = {
        address
        for (address,) in site.connection.execute(
            f"SELECT DISTINCT {address_sql()} FROM harmonised.observations WHERE source IN ({sources})"
        ).fetchall()
    }
    for address, text in texts.items():
        if address.endswith(".html"):
            linked = {href.removeprefix("../") for href in _links(elements(text, address)) if "#" in href}
            assert linked <= known, address
