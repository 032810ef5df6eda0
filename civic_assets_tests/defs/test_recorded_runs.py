"""What a person sees in Dagster after a run: materialisations by release, checks with their failing cells, lineage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from dagster._core.storage.partition_status_cache import AssetPartitionStatus

from civic_assets.defs.checks import check_name
from civic_assets.defs.report_links import report_metadata
from civic_assets.layers.checked import FINDINGS, RESULTS
from civic_assets.publish.families import FAMILIES
from civic_assets.quality.run import rules_for
from civic_assets_tests.defs.conftest import HELD_BACK, Launched

ONS = ("2021-12", "2022-12")


def _materialisation(
    launched: Launched, layer: str, source: str, release: str
) -> dg.AssetMaterialization | None:
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey([layer, source]), asset_partitions=[release])
    records = launched.instance.fetch_materializations(wanted, limit=1).records
    return records[0].asset_materialization if records else None


def _evaluation(launched: Launched, source: str, release: str, rule: str) -> dg.AssetCheckEvaluation:
    found = [
        e for e in _evaluations(launched, source, release) if e.check_name.startswith(rule.replace("-", "_"))
    ]
    assert len(found) == 1
    return found[0]


def _evaluations(launched: Launched, source: str, release: str) -> list[dg.AssetCheckEvaluation]:
    found = []
    for run in launched.report.runs.values():
        for entry in launched.instance.all_logs(run, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
            evaluation: Any = entry.dagster_event.event_specific_data  # type: ignore[union-attr]
            if evaluation.asset_key.path[-1] == source and evaluation.partition == release:
                found.append(evaluation)
    return found


@pytest.mark.parametrize("release", ONS)
@pytest.mark.parametrize("layer", ["archive", "raw", "validated", "harmonised"])
def test_each_release_has_its_own_data_version_in_each_layer(
    launched: Launched, layer: str, release: str
) -> None:
    event = _materialisation(launched, layer, "ons_csp", release)
    assert event is not None and event.tags is not None
    receipt = launched.store.archive.find("ons_csp", release)
    table = launched.store.tables.current(layer, "ons_csp", release) if layer != "archive" else None
    assert event.tags["dagster/data_version"] == (table.hash if table else receipt and receipt.sha256)
    if table:
        assert event.metadata["dagster/partition_row_count"].value == table.rows


def test_provenance_names_the_version_of_the_layer_before(launched: Launched) -> None:
    for above, layer in [("archive", "raw"), ("raw", "validated"), ("validated", "harmonised")]:
        before, event = (_materialisation(launched, name, "ons_csp", "2022-12") for name in (above, layer))
        assert before is not None and event is not None and before.tags and event.tags
        used = event.tags[f"dagster/input_data_version/{above}/ons_csp"]
        assert used == before.tags["dagster/data_version"]


def test_held_back_release_is_red_and_not_materialised_while_the_others_are(launched: Launched) -> None:
    assert _materialisation(launched, "raw", "ons_csp", HELD_BACK) is not None
    assert _materialisation(launched, "validated", "ons_csp", HELD_BACK) is None
    assert _materialisation(launched, "harmonised", "ons_csp", HELD_BACK) is None
    missing = _evaluation(launched, "ons_csp", HELD_BACK, "R-09")
    assert not missing.passed and missing.severity is dg.AssetCheckSeverity.ERROR
    assert "Robbery" in str(missing.description)
    assert all(_materialisation(launched, "harmonised", "ons_csp", release) is not None for release in ONS)


def test_held_back_release_says_why_where_its_table_would_be(launched: Launched) -> None:
    key = dg.AssetKey(["validated", "ons_csp"])
    (record,) = launched.instance.fetch_observations(key, limit=5).records
    assert record.asset_observation is not None and record.asset_observation.partition == HELD_BACK
    assert "R-09" in str(record.asset_observation.metadata["held back because"].value)


@pytest.mark.parametrize("release", [*ONS, HELD_BACK])
def test_every_result_has_a_mark_and_what_was_not_evaluated_has_none(
    launched: Launched, release: str
) -> None:
    ref = launched.store.tables.current(RESULTS, "ons_csp", release)
    assert ref is not None
    results = {row["check_id"]: row["outcome"] for row in launched.store.tables.read(ref).to_pylist()}
    marks = {e.check_name: e for e in _evaluations(launched, "ons_csp", release)}
    assert len(marks) == len(_evaluations(launched, "ons_csp", release))
    silent = 0
    for rule in rules_for(launched.contracts["ons_csp"]):
        mark = marks.pop(check_name(rule), None)
        if results[rule.id] == "not_evaluated":
            assert mark is None, rule.id
            silent += 1
        else:
            assert mark is not None and mark.passed == (results[rule.id] == "pass"), rule.id
    assert silent and not marks


def _number(metadata: Mapping[str, Any]) -> int:
    return int(metadata["checks not evaluated"].value)


@pytest.mark.parametrize("layer", ["validated", "harmonised"])
def test_what_was_not_evaluated_is_reported_with_its_reason(launched: Launched, layer: str) -> None:
    event = _materialisation(launched, layer, "ons_csp", "2022-12")
    assert event is not None
    lines = str(event.metadata["not evaluated"].value).splitlines()
    assert len(lines) == 2 + _number(event.metadata)
    assert all(len(line.split("|")[2].strip()) > 3 for line in lines[2:])


def test_reasons_of_a_release_that_is_held_back_are_where_its_table_would_be(launched: Launched) -> None:
    key = dg.AssetKey(["validated", "ons_csp"])
    (record,) = launched.instance.fetch_observations(key, limit=5).records
    assert record.asset_observation is not None
    assert _number(record.asset_observation.metadata) > 5


@pytest.mark.parametrize(
    ("rule", "locator", "observed", "proposal"),
    [
        ("V-12", "L24:Data year ending December 2020", "1208", "2108"),
        ("V-10", "L34:Data year ending June 2022", "16", "1627"),
    ],
)
def test_misprints_of_the_report_are_red_with_the_cell_and_the_proposal(
    launched: Launched, rule: str, locator: str, observed: str, proposal: str
) -> None:
    evaluation = _evaluation(launched, "gla_report", "2023-05", rule)
    assert not evaluation.passed and evaluation.severity is dg.AssetCheckSeverity.ERROR
    # The figure is disputed, not held back: nothing is stopped.
    assert not evaluation.blocking
    cells: Any = evaluation.metadata["failing cells"]
    records = [record.data for record in cells.records]
    assert records[0]["locator"] == locator
    assert records[0]["observed"] == observed
    assert records[0]["proposal"] == proposal


def test_list_of_failing_cells_is_capped_and_the_number_is_not(launched: Launched) -> None:
    from civic_assets.defs.checks import result_metadata
    from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING

    ref = launched.store.tables.current(FINDINGS, "gla_report", "2023-05")
    assert ref is not None
    finding = launched.store.tables.read(ref).to_pylist()[0]
    result = {
        "source": "gla_report", "release": "2023-05", "outcome": "fail", "reason": "", "n_checked": 200,
        "n_failed": 120, "message": "broken",
    }  # fmt: skip
    shown = result_metadata(result, [finding] * 120)
    assert shown["findings"] == 120
    assert len(shown[f"failing cells (the first {CELLS_OF_A_FINDING})"].records) == CELLS_OF_A_FINDING == 50


def test_check_leads_to_its_finding_in_the_report(launched: Launched) -> None:
    address = str(
        _evaluation(launched, "gla_report", "2023-05", "V-12").metadata["in the quality report"].value
    )
    page, _, fragment = address.removeprefix("/site/").partition("#")
    assert fragment.startswith("finding-")
    assert f'id="{fragment}"' in (launched.store.root / "report" / page).read_text(encoding="utf-8")


def test_check_that_found_nothing_leads_to_its_release_in_the_report(launched: Launched) -> None:
    address = str(
        _evaluation(launched, "gla_report", "2023-05", "V-01").metadata["in the quality report"].value
    )
    page, _, fragment = address.removeprefix("/site/").partition("#")
    assert fragment == "release-2023-05"
    assert f'id="{fragment}"' in (launched.store.root / "report" / page).read_text(encoding="utf-8")


def test_publication_leads_to_its_site_and_its_quality_report(launched: Launched) -> None:
    record = launched.instance.fetch_materializations(dg.AssetKey(["published", "quality"]), limit=1).records[
        0
    ]
    assert record.asset_materialization is not None
    assert launched.report.publication is not None
    for name in ("site (file)", "quality report (file)"):
        page = Path(str(record.asset_materialization.metadata[name].value))
        assert launched.report.publication.hash in page.read_text(encoding="utf-8")
    assert "Building the site" in launched.progress


def test_site_that_is_left_for_later_has_no_address(
    launched: Launched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_SITE", "later")
    (said,) = report_metadata(launched.store).items()
    assert (said[0], said[1].value) == (
        "site",
        "not built, because CIVIC_SITE is 'later'; build it with civic-assets report",
    )


def test_made_up_figures_are_called_so_in_every_layer(launched: Launched) -> None:
    for layer in ("archive", "raw", "validated", "harmonised"):
        of_sample = _materialisation(launched, layer, "ons_csp", "2022-12")
        of_report = _materialisation(launched, layer, "gla_report", "2023-05")
        assert of_sample is not None and of_report is not None
        assert str(of_sample.metadata["warning"].value).startswith("SYNTHETIC SAMPLE DATA")
        assert "warning" not in of_report.metadata


def test_drift_is_reported_where_the_release_is(launched: Launched) -> None:
    event = _materialisation(launched, "validated", "ons_csp", "2022-12")
    assert event is not None
    assert "Robbery of personal property" in str(event.metadata["drift from the contract"].value)


def test_preview_shows_figures_as_they_are_in_the_file(launched: Launched) -> None:
    event = _materialisation(launched, "validated", "gla_report", "2023-05")
    assert event is not None
    lines = str(event.metadata["preview"].value).splitlines()
    assert len(lines) == 2 + 8
    assert "value_text" in lines[0] and "locator" in lines[0]


def _published(launched: Launched, family: str) -> Mapping[str, Any]:
    key = dg.AssetKey(["published", family])
    (record,) = launched.instance.fetch_materializations(key, limit=1).records
    assert record.asset_materialization is not None
    return record.asset_materialization.metadata


def test_publication_counts_what_is_in_the_read_model(launched: Launched) -> None:
    rows = [launched.store.tables.current("harmonised", "ons_csp", release) for release in ONS]
    rows.append(launched.store.tables.current("harmonised", "gla_report", "2023-05"))
    figures = _published(launched, "observations")
    assert figures["dagster/row_count"].value == sum(ref.rows for ref in rows if ref)
    assert figures["disputed figures"].value == 2
    assert _published(launched, "catalogue")["held back"].value == 1


def test_every_table_that_is_published_belongs_to_one_asset_and_is_listed_there(launched: Launched) -> None:
    with duckdb.connect(str(launched.store.database), read_only=True) as connection:
        tables = {
            f"{schema}.{table}"
            for schema, table in connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables"
            ).fetchall()
        }
    listed = [
        line.split("|")[1].strip()
        for family in FAMILIES
        for line in str(_published(launched, family.name)["tables"].value).splitlines()[2:]
    ]
    assert sorted(listed) == sorted(tables)
    assert {family.main for family in FAMILIES} <= tables


def test_run_over_good_and_bad_releases_builds_the_good_and_shows_the_bad_as_failed(
    launched: Launched,
) -> None:
    assert launched.report.errors == ()
    assert launched.report.publication is not None and launched.report.publication.new
    assert set(launched.report.runs) == {"refresh_gla_report", "refresh_ons_csp", "publish"}
    statuses = {}
    for job, run in launched.report.runs.items():
        found = launched.instance.get_run_by_id(run)
        assert found is not None
        statuses[job] = found.status
    # The run fails at its end, when everything else is built: otherwise the partition would count as never asked for.
    assert statuses.pop("refresh_ons_csp") is dg.DagsterRunStatus.FAILURE
    assert set(statuses.values()) == {dg.DagsterRunStatus.SUCCESS}
    key = dg.AssetKey(["validated", "ons_csp"])
    partitions = dg.DynamicPartitionsDefinition(name="ons_csp_releases")
    names = partitions.get_partition_keys(dynamic_partitions_store=launched.instance)
    shown = launched.instance.get_status_by_partition(key, list(names), partitions) or {}
    assert {name for name, status in shown.items() if status is AssetPartitionStatus.FAILED} == {HELD_BACK}
    assert {n for n, s in shown.items() if s is AssetPartitionStatus.MATERIALIZED} == set(names) - {HELD_BACK}
    assert "gla_report 2023-05: validated, 116 figures, 2 disputed" in launched.progress
    assert any(line.startswith(f"ons_csp {HELD_BACK}: HELD BACK. R-09") for line in launched.progress)
