"""How commands fail: in a sentence, or as one JSON object, with the right exit code and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from civic_assets.cli.entry import main
from civic_assets.layers.store import Store
from civic_assets.unforeseen import sentence_of

NOBODY = 65534


def _failure(out: str) -> dict[str, object]:
    document: dict[str, object] = json.loads(out)
    assert set(document) >= {"error", "exit_code"}
    assert isinstance(document["error"], str)
    assert document["error"]
    return document


@pytest.mark.parametrize(
    "arguments",
    [
        ["sources"],
        ["report"],
        ["trace", "--area", "E09000019", "--measure", "burglary", "--period", "2024-01-01/2025-01-01"],
        ["compare", "a:b:c:2024-01-01/2025-01-01", "a:b:c:2023-01-01/2024-01-01"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_store_that_does_not_exist_ends_in_a_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "none"
    assert main([*arguments, "--store", str(missing)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"There is no store in {missing}" in said.err
    assert not missing.exists()
    assert main([*arguments, "--store", str(missing), "--json"]) == 2
    assert _failure(capsys.readouterr().out)["exit_code"] == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["trace", "--json"],
        ["refresh", "--profile", "none", "--json"],
        ["refresh", "--profile", "local", "--json"],
        ["compare", "--json", "one"],
        ["inspect", "--json", "no such file"],
        ["nothing", "--json"],
    ],
    ids=" ".join,
)
def test_every_mistake_is_one_json_object_where_json_is_asked_for(
    arguments: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_STORE", str(tmp_path))
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert _failure(said.out)["exit_code"] == 2
    assert said.err == ""


def test_wrong_arguments_show_the_usage_where_a_person_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage: civic-assets compare" in said.err
    assert "SERIES" in said.err


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "no space is left on the disk"),
        (errno.EROFS, "Change the permissions"),
        (errno.EACCES, "Change the permissions"),
        (errno.EIO, "cannot be read or written"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_and_no_traceback(
    number: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), str(tmp_path / "tables"))

    monkeypatch.setattr("civic_assets.refresh.refresh", refused)
    assert main(["refresh", "--store", str(tmp_path), "--quiet"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert str(tmp_path / "tables") in said
    assert "Traceback" not in said
    assert main(["refresh", "--store", str(tmp_path), "--quiet", "--json"]) == 2
    assert words in str(_failure(capsys.readouterr().out)["error"])


def test_a_reader_who_has_seen_enough_is_not_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: object) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("civic_assets.cli.sources._run", closed)
    with pytest.raises(BrokenPipeError):
        main(["sources"])


def test_an_error_without_a_file_is_still_a_sentence() -> None:
    assert sentence_of(OSError()).startswith("A file cannot be read or written")


@pytest.fixture
def as_nobody() -> Callable[[list[str], Path], subprocess.CompletedProcess[str]]:
    """Runs the command as a user who owns nothing and has no home; a user other than root already is one."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root can run a command as somebody else")

    def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": os.getcwd()}
        command = [
            "setpriv",
            f"--reuid={NOBODY}",
            f"--regid={NOBODY}",
            "--clear-groups",
            sys.executable,
            "-m",
        ]
        return subprocess.run(
            [*command, "civic_assets.cli", *arguments], capture_output=True, text=True, check=False,
            cwd=folder, env=environment,
        )  # fmt: skip

    return run


def test_a_store_that_may_only_be_read_is_reported_before_any_work(
    as_nobody: Callable[[list[str], Path], subprocess.CompletedProcess[str]],
) -> None:
    # Not below pytest's own folder, which only the person who runs the tests may enter.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        store = Store(folder / "store")
        done = as_nobody(["refresh", "--store", str(store.root), "--quiet", "--json"], folder)
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert f"The store cannot be written in {store.root}" in str(_failure(done.stdout)["error"])


def test_each_file_of_a_folder_is_inspected_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "deeper").mkdir()
    (tmp_path / "letter.txt").write_text("no table\n")
    (tmp_path / "deeper" / "other.csv").write_text("shop,price\nmilk,1\n")
    (tmp_path / ".hidden").write_text("not looked at")
    assert main(["inspect", str(tmp_path)]) == 2
    said = capsys.readouterr().out
    assert "letter.txt: not recognised" in said
    assert "deeper/other.csv: not recognised" in said
    assert ".hidden" not in said
    assert "2 files: 2 not recognised" in said
    assert main(["inspect", str(tmp_path), "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert [report["file"] for report in document["files"]] == ["deeper/other.csv", "letter.txt"]
    assert document["exit_code"] == 2


def test_the_exit_code_of_a_folder_is_that_of_its_worst_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from civic_assets.inputs.samples.ons_csp import write_sample_inputs

    write_sample_inputs(tmp_path)
    assert main(["inspect", str(tmp_path), "--json"]) in (0, 1)
    document = json.loads(capsys.readouterr().out)
    assert all(report["recognised"] for report in document["files"])
    (tmp_path / "letter.txt").write_text("no table\n")
    assert main(["inspect", str(tmp_path)]) == 2
    shown = capsys.readouterr().out
    assert "ons_csp 2022-12, SYNTHETIC SAMPLE DATA" in shown
    assert "1 not recognised" in shown


def test_an_empty_folder_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(tmp_path)]) == 2
    assert f"There is no file in {tmp_path}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--profile", "local", "--inputs", "/nowhere"], "is not a folder"),
        (["--profile", "local"], "needs --inputs"),
        (["--source", "no_such"], "There is no source 'no_such'"),
    ],
    ids=["folder", "no folder", "source"],
)
def test_a_refresh_that_was_asked_for_wrongly_makes_no_store(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "new"
    assert main(["refresh", "--store", str(store), *arguments]) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert not store.exists()


def test_a_store_in_which_nothing_was_ever_published_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("archive", "dagster", "inbox", "publications"):
        (tmp_path / name).mkdir()
    assert main(["sources", "--store", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert f"Nothing is published in {tmp_path}" in " ".join(said.err.split())
