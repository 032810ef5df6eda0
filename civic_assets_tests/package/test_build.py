"""What a package holds, that it is the same each time, and what the command says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.package.build import build_package
from civic_assets.publish.read_model.descriptions import FILE, read_explanations
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.package.conftest import SMALL
from civic_assets_tests.shared_stores import Refreshed


def _content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()
    }


def test_the_same_publication_gives_the_same_bytes(
    report_refresh: Refreshed, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_MEMORY", "300MB")
    build_package(Store.existing(report_refresh.store), tmp_path / "again", tables=SMALL)
    assert _content(tmp_path / "again") == _content(small)


def test_a_package_holds_every_table_that_is_no_view(whole: Path, sample_refresh: Refreshed) -> None:
    document = json.loads((whole / "datapackage.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        every = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        views = connection.execute(
            "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    for form in ("csv", "parquet"):
        assert {one["title"] for one in document["resources"] if one["format"] == form} == {
            n for (n,) in every
        }
    assert set(document["leftOut"]) == {name for (name,) in views}


def test_made_up_figures_are_said_in_every_document(whole: Path) -> None:
    for name in ("README.md", "datapackage.json", "dcat.jsonld", "csv/csv-metadata.json"):
        assert "SYNTHETIC SAMPLE DATA" in (whole / name).read_text(encoding="utf-8"), name
    for name in ("csv", "parquet"):
        assert "SYNTHETIC SAMPLE DATA" in (whole / "contracts" / f"package_{name}.odcs.yaml").read_text(
            encoding="utf-8"
        )


def test_only_rows_of_a_source_are_written(sample_refresh: Refreshed, tmp_path: Path) -> None:
    answer = build_package(
        Store.existing(sample_refresh.store), tmp_path / "out", sources=["gla_report"], formats=["parquet"]
    )
    names = {one.table for one in answer.tables}
    assert "harmonised.unified_parts" in answer.left_out and "catalogue.areas" in names
    found = duckdb.execute(
        f"SELECT DISTINCT source FROM '{tmp_path}/out/parquet/harmonised_observations.parquet'"
    ).fetchall()
    assert found == [("gla_report",)]
    assert answer.sources == ("gla_report",)
    assert not (tmp_path / "out" / "csv").exists()


def test_a_folder_with_something_in_it_is_left_as_it_is(report_refresh: Refreshed, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="has something in it"):
        build_package(Store.existing(report_refresh.store), tmp_path / "out", tables=SMALL)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["mine.txt"]


def test_a_failure_leaves_nothing(
    report_refresh: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("civic_assets.package.build._write_metadata", fails)
    with pytest.raises(OSError, match="No space"):
        build_package(Store.existing(report_refresh.store), tmp_path / "out", tables=SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (("--table", "harmonised.observation"), "Did you mean harmonised.observations?"),
        (("--source", "gla_reports"), "Did you mean gla_report?"),
        (("--publication", "7"), "has no publication 7. It has those from 1 to 1."),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    report_refresh: Refreshed, tmp_path: Path, given: tuple[str, str], sentence: str
) -> None:
    answer = civic_assets("package", "--store", report_refresh.store, "--out", tmp_path / "out", *given)
    assert answer.code == 2 and sentence in answer.err
    assert not (tmp_path / "out").exists()


def test_a_read_model_that_is_not_of_its_publication_is_refused(
    edited: Callable[[str], Store], tmp_path: Path
) -> None:
    store = edited("UPDATE catalogue.publication SET publication = 'another'")
    with pytest.raises(UsageError, match=r"is not of publication 1, as it says\. Run: civic-assets verify"):
        build_package(store, tmp_path / "out", tables=SMALL)


def test_what_is_deprecated_is_said_in_every_document(
    report_refresh: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words come from `read_model.yaml`; nothing in the file that ships is deprecated."""
    written: Any = yaml.safe_load((contracts_folder() / FILE).read_text(encoding="utf-8"))
    written["tables"]["harmonised.age_bands"]["deprecated"] = "Use catalogue.ages. It stays until version 3."
    written["columns"]["value_text"] = {
        "text": "As printed.",
        "deprecated": "Use locator. It stays until version 2.",
    }
    file = tmp_path / FILE
    file.write_text(yaml.safe_dump(written), encoding="utf-8")
    monkeypatch.setattr("civic_assets.package.described.explanations", lambda: read_explanations(file))
    out = tmp_path / "out"
    build_package(Store.existing(report_refresh.store), out, tables=SMALL)
    readme = (out / "README.md").read_text(encoding="utf-8")
    assert "- `harmonised.age_bands`: Use catalogue.ages. It stays until version 3.\n" in readme
    assert "- `harmonised.observations.value_text`: Use locator. It stays until version 2.\n" in readme
    named = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))["deprecations"]
    assert {
        "table": "harmonised.age_bands",
        "column": "",
        "instead": "Use catalogue.ages. It stays until version 3.",
    } in named
    for name in ("data-dictionary.csv", "csv/csv-metadata.json", "contracts/package_csv.odcs.yaml"):
        assert "Deprecated: Use locator. It stays until version 2." in (out / name).read_text(
            encoding="utf-8"
        )


def test_nothing_is_called_deprecated_that_stays(small: Path) -> None:
    readme = (small / "README.md").read_text(encoding="utf-8")
    assert "No table and no column of this package is deprecated." in readme
    assert json.loads((small / "datapackage.json").read_text(encoding="utf-8"))["deprecations"] == []


def test_the_command_says_what_it_wrote(report_refresh: Refreshed, tmp_path: Path) -> None:
    given = ("--store", report_refresh.store, "--table", "harmonised.latest", "--quiet")
    answer = civic_assets("package", *given, "-o", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    document = json.loads(answer.out)
    (table,) = document["tables"]
    assert table["table"] == "harmonised.latest" and table["n_rows"] > 0
    assert document["n_files"] == len(_content(tmp_path / "out"))
    assert document["n_bytes"] == sum(map(len, _content(tmp_path / "out").values()))
