"""The seeded-defect benchmark: what counts as found, that it repeats itself, and that grids stand for files."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

import openpyxl
import pytest

from benchmarks.seeded_defects import planting
from benchmarks.seeded_defects.good_releases import Good, synthetic_releases
from benchmarks.seeded_defects.plants import KINDS, UNDETECTABLE, Planted
from benchmarks.seeded_defects.printed_cells import Cells
from benchmarks.seeded_defects.results import as_json, as_text, summary
from benchmarks.seeded_defects.scoring import Score, false_findings, loud, new_findings, score
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.quality.framework.results import Finding
from civic_assets_tests.json_answers import inspect

# Rows and columns leave too many cells open for a search of seconds.
QUICK = [
    "digits transposed", "digit dropped", "value x10", "sign flipped", "neighbours swapped", "code of another area",
    "area renamed", "period in the title wrong", "row pasted twice", "whole force missing", "category missing",
    "stale file republished as new", "suppressed cell filled in",
]  # fmt: skip


@cache
def good() -> Good:
    return list(synthetic_releases())[-1]


@cache
def cells() -> Cells:
    return Cells(good())


def planted(kind: str, seed: int = 1) -> Planted:
    found = KINDS[kind].plant(cells(), Random(seed))
    assert found is not None
    return found


def scored(one: Planted) -> tuple[Score, list[Finding]]:
    examined = planting.examine(good(), [one])
    new = new_findings(good(), examined)
    return score(good(), one, examined, new), false_findings(good(), [one], examined, new)


def test_every_kind_that_the_workbook_has_a_place_for_is_planted() -> None:
    without = {name for name, kind in KINDS.items() if not any(_tries(kind.plant))}
    # The months of the Metropolitan Police have columns of their own.
    assert without == {"month missing"}


def _tries(plant: object) -> Iterator[bool]:
    for seed in range(20):
        yield plant(cells(), Random(seed)) is not None  # type: ignore[operator]


@pytest.mark.parametrize("kind", QUICK)
def test_planted_error_is_found_and_nothing_else_is_accused(kind: str) -> None:
    said, false = scored(planted(kind))
    assert said.found or not said.visible
    assert false == []
    assert math.isnan(said.first) or said.first == 1


def test_file_without_an_error_has_nothing_new() -> None:
    examined = good().examine(good().grid)
    assert new_findings(good(), examined) == []


def test_cell_that_the_clean_file_accuses_already_is_not_a_discovery() -> None:
    """An error planted where the publisher's own defect is reported is not found by that report."""
    (finding, *_) = [f for f in loud(good().clean.assessment.findings) if f.locator]
    one = Planted("digit dropped", wrong={finding.locator: "1"}, figures=False)
    examined = good().examine(good().grid)
    assert not score(good(), one, examined, new_findings(good(), examined)).found


def test_information_is_not_a_finding_of_an_error() -> None:
    assert loud([Finding("V-16", "A pattern.", "A!B1", severity="info")]) == []


def test_error_in_no_equation_is_invisible_and_not_held_against_the_rules() -> None:
    examined = planting.examine(good(), [one := planted("symbol turned into 0", 3)])
    new = new_findings(good(), examined)
    found = score(good(), one, examined, new)
    assert summary([found])["visible"] == int(found.visible)


def test_the_same_seed_plants_the_same_errors() -> None:
    assert planted("digits transposed", 7) == planted("digits transposed", 7)
    one, other = (planting.many_at_once(good(), 3, 1, seed=5) for _ in range(2))
    assert as_json([one], []) == as_json([other], [])
    assert "precision" in as_text([one], [])


def test_errors_at_once_share_no_cell() -> None:
    together = list(planting._apart(cells(), 10, Random(1)))
    places = [place for one in together for place in one.cells]
    assert len(together) == 10
    assert len(places) == len(set(places))


@pytest.mark.parametrize("kind", ["digits transposed", "area renamed", "neighbours swapped"])
def test_error_in_a_file_gives_the_findings_of_the_error_in_the_grid(kind: str, tmp_path: Path) -> None:
    """Errors are planted in grids, because writing a workbook takes longer than examining it; this is the same."""
    name = good().name
    clean, damaged = tmp_path / name, tmp_path / f"damaged-{name}"
    clean.write_bytes(workbook_bytes(EDITIONS[name]))
    one = planted(kind)
    book = openpyxl.load_workbook(clean)
    for place, value in one.cells.items():
        book[place.sheet].cell(place.row + 1, place.column + 1).value = value
    book.save(damaged)
    contracts = {"ons_csp": load_contracts()["ons_csp"]}
    before = {f["message"] for f in inspect(clean, contracts)["findings"]}
    in_file = [f for f in inspect(damaged, contracts)["findings"] if f["message"] not in before]
    in_grid = new_findings(good(), planting.examine(good(), [one]))
    assert {(f["check_id"], f["locator"]) for f in in_file if f["severity"] != "info"} == {
        (f.check_id, f.locator) for f in in_grid
    }


def test_what_nothing_can_show_is_reported_with_its_reason() -> None:
    assert all(len(reason) > 20 for reason in UNDETECTABLE.values())
    text = as_text([], [])
    assert all(kind in text for kind in UNDETECTABLE)
