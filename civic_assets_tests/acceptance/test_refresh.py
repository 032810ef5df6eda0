"""`refresh` on the inputs that ship, and what can be asked afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests import workbook_defects
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.shared_stores import Refreshed

CURRENT = ("number of police recorded crimes", "December 2022")
PREVIOUS = ("number of police recorded crimes", "December 2021")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_sample_inputs(folder)
    return folder


@pytest.fixture(scope="module")
def sample(sample_refresh: Refreshed) -> tuple[Path, Answer]:
    return sample_refresh.store, sample_refresh.answer


def _query(store: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_sample_is_published_with_exit_code_0(sample: tuple[Path, Answer]) -> None:
    store, answer = sample
    assert answer.code == 0, answer.err
    summary = answer.json
    assert [r["release"] for r in summary["releases"] if r["source"] == "ons_csp"] == [
        "2021-12", "2022-06", "2022-09", "2022-09.r2", "2022-12",
    ]  # fmt: skip
    assert {r["state"] for r in summary["releases"]} == {"published"}
    assert summary["publication"] == json.loads((store / "publications" / "latest.json").read_text())["hash"]


def test_summary_has_a_sentence_for_each_of_the_two_misprints(sample: tuple[Path, Answer]) -> None:
    _, answer = sample
    disputed = answer.json["disputed"]
    assert len(disputed) == 2
    assert any("burglary" in s and "1,208" in s and "2,108" in s for s in disputed)
    assert any(
        "criminal damage and arson" in s and "1,627" in s and "8 equally minimal repairs" in s
        for s in disputed
    )


def test_misprints_are_published_as_printed_and_disputed(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    rows = _query(
        store,
        """SELECT measure, value, quality FROM harmonised.observations
        WHERE source = 'gla_report' AND quality <> 'ok' ORDER BY measure""",
    )
    assert rows == [("burglary", 1208.0, "disputed"), ("criminal_damage_and_arson", 16.0, "disputed")]


def test_synthetic_figures_are_called_so(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    assert _query(store, "SELECT DISTINCT source, synthetic FROM harmonised.observations ORDER BY ALL") == [
        ("gla_report", False),
        ("ons_csp", True),
    ]


def test_catalogue_lists_what_is_not_read_yet_and_why(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    rows = _query(store, "SELECT source, status, not_read_because FROM catalogue.sources ORDER BY source")
    unread = {source: because for source, status, because in rows if status == "draft"}
    assert set(unread) == {"mopac_surveys"} and all(unread.values())
    assert all(because is None for _, status, because in rows if status == "active")


def test_latest_shows_the_newest_issue_of_each_figure(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    assert _query(
        store,
        "SELECT count(*) FROM harmonised.latest WHERE source = 'ons_csp' AND release = '2022-09' AND unit = 'count'",
    ) == [(0,)]
    doubled = _query(
        store,
        """SELECT count(*) FROM (SELECT 1 FROM harmonised.latest
        GROUP BY source, measure, area_code, period_start, period_end, breakdown, unit, statistic
        HAVING count(*) > 1)""",
    )
    assert doubled == [(0,)]


def test_not_evaluated_is_never_counted_as_passed(sample: tuple[Path, Answer]) -> None:
    store, answer = sample
    for release in answer.json["releases"]:
        counted: dict[str, int] = dict(
            _query(
                store,
                f"""SELECT outcome, count(*) FROM quality.check_results
                WHERE source = '{release["source"]}' AND release = '{release["release"]}' GROUP BY 1""",
            )
        )
        assert counted.get("pass") == release["checks_passed"]
        assert counted.get("not_evaluated", 0) == release["checks_not_evaluated"] > 0
    empty = _query(
        store, "SELECT count(*) FROM quality.check_results WHERE outcome = 'pass' AND n_checked = 0"
    )
    assert empty == [(0,)]


def test_second_refresh_changes_nothing(sample: tuple[Path, Answer], tmp_path: Path) -> None:
    first, store = sample[1], shutil.copytree(sample[0], tmp_path / "store")
    before = {p: p.stat().st_mtime_ns for p in store.rglob("*.parquet")}
    latest = (store / "publications" / "latest.json").read_bytes()
    answer = civic_assets("refresh", "--store", store, "--json")
    assert answer.code == 0
    assert answer.json["publication"] == first.json["publication"]
    assert answer.json["published_now"] is False
    assert {p: p.stat().st_mtime_ns for p in store.rglob("*.parquet")} == before
    assert (store / "publications" / "latest.json").read_bytes() == latest


def test_trace_names_hash_cell_text_checks_and_release(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    arguments = (
        "--area",
        "E09000019",
        "--measure",
        "burglary",
        "--period",
        "2021-07-01/2022-07-01",
        "--store",
        store,
    )
    answer = civic_assets("trace", *arguments, "--source", "ons_csp", "--json")
    assert answer.code == 0, answer.err
    chain = answer.json
    assert set(chain) >= {
        "figure",
        "release",
        "checks",
        "file",
        "locator",
        "value_text",
        "earlier",
        "findings",
    }
    assert chain["value_text"] == "1805", (
        "the report's figure of that year, which the synthetic workbook repeats"
    )
    assert chain["file"]["sha256"] == chain["figure"]["source_sha256"]
    assert (store / "archive" / chain["file"]["sha256"]).is_file()
    assert "!" in chain["locator"]
    named = [check["check_id"] for check in chain["checks"]]
    assert {"V-10", "V-14"} <= set(named)
    assert len(named) == len(set(named)), (
        "a rule that also looks at our own tables is one check of this release"
    )
    plain = civic_assets("trace", *arguments, "--source", "ons_csp")
    assert "SYNTHETIC SAMPLE DATA" in plain.out


def test_trace_of_a_disputed_figure_shows_the_finding(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    chain = civic_assets(
        "trace", "--area", "Islington", "--measure", "burglary", "--period", "2020-01-01/2021-01-01",
        "--source", "gla_report", "--store", store, "--json",
    ).json  # fmt: skip
    assert chain["figure"]["quality"] == "disputed"
    assert "2108" in {finding["proposal"] for finding in chain["findings"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"--measure": "burglery"}, "Did you mean burglary"),
        ({"--area": "Atlantis"}, "Atlantis"),
        ({"--period": "last year"}, "START/END"),
        ({"--period": "2000-01-01/2001-01-01"}, "Published: "),
    ],
)
def test_trace_of_nothing_says_what_there_is(
    sample: tuple[Path, Answer], changed: dict[str, str], words: str
) -> None:
    store, _ = sample
    wanted = {"--area": "E09000019", "--measure": "burglary", "--period": "2021-07-01/2022-07-01", **changed}
    answer = civic_assets("trace", *(part for pair in wanted.items() for part in pair), "--store", store)
    assert answer.code == 2
    assert words in answer.err and "Traceback" not in answer.err


def test_sources_lists_releases_and_staleness(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    listed = {
        entry["source"]: entry
        for entry in civic_assets("sources", "--store", store, "--json").json["sources"]
    }
    assert listed["ons_csp"]["releases"][0]["release"] == "2022-12"
    assert listed["ons_csp"]["latest_period_end"] == "2023-01-01"
    assert listed["ons_csp"]["stale"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("refresh", "--profile", "local"), "--inputs"),
        (("refresh", "--inputs", "."), "--profile local"),
        (("refresh", "--source", "nobody"), "There is no source"),
        (("refresh", "--profile", "local", "--inputs", "/no/such/folder"), "not a folder"),
        (
            ("trace", "--area", "x", "--measure", "y", "--period", "2020-01-01/2021-01-01"),
            "There is no store in",
        ),
    ],
)
def test_usage_errors_end_in_a_sentence_and_2(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    answer = civic_assets(*arguments, "--store", tmp_path / "store")
    assert answer.code == 2
    assert words in answer.err and "Traceback" not in answer.err


def test_held_back_release_leaves_the_last_publication(tmp_path: Path, inputs: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    good = inputs / "synthetic-csp-tables-2022-06.xlsx"
    shutil.copy(good, folder / "a.xlsx")
    first = civic_assets("refresh", "--profile", "local", "--inputs", folder, "--store", store, "--json")
    assert first.code == 0, first.err
    workbook_defects.swap_title_years(
        inputs / "synthetic-csp-tables-2022-12.xlsx", folder / "b.xlsx", CURRENT, PREVIOUS
    )
    second = civic_assets("refresh", "--profile", "local", "--inputs", folder, "--store", store, "--json")
    assert second.code == 1
    assert [(r["release"], r["state"]) for r in second.json["releases"]] == [
        ("2022-06", "published"),
        ("2022-12", "held_back"),
    ]
    assert second.json["publication"] == first.json["publication"]
    assert _query(store, "SELECT DISTINCT release FROM harmonised.observations") == [("2022-06",)]
    said = _query(store, "SELECT held_back FROM catalogue.releases WHERE release = '2022-12'")
    assert said[0][0]
    failed = _query(
        store, "SELECT count(*) FROM quality.check_results WHERE release = '2022-12' AND outcome = 'fail'"
    )
    assert failed[0][0]


def test_files_of_no_source_are_ignored_by_name_and_damaged_ones_named(tmp_path: Path, inputs: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    (folder / "deep").mkdir(parents=True)
    shutil.copy(inputs / "synthetic-csp-tables-2022-06.xlsx", folder / "deep" / "x9q.bin")
    (folder / "other.csv").write_text("a,b\n1,2\n")
    (folder / "broken.xlsx").write_bytes((folder / "deep" / "x9q.bin").read_bytes()[:5000])
    answer = civic_assets("refresh", "--profile", "local", "--inputs", folder, "--store", store, "--json")
    assert answer.code == 1
    assert [file["file"] for file in answer.json["ignored"]] == ["other.csv"]
    assert [file["file"] for file in answer.json["refused"]] == ["broken.xlsx"]
    assert [(r["release"], r["state"]) for r in answer.json["releases"]] == [("2022-06", "published")]


def test_samples_are_not_mixed_with_publishers_files(tmp_path: Path, inputs: Path) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    folder.mkdir()
    shutil.copy(inputs / "gla_report_2023.csv", folder)
    assert civic_assets("refresh", "--profile", "local", "--inputs", folder, "--store", store).code == 0
    answer = civic_assets("refresh", "--store", store)
    assert answer.code == 2
    assert "Choose another store" in answer.err


BURGLARY = "ons_csp:burglary:E09000019:{}"


def test_compare_refuses_overlapping_years_and_offers_the_parts_not_shared(
    sample: tuple[Path, Answer],
) -> None:
    store, _ = sample
    years = [BURGLARY.format(period) for period in ("2021-01-01/2022-01-01", "2021-07-01/2022-07-01")]
    answer = civic_assets("compare", *years, "--store", store, "--json")
    assert answer.code == 0, answer.err
    verdict = answer.json["operations"]
    assert set(verdict) >= {"compare", "sum", "rate", "side_by_side"}
    assert verdict["compare"]["allowed"] is False
    assert "184 days in common" in " ".join(verdict["compare"]["reasons"])
    assert verdict["side_by_side"]["allowed"] is True
    assert "January to June 2022 less January to June 2021" in answer.json["offer"]["text"]
    # A year of an older edition is restated by no later one, so that the two are of different releases.
    assert answer.json["offer"]["value"] is None


def test_compare_computes_the_difference_within_one_release(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    name = "gla_report:total_recorded_crime:E09000019:{}"
    years = [name.format(period) for period in ("2021-01-01/2022-01-01", "2021-07-01/2022-07-01")]
    offer = civic_assets("compare", *years, "--store", store, "--json").json["offer"]
    # The total of the year to June 2022 is one of the eight cells that one repair could correct, and not the likeliest:
    # it is not in dispute. The report's own difference is that of two half-years.
    assert offer["value"] == 27571 - 24700


def test_compare_allows_a_plain_good_pair(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    names = [BURGLARY.format("2021-07-01/2022-07-01"), BURGLARY.format("2020-07-01/2021-07-01")]
    answer = civic_assets("compare", *names, "--store", store, "--json")
    assert answer.json["operations"]["compare"]["allowed"] is True


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("ons_cps:burglary:E09000019:2021-01-01/2022-01-01", "did you mean ons_csp"),
        ("ons_csp:burglery:E09000019:2021-01-01/2022-01-01", "did you mean burglary"),
        ("burglary in Islington", "is not the name of a figure"),
    ],
)
def test_compare_of_what_there_is_not_ends_in_a_sentence(
    sample: tuple[Path, Answer], first: str, said: str
) -> None:
    store, _ = sample
    answer = civic_assets("compare", first, BURGLARY.format("2021-01-01/2022-01-01"), "--store", store)
    assert answer.code == 2
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_every_pair_of_our_tables_has_a_verdict(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    pairs = _query(store, "SELECT count(*) FROM quality.comparability_pairs")[0][0]
    judged = _query(store, "SELECT count(*) FROM quality.comparability WHERE operation = 'compare'")[0][0]
    assert pairs == judged > 0
    refused = _query(
        store, "SELECT reasons FROM quality.comparability WHERE operation = 'compare' AND NOT allowed"
    )
    assert all(reasons for (reasons,) in refused)


def test_bases_that_the_report_does_not_print_are_published_as_intervals(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    rows = _query(
        store,
        """SELECT measure, count, rate, round(low), round(high), locator_count, locator_rate
        FROM quality.implied_denominators WHERE source = 'gla_report' AND area_code = 'E09000019'""",
    )
    assert len(rows) == 8
    assert (
        "uasc_looked_after_percent", 55.0, 0.1, 52381.0, 57895.0, "L7:Total (Islington)", "L7:Percentage (Islington)",
    ) in rows  # fmt: skip


def test_text_of_the_report_is_kept_as_statements_and_contradicted_by_findings(
    sample: tuple[Path, Answer],
) -> None:
    store, _ = sample
    assert _query(store, "SELECT count(*), count(DISTINCT locator) FROM catalogue.statements") == [(27, 27)]
    found = dict(
        _query(
            store,
            """SELECT check_id, count(*) FROM quality.findings WHERE source = 'gla_report' AND release = '2023-05'
            AND severity = 'warning' GROUP BY check_id""",
        )
    )
    assert found["X-14"] == 5 and found["X-05"] == 4 and found["V-18"] == 3 and found["V-19"] == 2
    assert {"H-01", "H-06", "H-13", "H-17", "V-05", "V-09", "X-01"} <= set(found)
    january = _query(
        store,
        "SELECT count(*) FROM harmonised.observations WHERE source = 'gla_report' AND period_kind = 'month'",
    )
    assert january == [(0,)]


def test_no_sentence_is_reported_twice_with_two_severities(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    # Each month that the text gives for a borough is one finding, not a second one against the derived tables.
    assert _query(
        store, "SELECT severity, count(*) FROM quality.findings WHERE check_id = 'X-05' GROUP BY severity"
    ) == [("warning", 4)]
    assert not _query(
        store, "SELECT message FROM quality.findings GROUP BY message HAVING count(DISTINCT severity) > 1"
    )


def test_every_finding_has_one_cause_and_every_cause_says_what_to_do(sample: tuple[Path, Answer]) -> None:
    store, answer = sample
    assert _query(store, "SELECT count(*) FROM quality.findings WHERE cause_id IS NULL") == [(0,)]
    assert not _query(
        store,
        """SELECT c.cause_id FROM quality.causes c LEFT JOIN quality.findings f USING (cause_id)
        GROUP BY c.cause_id, c.n_findings, c.members
        HAVING count(f.finding_id) <> c.n_findings OR list_sort(list(f.finding_id)) <> list_sort(c.members)""",
    )
    assert not _query(store, "SELECT message, source FROM quality.causes GROUP BY ALL HAVING count(*) > 1")
    assert not _query(
        store, "SELECT 1 FROM quality.causes WHERE asks_action AND (action = '' OR severity = 'info')"
    )
    asked = [cause for cause in answer.json["causes"] if cause["asks_action"]]
    assert len(answer.json["causes"]) == _query(store, "SELECT count(*) FROM quality.causes")[0][0]
    assert answer.json["causes"][: len(asked)] == asked, "what asks for action comes first"


def test_quality_report_shows_causes_before_findings_and_information_apart(
    sample: tuple[Path, Answer],
) -> None:
    store, _ = sample
    page = (store / "report" / "sources" / "ons_csp.html").read_text(encoding="utf-8")
    causes, findings = page.index('id="causes"'), page.index('id="findings"')
    assert causes < findings
    shown = page[causes:findings]
    asking, _, others = shown.partition('<section id="for-information">')
    told = [
        cause
        for (cause,) in _query(
            store, "SELECT cause_id FROM quality.causes WHERE source = 'ons_csp' AND NOT asks_action"
        )
    ]
    assert told and all(f"cause-{cause}" in others and f"cause-{cause}" not in asking for cause in told)
    assert "For readers of the figures" in asking and "To do:" in asking and "To do:" not in others


def test_base_without_a_population_to_judge_it_is_not_evaluated(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    rows = _query(
        store, "SELECT outcome, reason FROM quality.check_results WHERE source = 'implied_denominators'"
    )
    assert rows == [("not_evaluated", "no_reference")]


def test_rules_over_our_own_tables_have_results(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    outcomes = dict(
        _query(
            store,
            "SELECT check_id || ' ' || source, outcome FROM quality.check_results WHERE layer = 'published'",
        )
    )
    assert {"H-01 indicator_baseline", "H-02 recorded_crime_beside", "H-08 modelled_figures"} <= set(outcomes)
    assert outcomes["H-08 modelled_figures"] == "not_evaluated"
    assert not [
        name for name, _ in outcomes.items() if outcomes[name] not in ("pass", "fail", "not_evaluated")
    ]


STORAGE_OF_DUCKDB_1_2 = 65
READ_EVERYTHING = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
connection.execute("SET enable_progress_bar = false")
tables = connection.execute(
    "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema <> 'main'"
).fetchall()
rows = {f"{schema}.{name}": len(connection.execute(f'FROM "{schema}"."{name}"').fetchall()) for schema, name in tables}
figure = connection.execute(
    "SELECT value FROM harmonised.latest WHERE source = 'gla_report' AND measure = 'burglary'"
    " AND unit = 'count' AND period_end = DATE '2021-01-01'"
).fetchall()
print(duckdb.__version__, len(rows), rows["harmonised.observations"], figure[0][0])
"""


