"""What the repository and the package hold: files at the top and inside the wheel, pins, and scripts that install."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from civic_assets import shipped
from civic_assets.contracts.load import contracts_folders, load_contracts
from civic_assets_tests.paths import PROJECT
from tools.dependency_audit import pinned

TOP = (
    "pyproject.toml", "civic_assets/__init__.py", "civic_assets_tests/__init__.py", "workspace.yaml", "dagster.yaml",
    "data_contracts", "README.md",
)  # fmt: skip
FOR_CONTRIBUTORS = (
    "LICENSE", "NOTICE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "CITATION.cff", ".pre-commit-config.yaml",
    ".github/workflows/ci.yml", ".ci/run", "constraints.txt", "Makefile", "civic_assets/py.typed",
)  # fmt: skip


def _pyproject() -> dict[str, Any]:
    return tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [*TOP, *FOR_CONTRIBUTORS])
def test_repository_has_at_the_top(name: str) -> None:
    assert (PROJECT / name).exists()


def test_wheel_carries_what_the_program_reads_at_the_top_of_a_checkout() -> None:
    included = _pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    read = {path.relative_to(shipped.SHIPPED).as_posix() for path in (
        shipped.CONTRACTS, shipped.DAGSTER_SETTINGS, shipped.WORKSPACE,
    )}  # fmt: skip
    assert set(included) == read
    assert included == {name: f"civic_assets/shipped_files/{name}" for name in read}
    for name in read:
        assert (PROJECT / name).exists()


def test_files_inside_an_installed_package_come_before_those_next_to_it(tmp_path: Path) -> None:
    package = tmp_path / "civic_assets"
    package.mkdir()
    assert shipped._folder(package) == tmp_path
    (package / "shipped_files").mkdir()
    assert shipped._folder(package) == package / "shipped_files"


def test_only_one_module_knows_where_the_shipped_files_are() -> None:
    """A path from a module to the top of the checkout leads nowhere in an installed wheel."""
    above = re.compile(r"parents\[\d\]|PACKAGE\.parent")
    found = {
        file.relative_to(PROJECT).as_posix()
        for file in (PROJECT / "civic_assets").rglob("*.py")
        if "__file__" in (text := file.read_text(encoding="utf-8")) and above.search(text)
    }
    assert found == set()


def test_an_empty_entry_of_civic_contracts_is_the_shipped_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIVIC_CONTRACTS", f"{os.pathsep}{tmp_path}")
    assert contracts_folders() == [shipped.CONTRACTS, tmp_path]
    assert "ons_csp" in load_contracts()
    monkeypatch.setenv("CIVIC_CONTRACTS", f"{os.pathsep}{tmp_path}{os.pathsep}")
    assert contracts_folders() == [shipped.CONTRACTS, tmp_path]
    monkeypatch.setenv("CIVIC_CONTRACTS", str(tmp_path))
    assert contracts_folders() == [tmp_path]
    monkeypatch.setenv("CIVIC_CONTRACTS", "")
    assert contracts_folders() == [shipped.CONTRACTS]


def test_every_dependency_is_pinned_within_its_bounds() -> None:
    project = _pyproject()["project"]
    wanted = [
        Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["dev"])
    ]
    pins = pinned((PROJECT / "constraints.txt").read_text(encoding="utf-8"))
    for requirement in wanted:
        pin = pins[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin), f"{requirement} does not admit the pin {pin}"


def test_pins_name_no_place() -> None:
    text = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|^-|^[^#]* @ ", text, re.MULTILINE)


def test_hooks_of_pre_commit_run_what_is_installed_here() -> None:
    """Hooks from elsewhere would bring a second version of the same tool."""
    text = (PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert re.findall(r"- repo: (\S+)", text) == ["local"]


def test_actions_of_the_workflow_are_pinned_to_a_commit() -> None:
    text = (PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", text)
    assert used and all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action) for action in used)


def _find_python(path: Path, *versions: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROJECT / "tools" / "find_python.sh"), *versions],
        env={"PATH": f"{path}{os.pathsep}/usr/bin{os.pathsep}/bin", "PYENV_ROOT": str(path / "pyenv")},
        capture_output=True,
        text=True,
        check=False,
    )


def _python(folder: Path, name: str, exit_code: int) -> None:
    """A program of this name that answers every question with an exit code, as a shim does that leads nowhere."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\nexit {exit_code}\n", encoding="utf-8")
    file.chmod(0o755)


