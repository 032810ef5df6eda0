"""A page of a measure has every area with the figures of the read model, and says what it must not be used for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.site.addresses import MEASURES, area_page, measure_page
from civic_assets.publish.site.evidence.addresses import address_sql, create_parts
from civic_assets.publish.site.measures.section import MeasurePages
from civic_assets.publish.site.page import Planned, Site
from civic_assets_tests.publish.report.html_pages import Element
from civic_assets_tests.publish.site.areas.area_pages import (
    by_id,
    elements,
    own_words,
    site_of,
    values,
    with_class,
)
from civic_assets_tests.publish.site.measures.measure_pages import changed, keys, rendered
from civic_assets_tests.shared_stores import Refreshed

LARGEST = 300_000
# Words of an order or a change. Definitions, findings and breaks are quoted, and so is what a vocabulary says.
ORDER = re.compile(
    r"\b(rise[ns]?|rose|fall[s]?|fell|rank\w*|highest|lowest|best|worst|top|bottom)\b|[↑↓▲▼↗↘⬆⬇]",
    re.IGNORECASE,
)
QUOTED = ("finding", "break-words", "facts", "notes", "words", "lead")


@pytest.fixture(scope="module")
def site(sample_refresh: Refreshed) -> Iterator[Site]:
    with site_of(sample_refresh.store / "civic.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(site: Site) -> dict[str, str]:
    return rendered(site, MeasurePages())


@pytest.fixture(scope="module")
def pages(texts: dict[str, str]) -> dict[str, Element]:
    return {address: elements(text, address) for address, text in texts.items() if address.endswith(".html")}


def rows(site: Site, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    return site.connection.execute(sql, list(given)).fetchall()


def of_measure(pages: dict[str, Any], name: str) -> dict[str, Any]:
    """The pages of a measure, the first one first."""
    stem = measure_page(name).removesuffix(".html")
    found = {
        address: page for address, page in pages.items() if re.fullmatch(rf"{stem}(\.[0-9]+)?\.html", address)
    }
    return dict(sorted(found.items(), key=lambda one: (len(one[0]), one[0])))


# The newest figures of each source and kind of area, found another way than by the pages: area by area, with a window.
NEWEST = """
WITH figures AS (
    SELECT l.*, CASE WHEN a.area_type = 'local_authority' THEN coalesce(a.form, 'county_council') ELSE a.area_type END
        AS kind, bool_or(l.breakdown = 'total') OVER (PARTITION BY l.measure, l.source) AS has_total
    FROM harmonised.latest l JOIN catalogue.areas a USING (area_code) WHERE l.statistic <> 'change'
)
SELECT * FROM figures WHERE breakdown = 'total' OR NOT has_total
QUALIFY dense_rank() OVER (PARTITION BY measure, source, kind, unit, period_kind ORDER BY period_end DESC) = 1
"""


def test_every_measure_with_figures_has_a_page_and_so_has_every_indicator_without_a_measure(
    site: Site, texts: dict[str, str]
) -> None:
    wanted = {name for (name,) in rows(site, "SELECT DISTINCT measure FROM harmonised.observations")}
    assert len(wanted) > 30
    assert {measure_page(name) for name in wanted} <= set(texts)
    assert MEASURES in texts


def test_tables_have_exactly_the_newest_figures_with_links_to_their_cells(
    site: Site, pages: dict[str, Element]
) -> None:
    create_parts(site.connection)
    crime = {name for (name,) in rows(site, "SELECT DISTINCT measure FROM harmonised.crime_years")}
    found = rows(
        site,
        f"""SELECT measure, list((value, {address_sql()})) FROM ({NEWEST}) n
        WHERE value IS NOT NULL AND quality <> 'withheld' AND NOT (unit <> 'count' AND measure IN
            (SELECT measure FROM harmonised.crime_years)) GROUP BY measure""",
    )
    assert len(found) > 30
    compared = 0
    for measure, figures in found:
        printed = [
            (float(number.attributes["value"]), link.attributes["href"])
            for page in of_measure(pages, measure).values()
            for section in page.all("section")
            if re.match(r"table-printed-", section.attributes.get("aria-labelledby", ""))
            for link in section.all("a")
            if "evidence/" in link.attributes["href"]
            for number in link.all("data")
        ]
        wanted = [(value, f"../{address}") for value, address in figures]
        if measure in crime:
            assert set(wanted) <= set(printed), measure
        else:
            assert sorted(printed) == sorted(wanted), measure
        compared += len(wanted)
    assert compared > 2000


def test_sums_and_figures_of_wards_are_those_of_the_derived_tables(
    site: Site, pages: dict[str, Element]
) -> None:
    found = rows(
        site,
        """SELECT measure, list((value, area_code)) FROM (
            SELECT * FROM harmonised.crime_table QUALIFY period_end = max(period_end) OVER (PARTITION BY measure)
        ) WHERE basis <> 'published' AND value IS NOT NULL AND source IS NOT NULL GROUP BY measure""",
    )
    assert len(found) > 10
    for measure, figures in found:
        links = [
            (float(number.attributes["value"]), link.attributes["href"])
            for page in of_measure(pages, measure).values()
            for section in page.all("section")
            if section.attributes.get("aria-labelledby", "").startswith("table-sums")
            for row in section.all("tbody")[0].all("tr")
            for link in row.all("td")[0].all("a")
            for number in link.all("data")
        ]
        wanted = [(value, f"../{area_page(code)}#crime-{measure}") for value, code in figures]
        assert set(wanted) <= set(links), measure


def test_no_rate_of_few_offences_is_shown(site: Site, pages: dict[str, Element]) -> None:
    few = rows(
        site,
        f"""SELECT r.measure, r.value, count(*) FROM ({NEWEST}) r JOIN ({NEWEST}) c
            USING (measure, source, area_code, period_start, period_end)
        WHERE c.unit = 'count' AND r.unit <> 'count' AND c.value < {FEWEST_EVENTS} AND r.value IS NOT NULL
          AND measure IN (SELECT measure FROM harmonised.crime_years) GROUP BY ALL""",
    )
    assert few
    for measure in {one[0] for one in few}:
        said = sum(
            page.text.count(f"fewer than {FEWEST_EVENTS} offences")
            for page in of_measure(pages, measure).values()
        )
        assert said >= sum(number for name, _, number in few if name == measure), measure


def test_status_is_words_and_never_zero(sample_refresh: Refreshed, tmp_path: Path) -> None:
    change = """UPDATE harmonised.observations SET value = NULL, status = 'suppressed'
        WHERE measure = 'burglary' AND area_code = 'E09000019'"""
    withheld = "UPDATE harmonised.observations SET quality = 'withheld' WHERE measure = 'robbery'"
    with changed(sample_refresh.store / "civic.duckdb", tmp_path, change, withheld) as site:
        texts = rendered(
            site, MeasurePages(), lambda page: page.address.startswith(("measures/burglary", "measures/robb"))
        )
        row = next(
            row
            for row in elements(texts["measures/burglary.html"]).all("tr")
            if row.text.startswith("Islington")
        )
        assert values(row) == [] and row.text.count("suppressed by the publisher") == 2
        assert "withheld here" in texts["measures/robbery.html"]
        for page in of_measure(texts, "robbery").values():
            for section in elements(page).all("section"):
                if section.attributes.get("aria-labelledby", "").startswith("table-printed"):
                    assert values(section) == []


def test_areas_are_in_the_order_of_their_names_and_headings_can_sort(pages: dict[str, Element]) -> None:
    import unicodedata

    seen = 0
    for address, page in pages.items():
        for table in with_class(page, "sortable"):
            names = [row.all("th")[0].text for row in table.all("tbody")[0].all("tr")]
            plain = [
                "".join(
                    one
                    for one in unicodedata.normalize("NFD", name.lower())
                    if not unicodedata.combining(one)
                )
                for name in names
            ]
            assert plain == sorted(plain), address
            assert {one.attributes.get("data-sort") for one in table.all("thead")[0].all("th")} <= {
                "text",
                "number",
            }
            assert "In the order of names." in table.all("caption")[0].text
            seen += len(names)
    assert seen > 2000


def test_page_is_not_worded_as_an_order_or_a_change(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        for main in page.all("main"):
            words = own_words(main, QUOTED)
            assert not ORDER.search(words), (address, ORDER.search(words))


def test_every_page_says_synthetic_where_its_figures_are_made_up(pages: dict[str, Element]) -> None:
    """In the sample, the figures of `ons_csp` are made up, and those of the report are not."""
    marked = 0
    for address, page in pages.items():
        tables = with_class(page, "sortable")
        made_up = [table for table in tables if "From ons_csp" in table.all("caption")[0].text]
        for table in tables:
            assert ("SYNTHETIC" in table.all("caption")[0].text) == (table in made_up), address
        if made_up:
            assert "SYNTHETIC SAMPLE DATA" in page.text, address
            assert page.all("title")[0].text.startswith("SYNTHETIC"), address
            for chart in page.all("svg"):
                assert any(one.text == "SYNTHETIC" for one in chart.all("text")), address
            marked += len(made_up)
    assert marked > 100


def test_every_chart_has_a_text_alternative_and_its_data_as_a_table_and_csv(
    texts: dict[str, str], pages: dict[str, Element]
) -> None:
    charts = 0
    for address, page in pages.items():
        for figure in [one for one in page.all("figure") if "spread" in one.attributes["class"]]:
            (drawing,) = figure.all("svg")
            name, description = drawing.attributes["aria-labelledby"].split()
            assert by_id(page, name).text and "half at or below" in by_id(page, description).text
            strips = [one for one in drawing.all("text") if one.attributes.get("class") == "strip"]
            assert len(figure.all("tbody")[0].all("tr")) == len(strips) > 0
            data = address.replace("measures/", "data/measures/").replace(".html", ".csv")
            assert data in texts
            charts += 1
    assert charts > 20


def test_data_have_every_figure_of_the_tables_of_their_page(
    texts: dict[str, str], pages: dict[str, Element]
) -> None:
    for address in ("measures/burglary.html", "measures/residential_burglary.html"):
        data = texts[address.replace("measures/", "data/measures/").replace(".html", ".csv")]
        # Bounds are two numbers in place of one.
        numbers = ("value", "value_at_least", "value_at_most")
        rows_of_data = list(csv.DictReader(io.StringIO(data)))
        written = [float(row[name]) for row in rows_of_data for name in numbers if row[name]]
        shown = [number for table in with_class(pages[address], "sortable") for number in values(table)]
        assert sorted(written) == sorted(shown) and len(shown) > 30


def test_no_page_is_too_large(texts: dict[str, str]) -> None:
    assert {address: len(text) for address, text in texts.items() if len(text.encode()) > LARGEST} == {}


def test_page_says_what_the_measure_is(pages: dict[str, Element]) -> None:
    page = pages[measure_page("residential_burglary")]
    terms = {one.text: page.all("dd")[at] for at, one in enumerate(page.all("dt"))}
    assert terms["What it counts"].text == "Burglary of a residence, since April 2017 with sheds and garages"
    assert terms["Counted in"].text == "offences"
    base = terms["Denominator, per 1,000 households, ons_csp"]
    assert base.text.startswith("Households . Households at the mid-year that the table of rates names")
    assert [link.attributes["href"] for link in base.all("a")] == ["../measures/households.html"]
    publishers = by_id(page, "publishers-caption").parent
    assert publishers is not None
    assert "Office for National Statistics" in publishers.text and "Quarterly" in publishers.text
    assert "Official statistics, not accredited" in publishers.text
    assert "burglary in a dwelling; sheds and garages counted as other buildings" in page.text
    rate = pages[measure_page("suspension_rate")]
    assert "Numerator Suspensions" in rate.text and "called fixed-period exclusion" in rate.text


def test_rules_of_use_follow_from_what_the_measure_is(pages: dict[str, Element]) -> None:
    def not_for(name: str) -> str:
        heading = by_id(pages[measure_page(name)], "not-for")
        assert heading.parent is not None
        return heading.parent.text

    assert "use a rate" in not_for("burglary") and "do not average" in not_for("burglary")
    assert "Do not use it to say that an area does well or badly: found by searching" in not_for(
        "drug_offences"
    )
    assert "does well or badly" not in not_for("burglary")
    assert "do not add up its rates" in not_for("suspension_rate").lower()
    assert "use a rate" not in not_for("suspension_rate")
    assert "Do not work out numbers from a rate whose denominator is not stated." in not_for(
        "suspension_rate"
    )
    assert "not stated" not in not_for("burglary")
    assert "Do not add up its numbers of several days" in not_for("households")


def test_figures_of_management_information_are_not_called_official(
    sample_refresh: Refreshed, tmp_path: Path
) -> None:
    change = """UPDATE catalogue.designations SET designation = 'management_information', date_to = NULL
        WHERE source = 'ons_csp'"""
    with changed(sample_refresh.store / "civic.duckdb", tmp_path, change) as site:
        texts = rendered(site, MeasurePages(), lambda page: page.address == "measures/burglary.html")
    assert (
        "Do not quote the figures of ons_csp as official statistics"
        in elements(texts["measures/burglary.html"]).text
    )


def test_breaks_are_those_of_the_register_for_the_measure(pages: dict[str, Element]) -> None:
    def listed(name: str) -> str:
        heading = by_id(pages[measure_page(name)], "breaks")
        assert heading.parent is not None
        return heading.parent.text

    # The figures of the sample are of 2021 and 2022.
    assert "dwelling became residential" not in listed("residential_burglary")
    assert "Figures before and after it may not be compared." in listed("burglary")
    assert "Only Corby, Daventry, East Northamptonshire, Kettering and 4 other areas." in listed("burglary")


def test_related_measures_are_those_of_the_vocabularies(pages: dict[str, Element]) -> None:
    def related(name: str) -> str:
        heading = by_id(pages[measure_page(name)], "related")
        assert heading.parent is not None
        return heading.parent.text

    assert "It is part of Theft offences ." in related("burglary")
    assert "Its parts are Non-residential burglary , Residential burglary ." in related("burglary")
    assert "As a rate or share, it is published as Suspensions, rate ." in related("suspensions")


def test_key_changes_exactly_with_what_a_page_shows(sample_refresh: Refreshed, tmp_path: Path) -> None:
    def some(page: Planned) -> bool:
        return re.search(r"/(index|burglary|robbery|theft_offences)\.", page.address) is not None

    database = sample_refresh.store / "civic.duckdb"
    with site_of(database) as site:
        before, first = keys(site), rendered(site, MeasurePages(), some)
        assert keys(site) == before
    newest = "(SELECT max(period_end) FROM harmonised.observations WHERE measure = 'burglary')"
    where = "measure = 'burglary' AND area_code = 'E09000019' AND unit = 'count' AND source = 'ons_csp' AND newest"
    cases = {
        "a figure of the newest period": (
            f"UPDATE harmonised.observations SET value = value + 1 WHERE {where} AND period_end = {newest}",
            "burglary",
        ),
        "a figure of an earlier period": (
            f"UPDATE harmonised.observations SET value = value + 1 WHERE {where} AND period_end < {newest}",
            None,
        ),
        "a definition": (
            "UPDATE catalogue.measures SET definition = 'Another' WHERE measure = 'robbery'",
            "robbery",
        ),
        "what nobody shows": (
            "UPDATE harmonised.observations SET value_text = '?' WHERE measure = 'burglary'",
            None,
        ),
    }
    for words, (statement, measure) in cases.items():
        with changed(database, tmp_path, statement) as site:
            after, now = keys(site), rendered(site, MeasurePages(), some)
        moved = {address for address in before if before[address] != after.get(address)}
        differing = {address for address in first if first[address] != now[address]}
        assert differing <= moved, words
        if measure is None:
            assert moved == set(), words
        else:
            assert measure_page(measure) in moved & differing, words
            others = {one for one in moved if one.startswith("measures/") and one != MEASURES}
            assert all(one.startswith(f"measures/{measure}") for one in others), words


def test_what_a_publisher_wrote_is_escaped(sample_refresh: Refreshed, tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    with changed(
        sample_refresh.store / "civic.duckdb",
        tmp_path,
        f"UPDATE catalogue.measures SET definition = '{bad}' WHERE measure = 'burglary'",
        f"UPDATE catalogue.areas SET area_name = '{bad}' WHERE area_code = 'E09000019'",
        f"UPDATE catalogue.sources SET publisher = '{bad}', limitations = '{bad}'",
    ) as site:
        texts = rendered(site, MeasurePages(), lambda page: page.address.startswith("measures/"))
    for address, text in texts.items():
        assert "<script>alert" not in text, address
    assert "&lt;script&gt;" in texts["measures/burglary.html"]
