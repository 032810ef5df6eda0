"""What killed writers leave is cleared away wherever they left it; what others are writing stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

from civic_assets.readers.containers.zip_members import members_of
from civic_assets.tables.atomic import clear_temporaries, temporary_folder, temporary_path
from civic_assets_tests.acceptance.commands import environment

_KILLED = """
import os, signal, sys
from pathlib import Path
{imports}
{work}
"""


def _killed(work: str, *arguments: object, temporary: Path, imports: str) -> None:
    """Runs lines of a program that ends by SIGKILL."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED.format(imports=imports, work=work), *map(str, arguments)],
        env={**environment(), "TMPDIR": str(temporary)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr


def test_temporary_files_of_a_killed_process_are_removed_from_every_folder(tmp_path: Path) -> None:
    folders = [tmp_path, tmp_path / "suites", tmp_path / "tables" / "raw" / "a" / "2024"]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    _killed(
        "for folder in sys.argv[1:]:\n"
        "    file = temporary_path(Path(folder))\n"
        "    file.write_text('half')\n"
        "    file.with_name(file.name + '.wal').touch()\n"
        "    (file.with_name(file.name + '.tmp') / 'deeper').mkdir(parents=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)",
        *folders,
        temporary=tmp_path,
        imports="from civic_assets.tables.atomic import temporary_path",
    )
    mine = temporary_path(tmp_path / "suites")
    mine.touch()
    (tmp_path / "suites" / "tables.json").touch()
    assert clear_temporaries(tmp_path) == 9
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [mine.name, "tables.json"]
    assert clear_temporaries(tmp_path / "not there") == 0


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder of this test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_of_a_killed_process_is_removed_by_the_next_that_needs_one(temporary: Path) -> None:
    (archive := temporary / "a.zip").touch()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("a.csv", "a,b\n1,2\n")
    _killed(
        "for member in members_of(Path(sys.argv[1]), 'a.zip'):\n    os.kill(os.getpid(), signal.SIGKILL)",
        archive,
        temporary=temporary,
        imports="from civic_assets.readers.containers.zip_members import members_of",
    )
    [left] = temporary.glob("civic-zip-*")
    assert (left / "member").read_text() == "a,b\n1,2\n"
    other = temporary / left.name.replace(f"-{os.getpid()}-", "-").replace("civic-zip-", "civic-sample-")
    other.mkdir()
    with temporary_folder("zip") as running:
        assert [member.name for member in members_of(archive, "a.zip")] == ["a.csv"]
        assert running.is_dir(), "a folder that is in use stays"
    assert not left.exists() and other.exists(), "each kind clears its own"
    assert list(temporary.glob("civic-zip-*")) == []
