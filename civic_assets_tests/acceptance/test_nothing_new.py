"""A refresh with nothing new does nothing: no table, no page, no import; anything new is seen."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_assets.cli import main
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers import unchanged
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import Refreshed

pytestmark = pytest.mark.usefixtures("site_now")

_KEPT = ("civic.duckdb", "report", "publications", "tables", "archive", "suites", "dagster")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, report_refresh: Refreshed) -> Path:
    return shutil.copytree(report_refresh.inputs, tmp_path_factory.mktemp("nothing") / "inputs")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, inputs: Path, report_refresh: Refreshed) -> Path:
    store = shutil.copytree(report_refresh.store, tmp_path_factory.mktemp("nothing") / "store")
    assert main(_command(store, inputs)) == 0
    return store


def _command(store: Path, inputs: Path, *more: str) -> list[str]:
    return ["refresh", "--profile", "local", "--inputs", str(inputs), "--store", str(store), "--json", *more]


def _state(store: Path) -> dict[str, tuple[int, int, int]]:
    files = [path for name in _KEPT for path in (store / name, *(store / name).rglob("*")) if path.is_file()]
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_ino, hash(path.read_bytes())) for path in files
    }


_LOADED = """
import sys
from civic_assets.cli import main
code = main(sys.argv[1:])
heavy = ("dagster", "duckdb", "pyarrow", "pandas", "pydantic", "great_expectations", "numpy", "jinja2", "yaml")
print([name for name in heavy if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def _refresh(store: Path, inputs: Path, *more: str) -> tuple[dict[str, Any], list[str]]:
    """Answer of a refresh in a new process, and the heavy libraries that it imported."""
    done = subprocess.run(
        [sys.executable, "-c", _LOADED, *_command(store, inputs, "--quiet", *more)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    loaded: list[str] = json.loads(done.stderr.strip().splitlines()[-1].replace("'", '"'))
    return json.loads(done.stdout), loaded


def test_nothing_is_imported_and_no_file_is_touched(store: Path, inputs: Path) -> None:
    before = _state(store)
    answer, loaded = _refresh(store, inputs)
    assert loaded == []
    assert answer["published_now"] is False and answer["exit_code"] == 0
    assert _state(store) == before


def test_answer_is_that_of_a_refresh_that_looks_at_everything(store: Path, inputs: Path) -> None:
    short, loaded = _refresh(store, inputs)
    assert loaded == []
    long, loaded = _refresh(store, inputs, "--verbose")
    assert "duckdb" in loaded and "dagster" not in loaded
    assert short == long


def test_long_way_round_rewrites_nothing_either(store: Path, inputs: Path) -> None:
    before = _state(store)
    _refresh(store, inputs, "--verbose")
    assert _state(store) == before


def test_printed_text_is_that_of_a_refresh_that_looks_at_everything(
    store: Path, inputs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [word for word in _command(store, inputs, "--quiet") if word != "--json"]
    main(arguments)
    short = capsys.readouterr().out
    main([*arguments, "--verbose"])
    assert capsys.readouterr().out == short and "Unchanged since the last publication" in short


def _asked(store: Path, inputs: Path, *sources: str) -> unchanged.Asked:
    return unchanged.Asked(store, "local", inputs, sources)


def test_new_changed_and_missing_files_are_seen(store: Path, inputs: Path) -> None:
    asked = _asked(store, inputs)
    assert unchanged.recall(asked) is not None
    (inputs / "note.txt").write_text("new")
    assert unchanged.recall(asked) is None
    (inputs / "note.txt").unlink()
    assert unchanged.recall(asked) is not None
    file = inputs / "report.csv"
    content = file.read_bytes()
    file.write_bytes(content.replace(b"1208", b"1209"))
    assert unchanged.recall(asked) is None
    file.write_bytes(content)
    assert main(_command(store, inputs)) == 0


def test_new_file_is_seen_through_a_link_to_the_folder(inputs: Path, tmp_path: Path) -> None:
    """Each of the three folders that people name may be a link."""
    contracts = tmp_path / "contracts"
    contracts.mkdir()
    elsewhere = {name: tmp_path / f"{name}_elsewhere" for name in ("inputs", "archive", "vocabularies")}
    for folder in elsewhere.values():
        folder.mkdir()
    (tmp_path / "store").mkdir()
    (tmp_path / "inputs").symlink_to(elsewhere["inputs"])
    (tmp_path / "store" / "archive").symlink_to(elsewhere["archive"])
    (contracts / "vocabularies").symlink_to(elsewhere["vocabularies"])
    for name, folder in elsewhere.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CIVIC_CONTRACTS", str(contracts))
            asked = _asked(tmp_path / "store", tmp_path / "inputs")
            unchanged.remember(unchanged.begin(asked), {})
            assert unchanged.recall(asked) == {}
            (folder / "new.csv").write_text("new")
            assert unchanged.recall(asked) is None, name


@pytest.mark.parametrize(
    "damaged",
    [
        "report/index.html",
        "report/quality/checks.html",
        "report/site.json",
        "publications/latest.json",
        "civic.duckdb",
        "dagster/recorded/publication.json",
    ],
)
def test_damage_in_the_store_is_seen(store: Path, inputs: Path, damaged: str) -> None:
    file = store / damaged
    asked, content = _asked(store, inputs), file.read_bytes()
    assert unchanged.recall(asked) is not None
    file.unlink()
    assert unchanged.recall(asked) is None
    file.write_bytes(content)
    assert main(_command(store, inputs)) == 0


def test_other_arguments_settings_and_another_day_are_seen(
    store: Path, inputs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert unchanged.recall(_asked(store, inputs)) is not None
    assert unchanged.recall(_asked(store, inputs, "ons_csp")) is None
    assert unchanged.recall(unchanged.Asked(store, "sample", None, ())) is None
    with monkeypatch.context() as patch:
        patch.setenv("CIVIC_CONTRACTS", f":{tmp_path}")
        assert unchanged.recall(_asked(store, inputs)) is None

    class Later(date):
        @classmethod
        def today(cls) -> Any:
            return cls(2100, 1, 1)

    monkeypatch.setattr(unchanged, "date", Later)
    assert unchanged.recall(_asked(store, inputs)) is None


@pytest.mark.parametrize("wrong", [("--memory", "lots"), ("--processes", "0")])
def test_mistake_is_refused_when_nothing_is_new_too(
    store: Path, inputs: Path, wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert unchanged.recall(_asked(store, inputs)) is not None
    assert main(_command(store, inputs, *wrong)) == 2
    assert wrong[1] in capsys.readouterr().out


def test_damaged_record_is_ignored(store: Path, inputs: Path) -> None:
    record = store / "unchanged.json"
    content = record.read_text(encoding="utf-8")
    for damage in ("", "[]", content[:100], content.replace('"digest"', '"digests"')):
        record.write_text(damage, encoding="utf-8")
        assert unchanged.recall(_asked(store, inputs)) is None
    record.write_text(content, encoding="utf-8")


def test_refused_file_is_tried_again(tmp_path: Path) -> None:
    """The machine may have been at fault, not the file."""
    inputs, store = tmp_path / "inputs", tmp_path / "store"
    inputs.mkdir()
    (inputs / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
    (inputs / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    assert main(_command(store, inputs)) == 1
    assert unchanged.recall(_asked(store, inputs)) is None
