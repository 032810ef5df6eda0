"""CSV, Parquet and JSON have every figure with its status and origin; the same figures give the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from civic_assets.export.chosen import Asked, choose
from civic_assets.export.export import export
from civic_assets.layers.store import Store
from civic_assets.publish.queries.notes_of_figure import notes_of
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.publish.read_model.locate import figure_issues
from civic_assets_tests.export.conftest import LIBRARIES, Exporting
from civic_assets_tests.export.published import Published, published
from civic_assets_tests.shared_stores import Refreshed


def _of_csv(path: Path) -> Published:
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["figure"]: (
                float(row["value"]) if row["value"] else None,
                row["status"] or None,
                row["quality"],
            )
            for row in csv.DictReader(file)
        }


def _of_parquet(path: Path) -> Published:
    return {
        row["figure"]: (row["value"], row["status"], row["quality"])
        for row in pq.read_table(path).to_pylist()
    }


def _of_json(path: Path) -> Published:
    document = json.loads(path.read_text(encoding="utf-8"))
    return {row["figure"]: (row["value"], row["status"], row["quality"]) for row in document["figures"]}


@pytest.mark.parametrize(("form", "read"), [("csv", _of_csv), ("parquet", _of_parquet), ("json", _of_json)])
def test_a_whole_source_has_every_value_and_status(
    form: str, read: Callable[[Path], Published], sample_refresh: Refreshed, tmp_path: Path
) -> None:
    path = tmp_path / f"a.{form}"
    export(Store.existing(sample_refresh.store), Asked(sources=["ONS CSP"]), path)
    every = published(sample_refresh.store, "ons_csp")
    assert read(path) == every
    again = tmp_path / f"b.{form}"
    export(Store.existing(sample_refresh.store), Asked(sources=["ons_csp"]), again)
    assert again.read_bytes() == path.read_bytes()


def test_json_says_licence_publication_and_notes(exported: Exporting) -> None:
    answer, path = exported("ons_csp", "json")
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["publication"] == {"number": answer.number, "hash": answer.publication}
    assert document["synthetic"] is True
    (source,) = document["sources"]
    assert source["licence"] == "Open Government Licence v3.0" and source["releases"]
    assert document["statuses"]["low_reliability"]["symbol"] == "[u]"
    said = {(note["release"], note["place"]) for note in document["notes"]}
    assert said == {(row["release"], place) for row in document["figures"] for place in row["notes"]}


def test_parquet_says_the_same_in_its_metadata(exported: Exporting) -> None:
    said = json.loads(pq.read_schema(exported("ons_csp", "parquet")[1]).metadata[b"civic_assets"])
    document = json.loads(exported("ons_csp", "json")[1].read_text(encoding="utf-8"))
    del document["figures"]
    assert said == document


def test_a_disputed_figure_comes_with_its_finding(exported: Exporting) -> None:
    answer, path = exported(LIBRARIES, "csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    disputed = [row for row in rows if row["quality"] == "disputed"]
    assert len(disputed) == answer.disputed > 0
    assert all(row["notes"] and len(row["caveats"]) > 20 for row in disputed)
    assert all(not row["caveats"] for row in rows if row["quality"] == "ok")


def test_notes_are_those_of_trace(sample_refresh: Refreshed) -> None:
    """For every 499th figure of the sample: the notes that are found for one figure are those found for all at once."""
    with open_read_model(Store.existing(sample_refresh.store)) as connection:
        chosen = choose(connection, Asked(sources=["ons_csp"]))
        rows = chosen.rows().read_all().to_pylist()[::499]
        compared = 0
        for row in rows:
            (issue,) = figure_issues(
                connection,
                "source = ? AND locator = ? AND release = ? AND measure = ? AND area_code = ? AND unit = ?",
                [
                    row["source"],
                    row["locator"],
                    row["release"],
                    row["measure"],
                    row["area_code"],
                    row["unit"],
                ],
            )
            one: list[Any] = sorted(note.locator for note in notes_of(connection, issue.figure))
            assert (
                sorted(chosen.notes[at].place for at in row["notes"] if chosen.notes[at].kind == "note")
                == one
            )
            compared += len(one)
    assert len(rows) > 50 and compared > 50


def test_nothing_is_written_into_the_store(sample_refresh: Refreshed, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sample_refresh.store.iterdir()}
    export(Store.existing(sample_refresh.store), Asked(measures=["burglary"]), tmp_path / "a.csv")
    assert {path: path.stat().st_mtime_ns for path in sample_refresh.store.iterdir()} == before
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
