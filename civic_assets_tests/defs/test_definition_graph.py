"""The definition graph as text, so that changes show in review: `CIVIC_UPDATE_SNAPSHOTS=1 pytest` writes it again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.layers.store import Store
from civic_assets_tests.paths import PROJECT

SNAPSHOT = Path(__file__).with_name("definition_graph.txt")


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    return build_definitions(Store(tmp_path_factory.mktemp("graph")))


def test_code_location_is_loaded_without_a_warning(tmp_path: Path) -> None:
    """A person who runs a command would see it each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_definitions(Store(tmp_path)).get_repository_def()


def _lines(definitions: dg.Definitions) -> Iterator[str]:
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys(), key=lambda key: list(key.path)):
        node = graph.get(key)
        yield f"asset {key.to_user_string()}"
        yield f"  group {node.group_name}, kinds {', '.join(sorted(node.kinds))}, owners {', '.join(node.owners)}"
        yield f"  tags {', '.join(f'{k}={v}' for k, v in sorted(node.tags.items()) if '/' not in k)}"
        name = getattr(node.partitions_def, "name", None)
        yield f"  partitions {name or 'none'}, {'made by a run' if node.is_materializable else 'external'}"
        for parent in sorted(node.parent_keys, key=lambda key: list(key.path)):
            mapping = type(graph.get_partition_mapping(key, parent)).__name__
            yield f"  from {parent.to_user_string()} ({mapping})"
        for check in sorted(node.check_keys, key=lambda check: check.name):
            spec = graph.get_check_spec(check)
            yield f"  check {check.name}{', blocking' if spec.blocking else ''}"
    repository = definitions.get_repository_def()
    for job in sorted(repository.get_all_jobs(), key=lambda job: job.name):
        if not job.name.startswith("__"):
            yield f"job {job.name}: {', '.join(sorted(job.graph.node_dict))}, {job.executor_def.name} executor"
    for schedule in sorted(repository.schedule_defs, key=lambda schedule: schedule.name):
        when = f"{schedule.cron_schedule} {schedule.execution_timezone}"
        yield f"schedule {schedule.name}: {when}, {schedule.job_name}, {schedule.default_status.value}"
    for sensor in sorted(repository.sensor_defs, key=lambda sensor: sensor.name):
        targets = ", ".join(sorted(target.job_name for target in sensor.targets))
        yield f"sensor {sensor.name}: {targets}, {sensor.default_status.value}"
    for name in sorted(repository.get_top_level_resources()):
        if name != "io_manager":
            yield f"resource {name}"


def _reviewed() -> dict[str, Contract]:
    """Contracts whose source is in the reviewed text; a source that was added since is held by the test below it."""
    named = set(re.findall(r"^asset archive/(\S+)$", SNAPSHOT.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= set(load_contracts()), "a source has gone; run CIVIC_UPDATE_SNAPSHOTS=1 pytest"
    return {source: contract for source, contract in load_contracts().items() if source in named}


def test_definition_graph_is_the_reviewed_one(definitions: dg.Definitions, tmp_path: Path) -> None:
    if os.environ.get("CIVIC_UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text("\n".join(_lines(definitions)) + "\n", encoding="utf-8")
    text = "\n".join(_lines(build_definitions(Store(tmp_path / "store"), _reviewed()))) + "\n"
    assert text == SNAPSHOT.read_text(encoding="utf-8"), (
        "the definition graph has changed; if it should, run CIVIC_UPDATE_SNAPSHOTS=1 pytest and review the difference"
    )


@pytest.mark.parametrize(
    "contract",
    [contract for contract in load_contracts().values() if contract.status == "active"],
    ids=lambda contract: contract.source,
)
def test_source_has_its_layers_its_job_and_the_checks_of_its_contract(
    definitions: dg.Definitions, contract: Contract
) -> None:
    """What the reviewed text shows of a source follows from its contract, also for one that nobody has reviewed."""
    graph, source = definitions.resolve_asset_graph(), contract.source
    own = {"/".join(node.key.path): node for node in graph.asset_nodes if node.key.path[-1] == source}
    assert sorted(own) == [f"{layer}/{source}" for layer in ("archive", "harmonised", "raw", "validated")]
    for layer, above in (("raw", "archive"), ("validated", "raw"), ("harmonised", "validated")):
        assert dg.AssetKey([above, source]) in own[f"{layer}/{source}"].parent_keys
    owners = {tuple(node.owners) for node in own.values()}
    assert owners == {(contract.owner,)}
    names = [check.name for node in own.values() for check in node.check_keys]
    wanted = {rule.check_id.replace("-", "_") for rule in contract.rules} | {"R_09", "V_01", "V_05"}
    assert wanted <= {name[:4] for name in names}
    assert f"refresh_{source}" in {job.name for job in definitions.get_repository_def().get_all_jobs()}


def test_dagster_accepts_the_definitions(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_nothing_that_a_person_reads_names_this_machine(definitions: dg.Definitions) -> None:
    here = str(PROJECT)
    for node in definitions.resolve_asset_graph().asset_nodes:
        assert here not in f"{node.description} {node.metadata}"


def test_every_asset_says_what_it_is_and_who_answers_for_it(definitions: dg.Definitions) -> None:
    for node in definitions.resolve_asset_graph().asset_nodes:
        assert node.description and node.owners, node.key
        assert node.kinds or str(node.description).startswith("Not read yet"), node.key


def test_column_lineage_names_columns_that_exist(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    columns = {
        node.key: {column.name for column in node.metadata["dagster/column_schema"].columns}
        for node in graph.asset_nodes
        if "dagster/column_schema" in node.metadata
    }
    followed = 0
    for node in graph.asset_nodes:
        lineage = node.metadata.get("dagster/column_lineage")
        if lineage is None:
            continue
        for column, origins in lineage.deps_by_column.items():
            assert column in columns[node.key]
            for origin in origins:
                assert origin.column_name in columns[origin.asset_key]
                followed += 1
    assert followed > 60


def test_source_whose_contract_is_a_draft_is_in_the_catalogue_and_not_read() -> None:
    contracts: Mapping[str, Contract] = load_contracts()
    draft = replace(contracts["ons_csp"], status="draft")
    definitions = build_definitions(contracts={"gla_report": contracts["gla_report"], "ons_csp": draft})
    graph = definitions.resolve_asset_graph()
    of_draft = [node for node in graph.asset_nodes if node.key.path[-1] == "ons_csp"]
    assert [node.key.path for node in of_draft] == [["archive", "ons_csp"]]
    assert str(of_draft[0].description).startswith("Not read yet, because its contract is a draft.")
    assert not of_draft[0].is_materializable
    schedules = {schedule.name for schedule in definitions.get_repository_def().schedule_defs}
    assert schedules == {"calendar_of_every_day"}


def test_only_the_package_defs_imports_dagster(tmp_path: Path) -> None:
    program = (
        "import importlib, pkgutil, sys, civic_assets\n"
        "for module in pkgutil.walk_packages(civic_assets.__path__, 'civic_assets.'):\n"
        "    if not module.name.startswith(('civic_assets.def', 'civic_assets.__main__')):\n"
        "        importlib.import_module(module.name)\n"
        "import civic_assets.defs.launch\n"
        "print('dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    assert done.stdout.strip() == "False"
