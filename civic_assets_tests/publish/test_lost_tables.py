"""A release of the last publication never goes from it because a table of it is gone."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.defs.launch import launch
from civic_assets.errors import PublicationHeldBack
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.publication import latest, publish, stands
from civic_assets.refresh import refresh
from civic_assets_tests.publish.report.stores import add

REPORT, EDITION = ("gla_report", "2023-05"), ("ons_csp", "2022-12")
_EDITION = "synthetic-csp-tables-2022-12.xlsx"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("published")
    (root / "given").mkdir()
    shutil.copy(REPORT_TABLES, root / "given" / "report.csv")
    (root / "given" / _EDITION).write_bytes(workbook_bytes(EDITIONS[_EDITION]))
    add(Store(root / "store"), root / "given")
    return root


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Store:
    store = Store(shutil.copytree(published / "store", tmp_path / "store"))
    assert stands(store, load_contracts())
    return store


def _state(store: Store) -> tuple[object, str]:
    return latest(store), hashlib.sha256(store.database.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("gone", "named"),
    [
        (("",), [REPORT, EDITION]),
        (("quality_results/ons_csp",), [EDITION]),
        (("quality_findings/ons_csp",), [EDITION]),
        (("harmonised/ons_csp",), [EDITION]),
        (("harmonised",), [REPORT, EDITION]),
    ],
)
def test_publishing_is_refused_and_the_last_publication_stays(
    store: Store, gone: tuple[str, ...], named: list[tuple[str, str]]
) -> None:
    before = _state(store)
    for name in gone:
        shutil.rmtree(store.tables.root / name)
    assert not stands(store, load_contracts())
    with pytest.raises(PublicationHeldBack) as refused:
        publish(store, load_contracts(), profile="local")
    said = str(refused.value)
    for source, release in (REPORT, EDITION):
        assert (f"{source} {release}" in said) == ((source, release) in named)
        assert (f"refresh_{source}" in said) == ((source, release) in named)
    assert "civic-assets refresh --profile local --inputs FOLDER" in said
    assert _state(store) == before


def test_run_of_dagster_that_publishes_says_so_too(store: Store) -> None:
    before = _state(store)
    shutil.rmtree(store.tables.root)
    report = launch(store, load_contracts(), {REPORT[0]: [REPORT[1]]}, profile="local")
    assert report.publication is None
    assert any("ons_csp 2022-12" in error and "last publication stays" in error for error in report.errors)
    assert _state(store) == before


def test_refresh_of_another_source_builds_what_is_gone(store: Store, published: Path) -> None:
    before = latest(store)
    shutil.rmtree(store.tables.root / "harmonised" / EDITION[0])
    summary = refresh(store, profile="local", inputs=published / "given", sources=[REPORT[0]])
    assert summary.errors == [] and before is not None and summary.publication == before["hash"]


def test_release_that_is_left_out_on_purpose_is_not_missed(store: Store) -> None:
    shutil.rmtree(store.tables.root / "harmonised" / EDITION[0])
    publication = publish(store, load_contracts(), profile="local", without={EDITION})
    assert publication is not None and publication.new
    manifest = latest(store)
    assert manifest is not None
    assert [(one["source"], one["release"]) for one in manifest["content"]["inputs"]] == [REPORT]
