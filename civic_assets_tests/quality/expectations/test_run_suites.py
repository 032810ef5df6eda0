"""Each expectation fails on a read model that breaks it, passes on the clean twin, and says when it cannot tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from civic_assets.contracts.particulars import NotCovered
from civic_assets.errors import ContractError
from civic_assets.quality.expectations import run_suites as engine
from civic_assets.quality.expectations.profiles import create_profiles
from civic_assets.quality.expectations.run_suites import evaluate, profile_frame
from civic_assets.quality.expectations.suites import Suite, expectations, load_suites
from civic_assets.quality.framework.results import RuleOutcome
from civic_assets.quality.published.publishers_said import PublisherSaid
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.quality.expectations.judged_models import add_expectations
from civic_assets_tests.quality.published.published_figures import (
    BEFORE,
    FIGURES,
    NOW,
    SOURCE,
    promised,
    published,
)

_NEW = f"harmonised.observations WHERE release = '{NOW}'"


_ASKED = "https://www.ons.gov.uk/page/data"


def _change(what: str, where: str = "true") -> str:
    return f"UPDATE harmonised.observations SET {what} WHERE release = '{NOW}' AND {where}"


def _drop(where: str) -> str:
    return f"DELETE FROM {_NEW} AND {where}"


_NTH = "hash(area_code || breakdown) % 10"
DEFECTS = {
    "X-02": "UPDATE catalogue.releases SET retrieved_at = '2026-05-01T09:00:00Z'",
    "E-01": _drop("breakdown <> 'kind=1'"),
    "E-02": f"INSERT INTO harmonised.observations SELECT * REPLACE ('twice' AS table_id) FROM {_NEW}",
    "E-03": "UPDATE catalogue.releases SET n_rows = n_rows + 1",
    "E-04": _change("period_start = '2023-01-01', period_end = '2024-01-01'"),
    "E-05": _drop("area_code <= 'E07000002'"),
    "E-06": _drop("breakdown IN ('kind=1', 'kind=2')"),
    "E-07": _drop("measure = 'robbery'"),
    "E-08": _drop("breakdown IN ('kind=1', 'kind=2', 'kind=3', 'kind=4')"),
    "E-09": _change("value = NULL, status = 'not_available'", f"{_NTH} < 2"),
    "E-10": _change("value = NULL, status = 'suppressed'", f"{_NTH} < 1"),
    "E-11": _change("value = 0, status = NULL", f"{_NTH} < 3"),
    "E-12": _change("value = value * 10"),
    "E-13": _change("value = 700", "value > 0"),
    "E-14": _change("value = value * 10", "area_code >= 'E07000027'"),
    "E-15": _change("value = NULL, status = 'not_available'", "measure = 'robbery'"),
    "E-16": _change("status = 'secret'", "status = 'suppressed'"),
    "E-17": _change("quality = 'fine'", "area_code = 'E07000001'"),
    "E-18": _change("unit = 'dozens'", "measure = 'robbery'"),
    "E-19": _change("area_type = 'planet'", "area_code = 'E07000001'"),
    "E-20": _change("statistic = 'stock'", "measure = 'robbery'"),
    "E-21": _change("unit = 'percent'", "measure = 'robbery'"),
    "E-22": f"""UPDATE harmonised.observations n SET value = b.value FROM harmonised.observations b
        WHERE n.release = '{NOW}' AND b.release = '{BEFORE}'
          AND (n.measure, n.area_code, n.breakdown) = (b.measure, b.area_code, b.breakdown)""",
}


def _said(*changes: str) -> dict[str, RuleOutcome]:
    """What every expectation says of the source."""
    with published(*changes) as connection:
        create_profiles(connection, promised())
        return {one.id: verdict for one, _, verdict in evaluate(connection)}


@pytest.fixture(scope="module")
def clean() -> dict[str, RuleOutcome]:
    return _said()


def test_every_expectation_has_a_read_model_that_breaks_it() -> None:
    assert set(DEFECTS) == {one.id for one in expectations()}


@pytest.mark.parametrize("check_id", sorted(DEFECTS))
def test_expectation_fails_on_its_defect(check_id: str) -> None:
    verdict = _said(DEFECTS[check_id])[check_id]
    assert verdict.outcome == "fail", verdict.message
    assert 1 <= verdict.n_failed <= verdict.n_checked
    assert len(verdict.findings) == verdict.n_failed


@pytest.mark.parametrize("check_id", sorted(DEFECTS))
def test_expectation_passes_on_the_clean_twin(check_id: str, clean: dict[str, RuleOutcome]) -> None:
    verdict = clean[check_id]
    assert verdict.outcome == "pass", verdict.message
    assert verdict.n_checked >= 1
    assert not verdict.findings


def test_source_is_stale_on_the_day_of_its_newest_file_not_today(
    clean: dict[str, RuleOutcome],
) -> None:
    # Received 121 days after the period, of 210 that are allowed: in order then, however long ago that is.
    assert clean["X-02"].outcome == "pass"
    stale = _said(DEFECTS["X-02"])["X-02"]
    assert "486 days" in stale.message and "1 May 2026" in stale.message


def test_first_release_is_not_evaluated_against_the_one_before() -> None:
    said = _said(f"DELETE FROM harmonised.observations WHERE release = '{NOW}'")
    for check_id in {"E-04", "E-05", "E-06", "E-07", "E-22"} | {f"E-{n:02}" for n in range(8, 15)}:
        verdict = said[check_id]
        assert (verdict.outcome, verdict.reason) == ("not_evaluated", "history_too_short"), check_id
        assert (verdict.n_checked, verdict.n_failed) == (0, 0)


def test_absent_operand_is_not_evaluated_next_to_one_that_is_in_order() -> None:
    small = _drop("measure = 'robbery' AND (breakdown <> 'kind=1' OR area_code > 'E07000010')")
    verdict = _said(small)["E-12"]
    assert (verdict.outcome, verdict.n_checked) == ("pass", 1)
    # Robbery has too few figures to be compared, and both measures of the first release have none before.
    assert verdict.message == "1 measure, each with a typical figure similar to before; 3 not evaluated"


def test_absent_word_is_a_failure_and_not_passed_over() -> None:
    said = _said(_change("unit = NULL, area_type = NULL", "area_code = 'E07000001'"))
    assert said["E-18"].outcome == said["E-19"].outcome == "fail"


def test_band_that_no_contract_gives_is_not_evaluated() -> None:
    with published() as connection:
        create_profiles(connection, {})
        said = {one.id: verdict for one, _, verdict in evaluate(connection)}
    for check_id in ("E-01", "E-02", "X-02"):
        assert said[check_id].outcome == "not_evaluated"


def test_synthetic_sample_is_neither_late_nor_too_small() -> None:
    said = _said("UPDATE catalogue.releases SET synthetic = true", DEFECTS["X-02"], DEFECTS["E-01"])
    for check_id in ("E-01", "E-02", "X-02"):
        assert (said[check_id].outcome, said[check_id].reason) == (
            "not_evaluated",
            "not_applicable",
        )


def test_reissue_is_compared_with_the_edition_before_it() -> None:
    reissue = [
        f"INSERT INTO harmonised.observations SELECT * REPLACE ('{NOW}.r2' AS release) FROM {_NEW}",
        f"""INSERT INTO catalogue.releases
        SELECT * REPLACE ('{NOW}.r2' AS release) FROM catalogue.releases WHERE release = '{NOW}'""",
    ]
    said = _said(*reissue)
    assert said["E-04"].outcome == said["E-22"].outcome == "pass"
    assert (said["E-04"].n_checked, said["E-22"].n_checked) == (2, 4)


def test_releases_more_than_three_years_apart_are_not_compared() -> None:
    early = (
        "UPDATE harmonised.observations SET period_start = period_start - INTERVAL 3 YEARS, "
        f"period_end = period_end - INTERVAL 3 YEARS WHERE release = '{BEFORE}'"
    )
    assert _said(early, DEFECTS["E-12"])["E-12"].reason == "history_too_short"


def test_place_that_stands_in_a_table_of_events_only_when_something_happened_is_not_missing() -> None:
    events = "UPDATE harmonised.observations SET area_type = 'lsoa'"
    said = _said(events, DEFECTS["E-05"], DEFECTS["E-06"])
    assert said["E-05"].outcome == said["E-06"].outcome == "not_evaluated"


_OTHER_COUNTRIES = ("N09000001", "N09000002", "N09000003", "S12000005", "S12000006", "S12000008")


@pytest.mark.parametrize(
    ("codes", "outcome"), [(("N", "S"), "pass"), (("N",), "fail"), (("S",), "fail"), ((), "fail")]
)
def test_country_that_the_contract_says_is_in_some_editions_only_is_not_missed(
    codes: tuple[str, ...], outcome: str
) -> None:
    """The edition before has areas of Northern Ireland and Scotland, and the new one none."""
    more = [
        f"""INSERT INTO harmonised.observations SELECT * REPLACE ('{code}' AS area_code)
        FROM harmonised.observations WHERE release = '{BEFORE}' AND area_code = 'E07000001'"""
        for code in _OTHER_COUNTRIES
    ]
    terms = promised()[SOURCE]
    entries = (NotCovered("the country has its own statistical office", codes=codes),) if codes else ()
    with published(*more) as connection:
        create_profiles(connection, {SOURCE: replace(terms, not_covered=entries)})
        said = next(verdict for one, _, verdict in evaluate(connection) if one.id == "E-05")
    assert (said.outcome, said.n_checked) == (outcome, 1)
    missed = "; ".join(finding.message for finding in said.findings)
    # The sentence names the first five.
    assert [code for code in _OTHER_COUNTRIES if code in missed] == [
        code for code in _OTHER_COUNTRIES if not code.startswith(codes or ("-",))
    ][:5]


def test_category_that_names_days_goes_on_with_the_release() -> None:
    named = (
        "UPDATE harmonised.observations SET breakdown = 'compared_with=' || period_start || ';' || breakdown"
    )
    assert _said(named)["E-06"].outcome == "pass"


def test_sentence_names_source_release_measure_and_numbers() -> None:
    verdict = _said(DEFECTS["E-12"])["E-12"]
    finding = next(found for found in verdict.findings if found.measure == "burglary")
    for words in (SOURCE, NOW, BEFORE, "burglary", "10.29 times", "'counts current'"):
        assert words in finding.message
    assert (finding.period_start, finding.period_end) == ("2024-01-01", "2025-01-01")
    row: Any = finding.evidence["row"]
    assert row["typical_ratio"] == pytest.approx(10.3, rel=0.01)


def test_distance_of_distributions_is_that_of_kolmogorov_and_smirnov() -> None:
    from scipy.stats import ks_2samp

    with published(_change("value = value * 1.5", f"{_NTH} < 5")) as connection:
        create_profiles(connection, promised())
        row = connection.execute(
            f"SELECT distance FROM quality.profile_measures WHERE release = '{NOW}' AND measure = 'robbery'"
        ).fetchone()
        now, before = [
            [value for (value,) in connection.execute(
                "SELECT value FROM harmonised.observations WHERE release = ? AND measure = 'robbery' "
                "AND value IS NOT NULL", [release]
            ).fetchall()]
            for release in (NOW, BEFORE)
        ]  # fmt: skip
    assert row is not None
    assert row[0] == pytest.approx(ks_2samp(now, before).statistic)


def test_results_and_findings_are_stored_with_those_of_rules() -> None:
    with published(DEFECTS["E-03"]) as connection:
        add_expectations(connection, promised())
        result = connection.execute(
            "SELECT layer, dimension, severity, outcome, n_checked, n_failed FROM quality.check_results "
            f"WHERE check_id = 'E-03' AND source = '{SOURCE}' AND release = 'published'"
        ).fetchall()
        finding = connection.execute(
            "SELECT severity, observed, expected, status, length(finding_id) FROM quality.findings "
            f"WHERE check_id = 'E-03' AND source = '{SOURCE}' AND release = 'published'"
        ).fetchall()
        per_source = connection.execute(
            "SELECT count(*), count(DISTINCT (check_id, source)) FROM quality.check_results WHERE layer = 'published'"
        ).fetchone()
    assert result == [("published", "completeness", "blocking", "fail", 2, 2)]
    assert finding == [("blocking", f"{FIGURES}", f"{FIGURES + 1}", "open", 16)] * 2
    assert per_source == (len(expectations()), len(expectations()))


def test_nothing_published_says_nothing() -> None:
    with published("DELETE FROM harmonised.observations") as connection:
        add_expectations(connection, promised())
        assert connection.execute("SELECT count(*) FROM quality.check_results").fetchone() == (0,)


def _suite(name: str) -> Suite:
    return next(suite for suite in load_suites() if suite.name == name)


@pytest.mark.parametrize(
    "changes",
    [{"type": "expect_column_values_to_be_betwixt"}, {"kwargs": {"column": "days_back", "min_value": 1}}],
)
def test_expectation_that_breaks_is_not_evaluated_and_stops_no_other(changes: dict[str, Any]) -> None:
    """Loading refuses an unknown type; a version of Great Expectations may all the same not know one of ours."""
    suite = _suite("tables")
    first, *others = suite.document["expectations"]
    broken = replace(suite, document={**suite.document, "expectations": [{**first, **changes}, *others]})
    with published() as connection:
        create_profiles(connection, promised())
        said = {one.id: verdict for one, _, verdict in evaluate(connection, [broken])}
    assert (said["E-04"].outcome, said["E-04"].reason) == ("not_evaluated", "engine_error")
    assert said["E-05"].outcome == said["E-06"].outcome == "pass"


def test_great_expectations_that_breaks_passes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("no backend\nand more")

    monkeypatch.setattr(engine, "validate", broken)
    said = _said()
    assert {(verdict.outcome, verdict.reason) for verdict in said.values()} == {
        ("not_evaluated", "engine_error")
    }
    assert said["E-01"].message == "the expectation could not be evaluated: RuntimeError: no backend"


def test_rows_that_are_passed_over_unawares_are_an_error_of_the_engine() -> None:
    """A row without an operand would otherwise count as in order."""
    suite = _suite("releases")
    with published() as connection:
        create_profiles(connection, promised())
        frame = profile_frame(connection, "releases")
    results = engine.validate(engine.new_context(), suite, frame, engine._ALL_ROWS)
    first = next(one for one in suite.expectations if one.id == "E-01")
    result = next(r for r in results if r.expectation_config.meta["check_id"] == "E-01")
    assert engine._failing(first, result, frame) == set()
    frame.loc[0, "figures_least"] = None
    assert "passed over" in str(engine._failing(first, result, frame))


_GUARD = """
import socket, sys
tried = []
def refuse(*arguments, **_):
    tried.append(arguments)
    raise OSError("no network in this test")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