def test_read_model_has_a_storage_version_that_duckdb_1_reads(sample: tuple[Path, Answer]) -> None:
    store, _ = sample
    with (store / "civic.duckdb").open("rb") as file:
        header = file.read(20)
    assert header[8:12] == b"DUCK"
    assert int.from_bytes(header[12:20], "little") <= STORAGE_OF_DUCKDB_1_2


def test_duckdb_1_reads_every_table(sample: tuple[Path, Answer]) -> None:
    folders = [folder for folder in os.environ.get("CIVIC_DUCKDB_1", "").split(os.pathsep) if folder]
    if not folders:
        pytest.skip(
            "set CIVIC_DUCKDB_1 to folders that each hold a DuckDB 1 (pip install --target) to run this test"
        )
    store, _ = sample
    expected = _query(
        store,
        "SELECT (SELECT count(*) FROM information_schema.tables WHERE table_schema <> 'main'),"
        " (SELECT count(*) FROM harmonised.observations)",
    )[0]
    for folder in folders:
        done = subprocess.run(
            [sys.executable, "-c", READ_EVERYTHING, str(store / "civic.duckdb")],
            env={**os.environ, "PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        version, *counted = done.stdout.split()
        assert version.startswith("1."), f"{folder} holds DuckDB {version}"
        assert counted == [*map(str, expected), "1208.0"], f"DuckDB {version}"
