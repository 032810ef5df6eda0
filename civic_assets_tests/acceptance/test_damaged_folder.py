"""One refresh over a folder of damaged files of every source: the whole one is published, and each is accounted for."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from civic_assets.values.cells import as_printed
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.parsing.damaged_files import Damaged, damaged, whole_files
from civic_assets_tests.paths import PROJECT

REPORT = PROJECT / "civic_assets" / "inputs" / "report" / "gla_report_2023.csv"
# Of each file so many of the ways of taking something away, spread over all of them.
_WAYS = 3
FEWEST_FILES = 150


def _write(path: Path, one: Damaged) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        for row in one.grid.sheets[0].rows:
            writer.writerow([as_printed(cell) for cell in row])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report's tables, whole, among files of every source with something taken away."""
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "whole.csv").write_bytes(REPORT.read_bytes())
    for name, grid in whole_files():
        if len(grid.sheets) > 1 or grid.sheets[0].records or name == "report":
            continue
        ways = [one for one in damaged(name, grid) if one.what]
        for number, one in enumerate(ways[:: max(1, len(ways) // _WAYS)]):
            _write(folder / f"{name.replace('/', ' ')} {number}.csv", one)
    return folder


@pytest.fixture(scope="module")
def refreshed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Answer]:
    store = tmp_path_factory.mktemp("store") / "store"
    arguments = ("--profile", "local", "--inputs", folder, "--store", store, "--json", "--quiet")
    return store, civic_assets("refresh", *arguments)


def test_whole_file_is_published_and_the_exit_code_says_that_others_are_not(
    refreshed: tuple[Path, Answer],
) -> None:
    store, answer = refreshed
    assert answer.code == 1, answer.err
    assert "Traceback" not in answer.err
    assert answer.json["errors"] == []
    states = {(r["source"], r["release"]): r["state"] for r in answer.json["releases"]}
    assert states["gla_report", "2023-05"] == "published"
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        ((figures,),) = connection.execute(
            "SELECT count(*) FROM harmonised.observations WHERE source = 'gla_report'"
        ).fetchall()
    assert figures == 116


def test_every_file_is_a_release_held_back_or_named_with_a_reason(
    folder: Path, refreshed: tuple[Path, Answer]
) -> None:
    store, answer = refreshed
    given = {path.name for path in folder.iterdir()}
    assert len(given) > FEWEST_FILES
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT file_name, state, held_back FROM catalogue.releases").fetchall()
    named = {entry["file"]: entry["reason"] for entry in (*answer.json["ignored"], *answer.json["refused"])}
    # Bytes that are the same are one receipt, under the name that came first.
    same = {name: (folder / name).read_bytes() for name in given}
    received = {same[name] for name, _, _ in rows}
    lost = {name for name in given if name not in named and same[name] not in received}
    assert lost == set()
    assert all(reason.strip().endswith(".") for reason in named.values())
    assert all(why.strip() for _, state, why in rows if state == "held_back")
    states = Counter(state for _, state, _ in rows)
    assert states["held_back"] > FEWEST_FILES // 3
