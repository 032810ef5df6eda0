"""An archive whose writer was stopped at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civic_assets.archive import Archive, Receipt
from civic_assets.tables.atomic import remove_stale_temporaries, temporary_path
from civic_assets_tests.archive.files import (
    HISTORY,
    blob_names,
    lines,
    receive,
    receive_history,
    without_time,
    write,
)


def _undisturbed(tmp_path: Path, rounds: int) -> list[Receipt]:
    return without_time(receive_history(tmp_path / "undisturbed", tmp_path / "inputs", rounds))


def _die_at(step: int, root: Path, inputs: Path) -> int:
    """Run in a child that ends, without any clean-up, at its n-th change of the archive's folder."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    seen = 0

    def on_event(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        changes = event in {"os.rename", "os.remove", "os.truncate", "os.chmod"} or (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if changes and str(root) in str(arguments[0]):
            seen += 1
            if seen == step:
                os._exit(9)

    sys.addaudithook(on_event)
    outcome = 1
    try:
        receive_history(root, inputs)
        outcome = 0
    finally:
        os._exit(outcome)  # also after an error: the child must not go on with the rest of the tests


def test_stopped_before_any_change_of_the_folder_nothing_is_half_done(tmp_path: Path) -> None:
    expected = _undisturbed(tmp_path, rounds=1)
    step, outcome = 0, 9
    while outcome == 9:
        step += 1
        root = tmp_path / f"step-{step}"
        outcome = _die_at(step, root, tmp_path / "inputs")
        archive = Archive(root)
        assert archive.verify() == [], f"stopped before change {step}"
        acknowledged = {receipt.sha256 for receipt in archive.receipts()}
        assert set(blob_names(root)) == acknowledged
        assert without_time(receive_history(root, tmp_path / "inputs")) == expected
        assert Archive(root).verify() == []
        assert not list(root.glob(".incoming-*")) + list(root.glob("pending-*"))
    assert outcome == 0
    assert step > 6 * len(HISTORY)


def test_killed_at_random_moments_and_run_again_gives_the_same_receipts(tmp_path: Path) -> None:
    rounds = 12
    expected = _undisturbed(tmp_path, rounds)
    chance = random.Random(20241231)
    root, cut_short = tmp_path / "archive", 0
    code = [
        sys.executable,
        "-m",
        "civic_assets_tests.archive.files",
        str(root),
        str(tmp_path / "inputs"),
        str(rounds),
    ]
    for _ in range(12):
        child = subprocess.Popen(code, stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0.0, 0.06))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        cut_short += child.returncode == -signal.SIGKILL
        archive = Archive(root)
        assert archive.verify() == []
        given = without_time(archive.receipts())
        assert given == list(dict.fromkeys(expected))[: len(given)]
    assert cut_short >= 6, "the child must be killed while it works, not after"
    assert without_time(receive_history(root, tmp_path / "inputs", rounds)) == expected
    assert Archive(root).verify() == []


@pytest.mark.parametrize("kept", [1, 7, -2])
def test_torn_last_line_is_cut_back_and_its_bytes_are_kept(tmp_path: Path, kept: int) -> None:
    root = tmp_path / "archive"
    first, _ = receive(Archive(root), write(tmp_path, b"one"), "2024-12")
    whole = (root / "manifest.jsonl").read_bytes()
    receive(Archive(root), write(tmp_path, b"two"), "2024-12")
    torn = (root / "manifest.jsonl").read_bytes().removeprefix(whole)[:kept]
    (root / "manifest.jsonl").write_bytes(whole + torn)
    (root / blob_names(root)[1 if blob_names(root)[0] == first.sha256 else 0]).unlink()

    archive = Archive(root)
    assert archive.receipts() == [first]
    assert archive.verify() == []
    assert (root / "manifest.jsonl").read_bytes() == whole
    assert (root / "manifest.torn-1").read_bytes() == torn
    assert receive(archive, write(tmp_path, b"two"), "2024-12")[0].release == "2024-12.r2"


def test_second_torn_line_does_not_overwrite_the_first(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    receive(Archive(root), write(tmp_path, b"one"), "2024-12")
    for tail in (b'{"seq', b"\0\0\0"):  # a power cut may leave a block of zeros
        with open(root / "manifest.jsonl", "ab") as manifest:
            manifest.write(tail)
        assert Archive(root).verify() == []
    assert [(root / f"manifest.torn-{n}").read_bytes() for n in (1, 2)] == [b'{"seq', b"\0\0\0"]


def test_complete_last_line_that_lacks_only_its_line_end_is_not_thrown_away(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    receipt, _ = receive(Archive(root), write(tmp_path, b"one"), "2024-12")
    whole = (root / "manifest.jsonl").read_bytes()
    (root / "manifest.jsonl").write_bytes(whole[:-1])
    assert Archive(root).receipts() == [receipt]
    assert (root / "manifest.jsonl").read_bytes() == whole
    assert not (root / "manifest.torn-1").exists()


def test_running_process_mends_what_another_tore(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    receive(archive, write(tmp_path, b"one"), "2024-12")
    with open(archive.root / "manifest.jsonl", "ab") as manifest:
        manifest.write(b'{"edition')
    receive(archive, write(tmp_path, b"two"), "2024-12")
    assert [line["release"] for line in lines(archive.root)] == ["2024-12", "2024-12.r2"]
    assert archive.verify() == []


def test_reader_does_not_take_a_line_being_written_for_damage(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    receipt, _ = receive(archive, write(tmp_path, b"one"), "2024-12")
    with open(archive.root / "manifest.jsonl", "ab") as manifest:
        manifest.write(b'{"edition')
    assert archive.receipts() == [receipt]
    assert (archive.root / "manifest.jsonl").read_bytes().endswith(b'{"edition')


_KILLED_WRITER = """
import os, signal, sys, duckdb
from pathlib import Path
from civic_assets.tables.atomic import temporary_path

file = temporary_path(Path(sys.argv[1]))
Path(f"{file}.tmp").mkdir()
Path(f"{file}.tmp/spilt").touch()
connection = duckdb.connect(str(file))
connection.execute("CREATE TABLE t AS SELECT 1")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_log_and_folder_of_duckdb_go_with_a_temporary_file(tmp_path: Path) -> None:
    """A process that is killed while it changes the copy of a read model leaves all three."""
    ended = subprocess.run([sys.executable, "-c", _KILLED_WRITER, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert {path.suffix for path in tmp_path.iterdir()} >= {".wal", ".tmp"}
    remove_stale_temporaries(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_temporary_file_goes_with_its_writer_or_after_an_hour(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine = temporary_path(tmp_path)
    dead = mine.with_name(mine.name.replace(f"-{os.getpid()}-", f"-{ended.pid}-"))
    elsewhere = mine.with_name(
        ".incoming-00000000-" + mine.name.split("-", 2)[2].replace(str(os.getpid()), "1")
    )
    old = temporary_path(tmp_path)
    for path in (mine, dead, elsewhere, old):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 3700,) * 2)
    assert remove_stale_temporaries(tmp_path) == 2
    assert {path for path in (mine, dead, elsewhere, old) if path.exists()} == {mine, elsewhere}
