"""`civic-assets contract FILE` lists every problem at once, each with its path and what to do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from civic_assets.cli.entry import main
from civic_assets.contracts.load import contracts_folder, load_contracts
from civic_assets.quality.contract_demands import DEMANDS, LATER, check_contract, demands

SHIPPED = sorted(contracts_folder().glob("*.odcs.yaml"))
NEET = contracts_folder() / "dfe_neet.odcs.yaml"
EXAMPLE = Path(__file__).parents[2] / "docs" / "how-to" / "example-source" / "library_visits.odcs.yaml"


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_contract_that_ships_meets_every_demand(source: str) -> None:
    assert list(demands(load_contracts()[source])) == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_contract_that_ships_has_no_problem(file: Path) -> None:
    report = check_contract(file)
    assert (report.problems, report.notes) == ((), ())


def _changed(tmp_path: Path, *changes: tuple[str, str], original: Path = NEET) -> Path:
    text = original.read_text(encoding="utf-8")
    for right, wrong in changes:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    file = tmp_path / original.name
    file.write_text(text, encoding="utf-8")
    return file


def _without(text: str, property_name: str) -> str:
    """The text of a contract without one custom property of its top level."""
    before, _, rest = text.partition(f"  - property: {property_name}\n")
    assert rest, property_name
    _, found, after = rest.partition("\n  - property: ")
    return before + (f"  - property: {after}" if found else "")


def test_all_problems_are_listed_at_once_with_path_and_advice(tmp_path: Path) -> None:
    file = _changed(
        tmp_path,
        ("name: null_share", "name: nul_share"),
        ("property: returnsDue", "property: returnDue"),
        ("required: true", "requird: true"),
        ("severity: error", "severity: eror"),
    )
    report = check_contract(file)
    said = {problem.path: problem.reason for problem in report.problems}
    assert said["schema[0].properties[0].requird"] == "unknown key 'requird'; did you mean 'required'?"
    assert "did you mean 'returnsDue'" in said["customProperties(returnDue)"]
    assert any("'null_share'" in reason for path, reason in said.items() if "thresholds" in path)
    assert any("did you mean 'error'" in reason for reason in said.values())
    assert len(said) >= 4 and LATER in report.notes


OWN_NEET = (
    "  - property: measures\n    value:\n      neet: {unit_of_count: persons, definition: 'the same'}\n"
)
WRONG: dict[str, tuple[Callable[[str], str], str, str]] = {
    "no disclosure": (lambda text: _without(text, "disclosure"), "customProperties(disclosure)", "is missing"),
    "no band": (
        lambda text: text.replace("name: figures_least", "name: small_base"), "customProperties(thresholds)",
        "'figures_least' is missing",
    ),
    "band without its check": (
        lambda text: text.replace("E-01", "E-00"), "customProperties(thresholds)",
        "must name the check that reads it, E-01",
    ),
    "status that nobody knows": (
        lambda text: text.replace("status: not_applicable", "status: not_aplicable"), "customProperties(symbols)",
        "did you mean 'not_applicable'",
    ),
    "measure twice": (
        lambda text: text.replace("  - property: symbols", OWN_NEET + "  - property: symbols"),
        "customProperties(measures).neet", "is described in vocabularies/measures.yaml as well",
    ),
    "measure that nobody describes": (
        lambda text: text.replace("neet_percent", "neat_percent"), "properties[",
        "the measure 'neat_percent' is not described",
    ),
    "option misspelt": (
        lambda text: text.replace("        ages:", "        agez:"), "customProperties(parser).options.agez",
        "did you mean 'ages'",
    ),
    "no such parser": (
        lambda text: text.replace("      options:", "      name: dfe_neat\n      options:"),
        "customProperties(parser).name", "there is no parser civic_assets/sources/dfe_neat.py",
    ),
    "breakdown that nobody maps": (
        lambda text: text.replace("          columns:\n", "          breakdown: shoe_size=9\n          columns:\n"),
        "properties[", "shoe_size",
    ),
    "time zone": (
        lambda text: text.replace("Europe/London", "Europe/Lundon"), "customProperties(release).schedule.timezone",
        "did you mean 'Europe/London'",
    ),
    "cron": (
        lambda text: re.sub(r"cron: '[0-9]+ ", "cron: '", text),
        "customProperties(release).schedule.cron",
        "five fields",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_demand_that_loading_does_not_make_is_made_here(wrong: str, tmp_path: Path) -> None:
    change, path, reason = WRONG[wrong]
    text = NEET.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    file = tmp_path / NEET.name
    file.write_text(changed, encoding="utf-8")
    found = check_contract(file).problems
    assert any(path in one.path and reason in one.reason for one in found), found


def test_examples_of_the_documentation_meet_every_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    from civic_assets import sources

    assert check_contract(EXAMPLE).problems == ()
    with_parser = EXAMPLE.parents[1] / "example-parser" / "library_loans.odcs.yaml"
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(with_parser.parent)])
    assert check_contract(with_parser).problems == ()
    sys.modules.pop("civic_assets.sources.library_loans", None)


def test_command_answers_with_exit_codes_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contract", str(NEET)]) == 0
    assert "no problems" in capsys.readouterr().out
    wrong = _changed(tmp_path, ("name: null_share", "name: nul_share"))
    assert main(["contract", str(NEET), str(wrong), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["problems"] == 1
    assert said["contracts"][1]["problems"][0]["path"].startswith("customProperties(thresholds)")
    assert main(["contract", str(tmp_path / "none.odcs.yaml")]) == 2
    assert "is not a file" in capsys.readouterr().err


def test_what_is_not_a_contract_at_all_is_a_problem_with_a_sentence(tmp_path: Path) -> None:
    for content in ("", "a list:\n- of\n", "- 1\n", "kind: [DataContract\n", "kind: DataContract\n"):
        file = tmp_path / "odd.odcs.yaml"
        file.write_text(content, encoding="utf-8")
        assert check_contract(file).problems


def test_every_demand_says_what_it_demands() -> None:
    assert all(demand.__doc__ for demand in DEMANDS)
