"""A read model is the one that was put into place, a copy of it, or one that somebody changed."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb
import pytest

from civic_assets.layers.store import Store
from civic_assets.publish.read_model.placing import as_put, put_in_place


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path)
    new = tmp_path / "new"
    with duckdb.connect(str(new)) as connection:
        connection.execute("CREATE TABLE figures AS SELECT range AS value FROM range(1000)")
    assert not as_put(store)
    put_in_place(store, new)
    return store


def test_file_is_as_it_was_put(store: Store) -> None:
    assert as_put(store)


def test_copy_is_known_by_its_content_and_read_once(store: Store) -> None:
    os.utime(store.database, ns=(0, 0))
    before = (store.root / "read_model.json").read_bytes()
    assert as_put(store)
    after = (store.root / "read_model.json").read_bytes()
    assert after != before and as_put(store)
    assert (store.root / "read_model.json").read_bytes() == after


@pytest.mark.parametrize("same_time", [True, False])
def test_changed_row_is_noticed_although_size_and_time_are_the_same(store: Store, same_time: bool) -> None:
    about = store.database.stat()
    content = store.database.read_bytes()
    store.database.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    if same_time:
        os.utime(store.database, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert not as_put(store)


def test_rows_that_another_program_has_not_yet_written_into_the_file_are_noticed(store: Store) -> None:
    with duckdb.connect(str(store.database)) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("UPDATE figures SET value = -1")
    log = store.root / "civic.duckdb.wal"
    assert log.exists() and not as_put(store)
    new = store.root / "new"
    with duckdb.connect(str(new)) as connection:
        connection.execute("CREATE TABLE figures AS SELECT range AS value FROM range(1000)")
    put_in_place(store, new)
    with duckdb.connect(str(store.database), read_only=True) as connection:
        assert connection.execute("SELECT min(value) FROM figures").fetchone() == (0,)
    assert not log.exists() and as_put(store)


@pytest.mark.parametrize("text", ["", "[]", '{"state": 3}', '{"state": []}'])
def test_without_a_sound_memory_nothing_is_taken_for_unchanged(store: Store, text: str) -> None:
    (store.root / "read_model.json").write_text(text)
    assert not as_put(store)
