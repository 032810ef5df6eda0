"""What DuckDB may use while a read model is written, and the stamp of a read model that was replaced."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from civic_assets.house_numbers.publishing import FEW_FIGURES
from civic_assets.layers.limits import MEMORY
from civic_assets.publish.read_model.connection import limit_building, stamp_of


def _settings(figures: int | None) -> dict[str, str]:
    with duckdb.connect() as connection:
        connection.execute("SET threads = 3")
        limit_building(connection, figures)
        names = ("memory_limit", "threads", "disabled_compression_methods")
        return {
            name: str(connection.execute("SELECT current_setting(?)", [name]).fetchone()[0])  # type: ignore[index]
            for name in names
        }


def test_half_of_the_memory_of_a_refresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MEMORY, "600MB")
    assert _settings(None)["memory_limit"] == "300.0 MiB"
    monkeypatch.delenv(MEMORY)
    assert _settings(None)["memory_limit"] == "1.0 GiB"


@pytest.mark.parametrize(
    ("figures", "threads", "left_out"),
    [(FEW_FIGURES - 1, "1", "FSST"), (FEW_FIGURES, "3", ""), (None, "3", "")],
)
def test_one_thread_for_few_figures(figures: int | None, threads: str, left_out: str) -> None:
    settings = _settings(figures)
    assert (settings["threads"], settings["disabled_compression_methods"].upper()) == (threads, left_out)


def _read_model(file: Path, stamp: str) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA catalogue")
        connection.execute(f"CREATE TABLE catalogue.publication AS SELECT '{stamp}' AS stamp")


def test_the_stamp_is_that_of_the_file_in_place(tmp_path: Path) -> None:
    published, new = tmp_path / "civic.duckdb", tmp_path / "new.duckdb"
    assert stamp_of(published) is None
    _read_model(published, "first")
    assert stamp_of(published) == "first"
    _read_model(new, "second")
    os.replace(new, published)
    assert stamp_of(published) == "second"
    published.write_bytes(b"damaged")
    assert stamp_of(published) is None
