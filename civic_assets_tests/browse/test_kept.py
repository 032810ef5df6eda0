"""A copy is made once for a read model, as a whole, and older ones go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from civic_assets.browse import kept
from civic_assets.browse.kept import kept_copy
from civic_assets.layers.store import Store


def test_a_second_start_copies_nothing(store: Path) -> None:
    with kept_copy(Store.existing(store)) as first:
        assert first.made
        before = first.file.stat()
    said: list[str] = []
    with kept_copy(Store.existing(store), said.append) as second:
        after = second.file.stat()
    assert not second.made and second.file == first.file and said == []
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert second.copied == first.copied


def test_another_read_model_is_copied_again_and_the_older_copy_goes(
    store: Path, edited: Callable[..., Path]
) -> None:
    with kept_copy(Store.existing(store)) as first:
        pass
    edited("UPDATE harmonised.observations SET quality = 'disputed' WHERE value = 2641")
    with kept_copy(Store.existing(store)) as second:
        assert second.made and second.file != first.file
    assert [one.name for one in (store / "browse").iterdir()] == [second.file.parent.name]


def test_a_copy_that_is_served_is_not_removed(store: Path, edited: Callable[..., Path]) -> None:
    with kept_copy(Store.existing(store)) as first:
        edited("UPDATE harmonised.observations SET quality = 'disputed' WHERE value = 2641")
        with kept_copy(Store.existing(store)):
            assert first.file.is_file()
    with kept_copy(Store.existing(store)):
        assert not first.file.exists()


def test_an_interrupted_copy_leaves_nothing_and_is_made_again(store: Path) -> None:
    def interrupt(said: str) -> None:
        if said.startswith("quality."):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), kept_copy(Store.existing(store), interrupt):
        pass
    assert [*(store / "browse").iterdir()] == []
    with kept_copy(Store.existing(store)) as again:
        assert again.made


def test_a_copy_without_its_record_is_made_again(store: Path) -> None:
    with kept_copy(Store.existing(store)) as first:
        pass
    (first.file.parent / "copied.json").write_text("{", encoding="utf-8")
    with kept_copy(Store.existing(store)) as second:
        assert second.made and second.copied == first.copied


def test_tables_of_another_shape_are_another_copy(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with kept_copy(Store.existing(store)) as first:
        pass
    monkeypatch.setattr(kept, "statements_of", lambda _: ["another shape"])
    with kept_copy(Store.existing(store)) as second:
        assert second.made and second.file != first.file


def test_the_read_model_is_not_changed(store: Path) -> None:
    before = (store / "civic.duckdb").read_bytes()
    with kept_copy(Store.existing(store)):
        pass
    assert (store / "civic.duckdb").read_bytes() == before
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        assert connection.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'figure_words'"
        ).fetchone() == (0,)
