"""A change of the vocabularies makes those releases stale that use what was changed, and no others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from civic_assets.contracts.load import DEFAULT_FOLDER, load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.harmonise.vocabulary_key import measures_used, vocabulary_key

NEW = "  youth_cautions: {unit_of_count: persons, statistic: flow, definition: 'Cautions', polarity: higher_is_worse}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "contracts"
    shutil.copytree(DEFAULT_FOLDER, copy)
    monkeypatch.setenv("CIVIC_CONTRACTS", str(copy))
    return copy


def _contracts() -> dict[str, Contract]:
    return load_contracts(DEFAULT_FOLDER)


def _stale_after(
    folder: Path, change: Callable[[str], str], name: str = "vocabularies/measures.yaml"
) -> set[str]:
    before = {source: vocabulary_key(contract) for source, contract in _contracts().items()}
    file = folder / name
    text = file.read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    file.write_text(changed, encoding="utf-8")
    # A file system may give two writes one time.
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1_000_000))
    after = {source: vocabulary_key(contract) for source, contract in _contracts().items()}
    return {source for source in before if before[source] != after[source]}


def test_new_measure_makes_no_release_stale(folder: Path) -> None:
    assert _stale_after(folder, lambda text: text.replace("\nmeasures:\n", f"\nmeasures:\n{NEW}")) == set()


def test_changed_measure_makes_those_stale_that_print_it(folder: Path) -> None:
    stale = _stale_after(folder, lambda text: text.replace("'Theft from shops'", "'Theft from a shop'"))
    assert stale == {"gla_report", "ons_csp", "ons_pfa"}


def test_changed_numerator_and_denominator_reach_the_rates_that_are_made_of_them(folder: Path) -> None:
    assert "dfe_neet" in _stale_after(
        folder,
        lambda text: text.replace("'the cohort known to the authority in the same March'", "'the cohort'"),
    )
    stale = _stale_after(folder, lambda text: text.replace("'Residents, mid-year estimate'", "'Residents'"))
    assert {"ons_population", "ons_csp", "dfe_looked_after"} <= stale
    assert "police_uk" not in stale


def test_difference_of_one_source_does_not_apply_to_others(folder: Path) -> None:
    changed = _stale_after(
        folder,
        lambda text: text.replace(
            "by_source: {gla_report: {rates: {percent: unstated}}}",
            "by_source: {gla_report: {polarity: neutral, rates: {percent: unstated}}}",
        ),
    )
    assert changed == {"gla_report"}


def test_registers_that_rules_read_make_all_stale_and_those_of_publications_none(folder: Path) -> None:
    everything = set(_contracts())
    assert _stale_after(folder, lambda text: f"{text}\n# changed\n", "breaks.yaml") == everything
    assert _stale_after(folder, lambda text: f"{text}\n# changed\n", "vocabularies/assurance.yaml") == set()
    assert _stale_after(folder, lambda text: f"{text}\n# changed\n", "vocabularies/bias.yaml") == set()
    assert _stale_after(folder, lambda text: f"{text}\n# changed\n", "vocabularies/indicators.yaml") == set()


def test_every_measure_that_a_contract_prints_is_followed() -> None:
    for contract in _contracts().values():
        used = {name.removeprefix("measures.") for name, _ in measures_used(contract)}
        assert contract.printed_measures <= used
