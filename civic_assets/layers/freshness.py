"""Whether a release must be built again.

Belongs here: comparing what is stored of all layers with what they would be built from. Does not belong here:
building (`raw`, `validated`, `harmonised`).
"""

from __future__ import annotations

from civic_assets.archive import Receipt
from civic_assets.contracts.model import Contract
from civic_assets.layers.checked import stored_check
from civic_assets.layers.harmonised import harmonised_key
from civic_assets.layers.issues import decided_by
from civic_assets.layers.raw import raw_key
from civic_assets.layers.store import Store
from civic_assets.layers.validated import history_of, validated_key


def is_fresh(store: Store, contract: Contract, receipt: Receipt) -> bool:
    """Whether every stored layer of the release is up to date."""
    raw = store.tables.current("raw", receipt.source, receipt.release)
    if raw is None or raw.key != raw_key(receipt):
        return False
    key = validated_key(raw, contract, history_of(store, receipt), receipt, decided_by(store, receipt))
    checked = stored_check(store, receipt, key)
    if checked is None:
        return False
    if checked.validated is None:
        return True
    return store.tables.is_fresh(
        "harmonised", receipt.source, receipt.release, harmonised_key(checked.validated)
    )