def test_first_python_that_runs_and_fits_is_taken(tmp_path: Path) -> None:
    for name, exit_code in (("python3.14", 127), ("python3.13", 1), ("python3.12", 0), ("python3.11", 0)):
        _python(tmp_path, name, exit_code)
    assert _find_python(tmp_path).stdout == "python3.12\n"


def test_a_python_that_pyenv_keeps_is_found_by_its_version_only(tmp_path: Path) -> None:
    for name in ("python3.14", "python3.13", "python3.12", "python3.11", "python3"):
        _python(tmp_path, name, 127)
    _python(tmp_path / "pyenv" / "versions" / "3.13.0" / "bin", "python", 0)
    assert _find_python(tmp_path, "3.13").stdout == f"{tmp_path}/pyenv/versions/3.13.0/bin/python\n"
    assert _find_python(tmp_path).returncode == 1


def test_classifiers_name_every_python_that_the_bounds_and_the_tools_name() -> None:
    project = _pyproject()["project"]
    named = [
        line.rpartition(" ")[2]
        for line in project["classifiers"]
        if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", line)
    ]
    assert named[0] == project["requires-python"].removeprefix(">=")
    looked_for = (PROJECT / "tools" / "find_python.sh").read_text(encoding="utf-8")
    assert all(f"python{version}" in looked_for for version in named)


def test_programs_in_tools_say_what_they_are_for() -> None:
    for file in (PROJECT / "tools").glob("*.py"):
        assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), file.name
    for file in (PROJECT / "tools").glob("*.sh"):
        first, second, *_ = file.read_text(encoding="utf-8").splitlines()
        assert (first, second[:2]) == ("#!/usr/bin/env bash", "# "), file.name
        assert os.access(file, os.X_OK), file.name


def test_licence_is_stated_in_the_package() -> None:
    project = _pyproject()["project"]
    assert project["license"] == "MIT"
    assert project["license-files"] == ["LICENSE", "NOTICE"]
    assert (PROJECT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    assert "Open Government Licence" in (PROJECT / "NOTICE").read_text(encoding="utf-8")


def _program(file: Path, body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.parametrize(
    ("uv_ends_with", "says", "installer"), [(0, "with uv", "uv"), (2, "Trying pip", "python -m pip")]
)
def test_installer_takes_uv_and_falls_back_to_pip(
    tmp_path: Path, uv_ends_with: int, says: str, installer: str
) -> None:
    _program(tmp_path / "tools" / "install.sh", "")
    (tmp_path / "tools" / "install.sh").write_bytes((PROJECT / "tools" / "install.sh").read_bytes())
    _program(tmp_path / ".venv" / "bin" / "python", f'echo "python $*" >> {tmp_path}/called')
    _program(
        tmp_path / "path" / "uv",
        f'echo "uv $*" >> {tmp_path}/called; echo "no such index" >&2; exit {uv_ends_with}',
    )
    done = subprocess.run(
        [str(tmp_path / "tools" / "install.sh"), "dev"],
        env={"PATH": f"{tmp_path / 'path'}{os.pathsep}/usr/bin{os.pathsep}/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout
    assert "no such index" in done.stdout  # why uv did not get through
    last = (tmp_path / "called").read_text(encoding="utf-8").splitlines()[-1]
    assert last.startswith(f"{installer} ")
    assert last.endswith("-c constraints.txt -e .[dev]")


def test_contract_that_breaks_the_standard_is_named(tmp_path: Path) -> None:
    def lint(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(PROJECT / "tools" / "lint_contracts.py"), str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )

    contract = (PROJECT / "data_contracts" / "gla_report.odcs.yaml").read_text(encoding="utf-8")
    assert lint(tmp_path).returncode == 1
    (tmp_path / "sound.odcs.yaml").write_text(contract, encoding="utf-8")
    assert lint(tmp_path).returncode == 0
    (tmp_path / "broken.odcs.yaml").write_text(contract.replace("\nstatus:", "\nstate:", 1), encoding="utf-8")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "broken.odcs.yaml" in done.stderr and "sound.odcs.yaml" not in done.stderr


def test_offline_guard_refuses_other_machines_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_bytes((PROJECT / "tools" / "offline.py").read_bytes())
    tries = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "print('this machine')\n"
        "socket.create_connection(('192.0.2.1', 80), timeout=1)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", tries],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "this machine\n"
    assert "no network in this test; something tried to reach 192.0.2.1" in done.stderr
