"""Alerts after a refresh of the command line.

Belongs here: what a summary says about failed runs, and when a round is needed. Does not belong here: the round itself
(`deliver`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.acquire.settings import settings_document
from civic_assets.alerts.memory import Memory, read_memory
from civic_assets.errors import CivicError
from civic_assets.unforeseen import sentence_of

if TYPE_CHECKING:
    from civic_assets.answers.fetching import Fetching
    from civic_assets.answers.summary import Summary
    from civic_assets.contracts.model import Contract
    from civic_assets.layers.store import Store

_ALWAYS = ("refresh", "publish", "judge")
# The job of Dagster that fetches has the same name, so that a success of either ends the failure.
_FETCH = "fetch"
_OF_SITES = ("unreachable", "drifted")


def alerted(
    store: Store, contracts: Mapping[str, Contract], summary: Summary, sources: Collection[str] = ()
) -> Summary:
    """Send what has to be sent after a refresh.

    Args:
        store: The store.
        contracts: All contracts.
        summary: What the refresh did.
        sources: Sources that it was limited to; all if empty.

    Returns:
        The summary, with a sentence for each channel that failed. Nothing is raised.
    """
    from civic_assets.alerts.deliver import alert
    from civic_assets.alerts.settings import configured_alerts

    failed = _failed(summary.errors)
    ran = {*_ALWAYS, *(f"refresh_{source}" for source in sources or contracts)}
    if summary.fetching is not None:
        ran.add(_FETCH)
        if broken := summary.fetching.by_machine:
            failed[_FETCH] = f"{_FETCH} failed: {' '.join(broken)}"

    def noted(memory: Memory) -> None:
        memory.note_success(ran - set(failed))
        for job, sentence in failed.items():
            memory.note_failure(job, sentence)

    try:
        settings = configured_alerts()
    except CivicError as error:
        return replace(summary, alerts_not_sent=(str(error),))
    return replace(summary, alerts_not_sent=tuple(alert(store, contracts, settings, noted=noted)))


def stopped(store: Store, contracts: Mapping[str, Contract], error: Exception) -> list[str]:
    """Send what has to be sent after a refresh that this machine stopped, as by a full disk.

    Args:
        store: The store.
        contracts: All contracts.
        error: What stopped it.

    Returns:
        A sentence for each channel that failed. Nothing is raised.
    """
    from civic_assets.alerts.deliver import alert
    from civic_assets.alerts.settings import configured_alerts

    try:
        settings = configured_alerts()
    except CivicError as wrong:
        return [str(wrong)]
    sentence = f"refresh failed: {sentence_of(error)}"
    return alert(store, contracts, settings, noted=lambda memory: memory.note_failure("refresh", sentence))


def needs_round(root: Path, fetching: Fetching) -> bool:
    """Whether a refresh that found nothing new must look at alerts: something failed, or is well again.

    If none are configured, nothing could be sent, and only the end of a failure must be remembered.

    Args:
        root: Folder of the store.
        fetching: What was asked of publishers.
    """
    memory = read_memory(root)
    if not _configured():
        return bool(memory.failed)
    if fetching.problems or memory.failed:
        return True
    return any(known.cause.kind in _OF_SITES for known in memory.open())


def _configured() -> bool:
    """Whether anything is said about alerts, rightly or not; what it says is read only for a round."""
    try:
        document, _ = settings_document()
    except CivicError:
        return True
    return "alerts" in document or any(name.startswith("CIVIC_ALERTS_") for name in os.environ)


def _failed(errors: Collection[str]) -> dict[str, str]:
    """Sentences by the job that failed; what names no job is of the refresh as a whole."""
    found: dict[str, str] = {}
    for error in errors:
        job, _, rest = error.partition(": ")
        if not rest or not (job in _ALWAYS or job.startswith("refresh_")):
            job, rest = "refresh", error
        found[job] = f"{found[job]} {rest}" if job in found else f"{job} failed: {rest}"
    return found
