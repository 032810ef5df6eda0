"""A package gives the values and the statuses of the read model, whatever opens it; every cell is compared."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.layers.store import Store
from civic_assets.package.build import build_package
from civic_assets.package.readme import SNIPPETS
from civic_assets_tests.shared_stores import Refreshed

_KINDS = {"number": "DOUBLE", "integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


def _resources(package: Path) -> dict[str, Any]:
    document = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    return {one["name"]: one for one in document["resources"]}


def _differences(
    store: Path, resource: dict[str, Any], name: str, read: Callable[[duckdb.DuckDBPyConnection], str]
) -> int:
    """Rows of the read model that are not among those read, and the reverse; counted, so that repeats matter."""
    schema, _, table = name.partition(".")
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{store / 'civic.duckdb'}' AS model (READ_ONLY)")
        source = read(connection)
        columns = [
            (one["name"], _KINDS.get(one["type"], "VARCHAR"), one["type"] == "array")
            for one in resource["schema"]["fields"]
        ]
        ours = ", ".join(
            f'to_json("{column}")::VARCHAR' if nested else f'"{column}"::{kind}'
            for column, kind, nested in columns
        )
        theirs = ", ".join(f'"{column}"::{kind}' for column, kind, _ in columns)
        mine = f"SELECT {ours} FROM model.{schema}.{table}"
        other = f"SELECT {theirs} FROM {source}"
        (number,) = connection.execute(
            f"SELECT (SELECT count(*) FROM ({mine} EXCEPT ALL {other})) "
            f"+ (SELECT count(*) FROM ({other} EXCEPT ALL {mine}))"
        ).fetchone() or (None,)
        assert number is not None
        return int(number)


def _read_by(library: str, package: Path, name: str) -> Any:
    """What the code of the package's README reads."""
    assert SNIPPETS[library] in (package / "README.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    exec(SNIPPETS[library], names)  # noqa: S102  (the code that users are given is what is tested)
    frame = names["read"](name, str(package))
    return frame.to_arrow_table() if library == "DuckDB" else frame


@pytest.mark.parametrize(
    "library",
    [pytest.param(name, marks=() if name == "DuckDB" else (pytest.mark.exhaustive,)) for name in SNIPPETS],
)
def test_every_cell_of_every_csv_is_that_of_the_read_model(
    sample_refresh: Refreshed, whole: Path, library: str
) -> None:
    tables = {name: one for name, one in _resources(whole).items() if one["format"] == "csv"}
    assert len(tables) > 90
    different = {}
    for name, resource in tables.items():
        frame = _read_by(library, whole, name)

        def read(connection: duckdb.DuckDBPyConnection, frame: Any = frame) -> str:
            connection.register("frame", frame)
            return "frame"

        number = _differences(sample_refresh.store, resource, resource["title"], read)
        if number:
            different[name] = number
    assert different == {}


def test_every_cell_of_every_parquet_file_is_that_of_the_read_model(
    sample_refresh: Refreshed, whole: Path
) -> None:
    different = {}
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{sample_refresh.store / 'civic.duckdb'}' AS model (READ_ONLY)")
        for resource in _resources(whole).values():
            if resource["format"] != "parquet":
                continue
            mine, other = f"FROM model.{resource['title']}", f"FROM '{whole / resource['path']}'"
            row = connection.execute(
                f"SELECT (SELECT count(*) FROM ({mine} EXCEPT ALL {other})) "
                f"+ (SELECT count(*) FROM ({other} EXCEPT ALL {mine}))"
            ).fetchone()
            if row != (0,):
                different[resource["path"]] = row
    assert different == {}


def test_the_comparison_sees_one_changed_status(
    report_refresh: Refreshed, small: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(small, copy)
    file = copy / "csv" / "harmonised_observations.csv"
    text = file.read_text(encoding="utf-8")
    assert ",ok," in text
    file.write_text(text.replace(",ok,", ",disputed,", 1), encoding="utf-8")
    resource = _resources(copy)["harmonised_observations"]
    frame = _read_by("polars", copy, "harmonised_observations")

    def read(connection: duckdb.DuckDBPyConnection) -> str:
        connection.register("frame", frame)
        return "frame"

    assert _differences(report_refresh.store, resource, "harmonised.observations", read) == 2


def test_no_cell_without_a_number_is_a_zero_and_each_has_its_status(
    edited: Callable[[str], Store], tmp_path: Path
) -> None:
    """Of a suppressed figure the value is an empty cell, and the status says why."""
    store = edited(
        "UPDATE harmonised.observations SET value = NULL, status = 'suppressed', value_text = 'x' "
        "WHERE locator IN (SELECT locator FROM harmonised.observations ORDER BY locator LIMIT 5)"
    )
    build_package(store, tmp_path / "out", tables=["harmonised.observations"])
    for library in SNIPPETS:
        frame = _read_by(library, tmp_path / "out", "harmonised_observations")
        with duckdb.connect() as connection:
            connection.register("frame", frame)
            row = connection.execute(
                "SELECT count(*) FILTER (status = 'suppressed' AND value IS NULL), "
                "count(*) FILTER (status = 'suppressed' AND value = 0), "
                "count(*) FILTER (value IS NULL AND status IS NULL) FROM frame"
            ).fetchone()
        assert row == (5, 0, 0), library


def test_an_empty_text_and_no_text_stay_apart_in_one_column(
    edited: Callable[[str], Store], tmp_path: Path
) -> None:
    store = edited(
        "UPDATE quality.findings SET locator = NULL; UPDATE quality.findings SET locator = '' "
        "WHERE finding_id = (SELECT min(finding_id) FROM quality.findings)"
    )
    build_package(store, tmp_path / "out", tables=["quality.findings"])
    fields = _resources(tmp_path / "out")["quality_findings"]["schema"]["fields"]
    (locator,) = (one for one in fields if one["name"] == "locator")
    assert locator["missingValues"] == ["\\N"]
    for library in SNIPPETS:
        with duckdb.connect() as connection:
            connection.register("frame", _read_by(library, tmp_path / "out", "quality_findings"))
            row = connection.execute(
                "SELECT count(*) FILTER (locator = ''), count(*) > 1 AND count(locator) = 1 FROM frame"
            ).fetchone()
        assert row == (1, True), library


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_values_and_statuses(
    report_refresh: Refreshed, small: Path, tmp_path: Path
) -> None:
    """Imported as the README says: columns of texts as Text. A sheet keeps 15 digits of a number."""
    resource = _resources(small)["harmonised_observations"]
    fields = resource["schema"]["fields"]
    kinds = "/".join(f"{place}/{1 if one['type'] == 'number' else 2}" for place, one in enumerate(fields, 1))
    copy = tmp_path / "observations.csv"
    shutil.copy(small / resource["path"], copy)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless",
            f"--infilter=CSV:44,34,76,1,{kinds},2057", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(copy),
        ],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    from openpyxl import load_workbook

    rows = list(load_workbook(tmp_path / "observations.xlsx").worksheets[0].values)
    names = [str(name) for name in rows[0]]
    asked = ("locator", "measure", "value", "status", "value_text")
    found = [tuple(row[names.index(one)] for one in asked) for row in rows[1:]]
    with duckdb.connect(str(report_refresh.store / "civic.duckdb"), read_only=True) as connection:
        known = connection.execute(f"SELECT {', '.join(asked)} FROM harmonised.observations").fetchall()
    assert len(known) > 90
    expected = [
        (*place, None if value is None else float(f"{value:.15g}"), status, text or None)
        for *place, value, status, text in known
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
