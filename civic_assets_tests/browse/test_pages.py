"""What Datasette answers: pages and JSON of the published tables, and nothing that writes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.browse.metadata import DATABASE
from civic_assets.browse.shape import ADDED
from civic_assets.package.sources import MADE_UP
from civic_assets_tests.browse.conftest import Served, served


def _read_model(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_the_json_of_a_table_is_the_read_model(whole: Served) -> None:
    columns = ("finding_id", "check_id", "source", "observed", "message", "status")
    theirs = _read_model(
        whole.store, f"SELECT {', '.join(columns)} FROM quality.findings ORDER BY finding_id"
    )
    answer = whole.ask("/civic/quality_findings.json?_size=max&_shape=objects").json()
    assert [tuple(row[one] for one in columns) for row in answer["rows"]] == theirs
    assert answer["filtered_table_rows_count"] == len(theirs) > 200


def test_facets_count_what_the_read_model_counts(whole: Served) -> None:
    answer = whole.ask("/civic/harmonised_latest.json?_size=1").json()
    counted = {
        name: {one["value"]: one["count"] for one in found["results"]}
        for name, found in answer["facet_results"].items()
    }
    for column in ("source", "status", "quality", "area_type"):
        sql = f"SELECT {column}, count(*) FROM harmonised.latest WHERE {column} IS NOT NULL GROUP BY 1"
        assert counted[column] == dict(_read_model(whole.store, sql)), column
    assert counted["status"] and counted["quality"]


@pytest.mark.parametrize(
    "table", ["harmonised_observations", "harmonised_latest", "harmonised_figures_in_use"]
)
def test_searching_islington_burglary_finds_these_figures_and_no_others(whole: Served, table: str) -> None:
    answer = whole.ask(f"/civic/{table}.json?_search=islington+burglary&_size=max&_shape=objects").json()
    found = {(row["area_name"], row["measure"]) for row in answer["rows"]}
    assert found == {
        ("Islington", one) for one in ("burglary", "residential_burglary", "non_residential_burglary")
    }
    (wanted,) = _read_model(
        whole.store,
        f"SELECT count(*) FROM {table.replace('_', '.', 1)} WHERE area_name = 'Islington' AND measure LIKE '%burglary'",
    )
    assert answer["filtered_table_rows_count"] == wanted[0] > 50


def test_findings_are_searched_by_their_messages(whole: Served) -> None:
    word = "printed"
    answer = whole.ask(f"/civic/quality_findings.json?_search={word}&_size=max&_shape=objects").json()
    (every,) = _read_model(whole.store, "SELECT count(*) FROM quality.findings")
    assert 0 < answer["filtered_table_rows_count"] < every[0]
    (with_word,) = _read_model(
        whole.store,
        rf"SELECT count(*) FROM quality.findings WHERE regexp_matches(message, '\b{word}\b', 'i')",
    )
    assert sum(word in row["message"].lower() for row in answer["rows"]) == with_word[0] > 0


def test_every_table_and_column_is_described_from_the_contracts(whole: Served) -> None:
    said = whole.kept.said.document["databases"][DATABASE]["tables"]
    texts = {
        (f"{schema}_{table}", column): (text, unit)
        for schema, table, column, text, unit in _read_model(
            whole.store,
            "SELECT schema_name, table_name, column_name, description, unit FROM catalogue.columns",
        )
    }
    assert set(said) == set(whole.kept.said.columns)
    for table, columns in whole.kept.said.columns.items():
        assert list(said[table]["columns"]) == list(columns)
        for column in columns:
            text = said[table]["columns"][column]
            if column in ADDED and (table, column) not in texts:
                assert text == ADDED[column]
            else:
                wanted, unit = texts[table, column]
                assert text == str(wanted).replace("`", "") + (f" Unit: {unit}." if unit else ""), (
                    table,
                    column,
                )


def test_a_page_of_a_table_shows_its_columns_with_units(whole: Served) -> None:
    page = html.unescape(whole.ask("/civic/harmonised_observations").text)
    assert (
        "Day after the last day of the period. The year ending December 2024 ends on 2025-01-01. Unit: date."
        in page
    )
    assert "Every published figure as each release prints it" in page
    assert "never a 0" in page


def test_licence_and_attribution_of_each_source_are_on_the_start_page_and_with_figures(whole: Served) -> None:
    for path in ("/", "/civic/harmonised_latest"):
        page = html.unescape(whole.ask(path).text)
        assert "Source: Office for National Statistics" in page and "Source: Greater London Authority" in page
        assert 'href="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"' in page


@pytest.mark.parametrize(
    "path",
    ["/", "/civic", "/civic/harmonised_latest", "/civic/catalogue_areas/E09000019", "/civic?sql=select+1"],
)
def test_every_page_says_that_figures_are_made_up(whole: Served, path: str) -> None:
    answer = whole.ask(path)
    assert answer.status_code == 200 and MADE_UP in answer.text


def test_no_page_says_so_if_none_is(store: Path) -> None:
    with served(store) as one:
        assert "SYNTHETIC" not in one.ask("/").text
        assert "SYNTHETIC" not in one.ask("/civic").text


def test_every_address_of_the_start_page_is_answered(whole: Served) -> None:
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"]*)"', whole.ask("/").text)}
    assert len(links) > 100
    answers = whole.ask_each(links)
    assert {link: one.status_code for link, one in answers.items() if one.status_code != 200} == {}
    assert not [
        link for link, one in answers.items() if "took too long" in one.text or "timed out" in one.text
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/civic", "/civic/harmonised_observations", "/-/messages"])
def test_nothing_that_writes_is_answered(whole: Served, method: str, path: str) -> None:
    assert whole.ask(path, method).status_code == 405


@pytest.mark.parametrize(
    "sql",
    [
        "insert into quality_findings (finding_id) values ('x')",
        "update quality_findings set status = 'x'",
        "delete from quality_findings",
        "drop table quality_findings",
        "pragma writable_schema = 1",
        "attach database '/tmp/other.db' as other",
        "with one as (select 1) insert into quality_findings (finding_id) select 'x' from one",
    ],
)
def test_a_query_that_is_no_question_is_refused(whole: Served, sql: str) -> None:
    before = whole.kept.file.read_bytes()
    answer = whole.ask("/civic.json", params={"sql": sql})
    assert answer.status_code == 400 and not answer.json()["ok"]
    assert whole.kept.file.read_bytes() == before


def test_a_question_is_answered(whole: Served) -> None:
    answer = whole.ask("/civic.json", params={"sql": "select count(*) from quality_findings"}).json()
    assert answer["rows"] == [list(_read_model(whole.store, "SELECT count(*) FROM quality.findings")[0])]


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1.example.org", "localhost.example.org", "192.168.0.7"]
)
def test_a_request_to_another_name_is_refused(whole: Served, host: str) -> None:
    assert whole.ask("/", host=host).status_code == 403
    assert whole.ask("/", host="localhost").status_code == 200


def test_a_misspelt_filter_is_refused_with_what_was_meant(whole: Served) -> None:
    answer = whole.ask("/civic/harmonised_latest.json?area_cod__gt=E09")
    assert answer.status_code == 400
    assert answer.json()["error"] == (
        "harmonised_latest: There is no column 'area_cod' to filter by. Did you mean area_code?"
    )
    assert whole.ask("/civic/harmonised_latest?value__more=3").status_code == 400
    few = whole.ask("/civic/harmonised_latest.json?value__gt=1000&_size=1").json()
    (wanted,) = _read_model(whole.store, "SELECT count(*) FROM harmonised.latest WHERE value > 1000")
    assert few["filtered_table_rows_count"] == wanted[0] > 0


def test_hostile_texts_are_shown_as_texts(edited: Callable[..., Path]) -> None:
    hostile = "<script>alert(1)</script>"
    store = edited(
        f"UPDATE quality.findings SET message = '{hostile}'",
        "UPDATE catalogue.areas SET area_name = '<img src=x onerror=alert(2)>'",
        f"UPDATE harmonised.observations SET value_text = '\"><svg onload=alert(3)>', status = '{hostile}'",
        f"UPDATE catalogue.sources SET licence = '{hostile}'",
    )
    with served(store) as one:
        paths = (
            "/", "/civic/quality_findings", "/civic/harmonised_observations?_labels=on", "/civic/harmonised_latest",
            "/civic/catalogue_areas/E09000019", "/civic/quality_findings?_search=alert",
            f"/civic/harmonised_latest?status={hostile}",
        )  # fmt: skip
        for path, page in one.ask_each(paths).items():
            assert page.status_code == 200
            for raw in (hostile, "<img src=x", "<svg onload"):
                assert raw not in page.text, path
        assert html.escape(hostile) in one.ask("/").text  # the licence of a source
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in one.ask("/civic/quality_findings").text


def test_an_area_leads_to_its_name(store: Path) -> None:
    with served(store) as one:
        page = one.ask("/civic/harmonised_observations?area_code=E09000019").text
        assert re.search(r'<a href="/civic/catalogue_areas/E09000019">Islington</a>', page)
