"""Files that changed are seen, however little of it shows; files that did not are not read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from civic_assets.tables import file_states
from civic_assets.tables.file_states import states_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.csv").write_bytes(b"one")
    (folder / "deep" / "b.csv").write_bytes(b"two")
    return folder


def _long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been written long before it is looked at."""
    monkeypatch.setattr(file_states, "_GRAIN_NANOSECONDS", -(10**18))


def test_files_that_nobody_touched_are_as_they_were(folder: Path) -> None:
    assert states_of([folder]).again([folder]) is not None


def test_old_files_are_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _long_ago(monkeypatch)
    monkeypatch.setattr(file_states, "content_sha256", lambda path: pytest.fail(f"{path} was read"))
    before = states_of([folder])
    assert before.recent == {}
    assert before.again([folder]) is not None


def test_new_gone_renamed_and_changed_files_are_seen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _long_ago(monkeypatch)
    before = states_of([folder])
    (folder / "c.csv").write_bytes(b"")
    assert before.again([folder]) is None
    (folder / "c.csv").unlink()
    assert before.again([folder]) is not None
    (folder / "a.csv").rename(folder / "A.csv")
    assert before.again([folder]) is None
    (folder / "A.csv").rename(folder / "a.csv")
    (folder / "deep" / "b.csv").unlink()
    assert before.again([folder]) is None


def test_file_of_equal_size_and_equal_time_is_seen_by_the_time_that_nobody_can_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _long_ago(monkeypatch)
    file = folder / "a.csv"
    before, times = states_of([folder]), file.stat()
    file.write_bytes(b"eno")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert file.stat().st_mtime_ns == times.st_mtime_ns
    assert before.again([folder]) is None


def test_file_written_twice_within_the_grain_of_its_times_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a file system with coarse times, both look the same: here no time is looked at."""
    before = states_of([folder])
    assert set(before.recent) == {str(folder / "a.csv"), str(folder / "deep" / "b.csv")}
    (folder / "a.csv").write_bytes(b"eno")
    same = states_of([folder])
    monkeypatch.setattr(
        file_states, "states_of", lambda places: file_states.FileStates(before.digest, same.recent)
    )
    assert before.again([folder]) is None
    (folder / "a.csv").write_bytes(b"one")
    assert before.again([folder]) is not None


def test_absent_place_is_a_state_and_a_broken_link_is_none_that_stops_anything(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "nowhere")
    places = [folder, folder / "later"]
    before = states_of(places)
    assert before.again(places) is not None
    (folder / "later").write_bytes(b"")
    assert before.again(places) is None


def test_link_to_a_folder_is_not_followed(folder: Path) -> None:
    (folder / "deep" / "up").symlink_to(folder)
    assert states_of([folder]).again([folder]) is not None
