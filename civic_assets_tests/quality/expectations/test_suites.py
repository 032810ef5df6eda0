"""The suites that ship are complete, fit the contracts and vocabularies, and a mistake in one is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import ContractError
from civic_assets.layers.store import Store
from civic_assets.publish import publication
from civic_assets.quality.contract_demands import bands_are_stated
from civic_assets.quality.expectations.profiles import ROWS
from civic_assets.quality.expectations.run_suites import suite_of
from civic_assets.quality.expectations.suites import expectations, load_suites, suites_folder
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.run import catalogue
from civic_assets.values.cells import QUALIFYING, UNREADABLE
from civic_assets.values.periods import PeriodKind, Statistic


def _kwargs(check_id: str) -> dict[str, Any]:
    return next(
        dict(entry["kwargs"])
        for suite in load_suites()
        for entry in suite.document["expectations"]
        if entry["meta"]["check_id"] == check_id
    )


def test_every_profile_has_its_suite() -> None:
    assert [suite.profile for suite in load_suites()] == list(ROWS)


def test_expectations_say_why_and_what_they_cannot_tell() -> None:
    for one in expectations():
        assert one.statement.endswith("."), one.id
        assert one.because and one.cannot_tell and one.sentence.endswith("."), one.id
        assert "{source}" in one.sentence and "{release}" in one.sentence, one.id
        if "house rule" in one.statement:
            assert "house rule" in one.because or "real releases" in one.because, one.id


def test_no_rule_is_written_twice() -> None:
    ids = [one.id for one in expectations()]
    assert not set(ids) & {spec.id for spec in catalogue()}
    assert not set(ids) & {rule.id for rule in ALL_RULES}


def test_great_expectations_accepts_every_expectation() -> None:
    for suite in load_suites():
        built = suite_of(suite)
        assert len(built.expectations) == len(suite.expectations)
        for mine, theirs in zip(suite.expectations, built.expectations, strict=True):
            assert theirs.severity.value == {"blocking": "critical"}.get(mine.severity, mine.severity)


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_every_source_with_figures_has_a_band_with_its_reason(source: str) -> None:
    assert list(bands_are_stated(load_contracts()[source])) == []


def test_words_of_status_are_those_of_the_contracts() -> None:
    known = set(_kwargs("E-16")["value_set"])
    used = {symbol.status for one in load_contracts().values() for symbol in one.symbols.values()}
    used |= {
        symbol.status
        for one in load_contracts().values()
        for table in one.tables
        for symbol in one.symbols_of(table).values()
    }
    assert used | QUALIFYING | {UNREADABLE, ""} == known


def test_words_of_units_are_those_of_the_contracts_and_those_that_a_statistic_has() -> None:
    known = set(_kwargs("E-18")["value_set"])
    used = {
        column.unit
        for one in load_contracts().values()
        for table in one.tables
        for column in table.figures
        if column.unit
    }
    used |= {
        entry.unit for one in load_contracts().values() for entry in one.measure_labels.values() if entry.unit
    }
    assert used <= known
    assert {unit for _, unit in _kwargs("E-21")["value_pairs_set"]} == known


def test_every_kind_of_period_and_statistic_has_its_place() -> None:
    pairs = _kwargs("E-20")["value_pairs_set"]
    assert {kind for kind, _ in pairs} == {str(kind) for kind in PeriodKind}
    assert {statistic for _, statistic in pairs} == {str(statistic) for statistic in Statistic}
    assert ["point_in_time", "flow"] not in pairs and ["rolling_year", "stock"] not in pairs


def _twice(document: dict[str, Any]) -> None:
    document["expectations"].append(document["expectations"][0])


def _milder(document: dict[str, Any]) -> None:
    document["expectations"][0]["severity"] = "info"


def _no_reason(document: dict[str, Any]) -> None:
    del document["expectations"][0]["meta"]["because"]


def _null_fails(document: dict[str, Any]) -> None:
    del document["expectations"][0]["kwargs"]["ignore_row_if"]


def _misspelt(document: dict[str, Any]) -> None:
    document["expectations"][0]["meta"]["becuase"] = "so"


def _no_profile(document: dict[str, Any]) -> None:
    document["meta"]["profile"] = "figures"


def _whole_table(document: dict[str, Any]) -> None:
    document["expectations"][0]["kwargs"] = {"min_value": 1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_twice, "the check 'E-01' appears twice"),
        (_milder, "severity is 'info' to Great Expectations and 'warning' in meta"),
        (_no_reason, "'because' is missing"),
        (_null_fails, "'ignore_row_if' is missing"),
        (_misspelt, "unknown key 'becuase'"),
        (_no_profile, "'figures' is not one of measures, releases, sources, tables, words"),
        (_whole_table, "'column_A' is missing"),
    ],
)
def test_mistake_in_a_suite_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    document = json.loads((suites_folder() / "releases.json").read_text(encoding="utf-8"))
    change(document)
    (tmp_path / "releases.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ContractError, match=r"releases\.json") as refused:
        load_suites(tmp_path)
    assert words in str(refused.value)


def test_suite_that_is_not_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / "releases.json").write_text("name: releases", encoding="utf-8")
    with pytest.raises(ContractError, match="is not JSON"):
        load_suites(tmp_path)


def test_other_suites_judge_the_same_publication_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, contracts = Store(tmp_path), load_contracts()
    before = publication.plan_now(store, contracts, ())
    monkeypatch.setattr(publication, "suites_sha256", lambda: "other")
    after = publication.plan_now(store, contracts, ())
    assert before.digest == after.digest
    assert before.stamp != after.stamp
