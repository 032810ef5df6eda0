"""What a contract says of small counts, and what it may not leave out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder, load_contract, load_contracts
from civic_assets.errors import ContractError
from civic_assets.quality.contract_demands import figures_have_a_disclosure_rule

LOOKED_AFTER = contracts_folder() / "dfe_looked_after.odcs.yaml"
PRACTICE = "      - practice: suppressed\n"


@pytest.mark.parametrize("source", sorted(load_contracts()))
def test_every_contract_says_of_every_measure_what_its_publisher_hides(source: str) -> None:
    """A measure that no entry speaks of could be hidden by its publisher without anybody knowing."""
    assert list(figures_have_a_disclosure_rule(load_contracts()[source])) == []


def test_contract_that_says_nothing_of_a_measure_is_told_so() -> None:
    contract = load_contracts()["dfe_exclusions"]
    silent = replace(contract, disclosure=tuple(one for one in contract.disclosure if one.measures))
    assert list(figures_have_a_disclosure_rule(silent))
    assert list(figures_have_a_disclosure_rule(replace(contract, disclosure=())))


def test_old_exclusions_are_hidden_and_new_ones_are_not() -> None:
    contract = load_contracts()["dfe_exclusions"]
    old = contract.disclosure_of("counts_to_2017", "permanent_exclusions")
    new = contract.disclosure_of("suspensions", "permanent_exclusions")
    schools = contract.disclosure_of("counts_to_2017", "schools")
    assert old is not None
    assert new is not None
    assert schools is not None
    assert (old.hides, old.lowest, old.highest) == (True, 1, 2)
    assert not new.hides
    assert not schools.hides


MISTAKES = {
    "no practice": (PRACTICE, "      - tables: []\n", "'practice' is missing"),
    "unknown practice": (PRACTICE, "      - practice: sometimes\n", "sometimes"),
    "no range": (PRACTICE + "        lowest: 1\n", PRACTICE, "'lowest' is missing"),
    "crossed range": (
        PRACTICE + "        lowest: 1\n",
        PRACTICE + "        lowest: 9\n",
        "is not a range of counts",
    ),
    "range of what is not hidden": (
        PRACTICE,
        "      - practice: unsuppressed\n",
        "although nothing is hidden",
    ),
    "unknown table": (PRACTICE, PRACTICE + "        tables: [hedgehogs]\n", "none of the contract's tables"),
    "unknown measure": (
        PRACTICE,
        PRACTICE + "        measures: [hedgehogs]\n",
        "none of the contract's measures",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_with_its_reason(mistake: str, tmp_path: Path) -> None:
    old, new, reason = MISTAKES[mistake]
    text = LOOKED_AFTER.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / LOOKED_AFTER.name
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContractError, match="disclosure") as refused:
        load_contract(file)
    assert reason in refused.value.reason