from civic_assets_tests.quality.expectations.judged_models import add_expectations
from civic_assets_tests.quality.published.published_figures import promised, published
with published() as connection:
    add_expectations(connection, promised())
    (number,) = connection.execute("SELECT count(*) FROM quality.check_results WHERE outcome = 'pass'").fetchone()
import os
print(number > 20, os.environ["GX_ANALYTICS_ENABLED"], tried)
"""


def _python(program: str, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "GX_ANALYTICS_ENABLED"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=PROJECT,
    )
    return done.stdout.strip().splitlines()[-1]


def test_suites_run_without_asking_the_network_for_anything() -> None:
    assert _python(_GUARD) == "True false []"


_LOADED = """
import contextlib, io, sys
from civic_assets.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main(sys.argv[1:])
print("great_expectations" in sys.modules)
"""


def test_help_and_inspect_do_not_wait_for_great_expectations() -> None:
    from civic_assets.inputs.report import REPORT_TABLES

    assert _python(_LOADED, "--help") == "False"
    assert _python(_LOADED, "inspect", str(REPORT_TABLES)) == "False"


def test_definitions_do_not_wait_for_great_expectations() -> None:
    program = (
        "import sys; from civic_assets.defs.build import build_definitions; build_definitions(); "
        "print('great_expectations' in sys.modules)"
    )
    assert _python(program) == "False"


def test_seeing_that_a_publication_is_up_to_date_does_not_wait_for_great_expectations(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from civic_assets.contracts.load import load_contracts; "
        "from civic_assets.publish.publication import stands; from civic_assets.layers.store import Store; "
        "stands(Store(Path(sys.argv[1])), load_contracts()); print('great_expectations' in sys.modules)"
    )
    assert _python(program, str(tmp_path)) == "False"


def test_profiles_have_the_columns_that_the_suites_name() -> None:
    with published() as connection:
        create_profiles(connection, promised())
        for suite in load_suites():
            # A sentence may also name the period of a row, which is made of its two ends.
            columns = {*profile_frame(connection, suite.profile).columns, "period"}
            for one in suite.expectations:
                assert one.columns <= columns, one.id


def test_read_model_keeps_the_profiles_and_no_table_between() -> None:
    with published() as connection:
        create_profiles(connection, promised())
        tables = {
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'profile%'"
            ).fetchall()
        }
    assert tables == {f"profile_{name}" for name in ("sources", "releases", "tables", "measures", "words")}


def test_equal_inputs_give_equal_profiles() -> None:
    def content() -> list[Any]:
        with published() as connection:
            create_profiles(connection, promised())
            return [connection.execute(f"FROM quality.{one.table}").fetchall() for one in expectations()]

    assert content() == content()


def test_figures_of_a_release_that_is_held_back_are_not_profiled() -> None:
    with published(
        f"DELETE FROM {_NEW}",
        f"UPDATE catalogue.releases SET state = 'held_back' WHERE release = '{NOW}'",
    ) as connection:
        create_profiles(connection, promised())
        releases = connection.execute("SELECT release FROM quality.profile_releases").fetchall()
    assert releases == [(BEFORE,)]


def test_newest_release_comes_first() -> None:
    verdict = _said(DEFECTS["E-03"])["E-03"]
    assert verdict.message.startswith(f"{SOURCE} {NOW}: {FIGURES + 1} figures were checked")
    assert verdict.findings[-1].message.startswith(f"{SOURCE} {BEFORE}:")


def test_same_population_in_two_editions_is_not_a_figure_issued_again() -> None:
    day = "period_start = '2021-06-30', period_end = '2021-07-01', period_kind = 'point_in_time', statistic = 'stock'"
    assert (
        _said(DEFECTS["E-22"], f"UPDATE harmonised.observations SET {day}")["E-22"].outcome == "not_evaluated"
    )


def test_arguments_of_a_suite_are_those_of_great_expectations() -> None:
    import great_expectations.expectations as library

    from civic_assets.contracts.models import suites

    kinds = (
        suites.Between,
        suites.InSet,
        suites.MatchesRegex,
        suites.PairGreater,
        suites.PairEqual,
        suites.PairInSet,
    )
    for kind in kinds:
        arguments = kind.model_fields["kwargs"].annotation
        assert arguments is not None
        for name in get_args(kind.model_fields["type"].annotation):
            known = getattr(library, "".join(word.capitalize() for word in name.split("_")))
            assert set(arguments.model_fields) <= set(known.__fields__), name


@pytest.mark.parametrize(
    ("key", "value"), [("type", "expect_column_values_to_be_in_sets"), ("severity", "critcal")]
)
def test_great_expectations_leaves_out_what_our_models_refuse(key: str, value: str, tmp_path: Path) -> None:
    """The reason why suites have models: Great Expectations only writes such an expectation to its log."""
    suite = next(one for one in load_suites() if one.name == "words")
    wrong = [dict(one) for one in suite.document["expectations"]]
    wrong[0][key] = value
    built = engine.suite_of(replace(suite, document={**suite.document, "expectations": wrong}))
    assert len(built.expectations) == len(wrong) - 1
    file = tmp_path / "words.json"
    file.write_text(json.dumps({**suite.document, "expectations": wrong}), encoding="utf-8")
    with pytest.raises(ContractError, match=r"words\.json: expectations\[0\].*did you mean"):
        load_suites(tmp_path)


def test_suites_do_not_load_charts_and_distributions_that_great_expectations_imports() -> None:
    """They are there for whoever uses them: loaded when something in them is first used."""
    program = _GUARD.replace(
        'import os\nprint(number > 20, os.environ["GX_ANALYTICS_ENABLED"], tried)',
        "print(number > 20, 'altair.vegalite' in sys.modules, 'scipy.spatial' in sys.modules)\n"
        "from scipy import stats; import altair\n"
        "print(number > 20, round(stats.norm.cdf(0), 3), altair.Chart.__name__)",
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert done.stdout.splitlines()[-2:] == ["True False False", "True 0.5 Chart"]


def _timely(*statements: str, **said: str) -> RuleOutcome:
    """X-02 where a publisher was asked."""
    with published(*statements) as connection:
        create_profiles(connection, promised(), {SOURCE: PublisherSaid(asked_at=_ASKED, **said)})
        return next(verdict for one, _, verdict in evaluate(connection) if one.id == "X-02")


def test_publisher_who_offers_nothing_newer_is_not_late_by_the_rhythm() -> None:
    verdict = _timely(DEFECTS["X-02"], asked_on="2026-05-01")
    assert verdict.outcome == "pass", verdict.message


def test_publisher_who_was_asked_before_the_newest_file_came_says_nothing_of_what_came_since() -> None:
    verdict = _timely(DEFECTS["X-02"], asked_on="2026-04-30")
    assert verdict.outcome == "fail"
    [finding] = verdict.findings
    assert "the contract expects at most 210" in finding.message
    assert f"last asked on 30 April 2026 ({_ASKED}), and offered nothing newer then" in finding.message


def test_file_that_is_out_and_not_held_is_late_whatever_the_rhythm_allows() -> None:
    verdict = _timely(asked_on="2026-05-01", out_title="Year ending June 2025", out_on="2025-04-20")
    assert verdict.outcome == "fail"
    [finding] = verdict.findings
    assert f"offers 'Year ending June 2025' ({_ASKED}), out since 20 April 2025" in finding.message
    assert finding.expected == "Year ending June 2025"


def test_file_that_came_out_on_the_day_is_not_late_yet() -> None:
    verdict = _timely(DEFECTS["X-02"], asked_on="2026-05-01", out_title="New", out_on="2026-05-01")
    assert verdict.outcome == "pass"
