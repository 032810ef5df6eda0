"""What a contract says of statements and of bases that are not printed is refused where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder, load_contract
from civic_assets.errors import ContractError

REPORT = contracts_folder() / "gla_report.odcs.yaml"

MISTAKES = {
    "table that is not there": (
        "      table: statements\n",
        "      table: sentences\n",
        "names 'sentences', which is not a table",
    ),
    "measure misspelt": (
        "measures: [shoplifting]",
        "measures: [shop_lifting]",
        "'shop_lifting' is not a measure",
    ),
    "key that nobody knows": (
        "{measures: [all_other_theft]}",
        "{measure: [all_other_theft]}",
        "unknown key 'measure'",
    ),
    "end without a reason": (
        "{ended: 2013-04-01, because: 'Health and Social Care Act 2012, section 34'}",
        "{ended: 2013-04-01}",
        "'because' is missing",
    ),
    "rate without a count": (
        "suspension_rate: suspensions\n",
        "suspension_rate: suspended\n",
        "names 'suspended', which is not a column",
    ),
    "claim of a rate that has no count": (
        "            suspension_rate: suspensions\n",
        "",
        "names 'suspension_rate', for which no implied_base names a count",
    ),
    "base shared with nobody": (
        "rates: [knife_crime_persons_percent], counts: [population]",
        "rates: [knife_crime_persons_percent]",
        "nothing that it shares its base with",
    ),
    "claim without a reason": (
        ", because: all three labels say secondary schools",
        "",
        "'because' is missing",
    ),
    "label that names a unit without a reason": (
        "names: {unit: persons, because: 'it says who was suspended'}",
        "names: {unit: persons}",
        "'because' is missing",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_with_file_and_reason(mistake: str, tmp_path: Path) -> None:
    right, wrong, reason = MISTAKES[mistake]
    text = REPORT.read_text(encoding="utf-8")
    assert text.count(right) == 1, right
    file = tmp_path / REPORT.name
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        load_contract(file)
    assert reason in str(refused.value) and REPORT.name in str(refused.value)
