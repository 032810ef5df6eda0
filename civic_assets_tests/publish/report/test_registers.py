"""Registers that other parts of the product make: shown where they exist, and not promised where they do not."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.store import Store
from civic_assets.publish.report.registers import REGISTERS, areas_in_words
from civic_assets.publish.site.build import build as build_site
from civic_assets.publish.site.build import folder_of
from civic_assets.publish.site.quality.section import QualityPages
from civic_assets_tests.publish.report.html_pages import pages_of
from civic_assets_tests.publish.report.stores import add

BIAS = """CREATE TABLE quality.bias_register AS SELECT 'reporting' AS bias, 'not_known_share' AS indicator,
    'B-01' AS check_id, 'too high' AS direction, -0.031 AS low, 0.0 AS high, 'share of the figure' AS size_unit,
    'gla_report' AS source, '2023-05' AS release, 'burglary' AS measure,
    'E09000019' AS area_code, 'Islington' AS area_name, 0.25 AS value, NULL::VARCHAR AS value_text,
    0.1 AS threshold, 'house rule' AS threshold_origin, 'because <b>' AS threshold_because, outcome,
    NULL::VARCHAR AS reason, 'A quarter is not known.' AS verdict, 'why it is not known' AS cannot_tell,
    '{}' AS evidence, assessment
    FROM (VALUES ('pass', 'clear'), ('fail', 'flag'), ('not_evaluated', 'not evaluated')) AS o(outcome, assessment)"""
REVISIONS = """CREATE TABLE quality.revision_summary AS SELECT 'gla_report' AS source, 'burglary' AS measure,
    'count' AS unit, h::INTEGER AS horizon, 40 AS n_pairs, 10 AS n_revised, 1.5 AS mean_revision,
    2.5 AS mean_absolute_revision, 0.01 * h AS relative_mean_absolute_revision,
    3.0 AS root_mean_square_revision, 0.7 AS share_upward, 2.1 AS t_statistic, 3 AS n_vintages,
    'pass' AS outcome, '' AS reason, 'Small.' AS message FROM range(1, 3) AS r(h)"""
CHANGES = """CREATE TABLE quality.release_change_counts AS SELECT 'gla_report' AS source, '2023-05' AS release,
    '2023-04' AS previous_release, kind, n FROM (VALUES ('revised', 12), ('withdrawn', 3)) AS c(kind, n)"""
DISCLOSURE = """CREATE TABLE quality.disclosure_log AS SELECT 'gla_report' AS source, '2023-05' AS release,
    'table_1' AS table_id, 4 AS n_primary, 2 AS n_secondary, 6 AS n_audited, 0 AS n_recovered, 1 AS n_narrow,
    'pass' AS outcome, '' AS reason, 'None recovered.' AS message
    UNION ALL SELECT 'modelled_figures', 'published', 'modelled_figures', 1, 1, 2, 0, 0, 'pass', '', 'Of ours.'"""
CORRECTIONS = """CREATE TABLE quality.corrections AS SELECT 'c1' AS correction_id, 'gla_report' AS source,
    '2023-05' AS release, 'L24:a' AS locator, 'burglary' AS measure, '1208' AS printed_text,
    2108.0 AS corrected_value, 'applied' AS state, 'digits exchanged' AS reason, DATE '2026-01-02' AS decided"""
WAIVERS = """CREATE TABLE quality.waivers AS SELECT 'w1' AS waiver_id, 'V-12' AS check_id, NULL::VARCHAR AS source,
    DATE '2026-03-01' AS expires, 'expired' AS state"""
NOTES = """CREATE TABLE catalogue.notes AS SELECT 'gla_report' AS source, '2023-05' AS release,
    'L43:Statement' AS locator, 'a note' AS text, 'note' AS kind, ['table_1'] AS tables, ['not_comparable'] AS effects,
    true AS unread"""
NOTE_CHANGES = """CREATE TABLE catalogue.note_changes AS SELECT 'gla_report' AS source, '2023-05' AS release,
    '2022-05' AS previous_release, 'new' AS change, 'L43:Statement' AS locator, 'a new note' AS text,
    false AS block_changed"""


def _quality_pages() -> tuple[QualityPages]:
    return (QualityPages(),)


def build(store: Store) -> None:
    """The quality pages alone: those for readers need the tables that these tests take away."""
    build_site(store, sections=_quality_pages)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Store:
    root = tmp_path_factory.mktemp("plain")
    given = root / "given"
    given.mkdir()
    shutil.copy(REPORT_TABLES, given)
    made = Store(root / "store")
    add(made, given)
    # Whatever registers this version makes, the tests are about a read model without them and with them.
    with duckdb.connect(str(made.database)) as connection:
        for register in (
            *(register.called for register in REGISTERS),
            "quality.bias_register",
            "quality.revisions",
        ):
            connection.execute(f"DROP TABLE IF EXISTS {register}")
    return made


def test_register_that_does_not_exist_is_not_mentioned(plain: Store) -> None:
    build(plain)
    found = pages_of(folder_of(plain))
    for title in (*(register.title for register in REGISTERS), "Bias"):
        for name in ("quality/index.html", "sources/gla_report.html"):
            assert title not in [e.text for e in found[name].all("h2", "a", "dt")], (name, title)
    assert "Registers" not in [e.text for e in found["quality/index.html"].all("h2")]
    assert not found.keys() & {"quality/bias.html", "quality/revisions.html", "sources/gla_report/bias.html"}


def test_registers_are_shown_on_the_page_of_their_source(plain: Store, tmp_path: Path) -> None:
    store = Store(Path(shutil.copytree(plain.root, tmp_path / "copy")))
    with duckdb.connect(str(store.database)) as connection:
        for statement in (BIAS, REVISIONS, CHANGES, DISCLOSURE, CORRECTIONS, WAIVERS, NOTES, NOTE_CHANGES):
            connection.execute(statement)
    build(store)
    found = pages_of(folder_of(store))
    page = found["sources/gla_report.html"]
    leads = {
        e.attributes["id"].removeprefix("register-"): found[
            "sources/" + e.all("a")[0].attributes["href"].removeprefix("../sources/")
        ]
        for e in page.all("dt")
        if e.attributes.get("id", "").startswith("register-")
    }
    assert set(leads) == {"bias_register", *(r.table for r in REGISTERS if r.table != "waivers")}
    assert "a new note" in leads["note_changes"].text
    notes = leads["notes"].text
    assert "not comparable" in notes and "not_comparable" not in notes and "yes" in notes
    assert "2.0%" not in leads["revision_summary"].text and "0.02" in leads["revision_summary"].text
    assert "12" in leads["release_change_counts"].text
    assert [h for h in ("Recovered", "Audited") if h in leads["disclosure_log"].text]
    assert "register-" not in "".join(
        e.attributes.get("id", "") for e in found["sources/ons_csp.html"].all("dt")
    )
    assert any(
        a.attributes["href"].endswith("/sources/gla_report/bias.html")
        for a in found["quality/index.html"].all("a")
    )


def test_bias_is_said_by_measure_in_sentences(plain: Store, tmp_path: Path) -> None:
    store = Store(Path(shutil.copytree(plain.root, tmp_path / "copy")))
    with duckdb.connect(str(store.database)) as connection:
        connection.execute(BIAS)
    build(store)
    found = pages_of(folder_of(store))
    bias = found["sources/gla_report/bias.html"]
    (section,) = [e for e in bias.all("section") if e.attributes["id"] == "measure-burglary"]
    assert section.all("h2")[0].text == "Burglary"
    states = [m.text for m in section.all("span") if m.attributes.get("class", "").startswith("state")]
    assert states == ["▲ flag", "○ not evaluated", "✓ clear"], (
        "the gravest first, in the words of the register"
    )
    first = section.all("li")[0].text
    assert first.startswith("▲ flag Reporting, Islington: A quarter is not known.")
    assert (
        "figures would be too high: the true figure less the published one is −3.1% to 0.0% of the figure."
        in first
    )
    assert "Found: 0.25. Limit: 0.1 (house rule: because <b>)." in first
    assert "true figure less" not in section.all("li")[1].text, "nothing was found, so nothing is wrong"
    assert "why it is not known" in bias.text
    overview = found["quality/bias.html"]
    (row,) = [row for row in overview.all("tr") if row.all("th")[0].text == "Burglary"]
    assert row.all("td")[0].text == "gla_report , Burglary 1 of 3"
    (link,) = row.all("a")
    assert link.attributes["href"] == "../sources/gla_report/bias.html#measure-burglary"


SIZES = """CREATE TABLE quality.revisions AS SELECT 'gla_report' AS source, 'burglary' AS measure, 'count' AS unit,
    '2022' AS first_release, '2023' AS later_release, 1 AS horizon, a AS first_value, b AS later_value,
    b - a AS revision, (b - a) / nullif(b, 0) AS relative_revision, kind
    FROM (VALUES (100.0, 100.0, 'unchanged'), (100.0, 100.5, 'revised'), (100.0, 101.0, 'revised'),
        (100.0, 104.9, 'revised'), (100.0, 90.0, 'revised'), (100.0, 250.0, 'revised'), (0.0, 3.0, 'revised'),
        (3.0, 0.0, 'revised'), (100.0, 10.0, 'reclassified')) AS r(a, b, kind)"""


def test_sizes_of_revisions_are_counted_and_drawn(plain: Store, tmp_path: Path) -> None:
    store = Store(Path(shutil.copytree(plain.root, tmp_path / "copy")))
    with duckdb.connect(str(store.database)) as connection:
        for statement in (SIZES, REVISIONS):
            connection.execute(statement)
    build(store)
    found = pages_of(folder_of(store))
    page = found["sources/gla_report/sizes-of-revisions.html"]
    table = page.all("table")[0]
    assert [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")[1:]] == [
        ["Down by 10% or more", "1", "12.5%"],
        ["Down by 5% to 10%", "0", "0.0%"],
        ["Down by 1% to 5%", "0", "0.0%"],
        ["Down by less than 1%", "0", "0.0%"],
        ["Not revised", "1", "12.5%"],
        ["Up by less than 1%", "1", "12.5%"],
        ["Up by 1% to 5%", "2", "25.0%"],
        ["Up by 5% to 10%", "0", "0.0%"],
        ["Up by 10% or more", "1", "12.5%"],
        ["Revised from or to 0", "2", "25.0%"],
    ]
    assert "7 of 8 figures in both releases were revised (87.5%). 1 more was reclassified." in page.text
    (chart,) = page.all("svg")
    assert "25.0%" in chart.text and "up by 10% or more" in chart.text
    assert "Small." in page.text, "what the summary says"
    (row,) = found["quality/revisions.html"].all("tr")[1:]
    assert [cell.text for cell in row.all("td")] == [
        "Burglary, count",
        "2022",
        "2023",
        "8",
        "7",
        "87.5%",
        "1",
    ]


def test_register_about_no_source_of_the_catalogue_is_listed_with_derived_tables(
    plain: Store, tmp_path: Path
) -> None:
    store = Store(Path(shutil.copytree(plain.root, tmp_path / "copy")))
    with duckdb.connect(str(store.database)) as connection:
        for statement in (DISCLOSURE, WAIVERS):
            connection.execute(statement)
    build(store)
    found = pages_of(folder_of(store))
    ids = {e.attributes["id"]: e for e in found["quality/published.html"].all() if "id" in e.attributes}

    def led_to(anchor: str) -> str:
        return found[ids[anchor].all("a")[0].attributes["href"].removeprefix("../")].text

    assert "Of ours." in led_to("register-disclosure_log-modelled_figures")
    # Whom a waiver of all sources concerns is not known: it is shown all the same.
    assert "w1" in led_to("register-waivers-several_sources")
    for link in found["quality/index.html"].all("a"):
        page, _, fragment = link.attributes["href"].partition("#")
        if page == "../quality/published.html" and fragment:
            assert fragment in ids


def test_register_with_other_columns_is_shown_by_those_that_it_has(plain: Store, tmp_path: Path) -> None:
    store = Store(Path(shutil.copytree(plain.root, tmp_path / "copy")))
    with duckdb.connect(str(store.database)) as connection:
        connection.execute(
            "CREATE TABLE quality.revision_summary AS SELECT 'gla_report' AS source, 7 AS n_pairs"
        )
    build(store)
    page = pages_of(folder_of(store))["sources/gla_report/revision-summary.html"]
    assert [cell.text for cell in page.all("th", "td")] == ["Pairs", "7"]


NAMES = {"E23000005": "Greater Manchester", "E23000001": "Metropolitan Police", "E12000007": "London"}


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        ({"area_totals_containing": "E23000005"}, "totals that contain Greater Manchester"),
        (
            {"area_exactly": "E12000007", "area_with_all_inside": "E23000001"},
            "only London; Metropolitan Police and all areas inside",
        ),
        ({"area_exactly": "E05*"}, "only codes E05*"),
        ({}, "all"),
    ],
)
def test_the_areas_of_a_break_are_said_in_words(reach: dict[str, str], words: str) -> None:
    assert areas_in_words({"area_code": "all", **reach}, NAMES) == words


def test_a_source_page_says_what_kind_of_statistics_it_has_and_the_page_of_breaks_which_areas(
    plain: Store,
) -> None:
    build(plain)
    found = pages_of(folder_of(plain))
    assert "totals that contain Greater Manchester" in found["quality/breaks.html"].text
    with duckdb.connect(str(plain.database)) as connection:
        connection.execute(
            """INSERT INTO catalogue.designations VALUES ('x', 'gla_report', NULL, 'management_information', NULL,
            NULL, 'the report says', 'the report', NULL, false)"""
        )
    build(plain)
    page = pages_of(folder_of(plain))["sources/gla_report/contract.html"]
    assert "management information: the report says. the report (not verified)" in page.text
