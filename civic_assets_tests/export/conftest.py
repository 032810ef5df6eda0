"""Stores to export from, and exports of them, each made once for the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from civic_assets.answers.export import ExportedFile
from civic_assets.contracts.folders import contracts_folder
from civic_assets.export.chosen import Asked
from civic_assets.export.export import export
from civic_assets.layers.store import Store
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.acceptance.test_adding_a_source import AS_PRINTED, EXAMPLE, MISTYPED
from civic_assets_tests.shared_stores import Refreshed, _once, _unchanged

LIBRARIES = "library_visits"
# What is exported in these tests: a source in full, or the part of the sample that is quickly written.
_ASKED = {
    "ons_csp": Asked(areas=["Islington", "City of London", "Isles of Scilly"], sources=["ons_csp"]),
    "gla_report": Asked(sources=["gla_report"]),
    LIBRARIES: Asked(sources=[LIBRARIES]),
}

Exporting = Callable[[str, str], tuple[ExportedFile, Path]]


@pytest.fixture(scope="session")
def library_refresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshed]:
    """The example of the documentation with one mistyped figure, which is disputed; read only."""

    def make(folder: Path) -> Answer:
        (folder / "inputs").mkdir(exist_ok=True)
        text = (EXAMPLE / f"{LIBRARIES}.csv").read_text(encoding="utf-8")
        assert AS_PRINTED in text
        (folder / "inputs" / "visits.csv").write_text(text.replace(AS_PRINTED, MISTYPED), encoding="utf-8")
        given = ("--profile", "local", "--inputs", folder / "inputs", "--store", folder / "store")
        contracts = os.pathsep.join([str(contracts_folder()), str(EXAMPLE)])
        environment = {"CIVIC_CONTRACTS": contracts, "CIVIC_SITE": "later"}
        return civic_assets("refresh", *given, "--json", "--quiet", env=environment)

    yield from _unchanged(_once(tmp_path_factory, "libraries", make))


@pytest.fixture(scope="session")
def store_of(sample_refresh: Refreshed, library_refresh: Refreshed) -> Callable[[str], Path]:
    """The store that has a source."""
    return lambda source: library_refresh.store if source == LIBRARIES else sample_refresh.store


@pytest.fixture(scope="session")
def exported(store_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Exporting:
    """An export by source and format."""
    made: dict[tuple[str, str], tuple[ExportedFile, Path]] = {}
    folder = tmp_path_factory.mktemp("exports")

    def export_once(source: str, form: str) -> tuple[ExportedFile, Path]:
        if (source, form) not in made:
            path = folder / f"{source}.{form}"
            made[source, form] = export(Store.existing(store_of(source)), _ASKED[source], path), path
        return made[source, form]

    return export_once
