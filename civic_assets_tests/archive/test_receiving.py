"""What becomes of a file that is received."""

from __future__ import annotations

import errno
import hashlib
import json
import multiprocessing
import os
import stat
import subprocess
import sys
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from civic_assets.archive import Archive
from civic_assets.errors import ArchiveError, FileRefused, UsageError
from civic_assets_tests.archive.files import blob_names, lines, receive, write


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_file_is_under_its_hash_read_only_and_unchanged(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, b"PK\x03\x04 a workbook")
    receipt, new = receive(archive, path, "2024-12", url="https://example.org/prc.xlsx", etag='"a1"')
    stored = archive.path_of(receipt.sha256)
    assert new
    assert receipt.release == "2024-12"
    assert receipt.size == 15
    assert stored.name == receipt.sha256 == hashlib.sha256(b"PK\x03\x04 a workbook").hexdigest()
    assert stored.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o444
    assert path.exists(), "the user's own file stays where it is"
    assert archive.find("ons_csp", "2024-12") == receipt == Archive(archive.root).receipts()[0]


def test_same_bytes_twice_are_one_file_and_one_line(archive: Archive, tmp_path: Path) -> None:
    first, _ = receive(archive, write(tmp_path, b"same"), "2024-12")
    before = archive.path_of(first.sha256).stat()
    again, new = receive(archive, write(tmp_path, b"same", "renamed.xlsx"), "2024-12")
    after = archive.path_of(first.sha256).stat()
    assert (again, new) == (first, False)
    assert len(blob_names(archive.root)) == len(lines(archive.root)) == 1
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_same_bytes_under_a_later_edition_keep_their_first_release(archive: Archive, tmp_path: Path) -> None:
    first, _ = receive(archive, write(tmp_path, b"not yet updated"), "2024-12")
    assert receive(archive, write(tmp_path, b"not yet updated"), "2025-03") == (first, False)


def test_other_bytes_of_an_edition_are_reissues_and_the_first_bytes_stay_the_first(
    archive: Archive, tmp_path: Path
) -> None:
    first, _ = receive(archive, write(tmp_path, b"one"), "2024-12")
    releases = [
        receive(archive, write(tmp_path, content), "2024-12")[0].release for content in (b"two", b"three")
    ]
    assert releases == ["2024-12.r2", "2024-12.r3"]
    assert receive(archive, write(tmp_path, b"one"), "2024-12") == (first, False)
    assert receive(archive, write(tmp_path, b"four"), "2025-03")[0].release == "2025-03"


def test_bytes_that_two_sources_share_are_one_file_with_a_receipt_each(
    archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, b"one zip, two datasets")
    receive(archive, path, "2024", source="dfe_neet")
    _, new = receive(archive, path, "2024", source="dfe_exclusions")
    assert new
    assert len(blob_names(archive.root)) == 1
    assert [r.source for r in archive.receipts()] == ["dfe_neet", "dfe_exclusions"]
    assert [r.source for r in archive.receipts("dfe_neet")] == ["dfe_neet"]
    assert archive.verify() == []


def test_every_line_is_sealed_by_the_line_before(archive: Archive, tmp_path: Path) -> None:
    for content in (b"one", b"two", b"three"):
        receive(archive, write(tmp_path, content), "2024-12")
    previous = "0" * 64
    for number, line in enumerate(lines(archive.root), start=1):
        sealed = {name: value for name, value in line.items() if name != "hash"}
        canonical = json.dumps(sealed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert (line["seq"], line["previous"]) == (number, previous)
        assert line["hash"] == hashlib.sha256(canonical.encode()).hexdigest()
        previous = line["hash"]
    assert archive.head() == previous


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2025-04-24T09:30:00+01:00", "2025-04-24T08:30:00Z"),
        ("2025-04-24T08:30:00.987654+00:00", "2025-04-24T08:30:00Z"),
        ("2025-04-24T08:30:00Z", "2025-04-24T08:30:00Z"),
    ],
)
def test_time_of_retrieval_is_kept_in_utc_to_the_second(
    archive: Archive, tmp_path: Path, given: str, kept: str
) -> None:
    assert receive(archive, write(tmp_path, b"x"), "2024-12", retrieved_at=given)[0].retrieved_at == kept


@pytest.mark.parametrize("name", ["Größe – Tabelle\n1.xlsx", "caf\udce9.csv", "line\u2028separator.csv"])
def test_any_file_name_survives_in_the_manifest(archive: Archive, tmp_path: Path, name: str) -> None:
    path = write(tmp_path, b"x")
    receipt, _ = archive.receive(path, source="s", edition="2024", file_name=name, origin="inbox")
    assert Archive(archive.root).receipts() == [receipt]
    assert receipt.file_name == name.replace("\udce9", "\\udce9")
    assert archive.verify() == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"edition": "2024-12.r2"}, "numbers these itself"),
        ({"edition": "../2024"}, "edition"),
        ({"source": ""}, "source"),
        ({"origin": "post"}, "origin"),
        ({"retrieved_at": "2025-04-24T09:30:00"}, "time zone"),
    ],
)
def test_receipt_that_could_not_be_a_partition_is_refused(
    archive: Archive, tmp_path: Path, wrong: dict[str, str], named: str
) -> None:
    given = {"source": "ons_csp", "edition": "2024-12", "file_name": "a.xlsx", "origin": "local"} | wrong
    with pytest.raises(ValueError, match=named):
        archive.receive(write(tmp_path, b"x"), **given)  # type: ignore[arg-type]
    assert blob_names(archive.root) == []


