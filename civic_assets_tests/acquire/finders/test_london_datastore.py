"""The London Datastore: both shapes, the newest issue, a data set that has moved, and titles that have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from civic_assets.acquire.asking import NotObtained
from civic_assets.acquire.obtain import obtain
from civic_assets_tests.acquire.finders.conftest import LONG_AGO, acquisition_of, find
from civic_assets_tests.replay.directly import AsksSites
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.site import Told
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.london_datastore import LondonDatastore


@pytest.mark.parametrize("shape", ["v2", "v3"])
def test_newest_issue_is_found_by_title_in_both_shapes_of_the_interface(
    catalogue: Catalogue, tmp_path: Path, shape: str
) -> None:
    site = LondonDatastore(catalogue, shape, older_issues=True)  # type: ignore[arg-type]
    found = find("met_borough", [site])
    assert [(offer.wanted, offer.file_name) for offer in found.offers] == [
        ("recent", "MPS Borough Level Crime (most recent 24 months).csv"),
        ("historical", "MPS Borough Level Crime (Historical).csv"),
    ]
    newest = catalogue.of("met_borough")[0]
    ask = AsksSites([site], acquisition_of("met_borough").all_hosts)
    transfer = obtain(found.offers[0], ask, tmp_path / "issue.csv")
    assert (transfer.sha256, newest.edition) == (newest.sha256, "2025-07")
    assert found.missing == ()


def test_older_issues_are_found_since_a_day(catalogue: Catalogue) -> None:
    site = LondonDatastore(catalogue, "v3", older_issues=True)
    recent = [
        offer.published.year
        for offer in find("met_borough", [site], since=date(2022, 1, 1)).offers
        if offer.wanted == "recent" and offer.published
    ]
    assert recent == [2025, 2022]
    assert len(find("met_borough", [site], since=LONG_AGO).offers) == 4


def test_version_changes_with_the_bytes_although_name_and_title_stay(
    catalogue: Catalogue, file_of: Callable[..., Published]
) -> None:
    site = LondonDatastore(catalogue, "v3")
    before = find("met_ward", [site]).offers[0]
    old = catalogue.of("met_ward")[0]
    catalogue.put(file_of("met_ward", old.edition, old.name, old.title, day=str(old.published.date())))
    after = find("met_ward", [site]).offers[0]
    assert (before.title, before.file_name) == (after.title, after.file_name)
    assert before.version != after.version
    assert before.url != after.url


def test_file_named_without_a_window_is_found_too(file_of: Callable[..., Published]) -> None:
    site = LondonDatastore(Catalogue([file_of("met_ward", "2026-05", "MPS Ward Level Crime.csv")]), "v3")
    assert [offer.wanted for offer in find("met_ward", [site]).offers] == ["recent"]


def test_data_set_that_has_another_id_is_found_in_the_catalogue_by_its_titles(catalogue: Catalogue) -> None:
    found = find("met_borough", [LondonDatastore(catalogue, "v3", dataset="z9z9z")])
    assert len(found.offers) == 2
    assert "no longer has the data set 'exy3m'" in found.notes[0]
    assert "'z9z9z'" in found.notes[0]
    assert "Change `dataset` in the contract" in found.notes[0]


def test_data_set_that_is_nowhere_is_said_with_what_was_looked_for_and_where(catalogue: Catalogue) -> None:
    found = find("met_ward", [LondonDatastore(Catalogue([]), "v3", dataset="z9z9z")])
    assert found.offers == ()
    assert "'^MPS Ward Level Crime( \\(most recent 24 months\\))?(\\.csv)?$'" in found.missing[0]
    assert "https://data.london.gov.uk/api/dataset/exy3m" in found.missing[0]
    assert "https://data.london.gov.uk/api/v3/datasets/export.json" in found.missing[0]


def test_title_that_has_changed_is_missing_and_the_titles_that_are_there_are_named(
    file_of: Callable[..., Published],
) -> None:
    site = LondonDatastore(Catalogue([file_of("met_ward", "2026-05", "wards.csv", "Ward crime 2026")]))
    found = find("met_ward", [site])
    assert found.offers == ()
    assert "There are: 'Ward crime 2026'." in found.missing[0]


def test_file_on_a_host_that_the_contract_does_not_name_is_refused() -> None:
    foreign = {
        "id": "r1",
        "title": "MPS Ward Level Crime (most recent 24 months)",
        "url": "https://bucket.example.org/wards.csv",
        "format": "csv",
    }
    found = find("met_ward", [LondonDatastore(Catalogue([]), "v2", more=(foreign,))])
    assert found.offers == ()
    assert (
        "is offered at bucket.example.org, which is not one of the hosts of the contract" in found.missing[0]
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"error":{"code":500,"message":"Dataset service unavailable"}}', "Dataset service unavailable"),
        (b"<!doctype html><html>Sorry</html>", "it is a web page"),
        (b"[]", "expected an object, found nothing"),
        (b"", "the answer is empty although its status is 200"),
        (b'{"id":"exy3m","resources":"moved"}', "expected a list of resources"),
    ],
)
def test_error_with_status_200_ends_in_a_sentence(catalogue: Catalogue, body: bytes, says: str) -> None:
    fault = Fault("error", path="/api/", change=lambda asked, told: Told(200, {}, body))
    with pytest.raises(NotObtained) as refused:
        find("met_borough", [LondonDatastore(catalogue)], fault)
    assert says in str(refused.value)
    assert "https://data.london.gov.uk/api/dataset/exy3m" in str(refused.value)


def test_a_private_data_set_is_an_error_and_not_an_absence(catalogue: Catalogue) -> None:
    with pytest.raises(NotObtained) as refused:
        find("met_borough", [LondonDatastore(catalogue)], Fault("403", path="/api/"))
    assert refused.value.status == 403
