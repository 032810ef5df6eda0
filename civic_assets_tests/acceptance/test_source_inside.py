"""A source inside the project is three files: nothing else in the checkout has to be changed for its tests to pass.

The example is `docs/how-to/example-inside/` (first-time entrants to youth justice, invented). The tracked files of the
checkout are copied, the three files are added to the copy, and the tests that go over sources and contracts run there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.paths import PROJECT

EXAMPLE = PROJECT / "docs" / "how-to" / "example-inside"
SOURCE = "youth_justice"
PLACES: Mapping[str, Path] = {
    f"{SOURCE}.odcs.yaml": Path("data_contracts"),
    f"{SOURCE}.csv": Path("civic_assets_tests") / "fixtures" / SOURCE,
    "expected.yaml": Path("civic_assets_tests") / "fixtures" / SOURCE,
}
# Tests that iterate over the contracts, the sources or their fixtures, or compare a list with them.
SELECTION = (
    "civic_assets_tests/cli/test_contract.py",
    "civic_assets_tests/contracts",
    "civic_assets_tests/defs/test_definition_graph.py",
    "civic_assets_tests/harmonise/measures/test_vocabulary.py",
    "civic_assets_tests/harmonise/people/test_categories.py",
    "civic_assets_tests/publish/read_model/test_vocabulary_tables.py",
    "civic_assets_tests/quality/expectations/test_suites.py",
    "civic_assets_tests/sources/test_every_source.py",
    "civic_assets_tests/sources/test_impossible_figures.py",
    "civic_assets_tests/test_layout.py",
)


def _tracked() -> list[Path]:
    """Files of the checkout that are tracked, or would be; without Git those that an archive of it holds."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=PROJECT, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("the checkout is not a Git repository, so its tracked files are not known")
    names = [Path(os.fsdecode(name)) for name in listed.stdout.split(b"\0") if name]
    return [name for name in names if (PROJECT / name).is_file()]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout with the three files of the example in it."""
    folder = tmp_path_factory.mktemp("inside") / "checkout"
    for file in _tracked():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(PROJECT / file, folder / file)
    for name, place in PLACES.items():
        (folder / place).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(EXAMPLE / name, folder / place / name)
    return folder


def _environment(checkout: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CIVIC_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": str(checkout), "CIVIC_SITE": "later"}


def _run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=checkout, env=_environment(checkout), capture_output=True, text=True,
        timeout=1500, check=False,
    )  # fmt: skip


def test_example_is_three_files_and_no_source_of_the_project() -> None:
    assert {file.name for file in EXAMPLE.iterdir()} == set(PLACES)
    assert not (contracts_folder() / f"{SOURCE}.odcs.yaml").exists()


def test_contract_command_finds_no_problem_so_that_the_first_check_is_green(checkout: Path) -> None:
    done = _run(checkout, "civic_assets.cli", "contract", f"data_contracts/{SOURCE}.odcs.yaml")
    assert (done.returncode, done.stdout.strip()) == (0, f"data_contracts/{SOURCE}.odcs.yaml: no problems")


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
def test_tests_over_all_sources_pass_with_three_files_more(checkout: Path, whole: bool) -> None:
    """The real tests, in a process of their own: those that name the new source, or all but those of single others.

    What they do for the other sources runs in the suite itself.
    """
    assert all((checkout / name).exists() for name in SELECTION)
    others = " or ".join(file.name.partition(".")[0] for file in contracts_folder().glob("*.odcs.yaml"))
    chosen = f"not ({others})" if whole else SOURCE
    options = ("-q", "-n0", "-rA", "-p", "no:cacheprovider", "-m", "not real_data", "-k", chosen)
    done = _run(checkout, "pytest", *options, *SELECTION)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    passed = [line for line in done.stdout.splitlines() if line.startswith("PASSED")]
    assert sum(SOURCE in line for line in passed) >= 6, "the new source is among what was tested"
    assert len(passed) >= (100 if whole else 6)


def test_a_fourth_file_or_an_open_demand_would_be_seen(checkout: Path) -> None:
    """What the tests demand of a contract is what the command demands: without a reason for a band both fail."""
    contract = checkout / "data_contracts" / f"{SOURCE}.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    try:
        contract.write_text(text.replace("(E-01)", ""), encoding="utf-8")
        told = _run(checkout, "civic_assets.cli", "contract", str(contract))
        assert told.returncode == 1 and "must name the check that reads it, E-01" in told.stdout
        tests = _run(checkout, "pytest", "-q", "-n0", "-p", "no:cacheprovider", SELECTION[0], "-k", SOURCE)
        assert tests.returncode == 1 and "FAILED" in tests.stdout
    finally:
        contract.write_text(text, encoding="utf-8")


class Outside:
    """The same source in a folder of its own: two files, and nothing in the project."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.store = folder / "mine", folder / "store"
        self.folder.mkdir()
        for name in (f"{SOURCE}.odcs.yaml", f"{SOURCE}.csv"):
            shutil.copyfile(EXAMPLE / name, self.folder / name)

    def run(self, *arguments: object) -> Answer:
        return civic_assets(*arguments, env={"CIVIC_CONTRACTS": f":{self.folder}", "CIVIC_SOURCES": ""})


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    person = Outside(tmp_path_factory.mktemp("outside"))
    inputs = ("--profile", "local", "--inputs", person.folder, "--store", person.store)
    answer = person.run("refresh", *inputs, "--json", "--quiet")
    assert answer.code == 0, answer.err
    (release,) = answer.json["releases"]
    assert (release["source"], release["release"], release["state"]) == (SOURCE, "2024-03", "published")
    return person


def test_two_files_outside_are_read_published_and_traced(outside: Outside) -> None:
    inspected = outside.run("inspect", outside.folder / f"{SOURCE}.csv", "--json").json
    assert (inspected["outcome"], inspected["rows"]) == ("clean", 36)
    wanted = (
        "--measure",
        "first_time_entrants",
        "--period",
        "2023-04-01/2024-04-01",
        "--store",
        outside.store,
    )
    chain = outside.run("trace", "--area", "Islington", *wanted, "--unit", "count", "--json").json
    assert (chain["figure"]["value"], chain["value_text"], chain["locator"]) == (
        44,
        "44",
        "L13:First-time entrants",
    )
    rate = outside.run(
        "trace", "--area", "Islington", *wanted, "--unit", "per_100000_population", "--json"
    ).json
    assert rate["figure"]["value"] == 223.1


def test_years_of_one_area_may_be_compared_and_areas_in_each_other_not_added(outside: Outside) -> None:
    figure = f"{SOURCE}:first_time_entrants:{{}}:{{}}"
    years = [figure.format("E09000019", f"{year}-04-01/{year + 1}-04-01") for year in (2022, 2023)]
    assert outside.run("compare", *years, "--store", outside.store).code == 0
    nested = [figure.format(area, "2023-04-01/2024-04-01") for area in ("E92000001", "E09000019")]
    added = outside.run("compare", *nested, "--store", outside.store, "--json")
    assert added.code == 0, added.out + added.err
    assert added.json["operations"]["sum"]["allowed"] is False
