"""Everything in a folder is named, whatever it is and whatever its name."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from civic_assets.cli.entry import main
from civic_assets.contracts.load import load_contracts
from civic_assets.intake import receive
from civic_assets.layers.store import Store
from civic_assets_tests.json_answers import inspect_folder
from civic_assets_tests.paths import FIXTURES

BOROUGH = FIXTURES / "met_borough" / "recent.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file whose name is not text."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(os.fsencode(BOROUGH), os.fsencode(folder) + b"/met\xe9.csv")
    return folder


@pytest.fixture
def printed_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], io.BytesIO]:
    """Has the command print to a strict stream of an encoding."""

    def to(encoding: str) -> io.BytesIO:
        kept = io.BytesIO()
        stream = io.TextIOWrapper(kept, encoding=encoding, errors="strict", write_through=True)
        monkeypatch.setattr(sys, "stdout", stream)
        return kept

    return to


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_name_that_is_not_text_is_reported_with_escapes(
    folder: Path, printed_in: Callable[[str], io.BytesIO], encoding: str
) -> None:
    (folder / "ünlike.txt").write_text("of no source", encoding="utf-8")
    kept = printed_in(encoding)
    assert main(["inspect", str(folder), "--json"]) == 2
    files = {file["file"]: file["source"] for file in json.loads(kept.getvalue().decode(encoding))["files"]}
    assert files == {r"met\udce9.csv": "met_borough", "ünlike.txt": None}
    kept = printed_in(encoding)
    assert main(["inspect", str(folder)]) == 2
    assert r"met\udce9.csv: met_borough" in kept.getvalue().decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_error_about_a_name_that_is_not_text_is_json(
    tmp_path: Path, printed_in: Callable[[str], io.BytesIO], encoding: str
) -> None:
    kept = printed_in(encoding)
    assert main(["inspect", os.fsdecode(os.fsencode(tmp_path) + b"/\xe9.csv"), "--json"]) == 2
    assert "There is no file" in json.loads(kept.getvalue().decode(encoding))["error"]


def test_link_to_nothing_and_pipe_are_named_as_refused(folder: Path, tmp_path: Path) -> None:
    (folder / "link.csv").symlink_to(tmp_path / "nowhere.csv")
    (folder / ".hidden").symlink_to(tmp_path / "nowhere.csv")
    os.mkfifo(folder / "pipe.csv")
    taken = receive.take_in(folder, Store(tmp_path / "store").archive, load_contracts(), origin="local")
    refused = {one.name: one.reason for one in taken.of("refused")}
    assert list(refused) == ["link.csv", "pipe.csv"]
    assert all("is not a regular file" in reason for reason in refused.values())
    reports = {
        report["file"]: report.get("message", "") for report in inspect_folder(folder, load_contracts())
    }
    assert "is not a regular file" in reports["link.csv"] and "is not a regular file" in reports["pipe.csv"]
    assert ".hidden" not in reports


@pytest.mark.parametrize("at", ["before it is read", "while it is read"])
def test_file_that_disappears_is_reported_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(BOROUGH, folder / "a.csv")
    step = "files_of" if at == "before it is read" else "look"
    looked: Callable[..., object] = getattr(receive, step)

    def then_gone(*arguments: object) -> object:
        if at == "while it is read":
            (folder / "a.csv").unlink()
            return looked(*arguments)
        listed = looked(*arguments)
        (folder / "a.csv").unlink()
        return listed

    monkeypatch.setattr(receive, step, then_gone)
    taken = receive.take_in(folder, Store(tmp_path / "store").archive, load_contracts(), origin="local")
    (refused,) = taken.of("refused")
    assert refused.reason.startswith("a.csv is gone")
