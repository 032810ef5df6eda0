"""A page of a theme says what its measures can and cannot say, and has the boroughs of London."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from civic_assets.publish.site.addresses import area_page, measure_page, theme_page
from civic_assets.publish.site.evidence.addresses import address_sql, create_parts
from civic_assets.publish.site.measures.words import BIASES
from civic_assets.publish.site.page import Site
from civic_assets.publish.site.start.choosing import places_of_boroughs
from civic_assets.publish.site.themes.section import ThemePages
from civic_assets.publish.site.themes.vocabulary import themes
from civic_assets_tests.publish.report.html_pages import Element
from civic_assets_tests.publish.site.areas.area_pages import by_id, elements, own_words, site_of, with_class
from civic_assets_tests.publish.site.measures.measure_pages import changed, rendered
from civic_assets_tests.shared_stores import Refreshed

CRIME = theme_page("neighbourhood_crime")
ORDER = re.compile(
    r"\b(rise[ns]?|rose|fall[s]?|fell|rank\w*|highest|lowest|best|worst|top|bottom)\b|[↑↓▲▼↗↘⬆⬇]"
)


@pytest.fixture(scope="module")
def site(sample_refresh: Refreshed) -> Iterator[Site]:
    with site_of(sample_refresh.store / "civic.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, Element]:
    return {address: elements(text, address) for address, text in rendered(site, ThemePages()).items()}


def _rows(page: Element) -> dict[str, Element]:
    table = by_id(page, "boroughs-caption").parent
    assert table is not None
    return {row.all("th")[0].text: row for row in table.all("tbody")[0].all("tr")}


def test_themes_are_in_the_list_of_the_start_page_by_their_title(site: Site) -> None:
    planned = {page.address: page.title for page in ThemePages().plan(site)}
    assert planned == {
        theme_page(name): one.title for name, one in themes().themes.items() if theme_page(name) in planned
    }
    assert planned[CRIME] == "Neighbourhood crime" and len(planned) >= 5


def test_figures_of_boroughs_are_the_newest_with_links_to_their_cells(
    site: Site, pages: dict[str, Element]
) -> None:
    create_parts(site.connection)
    found = site.connection.execute(
        f"""SELECT area_name, value, {address_sql()} FROM harmonised.latest
        WHERE source = 'ons_csp' AND measure = 'burglary' AND unit = 'per_1000_population'
            AND area_code LIKE 'E09%' AND value IS NOT NULL
        QUALIFY period_end = max(period_end) OVER ()"""
    ).fetchall()
    assert len(found) > 20
    rows = _rows(pages[CRIME])
    for name, value, address in found:
        cell = rows[name].all("td")[0]
        assert [float(one.attributes["value"]) for one in cell.all("data")] == [value], name
        assert [link.attributes["href"] for link in cell.all("a")] == [f"../{address}"], name


def test_every_borough_has_a_row_in_the_order_of_names(pages: dict[str, Element]) -> None:
    for page in pages.values():
        if "boroughs-caption" not in {one.attributes.get("id") for one in page.all()}:
            continue
        rows = _rows(page)
        assert len(rows) == 33 == len(places_of_boroughs())
        assert list(rows) == sorted(rows)
        assert rows["Islington"].all("a")[0].attributes["href"] == f"../{area_page('E09000019')}"


def test_page_says_what_each_measure_can_and_cannot_say(pages: dict[str, Element]) -> None:
    for name, theme in themes().themes.items():
        page = pages.get(theme_page(name))
        if page is None:
            continue
        assert theme.question in page.text
        for measure, one in theme.measures.items():
            assert one.can in page.text and one.cannot in page.text, measure
        for bias, why in theme.biases.items():
            assert why in page.text and BIASES[bias][0] in page.text


def test_a_measure_without_a_page_is_named_without_a_link(pages: dict[str, Element]) -> None:
    page = pages[CRIME]
    row = next(row for row in page.all("tr") if row.text.startswith("asb incidents"))
    assert row.all("a") == [] and "no figure in this publication" in row.text
    linked = next(row for row in page.all("tr") if row.text.startswith("Burglary"))
    assert linked.all("a")[0].attributes["href"] == f"../{measure_page('burglary')}"


def test_page_marks_made_up_figures_and_is_not_worded_as_an_order(pages: dict[str, Element]) -> None:
    page = pages[CRIME]
    assert page.all("title")[0].text.startswith("SYNTHETIC") and "SYNTHETIC SAMPLE DATA" in page.text
    for table in with_class(page, "sortable"):
        assert "SYNTHETIC" in table.all("caption")[0].text
    for address, one in pages.items():
        words = own_words(one.all("main")[0], ("finding",))
        assert not ORDER.search(words), (address, ORDER.search(words))


def test_key_changes_with_a_figure_of_a_borough_and_not_with_another_area(
    sample_refresh: Refreshed, tmp_path: Path
) -> None:
    database = sample_refresh.store / "civic.duckdb"

    def keys(one: Site) -> dict[str, str]:
        return {page.address: page.key for page in ThemePages().plan(one)}

    with site_of(database) as before:
        first = keys(before)
    where = (
        "measure = 'burglary' AND unit = 'per_1000_population' AND source = 'ons_csp' AND value IS NOT NULL"
    )
    for area, moved in (("E09000019", {CRIME}), ("E06000001", set())):
        statement = (
            f"UPDATE harmonised.observations SET value = value + 1 WHERE {where} AND area_code = '{area}'"
        )
        with changed(database, tmp_path, statement) as after:
            second = keys(after)
        assert {address for address in first if first[address] != second[address]} == moved, area
