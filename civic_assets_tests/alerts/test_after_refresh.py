"""Whether a refresh that found nothing new looks at alerts, and what it notes of runs that failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from civic_assets.acquire.settings import SETTINGS
from civic_assets.alerts.after_refresh import alerted, needs_round
from civic_assets.alerts.memory import Memory, read_memory, write_memory
from civic_assets.alerts.settings import WEBHOOK_ADDRESS
from civic_assets.answers.fetching import AskedSource, Fetching
from civic_assets.answers.summary import Summary
from civic_assets.contracts.load import load_contracts
from civic_assets.layers.store import Store

MAIL = """[alerts.email]
server = "mail.example.org"
from = "civic@example.org"
to = "data@example.org"
"""


def _fetching(*problems: str) -> Fetching:
    asked = AskedSource("ons_pfa", "not_reached" if problems else "answered", 1, 0, 0, 1, 1, problems, ())
    return Fetching((asked,), 0, 0, 1, 1, replayed=False)


WELL, TROUBLED = _fetching(), _fetching("ons_pfa: the publisher could not be reached.")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "civic.toml"
    file.write_text("")
    monkeypatch.setenv(SETTINGS, str(file))
    monkeypatch.delenv(WEBHOOK_ADDRESS, raising=False)
    return file


def test_nothing_is_examined_if_nothing_could_be_sent(settings: Path, tmp_path: Path) -> None:
    assert not needs_round(tmp_path, TROUBLED)
    assert not needs_round(tmp_path, WELL)


@pytest.mark.parametrize("said", [MAIL, "[alerts]\nremind_after_day = 3\n", "alerts = 3\n", "not toml"])
def test_trouble_is_examined_if_alerts_are_configured_rightly_or_not(
    settings: Path, tmp_path: Path, said: str
) -> None:
    settings.write_text(said)
    assert needs_round(tmp_path, TROUBLED)


def test_trouble_is_examined_if_the_webhook_is_in_the_environment(
    settings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WEBHOOK_ADDRESS, "https://hooks.example.org/x")
    assert needs_round(tmp_path, TROUBLED)
    assert not needs_round(tmp_path, WELL)


def test_end_of_a_failure_is_remembered_although_nothing_could_be_sent(
    settings: Path, tmp_path: Path
) -> None:
    memory = Memory()
    memory.note_failure("publish", "publish failed: the disk is full.")
    write_memory(tmp_path, memory)
    assert needs_round(tmp_path, WELL)


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
