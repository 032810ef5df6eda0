"""Results in the read model about what is published, as checks of the asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from civic_assets.defs.families import asset_key
from civic_assets.defs.published_checks import (
    SUITES,
    PublishedResults,
    combined,
    published_name,
    published_specs,
)
from civic_assets.layers.store import Store
from civic_assets.publish.families import FAMILIES, family_of
from civic_assets.quality.expectations.suites import of_what_is_published
from civic_assets_tests.publish.read_models import records
from civic_assets_tests.quality.expectations.judged_models import add_expectations
from civic_assets_tests.quality.published.published_figures import BEFORE, NOW, promised, published

_ASSETS = [*(asset_key(family) for family in FAMILIES), SUITES]


@pytest.fixture
def results(tmp_path: Path) -> Callable[..., Mapping[str, dg.AssetCheckResult]]:
    """Results by name of check, after changes to what is published."""
    return lambda *changes: _results(Store(tmp_path / "store"), *changes)


def _results(store: Store, *changes: str) -> Mapping[str, dg.AssetCheckResult]:
    with published(*changes) as connection:
        add_expectations(connection, promised())
        said = records(connection, "SELECT * FROM quality.check_results ORDER BY ALL")
        findings = records(connection, "SELECT * FROM quality.findings ORDER BY ALL")
    ours = PublishedResults.of(said, findings)
    return {str(result.check_name): result for asset in _ASSETS for result in ours.evaluations(asset)}


Results = Callable[..., Mapping[str, dg.AssetCheckResult]]


def test_every_rule_is_a_check_of_the_asset_of_its_table_and_every_expectation_of_the_suites(
    results: Results,
) -> None:
    specs = {spec.name: spec.asset_key.path[-1] for spec in published_specs(of_what_is_published())}
    assert set(specs) == {published_name(rule) for rule in of_what_is_published()}
    assert specs["X_02_profile_sources"] == specs["E_12_profile_measures"] == "expectations"
    assert specs["H_04_area_profile"] == "area_profile"
    assert specs["X_03_revisions"] == "revisions"
    assert set(results()) < set(specs)


def test_table_that_nobody_named_belongs_to_the_asset_of_its_schema() -> None:
    assert family_of("columns", "catalogue").name == "catalogue"
    assert family_of("new_rates", "harmonised").name == "observations"
    assert family_of("new_checks", "quality").name == "quality"


def test_expectation_passes_with_what_was_found_in_order(results: Results) -> None:
    result = results()["E_12_profile_measures"]
    assert result.passed
    assert result.description == "2 measures, each with a typical figure similar to before; 2 not evaluated"


def test_expectation_fails_with_the_sentence_of_the_release_that_fails(results: Results) -> None:
    tenfold = f"UPDATE harmonised.observations SET value = value * 10 WHERE release = '{NOW}'"
    result = results(tenfold)["E_12_profile_measures"]
    assert not result.passed
    assert result.severity == dg.AssetCheckSeverity.WARN
    assert str(result.description).startswith("2 of 2 failed: ")
    assert f"{NOW}, table 'counts current'" in str(result.description)
    assert result.metadata["findings"].value == 2


def test_expectation_that_nowhere_could_be_evaluated_has_no_mark_and_a_reason(
    tmp_path: Path, results: Results
) -> None:
    alone = f"DELETE FROM harmonised.observations WHERE release = '{BEFORE}'"
    assert "E_12_profile_measures" not in results(alone)
    with published(alone) as connection:
        add_expectations(connection, promised())
        said = PublishedResults.of(
            records(connection, "SELECT * FROM quality.check_results ORDER BY ALL"), []
        )
    assert "E_12_profile_measures" in said.silent(SUITES)
    shown: Any = said.not_evaluated(SUITES)
    assert "E_12_profile_measures" in shown["not evaluated"].value


def _row(outcome: str, failed: int, message: str) -> dict[str, Any]:
    return {"outcome": outcome, "reason": "", "n_checked": 3, "n_failed": failed, "message": message}


def test_several_sources_are_one_check_which_passes_when_one_passes_and_none_fails(results: Results) -> None:
    passed, failed, unknown = (
        _row("pass", 0, "a"),
        _row("fail", 2, "b is wrong."),
        _row("not_evaluated", 0, "c"),
    )
    one = combined([passed, unknown])
    assert (one["outcome"], one["n_checked"], one["n_failed"]) == ("pass", 6, 0)
    assert one["message"] == "2 sources: 1 pass, 0 fail, 1 not evaluated."
    assert combined([passed, failed, unknown])["outcome"] == "fail"
    assert combined([passed, failed])["message"] == "2 sources: 1 pass, 1 fail, 0 not evaluated. b is wrong."
    assert combined([unknown, unknown])["outcome"] == "not_evaluated"


def test_checks_of_a_store_in_which_nothing_is_published_have_no_marks(tmp_path: Path) -> None:
    said = PublishedResults.of([], [])
    for asset in _ASSETS:
        assert list(said.evaluations(asset)) == []
    silent = [name for asset in _ASSETS for name in said.silent(asset)]
    assert sorted(silent) == sorted(published_name(rule) for rule in of_what_is_published())
