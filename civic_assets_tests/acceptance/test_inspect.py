"""`inspect` as a person runs it: what it says, how it ends, what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from civic_assets_tests.acceptance.commands import civic_assets, environment
from civic_assets_tests.paths import PROJECT

REPORT = PROJECT / "civic_assets" / "inputs" / "report" / "gla_report_2023.csv"


def test_report_is_disputed_and_says_which_two_cells_are_wrong() -> None:
    answer = civic_assets("inspect", REPORT, "--json")
    report = answer.json
    assert answer.code == 1
    assert (report["recognised"], report["source"], report["outcome"]) == (True, "gla_report", "disputed")
    accused = {
        (f["measure"], f["period_end"], f["observed"], f["proposal"], f["n_ties"])
        for f in report["findings"]
        if f["severity"] == "blocking"
    }
    assert accused == {
        ("burglary", "2021-01-01", "1208", "2108", 1),
        ("criminal_damage_and_arson", "2022-07-01", "16", "1627", 8),
    }
    assert {f["area_code"] for f in report["findings"] if f["severity"] == "blocking"} == {"E09000019"}


def test_finding_has_the_fields_of_the_public_surface() -> None:
    finding = civic_assets("inspect", REPORT, "--json").json["findings"][0]
    assert set(finding) >= {
        "check_id", "severity", "locator", "locators", "measure", "area_code", "observed", "expected", "proposal",
        "n_ties", "message",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<html><body>Error 404</body></html>", "HTML"),
        (b"", "empty"),
        (b"a,b\n1,2\n", "no tables of a source"),
        (b"PK\x03\x04 cut short", "zip"),
    ],
)
def test_what_is_not_a_release_ends_in_a_sentence_and_2(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "tables.xlsx"
    file.write_bytes(content)
    answer = civic_assets("inspect", file)
    assert answer.code == 2
    assert words in answer.err and "tables.xlsx" in answer.err
    assert "Traceback" not in answer.err and answer.out == ""


def test_json_of_an_unrecognised_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    answer = civic_assets("inspect", file, "--json")
    assert answer.code == 2
    assert answer.json["recognised"] is False


def test_missing_file_is_a_usage_error(tmp_path: Path) -> None:
    answer = civic_assets("inspect", tmp_path / "nowhere.xlsx")
    assert answer.code == 2
    assert "There is no file" in answer.err


@pytest.mark.parametrize("arguments", [("inspect", str(REPORT)), ("--help",)])
def test_neither_dagster_nor_great_expectations_is_loaded(arguments: tuple[str, ...]) -> None:
    script = (
        "import sys\nfrom civic_assets.cli.entry import main\n"
        f"try:\n    main({list(arguments)!r})\nexcept SystemExit:\n    pass\n"
        "print('LOADED', [m for m in ('dagster', 'great_expectations') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=True
    )
    assert "LOADED []" in done.stdout


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom civic_assets.cli.entry import main\n"
        "try:\n    main(['refresh', '--help'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', [m for m in ('pandas', 'pyarrow', 'duckdb', 'yaml', 'rich', 'numpy') if m in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=True
    )
    assert "LOADED []" in done.stdout
    assert "examples:" in done.stdout
