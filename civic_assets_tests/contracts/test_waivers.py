"""A waiver is one person's decision on one check of one release, and ends by itself."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from civic_assets.contracts.known_names import NOT_WAIVABLE
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.waivers import Waiver, load_waivers
from civic_assets.errors import ContractError

GOOD: dict[str, Any] = {
    "id": "csp-2024-12-reissue",
    "check": "R-01",
    "source": "ons_csp",
    "release": "2024-12.r2",
    "reason": "The publisher announced the change on its release page on 2 May 2025.",
    "author_role": "head of statistics",
    "date": date(2025, 5, 3),
    "expires": date(2025, 7, 1),
}


def folder_with(folder: Path, *entries: dict[str, Any]) -> Path:
    """A folder of contracts with two contracts and some waivers."""
    for contract in ("ons_csp.odcs.yaml", "gla_report.odcs.yaml"):
        (folder / contract).write_bytes((contracts_folder() / contract).read_bytes())
    (folder / "waivers.yaml").write_text(yaml.safe_dump({"waivers": list(entries)}), encoding="utf-8")
    return folder


def test_no_waiver_ships_that_nobody_gave() -> None:
    assert load_waivers([contracts_folder()]) == ()


def test_folder_without_waivers_has_none(tmp_path: Path) -> None:
    assert load_waivers([tmp_path]) == ()


def test_waiver_is_read_whole(tmp_path: Path) -> None:
    (one,) = load_waivers([folder_with(tmp_path, {**GOOD, "cells": ["Table C2!B5"]})])
    assert one == Waiver(
        id=GOOD["id"], check_id="R-01", source="ons_csp", release="2024-12.r2", cells=("Table C2!B5",),
        reason=GOOD["reason"], author_role="head of statistics", given=date(2025, 5, 3), expires=date(2025, 7, 1),
    )  # fmt: skip


MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no role": ({"author_role": ...}, "waivers[0]", "'author_role' is missing"),
    "no reason": ({"reason": ""}, "waivers[0].reason", "is empty"),
    "no end": ({"expires": ...}, "waivers[0]", "'expires' is missing"),
    "longer than a cycle": (
        {"expires": date(2025, 8, 4)}, "waivers[0].expires", "more than one release cycle of ons_csp",
    ),
    "ends before it begins": ({"expires": date(2025, 5, 2)}, "waivers[0].expires", "before the day"),
    "no check": ({"check": "everything"}, "waivers[0].check", "is not a check"),
    "every release": ({"release": ...}, "waivers[0]", "'release' is missing"),
    "unknown key": ({"outcome": "pass"}, "waivers[0].outcome", "unknown key 'outcome'"),
    "source without a contract": ({"source": "ons"}, "waivers[0].source", "has no contract"),
    "no cell": ({"cells": []}, "waivers[0].cells", "names no cell"),
    "a report without rhythm, for more than a year": (
        {"source": "gla_report", "expires": date(2026, 5, 5)}, "waivers[0].expires", "more than one release cycle",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_refused_with_file_and_key(mistake: str, tmp_path: Path) -> None:
    change, key, words = MISTAKES[mistake]
    entry = {name: value for name, value in {**GOOD, **change}.items() if value is not ...}
    with pytest.raises(ContractError) as refused:
        load_waivers([folder_with(tmp_path, entry)])
    assert refused.value.path == key
    assert words in refused.value.reason
    assert refused.value.file.endswith("waivers.yaml")


@pytest.mark.parametrize("check", NOT_WAIVABLE)
def test_privacy_is_not_waived(check: str, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be waived"):
        load_waivers([folder_with(tmp_path, {**GOOD, "check": check})])


def test_id_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="appears twice"):
        load_waivers([folder_with(tmp_path, GOOD, GOOD)])


@given(st.integers(-100, 200))
def test_waiver_is_in_force_from_its_first_to_its_last_day(days: int) -> None:
    one = Waiver("w", "V-10", "ons_csp", "2024-12", (), "r", "a", date(2025, 5, 3), date(2025, 7, 1))
    today = date(2025, 5, 3) + timedelta(days)
    assert one.in_force(today) == (0 <= days <= 59)


def test_waiver_of_cells_lets_nothing_pass_that_concerns_another_cell() -> None:
    one = Waiver("w", "V-10", "s", "r", ("a", "b"), "r", "a", date(2025, 5, 3), date(2025, 7, 1))
    assert one.lets_pass("V-10", ["a"]) and one.lets_pass("V-10", ["a", "b"])
    assert not one.lets_pass("V-10", ["a", "c"])
    assert not one.lets_pass("V-10", [])
    assert not one.lets_pass("V-11", ["a"])
