"""Real steps of a store, one after the other: the read model made from the last one equals one made from nothing.

Belongs here: files that arrive, are issued again or come late, and registers that people change. Does not belong here:
changes at random (`test_equal`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from benchmarks.generated_inputs import LAST, month_text
from benchmarks.generated_inputs.met import months, write_boroughs
from benchmarks.generated_inputs.street import write_street
from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.contracts.load import load_contracts
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.build import build_read_model
from civic_assets.publish.incremental import source_tables, update
from civic_assets.publish.incremental.arrivals import Arrivals
from civic_assets.publish.incremental.inputs import Inputs
from civic_assets.publish.publication import plan_now
from civic_assets.publish.read_model.placing import put_in_place
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.publish.incremental.same_tables import differences
from civic_assets_tests.publish.report.stores import add

_FORCE = "cleveland"
FIRST, SECOND = "synthetic-csp-tables-2021-12.xlsx", "synthetic-csp-tables-2022-12.xlsx"
CORRECTION = {
    "id": "a-figure-of-the-report",
    "source": "gla_report",
    "release": "2023-05",
    "locator": "L30:year 1",
    "expect": "1208",
    "corrected": 2108,
    "reason": "Two digits are exchanged.",
    "evidence": "synthetic",
    "reported_to": "nobody",
    "author_role": "tester",
    "date": date(2023, 6, 5),
}
WAIVER = {
    "waivers": [
        {
            "id": "captions",
            "check": "V-09",
            "source": "gla_report",
            "release": "2023-05",
            "cells": ["L10:Percentage (Islington)"],
            "reason": "The publisher was asked, and has answered that the captions stay as they are.",
            "author_role": "tester",
            "date": date.today(),
            "expires": date.today() + timedelta(days=30),
        }
    ]
}


@pytest.fixture
def registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contracts and registers that ship, where a test may change them."""
    folder = Path(shutil.copytree(DEFAULT_FOLDER, tmp_path / "contracts"))
    monkeypatch.setenv("CIVIC_CONTRACTS", str(folder))
    for name in ("MOST_CHANGED_SHARE", "MOST_FREE_SHARE"):
        monkeypatch.setattr(update, name, 2.0)
    monkeypatch.setattr(update, "REFUSES_FAILURE", True)
    return folder


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Arrivals]:
    """What was made of sources, each time that a read model was made from the last one."""
    found: list[Arrivals] = []
    make = source_tables.make

    def noted(*given: object) -> Arrivals:
        found.append(make(*given))  # type: ignore[arg-type]
        return found[-1]

    monkeypatch.setattr(source_tables, "make", noted)
    return found


class _Inputs:
    """Folders of files that arrive together."""

    def __init__(self, root: Path, store: Store) -> None:
        self._root, self._store, self._number = root, store, 0
        self._figures = months(LAST - 40, LAST, 1)

    def arrive(
        self, files: dict[str, bytes] | None = None, *, issues: Sequence[int] = (), street: int = 0
    ) -> None:
        """Files arrive.

        Args:
            files: Content by name.
            issues: Last months of issues of the Metropolitan Police by borough.
            street: Month of street-level crime of one force; none if 0.

        Without any of these, only registers have changed.
        """
        folder = self._root / f"inputs-{self._number}"
        if not (files or issues or street):
            add(self._store, folder)  # what was there last is read again, and everything is checked again
            return
        self._number += 1
        folder = self._root / f"inputs-{self._number}"
        folder.mkdir()
        for name, content in (files or {}).items():
            (folder / name).write_bytes(content)
        for month in issues:
            write_boroughs(folder, self._figures, month)
        if street:
            write_street(folder, 1, street, 20, 1)
        add(self._store, folder)

    def met(self, month: int) -> bytes:
        """An issue by borough."""
        folder = self._root / "one"
        folder.mkdir(exist_ok=True)
        return write_boroughs(folder, self._figures, month).read_bytes()


