"""What a refresh notes of runs that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.alerts.after_refresh import alerted, needs_round
from civic_assets.alerts.memory import read_memory
from civic_assets.answers.fetching import AskedSource, Fetching
from civic_assets.answers.summary import Summary
from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store

_FULL = "ons_pfa: this machine is to blame, and not the publisher. No space is left on the disk."
_RESET = "ons_pfa: the connection was reset."


def _asked(problem: str, *, by_machine: bool) -> Fetching:
    problems = (problem,) if problem else ()
    one = AskedSource("ons_pfa", "not_reached", 1, 0, 0, 0, 0, problems, (), problems if by_machine else ())
    return Fetching((one,), 0, 0, 0, 0, False)


def _summary(store: Store, fetching: Fetching | None) -> Summary:
    return Summary("live", str(store.root), None, False, [], [], [], [], fetching=fetching)


def test_disk_that_is_full_while_fetching_is_a_failed_run_until_one_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CIVIC_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    store, contracts = Store(tmp_path / "store"), load_contracts()
    alerted(store, contracts, _summary(store, _asked(_RESET, by_machine=False)))
    assert read_memory(store.root).failed == {}, "a site that fails has an alert of its own"
    alerted(store, contracts, _summary(store, _asked(_FULL, by_machine=True)))
    assert read_memory(store.root).failed["fetch"].sentence == f"fetch failed: {_FULL}"
    # A refresh that fetches nothing says nothing of whether files can be fetched again.
    alerted(store, contracts, _summary(store, None))
    assert "fetch" in read_memory(store.root).failed
    well = _asked("", by_machine=False)
    assert needs_round(store.root, well), "also if nothing else is new"
    alerted(store, contracts, _summary(store, well))
    assert read_memory(store.root).failed == {}
    assert not needs_round(store.root, well)
