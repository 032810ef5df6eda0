"""Each command is a module of `civic_assets/cli/`, and loads nothing before it runs."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import civic_assets.cli
from civic_assets.cli.entry import _COMMANDS, main
from civic_assets_tests.acceptance.commands import environment

HEAVY = (
    "civic_assets.answers",
    "dagster",
    "dataclasses",
    "duckdb",
    "great_expectations",
    "pandas",
    "pandera",
    "polars",
    "pyarrow",
    "pydantic",
    "rich",
)


def test_a_module_that_adds_a_command_is_in_the_list() -> None:
    folder = Path(civic_assets.cli.__file__).parent
    named = {name.replace("-", "_") for name in _COMMANDS}
    modules = {file.stem for file in folder.glob("*.py") if file.stem not in ("__init__", "__main__")}
    assert {name for name in modules if hasattr(import_module(f"civic_assets.cli.{name}"), "add")} == named


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_shows_examples(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"civic-assets {command}" in shown.split("examples:")[1]


def test_an_unknown_command_is_refused_with_all_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspct"]) == 2
    said = capsys.readouterr().err
    assert all(f"'{name}'" in said or name in said for name in _COMMANDS)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["inspect", "--help"], ["inspct"]], ids=" ".join
)
def test_no_library_is_loaded_before_a_command_runs(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom civic_assets.cli.entry import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        f"print('loaded', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert done.stdout.rstrip().endswith("loaded []"), done.stdout