def _fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def _said_otherwise(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, (file, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def _with_a_figure_twice(content: bytes) -> bytes:
    """The file with its last row again, with another number."""
    lines = content.decode().rstrip().splitlines()
    head, _, number = lines[-1].rpartition(",")
    return "\r\n".join([*lines, f"{head},{int(number or 0) + 7}"]).encode()


def _arrivals(inputs: _Inputs, _: Path) -> Iterator[tuple[str, bool, dict[str, set[str]]]]:
    """Makes one step after the other.

    Yields:
        What it is, whether the last read model could be the start, and the releases that were only added.
    """
    inputs.arrive({FIRST: workbook_bytes(EDITIONS[FIRST])}, issues=[LAST - 9, LAST - 5], street=LAST - 5)
    yield "first publication", False, {}
    inputs.arrive({SECOND: workbook_bytes(EDITIONS[SECOND])})
    yield "a newer edition", True, {"ons_csp": {"2022-12"}}
    inputs.arrive({"report.csv": REPORT_TABLES.read_bytes()})
    yield "the report", True, {}
    inputs.arrive(issues=[LAST])
    yield "a newer issue by borough", True, {"met_borough": {month_text(LAST, "-")}}
    inputs.arrive(street=LAST - 4)
    yield "a newer month of a force", True, {"police_uk": {f"{month_text(LAST - 4, '-')}-{_FORCE}"}}
    inputs.arrive({"synthetic-lookup.csv": _fixture("lookups/ward_region.csv")})
    yield "a lookup", False, {}
    inputs.arrive(issues=[LAST - 7])
    yield "a release older than those held", True, {}
    inputs.arrive({"synthetic-again.csv": _with_a_figure_twice(inputs.met(LAST))})
    yield "a damaged reissue, which is held back", True, {}


def _decisions(inputs: _Inputs, registers: Path) -> Iterator[tuple[str, bool, dict[str, set[str]]]]:
    """Makes one change of a register after the other; yields as `_arrivals`."""
    inputs.arrive({FIRST: workbook_bytes(EDITIONS[FIRST]), "report.csv": REPORT_TABLES.read_bytes()})
    yield "first publication", False, {}
    (registers / "waivers.yaml").write_text(yaml.safe_dump(WAIVER), encoding="utf-8")
    correction = registers / "corrections" / f"{CORRECTION['id']}.yaml"
    correction.write_text(yaml.safe_dump(CORRECTION), encoding="utf-8")
    inputs.arrive()
    yield "a waiver and a correction", True, {}
    (registers / "waivers.yaml").write_text("waivers: []\n", encoding="utf-8")
    inputs.arrive()
    yield "the waiver is withdrawn", True, {}
    correction.unlink()
    inputs.arrive()
    yield "the correction is withdrawn", True, {}
    _said_otherwise(registers / "ons_csp.odcs.yaml", "purpose: >-\n", "purpose: >-\n    In other words:\n")
    inputs.arrive()
    yield "a changed contract", False, {}
    _said_otherwise(registers / "breaks.yaml", "from: 2022-05-05", "from: 2022-05-06")
    inputs.arrive()
    yield "a changed break", False, {}
    _said_otherwise(registers / "vocabularies" / "note_effects.yaml", "action: caveat", "action: information")
    inputs.arrive()
    yield "a changed effect of notes", False, {}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(_arrivals, id="files", marks=pytest.mark.exhaustive),
        pytest.param(_decisions, id="registers", marks=pytest.mark.exhaustive),
    ],
)
def test_every_step_equals_a_read_model_from_nothing(
    steps: Callable[[_Inputs, Path], Iterator[tuple[str, bool, dict[str, set[str]]]]],
    tmp_path: Path,
    registers: Path,
    made: list[Arrivals],
) -> None:
    store = Store(tmp_path / "store")
    kept = tmp_path / "made.duckdb"
    for what, from_the_last, added in steps(_Inputs(tmp_path, store), registers):
        assert bool(made) == from_the_last, what
        assert {source for one in made for source in one.added} >= added.keys(), (what, made)
        assert not made or {s: set(r) for s, r in made[0].added.items() if s in added} == added, (what, made)
        if not made:
            continue  # it was made from nothing
        made.clear()
        shutil.move(store.database, kept)
        contracts = load_contracts()
        plan = plan_now(store, contracts, ())
        of_plan = Inputs(store, contracts, plan.members, plan.stamp, plan.digest, _number(kept), date.today())
        build_read_model(of_plan, from_nothing=True)
        assert differences(kept, store.database) == [], what
        put_in_place(store, kept)


def _number(file: Path) -> int:
    import duckdb

    with duckdb.connect(str(file), read_only=True) as connection:
        (number,) = connection.execute("SELECT number FROM catalogue.publication").fetchone() or (0,)
    return int(number)