def test_what_is_not_a_file_is_refused_with_a_sentence(archive: Archive, tmp_path: Path) -> None:
    for path in (tmp_path / "absent.xlsx", tmp_path):
        with pytest.raises(FileRefused, match="is not a file"):
            receive(archive, path, "2024-12")


def test_archive_at_the_path_of_a_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be used as the archive folder"):
        Archive(write(tmp_path, b"x"))


def test_stored_bytes_without_receipt_are_called_unreferenced_until_received(
    archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, b"x")
    blob = archive.store_bytes(path)
    assert archive.store_bytes(path) == blob
    assert blob.path == archive.path_of(blob.sha256)
    assert len(archive.verify()) == 1
    assert "not referenced" in archive.verify()[0]
    receive(archive, path, "2024-12")
    assert archive.verify() == []


def test_receiving_again_puts_back_a_file_that_was_lost_or_cut_short(
    archive: Archive, tmp_path: Path
) -> None:
    path = write(tmp_path, b"december")
    receipt, _ = receive(archive, path, "2024-12")
    stored = archive.path_of(receipt.sha256)
    stored.unlink()
    assert receive(archive, path, "2024-12") == (receipt, False)
    assert archive.verify() == []
    stored.chmod(0o644)
    stored.write_bytes(b"dec")
    assert receive(archive, path, "2024-12") == (receipt, False)
    assert archive.verify() == []


def test_full_disk_leaves_the_archive_as_it_was(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(archive, write(tmp_path, b"one"), "2024-12")
    before = (archive.root / "manifest.jsonl").read_bytes()
    real_write = os.write

    def full(descriptor: int, data: bytes) -> int:
        return real_write(descriptor, data[:40])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(ArchiveError, match="the disk may be full"):
            receive(archive, write(tmp_path, b"two"), "2025-03")
    assert (archive.root / "manifest.jsonl").read_bytes() == before
    assert archive.verify() == []
    assert len(blob_names(archive.root)) == 1
    assert receive(archive, write(tmp_path, b"two"), "2025-03")[1]


def test_archive_on_a_read_only_medium_can_be_read_and_verified(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt, _ = receive(archive, write(tmp_path, b"one"), "2024-12")
    real_open = os.open

    def read_only(path: os.PathLike[str], flags: int, mode: int = 0o777) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "Read-only file system")
        return real_open(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    medium = Archive(archive.root)
    assert medium.receipts() == [receipt]
    assert medium.verify() == []
    with pytest.raises(ArchiveError, match="is read-only"):
        receive(medium, write(tmp_path, b"one"), "2024-12")


def _race(root: Path, inputs: Path, who: int, barrier: Barrier) -> None:
    archive = Archive(root)
    for number in range(4):
        path = write(inputs, b"%d of %d" % (number, who), f"{who}-{number}.csv")
        barrier.wait(timeout=30)
        receive(archive, path, "2024-12")


def test_two_processes_never_give_the_same_reissue_number(archive: Archive, tmp_path: Path) -> None:
    receive(archive, write(tmp_path, b"first"), "2024-12")
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(2)
    racers = [context.Process(target=_race, args=(archive.root, tmp_path, who, barrier)) for who in (1, 2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0, 0]
    assert [r.release for r in archive.receipts()] == ["2024-12", *(f"2024-12.r{n}" for n in range(2, 10))]
    assert archive.verify() == []


def test_archive_does_without_pyarrow() -> None:
    code = "import sys, civic_assets.archive; print('pyarrow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


_LIMITED = """
import resource, sys
from pathlib import Path
from civic_assets.archive import Archive
from civic_assets.errors import ArchiveError
archive = Archive(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    archive.receive(
        Path(sys.argv[2]), source="police_uk", edition="2024-01", file_name="police_uk/2024-01.csv", origin="live"
    )
except ArchiveError as error:
    print(error)
"""


def test_file_that_does_not_fit_is_named_as_its_publisher_names_it(archive: Archive, tmp_path: Path) -> None:
    """A file that was fetched has a number for a name until it is archived."""
    (path := tmp_path / "000000").write_bytes(b"0123456789" * 1000)
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(archive.root), str(path)], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert "police_uk/2024-01.csv could not be archived (File too large)" in done.stdout
    assert "000000" not in done.stdout and "Files that were archived before it are kept" in done.stdout
    assert blob_names(archive.root) == [] and archive.verify() == []


@pytest.mark.parametrize("step", ["touch", "replace"])
def test_archive_that_fills_up_at_a_later_step_says_so_of_the_same_file(
    archive: Archive, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = write(tmp_path, b"0,1\n" * 100)
    with monkeypatch.context() as patched:
        patched.setattr(Path if step == "touch" else os, step, full)
        with pytest.raises(ArchiveError, match=r"a\.csv could not be archived \(No space left on device\)"):
            archive.receive(path, source="s", edition="2024", file_name="a.csv", origin="local")
    assert archive.receipts() == [] and archive.verify() == []
    assert archive.receive(path, source="s", edition="2024", file_name="a.csv", origin="local")[1]
