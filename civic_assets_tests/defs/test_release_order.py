"""Ranges of releases follow the order of releases, in whichever order they came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.instance import open_instance
from civic_assets.defs.release_order import in_order, releases_between, releases_partitions
from civic_assets.errors import CivicError
from civic_assets.layers.store import Store
from civic_assets_tests.defs.conftest import receive

CAME = ["2022-12", "2021-12", "2022-09.r2", "2022-06", "2022-09"]
ORDER = ["2021-12", "2022-06", "2022-09", "2022-09.r2", "2022-12"]
PARTITIONS = releases_partitions("ons_csp")
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.mark.parametrize(
    ("first", "last", "meant"),
    [
        ("2021-12", "2022-12", ORDER),
        ("2021-12", "2022-06", ["2021-12", "2022-06"]),
        ("2022-06", "2022-09.r2", ["2022-06", "2022-09", "2022-09.r2"]),
        ("2022-09", "2022-09", ["2022-09"]),
    ],
)
def test_range_holds_what_lies_between_its_ends(first: str, last: str, meant: list[str]) -> None:
    assert releases_between(CAME, first, last) == meant


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2022-12", "2021-12", "is empty, because 2021-12 is an earlier release"),
        ("2022-09.r2", "2022-09", "is empty, because 2022-09 is an earlier release"),
        ("2022-06", "2023-06", "2023-06 is not a release of this source"),
    ],
)
def test_range_that_holds_nothing_is_a_sentence(first: str, last: str, words: str) -> None:
    with pytest.raises(CivicError, match=words):
        releases_between(CAME, first, last)


def test_partitions_that_are_not_releases_stay_as_they_are() -> None:
    assert in_order("colours", ["red", "blue"]) == ["red", "blue"]


@pytest.fixture
def came(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance that learned of releases in another order than theirs."""
    with open_instance(Store(tmp_path)) as instance:
        for release in CAME:
            instance.add_dynamic_partitions(PARTITIONS, [release])
        yield instance


def test_instance_hands_releases_out_in_their_order(came: dg.DagsterInstance) -> None:
    assert list(came.get_dynamic_partitions(PARTITIONS)) == ORDER
    first = came.get_paginated_dynamic_partitions(PARTITIONS, limit=2, ascending=True)
    rest = came.get_paginated_dynamic_partitions(PARTITIONS, limit=9, ascending=True, cursor=first.cursor)
    assert [*first.results, *rest.results] == ORDER
    assert first.has_more and not rest.has_more
    down = came.get_paginated_dynamic_partitions(PARTITIONS, limit=9, ascending=False)
    assert list(down.results) == ORDER[::-1]


@pytest.fixture(scope="module")
def out_of_order(
    tmp_path_factory: pytest.TempPathFactory, contracts: Mapping[str, Contract], samples: Path
) -> Iterator[tuple[Store, dg.DagsterInstance]]:
    """A store into which the newest edition came first."""
    store = Store(tmp_path_factory.mktemp("out_of_order"))
    with open_instance(store) as instance:
        for release in ("2022-12", "2021-12", "2022-06"):
            receive(store, contracts, samples / f"synthetic-csp-tables-{release}.xlsx")
            instance.add_dynamic_partitions(PARTITIONS, [release])
        yield store, instance


def _run(
    place: tuple[Store, dg.DagsterInstance], contracts: Mapping[str, Contract], first: str, last: str
) -> dg.ExecuteInProcessResult:
    store, instance = place
    tags = {"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": last}
    job = build_definitions(store, contracts).resolve_job_def("refresh_ons_csp")
    return job.execute_in_process(instance=instance, tags=tags, run_config=QUIET, raise_on_error=False)


def test_run_over_a_range_builds_the_releases_in_between(
    out_of_order: tuple[Store, dg.DagsterInstance], contracts: Mapping[str, Contract]
) -> None:
    store, instance = out_of_order
    assert _run(out_of_order, contracts, "2021-12", "2022-06").success
    assert instance.get_materialized_partitions(dg.AssetKey(["harmonised", "ons_csp"])) == {
        "2021-12",
        "2022-06",
    }
    assert store.tables.releases("harmonised", "ons_csp") == ["2021-12", "2022-06"]


def test_run_over_a_backward_range_fails_with_a_sentence(
    out_of_order: tuple[Store, dg.DagsterInstance], contracts: Mapping[str, Contract]
) -> None:
    result = _run(out_of_order, contracts, "2022-12", "2021-12")
    assert not result.success
    (failed,) = [event for event in result.all_events if event.is_step_failure]
    said = failed.step_failure_data.user_failure_data
    assert said is not None and said.description is not None
    assert "Launch the range from 2021-12 to 2022-12" in said.description
