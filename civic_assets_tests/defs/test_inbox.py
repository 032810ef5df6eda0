"""The inbox: what is taken when, with the cursors that the sensor itself returns."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import dagster as dg
import pytest

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.launch import launch
from civic_assets.defs.resources import StoreResource
from civic_assets.layers.store import Store
from civic_assets_tests.acceptance.commands import store_changed_by_another_process
from civic_assets_tests.paths import FIXTURES

FIRST, SECOND = "synthetic-csp-tables-2022-09.xlsx", "synthetic-csp-tables-2022-09v2.xlsx"


class Inbox:
    """The sensor of a store, evaluated tick after tick."""

    def __init__(self, store: Store, instance: dg.DagsterInstance) -> None:
        self.store, self.instance = store, instance
        self.definitions = build_definitions(store)
        self.sensor = self.definitions.get_repository_def().get_sensor_def("inbox")
        self.cursor: str | None = None

    def put(self, file: Path, name: str | None = None) -> Path:
        target = self.store.inbox / (name or file.name)
        target.write_bytes(file.read_bytes())
        return target

    def tick(self) -> dg.SensorResult:
        with dg.build_sensor_context(
            instance=self.instance,
            cursor=self.cursor,
            definitions=self.definitions,
            resources={"store": StoreResource(root=str(self.store.root))},
        ) as context:
            result = self.sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        return result


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    store = Store(tmp_path)
    with dg.DagsterInstance.ephemeral() as instance:
        yield Inbox(store, instance)


def _requested(result: dg.SensorResult) -> list[tuple[str | None, str | None]]:
    return [(request.job_name, request.partition_key) for request in result.run_requests or []]


def _said(result: dg.SensorResult) -> str:
    return (
        str(result.skip_reason.skip_message)
        if isinstance(result.skip_reason, dg.SkipReason)
        else str(result.skip_reason)
    )


def test_empty_inbox_asks_for_nothing(inbox: Inbox) -> None:
    result = inbox.tick()
    assert not result.run_requests and "Nothing new" in _said(result)


def test_new_file_is_archived_whatever_its_name_and_its_release_is_run_once(
    inbox: Inbox, samples: Path
) -> None:
    inbox.put(samples / FIRST, "copy of table (3).bin")
    assert not inbox.tick().run_requests, "it may still be written"
    result = inbox.tick()
    assert _requested(result) == [("refresh_ons_csp", "2022-09")]
    (added,) = result.dynamic_partitions_requests or []
    assert (added.partitions_def_name, list(added.partition_keys)) == ("ons_csp_releases", ["2022-09"])
    (receipt,) = inbox.store.archive.receipts()
    assert receipt.origin == "inbox" and receipt.file_name == "copy of table (3).bin"
    for _ in range(3):
        assert not inbox.tick().run_requests
    assert (inbox.store.inbox / "copy of table (3).bin").is_file()


def test_file_is_read_at_the_next_look_if_somebody_is_changing_the_store(inbox: Inbox, samples: Path) -> None:
    inbox.put(samples / FIRST)
    inbox.tick()
    with store_changed_by_another_process(inbox.store.root):
        result = inbox.tick()
        assert not result.run_requests and "is being changed by a test" in _said(result)
        assert inbox.store.archive.receipts() == []
    assert _requested(inbox.tick()) == [("refresh_ons_csp", "2022-09")]


def test_file_that_grows_is_read_when_it_has_stopped(inbox: Inbox, samples: Path) -> None:
    whole = (samples / FIRST).read_bytes()
    target = inbox.store.inbox / FIRST
    for share in (3, 2):
        target.write_bytes(whole[: len(whole) // share])
        result = inbox.tick()
        assert not result.run_requests and "read when unchanged" in _said(result)
    target.write_bytes(whole)
    assert not inbox.tick().run_requests
    assert _requested(inbox.tick()) == [("refresh_ons_csp", "2022-09")]


@pytest.mark.parametrize(
    "name", [".hidden.xlsx", "~$open.xlsx", "tables.xlsx.part", "tables.xlsx.crdownload"]
)
def test_unfinished_and_hidden_files_are_not_looked_at(inbox: Inbox, samples: Path, name: str) -> None:
    inbox.put(samples / FIRST, name)
    inbox.tick()
    assert "Nothing new" in _said(inbox.tick())
    assert inbox.store.archive.receipts() == []


def test_other_bytes_of_an_edition_become_a_reissue(inbox: Inbox, samples: Path) -> None:
    target = inbox.put(samples / FIRST, "september.xlsx")
    inbox.tick()
    inbox.tick()
    target.write_bytes((samples / SECOND).read_bytes())
    assert not inbox.tick().run_requests
    result = inbox.tick()
    assert _requested(result) == [("refresh_ons_csp", "2022-09.r2")]
    assert [receipt.release for receipt in inbox.store.archive.receipts()] == ["2022-09", "2022-09.r2"]


def test_edition_that_arrives_late_runs_the_later_ones_again(inbox: Inbox, samples: Path) -> None:
    inbox.put(samples / "synthetic-csp-tables-2022-12.xlsx")
    inbox.tick()
    assert _requested(inbox.tick()) == [("refresh_ons_csp", "2022-12")]
    inbox.put(samples / "synthetic-csp-tables-2021-12.xlsx")
    inbox.tick()
    late = inbox.tick()
    assert _requested(late) == [("refresh_ons_csp", "2021-12"), ("refresh_ons_csp", "2022-12")]
    keys = [request.run_key for request in late.run_requests or []]
    assert len(set(keys)) == 2


def test_unrecognised_file_is_named_once_and_left_where_it_is(inbox: Inbox) -> None:
    target = inbox.store.inbox / "minutes of a meeting.csv"
    target.write_text("who,what\nchair,opened the meeting\n")
    inbox.tick()
    assert "minutes of a meeting.csv has no tables of a source with a contract" in _said(inbox.tick())
    assert "Nothing new" in _said(inbox.tick())
    assert target.is_file() and inbox.store.archive.receipts() == []


def test_damaged_file_is_named_and_the_next_one_is_taken(inbox: Inbox, samples: Path) -> None:
    whole = (samples / FIRST).read_bytes()
    (inbox.store.inbox / "a torn download.xlsx").write_bytes(whole[: len(whole) // 2])
    inbox.put(samples / "gla_report_2023.csv")
    inbox.tick()
    assert _requested(inbox.tick()) == [("refresh_gla_report", "2023-05")]


def test_releases_of_an_archive_are_run_one_by_one_and_name_the_archive(inbox: Inbox) -> None:
    street = FIXTURES / "police_uk"
    with zipfile.ZipFile(inbox.store.inbox / "latest.zip", "w") as archive:
        archive.write(street / "2011_areas.csv", "2022-05/a.csv")
        archive.write(street / "2021_areas.csv", "2023-06/b.csv")
        archive.writestr("readme.csv", "a,b\n1,2\n")
    inbox.tick()
    result = inbox.tick()
    assert _requested(result) == [
        ("refresh_police_uk", "2022-05-city-of-london"),
        ("refresh_police_uk", "2023-06-city-of-london"),
    ]
    assert {request.tags["civic/file"] for request in result.run_requests or []} == {"latest.zip"}


def test_release_that_is_there_already_is_not_run_again(
    inbox: Inbox, samples: Path, contracts: Mapping[str, Contract]
) -> None:
    inbox.put(samples / "gla_report_2023.csv")
    inbox.tick()
    inbox.tick()
    launch(inbox.store, contracts, {"gla_report": ["2023-05"]}, profile="local")
    inbox.put(samples / "gla_report_2023.csv", "the same once more.csv")
    inbox.tick()
    assert "already archived" in _said(inbox.tick())


def test_cursor_that_cannot_be_read_starts_again(inbox: Inbox, samples: Path) -> None:
    inbox.put(samples / "gla_report_2023.csv")
    inbox.cursor = '{"gla_report_2023.csv": "of an older version"}'
    assert not inbox.tick().run_requests
    assert _requested(inbox.tick()) == [("refresh_gla_report", "2023-05")]


def test_file_touched_without_change_is_the_release_it_was(inbox: Inbox, samples: Path) -> None:
    target = inbox.put(samples / "gla_report_2023.csv")
    inbox.tick()
    inbox.tick()
    os.utime(target, (1, 1))
    inbox.tick()
    inbox.tick()
    assert [receipt.release for receipt in inbox.store.archive.receipts()] == ["2023-05"]


@pytest.mark.parametrize(("trigger", "published"), [("inbox", True), ("calendar", True), ("refresh", False)])
def test_publication_follows_a_run_unless_the_command_publishes_itself(
    inbox: Inbox, trigger: str, published: bool
) -> None:
    from civic_assets.defs.instance import TRIGGER_TAG

    sensor = inbox.definitions.get_repository_def().get_sensor_def("publish_after_refresh")
    job = inbox.definitions.resolve_job_def("refresh_gla_report")
    run = inbox.instance.create_run_for_job(
        job, tags={TRIGGER_TAG: trigger}, status=dg.DagsterRunStatus.SUCCESS
    )
    event = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, job.name)
    context = dg.build_run_status_sensor_context("publish_after_refresh", event, inbox.instance, run)
    result = sensor(context)
    assert isinstance(result, dg.RunRequest if published else dg.SkipReason)
