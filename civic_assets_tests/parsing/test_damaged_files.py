"""No file ends anything but itself: every finder and parser over every file, whole and with something taken away."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import FileRefused, NotRecognised
from civic_assets.layers.examine import examine
from civic_assets.parsing.claims import as_release, parsed_or_why
from civic_assets.parsing.recognise import Recognised, recognise
from civic_assets.quality.framework.release import FileFacts
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.exhaustive import EXHAUSTIVE
from civic_assets_tests.parsing.damaged_files import Damaged, cut, damaged, whole_files

CONTRACTS = {name: one for name, one in load_contracts().items() if one.status == "active"}
FACTS = FileFacts("a file", "0" * 64, "0" * 64, 10_000_000, "csv")
# Every combination is recognised and parsed; the rules, which take longest, look at one of so many.
_RULES_EVERY = 100
FEWEST_COMBINATIONS = 3_000
# Of the damaged files of each file, one of so many; and of the whole files, with which every contract is tried.
_EVERY = 1 if EXHAUSTIVE else 8
_WHOLE_EVERY = 1 if EXHAUSTIVE else 3
# What is left has just the headers of another table. In a whole file of small areas one borough and class then stand in
# many rows, and V-01 holds it back.
_SAME_HEADERS = {("met_lsoa/before_2019.csv", ": without column 0"): {"met_borough"}}


def _recognised(one: Damaged) -> list[Recognised]:
    try:
        return recognise(one.grid, CONTRACTS)
    except (NotRecognised, FileRefused) as error:
        said = str(error).strip()
    assert said.endswith(".") and len(said) > 30, said
    return []


def test_every_contract_over_every_file_holds_back_what_is_not_its_own() -> None:
    number = 0
    for name, grid in islice(whole_files(), 0, None, _WHOLE_EVERY):
        own = {found.contract.source for found in recognise(grid, CONTRACTS)}
        assert own, name
        for source, contract in CONTRACTS.items():
            claimed = as_release(grid, contract)
            assessment, table, _ = examine(contract, claimed.edition, FACTS, grid, claimed.found, {})
            number += 1
            if source not in own:
                assert table is None and assessment.held_back, f"{name} as {source}"
    print(f"{number:,} combinations of a file and a contract")
    assert number > 400 / _WHOLE_EVERY


def test_file_with_anything_taken_away_is_read_held_back_or_named() -> None:
    combinations, became = 0, Counter[str]()
    for name, grid in whole_files():
        owners = {found.contract.source for found in recognise(grid, CONTRACTS)}
        for number, one in enumerate(islice(damaged(name, grid), 0, None, _EVERY)):
            combinations += len(CONTRACTS)
            found = _recognised(one)
            became["nothing"] += not found
            sources = {release.contract.source for release in found}
            assert sources <= owners | _SAME_HEADERS.get((name, one.what), set()), (name, one.what)
            for release in found:
                parsed, tables, _ = parsed_or_why(one.grid, release.found, release.contract)
                breaking = any(drift.breaking for drift in tables.drift)
                assert (parsed is None) == breaking, (name, one.what)
                became["held back" if breaking else "read"] += 1
                if number * _EVERY % _RULES_EVERY == 0:
                    assessment, table, _ = examine(
                        release.contract, release.edition, FACTS, one.grid, release.found, {}
                    )
                    assert (table is None) == breaking
                    assert not breaking or assessment.held_back, (name, one.what)
            _no_column_missing_unseen(one, owners, found)
    print(f"{combinations:,} combinations of a damaged file and a contract: {dict(became)}")
    assert combinations >= FEWEST_COMBINATIONS
    assert min(became["read"], became["held back"], became["nothing"]) > 0


def _no_column_missing_unseen(one: Damaged, owners: set[str], found: list[Recognised]) -> None:
    """A release of a known source without one column that it must have is held back, and not ignored."""
    if not one.header or len(one.grid.sheets) > 1:
        return
    from civic_assets.values.cells import label

    for source in owners:
        for table in CONTRACTS[source].tables:
            required = [column for column in table.columns if column.expected and not column.pattern]
            if table.title is None and any(column.matches(label(one.header)) for column in required):
                assert found, f"{one.name} {one.what} ({one.header}) vanished"


@pytest.mark.real_data
def test_real_files_are_recognised_as_before_and_survive_the_loss_of_each_column(real_data: Path) -> None:
    combinations, ignored = 0, Counter[str]()
    for path in sorted(real_data.rglob("*")):
        if not path.is_file() or path.suffix == ".md" or path.stat().st_size > 3_000_000:
            continue
        grid = cut(read_grid(path), 15)
        for one in damaged(path.name, grid):
            if "column" in one.what and len(grid.sheets) == 1:
                combinations += len(CONTRACTS)
                ignored[path.name] += not _recognised(one)
    print(f"{combinations:,} combinations; ignored: {dict(ignored)}")
    assert combinations > FEWEST_COMBINATIONS
