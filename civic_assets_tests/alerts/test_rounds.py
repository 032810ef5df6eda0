"""Rounds of alerts over a real store, with a real mail server and a real webhook server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from civic_assets.acquire.live.held import Event, HeldFile, HeldSource, write_held
from civic_assets.alerts.deliver import alert, open_causes, test_channels
from civic_assets.alerts.memory import FILE, Memory
from civic_assets.alerts.settings import AlertSettings, Mail, Webhook
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.alerts import EVENT_DAYS, MESSAGES_AT_ONCE
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.intake.receive import take_in
from civic_assets.layers.raw import build_raw
from civic_assets.layers.store import Store
from civic_assets.layers.validated import build_validated
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.alerts.servers import (
    HOST,
    Authority,
    Hook,
    Mailbox,
    mail_server,
    make_authority,
    webhook_server,
)

NOW = datetime(2025, 10, 23, 8, 40, tzinfo=UTC)
CURRENT = ("number of police recorded crimes", "year ending june 2022")
DRIFTED = "drifted:ons_csp 2022-06"


@pytest.fixture(scope="module")
def contracts() -> Mapping[str, Contract]:
    return load_contracts()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory, contracts: Mapping[str, Contract]) -> Path:
    """A store that holds one release, of whose tables one lacks a column."""
    folder = tmp_path_factory.mktemp("broken")
    samples = folder / "samples"
    samples.mkdir()
    write_sample_inputs(samples)
    given = folder / "given"
    given.mkdir()
    file = samples / "synthetic-csp-tables-2022-06.xlsx"
    defects.remove_column(file, given / "changed.xlsx", CURRENT, "Robbery")
    store = Store(folder / "store")
    for receipt in take_in(given, store.archive, {"ons_csp": contracts["ons_csp"]}, origin="local").receipts:
        build_validated(store, contracts["ons_csp"], receipt, build_raw(store, receipt))
    return store.root


@pytest.fixture
def store(broken: Path, tmp_path: Path) -> Store:
    import shutil

    shutil.copytree(broken, tmp_path / "store")
    return Store(tmp_path / "store")


def _mail(box: Mailbox, authority: Authority) -> Mail:
    return Mail(HOST, box.port, "starttls", "civic@example.org", ("a@example.org",), str(authority.file))


def _hook(hook: Hook) -> Webhook:
    return Webhook(f"http://{HOST}:{hook.port}/Zq7")


def test_held_back_release_is_one_message_by_each_channel_and_not_one_per_run(
    store: Store, contracts: Mapping[str, Contract], authority: Authority
) -> None:
    with mail_server(authority) as box, webhook_server() as hook:
        settings = AlertSettings(_mail(box, authority), _hook(hook))
        for hour in range(4):
            assert alert(store, contracts, settings, now=NOW + timedelta(hours=hour)) == []
        assert [mail["Subject"] for mail in box.messages] == [
            "[civic-assets] ons_csp 2022-06 has a new layout"
        ]
        assert [document["kind"] for document in hook.documents] == ["drifted"]
        assert "Robbery" in box.messages[0].get_content()
        assert alert(store, contracts, settings, now=NOW + timedelta(days=8)) == []
    assert box.messages[1]["Subject"].startswith("[civic-assets] Reminder: ons_csp 2022-06")
    assert [document["reminder"] for document in hook.documents] == [False, True]
    assert "Zq7" not in (store.root / FILE).read_text(encoding="utf-8")


def test_channel_that_fails_is_named_stops_nothing_and_is_tried_again(
    store: Store, contracts: Mapping[str, Contract], authority: Authority
) -> None:
    def failed(memory: Memory) -> None:
        memory.note_failure("publish", "publish failed.")

    with mail_server(authority) as box, webhook_server() as hook:
        settings = AlertSettings(_mail(box, authority), _hook(hook))
        box.refuse = "451 later"
        (said,) = alert(store, contracts, settings, noted=failed, now=NOW)
        assert "refused the message (code 451)" in said and "2 alerts are not sent by email yet" in said
        assert len(hook.documents) == 2, "the other channel has sent its messages"
        box.refuse = ""
        assert alert(store, contracts, settings, now=NOW + timedelta(hours=1)) == []
        assert len(box.messages) == 2 and len(hook.documents) == 2


def test_run_that_succeeds_ends_its_cause_and_the_next_failure_is_sent_again(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    def failed(memory: Memory) -> None:
        memory.note_failure("publish", "publish failed.")

    with webhook_server() as hook:
        settings = AlertSettings(webhook=_hook(hook))
        alert(store, contracts, settings, noted=failed, now=NOW)
        alert(store, contracts, settings, noted=lambda m: m.note_success(["publish"]), now=NOW)
        assert [known.cause.key for known in open_causes(store, contracts, NOW)] == [DRIFTED]
        alert(store, contracts, settings, noted=failed, now=NOW)
    assert [document["kind"] for document in hook.documents].count("failed_run") == 2


def _remembered(store: Store, source: str = "ons_pfa", **facts: object) -> None:
    write_held(store.root, {source: HeldSource(asked_at="2025-10-23T08:31:00Z", **facts)})  # type: ignore[arg-type]


def _open_keys(store: Store, contracts: Mapping[str, Contract], moment: datetime = NOW) -> list[str]:
    return [known.cause.key for known in open_causes(store, contracts, moment) if known.cause.key != DRIFTED]


def test_source_counts_as_unreachable_after_three_attempts_in_a_row(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    for failures, keys in ((1, []), (2, []), (3, ["unreachable:ons_pfa"]), (9, ["unreachable:ons_pfa"])):
        _remembered(store, failures=failures, trouble="ons_pfa: https://www.ons.gov.uk/x did not answer.")
        assert _open_keys(store, contracts) == keys
    (known,) = (one for one in open_causes(store, contracts, NOW) if one.cause.kind == "unreachable")
    assert "9 times in a row. ons_pfa: https://www.ons.gov.uk/x did not answer." in known.cause.sentence
    _remembered(store)
    assert _open_keys(store, contracts) == []


def test_file_that_is_no_longer_recognised_is_a_new_layout_at_once(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    file = HeldFile(
        "tables", "PFA tables", "https://www.ons.gov.uk/x", sha256="ab" * 32, reason="It has no table P1."
    )
    _remembered(store, failures=1, trouble="not used", files={"x": file})
    assert _open_keys(store, contracts) == ["drifted:ons_pfa:abababababab"]
    _remembered(store, files={"x": replace(file, offered=False)})
    assert _open_keys(store, contracts) == []


def test_withdrawal_and_replacement_are_history_after_a_month(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    noticed = "2025-10-23T08:31:00Z"
    gone = Event(
        "withdrawn", noticed, "PFA tables", "https://www.ons.gov.uk/x", "2025-03 ab", "", "It is gone."
    )
    other = Event(
        "replaced", noticed, "PFA", "https://www.ons.gov.uk/y", "2025-06 ab", "2025-06.r2 cd", "Replaced."
    )
    _remembered(store, events=(gone, other))
    both = ["silent_overwrite:ons_pfa 2025-06.r2", f"withdrawal:ons_pfa, PFA tables,:{noticed}"]
    assert _open_keys(store, contracts, NOW + timedelta(days=EVENT_DAYS)) == both
    assert _open_keys(store, contracts, NOW + timedelta(days=EVENT_DAYS + 1)) == []


def test_source_that_always_issues_months_again_is_not_a_cause(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    other = Event(
        "replaced", "2025-10-23T08:31:00Z", "t", "https://x.example/", "2025-06 ab", "2025-06.r2 cd", "R."
    )
    habit = next(name for name, contract in contracts.items() if contract.reissues_without_notice)
    _remembered(store, habit, events=(other,))
    assert _open_keys(store, contracts) == []


def test_failures_are_remembered_while_alerts_are_off(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    alert(store, contracts, AlertSettings(), now=NOW)
    assert not (store.root / FILE).exists(), "nothing to remember"
    alert(
        store,
        contracts,
        AlertSettings(),
        noted=lambda memory: memory.note_failure("publish", "It failed."),
        now=NOW,
    )
    assert _open_keys(store, contracts) == ["failed_run:publish"]


def test_causes_of_a_first_round_share_a_message_when_they_are_many(
    store: Store, contracts: Mapping[str, Contract]
) -> None:
    many = [f"job_{number:02}" for number in range(40)]

    def failed(memory: Memory) -> None:
        for job in many:
            memory.note_failure(job, f"{job} failed.")

    with webhook_server() as hook:
        settings = AlertSettings(webhook=_hook(hook))
        assert alert(store, contracts, settings, noted=failed, now=NOW) == []
        assert alert(store, contracts, settings, noted=failed, now=NOW + timedelta(hours=1)) == []
    assert len(hook.documents) == MESSAGES_AT_ONCE
    *single, together = hook.documents
    told = [document["subject"] for document in [*single, *together["causes"]]]
    assert sorted(told) == sorted([*many, "ons_csp 2022-06"])


def test_store_that_cannot_be_examined_ends_no_cause(store: Store, contracts: Mapping[str, Contract]) -> None:
    with webhook_server() as hook:
        settings = AlertSettings(webhook=_hook(hook))
        alert(store, contracts, settings, now=NOW)
        manifest = store.root / "archive" / "manifest.jsonl"
        manifest.write_bytes(manifest.read_bytes().replace(b"ons_csp", b"ons_xsp"))
        (said,) = alert(Store(store.root), contracts, settings, now=NOW + timedelta(hours=1))
    assert "could not be examined" in said
    assert len(hook.documents) == 1 and '"over": ""' in (store.root / FILE).read_text(encoding="utf-8")


def test_store_that_cannot_be_written_is_a_sentence(store: Store, contracts: Mapping[str, Contract]) -> None:
    (store.root / "alerts.lock").mkdir()
    settings = AlertSettings(webhook=Webhook(f"http://{HOST}:1/"))
    (said,) = alert(store, contracts, settings, now=NOW)
    assert said.startswith("Alerts could not be sent: ")


@pytest.mark.parametrize("sound", [True, False])
def test_each_channel_is_tried(store: Store, authority: Authority, sound: bool) -> None:
    with mail_server(authority) as box, webhook_server() as hook:
        hook.status = 200 if sound else 503
        settings = AlertSettings(_mail(box, authority), _hook(hook))
        outcome = test_channels(store.root, settings)
        assert outcome["email"] == "" and bool(outcome["webhook"]) is not sound
        closed = replace(settings, mail=replace(_mail(box, authority), port=1))
        assert "cannot be used" in test_channels(store.root, closed)["email"]
    assert box.messages[0]["Subject"].endswith("is a test")
    assert not (store.root / FILE).exists(), "a test is not a cause"


def test_kinds_of_causes_follow_from_why_a_release_is_held_back(
    store: Store, contracts: Mapping[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    from civic_assets.alerts import observed
    from civic_assets.layers import checked

    def stored(reason: str) -> Callable[..., object]:
        real = checked.stored_facts

        def facts(*place: object) -> object:
            found = real(*place)  # type: ignore[arg-type]
            assert found is not None
            return replace(found, held_back=(reason,))

        return facts

    for reason, kind in (
        ("R-01: the file states neither a later day of publication nor a correction.", "silent_overwrite"),
        ("R-09: has no column Robbery.", "drifted"),
        ("R-06: neither a number nor a symbol.", "held_back"),
    ):
        monkeypatch.setattr(observed, "stored_facts", stored(reason))
        (cause,) = observed.causes_in(store, contracts, NOW.date())
        assert cause.kind == kind and reason in cause.sentence
