"""A rule that says too much, too little or something else is refused with file, path and reason."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts
from civic_assets.contracts.rules import EQUATIONS
from civic_assets.errors import ContractError
from civic_assets_tests.paths import PROJECT

LOOKED_AFTER = contracts_folder() / "dfe_looked_after.odcs.yaml"
UASC = (
    "{rule: identity, total: children_looked_after, parts: [uasc_looked_after, not_uasc_looked_after], "
    "where: {area_types: [local_authority]}}"
)
SUM = "{rule: sum, over: sex, measures: [children_looked_after], where: {area_types: [local_authority]}}"

MISTAKES = {
    "kind that nobody knows": (
        UASC,
        "{rule: difference, total: a}",
        "'difference' is not one of at_most, change",
    ),
    "key of another kind": (UASC, UASC.replace("where:", "over: sex, where:"), "unknown key 'over'"),
    "no parts": (UASC, "{rule: identity, total: children_looked_after}", "'parts' is missing"),
    "measure misspelt": (
        UASC,
        UASC.replace("not_uasc", "no_uasc"),
        "names 'no_uasc_looked_after', which is not a column",
    ),
    "measure twice": (UASC, UASC.replace("not_uasc", "uasc"), "names a column twice"),
    "filter of an unknown kind": (UASC, UASC.replace("area_types", "area_type"), "unknown key 'area_type'"),
    "tolerance without a reason": (
        SUM,
        SUM.replace("where:", "tolerance: 3, where:"),
        "'because' is missing",
    ),
    "two tolerances": (
        SUM,
        SUM.replace("where:", "rounding: 5, total_rounding: 5, where:"),
        "both 'rounding' and",
    ),
    "rounding below nothing": (SUM, SUM.replace("where:", "rounding: -5, where:"), "must not be negative"),
    "one term with a breakdown": (
        UASC,
        UASC.replace(
            "total: children_looked_after", "total: {measure: children_looked_after, breakdown: total}"
        ),
        "gives some of its terms a breakdown and others none",
    ),
    "rate with two roles": (
        UASC,
        UASC.replace("[uasc_looked_after,", "[uasc_looked_after_percent,"),
        "which another rule tests against its counts",
    ),
    "neither a part nor a key": (
        SUM,
        "{rule: at_most, measures: [children_looked_after]}",
        "either 'smaller' and 'larger'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_rule_with_a_mistake_is_refused(mistake: str, tmp_path: Path) -> None:
    old, new, reason = MISTAKES[mistake]
    text = LOOKED_AFTER.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / LOOKED_AFTER.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match=r"schema\[\d\]") as refused:
        load_contract(file)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("lowest: 1, ", "", "'lowest' is missing"),
        ("lowest: 1, highest: 2", "lowest: 3, highest: 2", "is not a range of counts"),
    ],
)
def test_bounds_of_what_is_suppressed_are_complete(old: str, new: str, reason: str, tmp_path: Path) -> None:
    exclusions = contracts_folder() / "dfe_exclusions.odcs.yaml"
    text = exclusions.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / exclusions.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match="suppressed") as refused:
        load_contract(file)
    assert reason in refused.value.reason


def test_every_kind_of_rule_that_is_explained_is_known_and_the_other_way_round() -> None:
    docs = PROJECT / "docs" / "reference" / "contracts.md"
    explained = {line.split("`")[1] for line in docs.read_text().splitlines() if line.startswith("| `")}
    assert explained >= EQUATIONS


def test_every_tolerance_of_the_contracts_has_its_reason() -> None:
    for contract in load_contracts().values():
        for rule in contract.rules:
            assert yaml.safe_dump(dict(rule.options))
            assert "tolerance" not in rule.options or rule.options["because"]


EXCLUSIONS = contracts_folder() / "dfe_exclusions.odcs.yaml"
ROUNDED = (
    "until: '2017-09-01', because: 'to 2016/17 England and regions are rounded to 5, authorities are exact'}"
)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("until: '2017-09-01'}", "'because' is missing"),
        (ROUNDED.replace("2017-09-01", "2016-17"), "must be a day"),
        (ROUNDED.replace("until", "til"), "unknown key 'til'"),
    ],
)
def test_rounding_by_level_and_year_says_all_that_it_must(new: str, reason: str, tmp_path: Path) -> None:
    text = EXCLUSIONS.read_text(encoding="utf-8")
    assert ROUNDED in text
    file = tmp_path / EXCLUSIONS.name
    file.write_text(text.replace(ROUNDED, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match="rounding") as refused:
        load_contract(file)
    assert reason in refused.value.reason
