"""Sending what has not been sent.

Belongs here: one round of alerts: which causes are open, which messages go out, and a sentence about each that did not.
Does not belong here: when a round is made (`civic_assets.refresh`, `civic_assets.defs`).

A channel that fails is named in a sentence and never stops anything else. Its messages stay unsent, so the next round
tries them again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.alerts.cause import AlertCause
from civic_assets.alerts.channel import NotSent, within
from civic_assets.alerts.memory import Known, Memory, as_text, locked, read_memory, write_memory
from civic_assets.alerts.message import Message, message_about, message_about_many
from civic_assets.alerts.observed import causes_in
from civic_assets.alerts.settings import AlertSettings
from civic_assets.house_numbers.alerts import MESSAGES_AT_ONCE, SECONDS_FOR_A_MESSAGE
from civic_assets.publish.queries.outlook import LONDON
from civic_assets.publish.site.build import folder_of
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from civic_assets.contracts.model import Contract
    from civic_assets.layers.store import Store

Noted = Callable[[Memory], None]


def alert(
    store: Store,
    contracts: Mapping[str, Contract],
    settings: AlertSettings,
    *,
    noted: Noted = lambda _: None,
    now: datetime | None = None,
) -> list[str]:
    """One round: note what a run knows, see what is open, and send what has not been sent.

    Args:
        store: The store.
        contracts: All contracts.
        settings: Settings of alerts; if they are off, nothing is sent, and only what a run knows is remembered.
        noted: Function that notes in the memory which runs failed and which succeeded.
        now: Time of the round; the present if None.

    Returns:
        A sentence for each channel that failed, and for what could not be examined. Nothing is raised.
    """
    moment = now or datetime.now(UTC)
    try:
        if not settings.on and not _changes(store, noted):
            return []
        with locked(store.root):
            memory = read_memory(store.root)
            noted(memory)
            memory.end_failures(moment)
            if not settings.on:
                write_memory(store.root, memory)
                return []
            trouble = _settle(store, contracts, memory, moment)
            write_memory(store.root, memory)
            for channel, send in channels(settings).items():
                trouble += _send_all(store, memory, settings, channel, send, moment)
            return trouble
    except Exception as error:  # noqa: BLE001  (alerts must not stop what they are about)
        return [f"Alerts could not be sent: {sentence_of(error)}"]


def open_causes(store: Store, contracts: Mapping[str, Contract], now: datetime | None = None) -> list[Known]:
    """Causes that are open now, the oldest first; nothing is written or sent.

    Raises:
        CivicError: The store cannot be read.
    """
    moment = now or datetime.now(UTC)
    memory = read_memory(store.root)
    memory.settle(
        [*memory.failed.values(), *causes_in(store, contracts, moment.astimezone(LONDON).date())], moment
    )
    return memory.open()


def test_channels(root: Path, settings: AlertSettings) -> dict[str, str]:
    """Send a test message by each channel.

    Args:
        root: Folder of the store, to be named; it need not exist.
        settings: Settings of alerts.

    Returns:
        What went wrong, by channel; an empty text if nothing did.
    """
    cause = AlertCause(
        "test", "civic-assets alerts --test", "This message was asked for, to see whether alerts arrive."
    )
    message = message_about(cause, as_text(datetime.now(UTC)), store=str(root), report="")
    outcome = {}
    for channel, send in channels(settings).items():
        try:
            send(message)
            outcome[channel] = ""
        except NotSent as error:
            outcome[channel] = str(error)
    return outcome


test_channels.__test__ = False  # type: ignore[attr-defined]  # not a test of pytest


def report_address(store: Store, settings: AlertSettings) -> str:
    """Address of the folder of the quality report, without a slash at its end."""
    return settings.report.rstrip("/") or folder_of(store).absolute().as_uri()


def channels(settings: AlertSettings) -> dict[str, Callable[[Message], None]]:
    """Ways of sending that are configured, by name, each with a limit of time."""
    found: dict[str, Callable[[Message], None]] = {}
    mail, webhook = settings.mail, settings.webhook
    if mail is not None:
        from civic_assets.alerts.mail import send_mail

        server = f"The mail server {mail.server}:{mail.port}"
        found["email"] = lambda message: within(
            SECONDS_FOR_A_MESSAGE, server, lambda: send_mail(mail, message)
        )
    if webhook is not None:
        from civic_assets.alerts.webhook import send_webhook

        host = f"The webhook at {webhook.host}"
        found["webhook"] = lambda message: within(
            SECONDS_FOR_A_MESSAGE, host, lambda: send_webhook(webhook, message)
        )
    return found


def _changes(store: Store, noted: Noted) -> bool:
    """Whether a run knows anything that must be remembered."""
    before, after = read_memory(store.root), read_memory(store.root)
    noted(after)
    return before != after


def _settle(store: Store, contracts: Mapping[str, Contract], memory: Memory, moment: datetime) -> list[str]:
    """Bring the memory up to date; if the store cannot be examined, what it showed before stays open."""
    try:
        seen: Collection[AlertCause] = causes_in(store, contracts, moment.astimezone(LONDON).date())
        trouble = []
    except Exception as error:  # noqa: BLE001  (what a run knows is sent in any case)
        seen = [known.cause for known in memory.open() if known.cause.kind != "failed_run"]
        trouble = [f"Alerts: what is open could not be examined: {sentence_of(error)}"]
    memory.settle([*memory.failed.values(), *seen], moment)
    return trouble


def _send_all(
    store: Store,
    memory: Memory,
    settings: AlertSettings,
    channel: str,
    send: Callable[[Message], None],
    moment: datetime,
) -> list[str]:
    waiting = memory.to_send(channel, settings.remind_after_days, moment)
    report = report_address(store, settings)
    messages = [
        message_about(
            known.cause,
            known.since,
            store=str(store.root),
            report=report,
            reminder=channel in known.sent,
        )
        for known in waiting
    ]
    groups = [([known], message) for known, message in zip(waiting, messages, strict=True)]
    if len(groups) > MESSAGES_AT_ONCE:
        first = MESSAGES_AT_ONCE - 1
        groups = [*groups[:first], (waiting[first:], message_about_many(messages[first:]))]
    for about, message in groups:
        try:
            send(message)
        except NotSent as error:
            # The others would fail in the same way, each after its time limit.
            left = sum(len(those) for those, _ in groups[groups.index((about, message)) :])
            causes = "1 alert is" if left == 1 else f"{left:,} alerts are"
            return [f"{error} {causes} not sent by {channel} yet; the next refresh tries again."]
        for known in about:
            memory.note_sent(known.cause.key, channel, moment)
        write_memory(store.root, memory)
    return []
