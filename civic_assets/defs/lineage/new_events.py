"""Sends OpenLineage events of a new publication, if OpenLineage's settings name somewhere to send them to.

Belongs here: which releases are new. Does not belong here: what events say and sending (`civic_assets.lineage`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civic_assets.defs.lineage.column_origins import column_origins
from civic_assets.layers.store import Store
from civic_assets.lineage.sending import is_configured, namespace_asked, require_library
from civic_assets.publish.publication import latest, read_manifest
from civic_assets.unforeseen import sentence_of


def send_new_events(store: Store) -> str:
    """Send the events of the last publication and of the releases that are new in it.

    Nothing that goes wrong here is a fault of the publication: `civic-assets lineage --send` sends its events again.

    Returns:
        A sentence about what was sent, or why not; empty if nothing is to be sent.
    """
    if not is_configured():
        return ""
    try:
        return _send(store)
    except Exception as error:  # noqa: BLE001  (a publication does not fail because of a listener)
        return f"OpenLineage events were not sent: {sentence_of(error)} Send them with: civic-assets lineage --send"


def _send(store: Store) -> str:
    require_library()
    from civic_assets.lineage.events import events_of
    from civic_assets.lineage.sending import send_events

    manifest = latest(store)
    if manifest is None:
        return ""
    before = read_manifest(store.publications / f"{manifest['number'] - 1}.json")
    new = _tables(manifest) - _tables(before)
    events = events_of(
        store,
        manifest,
        column_origins(store),
        namespace=namespace_asked(),
        only={(source, release) for _, source, release, _ in new},
    )
    sent, trouble = send_events(events)
    if trouble:
        return f"{trouble}. Send all of them with: civic-assets lineage --send"
    return f"{sent:,} OpenLineage events of publication {manifest['number']} were sent."


def _tables(manifest: Mapping[str, Any] | None) -> set[tuple[str, str, str, str]]:
    if manifest is None:
        return set()
    return {
        (one["layer"], one["source"], one["release"], one["hash"]) for one in manifest["content"]["tables"]
    }
