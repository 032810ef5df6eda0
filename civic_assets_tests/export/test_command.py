"""`civic-assets export` as a person uses it: names, formats, files that exist, mistakes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from civic_assets.answers.export import FORMATS
from civic_assets.cli.entry import main
from civic_assets.cli.export import _FORMATS
from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.export import export as module
from civic_assets.export.chosen import Asked
from civic_assets.export.export import export
from civic_assets.layers.store import Store
from civic_assets.tables.file_states import content_sha256
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.shared_stores import Refreshed


@pytest.fixture
def store(sample_refresh: Refreshed) -> Store:
    return Store.existing(sample_refresh.store)


def test_the_answer_names_file_sources_and_publication(sample_refresh: Refreshed, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    given = ("--area", "islington", "--measure", "Burglary", "--store", sample_refresh.store)
    said = civic_assets("export", *given, "--out", path, "--json", "--quiet")
    assert said.code == 0, said.err
    answer = said.json
    assert (answer["file"], answer["format"], answer["tables"]) == (str(path), "csv", 1)
    assert answer["sha256"] == content_sha256(path) and answer["bytes"] == path.stat().st_size
    assert answer["figures"] == len(path.read_text(encoding="utf-8").splitlines()) - 1 > 0
    assert {"ons_csp", "gla_report"} == {one["source"] for one in answer["sources"]}
    again = civic_assets("export", *given, "--out", path)
    assert again.code == 2 and again.err.endswith(
        "a.csv exists. Name another file, or replace it with --force.\n"
    )
    forced = civic_assets("export", *given, "--out", path, "--force")
    assert forced.code == 0 and "SYNTHETIC SAMPLE DATA" in forced.out and f"Written: {path}" in forced.out


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked(), "Say what to export: give --area, --measure or --source"),
        (Asked(sources=["ons_cps"]), "No source is called 'ons_cps'. Did you mean ons_csp"),
        (Asked(measures=["burglry"]), "No measure is called 'burglry'. Did you mean burglary"),
        (Asked(areas=["Islingtn"]), "No figure is published for the area 'Islingtn'. Did you mean Islington"),
        (
            Asked(["Camden"], [], ["gla_report"]),
            "No newest figure is published for Camden by gla_report. Ask for less",
        ),
    ],
)
def test_a_word_that_fits_nothing_ends_in_a_sentence(
    asked: Asked, sentence: str, store: Store, tmp_path: Path
) -> None:
    with pytest.raises((UsageError, NotPublished)) as raised:
        export(store, asked, tmp_path / "a.csv")
    assert str(raised.value).startswith(sentence)
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_several_areas_lists_them(store: Store, tmp_path: Path) -> None:
    two = tmp_path / "two"
    (two / "publications").mkdir(parents=True)
    shutil.copy(store.database, two / "civic.duckdb")
    with duckdb.connect(str(two / "civic.duckdb")) as connection:
        connection.execute(
            "UPDATE harmonised.observations SET area_name = 'Islington' WHERE area_code = 'E09000007'"
        )
    with pytest.raises(AmbiguousFigure, match="2 areas are called 'Islington'") as raised:
        export(Store.existing(two), Asked(["Islington"]), tmp_path / "a.csv")
    assert list(raised.value.choices) == ["E09000007", "E09000019"]
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "a.ods",
            "does not say which format is meant. End it in .csv, .parquet, .json, .xlsx, or add --format.",
        ),
        ("none/a.csv", "Create it first."),
        ("", "is a folder. Name a file in it."),
    ],
)
def test_a_file_that_cannot_be_written_is_said(
    name: str, sentence: str, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as raised:
        export(store, Asked(measures=["burglary"]), tmp_path / name, None if name.endswith("ods") else "csv")
    assert str(raised.value).endswith(sentence)


def test_too_many_figures_for_a_workbook_are_refused(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EXPORT_WORKBOOK_FIGURES", 3)
    with pytest.raises(UsageError, match=r"figures, and a workbook may have 3\. Ask for less"):
        export(store, Asked(sources=["gla_report"]), tmp_path / "a.xlsx")


def test_a_file_that_stops_half_way_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(chosen: object, path: Path, form: str) -> int:
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(module, "_write", stops)
    (tmp_path / "a.csv").write_text("before")
    with pytest.raises(OSError, match="disk full"):
        export(store, Asked(sources=["gla_report"]), tmp_path / "a.csv", force=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "before"


def test_command_offers_every_format() -> None:
    assert _FORMATS == FORMATS


def test_command_whose_module_cannot_be_loaded_ends_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "civic_assets.cli.export", None)
    assert main(["export", "--area", "Islington"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("civic-assets: export: ") and "Try --debug." in said and "Traceback" not in said
