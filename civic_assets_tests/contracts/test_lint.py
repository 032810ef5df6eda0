"""The standard's own tool looks at every contract of the checkout, and its verdict is passed on."""

from __future__ import annotations

import shutil
from pathlib import Path

from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.paths import PROJECT, TESTS
from tools.lint_contracts import FOLDERS, faults_below

SEN = contracts_folder() / "dfe_sen.odcs.yaml"


def test_every_contract_of_the_checkout_is_in_a_folder_that_is_linted() -> None:
    hidden = {".git", ".venv", "build"}
    files = [
        file
        for file in PROJECT.rglob("*.odcs.yaml")
        if not hidden & set(file.relative_to(PROJECT).parts) and TESTS not in file.parents
    ]
    assert [file for file in files if not any(folder in file.parents for folder in FOLDERS)] == []
    assert {file.parent.name for file in files} >= {"data_contracts", "published", "example-source"}


def test_contract_against_the_standard_is_named_at_any_depth(tmp_path: Path) -> None:
    below = tmp_path / "some" / "folder"
    below.mkdir(parents=True)
    shutil.copy(SEN, below / SEN.name)
    assert faults_below(tmp_path) == []
    text = SEN.read_text(encoding="utf-8")
    (below / "wrong.odcs.yaml").write_text(
        text.replace("status: active", "status: [active]"), encoding="utf-8"
    )
    (said,) = faults_below(tmp_path)
    assert said.startswith("wrong.odcs.yaml:") and "status" in said


def test_folder_without_contracts_is_named(tmp_path: Path) -> None:
    assert faults_below(tmp_path) == [f"{tmp_path} holds no contract (*.odcs.yaml)."]
