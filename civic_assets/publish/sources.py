"""Sources, their releases, and how stale they are.

Belongs here: what `civic-assets sources` lists. Does not belong here: printing, and asking publishers what is new.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from civic_assets.contracts.model import Contract
from civic_assets.layers import RESULTS
from civic_assets.store import Store


def sources(
    store: Store, contracts: Mapping[str, Contract], today: date | None = None
) -> list[dict[str, Any]]:
    """One entry for each contract.

    Args:
        store: Where releases are kept.
        contracts: The sources.
        today: Staleness is measured against this day; today when None.

    Returns:
        Dictionaries with source, publisher, status, releases (newest first, each with state and rows), why it is not
        read (None for a source that is), the last day of the newest period, the day from which the source counts as
        stale (end of period + expected lag + one cycle, rule X-02), and whether it does; None where nothing is
        published.
    """
    day = today or date.today()
    ends = _period_ends(store)
    listed = []
    for contract in contracts.values():
        releases = [_release(store, receipt) for receipt in store.archive.receipts(contract.source)]
        end = ends.get(contract.source)
        stale = stale_from(contract, end) if end else None
        listed.append(
            {
                "source": contract.source,
                "publisher": contract.publisher.get("name"),
                "status": contract.status,
                "not_read_because": contract.not_read_because,
                "purpose": contract.purpose,
                "releases": list(reversed(releases)),
                "latest_period_end": end.isoformat() if end else None,
                "stale_from": stale.isoformat() if stale else None,
                "stale": day >= stale if stale else None,
            }
        )
    return listed


def stale_from(contract: Contract, end: date) -> date:
    """Day from which a source counts as stale: end of its newest period + expected lag + one cycle (X-02)."""
    return end + timedelta(days=contract.stale_after_days)


def _release(store: Store, receipt: Any) -> dict[str, Any]:
    facts = store.tables.read_json(RESULTS, receipt.source, receipt.release)
    return {
        "release": receipt.release,
        "state": "not_built" if facts is None else "held_back" if facts["held_back"] else "published",
        "rows": facts["rows"] if facts else 0,
        "disputed": facts["disputed"] if facts else 0,
        "synthetic": receipt.synthetic,
        "retrieved_at": receipt.retrieved_at,
        "sha256": receipt.sha256,
    }


def _period_ends(store: Store) -> dict[str, date]:
    """Day after the newest period by source."""
    from civic_assets.publish.read_model import open_read_model

    if not store.database.is_file():
        return {}
    with open_read_model(store) as connection:
        rows = connection.execute(
            "SELECT source, max(period_end) FROM harmonised.observations GROUP BY source"
        ).fetchall()
    return dict(rows)
