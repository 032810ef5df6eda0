"""The issues of one edition that a store holds, and the other inputs they depend on.

Belongs here: which releases issue the same edition, and what a release depends on apart from its own file and history.
Does not belong here: building a release (`layers.validated`), and what a later issue may change (R-01).
"""

from __future__ import annotations

from civic_assets.archive import Receipt, edition_of
from civic_assets.contracts.waivers import waivers_for, words
from civic_assets.layers.store import Store
from civic_assets.tables import TableRef
from civic_assets.tables.release_names import issue_of


def earlier_issues(store: Store, receipt: Receipt) -> list[Receipt]:
    """Receipts of earlier issues of the same edition, oldest first, whether published or not."""
    edition, own = edition_of(receipt.release), issue_of(receipt.release)
    earlier = [
        other
        for other in store.archive.receipts(receipt.source)
        if edition_of(other.release) == edition and issue_of(other.release) < own
    ]
    return sorted(earlier, key=lambda other: issue_of(other.release))


def issues_of(store: Store, receipt: Receipt) -> list[TableRef]:
    """Validated tables of earlier issues of the same edition, oldest first; an issue that is held back has none."""
    if issue_of(receipt.release) == 1:
        return []
    refs = (
        store.tables.current("validated", receipt.source, r.release) for r in earlier_issues(store, receipt)
    )
    return [ref for ref in refs if ref is not None]


def decided_by(store: Store, receipt: Receipt) -> list[str]:
    """Other inputs to a release's key: waivers in force today, and other issues of its edition."""
    others = earlier_issues(store, receipt) if issue_of(receipt.release) > 1 else []
    return [
        *words(waivers_for(receipt.source, receipt.release)),
        *(other.sha256 for other in others),
        *(ref.hash for ref in issues_of(store, receipt)),
    ]
