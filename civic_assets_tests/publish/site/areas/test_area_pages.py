"""A page of an area says what the read model says, where each figure is from, and nothing that may not be said."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.publish.site.addresses import AREAS, area_page
from civic_assets.publish.site.areas.page import csv_address
from civic_assets.publish.site.areas.section import AreaPages
from civic_assets.publish.site.evidence.addresses import address_sql, create_parts
from civic_assets.publish.site.page import Site
from civic_assets_tests.publish.report.html_pages import Element
from civic_assets_tests.publish.site.areas.area_pages import (
    by_id,
    elements,
    own_words,
    rendered,
    site_of,
    values,
    with_class,
)
from civic_assets_tests.shared_stores import Refreshed

ISLINGTON = "E09000019"
LARGEST = 300_000
# Words of a change or an order; a sentence of a verdict may have them, and so may the words of publishers.
CHANGE = re.compile(
    r"\b(rise[ns]?|rising|rose|fall[s]?|falling|fell|increas\w*|decreas\w*|declin\w*|up|down|more|fewer(?! than 10)|"
    r"higher|lower|highest|lowest|rank\w*|best|worst|top|bottom|improv\w*|worse\w*|better)\b|[↑↓▲▼↗↘⬆⬇]",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def site(sample_refresh: Refreshed) -> Iterator[Site]:
    with site_of(sample_refresh.store / "civic.duckdb") as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(site: Site) -> dict[str, str]:
    return rendered(site)


@pytest.fixture(scope="module")
def pages(texts: dict[str, str]) -> dict[str, Element]:
    return {address: elements(text, address) for address, text in texts.items() if address.endswith(".html")}


def rows(site: Site, sql: str, *given: Any) -> list[tuple[Any, ...]]:
    return site.connection.execute(sql, list(given)).fetchall()


def charted(site: Site) -> list[str]:
    return [
        code
        for (code,) in rows(site, "SELECT DISTINCT area_code FROM harmonised.indicator_periods ORDER BY ALL")
    ]


def test_every_area_with_figures_has_a_page_and_so_has_every_authority_of_the_profile(
    site: Site, texts: dict[str, str]
) -> None:
    wanted = rows(
        site,
        """SELECT area_code FROM catalogue.areas WHERE has_figures UNION
        SELECT area_code FROM harmonised.area_profile UNION SELECT partnership_code FROM harmonised.crime_areas""",
    )
    assert len(wanted) > 300
    assert {area_page(code) for (code,) in wanted} <= set(texts)
    assert AREAS in texts


def test_the_table_of_indicators_has_the_figures_of_the_read_model(
    sample_refresh: Refreshed, tmp_path: Path
) -> None:
    """The samples have no such figures, so some are written into a copy: each of another size."""
    database = tmp_path / "civic.duckdb"
    shutil.copy(sample_refresh.store / "civic.duckdb", database)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """UPDATE harmonised.area_profile SET rate = 10.123456 + position, rate_basis = 'published',
                london_rate = CASE WHEN position <> 3 THEN 20.5 + position END, london_count = 300 + position,
                england_rate = 30.25 + position, england_count = 900 + position,
                count = CASE WHEN position <> 2 THEN 400 + position END,
                denominator = CASE WHEN position > 4 THEN 5000 + position END, quality = 'ok', status = NULL,
                period_start = DATE '2024-04-01', period_end = DATE '2025-04-01', rate_source = 'dfe_lait',
                rate_release = '2025', rate_locators = ['L1:Values'], synthetic = true,
                caveats = ['A caveat about ' || indicator || '.'],
                wider_area_code = NULL WHERE area_code = ?""",
            [ISLINGTON],
        )
        connection.execute(
            """UPDATE harmonised.area_profile SET rate = NULL, status = 'suppressed'
            WHERE area_code = ? AND position = 8""",
            [ISLINGTON],
        )
    with site_of(database) as site:
        planned = [page for page in AreaPages().plan(site) if page.address == area_page(ISLINGTON)]
        page = elements(rendered(site, planned)[area_page(ISLINGTON)])
        for position in range(1, 9):
            ((indicator,),) = rows(
                site, "SELECT indicator FROM harmonised.indicators WHERE position = ?", position
            )
            row = by_id(page, f"row-{indicator}").parent
            assert row is not None
            expected = [
                None if position == 8 else 10.123456 + position,
                *([] if position == 3 else [20.5 + position]),
                # Rates of London and England that nobody printed are made of their numbers, which are next to them.
                300 + position,
                30.25 + position,
                900 + position,
                None if position == 2 else 400 + position,
                5000 + position if position > 4 else None,
            ]
            assert values(row) == pytest.approx([one for one in expected if one is not None])
            assert ("suppressed by the publisher" in row.text) == (position == 8)
            assert "SYNTHETIC" in row.text
            body = row.parent
            assert body is not None
            below = body.children[body.children.index(row) + 1]
            assert f"A caveat about {indicator}." in below.text


def test_the_table_of_crime_has_the_figures_of_the_read_model(site: Site, pages: dict[str, Element]) -> None:
    found = rows(
        site,
        """SELECT area_code, measure, list(value ORDER BY period_end)
                FILTER (value IS NOT NULL AND quality <> 'withheld'), max_by(rate, period_end)
        FROM harmonised.crime_table WHERE basis = 'published' GROUP BY ALL""",
    )
    assert len(found) > 1000
    for code, measure, counts, rate in found:
        row = by_id(pages[area_page(code)], f"crime-{measure}")
        assert values(row) == [*(counts or []), *([] if rate is None else [rate])]


def test_a_status_is_in_words_and_linked_to_the_glossary(site: Site, pages: dict[str, Element]) -> None:
    found = rows(
        site,
        """SELECT area_code, measure FROM harmonised.crime_table WHERE value IS NULL AND status = 'suppressed'
            AND basis = 'published'
        UNION ALL SELECT area_code, indicator FROM harmonised.indicator_figures WHERE status = 'suppressed'
            AND role IN ('count', 'rate') AND (indicator, area_code, period_end, source) IN
                (SELECT indicator, area_code, period_end, source FROM harmonised.indicator_periods)""",
    )
    for code, _ in found:
        words = [one for one in with_class(pages[area_page(code)], "status") if "suppressed" in one.text]
        assert words
        assert all("glossary.html#" in one.attributes["href"] for one in words)
    for page in pages.values():
        for one in with_class(page, "status"):
            assert "_" not in one.text


def test_the_charts_say_the_same_numbers_as_the_read_model(
    site: Site, texts: dict[str, str], pages: dict[str, Element]
) -> None:
    for code in charted(site)[:40]:
        data = list(csv.DictReader(io.StringIO(texts[csv_address(code)])))
        drawn = {(row["indicator"], row["period_start"]): float(row["value"]) for row in data if row["value"]}
        read = rows(
            site,
            """SELECT indicator, period_start::VARCHAR, rate, count FROM harmonised.indicator_periods
            WHERE area_code = ? AND usable""",
            code,
        )
        assert read
        for indicator, start, rate, count in read:
            value = drawn.pop((indicator, start), None)
            assert value in (rate, count)
            assert value is not None or (rate is None and count is None)
        for figure in with_class(pages[area_page(code)], "chart"):
            if figure.tag == "figure":
                (svg,) = figure.all("svg")
                said = next(one.text for one in svg.all("desc"))
                for row in data:
                    if figure.attributes["id"] == f"indicator-{row['indicator']}" and row["value"]:
                        assert re.search(r": [0-9]", said)


def test_no_value_is_drawn_where_a_status_replaces_it(texts: dict[str, str]) -> None:
    checked = 0
    for address, text in texts.items():
        if address.endswith(".csv"):
            for row in csv.DictReader(io.StringIO(text)):
                assert bool(row["value"]) != bool(row["status"])
                checked += 1
    assert checked > 1000


def test_pages_name_no_change_and_no_order_that_compare_does_not_allow(pages: dict[str, Element]) -> None:
    # Definitions, caveats, effects of breaks and reasons for saying nothing are not about a change of these figures.
    for address, page in pages.items():
        (main,) = page.all("main")
        words = own_words(main, without=("verdict", "no-verdict", "definition", "caveat", "caveats", "notes"))
        found = CHANGE.search(words)
        assert found is None, f"{address}: {words[max(0, found.start() - 80) : found.end() + 80]}"


def test_the_words_of_a_change_are_found() -> None:
    assert all(
        CHANGE.search(words)
        for words in ("it is higher than", "an increase", "up 3%", "ranked 4th", "▲ 2", "fell")
    )
    assert not CHANGE.search("fewer than 10 offences, so no rate is shown")


def test_a_verdict_is_printed_only_if_the_read_model_has_one(site: Site, texts: dict[str, str]) -> None:
    allowed = {
        code
        for (code,) in rows(
            site, "SELECT area_code FROM harmonised.indicator_baseline WHERE verdict IS NOT NULL"
        )
    }
    with_verdict = {address for address, text in texts.items() if 'class="verdict"' in text}
    assert with_verdict <= {area_page(code) for code in allowed}


def test_every_figure_leads_to_its_cells(pages: dict[str, Element]) -> None:
    # A rate that is made here has no cell; the numbers that it is made of are in the same row, with theirs.
    seen = 0
    for address, page in pages.items():
        for one in page.all("data"):
            around = one
            while around.parent is not None and around.tag not in ("tr", "body"):
                around = around.parent
            cells = [link for link in around.all("a") if "/evidence/" in link.attributes["href"]]
            assert cells, f"{address}: {around.text}"
            if not one.within("a"):
                own = one.parent
                assert own is not None
                assert with_class(own, "made-of") or "made here" in around.text or own.tag == "td", own.text
            seen += 1
    assert seen > 10_000


def test_links_to_evidence_lead_to_figures_of_the_read_model(site: Site, pages: dict[str, Element]) -> None:
    create_parts(site.connection)
    known = {
        address for (address,) in rows(site, f"SELECT DISTINCT {address_sql()} FROM harmonised.observations")
    }
    linked = {
        link.attributes["href"].removeprefix("../")
        for page in pages.values()
        for link in page.all("a")
        if link.attributes["href"].startswith("../evidence/") and "#" in link.attributes["href"]
    }
    assert len(linked) > 1000
    assert linked <= known


def test_links_between_areas_and_within_a_page_resolve(
    texts: dict[str, str], pages: dict[str, Element]
) -> None:
    for address, page in pages.items():
        ids = [one.attributes["id"] for one in page.all() if one.attributes.get("id")]
        assert len(ids) == len(set(ids)), address
        for link in page.all("a"):
            href = link.attributes["href"]
            if href.startswith("#"):
                assert href[1:] in ids, f"{address}: {href}"
            elif "/" not in href:
                assert f"areas/{href.partition('#')[0]}" in texts, f"{address}: {href}"
            elif href.startswith("../data/"):
                assert href.removeprefix("../") in texts


def test_made_up_figures_say_so_in_every_table_and_chart(site: Site, pages: dict[str, Element]) -> None:
    assert rows(site, "SELECT count(*) FROM catalogue.releases WHERE NOT synthetic")
    real = {source for (source,) in rows(site, "SELECT source FROM catalogue.releases WHERE NOT synthetic")}
    seen = 0
    for (code,) in rows(site, "SELECT area_code FROM site_areas WHERE synthetic"):
        page = pages[area_page(code)]
        assert page.all("title")[0].text.startswith("SYNTHETIC")
        for figure in page.all("figure"):
            assert [one.text for one in with_class(figure, "made-up")] == ["SYNTHETIC"]
            assert "SYNTHETIC" in figure.all("figcaption")[0].text
            seen += 1
        for table in page.all("table"):
            caption = table.all("caption")[0]
            if table.all("data") and not {one.text for one in caption.all("a")} & real:
                assert "SYNTHETIC" in caption.text, code
    assert seen > 100


def test_tables_and_charts_can_be_read_by_everybody(pages: dict[str, Element]) -> None:
    for address, page in pages.items():
        for table in page.all("table"):
            assert table.all("caption"), address
            assert all(one.attributes.get("scope") for one in table.all("th"))
            around = table.parent
            assert around is not None
            assert "scroll" in around.attributes["class"]
            assert around.attributes["tabindex"] == "0"
            assert around.attributes.get("aria-label") or around.attributes.get("aria-labelledby")
        for svg in page.all("svg"):
            assert svg.attributes["role"] == "img"
            assert [one.tag for one in svg.children[:2]] == ["title", "desc"]
        levels = [int(one.tag[1]) for one in page.all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1
        assert all(b <= a + 1 for a, b in pairwise(levels)), address
        assert not [one for one in page.all() if "style" in one.attributes]


def test_no_page_is_too_large(texts: dict[str, str]) -> None:
    assert max(len(text.encode()) for text in texts.values()) < LARGEST


def test_equal_rows_give_equal_bytes(site: Site, texts: dict[str, str]) -> None:
    some = [page for page in AreaPages().plan(site) if ISLINGTON in page.address or page.address == AREAS]
    assert len(some) == 3
    again = rendered(site, some)
    assert again == {address: texts[address] for address in again}


def test_only_pages_whose_figures_changed_have_another_key(sample_refresh: Refreshed, tmp_path: Path) -> None:
    database = tmp_path / "civic.duckdb"
    shutil.copy(sample_refresh.store / "civic.duckdb", database)
    with site_of(database) as site:
        before = {page.address: page.key for page in AreaPages().plan(site)}
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "UPDATE harmonised.crime_table SET value = value + 1 WHERE area_code = ? AND measure = 'robbery'",
            [ISLINGTON],
        )
    with site_of(database) as site:
        after = {page.address: page.key for page in AreaPages().plan(site)}
    assert {address for address in after if after[address] != before[address]} == {
        area_page(ISLINGTON),
        csv_address(ISLINGTON),
    }


def test_an_area_with_another_name_changes_the_list_of_areas_and_what_links_to_it(
    sample_refresh: Refreshed, tmp_path: Path
) -> None:
    database = tmp_path / "civic.duckdb"
    shutil.copy(sample_refresh.store / "civic.duckdb", database)
    with site_of(database) as site:
        before = {page.address: page.key for page in AreaPages().plan(site)}
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "UPDATE catalogue.areas SET area_name = 'Another' WHERE area_code = ?", [ISLINGTON]
        )
    with site_of(database) as site:
        after = {page.address: page.key for page in AreaPages().plan(site)}
    changed = {address for address in after if after[address] != before[address]}
    assert {AREAS, area_page(ISLINGTON), area_page("E12000007")} <= changed
    assert area_page("E09000007") not in changed


def test_a_hostile_name_stays_text(sample_refresh: Refreshed, tmp_path: Path) -> None:
    database = tmp_path / "civic.duckdb"
    shutil.copy(sample_refresh.store / "civic.duckdb", database)
    hostile = '<script>alert("1")</script>'
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            "UPDATE catalogue.areas SET area_name = ? WHERE area_code = ?", [hostile, ISLINGTON]
        )
    with site_of(database) as site:
        planned = [
            page
            for page in AreaPages().plan(site)
            if page.address in (AREAS, area_page(ISLINGTON), area_page("E12000007"))
        ]
        for text in rendered(site, planned).values():
            assert hostile not in text
            assert "&lt;script&gt;" in text
